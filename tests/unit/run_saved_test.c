/* Saved objects: what of them is given back, what tells that somebody changed them. */
#include "run/saved.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct op_json *parse(const char *text)
{
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = op_json_parse(text, strlen(text), OP_JSON_UNIQUE, &err);
    assert_non_null(j);
    return j;
}

static void same(const struct op_json *j, const char *expected)
{
    OP_AUTO_JSON *e = parse(expected);
    OP_AUTO_FREE char *a = op_json_print(j, false);
    OP_AUTO_FREE char *b = op_json_print(e, false);
    assert_string_equal(a, b);
}

static const char deployment[] =
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{\"deployment.kubernetes.io/revision\":\"3\"},"
    "\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"generation\":4,\"labels\":{\"app\":\"web\"},\"managedFields\":[{}],"
    "\"name\":\"web\",\"namespace\":\"shop\",\"resourceVersion\":\"77\",\"uid\":\"abc\"},\"spec\":{\"replicas\":2},\"status\":{\"replicas\":2}}";

static void what_the_server_writes_is_taken_out(void **state)
{
    (void)state;
    OP_AUTO_JSON *j = parse(deployment);
    op_saved_clean(j);
    same(j, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"web\"},\"name\":\"web\","
            "\"namespace\":\"shop\"},\"spec\":{\"replicas\":2}}");
    OP_AUTO_JSON *bare = parse("{\"kind\":\"X\"}");
    op_saved_clean(bare); /* nothing to take, nothing to break */
    same(bare, "{\"kind\":\"X\"}");
}

static void service_keeps_its_address(void **state)
{
    (void)state;
    OP_AUTO_JSON *j = parse("{\"kind\":\"Service\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"mine\":\"1\"},\"uid\":\"x\"},"
                            "\"spec\":{\"clusterIP\":\"10.0.0.1\",\"ports\":[{\"nodePort\":30001}]},\"status\":{}}");
    op_saved_clean(j);
    same(j, "{\"kind\":\"Service\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"mine\":\"1\"}},"
            "\"spec\":{\"clusterIP\":\"10.0.0.1\",\"ports\":[{\"nodePort\":30001}]}}");
}

static void several_documents_are_one_list(void **state)
{
    (void)state;
    static const char text[] = "{\n    \"kind\": \"A\"\n}\n{\n    \"kind\": \"List\",\n    \"items\": [\n        {\"kind\": \"B\"}\n    ]\n}\n";
    OP_AUTO_JSON *all = op_json_array();
    assert_true(op_saved_parse(text, strlen(text), all));
    same(all, "[{\"kind\":\"A\"},{\"kind\":\"B\"}]");
    OP_AUTO_JSON *none = op_json_array();
    assert_true(op_saved_parse("", 0, none) && op_json_size(none) == 0);
    assert_false(op_saved_parse("pod/a\n", 6, none));
    assert_false(op_saved_parse("{\n \"a\": 1\n", 10, none));
}

static void refs_name_the_group(void **state)
{
    (void)state;
    OP_AUTO_JSON *j = parse(deployment);
    OP_AUTO_FREE char *ref = op_saved_ref(j);
    assert_string_equal(ref, "deployment.apps/web");
    OP_AUTO_JSON *core = parse("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}");
    OP_AUTO_FREE char *plain = op_saved_ref(core);
    assert_string_equal(plain, "configmap/c");
    OP_AUTO_JSON *nameless = parse("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"generateName\":\"c\"}}");
    assert_null(op_saved_ref(nameless));
}

static char *mark_with(const char *from, const char *to)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    const char *at = strstr(deployment, from);
    assert_non_null(at);
    op_buf_add(&text, deployment, (size_t)(at - deployment));
    op_buf_adds(&text, to);
    op_buf_adds(&text, at + strlen(from));
    OP_AUTO_JSON *j = parse(op_buf_str(&text));
    return op_saved_mark(j);
}

static void marks_tell_changes_and_nothing_else(void **state)
{
    (void)state;
    OP_AUTO_JSON *j = parse(deployment);
    OP_AUTO_FREE char *mark = op_saved_mark(j);
    static const char *const unseen[][2] = { { "\"77\"", "\"78\"" }, { "\"generation\":4", "\"generation\":5" },
                                             { "\"status\":{\"replicas\":2}", "\"status\":{\"replicas\":1}" },
                                             { "revision\":\"3\"", "revision\":\"4\"" } };
    static const char *const seen[][2] = { { "\"spec\":{\"replicas\":2}", "\"spec\":{\"replicas\":3}" }, { "\"app\":\"web\"", "\"app\":\"x\"" },
                                           { "\"uid\":\"abc\"", "\"uid\":\"abd\"" } };
    for (size_t i = 0; i < OP_LEN(unseen); i++) {
        OP_AUTO_FREE char *other = mark_with(unseen[i][0], unseen[i][1]);
        assert_string_equal(mark, other);
    }
    for (size_t i = 0; i < OP_LEN(seen); i++) {
        OP_AUTO_FREE char *other = mark_with(seen[i][0], seen[i][1]);
        assert_string_not_equal(mark, other);
    }
}

/* Of a Secret the mark must not be made from the values: they could be guessed from it. */
static void the_mark_of_a_secret_tells_nothing(void **state)
{
    (void)state;
    OP_AUTO_JSON *a = parse("{\"kind\":\"Secret\",\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"5\"},\"data\":{\"p\":\"eA==\"}}");
    OP_AUTO_JSON *b = parse("{\"kind\":\"Secret\",\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"5\"},\"data\":{\"p\":\"eQ==\"}}");
    OP_AUTO_JSON *c = parse("{\"kind\":\"Secret\",\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"6\"},\"data\":{\"p\":\"eA==\"}}");
    OP_AUTO_FREE char *x = op_saved_mark(a);
    OP_AUTO_FREE char *y = op_saved_mark(b);
    OP_AUTO_FREE char *z = op_saved_mark(c);
    assert_string_equal(x, y);
    assert_string_not_equal(x, z);
}

static void only_other_peoples_taints_count(void **state)
{
    (void)state;
    OP_AUTO_JSON *none = parse("{\"kind\":\"Node\",\"metadata\":{\"uid\":\"u\"},\"spec\":{}}");
    OP_AUTO_JSON *cordoned = parse("{\"kind\":\"Node\",\"metadata\":{\"uid\":\"u\"},"
                                   "\"spec\":{\"taints\":[{\"key\":\"node.kubernetes.io/unschedulable\"}]}}");
    OP_AUTO_JSON *mine = parse("{\"kind\":\"Node\",\"metadata\":{\"uid\":\"u\"},\"spec\":{\"taints\":[{\"key\":\"mine\"}]}}");
    OP_AUTO_FREE char *a = op_saved_mark(none);
    OP_AUTO_FREE char *b = op_saved_mark(cordoned);
    OP_AUTO_FREE char *c = op_saved_mark(mine);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
}

static void patches_put_everything_back(void **state)
{
    (void)state;
    OP_AUTO_JSON *j = parse("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"labels\":{\"a\":\"b\"}},\"data\":{\"k\":\"v\"}}");
    OP_AUTO_FREE char *text = op_saved_patch(j, false);
    OP_AUTO_JSON *patch = parse(text);
    same(patch, "[{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":null},"
                "{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"a\":\"b\"}},"
                "{\"op\":\"add\",\"path\":\"/binaryData\",\"value\":null},"
                "{\"op\":\"add\",\"path\":\"/data\",\"value\":{\"k\":\"v\"}}]");
    assert_null(strchr(text, '\t'));
    OP_AUTO_FREE char *notes = op_saved_patch(j, true);
    OP_AUTO_JSON *few = parse(notes);
    assert_int_equal(op_json_size(few), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_server_writes_is_taken_out),
        cmocka_unit_test(service_keeps_its_address),
        cmocka_unit_test(several_documents_are_one_list),
        cmocka_unit_test(refs_name_the_group),
        cmocka_unit_test(marks_tell_changes_and_nothing_else),
        cmocka_unit_test(the_mark_of_a_secret_tells_nothing),
        cmocka_unit_test(only_other_peoples_taints_count),
        cmocka_unit_test(patches_put_everything_back),
    };
    return cmocka_run_group_tests_name("run/saved", tests, NULL, NULL);
}
