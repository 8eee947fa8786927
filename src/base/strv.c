/* Vectors of owned strings. */
#include "opsh/base/strv.h"

#include <stdarg.h>

static void room_for_two(struct op_strv *s)
{
    s->v = op_grow(s->v, s->n + 1, &s->cap, sizeof(*s->v));
}

void op_strv_take(struct op_strv *s, char *item)
{
    room_for_two(s);
    s->v[s->n++] = item;
    s->v[s->n] = NULL;
}

void op_strv_push(struct op_strv *s, const char *item)
{
    op_strv_take(s, op_strdup(item));
}

void op_strv_pushf(struct op_strv *s, const char *fmt, ...)
{
    char *out = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&out, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    op_strv_take(s, out);
}

void op_strv_insert(struct op_strv *s, size_t at, const char *item)
{
    room_for_two(s);
    memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(*s->v));
    s->v[at] = op_strdup(item);
    s->v[++s->n] = NULL;
}

void op_strv_copy(struct op_strv *to, const struct op_strv *from)
{
    for (size_t i = 0; i < from->n; i++)
        op_strv_push(to, from->v[i]);
}

bool op_strv_has(const struct op_strv *s, const char *item)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i], item) == 0)
            return true;
    return false;
}

bool op_strv_equal(const struct op_strv *a, const struct op_strv *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->v[i], b->v[i]) != 0)
            return false;
    return true;
}

void op_strv_free(struct op_strv *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->v[i]);
    free(s->v);
    *s = (struct op_strv)OP_STRV_INIT;
}
