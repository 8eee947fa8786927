/* Steps and moves: plain owned data. */
#include "opsh/plan/planner.h"

void op_step_free(struct op_step *step)
{
    op_strv_free(&step->argv);
    free(step->input);
    free(step->why);
    free(step->tool);
    free(step->call_id);
    op_show_free(step->show);
    *step = (struct op_step){ 0 };
}

void op_steps_free(struct op_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        op_step_free(&steps[i]);
    free(steps);
}

void op_move_free(struct op_move *move)
{
    op_steps_free(move->steps, move->n);
    free(move->text);
    op_strv_free(&move->choices);
    free(move->topic.subject);
    free(move->topic.kind);
    free(move->topic.name);
    free(move->topic.ns);
    *move = (struct op_move){ 0 };
}

struct op_step *op_move_add_step(struct op_move *move)
{
    move->steps = op_realloc(move->steps, move->n + 1, sizeof(*move->steps));
    struct op_step *step = &move->steps[move->n++];
    *step = (struct op_step){ 0 };
    return step;
}
