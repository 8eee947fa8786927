/* Slots of helm's charts and releases that follow from what was said: values that switch something on, timeouts, and
 * where charts come from that everybody gets from one place (section `charts:` of the catalogue). */
#include "planner.h"

#include "opsh/base/str.h"

static void features(struct slots *s)
{
    static const char *const off[] = { "off", "disabled", "disable", "disabling", "without", "false" };
    static const char *const types[] = { "LoadBalancer", "NodePort", "ClusterIP" };
    const size_t n = s->n;
    for (size_t i = 0; i < n; i++) {
        const char *value = s->v[i].value, *eq = strchr(value, '=');
        if (strcmp(s->v[i].name, "feature") == 0 && eq != NULL) {
            OP_AUTO_FREE char *pair =
                op_asprintf("%.*s.enabled=%s", (int)(eq - value), value, OP_IN(eq + 1, off) ? "false" : "true");
            slots_add(s, "sets", pair);
        }
        for (size_t k = 0; k < OP_LEN(types) && strcmp(s->v[i].name, "service_type") == 0; k++) {
            OP_AUTO_FREE char *pair = op_asprintf("service.type=%s", types[k]);
            if (strcasecmp(types[k], s->v[i].value) == 0)
                slots_add(s, "sets", pair);
        }
    }
}

/* The word that helm has for what was said. */
static void words(struct slots *s)
{
    static const struct {
        const char *from, *said, *to, *word;
    } rows[] = {
        { "show_what", "readme", "show_kind", "readme" },      { "show_what", "crds", "show_kind", "crds" },
        { "show_what", "values", "show_kind", "values" },      { "show_what", NULL, "show_kind", "chart" },
        { "get_what", "everything", "get_kind", "all" },       { "get_what", "hooks", "get_kind", "hooks" },
        { "get_what", NULL, "get_kind", "metadata" },          { "release_state", "stuck", "state_flag", "pending" },
        { "release_state", "broken", "state_flag", "failed" }, { "release_state", "failing", "state_flag", "failed" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        const char *said = slots_get(s, rows[i].from);
        if (said != NULL && slots_get(s, rows[i].to) == NULL &&
            (rows[i].said == NULL || strcmp(said, rows[i].said) == 0))
            slots_set(s, rows[i].to, rows[i].word);
    }
    if (op_str_starts(slots_get(s, "compare_what") != NULL ? slots_get(s, "compare_what") : "", "manifest"))
        slots_set(s, "compare_manifests", "true");
    if (op_str_eq(slots_get(s, "helm_back"), "1"))
        slots_drop(s, "helm_back"); /* the one before: what a rollback is anyway */
    const char *state = slots_get(s, "release_state");
    if (state != NULL && slots_get(s, "state_flag") == NULL)
        slots_set(s, "state_flag", state);
    if (state != NULL && slots_get(s, "ns") == NULL)
        slots_set(s, "allns", "true");
}

void derive_charts(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *seconds = slots_get(s, "wait_seconds"), *chart = slots_get(s, "chart");
    int64_t n = 0;
    features(s);
    words(s);
    if (seconds != NULL && op_str_int(seconds, 1, 86400, &n))
        slots_setf(s, "helm_timeout", n % 60 == 0 ? "%lldm" : "%llds", (long long)(n % 60 == 0 ? n / 60 : n));
    bool changes = slots_get(s, "sets") != NULL || slots_get(s, "count") != NULL || slots_get(s, "image") != NULL;
    if (changes && slots_get(s, "reset_values") == NULL)
        slots_set(s, "reuse_meant", "true");
    if (slots_get(s, "chart_dest") != NULL)
        slots_set(s, "dest_flag", slots_get(s, "untar") != NULL ? "--untardir" : "--destination");
    const char *repository = slots_get(s, "repository") != NULL ? slots_get(s, "repository") : slots_get(s, "from");
    if (slots_get(s, "act") != NULL && chart != NULL && repository != NULL && strchr(chart, '/') == NULL &&
        strpbrk(repository, "/:.") == NULL)
        slots_setf(s, "chart_full", "%s/%s", repository, chart);
}

/* What the catalogue knows under this name. */
static const char *known(const struct op_catalog *cat, const char *what, const char *name)
{
    size_t i = 0;
    for (const struct op_node *n; name != NULL && (n = op_catalog_section(cat, "charts", &i, NULL)) != NULL;) {
        const char *found = op_node_text(op_node_get(op_node_get(n, what), name));
        if (found != NULL)
            return found;
    }
    return NULL;
}

void complete_charts(struct attempt *a)
{
    static const char *const where[] = { "chart", "repository", "from_repo", "file", "from" };
    struct frame *f = &a->clause->frame;
    struct slots *s = &f->slots;
    if (strcmp(a->intent->program, "helm") != 0)
        return;
    const char *name = slots_get(s, "name"), *of = slots_get(s, "of");
    const char *repository = name != NULL ? name : slots_get(s, "repository");
    if (op_str_eq(f->kind, "repository") && slots_get(s, "url") == NULL && repository != NULL &&
        slots_count(s, "name") < 2) { /* several have several addresses: asked for */
        const char *url = known(a->r->cat, "repositories", repository);
        static const char *const adding[] = { "add", "create", "install" };
        if (url != NULL && f->verb != NULL && OP_IN(f->verb, adding))
            slots_set(s, "url", url);
        return;
    }
    bool placed = false;
    for (size_t i = 0; i < OP_LEN(where); i++)
        placed = placed || slots_get(s, where[i]) != NULL;
    const char *chart = of != NULL ? of : name;
    static const char *const installing[] = { "install", "deploy", "create", "run", "start", "add" };
    if (op_str_eq(f->verb, "upgrade") && op_str_eq(f->kind, "chart") && !placed && known(a->r->cat, "charts", name) != NULL)
        slots_set(s, "chart", known(a->r->cat, "charts", name)); /* "upgrade the chart ingress-nginx" */
    if (f->verb == NULL || !OP_IN(f->verb, installing) || placed || chart == NULL || strchr(chart, '/') != NULL)
        return;
    const char *full = slots_get(s, "repo_url") != NULL ? chart : known(a->r->cat, "charts", chart);
    if (full != NULL)
        slots_set(s, "chart", full);
}
