/* From an intent and its slots to steps, through the catalogue's own templates. */
#include "planner.h"

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"

static bool has_parameter(const struct op_tool *tool, const char *name)
{
    return op_node_get(op_node_get(tool->parameters, "properties"), name) != NULL;
}

static bool wants_namespace(const struct attempt *a, const struct op_node *step)
{
    const char *said = op_node_text(op_node_get(step, "namespace"));
    if (said == NULL)
        said = op_node_text(op_node_get(a->intent->node, "namespace"));
    return !op_str_eq(said, "false") && !kind_is_cluster_wide(a->clause->frame.kind);
}

/* Namespace and context are nobody's own business: every step of kubectl and helm takes them. */
static void add_namespace(const struct attempt *a, const struct op_tool *tool, const struct op_node *step,
                          struct op_json *args)
{
    const struct frame *f = &a->clause->frame;
    const char *ns = slots_get(&f->slots, "ns");
    if (ns == NULL && a->scene->ns_flag)
        ns = a->scene->ns;
    if (!wants_namespace(a, step))
        return;
    if (slots_get(&f->slots, "allns") != NULL && has_parameter(tool, "all_namespaces")) {
        op_json_set_bool(args, "all_namespaces", true);
        return;
    }
    if (ns != NULL && has_parameter(tool, "namespace") && op_json_get(args, "namespace") == NULL &&
        op_json_get(args, "all_namespaces") == NULL)
        op_json_set_str(args, "namespace", ns);
}

/* The general tools take bare arguments: what the typed ones have as parameters is put in here. */
static void add_flags(const struct attempt *a, const struct op_tool *tool, const struct op_node *step,
                      struct op_strv *argv)
{
    const struct frame *f = &a->clause->frame;
    bool kubectl = op_str_eq(tool->program, "kubectl"), helm = op_str_eq(tool->program, "helm");
    const char *ns = slots_get(&f->slots, "ns");
    if (ns == NULL && a->scene->ns_flag)
        ns = a->scene->ns;
    bool general = has_parameter(tool, "args") && !has_parameter(tool, "namespace");
    if (general && (kubectl || helm) && wants_namespace(a, step)) {
        size_t end = 0;
        while (end < argv->n && strcmp(argv->v[end], "--") != 0)
            end++;
        bool all = slots_get(&f->slots, "allns") != NULL;
        if (all) {
            op_strv_insert(argv, end, "-A");
        } else if (ns != NULL) {
            op_strv_insert(argv, end, ns);
            op_strv_insert(argv, end, "-n");
        }
    }
    if (a->scene->context_flag && a->scene->context != NULL && (kubectl || helm)) {
        op_strv_insert(argv, 1, a->scene->context);
        op_strv_insert(argv, 1, kubectl ? "--context" : "--kube-context");
    }
}

static bool render_one(struct attempt *a, const struct op_node *step, struct op_move *move, struct op_err *err)
{
    const struct frame *f = &a->clause->frame;
    const char *name = op_node_text(op_node_get(step, "tool"));
    const struct op_tool *tool = op_catalog_tool(a->r->cat, name);
    if (tool == NULL)
        return op_fail(err, OP_CONFIG, 0, "there is no tool called \"%s\"", name);
    OP_AUTO_JSON *args = fill_args(tool, op_node_get(step, "args"), f);
    add_namespace(a, tool, step, args);
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_FREE char *input = NULL;
    if (!op_tool_render(tool, args, &argv, &input, err))
        return false;
    add_flags(a, tool, step, &argv);
    struct op_step *out = op_move_add_step(move);
    out->argv = argv;
    argv = (struct op_strv)OP_STRV_INIT;
    out->input = op_steal(&input);
    out->tool = op_strdup(tool->name);
    out->origin = OP_FROM_RULES;
    const char *why = op_node_text(op_node_get(step, "why"));
    out->why = why != NULL ? fill_text(why, f) : NULL;
    out->show = show_of(a, step);
    return true;
}

static bool applies(const struct frame *f, const struct op_node *step)
{
    const char *when = op_node_text(op_node_get(step, "when"));
    if (when == NULL)
        return true;
    bool not = *when == '!';
    return (frame_value(f, when + (not ? 1 : 0)) != NULL) != not ;
}

/* "kind|ns|name", as looked up in the cluster. */
static void one_of_many(const struct attempt *a, struct frame *f, const char *slot, const char *value)
{
    const char *bar = strchr(value, '|'), *second = bar != NULL ? strchr(bar + 1, '|') : NULL;
    if (second == NULL)
        return;
    OP_AUTO_FREE char *kind = op_strndup(value, (size_t)(bar - value));
    OP_AUTO_FREE char *ns = op_strndup(bar + 1, (size_t)(second - bar - 1));
    for (const struct word *w = lexicon_first(&a->r->lex, kind); w != NULL; w = w->next)
        if (w->cls == WORD_KIND && strcmp(w->form, kind) == 0)
            f->kind = w->value;
    if (*ns != '\0' && strcmp(ns, a->scene->ns) != 0)
        slots_set(&f->slots, "ns", ns);
    slots_set(&f->slots, slot, second + 1);
}

/* A step once, or once for each value of the slot it repeats over ("scale a and b to 3"). */
static bool render_repeated(struct attempt *a, const struct op_node *step, struct op_move *move, struct op_err *err)
{
    struct frame *f = &a->clause->frame;
    bool several = slots_count(&f->slots, "name") > 1 || op_node_get(step, "repeat") != NULL;
    const char *slot = several ? intent_repeats(a->r->cat, step) : NULL;
    if (slot == NULL || slots_count(&f->slots, slot) < 2)
        return render_one(a, step, move, err);
    struct frame whole = *f;
    bool ok = true;
    for (size_t i = 0; i < whole.slots.n && ok; i++) {
        if (strcmp(whole.slots.v[i].name, slot) != 0)
            continue;
        frame_copy(f, &whole);
        slots_set(&f->slots, slot, whole.slots.v[i].value);
        one_of_many(a, f, slot, whole.slots.v[i].value);
        ok = render_one(a, step, move, err);
        slots_free(&f->slots);
    }
    *f = whole;
    return ok;
}

static bool render_here(struct attempt *a, struct op_move *move, struct op_err *err)
{
    const struct op_node *steps = a->intent->steps;
    if (steps == NULL)
        return op_node_get(a->intent->node, "tool") == NULL || render_repeated(a, a->intent->node, move, err);
    for (const struct op_node *s = op_node_first(steps); s != NULL; s = op_node_next(s))
        if (applies(&a->clause->frame, s) && !render_repeated(a, s, move, err))
            return false;
    return true;
}

/* "in dev and in staging": the same in each. */
bool render_steps(struct attempt *a, struct op_move *move, struct op_err *err)
{
    struct frame *f = &a->clause->frame;
    if (slots_count(&f->slots, "ns") < 2)
        return render_here(a, move, err);
    struct frame whole = *f;
    bool ok = true;
    for (size_t i = 0; i < whole.slots.n && ok; i++) {
        if (strcmp(whole.slots.v[i].name, "ns") != 0)
            continue;
        frame_copy(f, &whole);
        slots_set(&f->slots, "ns", whole.slots.v[i].value);
        if (slots_get(&f->slots, "builder") != NULL)
            build_manifest(f); /* it says its namespace */
        ok = render_here(a, move, err);
        slots_free(&f->slots);
    }
    *f = whole;
    return ok;
}

static bool same_step(const struct op_step *a, const struct op_step *b)
{
    bool same = a->argv.n == b->argv.n && a->input == NULL && b->input == NULL;
    for (size_t i = 0; i < a->argv.n && same; i++)
        same = strcmp(a->argv.v[i], b->argv.v[i]) == 0;
    return same;
}

/* What an analysis has looked at already it does not look at twice. */
void render_drop_twins(struct op_move *move, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < move->n; i++) {
        bool twin = false;
        for (size_t k = 0; k < kept && !twin; k++)
            twin = same_step(&move->steps[k], &move->steps[i]);
        if (twin) {
            op_step_free(&move->steps[i]);
            continue;
        }
        if (kept != i) {
            move->steps[kept] = move->steps[i];
            move->steps[i] = (struct op_step){ 0 };
        }
        kept++;
    }
    move->n = kept;
}
