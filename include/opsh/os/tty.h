/* The terminal: what it can do, and giving it back as it was. */
#ifndef OPSH_OS_TTY_H
#define OPSH_OS_TTY_H

#include "opsh/base/err.h"

struct op_tty {
    bool in, out, err; /* is the descriptor a terminal? */
    bool colour;       /* escape sequences for colour are welcome on stdout */
    bool dumb;         /* TERM unset or "dumb": no cursor movement, no spinner */
};

enum op_colour_mode { OP_COLOUR_AUTO, OP_COLOUR_ALWAYS, OP_COLOUR_NEVER };

void op_tty_probe(struct op_tty *tty, enum op_colour_mode mode); /* NO_COLOR, TERM, isatty */
void op_tty_size(int *columns, int *rows);                       /* 80×24 when unknown */

void op_tty_save(void);    /* remember the present modes as the ones to return to */
void op_tty_restore(void); /* modes, foreground group, cursor, colours, paste mode, main screen */
void op_tty_flush_input(void); /* drop what was typed ahead */

/* One line from the terminal on fd 0 in its cooked mode. Where typed-ahead input must not count, flush before the
 * question is shown, not after: whoever answers at once would lose the answer. false on end of input or interruption (OP_INTERRUPTED). The newline is removed. */
bool op_tty_read_line(char *line, size_t size, struct op_err *err) OP_CHECKED;

#endif
