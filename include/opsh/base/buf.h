/* A byte buffer with a hard maximum. Adding past the maximum keeps what fits and
 * sets `cut`; nothing fails and nothing overflows. `data` is always NUL-terminated
 * once something was added (op_buf_str gives "" before that). */
#ifndef OPSH_BASE_BUF_H
#define OPSH_BASE_BUF_H

#include "opsh/base/err.h"
#include "opsh/base/mem.h"

struct op_buf {
    char *data;
    size_t len, cap;
    size_t max; /* bytes; 0 means OP_BUF_MAX */
    bool cut;   /* something did not fit */
};

#define OP_BUF_MAX ((size_t)64 << 20)
#define OP_BUF_INIT { .data = NULL, .len = 0, .cap = 0, .max = 0, .cut = false }

void op_buf_add(struct op_buf *b, const void *bytes, size_t n);
void op_buf_adds(struct op_buf *b, const char *s);
void op_buf_addc(struct op_buf *b, char c);
void op_buf_addf(struct op_buf *b, const char *fmt, ...) OP_PRINTF(2, 3);
void op_buf_trunc(struct op_buf *b, size_t len); /* shorten to len bytes */
void op_buf_drop(struct op_buf *b, size_t n);    /* remove n bytes from the front */
const char *op_buf_str(const struct op_buf *b);  /* borrowed until the next change */
char *op_buf_steal(struct op_buf *b);            /* owned; the buffer is empty afterwards */
void op_buf_free(struct op_buf *b);

#define OP_AUTO_BUF OP_AUTO(op_buf_free) struct op_buf

#endif
