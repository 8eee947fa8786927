/* What helm's verbs would do: the release's manifest as it is beside the one that would be. */
#include "compare.h"
#include "opsh/base/str.h"
#include "opsh/cluster/values.h"
#include "opsh/gate/explain.h"
#include "road_i.h"

enum { BRIEF_CONTEXT = 1, FULL_CONTEXT = 3 };

struct looking {
    struct op_road *road;
    const struct op_step *step;
    const struct op_verdict *v;
    const char *ns;
    bool until_input;
    struct op_preview *out;
};

static void both(struct op_preview *out, const char *line)
{
    op_strv_push(&out->brief, line);
    op_strv_push(&out->full, line);
}

/* helm get manifest NAME and the like, where the step would act. */
static void get_argv(const struct looking *l, const char *what, struct op_strv *argv)
{
    op_strv_push(argv, "helm");
    if (op_str_eq(what, "history")) {
        op_strv_push(argv, what);
    } else {
        op_strv_push(argv, "get");
        op_strv_push(argv, what);
    }
    op_strv_push(argv, l->v->name);
    op_strv_pushf(argv, "--namespace=%s", l->ns);
    if (*l->v->context != '\0')
        op_strv_pushf(argv, "--kube-context=%s", l->v->context);
    if (op_str_eq(what, "history")) {
        op_strv_push(argv, "--max=1");
        op_strv_push(argv, "--output=json");
    }
}

static void revision_argv(const struct looking *l, int64_t revision, struct op_strv *argv)
{
    get_argv(l, "manifest", argv);
    op_strv_pushf(argv, "--revision=%lld", (long long)revision);
}

static char *text_of(const struct op_reply *reply)
{
    return reply->kind == OP_REPLY_OK ? op_strdup(op_buf_str(&reply->body)) : NULL;
}

/* The release that a dry run prints as JSON; owned. Anything may come before the object (warnings). */
static struct op_json *rendered(const struct op_reply *reply)
{
    struct op_err err = OP_ERR_INIT;
    const char *from = reply->kind == OP_REPLY_OK ? strchr(op_buf_str(&reply->body), '{') : NULL;
    return from != NULL ? op_json_parse(from, strlen(from), OP_JSON_LOOSE, &err) : NULL;
}

static bool one_look(const struct looking *l, const struct op_strv *argv, char **text, char *why, size_t size)
{
    struct op_reply reply;
    const struct op_look look = { .argv = *argv, .until_input = l->until_input };
    bool ok = op_road_look(l->road, &look, 1, &reply);
    *text = text_of(&reply);
    if (reply.kind != OP_REPLY_OK)
        (void)snprintf(why, size, "%s", reply.why);
    op_reply_free(&reply);
    return ok;
}

/* The word behind the release's name, NULL when there is none; its values as the chart itself has them: with
 * --reuse-values the dry run tells those that the release has, and not what is new in the chart or empty there. owned */
static struct op_json *chart_values(const struct looking *l)
{
    const struct op_strv *words = &l->step->argv;
    const char *chart = NULL, *version = NULL;
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_FREE char *text = NULL;
    char why[240];
    for (size_t i = 2; i + 1 < words->n; i++) {
        if (op_str_eq(words->v[i], l->v->name) && chart == NULL && *words->v[i + 1] != '-')
            chart = words->v[i + 1];
        if (op_str_eq(words->v[i], "--version"))
            version = words->v[i + 1];
    }
    if (chart == NULL)
        return NULL;
    op_strv_push(&argv, "helm");
    op_strv_push(&argv, "show");
    op_strv_push(&argv, "values");
    op_strv_push(&argv, chart);
    if (version != NULL)
        op_strv_pushf(&argv, "--version=%s", version);
    return one_look(l, &argv, &text, why, sizeof(why)) && text != NULL ? op_values_from_yaml(text, strlen(text)) : NULL;
}

/* Helm takes a misspelt key without a word, and nothing changes. Only names of keys are told: values may be secret. */
static void tell_unknown(struct looking *l, const struct op_json *release)
{
    const struct op_json *values = op_json_at(release, "chart.values");
    bool reused = op_strv_has(&l->step->argv, "--reuse-values"), read = false;
    OP_AUTO_JSON *own = NULL;
    OP_AUTO_STRV paths = OP_STRV_INIT;
    op_values_set_paths(&l->step->argv, &paths);
    for (size_t i = 0; i < paths.n; i++) {
        OP_AUTO_STRV near = OP_STRV_INIT;
        if (op_json_size(values) == 0 || op_values_has(values, paths.v[i]))
            continue;
        if (reused && !read)
            own = chart_values(l);
        read = true;
        if (own != NULL && op_values_has(own, paths.v[i]))
            continue;
        op_values_nearest(own != NULL ? own : values, paths.v[i], 1, &near);
        OP_AUTO_FREE char *line = op_asprintf("!the chart has no value %s%s%s%s", paths.v[i],
                                              near.n != 0 ? " (nearest: " : "", near.n != 0 ? near.v[0] : "",
                                              near.n != 0 ? ")" : "");
        both(l->out, line);
    }
}

static void tell(struct looking *l, const char *before, const char *after)
{
    OP_AUTO_STRV lines = OP_STRV_INIT;
    size_t n = op_compare_manifests(before, after, BRIEF_CONTEXT, &lines);
    op_strv_copy(&l->out->brief, &lines);
    for (size_t i = 0; i < lines.n; i++)
        l->out->changes += lines.v[i][0] == '+' || lines.v[i][0] == '-';
    (void)op_compare_manifests(before, after, FULL_CONTEXT, &l->out->full);
    OP_AUTO_FREE char *line = n == 0 ? op_strdup("=nothing differs in what the chart renders (hooks run all the same)")
                                     : op_asprintf("=%zu object%s of release %s %s", n, n == 1 ? "" : "s", l->v->name,
                                                   n == 1 ? "differs" : "differ");
    both(l->out, line);
}

static bool upgrade(struct looking *l)
{
    struct op_strv argvs[2] = { OP_STRV_INIT, OP_STRV_INIT };
    struct op_reply replies[2];
    bool install = op_str_eq(l->v->verb, "install");
    get_argv(l, "manifest", &argvs[0]);
    op_strv_copy(&argvs[1], &l->step->argv);
    op_strv_push(&argvs[1], "--dry-run=server");
    op_strv_push(&argvs[1], "--output=json");
    const struct op_look looks[2] = { { .argv = argvs[0], .until_input = l->until_input },
                                      { .argv = argvs[1], .input = l->step->input, .until_input = l->until_input } };
    bool ok = op_road_look(l->road, looks, 2, replies);
    OP_AUTO_FREE char *before = text_of(&replies[0]);
    OP_AUTO_JSON *release = rendered(&replies[1]);
    const char *after = op_json_str(release, "manifest");
    bool known = install || replies[0].kind == OP_REPLY_OK || replies[0].kind == OP_REPLY_MISSING; /* missing: all is new */
    if (ok && install && before != NULL) { /* a dry run does not say so */
        OP_AUTO_FREE char *line = op_asprintf("!release %s is there already: helm will refuse", l->v->name);
        both(l->out, line);
    } else if (ok && after != NULL && known) {
        tell(l, before != NULL ? before : "", after);
    } else if (ok && after != NULL) {
        OP_AUTO_FREE char *line = op_asprintf("!what is there now could not be read: %s", replies[0].why);
        both(l->out, line);
    } else if (ok) {
        OP_AUTO_FREE char *line = op_asprintf("!helm's dry run says: %s", replies[1].why);
        both(l->out, line);
    }
    if (ok)
        tell_unknown(l, release);
    for (size_t i = 0; i < 2; i++) {
        op_reply_free(&replies[i]);
        op_strv_free(&argvs[i]);
    }
    return ok;
}

/* The word behind the release's name is the revision; 0 and nothing mean the one before. */
static int64_t wanted_revision(const struct looking *l)
{
    const struct op_strv *argv = &l->step->argv;
    int64_t n = 0;
    for (size_t i = 2; i + 1 < argv->n; i++)
        if (op_str_eq(argv->v[i], l->v->name))
            return op_str_int(argv->v[i + 1], 0, INT32_MAX, &n) ? n : 0;
    return 0;
}

static int64_t newest_revision(const struct op_reply *reply)
{
    struct op_err err = OP_ERR_INIT;
    if (reply->kind != OP_REPLY_OK)
        return 0;
    OP_AUTO_JSON *list = op_json_parse(op_buf_str(&reply->body), reply->body.len, OP_JSON_LOOSE, &err);
    return op_json_int_or(op_json_first(list), "revision", 0);
}

static bool rollback(struct looking *l)
{
    struct op_strv argvs[2] = { OP_STRV_INIT, OP_STRV_INIT };
    struct op_reply replies[2];
    int64_t to = wanted_revision(l);
    get_argv(l, "manifest", &argvs[0]);
    if (to != 0)
        revision_argv(l, to, &argvs[1]);
    else
        get_argv(l, "history", &argvs[1]);
    const struct op_look looks[2] = { { .argv = argvs[0], .until_input = l->until_input },
                                      { .argv = argvs[1], .until_input = l->until_input } };
    bool ok = op_road_look(l->road, looks, 2, replies);
    OP_AUTO_FREE char *before = text_of(&replies[0]);
    OP_AUTO_FREE char *after = to != 0 ? text_of(&replies[1]) : NULL;
    if (ok && to == 0 && newest_revision(&replies[1]) > 1) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        to = newest_revision(&replies[1]) - 1;
        revision_argv(l, to, &argv);
        char why[240];
        ok = one_look(l, &argv, &after, why, sizeof(why));
    }
    if (ok && before != NULL && after != NULL) {
        OP_AUTO_FREE char *line = op_asprintf("=back to revision %lld", (long long)to);
        both(l->out, line);
        tell(l, before, after);
    } else if (ok && (replies[0].kind == OP_REPLY_OK || replies[0].kind == OP_REPLY_MISSING)) {
        both(l->out, "!there is no such revision to go back to");
    } else if (ok) {
        OP_AUTO_FREE char *line = op_asprintf("!the revisions could not be read: %s", replies[0].why);
        both(l->out, line);
    }
    for (size_t i = 0; i < 2; i++) {
        op_reply_free(&replies[i]);
        op_strv_free(&argvs[i]);
    }
    return ok;
}

static bool uninstall(struct looking *l)
{
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_STRV names = OP_STRV_INIT;
    OP_AUTO_FREE char *manifest = NULL;
    get_argv(l, "manifest", &argv);
    char why[240] = "";
    if (!one_look(l, &argv, &manifest, why, sizeof(why)))
        return false;
    if (manifest != NULL)
        op_compare_names(manifest, &names);
    for (size_t i = 0; i < names.n; i++) {
        OP_AUTO_FREE char *line = op_asprintf("#%s (goes away)", names.v[i]);
        both(l->out, line);
    }
    l->out->changes = names.n;
    OP_AUTO_FREE char *line = manifest == NULL ? op_asprintf("!the release could not be read: %s", why)
                              : names.n == 0   ? op_strdup("=the release holds no object")
                                               : op_strdup("=volume claims that StatefulSets made stay, and so does what hooks made");
    both(l->out, line);
    return true;
}

bool op_road_preview_release(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                             bool until_input, struct op_preview *out)
{
    static const struct {
        const char *verb;
        bool (*look)(struct looking *l);
    } verbs[] = { { "upgrade", upgrade }, { "install", upgrade }, { "rollback", rollback }, { "uninstall", uninstall } };
    struct op_target target = op_road_target(road, v);
    struct looking l = { .road = road, .step = step, .v = v, .ns = target.ns, .until_input = until_input, .out = out };
    for (size_t i = 0; i < OP_LEN(verbs); i++)
        if (op_str_eq(verbs[i].verb, v->verb))
            return verbs[i].look(&l);
    return false;
}
