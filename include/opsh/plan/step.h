/* A step: one tool call that became an argument vector, with optional bytes for its standard
 * input. It is shown to the person byte for byte and judged by the gate for what it does; who
 * planned it is known but not trusted. */
#ifndef OPSH_PLAN_STEP_H
#define OPSH_PLAN_STEP_H

#include "opsh/base/strv.h"
#include "opsh/plan/show.h"

enum op_origin {
    OP_FROM_RULES,
    OP_FROM_MODEL,
    OP_FROM_USER, /* "!command": typed as it is */
    OP_FROM_OPSH  /* opsh's own reading: snapshot, proof */
};

struct op_step {
    struct op_strv argv; /* argv[0]: the program's name, not its path */
    char *input;         /* owned, or NULL: nothing on standard input */
    char *why;           /* one line for the person, or NULL */
    char *tool;          /* catalogue name, or NULL */
    char *call_id;       /* the model's id of this call, or NULL */
    struct op_show *show; /* of a read: what of its output is shown; owned. NULL: all of it */
    bool restored;       /* holds values that were withheld from the planner, which named them by placeholder */
    bool optional; /* an offer: declined or refused, it is no failure and the steps behind it go on */
    bool probe;    /* a look of opsh's own, whose failing is an answer too: not shown, and the steps behind it go on */
    enum op_origin origin;
};

void op_step_free(struct op_step *step);
void op_steps_free(struct op_step *steps, size_t n); /* and the array itself */

enum op_outcome {
    OP_RAN,         /* to its end; exit_code says how */
    OP_DECLINED,    /* the person said no; reason may say why */
    OP_BLOCKED,     /* the gate refused; reason says why */
    OP_STOPPED,     /* interrupted by the person */
    OP_TIMED_OUT,
    OP_SUGGESTED,   /* printed for the person to run (--suggest); nothing ran */
    OP_NOT_STARTED, /* the program is missing, or could not start; reason says why */
    OP_NOT_REACHED  /* an earlier step of the plan failed or was declined */
};

struct op_observation {
    const struct op_step *step; /* borrowed */
    enum op_outcome outcome;
    int exit_code;
    const char *output; /* cleaned text of both streams; "" when nothing ran. borrowed. Of a step that shows a part of it:
                           that part, and the sentence that says of how much */
    const char *shown;  /* that sentence ("2 of 14 pods are older than 7 days"), or NULL */
    const char *proof;  /* what was seen afterwards ("3 of 3 pods Ready"), or NULL */
    bool unproved;      /* a change whose proof did not hold: it ran, but what was asked is not true (yet) */
    const char *reason; /* or NULL */
};

#endif
