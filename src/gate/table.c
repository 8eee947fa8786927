/* Looks things up in the verb and flag tables. Linear on purpose: a command line asks a few dozen
 * questions of a few hundred constant nodes. */
#include "table.h"

#include "opsh/base/str.h"

/* The next document of this program that has the section. */
static const struct op_node *section(const struct op_catalog *cat, const char *program, const char *name, size_t *i)
{
    const struct op_doc *doc = NULL;
    const struct op_node *n;
    while ((n = op_catalog_section(cat, name, i, &doc)) != NULL)
        if (op_str_eq(op_node_text(op_node_get(doc->root, "program")), program))
            return n;
    return NULL;
}

bool op_table_has_program(const struct op_catalog *cat, const char *program)
{
    size_t i = 0;
    return section(cat, program, "verbs", &i) != NULL;
}

const struct op_node *op_table_verb(const struct op_catalog *cat, const char *program, const char *verb)
{
    size_t i = 0;
    for (const struct op_node *verbs; (verbs = section(cat, program, "verbs", &i)) != NULL;) {
        const struct op_node *row = op_node_get(verbs, verb);
        if (row != NULL)
            return row;
    }
    return NULL;
}

const struct op_node *op_table_resolve(const struct op_catalog *cat, const char *program, const struct op_node *row)
{
    const char *same = op_node_text(op_node_get(row, "same"));
    return same != NULL ? op_table_verb(cat, program, same) : row;
}

const struct op_node *op_table_flags(const struct op_catalog *cat, const char *program, const char *key, size_t *i)
{
    for (const struct op_node *flags; (flags = section(cat, program, "flags", i)) != NULL;) {
        const struct op_node *n = op_node_get(flags, key);
        if (n != NULL)
            return n;
    }
    return NULL;
}

/* kubectl and minikube read --dry_run as --dry-run. */
static bool same_name(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((a[i] == '_' ? '-' : a[i]) != b[i])
            return false;
    return true;
}

/* "n/namespace=": does one of the names match? */
static struct op_flag_spec match(const char *spec, const char *name, size_t len, bool is_letter)
{
    struct op_flag_spec found = { .kind = OP_FLAG_NONE };
    size_t end = strcspn(spec, "=?");
    bool hit = false;
    const char *last = spec;
    for (const char *at = spec; at <= spec + end;) {
        size_t n = strcspn(at, "/=?");
        hit = hit || (n == len && same_name(name, at, n) && (!is_letter || n == 1));
        last = at;
        at += n + 1;
    }
    if (hit) {
        found.kind = spec[end] == '=' ? OP_FLAG_VALUE : spec[end] == '?' ? OP_FLAG_OPTIONAL : OP_FLAG_SWITCH;
        found.name = last;
        found.len = (size_t)(spec + end - last);
    }
    return found;
}

static struct op_flag_spec in_list(const struct op_node *list, const char *name, size_t len, bool is_letter)
{
    struct op_flag_spec found = { .kind = OP_FLAG_NONE };
    for (const struct op_node *n = op_node_first(list); n != NULL && found.kind == OP_FLAG_NONE; n = op_node_next(n))
        if (op_node_text(n) != NULL)
            found = match(op_node_text(n), name, len, is_letter);
    return found;
}

static struct op_flag_spec in_row(const struct op_catalog *cat, const char *program, const struct op_node *row,
                                  const char *name, size_t len, bool is_letter)
{
    struct op_flag_spec found = in_list(op_node_get(row, "flags"), name, len, is_letter);
    const struct op_node *use = op_node_get(row, "use");
    for (const struct op_node *u = op_node_first(use); u != NULL && found.kind == OP_FLAG_NONE; u = op_node_next(u)) {
        size_t i = 0;
        for (const struct op_node *groups;
             found.kind == OP_FLAG_NONE && (groups = op_table_flags(cat, program, "groups", &i)) != NULL;)
            found = in_list(op_node_get(groups, op_node_text(u) != NULL ? op_node_text(u) : ""), name, len, is_letter);
    }
    return found;
}

/* "compose up" is nested in "compose". */
static const struct op_node *outer(const struct op_catalog *cat, const char *program, const struct op_node *row)
{
    const char *space = row != NULL ? strrchr(op_node_key(row), ' ') : NULL;
    if (space == NULL)
        return NULL;
    OP_AUTO_FREE char *verb = op_strndup(op_node_key(row), (size_t)(space - op_node_key(row)));
    return op_table_verb(cat, program, verb);
}

struct op_flag_spec op_table_flag(const struct op_catalog *cat, const char *program, const struct op_node *row,
                                  const char *name, size_t len, bool is_letter)
{
    struct op_flag_spec found = { .kind = OP_FLAG_NONE };
    for (; row != NULL && found.kind == OP_FLAG_NONE; row = outer(cat, program, row))
        found = in_row(cat, program, row, name, len, is_letter);
    size_t i = 0;
    for (const struct op_node *known;
         found.kind == OP_FLAG_NONE && (known = op_table_flags(cat, program, "known", &i)) != NULL;)
        found = in_list(known, name, len, is_letter);
    found.global = i != 0;
    return found;
}

bool op_table_lists(const struct op_node *n, const char *text, size_t len)
{
    if (n == NULL)
        return false;
    if (n->kind == OP_NODE_SCALAR)
        return strlen(op_node_text(n)) == len && memcmp(op_node_text(n), text, len) == 0;
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        if (c->kind == OP_NODE_SCALAR && op_table_lists(c, text, len))
            return true;
    return false;
}

bool op_table_globs(const struct op_node *n, const char *text)
{
    if (n == NULL)
        return false;
    OP_AUTO_FREE char *lower = op_str_lower(op_strdup(text));
    if (n->kind == OP_NODE_SCALAR)
        return op_str_glob(op_node_text(n), lower);
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        if (c->kind == OP_NODE_SCALAR && op_str_glob(op_node_text(c), lower))
            return true;
    return false;
}

bool op_table_true(const struct op_node *row, const char *key)
{
    const struct op_node *n = op_node_get(row, key);
    return n != NULL && n->plain && op_str_eq(op_node_text(n), "true");
}
