/* The rules planner: understands requests without any model, from the vocabulary and intents in
 * the catalogue. The same request and the same names always give the same plan. */
#ifndef OPSH_PLAN_RULES_H
#define OPSH_PLAN_RULES_H

#include "opsh/catalog/catalog.h"
#include "opsh/plan/planner.h"

/* The catalogue is borrowed for the planner's life. Errors: OP_CONFIG (intents that do not fit). */
bool op_rules_new(const struct op_catalog *cat, struct op_planner *planner, struct op_err *err) OP_CHECKED;

/* Do all intents fit, also those that are compiled in (which op_rules_new trusts: tests call this)? Errors: OP_CONFIG. */
bool op_rules_check(const struct op_catalog *cat, struct op_err *err) OP_CHECKED;

#endif
