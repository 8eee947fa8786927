/* The planner's interface. A planner turns a request into moves; it cannot run anything:
 *
 *     begin(request) ─► next() ─► steps ─► (gate, runner) ─► next(observations) ─► … ─► answer
 *
 * Two exist: `rules` (no key, no network) and `model` (an OpenAI-compatible endpoint). */
#ifndef OPSH_PLAN_PLANNER_H
#define OPSH_PLAN_PLANNER_H

#include "opsh/cluster/names.h"
#include "opsh/plan/step.h"

enum op_move_kind {
    OP_MOVE_STEPS,      /* run these, in order (a failing one stops the rest), then call next */
    OP_MOVE_PROPOSAL,   /* show these (text says for what), ask once for all that change, run none. The observations say
                           whether they may run (OP_RAN) or not (OP_DECLINED, OP_BLOCKED, OP_STOPPED; OP_SUGGESTED: they were
                           printed for the person). One that is refused stops all, unless it is optional. What was agreed
                           to and comes again byte for byte in this turn is not asked about again; what destroys is. */
    OP_MOVE_ANALYSIS,   /* let opsh examine the cluster: topic says what; steps are the reads it begins with, run where it
                           knows no more than what to look at; then call next */
    OP_MOVE_ANSWER,     /* finished: text for the person (may be "" when the outputs said it all) */
    OP_MOVE_QUESTION,   /* one thing is missing: text asks, choices may be offered; the next request answers */
    OP_MOVE_UNSUPPORTED /* not opsh's business, or not understood: text says so and names the nearest abilities */
};

struct op_topic {
    char *subject;    /* "failures", "health", "resources", "scaling" */
    char *kind;       /* of the object in question, or NULL */
    char *name;       /* or NULL: everything in ns */
    char *ns;         /* or NULL: all namespaces */
};

struct op_move {
    enum op_move_kind kind;
    struct op_step *steps; /* owned, n of them */
    size_t n;
    char *text;            /* owned, or NULL */
    struct op_strv choices;
    struct op_topic topic;
    bool shown;            /* text was already streamed to the person */
    size_t before, total;  /* these steps are part of a longer plan: so many came before, of so many; 0: they are all */
};

void op_move_free(struct op_move *move);
struct op_step *op_move_add_step(struct op_move *move); /* a new empty step at the end, borrowed */

/* What a planner may know of the world; borrowed for the whole turn. */
struct op_scene {
    const char *context; /* name, or NULL: no kubeconfig context */
    const char *ns;      /* effective namespace, never NULL */
    bool context_flag;   /* the user chose the context by flag or command: steps must carry --context */
    bool ns_flag;        /* likewise for the namespace: steps must carry -n */
    bool terminal;       /* there is a person who can be asked before a step runs */
    bool plan_only;      /* nothing will run: the first move is all that there is */
    /* The names that exist, read on the first call and then kept for the turn. NULL: there is no cluster or it
     * does not answer; then words are taken as said. */
    const struct op_names *(*names)(void *self);
    /* A few lines ("- …") about the cluster for a model's instructions, from a second's reading at most; owned. NULL, or
     * answers NULL or "": nothing is known. */
    char *(*facts)(void *self);
    /* For a change that depends on what is (a limit that doubles): one object more. NULL: nothing can be read. */
    const struct op_reader *reader;
    void *self;
};

struct op_planner_class {
    const char *name; /* "rules", "model" */
    bool (*begin)(void *self, const char *request, const struct op_scene *scene, struct op_err *err);
    /* obs: what became of the last move's steps (n of them; none on the first call). *move is owned by the caller. */
    bool (*next)(void *self, const struct op_observation *obs, size_t n, struct op_move *move, struct op_err *err);
    void (*forget)(void *self); /* drop the conversation */
    void (*free)(void *self);
};

struct op_planner {
    const struct op_planner_class *ops;
    void *self;
};

#endif
