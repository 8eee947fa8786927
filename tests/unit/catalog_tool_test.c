/* From arguments to argument vectors: the typed tools against the command lines that people write
 * (tests/golden/tools.txt), and what is refused with which hint. */
#include "opsh/catalog/tool.h"

#include "opsh/base/str.h"
#include "opsh/data/yaml.h"
#include "opsh/gate/quote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct op_catalog cat;

static int load(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    if (op_catalog_load(NULL, &cat, &err))
        return 0;
    (void)fprintf(stderr, "%s\n", err.msg);
    return -1;
}

static int unload(void **state)
{
    (void)state;
    op_catalog_free(&cat);
    return 0;
}

static bool render(const struct op_tool *tool, const char *json, struct op_buf *line, char **input, struct op_err *err)
{
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_JSON *args = op_json_parse(json, strlen(json), OP_JSON_UNIQUE, err);
    if (args == NULL || !op_tool_render(tool, args, &argv, input, err)) {
        assert_int_equal(argv.n, 0);
        return false;
    }
    op_quote_argv(line, &argv);
    return true;
}

/* tool<TAB>{arguments}<TAB>command line */
static void golden_line(const char *text, unsigned number, bool *used)
{
    OP_AUTO_FREE char *copy = op_strdup(text);
    char *json = strchr(copy, '\t'), *line = json != NULL ? strchr(json + 1, '\t') : NULL;
    if (line == NULL)
        fail_msg("tools.txt:%u: not three columns", number);
    *json++ = *line++ = '\0';
    const struct op_tool *tool = op_catalog_tool(&cat, copy);
    if (tool == NULL)
        fail_msg("tools.txt:%u: no tool %s", number, copy);
    used[tool - cat.tools] = true;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF made = OP_BUF_INIT;
    OP_AUTO_FREE char *input = NULL;
    if (!render(tool, json, &made, &input, &err))
        fail_msg("tools.txt:%u: %s", number, err.msg);
    if (strcmp(op_buf_str(&made), line) != 0)
        fail_msg("tools.txt:%u: is      %s\n               should be %s", number, op_buf_str(&made), line);
}

static void test_tools_make_what_people_write(void **state)
{
    (void)state;
    FILE *f = fopen(OPSH_SOURCE_DIR "/tests/golden/tools.txt", "r");
    assert_non_null(f);
    bool *used = op_calloc(cat.n_tools, sizeof(*used));
    char *text = NULL;
    size_t cap = 0;
    unsigned number = 0;
    for (ssize_t n; (n = getline(&text, &cap, f)) > 0;) {
        number++;
        text[n - (text[n - 1] == '\n')] = '\0';
        if (*text != '\0' && *text != '#')
            golden_line(text, number, used);
    }
    free(text);
    (void)fclose(f);
    for (size_t i = 0; i < cat.n_tools; i++)
        if (!used[i])
            fail_msg("no line in tools.txt for %s", cat.tools[i].name);
    free(used);
}

static void test_wrong_arguments_get_a_hint(void **state)
{
    (void)state;
    static const struct {
        const char *tool, *json, *hint;
    } rows[] = {
        { "kubectl_scale", "{\"kind\":\"deployment\",\"name\":\"a\"}",
          "kubectl_scale: argument \"replicas\" is missing; it should be "
          "a whole number, at least 0, at most 10000" },
        { "kubectl_scale", "{\"kind\":\"deployment\",\"name\":\"a\",\"replicas\":\"3\"}",
          "argument \"replicas\" is \"3\"; it should be "
          "a whole number" },
        { "kubectl_scale", "{\"kind\":\"deployment\",\"name\":\"a\",\"replicas\":2.5}",
          "argument \"replicas\" is 2.5" },
        { "kubectl_scale", "{\"kind\":\"deployment\",\"name\":\"a\",\"replicas\":-1}", "argument \"replicas\" is -1" },
        { "kubectl_scale", "{\"kind\":\"deployment\",\"name\":\"a\",\"replicas\":20000}", "at most 10000" },
        { "kubectl_scale", "{\"kind\":\"deployment\",\"name\":\"--all\",\"replicas\":1}", NULL },
        { "kubectl_scale", "{\"kind\":\"--all\",\"replicas\":1}", "must not begin with \"-\"" },
        { "kubectl_scale", "{\"knd\":\"deployment\",\"kind\":\"d\",\"replicas\":1}",
          "has no argument \"knd\"; it has kind, name, replicas" },
        { "kubectl_scale", "{\"kind\":\"\",\"replicas\":1}", "argument \"kind\" is missing" },
        { "kubectl_scale", "{\"kind\":null,\"replicas\":1}", "argument \"kind\" is missing" },
        { "kubectl_get", "{\"kind\":\"pods\",\"name\":\"-A\"}", "argument \"name\" is \"-A\"" },
        { "kubectl_get", "{\"kind\":\"pods\",\"namespace\":\"-A\"}", "argument \"namespace\" is \"-A\"" },
        { "kubectl_get", "{\"kind\":\"-A\"}", "argument \"kind\" is \"-A\"; it should be a string like ^[A-Za-z]" },
        { "kubectl_get", "{\"kind\":\"pods\",\"names\":\"a\"}", "argument \"names\" is \"a\"; it should be a list" },
        { "kubectl_get", "{\"kind\":\"pods\",\"names\":[1]}", "argument \"names[0]\" is 1; it should be a string" },
        { "kubectl_get", "{\"kind\":\"pods\",\"names\":[\"a\",\"-b\"]}", "must not begin with \"-\"" },
        { "kubectl_get", "{\"kind\":\"pods\",\"watch\":\"yes\"}", "it should be true or false" },
        { "kubectl_get", "[]", "must be a JSON object" },
        { "kubectl_top_pods", "{\"sort_by\":\"disk\"}",
          "argument \"sort_by\" is \"disk\"; it should be one of cpu, memory" },
        { "kubectl_set_image", "{\"kind\":\"d\",\"name\":\"a\",\"images\":{\"c\":1}}", "argument \"c\" is 1" },
        { "kubectl_set_image", "{\"kind\":\"d\",\"name\":\"a\",\"images\":{\"-c\":\"x\"}}",
          "must not begin with \"-\"" },
        { "kubectl", "{\"args\":[]}", "argument \"args\" is []; it should be a list, of at least 1" },
        { "kubectl_logs", "{\"target\":\"a\",\"since\":\"yesterday\"}", "argument \"since\" is \"yesterday\"" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_BUF line = OP_BUF_INIT;
        OP_AUTO_FREE char *input = NULL;
        bool ok = render(op_catalog_tool(&cat, rows[i].tool), rows[i].json, &line, &input, &err);
        if (rows[i].hint == NULL) { /* deployment/--all is one word, and no flag */
            assert_true(ok);
            continue;
        }
        if (ok || strstr(err.msg, rows[i].hint) == NULL)
            fail_msg("%s %s: \"%s\" does not say \"%s\"", rows[i].tool, rows[i].json, ok ? op_buf_str(&line) : err.msg,
                     rows[i].hint);
        assert_int_equal(err.code, OP_USAGE);
    }
}

static void test_standard_input(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF line = OP_BUF_INIT;
    OP_AUTO_FREE char *input = NULL;
    assert_true(
        render(op_catalog_tool(&cat, "kubectl_apply"), "{\"manifest\":\"kind: Pod\\n---\\n\"}", &line, &input, &err));
    assert_string_equal(op_buf_str(&line), "kubectl apply -f -");
    assert_string_equal(input, "kind: Pod\n---\n");
    OP_AUTO_BUF other = OP_BUF_INIT;
    OP_AUTO_FREE char *none = NULL;
    assert_true(render(op_catalog_tool(&cat, "kubectl_version"), "{}", &other, &none, &err));
    assert_null(none);
}

/* Nothing is split, joined or taken for a flag, whatever stands in a value. */
static void test_values_stay_one_argument(void **state)
{
    (void)state;
    const struct op_tool *tool = op_catalog_tool(&cat, "docker_run");
    OP_AUTO_JSON *args = op_json_object();
    op_json_set_str(args, "image", "a b;c$(d) --privileged");
    struct op_json *command = op_json_array();
    op_json_push(command, op_json_string("--help"));
    op_json_push(command, op_json_string(""));
    op_json_set(args, "command", command);
    OP_AUTO_STRV argv = OP_STRV_INIT;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_tool_render(tool, args, &argv, NULL, &err));
    assert_int_equal(argv.n, 5);
    assert_string_equal(argv.v[2], "a b;c$(d) --privileged");
    assert_string_equal(argv.v[3], "--help");
    assert_string_equal(argv.v[4], "");
}

/* What a chat-completions endpoint gets of a tool. */
static void test_schema(void **state)
{
    (void)state;
    for (size_t i = 0; i < cat.n_tools; i++) {
        OP_AUTO_JSON *t = op_tool_schema(&cat.tools[i], NULL);
        OP_AUTO_FREE char *text = op_json_print(t, false);
        assert_string_equal(op_json_str(t, "type"), "function");
        assert_string_equal(op_json_str(t, "function.name"), cat.tools[i].name);
        assert_true(strlen(op_json_str(t, "function.name")) <= 64);
        assert_string_equal(op_json_str(t, "function.description"), cat.tools[i].description);
        assert_string_equal(op_json_str(t, "function.parameters.type"), "object");
        const struct op_json *properties = op_json_at(t, "function.parameters.properties");
        assert_true(op_json_is_object(properties));
        const struct op_node *all = op_node_get(cat.tools[i].parameters, "properties");
        assert_int_equal(op_json_size(properties), all != NULL ? all->n : 0);
        OP_JSON_EACH(p, properties)
            assert_non_null(op_json_str(p, "type"));
        for (const char *const *no = (const char *const[]){ "\"pattern\"", "imum\"", "additionalProperties\":false", NULL };
             *no != NULL; no++)
            assert_null(strstr(text, *no));
    }
}

/* Members that are not of the schema language but named like it are kept, and only what is asked for is told. */
static void test_schema_in_part(void **state)
{
    (void)state;
    static const char yaml[] = "program: p\ntools:\n"
                               "  - name: p_x\n    description: D\n    argv: [p]\n    parameters:\n"
                               "      type: object\n      required: [pattern]\n      additionalProperties: false\n"
                               "      properties:\n"
                               "        pattern: {type: string, pattern: a, enum: [a, ab]}\n"
                               "        minimum: {type: integer, minimum: 3, default: 4, description: least}\n"
                               "        list: {type: array, minItems: 1, items: {type: string, maxLength: 9}}\n"
                               "        map: {type: object, additionalProperties: {type: string, pattern: b}}\n";
    struct op_doc doc;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_yaml_parse("t", yaml, sizeof(yaml) - 1, &doc, &err));
    const struct op_node *n = op_node_first(op_node_get(doc.root, "tools"));
    const struct op_tool tool = { .name = "p_x", .program = "p", .description = "D", .node = n, .doc = &doc,
                                  .parameters = op_node_get(n, "parameters") };
    OP_AUTO_JSON *whole = op_tool_schema(&tool, NULL);
    OP_AUTO_FREE char *text = op_json_print(op_json_at(whole, "function.parameters"), false);
    assert_string_equal(text, "{\"type\":\"object\",\"required\":[\"pattern\"],\"properties\":{"
                              "\"pattern\":{\"type\":\"string\",\"enum\":[\"a\",\"ab\"]},"
                              "\"minimum\":{\"type\":\"integer\",\"default\":4,\"description\":\"least\"},"
                              "\"list\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
                              "\"map\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}}");
    struct op_node pattern = { .kind = OP_NODE_SCALAR }, only = { .kind = OP_NODE_LIST, .n = 1 };
    op_node_link(&pattern, NULL, "pattern", NULL, NULL);
    op_node_link(&only, NULL, NULL, &pattern, NULL);
    OP_AUTO_JSON *part = op_tool_schema(&tool, &only);
    assert_int_equal(op_json_size(op_json_at(part, "function.parameters.properties")), 1);
    assert_non_null(op_json_at(part, "function.parameters.properties.pattern"));
    op_doc_free(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tools_make_what_people_write),
        cmocka_unit_test(test_wrong_arguments_get_a_hint),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_values_stay_one_argument),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_schema_in_part),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
