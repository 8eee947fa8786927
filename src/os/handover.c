/* Gives a child the terminal and takes it back whatever the child did: modes, foreground
 * group, cursor. Ctrl-C then reaches the child alone; Ctrl-Z has no effect, since opsh has no
 * jobs to put it into. */
#include "handover.h"

#include "opsh/os/clock.h"
#include "opsh/os/signals.h"
#include "opsh/os/tty.h"
#include "launch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

/* Waits for its end; a stop is undone at once, a request to leave is passed on. */
static int wait_for_end(pid_t pid, bool own_group, struct op_child_result *res)
{
    for (;;) {
        /* signals first: one that comes after looking at the child still wakes the wait below */
        unsigned events = op_signals_take();
        if ((events & OP_SIG_TERM) != 0)
            (void)kill(own_group ? -pid : pid, SIGTERM);
        if ((events & OP_SIG_INT) != 0) { /* from elsewhere than the terminal, or we share its group */
            res->interrupted = true;
            if (own_group)
                (void)kill(-pid, SIGINT);
        }
        int status = 0;
        pid_t got = waitpid(pid, &status, WNOHANG | WUNTRACED);
        if (got < 0 && errno != EINTR)
            return -1;
        if (got == pid && !WIFSTOPPED(status))
            return status;
        if (got == pid) {
            if (own_group)
                (void)tcsetpgrp(0, pid);
            (void)kill(own_group ? -pid : pid, SIGCONT);
            continue;
        }
        struct pollfd p = { .fd = op_signals_fd(), .events = POLLIN };
        (void)poll(&p, 1, op_signals_fd() >= 0 ? 1000 : 20);
    }
}

bool op_handover_run(const struct op_child_spec *spec, struct op_child_result *res, struct op_err *err)
{
    bool terminal = isatty(0) == 1;
    if (terminal)
        op_tty_save();
    sigset_t ttou, before;
    (void)sigemptyset(&ttou);
    (void)sigaddset(&ttou, SIGTTOU); /* tcsetpgrp from the background must not stop us */
    (void)sigprocmask(SIG_BLOCK, &ttou, &before);
    int64_t started = op_clock_ms();
    pid_t pid = 0;
    int rc = op_spawn(spec, (int[3]){ -1, -1, -1 }, terminal, &pid);
    int status = rc == 0 ? wait_for_end(pid, terminal, res) : 0;
    if (terminal)
        op_tty_restore();
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    if (rc != 0)
        return op_fail(err, OP_TOOL, rc, "cannot start %s", spec->path);
    res->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    res->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    res->interrupted = res->interrupted || res->signal == SIGINT;
    res->ms = op_clock_ms() - started;
    return true;
}
