/* Keeping a conversation within what a request may hold. */
#ifndef OPSH_PLAN_MODEL_BUDGET_H
#define OPSH_PLAN_MODEL_BUDGET_H

#include "convo.h"

/* Bytes that a text takes inside a JSON string. NULL: 0 */
size_t op_budget_text(const char *text);

/* Bytes of the messages as they are sent, the preamble's text aside: never fewer than there will be. */
size_t op_budget_measure(const struct op_convo *c, enum op_convo_form form);

/* Shortens the conversation until it holds at most `bytes`, and then some, so that the next requests begin like this
 * one. Given up is first what costs least: outputs of earlier turns, long answers and arguments of earlier turns,
 * outputs of this turn but the newest, whole earlier turns (they become lines of c->digest: what the person said, which
 * calls were made and what came of them), the greater part of the newest outputs. Only when that is not enough these
 * lines become short, what this turn's calls were made of is cut, and at last the oldest lines go, and that they did is
 * said. What the person says in this turn stays whole. Returns whether it fits. */
bool op_budget_fit(struct op_convo *c, size_t bytes, enum op_convo_form form);

#endif
