/* A model's answer as a terminal shows it: light Markdown, rendered while it arrives.
 *
 * Headings and **bold** are bold, *italic* is italic, `code` is coloured, fenced code is indented and dim and never
 * broken, items hang below their bullet, [text](url) reads "text (url)". Without colour the marks of headings, bold and
 * italics go, those of code stay: they say what is to be typed. What is no mark for certain (*.yaml, snake_case,
 * 2 * 3, an opening mark that its line does not close) stays as it is.
 *
 * Words are shown as they come; only what may be a mark waits, until it is decided or its line ends. */
#ifndef OPSH_SHELL_MARKDOWN_H
#define OPSH_SHELL_MARKDOWN_H

#include "opsh/base/buf.h"

struct op_md {
    /* Set before the first byte; the rest is private and begins as zero. */
    size_t columns; /* lines are broken at spaces to fit; 0: they are not */
    bool colour, utf8;
    bool erase; /* the terminal can take back part of a line: a word is shown before it is known to fit */

    struct op_buf head; /* of a line, while it is not known what the line is */
    struct op_buf span; /* what began with a mark and is not closed yet */
    struct op_buf word; /* since the last space, with its styles */
    char part[4];       /* an unfinished character */
    unsigned have, need;
    unsigned style, word_style;         /* now, where the word began */
    size_t used, indent, gap, wide;   /* columns: of the line, of what continues it, of spaces to come, of the word */
    size_t fence;                     /* length of the open fence's mark; 0: none is open */
    char fence_mark, prev;
    unsigned depth;
    bool in_line, verbatim, whole, listed, placed;
};

/* text: clean UTF-8 (op_text_clean_chunk), cut anywhere: what is added to out is the same for every way of cutting. */
void op_md_feed(struct op_md *md, struct op_buf *out, const char *text, size_t n);

/* Nothing more will come: what was held back is shown, styles end. Then it begins again, as if new. */
void op_md_end(struct op_md *md, struct op_buf *out);

#endif
