/* Server-sent events from bytes in any chunking: LF, CRLF or CR ends a line; comments are
 * skipped; several data: lines make one event; a byte-order mark is skipped. */
#ifndef OPSH_DATA_SSE_H
#define OPSH_DATA_SSE_H

#include "opsh/base/buf.h"

#define OP_SSE_MAX ((size_t)4 << 20) /* bytes of one event */

struct op_sse { /* zero-initialise */
    struct op_buf line, data; /* unfinished */
    unsigned started : 1, cr : 1, has_data : 1;
};

/* Called once per event with its data (a NUL stands behind it); return false to stop. */
typedef bool (*op_sse_event)(void *ctx, const char *data, size_t n, struct op_err *err);

/* Errors: OP_LIMIT (an event is too large), or what the callback failed with. */
bool op_sse_feed(struct op_sse *sse, const char *bytes, size_t n, op_sse_event event, void *ctx, struct op_err *err)
    OP_CHECKED;
/* The stream has ended: deliver an event that lacks its blank line. */
bool op_sse_end(struct op_sse *sse, op_sse_event event, void *ctx, struct op_err *err) OP_CHECKED;
void op_sse_free(struct op_sse *sse);

#define OP_AUTO_SSE OP_AUTO(op_sse_free) struct op_sse

#endif
