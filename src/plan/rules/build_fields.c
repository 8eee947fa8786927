/* Fields of what runs that a phrase names by their path ("pod.securityContext.runAsUser"), so that one more of them is
 * a line of tools/build.yaml; tolerations and ports with names. Knows no field by itself. */
#include "build_pod.h"

#include "opsh/base/str.h"

/* In front of a path: which object it starts from. */
static const char *const roots[] = { "pod.", "container.", "spec." };

bool field_slot(const char *slot)
{
    for (size_t i = 0; i < OP_LEN(roots); i++)
        if (op_str_starts(slot, roots[i]))
            return true;
    return false;
}

static struct op_json *scalar(const char *text)
{
    int64_t n = 0;
    if (op_str_int(text, 0, INT32_MAX, &n))
        return op_json_integer(n);
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return op_json_boolean(*text == 't');
    return op_json_string(text);
}

/* "a.b.c": c in b in a. "a[]": one more item of a. "a[].name": one more object with a name. */
static void put(struct op_json *at, const char *path, const char *value)
{
    for (;;) {
        size_t n = strcspn(path, ".");
        bool last = path[n] == '\0', item = n > 2 && path[n - 1] == ']';
        OP_AUTO_FREE char *key = op_strndup(path, item ? n - 2 : n);
        for (const char *v = value; last && item && v != NULL; v = strchr(v, ',') != NULL ? strchr(v, ',') + 1 : NULL) {
            OP_AUTO_FREE char *one = op_strndup(v, strcspn(v, ","));
            op_json_push(manifest_list(at, key), op_json_string(one));
        }
        if (last && !item)
            op_json_set(at, key, scalar(value));
        if (last)
            return;
        at = item ? manifest_item(manifest_list(at, key)) : manifest_in(at, key);
        path += n + 1;
    }
}

void build_fields(const struct slots *s, const char *root, struct op_json *into)
{
    size_t n = strlen(root);
    for (size_t i = 0; i < s->n; i++)
        if (strncmp(s->v[i].name, root, n) == 0 && s->v[i].name[n] == '.')
            put(into, s->v[i].name + n + 1, s->v[i].value);
}

/* "dedicated=gpu:NoSchedule" in one word, or key, value and effect one by one; nothing of it: every taint. */
static void toleration(struct op_json *list, const struct op_json *r)
{
    static const char *const effects[] = { "NoSchedule", "PreferNoSchedule", "NoExecute" };
    const char *pair = op_json_str(r, "pair"), *key = op_json_str(r, "key"), *value = op_json_str(r, "value");
    const char *effect = op_json_str(r, "effect"), *eq = pair != NULL ? strchr(pair, '=') : NULL;
    OP_AUTO_FREE char *left = eq != NULL ? op_strndup(pair, (size_t)(eq - pair)) : NULL;
    const char *colon = eq != NULL ? strchr(eq, ':') : NULL;
    OP_AUTO_FREE char *right = eq == NULL      ? NULL
                               : colon != NULL ? op_strndup(eq + 1, (size_t)(colon - eq - 1))
                                               : op_strdup(eq + 1);
    bool swallowed = false; /* "gpu:NoSchedule" reads as a pair too */
    for (size_t i = 0; i < OP_LEN(effects) && right != NULL; i++)
        swallowed = swallowed || op_str_ieq(right, effects[i]);
    key = left != NULL ? left : key;
    effect = swallowed ? right : colon != NULL ? colon + 1 : effect;
    value = swallowed ? NULL : right != NULL ? right : value;
    if (op_json_str(r, "plane") != NULL)
        key = "node-role.kubernetes.io/control-plane";
    struct op_json *t = manifest_item(list);
    manifest_text(t, "key", key);
    op_json_set_str(t, "operator", value != NULL ? "Equal" : "Exists");
    manifest_text(t, "value", value);
    for (size_t i = 0; i < OP_LEN(effects) && effect != NULL; i++)
        if (op_str_ieq(effect, effects[i]))
            op_json_set_str(t, "effect", effects[i]);
}

void pod_tolerations(struct pod *p)
{
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(&p->f->slots, "toleration", &i)) != NULL; op_json_free(r), r = NULL)
        toleration(manifest_list(p->spec, "tolerations"), r);
}

void pod_ports(struct pod *p)
{
    const struct slots *s = &p->f->slots;
    struct op_json *main = p->members[0].json;
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(s, "portdef", &i)) != NULL; op_json_free(r), r = NULL) {
        struct op_json *port = manifest_item(manifest_list(pod_part(p, r), "ports"));
        manifest_text(port, "name", op_json_str(r, "name"));
        manifest_number(port, "containerPort", op_json_str(r, "port"));
        if (op_str_ieq(op_json_str(r, "protocol"), "udp"))
            op_json_set_str(port, "protocol", "UDP");
    }
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i].name, "port") == 0)
            manifest_number(manifest_item(manifest_list(main, "ports")), "containerPort", s->v[i].value);
}

/* The service by which the pods of a StatefulSet are known. */
void build_headless(const struct frame *f, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    OP_AUTO_JSON *doc = manifest_new("v1", "Service", slots_get(s, "headless_service"), slots_get(s, "ns"));
    struct op_json *spec = manifest_in(doc, "spec");
    op_json_set_str(spec, "clusterIP", "None");
    op_json_set_str(manifest_in(spec, "selector"), "app", slots_get(s, "name"));
    if (slots_get(s, "port") != NULL)
        manifest_number(manifest_item(manifest_list(spec, "ports")), "port", slots_get(s, "port"));
    manifest_print(out, doc);
}

/* How its pods shall be replaced later (the slots of tools/amend.yaml). */
void build_replacing(const struct slots *s, const char *kind, struct op_json *spec)
{
    static const char *const rows[][2] = { { "roll_surge", "maxSurge" }, { "roll_missing", "maxUnavailable" } };
    static const char *const times[][2] = { { "roll_ready", "minReadySeconds" },
                                            { "roll_limit", "progressDeadlineSeconds" },
                                            { "roll_kept", "revisionHistoryLimit" } };
    bool deployment = strcmp(kind, "Deployment") == 0;
    for (size_t i = 0; i < OP_LEN(times); i++)
        manifest_number(spec, times[i][1], slots_get(s, times[i][0]));
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        if (slots_get(s, rows[i][0]) == NULL)
            continue;
        struct op_json *how = manifest_in(spec, deployment ? "strategy" : "updateStrategy");
        op_json_set_str(how, "type", "RollingUpdate");
        manifest_number(manifest_in(how, "rollingUpdate"), rows[i][1], slots_get(s, rows[i][0]));
    }
    if (slots_get(s, "roll_recreate") != NULL && deployment)
        op_json_set_str(manifest_in(spec, "strategy"), "type", "Recreate");
}
