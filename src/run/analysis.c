/* "Why are pods failing": reads, findings, the logs they point to, and words. Deeper analyses
 * (repair, sizing, scaling) will be rooms of their own; what they read comes this way. */
#include "opsh/base/str.h"
#include "opsh/diagnose/diagnose.h"
#include "opsh/diagnose/overview.h"
#include "opsh/os/clock.h"
#include "road_i.h"

enum { MOST_LOGS = 8, MOST_SHOWN = 20 };

/* The logs still missing, all at the same time. */
static void read_logs_once(struct op_road *road, struct op_findings *fs)
{
    struct op_strv argvs[MOST_LOGS] = { 0 };
    struct op_reply replies[MOST_LOGS];
    size_t at[MOST_LOGS], n = 0;
    for (size_t i = 0; i < fs->n && n < MOST_LOGS; i++) {
        if (!fs->items[i].logs || fs->items[i].log_line != NULL)
            continue;
        argvs[n] = (struct op_strv)OP_STRV_INIT;
        op_finding_logs_argv(&fs->items[i], &argvs[n]);
        at[n++] = i;
    }
    if (n == 0)
        return;
    (void)road->reader.read(road, argvs, n, replies);
    for (size_t k = 0; k < n; k++) {
        if (replies[k].kind == OP_REPLY_OK)
            op_finding_set_log(&fs->items[at[k]], op_buf_str(&replies[k].body), replies[k].body.len);
        op_reply_free(&replies[k]);
        op_strv_free(&argvs[k]);
    }
}

/* kubelet keeps one dead container: where it has crashed once more since the pods were read, what was
 * "the one before" is gone, and its log is the present one's, or the other way round. */
static void read_logs(struct op_road *road, struct op_findings *fs)
{
    read_logs_once(road, fs);
    size_t asked = 0; /* those past the limit were not asked for: theirs stays as it is */
    for (size_t i = 0; i < fs->n && asked < MOST_LOGS; i++) {
        asked += fs->items[i].logs;
        if (fs->items[i].logs && fs->items[i].log_line == NULL)
            fs->items[i].previous = !fs->items[i].previous;
    }
    read_logs_once(road, fs);
}

/* Is this pod meant by the topic's name: itself, its owner, or a part of its name? */
static bool meant(const struct op_json *pod, const char *name)
{
    const char *own = op_json_str(pod, "metadata.name");
    return name == NULL || (own != NULL && strstr(own, name) != NULL);
}

static enum op_code unread(const struct op_reply *reply, const struct op_road *road, struct op_buf *out)
{
    const char *context = op_road_context(road);
    switch (reply->kind) {
    case OP_REPLY_FORBIDDEN:
        op_buf_addf(out,
                    "The pods may not be read: %s\nTry a namespace that you may read: /namespace NAME, or -n NAME.",
                    reply->why);
        return OP_TOOL;
    case OP_REPLY_UNREACHABLE:
        op_buf_addf(out,
                    "The cluster does not answer (context %s): %s\nIs it running? `kubectl cluster-info` tells more.",
                    context != NULL ? context : "none", reply->why);
        return OP_NETWORK;
    case OP_REPLY_OK:
    case OP_REPLY_MISSING:
    case OP_REPLY_FAILED:
    default:
        op_buf_addf(out, "The pods could not be read: %s", reply->why);
        return OP_TOOL;
    }
}

static void scope(const struct op_topic *topic, const char *ns, struct op_buf *out)
{
    if (topic->name != NULL)
        op_buf_addf(out, " of %s", topic->name);
    if (ns != NULL)
        op_buf_addf(out, " in namespace %s", ns);
    else
        op_buf_adds(out, " in all namespaces");
}

static void tell(const struct op_topic *topic, const char *ns, const struct op_findings *fs, struct op_buf *out)
{
    if (fs->pods == 0) {
        op_buf_adds(out, "There are no pods");
        scope(topic, ns, out);
        op_buf_adds(out, ".");
        return;
    }
    if (fs->n == 0) {
        op_buf_addf(out, "No pod is failing: looked at %zu", fs->pods);
        scope(topic, ns, out);
        op_buf_adds(out, ".");
        return;
    }
    op_buf_addf(out, "%zu problem%s, %zu pod%s looked at", fs->n, fs->n == 1 ? "" : "s", fs->pods,
                fs->pods == 1 ? "" : "s");
    scope(topic, ns, out);
    op_buf_adds(out, ":\n");
    for (size_t i = 0; i < fs->n && i < MOST_SHOWN; i++) {
        op_buf_addc(out, '\n');
        op_finding_text(&fs->items[i], out);
    }
    if (fs->n > MOST_SHOWN)
        op_buf_addf(out, "\n… and %zu more: ask about one namespace or one workload.\n", fs->n - MOST_SHOWN);
}

static struct op_json *read_pods(struct op_road *road, const char *ns, struct op_reply *reply)
{
    OP_AUTO_FREE char *path =
        ns != NULL ? op_asprintf("/api/v1/namespaces/%s/pods?limit=2000", ns) : op_strdup("/api/v1/pods?limit=2000");
    return op_road_read_json(road, reply, (const char *[]){ "kubectl", "get", "--raw", path, NULL });
}

static enum op_code failures(struct op_road *road, const struct op_topic *topic, struct op_buf *out)
{
    const char *ns = topic->ns != NULL ? topic->ns : road->ns;
    struct op_reply reply = { 0 };
    road->o.ui.progress(road->o.ui.self, "reading pods");
    OP_AUTO_JSON *list = read_pods(road, ns, &reply);
    if (list == NULL && reply.kind == OP_REPLY_FORBIDDEN && ns == NULL) {
        op_reply_free(&reply);
        reply = (struct op_reply){ 0 };
        ns = op_road_namespace(road);
        list = read_pods(road, ns, &reply);
    }
    enum op_code code = OP_OK;
    if (list == NULL) {
        code = unread(&reply, road, out);
    } else {
        struct op_findings fs = { 0 };
        OP_JSON_EACH(pod, op_json_get(list, "items"))
            if (meant(pod, topic->name))
                op_diagnose_pods(pod, op_clock_now(), &fs);
        read_logs(road, &fs);
        tell(topic, ns, &fs, out);
        op_findings_free(&fs);
        if (op_json_str(list, "metadata.continue") != NULL && *op_json_str(list, "metadata.continue") != '\0')
            op_buf_adds(out, "\nOnly the first 2,000 pods were read; name a namespace to see the rest.");
    }
    road->o.ui.progress(road->o.ui.self, NULL);
    op_reply_free(&reply);
    return code;
}

/* Nodes and workloads, read at the same time; what cannot be read is left out and said. */
static void overview(struct op_road *road, struct op_buf *out)
{
    enum { NODES, DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS, N };
    static const char *const paths[N] = { "/api/v1/nodes", "/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets",
                                          "/apis/apps/v1/daemonsets" };
    struct op_strv argvs[N];
    struct op_reply replies[N];
    struct op_json *lists[N] = { NULL };
    struct op_err err = OP_ERR_INIT;
    for (size_t i = 0; i < N; i++) {
        argvs[i] = (struct op_strv)OP_STRV_INIT;
        op_strv_push(&argvs[i], "kubectl");
        op_strv_push(&argvs[i], "get");
        op_strv_push(&argvs[i], "--raw");
        op_strv_push(&argvs[i], paths[i]);
    }
    (void)road->reader.read(road, argvs, N, replies);
    for (size_t i = 0; i < N; i++) {
        if (replies[i].kind == OP_REPLY_OK)
            lists[i] = op_json_parse(op_buf_str(&replies[i].body), replies[i].body.len, OP_JSON_LOOSE, &err);
        if (lists[i] == NULL)
            op_buf_addf(out, "Not checked: %s (%s)\n", strrchr(paths[i], '/') + 1,
                        replies[i].kind == OP_REPLY_FORBIDDEN ? "no permission to list them" : replies[i].why);
    }
    if (lists[NODES] != NULL)
        op_overview_nodes(lists[NODES], out);
    op_overview_workloads((const struct op_json *const *)&lists[DEPLOYMENTS], N - DEPLOYMENTS, out);
    for (size_t i = 0; i < N; i++) {
        op_json_free(lists[i]);
        op_reply_free(&replies[i]);
        op_strv_free(&argvs[i]);
    }
}

#define NOT_SIZED "This is the state of things; sizes and scaling are not computed by opsh yet."

static const struct subject {
    const char *name;
    bool reads;          /* the move's own reads are shown: opsh has no judgement of its own */
    bool overview, pods; /* nodes and workloads; pods that fail */
    const char *closing; /* said behind all of it, or NULL */
} subjects[] = {
    { "failures", false, false, true, NULL },
    { "health", false, true, true, NULL },
    { "resources", true, true, true, NOT_SIZED },
    { "scaling", true, true, true, NOT_SIZED },
    { "network", true, false, true, NULL },
    { "stack", false, false, false, NULL }, /* both: stack.c */
    { "urls", false, false, false, NULL },
    { "object", true, false, false, NULL },
    { "unused", true, false, false, NULL },
    { "security", true, false, false, "This is what there is; opsh does not judge yet whether it is safe." },
};

static const struct subject *subject_of(const struct op_topic *topic)
{
    static const struct subject any = { "", true, false, true, NULL };
    for (size_t i = 0; i < OP_LEN(subjects); i++)
        if (op_str_eq(subjects[i].name, topic->subject))
            return &subjects[i];
    return &any;
}

bool op_road_analysis_reads(const struct op_topic *topic)
{
    return subject_of(topic)->reads;
}

enum op_code op_road_analyse(struct op_road *road, const struct op_topic *topic, struct op_buf *out)
{
    const struct subject *subject = subject_of(topic);
    OP_AUTO_BUF pods = OP_BUF_INIT;
    if (op_str_eq(subject->name, "stack") || op_str_eq(subject->name, "urls"))
        return op_road_stack(road, topic, *subject->name == 'u', out);
    enum op_code code = subject->pods ? failures(road, topic, &pods) : OP_OK;
    if (code == OP_OK && subject->overview)
        overview(road, out);
    op_buf_add(out, op_buf_str(&pods), pods.len);
    if (subject->closing != NULL)
        op_buf_addf(out, "%s%s", out->len != 0 ? "\n" : "", subject->closing);
    return code;
}
