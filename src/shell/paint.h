/* Glyphs and colours, each in one place. */
#ifndef SHELL_PAINT_H
#define SHELL_PAINT_H

#include <stdbool.h>

enum paint { PAINT_PLAIN, PAINT_DIM, PAINT_BOLD, PAINT_ITALIC, PAINT_RED, PAINT_GREEN, PAINT_YELLOW, PAINT_CYAN };

/* The escape sequence for it, or "" where colours are not welcome. PAINT_PLAIN ends any other. */
const char *op_paint(bool colour, enum paint paint);

enum glyph { GLYPH_OK, GLYPH_BAD, GLYPH_PROMPT, GLYPH_MORE, GLYPH_DOT, GLYPH_BAR };

const char *op_glyph(bool utf8, enum glyph glyph);

#endif
