/* Contexts from kubeconfig files, merged as kubectl merges them. */
#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/cluster/kubeconfig.h"
#include "opsh/os/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

static char dir[] = "/tmp/opsh-kubeconfig-XXXXXX";

static char *file(const char *name, const char *text)
{
    char *path = op_asprintf("%s/%s", dir, name);
    struct op_err err = OP_ERR_INIT;
    if (!op_file_write_private(path, text, strlen(text), &err))
        fail_msg("%s", err.msg);
    return path;
}

static struct op_kubeconfig load(const char *paths)
{
    struct op_kubeconfig kc;
    struct op_err err = OP_ERR_INIT;
    if (!op_kubeconfig_load(paths, &kc, &err))
        fail_msg("%s", err.msg);
    return kc;
}

static void refused(const char *paths, const char *where, const char *why)
{
    struct op_kubeconfig kc;
    struct op_err err = OP_ERR_INIT;
    if (op_kubeconfig_load(paths, &kc, &err))
        fail_msg("accepted");
    assert_int_equal(err.code, OP_CONFIG);
    assert_int_equal(kc.n, 0);
    assert_null(kc.contexts);
    assert_null(kc.current);
    if (strstr(err.msg, where) == NULL || strstr(err.msg, why) == NULL)
        fail_msg("\"%s\" says nothing of \"%s\" or \"%s\"", err.msg, where, why);
}

static const char one[] = "apiVersion: v1\nkind: Config\ncurrent-context: dev\nclusters: []\ncontexts:\n"
                          "- name: dev\n  context: {cluster: c1, user: u1, namespace: shop}\n"
                          "- context:\n    cluster: c2\n    user: u2\n  name: prod\n"
                          "users:\n- name: u1\n  user:\n    token: secret\n";
static const char two[] = "current-context: stage\ncontexts:\n- name: prod\n  context: {cluster: other, user: other, namespace: x}\n"
                          "- name: stage\n  context: {cluster: c3, user: u3, namespace: \"\"}\n";

static void one_file_gives_its_contexts(void **state)
{
    (void)state;
    OP_AUTO_FREE char *path = file("one", one);
    struct op_kubeconfig kc = load(path);
    assert_int_equal(kc.n, 2);
    assert_string_equal(kc.current, "dev");
    const struct op_kube_context *dev = op_kubeconfig_find(&kc, "dev"), *prod = op_kubeconfig_find(&kc, "prod");
    assert_string_equal(dev->cluster, "c1");
    assert_string_equal(dev->user, "u1");
    assert_string_equal(dev->ns, "shop");
    assert_string_equal(prod->cluster, "c2");
    assert_string_equal(prod->ns, "default");
    assert_null(op_kubeconfig_find(&kc, "Dev"));
    assert_null(op_kubeconfig_find(&kc, NULL));
    op_kubeconfig_free(&kc);
    assert_int_equal(kc.n, 0);
}

static void of_several_files_the_first_mention_wins(void **state)
{
    (void)state;
    OP_AUTO_FREE char *first = file("one", one);
    OP_AUTO_FREE char *second = file("two", two);
    OP_AUTO_FREE char *paths = op_asprintf(":%s/missing:%s::%s/one/below-a-file:%s:", dir, first, dir, second);
    struct op_kubeconfig kc = load(paths);
    assert_int_equal(kc.n, 3);
    assert_string_equal(kc.current, "dev");
    assert_string_equal(op_kubeconfig_find(&kc, "prod")->cluster, "c2");
    assert_string_equal(op_kubeconfig_find(&kc, "prod")->ns, "default"); /* not the second file's */
    assert_string_equal(op_kubeconfig_find(&kc, "stage")->ns, "default");
    op_kubeconfig_free(&kc);
    OP_AUTO_FREE char *turned = op_asprintf("%s:%s", second, first);
    kc = load(turned);
    assert_string_equal(kc.current, "stage");
    assert_string_equal(op_kubeconfig_find(&kc, "prod")->ns, "x");
    op_kubeconfig_free(&kc);
}

static void an_empty_current_context_is_none(void **state)
{
    (void)state;
    OP_AUTO_FREE char *none = file("none", "current-context: \"\"\ncontexts: null\nclusters: null\n");
    OP_AUTO_FREE char *second = file("two", two);
    struct op_kubeconfig kc = load(none);
    assert_null(kc.current);
    assert_int_equal(kc.n, 0);
    op_kubeconfig_free(&kc);
    OP_AUTO_FREE char *paths = op_asprintf("%s:%s", none, second);
    kc = load(paths);
    assert_string_equal(kc.current, "stage");
    op_kubeconfig_free(&kc);
    OP_AUTO_FREE char *empty = file("empty", "");
    kc = load(empty);
    assert_int_equal(kc.n, 0);
    op_kubeconfig_free(&kc);
}

static void json_is_a_kubeconfig_too(void **state)
{
    (void)state;
    OP_AUTO_FREE char *path =
        file("json", "{\n\t\"kind\": \"Config\",\n\t\"current-context\": \"a@b\",\n\t\"contexts\": [\n\t\t{\"name\":\"a@b\","
                     "\"context\":{\"cluster\":\"c\",\"user\":\"arn:aws:eks:eu-1:1:cluster\\/x\",\"namespace\":\"n\"}}\n\t]\n}\n");
    struct op_kubeconfig kc = load(path);
    assert_string_equal(kc.current, "a@b");
    assert_string_equal(kc.contexts[0].ns, "n");
    assert_string_equal(kc.contexts[0].user, "arn:aws:eks:eu-1:1:cluster/x");
    op_kubeconfig_free(&kc);
}

static void mistakes_are_named_with_their_place(void **state)
{
    (void)state;
    OP_AUTO_FREE char *bad = file("bad", "a: 1\ncontexts: [\n");
    refused(bad, "/bad:3:1:", "kubeconfig: ");
    OP_AUTO_FREE char *map = file("map", "contexts:\n  dev: {}\n");
    refused(map, "/map:2:3:", "contexts must be a list");
    OP_AUTO_FREE char *nameless = file("nameless", "contexts:\n- context: {cluster: c}\n");
    refused(nameless, "/nameless:2:3:", "without a name");
    OP_AUTO_FREE char *text = file("text", "contexts:\n- name: x\n  context: prod\n");
    refused(text, "/text:3:12:", "context must be a map");
    OP_AUTO_FREE char *list = file("list", "- a\n");
    refused(list, "/list:1:1:", "must be a map");
    OP_AUTO_FREE char *current = file("current", "current-context: [a]\n");
    refused(current, "/current:1:18:", "current-context");
    refused(dir, dir, "kubeconfig: ");
    OP_AUTO_FREE char *good = file("one", one);
    OP_AUTO_FREE char *both = op_asprintf("%s:%s", good, bad); /* what was read before is given back */
    refused(both, "/bad:3:1:", "");
}

static void without_paths_the_environment_says(void **state)
{
    (void)state;
    OP_AUTO_FREE char *first = file("one", one);
    OP_AUTO_FREE char *home = file(".kube/config", two);
    assert_int_equal(setenv("HOME", dir, 1), 0);
    assert_int_equal(setenv("KUBECONFIG", first, 1), 0);
    struct op_kubeconfig kc = load(NULL);
    assert_string_equal(kc.current, "dev");
    op_kubeconfig_free(&kc);
    assert_int_equal(setenv("KUBECONFIG", "", 1), 0);
    kc = load(NULL);
    assert_string_equal(kc.current, "stage");
    op_kubeconfig_free(&kc);
    assert_int_equal(unsetenv("KUBECONFIG"), 0);
    kc = load(NULL);
    assert_string_equal(kc.current, "stage");
    op_kubeconfig_free(&kc);
}

static void without_a_home_no_folder_called_tilde_is_read(void **state)
{
    (void)state;
    OP_AUTO_FREE char *trap = file("~/.kube/config", two);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(unsetenv("KUBECONFIG"), 0);
    assert_int_equal(chdir(dir), 0);
    struct op_kubeconfig kc = load(NULL);
    assert_null(kc.current);
    assert_int_equal(kc.n, 0);
    op_kubeconfig_free(&kc);
    assert_int_equal(chdir("/"), 0);
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    struct op_kubeconfig kc;
    assert_true(op_kubeconfig_load("/nonexistent/config", &kc, NULL));
    assert_int_equal(kc.n, 0);
    assert_false(op_kubeconfig_load(dir, &kc, NULL));
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = { "one", "two", "none", "empty", "json", "bad", "map", "nameless", "text", "list", "current",
                                         ".kube/config", ".kube", "~/.kube/config", "~/.kube", "~" };
    for (size_t i = 0; i < OP_LEN(names); i++) {
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", dir, names[i]);
        (void)remove(path);
    }
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_file_gives_its_contexts),
        cmocka_unit_test(of_several_files_the_first_mention_wins),
        cmocka_unit_test(an_empty_current_context_is_none),
        cmocka_unit_test(json_is_a_kubeconfig_too),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(without_paths_the_environment_says),
        cmocka_unit_test(without_a_home_no_folder_called_tilde_is_read),
        cmocka_unit_test(nobody_has_to_listen),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
