/* Small string helpers: strict answers at their limits. */
#include "opsh/base/mem.h"
#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void comparisons_take_null(void **state)
{
    (void)state;
    assert_true(op_str_eq(NULL, NULL));
    assert_false(op_str_eq(NULL, ""));
    assert_true(op_str_ieq("PoD", "pOd"));
    assert_false(op_str_ieq("pod", NULL));
    assert_true(op_str_empty(NULL) && op_str_empty("") && !op_str_empty(" "));
    assert_false(op_str_starts(NULL, ""));
    assert_true(op_str_starts("abc", "ab") && op_str_starts("abc", "") && !op_str_starts("ab", "abc"));
    assert_false(op_str_ends(NULL, ""));
    static const char *const words[] = { "get", NULL, "list" };
    assert_true(OP_IN("list", words) && !OP_IN("lis", words) && !OP_IN("", words) && !OP_IN(NULL, words));
    assert_true(op_str_ends("abc", "bc") && op_str_ends("abc", "") && !op_str_ends("bc", "abc"));
}

static void whole_numbers_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = { { "0", 0 }, { "-0", 0 }, { "+5", 5 }, { "007", 7 }, { "9223372036854775807", INT64_MAX },
                 { "-9223372036854775808", INT64_MIN } };
    for (size_t i = 0; i < OP_LEN(good); i++) {
        int64_t v = 77;
        assert_true(op_str_int(good[i].text, INT64_MIN, INT64_MAX, &v));
        assert_true(v == good[i].value);
    }
    static const char *const bad[] = { "", " 1", "1 ", "1\n", "-", "+", "--1", "+-1", "- 1", "0x10", "1e3", "1.0", "1_0", "a",
                                       "9223372036854775808", "-9223372036854775809", "99999999999999999999999", NULL };
    for (size_t i = 0; i < OP_LEN(bad); i++) {
        int64_t v = 77;
        assert_false(op_str_int(bad[i], INT64_MIN, INT64_MAX, &v));
        assert_int_equal(v, 77); /* untouched */
    }
    int64_t v = 0;
    assert_true(op_str_int("10", 1, 10, &v) && op_str_int("1", 1, 10, &v));
    assert_false(op_str_int("11", 1, 10, &v) || op_str_int("0", 1, 10, &v) || op_str_int("-1", 0, 10, &v));
}

static void distances_count_edits_and_swaps(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned d;
    } rows[] = {
        { "", "", 0 },           { "", "abc", 3 },         { "abc", "", 3 },       { "model", "model", 0 },
        { "modle", "model", 1 }, { "mdoel", "model", 1 },  { "mode", "model", 1 }, { "models", "model", 1 },
        { "mudel", "model", 1 }, { "ab", "ba", 1 },        { "abcd", "badc", 2 },  { "kitten", "sitting", 3 },
        { "ca", "abc", 3 }, /* neighbours swapped are not edited again */
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        assert_int_equal(op_str_distance(rows[i].a, rows[i].b, 10), rows[i].d);
        assert_int_equal(op_str_distance(rows[i].b, rows[i].a, 10), rows[i].d);
        if (rows[i].d != 0) {
            assert_int_equal(op_str_distance(rows[i].a, rows[i].b, rows[i].d), rows[i].d);
            assert_int_equal(op_str_distance(rows[i].a, rows[i].b, rows[i].d - 1), rows[i].d); /* limit + 1 */
        }
    }
}

static void long_words_are_not_compared_but_equal_ones_are_equal(void **state)
{
    (void)state;
    char a[300], b[300];
    memset(a, 'a', sizeof(a));
    memcpy(b, a, sizeof(b));
    a[64] = b[64] = '\0';
    b[10] = 'x';
    assert_int_equal(op_str_distance(a, b, 3), 1); /* 64 bytes: the longest that are */
    a[64] = b[64] = 'a';
    a[253] = b[253] = '\0';
    assert_int_equal(op_str_distance(a, b, 3), 4);
    b[10] = 'a';
    assert_int_equal(op_str_distance(a, b, 3), 0);
}

static void names_are_those_that_kubernetes_accepts(void **state)
{
    (void)state;
    static const char *const good[] = { "a", "0", "web", "web-1", "a.b", "kube-root-ca.crt", "a--b", "1.2.3" };
    static const char *const bad[] = { "", "-a", "a-", ".a", "a.", "a..b", "a.-b", "a-.b", "A", "a_b", "a b", "a/b", "a\n",
                                       "\xc3\xa9", "a\xe2\x80\x8b", "--all", "..", NULL };
    for (size_t i = 0; i < OP_LEN(good); i++)
        if (!op_str_is_dns_name(good[i]))
            fail_msg("%s should be a name", good[i]);
    for (size_t i = 0; i < OP_LEN(bad); i++)
        if (op_str_is_dns_name(bad[i]))
            fail_msg("\"%s\" should not be a name", bad[i]);
    char longest[255];
    memset(longest, 'a', sizeof(longest));
    longest[253] = '\0';
    assert_true(op_str_is_dns_name(longest));
    longest[253] = 'a';
    longest[254] = '\0';
    assert_false(op_str_is_dns_name(longest));
}

static void patterns_match_the_whole_string(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *s;
        bool match;
    } rows[] = {
        { "", "", true },        { "", "a", false },        { "*", "", true },         { "*", "abc", true },
        { "?", "", false },      { "?", "a", true },        { "a*c", "abbc", true },   { "a*c", "abcd", false },
        { "*_API_KEY", "OPENAI_API_KEY", true },            { "*_API_KEY", "OPENAI_API_KEYS", false },
        { "a*b*c", "aXbYbZc", true },                       { "a**c", "ac", true },    { "a?c", "ac", false },
        { "*a", "aaa", true },   { "*ab", "aab", true },    { "LC_*", "LC_", true },   { "abc", "ab", false },
        { "ab", "abc", false },  { "*.yaml", "x.yml", false },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (op_str_glob(rows[i].pattern, rows[i].s) != rows[i].match)
            fail_msg("%s against %s", rows[i].pattern, rows[i].s);
    char many[64], text[5001]; /* backtracking stays polynomial */
    memset(text, 'a', 5000);
    text[5000] = '\0';
    for (size_t i = 0; i < 62; i += 2)
        memcpy(many + i, "*a", 2);
    memcpy(many + 62, "b", 2);
    assert_false(op_str_glob(many, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_take_null),
        cmocka_unit_test(whole_numbers_and_nothing_else),
        cmocka_unit_test(distances_count_edits_and_swaps),
        cmocka_unit_test(long_words_are_not_compared_but_equal_ones_are_equal),
        cmocka_unit_test(names_are_those_that_kubernetes_accepts),
        cmocka_unit_test(patterns_match_the_whole_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
