/* What kubectl -o json answers: one object, a List, or objects one after the other. Pure. */
#ifndef OPSH_RUN_ANSWER_H
#define OPSH_RUN_ANSWER_H

#include "opsh/data/json.h"

/* owned; several objects become a List. NULL: nothing, or not JSON. */
struct op_json *op_answer_parse(const char *text, size_t n);

bool op_answer_is_list(const struct op_json *answer);
const struct op_json *op_answer_first(const struct op_json *answer);
const struct op_json *op_answer_next(const struct op_json *answer, const struct op_json *at);

/* The same kind, name and namespace; NULL: it is not among them. */
const struct op_json *op_answer_find(const struct op_json *answer, const struct op_json *object);

#define OP_ANSWER_EACH(o, answer) \
    for (const struct op_json *o = op_answer_first(answer); o != NULL; o = op_answer_next(answer, o))

#endif
