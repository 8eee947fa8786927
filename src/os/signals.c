/* Signals as events, with what matters remembered until the turn that it concerns is over. */
#include "opsh/os/signals.h"

#include "opsh/os/clock.h"
#include "sigsource.h"

#include <errno.h>
#include <poll.h>

static int source = -1;
static unsigned pending;
static bool interrupted, terminating;

bool op_signals_init(struct op_err *err)
{
    if (source >= 0)
        return true;
    sigset_t set;
    (void)sigemptyset(&set);
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCHLD };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        (void)sigaddset(&set, numbers[i]);
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write() */
    source = op_sigsource_open(&set);
    return source >= 0 || op_fail(err, OP_IO, errno, "signals cannot be watched");
}

int op_signals_fd(void)
{
    return source;
}

static void drain(void)
{
    for (int number; source >= 0 && (number = op_sigsource_read(source)) != 0;) {
        if (number == SIGWINCH)
            pending |= OP_SIG_WINCH;
        else if (number == SIGCHLD)
            pending |= OP_SIG_CHLD;
        else if (number == SIGINT)
            pending |= OP_SIG_INT;
        else
            pending |= OP_SIG_TERM;
        interrupted = interrupted || (pending & (OP_SIG_INT | OP_SIG_TERM)) != 0;
        terminating = terminating || (pending & OP_SIG_TERM) != 0;
    }
}

unsigned op_signals_take(void)
{
    drain();
    unsigned taken = pending;
    pending = 0;
    return taken;
}

bool op_signals_interrupted(void)
{
    drain();
    return interrupted;
}

bool op_signals_terminating(void)
{
    drain();
    return terminating;
}

void op_signals_clear(void)
{
    drain();
    pending &= ~(unsigned)OP_SIG_INT;
    interrupted = terminating;
}

bool op_signals_sleep(int ms)
{
    int64_t end = op_clock_ms() + ms;
    while (!op_signals_interrupted()) {
        int64_t left = ms < 0 ? -1 : end - op_clock_ms();
        if (ms >= 0 && left <= 0)
            return true;
        struct pollfd p = { .fd = source, .events = POLLIN };
        (void)poll(&p, 1, left > 60000 ? 60000 : (int)left);
    }
    return false;
}
