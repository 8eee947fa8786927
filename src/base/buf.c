/* The byte buffer everything textual is built in. */
#include "opsh/base/buf.h"

#include <stdarg.h>

static size_t room(const struct op_buf *b)
{
    size_t max = b->max != 0 ? b->max : OP_BUF_MAX;
    return b->len < max ? max - b->len : 0;
}

static void reserve(struct op_buf *b, size_t more)
{
    size_t need = b->len + more + 1;
    if (need <= b->cap)
        return;
    size_t cap = b->cap != 0 ? b->cap : 64;
    while (cap < need)
        cap *= 2;
    b->data = op_realloc(b->data, cap, 1);
    b->cap = cap;
}

void op_buf_add(struct op_buf *b, const void *bytes, size_t n)
{
    size_t fits = room(b);
    if (n > fits) {
        b->cut = true;
        n = fits;
    }
    reserve(b, n);
    if (n != 0)
        memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void op_buf_adds(struct op_buf *b, const char *s)
{
    op_buf_add(b, s, strlen(s));
}

void op_buf_addc(struct op_buf *b, char c)
{
    op_buf_add(b, &c, 1);
}

void op_buf_addf(struct op_buf *b, const char *fmt, ...)
{
    char small[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof(small)) {
        op_buf_add(b, small, (size_t)n);
    } else if (n >= 0) {
        OP_AUTO_FREE char *big = op_calloc((size_t)n + 1, 1);
        (void)vsnprintf(big, (size_t)n + 1, fmt, again);
        op_buf_add(b, big, (size_t)n);
    }
    va_end(again);
}

void op_buf_trunc(struct op_buf *b, size_t len)
{
    if (len >= b->len)
        return;
    b->len = len;
    b->data[len] = '\0';
}

void op_buf_drop(struct op_buf *b, size_t n)
{
    if (n == 0 || b->len == 0)
        return;
    if (n > b->len)
        n = b->len;
    memmove(b->data, b->data + n, b->len - n + 1);
    b->len -= n;
}

const char *op_buf_str(const struct op_buf *b)
{
    return b->data != NULL ? b->data : "";
}

char *op_buf_steal(struct op_buf *b)
{
    char *out = b->data != NULL ? b->data : op_strdup("");
    *b = (struct op_buf){ .max = b->max };
    return out;
}

void op_buf_free(struct op_buf *b)
{
    free(b->data);
    *b = (struct op_buf)OP_BUF_INIT;
}
