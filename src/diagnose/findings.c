/* From a list of pods to findings: every rule over every pod, grouped by what owns them. */
#include "opsh/base/mem.h"
#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/clock.h"
#include "rules.h"

static void finding_free(struct op_finding *f)
{
    free(f->ns);
    free(f->pod);
    free(f->container);
    free(f->owner);
    free(f->reason);
    free(f->cause);
    free(f->log_line);
}

void op_findings_free(struct op_findings *fs)
{
    for (size_t i = 0; i < fs->n; i++)
        finding_free(&fs->items[i]);
    free(fs->items);
    *fs = (struct op_findings){ 0 };
}

/* "deployment/web" for a pod of ReplicaSet web-5d9c7: the hash is the pod-template-hash label. */
static char *owner_of(const struct op_json *pod)
{
    OP_JSON_EACH(ref, op_json_at(pod, "metadata.ownerReferences")) {
        const char *kind = op_json_str(ref, "kind"), *name = op_json_str(ref, "name");
        if (!op_json_is_true(ref, "controller") || kind == NULL || name == NULL)
            continue;
        const char *hash = op_json_str(pod, "metadata.labels.pod-template-hash");
        size_t n = strlen(name), h = hash != NULL ? strlen(hash) : 0;
        if (op_str_eq(kind, "ReplicaSet") && h != 0 && n > h + 1 && op_str_ends(name, hash))
            return op_asprintf("deployment/%.*s", (int)(n - h - 1), name);
        OP_AUTO_FREE char *lower = op_str_lower(op_strdup(kind));
        return op_asprintf("%s/%s", lower, name);
    }
    return op_asprintf("pod/%s", op_json_str(pod, "metadata.name"));
}

static const struct op_json *container_spec(const struct op_json *pod, const char *name)
{
    static const char *const lists[] = { "spec.containers", "spec.initContainers" };
    for (size_t i = 0; i < OP_LEN(lists); i++)
        OP_JSON_EACH(c, op_json_at(pod, lists[i]))
            if (op_str_eq(op_json_str(c, "name"), name))
                return c;
    return NULL;
}

static bool merged(struct op_findings *fs, const struct op_finding *f)
{
    for (size_t i = 0; i < fs->n; i++) {
        struct op_finding *g = &fs->items[i];
        if (g->code == f->code && op_str_eq(g->ns, f->ns) && op_str_eq(g->owner, f->owner) &&
            op_str_eq(g->container, f->container) && op_str_eq(g->reason, f->reason)) {
            g->affected++;
            if (f->restarts > g->restarts)
                g->restarts = f->restarts;
            return true;
        }
    }
    return false;
}

static bool try_rule(const struct pod_rule *rule, const struct pod_view *v, struct op_findings *out)
{
    struct op_finding f = { .code = rule->code,
                            .severity = rule->severity,
                            .logs = rule->logs,
                            .exit_code = -1,
                            .restarts = -1,
                            .affected = 1 };
    if (!rule->applies(v, &f))
        return false;
    f.ns = op_strdup(op_json_str(v->pod, "metadata.namespace"));
    f.pod = op_strdup(op_json_str(v->pod, "metadata.name"));
    f.container = op_strdup(v->name);
    f.owner = owner_of(v->pod);
    if (merged(out, &f)) {
        finding_free(&f);
        return true;
    }
    out->items = op_grow(out->items, out->n, &out->cap, sizeof(*out->items));
    out->items[out->n++] = f;
    return true;
}

static bool whole_pod(struct pod_view *v, struct op_findings *out)
{
    for (size_t i = 0; i < op_pod_rules_n; i++)
        if (op_pod_rules[i].whole_pod && try_rule(&op_pod_rules[i], v, out))
            return true;
    return false;
}

static void one_pod(const struct op_json *pod, int64_t now, struct op_findings *out)
{
    int64_t created = op_clock_parse(op_json_str(pod, "metadata.creationTimestamp"));
    struct pod_view v = { .pod = pod, .now = now, .age = created >= 0 ? now - created : 0 };
    if (op_json_str(pod, "metadata.name") == NULL)
        return;
    out->pods++;
    if (whole_pod(&v, out))
        return;
    static const char *const lists[] = { "status.initContainerStatuses", "status.containerStatuses" };
    for (size_t l = 0; l < OP_LEN(lists); l++)
        OP_JSON_EACH(status, op_json_at(pod, lists[l])) {
            v.status = status;
            v.name = op_json_str(status, "name");
            v.spec = v.name != NULL ? container_spec(pod, v.name) : NULL;
            for (size_t i = 0; i < op_pod_rules_n; i++)
                if (!op_pod_rules[i].whole_pod && try_rule(&op_pod_rules[i], &v, out))
                    break;
        }
}

static int order(const void *a, const void *b)
{
    const struct op_finding *x = a, *y = b;
    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    int by_ns = strcmp(x->ns != NULL ? x->ns : "", y->ns != NULL ? y->ns : "");
    return by_ns != 0 ? by_ns : strcmp(x->pod, y->pod);
}

void op_diagnose_pods(const struct op_json *list, int64_t now, struct op_findings *out)
{
    if (op_json_is_array(op_json_get(list, "items"))) {
        OP_JSON_EACH(pod, op_json_get(list, "items"))
            one_pod(pod, now, out);
    } else if (op_json_is_null(op_json_get(list, "kind")) || op_str_eq(op_json_str(list, "kind"), "Pod")) {
        /* the items of a list that the API server itself wrote say no kind: the list says it for them */
        one_pod(list, now, out);
    }
    if (out->n > 1)
        qsort(out->items, out->n, sizeof(*out->items), order);
}

void op_finding_logs_argv(const struct op_finding *f, struct op_strv *argv)
{
    op_strv_push(argv, "kubectl");
    op_strv_push(argv, "logs");
    op_strv_push(argv, f->pod);
    if (f->ns != NULL) {
        op_strv_push(argv, "-n");
        op_strv_push(argv, f->ns);
    }
    if (f->container != NULL) {
        op_strv_push(argv, "-c");
        op_strv_push(argv, f->container);
    }
    if (f->previous)
        op_strv_push(argv, "--previous");
    op_strv_push(argv, "--tail=20");
}

/* What kubelet writes in place of a log that is gone: kubectl succeeds with it, and it is not the program's own
 * word. The later ones name the log's file, whose path holds NAMESPACE_POD_. (k8s.io/cri-client/pkg/logs) */
static bool is_log_gone(const struct op_finding *f, const char *line)
{
    static const char *const OF_FILES[] = { "failed to try resolving symlinks in path ", "failed to open log file ",
                                            "failed to tail ", "failed to seek ", "failed to read log file " };
    if (op_str_starts(line, "unable to retrieve container logs for "))
        return true;
    OP_AUTO_BUF path = OP_BUF_INIT;
    op_buf_addf(&path, "/%s_%s_", f->ns != NULL ? f->ns : "default", f->pod);
    for (size_t i = 0; i < OP_LEN(OF_FILES); i++) {
        if (op_str_starts(line, OF_FILES[i]) && strstr(line, op_buf_str(&path)) != NULL)
            return true;
    }
    return false;
}

void op_finding_set_log(struct op_finding *f, const char *text, size_t n)
{
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, text, n);
    while (clean.len != 0 && isspace((unsigned char)clean.data[clean.len - 1]))
        op_buf_trunc(&clean, clean.len - 1);
    const char *all = op_buf_str(&clean), *line = strrchr(all, '\n');
    line = line != NULL ? line + 1 : all;
    free(f->log_line);
    f->log_line = NULL;
    if (is_log_gone(f, line))
        return;
    f->log_line = *line != '\0' ? op_strndup(line, 300) : NULL;
}

void op_finding_text(const struct op_finding *f, struct op_buf *out)
{
    op_buf_addf(out, "%s %s/%s", f->severity == OP_SEV_ERROR ? "✗" : "!", f->ns != NULL ? f->ns : "", f->pod);
    if (f->container != NULL)
        op_buf_addf(out, ", container %s", f->container);
    op_buf_addf(out, " — %s", f->reason);
    if (f->exit_code >= 0)
        op_buf_addf(out, ", exit code %lld", (long long)f->exit_code);
    if (f->restarts > 0)
        op_buf_addf(out, ", %lld restart%s", (long long)f->restarts, f->restarts == 1 ? "" : "s");
    op_buf_addf(out, "  [%s]\n", f->code);
    if (f->affected > 1 || !op_str_starts(f->owner, "pod/"))
        op_buf_addf(out, "  of %s%s", f->owner, f->affected > 1 ? "" : "\n");
    if (f->affected > 1)
        op_buf_addf(out, ", and %zu more of its pods\n", f->affected - 1);
    op_buf_addf(out, "  why: %s\n", f->cause);
    if (f->log_line != NULL)
        op_buf_addf(out, "  last log line: %s\n", f->log_line);
}
