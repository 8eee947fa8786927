/* Server-sent events: however a stream is cut, the events are the same as those of the whole. The first
 * byte says how long the chunks are. */
#include "fuzz.h"

#include "opsh/data/sse.h"

static bool collect(void *ctx, const char *data, size_t n, struct op_err *err)
{
    struct op_buf *out = ctx;
    (void)err;
    op_buf_addf(out, "%zu:", n);
    op_buf_add(out, data, n);
    return true;
}

static bool run(const char *bytes, size_t n, size_t size, struct op_buf *out)
{
    OP_AUTO_SSE sse = { 0 };
    bool ok = true;
    for (size_t at = 0; ok && at < n; at += size)
        ok = op_sse_feed(&sse, bytes + at, n - at < size ? n - at : size, collect, out, NULL);
    return ok && op_sse_end(&sse, collect, out, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *bytes = (const char *)data + 1;
    size_t n = size - 1;
    OP_AUTO_BUF whole = OP_BUF_INIT, cut = OP_BUF_INIT;
    bool a = run(bytes, n, n, &whole), b = run(bytes, n, (size_t)data[0] + 1, &cut);
    if (a != b || whole.len != cut.len || (whole.len != 0 && memcmp(whole.data, cut.data, whole.len) != 0))
        abort();
    return 0;
}
