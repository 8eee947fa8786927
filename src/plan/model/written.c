/* Finding tool calls in prose. Errs towards prose: what is not plainly a call is shown as it was said. */
#include "written.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

#include "tagged.h"
#include "tools.h"

enum {
    LEAD_MAX = 64, /* bytes of brackets and blanks before the first key, or of a line's indent */
    FENCE_MAX = 40 /* bytes of a line that opens a fence */
};

static const struct marker {
    const char *text;
    bool named;  /* the tool's name follows, up to '>' */
    bool within; /* it is part of the call, not before it */
} markers[] = {
    { "<tool_call>", false, false },        { "<tool_calls>", false, false },    { "<|tool_call|>", false, false },
    { "<|python_tag|>", false, false },     { "[TOOL_CALLS]", false, false },    { "<function=", true, true },
    { "<functioncall>", false, false },     { "<function_calls>", false, false }, { "<invoke name=", false, true },
    { "<minimax:tool_call>", false, false },
};

/* One place where a call may stand. */
struct candidate {
    const char *json; /* the value, or NULL when it has not begun */
    size_t n;         /* bytes from json to the text's end */
    char name[80];    /* of a named marker, else "" */
    bool marked, fenced;
    bool tagged;      /* arguments between tags (tagged.h), not JSON */
};

static size_t blanks(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && strchr(" \t\r\n", s[i]) != NULL)
        i++;
    return i;
}

/* Bytes of the JSON value at s, or 0 while its end is missing. */
static size_t extent(const char *s, size_t n)
{
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted) {
            if (s[i] == '\\')
                i++;
            else if (s[i] == '"')
                quoted = false;
        } else if (s[i] == '"') {
            quoted = true;
        } else if (s[i] == '{' || s[i] == '[') {
            depth++;
        } else if ((s[i] == '}' || s[i] == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static const struct op_json *call_arguments(const struct op_json *j)
{
    static const char *const keys[] = { "arguments", "parameters", "args", "input" };
    for (size_t i = 0; i < OP_LEN(keys); i++)
        if (!op_json_is_null(op_json_get(j, keys[i])))
            return op_json_get(j, keys[i]);
    return NULL;
}

/* {"name": …, "arguments": …}, {"tool": …}, {"function": …, …}, {"function": {"name": …, …}} */
static const char *call_name(const struct op_json *j, const struct op_json **args)
{
    static const char *const keys[] = { "name", "tool", "function", "tool_name" };
    const struct op_json *inner = op_json_get(j, "function");
    if (op_json_is_object(inner))
        j = inner;
    *args = call_arguments(j);
    for (size_t i = 0; i < OP_LEN(keys); i++)
        if (!op_str_empty(op_json_str(j, keys[i])))
            return op_json_str(j, keys[i]);
    return NULL;
}

/* The list of calls that a value is, itself when it is one. */
static const struct op_json *call_list(const struct op_json *j)
{
    return op_json_is_array(op_json_get(j, "tool_calls")) ? op_json_get(j, "tool_calls") : j;
}

static bool is_call(const struct op_catalog *cat, const struct op_json *j, bool any_name)
{
    const struct op_json *args;
    j = call_list(j);
    OP_JSON_EACH(item, op_json_is_array(j) ? j : NULL)
        if (!is_call(cat, item, any_name))
            return false;
    if (op_json_is_array(j))
        return op_json_size(j) != 0;
    const char *name = call_name(j, &args);
    return name != NULL && (any_name || (args != NULL && op_tools_known(cat, name)));
}

/* Can a call still come of a value that begins like this? Keeps prose that holds brackets from waiting. */
static bool promising(const char *s, size_t n)
{
    static const char *const keys[] = { "name", "tool", "function", "tool_name", "tool_calls", "arguments", "parameters",
                                        "args", "type", "id", "input" };
    size_t i = 0;
    while (i < n && i < LEAD_MAX && (s[i] == '[' || s[i] == '{' || strchr(" \t\r\n", s[i]) != NULL))
        i++;
    if (i == n)
        return true;
    if (s[i] != '"')
        return false;
    for (size_t k = 0; k < OP_LEN(keys); k++) {
        size_t m = strlen(keys[k]), have = n - i - 1;
        if (strncmp(s + i + 1, keys[k], have < m ? have : m) == 0 && (have <= m || s[i + 1 + m] == '"'))
            return true;
    }
    return false;
}

/* Is s the beginning of some marker (all of it: *m)? */
static bool match_marker(const char *s, size_t n, const struct marker **m)
{
    bool begun = false;
    for (size_t i = 0; i < OP_LEN(markers); i++) {
        size_t len = strlen(markers[i].text);
        if (strncmp(s, markers[i].text, n < len ? n : len) != 0)
            continue;
        begun = true;
        if (n >= len)
            *m = &markers[i];
    }
    return begun;
}

/* Mistral's "NAME[ARGS]" or "NAME[CALL_ID]…[ARGS]" before the arguments, *passed bytes. MAYBE: its end has not come. */
static enum op_written mistral_name(const char *s, size_t n, struct candidate *c, size_t *passed)
{
    static const char args[] = "[ARGS]";
    size_t len = 0;
    while (len < n && (isalnum((unsigned char)s[len]) || strchr("_-", s[len]) != NULL))
        len++;
    *passed = 0;
    if (len == 0 || len >= sizeof(c->name))
        return OP_WRITTEN_NONE;
    const char *end = memmem(s + len, n - len, args, sizeof(args) - 1);
    if (end == NULL || (end - (s + len)) > LEAD_MAX)
        return n - len < LEAD_MAX && (len == n || s[len] == '[') ? OP_WRITTEN_MAYBE : OP_WRITTEN_NONE;
    memcpy(c->name, s, len);
    *passed = (size_t)(end - s) + sizeof(args) - 1;
    return OP_WRITTEN_CALL;
}

static enum op_written open_marker(const char *s, size_t n, const struct marker *m, struct candidate *c)
{
    size_t at = strlen(m->text);
    c->marked = true;
    size_t from = m->within ? 0 : at + blanks(s + at, n - at);
    enum op_written w = op_tagged_at(s + from, n - from, &c->n);
    c->tagged = w == OP_WRITTEN_CALL;
    c->json = c->tagged ? s + from : NULL;
    if (w != OP_WRITTEN_NONE)
        return w;
    if (*m->text == '[') {
        size_t passed;
        if (mistral_name(s + at, n - at, c, &passed) == OP_WRITTEN_MAYBE)
            return OP_WRITTEN_MAYBE;
        at += passed;
    }
    if (m->named) {
        size_t len = 0;
        while (at + len < n && s[at + len] != '>' && len < sizeof(c->name))
            len++;
        if (len == sizeof(c->name))
            return OP_WRITTEN_NONE;
        if (at + len == n)
            return OP_WRITTEN_MAYBE;
        memcpy(c->name, s + at, len);
        at += len + 1;
    }
    at += blanks(s + at, n - at);
    c->json = at < n ? s + at : NULL;
    c->n = n - at;
    return OP_WRITTEN_MAYBE;
}

/* A line that begins with ``` : its language is not looked at, only what comes first inside. */
static enum op_written open_fence(const char *s, size_t n, struct candidate *c)
{
    const char *line_end = memchr(s, '\n', n);
    if (line_end == NULL || line_end - s >= FENCE_MAX)
        return n < FENCE_MAX ? OP_WRITTEN_MAYBE : OP_WRITTEN_NONE;
    size_t at = (size_t)(line_end - s) + 1;
    at += blanks(s + at, n - at);
    c->json = at < n ? s + at : NULL;
    c->n = n - at;
    c->fenced = true;
    return OP_WRITTEN_MAYBE;
}

static enum op_written open_candidate(const char *s, size_t n, struct candidate *c)
{
    const struct marker *m = NULL;
    *c = (struct candidate){ 0 };
    if (strncmp(s, "```", n < 3 ? n : 3) == 0)
        return n < 3 ? OP_WRITTEN_MAYBE : open_fence(s, n, c);
    if (match_marker(s, n, &m))
        return m == NULL ? OP_WRITTEN_MAYBE : open_marker(s, n, m, c);
    if (*s != '{' && *s != '[')
        return OP_WRITTEN_NONE;
    c->json = s;
    c->n = n;
    return OP_WRITTEN_MAYBE;
}

/* What stands at s. */
static enum op_written judge(const struct op_catalog *cat, const char *s, size_t n, bool ended, struct candidate *c)
{
    const size_t all = n;
    n = n > OP_WRITTEN_HOLD ? OP_WRITTEN_HOLD : n;
    if (open_candidate(s, n, c) == OP_WRITTEN_NONE)
        return OP_WRITTEN_NONE;
    if (c->tagged)
        return OP_WRITTEN_CALL;
    const enum op_written waiting = ended || all > OP_WRITTEN_HOLD ? OP_WRITTEN_NONE : OP_WRITTEN_MAYBE;
    if (c->json == NULL)
        return waiting;
    if (*c->json != '{' && *c->json != '[')
        return OP_WRITTEN_NONE;
    if (c->name[0] == '\0' && !promising(c->json, c->n))
        return OP_WRITTEN_NONE;
    size_t value = extent(c->json, c->n);
    if (value == 0)
        return waiting;
    c->n = value;
    OP_AUTO_JSON *j = op_json_parse(c->json, value, OP_JSON_LOOSE, NULL);
    bool call = c->name[0] != '\0' ? op_json_is_object(j) : j != NULL && is_call(cat, j, c->marked);
    return call ? OP_WRITTEN_CALL : OP_WRITTEN_NONE;
}

/* Is there nothing but blanks between i and the start of its line? They may have come, and gone, before. */
static bool starts_line(const char *text, size_t i)
{
    for (int left = LEAD_MAX; left > 0 && i > 0 && (text[i - 1] == ' ' || text[i - 1] == '\t'); left--)
        i--;
    return i == 0 || text[i - 1] == '\n';
}

static enum op_written find(const struct op_catalog *cat, const char *text, size_t n, size_t from, bool ended,
                            size_t *at, struct candidate *c)
{
    for (size_t i = from; i < n;) {
        bool line_start = starts_line(text, i);
        size_t first = line_start ? i + strspn(text + i, " \t") : i;
        /* a marker counts anywhere, the rest only at the start of a line */
        if ((line_start && strchr("{[`<", text[first]) != NULL) || text[i] == '<') {
            enum op_written w = first < n ? judge(cat, text + first, n - first, ended, c) : OP_WRITTEN_NONE;
            if (w != OP_WRITTEN_NONE) {
                *at = line_start ? i : first;
                return w;
            }
        }
        i++;
        while (i < n && text[i - 1] != '\n' && text[i] != '<')
            i++;
    }
    *at = n;
    return OP_WRITTEN_NONE;
}

enum op_written op_written_find(const struct op_catalog *cat, const char *text, size_t n, size_t from, bool ended,
                                size_t *at)
{
    struct candidate c;
    return find(cat, text, n, from, ended, at, &c);
}

static void take_one(struct op_chat_reply *r, const char *name, const struct op_json *args)
{
    if (r->n_calls == OP_CHAT_CALLS)
        return;
    OP_AUTO_FREE char *printed = op_json_text(args) == NULL && args != NULL ? op_json_print(args, false) : NULL;
    const char *text = printed != NULL ? printed : args != NULL ? op_json_text(args) : "";
    r->calls = op_realloc(r->calls, r->n_calls + 1, sizeof(*r->calls));
    struct op_chat_call *call = &r->calls[r->n_calls++];
    *call = (struct op_chat_call){ .index = -1 };
    op_buf_adds(&call->name, name);
    op_buf_adds(&call->args, text);
}

static void take_value(struct op_chat_reply *r, const struct op_json *j, const char *name)
{
    const struct op_json *args = j;
    if (*name != '\0') {
        take_one(r, name, j);
        return;
    }
    j = call_list(j);
    OP_JSON_EACH(item, op_json_is_array(j) ? j : NULL)
        take_value(r, item, "");
    const char *said = op_json_is_array(j) ? NULL : call_name(j, &args);
    if (said != NULL)
        take_one(r, said, args);
}

bool op_written_take(const struct op_catalog *cat, struct op_chat_reply *r)
{
    struct candidate c;
    size_t at = 0, from = 0, first = r->text.len;
    const char *text = op_buf_str(&r->text);
    while (find(cat, text, r->text.len, from, true, &at, &c) == OP_WRITTEN_CALL) {
        if (from == 0)
            first = at;
        if (c.tagged) {
            OP_AUTO_BUF name = OP_BUF_INIT;
            OP_AUTO_JSON *args = op_tagged_take(cat, c.json, c.n, &name);
            take_one(r, op_buf_str(&name), args);
            from = (size_t)(c.json - text) + c.n;
            continue;
        }
        /* a key that stands twice in the arguments is found later, where all arguments are parsed */
        OP_AUTO_JSON *j = op_json_parse(c.json, c.n, OP_JSON_LOOSE, NULL);
        take_value(r, j, c.name);
        from = (size_t)(c.json - text) + c.n;
    }
    if (r->n_calls == 0)
        return false;
    while (first > 0 && isspace((unsigned char)text[first - 1]))
        first--;
    op_buf_trunc(&r->text, first);
    return true;
}
