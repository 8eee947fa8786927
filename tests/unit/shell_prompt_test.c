/* The prompt: what it shows, and how it shrinks. */
#include "opsh/shell/prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void is(const char *expected, struct op_prompt p)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_prompt_build(&p, &out);
    assert_string_equal(op_buf_str(&out), expected);
}

static void shows_where_requests_go(void **state)
{
    (void)state;
    is("sandbox/default > ", (struct op_prompt){ .context = "sandbox", .ns = "default", .columns = 80 });
    is("sandbox/default \xe2\x9d\xaf ",
       (struct op_prompt){ .context = "sandbox", .ns = "default", .columns = 80, .utf8 = true });
    is("sandbox/default [read-only] > ",
       (struct op_prompt){ .context = "sandbox", .ns = "default", .columns = 80, .read_only = true });
    is("no cluster > ", (struct op_prompt){ .ns = "default", .columns = 80 });
    is("\001\x1b[36m\002a\001\x1b[0m\002/\001\x1b[1m\002b\001\x1b[0m\002 > ",
       (struct op_prompt){ .context = "a", .ns = "b", .columns = 80, .colour = true });
}

static void shrinks(void **state)
{
    (void)state;
    const char *arn = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
    is("...456789012:cluster/prod/shop > ", (struct op_prompt){ .context = arn, .ns = "shop", .columns = 68 });
    is("\xe2\x80\xa6ter/prod/shop \xe2\x9d\xaf ",
       (struct op_prompt){ .context = arn, .ns = "shop", .columns = 36, .utf8 = true });
    is("shop [ro] > ", (struct op_prompt){ .context = arn, .ns = "shop", .columns = 36, .read_only = true });
    is("kube-system > ", (struct op_prompt){ .context = arn, .ns = "kube-system", .columns = 34 });
    is("> ", (struct op_prompt){ .context = arn, .ns = "shop", .columns = 8 });
    for (int columns = 1; columns < 120; columns++) {
        OP_AUTO_BUF out = OP_BUF_INIT;
        struct op_prompt p = { .context = arn, .ns = "a-namespace-with-a-long-name", .columns = columns };
        op_prompt_build(&p, &out);
        size_t most = columns / 2 > 4 ? (size_t)columns / 2 : 4;
        if (out.len > most)
            fail_msg("%d columns: %s", columns, op_buf_str(&out));
    }
}

static void names_cannot_paint(void **state)
{
    (void)state;
    is("red/a b > ", (struct op_prompt){ .context = "\x1b[31mred", .ns = "a\nb", .columns = 80 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_where_requests_go),
        cmocka_unit_test(shrinks),
        cmocka_unit_test(names_cannot_paint),
    };
    return cmocka_run_group_tests_name("shell/prompt", tests, NULL, NULL);
}
