/* Are the verb and flag tables sound? Run over whatever a person's own folder adds (and over the compiled-in
 * tables by the tests): a misspelt flag in a rule would be a rule that never holds. */
#include "opsh/gate/classify.h"

#include "table.h"

#include "opsh/base/str.h"

struct checking {
    const struct op_catalog *cat;
    const struct op_doc *doc;
    const char *program;
    const struct op_node *row; /* NULL: the program's own rules */
    struct op_err *err;
};

static bool one_of(const struct checking *c, const struct op_node *n, const char *const *words, const char *all)
{
    for (; n != NULL && *words != NULL; words++)
        if (op_str_eq(op_node_text(n), *words))
            return true;
    return n == NULL || op_node_fail(c->err, c->doc, n, "%s must be one of %s", op_node_key(n), all);
}

static bool check_risk(const struct checking *c, const struct op_node *n)
{
    enum op_risk risk;
    if (n == NULL || op_risk_parse(op_node_text(n), &risk))
        return true;
    return op_node_fail(c->err, c->doc, n, "%s must be read, change, destroy or refused", op_node_key(n));
}

static bool check_switches(const struct checking *c, const struct op_node *map, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        bool on;
        if (!op_node_read_bool(c->doc, map, *keys, &on, c->err))
            return false;
    }
    return true;
}

/* Text, or a list of texts. */
static bool check_texts(const struct checking *c, const struct op_node *n)
{
    if (n == NULL || n->kind == OP_NODE_SCALAR)
        return true;
    for (const struct op_node *t = op_node_first(n); t != NULL; t = op_node_next(t))
        if (n->kind != OP_NODE_LIST || t->kind != OP_NODE_SCALAR)
            return op_node_fail(c->err, c->doc, t, "%s must be text or a list of texts", op_node_key(n));
    return true;
}

/* Patterns meet text in lower case. */
static bool check_patterns(const struct checking *c, const struct op_node *n)
{
    if (!check_texts(c, n))
        return false;
    for (const struct op_node *t = n == NULL || n->kind == OP_NODE_SCALAR ? n : op_node_first(n); t != NULL;
         t = n->kind == OP_NODE_SCALAR ? NULL : op_node_next(t))
        for (const char *s = op_node_text(t); *s != '\0'; s++)
            if (isupper((unsigned char)*s))
                return op_node_fail(c->err, c->doc, t, "%s: patterns are written in lower case", op_node_key(n));
    return true;
}

static bool known_flag(const struct checking *c, const struct op_node *n)
{
    if (n->kind == OP_NODE_SCALAR) {
        size_t len = strlen(op_node_text(n));
        struct op_flag_spec spec = op_table_flag(c->cat, c->program, c->row, op_node_text(n), len, false);
        if (spec.kind == OP_FLAG_NONE)
            return op_node_fail(c->err, c->doc, n, "the flag \"%.60s\" is in no table of this verb", op_node_text(n));
        if (spec.len != len || memcmp(spec.name, op_node_text(n), len) != 0)
            return op_node_fail(c->err, c->doc, n, "call this flag by its last name, \"%.*s\"", (int)spec.len,
                                spec.name);
        return true;
    }
    for (const struct op_node *f = op_node_first(n); f != NULL; f = op_node_next(f))
        if (!known_flag(c, f))
            return false;
    return true;
}

/* A flag that only some verbs have may stand in the program's rules: look at every row. */
static bool flag_somewhere(const struct checking *c, const struct op_node *n)
{
    if (n == NULL || c->row != NULL)
        return n == NULL || known_flag(c, n);
    for (const struct op_node *f = n->kind == OP_NODE_LIST ? op_node_first(n) : n; f != NULL;
         f = n->kind == OP_NODE_LIST ? op_node_next(f) : NULL) {
        struct checking inner = *c;
        struct op_err ignored = OP_ERR_INIT;
        bool found = false;
        size_t i = 0;
        inner.err = &ignored;
        for (const struct op_node *verbs; !found && (verbs = op_catalog_section(c->cat, "verbs", &i, NULL)) != NULL;)
            for (const struct op_node *v = op_node_first(verbs); v != NULL && !found; v = op_node_next(v)) {
                inner.row = v;
                found = known_flag(&inner, f);
            }
        if (!found)
            return op_node_fail(c->err, c->doc, f, "the flag \"%.60s\" is in no table of %s", op_node_text(f),
                                c->program);
    }
    return true;
}

static bool check_rule(const struct checking *c, const struct op_node *r)
{
    static const char *const keys[] = { "flag",       "value",       "not_value", "kind",   "arg",    "with",   "input",
                                        "input_kind", "not_flag",    "not_arg",   "single", "to",     "risk",   "why",
                                        "unseen",     "interactive", "secrets",   "guard",  "always", "global", NULL };
    static const char *const switches[] = { "single", "unseen", "interactive", "secrets", "always", "global", NULL };
    static const char *const guards[] = { "ask", "refuse", NULL };
    static const char *const patterns[] = { "value", "not_value", "kind", "arg", "not_arg", "input", "input_kind" };
    const char *why = NULL;
    if (!op_node_expect(c->doc, r, OP_NODE_MAP, c->err) || !op_node_known_keys(c->doc, r, keys, c->err) ||
        !check_switches(c, r, switches) || !op_node_read_str(c->doc, r, "why", &why, c->err))
        return false;
    for (size_t i = 0; i < OP_LEN(patterns); i++)
        if (!check_patterns(c, op_node_get(r, patterns[i])))
            return false;
    if (!check_texts(c, op_node_get(r, "flag")) || !check_texts(c, op_node_get(r, "not_flag")) ||
        !check_texts(c, op_node_get(r, "with")))
        return false;
    bool by_value = op_node_get(r, "value") != NULL || op_node_get(r, "not_value") != NULL;
    if (by_value && op_node_get(r, "flag") == NULL)
        return op_node_fail(c->err, c->doc, r, "value and not_value speak of a flag: say which");
    return check_risk(c, op_node_get(r, "risk")) && check_risk(c, op_node_get(r, "to")) &&
           one_of(c, op_node_get(r, "guard"), guards, "ask, refuse") && flag_somewhere(c, op_node_get(r, "flag")) &&
           flag_somewhere(c, op_node_get(r, "not_flag")) && flag_somewhere(c, op_node_get(r, "with"));
}

static bool check_rules(const struct checking *c, const struct op_node *list, bool lowers)
{
    if (!op_node_expect(c->doc, list, OP_NODE_LIST, c->err))
        return false;
    for (const struct op_node *r = op_node_first(list); r != NULL; r = op_node_next(r)) {
        if (!check_rule(c, r))
            return false;
        if (lowers != (op_node_get(r, "to") != NULL))
            return op_node_fail(c->err, c->doc, r, lowers ? "a rule of lower needs to" : "to belongs into lower");
    }
    return true;
}

static bool check_specs(const struct checking *c, const struct op_node *list)
{
    if (!op_node_expect(c->doc, list, OP_NODE_LIST, c->err))
        return false;
    for (const struct op_node *n = op_node_first(list); n != NULL; n = op_node_next(n)) {
        const char *spec = op_node_text(n);
        size_t end =
            spec != NULL ? strspn(spec, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/") : 0;
        bool ok = spec != NULL && end != 0 && *spec != '-' && *spec != '/' && spec[end - 1] != '/' &&
                  (spec[end] == '\0' || ((spec[end] == '=' || spec[end] == '?') && spec[end + 1] == '\0'));
        if (!ok)
            return op_node_fail(c->err, c->doc, n,
                                "a flag is written n/namespace= (takes a value), name? (may) or name");
    }
    return true;
}

static bool check_use(const struct checking *c, const struct op_node *use)
{
    if (!op_node_expect(c->doc, use, OP_NODE_LIST, c->err))
        return false;
    for (const struct op_node *u = op_node_first(use); u != NULL; u = op_node_next(u)) {
        size_t i = 0;
        bool found = false;
        for (const struct op_node *g; !found && (g = op_table_flags(c->cat, c->program, "groups", &i)) != NULL;)
            found = op_node_text(u) != NULL && op_node_get(g, op_node_text(u)) != NULL;
        if (!found)
            return op_node_fail(c->err, c->doc, u, "there is no such group of flags");
    }
    return true;
}

static bool check_same(const struct checking *c, const struct op_node *row, const struct op_node *same)
{
    const struct op_node *target =
        op_node_text(same) != NULL ? op_table_verb(c->cat, c->program, op_node_text(same)) : NULL;
    if (row->n != 1)
        return op_node_fail(c->err, c->doc, row, "same stands alone");
    if (target == NULL || op_node_get(target, "same") != NULL)
        return op_node_fail(c->err, c->doc, same, "same must name a verb that has a row of its own");
    return true;
}

static bool check_row(struct checking *c, const struct op_node *row)
{
    static const char *const keys[] = { "risk",   "why",         "proof",  "object", "pairs",   "stops",
                                        "passes", "interactive", "nested", "dry",    "use",     "flags",
                                        "lower",  "rules",       "same",   "group",  "secrets", "unseen",
                                        "guard",  "unnamed",     "closed", NULL };
    static const char *const switches[] = { "pairs",   "stops",  "passes", "interactive", "group",
                                            "secrets", "unseen", "closed", NULL };
    static const char *const proofs[] = { "rollout", "applied", "gone", "release", "cluster", "file", NULL };
    static const char *const guards[] = { "ask", "refuse", NULL };
    if (!op_node_expect(c->doc, row, OP_NODE_MAP, c->err) || !op_node_known_keys(c->doc, row, keys, c->err))
        return false;
    const struct op_node *first = op_table_verb(c->cat, c->program, op_node_key(row));
    if (first != row)
        return op_node_fail(c->err, c->doc, row, "%s %s already has a row (line %u); it cannot be changed here",
                            c->program, op_node_key(row), first != NULL ? (unsigned)first->line : 0);
    c->row = row;
    const struct op_node *same = op_node_get(row, "same");
    if (same != NULL)
        return check_same(c, row, same);
    if ((op_node_get(row, "risk") == NULL) != op_table_true(row, "group"))
        return op_node_fail(c->err, c->doc, row, "%s needs either risk or group: true", op_node_key(row));
    const char *text = NULL;
    return check_risk(c, op_node_get(row, "risk")) && check_switches(c, row, switches) &&
           one_of(c, op_node_get(row, "proof"), proofs, "rollout, applied, gone, release, cluster, file") &&
           one_of(c, op_node_get(row, "guard"), guards, "ask, refuse") &&
           op_node_read_str(c->doc, row, "why", &text, c->err) &&
           op_node_read_str(c->doc, row, "object", &text, c->err) &&
           op_node_read_str(c->doc, row, "unnamed", &text, c->err) &&
           op_node_read_str(c->doc, row, "nested", &text, c->err) &&
           op_node_expect(c->doc, op_node_get(row, "dry"), OP_NODE_LIST, c->err) &&
           check_use(c, op_node_get(row, "use")) && check_specs(c, op_node_get(row, "flags")) &&
           check_rules(c, op_node_get(row, "lower"), true) && check_rules(c, op_node_get(row, "rules"), false);
}

static bool check_flags(struct checking *c, const struct op_node *flags)
{
    static const char *const keys[] = { "known", "groups", "roles", "traverse", "rules", NULL };
    static const char *const roles[] = { "namespace", "all_namespaces", "context", NULL };
    static const char *const switches[] = { "traverse", NULL };
    const struct op_node *groups = op_node_get(flags, "groups");
    c->row = NULL;
    if (!op_node_known_keys(c->doc, flags, keys, c->err) || !check_specs(c, op_node_get(flags, "known")) ||
        !op_node_known_keys(c->doc, op_node_get(flags, "roles"), roles, c->err) ||
        !check_switches(c, flags, switches) || !op_node_expect(c->doc, groups, OP_NODE_MAP, c->err))
        return false;
    for (const struct op_node *g = op_node_first(groups); g != NULL; g = op_node_next(g))
        if (!check_specs(c, g))
            return false;
    return check_rules(c, op_node_get(flags, "rules"), false);
}

bool op_gate_check(const struct op_catalog *cat, struct op_err *err)
{
    for (size_t i = 0; i < cat->n_docs; i++) {
        struct checking c = { .cat = cat, .doc = &cat->docs[i], .err = err };
        const struct op_node *root = c.doc->root;
        const struct op_node *flags = op_node_get(root, "flags"), *verbs = op_node_get(root, "verbs");
        c.program = op_node_text(op_node_get(root, "program"));
        if (flags == NULL && verbs == NULL)
            continue;
        if (c.program == NULL)
            return op_node_fail(err, c.doc, flags != NULL ? flags : verbs,
                                "whose verbs and flags are these? say program:");
        if (!op_node_expect(c.doc, verbs, OP_NODE_MAP, err) || (flags != NULL && !check_flags(&c, flags)))
            return false;
        for (const struct op_node *row = op_node_first(verbs); row != NULL; row = op_node_next(row))
            if (!check_row(&c, row))
                return false;
    }
    return true;
}
