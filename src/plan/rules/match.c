/* Which intent does a frame mean? Conditions decide what can be meant at all; among what can, the
 * entry wins that explains most of what was said. Questions never reach an intent that changes. */
#include "build_pod.h"

#include "opsh/base/str.h"

enum { NO = -1000 };

static int score_verb(const struct intent *in, const struct frame *f)
{
    if (in->verbs == NULL)
        return f->changes && f->mood == MOOD_DO ? NO : 0;
    if (f->verb == NULL)
        return op_node_has(in->verbs, "none") ? 2 : NO;
    if (op_node_has(in->verbs, f->verb))
        return 6;
    return op_node_has(in->verbs, "any") && !(f->changes && f->mood == MOOD_DO) ? 0 : NO;
}

static int score_kind(const struct intent *in, const struct frame *f)
{
    if (in->kinds == NULL)
        return f->kind == NULL ? 1 : 0;
    if (f->kind == NULL)
        return op_node_has(in->kinds, "none") ? 1 : NO;
    if (op_node_has(in->kinds, f->kind))
        return 5;
    if (op_node_has(in->kinds, "workload") && kind_is_workload(f->kind))
        return 4;
    if (op_node_has(in->kinds, "k8s") && kind_is_kubernetes(f->kind))
        return 3;
    /* a second kind ("events of pod web") may be the one that counts */
    for (size_t i = 1; i < f->n_kinds; i++)
        if (op_node_has(in->kinds, f->kinds[i]))
            return 3;
    return op_node_has(in->kinds, "any") ? 2 : NO;
}

static int score_topics(const struct intent *in, const struct frame *f)
{
    int score = 0;
    for (const struct op_node *n = op_node_first(in->topics); n != NULL; n = op_node_next(n)) {
        if (!frame_has_topic(f, op_node_text(n)))
            return NO;
        score += 4;
    }
    bool any = in->any == NULL;
    for (const struct op_node *n = op_node_first(in->any); n != NULL; n = op_node_next(n)) {
        if (!frame_has_topic(f, op_node_text(n)))
            continue;
        score += any ? 1 : 4;
        any = true;
    }
    if (!any)
        return NO;
    for (const struct op_node *n = op_node_first(in->not ); n != NULL; n = op_node_next(n))
        if (frame_has_topic(f, op_node_text(n)) || frame_value(f, op_node_text(n)) != NULL)
            return NO;
    return score;
}

static int score_slots(const struct intent *in, const struct frame *f)
{
    int score = 0;
    if (slots_get(&f->slots, "act") != NULL && op_node_get(in->match, "act") == NULL)
        return NO; /* a phrase that was heard says which intent it means */
    for (const struct op_node *n = op_node_first(in->has); n != NULL; n = op_node_next(n)) {
        if (frame_value(f, op_node_text(n)) == NULL)
            return NO;
        score += 3;
    }
    for (const struct op_node *n = op_node_first(in->lacks); n != NULL; n = op_node_next(n))
        if (frame_value(f, op_node_text(n)) != NULL)
            return NO;
    for (const struct op_node *n = op_node_first(in->match); n != NULL; n = op_node_next(n)) {
        const char *v = frame_value(f, op_node_key(n));
        if (v == NULL || op_node_text(n) == NULL || !op_str_glob(op_node_text(n), v))
            return NO;
        score += 4;
    }
    return score;
}

static int score_program(const struct intent *in, const struct frame *f)
{
    if (f->program == NULL || *in->program == '\0' || strcmp(in->program, "any") == 0)
        return 0;
    if (strcmp(in->program, f->program) == 0)
        return 3;
    return strcmp(f->program, "kubectl") == 0 ? -1 : NO;
}

static const char *const mood_names[] = {
    [MOOD_DO] = "do", [MOOD_ASK] = "ask", [MOOD_WHY] = "why", [MOOD_ADVICE] = "advice", [MOOD_NOT] = "not",
};

static int score_mood(const struct intent *in, const struct frame *f)
{
    bool said = op_node_has(in->moods, mood_names[f->mood]);
    if (in->moods != NULL)
        return said ? 3 : NO;
    if (f->mood == MOOD_WHY)
        return in->analysis != NULL ? 2 : NO;
    if (in->changes && (f->mood == MOOD_ASK || (f->mood == MOOD_DO && !f->changes)))
        return NO;
    return 0;
}

/* Slots that were said: an intent that has no use for one of them does not mean this request. */
static bool said_slot(const char *name)
{
    static const char *const said[] = {
        "name",
        "of",
        "count",
        "relative",
        "image",
        "port",
        "target_port",
        "node_port",
        "tail",
        "since",
        "revision",
        "version",
        "selector",
        "env",
        "labels",
        "annotations",
        "taints",
        "data",
        "sets",
        "file",
        "url",
        "container",
        "to",
        "from",
        "into",
        "on",
        "using",
        "every",
        "percent",
        "min",
        "max",
        "timeout",
        "older",
        "repository",
        "chart",
        "nodes",
        "valuesfile",
        "deployment",
        "service",
        "pod",
        "node",
        "memory_limit",
        "cpu_limit",
        "memory_request",
        "cpu_request",
        "configmap",
        "secret",
        "with_service",
        "with_ingress",
        "with_configmap",
        "with_secret",
        "unit",
        "init",
        "sidecar",
        "probe",
        "mount",
        "envref",
        "command",
        "sa",
        "cron",
        "memory_percent",
        "hard",
        "range",
        "grant",
        "policy",
        "route",
        "entry",
        "backoff",
        "completions",
        "parallelism",
        "ttl",
        "deadline",
        "strategy",
        "restart",
        "external_name",
        "available",
        "unavailable",
        "serviceaccount",
        "storageclass",
        "persistentvolumeclaim",
        "ingress",
        "networkpolicy",
        "profile",
        "driver_said",
        "mk_version",
        "mk_runtime",
        "mk_cni",
        "mk_disk",
        "mk_addon",
        "mk_purge",
        "reuse_values",
        "reset_values",
        "helm_wait",
        "helm_atomic",
        "create_ns",
        "keep_history",
        "repo_url",
        "app_version",
        "untar",
        "chart_dest",
        "lint_strict",
        "called",
        "compose_volumes",
        "compose_files",
        "svc",
        "docker_ports",
        "docker_volumes",
        "data_volume",
        "volume_at",
        "docker_network",
        "docker_restart",
        "docker_memory",
        "docker_cpus",
        "docker_words",
        "docker_user",
        "docker_workdir",
        "docker_hostname",
        "docker_entrypoint",
        "docker_platform",
        "docker_gpus",
        "docker_readonly",
        "docker_privileged",
        "docker_rm",
        "docker_recipe",
        "second_folder",
        "history_max",
        "helm_prefix",
        "prune_age",
        "helm_back",
        "build_target",
        "build_pull",
        "db_password",
        "db_name",
        "env_file",
        "to_name",
        "toleration",
        "portdef",
        "init_wanted",
        "registry_user",
        "registry_password",
        "registry_email",
        "args",
        "narrowed",
    };
    return OP_IN(name, said) || field_slot(name);
}

/* Fields with a path are the builders' own. */
static bool has_use(const struct intent *in, const char *slot)
{
    return field_slot(slot) ? intent_uses(in, "builder") : intent_uses(in, slot);
}

static bool minor_topic(const char *topic)
{
    static const char *const minor[] = { "all",    "status", "info",   "running", "names",  "currentns",
                                         "allns",  "up",     "down",   "labels",  "values", "half",
                                         "double", "health", "latest", "history", "network" };
    return OP_IN(topic, minor);
}

/* What was said and the intent has no use for. */
static int score_unused(const struct intent *in, const struct frame *f)
{
    int score = 0;
    for (size_t i = 0; i < f->slots.n; i++)
        if (said_slot(f->slots.v[i].name) && !has_use(in, f->slots.v[i].name))
            score -= strcmp(f->slots.v[i].name, "narrowed") == 0 ? 6 : 2; /* all of it is no answer */
    for (size_t i = 0; i < f->n_topics; i++) {
        const char *t = f->topics[i];
        char ref[80];
        (void)snprintf(ref, sizeof(ref), "topic.%s", t);
        bool used = op_node_has(in->topics, t) || op_node_has(in->any, t) || op_node_has(in->optional, t) ||
                    intent_uses(in, ref);
        if (!used)
            score -= minor_topic(t) ? 0 : 1;
    }
    for (const struct op_node *n = op_node_first(in->needs); n != NULL; n = op_node_next(n))
        if (frame_value(f, op_node_text(n)) == NULL)
            score -= 1;
    return score;
}

static void add_word(char *out, size_t size, const char *word)
{
    size_t n = strlen(out);
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_JSON *record = *word == '{' ? op_json_parse(word, strlen(word), OP_JSON_LOOSE, &err) : NULL;
    if (record != NULL) /* of a phrase: as it was said */
        word = op_json_text(op_json_get(record, ".said"));
    if (word == NULL)
        return;
    if (n < size)
        (void)snprintf(out + n, size - n, "%s%s", n > 0 ? ", " : "", word);
}

/* Topics that never make a change another one. */
static bool idle_topic(const struct frame *f, const char *topic)
{
    static const char *const idle[] = { "incluster",     "all",       "status",       "info",     "running",
                                        "runningin",     "currentns", "allns",        "up",       "down",
                                        "half",          "double",    "latest",       "local",    "rolloutword",
                                        "health",        "names",     "usage",        "network",  "creation",
                                        "autoscaleword", "wait",      "chartversion", "goodness", "detail" };
    if (strcmp(topic, "completed") == 0 && frame_has_topic(f, "wait"))
        return true;
    if (strcmp(topic, "imagesused") == 0 && slots_get(&f->slots, "image") != NULL)
        return true; /* "the image is acme/api:1.9" */
    static const char *const amounts[] = { "version", "cpu", "memory", "limits", "requests" };
    static const char *const said[] = { "version",     "revision", "memory_limit", "memory_request", "cpu_limit",
                                        "cpu_request", "memory",   "cpus",         "percent",        "count" };
    bool amount = false;
    for (size_t i = 0; i < OP_LEN(said); i++)
        amount = amount || slots_get(&f->slots, said[i]) != NULL;
    for (size_t i = 0; i < OP_LEN(amounts) && amount; i++)
        if (strcmp(topic, amounts[i]) == 0)
            return true;
    return OP_IN(topic, idle);
}

/* The same word under another name: the image's, the object's own. */
static bool said_twice(const struct intent *in, const struct frame *f, size_t i)
{
    static const char *const others[] = { "name", "of", "known_image", "image_name", "image_repo", "about", "owner" };
    bool kind = kind_is_workload(f->slots.v[i].name) || strcmp(f->slots.v[i].name, "service") == 0 ||
                strcmp(f->slots.v[i].name, "pod") == 0;
    if (kind)
        return op_str_eq(slots_get(&f->slots, "of"), f->slots.v[i].value);
    if (strcmp(f->slots.v[i].name, "image") == 0 && intent_uses(in, "image_repo"))
        return true;
    for (size_t k = 0; k < OP_LEN(others); k++)
        if (strcmp(f->slots.v[i].name, others[k]) != 0 &&
            op_str_eq(slots_get(&f->slots, others[k]), f->slots.v[i].value))
            return true;
    return false;
}

void intent_unexplained(const struct intent *in, const struct frame *f, char *out, size_t size)
{
    *out = '\0';
    if (strcmp(in->program, "docker") == 0 && slots_get(&f->slots, "ns") != NULL) /* docker has no namespaces */
        add_word(out, size, slots_get(&f->slots, "ns"));
    for (size_t i = 0; i < f->slots.n; i++)
        if (said_slot(f->slots.v[i].name) && !has_use(in, f->slots.v[i].name) && !said_twice(in, f, i))
            add_word(out, size, f->slots.v[i].value);
    for (size_t i = 0; i < f->n_topics; i++) {
        char ref[80];
        (void)snprintf(ref, sizeof(ref), "topic.%s", f->topics[i]);
        if (!idle_topic(f, f->topics[i]) && !op_node_has(in->topics, f->topics[i]) &&
            !op_node_has(in->any, f->topics[i]) && !op_node_has(in->optional, f->topics[i]) && !intent_uses(in, ref))
            add_word(out, size, f->topics[i]);
    }
}

/* certain: every condition holds. near: it is wanted of those too for which one does not. */
static int score(const struct intent *in, const struct frame *f, bool near, bool *certain)
{
    const int parts[] = {
        score_verb(in, f),  score_kind(in, f),    score_topics(in, f),
        score_slots(in, f), score_program(in, f), score_mood(in, f),
    };
    int sum = 0;
    *certain = true;
    for (size_t i = 0; i < OP_LEN(parts); i++) {
        if (parts[i] == NO)
            *certain = false;
        sum += parts[i] == NO ? -4 : parts[i];
    }
    return *certain || near ? sum + score_unused(in, f) : sum;
}

const struct intent *intents_match(const struct intents *in, const struct frame *f)
{
    const struct intent *best = NULL;
    int most = 2;
    for (size_t i = 0; i < in->n; i++) {
        bool certain = false;
        int s = score(&in->v[i], f, false, &certain);
        if (certain && s > most) {
            most = s;
            best = &in->v[i];
        }
    }
    return best;
}

size_t intents_near(const struct intents *in, const struct frame *f, const struct intent **found, size_t max)
{
    int scores[8] = { 0 };
    size_t n = 0;
    if (max > OP_LEN(scores))
        max = OP_LEN(scores);
    for (size_t i = 0; i < in->n; i++) {
        bool certain = false;
        int s = score(&in->v[i], f, true, &certain);
        if (in->v[i].say == NULL || s < -14)
            continue;
        size_t at = n;
        while (at > 0 && scores[at - 1] < s)
            at--;
        if (at >= max)
            continue;
        n = n < max ? n + 1 : max;
        for (size_t k = n - 1; k > at; k--) {
            scores[k] = scores[k - 1];
            found[k] = found[k - 1];
        }
        scores[at] = s;
        found[at] = &in->v[i];
    }
    return n;
}

const char *intent_missing(const struct intent *in, const struct frame *f)
{
    for (const struct op_node *n = op_node_first(in->needs); n != NULL; n = op_node_next(n))
        if (frame_value(f, op_node_text(n)) == NULL)
            return op_node_text(n);
    return NULL;
}
