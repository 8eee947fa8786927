/* The parts of a request that cannot be one move: what is looked into, and what is run before and behind it. */
#include "planner.h"

/* What comes behind an analysis is a part of its own: a move is either looked into or run. */
struct op_move *part_behind(struct rules *r)
{
    r->later = op_grow(r->later, r->n_later, &r->later_cap, sizeof(*r->later));
    r->later[r->n_later] = (struct op_move){ .kind = OP_MOVE_STEPS };
    return &r->later[r->n_later++];
}

/* "restart web and tell me why it was failing": from its nth step on, the move is an analysis; the steps before it are
 * to be run first. */
struct op_move *part_off(struct rules *r, struct op_move *move, size_t n)
{
    const bool kept = r->n_later != 0 && move == &r->later[r->n_later - 1];
    struct op_move *to = part_behind(r);
    struct op_move *from = kept ? &r->later[r->n_later - 2] : move; /* the array may have moved */
    *to = (struct op_move){ .kind = OP_MOVE_ANALYSIS, .text = op_steal(&from->text), .topic = from->topic };
    from->topic = (struct op_topic){ 0 };
    from->kind = OP_MOVE_STEPS;
    for (size_t i = n; i < from->n; i++) {
        *op_move_add_step(to) = from->steps[i];
        from->steps[i] = (struct op_step){ 0 };
    }
    from->n = n;
    return to;
}
