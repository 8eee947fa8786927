/* Keys of --set against a chart's values: which are there, which are spelt like them, which a command line names. */
#include "opsh/base/str.h"
#include "opsh/cluster/values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char values_text[] =
    "{\"replicaCount\":2,\"image\":{\"repository\":\"nginx\",\"tag\":\"\"},\"podAnnotations\":{},\"extra\":null,"
    "\"labels\":{\"app.kubernetes.io/name\":\"x\"},\"hosts\":[{\"host\":\"a\",\"paths\":[\"/\"]}],\"tolerations\":[],"
    "\"resources\":{\"limits\":{\"memory\":\"1Gi\"},\"requests\":{\"memory\":\"1Gi\"}},"
    "\"auth\":{\"password\":\"hunter2\"},\"bad\\u001b[31mKey\":1}";

static struct op_json *values(void)
{
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = op_json_parse(values_text, strlen(values_text), OP_JSON_LOOSE, &err);
    assert_non_null(j);
    return j;
}

static void what_is_there(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool there;
    } rows[] = {
        { "replicaCount", true },          { "replicaCuont", false },      { "image.tag", true },
        { "image.tga", false },            { "image", true },              { "image.tag.x", false },
        { "podAnnotations.foo", true },    { "extra.deep.down", true },    { "hosts[0].host", true },
        { "hosts[7].host", true },         { "hosts[0].hots", false },     { "hosts[0].paths[0]", true },
        { "hosts.host", false },           { "replicaCount[0]", false },   { "tolerations[0].key", true },
        { "global.imageRegistry", true },  { "globe.x", false },           { "labels.app\\.kubernetes\\.io/name", true },
        { "labels.app.kubernetes", false }, { "resources.limits.memory", true }, { "hosts[x].host", true },
    };
    OP_AUTO_JSON *v = values();
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (op_values_has(v, rows[i].path) != rows[i].there)
            fail_msg("%s: want %d", rows[i].path, rows[i].there);
    assert_true(op_values_has(NULL, "anything"));
}

static void what_is_near(void **state)
{
    (void)state;
    static const struct {
        const char *path, *near;
    } rows[] = {
        { "replicaCuont", "replicaCount" }, { "replicacount", "replicaCount" }, { "replicas", "replicaCount" },
        { "imagetag", "image.tag" },        { "image.tga", "image.tag" },       { "tag", "image.tag" },
        { "resource.limits.memory", "resources.limits.memory" },                { "somethingElse", NULL },
        { "hunter2", NULL },                { "badKey", NULL },
    };
    OP_AUTO_JSON *v = values();
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        OP_AUTO_STRV near = OP_STRV_INIT;
        op_values_nearest(v, rows[i].path, 3, &near);
        if (!op_str_eq(near.n > 0 ? near.v[0] : NULL, rows[i].near))
            fail_msg("%s: %s", rows[i].path, near.n > 0 ? near.v[0] : "nothing");
        assert_true(near.n <= 3);
    }
    OP_AUTO_STRV both = OP_STRV_INIT;
    op_values_nearest(v, "memory", 3, &both);
    assert_int_equal(both.n, 2);
}

static void what_is_named(void **state)
{
    (void)state;
    static const char *const words[] = { "helm", "upgrade", "web", "./web", "--set", "a.b=1,c={x,y=2},d\\.e=3\\,4,f[0].g=",
                                         "--set-string=h=1", "--set-json", "i={\"j\":1,\"k\":2}", "--settle=x=1", "--set" };
    static const char *const want[] = { "a.b", "c", "d\\.e", "f[0].g", "h", "i" };
    OP_AUTO_STRV argv = OP_STRV_INIT, got = OP_STRV_INIT;
    for (size_t i = 0; i < OP_LEN(words); i++)
        op_strv_push(&argv, words[i]);
    op_values_set_paths(&argv, &got);
    assert_int_equal(got.n, OP_LEN(want));
    for (size_t i = 0; i < OP_LEN(want); i++)
        assert_string_equal(got.v[i], want[i]);
}

static void what_a_file_has(void **state)
{
    (void)state;
    static const char text[] = "# values\nimage:\n  tag: \"1\"\nannotations: {}\naffinity:\n";
    OP_AUTO_JSON *v = op_values_from_yaml(text, strlen(text));
    assert_non_null(v);
    assert_true(op_values_has(v, "image.tag") && op_values_has(v, "annotations.x") && op_values_has(v, "affinity.x.y"));
    assert_false(op_values_has(v, "image.tga"));
    assert_null(op_values_from_yaml("a: [", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there),
        cmocka_unit_test(what_is_near),
        cmocka_unit_test(what_is_named),
        cmocka_unit_test(what_a_file_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
