/* Owns the ways to the API key: environment, private file, command. Refuses a file that others can
 * read and anything that is not one word; no message ever holds a byte of it. */
#include "key.h"

#include "opsh/base/str.h"
#include "opsh/os/child.h"
#include "opsh/os/env.h"
#include "opsh/os/harden.h"
#include "opsh/os/path.h"
#include "opsh/plan/model.h"
#include "opsh/shell/config.h"

extern char **environ;

enum { KEY_MAX = 8192, COMMAND_MS = 10000 };

void op_key_wipe(char **key)
{
    if (*key != NULL)
        explicit_bzero(*key, strlen(*key));
    free(*key);
    *key = NULL;
}

void op_key_from_environment(char **key)
{
    char *value = getenv("OPENAI_API_KEY");
    if (value == NULL)
        return;
    if (*value != '\0') {
        *key = op_strdup(value);
        explicit_bzero(value, strlen(value)); /* /proc/PID/environ shows the original bytes */
        op_harden_holds_key();
    }
    (void)unsetenv("OPENAI_API_KEY");
}

bool op_key_check(const char *key, const char *source, struct op_err *err)
{
    for (const char *p = key; *p != '\0'; p++)
        if (*p <= ' ' || *p >= 0x7f)
            return op_fail(err, OP_CONFIG, 0, "%s is not a key: it holds a space or a character that no key has",
                           source);
    return true;
}

/* Takes the bytes of text; leaves none of them behind. */
static bool take_key(struct op_buf *text, const char *source, char **key, struct op_err *err)
{
    while (text->len != 0 && isspace((unsigned char)text->data[text->len - 1]))
        op_buf_trunc(text, text->len - 1);
    bool ok = text->len != 0 || op_fail(err, OP_CONFIG, 0, "%s: there is no key in it", source);
    ok = ok &&
         (strlen(text->data) == text->len || op_fail(err, OP_CONFIG, 0, "%s is not a key: it holds a NUL", source));
    ok = ok && op_key_check(text->data, source, err);
    if (ok) {
        *key = op_strdup(text->data);
        op_harden_holds_key();
    }
    if (text->data != NULL)
        explicit_bzero(text->data, text->cap);
    return ok;
}

static bool from_file(const char *path, char **key, struct op_err *err)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_file_is_private(path, err) || !op_file_read(path, KEY_MAX, &text, err)) {
        err->code = OP_CONFIG;
        return op_fail_ctx(err, "key_file");
    }
    return take_key(&text, path, key, err);
}

static bool from_command(const struct op_strv *command, char **key, struct op_err *err)
{
    OP_AUTO_FREE char *program = op_path_find_program(command->v[0]);
    if (program == NULL)
        return op_fail(err, OP_CONFIG, 0, "key_command: there is no program \"%.100s\" on PATH", command->v[0]);
    OP_AUTO_STRV env = OP_STRV_INIT;
    op_env_for_children(environ, false, &env);
    struct op_child_spec spec = { .path = program,
                                  .argv = command->v,
                                  .envp = env.v,
                                  .timeout_ms = COMMAND_MS,
                                  .keep_head = KEY_MAX,
                                  .keep_tail = 0 };
    OP_AUTO(op_child_result_free) struct op_child_result res = OP_CHILD_RESULT_INIT;
    if (!op_child_run(&spec, &res, err)) {
        err->code = OP_CONFIG;
        return op_fail_ctx(err, "key_command");
    }
    if (res.interrupted)
        return op_fail(err, OP_INTERRUPTED, 0, "key_command: interrupted");
    if (res.timed_out)
        return op_fail(err, OP_CONFIG, 0, "key_command: %s gave no key within %d s", command->v[0], COMMAND_MS / 1000);
    if (res.exit_code != 0)
        return op_fail(err, OP_CONFIG, 0, "key_command: %s ended with status %d; run it by hand to see why",
                       command->v[0], res.exit_code);
    return take_key(&res.out.head, "what key_command printed", key, err);
}

bool op_config_has_model(const struct op_config *c)
{
    return c->key != NULL || c->key_file != NULL || c->key_command.n != 0 || op_model_endpoint_is_local(c->endpoint);
}

bool op_config_find_key(struct op_config *c, struct op_err *err)
{
    if (c->key != NULL)
        return true;
    if (c->key_file != NULL)
        return from_file(c->key_file, &c->key, err);
    if (c->key_command.n != 0)
        return from_command(&c->key_command, &c->key, err);
    return true;
}
