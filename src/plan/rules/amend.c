/* Patches of what is there, made of the slots that phrases and amounts filled: how a workload is updated, what a
 * service is reached by, between which numbers an autoscaler moves, where pods may run. Pure: slots in, slots out. */
#include "planner.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

/* A number stays one, a share stays a text. */
static struct op_json *amount(const char *text)
{
    int64_t n = 0;
    return op_str_int(text, 0, 1000000, &n) ? op_json_integer(n) : op_json_string(text);
}

static void put(struct frame *f, const char *slot, struct op_json *takes_patch)
{
    OP_AUTO_FREE char *text = op_json_print(takes_patch, false);
    slots_set(&f->slots, slot, text);
    op_json_free(takes_patch);
}

/* What is to change in the spec of the object, and in that of the pods that it makes. */
static void put_spec(struct frame *f, struct op_json *takes_spec)
{
    struct op_json *patch = op_json_object();
    op_json_set(patch, "spec", takes_spec);
    put(f, "amend_patch", patch);
}

static void put_pod_spec(struct frame *f, struct op_json *takes_pod)
{
    struct op_json *template = op_json_object(), *spec = op_json_object();
    op_json_set(template, "spec", takes_pod);
    op_json_set(spec, "template", template);
    put_spec(f, spec);
}

static const char *count_of(struct slots *s, const char *slot)
{
    const char *value = slots_get(s, slot), *tail = value != NULL ? value + strspn(value, "0123456789") : "";
    return value != NULL && tail != value && (*tail == '\0' || strcmp(tail, "%") == 0) ? value : NULL;
}

/* "at most one pod unavailable", "maxSurge 1", "zero downtime", "recreate": how pods are replaced. */
static void rolling(struct frame *f)
{
    struct slots *s = &f->slots;
    static const char *const setting[] = { "set", "update", "configure", "patch",   "create",
                                           "add", "enable", "switch",    "upgrade", "replace" };
    const char *surge = count_of(s, "roll_surge"), *missing = count_of(s, "roll_missing"),
               *ready = count_of(s, "roll_ready"), *kept = count_of(s, "roll_kept"), *limit = count_of(s, "roll_limit");
    bool seamless = frame_has_topic(f, "zerodowntime"), anew = slots_get(s, "roll_recreate") != NULL;
    bool set = op_str_eq(f->kind, "statefulset") || op_str_eq(f->kind, "daemonset");
    bool own = f->kind == NULL || kind_is_workload(f->kind);
    bool fresh = op_str_eq(f->verb, "create") && slots_get(s, "known_image") != NULL; /* the builder's */
    bool image = slots_get(s, "image") != NULL || slots_get(s, "version") != NULL;
    if (op_str_eq(f->verb, "deploy") && !image && (surge != NULL || missing != NULL) && slots_get(s, "name") != NULL)
        f->verb = "update"; /* "web should roll out with maxSurge 1" */
    if (!f->changes || !own || fresh || !OP_IN(f->verb, setting) || slots_get(s, "count") != NULL ||
        (image && op_str_eq(f->verb, "create")) ||
        (surge == NULL && missing == NULL && ready == NULL && kept == NULL && limit == NULL && !seamless && !anew))
        return;
    if (seamless && missing == NULL)
        missing = "0";
    if (seamless && surge == NULL && !set)
        surge = "1";
    struct op_json *spec = op_json_object(), *how = op_json_object(), *rolling = op_json_object();
    if (ready != NULL)
        op_json_set(spec, "minReadySeconds", amount(ready));
    if (limit != NULL && !set)
        op_json_set(spec, "progressDeadlineSeconds", amount(limit));
    if (kept != NULL)
        op_json_set(spec, "revisionHistoryLimit", amount(kept));
    if (surge != NULL)
        op_json_set(rolling, "maxSurge", amount(surge));
    if (missing != NULL)
        op_json_set(rolling, "maxUnavailable", amount(missing));
    bool rolls = surge != NULL || missing != NULL;
    op_json_set_str(how, "type", anew ? (set ? "OnDelete" : "Recreate") : "RollingUpdate");
    op_json_set(how, "rollingUpdate", anew ? op_json_null() : rolling);
    if (anew)
        op_json_free(rolling);
    if (rolls || anew)
        op_json_set(spec, set ? "updateStrategy" : "strategy", how);
    else
        op_json_free(how);
    put_spec(f, spec);
    if (op_str_eq(slots_get(s, "spec.strategy.type"), "RollingUpdate"))
        slots_drop(s, "spec.strategy.type");                  /* "for the rolling updates of web" */
    slots_set(s, image ? "roll_first" : "amends", "rolling"); /* how it rolls is settled before it does */
}

static void replace(struct op_json *list, const char *field, const char *value)
{
    struct op_json *one = op_json_object();
    OP_AUTO_FREE char *path = op_asprintf("/spec/ports/0/%s", field);
    op_json_set_str(one, "op", "replace");
    op_json_set_str(one, "path", path);
    op_json_set(one, "value", amount(value));
    op_json_push(list, one);
}

/* "create a service web of type NodePort on port 80" */
static void new_type(struct frame *f, const char *type)
{
    static const char *const topics[] = { "nodeport", "loadbalancer", "clusterip" };
    for (size_t i = 0; i < OP_LEN(topics) && type != NULL; i++)
        if (op_str_ieq(type, topics[i]))
            frame_topic(f, topics[i]);
    slots_drop(&f->slots, "svc_type");
}

/* "make the service web a NodePort", "change the port of the service api to 8080" */
static void service(struct frame *f)
{
    struct slots *s = &f->slots;
    static const char *const setting[] = { "set", "update", "switch", "patch", "create", "configure" };
    const char *type = slots_get(s, "svc_type"), *port = slots_get(s, "port"), *target = slots_get(s, "target_port"),
               *node = slots_get(s, "node_port");
    bool numbers = port != NULL || target != NULL || node != NULL, made = op_str_eq(f->verb, "create");
    if (made && (numbers || slots_get(s, "selector") != NULL || slots_get(s, "of") != NULL))
        return new_type(f, type); /* not "make the service web a NodePort" */
    if (!op_str_eq(f->kind, "service") || !f->changes || !OP_IN(f->verb, setting) || (made && type == NULL) ||
        (type == NULL && !numbers) || slots_get(s, "route_pair") != NULL || slots_get(s, "name") == NULL ||
        slots_count(s, "port") > 1)
        return;
    if (numbers) { /* one after the other, by their place: a merge would add a port */
        struct op_json *list = op_json_array();
        if (type != NULL) {
            struct op_json *one = op_json_object();
            op_json_set_str(one, "op", "replace");
            op_json_set_str(one, "path", "/spec/type");
            op_json_set_str(one, "value", type);
            op_json_push(list, one);
        }
        if (port != NULL)
            replace(list, "port", port);
        if (target != NULL)
            replace(list, "targetPort", target);
        if (node != NULL)
            replace(list, "nodePort", node);
        put(f, "amend_patch", list);
        slots_set(s, "amend_type", "json");
    } else {
        struct op_json *spec = op_json_object();
        op_json_set_str(spec, "type", type);
        put_spec(f, spec);
    }
    slots_set(s, "amends", "service");
}

/* "let the autoscaler web keep at least 2 and at most 10 replicas" */
static void scaler(struct frame *f)
{
    struct slots *s = &f->slots;
    static const char *const setting[] = { "set",   "update", "patch",     "increase", "decrease",
                                           "scale", "switch", "configure", "expand" };
    const char *min = count_of(s, "min"), *max = count_of(s, "max");
    if (op_str_eq(f->kind, "horizontalpodautoscaler") && min == NULL && max == NULL) {
        max = count_of(s, "max_said");
        min = count_of(s, "min_said");
        if (max != NULL || min != NULL)
            slots_drop(s, "count");
    }
    bool said = op_str_eq(f->kind, "horizontalpodautoscaler") || frame_has_topic(f, "autoscaling");
    static const char *const changing[] = { "update", "patch" };
    const char *percent = count_of(s, "target_percent"), *said_percent = count_of(s, "percent");
    if (OP_IN(f->verb, changing) && said_percent != NULL && op_str_eq(f->kind, "horizontalpodautoscaler")) {
        slots_set(s, "target_percent", said_percent);
        slots_drop(s, "percent");
        percent = count_of(s, "target_percent");
    }
    if (!said || !f->changes || !OP_IN(f->verb, setting) || (min == NULL && max == NULL && percent == NULL) ||
        slots_get(s, "percent") != NULL || slots_get(s, "memory_percent") != NULL)
        return;
    struct op_json *spec = op_json_object();
    if (min != NULL)
        op_json_set(spec, "minReplicas", amount(min));
    if (max != NULL)
        op_json_set(spec, "maxReplicas", amount(max));
    if (percent != NULL) {
        struct op_json *list = op_json_array(), *one = op_json_object(), *what = op_json_object(),
                       *target = op_json_object();
        op_json_set_str(target, "type", "Utilization");
        op_json_set(target, "averageUtilization", amount(percent));
        op_json_set_str(what, "name", slots_get(s, "target_memory") != NULL ? "memory" : "cpu");
        op_json_set(what, "target", target);
        op_json_set_str(one, "type", "Resource");
        op_json_set(one, "resource", what);
        op_json_push(list, one);
        op_json_set(spec, "metrics", list);
    }
    put_spec(f, spec);
    slots_set(s, "amends", "scaler");
}

/* "run web only on nodes with disk=ssd", "move web to the node n1" */
static void placing(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *pair = slots_get(s, "run_on_pair"), *node = slots_get(s, "run_on_node");
    const char *eq = pair != NULL ? strchr(pair, '=') : NULL;
    if (eq == NULL && node == NULL)
        return;
    OP_AUTO_FREE char *key = eq != NULL ? op_strndup(pair, (size_t)(eq - pair)) : op_strdup("kubernetes.io/hostname");
    struct op_json *selector = op_json_object(), *pod = op_json_object();
    op_json_set_str(selector, key, eq != NULL ? eq + 1 : node);
    op_json_set(pod, "nodeSelector", selector);
    put_pod_spec(f, pod);
    slots_set(s, "amends", "placing");
}

/* "… with an initial delay of 5 seconds": what else a probe is told, behind what it calls. */
static void probing(struct frame *f)
{
    static const char *const fields[][2] = { { "probe_delay", "initialDelaySeconds" },
                                             { "probe_period", "periodSeconds" },
                                             { "probe_timeout", "timeoutSeconds" },
                                             { "probe_failures", "failureThreshold" } };
    OP_AUTO_BUF more = OP_BUF_INIT;
    for (size_t i = 0; i < OP_LEN(fields); i++) {
        const char *value = count_of(&f->slots, fields[i][0]);
        if (value != NULL)
            op_buf_addf(&more, ",\"%s\":%s", fields[i][1], value);
    }
    if (more.len > 0)
        slots_set(&f->slots, "probe_more", op_buf_str(&more));
    const char *path = slots_get(&f->slots, "probe_path"), *port = count_of(&f->slots, "probe_port");
    if (slots_get(&f->slots, "probe_edit") == NULL || (more.len == 0 && path == NULL && port == NULL))
        return;
    OP_AUTO_BUF fresh = OP_BUF_INIT; /* what a merge leaves alone stays as it is */
    if (path != NULL || port != NULL)
        op_buf_addf(&fresh, "\"httpGet\":{%s%s%s%s%s%s}", path != NULL ? "\"path\":\"" : "", path != NULL ? path : "",
                    path != NULL ? "\"" : "", path != NULL && port != NULL ? "," : "", port != NULL ? "\"port\":" : "",
                    port != NULL ? port : "");
    if (more.len > 0)
        op_buf_adds(&fresh, op_buf_str(&more) + (fresh.len == 0));
    slots_set(&f->slots, "probe_new", op_buf_str(&fresh));
}

/* "gpu=true:NoSchedule" */
static void tolerating(struct frame *f)
{
    const char *taint = slots_get(&f->slots, "tolerate");
    if (taint == NULL)
        return;
    size_t end = strcspn(taint, ":"), eq = strcspn(taint, "=:");
    OP_AUTO_FREE char *key = op_strndup(taint, eq);
    OP_AUTO_FREE char *value = eq < end ? op_strndup(taint + eq + 1, end - eq - 1) : NULL;
    struct op_json *one = op_json_object(), *list = op_json_array(), *pod = op_json_object();
    op_json_set_str(one, "key", key);
    op_json_set_str(one, "operator", value != NULL ? "Equal" : "Exists");
    if (value != NULL)
        op_json_set_str(one, "value", value);
    if (taint[end] == ':')
        op_json_set_str(one, "effect", taint + end + 1);
    op_json_push(list, one);
    op_json_set(pod, "tolerations", list);
    put_pod_spec(f, pod);
    slots_set(&f->slots, "amends", "tolerating");
}

/* What a phrase named a workload of one kind is that; whose account it runs under. */
static void account(struct frame *f)
{
    if (op_str_eq(f->kind, "workload") && slots_get(&f->slots, "on_sts") != NULL)
        f->kind = "statefulset";
    if (op_str_eq(f->kind, "workload") && slots_get(&f->slots, "on_ds") != NULL)
        f->kind = "daemonset";
    if (slots_get(&f->slots, "of_sa") != NULL)
        slots_set(&f->slots, "sa_kind",
                  slots_get(&f->slots, "on_sts") != NULL  ? "statefulset"
                  : slots_get(&f->slots, "on_ds") != NULL ? "daemonset"
                                                          : "deployment");
}

/* "change web to 5 replicas, image web:2 and RATE=100": several things of one workload, each its own step. */
static void several(struct frame *f)
{
    static const char *const setting[] = { "set", "update", "configure", "patch", "switch" };
    static const char *const parts[] = { "count", "image", "env", "memory_limit", "cpu_limit", "labels" };
    size_t n = 0;
    for (size_t i = 0; i < OP_LEN(parts); i++)
        n += slots_get(&f->slots, parts[i]) != NULL;
    n -= slots_get(&f->slots, "memory_limit") != NULL && slots_get(&f->slots, "cpu_limit") != NULL;
    if (n > 1 && OP_IN(f->verb, setting) && f->changes && (f->kind == NULL || kind_is_workload(f->kind)) &&
        slots_get(&f->slots, "sets") == NULL && slots_count(&f->slots, "name") < 2)
        slots_set(&f->slots, "several", "true");
    static const char *const amounts[] = { "memory_limit", "cpu_limit", "memory_request", "cpu_request" };
    for (size_t i = 0; i < OP_LEN(amounts); i++)
        if (slots_get(&f->slots, amounts[i]) != NULL)
            slots_set(&f->slots, "sets_resources", "true");
}

/* "set color=blue in the config map ui" */
static void data(struct frame *f)
{
    const char *pair = slots_get(&f->slots, "data_pair"), *eq = pair != NULL ? strchr(pair, '=') : NULL;
    if (eq == NULL || eq == pair)
        return;
    OP_AUTO_FREE char *key = op_strndup(pair, (size_t)(eq - pair));
    struct op_json *patch = op_json_object(), *all = op_json_object();
    op_json_set_str(all, key, eq + 1);
    op_json_set(patch, "data", all);
    put(f, "amend_patch", patch);
    slots_set(&f->slots, "amends", "data");
}

void derive_amends(struct frame *f)
{
    data(f);
    account(f);
    several(f);
    derive_field(f);
    probing(f);
    rolling(f);
    service(f);
    scaler(f);
    placing(f);
    tolerating(f);
}
