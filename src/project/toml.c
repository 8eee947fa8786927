/* Owns reading TOML: keys, strings of all four kinds, arrays and inline tables over several lines. Refuses nesting
 * deeper than eight, and to interpret dates and numbers: they are words. */
#include "toml.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

enum { DEEPEST = 8 };

struct toml {
    const char *at;
    int line;
    struct op_buf table, value;
    op_toml_item item;
    void *ctx;
};

static void skip_line(struct toml *t)
{
    t->at += strcspn(t->at, "\n");
}

/* Blanks and comments; with lines: ends of lines too. */
static void skip_blank(struct toml *t, bool lines)
{
    for (;; t->at++) {
        if (*t->at == '#')
            skip_line(t);
        if (*t->at == '\n' && lines)
            t->line++;
        else if (*t->at != ' ' && *t->at != '\t' && *t->at != '\r')
            return;
    }
}

static bool string_end(const char *at, char quote, bool three)
{
    return *at == quote && (!three || (at[1] == quote && at[2] == quote));
}

/* at a quote; the text goes to t->value. */
static bool read_string(struct toml *t)
{
    char quote = *t->at;
    bool three = t->at[1] == quote && t->at[2] == quote;
    op_buf_trunc(&t->value, 0);
    for (t->at += three ? 3 : 1; *t->at != '\0' && !string_end(t->at, quote, three); t->at++) {
        if (*t->at == '\n') {
            if (!three)
                return false;
            t->line++;
        }
        if (quote == '"' && *t->at == '\\' && t->at[1] != '\0' && t->at[1] != '\n') {
            t->at++;
            const char *known = strchr("n\nt\tr\r\"\"\\\\", *t->at);
            op_buf_addc(&t->value, known != NULL ? known[1] : '?'); /* \u… is in no name that we take */
        } else {
            op_buf_addc(&t->value, *t->at);
        }
    }
    if (*t->at == '\0')
        return false;
    t->at += three ? 3 : 1;
    return true;
}

/* "a.b", "\"a b\".c" up to '=' or ']'; false: it is no key. */
static bool read_key(struct toml *t, struct op_buf *key)
{
    for (;;) {
        skip_blank(t, false);
        if (*t->at == '"' || *t->at == '\'') {
            if (!read_string(t))
                return false;
            op_buf_add(key, op_buf_str(&t->value), t->value.len);
        } else {
            size_t n = strcspn(t->at, ".=]\"'#[{},\n \t\r");
            op_buf_add(key, t->at, n);
            t->at += n;
        }
        skip_blank(t, false);
        if (*t->at != '.')
            return key->len != 0;
        op_buf_addc(key, *t->at++);
    }
}

static bool read_value(struct toml *t, const char *key, int depth);

static bool read_array(struct toml *t, const char *key, int depth)
{
    t->at++;
    for (skip_blank(t, true); *t->at != ']'; skip_blank(t, true)) {
        if (!read_value(t, key, depth + 1))
            return false;
        skip_blank(t, true);
        if (*t->at == ',')
            t->at++;
        else if (*t->at != ']')
            return false;
    }
    t->at++;
    return true;
}

static bool read_pair(struct toml *t, const char *prefix, int depth)
{
    OP_AUTO_BUF key = OP_BUF_INIT;
    if (*prefix != '\0')
        op_buf_addf(&key, "%s.", prefix);
    if (!read_key(t, &key) || *t->at != '=')
        return false;
    t->at++;
    skip_blank(t, false);
    return read_value(t, op_buf_str(&key), depth);
}

static bool read_inline(struct toml *t, const char *key, int depth)
{
    t->at++;
    for (skip_blank(t, true); *t->at != '}'; skip_blank(t, true)) {
        if (!read_pair(t, key, depth + 1))
            return false;
        skip_blank(t, true);
        if (*t->at == ',')
            t->at++;
        else if (*t->at != '}')
            return false;
    }
    t->at++;
    return true;
}

static bool read_value(struct toml *t, const char *key, int depth)
{
    if (depth > DEEPEST)
        return false;
    if (*t->at == '[')
        return read_array(t, key, depth);
    if (*t->at == '{')
        return read_inline(t, key, depth);
    int line = t->line;
    if (*t->at == '"' || *t->at == '\'') {
        if (!read_string(t))
            return false;
    } else {
        size_t n = strcspn(t->at, ",]}#\n \t\r");
        op_buf_trunc(&t->value, 0);
        op_buf_add(&t->value, t->at, n);
        t->at += n;
        if (n == 0)
            return false;
    }
    t->item(t->ctx, op_buf_str(&t->table), key, op_buf_str(&t->value), line);
    return true;
}

void op_toml_read(const char *text, op_toml_item item, void *ctx)
{
    struct toml t = { .at = text, .line = 1, .item = item, .ctx = ctx };
    for (skip_blank(&t, true); *t.at != '\0'; skip_blank(&t, true)) {
        if (*t.at == '[') {
            t.at += t.at[1] == '[' ? 2 : 1;
            op_buf_trunc(&t.table, 0);
            (void)read_key(&t, &t.table);
            skip_line(&t);
        } else if (!read_pair(&t, "", 0)) {
            skip_line(&t);
        }
    }
    op_buf_free(&t.table);
    op_buf_free(&t.value);
}
