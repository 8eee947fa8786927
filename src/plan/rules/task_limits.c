/* What bounds, as tasks describe it: quotas, limit ranges, autoscalers, disruption budgets. */
#include "task.h"

#include "opsh/base/str.h"

/* ---- quotas ---- */

static bool counted(struct op_buf *out, const char *thing, const char *n)
{
    static const char *const groups[][2] = {
        { "deployment", "apps" }, { "statefulset", "apps" }, { "replicaset", "apps" },          { "daemonset", "apps" },
        { "job", "batch" },       { "cronjob", "batch" },    { "ingress", "networking.k8s.io" }
    };
    static const char *const own[] = {
        "pod", "service", "configmap", "secret", "resourcequota", "persistentvolumeclaim", "replicationcontroller"
    };
    char plural[96];
    const char *all = kind_plural(thing, plural, sizeof(plural)), *comma = out->len > 0 ? "," : "";
    for (size_t k = 0; k < OP_LEN(groups); k++) {
        if (strcmp(groups[k][0], thing) != 0)
            continue;
        op_buf_addf(out, "%scount/%s.%s=%s", comma, all, groups[k][1], n);
        return true;
    }
    if (!OP_IN(thing, own))
        return false;
    op_buf_addf(out, "%s%s=%s", comma, all, n);
    return true;
}

/* "as" says which line of the quota, "v" how much; false: a thing that cannot be counted. */
static bool hard_of(const struct task_object *o, struct op_buf *out)
{
    static const char *const plain[][2] = { { "cpu", "requests.cpu" }, { "memory", "requests.memory" } };
    bool limits = false;
    for (size_t i = 0; i < o->facts.n; i++)
        limits = limits || (strcmp(o->facts.v[i].name, "as") == 0 && op_str_starts(o->facts.v[i].value, "limits."));
    for (size_t i = 0; i < o->facts.n; i++) {
        const struct slot *f = &o->facts.v[i];
        if (strcmp(f->name, "raw") == 0)
            op_buf_addf(out, "%s%s", out->len > 0 ? "," : "", f->value);
        if (strcmp(f->name, "as") != 0)
            continue;
        const char *key = f->value, *v = NULL, *thing = NULL;
        for (size_t k = i + 1; k < o->facts.n && strcmp(o->facts.v[k].name, "as") != 0; k++) {
            bool amount = strcmp(o->facts.v[k].name, "v") == 0 || strcmp(o->facts.v[k].name, "cpu") == 0;
            v = amount && v == NULL ? o->facts.v[k].value : v;
            thing = strcmp(o->facts.v[k].name, "thing") == 0 && thing == NULL ? o->facts.v[k].value : thing;
        }
        if (v == NULL)
            return false;
        if (strcmp(key, "count") == 0) {
            if (thing == NULL || !counted(out, thing, v))
                return false;
            continue;
        }
        for (size_t k = 0; k < OP_LEN(plain); k++)
            if (strcmp(plain[k][0], key) == 0)
                key = plain[k][1];
        op_buf_addf(out, "%s%s=%s", out->len > 0 ? "," : "", key, v);
    }
    return out->len > 0;
}

bool task_quota(const struct task *t, struct task_object *o, struct task_out *out)
{
    (void)t;
    OP_AUTO_BUF hard = OP_BUF_INIT;
    const char *name = fact(o, "name"), *ns = slots_get(&o->frame.slots, "ns");
    if (!hard_of(o, &hard) || (fact(o, "needs_ns") != NULL && ns == NULL))
        return false;
    if (ns == NULL && name != NULL && hear_stage_word(name)) { /* "quota dev: 10 pods" */
        slots_set(&o->frame.slots, "ns", name);
        ns = name;
        name = NULL;
    }
    OP_AUTO_FREE char *own = ns != NULL ? op_asprintf("%s-quota", ns) : op_strdup("quota");
    task_words(&out->argv, (const char *const[]){ "create", "quota", name != NULL ? name : own, NULL });
    op_strv_pushf(&out->argv, "--hard=%s", op_buf_str(&hard));
    if (strstr(op_buf_str(&hard), "requests.cpu") != NULL || strstr(op_buf_str(&hard), "requests.memory") != NULL)
        out->why = "From then on pods that say no request for what is counted are refused there.";
    return true;
}

/* ---- limit ranges ---- */

/* The modes stick until another comes: "default request 100m CPU and 128Mi memory, default limit 500m CPU". */
static bool ranges_of(struct op_json *limit, const struct task_object *o)
{
    const char *field = NULL;
    bool any = false, request = false;
    for (size_t i = 0; i < o->facts.n; i++) {
        const char *key = o->facts.v[i].name, *value = o->facts.v[i].value;
        bool amount = strcmp(key, "cpu") == 0 || strcmp(key, "memory") == 0 || strcmp(key, "storage") == 0;
        if (strcmp(key, "mode") == 0) {
            bool which = strcmp(value, "request") == 0 || strcmp(value, "limit") == 0;
            request = strcmp(value, "request") == 0;
            bool defaults = field == NULL || op_str_starts(field, "default");
            if (!which)
                field = value;
            else if (defaults)
                field = request ? "defaultRequest" : "default";
        }
        bool least = strcmp(key, "least") == 0;
        if (least || strcmp(key, "most") == 0) { /* "between 1Gi and 50Gi" */
            bool claims = op_str_eq(fact(o, "each"), "PersistentVolumeClaim");
            manifest_text(manifest_in(limit, least ? "min" : "max"), claims ? "storage" : "memory", value);
            any = true;
        }
        if (strcmp(key, "both") == 0 && field != NULL) {
            OP_AUTO_FREE char *cpu = op_strndup(value, strcspn(value, "/"));
            manifest_text(manifest_in(limit, field), "cpu", cpu);
            manifest_text(manifest_in(limit, field), "memory", strchr(value, '/') + 1);
            any = true;
        }
        if (!amount)
            continue;
        if (field == NULL)
            return false;
        struct op_json *side = manifest_in(limit, field);
        if (op_json_get(side, key) != NULL)
            return false; /* said twice: which of them is not for us to say */
        manifest_text(side, key, value);
        any = true;
    }
    return any;
}

bool task_ranges(const struct task *t, struct task_object *o, struct task_out *out)
{
    (void)t;
    const char *name = fact(o, "name"), *ns = slots_get(&o->frame.slots, "ns"), *each = fact(o, "each");
    OP_AUTO_FREE char *own = ns != NULL ? op_asprintf("%s-limits", ns) : op_strdup("limits");
    OP_AUTO_JSON *doc = manifest_new("v1", "LimitRange", name != NULL ? name : own, ns);
    struct op_json *limit = manifest_item(manifest_list(manifest_in(doc, "spec"), "limits"));
    op_json_set_str(limit, "type", each != NULL && strcmp(each, "true") != 0 ? each : "Container");
    if (!ranges_of(limit, o))
        return false;
    manifest_print(&out->manifest, doc);
    return true;
}

/* ---- autoscalers ---- */

static void add_metric(struct op_json *spec, const char *resource, const char *percent)
{
    if (percent == NULL)
        return;
    struct op_json *metric = manifest_item(manifest_list(spec, "metrics"));
    op_json_set_str(metric, "type", "Resource");
    struct op_json *what = manifest_in(metric, "resource"), *target = manifest_in(what, "target");
    op_json_set_str(what, "name", resource);
    op_json_set_str(target, "type", "Utilization");
    manifest_number(target, "averageUtilization", percent);
}

static bool seconds_of(const char *span, int64_t *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { '\0', 1 } };
    size_t n = strspn(span, "0123456789");
    OP_AUTO_FREE char *digits = op_strndup(span, n);
    for (size_t i = 0; i < OP_LEN(units); i++)
        if (span[n] == units[i].unit && op_str_int(digits, 0, 3600, out)) {
            *out *= units[i].seconds;
            return true;
        }
    return false;
}

struct scaling {
    const char *name, *of, *kind, *min, *max, *cpu, *memory, *window;
};

static bool scaling_of(const struct task *t, const struct task_object *o, struct scaling *s, char *min, size_t size)
{
    const char *range = fact(o, "range"), *kind = fact(o, "of_kind");
    *s = (struct scaling){
        fact(o, "name"),           fact(o, "of"),         kind, fact(o, "min"), fact_last(o, "max"), fact(o, "percent"),
        fact(o, "memory_percent"), fact(o, "down_window")
    };
    if (s->of == NULL)
        s->of = task_workload(t, o);
    if (range != NULL) {
        (void)snprintf(min, size, "%.*s", (int)strcspn(range, "-"), range);
        s->min = min;
        s->max = strchr(range, '-') + 1;
    }
    if (s->of == NULL)
        s->of = s->name;
    return s->of != NULL && s->max != NULL;
}

bool task_autoscaler(const struct task *t, struct task_object *o, struct task_out *out)
{
    struct scaling s;
    char min[24];
    int64_t window = 0;
    if (!scaling_of(t, o, &s, min, sizeof(min)) || (s.window != NULL && !seconds_of(s.window, &window)))
        return false;
    bool stateful = op_str_eq(s.kind, "statefulset");
    const char *up = fact(o, "up_pods");
    if (s.memory == NULL && s.window == NULL && up == NULL) {
        task_words(&out->argv,
                   (const char *const[]){ "autoscale", stateful ? "statefulset" : "deployment", s.of, NULL });
        if (s.min != NULL)
            op_strv_pushf(&out->argv, "--min=%s", s.min);
        op_strv_pushf(&out->argv, "--max=%s", s.max);
        if (s.cpu != NULL)
            op_strv_pushf(&out->argv, "--cpu-percent=%s", s.cpu);
        if (s.name != NULL && strcmp(s.name, s.of) != 0)
            op_strv_pushf(&out->argv, "--name=%s", s.name);
        return true;
    }
    OP_AUTO_JSON *doc = manifest_new("autoscaling/v2", "HorizontalPodAutoscaler", s.name != NULL ? s.name : s.of,
                                     slots_get(&o->frame.slots, "ns"));
    struct op_json *spec = manifest_in(doc, "spec"), *target = manifest_in(spec, "scaleTargetRef");
    op_json_set_str(target, "apiVersion", "apps/v1");
    op_json_set_str(target, "kind", stateful ? "StatefulSet" : "Deployment");
    op_json_set_str(target, "name", s.of);
    manifest_number(spec, "minReplicas", s.min != NULL ? s.min : "1");
    manifest_number(spec, "maxReplicas", s.max);
    add_metric(spec, "cpu", s.cpu);
    add_metric(spec, "memory", s.memory);
    if (up != NULL) {
        struct op_json *policy =
            manifest_item(manifest_list(manifest_in(manifest_in(spec, "behavior"), "scaleUp"), "policies"));
        op_json_set_str(policy, "type", "Pods");
        manifest_number(policy, "value", up);
        op_json_set_int(policy, "periodSeconds", 60);
    }
    if (s.window != NULL)
        op_json_set_int(manifest_in(manifest_in(spec, "behavior"), "scaleDown"), "stabilizationWindowSeconds", window);
    manifest_print(&out->manifest, doc);
    return true;
}

/* ---- disruption budgets ---- */

bool task_budget(const struct task *t, struct task_object *o, struct task_out *out)
{
    const char *least = fact(o, "available_n"), *most = fact(o, "unavailable_n"), *of = fact(o, "of"),
               *name = fact(o, "name");
    const char *least_part = fact(o, "available"), *most_part = fact(o, "unavailable"), *pair = fact(o, "selector");
    const char *value = pair != NULL ? strchr(pair, '=') + 1 : NULL;
    int said = (least != NULL) + (most != NULL) + (least_part != NULL) + (most_part != NULL);
    const struct task_object *service = task_before(t, o, "service");
    if (of == NULL && pair == NULL)
        of = task_workload(t, o) != NULL ? task_workload(t, o) : service != NULL ? fact(service, "of") : NULL;
    if (said != 1 || (of == NULL && pair == NULL && name == NULL))
        return false;
    OP_AUTO_FREE char *own = op_asprintf("%s-pdb", of != NULL ? of : value != NULL ? value : "");
    OP_AUTO_JSON *doc =
        manifest_new("policy/v1", "PodDisruptionBudget", name != NULL ? name : own, slots_get(&o->frame.slots, "ns"));
    struct op_json *spec = manifest_in(doc, "spec");
    bool keeps = least != NULL || least_part != NULL;
    const char *part = keeps ? least_part : most_part;
    OP_AUTO_FREE char *percent = part != NULL ? op_asprintf("%s%%", part) : NULL;
    manifest_number(spec, keeps ? "minAvailable" : "maxUnavailable", percent != NULL ? percent : keeps ? least : most);
    struct op_json *labels = manifest_in(manifest_in(spec, "selector"), "matchLabels");
    if (pair == NULL)
        build_selector(labels, &o->frame, of != NULL ? of : name, NULL);
    for (size_t i = 0; i < o->facts.n; i++)
        if (strcmp(o->facts.v[i].name, "selector") == 0)
            build_selector(labels, &o->frame, NULL, o->facts.v[i].value);
    manifest_print(&out->manifest, doc);
    return true;
}
