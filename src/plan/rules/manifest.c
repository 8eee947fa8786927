/* Trees to YAML. Refuses nothing; what it writes, any YAML reader reads back as the same tree. */
#include "manifest.h"

#include "opsh/base/str.h"

struct op_json *manifest_new(const char *api, const char *kind, const char *name, const char *ns)
{
    struct op_json *doc = op_json_object();
    op_json_set_str(doc, "apiVersion", api);
    op_json_set_str(doc, "kind", kind);
    struct op_json *meta = manifest_in(doc, "metadata");
    manifest_text(meta, "name", name);
    manifest_text(meta, "namespace", ns);
    return doc;
}

struct op_json *manifest_in(struct op_json *obj, const char *key)
{
    if (op_json_get(obj, key) == NULL)
        op_json_set(obj, key, op_json_object());
    return op_json_edit(obj, key);
}

struct op_json *manifest_list(struct op_json *obj, const char *key)
{
    if (op_json_get(obj, key) == NULL)
        op_json_set(obj, key, op_json_array());
    return op_json_edit(obj, key);
}

struct op_json *manifest_item(struct op_json *list)
{
    struct op_json *item = op_json_object();
    op_json_push(list, item);
    return item;
}

void manifest_text(struct op_json *obj, const char *key, const char *text)
{
    if (text != NULL)
        op_json_set_str(obj, key, text);
}

void manifest_number(struct op_json *obj, const char *key, const char *text)
{
    int64_t n = 0;
    if (text != NULL && op_str_int(text, 0, INT32_MAX, &n))
        op_json_set_int(obj, key, n);
    else
        manifest_text(obj, key, text);
}

struct op_json *record_next(const struct slots *s, const char *slot, size_t *i)
{
    for (; *i < s->n; (*i)++) {
        if (strcmp(s->v[*i].name, slot) != 0)
            continue;
        struct op_err err = OP_ERR_INIT;
        const char *text = s->v[(*i)++].value;
        struct op_json *record = op_json_parse(text, strlen(text), OP_JSON_LOOSE, &err);
        const char *made = op_json_str(record, "made"), *slash = made != NULL ? strchr(made, '/') : NULL;
        if (slash != NULL) { /* what was made before */
            OP_AUTO_FREE char *kind = op_strndup(made, (size_t)(slash - made)), *name = op_strdup(slash + 1);
            op_json_set_str(record, "of", kind);
            op_json_set_str(record, "name", name);
        }
        return record != NULL ? record : op_json_object();
    }
    return NULL;
}

/* ---- YAML ---- */

/* Plain where YAML reads it back as the same text, else in double quotes as JSON writes it. */
static void scalar(struct op_buf *out, const char *s)
{
    static const char *const words[] = { "true", "false", "yes", "no", "on", "off", "null", "y", "n", "~" };
    bool plain = isalpha((unsigned char)*s) != 0;
    for (const char *c = s; *c != '\0'; c++)
        plain = plain && (isalnum((unsigned char)*c) || strchr("-._/", *c) != NULL ||
                          (*c == ':' && isalnum((unsigned char)c[1])));
    for (size_t i = 0; i < OP_LEN(words); i++)
        plain = plain && !op_str_ieq(s, words[i]);
    if (plain) {
        op_buf_adds(out, s);
        return;
    }
    OP_AUTO_JSON *j = op_json_string(s);
    OP_AUTO_FREE char *quoted = op_json_print(j, false);
    op_buf_adds(out, quoted);
}

static bool nested(const struct op_json *j)
{
    return (op_json_is_object(j) || op_json_is_array(j)) && op_json_size(j) > 0;
}

static void leaf(struct op_buf *out, const struct op_json *j)
{
    const char *text = op_json_text(j);
    if (text != NULL) {
        scalar(out, text);
        return;
    }
    OP_AUTO_FREE char *printed = op_json_print(j, false); /* numbers, true, {}, [] */
    op_buf_adds(out, printed);
}

/* A command is read best on one line. */
static bool on_one_line(const struct op_json *j)
{
    const char *key = op_json_key(j);
    return op_str_eq(key, "command") || (op_str_eq(key, "args") && op_json_is_array(j)) || op_str_eq(key, "verbs") ||
           op_str_eq(key, "apiGroups") || (op_str_eq(key, "resources") && op_json_is_array(j));
}

static void flow(struct op_buf *out, const struct op_json *list)
{
    const char *between = "[";
    OP_JSON_EACH(item, list) {
        op_buf_adds(out, between);
        leaf(out, item);
        between = ", ";
    }
    op_buf_addc(out, ']');
}

/* What stands in text a member has in front of it already: the first line needs no indent. */
static void block(struct op_buf *out, const struct op_json *j, int indent, bool started)
{
    OP_JSON_EACH(item, j) {
        if (!started)
            op_buf_addf(out, "%*s", indent, "");
        started = false;
        if (op_json_is_array(j)) {
            op_buf_adds(out, "- ");
            if (nested(item)) {
                block(out, item, indent + 2, true);
                continue;
            }
            leaf(out, item);
        } else {
            scalar(out, op_json_key(item));
            op_buf_addc(out, ':');
            if (nested(item) && !on_one_line(item)) {
                op_buf_addc(out, '\n');
                block(out, item, op_json_is_array(item) ? indent : indent + 2, false);
                continue;
            }
            op_buf_addc(out, ' ');
            if (nested(item))
                flow(out, item);
            else
                leaf(out, item);
        }
        op_buf_addc(out, '\n');
    }
}

void manifest_print(struct op_buf *out, const struct op_json *document)
{
    if (out->len > 0)
        op_buf_adds(out, "---\n");
    block(out, document, 0, false);
}
