/* The terminal: what it can do, one line from it, and giving it back as it was. */
#include "opsh/os/tty.h"

#include "opsh/base/str.h"
#include "opsh/os/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

static struct termios saved;
static bool have_saved;

void op_tty_probe(struct op_tty *tty, enum op_colour_mode mode)
{
    const char *term = getenv("TERM");
    *tty = (struct op_tty){ .in = isatty(0) == 1, .out = isatty(1) == 1, .err = isatty(2) == 1 };
    tty->dumb = op_str_empty(term) || op_str_eq(term, "dumb");
    bool wanted = tty->out && !tty->dumb && op_str_empty(getenv("NO_COLOR"));
    tty->colour = mode == OP_COLOUR_ALWAYS || (mode == OP_COLOUR_AUTO && wanted);
}

void op_tty_size(int *columns, int *rows)
{
    struct winsize w;
    *columns = 80;
    *rows = 24;
    if (ioctl(1, TIOCGWINSZ, &w) == 0 || ioctl(0, TIOCGWINSZ, &w) == 0) {
        *columns = w.ws_col != 0 ? w.ws_col : 80;
        *rows = w.ws_row != 0 ? w.ws_row : 24;
    }
}

void op_tty_save(void)
{
    have_saved = tcgetattr(0, &saved) == 0;
}

void op_tty_restore(void)
{
    if (!have_saved)
        return;
    /* we may be in the background right now: SIGTTOU would stop us */
    sigset_t ttou, before;
    (void)sigemptyset(&ttou);
    (void)sigaddset(&ttou, SIGTTOU);
    (void)sigprocmask(SIG_BLOCK, &ttou, &before);
    (void)tcsetpgrp(0, getpgrp());
    (void)tcsetattr(0, TCSADRAIN, &saved);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    struct op_tty tty;
    op_tty_probe(&tty, OP_COLOUR_AUTO);
    /* 1047, not 1049: the latter also moves the cursor when the main screen is already there */
    static const char sane[] = "\x1b[0m\x1b[?25h\x1b[?2004l\x1b[?1047l";
    if (tty.out && !tty.dumb)
        (void)!write(1, sane, sizeof(sane) - 1);
}

void op_tty_flush_input(void)
{
    (void)tcflush(0, TCIFLUSH);
}

bool op_tty_read_line(char *line, size_t size, struct op_err *err)
{
    size_t n = 0;
    for (;;) {
        if (op_signals_interrupted())
            return op_fail(err, OP_INTERRUPTED, 0, "interrupted");
        struct pollfd fds[2] = { { .fd = 0, .events = POLLIN }, { .fd = op_signals_fd(), .events = POLLIN } };
        if (poll(fds, 2, -1) < 0 || fds[0].revents == 0)
            continue;
        char c; /* one at a time: of a pipe, what stands behind the line is somebody else's */
        ssize_t got = read(0, &c, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return op_fail(err, OP_REFUSED, 0, "no answer: the input has ended");
        if (c == '\n') {
            line[n] = '\0';
            return true;
        }
        if (n + 1 < size)
            line[n++] = c;
    }
}
