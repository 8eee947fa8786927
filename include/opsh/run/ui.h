/* What the road needs of whoever sits in front: the REPL, the one-shot mode, or a test. */
#ifndef OPSH_RUN_UI_H
#define OPSH_RUN_UI_H

#include "opsh/gate/decide.h"
#include "opsh/os/child.h"
#include "opsh/plan/planner.h"

enum op_answer {
    OP_ANSWER_NO,
    OP_ANSWER_YES,
    OP_ANSWER_INTERRUPT,
    /* Only where the question offers them: */
    OP_ANSWER_EDIT,
    OP_ANSWER_DIFF,
    OP_ANSWER_EXPLAIN,
    OP_ANSWER_ALWAYS
};

struct op_target { /* where a step acts, as opsh resolved it */
    const char *context, *ns;
};

struct op_proposed { /* one command of a proposal */
    const struct op_step *step;
    const struct op_verdict *verdict;
    struct op_target target;
    enum op_outcome outcome; /* OP_RAN: it may run, once all is agreed to */
    const char *reason;      /* why not, or NULL */
    bool again;              /* it is asked about by itself too, when its turn comes */
};

struct op_proposal {
    const char *text; /* what it is for, or "" */
    const struct op_proposed *items;
    size_t n, changes;
    bool asks; /* a question about all of it follows */
};

struct op_question {
    const struct op_step *step;
    const struct op_verdict *verdict;
    size_t changes;                     /* step and verdict are NULL: about a whole proposal with so many */
    enum op_decision decision;
    const char *word;                   /* must be typed; NULL: y or n */
    bool edit, diff, explain, always;   /* the answers that are taken besides */
    /* Work to be done while the question stands, or NULL. To be called once, when it is on the screen; it ends as soon as
     * standard input can be read. What it returns (lines as in preview.h) is to be shown above the question, which is
     * then repeated; NULL: nothing is to be shown. */
    const struct op_strv *(*meanwhile)(void *ctx);
    void *ctx;
};

struct op_ui {
    void *self;
    /* A step is about to run (decision RUN), be asked about, or be refused. n of total in its plan. */
    void (*step)(void *self, const struct op_step *step, const struct op_verdict *v, const struct op_target *target,
                 size_t n, size_t total);
    /* All commands of a proposal, to be shown before any of them is asked about or run. */
    void (*proposal)(void *self, const struct op_proposal *p);
    /* The question itself. reason: up to size bytes of why not, for the model; may stay "". */
    enum op_answer (*ask)(void *self, const struct op_question *q, char *reason, size_t size);
    char *(*edit)(void *self, const char *line);              /* the line as the person changed it (owned); NULL: left */
    void (*page)(void *self, const struct op_strv *lines);    /* a preview in full, page by page */
    void (*output)(void *self, enum op_stream stream, const char *bytes, size_t n); /* raw; to be cleaned */
    void (*result)(void *self, const struct op_observation *obs, int64_t ms);
    void (*progress)(void *self, const char *line); /* replaces the last progress line; NULL: done */
    void (*say)(void *self, const char *text);      /* an answer; cleaned, may be long */
    void (*note)(void *self, const char *line);     /* a line from opsh itself */
    void (*question)(void *self, const char *text, const struct op_strv *choices);
};

#endif
