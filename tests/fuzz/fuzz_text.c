/* Text from outside: whatever comes in, what goes to a terminal is valid UTF-8 without controls, has
 * every line end of the input, and does not depend on how the stream was cut. */
#include "fuzz.h"

#include "opsh/base/text.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

static size_t line_ends(const char *bytes, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += bytes[i] == '\n';
    return found;
}

static void check_clean(const struct op_buf *clean)
{
    for (size_t i = 0; i < clean->len;) {
        uint32_t cp = 0;
        size_t len = op_utf8_decode(clean->data + i, clean->len - i, &cp);
        must(len != 0);
        must(cp >= 0x20 || cp == '\n' || cp == '\t');
        must(cp < 0x7f || cp > 0x9f);
        must(cp < 0x202a || cp > 0x202e);
        i += len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    OP_AUTO_BUF whole = OP_BUF_INIT, chunks = OP_BUF_INIT, again = OP_BUF_INIT, seen = OP_BUF_INIT;
    op_text_clean(&whole, bytes, size);
    check_clean(&whole);
    must(line_ends(op_buf_str(&whole), whole.len) == line_ends(bytes, size));
    op_text_clean(&again, op_buf_str(&whole), whole.len);
    must(again.len == whole.len && memcmp(op_buf_str(&again), op_buf_str(&whole), whole.len) == 0);

    struct op_text_state st = { 0 };
    for (size_t at = 0; at < size;) { /* chunks of lengths that the input itself chooses */
        size_t n = 1 + data[at] % 7;
        n = n < size - at ? n : size - at;
        op_text_clean_chunk(&st, &chunks, bytes + at, n);
        at += n;
    }
    must(chunks.len <= whole.len && memcmp(op_buf_str(&chunks), op_buf_str(&whole), chunks.len) == 0);
    must(whole.len - chunks.len == (st.have != 0 ? 3 : 0)); /* an unfinished character at the very end */

    op_text_visible(&seen, bytes, size);
    for (size_t i = 0; i < seen.len; i++)
        must(seen.data[i] >= 0x20 && seen.data[i] < 0x7f);
    return 0;
}
