/* Server-sent events out of a byte stream, whatever its chunking. Holds at most one unfinished line
 * and one unfinished event; refuses either when it grows past OP_SSE_MAX. */
#include "opsh/data/sse.h"

static bool too_large(struct op_err *err)
{
    return op_fail(err, OP_LIMIT, 0, "an event of the stream is larger than %zu MiB", OP_SSE_MAX >> 20);
}

static bool dispatch(struct op_sse *sse, op_sse_event event, void *ctx, struct op_err *err)
{
    if (!sse->has_data)
        return true;
    sse->has_data = 0;
    /* the callback may look at the text as a string: there is always a NUL behind it */
    bool ok = event(ctx, op_buf_str(&sse->data), sse->data.len, err);
    op_buf_trunc(&sse->data, 0);
    return ok;
}

/* A line without its end. Fields other than data (event, id, retry) mean nothing to a chat stream. */
static bool take_line(struct op_sse *sse, op_sse_event event, void *ctx, struct op_err *err)
{
    const char *s = op_buf_str(&sse->line);
    size_t n = sse->line.len;
    if (!sse->started && n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
        s += 3;
        n -= 3;
    }
    sse->started = 1;
    if (n == 0)
        return dispatch(sse, event, ctx, err);
    static const char field[] = "data";
    const size_t name = sizeof(field) - 1;
    if (n < name || memcmp(s, field, name) != 0 || (n > name && s[name] != ':'))
        return true;
    size_t skip = n == name ? name : name + 1;
    skip += skip < n && s[skip] == ' ';
    if (sse->has_data)
        op_buf_addc(&sse->data, '\n');
    op_buf_add(&sse->data, s + skip, n - skip);
    sse->has_data = 1;
    return !sse->data.cut || too_large(err);
}

bool op_sse_feed(struct op_sse *sse, const char *bytes, size_t n, op_sse_event event, void *ctx, struct op_err *err)
{
    sse->line.max = sse->data.max = OP_SSE_MAX;
    for (size_t i = 0; i < n;) {
        if (sse->cr && bytes[i] == '\n') { /* the second half of CRLF, perhaps in a chunk of its own */
            sse->cr = 0;
            i++;
            continue;
        }
        sse->cr = 0;
        size_t end = i;
        while (end < n && bytes[end] != '\n' && bytes[end] != '\r')
            end++;
        op_buf_add(&sse->line, bytes + i, end - i);
        if (sse->line.cut)
            return too_large(err);
        if (end < n) {
            sse->cr = bytes[end] == '\r';
            bool ok = take_line(sse, event, ctx, err);
            op_buf_trunc(&sse->line, 0);
            if (!ok)
                return false;
            end++;
        }
        i = end;
    }
    return true;
}

bool op_sse_end(struct op_sse *sse, op_sse_event event, void *ctx, struct op_err *err)
{
    if (sse->line.len != 0) {
        bool ok = take_line(sse, event, ctx, err);
        op_buf_trunc(&sse->line, 0);
        if (!ok)
            return false;
    }
    return dispatch(sse, event, ctx, err);
}

void op_sse_free(struct op_sse *sse)
{
    op_buf_free(&sse->line);
    op_buf_free(&sse->data);
    *sse = (struct op_sse){ 0 };
}
