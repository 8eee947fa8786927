/* What would be done, as JSON, run by nobody (`--plan`). */
#include "opsh/gate/quote.h"
#include "inverse.h"

static struct op_json *step_json(struct op_road *road, struct op_step *step)
{
    struct op_verdict v;
    op_gate_classify(road->o.catalog, &step->argv, step->input, &v);
    op_road_complete(road, &step->argv);
    OP_AUTO_BUF command = OP_BUF_INIT;
    op_quote_argv(&command, &step->argv);
    struct op_json *j = op_json_object(), *argv = op_json_array();
    for (size_t i = 0; i < step->argv.n; i++)
        op_json_push(argv, op_json_string(step->argv.v[i]));
    op_json_set_str(j, "command", op_buf_str(&command));
    op_json_set(j, "argv", argv);
    op_json_set_str(j, "stdin", step->input);
    if (step->show != NULL) {
        OP_AUTO_BUF show = OP_BUF_INIT;
        op_show_describe(step->show, &show);
        op_json_set_str(j, "show", op_buf_str(&show));
    }
    op_json_set_str(j, "risk", op_risk_name(v.risk));
    op_json_set_str(j, "why", v.why);
    op_inverse_hint(road->o.catalog, step, &v, v.undo, sizeof(v.undo));
    op_json_set_str(j, "undo", v.undo[0] != '\0' ? v.undo : NULL);
    if (step->optional)
        op_json_set_bool(j, "optional", true);
    return j;
}

static const char *plan_kind(const struct op_move *move)
{
    static const char *const kinds[] = { [OP_MOVE_PROPOSAL] = "plan",
                                         [OP_MOVE_ANALYSIS] = "analysis",
                                         [OP_MOVE_ANSWER] = "analysis",
                                         [OP_MOVE_QUESTION] = "clarify",
                                         [OP_MOVE_UNSUPPORTED] = "unsupported" };
    return move->kind == OP_MOVE_STEPS ? (move->n > 1 ? "plan" : "command") : kinds[move->kind];
}

static struct op_json *plan_json(struct op_road *road, struct op_move *move)
{
    struct op_json *j = op_json_object(), *steps = op_json_array();
    bool question = move->kind == OP_MOVE_QUESTION;
    op_json_set_str(j, "kind", plan_kind(move));
    for (size_t i = 0; i < move->n; i++)
        op_json_push(steps, step_json(road, &move->steps[i]));
    op_json_set(j, "steps", steps);
    op_json_set_str(j, "answer", question ? NULL : move->text);
    op_json_set_str(j, "question", question ? move->text : NULL);
    if (move->choices.n != 0) {
        struct op_json *choices = op_json_array();
        for (size_t i = 0; i < move->choices.n; i++)
            op_json_push(choices, op_json_string(move->choices.v[i]));
        op_json_set(j, "choices", choices);
    }
    return j;
}

struct op_json *op_road_plan(struct op_road *road, struct op_planner *planner, const char *request, struct op_err *err)
{
    struct op_move move = { 0 };
    op_road_new_turn(road);
    if (op_road_bang(request) != NULL) {
        struct op_step *step = op_move_add_step(&move);
        step->origin = OP_FROM_USER;
        if (!op_quote_split(op_road_bang(request), &step->argv, err)) {
            op_move_free(&move);
            return NULL;
        }
    } else {
        struct op_scene scene = op_road_scene(road);
        scene.plan_only = true;
        if (!planner->ops->begin(planner->self, request, &scene, err) ||
            (!planner->ops->next(planner->self, NULL, 0, &move, err) &&
             op_road_instead(road, planner, request, &scene, err, &move) == NULL)) {
            op_move_free(&move);
            return NULL;
        }
    }
    struct op_json *j = plan_json(road, &move);
    op_move_free(&move);
    return j;
}
