/* What the cluster knows about the place of something new: a namespace that is not there yet becomes a step of its own,
 * and pods are selected by the label that they really have. Without a cluster the words are taken as said. */
#include "manifest.h"
#include "planner.h"

#include "opsh/base/str.h"

static const struct op_names *names_of(const struct attempt *a)
{
    return a->scene->names != NULL ? a->scene->names(a->scene->self) : NULL;
}

/* Made by a step before this one: "create the namespace qa and run nginx in it". */
static bool made_before(const struct op_move *move, const char *ns)
{
    static const char *const words[] = { "kubectl", "create", "namespace" };
    for (size_t i = 0; i < move->n; i++) {
        const struct op_strv *argv = &move->steps[i].argv;
        bool same = argv->n > OP_LEN(words) && strcmp(argv->v[OP_LEN(words)], ns) == 0;
        for (size_t k = 0; k < OP_LEN(words) && same; k++)
            same = strcmp(argv->v[k], words[k]) == 0;
        if (same)
            return true;
    }
    return false;
}

/* dev1 beside dev2 is no slip of the pen. */
static bool numbered_alike(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && n > 1 && strncmp(a, b, n - 1) == 0;
}

static bool ask_near(struct attempt *a, struct op_move *move, const char *near, const char *ns)
{
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    op_strv_push(&choices, near);
    op_strv_push(&values, near);
    op_strv_pushf(&choices, "create %s", ns);
    op_strv_pushf(&values, "+%s", ns);
    ask(a, move, "ns", op_asprintf("There is no namespace called %s. Which one do you mean?", ns), &choices, &values);
    return false;
}

bool complete_namespace(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    const char *said = slots_get(&f->slots, "ns");
    bool kubectl = strcmp(a->intent->program, "kubectl") == 0;
    if (said == NULL || !a->intent->fresh || !a->intent->changes || !kubectl || op_str_eq(f->kind, "namespace") ||
        kind_is_cluster_wide(f->kind) || f->mood != MOOD_DO)
        return true;
    if (slots_count(&f->slots, "ns") > 1)
        return true; /* each as it was said */
    bool sure = *said == '+'; /* chosen from the question below */
    OP_AUTO_FREE char *ns = op_strdup(said + sure);
    slots_set(&f->slots, "ns", ns);
    const struct op_names *names = names_of(a);
    bool any = false, there = false;
    for (size_t i = 0; names != NULL && i < names->n; i++) {
        bool is = strcmp(names->objects[i].kind, "namespace") == 0;
        any = any || is;
        there = there || (is && strcmp(names->objects[i].name, ns) == 0);
    }
    const bool wanted = slots_get(&f->slots, "new_ns") != NULL;
    if (there || made_before(move, ns) || ((!any || !names->complete) && !wanted))
        return true;
    const struct op_object *near = sure || wanted ? NULL : op_names_nearest(names, "namespace", ns, NULL);
    if (near != NULL && !numbered_alike(near->name, ns))
        return ask_near(a, move, near->name, ns);
    static const char *const words[] = { "kubectl", "create", "namespace" };
    struct op_step *step = op_move_add_step(move);
    for (size_t i = 0; i < OP_LEN(words); i++)
        op_strv_push(&step->argv, words[i]);
    op_strv_push(&step->argv, ns);
    if (a->scene->context_flag && a->scene->context != NULL) {
        op_strv_insert(&step->argv, 1, a->scene->context);
        op_strv_insert(&step->argv, 1, "--context");
    }
    step->tool = op_strdup("kubectl_create_namespace");
    step->origin = OP_FROM_RULES;
    step->why = op_asprintf("There is no namespace %s yet.", ns);
    return true;
}

/* The label of the one workload that this word means. */
static void learn_label(struct attempt *a, const struct op_names *names, const char *word)
{
    const struct op_object *found[2];
    struct slots *s = &a->clause->frame.slots;
    const char *ns = slots_get(s, "ns");
    if (word == NULL ||
        op_names_find(names, NULL, word, ns, ns == NULL ? a->scene->ns : NULL, found, OP_LEN(found)) != 1 ||
        *found[0]->app_key == '\0')
        return;
    OP_AUTO_FREE char *slot = op_asprintf("label:%s", word);
    slots_setf(s, slot, "%s=%s", found[0]->app_key, found[0]->app);
}

void complete_labels(struct attempt *a)
{
    static const char *const selecting[] = { "networkpolicy", "poddisruptionbudget", "service" };
    static const char *const slots[] = { "of", "from", "to", "name" };
    static const char *const sides[] = { "from", "to" };
    struct frame *f = &a->clause->frame;
    if (slots_get(&f->slots, "subject") != NULL && a->scene->ns != NULL) /* a binding says where its account lives */
        slots_set(&f->slots, "current_ns", a->scene->ns);
    bool selects = OP_IN(f->kind, selecting);
    const struct op_names *names = selects && f->changes && a->intent->fresh ? names_of(a) : NULL;
    if (names == NULL)
        return;
    for (size_t i = 0; i < OP_LEN(slots); i++)
        learn_label(a, names, slots_get(&f->slots, slots[i]));
    size_t at = 0;
    OP_AUTO_JSON *r = record_next(&f->slots, "policy", &at);
    for (size_t i = 0; i < OP_LEN(sides); i++)
        learn_label(a, names, op_json_str(r, sides[i]));
}
