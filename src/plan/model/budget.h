/* Keeping a conversation within what a request may hold. */
#ifndef OPSH_PLAN_MODEL_BUDGET_H
#define OPSH_PLAN_MODEL_BUDGET_H

#include "convo.h"

size_t op_budget_measure(const struct op_convo *c); /* bytes of the messages, about */

/* Shortens the conversation until it holds at most `bytes`, giving up first what costs least: outputs of earlier turns,
 * long answers of earlier turns, outputs of this turn but the newest, whole earlier turns (they become lines of c->digest),
 * half of the newest outputs. What the person said and what calls did (their arguments and outcome) always stays.
 * Returns whether anything was given up. */
bool op_budget_fit(struct op_convo *c, size_t bytes);

#endif
