/* Small string helpers with strict answers. */
#ifndef OPSH_BASE_STR_H
#define OPSH_BASE_STR_H

#include "opsh/base/err.h"
#include "opsh/base/mem.h"

#include <stdint.h>

bool op_str_eq(const char *a, const char *b);  /* NULL equals only NULL */
bool op_str_ieq(const char *a, const char *b); /* ASCII case-insensitive */
bool op_str_starts(const char *s, const char *prefix);
bool op_str_ends(const char *s, const char *suffix);
bool op_str_empty(const char *s); /* NULL or "" */

/* Is s one of n words? NULL is none of them; words that are NULL are skipped. OP_IN takes an array by its length. */
bool op_str_in(const char *s, const char *const *words, size_t n);
#define OP_IN(s, words) op_str_in((s), (words), OP_LEN(words))

char *op_str_lower(char *s); /* ASCII, in place; s itself */

/* FNV-1a over n bytes: it tells changes, it keeps nothing secret. */
uint64_t op_str_hash(const void *bytes, size_t n);

/* Decimal, optional sign, nothing before or after; false when out of [min, max]. */
bool op_str_int(const char *s, int64_t min, int64_t max, int64_t *out) OP_CHECKED;

/* Damerau-Levenshtein distance (neighbours swapped count 1); stops at limit + 1. */
unsigned op_str_distance(const char *a, const char *b, unsigned limit);

/* A name that Kubernetes accepts for most objects (RFC 1123 subdomain, up to 253 bytes). */
bool op_str_is_dns_name(const char *s);

/* Shell-style pattern with * and ? (whole string). */
bool op_str_glob(const char *pattern, const char *s);

#endif
