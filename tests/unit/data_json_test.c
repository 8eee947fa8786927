/* JSON read strictly: everything that another reader might understand differently is refused. */
#include "opsh/base/mem.h"
#include "opsh/base/str.h"
#include "opsh/data/json.h"
#include "opsh/data/yaml.h"
#include "opsh/os/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct op_json *parse(const char *text)
{
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = op_json_parse(text, strlen(text), OP_JSON_UNIQUE, &err);
    if (j == NULL)
        fail_msg("%s: %s", text, err.msg);
    return j;
}

static void refused(const char *bytes, size_t n, enum op_json_flags flags, enum op_code code, const char *why)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_JSON *j = op_json_parse(bytes, n, flags, &err);
    if (j != NULL)
        fail_msg("accepted: %s", bytes);
    assert_int_equal(err.code, code);
    if (strstr(err.msg, why) == NULL)
        fail_msg("%s: \"%s\" says nothing of \"%s\"", bytes, err.msg, why);
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "", " ", "{", "[1,]", "{\"a\":1,}", "{'a':1}", "{a:1}", "nul", "nullx", "+1", "-", "[1 2]",
                                       "{\"a\" 1}", "{\"a\":}", "\"x", "// c\n1", "NaN", "Infinity", "[1,,2]", "\"\\x41\"", "]",
                                       "01", "[-01]", "1.", ".5", "1e", "[1.e5]", "1-2" };
    for (size_t i = 0; i < OP_LEN(bad); i++)
        refused(bad[i], strlen(bad[i]), OP_JSON_LOOSE, OP_NETWORK, "JSON at byte");
    refused("{} x", 4, OP_JSON_LOOSE, OP_NETWORK, "at byte 3");
    refused("{}{}", 4, OP_JSON_LOOSE, OP_NETWORK, "at byte 2");
    refused("[1]\n\n]", 6, OP_JSON_LOOSE, OP_NETWORK, "at byte 5");
    refused("{\"a\"!1}", 7, OP_JSON_LOOSE, OP_NETWORK, "at byte 4");
}

static void a_string_cannot_be_cut_short(void **state)
{
    (void)state;
    refused("{\"a\":\"x\\u0000y\"}", 16, OP_JSON_LOOSE, OP_NETWORK, "\\u0000 at byte 7");
    refused("{\"a\\u0000\":1}", 13, OP_JSON_LOOSE, OP_NETWORK, "\\u0000");
    refused("[1]\0", 4, OP_JSON_LOOSE, OP_NETWORK, "NUL byte at byte 3");
    refused("[\"a\0b\"]", 7, OP_JSON_LOOSE, OP_NETWORK, "NUL byte at byte 3");
    static const char *const bad[] = { "[\"x\\uZZZZy\"]", "[\"x\\u00\"]", "[\"\\u\"]", "[\"\\u12g4\"]", "[\"\\u 041\"]", "[\"\\u+041\"]" };
    for (size_t i = 0; i < OP_LEN(bad); i++) /* cJSON reads these as NUL */
        refused(bad[i], strlen(bad[i]), OP_JSON_LOOSE, OP_NETWORK, "at byte");
    OP_AUTO_JSON *j = parse("[\"\\\\u0000\",\"\\u00e9\\uD83D\\uDC33\"]"); /* a backslash, then u0000 */
    assert_string_equal(op_json_text(op_json_first(j)), "\\u0000");
    assert_string_equal(op_json_text(op_json_next(op_json_first(j))), "\xc3\xa9\xf0\x9f\x90\xb3");
    static const char *const halves[] = { "[\"\\ud800\"]", "[\"\\udc00\"]", "[\"\\ud800x\"]", "[\"\\ud800\\ud800\"]" };
    for (size_t i = 0; i < OP_LEN(halves); i++)
        refused(halves[i], strlen(halves[i]), OP_JSON_LOOSE, OP_NETWORK, "at byte");
}

static void bytes_that_are_not_text_are_refused(void **state)
{
    (void)state;
    refused("[\"\xc3(\"]", 6, OP_JSON_LOOSE, OP_NETWORK, "UTF-8");
    refused("[\"\xed\xa0\x80\"]", 7, OP_JSON_LOOSE, OP_NETWORK, "UTF-8");
    refused("[\"a\nb\"]", 7, OP_JSON_LOOSE, OP_NETWORK, "control character inside a string at byte 3");
    refused("{\x01\"a\":1}", 8, OP_JSON_LOOSE, OP_NETWORK, "control character at byte 1"); /* cJSON: white space */
    OP_AUTO_JSON *j = parse(" \t\r\n{ \"a\"\n:\t1 }\r\n");
    assert_int_equal(op_json_int_or(j, "a", 0), 1);
}

static void keys_are_unique_where_that_is_asked(void **state)
{
    (void)state;
    static const char *const twice[] = { "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]" };
    for (size_t i = 0; i < OP_LEN(twice); i++) {
        refused(twice[i], strlen(twice[i]), OP_JSON_UNIQUE, OP_NETWORK, "stands twice");
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_JSON *j = op_json_parse(twice[i], strlen(twice[i]), OP_JSON_LOOSE, &err);
        assert_non_null(j);
    }
    refused("{\"name\":1,\"name\":2}", 19, OP_JSON_UNIQUE, OP_NETWORK, "\"name\"");
    OP_AUTO_JSON *j = parse("{\"Name\":1,\"name\":2}"); /* keys differ by case */
    assert_int_equal(op_json_int_or(j, "name", 0), 2);
    OP_AUTO_JSON *same = parse("[{\"a\":1},{\"a\":1}]");
    assert_int_equal(op_json_size(same), 2);
}

static void many_keys_do_not_take_for_ever(void **state)
{
    (void)state;
    OP_AUTO_BUF text = OP_BUF_INIT;
    op_buf_addc(&text, '{');
    for (int i = 0; i < 100000; i++)
        op_buf_addf(&text, "\"key%d\":0,", i);
    op_buf_adds(&text, "\"key99999\":1}");
    int64_t started = op_clock_ms();
    refused(op_buf_str(&text), text.len, OP_JSON_UNIQUE, OP_NETWORK, "\"key99999\" stands twice");
    assert_true(op_clock_ms() - started < 3000); /* every pair compared: 30 s */
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    char text[2 * (OP_JSON_DEPTH + 1) + 1];
    for (size_t d = OP_JSON_DEPTH; d <= OP_JSON_DEPTH + 1; d++) {
        memset(text, '[', d);
        memset(text + d, ']', d);
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_JSON *j = op_json_parse(text, 2 * d, OP_JSON_LOOSE, &err);
        assert_true((j != NULL) == (d == OP_JSON_DEPTH));
        assert_int_equal(err.code, j != NULL ? OP_OK : OP_LIMIT);
    }
    OP_AUTO_JSON *flat = parse("[\"[[[\",\"\\\"[[\",{}]"); /* brackets in strings do not count */
    assert_int_equal(op_json_size(flat), 3);
}

static void integers_are_exact_or_not_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } rows[] = {
        { "0", true, 0 },     { "-0", true, 0 },  { "1e3", true, 1000 },  { "1.0", true, 1 },    { "1.5", false, 0 },
        { "true", false, 0 }, { "\"1\"", false, 0 }, { "null", false, 0 }, { "1e300", false, 0 },
        { "2147483648", true, 2147483648 }, /* cJSON's own int saturates here */
        { "9007199254740991", true, 9007199254740991 },
        { "-9007199254740991", true, -9007199254740991 },
        { "9007199254740993", false, 0 }, /* a double makes …992 of it */
        { "-9007199254740993", false, 0 },
        { "12345678901234567890", false, 0 },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        OP_AUTO_JSON *j = parse(rows[i].text);
        int64_t v = 77;
        if (op_json_int(j, &v) != rows[i].ok)
            fail_msg("%s", rows[i].text);
        assert_true(v == (rows[i].ok ? rows[i].value : 77));
    }
    refused("[1e400]", 7, OP_JSON_LOOSE, OP_NETWORK, "too large"); /* cJSON would print null */
    refused("{\"a\":-1e999}", 12, OP_JSON_LOOSE, OP_NETWORK, "too large");
}

static void paths_are_followed_with_care(void **state)
{
    (void)state;
    OP_AUTO_JSON *j = parse("{\"a\":{\"b\":{\"c\":\"x\"},\"\":\"empty\",\"n\":null,\"t\":true},\"l\":[1]}");
    assert_string_equal(op_json_str(j, "a.b.c"), "x");
    assert_null(op_json_str(j, "a.b"));
    assert_null(op_json_at(j, "a.x.c"));
    assert_null(op_json_at(j, "l.0"));
    assert_null(op_json_at(j, "a.b.c.d"));
    assert_string_equal(op_json_str(j, "a..") /* a, "", end */, "empty");
    assert_ptr_equal(op_json_at(j, ""), j);
    assert_int_equal(op_json_int_or(j, "a.b.c", -3), -3);
    assert_true(op_json_is_true(j, "a.t"));
    assert_false(op_json_is_true(j, "a.n"));
    assert_true(op_json_is_null(op_json_at(j, "a.n")) && op_json_is_null(op_json_at(j, "nope")));
    char key[200];
    memset(key, 'k', sizeof(key));
    key[199] = '\0';
    assert_null(op_json_at(j, key));
}

static void nothing_reads_as_nothing(void **state)
{
    (void)state;
    int64_t i;
    double d;
    bool b;
    assert_null(op_json_get(NULL, "a"));
    assert_null(op_json_at(NULL, "a.b"));
    assert_null(op_json_text(NULL));
    assert_null(op_json_str(NULL, "a"));
    assert_null(op_json_first(NULL));
    assert_null(op_json_next(NULL));
    assert_null(op_json_key(NULL));
    assert_int_equal(op_json_size(NULL), 0);
    assert_true(op_json_is_null(NULL));
    assert_false(op_json_int(NULL, &i) || op_json_number(NULL, &d) || op_json_bool(NULL, &b));
    assert_false(op_json_is_object(NULL) || op_json_is_array(NULL) || op_json_is_true(NULL, "a"));
    OP_AUTO_JSON *copy = op_json_dup(NULL);
    assert_true(op_json_is_null(copy));
}

static void what_is_built_prints_and_reads_back(void **state)
{
    (void)state;
    OP_AUTO_JSON *j = op_json_object();
    op_json_set_str(j, "text", "a\"b\n\x1b");
    op_json_set_int(j, "n", 5);
    op_json_set_int(j, "n", 9007199254740991); /* replaces */
    op_json_set_bool(j, "t", true);
    op_json_set_str(j, "none", NULL);
    op_json_set(j, "list", op_json_array());
    op_json_push(op_json_edit(j, "list"), op_json_integer(-1));
    op_json_set_int(j, "gone", 1);
    op_json_remove(j, "gone");
    op_json_remove(j, "never there");
    OP_AUTO_FREE char *text = op_json_print(j, false);
    assert_string_equal(text, "{\"text\":\"a\\\"b\\n\\u001b\",\"n\":9007199254740991,\"t\":true,\"none\":null,\"list\":[-1]}");
    OP_AUTO_JSON *back = parse(text);
    OP_AUTO_FREE char *again = op_json_print(back, false);
    assert_string_equal(text, again);
}

static void printing_a_number_does_not_change_it(void **state)
{
    (void)state;
    static const char *const same[] = { "[9007199254740991,-9007199254740989]", "[1763712000123456,0.1,-2.5]", "[2147483648,1e+300]" };
    for (size_t i = 0; i < OP_LEN(same); i++) {
        OP_AUTO_JSON *j = parse(same[i]);
        OP_AUTO_FREE char *text = op_json_print(j, false);
        assert_string_equal(text, same[i]);
    }
    OP_AUTO_JSON *third = parse("0.30000000000000004");
    OP_AUTO_FREE char *text = op_json_print(third, true);
    assert_true(strtod(text, NULL) == 0.30000000000000004);
}

static void a_persons_values_become_what_they_look_like(void **state)
{
    (void)state;
    static const char yaml[] = "a: 1\nb: -2.5\nc: true\nd: 'true'\ne: null\nf: ~\ng:\nh: yes\ni: 1.2.3\nj: '7'\nk: 0x1F\n"
                               "l: 1e3\nm: .\nn: 1e400\no: on\np: \"\"\nq: +5\nr: 1_000\ns: -\xc2\xa0\nt: [x, 2, {u: v}]\n"
                               "u: 12345678901234567890\nv: True\nw: inf\n";
    static const char wanted[] = "{\"a\":1,\"b\":-2.5,\"c\":true,\"d\":\"true\",\"e\":null,\"f\":null,\"g\":null,\"h\":\"yes\","
                                 "\"i\":\"1.2.3\",\"j\":\"7\",\"k\":\"0x1F\",\"l\":1000,\"m\":\".\",\"n\":\"1e400\",\"o\":\"on\","
                                 "\"p\":\"\",\"q\":5,\"r\":\"1_000\",\"s\":\"-\xc2\xa0\",\"t\":[\"x\",2,{\"u\":\"v\"}],"
                                 "\"u\":\"12345678901234567890\",\"v\":\"True\",\"w\":\"inf\"}";
    struct op_err err = OP_ERR_INIT;
    struct op_doc doc;
    if (!op_yaml_parse("t.yaml", yaml, strlen(yaml), &doc, &err))
        fail_msg("%s", err.msg);
    OP_AUTO_JSON *j = op_json_from_node(doc.root);
    OP_AUTO_FREE char *text = op_json_print(j, false);
    assert_string_equal(text, wanted);
    OP_AUTO_JSON *none = op_json_from_node(NULL);
    assert_true(op_json_is_null(none));
    op_doc_free(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(a_string_cannot_be_cut_short),
        cmocka_unit_test(bytes_that_are_not_text_are_refused),
        cmocka_unit_test(keys_are_unique_where_that_is_asked),
        cmocka_unit_test(many_keys_do_not_take_for_ever),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(integers_are_exact_or_not_integers),
        cmocka_unit_test(paths_are_followed_with_care),
        cmocka_unit_test(nothing_reads_as_nothing),
        cmocka_unit_test(what_is_built_prints_and_reads_back),
        cmocka_unit_test(printing_a_number_does_not_change_it),
        cmocka_unit_test(a_persons_values_become_what_they_look_like),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
