/* The history of typed lines: a private file that several shells append to at the same time. Lines that
 * begin with a space, or look as if they held a secret, are not kept. */
#ifndef OPSH_SHELL_HISTORY_H
#define OPSH_SHELL_HISTORY_H

#include "opsh/base/buf.h"

#include <stdint.h>

struct op_history {
    char *path; /* owned; NULL: nothing is written */
    bool complained;
};

/* Reads the newest `limit` lines (0: none are kept) into the line editor. path is copied; NULL: memory only.
 * Errors: OP_IO; the shell works without. */
bool op_history_open(struct op_history *h, const char *path, int64_t limit, struct op_err *err) OP_CHECKED;
void op_history_close(struct op_history *h);

/* Keeps line, if it is to be kept. Errors: OP_IO, once; later failures are silent. */
bool op_history_add(struct op_history *h, const char *line, struct op_err *err) OP_CHECKED;

bool op_history_wanted(const char *line); /* pure: is it to be kept? */
void op_history_list(size_t newest, struct op_buf *out);

#endif
