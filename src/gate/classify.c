/* What a command line does, by the tables. In doubt the worse class; what nobody knows asks. */
#include "opsh/gate/classify.h"

#include "manifest.h"
#include "rules.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

#include <stdarg.h>

static void say(struct op_verdict *v, const char *fmt, ...) OP_PRINTF(2, 3);

static void say(struct op_verdict *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(v->why, sizeof(v->why), fmt, ap);
    va_end(ap);
}

/* At least this bad; the reason of the worst class is the one that is told. */
static void raise_to(struct op_verdict *v, enum op_risk risk, const char *why)
{
    if (risk < v->risk)
        return;
    if (why != NULL && (risk > v->risk || v->why[0] == '\0'))
        say(v, "%s", why);
    v->risk = risk;
}

static void unknown(struct op_verdict *v, const char *why)
{
    if (v->known || v->risk < OP_RISK_CHANGE)
        say(v, "%s", why);
    v->known = false;
    if (v->risk < OP_RISK_CHANGE)
        v->risk = OP_RISK_CHANGE;
}

static enum op_risk risk_of(const struct op_node *row, const char *key)
{
    enum op_risk risk = OP_RISK_REFUSED; /* a table that cannot be read admits nothing */
    return op_risk_parse(op_node_text(op_node_get(row, key)), &risk) ? risk : OP_RISK_REFUSED;
}

struct judged {
    const struct op_catalog *cat;
    struct op_lexed lx;
    struct op_named named;
    bool dry;  /* a dry run */
    bool lost; /* a word that should be a subverb is in no table */
};

/* ---- rules ---- */

static void apply_guard(struct op_verdict *v, const struct op_node *rule, const struct op_lexed *lx)
{
    const char *guard = op_node_text(op_node_get(rule, "guard"));
    enum op_guard g = guard == NULL ? OP_GUARD_NONE : op_str_eq(guard, "ask") ? OP_GUARD_ASK : OP_GUARD_REFUSE;
    if (g <= v->guard)
        return;
    v->guard = g;
    op_rule_flag(rule, lx, v->guarded, sizeof(v->guarded));
    if (v->guarded[0] == '\0')
        (void)snprintf(v->guarded, sizeof(v->guarded), "%.47s", lx->verb);
}

static void apply_rule(struct op_verdict *v, const struct op_node *rule, const struct judged *j)
{
    if (!op_rule_holds(rule, &j->lx, &j->named, false))
        return;
    const char *why = op_node_text(op_node_get(rule, "why"));
    if (op_node_get(rule, "risk") != NULL)
        raise_to(v, risk_of(rule, "risk"), why);
    else if (why != NULL)
        say(v, "%s", why);
    if (op_table_true(rule, "unseen"))
        unknown(v, why != NULL ? why : "what this does cannot be seen from here");
    v->interactive = v->interactive || op_table_true(rule, "interactive");
    v->secrets = v->secrets || op_table_true(rule, "secrets");
    apply_guard(v, rule, &j->lx);
}

/* Whether it is a dry run matters to a verb's own rules only, and not to those that say always. */
static void apply_rules(struct op_verdict *v, const struct op_node *rules, const struct judged *j, bool dry)
{
    for (const struct op_node *r = op_node_first(rules); r != NULL; r = op_node_next(r))
        if (!dry || op_table_true(r, "always"))
            apply_rule(v, r, j);
}

static bool dry_run(const struct judged *j)
{
    const struct op_node *dry = op_node_get(j->lx.row, "dry");
    bool any = false;
    for (size_t i = 0; dry != NULL && i < j->lx.n_flags; i++) {
        const struct op_flag_use *use = &j->lx.flags[i];
        if (use->len != strlen("dry-run") || memcmp(use->name, "dry-run", use->len) != 0)
            continue;
        const char *value = use->value != NULL ? use->value : "";
        if (!op_table_lists(dry, value, strlen(value)))
            return false;
        any = true;
    }
    return any;
}

static void lower(struct op_verdict *v, struct judged *j)
{
    j->dry = dry_run(j);
    if (j->dry) {
        v->risk = OP_RISK_READ;
        say(v, "a dry run");
        return;
    }
    const struct op_node *lowers = op_node_get(j->lx.row, "lower");
    for (const struct op_node *r = op_node_first(lowers); r != NULL; r = op_node_next(r)) {
        if (!op_rule_holds(r, &j->lx, &j->named, true))
            continue;
        v->risk = risk_of(r, "to");
        v->interactive = false;
        const char *why = op_node_text(op_node_get(r, "why"));
        if (why != NULL)
            say(v, "%s", why);
        return;
    }
}

/* ---- what it is about ---- */

static void role(const struct judged *j, const char *name, char *out, size_t size)
{
    size_t i = 0;
    for (const struct op_node *roles; (roles = op_table_flags(j->cat, j->lx.program, "roles", &i)) != NULL;) {
        const char *flag = op_node_text(op_node_get(roles, name));
        const char *value = flag != NULL ? op_lexed_value(&j->lx, flag) : NULL;
        if (value != NULL)
            (void)snprintf(out, size, "%s", value);
    }
}

static void about(struct op_verdict *v, const struct judged *j, const char *input)
{
    (void)snprintf(v->verb, sizeof(v->verb), "%s", j->lx.verb);
    role(j, "namespace", v->ns, sizeof(v->ns));
    role(j, "context", v->context, sizeof(v->context));
    size_t i = 0;
    for (const struct op_node *roles; (roles = op_table_flags(j->cat, j->lx.program, "roles", &i)) != NULL;) {
        const struct op_node *all = op_node_get(roles, "all_namespaces");
        for (size_t k = 0; all != NULL && k < j->lx.n_flags; k++)
            if (op_table_lists(all, j->lx.flags[k].name, j->lx.flags[k].len) && op_rule_given(&j->lx.flags[k]))
                v->all_namespaces = true;
    }
    if (j->named.kinds.n != 0)
        (void)snprintf(v->kind, sizeof(v->kind), "%s", j->named.kinds.v[0]);
    if (j->named.names.n != 0)
        (void)snprintf(v->name, sizeof(v->name), "%s", j->named.names.v[0]);
    else if (input != NULL)
        op_manifest_about(input, v);
}

/* ---- what cannot be meant ---- */

/* Text that looks different from what it is: escape sequences, marks that reorder, bytes that are not text. */
static bool deceives(const char *arg)
{
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, arg, strlen(arg));
    return clean.len != strlen(arg) || memcmp(op_buf_str(&clean), arg, clean.len) != 0;
}

static bool may_be_upper(const char *kind)
{
    return kind == NULL || strstr(kind, "ole") != NULL || op_str_starts(kind, "csr") || op_str_starts(kind, "cert");
}

static void check_names(struct op_verdict *v, const struct judged *j)
{
    if (v->ns[0] != '\0' && (!op_str_is_dns_name(v->ns) || strchr(v->ns, '.') != NULL))
        raise_to(v, OP_RISK_REFUSED, "no namespace can be called so");
    if (!op_objects_are_kubernetes(j->lx.row))
        return;
    const char *kind = j->named.kinds.n != 0 ? j->named.kinds.v[0] : NULL;
    for (size_t i = 0; i < j->named.names.n; i++) {
        const char *name = j->named.names.v[i];
        if (!op_objects_possible(name))
            raise_to(v, OP_RISK_REFUSED, "no Kubernetes object can be called so");
        else if (!may_be_upper(kind) && strpbrk(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_:@") != NULL)
            raise_to(v, OP_RISK_CHANGE, "no such object can be called so");
    }
    for (size_t i = 0; i < j->named.kinds.n; i++)
        if (!op_objects_possible(j->named.kinds.v[i]))
            raise_to(v, OP_RISK_REFUSED, "no kind of object can be called so");
}

static void check_words(struct op_verdict *v, const struct judged *j, const struct op_strv *argv)
{
    for (size_t i = 0; i < argv->n; i++)
        if (deceives(argv->v[i]))
            unknown(v, "an argument holds characters that are invisible or reorder the others");
    bool passes = op_table_true(j->lx.row, "stops") || op_table_true(j->lx.row, "passes");
    for (size_t i = 0; i < j->lx.n_words; i++)
        if (j->lx.words[i][0] == '-' && j->lx.words[i][1] != '\0' && !(passes && i >= j->lx.passed))
            raise_to(v, OP_RISK_REFUSED, "a word that begins with \"-\" would pass for a flag");
}

/* With a flag that the tables do not know, any of the words may be the real verb. */
static void suspect_verbs(struct op_verdict *v, const struct judged *j, const struct op_strv *argv)
{
    for (size_t i = 1; i < argv->n; i++) {
        const struct op_node *row = op_table_verb(j->cat, j->lx.program, argv->v[i]);
        if (row != NULL && risk_of(op_table_resolve(j->cat, j->lx.program, row), "risk") == OP_RISK_DESTROY)
            raise_to(v, OP_RISK_DESTROY, "what opsh does not know stands beside a word that destroys");
    }
}

static void check_known(struct op_verdict *v, const struct judged *j, const struct op_strv *argv)
{
    char why[160];
    const struct op_node *top = op_table_verb(j->cat, j->lx.program, "");
    if (op_table_true(top, "closed") && (j->lx.row == NULL || j->lx.row == top)) {
        v->risk = risk_of(top, "risk");
        say(v, "%s", op_node_text(op_node_get(top, "why")));
        return;
    }
    if (j->lx.row == NULL) {
        (void)snprintf(why, sizeof(why), "opsh does not know what %.40s %.40s does", j->lx.program, j->lx.verb);
        unknown(v, why);
    }
    if (j->lx.unknown != NULL) {
        (void)snprintf(why, sizeof(why), "opsh does not know the flag %.60s here", j->lx.unknown);
        unknown(v, why);
    }
    if (j->lx.valueless != NULL) {
        (void)snprintf(why, sizeof(why), "the flag %.60s has no value", j->lx.valueless);
        unknown(v, why);
    }
    if (j->lost || j->lx.row == NULL || j->lx.unknown != NULL || j->lx.valueless != NULL)
        suspect_verbs(v, j, argv);
}

/* A role given twice with different values: which one counts is not for opsh to guess. */
static void check_twice(struct op_verdict *v, const struct judged *j)
{
    static const char *const roles[] = { "namespace", "context" };
    size_t i = 0;
    for (const struct op_node *n; (n = op_table_flags(j->cat, j->lx.program, "roles", &i)) != NULL;)
        for (size_t r = 0; r < OP_LEN(roles); r++) {
            const char *flag = op_node_text(op_node_get(n, roles[r]));
            const char *last = flag != NULL ? op_lexed_value(&j->lx, flag) : NULL;
            for (size_t k = 0; last != NULL && k < j->lx.n_flags; k++)
                if (op_table_lists(op_node_get(n, roles[r]), j->lx.flags[k].name, j->lx.flags[k].len) &&
                    strcmp(j->lx.flags[k].value != NULL ? j->lx.flags[k].value : "", last) != 0)
                    unknown(v, "the same flag stands twice with different values");
        }
}

/* ---- the whole ---- */

/* --help behind the verb: in front of it docker runs the command all the same; and --help=false takes it back. */
static bool asks_for_help(const struct op_lexed *lx)
{
    bool help = false;
    for (size_t i = 0; i < lx->n_flags; i++) {
        const struct op_flag_use *use = &lx->flags[i];
        if (use->len != strlen("help") || memcmp(use->name, "help", use->len) != 0)
            continue;
        if (use->value != NULL)
            return false;
        help = help || use->behind_verb;
    }
    return help && lx->unknown == NULL && lx->valueless == NULL;
}

static void judge(const struct op_catalog *cat, const struct op_strv *argv, const char *input, unsigned depth,
                  struct op_verdict *v);

static void nested(const struct judged *j, const struct op_strv *argv, const char *program, struct op_verdict *v)
{
    OP_AUTO_STRV inner = OP_STRV_INIT;
    op_strv_push(&inner, program);
    size_t from = j->lx.rest;
    if (from < argv->n && strcmp(argv->v[from], "--") == 0)
        from++;
    for (size_t i = from; i < argv->n; i++)
        op_strv_push(&inner, argv->v[i]);
    judge(j->cat, &inner, NULL, 1, v);
}

static void by_row(struct op_verdict *v, struct judged *j)
{
    const struct op_node *row = j->lx.row;
    const char *why = op_node_text(op_node_get(row, "why")), *proof = op_node_text(op_node_get(row, "proof"));
    bool group = op_table_true(row, "group");
    v->risk = group ? OP_RISK_READ : risk_of(row, "risk"); /* alone it shows help */
    v->interactive = op_table_true(row, "interactive");
    v->secrets = op_table_true(row, "secrets");
    say(v, "%s", why != NULL ? why : "");
    j->lost = group && j->lx.n_words != 0;
    if (j->lost)
        unknown(v, "opsh does not know this subcommand");
    if (!j->lost && asks_for_help(&j->lx)) { /* what nobody knows may do more than help */
        v->risk = OP_RISK_READ;
        v->interactive = false;
        say(v, "shows help");
        return;
    }
    lower(v, j);
    apply_rules(v, op_node_get(row, "rules"), j, j->dry);
    if (v->risk != OP_RISK_READ && proof != NULL)
        (void)snprintf(v->proof, sizeof(v->proof), "%s", proof);
    if (op_table_true(row, "unseen"))
        unknown(v, why != NULL ? why : "what this does cannot be seen from here");
    apply_guard(v, row, &j->lx);
}

static void judge(const struct op_catalog *cat, const struct op_strv *argv, const char *input, unsigned depth,
                  struct op_verdict *v)
{
    struct judged j = { .cat = cat };
    op_lex(cat, argv, &j.lx);
    j.lx.input = input;
    const char *program = op_node_text(op_node_get(j.lx.row, "nested"));
    if (program != NULL && depth == 0) {
        nested(&j, argv, program, v);
        if (j.lx.unknown != NULL)
            unknown(v, "a flag in front of it is in no table");
        op_lexed_free(&j.lx);
        return;
    }
    op_objects_read(&j.lx, &j.named);
    if (input != NULL)
        j.named.unread = !op_manifest_kinds(input, &j.named.given);
    v->known = true;
    if (j.lx.row != NULL)
        by_row(v, &j);
    size_t i = 0;
    for (const struct op_node *rules; (rules = op_table_flags(cat, j.lx.program, "rules", &i)) != NULL;)
        apply_rules(v, rules, &j, false);
    about(v, &j, input);
    check_known(v, &j, argv);
    check_twice(v, &j);
    check_names(v, &j);
    check_words(v, &j, argv);
    op_objects_free(&j.named);
    op_lexed_free(&j.lx);
}

void op_gate_classify(const struct op_catalog *cat, const struct op_strv *argv, const char *input, struct op_verdict *v)
{
    *v = (struct op_verdict){ .risk = OP_RISK_READ };
    if (argv->n == 0 || *argv->v[0] == '\0') {
        raise_to(v, OP_RISK_REFUSED, "nothing to run");
        return;
    }
    const char *program = argv->v[0];
    if (strchr(program, '=') != NULL) {
        raise_to(v, OP_RISK_REFUSED, "opsh runs no shell: a variable cannot be set in front of a command");
        return;
    }
    if (!op_table_has_program(cat, program)) {
        (void)snprintf(v->verb, sizeof(v->verb), "%s", argv->n > 1 ? argv->v[1] : "");
        unknown(v, "");
        say(v, "opsh does not know what %.60s does", program);
        return;
    }
    judge(cat, argv, input, 0, v);
    static const char *const fallback[] = { "reads only", "changes something", "loses something", "refused" };
    if (v->why[0] == '\0')
        say(v, "%s", fallback[v->risk]);
}
