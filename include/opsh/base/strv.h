/* A vector of owned strings, always NULL-terminated: what an argument vector is made of. */
#ifndef OPSH_BASE_STRV_H
#define OPSH_BASE_STRV_H

#include "opsh/base/err.h"
#include "opsh/base/mem.h"

struct op_strv {
    char **v; /* v[n] == NULL once something was pushed; NULL before */
    size_t n, cap;
};

#define OP_STRV_INIT { .v = NULL, .n = 0, .cap = 0 }

void op_strv_push(struct op_strv *s, const char *item); /* copies */
void op_strv_take(struct op_strv *s, char *item);       /* takes */
void op_strv_pushf(struct op_strv *s, const char *fmt, ...) OP_PRINTF(2, 3);
void op_strv_insert(struct op_strv *s, size_t at, const char *item); /* before index at */
void op_strv_copy(struct op_strv *to, const struct op_strv *from);   /* appends all of from */
bool op_strv_has(const struct op_strv *s, const char *item);
bool op_strv_equal(const struct op_strv *a, const struct op_strv *b);
void op_strv_free(struct op_strv *s);

#define OP_AUTO_STRV OP_AUTO(op_strv_free) struct op_strv

#endif
