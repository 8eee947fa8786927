/* Owns the way from a request to a workflow (plan/workflow.h): its values are filled from the slots, and from then on
 * the workflow plans the turn. Refuses one among several requests: a plan of many steps is asked for by itself. */
#include "planner.h"

#include "opsh/base/str.h"

static struct op_json *values_of(struct attempt *a)
{
    const struct frame *f = &a->clause->frame;
    const struct op_node *schema = op_workflow_values(a->r->cat, a->intent->workflow);
    const struct op_tool tool = { .name = a->intent->workflow, .parameters = schema };
    struct op_json *values = fill_args(&tool, op_node_get(a->intent->node, "args"), f);
    const char *ns = slots_get(&f->slots, "ns");
    if (ns != NULL && op_node_get(op_node_get(schema, "properties"), "namespace") != NULL)
        op_json_set_str(values, "namespace", ns);
    return values;
}

static bool begin(struct attempt *a, bool plan_only, struct op_err *err)
{
    OP_AUTO_JSON *values = values_of(a);
    struct op_scene scene = *a->scene;
    scene.plan_only = scene.plan_only || plan_only;
    if (a->r->flow.ops == NULL)
        op_workflow_new(a->r->cat, &a->r->flow);
    return op_workflow_begin(&a->r->flow, a->intent->workflow, values, &scene, err);
}

void flow_start(struct attempt *a, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    bool advice = a->clause->frame.mood == MOOD_ADVICE;
    if (move->n != 0) {
        say_unsupported(a->r, &a->clause->frame, move, "That is a plan of many steps: ask for it by itself.");
    } else if (!begin(a, advice, &err)) {
        ask(a, move, "confirm", op_asprintf("That does not fit: %s.", err.msg), NULL, NULL);
    } else if (!advice) {
        a->r->flowing = true;
    } else if (a->r->flow.ops->next(a->r->flow.self, NULL, 0, move, &err)) {
        say_how(move);
    } else {
        say_unsupported(a->r, &a->clause->frame, move, err.msg);
    }
}

bool flow_called(struct rules *r, const char *text, const struct op_scene *scene, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *request = op_workflow_called(r->cat, text);
    if (request == NULL)
        return false;
    if (r->flow.ops == NULL)
        op_workflow_new(r->cat, &r->flow);
    r->flowing = r->flow.ops->begin(r->flow.self, request, scene, &err);
    if (r->flowing)
        return true;
    move->kind = OP_MOVE_UNSUPPORTED;
    move->text = op_strdup(err.msg);
    return true;
}
