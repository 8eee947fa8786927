/* Configuration: which source wins, what is refused and where, and that the key goes nowhere. */
#include "opsh/shell/config.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/os/signals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

static char folder[] = "/tmp/opsh-config-XXXXXX";
static char file[64], key_path[64];

extern char **environ;

static void write_file(const char *path, const char *text)
{
    assert_true(op_file_write_private(path, text, strlen(text), NULL));
}

static bool load(const char *text, struct op_config *c, struct op_err *err)
{
    struct op_options o = { .config = file };
    write_file(file, text);
    return op_config_load(&o, c, err);
}

static int setup(void **state)
{
    (void)state;
    static const char *const names[] = { "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "OPSH_CONFIG" };
    for (size_t i = 0; i < OP_LEN(names); i++)
        (void)unsetenv(names[i]);
    return 0;
}

static void defaults_without_a_file(void **state)
{
    (void)state;
    struct op_options o = { 0 };
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    (void)setenv("OPSH_CONFIG", "/nonexistent", 1);
    assert_true(op_config_load(&o, &c, &err));
    assert_string_equal(c.endpoint, "https://api.openai.com/v1");
    assert_string_equal(c.model, "gpt-4o-mini");
    assert_int_equal(c.history_size, 5000);
    assert_null(c.file);
    assert_null(c.context);
    assert_false(op_config_has_model(&c));
    op_config_free(&c);
}

static void every_key_is_read(void **state)
{
    (void)state;
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    assert_true(load("endpoint: http://localhost:1/v1\nmodel: m\nkey_file: k\nkey_command: [pass, show, \"a b\"]\n"
                     "prompt_file: /p\nca_file: ~/ca\nsilence_timeout: 7\nmax_steps: 8\ncontext: ctx\nnamespace: ns\n"
                     "read_only: true\ntimeout: 0\nproof_timeout: 9\nhistory_size: 0\ncolor: never\ntools_folder: t\n",
                     &c, &err));
    assert_string_equal(c.endpoint, "http://localhost:1/v1");
    assert_string_equal(c.model, "m");
    OP_AUTO_FREE char *beside = op_asprintf("%s/k", folder);
    assert_string_equal(c.key_file, beside); /* taken from the file's folder */
    assert_int_equal(c.key_command.n, 3);
    assert_string_equal(c.key_command.v[2], "a b");
    assert_string_equal(c.prompt_file, "/p");
    OP_AUTO_FREE char *home = op_asprintf("%s/ca", getenv("HOME"));
    assert_string_equal(c.ca_file, home);
    assert_int_equal(c.silence_timeout_s, 7);
    assert_int_equal(c.max_steps, 8);
    assert_string_equal(c.context, "ctx");
    assert_string_equal(c.ns, "ns");
    assert_true(c.read_only);
    assert_int_equal(c.timeout_s, 0);
    assert_int_equal(c.proof_timeout_s, 9);
    assert_int_equal(c.history_size, 0);
    assert_int_equal(c.colour, OP_COLOUR_NEVER);
    op_config_free(&c);
}

static void flag_over_environment_over_file(void **state)
{
    (void)state;
    struct op_options o = { .config = file };
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    write_file(file, "model: file\nendpoint: http://file/v1\ncolor: never\n");
    (void)setenv("OPENAI_MODEL", "env", 1);
    assert_true(op_config_load(&o, &c, &err));
    assert_string_equal(c.model, "env");
    assert_string_equal(c.endpoint, "http://file/v1");
    assert_int_equal(c.colour, OP_COLOUR_NEVER);
    op_config_free(&c);
    o.model = "flag";
    o.colour = OP_COLOUR_ALWAYS;
    o.colour_set = true;
    assert_true(op_config_load(&o, &c, &err));
    assert_string_equal(c.model, "flag");
    assert_int_equal(c.colour, OP_COLOUR_ALWAYS);
    op_config_free(&c);
}

static void mistakes_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "modle: x\n", ": unknown key \"modle\"; did you mean \"model\"?" },
        { "model: a\nread_only: yes\n", ":2:12: read_only must be true or false" },
        { "timeout: soon\n", ":1:10: timeout must be a whole number" },
        { "timeout: -1\n", ":1:10: timeout must be a whole number" },
        { "color: blue\n", ":1:8: color must be auto, always or never" },
        { "key_command: pass show x\n", ":1:14: key_command must be a list" },
        { "key_command: []\n", "key_command must begin with a program" },
        { "model: [a]\n", ":1:8: model must be a single value" },
        { "model: \"\"\n", ":1:8: model is empty" },
        { "- a\n", ":1:1:" },
        { "a: [\n", ":2:1:" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_config c;
        struct op_err err = OP_ERR_INIT;
        assert_false(load(rows[i].text, &c, &err));
        assert_int_equal(err.code, OP_CONFIG);
        if (strstr(err.msg, rows[i].says) == NULL || strstr(err.msg, file) == NULL)
            fail_msg("%s: %s", rows[i].text, err.msg);
        op_config_free(&c);
    }
}

static void a_named_file_must_exist(void **state)
{
    (void)state;
    struct op_options o = { .config = "/nonexistent/config.yaml" };
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    assert_false(op_config_load(&o, &c, &err));
    assert_int_equal(err.code, OP_CONFIG);
    op_config_free(&c);
}

static void the_key_leaves_the_environment(void **state)
{
    (void)state;
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    (void)setenv("OPENAI_API_KEY", "sk-from-env", 1);
    const char *bytes = getenv("OPENAI_API_KEY");
    assert_true(load("key_file: /nonexistent\n", &c, &err));
    assert_string_equal(c.key, "sk-from-env");
    assert_null(getenv("OPENAI_API_KEY"));
    assert_string_equal(bytes, ""); /* the bytes themselves are gone */
    assert_true(op_config_find_key(&c, &err)); /* the environment won: the missing file is not even opened */
    assert_true(op_config_has_model(&c));
    op_config_free(&c);
    assert_null(c.key);

    (void)setenv("OPENAI_API_KEY", "sk with a space", 1);
    assert_false(load("", &c, &err));
    assert_null(strstr(err.msg, "sk with"));
    op_config_free(&c);
    (void)setenv("OPENAI_API_KEY", "", 1); /* as good as unset */
    assert_true(load("", &c, &err));
    assert_null(c.key);
    op_config_free(&c);
}

static void the_key_from_a_private_file(void **state)
{
    (void)state;
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    write_file(key_path, "sk-from-file\n");
    assert_true(load("key_file: key\n", &c, &err));
    assert_true(op_config_has_model(&c));
    assert_true(op_config_find_key(&c, &err));
    assert_string_equal(c.key, "sk-from-file");
    op_config_free(&c);

    assert_int_equal(chmod(key_path, 0640), 0);
    assert_true(load("key_file: key\n", &c, &err));
    assert_false(op_config_find_key(&c, &err));
    assert_int_equal(err.code, OP_CONFIG);
    assert_non_null(strstr(err.msg, key_path));
    op_config_free(&c);

    static const char *const bad[] = { "", "\n", "two words\n", "-----BEGIN\nKEY\n" };
    for (size_t i = 0; i < OP_LEN(bad); i++) {
        write_file(key_path, bad[i]);
        assert_true(load("key_file: key\n", &c, &err));
        assert_false(op_config_find_key(&c, &err));
        assert_null(strstr(err.msg, "two words"));
        op_config_free(&c);
    }
}

static void the_key_from_a_command(void **state)
{
    (void)state;
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    assert_true(load("key_command: [echo, sk-from-command]\n", &c, &err));
    assert_true(op_config_find_key(&c, &err));
    assert_string_equal(c.key, "sk-from-command");
    op_config_free(&c);
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "key_command: [\"false\"]\n", "status 1" },
        { "key_command: [no-such-program-here]\n", "no program" },
        { "key_command: [echo, a, b]\n", "not a key" },
        { "key_command: [\"true\"]\n", "no key in it" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        assert_true(load(rows[i].text, &c, &err));
        assert_false(op_config_find_key(&c, &err));
        assert_int_equal(err.code, OP_CONFIG);
        if (strstr(err.msg, rows[i].says) == NULL)
            fail_msg("%s: %s", rows[i].text, err.msg);
        op_config_free(&c);
    }
}

static void a_local_endpoint_needs_no_key(void **state)
{
    (void)state;
    struct op_config c;
    struct op_err err = OP_ERR_INIT;
    assert_true(load("endpoint: http://localhost:11434/v1\n", &c, &err));
    assert_true(op_config_has_model(&c));
    assert_true(op_config_find_key(&c, &err));
    assert_null(c.key);
    op_config_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_without_a_file, setup),
        cmocka_unit_test_setup(every_key_is_read, setup),
        cmocka_unit_test_setup(flag_over_environment_over_file, setup),
        cmocka_unit_test_setup(mistakes_say_where, setup),
        cmocka_unit_test_setup(a_named_file_must_exist, setup),
        cmocka_unit_test_setup(the_key_leaves_the_environment, setup),
        cmocka_unit_test_setup(the_key_from_a_private_file, setup),
        cmocka_unit_test_setup(the_key_from_a_command, setup),
        cmocka_unit_test_setup(a_local_endpoint_needs_no_key, setup),
    };
    if (mkdtemp(folder) == NULL || !op_signals_init(NULL))
        return 1;
    (void)snprintf(file, sizeof(file), "%s/config.yaml", folder);
    (void)snprintf(key_path, sizeof(key_path), "%s/key", folder);
    int failed = cmocka_run_group_tests_name("shell/config", tests, NULL, NULL);
    (void)unlink(file);
    (void)unlink(key_path);
    (void)rmdir(folder);
    return failed;
}
