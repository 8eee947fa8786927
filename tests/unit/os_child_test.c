/* Children: what is captured, limited, interrupted and cleaned up. */
#include "opsh/os/child.h"
#include "opsh/os/clock.h"
#include "opsh/os/env.h"
#include "opsh/os/path.h"
#include "opsh/os/signals.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

extern char **environ;

#define S(text) ((char[]){ text }) /* an argument that is not const */

static struct op_child_result run(const char *script, struct op_child_spec spec)
{
    char *argv[] = { S("sh"), S("-c"), (char *)(uintptr_t)script, NULL };
    struct op_child_result res;
    struct op_err err = OP_ERR_INIT;
    spec.path = "/bin/sh"; /* a test may use a shell to misbehave with */
    spec.argv = argv;
    spec.envp = environ;
    assert_true(op_child_run(&spec, &res, &err));
    return res;
}

static void captures_both_streams_and_the_exit_code(void **state)
{
    (void)state;
    struct op_child_result res = run("echo out; echo err >&2; exit 7", (struct op_child_spec){ 0 });
    assert_string_equal(op_buf_str(&res.out.head), "out\n");
    assert_string_equal(op_buf_str(&res.err.head), "err\n");
    assert_int_equal(res.exit_code, 7);
    assert_int_equal(res.signal, 0);
    op_child_result_free(&res);
}

static void feeds_standard_input_larger_than_a_pipe(void **state)
{
    (void)state;
    OP_AUTO_FREE char *big = op_calloc(1, 300001);
    memset(big, 'x', 300000);
    struct op_child_result res = run("wc -c", (struct op_child_spec){ .input = big, .input_len = 300000 });
    assert_string_equal(op_buf_str(&res.out.head), "300000\n");
    op_child_result_free(&res);
    res = run("true", (struct op_child_spec){ .input = big, .input_len = 300000 }); /* a child that does not read */
    assert_int_equal(res.exit_code, 0);
    op_child_result_free(&res);
}

static void keeps_head_and_tail_and_counts_the_rest(void **state)
{
    (void)state;
    struct op_child_result res =
        run("printf aaaa; head -c 100000 /dev/zero | tr '\\0' m; printf zzzz", (struct op_child_spec){ .keep_head = 4, .keep_tail = 4 });
    assert_string_equal(op_buf_str(&res.out.head), "aaaa");
    assert_string_equal(op_buf_str(&res.out.tail), "zzzz");
    assert_int_equal(res.out.dropped, 100000);
    OP_AUTO_BUF text = OP_BUF_INIT;
    op_capture_text(&res.out, &text);
    assert_string_equal(op_buf_str(&text), "aaaa\n… 100000 bytes not kept …\nzzzz");
    op_child_result_free(&res);
}

static void a_time_limit_ends_it(void **state)
{
    (void)state;
    struct op_child_result res = run("sleep 30", (struct op_child_spec){ .timeout_ms = 100 });
    assert_true(res.timed_out);
    assert_int_equal(res.exit_code, -1);
    assert_true(res.ms < 2000);
    op_child_result_free(&res);
}

/* Gone, or a zombie whose parent (init) takes its time. */
static bool gone(pid_t pid)
{
    OP_AUTO_FREE char *path = op_asprintf("/proc/%d/stat", (int)pid);
    char state = 'X';
    FILE *f = kill(pid, 0) == 0 ? fopen(path, "r") : NULL;
    if (f == NULL)
        return true;
    bool read = fscanf(f, "%*d (%*[^)]) %c", &state) == 1;
    (void)fclose(f);
    return !read || state == 'Z';
}

static void a_grandchild_with_the_pipe_does_not_hold_us(void **state)
{
    (void)state;
    int64_t started = op_clock_ms();
    struct op_child_result res = run("sleep 30 & echo $!", (struct op_child_spec){ 0 });
    assert_int_equal(res.exit_code, 0);
    assert_true(op_clock_ms() - started < 2000);
    pid_t orphan = (pid_t)strtol(op_buf_str(&res.out.head), NULL, 10);
    assert_true(orphan > 1);
    int tries = 100; /* killed with its group */
    while (!gone(orphan) && --tries > 0)
        (void)usleep(10000);
    assert_true(tries > 0);
    op_child_result_free(&res);
}

static bool interrupt_us(void *ctx, enum op_stream stream, const char *bytes, size_t n)
{
    (void)ctx;
    (void)stream;
    (void)bytes;
    (void)n;
    (void)raise(SIGINT);
    return true;
}

static void an_interrupt_reaches_the_child_and_not_us(void **state)
{
    (void)state;
    struct op_child_result res = run("echo ready; exec sleep 30", (struct op_child_spec){ .on_output = interrupt_us });
    assert_true(res.interrupted);
    assert_int_equal(res.signal, SIGINT);
    assert_true(res.ms < 1500);
    assert_true(op_signals_interrupted());
    op_signals_clear();
    assert_false(op_signals_interrupted());
    op_child_result_free(&res);
}

static bool stop_after_first(void *ctx, enum op_stream stream, const char *bytes, size_t n)
{
    (void)ctx;
    (void)stream;
    (void)bytes;
    (void)n;
    return false;
}

static void the_reader_can_end_it(void **state)
{
    (void)state;
    struct op_child_result res = run("yes", (struct op_child_spec){ .on_output = stop_after_first });
    assert_int_equal(res.exit_code, -1);
    assert_true(res.ms < 2000);
    op_child_result_free(&res);
}

static void a_missing_program_is_an_error(void **state)
{
    (void)state;
    char *argv[] = { S("nope"), NULL };
    struct op_child_result res;
    struct op_err err = OP_ERR_INIT;
    struct op_child_spec spec = { .path = "/nonexistent/nope", .argv = argv, .envp = environ };
    assert_false(op_child_run(&spec, &res, &err));
    assert_int_equal(err.code, OP_TOOL);
    assert_non_null(strstr(err.msg, "/nonexistent/nope"));
}

static void many_run_at_the_same_time(void **state)
{
    (void)state;
    enum { N = 8 };
    char *argv[] = { S("sleep"), S("0.3"), NULL };
    struct op_child_spec specs[N];
    struct op_child_result res[N];
    struct op_err errs[N];
    bool ok[N];
    for (int i = 0; i < N; i++)
        specs[i] = (struct op_child_spec){ .path = "/bin/sleep", .argv = argv, .envp = environ };
    int64_t started = op_clock_ms();
    op_child_run_all(specs, N, res, ok, errs);
    assert_true(op_clock_ms() - started < 1500); /* one after the other: 2,400 */
    for (int i = 0; i < N; i++) {
        assert_true(ok[i]);
        assert_int_equal(res[i].exit_code, 0);
        op_child_result_free(&res[i]);
    }
}

static void descriptors_are_not_inherited(void **state)
{
    (void)state;
    int fd = dup(0); /* deliberately without O_CLOEXEC */
    assert_true(fd > 2);
    struct op_child_result res = run("ls /proc/self/fd | wc -l", (struct op_child_spec){ 0 });
    long open = strtol(op_buf_str(&res.out.head), NULL, 10);
#ifndef OPSH_PORTABLE
    assert_true(open <= 5); /* 0, 1, 2, ls's folder, and what sh keeps */
#else
    assert_true(open >= 3);
#endif
    op_child_result_free(&res);
    (void)close(fd);
}

static void keys_and_hooks_do_not_reach_children(void **state)
{
    (void)state;
    char *given[] = { S("PATH=/bin"), S("OPENAI_API_KEY=sk-x"), S("OPSH_X=1"), S("LD_PRELOAD=/x.so"),
                      S("KUBECTL_EXTERNAL_DIFF=/bin/evil"), S("AWS_PROFILE=p"), S("EDITOR=vi"),
                      S("AWS_BEDROCK_API_KEY=k"), NULL };
    OP_AUTO_STRV env = OP_STRV_INIT;
    op_env_for_children(given, false, &env);
    assert_int_equal(env.n, 2);
    assert_string_equal(env.v[0], "PATH=/bin");
    assert_string_equal(env.v[1], "AWS_PROFILE=p");
    OP_AUTO_STRV interactive = OP_STRV_INIT;
    op_env_for_children(given, true, &interactive);
    assert_int_equal(interactive.n, 3);
    op_env_set(&env, "PATH", "/usr/bin");
    assert_string_equal(env.v[0], "PATH=/usr/bin");
}

int main(void)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_signals_init(&err))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_both_streams_and_the_exit_code),
        cmocka_unit_test(feeds_standard_input_larger_than_a_pipe),
        cmocka_unit_test(keeps_head_and_tail_and_counts_the_rest),
        cmocka_unit_test(a_time_limit_ends_it),
        cmocka_unit_test(a_grandchild_with_the_pipe_does_not_hold_us),
        cmocka_unit_test(an_interrupt_reaches_the_child_and_not_us),
        cmocka_unit_test(the_reader_can_end_it),
        cmocka_unit_test(a_missing_program_is_an_error),
        cmocka_unit_test(many_run_at_the_same_time),
        cmocka_unit_test(descriptors_are_not_inherited),
        cmocka_unit_test(keys_and_hooks_do_not_reach_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
