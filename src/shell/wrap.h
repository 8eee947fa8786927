/* Prose that fits the window. */
#ifndef SHELL_WRAP_H
#define SHELL_WRAP_H

#include "opsh/base/buf.h"

/* Breaks lines longer than columns at spaces (columns 0: none are broken). What continues is indented as the line
 * began, or as the second column of a table stands. Words longer than a line, lines within ``` and lines that hold a
 * command ("$ …", four spaces) stay whole: they are there to be copied. text is clean UTF-8. Pure. */
void op_wrap(struct op_buf *out, const char *text, size_t columns);

#endif
