/* Fills templates of argument vectors. Refuses whatever would turn a value into an option; never
 * splits a value and never joins two. */
#include "template.h"

#include "schema.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

enum { NAME = 64 };

/* What a {name} may mean at one place: arguments, and inside {each: …} the element at hand. */
struct scope {
    const struct op_json *args;
    const struct op_json *item;
};

/* The next {name} at or after s, which may be NULL: its name is copied, *end is behind the brace. */
static const char *placeholder(const char *s, char name[NAME], const char **end)
{
    for (; s != NULL && (s = strchr(s, '{')) != NULL; s++) {
        size_t n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (n == 0 || n >= NAME || s[1 + n] != '}')
            continue;
        memcpy(name, s + 1, n);
        name[n] = '\0';
        *end = s + n + 2;
        return s;
    }
    return NULL;
}

/* ---- is the template sound? ---- */

static const char *type_of(const struct op_node *parameters, const char *name)
{
    return op_node_text(op_node_get(op_node_get(op_node_get(parameters, "properties"), name), "type"));
}

static bool valid_text(const struct op_doc *doc, const struct op_node *n, const struct op_node *parameters, bool inside,
                       struct op_err *err)
{
    char name[NAME];
    const char *end = op_node_text(n);
    while (placeholder(end, name, &end) != NULL) {
        if (inside && (op_str_eq(name, "item") || op_str_eq(name, "key") || op_str_eq(name, "value")))
            continue;
        const char *type = type_of(parameters, name);
        if (type == NULL)
            return op_node_fail(err, doc, n, "argv names {%s}, which is not among the parameters", name);
        if (op_str_eq(type, "array") || op_str_eq(type, "object"))
            return op_node_fail(err, doc, n, "{%s} is of type %s: use {each: %s, then: …} or {args: %s}", name, type,
                                name, name);
    }
    return true;
}

static bool valid_list(const struct op_doc *doc, const struct op_node *list, const struct op_node *parameters,
                       bool inside, struct op_err *err);

static bool valid_map(const struct op_doc *doc, const struct op_node *n, const struct op_node *parameters, bool inside,
                      struct op_err *err)
{
    static const char *const keys[] = { "when", "each", "then", "args", NULL };
    if (!op_node_known_keys(doc, n, keys, err))
        return false;
    const struct op_node *when = op_node_get(n, "when"), *each = op_node_get(n, "each");
    const struct op_node *args = op_node_get(n, "args"), *then = op_node_get(n, "then");
    if ((when != NULL) + (each != NULL) + (args != NULL) != 1 || (then != NULL) == (args != NULL))
        return op_node_fail(err, doc, n, "an item is text, {when, then}, {each, then} or {args}");
    const struct op_node *subject = when != NULL ? when : each != NULL ? each : args;
    const char *name = op_node_text(subject);
    if (name != NULL && when != NULL && *name == '!')
        name++;
    const char *type = name != NULL ? type_of(parameters, name) : NULL;
    if (type == NULL)
        return op_node_fail(err, doc, subject, "argv names \"%.60s\", which is not among the parameters",
                            name != NULL ? name : "");
    bool list = op_str_eq(type, "array");
    if ((args != NULL && !list) || (each != NULL && !list && !op_str_eq(type, "object")))
        return op_node_fail(err, doc, subject, "\"%.60s\" is of type %s, not a list", name, type);
    return then == NULL || valid_list(doc, then, parameters, inside || each != NULL, err);
}

static bool valid_list(const struct op_doc *doc, const struct op_node *list, const struct op_node *parameters,
                       bool inside, struct op_err *err)
{
    if (!op_node_expect(doc, list, OP_NODE_LIST, err))
        return false;
    for (const struct op_node *n = op_node_first(list); n != NULL; n = op_node_next(n)) {
        if (n->kind == OP_NODE_LIST)
            return op_node_fail(err, doc, n, "a list inside argv; an argument is text");
        bool ok = n->kind == OP_NODE_SCALAR ? valid_text(doc, n, parameters, inside, err)
                                            : valid_map(doc, n, parameters, inside, err);
        if (!ok)
            return false;
    }
    return true;
}

bool op_template_valid(const struct op_doc *doc, const struct op_node *list, const struct op_node *parameters,
                       struct op_err *err)
{
    return valid_list(doc, list, parameters, false, err);
}

/* ---- filling it ---- */

static void add_value(struct op_buf *out, const struct op_json *value)
{
    const char *text = op_json_text(value);
    if (text != NULL) {
        op_buf_adds(out, text);
    } else if (!op_json_is_null(value)) {
        OP_AUTO_FREE char *printed = op_json_print(value, false);
        op_buf_adds(out, printed);
    }
}

static void add_named(struct op_buf *out, const struct scope *in, const char *name)
{
    if (in->item != NULL && op_str_eq(name, "key"))
        op_buf_adds(out, op_json_key(in->item));
    else if (in->item != NULL && (op_str_eq(name, "item") || op_str_eq(name, "value")))
        add_value(out, in->item);
    else
        add_value(out, op_json_get(in->args, name));
}

static bool render_text(const char *text, const struct scope *in, struct op_strv *argv, struct op_err *err)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    char name[NAME], first[NAME] = "";
    const char *from = text, *end = text;
    for (const char *at; (at = placeholder(end, name, &end)) != NULL; from = end) {
        op_buf_add(&out, from, (size_t)(at - from));
        add_named(&out, in, name);
        if (*first == '\0')
            memcpy(first, name, sizeof(first));
    }
    op_buf_adds(&out, from);
    const char *made = op_buf_str(&out);
    if (*made == '-' && *text != '-')
        return op_fail(err, OP_USAGE, 0, "argument \"%s\" is \"%.60s\"; a value must not begin with \"-\"", first,
                       made);
    op_strv_push(argv, made);
    return true;
}

static bool given(const struct op_json *args, const char *name)
{
    bool opposite = *name == '!';
    const struct op_json *value = op_json_get(args, name + opposite);
    bool off = false;
    bool empty = (op_json_is_array(value) || op_json_is_object(value)) && op_json_size(value) == 0;
    bool is = !op_schema_absent(value) && !empty && !(op_json_bool(value, &off) && !off);
    return is != opposite;
}

static bool render_list(const struct op_node *list, const struct scope *in, struct op_strv *argv, struct op_err *err);

static bool render_each(const struct op_node *n, const struct op_json *over, const struct scope *in,
                        struct op_strv *argv, struct op_err *err)
{
    OP_JSON_EACH(item, over) {
        struct scope inner = { .args = in->args, .item = item };
        if (!render_list(op_node_get(n, "then"), &inner, argv, err))
            return false;
    }
    return true;
}

static bool render_map(const struct op_node *n, const struct scope *in, struct op_strv *argv, struct op_err *err)
{
    const char *when = op_node_text(op_node_get(n, "when")), *each = op_node_text(op_node_get(n, "each"));
    if (when != NULL)
        return !given(in->args, when) || render_list(op_node_get(n, "then"), in, argv, err);
    if (each != NULL)
        return render_each(n, op_json_get(in->args, each), in, argv, err);
    OP_JSON_EACH(item, op_json_get(in->args, op_node_text(op_node_get(n, "args")))) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        add_value(&text, item);
        op_strv_push(argv, op_buf_str(&text));
    }
    return true;
}

static bool render_list(const struct op_node *list, const struct scope *in, struct op_strv *argv, struct op_err *err)
{
    for (const struct op_node *n = op_node_first(list); n != NULL; n = op_node_next(n)) {
        bool ok =
            n->kind == OP_NODE_SCALAR ? render_text(op_node_text(n), in, argv, err) : render_map(n, in, argv, err);
        if (!ok)
            return false;
    }
    return true;
}

bool op_template_render(const struct op_node *list, const struct op_json *args, struct op_strv *argv,
                        struct op_err *err)
{
    struct scope in = { .args = args, .item = NULL };
    return render_list(list, &in, argv, err);
}
