/* Owns the glyphs, their ASCII twins, and the colours. */
#include "paint.h"

const char *op_paint(bool colour, enum paint paint)
{
    static const char *const sequences[] = {
        [PAINT_PLAIN] = "\x1b[0m", [PAINT_DIM] = "\x1b[2m",    [PAINT_BOLD] = "\x1b[1m",    [PAINT_ITALIC] = "\x1b[3m",
        [PAINT_RED] = "\x1b[31m",  [PAINT_GREEN] = "\x1b[32m", [PAINT_YELLOW] = "\x1b[33m", [PAINT_CYAN] = "\x1b[36m",
    };
    return colour ? sequences[paint] : "";
}

const char *op_glyph(bool utf8, enum glyph glyph)
{
    static const char *const glyphs[][2] = {
        [GLYPH_OK] = { "ok:", "\xe2\x9c\x93" },   /* check mark */
        [GLYPH_BAD] = { "x", "\xe2\x9c\x97" },    /* ballot x */
        [GLYPH_PROMPT] = { ">", "\xe2\x9d\xaf" }, /* heavy angle */
        [GLYPH_MORE] = { "...", "\xe2\x80\xa6" }, /* ellipsis */
        [GLYPH_DOT] = { "-", "\xc2\xb7" },        /* middle dot */
        [GLYPH_BAR] = { "|", "\xe2\x94\x82" },    /* vertical bar */
    };
    return glyphs[glyph][utf8 ? 1 : 0];
}
