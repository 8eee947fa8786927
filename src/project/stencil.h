/* Templates of files: lines with @name@ to be filled in, and lines that only hold under a condition:
 *
 *   %if name            name has a value that is not empty     %if name=value
 *   %if !name           it has none                            %else, %end (nested as deep as needed)
 *   %% a remark         is left out
 *
 * A line that is nothing but one @name@ disappears when the value is empty; a value may have several lines. */
#ifndef OPSH_PROJECT_STENCIL_H
#define OPSH_PROJECT_STENCIL_H

#include "opsh/base/buf.h"

struct op_vars { /* zero-initialise */
    struct op_var {
        char *name, *value;
    } * v;
    size_t n;
};

void op_vars_set(struct op_vars *vars, const char *name, const char *fmt, ...) OP_PRINTF(3, 4); /* replaces */
const char *op_vars_get(const struct op_vars *vars, const char *name); /* "" when absent. borrowed */
void op_vars_free(struct op_vars *vars);
#define OP_AUTO_VARS OP_AUTO(op_vars_free) struct op_vars

/* file: for the error, which is one of opsh's own (OP_CONFIG: an unknown name, an %if without %end). */
bool op_stencil_fill(const char *file, const char *text, const struct op_vars *vars, struct op_buf *out,
                     struct op_err *err) OP_CHECKED;

#endif
