/* What Tab offers, with a recorder in place of kubectl that knows three objects. */
#include "opsh/shell/complete.h"

#include "opsh/os/path.h"
#include "opsh/os/signals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

static char folder[] = "/tmp/opsh-complete-XXXXXX";
static char recorder[64], kubeconfig[64], calls[64];
static struct op_session session;

static void note(void *self, const char *line)
{
    (void)self;
    print_message("%s\n", line);
}

static void offers(const char *line, const char *expected)
{
    size_t end = strlen(line), start = end;
    while (start > 0 && line[start - 1] != ' ')
        start--;
    OP_AUTO_STRV found = OP_STRV_INIT;
    op_complete(&session, line, start, end, &found);
    OP_AUTO_BUF all = OP_BUF_INIT;
    for (size_t i = 0; i < found.n; i++)
        op_buf_addf(&all, "%s%s", i != 0 ? " " : "", found.v[i]);
    assert_string_equal(op_buf_str(&all), expected);
}

static void commands_and_their_arguments(void **state)
{
    (void)state;
    offers("/he", "/help");
    offers("/nothing", "");
    offers("/context ", "sandbox staging");
    offers("/context st", "staging");
    offers("/read-only ", "on off");
    offers("/help ", "");
    offers("/contexts s", "");
    offers("!hel", "!helm");
}

static void names_only_when_known(void **state)
{
    (void)state;
    offers("scale we", "");
    offers("/namespace ", "");
    assert_int_not_equal(access(calls, F_OK), 0); /* Tab has run nothing */

    assert_non_null(op_road_names(session.road)); /* what a request does */
    assert_int_equal(unlink(calls), 0);
    offers("scale we", "web");
    offers("scale deployment/", "deployment/web");
    offers("!kubectl get pod -n sh", "shop");
    offers("/namespace ", "shop");
    offers("scale ", ""); /* nothing begun, nothing offered */
    offers("scale x=we", "");
    offers("show bad", ""); /* a name that no object can have is not put into the line */
    assert_int_not_equal(access(calls, F_OK), 0);
}

static void write_file(const char *path, const char *text, unsigned mode)
{
    assert_true(op_file_write_private(path, text, strlen(text), NULL));
    assert_int_equal(chmod(path, (mode_t)mode), 0);
}

static int open_session(void **state)
{
    (void)state;
    OP_AUTO_FREE char *script = op_asprintf(
        "#!/bin/sh\necho \"$*\" >>%s\ncat <<'END'\n{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
        "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\"},\"spec\":{}},"
        "{\"kind\":\"Service\",\"metadata\":{\"name\":\"bad\\u001b[31m\",\"namespace\":\"shop\"},\"spec\":{}},"
        "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\"}}]}\nEND\n",
        calls);
    write_file(recorder, script, 0700);
    write_file(kubeconfig,
               "current-context: sandbox\nclusters: [{name: c, cluster: {server: \"http://127.0.0.1:1\"}}]\n"
               "users: [{name: u, user: {}}]\ncontexts:\n- {name: sandbox, context: {cluster: c, user: u}}\n"
               "- {name: staging, context: {cluster: c, user: u}}\n",
               0600);
    OP_AUTO_FREE char *path = op_asprintf("%s:%s", folder, getenv("PATH"));
    (void)setenv("PATH", path, 1);
    struct op_err err = OP_ERR_INIT;
    if (!op_catalog_load(NULL, &session.catalog, &err))
        fail_msg("%s", err.msg);
    struct op_road_options o = { .catalog = &session.catalog, .kubeconfig = kubeconfig, .ui = { .note = note } };
    session.road = op_road_new(&o, &err);
    if (session.road == NULL)
        fail_msg("%s", err.msg);
    return 0;
}

static int close_session(void **state)
{
    (void)state;
    op_road_free(session.road);
    op_catalog_free(&session.catalog);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_and_their_arguments),
        cmocka_unit_test(names_only_when_known),
    };
    if (mkdtemp(folder) == NULL || !op_signals_init(NULL))
        return 1;
    (void)snprintf(recorder, sizeof(recorder), "%s/kubectl", folder);
    (void)snprintf(kubeconfig, sizeof(kubeconfig), "%s/kubeconfig", folder);
    (void)snprintf(calls, sizeof(calls), "%s/calls", folder);
    int failed = cmocka_run_group_tests_name("shell/complete", tests, open_session, close_session);
    (void)unlink(recorder);
    (void)unlink(kubeconfig);
    (void)unlink(calls);
    (void)rmdir(folder);
    return failed;
}
