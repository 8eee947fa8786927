/* Pods and what runs them: containers, their environment, probes and mounts, and the start order. */
#include "build_pod.h"

#include "opsh/base/str.h"

static void set_list(struct op_json *container, const char *key, const char *list)
{
    struct op_err err = OP_ERR_INIT;
    if (list == NULL)
        return;
    struct op_json *parsed = op_json_parse(list, strlen(list), OP_JSON_LOOSE, &err);
    if (op_json_size(parsed) > 0)
        op_json_set(container, key, parsed);
    else
        op_json_free(parsed);
}

static void set_command(struct op_json *container, const char *list)
{
    set_list(container, "command", list);
}

/* "registry/team/web:1" → web */
static void image_base(const char *image, char *out, size_t size)
{
    const char *slash = strrchr(image, '/');
    const char *base = slash != NULL ? slash + 1 : image;
    (void)snprintf(out, size, "%.*s", (int)strcspn(base, ":@"), base);
    for (char *c = out; *c != '\0'; c++)
        *c = *c == '_' || *c == '.' ? '-' : (char)tolower((unsigned char)*c);
}

bool pod_name_taken(const struct op_json *list, const char *name)
{
    OP_JSON_EACH(c, list) {
        if (op_str_eq(op_json_str(c, "name"), name))
            return true;
    }
    return false;
}

static struct op_json *add_container(struct pod *p, const char *list, const char *name, const char *image)
{
    struct op_json *all = manifest_list(p->spec, list), *c = op_json_object();
    char base[80], unique[96];
    image_base(image, base, sizeof(base));
    (void)snprintf(unique, sizeof(unique), "%s", name != NULL ? name : base);
    for (int n = 2; pod_name_taken(op_json_get(p->spec, "containers"), unique) ||
                    pod_name_taken(op_json_get(p->spec, "initContainers"), unique);
         n++)
        (void)snprintf(unique, sizeof(unique), "%s-%d", name != NULL ? name : base, n);
    op_json_set_str(c, "name", unique);
    op_json_set_str(c, "image", image);
    op_json_push(all, c);
    return c;
}

/* Where in the request it was said (spoken.h). */
static int64_t place(const struct op_json *record, const char *key)
{
    int64_t at = -2;
    return op_json_int(op_json_get(record, key), &at) ? at : -2;
}

static bool stands_apart(const struct op_json *record)
{
    bool apart = false;
    return op_json_bool(op_json_get(record, ".apart"), &apart) && apart;
}

static void add_members(struct pod *p, const char *slot, bool skip_first)
{
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0, k = 0; (r = record_next(&p->f->slots, slot, &i)) != NULL; op_json_free(r), r = NULL, k++) {
        const char *image = op_json_str(r, "image");
        if (image == NULL || (skip_first && k == 0) || p->n == CONTAINERS_MAX)
            continue;
        struct op_json *c = add_container(p, "containers", op_json_str(r, "name"), image);
        set_command(c, op_json_str(r, "command"));
        p->members[p->n++] = (struct member){ c, place(r, ".to") };
    }
}

static void add_containers(struct pod *p)
{
    const struct slots *s = &p->f->slots;
    size_t i = 0, k = 0;
    OP_AUTO_JSON *first = record_next(s, "unit", &i);
    const char *name = first != NULL ? op_json_str(first, "name") : NULL;
    const char *main_name = slots_get(s, "main_name"), *own = slots_get(s, "name");
    OP_AUTO_JSON *r = NULL;
    for (; (r = record_next(s, "init", &k)) != NULL; op_json_free(r), r = NULL) {
        const char *said = op_json_str(r, "name");
        struct op_json *c =
            op_json_str(r, "image") == NULL
                ? NULL
                : add_container(p, "initContainers", said != NULL ? said : "init", op_json_str(r, "image"));
        if (c != NULL)
            set_command(c, op_json_str(r, "command"));
        if (c != NULL && p->n_inits < CONTAINERS_MAX)
            p->inits[p->n_inits++] = c;
    }
    struct op_json *c = add_container(p, "containers",
                                      name != NULL                 ? name
                                      : main_name != NULL          ? main_name
                                      : slots_count(s, "unit") > 1 ? NULL
                                                                   : own,
                                      slots_get(s, "image"));
    set_command(c, first != NULL && op_json_str(first, "command") != NULL ? op_json_str(first, "command")
                                                                          : slots_get(s, "command"));
    set_list(c, "args", slots_get(s, "args"));
    p->members[p->n++] = (struct member){ c, -1 };
    add_members(p, "unit", true);
    add_members(p, "sidecar", false);
}

/* What stands directly behind a further container is its own, everything else the main one's. */
struct op_json *pod_part(const struct pod *p, const struct op_json *record)
{
    int64_t from = place(record, ".from");
    for (size_t i = 1; i < p->n && !stands_apart(record); i++)
        if (p->members[i].end == from)
            return p->members[i].json;
    return p->members[0].json;
}

/* ---- environment ---- */

static struct op_json *env_entry(struct op_json *container, const char *name)
{
    struct op_json *e = manifest_item(manifest_list(container, "env"));
    op_json_set_str(e, "name", name);
    return e;
}

static void env_values(struct pod *p)
{
    const struct slots *s = &p->f->slots;
    for (size_t i = 0; i < s->n; i++) {
        const char *eq = strchr(s->v[i].value, '=');
        if (strcmp(s->v[i].name, "env") != 0 || eq == NULL)
            continue;
        OP_AUTO_FREE char *key = op_strndup(s->v[i].value, (size_t)(eq - s->v[i].value));
        op_json_set_str(env_entry(p->members[0].json, key), "value", eq + 1);
    }
}

/* FOO from secret db key password; all of a ConfigMap. */
static void env_references(struct pod *p)
{
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(&p->f->slots, "envref", &i)) != NULL; op_json_free(r), r = NULL) {
        const char *name = op_json_str(r, "name"), *var = op_json_str(r, "var"), *key = op_json_str(r, "key");
        bool secret = op_str_eq(op_json_str(r, "of"), "secret");
        struct op_json *c = pod_part(p, r);
        if (op_json_str(r, "both") != NULL) { /* of what the steps before made */
            static const char *const refs[][2] = { { "made:configmap", "configMapRef" },
                                                   { "made:secret", "secretRef" } };
            for (size_t k = 0; k < OP_LEN(refs); k++)
                if (slots_get(&p->f->slots, refs[k][0]) != NULL)
                    op_json_set_str(manifest_in(manifest_item(manifest_list(c, "envFrom")), refs[k][1]), "name",
                                    slots_get(&p->f->slots, refs[k][0]));
            continue;
        }
        if (var == NULL) {
            struct op_json *all = manifest_item(manifest_list(c, "envFrom"));
            op_json_set_str(manifest_in(all, secret ? "secretRef" : "configMapRef"), "name", name);
            continue;
        }
        struct op_json *ref =
            manifest_in(manifest_in(env_entry(c, var), "valueFrom"), secret ? "secretKeyRef" : "configMapKeyRef");
        op_json_set_str(ref, "name", name);
        op_json_set_str(ref, "key", key != NULL ? key : var);
    }
}

/* ---- probes ---- */

static void probe_handler(struct op_json *probe, const struct op_json *r, const char *port)
{
    const char *how = op_json_str(r, "how"), *path = op_json_str(r, "path"), *command = op_json_str(r, "command");
    if (command != NULL) {
        set_command(manifest_in(probe, "exec"), command);
    } else if (op_str_eq(how, "tcp") || (path == NULL && !op_str_eq(how, "http") && port != NULL)) {
        manifest_number(manifest_in(probe, "tcpSocket"), "port", port);
    } else {
        struct op_json *get = manifest_in(probe, "httpGet");
        op_json_set_str(get, "path", path != NULL ? path : "/");
        manifest_number(get, "port", port != NULL ? port : "80");
    }
}

static void add_probe(struct op_json *container, const char *which, const struct op_json *r, const char *port)
{
    static const char *const times[][2] = { { "delay", "initialDelaySeconds" },
                                            { "period", "periodSeconds" },
                                            { "timeout", "timeoutSeconds" },
                                            { "failures", "failureThreshold" } };
    char key[40];
    (void)snprintf(key, sizeof(key), "%sProbe", which);
    struct op_json *probe = manifest_in(container, key);
    probe_handler(probe, r, port);
    for (size_t i = 0; i < OP_LEN(times); i++)
        manifest_number(probe, times[i][1], op_json_str(r, times[i][0]));
}

static void probes(struct pod *p)
{
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(&p->f->slots, "probe", &i)) != NULL; op_json_free(r), r = NULL) {
        const char *which = op_json_str(r, "which"), *other = op_json_str(r, "other"), *port = op_json_str(r, "port");
        struct op_json *c = pod_part(p, r);
        if (port == NULL)
            port = slots_get(&p->f->slots, "port");
        bool health =
            op_str_eq(which, "health") || which == NULL; /* ready when it answers, restarted when it stops to */
        if (health) {
            add_probe(c, "readiness", r, port);
            which = "liveness";
        }
        add_probe(c, which, r, port);
        if (other != NULL)
            add_probe(c, other, r, port);
    }
}

static void resources(struct pod *p)
{
    static const char *const rows[][3] = { { "requests", "cpu_request", "memory_request" },
                                           { "limits", "cpu_limit", "memory_limit" } };
    const struct slots *s = &p->f->slots;
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        const char *cpu = slots_get(s, rows[i][1]), *memory = slots_get(s, rows[i][2]);
        if (cpu == NULL && memory == NULL)
            continue;
        struct op_json *side = manifest_in(manifest_in(p->members[0].json, "resources"), rows[i][0]);
        manifest_text(side, "cpu", cpu);
        manifest_text(side, "memory", memory);
    }
}

static void build_spec(struct pod *p)
{
    const struct slots *s = &p->f->slots;
    manifest_text(p->spec, "serviceAccountName", slots_get(s, "sa"));
    manifest_text(p->spec, "restartPolicy", slots_get(s, "restart"));
    manifest_text(p->spec, "nodeName", slots_get(s, "on_node"));
    const char *pair = slots_get(s, "node_label"), *eq = pair != NULL ? strchr(pair, '=') : NULL;
    if (eq != NULL) {
        OP_AUTO_FREE char *key = op_strndup(pair, (size_t)(eq - pair));
        op_json_set_str(manifest_in(p->spec, "nodeSelector"), key, eq + 1);
    }
    build_fields(s, "pod", p->spec);
    pod_tolerations(p);
    add_containers(p);
    build_fields(s, "container", p->members[0].json);
    pod_ports(p);
    env_values(p);
    env_references(p);
    resources(p);
    probes(p);
    pod_mounts(p);
}

/* ---- what runs pods ---- */

/* own: the one that it is known by, where no other was said. */
static void labels(const struct frame *f, struct op_json *meta, const char *own)
{
    static const char *const slots[] = { "labels", "selector" };
    bool said = slots_get(&f->slots, slots[0]) != NULL || slots_get(&f->slots, slots[1]) != NULL;
    if (!said && own == NULL)
        return;
    struct op_json *l = manifest_in(meta, "labels");
    manifest_text(l, "app", own);
    for (size_t i = 0; i < f->slots.n; i++) {
        const char *eq = strchr(f->slots.v[i].value, '=');
        bool label = strcmp(f->slots.v[i].name, slots[0]) == 0 || strcmp(f->slots.v[i].name, slots[1]) == 0;
        if (!label || eq == NULL || strchr(eq, ',') != NULL)
            continue;
        OP_AUTO_FREE char *key = op_strndup(f->slots.v[i].value, (size_t)(eq - f->slots.v[i].value));
        op_json_set_str(l, key, eq + 1);
    }
}

static void annotations(const struct slots *s, struct op_json *meta)
{
    for (size_t i = 0; i < s->n; i++) {
        const char *eq = strcmp(s->v[i].name, "annotations") == 0 ? strchr(s->v[i].value, '=') : NULL;
        if (eq == NULL)
            continue;
        OP_AUTO_FREE char *key = op_strndup(s->v[i].value, (size_t)(eq - s->v[i].value));
        op_json_set_str(manifest_in(meta, "annotations"), key, eq + 1);
    }
}

static void build_template(const struct frame *f, struct op_json *spec, struct op_json *claims, struct op_buf *out)
{
    struct op_json *template = manifest_in(spec, "template");
    labels(f, manifest_in(template, "metadata"), slots_get(&f->slots, "name"));
    const char *app = op_json_str(op_json_at(template, "metadata.labels"), "app");
    if (op_json_at(spec, "selector.matchLabels") != NULL) /* the label that was said may be another than the name */
        op_json_set_str(manifest_in(manifest_in(spec, "selector"), "matchLabels"), "app", app);
    struct pod p = { .f = f, .spec = manifest_in(template, "spec"), .claims = claims, .out = out };
    build_spec(&p);
}

static void replicated(const struct frame *f, struct op_json *doc, const char *kind, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    const char *name = slots_get(s, "name"), *count = slots_get(s, "count");
    struct op_json *spec = manifest_in(doc, "spec"), *claims = NULL;
    if (strcmp(kind, "DaemonSet") != 0)
        manifest_number(spec, "replicas", count != NULL ? count : "1");
    if (strcmp(kind, "StatefulSet") == 0)
        op_json_set_str(spec, "serviceName", name);
    if (slots_get(s, "strategy") != NULL && strcmp(kind, "Deployment") == 0)
        op_json_set_str(manifest_in(spec, "strategy"), "type", slots_get(s, "strategy"));
    op_json_set_str(manifest_in(manifest_in(spec, "selector"), "matchLabels"), "app", name);
    build_fields(s, "spec", spec);
    build_replacing(s, kind, spec);
    if (slots_get(s, "headless_service") != NULL)
        build_headless(f, out);
    if (strcmp(kind, "StatefulSet") == 0)
        claims = op_json_array();
    build_template(f, spec, claims, out);
    if (op_json_size(claims) > 0)
        op_json_set(spec, "volumeClaimTemplates", claims);
    else
        op_json_free(claims);
}

static void job_spec(const struct frame *f, struct op_json *spec, struct op_buf *out)
{
    static const char *const numbers[][2] = { { "completions", "completions" },
                                              { "parallelism", "parallelism" },
                                              { "backoff", "backoffLimit" },
                                              { "deadline", "activeDeadlineSeconds" },
                                              { "ttl", "ttlSecondsAfterFinished" } };
    for (size_t i = 0; i < OP_LEN(numbers); i++)
        manifest_number(spec, numbers[i][1], slots_get(&f->slots, numbers[i][0]));
    if (op_str_eq(f->kind, "job"))
        build_fields(&f->slots, "spec", spec);
    build_template(f, spec, NULL, out);
    struct op_json *pod = manifest_in(manifest_in(spec, "template"), "spec");
    if (op_json_get(pod, "restartPolicy") == NULL)
        op_json_set_str(pod, "restartPolicy", "Never");
}

static void cronjob(const struct frame *f, struct op_json *doc, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    struct op_json *spec = manifest_in(doc, "spec");
    manifest_text(spec, "schedule", slots_get(s, "cron"));
    manifest_text(spec, "timeZone", slots_get(s, "timezone"));
    manifest_text(spec, "concurrencyPolicy", slots_get(s, "concurrency"));
    build_fields(s, "spec", spec);
    job_spec(f, manifest_in(manifest_in(spec, "jobTemplate"), "spec"), out);
}

/* Is more said than kubectl's own create command of this kind can say? */
static bool beyond(const struct frame *f)
{
    static const char *const always[] = {
        "memory_limit", "memory_request", "cpu_limit",  "cpu_request",  "env",        "probe",
        "mount",        "init",           "sidecar",    "envref",       "sa",         "restart",
        "strategy",     "backoff",        "ttl",        "node_label",   "deadline",   "completions",
        "parallelism",  "concurrency",    "timezone",   "main_name",    "on_node",    "toleration",
        "args",         "annotations",    "roll_surge", "roll_missing", "roll_ready", "roll_limit",
        "roll_kept",    "roll_recreate",  "portdef",
    };
    const struct slots *s = &f->slots;
    for (size_t i = 0; i < OP_LEN(always); i++)
        if (slots_get(s, always[i]) != NULL)
            return true;
    for (size_t i = 0; i < s->n; i++)
        if (field_slot(s->v[i].name))
            return true;
    bool job = op_str_eq(f->kind, "job") || op_str_eq(f->kind, "cronjob");
    bool labelled = slots_get(s, "labels") != NULL || slots_count(s, "selector") > 1 ||
                    (slots_get(s, "selector") != NULL && !op_str_eq(f->kind, "pod"));
    return slots_count(s, "unit") > 0 || labelled || (slots_get(s, "command") != NULL && !job) ||
           slots_count(s, "port") > 1;
}

bool build_workload(const struct frame *f, struct op_buf *out)
{
    static const struct {
        const char *kind, *api, *name;
        bool always;
    } rows[] = {
        { "pod", "v1", "Pod", false },
        { "deployment", "apps/v1", "Deployment", false },
        { "statefulset", "apps/v1", "StatefulSet", true },
        { "daemonset", "apps/v1", "DaemonSet", true },
        { "job", "batch/v1", "Job", false },
        { "cronjob", "batch/v1", "CronJob", false },
    };
    const char *name = slots_get(&f->slots, "name"), *kind = f->kind != NULL ? f->kind : "deployment";
    if (name == NULL || slots_get(&f->slots, "image") == NULL || !f->changes)
        return false;
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        if (strcmp(rows[i].kind, kind) != 0 || (!rows[i].always && !beyond(f)))
            continue;
        OP_AUTO_JSON *doc = manifest_new(rows[i].api, rows[i].name, name, slots_get(&f->slots, "ns"));
        annotations(&f->slots, manifest_in(doc, "metadata"));
        if (i == 0) {
            bool said = slots_get(&f->slots, "labels") != NULL || slots_get(&f->slots, "selector") != NULL;
            labels(f, manifest_in(doc, "metadata"), said ? NULL : name);
            struct pod p = { .f = f, .spec = manifest_in(doc, "spec"), .out = out };
            build_spec(&p);
        } else if (strcmp(kind, "job") == 0) {
            labels(f, manifest_in(doc, "metadata"), NULL);
            job_spec(f, manifest_in(doc, "spec"), out);
        } else if (strcmp(kind, "cronjob") == 0) {
            cronjob(f, doc, out);
        } else {
            labels(f, manifest_in(doc, "metadata"), NULL);
            replicated(f, doc, rows[i].name, out);
        }
        manifest_print(out, doc);
        return true;
    }
    return false;
}
