/* Markdown: cutting the stream changes nothing, without colour there is no escape sequence, and no word is lost. */
#include "fuzz.h"

#include "opsh/base/text.h"
#include "opsh/shell/markdown.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Letters and digits in their order: they are the text, whatever becomes of the marks. */
static void letters(const struct op_buf *text, struct op_buf *out)
{
    for (size_t i = 0; i < text->len; i++)
        if (isalnum((unsigned char)text->data[i]))
            op_buf_addc(out, text->data[i]);
}

static void render(const struct op_md *how, const struct op_buf *text, const uint8_t *cuts, size_t n, struct op_buf *out)
{
    struct op_md md = *how;
    for (size_t at = 0; at < text->len;) {
        size_t piece = n == 0 ? text->len : 1u + cuts[at % n] % 7u;
        piece = piece < text->len - at ? piece : text->len - at;
        op_md_feed(&md, out, text->data + at, piece);
        at += piece;
    }
    op_md_end(&md, out);
    op_md_end(&md, out); /* is as new: nothing more comes */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, (const char *)data, size);
    const struct op_md plain = { .columns = 0 };
    const struct op_md all[] = {
        plain,
        { .columns = 24, .utf8 = true },
        { .columns = 79, .colour = true, .utf8 = true, .erase = true },
        { .columns = size % 40, .colour = true, .erase = size % 2 == 0 },
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        OP_AUTO_BUF whole = OP_BUF_INIT, cut = OP_BUF_INIT;
        render(&all[i], &clean, NULL, 0, &whole);
        render(&all[i], &clean, data, size, &cut);
        must(whole.len == cut.len && memcmp(op_buf_str(&whole), op_buf_str(&cut), cut.len) == 0);
        must(all[i].colour || memchr(op_buf_str(&whole), 0x1b, whole.len) == NULL);
    }
    OP_AUTO_BUF out = OP_BUF_INIT, before = OP_BUF_INIT, after = OP_BUF_INIT;
    render(&plain, &clean, NULL, 0, &out);
    const char *text = op_buf_str(&clean); /* a fence's language is not shown, a link to itself once */
    if (strstr(text, "```") != NULL || strstr(text, "~~~") != NULL || strstr(text, "](") != NULL)
        return 0;
    letters(&clean, &before);
    letters(&out, &after);
    must(before.len == after.len && memcmp(op_buf_str(&before), op_buf_str(&after), after.len) == 0);
    return 0;
}
