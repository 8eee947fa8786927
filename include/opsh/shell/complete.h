/* What Tab offers. Never waits for a cluster: only names that are known already are offered. */
#ifndef OPSH_SHELL_COMPLETE_H
#define OPSH_SHELL_COMPLETE_H

#include "opsh/shell/session.h"

/* The words that could stand at [start, end) of line. */
void op_complete(struct op_session *s, const char *line, size_t start, size_t end, struct op_strv *out);

void op_complete_setup(struct op_session *s); /* tells the line editor; s is borrowed for its life */

#endif
