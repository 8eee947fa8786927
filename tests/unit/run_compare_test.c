/* Two states of objects as lines: what is cleaned away, what is hidden, how objects and manifests are rendered. */
#include "run/answer.h"
#include "run/compare.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct op_json *parse(const char *text)
{
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = op_json_parse(text, strlen(text), OP_JSON_UNIQUE, &err);
    if (j == NULL)
        fail_msg("%s", err.msg);
    return j;
}

static void are(const struct op_strv *lines, const char *expected)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < lines->n; i++)
        op_buf_addf(&out, "%s\n", lines->v[i]);
    assert_string_equal(op_buf_str(&out), expected);
}

static void objects_as_lines(void **state)
{
    (void)state;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    OP_AUTO_JSON *j = parse("{\"z\":{\"b\":[{\"name\":\"x\",\"image\":\"r/i:1\"},[1,2],\"- odd\"],\"a\":{}},"
                            "\"text\":\"two\\nlines\\n\",\"list\":[],\"no\":null,\"yes\":true,\"n\":2,\"word\":\"yes\",\"empty\":\"\","
                            "\"colon\":\"a: b\"}");
    op_compare_render(j, &lines);
    are(&lines, "colon: \"a: b\"\nempty: \"\"\nlist: []\nn: 2\nno: null\ntext: |\n  two\n  lines\nword: \"yes\"\nyes: true\n"
                "z:\n  a: {}\n  b:\n    - image: r/i:1\n      name: x\n    -\n      - 1\n      - 2\n    - \"- odd\"\n");
}

static void what_the_server_writes_is_no_change(void **state)
{
    (void)state;
    OP_AUTO_JSON *a = parse("{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"w\",\"resourceVersion\":\"1\",\"generation\":1,\"uid\":\"u\","
                            "\"creationTimestamp\":\"t\",\"managedFields\":[1],\"annotations\":{\"deployment.kubernetes.io/revision\":\"1\","
                            "\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\"}},\"spec\":{\"x\":1,\"y\":2},\"status\":{\"ready\":1}}");
    OP_AUTO_JSON *b = parse("{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"w\",\"resourceVersion\":\"2\",\"generation\":2},"
                            "\"status\":{\"ready\":0},\"spec\":{\"y\":2,\"x\":1}}");
    struct op_diff d;
    op_compare_objects(a, b, 1, &d);
    are(&d.lines, "");
    op_diff_free(&d);
    op_compare_objects(NULL, b, 1, &d);
    are(&d.lines, "+kind: Deployment\n+metadata:\n+  name: w\n+spec:\n+  x: 1\n+  y: 2\n");
    op_diff_free(&d);
}

static void secret_values_are_compared_and_not_shown(void **state)
{
    (void)state;
    OP_AUTO_JSON *a = parse("{\"kind\":\"Secret\",\"data\":{\"same\":\"c2FtZQ==\",\"new\":\"b2xk\"},\"metadata\":{\"name\":\"s\"}}");
    OP_AUTO_JSON *b = parse("{\"kind\":\"Secret\",\"data\":{\"same\":\"c2FtZQ==\",\"new\":\"bmV3\"},\"metadata\":{\"name\":\"s\"}}");
    struct op_diff d;
    op_compare_objects(a, b, 0, &d);
    are(&d.lines, "@data\n-  new: \"(hidden, value 2)\"\n+  new: \"(hidden, value 3)\"\n");
    op_diff_free(&d);
}

#define DEPLOYMENT(image) "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  labels:\n    name: no\n  name: web\nspec:\n  image: " image "\n"
#define SECRET(value) "kind: Secret\nmetadata:\n  name: \"s\"\nstringData:\n  password: " value "\n  key: |\n    " value "\ntype: Opaque\n"

static void manifests_object_by_object(void **state)
{
    (void)state;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    size_t n = op_compare_manifests("---\n# Source: a\n" DEPLOYMENT("web:1") "---\n" SECRET("hunter2") "---\nkind: Service\nmetadata: {name: old}\n",
                                    DEPLOYMENT("web:2") "\n\n---\n" SECRET("hunter3") "---\n# nothing\n", 0, &lines);
    assert_int_equal(n, 3);
    are(&lines, "#deployment/web\n@spec\n-  image: web:1\n+  image: web:2\n"
                "#secret/s\n@stringData\n-  key: \"(hidden, value 2)\"\n-  password: \"(hidden, value 1)\"\n"
                "+  key: \"(hidden, value 4)\"\n+  password: \"(hidden, value 3)\"\n"
                "#service/old (goes away)\n-kind: Service\n-metadata:\n-  name: old\n");
}

/* However a Secret is written, its values do not come out. */
static void no_form_of_secret_is_shown(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "kind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n",
        "{kind: Secret, metadata: {name: s}, data: {password: hunter2}}\n",
        "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"s\"}, \"data\": {\"password\": \"hunter2\"}}\n",
        "kind:   \"Secret\"\nmetadata:\n  name: s\ndata:\n  password: |\n    hunter2\n    hunter2\n",
        "kind: &k Secret\nmetadata:\n  name: s\ndata:\n  password: hunter2\n", /* anchors are not read */
        "kind: Secret\nkind: Secret\nmetadata:\n  name: s\ndata:\n  password: hunter2\n",
        "kind: Secret\ndata:\n  password: hunter2\n",
    };
    for (size_t i = 0; i < OP_LEN(forms); i++) {
        OP_AUTO_STRV lines = OP_STRV_INIT;
        assert_int_equal(op_compare_manifests("", forms[i], 3, &lines), 1);
        for (size_t k = 0; k < lines.n; k++)
            if (strstr(lines.v[k], "hunter") != NULL)
                fail_msg("%s shows %s", forms[i], lines.v[k]);
    }
}

static void names_of_a_manifest(void **state)
{
    (void)state;
    OP_AUTO_STRV names = OP_STRV_INIT;
    op_compare_names("# nothing\n---\n" DEPLOYMENT("x") "---\n" SECRET("y") "---\nnot: an object\n", &names);
    are(&names, "deployment/web\nsecret/s\n");
}

static void answers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\n    \"kind\": \"Pod\"\n}\n",
        "{\n    \"kind\": \"Pod\",\n    \"a\": {\n    }\n}\n{\n    \"kind\": \"Service\"\n}\n",
        "{\n    \"kind\": \"List\",\n    \"items\": [{\"kind\": \"Pod\"}, {\"kind\": \"Node\"}]\n}\n",
        "{\"kind\":\"Pod\"}",
    };
    static const char *const kinds[] = { "Pod", "Pod Service", "Pod Node", "Pod" };
    for (size_t i = 0; i < OP_LEN(texts); i++) {
        OP_AUTO_JSON *answer = op_answer_parse(texts[i], strlen(texts[i]));
        OP_AUTO_BUF seen = OP_BUF_INIT;
        OP_ANSWER_EACH(o, answer)
        op_buf_addf(&seen, "%s%s", seen.len != 0 ? " " : "", op_json_str(o, "kind"));
        assert_string_equal(op_buf_str(&seen), kinds[i]);
    }
    assert_null(op_answer_parse("", 0));
    assert_null(op_answer_parse("error", 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_as_lines),
        cmocka_unit_test(what_the_server_writes_is_no_change),
        cmocka_unit_test(secret_values_are_compared_and_not_shown),
        cmocka_unit_test(manifests_object_by_object),
        cmocka_unit_test(no_form_of_secret_is_shown),
        cmocka_unit_test(names_of_a_manifest),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests_name("run/compare", tests, NULL, NULL);
}
