/* The shell: line after line until the person leaves. */
#ifndef OPSH_SHELL_REPL_H
#define OPSH_SHELL_REPL_H

#include "opsh/shell/session.h"

/* OP_OK when the person left; OP_INTERRUPTED on SIGTERM or SIGHUP. */
enum op_code op_repl_run(struct op_session *s);

#endif
