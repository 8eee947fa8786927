/* What a step would do, from the server: the same command as a dry run beside the objects as they are, and
 * beside those what acts on them. All reads go out at once through the road's reader, so that a preview costs
 * one round trip; only objects that the command line does not name (files, selectors) cost a second one. */
#include "opsh/run/preview.h"
#include "opsh/cluster/object.h"

#include "answer.h"
#include "compare.h"
#include "files.h"
#include "opsh/base/str.h"
#include "opsh/gate/explain.h"
#include "opsh/gate/reading.h"
#include "road_i.h"
#include "touches.h"

enum { BRIEF_CONTEXT = 1, FULL_CONTEXT = 3, MOST_OBJECTS = 50, MOST_NAMED = 40 };

struct looking {
    struct op_road *road;
    const struct op_step *step;
    const struct op_verdict *v;
    const char *ns;
    bool until_input, deletes;
    struct op_strv named;    /* "kind/name" that were asked for; no Secrets: their values are not read */
    struct op_strv going;    /* "kind/name" of what a deletion from files would take */
    struct op_strv identity; /* the command line's own --context, --as … */
    bool secrets;            /* there were such */
    struct op_json *after, *before, *policies, *owned, *more; /* owned */
    char why[240];                                            /* of a dry run that the server refuses */
    char unread[240]; /* why the objects as they are could not be read; "": they could */
    struct op_preview *out;
};

void op_preview_free(struct op_preview *p)
{
    op_strv_free(&p->brief);
    op_strv_free(&p->full);
    *p = (struct op_preview){ 0 };
}

static void both(struct op_preview *out, const char *line)
{
    op_strv_push(&out->brief, line);
    op_strv_push(&out->full, line);
}

/* ---- what to read ---- */

static bool is_secret(const char *object)
{
    OP_AUTO_FREE char *kind = op_strndup(object, strcspn(object, "/."));
    return op_str_ieq(kind, "secret") || op_str_ieq(kind, "secrets");
}

/* Flags go before a "--": behind it they would belong to the program in the container. */
static void add_flag(struct op_strv *argv, const char *flag)
{
    size_t at = 1;
    while (at < argv->n && strcmp(argv->v[at], "--") != 0)
        at++;
    op_strv_insert(argv, at, flag);
}

/* The command as a dry run, where the tables know that it is one. output: "json"; delete can only print names. */
static bool dry_run(struct op_road *road, const struct op_step *step, const char *output, struct op_strv *argv)
{
    struct op_verdict v;
    OP_AUTO_FREE char *flag = op_asprintf("--output=%s", output);
    op_strv_copy(argv, &step->argv);
    add_flag(argv, "--dry-run=server");
    add_flag(argv, flag);
    if (op_str_eq(output, "name"))
        add_flag(argv, "--ignore-not-found");
    op_gate_classify(road->o.catalog, argv, step->input, &v);
    return v.risk == OP_RISK_READ && v.known;
}

static void collect_names(struct looking *l)
{
    OP_AUTO_STRV all = OP_STRV_INIT;
    (void)op_gate_named(l->road->o.catalog, &l->step->argv, &all);
    if (all.n == 0 && l->step->input != NULL)
        op_compare_names(l->step->input, &all);
    for (size_t i = 0; i < all.n; i++) {
        if (is_secret(all.v[i]))
            l->secrets = true;
        else if (l->named.n < MOST_NAMED)
            op_strv_push(&l->named, all.v[i]);
    }
}

static const char everywhere[] = "";

static void get_argv(const struct looking *l, struct op_strv *argv, const char *what, const char *ns)
{
    op_strv_push(argv, "kubectl");
    op_strv_push(argv, "get");
    op_strv_copy(argv, &l->identity);
    if (what != NULL)
        op_strv_push(argv, what);
    op_strv_push(argv, "--ignore-not-found");
    op_strv_push(argv, "--output=json");
    if (ns == everywhere)
        op_strv_push(argv, "--all-namespaces");
    else if (ns != NULL)
        op_strv_pushf(argv, "--namespace=%s", ns);
}

/* Named objects by their names; else those that the selectors choose. false: neither. */
static bool named_argv(const struct looking *l, struct op_strv *argv)
{
    if (l->named.n == 0) {
        struct op_verdict v;
        if (l->step->input != NULL || !op_gate_reading(l->road->o.catalog, &l->step->argv, argv))
            return false;
        op_strv_push(argv, "--output=json");
        op_gate_classify(l->road->o.catalog, argv, NULL, &v);
        return v.risk == OP_RISK_READ;
    }
    get_argv(l, argv, NULL, l->ns);
    for (size_t i = 0; i < l->named.n; i++)
        op_strv_push(argv, l->named.v[i]);
    return true;
}

/* Verbs after which neither an autoscaler nor a budget matters. */
static bool matters_to_policies(const struct op_verdict *v)
{
    static const char *const quiet[] = { "label", "annotate", "create",   "expose",       "run",
                                         "taint", "cordon",   "uncordon", "set selector", "set subject" };
    return !OP_IN(v->verb, quiet);
}

static struct op_json *json_of(const struct op_reply *reply)
{
    return reply->kind == OP_REPLY_OK ? op_answer_parse(op_buf_str(&reply->body), reply->body.len) : NULL;
}

enum { DRY, NAMED, POLICIES, OWNED, READS };

/* What stands around the named objects: the policies that may matter, and what goes with them. */
static void surroundings(const struct looking *l, bool want[READS], struct op_strv argvs[READS])
{
    static const char *const namespaces[] = { "namespace", "namespaces", "ns" };
    bool whole = l->deletes && OP_IN(l->v->kind, namespaces);
    if (op_str_eq(l->v->verb, "drain")) { /* its pods may be of any namespace */
        want[POLICIES] = want[OWNED] = want[NAMED];
        get_argv(l, &argvs[POLICIES], "poddisruptionbudgets", everywhere);
        get_argv(l, &argvs[OWNED], "pods", everywhere);
        op_strv_pushf(&argvs[OWNED], "--field-selector=spec.nodeName=%s", l->v->name);
        return;
    }
    want[POLICIES] = matters_to_policies(l->v) && !whole && (want[DRY] || want[NAMED]);
    want[OWNED] = l->deletes && want[NAMED];
    get_argv(l, &argvs[POLICIES], "horizontalpodautoscalers,poddisruptionbudgets", l->ns);
    get_argv(l, &argvs[OWNED],
             whole ? "pods,deployments,statefulsets,daemonsets,services,configmaps,persistentvolumeclaims"
                   : "pods,replicasets",
             whole ? l->v->name : l->ns);
}

/* All that can be read at once. false: interrupted or answered. */
static bool first_look(struct looking *l)
{
    struct op_strv argvs[READS] = { OP_STRV_INIT };
    struct op_look reads[READS];
    struct op_reply replies[READS];
    struct op_json **const to[READS] = {
        [DRY] = &l->after, [NAMED] = &l->before, [POLICIES] = &l->policies, [OWNED] = &l->owned
    };
    size_t which[READS], n = 0;
    bool want[READS] = { [NAMED] = named_argv(l, &argvs[NAMED]) };
    want[DRY] = l->deletes ? !want[NAMED] && dry_run(l->road, l->step, "name", &argvs[DRY])
                           : dry_run(l->road, l->step, "json", &argvs[DRY]);
    surroundings(l, want, argvs);
    for (size_t i = 0; i < READS; i++)
        if (want[i]) {
            reads[n] = (struct op_look){ .argv = argvs[i],
                                         .input = i == DRY ? l->step->input : NULL,
                                         .until_input = l->until_input };
            which[n++] = i;
        }
    bool ok = op_road_look(l->road, reads, n, replies);
    for (size_t k = 0; k < n; k++) {
        if (which[k] == DRY && l->deletes && replies[k].kind == OP_REPLY_OK)
            op_diff_split(op_buf_str(&replies[k].body), &l->going);
        else
            *to[which[k]] = json_of(&replies[k]);
        if (which[k] == DRY && replies[k].kind != OP_REPLY_OK)
            (void)snprintf(l->why, sizeof(l->why), "%s", replies[k].why);
        if (which[k] == NAMED && replies[k].kind != OP_REPLY_OK)
            (void)snprintf(l->unread, sizeof(l->unread), "%s", replies[k].why);
        op_reply_free(&replies[k]);
    }
    for (size_t i = 0; i < READS; i++)
        op_strv_free(&argvs[i]);
    return ok;
}

/* ---- objects ---- */

static const struct op_json *before_of(const struct looking *l, const struct op_json *after)
{
    const struct op_json *found = op_answer_find(l->before, after);
    return found != NULL ? found : op_answer_find(l->more, after);
}

/* Was it asked for by name, in the namespace it is in? Then it is not there. */
static bool was_asked(const struct looking *l, const struct op_json *o)
{
    const char *ns = op_json_str(o, "metadata.namespace"), *name = op_json_str(o, "metadata.name");
    if (name == NULL || (ns != NULL && !op_str_eq(ns, l->ns)))
        return false;
    for (size_t i = 0; i < l->named.n; i++)
        if (op_str_eq(strchr(l->named.v[i], '/') + 1, name))
            return true;
    return false;
}

/* "deployment.v1.apps/web": no two kinds are called so. */
static char *full_name(const struct op_json *o)
{
    const char *version = op_json_str(o, "apiVersion"), *kind = op_json_str(o, "kind"),
               *name = op_json_str(o, "metadata.name");
    if (version == NULL || kind == NULL || name == NULL)
        return NULL;
    const char *slash = strchr(version, '/');
    return slash == NULL ? op_asprintf("%s/%s", kind, name)
                         : op_asprintf("%s.%s.%.*s/%s", kind, slash + 1, (int)(slash - version), version, name);
}

/* What the dry run brought that nobody had named. */
static bool second_look(struct looking *l)
{
    OP_AUTO_STRV argv = OP_STRV_INIT;
    size_t n = 0;
    const char *ns = NULL;
    OP_ANSWER_EACH(o, l->after)
    {
        OP_AUTO_FREE char *name = full_name(o);
        const char *its = op_json_str(o, "metadata.namespace");
        if (name == NULL || is_secret(name) || op_answer_find(l->before, o) != NULL || was_asked(l, o) ||
            n == MOST_NAMED)
            continue;
        if (n == 0) {
            ns = its;
            get_argv(l, &argv, NULL, ns);
        }
        if (!op_str_eq(ns, its) && its != NULL)
            continue; /* one namespace a look; what is in others is shown as it will be */
        op_strv_push(&argv, name);
        n++;
    }
    if (n == 0)
        return true;
    struct op_reply reply;
    const struct op_look look = { .argv = argv, .until_input = l->until_input };
    bool ok = op_road_look(l->road, &look, 1, &reply);
    l->more = json_of(&reply);
    if (reply.kind != OP_REPLY_OK)
        (void)snprintf(l->unread, sizeof(l->unread), "%s", reply.why);
    op_reply_free(&reply);
    return ok;
}

/* ---- telling ---- */

/* kubectl's dry run of scale answers with the object as it was. */
static void correct_scale(const struct looking *l)
{
    if (!op_str_eq(l->v->verb, "scale"))
        return;
    int64_t replicas = 0;
    OP_AUTO_FREE char *value = op_gate_flag(l->road->o.catalog, &l->step->argv, "replicas");
    if (value == NULL || !op_str_int(value, 0, INT32_MAX, &replicas))
        return;
    if (!op_answer_is_list(l->after)) {
        if (op_json_is_object(op_json_get(l->after, "spec")))
            op_json_set_int(op_json_edit(l->after, "spec"), "replicas", replicas);
        return;
    }
    struct op_json *items = op_json_array();
    OP_JSON_EACH(o, op_json_get(l->after, "items")) {
        struct op_json *copy = op_json_dup(o);
        op_json_set_int(op_json_edit(copy, "spec"), "replicas", replicas);
        op_json_push(items, copy);
    }
    op_json_set(l->after, "items", items);
}

static char *short_name(const struct op_json *o)
{
    char *ref = op_object_ref(o);
    return ref != NULL ? ref : op_strdup("an object");
}

static void tell_replicas(const struct op_json *before, const struct op_json *after, struct op_preview *out)
{
    int64_t from = op_json_int_or(before, "spec.replicas", -1), to = op_json_int_or(after, "spec.replicas", -1);
    if (from < 0 || to < 0 || from == to)
        return;
    OP_AUTO_FREE char *line = op_asprintf("=replicas %lld \xe2\x86\x92 %lld", (long long)from, (long long)to);
    both(out, line);
}

static void tell_diff(struct looking *l, const struct op_json *before, const struct op_json *after, bool several)
{
    struct op_preview *out = l->out;
    OP_AUTO_FREE char *name = short_name(after);
    if (is_secret(name)) {
        OP_AUTO_FREE char *line = op_asprintf("=%s: what changes in it is not shown, its values are secret", name);
        both(out, line);
        out->changes++;
        return;
    }
    if (before == NULL && l->unread[0] != '\0') { /* not to be taken for a new one */
        OP_AUTO_FREE char *line = op_asprintf("#%s", name);
        both(out, line);
        out->changes++;
        return;
    }
    struct op_diff few, many;
    op_compare_objects(before, after, BRIEF_CONTEXT, &few);
    op_compare_objects(before, after, FULL_CONTEXT, &many);
    if (few.lines.n != 0 && (several || before == NULL)) {
        OP_AUTO_FREE char *line = op_asprintf("#%s%s", name, before == NULL ? " (new)" : "");
        both(out, line);
    }
    if (before != NULL || l->step->input == NULL) /* else it stands above, as it was given */
        op_strv_copy(&out->brief, &few.lines);
    op_strv_copy(&out->full, &many.lines);
    if (few.cut)
        both(out, "!only the first 2000 lines were compared");
    out->changes += few.added + few.removed;
    tell_replicas(before, after, out);
    op_diff_free(&few);
    op_diff_free(&many);
}

static void tell_touches(struct looking *l, const struct op_json *before, const struct op_json *after, bool several)
{
    OP_AUTO_STRV lines = OP_STRV_INIT;
    OP_AUTO_FREE char *cascade = op_gate_flag(l->road->o.catalog, &l->step->argv, "cascade");
    const struct op_touching t = { .verb = l->v->verb,
                                   .orphans = op_str_eq(cascade, "orphan") || op_str_eq(cascade, "false"),
                                   .before = before,
                                   .after = after,
                                   .policies = l->policies,
                                   .owned = l->owned };
    op_touches(&t, &lines);
    OP_AUTO_FREE char *name = short_name(before != NULL ? before : after);
    for (size_t i = 0; i < lines.n; i++) {
        OP_AUTO_FREE char *line =
            several ? op_asprintf("%c%s: %s", lines.v[i][0], name, lines.v[i] + 1) : op_strdup(lines.v[i]);
        both(l->out, line);
    }
}

static void tell_failures(struct looking *l)
{
    if (l->why[0] != '\0') {
        OP_AUTO_FREE char *line = op_asprintf("!the server's dry run says: %s", l->why);
        both(l->out, line);
    }
    if (l->unread[0] != '\0' && !op_str_eq(l->unread, l->why)) {
        OP_AUTO_FREE char *line = op_asprintf("!what is there now could not be read: %s", l->unread);
        both(l->out, line);
    }
}

static void tell_deletion(struct looking *l)
{
    bool several = op_answer_is_list(l->before);
    size_t n = 0;
    if (l->before == NULL && l->named.n != 0 && l->unread[0] == '\0')
        both(l->out, "=it is not there");
    for (size_t i = 0; i < l->going.n; i++) {
        OP_AUTO_FREE char *line = op_asprintf("#%s (goes away)", l->going.v[i]);
        both(l->out, line);
    }
    for (const struct op_json *o = op_answer_first(l->before); o != NULL && n < MOST_OBJECTS;
         o = op_answer_next(l->before, o), n++) {
        OP_AUTO_FREE char *name = short_name(o);
        OP_AUTO_FREE char *line = op_asprintf("#%s (goes away)", name);
        both(l->out, line);
        struct op_diff all;
        op_compare_objects(o, NULL, 0, &all);
        op_strv_copy(&l->out->full, &all.lines);
        l->out->changes += all.removed;
        op_diff_free(&all);
        tell_touches(l, o, NULL, several);
    }
}

static void tell(struct looking *l)
{
    size_t n = 0;
    bool several = op_answer_is_list(l->after);
    for (const struct op_json *o = op_answer_first(l->after); o != NULL && n < MOST_OBJECTS;
         o = op_answer_next(l->after, o), n++) {
        tell_diff(l, before_of(l, o), o, several);
        tell_touches(l, before_of(l, o), o, several);
    }
    if (l->after != NULL && l->out->changes == 0)
        both(l->out, "=nothing differs: the server has it so already");
    if (l->after == NULL) /* a verb without a dry run: what it touches can still be told */
        for (const struct op_json *o = op_answer_first(l->before); o != NULL && n < MOST_OBJECTS;
             o = op_answer_next(l->before, o), n++)
            tell_touches(l, o, NULL, op_answer_is_list(l->before));
}

/* Would already the dry run fetch something: from an address, which may carry words out, or into a chart's folder? */
static bool fetches(const struct op_step *step, bool planned)
{
    for (size_t i = 1; i < step->argv.n; i++)
        if ((planned && strstr(step->argv.v[i], "://") != NULL) ||
            op_str_starts(step->argv.v[i], "--dependency-update"))
            return true;
    return false;
}

bool op_road_can_preview(struct op_road *road, const struct op_step *step, const struct op_verdict *v)
{
    static const char *const release_verbs[] = { "upgrade", "install", "rollback", "uninstall" };
    const char *program = step->argv.v[0];
    struct op_file_step f;
    if (op_file_step_of(road->o.catalog, step, v, &f)) { /* read here, sent nowhere */
        op_file_step_free(&f);
        return true;
    }
    bool planned = step->origin == OP_FROM_MODEL || step->origin == OP_FROM_RULES;
    /* nothing is sent where a planner chose to send it, nor is an unknown command tried, before a person has seen it */
    if (v->risk == OP_RISK_READ || !v->known || v->interactive || v->all_namespaces ||
        (planned && v->guard != OP_GUARD_NONE) || fetches(step, planned))
        return false;
    if (op_road_context(road) == NULL && *v->context == '\0')
        return false;
    if (op_str_eq(program, "helm"))
        return OP_IN(v->verb, release_verbs);
    if (!op_str_eq(program, "kubectl") || op_str_starts(v->verb, "config"))
        return false;
    OP_AUTO_STRV argv = OP_STRV_INIT;
    static const char *const seen[] = { "delete", "rollout restart", "rollout pause", "rollout resume", "drain" };
    return OP_IN(v->verb, seen) || dry_run(road, step, "json", &argv);
}

void op_road_preview(struct op_road *road, const struct op_step *step, const struct op_verdict *v, bool until_input,
                     struct op_preview *out)
{
    struct op_target target = op_road_target(road, v);
    struct looking l = { .road = road, .step = step, .v = v, .ns = target.ns, .until_input = until_input, .out = out };
    struct op_file_step f;
    op_preview_free(out);
    if (op_file_step_of(road->o.catalog, step, v, &f)) {
        op_file_preview(&f, step, out);
        op_file_step_free(&f);
        return;
    }
    if (op_str_eq(step->argv.v[0], "helm")) {
        out->done = op_road_preview_release(road, step, v, until_input, out);
        return;
    }
    l.deletes = op_str_eq(v->verb, "delete");
    collect_names(&l);
    out->done = op_gate_identity(road->o.catalog, &step->argv, &l.identity) && first_look(&l) && second_look(&l);
    if (out->done) {
        correct_scale(&l);
        tell_failures(&l);
        if (l.deletes)
            tell_deletion(&l);
        else
            tell(&l);
    }
    op_strv_free(&l.named);
    op_strv_free(&l.identity);
    op_strv_free(&l.going);
    struct op_json *const all[] = { l.after, l.before, l.policies, l.owned, l.more };
    for (size_t i = 0; i < OP_LEN(all); i++)
        op_json_free(all[i]);
}
