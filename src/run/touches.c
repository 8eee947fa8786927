/* Owns the short list of what else happens: pods replaced or ended, budgets, autoscalers, owners that
 * will undo a live edit, and what goes with an object that is deleted. One function a line; the table's
 * order is the order they are told in. */
#include "touches.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/cluster/object.h"

static bool is_kind(const struct op_json *o, const char *kind)
{
    return op_str_eq(op_json_str(o, "kind"), kind);
}

static const struct op_json *any(const struct op_touching *t)
{
    return t->before != NULL ? t->before : t->after;
}

static bool deletes(const struct op_touching *t)
{
    return op_str_eq(t->verb, "delete") || op_str_eq(t->verb, "uninstall");
}

static bool has_template(const struct op_json *o)
{
    static const char *const kinds[] = { "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet" };
    for (size_t i = 0; i < OP_LEN(kinds); i++)
        if (is_kind(o, kinds[i]))
            return true;
    return false;
}

static bool equal(const struct op_json *a, const struct op_json *b)
{
    if (op_json_is_null(a) && op_json_is_null(b))
        return true;
    if (op_json_is_null(a) || op_json_is_null(b))
        return false;
    OP_AUTO_FREE char *ta = op_json_print(a, false);
    OP_AUTO_FREE char *tb = op_json_print(b, false);
    return strcmp(ta, tb) == 0;
}

static bool template_changes(const struct op_touching *t)
{
    return op_str_eq(t->verb, "rollout restart") ||
           (t->before != NULL && t->after != NULL &&
            !equal(op_json_at(t->before, "spec.template"), op_json_at(t->after, "spec.template")));
}

static int64_t wanted(const struct op_json *o)
{
    return is_kind(o, "DaemonSet") ? op_json_int_or(o, "status.desiredNumberScheduled", 0)
                                   : op_json_int_or(o, "spec.replicas", 1);
}

static bool replicas_change(const struct op_touching *t)
{
    return t->before != NULL && t->after != NULL && !is_kind(t->before, "DaemonSet") &&
           wanted(t->before) != wanted(t->after);
}

static const char *s(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- pods ---- */

static void pods_replaced(const struct op_touching *t, struct op_strv *lines)
{
    if (t->before == NULL || !has_template(t->before) || is_kind(t->before, "ReplicaSet") || !template_changes(t))
        return;
    int64_t n = wanted(t->before);
    const char *how =
        op_json_str(t->before, is_kind(t->before, "Deployment") ? "spec.strategy.type" : "spec.updateStrategy.type");
    if (n == 0)
        return;
    if (op_json_is_true(t->before, "spec.paused"))
        op_strv_push(lines, "=its rollout is paused: pods are replaced when it is resumed");
    else if (op_str_eq(how, "Recreate") && n == 1)
        op_strv_push(lines, "!its pod ends before a new one starts (strategy Recreate)");
    else if (op_str_eq(how, "Recreate"))
        op_strv_pushf(lines, "!all %lld pods end before new ones start (strategy Recreate)", (long long)n);
    else if (op_str_eq(how, "OnDelete"))
        op_strv_push(lines, "=its pods stay as they are until each is deleted (strategy OnDelete)");
    else
        op_strv_pushf(lines, "=%lld pod%s replaced%s", (long long)n, n == 1 ? " is" : "s are",
                      n == 1 ? "" : ", a few at a time");
}

static void pods_ended(const struct op_touching *t, struct op_strv *lines)
{
    if (!replicas_change(t) || !has_template(t->before))
        return;
    int64_t from = wanted(t->before), to = wanted(t->after);
    if (to == 0)
        op_strv_pushf(lines, "!no pod of it is left (%lld now)", (long long)from);
    else if (to < from)
        op_strv_pushf(lines, "=%lld pod%s end%s", (long long)(from - to), s(from - to), from - to == 1 ? "s" : "");
}

/* ---- policies ---- */

static bool has_value(const struct op_json *values, const char *text)
{
    OP_JSON_EACH(v, values)
        if (op_str_eq(op_json_text(v), text))
            return true;
    return false;
}

static bool expression_holds(const struct op_json *e, const struct op_json *labels)
{
    const char *key = op_json_str(e, "key"), *op = op_json_str(e, "operator");
    const struct op_json *label = key != NULL ? op_json_get(labels, key) : NULL;
    if (op_str_eq(op, "Exists"))
        return label != NULL;
    if (op_str_eq(op, "DoesNotExist"))
        return label == NULL;
    bool in = label != NULL && has_value(op_json_get(e, "values"), op_json_text(label));
    return op_str_eq(op, "In") ? in : op_str_eq(op, "NotIn") && !in;
}

bool op_touches_selects(const struct op_json *selector, const struct op_json *labels)
{
    OP_JSON_EACH(want, op_json_get(selector, "matchLabels"))
        if (!op_str_eq(op_json_text(want), op_json_text(op_json_get(labels, op_json_key(want)))))
            return false;
    OP_JSON_EACH(e, op_json_get(selector, "matchExpressions"))
        if (!expression_holds(e, labels))
            return false;
    return true;
}

static void autoscaler(const struct op_touching *t, const struct op_json *hpa, struct op_strv *lines)
{
    const struct op_json *o = any(t);
    if (!op_str_eq(op_json_str(hpa, "spec.scaleTargetRef.kind"), op_json_str(o, "kind")) ||
        !op_str_eq(op_json_str(hpa, "spec.scaleTargetRef.name"), op_json_str(o, "metadata.name")))
        return;
    const char *name = op_json_str(hpa, "metadata.name");
    long long least = (long long)op_json_int_or(hpa, "spec.minReplicas", 1),
              most = (long long)op_json_int_or(hpa, "spec.maxReplicas", 0);
    if (deletes(t))
        op_strv_pushf(lines, "=HorizontalPodAutoscaler %s stays, with nothing to scale", name);
    else if (replicas_change(t) && wanted(t->after) == 0)
        op_strv_pushf(lines, "!HorizontalPodAutoscaler %s stops scaling it while it has 0 replicas", name);
    else if (replicas_change(t))
        op_strv_pushf(lines,
                      "!HorizontalPodAutoscaler %s (%lld to %lld) sets the replicas: an HPA will undo this within 15 s",
                      name, least, most);
}

static void budget(const struct op_touching *t, const struct op_json *pdb, struct op_strv *lines)
{
    const struct op_json *o = any(t);
    const struct op_json *labels =
        op_json_at(o, is_kind(o, "Pod") ? "metadata.labels" : "spec.template.metadata.labels");
    const struct op_json *selector = op_json_at(pdb, "spec.selector");
    bool fewer = replicas_change(t) && wanted(t->after) < wanted(t->before);
    bool ends = fewer || template_changes(t) || (deletes(t) && (is_kind(o, "Pod") || has_template(o)));
    if (!ends || labels == NULL || op_json_is_null(selector) || !op_touches_selects(selector, labels))
        return;
    bool least = !op_json_is_null(op_json_at(pdb, "spec.minAvailable"));
    const struct op_json *limit = op_json_at(pdb, least ? "spec.minAvailable" : "spec.maxUnavailable");
    OP_AUTO_FREE char *text = op_json_is_null(limit) ? op_strdup("") : op_json_print(limit, false);
    int64_t n = 0;
    bool below = least && fewer && op_json_int(limit, &n) && wanted(t->after) < n;
    op_strv_pushf(lines, "%cPodDisruptionBudget %s (%s %s) %s", below ? '!' : '=', op_json_str(pdb, "metadata.name"),
                  least ? "minAvailable" : "maxUnavailable", text,
                  below ? "wants more pods than that: nodes cannot be drained then"
                        : "covers its pods; it holds back drains only, not this");
}

static void policies(const struct op_touching *t, struct op_strv *lines)
{
    if (op_str_eq(t->verb, "drain")) /* of all namespaces: touches_node.c */
        return;
    const char *ns = op_json_str(any(t), "metadata.namespace");
    OP_JSON_EACH(item, op_json_get(t->policies, "items")) {
        const char *theirs = op_json_str(item, "metadata.namespace");
        if (ns != NULL && theirs != NULL && strcmp(ns, theirs) != 0)
            continue;
        if (is_kind(item, "HorizontalPodAutoscaler"))
            autoscaler(t, item, lines);
        else if (is_kind(item, "PodDisruptionBudget"))
            budget(t, item, lines);
    }
}

/* ---- owners ---- */

static const char *mark(const struct op_json *o, const char *where, const char *key)
{
    return op_json_text(op_json_get(op_json_at(o, where), key));
}

static bool is_edit(const struct op_touching *t) /* of something that exists */
{
    return t->before != NULL && !op_str_eq(t->verb, "rollout restart");
}

static void git(const struct op_touching *t, struct op_strv *lines)
{
    static const struct {
        const char *where, *key, *who;
    } signs[] = {
        { "metadata.annotations", "argocd.argoproj.io/tracking-id", "Argo CD" },
        { "metadata.labels", "argocd.argoproj.io/instance", "Argo CD" },
        { "metadata.labels", "kustomize.toolkit.fluxcd.io/name", "Flux, Kustomization" },
        { "metadata.labels", "helm.toolkit.fluxcd.io/name", "Flux, HelmRelease" },
    };
    for (size_t i = 0; i < OP_LEN(signs) && t->before != NULL; i++) {
        const char *value = mark(t->before, signs[i].where, signs[i].key);
        if (value == NULL)
            continue;
        op_strv_pushf(lines, "!Git is the source (%s %.*s); a live edit will be reverted", signs[i].who,
                      (int)strcspn(value, ":"), value);
        return;
    }
}

static void release(const struct op_touching *t, struct op_strv *lines)
{
    const char *name = mark(t->before, "metadata.annotations", "meta.helm.sh/release-name");
    if (name == NULL || t->helm || !is_edit(t))
        return;
    if (deletes(t))
        op_strv_pushf(lines, "!Helm release %s owns it and will not know that it is gone", name);
    else
        op_strv_pushf(lines,
                      "!values of release %s will drift; `helm upgrade %s CHART --reuse-values --set ...` keeps them",
                      name, name);
}

static void controlled(const struct op_touching *t, struct op_strv *lines)
{
    const struct op_json *owner = op_object_controller(t->before);
    if (owner == NULL || !is_edit(t) || (is_kind(t->before, "Pod") && !deletes(t)))
        return;
    op_strv_pushf(lines, "!%s %s controls it and %s", op_json_str(owner, "kind"), op_json_str(owner, "name"),
                  deletes(t) ? "makes a new one" : "may undo this");
}

/* ---- what goes with a deleted object ---- */

static bool owned_by(const struct op_json *o, const char *uid)
{
    OP_JSON_EACH(owner, op_json_at(o, "metadata.ownerReferences"))
        if (op_str_eq(op_json_str(owner, "uid"), uid))
            return true;
    return false;
}

struct tally {
    int64_t pods, sets;
};

/* Pods belong to a Deployment through its ReplicaSets. */
static void count(const struct op_json *items, const char *uid, unsigned depth, struct tally *n)
{
    OP_JSON_EACH(o, items) {
        if (uid == NULL || !owned_by(o, uid))
            continue;
        n->pods += is_kind(o, "Pod");
        n->sets += is_kind(o, "ReplicaSet");
        if (depth < 3 && !is_kind(o, "Pod"))
            count(items, op_json_str(o, "metadata.uid"), depth + 1, n);
    }
}

static void goes_too(const struct op_touching *t, struct op_strv *lines)
{
    if (!deletes(t) || t->before == NULL)
        return;
    struct tally n = { 0 };
    count(op_json_get(t->owned, "items"), op_json_str(t->before, "metadata.uid"), 0, &n);
    OP_AUTO_BUF what = OP_BUF_INIT;
    if (n.pods != 0)
        op_buf_addf(&what, "%lld pod%s", (long long)n.pods, s(n.pods));
    if (n.sets != 0)
        op_buf_addf(&what, "%s%lld ReplicaSet%s", what.len != 0 ? " and " : "", (long long)n.sets, s(n.sets));
    if (what.len != 0)
        op_strv_pushf(lines, t->orphans ? "=its %s stay%s" : "!its %s go%s with it", op_buf_str(&what),
                      n.pods + n.sets == 1 ? t->orphans ? "s" : "es" : "");
}

static void claims(const struct op_touching *t, struct op_strv *lines)
{
    size_t n = op_json_size(op_json_at(t->before, "spec.volumeClaimTemplates"));
    if (!deletes(t) || n == 0)
        return;
    bool go = op_str_eq(op_json_str(t->before, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted"), "Delete");
    op_strv_push(lines,
                 go ? "!its volume claims are deleted too, with their data" : "=its volume claims and their data stay");
}

static bool mounts(const struct op_json *pod, const char *claim)
{
    OP_JSON_EACH(v, op_json_at(pod, "spec.volumes"))
        if (op_str_eq(op_json_str(v, "persistentVolumeClaim.claimName"), claim))
            return true;
    return false;
}

static void volume(const struct op_touching *t, struct op_strv *lines)
{
    if (!deletes(t) || !is_kind(t->before, "PersistentVolumeClaim"))
        return;
    const char *name = op_json_str(t->before, "metadata.name"),
               *size = op_json_str(t->before, "status.capacity.storage");
    op_strv_pushf(lines, "!%s%sof data: what the volume holds may be lost for good", size != NULL ? size : "",
                  size != NULL ? " " : "");
    OP_JSON_EACH(pod, op_json_get(t->owned, "items"))
        if (is_kind(pod, "Pod") && name != NULL && mounts(pod, name))
            op_strv_pushf(lines, "!pod %s uses it", op_json_str(pod, "metadata.name"));
}

static void whole_namespace(const struct op_touching *t, struct op_strv *lines)
{
    if (!deletes(t) || !is_kind(t->before, "Namespace"))
        return;
    static const char *const kinds[] = { "Pod",     "Deployment", "StatefulSet",          "DaemonSet",
                                         "Service", "ConfigMap",  "PersistentVolumeClaim" };
    OP_AUTO_BUF what = OP_BUF_INIT;
    for (size_t k = 0; k < OP_LEN(kinds); k++) {
        size_t n = 0;
        OP_JSON_EACH(o, op_json_get(t->owned, "items"))
            n += is_kind(o, kinds[k]);
        if (n != 0)
            op_buf_addf(&what, "%s%zu %s%s", what.len != 0 ? ", " : "", n, kinds[k], n == 1 ? "" : "s");
    }
    if (what.len != 0)
        op_strv_pushf(lines, "!with everything in it: %s", op_buf_str(&what));
    else if (t->owned != NULL)
        op_strv_push(lines, "=no workload, Service, ConfigMap or volume claim is in it");
}

void op_touches(const struct op_touching *t, struct op_strv *lines)
{
    static void (*const all[])(const struct op_touching *t, struct op_strv *lines) = {
        whole_namespace, goes_too,   claims, volume,  pods_replaced,      pods_ended,
        policies,        controlled, git,    release, op_touches_drained,
    };
    if (any(t) == NULL)
        return;
    for (size_t i = 0; i < OP_LEN(all); i++)
        all[i](t, lines);
}
