/* A command line as text that can be pasted into a shell and does the same there: each argument
 * quoted where it needs to be; control characters, bidirectional marks and everything else that
 * is not plain printable ASCII spelled out in $'…' so that what is judged is what runs. */
#ifndef OPSH_GATE_QUOTE_H
#define OPSH_GATE_QUOTE_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

void op_quote_arg(struct op_buf *out, const char *arg);
void op_quote_argv(struct op_buf *out, const struct op_strv *argv);

/* The reverse, for "!command": split a line into arguments as a POSIX shell would, knowing quotes and
 * backslashes only. $ ` | & ; < > ( ) * ? ~ # and newlines outside quotes are errors that say that opsh runs
 * no shell. Errors: OP_USAGE. */
bool op_quote_split(const char *line, struct op_strv *argv, struct op_err *err) OP_CHECKED;

#endif
