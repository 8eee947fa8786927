/* Owns a workflow's values: what was chosen, what is taken where nothing was, what opsh knows by itself. Refuses names
 * and values that the workflow does not declare. */
#include "workflow.h"

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"
#include "opsh/os/path.h"

/* The next {name} in text: its name is copied, the return is where it begins; NULL: none. */
static const char *placeholder(const char *s, char name[64], const char **end)
{
    for (; (s = strchr(s, '{')) != NULL; s++) {
        size_t n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (n == 0 || n >= 64 || s[1 + n] != '}')
            continue;
        (void)snprintf(name, 64, "%.*s", (int)n, s + 1);
        *end = s + n + 2;
        return s;
    }
    return NULL;
}

bool wf_text_valid(const struct wf *wf, const struct op_node *text, struct op_err *err)
{
    char name[64];
    const char *at = text != NULL ? op_node_text(text) : NULL;
    while (at != NULL && placeholder(at, name, &at) != NULL)
        if (op_node_get(&wf->properties, name) == NULL)
            return op_node_fail(err, wf->doc, text, "{%s} is not among the values of this workflow", name);
    return true;
}

static void add_value(struct op_buf *out, const struct op_json *v)
{
    int64_t number = 0;
    bool b = false;
    if (op_json_text(v) != NULL)
        op_buf_adds(out, op_json_text(v));
    else if (op_json_int(v, &number))
        op_buf_addf(out, "%lld", (long long)number);
    else if (op_json_bool(v, &b))
        op_buf_adds(out, b ? "true" : "false");
}

char *wf_fill(const char *text, const struct op_json *values)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    char name[64];
    const char *end = text != NULL ? text : "";
    op_buf_adds(&out, "");
    for (const char *s; (s = placeholder(end, name, &text)) != NULL; end = text) {
        op_buf_add(&out, end, (size_t)(s - end));
        add_value(&out, op_json_get(values, name));
    }
    op_buf_adds(&out, end);
    return op_buf_steal(&out);
}

static bool one_applies(const char *pattern, const char *value)
{
    return *pattern == '!' ? !op_str_glob(pattern + 1, value) : op_str_glob(pattern, value);
}

bool wf_applies(const struct op_node *when, const struct op_json *values)
{
    for (const struct op_node *c = op_node_first(when); c != NULL; c = op_node_next(c)) {
        OP_AUTO_BUF value = OP_BUF_INIT;
        op_buf_adds(&value, "");
        add_value(&value, op_json_get(values, op_node_key(c)));
        bool any = c->kind == OP_NODE_SCALAR && one_applies(op_node_text(c), op_buf_str(&value));
        for (const struct op_node *p = c->kind == OP_NODE_LIST ? op_node_first(c) : NULL; p != NULL;
             p = op_node_next(p))
            any = any || (op_node_text(p) != NULL && one_applies(op_node_text(p), op_buf_str(&value)));
        if (!any)
            return false;
    }
    return true;
}

bool wf_argv(const struct wf *wf, const struct op_node *argv, const struct op_json *values, struct op_strv *out,
             struct op_err *err)
{
    const struct op_tool tool = { .name = wf->name, .parameters = &wf->schema, .argv = argv, .doc = wf->doc };
    char *input = NULL;
    return op_tool_render(&tool, values, out, &input, err);
}

/* In Windows' Linux the browser is Windows', and so is the file that it reads. */
static const char *hosts_file(void)
{
    OP_AUTO_BUF version = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    if (op_file_read("/proc/version", 4096, &version, &err) && strstr(op_buf_str(&version), "icrosoft") != NULL)
        return "C:\\Windows\\System32\\drivers\\etc\\hosts";
    return "/etc/hosts";
}

/* A default is written as text where it names another value: a number stays a number. */
static struct op_json *default_of(const struct op_node *schema, const struct op_json *values)
{
    const struct op_node *d = op_node_get(schema, "default");
    if (d == NULL)
        return NULL;
    if (d->kind != OP_NODE_SCALAR || strchr(op_node_text(d), '{') == NULL)
        return op_json_from_node(d);
    OP_AUTO_FREE char *text = wf_fill(op_node_text(d), values);
    return op_json_string(text);
}

struct op_json *wf_values(const struct wf *wf, const struct op_json *given, const struct op_scene *scene,
                          struct op_err *err)
{
    OP_AUTO_JSON *none = op_json_object();
    const struct op_tool tool = { .name = wf->name, .parameters = wf->values, .doc = wf->doc };
    if (wf->values != NULL ? !op_tool_check(&tool, given != NULL ? given : none, err) : op_json_size(given) != 0)
        return wf->values != NULL ? NULL : (op_fail(err, OP_USAGE, 0, "%s takes no values", wf->name), NULL);
    struct op_json *values = given != NULL ? op_json_dup(given) : op_json_object();
    bool minikube = scene->context == NULL || strcmp(scene->context, "minikube") == 0;
    op_json_set_str(values, "ns",
                    op_json_str(given, "namespace") != NULL ? op_json_str(given, "namespace") : scene->ns);
    op_json_set_str(values, "context", scene->context != NULL ? scene->context : "");
    op_json_set_str(values, "here", minikube ? "minikube" : "current");
    op_json_set_str(values, "hosts", hosts_file());
    const struct op_node *properties = op_node_get(wf->values, "properties");
    for (const struct op_node *p = op_node_first(properties); p != NULL; p = op_node_next(p)) {
        struct op_json *d = op_json_is_null(op_json_get(values, op_node_key(p))) ? default_of(p, values) : NULL;
        if (d != NULL)
            op_json_set(values, op_node_key(p), d);
    }
    return values;
}
