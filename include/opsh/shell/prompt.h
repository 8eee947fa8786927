/* The prompt: where requests go. */
#ifndef OPSH_SHELL_PROMPT_H
#define OPSH_SHELL_PROMPT_H

#include "opsh/base/buf.h"

struct op_prompt {
    const char *context, *ns; /* context NULL: no cluster */
    bool read_only, suggest, confirm_all, protect; /* protect: the context is a protected one */
    bool utf8, colour;
    int columns;
};

/* "sandbox/default > ", shortened so that it never takes more than half of the line; escape sequences are
 * marked for readline. Pure. */
void op_prompt_build(const struct op_prompt *p, struct op_buf *out);

#endif
