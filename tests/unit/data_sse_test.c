/* Server-sent events: every way to cut a stream into chunks gives the same events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "opsh/data/sse.h"

/* Events joined by '|', so that a whole stream compares as one string. */
static bool collect(void *ctx, const char *data, size_t n, struct op_err *err)
{
    struct op_buf *out = ctx;
    (void)err;
    assert_int_equal(data[n], '\0');
    op_buf_add(out, data, n);
    op_buf_addc(out, '|');
    return true;
}

static void run(const char *bytes, size_t n, const size_t *cuts, size_t n_cuts, struct op_buf *out)
{
    OP_AUTO_SSE sse = { 0 };
    struct op_err err = OP_ERR_INIT;
    size_t at = 0;
    for (size_t i = 0; i <= n_cuts; i++) {
        size_t end = i < n_cuts ? cuts[i] : n;
        /* a copy of exactly this chunk: reading past it is seen by the address sanitizer */
        OP_AUTO_FREE char *chunk = op_calloc(end - at, 1);
        memcpy(chunk, bytes + at, end - at);
        assert_true(op_sse_feed(&sse, chunk, end - at, collect, out, &err));
        at = end;
    }
    assert_true(op_sse_end(&sse, collect, out, &err));
}

static void expect(const char *bytes, const char *events)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    run(bytes, strlen(bytes), NULL, 0, &out);
    assert_string_equal(op_buf_str(&out), events);
}

static void fields_comments_and_line_ends(void **state)
{
    (void)state;
    expect("data: a\n\ndata: b\n\n", "a|b|");
    expect("data:a\r\n\r\ndata:b\r\n\r\n", "a|b|");
    expect("data: a\r\rdata: b\r\r", "a|b|");
    expect("data: one\ndata: two\n\n", "one\ntwo|");
    expect("data: one\r\ndata: two\r\n\r\n", "one\ntwo|"); /* CRLF is one line end, not two */
    expect("data\n\n", "|");                        /* a field without a colon has an empty value */
    expect("data:\ndata:\n\n", "\n|");
    expect("data:  two spaces\n\n", " two spaces|"); /* only one is part of the syntax */
    expect(": keep-alive\n\ndata: a\n: again\n\n", "a|");
    expect("event: x\nid: 7\nretry: 3\ndata: a\n\n", "a|");
    expect("database: no\ndat: no\n\n", "");
    expect("\n\n\n\n", "");
    expect("\xef\xbb\xbf" "data: a\n\n", "a|");
    expect("data: \xef\xbb\xbf\n\n", "\xef\xbb\xbf|"); /* a mark is one only at the very start */
}

static void an_end_without_its_blank_line(void **state)
{
    (void)state;
    expect("data: a\n\ndata: b\n", "a|b|");
    expect("data: a\n\ndata: b", "a|b|");
    expect("data: a\r", "a|");
    expect("", "");
}

static const char sample[] = "\xef\xbb\xbf: hello\r\n\r\ndata: {\"a\":\"\xc3\xa9\"}\r\n\r\ndata: x\rdata: y\r\r"
                             "event: e\ndata:z\n\n\ndata: [DONE]\n\n";
static const char sample_events[] = "{\"a\":\"\xc3\xa9\"}|x\ny|z|[DONE]|";

static void every_split_in_three(void **state)
{
    (void)state;
    const size_t n = sizeof(sample) - 1;
    for (size_t i = 0; i <= n; i++)
        for (size_t k = i; k <= n; k++) {
            OP_AUTO_BUF out = OP_BUF_INIT;
            run(sample, n, (const size_t[]){ i, k }, 2, &out);
            assert_string_equal(op_buf_str(&out), sample_events);
        }
}

static void byte_by_byte(void **state)
{
    (void)state;
    size_t cuts[sizeof(sample)];
    for (size_t i = 0; i < sizeof(sample); i++)
        cuts[i] = i;
    OP_AUTO_BUF out = OP_BUF_INIT;
    run(sample, sizeof(sample) - 1, cuts, sizeof(sample) - 1, &out);
    assert_string_equal(op_buf_str(&out), sample_events);
}

static void too_large_is_an_error(void **state)
{
    (void)state;
    const size_t piece = (size_t)1 << 20;
    OP_AUTO_FREE char *big = op_calloc(piece, 1);
    memset(big, 'x', piece);
    for (int lines = 0; lines < 2; lines++) { /* one endless line; many lines of one event */
        OP_AUTO_SSE sse = { 0 };
        OP_AUTO_BUF out = OP_BUF_INIT;
        struct op_err err = OP_ERR_INIT;
        bool ok = op_sse_feed(&sse, "data: ", 6, collect, &out, &err);
        size_t fed = 0;
        for (; ok && fed < 3 * OP_SSE_MAX; fed += piece) {
            ok = op_sse_feed(&sse, big, piece, collect, &out, &err);
            if (ok && lines == 1)
                ok = op_sse_feed(&sse, "\ndata: ", 7, collect, &out, &err);
        }
        assert_false(ok);
        assert_int_equal(err.code, OP_LIMIT);
        assert_true(fed <= OP_SSE_MAX + piece);
        assert_int_equal(out.len, 0);
    }
}

static bool stop_at_b(void *ctx, const char *data, size_t n, struct op_err *err)
{
    (void)collect(ctx, data, n, err);
    return *data != 'b' || op_fail(err, OP_NETWORK, 0, "b");
}

static void the_callback_can_stop(void **state)
{
    (void)state;
    OP_AUTO_SSE sse = { 0 };
    OP_AUTO_BUF out = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    static const char bytes[] = "data: a\n\ndata: b\n\ndata: c\n\n";
    assert_false(op_sse_feed(&sse, bytes, sizeof(bytes) - 1, stop_at_b, &out, &err));
    assert_string_equal(op_buf_str(&out), "a|b|");
    assert_string_equal(err.msg, "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_comments_and_line_ends), cmocka_unit_test(an_end_without_its_blank_line),
        cmocka_unit_test(every_split_in_three),          cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(too_large_is_an_error),         cmocka_unit_test(the_callback_can_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
