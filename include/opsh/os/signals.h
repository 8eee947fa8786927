/* Signals as readable events: SIGINT, SIGTERM, SIGHUP, SIGWINCH and SIGCHLD are blocked and
 * arrive on one descriptor, so that no handler ever runs beside the program's own code.
 * Linux: signalfd. Elsewhere, and with -DOPSH_PORTABLE=ON: a self-pipe. */
#ifndef OPSH_OS_SIGNALS_H
#define OPSH_OS_SIGNALS_H

#include "opsh/base/err.h"

enum op_signal_bits {
    OP_SIG_INT = 1,
    OP_SIG_TERM = 2, /* SIGTERM or SIGHUP: leave */
    OP_SIG_WINCH = 4,
    OP_SIG_CHLD = 8
};

bool op_signals_init(struct op_err *err) OP_CHECKED; /* once, before any thread or child */
int op_signals_fd(void);                             /* readable when something is pending; -1 before init */

/* Take what is pending: a set of op_signal_bits. INT and TERM are also remembered: */
unsigned op_signals_take(void);

bool op_signals_interrupted(void); /* has INT or TERM come since the last clear? Reads what is pending. */
bool op_signals_terminating(void); /* TERM or HUP ever came */
void op_signals_clear(void);       /* before a new turn; TERM stays */

/* Wait up to ms (-1: for ever): true when time ran out, false when interrupted. */
bool op_signals_sleep(int ms);

#endif
