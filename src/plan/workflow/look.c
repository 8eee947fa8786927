/* Owns looks: what a command must have said for a step to count as done, or a check to hold. */
#include "workflow.h"

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"

#include <sys/stat.h>

/* ---- is it sound? ---- */

static bool texts_valid(const struct wf *wf, const struct op_node *n, struct op_err *err)
{
    if (n == NULL || n->kind == OP_NODE_SCALAR)
        return n == NULL || wf_text_valid(wf, n, err);
    if (n->kind == OP_NODE_MAP)
        return op_node_fail(err, wf->doc, n, "%s is a pattern or a list of patterns", op_node_key(n));
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        if (!op_node_expect(wf->doc, c, OP_NODE_SCALAR, err) || !wf_text_valid(wf, c, err))
            return false;
    return true;
}

static bool json_valid(const struct wf *wf, const struct op_node *n, struct op_err *err)
{
    if (!op_node_expect(wf->doc, n, OP_NODE_MAP, err))
        return false;
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        if (!op_node_expect(wf->doc, c, OP_NODE_SCALAR, err) || !wf_text_valid(wf, c, err))
            return false;
    return true;
}

bool wf_look_valid(const struct wf *wf, const struct op_node *look, struct op_err *err)
{
    static const char *const keys[] = { "read", "exit", "text", "lacks", "json", "file", NULL };
    int64_t code = 0;
    if (!op_node_expect(wf->doc, look, OP_NODE_MAP, err) || !op_node_known_keys(wf->doc, look, keys, err) ||
        !op_node_read_int(wf->doc, look, "exit", 0, 255, &code, err))
        return false;
    const struct op_node *read = op_node_get(look, "read"), *file = op_node_get(look, "file");
    if ((read == NULL) == (file == NULL))
        return op_node_fail(err, wf->doc, look, "a look needs either read, an argument vector, or file, a path");
    if (file != NULL && look->n != 1)
        return op_node_fail(err, wf->doc, look, "file stands alone: the look asks whether it is there");
    if (file != NULL)
        return op_node_expect(wf->doc, file, OP_NODE_SCALAR, err) && wf_text_valid(wf, file, err);
    if (read->kind != OP_NODE_LIST || op_node_first(read) == NULL || op_node_first(read)->kind != OP_NODE_SCALAR)
        return op_node_fail(err, wf->doc, read, "read is an argument vector, a list that begins with a program");
    return op_tool_valid(wf->doc, &wf->schema, read, err) && texts_valid(wf, op_node_get(look, "text"), err) &&
           texts_valid(wf, op_node_get(look, "lacks"), err) && json_valid(wf, op_node_get(look, "json"), err);
}

/* ---- does it hold? ---- */

static bool some_line(const char *pattern, const char *output)
{
    while (*output != '\0') {
        size_t n = strcspn(output, "\n");
        OP_AUTO_FREE char *line = op_strndup(output, n);
        if (op_str_glob(pattern, line))
            return true;
        output += n + (output[n] == '\n');
    }
    return false;
}

/* Each pattern (all: of them, some line matches it; else: no line does). */
static bool lines_hold(const struct op_node *n, const struct op_json *values, const char *output, bool there)
{
    const struct op_node *one = n != NULL && n->kind == OP_NODE_LIST ? op_node_first(n) : n;
    for (; one != NULL; one = n->kind == OP_NODE_LIST ? op_node_next(one) : NULL) {
        OP_AUTO_FREE char *pattern = wf_fill(op_node_text(one), values);
        if (some_line(pattern, output) != there)
            return false;
    }
    return true;
}

static bool value_is(const struct op_json *j, const char *pattern)
{
    char number[32];
    int64_t v = 0;
    bool b = false;
    if (op_json_text(j) != NULL)
        return op_str_glob(pattern, op_json_text(j));
    if (op_json_int(j, &v))
        (void)snprintf(number, sizeof(number), "%lld", (long long)v);
    else if (op_json_bool(j, &b))
        (void)snprintf(number, sizeof(number), "%s", b ? "true" : "false");
    else
        return false;
    return op_str_glob(pattern, number);
}

/* "items.*.status.phase": keys, numbers, * for each (of at least one), # for how many. */
static bool path_is(const struct op_json *j, const char *path, const char *pattern)
{
    if (*path == '\0')
        return value_is(j, pattern);
    size_t n = strcspn(path, ".");
    OP_AUTO_FREE char *key = op_strndup(path, n);
    const char *rest = path + n + (path[n] == '.');
    int64_t at = 0;
    if (op_str_eq(key, "#")) {
        OP_AUTO_JSON *size = op_json_integer((int64_t)op_json_size(j));
        return (op_json_is_array(j) || op_json_is_object(j)) && path_is(size, rest, pattern);
    }
    if (op_str_eq(key, "*")) {
        OP_JSON_EACH(item, j)
            if (!path_is(item, rest, pattern))
                return false;
        return op_json_size(j) != 0;
    }
    if (!op_json_is_array(j) || !op_str_int(key, 0, 100000, &at))
        return path_is(op_json_get(j, key), rest, pattern);
    const struct op_json *item = op_json_first(j);
    for (; item != NULL && at > 0; at--)
        item = op_json_next(item);
    return item != NULL && path_is(item, rest, pattern);
}

/* What the command printed as JSON: behind it may stand lines of the other stream (warnings). */
static struct op_json *parse(const char *output)
{
    struct op_err err = OP_ERR_INIT;
    size_t n = strlen(output);
    struct op_json *j = op_json_parse(output, n, OP_JSON_LOOSE, &err);
    for (size_t i = n; j == NULL && i-- > 0;)
        if ((output[i] == '}' || output[i] == ']') && (output[i + 1] == '\n' || output[i + 1] == '\0'))
            return op_json_parse(output, i + 1, OP_JSON_LOOSE, &err);
    return j;
}

static bool json_holds(const struct op_node *n, const struct op_json *values, const char *output)
{
    if (n == NULL)
        return true;
    OP_AUTO_JSON *j = parse(output);
    bool all = j != NULL;
    for (const struct op_node *c = op_node_first(n); c != NULL && all; c = op_node_next(c)) {
        OP_AUTO_FREE char *pattern = wf_fill(op_node_text(c), values);
        OP_AUTO_FREE char *path = wf_fill(op_node_key(c), values);
        all = path_is(j, path, pattern);
    }
    return all;
}

bool wf_look_holds(const struct op_node *look, const struct op_json *values, int exit_code, const char *output)
{
    int64_t want = 0;
    const char *code = op_node_text(op_node_get(look, "exit"));
    if (code != NULL && !op_str_int(code, 0, 255, &want))
        return false;
    return exit_code == want && lines_hold(op_node_get(look, "text"), values, output, true) &&
           lines_hold(op_node_get(look, "lacks"), values, output, false) &&
           json_holds(op_node_get(look, "json"), values, output);
}

bool wf_look_file(const struct op_node *look, const struct op_json *values)
{
    struct stat st;
    OP_AUTO_FREE char *path = wf_fill(op_node_text(op_node_get(look, "file")), values);
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}
