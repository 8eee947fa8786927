/* After a change: wait until it is true and say so, or say what is in the way. The objects are
 * those that the command itself said it changed ("deployment.apps/web scaled"). */
#include "files.h"
#include "opsh/base/str.h"
#include "opsh/diagnose/diagnose.h"
#include "opsh/gate/reading.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"
#include "road_i.h"
#include "saved.h"

enum {
    POLL_MS = 700,
    PATIENCE_MS = 8000, /* before a pod in trouble counts as being in the way */
    MOST_TARGETS = 16
};

struct target {
    char kind[64], name[254];
    char ns[254]; /* where the command put it; "": where the command acts */
    bool done, placed;
    int64_t wanted, ready;
    const char *measure; /* what is counted: "pods Ready" */
    char *selector;
};

struct proving {
    struct op_road *road;
    const char *ns;
    struct target targets[MOST_TARGETS];
    size_t n;
    int64_t started;      /* op_clock_ms */
    int64_t started_date; /* seconds since 1970 */
};

static bool token(char *out, size_t size, const char *from, size_t n)
{
    if (n == 0 || n >= size)
        return false;
    memcpy(out, from, n);
    out[n] = '\0';
    return true;
}

/* "deployment.apps/web scaled" and the like: kind and name of each such line. */
static void from_output(struct proving *p, const char *output)
{
    while (*output != '\0' && p->n < MOST_TARGETS) {
        size_t line = strcspn(output, "\n");
        size_t first = strcspn(output, " \n");
        const char *slash = memchr(output, '/', first);
        struct target *t = &p->targets[p->n];
        if (slash != NULL && first < line && strncmp(output, "Warning", 7) != 0) {
            size_t kind = strcspn(output, "./");
            if (token(t->kind, sizeof(t->kind), output, kind) &&
                token(t->name, sizeof(t->name), slash + 1, first - (size_t)(slash + 1 - output)))
                p->n++;
        }
        output += line + (output[line] == '\n');
    }
}

static const char *ns_of(const struct proving *p, const struct target *t)
{
    return *t->ns != '\0' ? t->ns : p->ns;
}

static void place(struct proving *p, const struct op_json *object)
{
    const char *kind = op_json_str(object, "kind"), *name = op_json_str(object, "metadata.name");
    const char *ns = op_json_str(object, "metadata.namespace");
    for (size_t i = 0; kind != NULL && ns != NULL && i < p->n; i++) {
        struct target *t = &p->targets[i];
        if (t->placed || strcasecmp(t->kind, kind) != 0 || !op_str_eq(t->name, name))
            continue;
        t->placed = true;
        (void)snprintf(t->ns, sizeof(t->ns), "%s", ns);
        return;
    }
}

/* A manifest may name namespaces of its own, which kubectl does not print: the same files, read back, tell. Objects
 * of one name in two namespaces come in the order in which they were printed. */
static void place_all(struct proving *p, const struct op_step *step)
{
    struct op_look look = { .input = step->input, .secrets = true };
    struct op_reply reply = { 0 };
    OP_AUTO_JSON *objects = op_json_array();
    if (op_gate_reading(p->road->o.catalog, &step->argv, &look.argv)) {
        op_strv_insert(&look.argv, 2, "--ignore-not-found");
        op_strv_insert(&look.argv, 3, "--output=json");
        if (op_road_look(p->road, &look, 1, &reply) && reply.kind == OP_REPLY_OK &&
            op_saved_parse(op_buf_str(&reply.body), reply.body.len, objects))
            OP_JSON_EACH(object, objects)
                place(p, object);
        op_reply_free(&reply);
    }
    op_strv_free(&look.argv);
}

static void forget(struct proving *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->targets[i].selector);
}

/* Of a Secret opsh reads that it is there, not what it holds. */
static bool look_at_secret(struct proving *p, struct target *t, const char *object)
{
    struct op_reply reply = { 0 };
    t->done = op_road_read(p->road, &reply,
                           (const char *[]){ "kubectl", "get", object, "-n", ns_of(p, t), "-o", "name", NULL }) &&
              reply.kind == OP_REPLY_OK;
    t->wanted = -1;
    op_reply_free(&reply);
    return t->done;
}

/* One look at one object; true when it is as wanted. */
static bool look(struct proving *p, struct target *t)
{
    struct op_reply reply = { 0 };
    OP_AUTO_FREE char *object = op_asprintf("%s/%s", t->kind, t->name);
    if (op_str_eq(t->kind, "secret"))
        return look_at_secret(p, t, object);
    OP_AUTO_JSON *j = op_road_read_json(
        p->road, &reply, (const char *[]){ "kubectl", "get", object, "-n", ns_of(p, t), "-o", "json", NULL });
    struct op_settle s = { 0 };
    if (j != NULL && op_settle_look(j, &s)) {
        t->wanted = s.wanted;
        t->ready = s.ready;
        t->measure = s.measure;
        free(t->selector);
        t->selector = s.selector;
        t->done = s.settled;
    } else if (j != NULL) {
        t->done = true; /* it exists, and nothing about it takes time */
        t->wanted = -1;
    }
    op_reply_free(&reply);
    return t->done;
}

static const char *seconds(const struct proving *p, char text[24])
{
    int64_t ms = op_clock_ms() - p->started;
    (void)snprintf(text, 24, "%lld.%lld s", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
    return text;
}

static void describe(const struct proving *p, struct op_buf *out)
{
    size_t told = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct target *t = &p->targets[i];
        if (t->wanted < 0)
            continue;
        if (t->measure == NULL)
            op_buf_addf(out, "%s%s/%s: not seen yet", told++ != 0 ? "; " : "", t->kind, t->name);
        else if (t->wanted == 0)
            op_buf_addf(out, "%s%s/%s: no pods%s", told++ != 0 ? "; " : "", t->kind, t->name,
                        t->done ? "" : " wanted, some still there");
        else
            op_buf_addf(out, "%s%s/%s: %lld of %lld %s", told++ != 0 ? "; " : "", t->kind, t->name, (long long)t->ready,
                        (long long)t->wanted, t->measure);
        if (!t->done && t->ready == t->wanted && t->wanted != 0)
            op_buf_adds(out, ", older ones still ending");
    }
    if (told == 0)
        op_buf_adds(out, p->n == 1 ? "it is there" : "all of it is there");
}

/* Pods of an unfinished target that are in trouble; young: only those made since the change. */
static bool in_the_way(struct proving *p, bool young, struct op_buf *out)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct target *t = &p->targets[i];
        if (t->done || t->selector == NULL)
            continue;
        struct op_reply reply = { 0 };
        OP_AUTO_JSON *pods = op_road_read_json(
            p->road, &reply,
            (const char *[]){ "kubectl", "get", "pods", "-n", ns_of(p, t), "-l", t->selector, "-o", "json", NULL });
        struct op_findings fs = { 0 };
        OP_JSON_EACH(pod, op_json_get(pods, "items"))
            if (!young || op_clock_parse(op_json_str(pod, "metadata.creationTimestamp")) >= p->started_date - 1)
                op_diagnose_pods(pod, op_clock_now(), &fs);
        bool found = fs.n != 0;
        if (found)
            op_finding_text(&fs.items[0], out);
        op_findings_free(&fs);
        op_reply_free(&reply);
        if (found)
            return true;
    }
    return false;
}

static bool all_done(struct proving *p)
{
    bool all = true;
    for (size_t i = 0; i < p->n; i++)
        all = (p->targets[i].done || look(p, &p->targets[i])) && all;
    return all;
}

static void report(struct proving *p, struct op_proof *proof, const char *trouble)
{
    char time[24];
    OP_AUTO_BUF text = OP_BUF_INIT;
    describe(p, &text);
    if (proof->holds)
        op_buf_addf(&text, " (%s)", seconds(p, time));
    else if (proof->interrupted)
        op_buf_addf(&text, " when you stopped waiting (%s); the change itself was made", seconds(p, time));
    else
        op_buf_addf(&text, " after %s; the change was made but is not true yet%s%s", seconds(p, time),
                    *trouble != '\0' ? ". In the way:\n" : "", trouble);
    proof->text = op_buf_steal(&text);
}

static void wait_until_true(struct proving *p, struct op_proof *proof)
{
    struct op_road *road = p->road;
    OP_AUTO_BUF trouble = OP_BUF_INIT;
    for (;;) {
        proof->holds = all_done(p);
        int64_t waited = op_clock_ms() - p->started;
        proof->interrupted = op_signals_interrupted();
        if (proof->holds || proof->interrupted)
            break;
        bool late = waited >= road->o.proof_timeout_ms;
        if ((late || waited >= PATIENCE_MS) && in_the_way(p, !late, &trouble))
            break;
        if (late)
            break;
        OP_AUTO_BUF line = OP_BUF_INIT;
        describe(p, &line);
        road->o.ui.progress(road->o.ui.self, op_buf_str(&line));
        (void)op_signals_sleep(POLL_MS);
    }
    road->o.ui.progress(road->o.ui.self, NULL);
    report(p, proof, op_buf_str(&trouble));
}

/* The workloads of a Helm release, by the mark that Helm leaves on them. */
static void from_release(struct proving *p, const char *release)
{
    struct op_reply reply = { 0 };
    OP_AUTO_JSON *list = op_road_read_json(
        p->road, &reply,
        (const char *[]){ "kubectl", "get", "deployments,statefulsets,daemonsets", "-n", p->ns, "-o", "json", NULL });
    OP_JSON_EACH(item, op_json_get(list, "items")) {
        const struct op_json *marks = op_json_at(item, "metadata.annotations");
        const char *owner = op_json_text(op_json_get(marks, "meta.helm.sh/release-name"));
        struct target *t = &p->targets[p->n];
        if (p->n == MOST_TARGETS || !op_str_eq(owner, release))
            continue;
        (void)snprintf(t->kind, sizeof(t->kind), "%s", op_json_str(item, "kind"));
        (void)snprintf(t->name, sizeof(t->name), "%s", op_json_str(item, "metadata.name"));
        op_str_lower(t->kind);
        p->n++;
    }
    op_reply_free(&reply);
}

static void prove_gone(struct op_road *road, const struct op_verdict *v, const char *ns, struct op_proof *proof)
{
    struct op_reply reply = { 0 };
    if (*v->name == '\0' || *v->kind == '\0')
        return;
    OP_AUTO_FREE char *object = op_asprintf("%s/%s", v->kind, v->name);
    (void)op_road_read(road, &reply, (const char *[]){ "kubectl", "get", object, "-n", ns, "-o", "name", NULL });
    proof->pending = true;
    proof->holds = reply.kind == OP_REPLY_MISSING;
    proof->text = op_asprintf(proof->holds ? "%s is gone" : "%s is still there", object);
    op_reply_free(&reply);
}

void op_road_prove(struct op_road *road, const struct op_step *step, const struct op_verdict *v, const char *output,
                   struct op_proof *proof)
{
    *proof = (struct op_proof){ 0 };
    struct op_file_step file;
    if (op_file_step_of(road->o.catalog, step, v, &file)) {
        op_file_prove(&file, step, proof);
        op_file_step_free(&file);
        return;
    }
    struct op_target target = op_road_target(road, v);
    struct proving p = { .road = road, .ns = target.ns, .started = op_clock_ms(), .started_date = op_clock_now() };
    if (v->all_namespaces)
        return;
    if (op_str_eq(v->proof, "gone")) {
        prove_gone(road, v, target.ns, proof);
        return;
    }
    if (op_str_eq(v->proof, "rollout") || op_str_eq(v->proof, "applied"))
        from_output(&p, output);
    else if (op_str_eq(v->proof, "release"))
        from_release(&p, v->name);
    if (p.n == 0)
        return;
    if (op_str_eq(v->proof, "applied") && p.n > 1)
        place_all(&p, step);
    proof->pending = true;
    wait_until_true(&p, proof);
    forget(&p);
}
