/* The catalogue: what is compiled in is what the files say; what a person adds is checked and told with its place. */
#include "opsh/catalog/catalog.h"

#include "opsh/base/str.h"
#include "opsh/catalog/embedded.h"
#include "opsh/data/yaml.h"
#include "opsh/gate/classify.h"
#include "opsh/os/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

static bool same_node(const struct op_node *a, const struct op_node *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind == b->kind && a->plain == b->plain && a->line == b->line && a->column == b->column &&
           a->key_line == b->key_line && a->key_column == b->key_column && a->n == b->n && op_str_eq(op_node_key(a), op_node_key(b)) &&
           op_str_eq(op_node_text(a), op_node_text(b)) && same_node(op_node_first(a), op_node_first(b)) && same_node(op_node_next(a), op_node_next(b));
}

static void test_embedded_is_what_the_files_say(void **state)
{
    (void)state;
    assert_true(op_embedded_docs_n >= 4);
    for (size_t i = 0; i < op_embedded_docs_n; i++) {
        const struct op_doc *made = &op_embedded_docs[i];
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", OPSH_SOURCE_DIR, made->file);
        OP_AUTO_BUF text = OP_BUF_INIT;
        struct op_err err = OP_ERR_INIT;
        struct op_doc doc;
        assert_true(op_file_read(path, OP_YAML_MAX, &text, &err));
        if (!op_yaml_parse(made->file, op_buf_str(&text), text.len, &doc, &err))
            fail_msg("%s", err.msg);
        if (!same_node(made->root, doc.root))
            fail_msg("%s: the compiled-in document is another one", made->file);
        op_doc_free(&doc);
    }
}

static void test_embedded_texts(void **state)
{
    (void)state;
    OP_AUTO_BUF text = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_file_read(OPSH_SOURCE_DIR "/prompts/system.md", OP_YAML_MAX, &text, &err));
    assert_non_null(op_embedded_text("prompts/system.md"));
    assert_string_equal(op_embedded_text("prompts/system.md"), op_buf_str(&text));
    assert_null(op_embedded_text("prompts/none.md"));
    assert_null(op_embedded_text(""));
}

/* ---- a person's own folder ---- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/opsh-catalog-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = { "a.yaml", "b.yaml", "c.txt", ".hidden.yaml" };
    for (size_t i = 0; i < OP_LEN(names); i++) {
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

static void write_file(const char *name, const char *text)
{
    OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, name);
    struct op_err err = OP_ERR_INIT;
    assert_true(op_file_write_private(path, text, strlen(text), &err));
}

static void test_no_folder(void **state)
{
    (void)state;
    struct op_catalog cat;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_catalog_load("/nonexistent/opsh/tools", &cat, &err));
    assert_int_equal(cat.n_docs, op_embedded_docs_n);
    op_catalog_free(&cat);
}

static void test_own_tools_are_added(void **state)
{
    (void)state;
    write_file(
        "b.yaml",
        "program: stern\ntools:\n  - name: stern\n    description: Logs.\n    parameters: {type: object, "
        "properties: {q: {type: string}}}\n    argv: [stern, \"{q}\"]\nverbs:\n  \"\": {risk: read, stops: true}\n");
    write_file("a.yaml", "program: kubectl\nverbs:\n  neat: {risk: read}\n");
    write_file("c.txt", "not: [yaml");
    write_file(".hidden.yaml", "not: [yaml");
    struct op_catalog cat;
    struct op_err err = OP_ERR_INIT;
    if (!op_catalog_load(folder, &cat, &err) || !op_gate_check(&cat, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(cat.n_docs, op_embedded_docs_n + 2);
    assert_true(op_str_ends(cat.docs[op_embedded_docs_n].file, "/a.yaml")); /* in order of their names */
    assert_non_null(op_catalog_tool(&cat, "stern"));
    assert_non_null(op_catalog_tool(&cat, "kubectl_get"));
    assert_null(op_catalog_tool(&cat, "kubectl_gte"));
    OP_AUTO_STRV argv = OP_STRV_INIT;
    struct op_verdict v;
    op_strv_push(&argv, "kubectl");
    op_strv_push(&argv, "neat");
    op_gate_classify(&cat, &argv, NULL, &v);
    assert_int_equal(v.risk, OP_RISK_READ);
    size_t i = 0, verbs = 0;
    const struct op_doc *doc = NULL;
    while (op_catalog_section(&cat, "verbs", &i, &doc) != NULL)
        verbs++;
    assert_int_equal(verbs, 7); /* kubectl, helm, docker, minikube, opsh, and these two */
    assert_true(op_str_ends(doc->file, "/b.yaml"));
    op_catalog_free(&cat);
}

#define TOOL          "program: x\ntools:\n  - name: x_y\n    description: D.\n    parameters: {type: object}\n    argv: [x]\n"
#define PARAMETERS(p) "program: x\ntools:\n  - name: x_y\n    description: D.\n    argv: [x]\n    parameters: " p "\n"
#define ARGV(a)                                                                                                        \
    "program: x\ntools:\n  - name: x_y\n    description: D.\n    parameters: {type: object, properties: {a: {type: "   \
    "string}, l: {type: array}}}\n    argv: " a "\n"
#define VERB(v) "program: x\nverbs:\n  go: " v "\n"

static const struct {
    const char *text, *place, *says;
} mistakes[] = {
    /* YAML */
    { "tools: [", ":2:1: ", "" },
    { "a: 1\na: 2\n", ":2:1: ", "twice" },
    { "- 1\n", ":1:1: ", "must be a map" },
    { "program: &a x\n", ":1:10: ", "anchors" },
    /* sections and entries */
    { "program: x\ntool: []\n", ":2:1: ", "unknown key \"tool\"; did you mean \"tools\"?" },
    { "program: [x]\n", ":1:10: ", "program must be a single value" },
    { "program: x\ntools: {}\n", ":2:8: ", "tools must be a list" },
    { "program: x\ntools:\n  - 1\n", ":3:5: ", "must be a map" },
    { TOOL "    risk: read\n", ":7:5: ", "unknown key \"risk\"" },
    { "program: x\ntools:\n  - description: D.\n    parameters: {type: object}\n    argv: [x]\n",
      ":3:5: ", "without name" },
    { "program: x\ntools:\n  - name: x_y\n    parameters: {type: object}\n    argv: [x]\n",
      ":3:5: ", "without description" },
    { "program: x\ntools:\n  - name: X y\n    description: D.\n    parameters: {type: object}\n    argv: [x]\n",
      ":3:11: ", "a-z, 0-9 and _" },
    { TOOL "  - name: x_y\n    description: D.\n    parameters: {type: object}\n    argv: [x]\n",
      ":7:5: ", "already at" },
    { "program: x\ntools:\n  - name: kubectl_get\n    description: D.\n    parameters: {type: object}\n    argv: [x]\n",
      ":3:5: ", "already at tools/kubectl.yaml:" },
    { "tools:\n  - name: x_y\n    description: D.\n    parameters: {type: object}\n    argv: [x]\n", ":5:11: ",
      "begin with the "
      "document's program" },
    { TOOL "    stdin: a\n", ":7:12: ", "stdin must name a parameter" },
    /* parameters */
    { PARAMETERS("{type: array}"), ":6:17: ", "needs parameters of type object" },
    { PARAMETERS("{properties: {}}"), ":6:17: ", "needs parameters of type object" },
    { PARAMETERS("{type: object, properties: {a: {}}}"), ":6:48: ", "a: without a type" },
    { PARAMETERS("{type: object, properties: {a: {type: text}}}"), ":6:55: ", "type must be object, array" },
    { PARAMETERS("{type: object, properties: {a: {type: string, patern: x}}}"), ":6:63: ", "did you mean \"pattern\"" },
    { PARAMETERS("{type: object, properties: {a: {type: string, pattern: \"(\"}}}"), ":6:72: ", "pattern: " },
    { PARAMETERS("{type: object, properties: {a: {type: integer, minimum: x}}}"), ":6:73: ", "whole number" },
    { PARAMETERS("{type: object, required: [b], properties: {a: {type: string}}}"), ":6:43: ", "\"b\" is not among" },
    { PARAMETERS("{type: object, properties: {a: {type: array, items: {type: x}}}}"), ":6:76: ", "type must be" },
    /* argv */
    { ARGV("x"), ":6:11: ", "needs argv, a list" },
    { ARGV("[]"), ":6:11: ", "needs argv, a list" },
    { ARGV("[y]"), ":6:11: ", "begin with the document's program, x" },
    { ARGV("[x, \"{b}\"]"), ":6:15: ", "{b}, which is not among the parameters" },
    { ARGV("[x, \"{l}\"]"), ":6:15: ", "{l} is of type array" },
    { ARGV("[x, \"{item}\"]"), ":6:15: ", "{item}, which is not among" },
    { ARGV("[x, {when: b, then: [y]}]"), ":6:22: ", "\"b\", which is not among" },
    { ARGV("[x, {when: \"!b\", then: [y]}]"), ":6:22: ", "\"b\", which is not among" },
    { ARGV("[x, {each: a, then: [y]}]"), ":6:22: ", "\"a\" is of type string, not a list" },
    { ARGV("[x, {args: a}]"), ":6:22: ", "\"a\" is of type string, not a list" },
    { ARGV("[x, {when: a}]"), ":6:15: ", "an item is text" },
    { ARGV("[x, {when: a, each: l, then: []}]"), ":6:15: ", "an item is text" },
    { ARGV("[x, {wen: a, then: []}]"), ":6:16: ", "did you mean \"when\"" },
    { ARGV("[x, [y]]"), ":6:15: ", "an argument is text" },
    { ARGV("[x, {each: l, then: [{when: b, then: []}]}]"), ":6:39: ", "\"b\", which is not among" },
    /* the gate's tables */
    { "verbs: {go: {risk: read}}\n", ":1:8: ", "say program" },
    { VERB("{}"), ":3:7: ", "needs either risk or group" },
    { VERB("{risk: red}"), ":3:14: ", "read, change, destroy or refused" },
    { VERB("{risk: read, flag: [a]}"), ":3:20: ", "did you mean \"flags\"" },
    { VERB("{risk: read, flags: [--a]}"), ":3:28: ", "a flag is written" },
    { VERB("{risk: read, flags: [\"a b\"]}"), ":3:28: ", "a flag is written" },
    { VERB("{risk: read, stops: yes}"), ":3:27: ", "true or false" },
    { VERB("{risk: read, proof: maybe}"), ":3:27: ", "proof must be one of" },
    { VERB("{risk: read, use: [print]}"), ":3:26: ", "no such group" },
    { VERB("{risk: read, rules: [{flag: b, risk: change}]}"), ":3:35: ", "\"b\" is in no table" },
    { VERB("{risk: read, flags: [b/bad], rules: [{flag: b, risk: change}]}"), ":3:51: ", "by its last name, \"bad\"" },
    { VERB("{risk: read, rules: [{risk: chnge}]}"), ":3:35: ", "read, change" },
    { VERB("{risk: read, rules: [{to: read}]}"), ":3:28: ", "belongs into lower" },
    { VERB("{risk: change, lower: [{risk: read}]}"), ":3:30: ", "needs to" },
    { VERB("{risk: read, rules: [{value: x}]}"), ":3:28: ", "say which" },
    { VERB("{risk: read, rules: [{arg: [X]}]}"), ":3:35: ", "lower case" },
    { VERB("{risk: read, rules: [{arg: [[x]]}]}"), ":3:35: ", "list of texts" },
    { VERB("{risk: read, rules: [{guard: no}]}"), ":3:36: ", "guard must be one of" },
    { VERB("{same: come}"), ":3:14: ", "must name a verb" },
    { VERB("{same: come, risk: read}"), ":3:7: ", "same stands alone" },
    { "program: x\nflags: {known: [a], nown: []}\nverbs: {}\n", ":2:21: ", "did you mean \"known\"" },
    { "program: kubectl\nverbs:\n  delete: {risk: read}\n", ":3:11: ", "kubectl delete already has a row" },
};

static void test_mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    OP_AUTO_FREE char *second = op_asprintf("%s/b.yaml", folder);
    (void)unlink(second);
    for (size_t i = 0; i < OP_LEN(mistakes); i++) {
        struct op_catalog cat;
        struct op_err err = OP_ERR_INIT;
        write_file("a.yaml", mistakes[i].text);
        bool ok = op_catalog_load(folder, &cat, &err);
        if (ok) {
            ok = op_gate_check(&cat, &err);
            op_catalog_free(&cat);
        } else {
            assert_null(cat.docs);
        }
        if (ok)
            fail_msg("accepted: %s", mistakes[i].text);
        OP_AUTO_FREE char *place = op_asprintf("%s/a.yaml%s", folder, mistakes[i].place);
        if (!op_str_starts(err.msg, place) || strstr(err.msg, mistakes[i].says) == NULL)
            fail_msg("%s\nis told as   %s\nshould be at %s… %s", mistakes[i].text, err.msg, place, mistakes[i].says);
        assert_int_equal(err.code, OP_CONFIG);
    }
}

static void test_risk_names(void **state)
{
    (void)state;
    enum op_risk risk = OP_RISK_REFUSED;
    assert_true(op_risk_parse("read", &risk));
    assert_int_equal(risk, OP_RISK_READ);
    assert_true(op_risk_parse("destroy", &risk));
    assert_int_equal(risk, OP_RISK_DESTROY);
    assert_false(op_risk_parse("Read", &risk));
    assert_false(op_risk_parse(NULL, &risk));
    assert_string_equal(op_risk_name(OP_RISK_CHANGE), "change");
    assert_string_equal(op_risk_name((enum op_risk)99), "refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded_is_what_the_files_say),
        cmocka_unit_test(test_embedded_texts),
        cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_own_tools_are_added),
        cmocka_unit_test(test_mistakes_are_told_with_their_place),
        cmocka_unit_test(test_risk_names),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
