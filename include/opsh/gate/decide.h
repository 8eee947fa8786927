/* The only place that decides whether a step runs, is asked about, or is refused. */
#ifndef OPSH_GATE_DECIDE_H
#define OPSH_GATE_DECIDE_H

#include "opsh/gate/classify.h"

struct op_policy {
    bool read_only; /* changes are refused */
    bool yes;       /* changes need no question (destructive ones do) */
    bool terminal;  /* there is a person to ask */
};

enum op_decision {
    OP_DECIDE_RUN,
    OP_DECIDE_ASK,      /* y or n */
    OP_DECIDE_ASK_NAME, /* the object's name must be typed */
    OP_DECIDE_REFUSE
};

/* why: one line, what stands against it or what the question is about. */
enum op_decision op_gate_decide(const struct op_policy *policy, const struct op_step *step,
                                const struct op_verdict *v, char *why, size_t size);

#endif
