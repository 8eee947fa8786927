/* Allocation that ends the program, with a word, when there is no memory. */
#include "opsh/base/mem.h"

#include <stdarg.h>
#include <stdint.h>

static void *checked(void *p)
{
    if (p == NULL) {
        static const char words[] = "opsh: out of memory\n";
        (void)!write(STDERR_FILENO, words, sizeof(words) - 1);
        abort();
    }
    return p;
}

void *op_calloc(size_t n, size_t size)
{
    return checked(calloc(n != 0 ? n : 1, size != 0 ? size : 1));
}

void *op_realloc(void *p, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        return checked(NULL);
    return checked(realloc(p, n * size != 0 ? n * size : 1));
}

char *op_strdup(const char *s)
{
    return s == NULL ? NULL : checked(strdup(s));
}

char *op_strndup(const char *s, size_t n)
{
    return checked(strndup(s, n));
}

char *op_asprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *out = NULL;
    int n = vasprintf(&out, fmt, ap);
    va_end(ap);
    return checked(n < 0 ? NULL : out);
}

void *op_grow(void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return items;
    *cap = *cap != 0 ? *cap * 2 : 8;
    return op_realloc(items, *cap, size);
}

void op_free_ptr(void *p)
{
    void **pp = p;
    free(*pp);
    *pp = NULL;
}
