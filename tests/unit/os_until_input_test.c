/* Children that are only of use until a person answers: input that arrives ends them at once, and stays. */
#include "opsh/os/child.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

extern char **environ;

#define S(text) ((char[]){ text })

static void run_both(bool until_input, struct op_child_result res[2])
{
    char *sleeper[] = { S("sh"), S("-c"), S("trap '' INT TERM; sleep 2"), NULL };
    struct op_child_spec specs[2];
    struct op_err errs[2];
    bool ok[2];
    for (size_t i = 0; i < 2; i++)
        specs[i] = (struct op_child_spec){ .path = "/bin/sh", .argv = sleeper, .envp = environ, .until_input = until_input };
    op_child_run_all(specs, 2, res, ok, errs);
    assert_true(ok[0] && ok[1]);
}

/* Puts a pipe where standard input was; returns the end to write to. */
static int pipe_for_input(void)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    return ends[1];
}

static void input_ends_them_and_is_not_eaten(void **state)
{
    (void)state;
    int in = pipe_for_input();
    assert_int_equal(write(in, "y\n", 2), 2);
    struct op_child_result res[2];
    int64_t before = op_clock_ms();
    run_both(true, res);
    assert_true(op_clock_ms() - before < 500); /* they sleep for 2 s and ignore the gentle signals */
    for (size_t i = 0; i < 2; i++) {
        assert_true(res[i].cancelled);
        assert_false(res[i].interrupted);
        op_child_result_free(&res[i]);
    }
    char line[8];
    assert_int_equal(read(STDIN_FILENO, line, sizeof(line)), 2);
    assert_memory_equal(line, "y\n", 2);
    (void)close(in);
}

static void without_the_wish_input_does_nothing(void **state)
{
    (void)state;
    int in = pipe_for_input();
    assert_int_equal(write(in, "y\n", 2), 2);
    struct op_child_result res[2];
    run_both(false, res);
    for (size_t i = 0; i < 2; i++) {
        assert_false(res[i].cancelled);
        assert_int_equal(res[i].exit_code, 0);
        op_child_result_free(&res[i]);
    }
    (void)close(in);
}

static void quiet_input_lets_them_end(void **state)
{
    (void)state;
    int in = pipe_for_input();
    char *quick[] = { S("true"), NULL };
    struct op_child_result res;
    struct op_err err = OP_ERR_INIT;
    const struct op_child_spec spec = { .path = "/bin/true", .argv = quick, .envp = environ, .until_input = true };
    assert_true(op_child_run(&spec, &res, &err));
    assert_false(res.cancelled);
    assert_int_equal(res.exit_code, 0);
    op_child_result_free(&res);
    (void)close(in);
}

int main(void)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_signals_init(&err))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_ends_them_and_is_not_eaten),
        cmocka_unit_test(without_the_wish_input_does_nothing),
        cmocka_unit_test(quiet_input_lets_them_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
