/* Text as people's keyboards, phones and word processors produce it, made plain. Knows Unicode,
 * knows nothing of requests. */
#include "token.h"

#include "opsh/base/buf.h"
#include "opsh/base/text.h"

/* Letters U+00C0…U+017F without their accents. '?' stands for what is no letter. */
static const char plain_letters[] = "aaaaaaaceeeeiiiidnooooo?ouuuuyts"
                                    "aaaaaaaceeeeiiiidnooooo?ouuuuyty"
                                    "aaaaaaccccccccddddeeeeeeeeeegggg"
                                    "gggghhhhiiiiiiiiiiiijjkkklllllll"
                                    "lllnnnnnnnnnoooooooorrrrrrssssss"
                                    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

void text_fold(char *out, const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = op_utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            len = 1;
        if (len == 1 || cp < 0x80) {
            *out++ = (char)tolower((unsigned char)s[i]);
        } else if (cp >= 0xC0 && cp < 0x180) {
            *out++ = plain_letters[cp - 0xC0];
        } else if (cp < 0x300 || cp > 0x36F) { /* combining accents vanish */
            memcpy(out, s + i, len);
            out += len;
        }
        i += len;
    }
    *out = '\0';
}

static const struct {
    uint32_t from, to;
    const char *as;
} plain_rows[] = {
    { 0x00A0, 0x00A1, " " },   { 0x00AB, 0x00AB, "\"" },  { 0x00AD, 0x00AD, "" },     { 0x00B4, 0x00B4, "'" },
    { 0x00BB, 0x00BB, "\"" },  { 0x00BF, 0x00BF, " " },   { 0x2000, 0x200A, " " },    { 0x200B, 0x200F, "" },
    { 0x2010, 0x2013, "-" },   { 0x2014, 0x2015, " - " }, { 0x2018, 0x201B, "'" },    { 0x201C, 0x201F, "\"" },
    { 0x2022, 0x2023, "-" },   { 0x2026, 0x2026, "..." }, { 0x2028, 0x2029, "\n" },   { 0x202A, 0x202E, "" },
    { 0x202F, 0x202F, " " },   { 0x2032, 0x2032, "'" },   { 0x2033, 0x2033, "\"" },   { 0x2039, 0x203A, "'" },
    { 0x205F, 0x205F, " " },   { 0x2060, 0x2069, "" },    { 0x2192, 0x2192, " -> " }, { 0x2190, 0x21FF, " " },
    { 0x2212, 0x2212, "-" },   { 0x2600, 0x27BF, " " },   { 0x3000, 0x3000, " " },    { 0x3001, 0x3001, ", " },
    { 0x3002, 0x3002, ". " },  { 0x300C, 0x300F, "\"" },  { 0xFE00, 0xFE0F, "" },     { 0xFEFF, 0xFEFF, "" },
    { 0x1F000, 0x1FAFF, " " },
};

static void add_plain(struct op_buf *out, const char *s, size_t len, uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E) { /* full-width ASCII */
        op_buf_addc(out, (char)(cp - 0xFF01 + '!'));
        if (cp == 0xFF0C || cp == 0xFF1F || cp == 0xFF1A || cp == 0xFF1B || cp == 0xFF01)
            op_buf_addc(out, ' ');
        return;
    }
    for (size_t i = 0; i < OP_LEN(plain_rows); i++) {
        if (cp >= plain_rows[i].from && cp <= plain_rows[i].to) {
            op_buf_adds(out, plain_rows[i].as);
            return;
        }
    }
    op_buf_add(out, s, len);
}

char *text_plain(const char *s, size_t n)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)s[i];
        if (c < 0x80) {
            op_buf_addc(&out, c == '\n' ? '\n' : c < 0x20 || c == 0x7F ? ' ' : (char)c);
            i++;
            continue;
        }
        uint32_t cp = 0;
        size_t len = op_utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            op_buf_addc(&out, ' ');
            i++;
            continue;
        }
        add_plain(&out, s + i, len, cp);
        i += len;
    }
    op_buf_adds(&out, "");
    return out.data != NULL ? op_buf_steal(&out) : op_strdup("");
}
