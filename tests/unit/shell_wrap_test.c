/* Line breaking: prose is broken at spaces, what is there to be copied is not. */
#include "shell/wrap.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void wraps_to(const char *expected, const char *text, size_t columns)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_wrap(&out, text, columns);
    assert_string_equal(op_buf_str(&out), expected);
}

static void prose(void **state)
{
    (void)state;
    wraps_to("one two three four", "one two three four", 18);
    wraps_to("one two three\nfour", "one two three four", 17);
    wraps_to("one two three four\n\nx\n", "one two three four\n\nx\n", 0);
    wraps_to("a\nthis-word-is-longer-than-a-line\nb", "a this-word-is-longer-than-a-line b", 20);
    wraps_to("", "", 20);
    wraps_to("\xc3\xa4\xc3\xb6 \xc3\xbc\xc3\x9f end of line", "\xc3\xa4\xc3\xb6 \xc3\xbc\xc3\x9f end of line", 17);
}

static void lists_and_tables_hang(void **state)
{
    (void)state;
    wraps_to("- one two three\n  four five six", "- one two three four five six", 16);
    wraps_to("  /x    one two three\n        four", "  /x    one two three four", 22);
    wraps_to("  1. one two three\n     four five", "  1. one two three four five", 20);
}

static void what_is_copied_stays(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "$ kubectl get pods --all-namespaces --watch",
        "    kubectl get pods --all-namespaces",
        "a\tb and more and more words",
        "```\nkubectl get pods --all-namespaces\n```",
    };
    for (size_t i = 0; i < OP_LEN(texts); i++)
        wraps_to(texts[i], texts[i], 20);
    wraps_to("```\na\n```\nprose after the\nfence breaks", "```\na\n```\nprose after the fence breaks", 16);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prose),
        cmocka_unit_test(lists_and_tables_hang),
        cmocka_unit_test(what_is_copied_stays),
    };
    return cmocka_run_group_tests_name("shell/wrap", tests, NULL, NULL);
}
