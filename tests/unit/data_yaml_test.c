/* People's YAML read strictly: limits, what is refused, and that every complaint names the place. */
#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/data/yaml.h"
#include "opsh/os/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct op_doc parse_bytes(const char *bytes, size_t n)
{
    struct op_err err = OP_ERR_INIT;
    struct op_doc doc;
    if (!op_yaml_parse("f.yaml", bytes, n, &doc, &err))
        fail_msg("%s", err.msg);
    return doc;
}

static struct op_doc parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void refused(const char *bytes, size_t n, const char *place, const char *why)
{
    struct op_err err = OP_ERR_INIT;
    struct op_doc doc;
    if (op_yaml_parse("f.yaml", bytes, n, &doc, &err)) {
        op_doc_free(&doc);
        fail_msg("accepted: %.60s", bytes);
    }
    assert_int_equal(err.code, OP_CONFIG);
    assert_null(doc.memory);
    if (strncmp(err.msg, place, strlen(place)) != 0 || strstr(err.msg, why) == NULL)
        fail_msg("%.60s: \"%s\" is not at %s or says nothing of \"%s\"", bytes, err.msg, place, why);
}

#define REFUSED(literal, place, why) refused(literal, sizeof(literal) - 1, place, why)

static void an_empty_document_is_an_empty_map(void **state)
{
    (void)state;
    static const char *const empty[] = { "", "\n\n", "# only\n# comments\n", "---\n", "--- # nothing\n...\n", "\xef\xbb\xbf", "{}" };
    for (size_t i = 0; i < OP_LEN(empty); i++) {
        struct op_doc doc = parse(empty[i]);
        if (doc.root == NULL || doc.root->kind != OP_NODE_MAP || doc.root->n != 0)
            fail_msg("\"%s\" is no empty map", empty[i]);
        assert_string_equal(doc.file, "f.yaml");
        op_doc_free(&doc);
        assert_null(doc.root);
    }
}

static void nodes_remember_where_they_stood(void **state)
{
    (void)state;
    struct op_doc doc = parse("a: 1\nlist:\n  - x\n  - {k: \"v\"}\nmap:\n  inner: |\n    one\n    two\n");
    const struct op_node *list = op_node_get(doc.root, "list");
    assert_int_equal(doc.root->n, 3);
    assert_int_equal(list->kind, OP_NODE_LIST);
    assert_int_equal(list->n, 2);
    assert_int_equal(op_node_first(list)->line, 3);
    assert_int_equal(op_node_first(list)->column, 5);
    const struct op_node *k = op_node_get(op_node_next(op_node_first(list)), "k");
    assert_string_equal(op_node_text(k), "v");
    assert_false(k->plain);
    assert_true(op_node_get(doc.root, "a")->plain);
    assert_int_equal(k->line, 4);
    assert_int_equal(k->column, 9);
    assert_null(op_node_next(k));
    assert_string_equal(op_node_text(op_node_get(op_node_get(doc.root, "map"), "inner")), "one\ntwo\n");
    assert_null(op_node_get(op_node_get(doc.root, "nope"), "inner"));
    assert_null(op_node_get(op_node_get(doc.root, "a"), "inner"));
    op_doc_free(&doc);
}

static void scalars_arrive_as_they_were_meant(void **state)
{
    (void)state;
    struct op_doc doc = parse("lit: |\n  a\n   b\n\nstrip: |-\n  a\nkeep: |+\n  a\n\nfold: >\n  a\n  b\n\n  c\n"
                              "multi: one\n  two\nesc: \"\\u00e9\\n\\x41\\/\"\nsingle: 'it''s'\nurl: http://x:80/#y\nempty:\n"
                              "json: {\"a\":1,\"b\":[true,null]}\n");
    static const struct {
        const char *key, *text;
    } rows[] = { { "lit", "a\n b\n" }, { "strip", "a" },        { "keep", "a\n\n" },      { "fold", "a b\nc\n" },
                 { "multi", "one two" }, { "esc", "\xc3\xa9\nA/" }, { "single", "it's" }, { "url", "http://x:80/#y" },
                 { "empty", "" } };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        assert_string_equal(op_node_text(op_node_get(doc.root, rows[i].key)), rows[i].text);
    assert_true(op_node_is_null(op_node_get(doc.root, "empty")));
    assert_string_equal(op_node_text(op_node_get(op_node_get(doc.root, "json"), "a")), "1");
    op_doc_free(&doc);
}

static void line_ends_and_byte_order_marks_do_not_matter(void **state)
{
    (void)state;
    static const char *const same[] = { "a: 1\nb: 2\nc:\n  - 3\n", "a: 1\r\nb: 2\r\nc:\r\n  - 3\r\n", "a: 1\rb: 2\rc:\r  - 3\r",
                                        "\xef\xbb\xbf" "a: 1\nb: 2\nc:\n  - 3\n", "\xef\xbb\xbf" "a: 1\r\nb: 2\r\nc: [3]",
                                        "--- \na: 1\nb: 2\nc: [3]\n...\n", "%YAML 1.1\n---\na: 1\nb: 2\nc: [3]\n" };
    for (size_t i = 0; i < OP_LEN(same); i++) {
        struct op_doc doc = parse(same[i]);
        assert_int_equal(doc.root->n, 3);
        assert_string_equal(op_node_text(op_node_get(doc.root, "b")), "2");
        assert_string_equal(op_node_text(op_node_first(op_node_get(doc.root, "c"))), "3");
        op_doc_free(&doc);
    }
    struct op_doc doc = parse("\xef\xbb\xbf" "a: 1\n");
    assert_int_equal(op_node_get(doc.root, "a")->column, 4); /* the mark is no column */
    op_doc_free(&doc);
}

static void what_could_deceive_is_refused(void **state)
{
    (void)state;
    REFUSED("a: &x 1\nb: 2\n", "f.yaml:1:4:", "anchors, aliases and tags");
    REFUSED("a: 1\nb: *x\n", "f.yaml:2:4:", "anchors, aliases and tags");
    REFUSED("a: &x [*x]\n", "f.yaml:1:4:", "anchors, aliases and tags");
    REFUSED("a: !!str 1\n", "f.yaml:1:4:", "anchors, aliases and tags");
    REFUSED("a: ! 1\n", "f.yaml:1:4:", "anchors, aliases and tags");
    REFUSED("&x a: 1\n", "f.yaml:1:1:", "");
    REFUSED("!!map {a: 1}\n", "f.yaml:1:1:", "anchors, aliases and tags");
    REFUSED("a: 1\nb:\n  c: 2\n  c: 3\n", "f.yaml:4:3:", "twice");
    REFUSED("a: 1\n\"a\": 2\n", "f.yaml:2:1:", "twice");
    REFUSED("{a: 1, b: 2, a: 3}", "f.yaml:1:14:", "twice");
    REFUSED("? [a]\n: 1\n", "f.yaml:1:3:", "key must be plain text");
    REFUSED("{? {a: 1} : 1}", "f.yaml:1:4:", "key must be plain text");
    REFUSED("a: 1\n---\nb: 2\n", "f.yaml:2:1:", "one document");
    REFUSED("---\n---\n", "f.yaml:2:1:", "one document");
    REFUSED("a: 1\n...\n---\n", "f.yaml:3:1:", "one document");
    REFUSED("x: 1\na: \"x\\0y\"\n", "f.yaml:2:4:", "NUL");
    REFUSED("\"x\\0y\": 1\n", "f.yaml:1:1:", "NUL");
}

static void mistakes_are_named_with_their_place(void **state)
{
    (void)state;
    REFUSED("a: 1\n\tb: 2\n", "f.yaml:2:1:", "");
    REFUSED("a: [1, 2\nb: 3\n", "f.yaml:2:", "");
    REFUSED("a: 1\nb: \"x\n", "f.yaml:3:1:", "quoted scalar");
    REFUSED("a: 1\n b: 2\n", "f.yaml:2:3:", "");
    REFUSED("a: }\n", "f.yaml:1:4:", "");
    REFUSED("a: 1\nb: 2\nc: x\0y\n", "f.yaml:3:5:", "control characters");
    REFUSED("a: 1\nb: 2\nc: \x1b[31m\n", "f.yaml:3:4:", "control characters");
    REFUSED("a: 1\r\nb: \xff\n", "f.yaml:2:4:", "UTF-8");
    REFUSED("\xef\xbb\xbf" "a: \xff\n", "f.yaml:1:4:", "UTF-8");
    REFUSED("a: \xc3\xa9\xc3", "f.yaml:1:5:", "UTF-8"); /* columns are characters */
    REFUSED("a\0:\0 \0001\0", "f.yaml:1:2:", "control characters"); /* UTF-16 */
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    char text[256];
    for (size_t d = OP_YAML_DEPTH; d <= OP_YAML_DEPTH + 1; d++) {
        memset(text, '[', d);
        memset(text + d, ']', d);
        if (d == OP_YAML_DEPTH) {
            struct op_doc doc = parse_bytes(text, 2 * d);
            op_doc_free(&doc);
        } else {
            refused(text, 2 * d, "f.yaml:1:65:", "deep");
        }
    }
}

/* Each of these took seconds, or all the stack, in the library's own reader. */
static void hostile_input_ends_quickly(void **state)
{
    (void)state;
    static const char *const units[] = { "[", "{", "- ", "? ", "[[],", "{a: ", "[{", "- - ", "a: \n ", "!", "&a", "%", "\"" };
    size_t n = (size_t)128 << 10;
    OP_AUTO_FREE char *text = op_calloc(n + 16, 1);
    for (size_t u = 0; u < OP_LEN(units); u++) {
        size_t len = strlen(units[u]);
        for (size_t i = 0; i < n; i += len)
            memcpy(text + i, units[u], len);
        struct op_err err = OP_ERR_INIT;
        struct op_doc doc;
        int64_t started = op_clock_ms();
        if (op_yaml_parse("f.yaml", text, n, &doc, &err))
            op_doc_free(&doc);
        int64_t ms = op_clock_ms() - started;
        if (ms > 1000 || (u == 0 && ms > 100))
            fail_msg("\"%s\" takes %lld ms", units[u], (long long)ms);
    }
}

static void many_keys_do_not_take_for_ever(void **state)
{
    (void)state;
    OP_AUTO_BUF text = OP_BUF_INIT;
    for (int map = 0; map < 20; map++) {
        op_buf_addf(&text, "m%d:\n", map);
        for (int i = 0; i < 9999; i++)
            op_buf_addf(&text, "  k%d: 1\n", i);
    }
    int64_t started = op_clock_ms();
    struct op_doc doc = parse_bytes(op_buf_str(&text), text.len);
    assert_int_equal(op_node_get(doc.root, "m19")->n, 9999);
    op_doc_free(&doc);
    op_buf_adds(&text, "  k5000: 2\n");
    refused(op_buf_str(&text), text.len, "f.yaml:200001:3:", "twice");
    assert_true(op_clock_ms() - started < 4000);
    op_buf_trunc(&text, text.len - 11);
    op_buf_adds(&text, "  z1: 1\n  z2: 1\n");
    refused(op_buf_str(&text), text.len, "f.yaml:200002:", "more than 10000 entries");
}

static void size_has_a_limit(void **state)
{
    (void)state;
    OP_AUTO_FREE char *text = op_calloc(OP_YAML_MAX + 2, 1);
    memset(text, 'x', OP_YAML_MAX + 1);
    memcpy(text, "a: ", 3);
    struct op_doc doc = parse_bytes(text, OP_YAML_MAX); /* a certificate on one line */
    assert_int_equal(strlen(op_node_text(op_node_get(doc.root, "a"))), OP_YAML_MAX - 3);
    op_doc_free(&doc);
    refused(text, OP_YAML_MAX + 1, "f.yaml:", "4 MiB");
}

static void typed_reads_say_what_is_wrong_and_where(void **state)
{
    (void)state;
    struct op_doc doc = parse("s: text\nq: \"true\"\nb: true\ni: 5\nbig: 11\nl: [1]\nnull1:\nnull2: ~\nyes: yes\nf: 1.0\n");
    struct op_err err = OP_ERR_INIT;
    const char *s = "before";
    bool b = false;
    int64_t i = 77;
    assert_true(op_node_read_str(&doc, doc.root, "s", &s, &err));
    assert_string_equal(s, "text");
    s = "before";
    assert_true(op_node_read_str(&doc, doc.root, "absent", &s, &err) && op_node_read_str(&doc, doc.root, "null1", &s, &err) &&
                op_node_read_str(&doc, doc.root, "null2", &s, &err) && op_node_read_str(&doc, NULL, "s", &s, &err));
    assert_string_equal(s, "before");
    assert_false(op_node_read_str(&doc, doc.root, "l", &s, &err));
    assert_string_equal(err.msg, "f.yaml:6:4: l must be a single value, not a list");
    assert_true(op_node_read_bool(&doc, doc.root, "b", &b, &err) && b);
    assert_false(op_node_read_bool(&doc, doc.root, "q", &b, &err)); /* quoted: a text */
    assert_string_equal(err.msg, "f.yaml:2:4: q must be true or false");
    assert_false(op_node_read_bool(&doc, doc.root, "yes", &b, &err));
    assert_true(op_node_read_int(&doc, doc.root, "i", 0, 10, &i, &err) && i == 5);
    assert_false(op_node_read_int(&doc, doc.root, "big", 0, 10, &i, &err));
    assert_string_equal(err.msg, "f.yaml:5:6: big must be a whole number from 0 to 10");
    assert_false(op_node_read_int(&doc, doc.root, "f", 0, 10, &i, &err));
    assert_false(op_node_read_int(&doc, doc.root, "l", 0, 10, &i, &err));
    assert_true(op_node_read_int(&doc, doc.root, "absent", 0, 10, &i, &err) && i == 5);
    assert_true(op_node_expect(&doc, NULL, OP_NODE_MAP, &err));
    assert_false(op_node_expect(&doc, doc.root, OP_NODE_LIST, &err));
    assert_string_equal(err.msg, "f.yaml:1:1: this value must be a list, not a map");
    op_doc_free(&doc);
}

static void unknown_keys_name_the_nearest_known_one(void **state)
{
    (void)state;
    static const char *const keys[] = { "model", "namespace", NULL };
    struct op_doc doc = parse("model: x\nnamepsace: y\n");
    struct op_err err = OP_ERR_INIT;
    assert_false(op_node_known_keys(&doc, doc.root, keys, &err));
    assert_non_null(strstr(err.msg, "f.yaml:2:"));
    assert_non_null(strstr(err.msg, "unknown key \"namepsace\"; did you mean \"namespace\"?"));
    assert_true(op_node_known_keys(&doc, NULL, keys, &err));
    assert_false(op_node_known_keys(&doc, op_node_first(doc.root), keys, &err));
    assert_non_null(strstr(err.msg, "model must be a map, not a single value"));
    op_doc_free(&doc);
    doc = parse("zzzzzzzzzz: 1\n");
    assert_false(op_node_known_keys(&doc, doc.root, keys, &err));
    assert_null(strstr(err.msg, "did you mean"));
    op_doc_free(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_document_is_an_empty_map),
        cmocka_unit_test(nodes_remember_where_they_stood),
        cmocka_unit_test(scalars_arrive_as_they_were_meant),
        cmocka_unit_test(line_ends_and_byte_order_marks_do_not_matter),
        cmocka_unit_test(what_could_deceive_is_refused),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(hostile_input_ends_quickly),
        cmocka_unit_test(many_keys_do_not_take_for_ever),
        cmocka_unit_test(size_has_a_limit),
        cmocka_unit_test(typed_reads_say_what_is_wrong_and_where),
        cmocka_unit_test(unknown_keys_name_the_nearest_known_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
