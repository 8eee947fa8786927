/* From slots to a tool's arguments: texts with {slot}, typed by the tool's own schema. What has no
 * value is left out; nothing is invented. */
#include "intent.h"

#include "opsh/base/str.h"

const char *kind_plural(const char *kind, char *out, size_t size)
{
    static const char *const same[] = { "endpoints" };
    size_t n = strlen(kind);
    for (size_t i = 0; i < OP_LEN(same); i++)
        if (strcmp(kind, same[i]) == 0)
            return kind;
    if (op_str_ends(kind, "y"))
        (void)snprintf(out, size, "%.*sies", (int)(n - 1), kind);
    else
        (void)snprintf(out, size, "%s%s", kind, op_str_ends(kind, "s") ? "es" : "s");
    return out;
}

bool kind_is_workload(const char *kind)
{
    static const char *const kinds[] = { "deployment", "statefulset", "daemonset", "replicaset", "workload" };
    return OP_IN(kind, kinds);
}

bool kind_is_cluster_wide(const char *kind)
{
    static const char *const kinds[] = {
        "node",
        "namespace",
        "persistentvolume",
        "storageclass",
        "clusterrole",
        "clusterrolebinding",
        "ingressclass",
        "customresourcedefinition",
        "priorityclass",
        "volumeattachment",
        "cluster",
        "context",
        "apiservice",
        "runtimeclass",
        "csidriver",
        "clusterissuer",
        "validatingwebhookconfiguration",
        "mutatingwebhookconfiguration",
        "certificatesigningrequest",
        "apiresource",
        "component",
    };
    return OP_IN(kind, kinds);
}

bool kind_is_kubernetes(const char *kind)
{
    static const char *const others[] = {
        "cluster",     "context",   "kubeconfig", "release",       "chart",        "repository", "plugin",
        "container",   "image",     "volume",     "dockernetwork", "dockervolume", "dockerfile", "dockerignore",
        "compose",     "addon",     "profile",    "dashboard",     "tool",         "todo",       "todostack",
        "apiresource", "component", "workload",   "resource",
    };
    if (OP_IN(kind, others))
        return false;
    return kind != NULL;
}

/* "pods" or "pods,services": the kinds that were said without a name of their own. */
static const char *all_kinds(const struct frame *f, char *out, size_t size)
{
    char one[96];
    (void)snprintf(out, size, "%s", kind_plural(f->kind, one, sizeof(one)));
    if (slots_get(&f->slots, "name") != NULL || !kind_is_kubernetes(f->kind))
        return out;
    for (size_t i = 0; i < f->n_kinds; i++) {
        size_t n = strlen(out);
        bool named = slots_get(&f->slots, f->kinds[i]) != NULL, again = op_str_eq(f->kinds[i], f->kind);
        for (size_t k = 0; k < i; k++)
            again = again || op_str_eq(f->kinds[k], f->kinds[i]);
        if (!named && !again && kind_is_kubernetes(f->kinds[i]) && n + 40 < size)
            (void)snprintf(out + n, size - n, ",%s", kind_plural(f->kinds[i], one, sizeof(one)));
    }
    return out;
}

const char *frame_value(const struct frame *f, const char *name)
{
    static _Thread_local char plural[512];
    if (op_str_starts(name, "topic."))
        return frame_has_topic(f, name + 6) ? "true" : NULL;
    if (strcmp(name, "all") == 0)
        return f->all ? "true" : NULL;
    if (strcmp(name, "everywhere") == 0)
        return slots_get(&f->slots, "ns") == NULL ? "true" : NULL;
    if (strcmp(name, "singular") == 0)
        return f->kind != NULL && !f->several ? "true" : NULL;
    if (strcmp(name, "plural") == 0)
        return f->plural ? "true" : NULL;
    if (op_str_starts(name, "kind."))
        return op_str_eq(f->kind, name + 5) ? "true" : NULL;
    if (op_str_starts(name, "verb."))
        return op_str_eq(f->verb, name + 5) ? "true" : NULL;
    if (strcmp(name, "counting") == 0)
        return f->counting ? "true" : NULL;
    if (strcmp(name, "kind") == 0)
        return f->kind;
    for (size_t i = 1; strcmp(name, "other_kind") == 0 && i < f->n_kinds; i++)
        if (strcmp(f->kinds[i], f->kinds[0]) != 0 && kind_is_kubernetes(f->kinds[i]))
            return f->kinds[i];
    if (strcmp(name, "kinds") == 0)
        return f->kind != NULL ? all_kinds(f, plural, sizeof(plural)) : NULL;
    return slots_get(&f->slots, name);
}

/* "a|b|=c": the first that has a value; =c is c itself. */
static const char *alternative(const struct frame *f, const char *names, size_t n, char *literal, size_t size)
{
    while (n > 0) {
        size_t len = 0;
        while (len < n && names[len] != '|')
            len++;
        char name[64];
        (void)snprintf(name, sizeof(name), "%.*s", (int)len, names);
        if (*names == '=') {
            (void)snprintf(literal, size, "%.*s", (int)(n - 1), names + 1);
            return literal;
        }
        const char *v = frame_value(f, name);
        if (v != NULL)
            return v;
        n -= len < n ? len + 1 : len;
        names += len + 1;
    }
    return NULL;
}

char *fill_text(const char *text, const struct frame *f)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (const char *s = text; *s != '\0';) {
        const char *end = *s == '{' ? strchr(s, '}') : NULL;
        if (end == NULL || !(isalpha((unsigned char)s[1]) || s[1] == '=')) {
            op_buf_addc(&out, *s++);
            continue;
        }
        char literal[256];
        const char *v = alternative(f, s + 1, (size_t)(end - s - 1), literal, sizeof(literal));
        if (v == NULL)
            return NULL;
        op_buf_adds(&out, v);
        s = end + 1;
    }
    return out.data != NULL ? op_buf_steal(&out) : op_strdup("");
}

/* Is the text just "{slot}"? Then its name, for slots that hold several values. */
static bool only_slot(const char *text, char *name, size_t size)
{
    size_t n = strlen(text);
    if (n < 3 || *text != '{' || text[n - 1] != '}' || strpbrk(text + 1, "{|.") != NULL)
        return false;
    (void)snprintf(name, size, "%.*s", (int)(n - 2), text + 1);
    return true;
}

static bool holds(const struct frame *f, const char *condition)
{
    bool not = *condition == '!';
    return (frame_value(f, condition + (not ? 1 : 0)) != NULL) != not ;
}

static void add_items(struct op_json *list, const struct op_node *items, const struct frame *f);

static void add_each(struct op_json *list, const char *slot, const struct op_node *then, const struct frame *f)
{
    for (size_t i = 0; i < f->slots.n; i++) {
        if (strcmp(f->slots.v[i].name, slot) != 0)
            continue;
        struct frame one;
        frame_copy(&one, f);
        slots_set(&one.slots, "item", f->slots.v[i].value);
        add_items(list, then, &one);
        slots_free(&one.slots);
    }
}

static void add_text(struct op_json *list, const char *template, const struct frame *f)
{
    char slot[64];
    if (only_slot(template, slot, sizeof(slot)) && slots_count(&f->slots, slot) > 0) {
        for (size_t i = 0; i < f->slots.n; i++)
            if (strcmp(f->slots.v[i].name, slot) == 0)
                op_json_push(list, op_json_string(f->slots.v[i].value));
        return;
    }
    OP_AUTO_FREE char *text = fill_text(template, f);
    if (text != NULL)
        op_json_push(list, op_json_string(text));
}

static void add_items(struct op_json *list, const struct op_node *items, const struct frame *f)
{
    for (const struct op_node *n = items->kind == OP_NODE_LIST ? op_node_first(items) : NULL; n != NULL;
         n = op_node_next(n)) {
        const char *when = op_node_text(op_node_get(n, "when")), *each = op_node_text(op_node_get(n, "each"));
        const struct op_node *then = op_node_get(n, "then");
        if (n->kind != OP_NODE_MAP)
            add_text(list, op_node_text(n), f);
        else if (then != NULL && when != NULL && holds(f, when))
            add_items(list, then, f);
        else if (then != NULL && each != NULL)
            add_each(list, each, then, f);
    }
}

/* key=value texts of a slot as members of an object. */
static void add_pairs(struct op_json *obj, const char *slot, const struct frame *f)
{
    for (size_t i = 0; i < f->slots.n; i++) {
        const char *eq = strchr(f->slots.v[i].value, '=');
        if (strcmp(f->slots.v[i].name, slot) != 0 || eq == NULL)
            continue;
        OP_AUTO_FREE char *key = op_strndup(f->slots.v[i].value, (size_t)(eq - f->slots.v[i].value));
        op_json_set_str(obj, key, eq + 1);
    }
}

static struct op_json *fill_object(const struct op_node *n, const struct frame *f)
{
    struct op_json *obj = op_json_object();
    char slot[64];
    if (n->kind == OP_NODE_SCALAR && only_slot(op_node_text(n), slot, sizeof(slot)))
        add_pairs(obj, slot, f);
    for (const struct op_node *m = n->kind == OP_NODE_MAP ? op_node_first(n) : NULL; m != NULL; m = op_node_next(m)) {
        if (strcmp(op_node_key(m), "pairs") == 0) {
            if (op_node_text(m) != NULL && only_slot(op_node_text(m), slot, sizeof(slot)))
                add_pairs(obj, slot, f);
            continue;
        }
        OP_AUTO_FREE char *key = fill_text(op_node_key(m), f);
        OP_AUTO_FREE char *value = op_node_text(m) != NULL ? fill_text(op_node_text(m), f) : NULL;
        if (key != NULL && value != NULL)
            op_json_set_str(obj, key, value);
    }
    if (op_json_size(obj) > 0)
        return obj;
    op_json_free(obj);
    return NULL;
}

static struct op_json *fill_scalar(const char *type, const char *text)
{
    int64_t v = 0;
    if (op_str_eq(type, "integer"))
        return op_str_int(text, INT64_MIN / 2, INT64_MAX / 2, &v) ? op_json_integer(v) : op_json_string(text);
    if (op_str_eq(type, "boolean"))
        return op_str_eq(text, "false") ? NULL : op_json_boolean(true);
    return op_json_string(text);
}

static struct op_json *fill_one(const char *type, const struct op_node *n, const struct frame *f)
{
    if (op_str_eq(type, "object"))
        return fill_object(n, f);
    if (op_str_eq(type, "array") && n->kind == OP_NODE_MAP) {
        const char *when = op_node_text(op_node_get(n, "when"));
        const struct op_node *then = op_node_get(n, "then");
        return when != NULL && then != NULL && holds(f, when) ? fill_one(type, then, f) : NULL;
    }
    if (op_str_eq(type, "array")) {
        struct op_json *list = op_json_array();
        if (n->kind == OP_NODE_LIST) {
            add_items(list, n, f);
        } else if (n->kind == OP_NODE_SCALAR) {
            add_text(list, op_node_text(n), f);
        }
        if (op_json_size(list) > 0)
            return list;
        op_json_free(list);
        return NULL;
    }
    if (n->kind == OP_NODE_LIST) { /* the first alternative that can be filled */
        for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c)) {
            struct op_json *v = fill_one(type, c, f);
            if (v != NULL)
                return v;
        }
        return NULL;
    }
    if (n->kind == OP_NODE_MAP) {
        const char *when = op_node_text(op_node_get(n, "when"));
        const struct op_node *then = op_node_get(n, "then");
        return when != NULL && then != NULL && holds(f, when) ? fill_one(type, then, f) : NULL;
    }
    OP_AUTO_FREE char *text = fill_text(op_node_text(n), f);
    return text != NULL && *text != '\0' ? fill_scalar(type, text) : NULL;
}

char *fill_choice(const struct op_node *n, const struct frame *f)
{
    OP_AUTO_JSON *v = fill_one("string", n, f);
    return op_strdup(op_json_text(v));
}

struct op_json *fill_args(const struct op_tool *tool, const struct op_node *args, const struct frame *f)
{
    struct op_json *out = op_json_object();
    const struct op_node *props = op_node_get(tool->parameters, "properties");
    for (const struct op_node *a = args != NULL && args->kind == OP_NODE_MAP ? op_node_first(args) : NULL; a != NULL;
         a = op_node_next(a)) {
        const char *type = op_node_text(op_node_get(op_node_get(props, op_node_key(a)), "type"));
        struct op_json *v = fill_one(type, a, f);
        if (v != NULL)
            op_json_set(out, op_node_key(a), v);
    }
    return out;
}
