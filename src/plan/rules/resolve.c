/* The words people use for objects, resolved against the names that exist. One exact candidate is
 * used, several are a question, a near miss is offered; nothing is ever silently replaced. */
#include "planner.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"

enum { FOUND_MAX = 9, VALUES_MAX = 256 << 10 };

static const struct op_names *names_of(const struct attempt *a)
{
    return a->scene->names != NULL ? a->scene->names(a->scene->self) : NULL;
}

static bool known_kind(const char *kind)
{
    static const char *const kinds[] = { "deployment", "statefulset", "daemonset", "service", "pod" };
    return OP_IN(kind, kinds);
}

/* What Helm owns is changed through Helm, or its next upgrade would take the change back: where the release's own chart
 * is at hand, is of this one workload, and has these values. */
static void through_helm(struct frame *f, const struct op_object *o)
{
    OP_AUTO_BUF values = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *chart = op_asprintf("charts/%s", o->release), *file = op_asprintf("%s/values.yaml", chart);
    if (*o->release == '\0' || strcmp(o->release, o->name) != 0 || !op_str_is_dns_name(o->release) ||
        !op_file_read(file, VALUES_MAX, &values, &err))
        return;
    if (strstr(op_buf_str(&values), "\nreplicaCount:") != NULL && strstr(op_buf_str(&values), "\nresources:") != NULL)
        slots_set(&f->slots, "own_chart", chart);
}

static void choose(struct attempt *a, const struct op_object *o)
{
    struct frame *f = &a->clause->frame;
    a->object = o;
    f->kind = o->kind;
    slots_set(&f->slots, "name", o->name);
    if (*o->ns != '\0' && strcmp(o->ns, a->scene->ns) != 0)
        slots_set(&f->slots, "ns", o->ns);
    if (o->containers.n > 0 && slots_get(&f->slots, "container_name") == NULL)
        slots_set(&f->slots, "container_name", o->containers.v[0]);
    if (*o->app_key != '\0')
        slots_setf(&f->slots, "app_selector", "%s=%s", o->app_key, o->app);
    if (*o->release != '\0')
        slots_set(&f->slots, "release_of", o->release);
    if (*o->app_key != '\0' && o->replicas > 1)
        slots_set(&f->slots, "spread", slots_get(&f->slots, "app_selector"));
    slots_drop(&f->slots, "own_chart");
    through_helm(f, o);
}

static void offer(struct op_strv *choices, struct op_strv *values, const struct op_object *o)
{
    if (*o->ns != '\0')
        op_strv_pushf(choices, "%s/%s in %s", o->kind, o->name, o->ns);
    else
        op_strv_pushf(choices, "%s/%s", o->kind, o->name);
    op_strv_pushf(values, "%s|%s|%s", o->kind, o->ns, o->name);
}

static void ask_which(struct attempt *a, struct op_move *move, const char *word, const struct op_object **found,
                      size_t n)
{
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    for (size_t i = 0; i < n && i < FOUND_MAX; i++)
        offer(&choices, &values, found[i]);
    ask(a, move, "object", op_asprintf("\"%s\" could be %zu things. Which one?", word, n), &choices, &values);
}

static void ask_nearest(struct attempt *a, struct op_move *move, const struct op_names *names, const char *kind,
                        const char *word)
{
    const char *ns = slots_get(&a->clause->frame.slots, "ns");
    const struct op_object *near = op_names_nearest(names, kind, word, ns != NULL ? ns : a->scene->ns);
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    const char *what = kind != NULL ? kind : "workload";
    if (near != NULL) {
        offer(&choices, &values, near);
        ask(a, move, "object",
            op_asprintf("There is no %s called %s%s%s; did you mean %s?", what, word, ns != NULL ? " in " : "",
                        ns != NULL ? ns : "", near->name),
            &choices, &values);
        return;
    }
    for (size_t i = 0; i < names->n && choices.n < FOUND_MAX; i++) {
        const struct op_object *o = &names->objects[i];
        bool fits = kind != NULL ? strcmp(o->kind, kind) == 0 : kind_is_workload(o->kind);
        if (fits && strcmp(o->ns, ns != NULL ? ns : a->scene->ns) == 0)
            offer(&choices, &values, o);
    }
    ask(a, move, "object",
        op_asprintf("There is no %s called %s%s%s. Which one do you mean?", what, word, ns != NULL ? " in " : "",
                    ns != NULL ? ns : ""),
        &choices, &values);
}

/* "kind|ns|name" as chosen from an offer. */
static bool apply_answer(struct attempt *a, const struct op_names *names)
{
    struct frame *f = &a->clause->frame;
    const char *chosen = slots_get(&f->slots, "object");
    if (chosen == NULL)
        return false;
    char kind[64], ns[256], name[256];
    if (sscanf(chosen, "%63[^|]|%255[^|]|%255s", kind, ns, name) != 3 &&
        (ns[0] = '\0', sscanf(chosen, "%63[^|]||%255s", kind, name) != 2)) {
        slots_set(&f->slots, "name", chosen);
        slots_drop(&f->slots, "object");
        return false;
    }
    slots_drop(&f->slots, "object");
    for (size_t i = 0; names != NULL && i < names->n; i++) {
        const struct op_object *o = &names->objects[i];
        if (strcmp(o->kind, kind) == 0 && strcmp(o->ns, ns) == 0 && strcmp(o->name, name) == 0) {
            choose(a, o);
            return true;
        }
    }
    slots_set(&f->slots, "name", name);
    if (*ns != '\0' && strcmp(ns, a->scene->ns) != 0)
        slots_set(&f->slots, "ns", ns);
    return true;
}

static size_t look(const struct attempt *a, const struct op_names *names, const char *kind, const char *word,
                   const struct op_object **found)
{
    const char *ns = slots_get(&a->clause->frame.slots, "ns");
    const char *prefer = ns == NULL ? a->scene->ns : NULL;
    return op_names_find(names, kind, word, ns, prefer, found, FOUND_MAX);
}

/* "pods of backend": a pod's name, else a workload whose pods are meant. */
static bool resolve_pod(struct attempt *a, struct op_move *move, const struct op_names *names, const char *word)
{
    struct frame *f = &a->clause->frame;
    const struct op_object *found[FOUND_MAX];
    size_t n = look(a, names, "pod", word, found);
    for (size_t i = 0; i < n && i < FOUND_MAX; i++) {
        if (strcmp(found[i]->name, word) == 0) {
            choose(a, found[i]);
            return true;
        }
    }
    const struct op_object *owners[FOUND_MAX];
    size_t w = look(a, names, NULL, word, owners);
    if (w == 1) {
        OP_AUTO_FREE char *said = op_strdup(word);
        choose(a, owners[0]);
        slots_set(&f->slots, "owner", owners[0]->name);
        slots_set(&f->slots, "owner_kind", owners[0]->kind);
        f->kind = "pod";
        return true;
    }
    if (n == 1) {
        choose(a, found[0]);
        return true;
    }
    if (n > 1 && !f->plural && f->changes) {
        ask_which(a, move, word, found, n);
        return false;
    }
    if (w > 1) {
        ask_which(a, move, word, owners, w);
        return false;
    }
    return true; /* pods come and go: as said */
}

bool ask_namespace(struct attempt *a, const struct op_names *names, const char *ns, struct op_move *move)
{
    bool any = false;
    for (size_t i = 0; i < names->n; i++) {
        const struct op_object *o = &names->objects[i];
        if (strcmp(o->kind, "namespace") != 0)
            continue;
        any = true;
        if (strcmp(o->name, ns) == 0)
            return false;
    }
    const struct op_object *near = op_names_nearest(names, "namespace", ns, NULL);
    if (!any || !names->complete)
        return false;
    if (near == NULL) {
        move->kind = OP_MOVE_ANSWER;
        move->text = op_asprintf("There is no namespace called %s.", ns);
        return true;
    }
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    op_strv_push(&choices, near->name);
    op_strv_push(&values, near->name);
    ask(a, move, "ns", op_asprintf("There is no namespace called %s; did you mean %s?", ns, near->name), &choices,
        &values);
    return true;
}

static bool namespace_exists(struct attempt *a, const struct op_names *names, struct op_move *move)
{
    const char *ns = slots_get(&a->clause->frame.slots, "ns");
    if (ns == NULL || op_names_nearest(names, "namespace", ns, NULL) == NULL)
        return true;
    return !ask_namespace(a, names, ns, move);
}

/* "take worker-2 out of maintenance": only nodes are; their names are not among those that are read. */
static bool means_node(const struct attempt *a)
{
    bool node = false, workload = false;
    for (const struct op_node *k = op_node_first(a->intent->kinds); k != NULL; k = op_node_next(k)) {
        node = node || op_str_eq(op_node_text(k), "node");
        workload = workload || op_str_eq(op_node_text(k), "workload") || op_str_eq(op_node_text(k), "k8s");
    }
    return node && !workload && a->clause->frame.kind == NULL;
}

static bool uses_names(const struct attempt *a)
{
    if (a->intent->fresh || slots_get(&a->clause->frame.slots, "name") == NULL || means_node(a))
        return false;
    bool named = intent_uses(a->intent, "name") || intent_uses(a->intent, "owner");
    return (named && strcmp(a->intent->program, "kubectl") == 0) || a->intent->analysis != NULL;
}

/* "restart a and b": each by itself; kept as kind|ns|name for the steps to be repeated over. */
static bool resolve_each(struct attempt *a, struct op_move *move, const struct op_names *names)
{
    struct frame *f = &a->clause->frame;
    const char *kind = op_str_eq(f->kind, "workload") ? NULL : f->kind;
    for (size_t i = 0; i < f->slots.n; i++) {
        struct slot *s = &f->slots.v[i];
        const struct op_object *found[FOUND_MAX];
        if (strcmp(s->name, "name") != 0)
            continue;
        size_t n = look(a, names, kind, s->value, found);
        if (n == 1) {
            free(s->value);
            s->value = op_asprintf("%s|%s|%s", found[0]->kind, found[0]->ns, found[0]->name);
        } else if (names->complete) {
            OP_AUTO_FREE char *word = op_strdup(s->value);
            char *text = n == 0 ? op_asprintf("There is no %s called %s. Say it again with its name.",
                                              kind != NULL ? kind : "workload", word)
                                : op_asprintf("\"%s\" could be %zu things. Say it again with its full name.", word, n);
            ask(a, move, "again", text, NULL, NULL);
            return false;
        }
    }
    return true;
}

bool complete_names(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    if (slots_get(&f->slots, "object") != NULL && apply_answer(a, names_of(a)))
        return true;
    const char *word = slots_get(&f->slots, "name");
    bool resolvable = f->kind == NULL || known_kind(f->kind) || op_str_eq(f->kind, "workload");
    if (!uses_names(a) || !resolvable)
        return true;
    const struct op_names *names = names_of(a);
    if (names == NULL)
        return true;
    if (!namespace_exists(a, names, move))
        return false;
    if (slots_count(&f->slots, "ns") > 1)
        return true; /* in each of them under the same name */
    if (slots_count(&f->slots, "name") > 1)
        return intent_repeats(a->r->cat, a->intent->node) == NULL || resolve_each(a, move, names);
    if (op_str_eq(f->kind, "pod"))
        return resolve_pod(a, move, names, word);
    const char *kind = op_str_eq(f->kind, "workload") ? NULL : f->kind;
    const struct op_object *found[FOUND_MAX];
    size_t n = look(a, names, kind, word, found);
    static const char *const others[] = { "pod", "service" };
    for (size_t i = 0; n == 0 && f->kind == NULL && i < OP_LEN(others); i++)
        n = look(a, names, others[i], word, found);
    if (n == 1) {
        choose(a, found[0]);
        return true;
    }
    if (n > 1) {
        ask_which(a, move, word, found, n);
        return false;
    }
    if (!names->complete)
        return true; /* it may be where opsh cannot look */
    ask_nearest(a, move, names, kind, word);
    return false;
}
