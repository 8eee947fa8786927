/* The ways back: which one a verb has, what is said about it beforehand, and what the files with the ways share.
 * Refuses to guess: a command line that is not understood in full has no way back. */
#include "inverse.h"

#include "files.h"
#include "saved.h"

#include "opsh/base/str.h"
#include "opsh/gate/reading.h"

#include <stdarg.h>

enum { MOST_PLACES = 16 };

static const struct {
    const char *name, *hint; /* the hint: what stands behind "undo: " */
    void (*capture)(struct op_capture_of *c);
} ways[] = {
    { "scale", "scales back to the present number", op_inverse_scale },
    { "replace", "puts the object back as it is now", op_inverse_replace },
    { "image", "sets the images back to what they are now", op_inverse_image },
    { "label", "sets the labels back to what they are now", op_inverse_settings },
    { "annotate", "sets the annotations back to what they are now", op_inverse_settings },
    { "cordon", "lets the node be as it is now", op_inverse_cordon },
    { "apply", "puts back what exists now, deletes what is new", op_inverse_apply },
    { "create", "deletes what this creates", op_inverse_create },
    { "restore", "creates it again as it is now; its pods start anew", op_inverse_restore },
    { "helm-install", "uninstalls it", op_inverse_helm_install },
    { "helm-upgrade", "rolls back to the revision of now", op_inverse_helm_upgrade },
    { "helm-uninstall", "puts the release back and rolls it out again; data on volumes it deletes is lost",
      op_inverse_helm_uninstall },
    { "write-file", "the file as it is now comes back; a new one is removed, if it still holds this", op_inverse_file },
    { "remove-file", "writes it again as it is now", op_inverse_file },
};

static const struct op_node *entry_of(const struct op_catalog *cat, const char *program, const char *verb)
{
    const struct op_doc *doc = NULL;
    size_t i = 0;
    for (const struct op_node *undo; (undo = op_catalog_section(cat, "undo", &i, &doc)) != NULL;)
        if (op_str_eq(op_node_text(op_node_get(doc->root, "program")), program) && op_node_get(undo, verb) != NULL)
            return op_node_get(undo, verb);
    return NULL;
}

static bool kind_matches(const struct op_node *patterns, const char *kind)
{
    char lower[64];
    (void)snprintf(lower, sizeof(lower), "%.63s", kind);
    op_str_lower(lower)[strcspn(lower, ".")] = '\0'; /* "deployments.apps" */
    if (patterns == NULL)
        return true;
    if (patterns->kind == OP_NODE_SCALAR)
        return op_str_glob(op_node_text(patterns), lower);
    for (const struct op_node *p = op_node_first(patterns); p != NULL; p = op_node_next(p))
        if (op_node_text(p) != NULL && op_str_glob(op_node_text(p), lower))
            return true;
    return false;
}

/* Why it cannot be undone, or NULL. */
static const char *lost(const struct op_node *entry, const char *kind)
{
    const struct op_node *cases = op_node_get(entry, "lost");
    if (cases != NULL && cases->kind == OP_NODE_SCALAR)
        return op_node_text(cases);
    for (const struct op_node *c = op_node_first(cases); c != NULL; c = op_node_next(c))
        if (kind_matches(op_node_get(c, "kind"), kind))
            return op_node_text(op_node_get(c, "why"));
    return NULL;
}

static size_t way_of(const struct op_node *entry)
{
    const char *by = op_node_text(op_node_get(entry, "by"));
    size_t i = 0;
    while (i < OP_LEN(ways) && !op_str_eq(ways[i].name, by))
        i++;
    return i;
}

void op_inverse_hint(const struct op_catalog *cat, const struct op_step *step, const struct op_verdict *v, char *text,
                     size_t size)
{
    const struct op_node *entry = entry_of(cat, step->argv.v[0], v->verb);
    const char *why = lost(entry, v->kind);
    size_t way = way_of(entry);
    OP_AUTO_STRV identity = OP_STRV_INIT;
    *text = '\0';
    if (v->risk == OP_RISK_READ || v->risk == OP_RISK_REFUSED)
        return;
    if (why != NULL)
        (void)snprintf(text, size, "cannot be undone: %s", why);
    else if (!v->known || way == OP_LEN(ways))
        (void)snprintf(text, size, "cannot be undone by opsh");
    else if (!op_gate_identity(cat, &step->argv, &identity))
        (void)snprintf(text, size, "cannot be undone by opsh: credentials on a command line are not kept");
    else
        (void)snprintf(text, size, "undo: %s", ways[way].hint);
}

void op_inverse_none(struct op_capture_of *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(c->inv->why_not, sizeof(c->inv->why_not), fmt, ap);
    va_end(ap);
}

/* kubectl's flags in helm's words. */
static void push_for_helm(const struct op_strv *identity, struct op_strv *argv)
{
    for (size_t i = 0; i < identity->n; i++) {
        if (op_str_starts(identity->v[i], "--context="))
            op_strv_pushf(argv, "--kube-context=%s", identity->v[i] + strlen("--context="));
        else if (op_str_starts(identity->v[i], "--kubeconfig="))
            op_strv_push(argv, identity->v[i]);
    }
}

struct op_undo_step *op_inverse_add(struct op_capture_of *c, const char *ns, const struct op_strv *words)
{
    struct op_inverse *inv = c->inv;
    inv->steps = op_grow(inv->steps, inv->n, &inv->cap, sizeof(*inv->steps));
    struct op_undo_step *step = &inv->steps[inv->n++];
    *step = (struct op_undo_step){ .argv = OP_STRV_INIT };
    op_strv_copy(&step->argv, words);
    if (!op_str_empty(ns))
        op_strv_pushf(&step->argv, "--namespace=%s", ns);
    if (op_str_eq(words->v[0], "helm"))
        push_for_helm(&inv->identity, &step->argv);
    else
        op_strv_copy(&step->argv, &inv->identity);
    return step;
}

void op_inverse_touch(struct op_capture_of *c, const struct op_json *object, const char *ref, const char *ns)
{
    struct op_json *item = op_json_object();
    OP_AUTO_FREE char *own = op_saved_ref(object);
    OP_AUTO_FREE char *mark = object != NULL ? op_saved_mark(object) : NULL;
    const char *where = object != NULL ? op_json_str(object, "metadata.namespace") : ns;
    op_json_set_str(item, "object", object != NULL ? own : ref);
    op_json_set_str(item, "namespace", where);
    op_json_set_str(item, "before", mark);
    op_json_push(c->inv->touched, item);
}

/* Where the command spoke to, said in full: another session may have another current context. */
static bool identify(struct op_capture_of *c)
{
    OP_AUTO_STRV flags = OP_STRV_INIT;
    struct op_strv *to = &c->inv->identity;
    if (!op_gate_identity(c->road->o.catalog, &c->step->argv, &flags))
        return false;
    bool context = false;
    for (size_t i = 0; i < flags.n; i++) {
        const char *flag = flags.v[i];
        if (op_str_starts(flag, "--kubeconfig=")) {
            OP_AUTO_FREE char *path = realpath(flag + strlen("--kubeconfig="), NULL);
            op_strv_pushf(to, "--kubeconfig=%s", path != NULL ? path : flag + strlen("--kubeconfig="));
        } else if (op_str_starts(flag, "--kube-context=") || op_str_starts(flag, "--context=")) {
            op_strv_pushf(to, "--context=%s", strchr(flag, '=') + 1);
            context = true;
        } else {
            op_strv_push(to, flag);
        }
    }
    if (!context && c->context != NULL)
        op_strv_pushf(to, "--context=%s", c->context);
    return true;
}

bool op_inverse_capture(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                        struct op_inverse *inv)
{
    struct op_target target = op_road_target(road, v);
    const struct op_node *entry = entry_of(road->o.catalog, step->argv.v[0], v->verb);
    const char *why = lost(entry, v->kind);
    size_t way = way_of(entry);
    struct op_capture_of c = {
        .road = road, .step = step, .v = v, .ns = target.ns, .context = target.context, .inv = inv
    };
    inv->touched = op_json_array();
    if (why != NULL)
        op_inverse_none(&c, "%s", why);
    else if (!v->known || way == OP_LEN(ways))
        op_inverse_none(&c, "opsh knows no way back from %.60s %.60s", step->argv.v[0], v->verb);
    else if (!identify(&c))
        op_inverse_none(&c, "it carries a server or credentials of its own, which are not kept");
    else
        ways[way].capture(&c);
    return !c.interrupted;
}

void op_inverse_free(struct op_inverse *inv)
{
    for (size_t i = 0; i < inv->n; i++) {
        op_strv_free(&inv->steps[i].argv);
        free(inv->steps[i].input);
    }
    free(inv->steps);
    op_strv_free(&inv->identity);
    op_json_free(inv->touched);
    *inv = (struct op_inverse){ 0 };
}

/* ---- looking again ---- */

struct place {
    const char *ns;
    struct op_look look;
};

static void ask_about(struct place *places, size_t *n, const struct op_strv *identity, const char *ns, const char *ref)
{
    size_t i = 0;
    while (i < *n && !op_str_eq(places[i].ns, ns))
        i++;
    if (i == *n && *n == MOST_PLACES)
        return;
    struct op_strv *argv = &places[i].look.argv;
    if (i == *n) {
        *n += 1;
        places[i] = (struct place){ .ns = ns, .look = { .secrets = true } };
        static const char *const start[] = { "kubectl", "get", "--ignore-not-found", "--output=json" };
        for (size_t k = 0; k < OP_LEN(start); k++)
            op_strv_push(argv, start[k]);
        if (!op_str_empty(ns))
            op_strv_pushf(argv, "--namespace=%s", ns);
        op_strv_copy(argv, identity);
    }
    op_strv_push(argv, ref);
}

static const struct op_json *find(const struct op_json *objects, const char *ref, const char *ns)
{
    OP_JSON_EACH(o, objects) {
        OP_AUTO_FREE char *own = op_saved_ref(o);
        const char *where = op_json_str(o, "metadata.namespace");
        if (op_str_eq(own, ref) && (where == NULL || ns == NULL || op_str_eq(where, ns)))
            return o;
    }
    return NULL;
}

static bool look_at_release(struct op_road *road, const struct op_strv *identity, struct op_json *item,
                            const char *field)
{
    struct op_step step = { .origin = OP_FROM_OPSH };
    struct op_inverse scratch = { 0 };
    struct op_verdict v = { 0 };
    op_strv_copy(&scratch.identity, identity);
    (void)snprintf(v.name, sizeof(v.name), "%s", op_json_str(item, "release"));
    struct op_capture_of c = {
        .road = road, .step = &step, .v = &v, .ns = op_json_str(item, "namespace"), .inv = &scratch
    };
    int64_t newest = 0, deployed = 0;
    char why[240];
    bool ok = op_inverse_revisions(&c, &newest, &deployed, why);
    if (ok)
        op_json_set(item, field, newest != 0 ? op_json_integer(newest) : op_json_null());
    op_inverse_free(&scratch);
    return ok;
}

static bool look_at_places(struct op_road *road, struct place *places, size_t n, struct op_json *objects)
{
    struct op_look looks[MOST_PLACES];
    struct op_reply replies[MOST_PLACES];
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        looks[i] = places[i].look;
    if (n != 0)
        ok = op_road_look(road, looks, n, replies);
    for (size_t i = 0; i < n; i++) {
        ok = ok && replies[i].kind == OP_REPLY_OK &&
             op_saved_parse(op_buf_str(&replies[i].body), replies[i].body.len, objects);
        op_reply_free(&replies[i]);
        op_strv_free(&places[i].look.argv);
    }
    return ok;
}

struct op_json *op_inverse_look(struct op_road *road, const struct op_strv *identity, const struct op_json *touched,
                                const char *field)
{
    struct place places[MOST_PLACES];
    size_t n = 0;
    OP_AUTO_JSON *objects = op_json_array();
    OP_JSON_EACH(item, touched)
        if (op_json_str(item, "object") != NULL)
            ask_about(places, &n, identity, op_json_str(item, "namespace"), op_json_str(item, "object"));
    bool ok = look_at_places(road, places, n, objects);
    OP_AUTO_JSON *seen = op_json_array();
    OP_JSON_EACH(item, touched) {
        struct op_json *copy = op_json_dup(item);
        op_json_push(seen, copy);
        if (op_json_str(copy, "file") != NULL) {
            bool known = false;
            OP_AUTO_FREE char *found = op_file_mark(op_json_str(copy, "folder"), op_json_str(copy, "file"), &known);
            op_json_set_str(copy, field, found);
            ok = ok && known;
            continue;
        }
        if (op_json_str(copy, "release") != NULL) {
            ok = ok && look_at_release(road, identity, copy, field);
            continue;
        }
        const struct op_json *o = find(objects, op_json_str(item, "object"), op_json_str(item, "namespace"));
        OP_AUTO_FREE char *mark = o != NULL ? op_saved_mark(o) : NULL;
        op_json_set_str(copy, field, mark);
    }
    return ok ? op_steal(&seen) : NULL;
}
