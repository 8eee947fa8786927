/* The command line: what is an option, what is the request, and what is refused. */
#include "opsh/shell/options.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define PARSE(o, err, ...) \
    op_options_parse((int)OP_LEN(((const char *[]){ "opsh", __VA_ARGS__ })), \
                     (char *const *)(uintptr_t)(const char *[]){ "opsh", __VA_ARGS__ }, o, err)

static void request_is(const char *expected, struct op_options *o)
{
    assert_string_equal(o->request, expected);
    op_options_free(o);
}

static void words_become_one_request(void **state)
{
    (void)state;
    struct op_options o;
    struct op_err err = OP_ERR_INIT;
    assert_true(PARSE(&o, &err, "show", "pods"));
    request_is("show pods", &o);
    assert_true(PARSE(&o, &err, "show", "--plan", "pods", "-n", "web"));
    assert_true(o.plan);
    assert_string_equal(o.ns, "web");
    request_is("show pods", &o);
    assert_true(PARSE(&o, &err, "--", "--plan", "-x"));
    assert_false(o.plan);
    request_is("--plan -x", &o);
    assert_true(op_options_parse(1, (char *[]){ (char[]){ "opsh" }, NULL }, &o, &err));
    assert_null(o.request);
}

static void a_command_keeps_its_flags_and_words(void **state)
{
    (void)state;
    struct op_options o;
    struct op_err err = OP_ERR_INIT;
    assert_true(PARSE(&o, &err, "--yes", "!kubectl", "get", "a b", "-n", "x", "--plan"));
    assert_true(o.yes);
    assert_false(o.plan);
    assert_null(o.ns);
    request_is("!kubectl get 'a b' -n x --plan", &o);
    assert_true(PARSE(&o, &err, "--", "!kubectl get pods"));
    request_is("!kubectl get pods", &o);
}

static void values_in_every_form(void **state)
{
    (void)state;
    struct op_options o;
    struct op_err err = OP_ERR_INIT;
    assert_true(PARSE(&o, &err, "--context=a=b", "-nweb", "--output", "json", "--color=never"));
    assert_string_equal(o.context, "a=b");
    assert_string_equal(o.ns, "web");
    assert_true(o.json && o.colour_set && o.colour == OP_COLOUR_NEVER);
    op_options_free(&o);
    assert_true(PARSE(&o, &err, "--help", "config"));
    assert_true(o.help);
    assert_string_equal(o.help_topic, "config");
    op_options_free(&o);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *arg, *says;
    } rows[] = {
        { "--pln", "did you mean --plan?" },   { "--kube", "did you mean --kubeconfig?" },
        { "--yes=1", "takes no value" },       { "--context", "needs a value" },
        { "--context=", "needs a value" },     { "--output=xml", "text|json" },
        { "-A", "after \"--\"" },              { "--colour-blind", "unknown option" },
        { "-hx", "unknown option" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_options o;
        struct op_err err = OP_ERR_INIT;
        assert_false(PARSE(&o, &err, rows[i].arg));
        assert_int_equal(err.code, OP_USAGE);
        if (strstr(err.msg, rows[i].says) == NULL)
            fail_msg("%s: %s", rows[i].arg, err.msg);
    }
}

static void a_request_has_a_limit(void **state)
{
    (void)state;
    struct op_options o;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *most = op_calloc(OP_REQUEST_MAX + 2, 1);
    memset(most, 'x', OP_REQUEST_MAX);
    assert_true(PARSE(&o, &err, most));
    op_options_free(&o);
    most[OP_REQUEST_MAX] = 'x';
    assert_false(PARSE(&o, &err, most));
    assert_int_equal(err.code, OP_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_become_one_request), cmocka_unit_test(a_command_keeps_its_flags_and_words),
        cmocka_unit_test(values_in_every_form),     cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(a_request_has_a_limit),
    };
    return cmocka_run_group_tests_name("shell/options", tests, NULL, NULL);
}
