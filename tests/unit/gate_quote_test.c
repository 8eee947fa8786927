/* Quoting: what is shown is what runs. Checked against ourselves and against a real bash. */
#include "opsh/gate/quote.h"

#include "opsh/base/str.h"
#include "opsh/os/child.h"
#include "opsh/os/path.h"
#include "opsh/os/signals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void shows(const char *arg, const char *quoted)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_quote_arg(&out, arg);
    assert_string_equal(op_buf_str(&out), quoted);
}

static void test_quotes_only_where_needed(void **state)
{
    (void)state;
    shows("get", "get");
    shows("deployment/web", "deployment/web");
    shows("--replicas=3", "--replicas=3");
    shows("app=web,tier!=x", "'app=web,tier!=x'");
    shows("", "''");
    shows("a b", "'a b'");
    shows("it's", "'it'\\''s'");
    shows("$HOME", "'$HOME'");
    shows("~", "'~'");
    shows("=x", "'=x'");
    shows("{.items[*]}", "'{.items[*]}'");
}

static void test_spells_out_what_is_not_plain(void **state)
{
    (void)state;
    shows("a\nb", "$'a\\nb'");
    shows("a\tb", "$'a\\tb'");
    shows("it's\n", "$'it\\'s\\n'");
    shows("a\\\n", "$'a\\\\\\n'");
    shows("web\xe2\x80\xae"
          "0",
          "$'web\\xe2\\x80\\xae0'");
    shows("\x1b[2K", "$'\\x1b[2K'");
    shows("\xff", "$'\\xff'");
    shows("w\xd0\xb5"
          "b",
          "$'w\\xd0\\xb5b'"); /* a Cyrillic e */
    shows("\x7f", "$'\\x7f'");
}

static void test_first_word_is_no_assignment(void **state)
{
    (void)state;
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_strv_push(&argv, "A=b");
    op_strv_push(&argv, "A=b");
    op_quote_argv(&out, &argv);
    assert_string_equal(op_buf_str(&out), "'A=b' A=b");
}

static void splits(const char *line, const char *const *words)
{
    OP_AUTO_STRV argv = OP_STRV_INIT;
    struct op_err err = OP_ERR_INIT;
    if (!op_quote_split(line, &argv, &err))
        fail_msg("%s: %s", line, err.msg);
    size_t n = 0;
    for (; words[n] != NULL; n++) {
        assert_true(n < argv.n);
        assert_string_equal(argv.v[n], words[n]);
    }
    assert_int_equal(argv.n, n);
}

static void test_splits_as_a_shell_would(void **state)
{
    (void)state;
    splits("kubectl get pods", (const char *const[]){ "kubectl", "get", "pods", NULL });
    splits("  a\t b \n", (const char *const[]){ "a", "b", NULL });
    splits("", (const char *const[]){ NULL });
    splits("''", (const char *const[]){ "", NULL });
    splits("a'b c'd\"e f\"", (const char *const[]){ "ab cde f", NULL });
    splits("\"a\\\"b\\\\c\\n\"", (const char *const[]){ "a\"b\\c\\n", NULL });
    splits("a\\ b \\$x", (const char *const[]){ "a b", "$x", NULL });
    splits("a\\\n b", (const char *const[]){ "a", "b", NULL });
    splits("'a\nb'", (const char *const[]){ "a\nb", NULL });
    splits("$'a\\n\\t\\x41\\\\\\''b", (const char *const[]){ "a\n\tA\\'b", NULL });
    splits("a#b x~y", (const char *const[]){ "a#b", "x~y", NULL });
    splits("--build-arg A=\"\" .", (const char *const[]){ "--build-arg", "A=", ".", NULL });
    splits("jsonpath={.items[0].x}", (const char *const[]){ "jsonpath={.items[0].x}", NULL });
}

static void test_is_no_shell(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "a | b",  "a; b",    "a && b", "a & ", "a > f",  "a < f",   "$(a)", "a $B", "`a`",       "a *",   "a ?",
        "~/x",    "a # b",   "a\nb",   "(a)",  "\"$a\"", "\"`a`\"", "'a",   "\"a",  "a\\",       "$'a",   "$'\\x00'",
        "$'\\q'", "$'\\x1'", "a)",     "a>b",  "a|b",    "a;b",     "a$b",  "a`b`", "\"a$(b)\"", "$'\\'", "a\n\nb",
    };
    for (size_t i = 0; i < OP_LEN(lines); i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        struct op_err err = OP_ERR_INIT;
        if (op_quote_split(lines[i], &argv, &err))
            fail_msg("%s was split", lines[i]);
        assert_int_equal(err.code, OP_USAGE);
        assert_true(*err.msg != '\0');
        assert_int_equal(argv.n, 0);
    }
}

/* The same pseudo-random argvs in every run. */
static uint32_t next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void random_argv(struct op_strv *argv, uint32_t *seed)
{
    static const char nasty[] = " '\"\\$`\n\t!*?[]{}~#=|&;<>()x\x1b\x7f\xc3\xa9\xe2\x80\xae";
    size_t n = 1 + next(seed) % 5;
    for (size_t i = 0; i < n; i++) {
        char word[24];
        size_t len = next(seed) % (sizeof(word) - 1);
        for (size_t k = 0; k < len; k++) {
            bool any = next(seed) % 3 == 0;
            word[k] = any ? (char)(1 + next(seed) % 255) : nasty[next(seed) % (sizeof(nasty) - 1)];
        }
        word[len] = '\0';
        op_strv_push(argv, word);
    }
}

static void test_quote_then_split_is_nothing(void **state)
{
    (void)state;
    uint32_t seed = 20240229;
    for (int i = 0; i < 20000; i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT, back = OP_STRV_INIT;
        OP_AUTO_BUF line = OP_BUF_INIT;
        struct op_err err = OP_ERR_INIT;
        random_argv(&argv, &seed);
        op_quote_argv(&line, &argv);
        for (const char *c = op_buf_str(&line); *c != '\0'; c++)
            assert_true(*c >= 0x20 && *c < 0x7f);
        if (!op_quote_split(op_buf_str(&line), &back, &err))
            fail_msg("%s: %s", op_buf_str(&line), err.msg);
        assert_true(op_strv_equal(&argv, &back));
    }
}

/* printf '%s\0' in front of many quoted argvs, given to bash as one script: the same bytes come back. */
static void test_bash_reads_the_same(void **state)
{
    (void)state;
    OP_AUTO_FREE char *bash = op_path_find_program("bash");
    if (bash == NULL)
        skip();
    OP_AUTO_BUF script = OP_BUF_INIT, expected = OP_BUF_INIT;
    uint32_t seed = 7;
    for (int i = 0; i < 3000; i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        random_argv(&argv, &seed);
        op_buf_adds(&script, "printf '%s\\0' ");
        op_quote_argv(&script, &argv);
        op_buf_adds(&script, "\n");
        for (size_t k = 0; k < argv.n; k++)
            op_buf_add(&expected, argv.v[k], strlen(argv.v[k]) + 1);
    }
    char *const args[] = { (char[]){ "bash" }, NULL };
    char *const env[] = { (char[]){ "LC_ALL=C.UTF-8" }, NULL };
    struct op_child_spec spec = { .path = bash,
                                  .argv = args,
                                  .envp = env,
                                  .input = op_buf_str(&script),
                                  .input_len = script.len,
                                  .timeout_ms = 60000 };
    struct op_child_result res = OP_CHILD_RESULT_INIT;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_signals_init(&err));
    if (!op_child_run(&spec, &res, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(res.exit_code, 0);
    assert_int_equal(res.out.head.len, expected.len);
    assert_memory_equal(res.out.head.data, expected.data, expected.len);
    op_child_result_free(&res);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes_only_where_needed),
        cmocka_unit_test(test_spells_out_what_is_not_plain),
        cmocka_unit_test(test_first_word_is_no_assignment),
        cmocka_unit_test(test_splits_as_a_shell_would),
        cmocka_unit_test(test_is_no_shell),
        cmocka_unit_test(test_quote_then_split_is_nothing),
        cmocka_unit_test(test_bash_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
