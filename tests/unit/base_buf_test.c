/* The buffer's hard maximum, vectors of strings, and errors by value. */
#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void an_empty_buffer_is_an_empty_text(void **state)
{
    (void)state;
    OP_AUTO_BUF b = OP_BUF_INIT;
    assert_string_equal(op_buf_str(&b), "");
    op_buf_trunc(&b, 0);
    op_buf_drop(&b, 5);
    OP_AUTO_FREE char *nothing = op_buf_steal(&b);
    assert_string_equal(nothing, "");
    op_buf_add(&b, NULL, 0);
    assert_string_equal(op_buf_str(&b), "");
}

static void past_the_maximum_it_keeps_what_fits_and_says_so(void **state)
{
    (void)state;
    OP_AUTO_BUF b = { .max = 5 };
    op_buf_adds(&b, "abcde");
    assert_false(b.cut);
    op_buf_addc(&b, 'f');
    assert_true(b.cut);
    assert_string_equal(op_buf_str(&b), "abcde");
    op_buf_trunc(&b, 3);
    op_buf_addf(&b, "%d", 1234);
    assert_string_equal(op_buf_str(&b), "abc12");
    op_buf_drop(&b, 2);
    assert_string_equal(op_buf_str(&b), "c12");
    op_buf_drop(&b, 100);
    assert_int_equal(b.len, 0);
    assert_string_equal(op_buf_str(&b), "");
    op_buf_adds(&b, "0123456789");
    OP_AUTO_FREE char *taken = op_buf_steal(&b);
    assert_string_equal(taken, "01234");
    assert_int_equal(b.len, 0);
    assert_false(b.cut);
    op_buf_adds(&b, "0123456789");
    assert_int_equal(b.len, 5); /* the maximum outlives the bytes */
}

static void formatted_text_of_any_length_arrives_whole(void **state)
{
    (void)state;
    for (int n = 250; n < 260; n++) {
        OP_AUTO_BUF b = OP_BUF_INIT;
        op_buf_addf(&b, "%*d|", n, 7);
        assert_int_equal(b.len, n + 1);
        assert_string_equal(op_buf_str(&b) + n - 1, "7|");
    }
}

static void bytes_may_be_nul(void **state)
{
    (void)state;
    OP_AUTO_BUF b = OP_BUF_INIT;
    op_buf_add(&b, "a\0b", 3);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.data, "a\0b", 4);
}

static void a_vector_always_ends_with_null(void **state)
{
    (void)state;
    OP_AUTO_STRV v = OP_STRV_INIT;
    op_strv_insert(&v, 0, "first"); /* into nothing */
    assert_null(v.v[1]);
    for (int i = 0; i < 40; i++) {
        op_strv_pushf(&v, "%d", i);
        assert_null(v.v[v.n]);
    }
    assert_true(v.n + 1 < v.cap);
    v.v[v.n + 1] = v.v[0]; /* not by luck NULL */
    op_strv_insert(&v, v.n, "last");
    assert_null(v.v[v.n]);
    op_strv_insert(&v, 0, "zeroth");
    op_strv_insert(&v, 2, "second");
    op_strv_take(&v, op_strdup("taken"));
    assert_int_equal(v.n, 45);
    assert_null(v.v[45]);
    assert_string_equal(v.v[0], "zeroth");
    assert_string_equal(v.v[1], "first");
    assert_string_equal(v.v[2], "second");
    assert_string_equal(v.v[3], "0");
    assert_string_equal(v.v[42], "39");
    assert_string_equal(v.v[43], "last");
    assert_string_equal(v.v[44], "taken");
}

static void vectors_compare_and_copy_by_their_text(void **state)
{
    (void)state;
    OP_AUTO_STRV a = OP_STRV_INIT, b = OP_STRV_INIT;
    assert_true(op_strv_equal(&a, &b));
    assert_false(op_strv_has(&a, "x"));
    op_strv_push(&a, "x");
    assert_false(op_strv_equal(&a, &b));
    op_strv_copy(&b, &a);
    assert_true(op_strv_equal(&a, &b));
    assert_ptr_not_equal(a.v[0], b.v[0]);
    op_strv_copy(&b, &a);
    assert_int_equal(b.n, 2);
    assert_true(op_strv_has(&b, "x"));
    assert_false(op_strv_has(&b, "X"));
}

static void errors_read_from_the_outside_in(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    assert_false(op_fail(&err, OP_IO, ENOENT, "cannot open %s", "/x"));
    assert_int_equal(err.code, OP_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_string_equal(err.msg, "cannot open /x: No such file or directory");
    assert_false(op_fail_ctx(&err, "config"));
    assert_string_equal(err.msg, "config: cannot open /x: No such file or directory");
    assert_false(op_fail(NULL, OP_IO, 0, "nobody listens"));
    assert_false(op_fail_ctx(NULL, "nobody"));
    assert_false(op_fail(&err, OP_USAGE, 0, "about: %s", err.msg)); /* its own message as an argument */
    assert_string_equal(err.msg, "about: config: cannot open /x: No such file or directory");
}

static void a_long_message_is_cut_and_stays_a_string(void **state)
{
    (void)state;
    char big[2000];
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    struct op_err err = OP_ERR_INIT;
    assert_false(op_fail(&err, OP_IO, ENOSPC, "%s", big));
    assert_non_null(strstr(err.msg, "No space left")); /* the reason survives */
    for (int i = 0; i < 5; i++)
        assert_false(op_fail_ctx(&err, "%s", big));
    assert_true(strlen(err.msg) < sizeof(err.msg));
}

static void exit_statuses_are_the_documented_ones(void **state)
{
    (void)state;
    static const int wanted[OP_CODE_COUNT] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 130 };
    for (int i = 0; i < OP_CODE_COUNT; i++) {
        assert_int_equal(op_exit_status((enum op_code)i), wanted[i]);
        assert_true(strlen(op_code_name((enum op_code)i)) > 1);
    }
    assert_int_equal(op_exit_status(OP_CODE_COUNT), 1);
    assert_string_equal(op_code_name(OP_CODE_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_an_empty_text),
        cmocka_unit_test(past_the_maximum_it_keeps_what_fits_and_says_so),
        cmocka_unit_test(formatted_text_of_any_length_arrives_whole),
        cmocka_unit_test(bytes_may_be_nul),
        cmocka_unit_test(a_vector_always_ends_with_null),
        cmocka_unit_test(vectors_compare_and_copy_by_their_text),
        cmocka_unit_test(errors_read_from_the_outside_in),
        cmocka_unit_test(a_long_message_is_cut_and_stays_a_string),
        cmocka_unit_test(exit_statuses_are_the_documented_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
