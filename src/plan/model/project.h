/* What a step printed, reduced to what a model needs to see of it. */
#ifndef OPSH_PLAN_MODEL_PROJECT_H
#define OPSH_PLAN_MODEL_PROJECT_H

#include "opsh/base/buf.h"

#define OP_PROJECT_WHOLE ((size_t)4 << 10) /* bytes up to which nothing is taken away */
#define OP_PROJECT_ROOM ((size_t)16 << 10) /* bytes that are sent at most, about */

/* Appends text (n bytes, a NUL behind them) to out: JSON without bookkeeping and empty fields, long lists with the names of what is left out; YAML
 * without managedFields; other text by its head, its tail and the telling lines between them (errors, warnings). What was
 * taken away is said in square brackets, with how to ask for it. */
void op_project(const char *text, size_t n, struct op_buf *out);

#endif
