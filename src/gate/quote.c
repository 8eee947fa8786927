/* Command lines as text, both ways. What is shown is what runs: everything that is not plain printable
 * ASCII is spelled out in $'…'. Refuses to be a shell: nothing is expanded. */
#include "opsh/gate/quote.h"

#include "opsh/base/str.h"

/* Bytes that mean nothing to any shell, wherever they stand in a word ("~" and "=" only inside). */
static bool harmless(const char *arg)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+:,./-=";
    return *arg != '\0' && *arg != '=' && strspn(arg, safe) == strlen(arg);
}

static bool printable(const char *arg)
{
    for (; *arg != '\0'; arg++)
        if ((unsigned char)*arg < 0x20 || (unsigned char)*arg > 0x7e)
            return false;
    return true;
}

/* 'it'\''s' */
static void single(struct op_buf *out, const char *arg)
{
    op_buf_addc(out, '\'');
    for (; *arg != '\0'; arg++) {
        if (*arg == '\'')
            op_buf_adds(out, "'\\''");
        else
            op_buf_addc(out, *arg);
    }
    op_buf_addc(out, '\'');
}

/* $'a\xe2\x80\xaeb': bytes, not characters, so that it pastes the same in every locale. bash reads at most
 * two hexadecimal digits after \x, so what follows cannot run into it. */
static void ansi_c(struct op_buf *out, const char *arg)
{
    op_buf_adds(out, "$'");
    for (; *arg != '\0'; arg++) {
        unsigned char c = (unsigned char)*arg;
        if (c == '\n')
            op_buf_adds(out, "\\n");
        else if (c == '\t')
            op_buf_adds(out, "\\t");
        else if (c == '\'' || c == '\\')
            op_buf_addf(out, "\\%c", c);
        else if (c < 0x20 || c > 0x7e)
            op_buf_addf(out, "\\x%02x", c);
        else
            op_buf_addc(out, (char)c);
    }
    op_buf_addc(out, '\'');
}

void op_quote_arg(struct op_buf *out, const char *arg)
{
    if (harmless(arg))
        op_buf_adds(out, arg);
    else if (printable(arg))
        single(out, arg);
    else
        ansi_c(out, arg);
}

void op_quote_argv(struct op_buf *out, const struct op_strv *argv)
{
    for (size_t i = 0; i < argv->n; i++) {
        if (i != 0)
            op_buf_addc(out, ' ');
        /* a first word with "=" would be an assignment to a shell */
        if (i == 0 && strchr(argv->v[i], '=') != NULL && printable(argv->v[i]))
            single(out, argv->v[i]);
        else
            op_quote_arg(out, argv->v[i]);
    }
}

/* ---- the reverse ---- */

struct splitter {
    const char *s; /* what is left */
    struct op_buf word;
    bool open; /* a word has begun (it may be empty: '') */
    struct op_err *err;
};

static bool no_shell(struct splitter *sp, char c)
{
    if (c == '\n')
        return op_fail(sp->err, OP_USAGE, 0,
                       "opsh runs no shell: one command at a time, without line breaks outside quotes");
    return op_fail(sp->err, OP_USAGE, 0,
                   "opsh runs no shell: \"%c\" has no meaning here; put it in single quotes if it belongs "
                   "to an argument",
                   c);
}

static bool in_single(struct splitter *sp)
{
    const char *end = strchr(sp->s, '\'');
    if (end == NULL)
        return op_fail(sp->err, OP_USAGE, 0, "a single quote is not closed");
    op_buf_add(&sp->word, sp->s, (size_t)(end - sp->s));
    sp->s = end + 1;
    return true;
}

static bool in_double(struct splitter *sp)
{
    for (; *sp->s != '"'; sp->s++) {
        if (*sp->s == '\0')
            return op_fail(sp->err, OP_USAGE, 0, "a double quote is not closed");
        if (*sp->s == '$' || *sp->s == '`')
            return no_shell(sp, *sp->s);
        if (*sp->s == '\\' && sp->s[1] == '\n') { /* a line continued */
            sp->s++;
            continue;
        }
        if (*sp->s == '\\' && sp->s[1] != '\0' && strchr("\"\\$`", sp->s[1]) != NULL)
            sp->s++;
        op_buf_addc(&sp->word, *sp->s);
    }
    sp->s++;
    return true;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* One escape of $'…', s at the byte behind the backslash. */
static bool escape(struct splitter *sp)
{
    static const char from[] = "nt\\'\"", to[] = "\n\t\\'\"";
    char c = *sp->s++;
    const char *at = c != '\0' ? strchr(from, c) : NULL;
    if (at != NULL) {
        op_buf_addc(&sp->word, to[at - from]);
        return true;
    }
    int high = c == 'x' ? hex_digit(sp->s[0]) : -1, low = high >= 0 ? hex_digit(sp->s[1]) : -1;
    if (low < 0 || (high == 0 && low == 0))
        return op_fail(sp->err, OP_USAGE, 0,
                       "in $'…' opsh knows \\n, \\t, \\\\, \\', \\\" and \\x with two digits that are "
                       "not 00");
    op_buf_addc(&sp->word, (char)(high * 16 + low));
    sp->s += 2;
    return true;
}

static bool in_ansi_c(struct splitter *sp)
{
    while (*sp->s != '\'') {
        if (*sp->s == '\0')
            return op_fail(sp->err, OP_USAGE, 0, "$' is not closed");
        if (*sp->s == '\\') {
            sp->s++;
            if (!escape(sp))
                return false;
        } else {
            op_buf_addc(&sp->word, *sp->s++);
        }
    }
    sp->s++;
    return true;
}

static void end_word(struct splitter *sp, struct op_strv *argv)
{
    if (sp->open)
        op_strv_push(argv, op_buf_str(&sp->word));
    op_buf_trunc(&sp->word, 0);
    sp->open = false;
}

static bool backslash(struct splitter *sp)
{
    char c = *sp->s;
    if (c == '\0')
        return op_fail(sp->err, OP_USAGE, 0, "a backslash at the end of the line");
    sp->s++;
    if (c == '\n') /* a line continued: nothing at all */
        return true;
    sp->open = true;
    op_buf_addc(&sp->word, c);
    return true;
}

/* One byte (or one quoted part) of the line. */
static bool step(struct splitter *sp, struct op_strv *argv)
{
    char c = *sp->s;
    if (c == '\n' && sp->s[strspn(sp->s, " \t\r\n")] != '\0')
        return no_shell(sp, c);
    sp->s++;
    if (c == ' ' || c == '\t' || c == '\n') {
        end_word(sp, argv);
        return true;
    }
    if (c == '\\')
        return backslash(sp);
    bool first = !sp->open;
    sp->open = true;
    if (c == '\'')
        return in_single(sp);
    if (c == '"')
        return in_double(sp);
    if (c == '$' && *sp->s == '\'') {
        sp->s++;
        return in_ansi_c(sp);
    }
    if (strchr("$`|&;<>()*?", c) != NULL || (first && (c == '~' || c == '#')))
        return no_shell(sp, c);
    op_buf_addc(&sp->word, c);
    return true;
}

bool op_quote_split(const char *line, struct op_strv *argv, struct op_err *err)
{
    struct splitter sp = { .s = line, .err = err };
    op_strv_free(argv);
    bool ok = true;
    while (ok && *sp.s != '\0')
        ok = step(&sp, argv);
    if (ok)
        end_word(&sp, argv);
    else
        op_strv_free(argv);
    op_buf_free(&sp.word);
    return ok;
}
