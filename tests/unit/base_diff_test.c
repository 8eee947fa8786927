/* What differs between two texts: the changed lines, their surroundings, and where they are. */
#include "opsh/base/diff.h"
#include "opsh/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static char *diff_of(const char *before, const char *after, size_t context, struct op_diff *d)
{
    OP_AUTO_STRV a = OP_STRV_INIT;
    OP_AUTO_STRV b = OP_STRV_INIT;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_diff_split(before, &a);
    op_diff_split(after, &b);
    op_diff_lines(&a, &b, context, d);
    for (size_t i = 0; i < d->lines.n; i++)
        op_buf_addf(&out, "%s\n", d->lines.v[i]);
    return op_strdup(op_buf_str(&out));
}

static void hunks(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after;
        size_t context;
        const char *diff;
    } rows[] = {
        { "", "", 2, "" },
        { "a\nb\n", "a\nb\n", 2, "" },
        { "", "a\nb", 2, "+a\n+b\n" },
        { "a\nb\n", "", 2, "-a\n-b\n" },
        { "a\nb\nc\n", "a\nx\nc\n", 1, " a\n-b\n+x\n c\n" },
        { "a\nb\nc\n", "a\nx\nc\n", 0, "-b\n+x\n" },
        { "a\nb\nc\nd\n", "a\nc\nd\ne\n", 0, "-b\n@\n+e\n" },
        /* two changes whose surroundings touch are one hunk; further apart they are two */
        { "1\na\n2\n3\nb\n4\n", "1\nA\n2\n3\nB\n4\n", 1, " 1\n-a\n+A\n 2\n 3\n-b\n+B\n 4\n" },
        { "1\na\n2\n3\n4\nb\n5\n", "1\nA\n2\n3\n4\nB\n5\n", 1, " 1\n-a\n+A\n 2\n@\n 4\n-b\n+B\n 5\n" },
        { "spec:\n  replicas: 2\n  x: 1\n", "spec:\n  replicas: 3\n  x: 1\n", 0, "@spec\n-  replicas: 2\n+  replicas: 3\n" },
        { "spec:\n  list:\n    - image: a\n      name: n\n", "spec:\n  list:\n    - image: a\n      name: m\n", 0,
          "@spec.list\n-      name: n\n+      name: m\n" },
        { "a\nb\na\nb\n", "b\na\nb\na\n", 0, "-a\n@\n+a\n" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_diff d;
        OP_AUTO_FREE char *got = diff_of(rows[i].before, rows[i].after, rows[i].context, &d);
        assert_string_equal(got, rows[i].diff);
        op_diff_free(&d);
    }
}

static void counts(void **state)
{
    (void)state;
    struct op_diff d;
    free(diff_of("a\nb\nc\n", "a\nx\ny\nc\n", 3, &d));
    assert_int_equal(d.added, 2);
    assert_int_equal(d.removed, 1);
    assert_false(d.cut);
    op_diff_free(&d);
}

/* Applying what a diff says to the first text must give the second: the smallest honest property of a diff. */
static void every_small_pair_is_explained(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 3000; round++) {
        OP_AUTO_STRV a = OP_STRV_INIT;
        OP_AUTO_STRV b = OP_STRV_INIT;
        OP_AUTO_STRV built = OP_STRV_INIT;
        struct op_strv *const both[] = { &a, &b };
        for (size_t k = 0; k < 2; k++) {
            seed = seed * 1103515245u + 12345u;
            for (unsigned n = seed >> 16 & 7, i = 0; i < n; i++) {
                seed = seed * 1103515245u + 12345u;
                op_strv_pushf(both[k], "%c", 'a' + (char)(seed >> 16 & 3));
            }
        }
        struct op_diff d;
        op_diff_lines(&a, &b, 100, &d);
        for (size_t i = 0; i < d.lines.n; i++)
            if (d.lines.v[i][0] != '-' && d.lines.v[i][0] != '@')
                op_strv_push(&built, d.lines.v[i] + 1);
        if (d.lines.n != 0)
            assert_true(op_strv_equal(&built, &b));
        else
            assert_true(op_strv_equal(&a, &b));
        op_diff_free(&d);
    }
}

static void long_texts_are_cut_and_that_is_said(void **state)
{
    (void)state;
    OP_AUTO_STRV a = OP_STRV_INIT;
    OP_AUTO_STRV b = OP_STRV_INIT;
    for (size_t i = 0; i < OP_DIFF_MAX + 10; i++) {
        op_strv_pushf(&a, "a%zu", i);
        op_strv_pushf(&b, "b%zu", i);
    }
    struct op_diff d;
    op_diff_lines(&a, &b, 2, &d);
    assert_true(d.cut);
    assert_int_equal(d.removed, OP_DIFF_MAX);
    assert_int_equal(d.added, OP_DIFF_MAX);
    op_diff_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hunks),
        cmocka_unit_test(counts),
        cmocka_unit_test(every_small_pair_is_explained),
        cmocka_unit_test(long_texts_are_cut_and_that_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
