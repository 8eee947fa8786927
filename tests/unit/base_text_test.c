/* Text from outside on its way to a terminal: what is removed, what is kept, and that it makes no
 * difference where a stream was cut into chunks. */
#include "opsh/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static char *in_two_chunks(const char *bytes, size_t n, size_t at)
{
    struct op_text_state st = { 0 };
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_text_clean_chunk(&st, &out, bytes, at);
    op_text_clean_chunk(&st, &out, bytes + at, n - at);
    return op_buf_steal(&out);
}

static char *byte_by_byte(const char *bytes, size_t n)
{
    struct op_text_state st = { 0 };
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < n; i++)
        op_text_clean_chunk(&st, &out, bytes + i, 1);
    return op_buf_steal(&out);
}

/* The same answer whole, in every two chunks, and byte by byte. */
static void expect_clean(const char *bytes, size_t n, const char *wanted)
{
    OP_AUTO_BUF whole = OP_BUF_INIT;
    op_text_clean(&whole, bytes, n);
    assert_string_equal(op_buf_str(&whole), wanted);
    for (size_t at = 0; at <= n; at++) {
        OP_AUTO_FREE char *two = in_two_chunks(bytes, n, at);
        assert_string_equal(two, wanted);
    }
    OP_AUTO_FREE char *single = byte_by_byte(bytes, n);
    assert_string_equal(single, wanted);
}

#define EXPECT_CLEAN(literal, wanted) expect_clean(literal, sizeof(literal) - 1, wanted)

static void escape_sequences_are_removed_wherever_they_are_cut(void **state)
{
    (void)state;
    EXPECT_CLEAN("a\x1b[31mred\x1b[0m b", "ared b");
    EXPECT_CLEAN("a\x1b[?1049hb\x1b[38;2;1;2;3mc", "abc");
    EXPECT_CLEAN("a\x1b]0;title\x07z", "az");
    EXPECT_CLEAN("a\x1b]8;;https://x/\x1b\\link\x1b]8;;\x1b\\z", "alinkz");
    EXPECT_CLEAN("a\x1bPq#0;2;0\x1b\\z", "az");
    EXPECT_CLEAN("a\x1b_apc\x1b\\b\x1b^pm\x1b\\c\x1bXsos\x1b\\d", "abcd");
    EXPECT_CLEAN("a\x1b(Bb\x1b" "7c\x1b=d\x1b#8e", "abcde");
    EXPECT_CLEAN("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3");
}

static void a_sequence_that_starts_anew_is_removed_too(void **state)
{
    (void)state;
    EXPECT_CLEAN("a\x1b\x1b[31mb", "ab");
    EXPECT_CLEAN("a\x1b[\x1b[31mb", "ab");
    EXPECT_CLEAN("a\x1b[3\x1b]0;t\x07z", "az");
    EXPECT_CLEAN("a\x1b]0;t\x1b[31mb", "ab"); /* a terminal drops the title here */
    EXPECT_CLEAN("a\x1b]0;t\x1b\x1b\\b", "ab");
}

static void an_unfinished_sequence_hides_no_other_line(void **state)
{
    (void)state;
    EXPECT_CLEAN("a\x1b]0;never ends\nsecond\nthird", "a\nsecond\nthird");
    EXPECT_CLEAN("a\x1b]0;t\x1b\nsecond\nthird", "a\nsecond\nthird");
    EXPECT_CLEAN("a\x1bP\x1b\n\x1b]\x1b\nb", "a\n\nb");
    EXPECT_CLEAN("a\x1b[31\nsecond", "a\nsecond");
    EXPECT_CLEAN("a\x1b\nsecond", "a\nsecond");
    EXPECT_CLEAN("a\x1b(\nsecond", "a\nsecond");
}

static void what_is_no_part_of_a_sequence_ends_it(void **state)
{
    (void)state;
    EXPECT_CLEAN("\x1b[\xc3\xa9", "\xc3\xa9");
    EXPECT_CLEAN("\x1b\xe2\x82\xac", "\xe2\x82\xac");
    EXPECT_CLEAN("\x1b[3\tx", "\tx");
    EXPECT_CLEAN("\x1b]0;t\x18kept", "kept"); /* CAN and SUB cancel, as in a terminal */
    EXPECT_CLEAN("\x1b[3\x1akept", "kept");
}

static void control_characters_are_removed(void **state)
{
    (void)state;
    EXPECT_CLEAN("a\0b\x01" "c\x08" "d\x7f" "e\rf\x0bg\x0c" "h", "abcdefgh");
    EXPECT_CLEAN("tab\tand\nline\n", "tab\tand\nline\n");
    EXPECT_CLEAN("a\xc2\x9b" "31mb\xc2\x9d" "0;t\xc2\x9c" "c\xc2\x85" "d", "a31mb0;tcd"); /* C1 as UTF-8 */
    EXPECT_CLEAN("a\x9b" "b\x9d" "c\x9c" "d", "a" BAD "b" BAD "c" BAD "d");              /* C1 as raw bytes */
}

static void what_hides_or_reorders_text_is_removed(void **state)
{
    (void)state;
    static const uint32_t points[] = { 0xad,   0x34f,  0x61c,  0x180e, 0x200b, 0x200d,  0x200e,  0x200f,
                                       0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066,  0x2069,  0x3164,
                                       0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0x1bca0, 0x1d173, 0xe0041, 0xe0101 };
    for (size_t i = 0; i < OP_LEN(points); i++) {
        uint32_t p = points[i];
        char text[8] = "a";
        size_t n = 1;
        if (p >= 0x10000)
            text[n++] = (char)(0xf0 | p >> 18);
        text[n++] = (char)(p >= 0x10000 ? 0x80 | (p >> 12 & 0x3f) : p >= 0x800 ? 0xe0 | p >> 12 : 0xc0 | p >> 6);
        if (p >= 0x800)
            text[n++] = (char)(0x80 | (p >> 6 & 0x3f));
        text[n++] = (char)(0x80 | (p & 0x3f));
        text[n++] = 'z';
        expect_clean(text, n, "az");
    }
}

static void bytes_that_are_not_utf8_become_a_mark(void **state)
{
    (void)state;
    EXPECT_CLEAN("a\x80z", "a" BAD "z");
    EXPECT_CLEAN("a\xc3(z", "a" BAD "(z");
    EXPECT_CLEAN("a\xe2\x82z", "a" BAD "z");
    EXPECT_CLEAN("a\xf0\x9f\x90\nz", "a" BAD "\nz");
    EXPECT_CLEAN("a\xc0\xafz", "a" BAD BAD "z");      /* overlong slash */
    EXPECT_CLEAN("a\xe0\x80\xafz", "a" BAD "z");      /* overlong in three */
    EXPECT_CLEAN("a\xed\xa0\x80z", "a" BAD "z");      /* a surrogate */
    EXPECT_CLEAN("a\xf4\x90\x80\x80z", "a" BAD "z");  /* beyond U+10FFFF */
    EXPECT_CLEAN("a\xe2\x1b[31mz", "a" BAD "z");      /* cut by an escape sequence */
    EXPECT_CLEAN("a\xe2\xc3\xa9z", "a" BAD "\xc3\xa9z");
    OP_AUTO_BUF end = OP_BUF_INIT;
    op_text_clean(&end, "a\xe2\x82", 3); /* a stream may still go on; a whole text may not */
    assert_string_equal(op_buf_str(&end), "a" BAD);
}

static void expect_visible(const char *bytes, size_t n, const char *wanted)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_text_visible(&out, bytes, n);
    assert_string_equal(op_buf_str(&out), wanted);
}

#define EXPECT_VISIBLE(literal, wanted) expect_visible(literal, sizeof(literal) - 1, wanted)

static void for_judging_nothing_is_hidden(void **state)
{
    (void)state;
    EXPECT_VISIBLE("kubectl get pods -n a'b\"c", "kubectl get pods -n a'b\"c");
    EXPECT_VISIBLE("a\nb\tc\rd", "a\\nb\\tc\\x0dd");
    EXPECT_VISIBLE("\x1b[31m\x7f", "\\x1b[31m\\x7f");
    EXPECT_VISIBLE("a\0b", "a\\x00b");
    EXPECT_VISIBLE("x\xe2\x80\xaey", "x\\u{202e}y");
    EXPECT_VISIBLE("\xd0\xb0pp", "\\u{430}pp"); /* a Cyrillic a */
    EXPECT_VISIBLE("\xc2\x9b", "\\u{9b}");
    EXPECT_VISIBLE("\xf0\x9f\x90\xb3", "\\u{1f433}");
    EXPECT_VISIBLE("\x9b\xff\xc3", "\\x9b\\xff\\xc3");
    EXPECT_VISIBLE("\xed\xa0\x80", "\\xed\\xa0\\x80");
}

static void decoding_answers_only_what_is_valid(void **state)
{
    (void)state;
    uint32_t cp = 0;
    assert_int_equal(op_utf8_decode("\xf4\x8f\xbf\xbf", 4, &cp), 4);
    assert_int_equal(cp, 0x10ffff);
    assert_int_equal(op_utf8_decode("\xdf\xbf", 2, &cp), 2);
    assert_int_equal(cp, 0x7ff);
    assert_int_equal(op_utf8_decode("\xe0\xa0\x80", 3, &cp), 3);
    assert_int_equal(cp, 0x800);
    assert_int_equal(op_utf8_decode("\xe2\x82\xac", 2, &cp), 0); /* cut short */
    assert_true(op_utf8_valid("", 0));
    assert_true(op_utf8_valid("a\xed\x9f\xbf\xee\x80\x80", 7)); /* either side of the surrogates */
    static const char *const invalid[] = { "\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xbf\xbf",
                                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3" };
    for (size_t i = 0; i < OP_LEN(invalid); i++)
        assert_false(op_utf8_valid(invalid[i], strlen(invalid[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_sequences_are_removed_wherever_they_are_cut),
        cmocka_unit_test(a_sequence_that_starts_anew_is_removed_too),
        cmocka_unit_test(an_unfinished_sequence_hides_no_other_line),
        cmocka_unit_test(what_is_no_part_of_a_sequence_ends_it),
        cmocka_unit_test(control_characters_are_removed),
        cmocka_unit_test(what_hides_or_reorders_text_is_removed),
        cmocka_unit_test(bytes_that_are_not_utf8_become_a_mark),
        cmocka_unit_test(for_judging_nothing_is_hidden),
        cmocka_unit_test(decoding_answers_only_what_is_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
