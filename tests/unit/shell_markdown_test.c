/* Markdown on a terminal: what is a mark goes, what may be none stays, and cutting changes nothing. */
#include "opsh/shell/markdown.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define B "\x1b[1m"
#define I "\x1b[3m"
#define C "\x1b[36m"
#define D "\x1b[2m"
#define O "\x1b[0m"

static void cut_into(const struct op_md *how, const char *text, size_t piece, struct op_buf *out)
{
    struct op_md md = *how;
    size_t n = strlen(text);
    for (size_t at = 0; at < n; at += piece)
        op_md_feed(&md, out, text + at, piece < n - at ? piece : n - at);
    op_md_end(&md, out);
}

static void shows(const struct op_md *how, const char *expected, const char *text)
{
    static const size_t pieces[] = { 10000, 1, 2, 3, 7 };
    for (size_t i = 0; i < OP_LEN(pieces); i++) {
        OP_AUTO_BUF out = OP_BUF_INIT;
        cut_into(how, text, pieces[i], &out);
        assert_string_equal(op_buf_str(&out), expected);
    }
}

static const struct op_md plain = { 0 }, coloured = { .colour = true, .utf8 = true };

static void marks_become_styles(void **state)
{
    (void)state;
    shows(&coloured, "a " B "bold" O " word", "a **bold** word");
    shows(&coloured, "an " I "italic" O " word", "an *italic* word");
    shows(&coloured, "an " I "italic" O " word", "an _italic_ word");
    shows(&coloured, B I "both" O "\n", "***both***\n");
    shows(&coloured, "run " C "kubectl get pods" O ".", "run `kubectl get pods`.");
    shows(&coloured, "a " C "`" O " b", "a `` ` `` b");
    shows(&coloured, B "in bold " O B C "code" O B " too" O, "**in bold `code` too**");
    shows(&coloured, "in " C "a``b" O " c", "in `a``b` c");
    shows(&coloured, I "a " O B I "b" O I " c" O, "*a **b** c*");
    shows(&coloured, B "The cause" O "\nText\n", "## The cause\nText\n");
    shows(&coloured, "\xe2\x80\xa2 one\n  \xe2\x80\xa2 two\n1. three\n", "- one\n  * two\n1. three\n");
    shows(&coloured, "see the docs (https://k8s.io/a_(b)).", "see [the docs](https://k8s.io/a_(b)).");
    shows(&coloured, "see https://k8s.io", "see [https://k8s.io](https://k8s.io)");
}

static void code_stays_whole(void **state)
{
    (void)state;
    shows(&plain, "so:\n    kubectl get pods -o *yaml*\n    \n      # a\nand\n",
          "so:\n```sh\nkubectl get pods -o *yaml*\n\n  # a\n```\nand\n");
    shows(&coloured, D "    a: **b**" O "\n", "~~~yaml\na: **b**\n~~~\n");
    const struct op_md narrow = { .columns = 20 };
    shows(&narrow, "    kubectl get pods --all-namespaces\n", "```\nkubectl get pods --all-namespaces\n```\n");
    shows(&narrow, "$ kubectl get pods --all-namespaces *\n", "$ kubectl get pods --all-namespaces *\n");
}

static void without_colour_marks_go(void **state)
{
    (void)state;
    shows(&plain, "Cause\nthe tag is wrong: `web:1.0` is bold\n", 
          "# Cause\nthe **tag** is *wrong*: `web:1.0` is **bold**\n");
    shows(&plain, "- one\n- two\n", "* one\n+ two\n");
}

static void what_may_be_no_mark_stays(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "delete *.yaml and *.json",  "2 * 3 * 4 = 24",    "snake_case_name and __init__", "a*b*c",
        "an open **mark\nnext line", "an open `mark\nand", "[1/3] kubectl [x] y",          "**/*.go and **/*.c",
        "#5 is no heading\n",        "-n shop --all\n",    "100.5 is no item\n",           "a | b",
        "***\n",                     "~3 pods",            "<none> 50% of $HOME\\n",       "|a|b|\n|-|-|\n",
        "key_a=*, key_b=*",          "{\"a\": [1]}",       "____\n",                       "x  two   spaces",
        "an *open * and more",       "a _b _c_d",          "**",                          "`",
    };
    for (size_t i = 0; i < OP_LEN(texts); i++)
        shows(&plain, texts[i], texts[i]);
    shows(&plain, "*literal* [x](y)", "\\*literal\\* \\[x](y)");
}

static void lines_fit_the_window(void **state)
{
    (void)state;
    const struct op_md narrow = { .columns = 20, .utf8 = true };
    shows(&narrow, "one two three four\nfive\n", "one two three four five\n");
    shows(&narrow, "\xe2\x80\xa2 one two three four\n  five six\n", "- one two three four five six\n");
    shows(&narrow, "10. one two three\n    four\n", "10. one two three four\n");
    shows(&narrow, "a\nhttps://example.com/longer-than-a-line\nb\n", "a https://example.com/longer-than-a-line b\n");
    shows(&narrow, "a bold one that goes\non, and more\n", "a **bold one that goes on**, and more\n");
}

/* A word is there before its end is, and moves to the next row when it turns out not to fit. */
static void words_are_shown_as_they_come(void **state)
{
    (void)state;
    struct op_md md = { .columns = 20, .erase = true };
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_md_feed(&md, &out, "The backend can", 15);
    assert_string_equal(op_buf_str(&out), "The backend can");
    op_md_feed(&md, &out, "not pul", 7);
    assert_string_equal(op_buf_str(&out), "The backend cannot p\x1b[1D\x1b[K\npul");
    op_md_feed(&md, &out, "l **it", 6);
    assert_string_equal(op_buf_str(&out), "The backend cannot p\x1b[1D\x1b[K\npull");
    op_md_feed(&md, &out, "s** image", 9);
    op_md_end(&md, &out);
    assert_string_equal(op_buf_str(&out), "The backend cannot p\x1b[1D\x1b[K\npull its image");
}

static void a_long_open_mark_does_not_hold_back(void **state)
{
    (void)state;
    struct op_md md = { 0 };
    OP_AUTO_BUF out = OP_BUF_INIT, text = OP_BUF_INIT;
    op_buf_adds(&text, "**");
    for (int i = 0; i < 400; i++)
        op_buf_adds(&text, "ab ");
    op_md_feed(&md, &out, text.data, text.len);
    assert_true(out.len > 900);
    op_md_end(&md, &out);
    assert_int_equal(out.len, text.len - 1); /* but for the last space */
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_become_styles),
        cmocka_unit_test(code_stays_whole),
        cmocka_unit_test(without_colour_marks_go),
        cmocka_unit_test(what_may_be_no_mark_stays),
        cmocka_unit_test(lines_fit_the_window),
        cmocka_unit_test(words_are_shown_as_they_come),
        cmocka_unit_test(a_long_open_mark_does_not_hold_back),
    };
    return cmocka_run_group_tests_name("shell/markdown", tests, NULL, NULL);
}
