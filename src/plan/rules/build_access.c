/* Who may do what: a ServiceAccount where one is made, a Role of just what was said, and its binding; or the binding of
 * a role that is there. Nothing is granted over the whole cluster that was not asked for in so many words. */
#include "manifest.h"

#include "opsh/base/str.h"

static const char *group_of(const char *kind)
{
    static const char *const rows[][2] = {
        { "deployment", "apps" },
        { "statefulset", "apps" },
        { "daemonset", "apps" },
        { "replicaset", "apps" },
        { "job", "batch" },
        { "cronjob", "batch" },
        { "ingress", "networking.k8s.io" },
        { "networkpolicy", "networking.k8s.io" },
        { "ingressclass", "networking.k8s.io" },
        { "horizontalpodautoscaler", "autoscaling" },
        { "poddisruptionbudget", "policy" },
        { "role", "rbac.authorization.k8s.io" },
        { "rolebinding", "rbac.authorization.k8s.io" },
        { "storageclass", "storage.k8s.io" },
        { "lease", "coordination.k8s.io" },
        { "clusterrole", "rbac.authorization.k8s.io" },
        { "clusterrolebinding", "rbac.authorization.k8s.io" },
        { "volumeattachment", "storage.k8s.io" },
        { "priorityclass", "scheduling.k8s.io" },
        { "customresourcedefinition", "apiextensions.k8s.io" },
        { "resource", "*" }, /* "everything" */
    };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (strcmp(kind, rows[i][0]) == 0)
            return rows[i][1];
    return "";
}

/* What a spoken verb is to the API; beside, what it needs of the part of the object that it works on. */
static const struct {
    const char *said, *verbs, *part, *part_verbs;
} spoken_verbs[] = {
    { "get", "get", NULL, NULL },
    { "list", "list", NULL, NULL },
    { "watch", "watch", NULL, NULL },
    { "read", "get,list,watch", NULL, NULL },
    { "create", "create", NULL, NULL },
    { "update", "update", NULL, NULL },
    { "patch", "patch", NULL, NULL },
    { "edit", "get,update,patch", NULL, NULL },
    { "delete", "delete", NULL, NULL },
    { "manage", "get,list,watch,create,update,patch,delete", NULL, NULL },
    { "restart", "get,patch", NULL, NULL },
    { "scale", "get", "scale", "get,update,patch" },
    { "all", "*", NULL, NULL },
};

void build_words(struct op_json *list, const char *words)
{
    OP_AUTO_FREE char *copy = op_strdup(words);
    for (char *at = copy; at != NULL && *at != '\0';) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma = '\0';
        bool there = false;
        OP_JSON_EACH(item, list) {
            there = there || op_str_eq(op_json_text(item), at);
        }
        if (!there)
            op_json_push(list, op_json_string(at));
        at = comma != NULL ? comma + 1 : NULL;
    }
}

/* The rule of this API group and these verbs, so that what goes together stands together. */
static void add_rule(struct op_json *rules, const char *group, const char *resource, struct op_json *takes_verbs)
{
    OP_AUTO_FREE char *want = op_json_print(takes_verbs, false);
    struct op_json *rule = NULL;
    OP_JSON_EACH(r, rules) {
        OP_AUTO_FREE char *have = op_json_print(op_json_get(r, "verbs"), false);
        const char *api = op_json_text(op_json_first(op_json_get(r, "apiGroups")));
        if (strcmp(have, want) == 0 && op_str_eq(api, group))
            rule = (struct op_json *)(uintptr_t)r; /* ours: the list was made here */
    }
    if (rule != NULL) {
        op_json_free(takes_verbs);
    } else {
        rule = manifest_item(rules);
        op_json_push(manifest_list(rule, "apiGroups"), op_json_string(group));
        (void)manifest_list(rule, "resources");
        op_json_set(rule, "verbs", takes_verbs);
    }
    build_words(op_json_edit(rule, "resources"), resource);
}

static void add_kind(struct op_json *rules, const char *kind, const char *verbs)
{
    char plural[96], resource[120];
    bool logs = strcmp(kind, "pod/log") == 0;
    const char *whole = kind_plural(logs ? "pod" : kind, plural, sizeof(plural)), *group = group_of(kind);
    if (strcmp(kind, "resource") == 0)
        whole = "*";
    if (strcmp(kind, "pod/exec") == 0) { /* kubectl exec looks the pod up first */
        struct op_json *get = op_json_array(), *create = op_json_array();
        build_words(get, "get,list");
        build_words(create, "create");
        add_rule(rules, "", "pods", get);
        add_rule(rules, "", "pods/exec", create);
        return;
    }
    struct op_json *all = op_json_array();
    OP_AUTO_FREE char *copy = op_strdup(verbs);
    for (char *at = copy; at != NULL && *at != '\0';) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma = '\0';
        for (size_t i = 0; i < OP_LEN(spoken_verbs); i++) {
            if (strcmp(spoken_verbs[i].said, at) != 0)
                continue;
            build_words(all, spoken_verbs[i].verbs);
            if (spoken_verbs[i].part == NULL)
                continue;
            struct op_json *more = op_json_array();
            build_words(more, spoken_verbs[i].part_verbs);
            (void)snprintf(resource, sizeof(resource), "%s/%s", whole, spoken_verbs[i].part);
            add_rule(rules, group, resource, more);
        }
        at = comma != NULL ? comma + 1 : NULL;
    }
    if (logs) { /* kubectl logs looks the pod up first */
        struct op_json *get = op_json_array();
        build_words(get, "get,list");
        add_rule(rules, "", whole, get);
        op_json_free(all);
        all = op_json_array();
        build_words(all, "get");
        add_rule(rules, "", "pods/log", all);
        return;
    }
    add_rule(rules, group, whole, all);
}

static void subject(struct op_json *binding, const struct frame *f, const char *kind, const char *name)
{
    struct op_json *s = manifest_item(manifest_list(binding, "subjects"));
    const char *ns = slots_get(&f->slots, "ns");
    op_json_set_str(s, "kind", kind);
    op_json_set_str(s, "name", name);
    if (strcmp(kind, "ServiceAccount") == 0)
        manifest_text(s, "namespace", ns != NULL ? ns : slots_get(&f->slots, "current_ns"));
    else
        op_json_set_str(s, "apiGroup", "rbac.authorization.k8s.io");
}

static void bind(const struct frame *f, struct op_buf *out, const char *name, const char *role_kind, const char *role)
{
    const struct slots *s = &f->slots;
    OP_AUTO_JSON *doc = manifest_new("rbac.authorization.k8s.io/v1", "RoleBinding", name, slots_get(s, "ns"));
    subject(doc, f, slots_get(s, "subject_kind"), slots_get(s, "subject"));
    struct op_json *ref = manifest_in(doc, "roleRef");
    op_json_set_str(ref, "apiGroup", "rbac.authorization.k8s.io");
    op_json_set_str(ref, "kind", role_kind);
    op_json_set_str(ref, "name", role);
    manifest_print(out, doc);
}

void build_rules(struct op_json *rules, const char *kinds, const char *verbs)
{
    OP_AUTO_FREE char *copy = op_strdup(kinds);
    for (char *at = copy; at != NULL && *at != '\0';) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma = '\0';
        add_kind(rules, at, verbs);
        at = comma != NULL ? comma + 1 : NULL;
    }
}

bool build_access(const struct frame *f, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    const char *verbs = slots_get(s, "may_verbs"), *kinds = slots_get(s, "may_kinds"), *who = slots_get(s, "subject");
    const char *role = slots_get(s, "bound_role"), *binding = slots_get(s, "binding_name");
    if (who == NULL || binding == NULL || !f->changes || (role == NULL && (verbs == NULL || kinds == NULL)))
        return false;
    if (op_str_eq(f->kind, "serviceaccount") && slots_get(s, "name") != NULL) {
        OP_AUTO_JSON *doc = manifest_new("v1", "ServiceAccount", slots_get(s, "name"), slots_get(s, "ns"));
        manifest_print(out, doc);
    }
    if (role != NULL) {
        bind(f, out, binding, slots_get(s, "bound_kind"), role);
        return true;
    }
    OP_AUTO_JSON *doc = manifest_new("rbac.authorization.k8s.io/v1", "Role", binding, slots_get(s, "ns"));
    build_rules(manifest_list(doc, "rules"), kinds, verbs);
    manifest_print(out, doc);
    bind(f, out, binding, "Role", binding);
    return true;
}
