/* What goes wrong with pods: one function a diagnosis, one row each in the table at the end.
 * The order of the rows is the order of precedence: a container gets the first that applies. */
#include "opsh/base/str.h"
#include "rules.h"

static const char *waiting(const struct pod_view *v)
{
    const char *reason = op_json_str(v->status, "state.waiting.reason");
    return reason != NULL ? reason : "";
}

static const char *message(const struct pod_view *v)
{
    const char *text = op_json_str(v->status, "state.waiting.message");
    return text != NULL ? text : "";
}

/* The end that matters: the present one, else the one before. */
static const struct op_json *last_end(const struct pod_view *v)
{
    const struct op_json *now = op_json_at(v->status, "state.terminated");
    return now != NULL ? now : op_json_at(v->status, "lastState.terminated");
}

static bool one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static void note_end(const struct pod_view *v, struct op_finding *f)
{
    const struct op_json *end = last_end(v);
    f->exit_code = op_json_int_or(end, "exitCode", -1);
    f->restarts = op_json_int_or(v->status, "restartCount", -1);
    f->previous = op_json_at(v->status, "state.terminated") == NULL;
}

static bool out_of_memory(const struct pod_view *v, struct op_finding *f)
{
    if (!op_str_eq(op_json_str(last_end(v), "reason"), "OOMKilled"))
        return false;
    note_end(v, f);
    const char *limit = op_json_str(v->spec, "resources.limits.memory");
    f->reason = op_strdup("OOMKilled");
    f->cause = limit != NULL ? op_asprintf("it needed more memory than its limit of %s", limit)
                             : op_strdup("the node ran out of memory (the container has no limit of its own)");
    return true;
}

static const struct {
    int64_t code;
    const char *meaning;
} exits[] = {
    { 0, "it ends normally, but is not meant to end" },
    { 1, "the application ended with an error" },
    { 2, "the program was called wrongly" },
    { 126, "the program is not executable" },
    { 127, "the program was not found in the image" },
    { 128, "the container runtime could not start it" },
    { 134, "the program aborted (SIGABRT)" },
    { 137, "it was killed (SIGKILL)" },
    { 139, "the program crashed (SIGSEGV)" },
    { 143, "it was asked to end (SIGTERM)" },
};

static const char *meaning(int64_t code)
{
    for (size_t i = 0; i < OP_LEN(exits); i++)
        if (exits[i].code == code)
            return exits[i].meaning;
    return "the application ended with an error of its own";
}

static bool cannot_start(const struct pod_view *v, struct op_finding *f)
{
    static const char *const reasons[] = { "RunContainerError", "CreateContainerError", "StartError",
                                           "ContainerCannotRun", NULL };
    const char *ended = op_json_str(last_end(v), "reason");
    bool now = one_of(waiting(v), reasons);
    if (!now && (ended == NULL || !one_of(ended, reasons)))
        return false;
    note_end(v, f);
    const char *said = now ? message(v) : op_json_str(last_end(v), "message");
    f->reason = op_strdup(now ? waiting(v) : ended);
    f->cause = op_asprintf("the container cannot be started: %.300s", said != NULL ? said : "no message");
    f->logs = false;
    return true;
}

static bool crash_loop(const struct pod_view *v, struct op_finding *f)
{
    const struct op_json *end = last_end(v);
    bool looping = op_str_eq(waiting(v), "CrashLoopBackOff");
    /* between two crashes it looks Running or Terminated for a moment */
    bool crashed = end != NULL && op_json_int_or(end, "exitCode", 0) != 0 && !op_json_is_true(v->status, "ready") &&
                   op_json_int_or(v->status, "restartCount", 0) > 0;
    bool failed = op_str_eq(op_json_str(v->pod, "status.phase"), "Failed") && end != NULL &&
                  op_json_int_or(end, "exitCode", 0) != 0;
    if (!looping && !crashed && !failed)
        return false;
    note_end(v, f);
    f->reason = op_strdup(looping || crashed ? "CrashLoopBackOff" : "Error");
    f->cause = op_asprintf("%s: %s", looping || crashed ? "it starts, ends, and is started again" : "it failed",
                           meaning(f->exit_code));
    return true;
}

static bool bad_reference(const struct pod_view *v, struct op_finding *f)
{
    if (!op_str_eq(waiting(v), "CreateContainerConfigError"))
        return false;
    f->reason = op_strdup(waiting(v));
    f->cause = op_asprintf("its configuration cannot be put together: %.300s", message(v));
    f->logs = false;
    return true;
}

static bool image(const struct pod_view *v, struct op_finding *f)
{
    static const char *const reasons[] = { "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName",
                                           "ImageInspectError", "RegistryUnavailable", NULL };
    if (!one_of(waiting(v), reasons))
        return false;
    const char *name = op_json_str(v->spec, "image");
    f->reason = op_strdup(waiting(v));
    f->logs = false;
    if (op_str_eq(waiting(v), "ErrImageNeverPull"))
        f->cause = op_asprintf("image %s is not on the node and may not be pulled (imagePullPolicy: Never)", name);
    else if (op_str_eq(waiting(v), "InvalidImageName"))
        f->cause = op_asprintf("image name %s cannot be one", name);
    else
        f->cause = op_asprintf("image %s cannot be pulled: %.240s", name,
                               *message(v) != '\0' ? message(v) : "see the pod's events");
    return true;
}

static const struct op_json *condition(const struct op_json *pod, const char *type)
{
    OP_JSON_EACH(c, op_json_at(pod, "status.conditions"))
    if (op_str_eq(op_json_str(c, "type"), type))
        return c;
    return NULL;
}

static bool unschedulable(const struct pod_view *v, struct op_finding *f)
{
    const struct op_json *c = condition(v->pod, "PodScheduled");
    if (!op_str_eq(op_json_str(c, "status"), "False") || !op_str_eq(op_json_str(c, "reason"), "Unschedulable"))
        return false;
    const char *said = op_json_str(c, "message");
    f->reason = op_strdup("Unschedulable");
    f->cause = op_asprintf("no node takes it: %.320s", said != NULL ? said : "the scheduler gives no reason");
    return true;
}

static bool evicted(const struct pod_view *v, struct op_finding *f)
{
    if (!op_str_eq(op_json_str(v->pod, "status.reason"), "Evicted"))
        return false;
    const char *said = op_json_str(v->pod, "status.message");
    f->reason = op_strdup("Evicted");
    f->cause = op_asprintf("the node threw it out: %.320s", said != NULL ? said : "no reason given");
    return true;
}

enum { SLOW_START_S = 60 };

static bool stuck_creating(const struct pod_view *v, struct op_finding *f)
{
    static const char *const reasons[] = { "ContainerCreating", "PodInitializing", NULL };
    if (!one_of(waiting(v), reasons) || v->age < SLOW_START_S)
        return false;
    f->reason = op_strdup(waiting(v));
    f->cause = op_asprintf("it has been starting for %lld s; its events say why (a volume, a secret, the network)",
                           (long long)v->age);
    f->logs = false;
    return true;
}

static bool not_ready(const struct pod_view *v, struct op_finding *f)
{
    const struct op_json *run = op_json_at(v->status, "state.running");
    int64_t delay = op_json_int_or(v->spec, "readinessProbe.initialDelaySeconds", 0);
    int64_t period = op_json_int_or(v->spec, "readinessProbe.periodSeconds", 10);
    int64_t tries = op_json_int_or(v->spec, "readinessProbe.failureThreshold", 3);
    if (run == NULL || op_json_is_true(v->status, "ready") || op_json_at(v->spec, "readinessProbe") == NULL ||
        v->age <= delay + period * tries)
        return false;
    note_end(v, f);
    f->previous = false;
    f->reason = op_strdup("NotReady");
    f->cause = op_strdup("it runs, but its readiness probe fails");
    return true;
}

const struct pod_rule op_pod_rules[] = {
    { "P18", OP_SEV_WARNING, true, false, evicted },
    { "P14", OP_SEV_ERROR, true, false, unschedulable },
    { "P01", OP_SEV_ERROR, false, true, out_of_memory },
    { "P05", OP_SEV_ERROR, false, false, bad_reference },
    { "P06", OP_SEV_ERROR, false, false, image },
    { "P04", OP_SEV_ERROR, false, false, cannot_start },
    { "P02", OP_SEV_ERROR, false, true, crash_loop },
    { "P10", OP_SEV_ERROR, false, true, not_ready },
    { "P16", OP_SEV_ERROR, false, false, stuck_creating },
};
const size_t op_pod_rules_n = OP_LEN(op_pod_rules);
