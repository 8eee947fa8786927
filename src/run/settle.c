/* Has a workload settled? The same questions as `kubectl rollout status` asks, from one object. */
#include "opsh/base/str.h"
#include "road_i.h"

static char *selector_of(const struct op_json *object)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    OP_JSON_EACH(label, op_json_at(object, "spec.selector.matchLabels"))
    if (op_json_text(label) != NULL)
        op_buf_addf(&out, "%s%s=%s", out.len != 0 ? "," : "", op_json_key(label), op_json_text(label));
    return out.len != 0 ? op_buf_steal(&out) : NULL;
}

/* Ready for as long as the workload asks for (spec.minReadySeconds)? */
static bool long_enough(const struct op_json *o, const char *available, int64_t wanted)
{
    return op_json_int_or(o, "spec.minReadySeconds", 0) == 0 || op_json_int_or(o, available, 0) >= wanted;
}

static bool deployment(const struct op_json *o, struct op_settle *s)
{
    s->wanted = op_json_int_or(o, "spec.replicas", 1);
    s->ready = op_json_int_or(o, "status.readyReplicas", 0);
    return op_json_int_or(o, "status.updatedReplicas", 0) == s->wanted && s->ready == s->wanted &&
           op_json_int_or(o, "status.replicas", 0) == s->wanted && long_enough(o, "status.availableReplicas", s->wanted);
}

static bool by_hand(const struct op_json *o) /* pods are replaced when somebody deletes them */
{
    return op_str_eq(op_json_str(o, "spec.updateStrategy.type"), "OnDelete");
}

static bool replica_set(const struct op_json *o, struct op_settle *s)
{
    s->wanted = op_json_int_or(o, "spec.replicas", 1);
    s->ready = op_json_int_or(o, "status.readyReplicas", 0);
    return s->ready == s->wanted && op_json_int_or(o, "status.replicas", 0) == s->wanted;
}

static bool stateful_set(const struct op_json *o, struct op_settle *s)
{
    s->wanted = op_json_int_or(o, "spec.replicas", 1);
    s->ready = op_json_int_or(o, "status.readyReplicas", 0);
    int64_t old = op_json_int_or(o, "spec.updateStrategy.rollingUpdate.partition", 0); /* these many may stay old */
    bool newest = by_hand(o) || s->wanted == 0 ||
                  op_str_eq(op_json_str(o, "status.currentRevision"), op_json_str(o, "status.updateRevision")) ||
                  (old > 0 && op_json_int_or(o, "status.updatedReplicas", 0) >= s->wanted - old);
    return newest && s->ready == s->wanted && op_json_int_or(o, "status.replicas", 0) == s->wanted &&
           long_enough(o, "status.availableReplicas", s->wanted);
}

static bool daemon_set(const struct op_json *o, struct op_settle *s)
{
    s->wanted = op_json_int_or(o, "status.desiredNumberScheduled", 0);
    s->ready = op_json_int_or(o, "status.numberReady", 0);
    bool newest = by_hand(o) || op_json_int_or(o, "status.updatedNumberScheduled", 0) == s->wanted;
    return newest && s->ready == s->wanted && long_enough(o, "status.numberAvailable", s->wanted);
}

/* A Job may take hours: it is as asked when it is done, or when a pod of it works on it. */
static bool job(const struct op_json *o, struct op_settle *s)
{
    s->wanted = op_json_int_or(o, "spec.completions", 1);
    s->ready = op_json_int_or(o, "status.succeeded", 0);
    bool working = op_json_int_or(o, "status.ready", 0) > 0 || op_json_is_true(op_json_get(o, "spec"), "suspend");
    s->measure = s->ready >= s->wanted ? "completed" : working ? "completed, working" : "completed, no pod working yet";
    return s->ready >= s->wanted || working;
}

static bool pod(const struct op_json *o, struct op_settle *s)
{
    s->wanted = 1;
    OP_JSON_EACH(c, op_json_at(o, "status.conditions"))
    if (op_str_eq(op_json_str(c, "type"), "Ready"))
        s->ready = op_str_eq(op_json_str(c, "status"), "True");
    if (op_json_str(o, "metadata.deletionTimestamp") != NULL)
        return false;
    return s->ready == 1 || op_str_eq(op_json_str(o, "status.phase"), "Succeeded");
}

static const struct {
    const char *kind;
    bool (*settled)(const struct op_json *o, struct op_settle *s);
} kinds[] = {
    { "Deployment", deployment },
    { "StatefulSet", stateful_set },
    { "DaemonSet", daemon_set },
    { "ReplicaSet", replica_set },
    { "Pod", pod },
    { "Job", job },
};

bool op_settle_look(const struct op_json *object, struct op_settle *s)
{
    *s = (struct op_settle){ 0 };
    for (size_t i = 0; i < OP_LEN(kinds); i++) {
        if (!op_str_eq(op_json_str(object, "kind"), kinds[i].kind))
            continue;
        bool seen = op_json_int_or(object, "status.observedGeneration", 0) >=
                    op_json_int_or(object, "metadata.generation", 0);
        bool generations = kinds[i].settled != pod && kinds[i].settled != job;
        s->settled = kinds[i].settled(object, s) && (seen || !generations);
        if (s->measure == NULL)
            s->measure = s->wanted == 1 ? "pod Ready" : "pods Ready";
        s->selector = selector_of(object);
        return true;
    }
    return false;
}
