/* Text from outside made safe for a terminal: escape sequences, control characters and
 * bidirectional tricks are removed (for reading) or spelled out (for judging). */
#include "opsh/base/text.h"

enum { TEXT, ESC, CSI, STRING }; /* STRING: OSC, DCS, APC, PM, SOS */

size_t op_utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) {
        *cp = u[0];
        return 1;
    }
    size_t len = u[0] >= 0xf0 && u[0] < 0xf5 ? 4 : u[0] >= 0xe0 ? 3 : u[0] >= 0xc2 ? 2 : 0;
    if (u[0] >= 0xf5 || len == 0 || len > n)
        return 0;
    uint32_t v = u[0] & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (u[i] & 0x3fu);
    }
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
        return 0;
    *cp = v;
    return len;
}

bool op_utf8_valid(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = op_utf8_decode(bytes + i, n - i, &cp);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

/* Code points that move, hide or reorder other text. */
static bool deceptive(uint32_t cp)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        { 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c },
        { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
        { 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
        { 0xfff0, 0xfffb }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
    };
    for (size_t i = 0; i < OP_LEN(ranges); i++)
        if (cp >= ranges[i].from && cp <= ranges[i].to)
            return true;
    return false;
}

static void add_code_point(struct op_buf *out, const char *bytes, size_t n)
{
    uint32_t cp = 0;
    size_t len = op_utf8_decode(bytes, n, &cp);
    if (len == 0)
        op_buf_adds(out, "\xef\xbf\xbd");
    else if (cp == '\n' || cp == '\t' || !deceptive(cp))
        op_buf_add(out, bytes, len);
}

static unsigned sequence_length(unsigned char c)
{
    return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;
}

/* One byte outside an escape sequence: ASCII at once, the rest once its sequence is whole. */
static void text_byte(struct op_text_state *st, struct op_buf *out, unsigned char c)
{
    if (st->have != 0 && (c & 0xc0) != 0x80) {
        op_buf_adds(out, "\xef\xbf\xbd");
        st->have = 0;
    }
    if (st->have == 0) {
        if (c == 0x1b) {
            st->mode = ESC;
            return;
        }
        st->need = sequence_length(c);
    }
    st->part[st->have++] = c;
    if (st->have == st->need || st->have == sizeof(st->part)) {
        add_code_point(out, (const char *)st->part, st->have);
        st->have = 0;
    }
}

/* One byte inside an escape sequence. false: it is no part of one, and is read as text. A line end
 * is never part of one, so that an unfinished sequence cannot hide the lines behind it. */
static bool sequence_byte(struct op_text_state *st, unsigned char c)
{
    if (c == 0x1b) { /* starts anew, or begins the ESC \ that ends a string */
        st->mode = ESC;
        return true;
    }
    if (c == '\n' || c == 0x18 || c == 0x1a) { /* CAN and SUB cancel in terminals too */
        st->mode = TEXT;
        return false;
    }
    if (st->mode == STRING) {
        st->mode = c == 0x07 ? TEXT : STRING;
        return true;
    }
    if (st->mode == CSI && c >= 0x20 && c <= 0x3f)
        return true;
    if (st->mode == ESC && c == '[')
        st->mode = CSI;
    else if (st->mode == ESC && strchr("]PX^_", c) != NULL && c != '\0')
        st->mode = STRING;
    else if (st->mode == CSI || c < 0x20 || c > 0x2f) /* intermediates go on, anything else ends it */
        st->mode = TEXT;
    return c >= 0x20 && c < 0x80;
}

void op_text_clean_chunk(struct op_text_state *st, struct op_buf *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (st->mode == TEXT || !sequence_byte(st, c))
            text_byte(st, out, c);
    }
}

void op_text_clean(struct op_buf *out, const char *bytes, size_t n)
{
    struct op_text_state st = { 0 };
    op_text_clean_chunk(&st, out, bytes, n);
    if (st.have != 0)
        op_buf_adds(out, "\xef\xbf\xbd");
}

void op_text_visible(struct op_buf *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = op_utf8_decode(bytes + i, n - i, &cp);
        unsigned char c = (unsigned char)bytes[i];
        if (len == 0)
            op_buf_addf(out, "\\x%02x", c);
        else if (c == '\n')
            op_buf_adds(out, "\\n");
        else if (c == '\t')
            op_buf_adds(out, "\\t");
        else if (c < 0x20 || c == 0x7f)
            op_buf_addf(out, "\\x%02x", c);
        else if (cp >= 0x80)
            op_buf_addf(out, "\\u{%x}", (unsigned)cp);
        else
            op_buf_addc(out, (char)c);
        i += len != 0 ? len : 1;
    }
}
