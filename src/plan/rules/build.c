/* Builders: one clean manifest from the slots, for what kubectl's own create commands cannot say.
 * Every value that came from a person is written as a YAML string that cannot become anything else. */
#include "planner.h"

#include "opsh/base/str.h"

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

static void field(struct op_buf *out, int indent, const char *key, const char *value)
{
    if (value == NULL)
        return;
    op_buf_addf(out, "%*s%s: ", indent, "", key);
    scalar(out, value);
    op_buf_addc(out, '\n');
}

static void head(struct op_buf *out, const char *api, const char *kind, const char *name, const char *ns)
{
    op_buf_addf(out, "apiVersion: %s\nkind: %s\nmetadata:\n", api, kind);
    field(out, 2, "name", name);
    field(out, 2, "namespace", ns);
}

static void resources(struct op_buf *out, const struct slots *s, int indent)
{
    static const char *const rows[][3] = { { "requests", "cpu_request", "memory_request" },
                                           { "limits", "cpu_limit", "memory_limit" } };
    bool any = false;
    for (size_t i = 0; i < 2; i++) {
        const char *cpu = slots_get(s, rows[i][1]), *memory = slots_get(s, rows[i][2]);
        if (cpu == NULL && memory == NULL)
            continue;
        if (!any)
            op_buf_addf(out, "%*sresources:\n", indent, "");
        any = true;
        op_buf_addf(out, "%*s%s:\n", indent + 2, "", rows[i][0]);
        field(out, indent + 4, "cpu", cpu);
        field(out, indent + 4, "memory", memory);
    }
}

static void container(struct op_buf *out, const struct slots *s, int indent)
{
    op_buf_addf(out, "%*scontainers:\n%*s- name: ", indent, "", indent + 2, "");
    scalar(out, slots_get(s, "name"));
    op_buf_addc(out, '\n');
    field(out, indent + 4, "image", slots_get(s, "image"));
    const char *port = slots_get(s, "port");
    if (port != NULL)
        op_buf_addf(out, "%*sports:\n%*s- containerPort: %s\n", indent + 4, "", indent + 6, "", port);
    for (size_t i = 0, seen = 0; i < s->n; i++) {
        const char *eq = strchr(s->v[i].value, '=');
        if (strcmp(s->v[i].name, "env") != 0 || eq == NULL)
            continue;
        if (seen++ == 0)
            op_buf_addf(out, "%*senv:\n", indent + 4, "");
        OP_AUTO_FREE char *key = op_strndup(s->v[i].value, (size_t)(eq - s->v[i].value));
        op_buf_addf(out, "%*s- name: ", indent + 6, "");
        scalar(out, key);
        op_buf_addf(out, "\n%*svalue: ", indent + 8, "");
        OP_AUTO_JSON *j = op_json_string(eq + 1);
        OP_AUTO_FREE char *quoted = op_json_print(j, false); /* always quoted: "8080" is text here */
        op_buf_addf(out, "%s\n", quoted);
    }
    resources(out, s, indent + 4);
}

static void app_labels(struct op_buf *out, int indent, const char *name)
{
    op_buf_addf(out, "%*sapp: ", indent, "");
    scalar(out, name);
    op_buf_addc(out, '\n');
}

static void workload(struct op_buf *out, const struct frame *f, const char *kind)
{
    const struct slots *s = &f->slots;
    const char *name = slots_get(s, "name"), *count = slots_get(s, "count");
    head(out, "apps/v1", kind, name, slots_get(s, "ns"));
    op_buf_adds(out, "spec:\n");
    if (strcmp(kind, "DaemonSet") != 0)
        op_buf_addf(out, "  replicas: %s\n", count != NULL ? count : "1");
    if (strcmp(kind, "StatefulSet") == 0)
        field(out, 2, "serviceName", name);
    op_buf_adds(out, "  selector:\n    matchLabels:\n");
    app_labels(out, 6, name);
    op_buf_adds(out, "  template:\n    metadata:\n      labels:\n");
    app_labels(out, 8, name);
    op_buf_adds(out, "    spec:\n");
    container(out, s, 6);
}

static void pod(struct op_buf *out, const struct frame *f)
{
    const struct slots *s = &f->slots;
    head(out, "v1", "Pod", slots_get(s, "name"), slots_get(s, "ns"));
    op_buf_adds(out, "  labels:\n");
    app_labels(out, 4, slots_get(s, "name"));
    op_buf_adds(out, "spec:\n");
    container(out, s, 2);
}

static void claim(struct op_buf *out, const struct frame *f)
{
    const struct slots *s = &f->slots;
    head(out, "v1", "PersistentVolumeClaim", slots_get(s, "name"), slots_get(s, "ns"));
    op_buf_addf(out, "spec:\n  accessModes:\n  - %s\n",
                frame_has_topic(f, "readwritemany") ? "ReadWriteMany" : "ReadWriteOnce");
    field(out, 2, "storageClassName", slots_get(s, "storageclass"));
    op_buf_adds(out, "  resources:\n    requests:\n");
    field(out, 6, "storage", slots_get(s, "size"));
}

/* Deny by default, or let one app reach another. */
static void policy(struct op_buf *out, const struct frame *f)
{
    const struct slots *s = &f->slots;
    const char *from = slots_get(s, "from"), *to = slots_get(s, "to"), *port = slots_get(s, "port");
    const char *name = slots_get(s, "name");
    OP_AUTO_FREE char *made =
        from != NULL && to != NULL ? op_asprintf("allow-%s-to-%s", from, to) : op_strdup("default-deny");
    head(out, "networking.k8s.io/v1", "NetworkPolicy", name != NULL ? name : made, slots_get(s, "ns"));
    if (from == NULL || to == NULL) {
        op_buf_adds(out, "spec:\n  podSelector: {}\n  policyTypes:\n  - Ingress\n");
        return;
    }
    op_buf_adds(out, "spec:\n  podSelector:\n    matchLabels:\n");
    app_labels(out, 6, to);
    op_buf_adds(out, "  policyTypes:\n  - Ingress\n  ingress:\n  - from:\n    - podSelector:\n        matchLabels:\n");
    app_labels(out, 10, from);
    if (port != NULL)
        op_buf_addf(out, "    ports:\n    - port: %s\n", port);
}

/* A Service of a fixed node port: kubectl expose cannot say that. */
static void service(struct op_buf *out, const struct frame *f)
{
    const struct slots *s = &f->slots;
    const char *of = slots_get(s, "of"), *name = slots_get(s, "name"), *port = slots_get(s, "port");
    const char *target = slots_get(s, "target_port"), *node = slots_get(s, "node_port");
    head(out, "v1", "Service", name != NULL ? name : of, slots_get(s, "ns"));
    op_buf_adds(out, "spec:\n");
    field(out, 2, "type",
          frame_has_topic(f, "loadbalancer") ? "LoadBalancer"
          : node != NULL                     ? "NodePort"
                                             : "ClusterIP");
    op_buf_adds(out, "  selector:\n");
    const char *pair = slots_get(s, "selector"), *eq = pair != NULL ? strchr(pair, '=') : NULL;
    if (eq != NULL) {
        OP_AUTO_FREE char *key = op_strndup(pair, (size_t)(eq - pair));
        field(out, 4, key, eq + 1);
    } else {
        app_labels(out, 4, of != NULL ? of : name);
    }
    op_buf_addf(out, "  ports:\n  - port: %s\n    targetPort: %s\n", port, target != NULL ? target : port);
    if (node != NULL)
        op_buf_addf(out, "    nodePort: %s\n", node);
}

static bool has_any(const struct slots *s, const char *const *names)
{
    for (; *names != NULL; names++)
        if (slots_get(s, *names) != NULL)
            return true;
    return false;
}

void build_manifest(struct frame *f)
{
    static const char *const beyond[] = { "memory_limit", "memory_request", "cpu_limit", "cpu_request", "env", NULL };
    const struct slots *s = &f->slots;
    OP_AUTO_BUF out = OP_BUF_INIT;
    bool named = slots_get(s, "name") != NULL, runs = named && slots_get(s, "image") != NULL && f->changes;
    if (op_str_eq(f->kind, "statefulset") && runs)
        workload(&out, f, "StatefulSet");
    else if (op_str_eq(f->kind, "daemonset") && runs)
        workload(&out, f, "DaemonSet");
    else if (op_str_eq(f->kind, "pod") && runs && has_any(s, beyond))
        pod(&out, f);
    else if (op_str_eq(f->kind, "persistentvolumeclaim") && named && slots_get(s, "size") != NULL)
        claim(&out, f);
    else if (op_str_eq(f->kind, "networkpolicy") ||
             ((op_str_eq(f->verb, "allow") || op_str_eq(f->verb, "deny")) && f->kind == NULL))
        policy(&out, f);
    else if (op_str_eq(f->kind, "service") && slots_get(s, "port") != NULL && (named || slots_get(s, "of") != NULL) &&
             (slots_get(s, "node_port") != NULL || (slots_get(s, "of") == NULL && slots_get(s, "selector") != NULL)))
        service(&out, f);
    else if ((f->kind == NULL || op_str_eq(f->kind, "deployment")) && runs && has_any(s, beyond))
        workload(&out, f, "Deployment");
    if (out.len > 0)
        slots_set(&f->slots, "builder", op_buf_str(&out));
}
