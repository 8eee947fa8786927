/* Tags around arguments. What stands between them is text, whatever the tool wants: its schema says what to make of it;
 * what does not fit is left as text, and refused with a hint later. */
#include "tagged.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

enum { NAME_MAX_LEN = 80 };

static const struct form {
    const char *open, *name_end; /* around the name; the latter is not passed when it is a tag of its own */
    const char *key, *key_end, *value, *value_end; /* around one argument */
    const char *close;
} forms[] = {
    { "<function=", ">", "<parameter=", ">", "", "</parameter>", "</function>" },
    { "<invoke name=\"", "\">", "<parameter name=\"", "\">", "", "</parameter>", "</invoke>" },
    { "", "", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", "</tool_call>" },
};

/* What is being read; at the end `short_of` says whether it was the text's end that stopped it. */
struct reading {
    const char *s;
    size_t n, at;
    bool short_of;
};

static void skip_blanks(struct reading *r)
{
    while (r->at < r->n && strchr(" \t\r\n", r->s[r->at]) != NULL)
        r->at++;
}

static bool pass(struct reading *r, const char *tag)
{
    size_t m = strlen(tag), have = r->n - r->at;
    if (strncmp(r->s + r->at, tag, have < m ? have : m) != 0)
        return false;
    r->short_of = have < m;
    r->at += have < m ? 0 : m;
    return have >= m;
}

/* Up to the tag, which is passed. */
static bool pass_until(struct reading *r, const char *tag, const char **text, size_t *len)
{
    const char *end = memmem(r->s + r->at, r->n - r->at, tag, strlen(tag));
    *text = r->s + r->at;
    r->short_of = end == NULL;
    if (end == NULL)
        return false;
    *len = (size_t)(end - *text);
    r->at += *len + strlen(tag);
    return true;
}

static bool pass_name(struct reading *r, const struct form *f, const char **name, size_t *len)
{
    *name = r->s + r->at;
    *len = 0;
    while (r->at < r->n && *len < NAME_MAX_LEN &&
           (isalnum((unsigned char)r->s[r->at]) || strchr("_-.:", r->s[r->at]) != NULL)) {
        r->at++;
        (*len)++;
    }
    r->short_of = r->at == r->n;
    if (r->short_of || *len == 0)
        return false;
    if (*f->name_end != '\0')
        return pass(r, f->name_end);
    size_t before = r->at;
    skip_blanks(r);
    bool tag = r->at < r->n && r->s[r->at] == '<';
    r->short_of = r->at == r->n;
    return tag && (r->at == before || memchr(r->s + before, '\n', r->at - before) != NULL);
}

/* A value as the parameter's type has it; around a value of several lines models put newlines. owned */
static struct op_json *typed(const struct op_tool *tool, const char *key, const char *text, size_t n)
{
    if (n > 0 && *text == '\n') {
        text++;
        n--;
    }
    if (n > 0 && text[n - 1] == '\n')
        n--;
    const struct op_node *p = tool != NULL ? op_node_get(op_node_get(tool->parameters, "properties"), key) : NULL;
    const char *type = op_node_text(op_node_get(p, "type"));
    OP_AUTO_FREE char *copy = op_strndup(text, n);
    struct op_json *j =
        type != NULL && !op_str_eq(type, "string") ? op_json_parse(copy, strlen(copy), OP_JSON_UNIQUE, NULL) : NULL;
    if (j != NULL)
        return j;
    if (op_str_eq(type, "boolean") && (op_str_ieq(copy, "true") || op_str_ieq(copy, "false"))) /* as Python has it */
        return op_json_boolean(op_str_ieq(copy, "true"));
    return op_json_string(copy);
}

/* args NULL: only looks. An argument that is given twice is kept as an object that nothing takes. */
static bool read_call(struct reading *r, const struct form *f, const struct op_catalog *cat, struct op_buf *name,
                      struct op_json *args)
{
    const char *text, *key;
    size_t len, key_len;
    if (!pass(r, f->open) || !pass_name(r, f, &text, &len))
        return false;
    OP_AUTO_FREE char *called = op_strndup(text, len);
    const struct op_tool *tool = cat != NULL ? op_catalog_tool(cat, called) : NULL;
    if (name != NULL)
        op_buf_adds(name, called);
    for (skip_blanks(r); !pass(r, f->close); skip_blanks(r)) {
        if (r->short_of || !pass(r, f->key) || !pass_until(r, f->key_end, &key, &key_len))
            return false;
        skip_blanks(r);
        if (!pass(r, f->value) || !pass_until(r, f->value_end, &text, &len))
            return false;
        if (args == NULL)
            continue;
        OP_AUTO_FREE char *k = op_strndup(key, key_len);
        bool twice = op_json_get(args, k) != NULL;
        op_json_set(args, k, twice ? op_json_object() : typed(tool, k, text, len));
    }
    return true;
}

enum op_written op_tagged_at(const char *s, size_t n, size_t *len)
{
    enum op_written may = OP_WRITTEN_NONE;
    for (size_t i = 0; i < OP_LEN(forms); i++) {
        struct reading r = { .s = s, .n = n };
        if (read_call(&r, &forms[i], NULL, NULL, NULL)) {
            *len = r.at;
            return OP_WRITTEN_CALL;
        }
        may = r.short_of ? OP_WRITTEN_MAYBE : may;
    }
    return may;
}

struct op_json *op_tagged_take(const struct op_catalog *cat, const char *s, size_t n, struct op_buf *name)
{
    for (size_t i = 0; i < OP_LEN(forms); i++) {
        struct reading r = { .s = s, .n = n };
        OP_AUTO_JSON *args = op_json_object();
        op_buf_trunc(name, 0);
        if (read_call(&r, &forms[i], cat, name, args))
            return op_steal(&args);
    }
    return NULL;
}
