/* Memory: allocation that does not return NULL (a shell without memory for a few
 * kilobytes has nothing sensible left to do: it says so and exits), and cleanup
 * attributes, so that an early return cannot leak.
 *
 *     OP_AUTO_FREE char *path = op_path_config(err);
 *     …
 *     cfg->path = op_steal(&path);          ownership leaves here
 *
 * Ownership words in headers: *borrowed* (the default: valid until the call
 * returns), *owned* (the caller frees), *takes* (the callee frees). */
#ifndef OPSH_BASE_MEM_H
#define OPSH_BASE_MEM_H

#include <stddef.h>

void *op_calloc(size_t n, size_t size) __attribute__((malloc, warn_unused_result));
void *op_realloc(void *p, size_t n, size_t size) __attribute__((warn_unused_result)); /* n × size bytes */
char *op_strdup(const char *s) __attribute__((warn_unused_result));                  /* NULL stays NULL */
char *op_strndup(const char *s, size_t n) __attribute__((malloc, warn_unused_result));
char *op_asprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), warn_unused_result));

/* Make room for one more item in a growing array: *items has n of size `size`. */
void *op_grow(void *items, size_t n, size_t *cap, size_t size) __attribute__((warn_unused_result));

void op_free_ptr(void *p); /* p is a pointer to a pointer */
#define OP_AUTO_FREE __attribute__((cleanup(op_free_ptr)))
#define OP_AUTO(fn) __attribute__((cleanup(fn)))

#define op_steal(pp)                 \
    __extension__({                  \
        __typeof__(*(pp)) *op_p_ = (pp); \
        __typeof__(*(pp)) op_v_ = *op_p_; \
        *op_p_ = NULL;               \
        op_v_;                       \
    })

#define OP_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
