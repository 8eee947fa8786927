/* Reading people's documents: every complaint names file, line and column. */
#include "opsh/data/node.h"

#include "opsh/base/str.h"

#include <stdarg.h>

void op_doc_free(struct op_doc *doc)
{
    free(doc->memory);
    *doc = (struct op_doc){ 0 };
}

const struct op_node *op_node_get(const struct op_node *map, const char *key)
{
    if (map == NULL || map->kind != OP_NODE_MAP)
        return NULL;
    for (const struct op_node *c = op_node_first(map); c != NULL; c = op_node_next(c))
        if (strcmp(op_node_key(c), key) == 0)
            return c;
    return NULL;
}

static int64_t distance(const struct op_node *from, const void *to)
{
    return to != NULL ? (int64_t)((uintptr_t)to - (uintptr_t)from) : 0;
}

void op_node_link(struct op_node *n, const char *key, const char *text, const struct op_node *first,
                  const struct op_node *next)
{
    n->key_at = distance(n, key);
    n->text_at = distance(n, text);
    n->first_at = distance(n, first);
    n->next_at = distance(n, next);
}

bool op_node_has(const struct op_node *list, const char *text)
{
    for (const struct op_node *n = op_node_first(list); n != NULL; n = op_node_next(n))
        if (op_str_eq(op_node_text(n), text))
            return true;
    return false;
}

bool op_node_is_null(const struct op_node *n)
{
    if (n == NULL)
        return true;
    return n->kind == OP_NODE_SCALAR && n->plain &&
           (*op_node_text(n) == '\0' || op_str_eq(op_node_text(n), "~") || op_str_eq(op_node_text(n), "null"));
}

bool op_node_fail(struct op_err *err, const struct op_doc *d, const struct op_node *n, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return op_fail(err, OP_CONFIG, 0, "%s:%u:%u: %s", d->file, (unsigned)(n != NULL ? n->line : 1),
                   (unsigned)(n != NULL ? n->column : 1), text);
}

static const char *const kind_names[] = {
    [OP_NODE_SCALAR] = "a single value",
    [OP_NODE_LIST] = "a list",
    [OP_NODE_MAP] = "a map",
};

bool op_node_expect(const struct op_doc *d, const struct op_node *n, enum op_node_kind kind, struct op_err *err)
{
    if (n == NULL || n->kind == kind)
        return true;
    return op_node_fail(err, d, n, "%s%s must be %s, not %s", op_node_key(n) != NULL ? op_node_key(n) : "this",
                        op_node_key(n) != NULL ? "" : " value", kind_names[kind], kind_names[n->kind]);
}

bool op_node_read_str(const struct op_doc *d, const struct op_node *map, const char *key, const char **out,
                      struct op_err *err)
{
    const struct op_node *n = op_node_get(map, key);
    if (n == NULL || op_node_is_null(n))
        return true;
    if (!op_node_expect(d, n, OP_NODE_SCALAR, err))
        return false;
    *out = op_node_text(n);
    return true;
}

bool op_node_read_bool(const struct op_doc *d, const struct op_node *map, const char *key, bool *out,
                       struct op_err *err)
{
    const struct op_node *n = op_node_get(map, key);
    if (n == NULL)
        return true;
    const char *text = n->plain ? op_node_text(n) : NULL;
    if (!op_str_eq(text, "true") && !op_str_eq(text, "false"))
        return op_node_fail(err, d, n, "%s must be true or false", key);
    *out = *text == 't';
    return true;
}

bool op_node_read_int(const struct op_doc *d, const struct op_node *map, const char *key, int64_t min, int64_t max,
                      int64_t *out, struct op_err *err)
{
    const struct op_node *n = op_node_get(map, key);
    if (n == NULL)
        return true;
    const char *text = n->plain ? op_node_text(n) : NULL;
    if (!op_str_int(text, min, max, out))
        return op_node_fail(err, d, n, "%s must be a whole number from %lld to %lld", key, (long long)min,
                            (long long)max);
    return true;
}

static const char *nearest(const char *word, const char *const *keys)
{
    const char *best = NULL;
    unsigned least = 3;
    for (; *keys != NULL; keys++) {
        unsigned far = op_str_distance(word, *keys, least);
        if (far < least) {
            least = far;
            best = *keys;
        }
    }
    return best;
}

bool op_node_known_keys(const struct op_doc *d, const struct op_node *map, const char *const *keys, struct op_err *err)
{
    if (!op_node_expect(d, map, OP_NODE_MAP, err))
        return false;
    for (const struct op_node *c = op_node_first(map); c != NULL; c = op_node_next(c)) {
        const char *const *k = keys;
        while (*k != NULL && strcmp(*k, op_node_key(c)) != 0)
            k++;
        if (*k != NULL)
            continue;
        const char *near = nearest(op_node_key(c), keys);
        const struct op_node key = { .line = c->key_line, .column = c->key_column };
        if (near != NULL)
            return op_node_fail(err, d, &key, "unknown key \"%.80s\"; did you mean \"%s\"?", op_node_key(c), near);
        return op_node_fail(err, d, &key, "unknown key \"%.80s\"", op_node_key(c));
    }
    return true;
}
