/* Owns what becomes of a request when the model's endpoint fails: the planner that needs nobody answers what it can,
 * and that is said. Refuses to begin again what was already asked about or changed in this turn, and to put another
 * question where nobody can answer it: then the endpoint's error stands, and nothing else. */
#include "opsh/base/str.h"
#include "opsh/os/signals.h"
#include "road_i.h"

static bool may_take_over(const struct op_road *road, const struct op_err *why)
{
    return road->o.instead != NULL && why->code == OP_NETWORK && !road->touched && !op_signals_interrupted();
}

static bool understood(const struct op_road *road, const struct op_move *move)
{
    return move->kind != OP_MOVE_UNSUPPORTED && (move->kind != OP_MOVE_QUESTION || road->o.policy.terminal);
}

static void tell(struct op_road *road, const struct op_err *why)
{
    struct op_ui *ui = &road->o.ui;
    OP_AUTO_FREE char *line = op_asprintf("note: the model did not answer (%s); understood without it:", why->msg);
    ui->note(ui->self, line);
    if (road->hushed != NULL)
        ui->note(ui->self, road->hushed);
}

struct op_planner *op_road_instead(struct op_road *road, const struct op_planner *failed, const char *request,
                                   const struct op_scene *scene, const struct op_err *why, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    if (!may_take_over(road, why))
        return NULL;
    struct op_planner *other = road->o.instead(road->o.instead_self);
    if (other == NULL || other->self == failed->self)
        return NULL;
    if (road->offered.n == 0) /* no question of its own is open */
        other->ops->forget(other->self);
    op_strv_free(&road->offered);
    road->hush = true; /* what is found out on the way is told only if it leads somewhere */
    bool ok = other->ops->begin(other->self, request, scene, &err) &&
              other->ops->next(other->self, NULL, 0, move, &err) && understood(road, move) && !op_signals_interrupted();
    road->hush = false;
    if (ok)
        tell(road, why);
    else
        op_move_free(move);
    op_free_ptr(&road->hushed);
    return ok ? other : NULL;
}

void op_road_instead_asked(struct op_road *road, const struct op_move *move)
{
    op_strv_free(&road->offered);
    op_strv_copy(&road->offered, &move->choices);
}

struct op_planner *op_road_instead_answered(struct op_road *road, const char *request)
{
    for (size_t i = 0; i < road->offered.n; i++)
        if (op_str_eq(road->offered.v[i], request))
            return road->o.instead(road->o.instead_self);
    return NULL;
}
