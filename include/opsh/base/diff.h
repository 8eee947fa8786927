/* What differs between two texts, line by line. */
#ifndef OPSH_BASE_DIFF_H
#define OPSH_BASE_DIFF_H

#include "opsh/base/strv.h"

#define OP_DIFF_MAX ((size_t)2000) /* lines of either text that are compared */

struct op_diff {
    struct op_strv lines; /* owned; each begins with its mark: ' ' as it is, '-' goes, '+' comes, '@' where it is */
    size_t added, removed;
    bool cut; /* a text was longer than OP_DIFF_MAX: what comes behind was not compared */
};

/* Unified, with `context` unchanged lines around each change. An '@' line names the lines that a change is inside of,
 * by their indentation ("@ spec.template.spec"). */
void op_diff_lines(const struct op_strv *before, const struct op_strv *after, size_t context, struct op_diff *diff);
void op_diff_free(struct op_diff *diff);

void op_diff_split(const char *text, struct op_strv *lines); /* appends the lines of text, without their ends */

#endif
