/* The rules planner's own state: vocabulary, intents, and the conversation so far. */
#ifndef OPSH_RULES_PLANNER_H
#define OPSH_RULES_PLANNER_H

#include "intent.h"
#include "spoken.h"

#include "opsh/plan/rules.h"
#include "opsh/plan/workflow.h"

/* A question that waits for its answer: the request is planned again with what was answered. */
struct pending {
    char *request;        /* NULL: no question is open */
    struct slots answers; /* "0.name" → value: for clause 0 */
    size_t clause;
    char *slot;
    struct op_strv choices; /* as offered */
    struct op_strv values;  /* what each choice means; same order */
};

/* A Dockerfile that waits until an offer in front of it was answered (make.c); folder NULL: none does. */
struct making {
    char *folder, *base, *user; /* owned */
    int port;
    bool terminal;   /* there is a person who can agree to replace a file */
    bool standalone; /* Next.js: was asked for in so many words */
    bool ignore;     /* the .dockerignore alone */
};

struct rules {
    const struct op_catalog *cat;
    struct lexicon lex;
    struct intents intents;
    struct spoken spoken;
    struct spoken tasks; /* read with the first request: task.h */
    bool tasks_read;
    struct pending pending;
    struct frame last; /* what was last done or shown */
    const struct intent *last_intent;
    bool has_last;
    bool corrects; /* this request began with "sorry, …", "no, …" */
    struct op_strv shown,
        shown_ns;        /* names that were last listed, in order, and where they are ("": in the namespace asked) */
    struct op_move move; /* planned by begin, handed out by next */
    bool planned;
    struct op_move *later; /* what an analysis keeps from being one plan, in order; handed out one after the other */
    size_t n_later, later_cap, later_at;
    bool analysed;                /* the last one handed out was an analysis */
    size_t given;                 /* steps handed out, for the closing words */
    const struct op_scene *scene; /* of this turn */
    char *request;                /* of this turn */
    struct making making;
    char *after;            /* said when all steps have run; owned */
    struct op_move held;    /* steps that were proposed and wait for the answer; n 0: none */
    struct op_planner flow; /* a workflow that was asked for; ops NULL: never */
    bool flowing;           /* it plans this turn */
};

/* One clause on its way to steps. */
struct attempt {
    struct rules *r;
    const struct op_scene *scene;
    struct clause *clause;
    size_t index; /* of the clause */
    const struct intent *intent;
    const struct op_object *object; /* the one in the cluster, when looked up */
    const struct slots *answers;
    const char *request;
    bool only_looks; /* the request has something to look at and nothing to change */
};

/* sequel.c: clauses that only say what the next is about; one place for several; what is verified of the one before. */
void sequel_scenes(struct clauses *cs);
void sequel_places(struct clauses *cs);
/* "create … if it does not exist": is it there? Then nothing is to be done, which *move says where that is all. */
bool sequel_is_there(struct attempt *a, struct op_move *move);
void sequel_waits(struct attempt *a, struct op_move *move); /* "… and wait for it", where the intent itself does not */
void sequel_verifies(struct clause *c, const struct frame *before);

/* Stages behind the slots; false: *move holds a question or an answer instead. */
void complete_carry(struct attempt *a, const struct frame *before, bool conversation);
/* "again with 5", "the same in staging", "and the worker?": the last request, with what is new put in. */
void talk_continue(struct attempt *a, const struct frame *before); /* before NULL: the last request */
/* follow.c: follow-ups. What stands behind "sorry, I meant"; r->corrects says whether that was said. borrowed */
const char *follow_corrects(struct rules *r, const char *text);
char *follow_names_it(const struct rules *r, const char *text); /* "to it" → "to the deployment web"; or NULL. owned */
bool follow_replaces(const struct attempt *a);                  /* is something put in the place of what was said? */
void follow_place(struct attempt *a);                           /* "I meant staging" */
bool follow_narrows(struct attempt *a);                         /* "as yaml", "only the failing ones" */
bool follow_checks(struct attempt *a);                          /* "did it work?" */
bool follow_returns(struct attempt *a);                         /* "bring it back" */
bool follow_shown(struct attempt *a, struct op_move *move);     /* "the second one"; false: *move asks which */
void follow_see(struct rules *r, const struct op_observation *obs, size_t n);
void follow_forget(struct rules *r);

void complete_derive(struct frame *f);
void derive_reads(struct frame *f);   /* derive_reads.c: questions */
void derive_changes(struct frame *f); /* part of it: taints, routes, comparisons */
void derive_amends(struct frame *f);  /* amend.c: patches of what is there */
void derive_charts(struct frame *f);  /* derive_charts.c: charts and releases */
void complete_charts(struct attempt *a);
void derive_beside(struct frame *f); /* derive_beside.c: containers */
void derive_field(struct frame *f);  /* hear_field.c: one field by its name */
void derive_guesses(struct frame *f);
void derive_route_patch(struct frame *f);                          /* once the label is known */
bool complete_exceptions(struct attempt *a, struct op_move *move); /* except.c */
void complete_name(struct attempt *a);
bool complete_names(struct attempt *a, struct op_move *move);
/* Is there no such namespace? Then *move asks for the nearest, or says so. */
bool ask_namespace(struct attempt *a, const struct op_names *names, const char *ns, struct op_move *move);
bool complete_slots(struct attempt *a, struct op_move *move);
bool complete_namespace(struct attempt *a, struct op_move *move); /* one that is not there yet becomes a step */
void complete_labels(struct attempt *a);                          /* slots "label:WORD": what selects its pods */
bool complete_look(struct attempt *a, struct op_move *move);      /* what only the object as it is can tell */
bool look_canary(struct attempt *a, struct op_move *move);
struct op_json *look_at(const struct attempt *a, const char *kind,
                        const char *name);                           /* name NULL: all. NULL: unread. owned */
char *quantity_relative(const char *now, const char *how, bool cpu); /* "512Mi", "x2" → "1Gi"; or NULL. owned */
bool render_steps(struct attempt *a, struct op_move *move, struct op_err *err);
void render_drop_twins(struct op_move *move, size_t from); /* steps from there on that are there already */
void show_across(struct attempt *a); /* what is looked for in logs is looked for in all of a workload's pods */
struct op_show *show_of(const struct attempt *a, const struct op_node *step); /* show.c: owned, or NULL: all of it */
/* values.c: Helm steps from `from` on set only what their charts know, at the version that runs; false: *move asks. */
bool complete_values(struct attempt *a, struct op_move *move, size_t from);

/* make.c: the steps of an intent that says `make:`; false: *move is a question or an answer instead. */
bool make_steps(struct attempt *a, struct op_move *move);
/* What follows when the steps before it have run; false: nothing. */
bool make_next(struct rules *r, const struct op_observation *obs, size_t n, struct op_move *move);
void making_free(struct making *m);
void make_propose(struct rules *r, struct op_move *move); /* make_chart.c: a move of many files becomes a proposal */

/* What differs between the outputs of a comparison; NULL when it was none. owned */
char *differences(const struct frame *f, const struct op_observation *obs, size_t n);

void build_manifest(struct frame *f); /* slot "builder", where the slots make one */

/* Make *move a question about a slot of this clause; choices and values may be NULL. */
void ask(struct attempt *a, struct op_move *move, const char *slot, char *takes_text, struct op_strv *takes_choices,
         struct op_strv *takes_values);

/* Is `text` the answer to the open question? Then *request and *answers are what to plan again. */
bool talk_answers(struct rules *r, const char *text, char **request, struct slots *answers);
/* Is it a "no" to the open question? */
bool talk_declines(struct rules *r, const char *text);
void pending_free(struct pending *p);

/* A workflow plans this turn (r->flowing), or *move says why not. */
void flow_start(struct attempt *a, struct op_move *move);
/* The short way to ask for one ("deploy todo cluster=current"): true when that was it. */
bool flow_called(struct rules *r, const char *text, const struct op_scene *scene, struct op_move *move);

void say_unsupported(struct rules *r, const struct frame *f, struct op_move *move, const char *why);
void say_how(struct op_move *move);
bool plan_literal(struct rules *r, const char *text, struct op_move *move);
/* parts.c: the next part of a request (borrowed); the steps of move from the nth on become one. */
struct op_move *part_behind(struct rules *r);
struct op_move *part_off(struct rules *r, struct op_move *move, size_t n);
/* draft.c: a request for the text of something, as a request to make it (owned; NULL: it is none), and its steps so
 * that they only print. */
char *draft_asked(const struct rules *r, const char *text, struct tokens *t);
void draft_steps(struct rules *r, const char *request, bool plan_only, struct op_move *move);
void plan_request(struct rules *r, const char *text, const struct slots *answers, const struct op_scene *scene,
                  struct op_move *move);

#endif
