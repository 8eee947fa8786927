/* One run of a workflow, shared by the planner's files. */
#ifndef OPSH_WORKFLOW_RUN_H
#define OPSH_WORKFLOW_RUN_H

#include "workflow.h"

enum wf_state {
    WF_UNSEEN, /* not looked at yet, or nothing of it can be there yet */
    WF_LEFT,   /* does not count in this run */
    WF_DONE,
    WF_TODO
};

enum wf_waiting { WF_NOTHING, WF_LOOKS, WF_ANSWER, WF_COMMAND, WF_SHOWN_CHECK, WF_CHECK_AGAIN }; /* for what */

struct wf_item { /* one command of the plan; owned */
    size_t step;
    struct op_strv argv;
    char *input, *why;
    bool optional;
};

struct wf_asked { /* a look that is under way */
    size_t step;
    const struct op_node *look;
};

struct wf_run {
    const struct op_catalog *cat;
    struct wf wf;
    struct op_json *values;
    char *say; /* how this very run is asked for again, with the values that were given */
    enum wf_state state[WF_MOST_STEPS];
    enum wf_waiting waiting;
    bool plan_only, proposed;
    bool terminal;                  /* there is a person who can agree to replace a file */
    size_t at;                      /* the step whose turn it is */
    size_t item;                    /* the command whose turn it is */
    size_t shown, total;            /* commands and checks: begun so far, and in all */
    int64_t began, deadline, pause; /* op_clock_ms; of a check */
    struct wf_item *items;
    size_t n_items, items_cap;
    struct wf_asked *asked;
    size_t n_asked, asked_cap;
    struct op_strv missing; /* needs that do not hold, a line each */
    struct op_strv notes;   /* of the drafts */
};

/* Is step i still to be done, as far as it could be looked at? */
static inline bool wf_is_todo(const struct wf_run *r, size_t i)
{
    return r->state[i] == WF_TODO || r->state[i] == WF_UNSEEN;
}

/* --- looks.c: which steps are done --- */
/* Puts looks into move for the steps whose turn it is; false: there is nothing (more) to look at. */
bool wf_look_next(struct wf_run *r, struct op_move *move, struct op_err *err) OP_CHECKED;
/* The same for one step only, whose turn has come. */
bool wf_look_again(struct wf_run *r, size_t step, struct op_move *move, struct op_err *err) OP_CHECKED;
void wf_looked(struct wf_run *r, const struct op_observation *obs, size_t n);
/* One look as a step that is shown (a check), or not. */
bool wf_add_look(struct wf_run *r, const struct op_node *look, bool shown, struct op_move *move,
                 struct op_err *err) OP_CHECKED;

/* --- items.c: what remains to be done, as commands --- */
bool wf_make_items(struct wf_run *r, struct op_err *err) OP_CHECKED;
void wf_add_item(const struct wf_item *item, struct op_move *move);
void wf_items_free(struct wf_run *r);
/* An offer of this step was declined: what it still writes must do without. */
bool wf_without_offers(struct wf_run *r, size_t step, struct op_err *err) OP_CHECKED;
char *wf_proposal_text(const struct wf_run *r); /* owned */

#endif
