/* The terminal, at a real one: each test runs a body in a session of its own on a pseudo-terminal and
 * plays the person at the other end. What the body says is what the person waits for. */
#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/os/child.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"
#include "opsh/os/tty.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <cmocka.h>
#ifdef __APPLE__
#include <util.h>
#else
#include <pty.h>
#endif

extern char **environ;

struct stage {
    pid_t pid;
    int fd;
    struct op_buf seen;
};

#define HOLDS(x)                                                      \
    do {                                                              \
        if (!(x)) {                                                   \
            (void)dprintf(1, "line %d does not hold: %s\n", __LINE__, #x); \
            return 1;                                                 \
        }                                                             \
    } while (0)

static struct stage raise_curtain(int (*body)(void))
{
    struct stage s = { .seen = OP_BUF_INIT };
    struct winsize w = { .ws_row = 30, .ws_col = 100 };
    s.pid = forkpty(&s.fd, NULL, NULL, &w);
    assert_true(s.pid >= 0);
    if (s.pid == 0) {
        struct op_err err = OP_ERR_INIT;
        (void)alarm(30);
        _exit(op_signals_init(&err) ? body() : 99);
    }
    return s;
}

static bool look(struct stage *s, int ms)
{
    struct pollfd p = { .fd = s->fd, .events = POLLIN };
    char part[4096];
    ssize_t n = poll(&p, 1, ms) == 1 ? read(s->fd, part, sizeof(part)) : 0;
    if (n > 0)
        op_buf_add(&s->seen, part, (size_t)n);
    return n > 0;
}

/* Wait until the body has said this; what was seen up to then is forgotten. */
static void wait_for(struct stage *s, const char *words)
{
    int64_t end = op_clock_ms() + 10000;
    for (;;) {
        const char *at = strstr(op_buf_str(&s->seen), words);
        if (at != NULL) {
            op_buf_drop(&s->seen, (size_t)(at - op_buf_str(&s->seen)) + strlen(words));
            return;
        }
        if (op_clock_ms() > end)
            fail_msg("waited for \"%s\", saw \"%s\"", words, op_buf_str(&s->seen));
        (void)look(s, 100);
    }
}

static void type(struct stage *s, const char *keys)
{
    assert_true(write(s->fd, keys, strlen(keys)) == (ssize_t)strlen(keys));
}

static void curtain(struct stage *s)
{
    int status = -1;
    int64_t end = op_clock_ms() + 15000;
    pid_t got = 0;
    while ((got = waitpid(s->pid, &status, WNOHANG)) == 0 && op_clock_ms() < end)
        (void)look(s, 20);
    while (look(s, 20)) {
    }
    if (got == 0) {
        (void)kill(s->pid, SIGKILL);
        (void)waitpid(s->pid, &status, 0);
    }
    if (got == 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: %s", got == 0 ? "it hangs" : "it failed", op_buf_str(&s->seen));
    (void)close(s->fd);
    op_buf_free(&s->seen);
}

static void say(const char *words)
{
    (void)!write(1, words, strlen(words));
}

/* ---- one line ---- */

static int reads_one_line(void)
{
    char line[16];
    struct op_err err = OP_ERR_INIT;
    say("first? ");
    HOLDS(op_tty_read_line(line, sizeof(line), &err));
    HOLDS(op_str_eq(line, "yes"));
    say("second? ");
    HOLDS(op_tty_read_line(line, sizeof(line), &err));
    HOLDS(op_str_eq(line, ""));
    say("third? ");
    HOLDS(op_tty_read_line(line, sizeof(line), &err));
    HOLDS(op_str_eq(line, "123456789012345")); /* cut to its room */
    say("fourth? ");
    HOLDS(op_tty_read_line(line, sizeof(line), &err));
    HOLDS(op_str_eq(line, "last")); /* and the rest did not become the next answer */
    return 0;
}

static void a_line_is_what_was_typed_up_to_enter(void **state)
{
    (void)state;
    struct stage s = raise_curtain(reads_one_line);
    wait_for(&s, "first? ");
    type(&s, "no\x7f\x7fyes\r");
    wait_for(&s, "second? ");
    type(&s, "\n");
    wait_for(&s, "third? ");
    char lots[1001];
    memset(lots, 'x', 1000);
    memcpy(lots, "123456789012345", 15);
    lots[1000] = '\0';
    type(&s, lots);
    type(&s, "\n");
    wait_for(&s, "fourth? ");
    type(&s, "last\n");
    curtain(&s);
}

static int forgets_what_came_early(void)
{
    char line[64];
    struct op_err err = OP_ERR_INIT;
    struct pollfd p = { .fd = 0, .events = POLLIN };
    say("busy");
    HOLDS(poll(&p, 1, 5000) == 1); /* it is there to be read */
    (void)usleep(100000);
    op_tty_flush_input();
    say("sure? ");
    HOLDS(op_tty_read_line(line, sizeof(line), &err));
    HOLDS(op_str_eq(line, "late"));
    return 0;
}

static void what_was_typed_before_the_question_does_not_answer_it(void **state)
{
    (void)state;
    struct stage s = raise_curtain(forgets_what_came_early);
    wait_for(&s, "busy");
    type(&s, "early\ny\nhalf a line");
    wait_for(&s, "sure? ");
    type(&s, "late\n");
    curtain(&s);
}

static int end_of_input_is_no_answer(void)
{
    char line[64];
    struct op_err err = OP_ERR_INIT;
    say("one? ");
    HOLDS(!op_tty_read_line(line, sizeof(line), &err));
    HOLDS(err.code == OP_REFUSED);
    say("two? ");
    err = (struct op_err)OP_ERR_INIT;
    HOLDS(!op_tty_read_line(line, sizeof(line), &err)); /* "y" without Enter is no answer either */
    HOLDS(err.code == OP_REFUSED);
    return 0;
}

static void ctrl_d_is_no_answer(void **state)
{
    (void)state;
    struct stage s = raise_curtain(end_of_input_is_no_answer);
    wait_for(&s, "one? ");
    type(&s, "\x04");
    wait_for(&s, "two? ");
    type(&s, "y\x04\x04");
    curtain(&s);
}

static int is_interrupted(void)
{
    char line[64];
    struct op_err err = OP_ERR_INIT;
    say("one? ");
    HOLDS(!op_tty_read_line(line, sizeof(line), &err));
    HOLDS(err.code == OP_INTERRUPTED);
    op_signals_clear();
    say("two? ");
    HOLDS(op_tty_read_line(line, sizeof(line), &err));
    HOLDS(op_str_eq(line, "y")); /* what stood before Ctrl-C is gone */
    return 0;
}

static void ctrl_c_ends_the_question(void **state)
{
    (void)state;
    struct stage s = raise_curtain(is_interrupted);
    wait_for(&s, "one? ");
    type(&s, "hal\x03");
    wait_for(&s, "two? ");
    type(&s, "y\n");
    curtain(&s);
}

static int sees_the_window_close(void)
{
    char line[64];
    struct op_err err = OP_ERR_INIT;
    say("one? ");
    HOLDS(!op_tty_read_line(line, sizeof(line), &err));
    HOLDS(!op_tty_read_line(line, sizeof(line), &err));
    return op_signals_terminating() ? 0 : 2;
}

static void a_closed_window_ends_the_question(void **state)
{
    (void)state;
    struct stage s = raise_curtain(sees_the_window_close);
    wait_for(&s, "one? ");
    (void)close(s.fd);
    int status = -1;
    assert_int_equal(waitpid(s.pid, &status, 0), s.pid);
    assert_int_equal(status, 0);
    op_buf_free(&s.seen);
}

static int reads_from_a_pipe(void)
{
    char line[64];
    struct op_err err = OP_ERR_INIT;
    int ends[2];
    HOLDS(pipe(ends) == 0 && write(ends[1], "one\ntwo\nthree", 13) == 13 && dup2(ends[0], 0) == 0);
    (void)close(ends[1]);
    HOLDS(op_tty_read_line(line, sizeof(line), &err) && op_str_eq(line, "one"));
    HOLDS(op_tty_read_line(line, sizeof(line), &err) && op_str_eq(line, "two"));
    HOLDS(!op_tty_read_line(line, sizeof(line), &err) && err.code == OP_REFUSED);
    (void)close(0);
    (void)alarm(3); /* nothing at all on descriptor 0: an answer, not a loop */
    HOLDS(!op_tty_read_line(line, sizeof(line), &err) && err.code == OP_REFUSED);
    return 0;
}

static void a_pipe_is_read_line_by_line(void **state)
{
    (void)state;
    struct stage s = raise_curtain(reads_from_a_pipe);
    curtain(&s);
}

/* ---- what it can do ---- */

static bool colour(const char *term, const char *no_color, enum op_colour_mode mode)
{
    struct op_tty tty;
    (void)setenv("TERM", term, 1);
    (void)setenv("NO_COLOR", no_color, 1);
    op_tty_probe(&tty, mode);
    return tty.colour;
}

static int knows_itself(void)
{
    struct op_tty tty;
    int columns = 0, rows = 0;
    op_tty_size(&columns, &rows);
    HOLDS(columns == 100 && rows == 30);
    HOLDS(colour("xterm", "", OP_COLOUR_AUTO));
    HOLDS(!colour("xterm", "1", OP_COLOUR_AUTO) && colour("xterm", "1", OP_COLOUR_ALWAYS));
    HOLDS(!colour("dumb", "", OP_COLOUR_AUTO) && !colour("", "", OP_COLOUR_AUTO) && !colour("xterm", "", OP_COLOUR_NEVER));
    (void)unsetenv("TERM");
    op_tty_probe(&tty, OP_COLOUR_AUTO);
    HOLDS(tty.in && tty.out && tty.err && tty.dumb && !tty.colour);
    (void)setenv("TERM", "xterm", 1);
    (void)unsetenv("NO_COLOR");
    int ends[2];
    HOLDS(pipe(ends) == 0);
    int terminal = dup(1);
    (void)dup2(ends[1], 1);
    op_tty_probe(&tty, OP_COLOUR_AUTO);
    (void)dup2(terminal, 1);
    HOLDS(tty.in && !tty.out && tty.err && !tty.colour && !tty.dumb);
    struct winsize none = { 0 };
    HOLDS(ioctl(0, TIOCSWINSZ, &none) == 0);
    op_tty_size(&columns, &rows);
    HOLDS(columns == 80 && rows == 24);
    return 0;
}

static void it_says_what_the_terminal_can_do(void **state)
{
    (void)state;
    struct stage s = raise_curtain(knows_itself);
    curtain(&s);
}

/* ---- lending it to a child ---- */

static bool lend(const char *script, struct op_child_result *res)
{
    char *argv[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c", (char *)(uintptr_t)script, NULL };
    struct op_child_spec spec = { .path = "/bin/sh", .argv = argv, .envp = environ, .handover = true };
    struct op_err err = OP_ERR_INIT;
    return op_child_run(&spec, res, &err);
}

/* As it was: modes, and ours to read from. */
static bool as_before(const struct termios *before)
{
    struct termios now;
    return tcgetattr(0, &now) == 0 && now.c_lflag == before->c_lflag && now.c_iflag == before->c_iflag &&
           now.c_oflag == before->c_oflag && now.c_cc[VMIN] == before->c_cc[VMIN] && tcgetpgrp(0) == getpgrp();
}

static int lends_to_vandals(void)
{
    struct termios before;
    struct op_child_result res;
    (void)setenv("TERM", "xterm", 1);
    HOLDS(tcgetattr(0, &before) == 0);
    HOLDS(lend("stty raw -echo; printf '\\033[?1049h\\033[?25l'; kill -9 $$", &res));
    HOLDS(res.signal == SIGKILL && res.exit_code == -1);
    HOLDS(as_before(&before));
    HOLDS(lend("test -t 0 && test -t 1 && stty -icanon -isig && exit 3", &res));
    HOLDS(res.exit_code == 3 && res.signal == 0 && !res.interrupted);
    HOLDS(as_before(&before));
    char *argv[] = { (char *)(uintptr_t)"nope", NULL };
    struct op_child_spec missing = { .path = "/nonexistent/nope", .argv = argv, .envp = environ, .handover = true };
    struct op_err err = OP_ERR_INIT;
    HOLDS(!op_child_run(&missing, &res, &err) && err.code == OP_TOOL);
    HOLDS(as_before(&before));
    say("safe? ");
    char line[16];
    HOLDS(op_tty_read_line(line, sizeof(line), &err) && op_str_eq(line, "yes"));
    return 0;
}

static void whatever_a_child_does_to_it_is_undone(void **state)
{
    (void)state;
    struct stage s = raise_curtain(lends_to_vandals);
    wait_for(&s, "\x1b[?1049h"); /* the child went to the other screen and hid the cursor */
    wait_for(&s, "\x1b[0m\x1b[?25h\x1b[?2004l\x1b[?1047l");
    wait_for(&s, "safe? ");
    type(&s, "yes\n");
    wait_for(&s, "yes"); /* echo is on again */
    curtain(&s);
}

static int lends_and_is_interrupted(void)
{
    struct op_child_result res;
    struct termios before;
    HOLDS(tcgetattr(0, &before) == 0);
    HOLDS(lend("echo run''ning; exec sleep 20", &res));
    HOLDS(res.signal == SIGINT && res.interrupted && res.ms < 10000);
    HOLDS(!op_signals_interrupted()); /* it was the child's, not ours */
    HOLDS(as_before(&before));
    return 0;
}

static void ctrl_c_reaches_the_child_alone(void **state)
{
    (void)state;
    struct stage s = raise_curtain(lends_and_is_interrupted);
    wait_for(&s, "running");
    (void)usleep(100000); /* the portable twin lends the terminal just after the child has started */
    type(&s, "\x03");
    curtain(&s);
}

static int lends_and_is_stopped(void)
{
    struct op_child_result res;
    struct termios before;
    HOLDS(tcgetattr(0, &before) == 0);
    HOLDS(lend("echo run''ning; read x; test \"$x\" = go && exit 5; exit 6", &res));
    HOLDS(res.exit_code == 5 && res.signal == 0);
    HOLDS(as_before(&before));
    return 0;
}

static void ctrl_z_does_not_hang(void **state)
{
    (void)state;
    struct stage s = raise_curtain(lends_and_is_stopped);
    wait_for(&s, "running");
    for (int i = 0; i < 3; i++) {
        (void)usleep(200000);
        type(&s, "\x1a");
    }
    (void)usleep(200000);
    type(&s, "go\n");
    curtain(&s);
}

static int lends_and_must_leave(void)
{
    struct op_child_result res;
    pid_t us = getpid(), later = fork();
    if (later == 0) {
        (void)usleep(300000);
        _exit(kill(us, SIGTERM));
    }
    HOLDS(lend("exec sleep 20", &res));
    HOLDS(res.signal == SIGTERM && res.ms < 10000);
    HOLDS(op_signals_terminating());
    (void)waitpid(later, NULL, 0);
    return 0;
}

static void a_request_to_leave_is_passed_on(void **state)
{
    (void)state;
    struct stage s = raise_curtain(lends_and_must_leave);
    curtain(&s);
}

static int lends_often(void)
{
    int64_t slowest = 0;
    for (int i = 0; i < 300; i++) {
        struct op_child_result res;
        HOLDS(lend("exit 0", &res) && res.exit_code == 0);
        slowest = res.ms > slowest ? res.ms : slowest;
    }
    HOLDS(slowest < 900); /* an end that is overlooked is noticed a second later */
    return 0;
}

static void the_end_of_a_child_is_noticed_at_once(void **state)
{
    (void)state;
    struct stage s = raise_curtain(lends_often);
    curtain(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_what_was_typed_up_to_enter),
        cmocka_unit_test(what_was_typed_before_the_question_does_not_answer_it),
        cmocka_unit_test(ctrl_d_is_no_answer),
        cmocka_unit_test(ctrl_c_ends_the_question),
        cmocka_unit_test(a_closed_window_ends_the_question),
        cmocka_unit_test(a_pipe_is_read_line_by_line),
        cmocka_unit_test(it_says_what_the_terminal_can_do),
        cmocka_unit_test(whatever_a_child_does_to_it_is_undone),
        cmocka_unit_test(ctrl_c_reaches_the_child_alone),
        cmocka_unit_test(ctrl_z_does_not_hang),
        cmocka_unit_test(a_request_to_leave_is_passed_on),
        cmocka_unit_test(the_end_of_a_child_is_noticed_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
