/* Cleans, names and marks saved objects. What is cleaned away is exactly what a server refuses or writes itself. */
#include "saved.h"

#include "opsh/base/str.h"

static const char *const server_metadata[] = { "resourceVersion",   "uid",
                                               "managedFields",     "creationTimestamp",
                                               "generation",        "selfLink",
                                               "deletionTimestamp", "deletionGracePeriodSeconds" };
static const char *const server_annotations[] = { "deployment.kubernetes.io/revision" };

static bool take(const char *text, size_t len, struct op_json *array)
{
    OP_AUTO_JSON *doc = op_json_parse(text, len, OP_JSON_LOOSE, NULL);
    if (!op_json_is_object(doc))
        return false;
    const struct op_json *items = op_json_get(doc, "items");
    if (!op_json_is_array(items)) {
        op_json_push(array, op_steal(&doc));
        return true;
    }
    OP_JSON_EACH(item, items)
        op_json_push(array, op_json_dup(item));
    return true;
}

bool op_saved_parse(const char *text, size_t len, struct op_json *array)
{
    const char *end = text + len;
    while (text < end && isspace((unsigned char)*text))
        text++;
    while (text < end) {
        /* kubectl indents what is inside, so a brace at the start of a line closes a document */
        const char *close = strstr(text, "\n}");
        size_t n = close != NULL && close + 2 <= end ? (size_t)(close + 2 - text) : (size_t)(end - text);
        if (!take(text, n, array))
            return false;
        text += n;
        while (text < end && isspace((unsigned char)*text))
            text++;
    }
    return true;
}

void op_saved_clean(struct op_json *object)
{
    op_json_remove(object, "status");
    struct op_json *meta = op_json_edit(object, "metadata");
    if (meta == NULL)
        return;
    for (size_t i = 0; i < OP_LEN(server_metadata); i++)
        op_json_remove(meta, server_metadata[i]);
    struct op_json *annotations = op_json_edit(meta, "annotations");
    for (size_t i = 0; annotations != NULL && i < OP_LEN(server_annotations); i++)
        op_json_remove(annotations, server_annotations[i]);
    if (annotations != NULL && op_json_size(annotations) == 0)
        op_json_remove(meta, "annotations");
}

char *op_saved_ref(const struct op_json *object)
{
    const char *kind = op_json_str(object, "kind"), *name = op_json_str(object, "metadata.name");
    const char *version = op_json_str(object, "apiVersion");
    if (op_str_empty(kind) || op_str_empty(name))
        return NULL;
    OP_AUTO_FREE char *lower = op_str_lower(op_strdup(kind));
    size_t group = version != NULL && strchr(version, '/') != NULL ? strcspn(version, "/") : 0;
    return op_asprintf("%s%s%.*s/%s", lower, group != 0 ? "." : "", (int)group, group != 0 ? version : "", name);
}

/* Without those that the node controller adds and takes by itself, some time after a cordon. */
static struct op_json *own_taints(const struct op_json *taints)
{
    struct op_json *own = op_json_array();
    OP_JSON_EACH(t, taints)
        if (op_json_str(t, "key") == NULL || !op_str_starts(op_json_str(t, "key"), "node.kubernetes.io/"))
            op_json_push(own, op_json_dup(t));
    return own;
}

/* Fields that the cluster itself writes later, by kind. */
static void forget_later_writes(struct op_json *object, const char *kind)
{
    struct op_json *meta = op_json_edit(object, "metadata"), *spec = op_json_edit(object, "spec");
    static const char *const annotated_later[] = { "Node", "Pod", "PersistentVolume", "PersistentVolumeClaim",
                                                   "Namespace" };
    for (size_t i = 0; meta != NULL && i < OP_LEN(annotated_later); i++)
        if (op_str_eq(kind, annotated_later[i]))
            op_json_remove(meta, "annotations");
    if (spec != NULL && op_str_eq(kind, "Pod"))
        op_json_remove(spec, "nodeName");
    if (spec != NULL && op_str_eq(kind, "Node"))
        op_json_set(spec, "taints", own_taints(op_json_get(spec, "taints")));
    if (op_str_eq(kind, "ServiceAccount"))
        op_json_remove(object, "secrets");
}

char *op_saved_mark(const struct op_json *object)
{
    const char *kind = op_json_str(object, "kind"), *uid = op_json_str(object, "metadata.uid");
    const char *version = op_json_str(object, "metadata.resourceVersion");
    if (op_str_eq(kind, "Secret")) /* has no status: every new version is a change by somebody */
        return op_asprintf("%.36s/v%s", uid != NULL ? uid : "", version != NULL ? version : "");
    OP_AUTO_JSON *copy = op_json_dup(object);
    op_saved_clean(copy);
    forget_later_writes(copy, kind);
    OP_AUTO_FREE char *text = op_json_print(copy, false);
    return op_asprintf("%.36s/%016llx", uid != NULL ? uid : "", (unsigned long long)op_str_hash(text, strlen(text)));
}

/* Tabs become spaces: a person judges this text, and there a tab is spelled out. Inside strings JSON has none. */
static char *readable(const struct op_json *j)
{
    OP_AUTO_FREE char *text = op_json_print(j, true);
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p != '\t')
            op_buf_addc(&out, *p);
        else
            op_buf_adds(&out, p != text && p[-1] == ':' ? " " : "  ");
    }
    return op_strdup(op_buf_str(&out));
}

static const char applied[] = "kubectl.kubernetes.io/last-applied-configuration";

bool op_saved_is_applied(const struct op_json *object)
{
    return op_json_get(op_json_at(object, "metadata.annotations"), applied) != NULL;
}

void op_saved_drop_applied(struct op_json *object)
{
    struct op_json *meta = op_json_edit(object, "metadata"), *notes = op_json_edit(meta, "annotations");
    op_json_remove(notes, applied);
    if (op_json_size(notes) == 0)
        op_json_remove(meta, "annotations");
}

/* "add" replaces what is there; null takes it away. */
static void push_add(struct op_json *patch, const char *path, const struct op_json *value)
{
    struct op_json *one = op_json_object();
    op_json_set_str(one, "op", "add");
    op_json_set_str(one, "path", path);
    op_json_set(one, "value", value != NULL ? op_json_dup(value) : op_json_null());
    op_json_push(patch, one);
}

char *op_saved_patch(const struct op_json *object, bool annotations_only)
{
    static const char *const optional[] = { "data", "binaryData" }; /* of ConfigMaps and Secrets */
    OP_AUTO_JSON *copy = op_json_dup(object);
    OP_AUTO_JSON *patch = op_json_array();
    op_saved_clean(copy);
    push_add(patch, "/metadata/annotations", op_json_at(copy, "metadata.annotations"));
    const char *kind = op_json_str(copy, "kind");
    if (!annotations_only)
        push_add(patch, "/metadata/labels", op_json_at(copy, "metadata.labels"));
    for (size_t i = 0; !annotations_only && i < OP_LEN(optional); i++)
        if (op_json_get(copy, optional[i]) == NULL &&
            (op_str_eq(kind, "ConfigMap") || (i == 0 && op_str_eq(kind, "Secret"))))
            push_add(patch, i == 0 ? "/data" : "/binaryData", NULL);
    OP_JSON_EACH(member, copy) {
        const char *key = op_json_key(member);
        if (annotations_only || op_str_eq(key, "apiVersion") || op_str_eq(key, "kind") || op_str_eq(key, "metadata"))
            continue;
        OP_AUTO_FREE char *path = op_asprintf("/%s", key);
        push_add(patch, path, member);
    }
    return readable(patch);
}

char *op_saved_manifest(struct op_json *objects)
{
    OP_AUTO_JSON *all = objects;
    if (op_json_size(all) == 1)
        return readable(op_json_first(all));
    OP_AUTO_JSON *list = op_json_object();
    op_json_set_str(list, "apiVersion", "v1");
    op_json_set_str(list, "kind", "List");
    op_json_set(list, "items", op_steal(&all));
    return readable(list);
}
