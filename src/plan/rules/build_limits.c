/* What bounds: claims, limit ranges, disruption budgets, autoscalers that look at memory. */
#include "manifest.h"

#include "opsh/base/str.h"

static void claim(const struct frame *f, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    OP_AUTO_JSON *doc = manifest_new("v1", "PersistentVolumeClaim", slots_get(s, "name"), slots_get(s, "ns"));
    struct op_json *spec = manifest_in(doc, "spec");
    op_json_push(manifest_list(spec, "accessModes"),
                 op_json_string(frame_has_topic(f, "readwritemany") ? "ReadWriteMany" : "ReadWriteOnce"));
    manifest_text(spec, "storageClassName", slots_get(s, "storageclass"));
    op_json_set_str(manifest_in(manifest_in(spec, "resources"), "requests"), "storage", slots_get(s, "size"));
    manifest_print(out, doc);
}

static void limit_range(const struct frame *f, struct op_buf *out)
{
    static const struct {
        const char *mode, *which, *field;
    } rows[] = {
        { "default", "request", "defaultRequest" }, { "default", "requests", "defaultRequest" },
        { "default", NULL, "default" },             { "max", NULL, "max" },
        { "maximum", NULL, "max" },                 { "min", NULL, "min" },
        { "more", NULL, "max" },                    { "most", NULL, "max" },
        { "minimum", NULL, "min" },
    };
    const struct slots *s = &f->slots;
    OP_AUTO_JSON *doc = manifest_new("v1", "LimitRange", slots_get(s, "name"), slots_get(s, "ns"));
    struct op_json *limit = manifest_item(manifest_list(manifest_in(doc, "spec"), "limits"));
    op_json_set_str(limit, "type", "Container");
    OP_AUTO_JSON *r = NULL;
    const char *field = "default";
    for (size_t i = 0; (r = record_next(s, "range", &i)) != NULL; op_json_free(r), r = NULL) {
        const char *mode = op_json_str(r, "mode"), *which = op_json_str(r, "which");
        for (size_t k = OP_LEN(rows); mode != NULL && k-- > 0;)
            if (op_str_eq(rows[k].mode, mode) && (rows[k].which == NULL || op_str_eq(rows[k].which, which)))
                field = rows[k].field;
        struct op_json *side = manifest_in(limit, field);
        manifest_text(side, "cpu", op_json_str(r, "cpu"));
        manifest_text(side, "memory", op_json_str(r, "memory"));
    }
    manifest_print(out, doc);
}

static void budget(const struct frame *f, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    const char *least = slots_get(s, "available"), *most = slots_get(s, "unavailable"), *of = slots_get(s, "of");
    OP_AUTO_JSON *doc = manifest_new("policy/v1", "PodDisruptionBudget", slots_get(s, "name"), slots_get(s, "ns"));
    struct op_json *spec = manifest_in(doc, "spec");
    if (least != NULL)
        manifest_number(spec, "minAvailable", least);
    else
        manifest_number(spec, "maxUnavailable", most);
    build_selector(manifest_in(manifest_in(spec, "selector"), "matchLabels"), f, of != NULL ? of : slots_get(s, "name"),
                   slots_get(s, "selector"));
    manifest_print(out, doc);
}

static const char *api_kind(const char *kind)
{
    return op_str_eq(kind, "statefulset") ? "StatefulSet" : "Deployment";
}

static void autoscaler(const struct frame *f, struct op_buf *out)
{
    static const char *const resources[][2] = { { "cpu", "percent" }, { "memory", "memory_percent" } };
    const struct slots *s = &f->slots;
    const char *of = slots_get(s, "of") != NULL ? slots_get(s, "of") : slots_get(s, "name");
    OP_AUTO_JSON *doc = manifest_new("autoscaling/v2", "HorizontalPodAutoscaler", slots_get(s, "name"), slots_get(s, "ns"));
    struct op_json *spec = manifest_in(doc, "spec"), *target = manifest_in(spec, "scaleTargetRef");
    const char *kind = slots_get(s, "of_kind");
    op_json_set_str(target, "apiVersion", "apps/v1");
    op_json_set_str(target, "kind", api_kind(kind != NULL ? kind : f->kind));
    op_json_set_str(target, "name", of);
    const char *min = slots_get(s, "min");
    manifest_number(spec, "minReplicas", min != NULL ? min : "1");
    manifest_number(spec, "maxReplicas", slots_get(s, "max"));
    for (size_t i = 0; i < OP_LEN(resources); i++) {
        const char *percent = slots_get(s, resources[i][1]);
        if (percent == NULL)
            continue;
        struct op_json *metric = manifest_item(manifest_list(spec, "metrics"));
        op_json_set_str(metric, "type", "Resource");
        struct op_json *resource = manifest_in(metric, "resource");
        op_json_set_str(resource, "name", resources[i][0]);
        struct op_json *want = manifest_in(resource, "target");
        op_json_set_str(want, "type", "Utilization");
        manifest_number(want, "averageUtilization", percent);
    }
    manifest_print(out, doc);
}

static void label_namespace(const struct frame *f, struct op_buf *out)
{
    OP_AUTO_JSON *doc = manifest_new("v1", "Namespace", slots_get(&f->slots, "name"), NULL);
    for (size_t i = 0; i < f->slots.n; i++)
        if (strcmp(f->slots.v[i].name, "selector") == 0)
            build_selector(manifest_in(manifest_in(doc, "metadata"), "labels"), f, NULL, f->slots.v[i].value);
    manifest_print(out, doc);
}

bool build_limits(const struct frame *f, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    bool named = slots_get(s, "name") != NULL;
    if (op_str_eq(f->kind, "persistentvolumeclaim") && named && slots_get(s, "size") != NULL)
        claim(f, out);
    else if (op_str_eq(f->kind, "limitrange") && named && slots_get(s, "range") != NULL)
        limit_range(f, out);
    else if (op_str_eq(f->kind, "poddisruptionbudget") && named &&
             (slots_get(s, "available") != NULL || slots_get(s, "unavailable") != NULL))
        budget(f, out);
    else if (op_str_eq(f->kind, "namespace") && named && slots_get(s, "selector") != NULL && f->changes)
        label_namespace(f, out);
    else if (slots_get(s, "memory_percent") != NULL && slots_get(s, "max") != NULL && named)
        autoscaler(f, out);
    else
        return false;
    return true;
}
