/* The only place that decides whether a step runs, is asked about, or is refused. */
#ifndef OPSH_GATE_DECIDE_H
#define OPSH_GATE_DECIDE_H

#include "opsh/gate/classify.h"

struct op_policy {
    bool read_only;   /* changes are refused */
    bool yes;         /* changes need no question (destructive ones do) */
    bool yes_destroy; /* together with yes: neither do destructive ones */
    bool suggest;     /* what is not a read is printed, for the person to run; nothing of it runs */
    bool confirm_all; /* reads are asked about too */
    bool terminal;    /* there is a person to ask */
    /* About the place of one step; the road fills them in for each: */
    bool protected_here; /* its context is one of the person's protected ones */
    bool allowed;        /* the person said "always" to its verb, kind, namespace and context */
};

enum op_decision {
    OP_DECIDE_RUN,
    OP_DECIDE_ASK,      /* y or n */
    OP_DECIDE_ASK_NAME, /* the object's name must be typed; in a protected context "context/name" */
    OP_DECIDE_ASK_CONTEXT, /* the context's name must be typed: it is protected */
    OP_DECIDE_SUGGEST,  /* to be printed, not run */
    OP_DECIDE_REFUSE
};

/* Protected contexts: changes and destruction ask whatever --yes, --yes-destroy and earlier answers say, and are refused
 * where nobody can be asked. why: one line, what stands against it or what the question is about. */
enum op_decision op_gate_decide(const struct op_policy *policy, const struct op_step *step,
                                const struct op_verdict *v, char *why, size_t size);

#endif
