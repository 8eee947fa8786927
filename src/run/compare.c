/* Owns how an object becomes lines, and what of it is nobody's change. Refuses to show secret values:
 * equal values get equal marks, so that a change of one is seen without the value. */
#include "compare.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

enum { DEEPEST = 64 };

/* ---- cleaning ---- */

static const char *const server_fields[] = { "managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink" };
static const char *const server_annotations[] = { "kubectl.kubernetes.io/last-applied-configuration",
                                                  "deployment.kubernetes.io/revision",
                                                  "kubernetes.io/change-cause" };

size_t op_compare_mark(struct op_strv *seen, const char *value)
{
    for (size_t i = 0; i < seen->n; i++)
        if (strcmp(seen->v[i], value) == 0)
            return i + 1;
    op_strv_push(seen, value);
    return seen->n;
}

static void hide_values(struct op_json *object, const char *key, struct op_strv *seen)
{
    const struct op_json *values = op_json_get(object, key);
    if (!op_json_is_object(values))
        return;
    struct op_json *hidden = op_json_object();
    OP_JSON_EACH(value, values)
    {
        OP_AUTO_FREE char *text = op_json_print(value, false);
        OP_AUTO_FREE char *mark = op_asprintf("(hidden, value %zu)", op_compare_mark(seen, text));
        op_json_set_str(hidden, op_json_key(value), mark);
    }
    op_json_set(object, key, hidden);
}

void op_compare_clean(struct op_json *object, struct op_strv *seen)
{
    op_json_remove(object, "status");
    if (op_str_eq(op_json_str(object, "kind"), "Secret")) {
        hide_values(object, "data", seen);
        hide_values(object, "stringData", seen);
    }
    if (!op_json_is_object(op_json_get(object, "metadata")))
        return;
    struct op_json *meta = op_json_edit(object, "metadata");
    for (size_t i = 0; i < OP_LEN(server_fields); i++)
        op_json_remove(meta, server_fields[i]);
    if (!op_json_is_object(op_json_get(meta, "annotations")))
        return;
    struct op_json *marks = op_json_edit(meta, "annotations");
    for (size_t i = 0; i < OP_LEN(server_annotations); i++)
        op_json_remove(marks, server_annotations[i]);
    if (op_json_size(marks) == 0)
        op_json_remove(meta, "annotations");
}

/* ---- lines ---- */

static bool is_container(const struct op_json *j)
{
    return (op_json_is_object(j) || op_json_is_array(j)) && op_json_size(j) != 0;
}

/* May this text stand without quotes? In doubt it gets them. */
static bool is_plain(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '/')
        return false;
    static const char *const words[] = { "true", "false", "null", "yes", "no", "on", "off" };
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (op_str_ieq(text, words[i]))
            return false;
    for (const char *c = text; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("-_./@+=%()", *c) == NULL && !(strchr(":, ", *c) != NULL && c[1] != ' ' && c[1] != '\0'))
            return false;
    return true;
}

static char *scalar(const struct op_json *j)
{
    const char *text = op_json_text(j);
    return text != NULL && is_plain(text) ? op_strdup(text) : op_json_print(j, false);
}

static void node(const struct op_json *j, const char *before, size_t in, unsigned depth, struct op_strv *lines);

static int by_key(const void *a, const void *b)
{
    const struct op_json *const *x = a, *const *y = b;
    return strcmp(op_json_key(*x), op_json_key(*y));
}

/* Members in the order of their keys: who wrote them in which order is no difference. Items as they are. */
static const struct op_json **children(const struct op_json *j)
{
    size_t n = 0;
    const struct op_json **all = op_calloc(op_json_size(j) + 1, sizeof(struct op_json *));
    OP_JSON_EACH(child, j)
    all[n++] = child;
    if (op_json_is_object(j))
        qsort(all, n, sizeof(struct op_json *), by_key);
    return all;
}

static void members(const struct op_json *j, const char *first, size_t in, unsigned depth, struct op_strv *lines)
{
    bool array = op_json_is_array(j);
    const struct op_json **all = children(j);
    for (size_t i = 0; all[i] != NULL; i++) {
        OP_AUTO_FREE char *head = array ? op_asprintf("%*s-", (int)in, "")
                                        : op_asprintf("%*s%s%s:", first != NULL ? 0 : (int)in, "", first != NULL ? first : "",
                                                      op_json_key(all[i]));
        node(all[i], head, in, depth + 1, lines);
        first = NULL;
    }
    free(all);
}

static void text_block(const char *text, const char *before, size_t in, struct op_strv *lines)
{
    op_strv_pushf(lines, "%s |", before);
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        op_strv_pushf(lines, "%*s%.*s", (int)in + 2, "", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* before: what the line begins with, "  key:" or "  -". */
static void node(const struct op_json *j, const char *before, size_t in, unsigned depth, struct op_strv *lines)
{
    const char *text = op_json_text(j);
    bool item = op_str_ends(before, "-");
    if (text != NULL && strchr(text, '\n') != NULL) {
        text_block(text, before, in, lines);
    } else if (!is_container(j) || depth > DEEPEST) {
        OP_AUTO_FREE char *value = scalar(j);
        op_strv_pushf(lines, "%s %s", before, value);
    } else if (item && op_json_is_object(j)) {
        OP_AUTO_FREE char *first = op_asprintf("%s ", before);
        members(j, first, in + 2, depth, lines);
    } else {
        op_strv_push(lines, before);
        members(j, NULL, in + 2, depth, lines);
    }
}

void op_compare_render(const struct op_json *object, struct op_strv *lines)
{
    members(object, NULL, 0, 0, lines);
}

void op_compare_objects(const struct op_json *before, const struct op_json *after, size_t context, struct op_diff *diff)
{
    OP_AUTO_STRV seen = OP_STRV_INIT;
    struct op_strv lines[2] = { OP_STRV_INIT, OP_STRV_INIT };
    const struct op_json *const both[] = { before, after };
    for (size_t i = 0; i < 2; i++) {
        if (both[i] == NULL)
            continue;
        OP_AUTO_JSON *copy = op_json_dup(both[i]);
        op_compare_clean(copy, &seen);
        op_compare_render(copy, &lines[i]);
    }
    op_diff_lines(&lines[0], &lines[1], context, diff);
    op_strv_free(&lines[0]);
    op_strv_free(&lines[1]);
}
