/* Owns the marks within a line: what opens and closes one. Refuses to guess: what could be a file
 * pattern, a name or a product is no mark. */
#include "markdown.h"

#include "opsh/base/str.h"

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static size_t run_of(const char *s, size_t n, size_t at)
{
    size_t end = at;
    while (end < n && s[end] == s[at])
        end++;
    return end - at;
}

bool md_may_open(char c)
{
    return c != '\0' && strchr("`*_[\\", c) != NULL;
}

static enum md_kind undecided(bool ended)
{
    return ended ? MD_LITERAL : MD_WAIT;
}

static enum md_kind escaped(const char *s, size_t n, bool ended, struct md_span *out)
{
    out->mark = 1;
    if (n < 2)
        return undecided(ended);
    if (s[1] == '\0' || strchr("*_`[]#|<>", s[1]) == NULL)
        return MD_LITERAL;
    *out = (struct md_span){ .mark = 1, .from = 1, .to = 2, .end = 2 };
    return MD_ESCAPED;
}

/* Where the code that opens at `at` ends, behind its mark; 0: not within these bytes. */
static size_t code_end(const char *s, size_t n, size_t at, bool ended)
{
    size_t mark = run_of(s, n, at);
    for (size_t i = at + mark; i < n; i++) {
        if (s[i] != '`')
            continue;
        size_t run = run_of(s, n, i);
        if (i + run == n && !ended)
            return 0;
        if (run == mark)
            return i + run;
        i += run - 1;
    }
    return 0;
}

static enum md_kind code(const char *s, size_t n, bool ended, struct md_span *out)
{
    out->mark = run_of(s, n, 0);
    size_t end = code_end(s, n, 0, ended);
    if (end == 0)
        return undecided(ended);
    out->from = out->mark;
    out->to = end - out->mark;
    out->end = end;
    out->style = MD_CODE;
    bool padded = out->to - out->from > 2 && s[out->from] == ' ' && s[out->to - 1] == ' ';
    out->from += padded;
    out->to -= padded;
    return MD_SPAN;
}

static bool may_follow(char mark, size_t run, char next)
{
    if (is_word(next))
        return true;
    const char *others = mark == '_' ? "" : run == 1 ? "`\"'(" : "`\"'([$-<@#";
    return next != '\0' && strchr(others, next) != NULL;
}

/* *italic*, **bold**, ***both***, _italic_; __x__ is a name. */
static enum md_kind emphasis(const char *s, size_t n, char prev, bool ended, struct md_span *out)
{
    static const unsigned styles[] = { 0, MD_ITALIC, MD_BOLD, MD_BOLD | MD_ITALIC };
    size_t mark = out->mark = run_of(s, n, 0);
    if (mark > (s[0] == '_' ? 1 : 3) || is_word(prev))
        return MD_LITERAL;
    if (mark == n)
        return undecided(ended);
    if (!may_follow(s[0], mark, s[mark]))
        return MD_LITERAL;
    for (size_t i = mark; i < n; i++) {
        if (s[i] == '`') {
            size_t end = code_end(s, n, i, ended);
            if (end == 0 && !ended)
                return MD_WAIT;
            i = end != 0 ? end - 1 : i;
        } else if (s[i] == '\\') {
            i++;
        } else if (s[i] == s[0]) {
            size_t run = run_of(s, n, i);
            if (i + run == n && !ended)
                return MD_WAIT;
            bool closes = run == mark && s[i - 1] != ' ' && (s[0] != '_' || i + 1 == n || !is_word(s[i + 1]));
            if (closes) {
                *out = (struct md_span){ .mark = mark, .from = mark, .to = i, .end = i + run, .style = styles[mark] };
                return MD_SPAN;
            }
            i += run - 1;
        }
    }
    return undecided(ended);
}

static enum md_kind linked(const char *s, size_t n, bool ended, struct md_span *out)
{
    out->mark = 1;
    size_t close = 1;
    while (close < n && s[close] != ']' && s[close] != '[')
        close++;
    if (close + 1 >= n)
        return close < n && s[close] == '[' ? MD_LITERAL : undecided(ended);
    if (s[close] == '[' || s[close + 1] != '(' || close == 1)
        return MD_LITERAL;
    size_t url = close + 2, depth = 1, end = url;
    for (; end < n; end++) {
        depth = depth + (s[end] == '(') - (s[end] == ')');
        if (s[end] == ' ' || depth == 0)
            break;
    }
    if (end == n)
        return undecided(ended);
    if (s[end] == ' ' || end == url)
        return MD_LITERAL;
    *out = (struct md_span){ .mark = 1, .from = 1, .to = close, .url = url, .url_end = end, .end = end + 1 };
    return MD_LINK;
}

enum md_kind md_span_at(const char *s, size_t n, char prev, bool ended, struct md_span *out)
{
    *out = (struct md_span){ .mark = 1 };
    switch (s[0]) {
    case '\\':
        return escaped(s, n, ended, out);
    case '`':
        return code(s, n, ended, out);
    case '[':
        return linked(s, n, ended, out);
    default:
        return emphasis(s, n, prev, ended, out);
    }
}
