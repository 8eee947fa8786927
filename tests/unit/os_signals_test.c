/* Signals as events. Each test runs in a process of its own, since some are remembered for good. */
#include "opsh/base/mem.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/wait.h>
#include <cmocka.h>

/* In the children: the line of what did not hold is the exit status. */
#define HOLDS(x)                  \
    do {                          \
        if (!(x))                 \
            return __LINE__ % 250 + 1; \
    } while (0)

static void in_a_child(int (*body)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)alarm(20);
        _exit(body());
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status))
        fail_msg("ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        fail_msg("did not hold: line %d (modulo 250)", WEXITSTATUS(status) - 1);
}

static bool start(void)
{
    struct op_err err = OP_ERR_INIT;
    return op_signals_init(&err);
}

static bool readable(void)
{
    struct pollfd p = { .fd = op_signals_fd(), .events = POLLIN };
    return poll(&p, 1, 0) == 1;
}

static int before_init(void)
{
    HOLDS(op_signals_fd() == -1);
    HOLDS(op_signals_take() == 0);
    HOLDS(!op_signals_interrupted() && !op_signals_terminating());
    HOLDS(op_signals_sleep(20));
    HOLDS(start());
    int fd = op_signals_fd();
    HOLDS(fd >= 0 && start() && op_signals_fd() == fd); /* a second time changes nothing */
    return 0;
}

static int interrupt_is_remembered(void)
{
    HOLDS(start());
    HOLDS(!readable());
    (void)raise(SIGINT);
    HOLDS(readable());
    HOLDS(op_signals_take() == OP_SIG_INT);
    HOLDS(!readable());
    HOLDS(op_signals_take() == 0);
    HOLDS(op_signals_interrupted() && op_signals_interrupted());
    HOLDS(!op_signals_terminating());
    op_signals_clear();
    HOLDS(!op_signals_interrupted());
    (void)raise(SIGINT);
    op_signals_clear(); /* also what was not taken yet */
    HOLDS(!op_signals_interrupted() && op_signals_take() == 0);
    (void)raise(SIGINT);
    HOLDS(op_signals_interrupted()); /* looking does not take it away from whoever takes */
    HOLDS(op_signals_take() == OP_SIG_INT);
    return 0;
}

static int leaving_is_never_forgotten(void)
{
    HOLDS(start());
    (void)raise(SIGTERM);
    HOLDS(op_signals_interrupted() && op_signals_terminating());
    op_signals_clear();
    HOLDS(op_signals_interrupted() && op_signals_terminating());
    HOLDS((op_signals_take() & OP_SIG_TERM) != 0);
    op_signals_clear();
    HOLDS(op_signals_interrupted() && op_signals_terminating());
    HOLDS(!op_signals_sleep(1000));
    return 0;
}

static int hangup_means_leave(void)
{
    HOLDS(start());
    (void)raise(SIGHUP);
    HOLDS(op_signals_take() == OP_SIG_TERM);
    HOLDS(op_signals_terminating());
    return 0;
}

static int several_at_once(void)
{
    HOLDS(start());
    (void)raise(SIGWINCH);
    (void)raise(SIGCHLD);
    (void)raise(SIGINT);
    (void)raise(SIGWINCH);
    op_signals_clear(); /* a new turn forgets the interrupt, not that the window changed */
    HOLDS(op_signals_take() == (OP_SIG_WINCH | OP_SIG_CHLD));
    HOLDS(!op_signals_interrupted());
    return 0;
}

static int a_flood_neither_blocks_nor_is_lost(void)
{
    HOLDS(start());
    for (int i = 0; i < 100000; i++)
        (void)raise(SIGWINCH);
    HOLDS((op_signals_take() & OP_SIG_WINCH) != 0);
    (void)raise(SIGINT);
    HOLDS(op_signals_interrupted());
    return 0;
}

static pid_t kill_later(int number, int ms)
{
    pid_t us = getpid(), pid = fork();
    if (pid == 0) {
        (void)usleep((unsigned)ms * 1000);
        (void)kill(us, number);
        (void)usleep(300000); /* its own end is another signal: not yet */
        _exit(0);
    }
    return pid;
}

static int sleeping_ends_for_an_interrupt_only(void)
{
    HOLDS(start());
    int64_t started = op_clock_ms();
    HOLDS(op_signals_sleep(0));
    pid_t a = kill_later(SIGWINCH, 50);
    HOLDS(op_signals_sleep(200)); /* a new window size does not cut it short */
    HOLDS(op_clock_ms() - started >= 195);
    pid_t b = kill_later(SIGINT, 100);
    started = op_clock_ms();
    HOLDS(!op_signals_sleep(10000));
    HOLDS(op_clock_ms() - started < 1000);
    HOLDS(!op_signals_sleep(10000)); /* it stays until it is cleared */
    op_signals_clear();
    pid_t c = kill_later(SIGINT, 100);
    HOLDS(!op_signals_sleep(-1));
    for (int i = 0; i < 3; i++)
        (void)waitpid((pid_t[]){ a, b, c }[i], NULL, 0);
    return 0;
}

static int a_reader_that_went_away_is_an_error(void)
{
    HOLDS(start());
    int ends[2];
    HOLDS(pipe(ends) == 0);
    (void)close(ends[0]);
    HOLDS(write(ends[1], "x", 1) == -1 && errno == EPIPE);
    return 0;
}

#define IN_A_CHILD(name)           \
    static void run_##name(void **state) \
    {                              \
        (void)state;               \
        in_a_child(name);          \
    }
IN_A_CHILD(before_init)
IN_A_CHILD(interrupt_is_remembered)
IN_A_CHILD(leaving_is_never_forgotten)
IN_A_CHILD(hangup_means_leave)
IN_A_CHILD(several_at_once)
IN_A_CHILD(a_flood_neither_blocks_nor_is_lost)
IN_A_CHILD(sleeping_ends_for_an_interrupt_only)
IN_A_CHILD(a_reader_that_went_away_is_an_error)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_before_init),
        cmocka_unit_test(run_interrupt_is_remembered),
        cmocka_unit_test(run_leaving_is_never_forgotten),
        cmocka_unit_test(run_hangup_means_leave),
        cmocka_unit_test(run_several_at_once),
        cmocka_unit_test(run_a_flood_neither_blocks_nor_is_lost),
        cmocka_unit_test(run_sleeping_ends_for_an_interrupt_only),
        cmocka_unit_test(run_a_reader_that_went_away_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
