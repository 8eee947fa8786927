/* What the files of this room share: the road's state and its stations. */
#ifndef OPSH_RUN_ROAD_I_H
#define OPSH_RUN_ROAD_I_H

#include "opsh/cluster/kubeconfig.h"
#include "opsh/cluster/reader.h"
#include "opsh/run/journal.h"
#include "opsh/run/preview.h"
#include "opsh/run/road.h"

struct op_allowance { /* "always": all owned */
    char *verb, *kind, *ns, *context;
};

struct op_agreement { /* a step of a plan that the person agreed to: all owned */
    struct op_strv argv;
    char *input, *context;
};

struct op_facts { /* what a model was told of the cluster: owned */
    char *text, *context, *ns;
    int64_t at, names_from; /* op_clock_ms: when it was read; when names may be asked for again */
    bool stale;             /* something was changed since */
};

struct op_road {
    struct op_road_options o;
    char *kubeconfig, *context, *ns; /* chosen by the user; NULL: the kubeconfig's own */
    char *journal_path;
    struct op_kubeconfig kc;
    struct op_names *names;
    int64_t names_at;      /* op_clock_ms when read */
    bool names_stale;      /* something was changed since: read again in the next turn */
    bool names_failed;     /* the cluster did not answer this turn: do not ask again */
    struct op_strv env, env_interactive; /* of children */
    struct op_strv env_self;             /* of opsh as a step: OPSH_STEP keeps it from planning anything */
    struct op_strv programs;             /* "name=path", found once */
    struct op_journal journal;
    struct op_reader reader;
    struct op_foreign *words; /* said and heard; words.c */
    struct op_allowance *allowed;
    size_t n_allowed, allowed_cap;
    struct op_agreement *agreed; /* of this turn */
    size_t n_agreed, agreed_cap;
    struct op_facts facts;
    struct op_strv versions; /* of servers: context, version, … */
    bool touched;           /* a step of this turn was no read, whatever became of it */
    bool hush;              /* keep what is to be noted about names in hushed */
    char *hushed;
    struct op_strv offered; /* choices of a question that another planner asked in the model's place */
};

/* --- road.c --- */
struct op_scene op_road_scene(struct op_road *road);
void op_road_forget_names(struct op_road *road);
void op_road_new_turn(struct op_road *road);
const char *op_road_bang(const char *request); /* what stands behind a leading "!", or NULL */

/* --- target.c: where steps act --- */
const struct op_kube_context *op_road_kube_context(const struct op_road *road);
/* Put the user's own choice of kubeconfig, context and namespace into an argv that says nothing of them. */
void op_road_complete(const struct op_road *road, struct op_strv *argv);
/* The target that this verdict's command line acts on. */
struct op_target op_road_target(const struct op_road *road, const struct op_verdict *v);
/* Is the context that was shown still the one that kubectl would use? */
bool op_road_same_context(struct op_road *road, const char *shown, struct op_err *err) OP_CHECKED;
/* A command that a person agreed to made another context the current one (`minikube start`): from now on that is where
 * commands go, those too that were agreed to in the same plan. */
void op_road_follow_context(struct op_road *road, const struct op_step *step, const struct op_verdict *v);

/* --- runner.c: the only file that starts tools --- */
struct op_run {
    enum op_outcome outcome;
    int exit_code;
    int64_t ms;
    char *output; /* owned, cleaned, both streams; of a step that shows a part of it, that part and: */
    char *shown;  /* the sentence that says of how much, or NULL; owned */
    bool unreached; /* it failed because the cluster does not answer */
    char reason[240];
};
void op_road_run(struct op_road *road, const struct op_step *step, const struct op_verdict *v, struct op_run *run);
void op_run_free(struct op_run *run);

struct op_run_job { /* one of several captured ones that run at the same time */
    const struct op_step *step;
    const struct op_verdict *v;
    struct op_run *run;
    size_t at; /* handed to both: */
    void (*output)(void *ctx, size_t at, enum op_stream stream, const char *bytes, size_t n); /* raw, as it arrives */
    void (*done)(void *ctx, size_t at);                                                       /* run is filled */
    void *ctx;
    /* of the runner: */
    struct op_road *road;
    const struct op_child_result *so_far; /* while it runs; NULL: not started */
};
/* Returns when all have ended. None may want the terminal. */
void op_road_run_all(struct op_road *road, struct op_run_job *jobs, size_t n);
/* --- reach.c: fills run->unreached and, then, run->reason --- */
void op_run_reach(const struct op_road *road, const struct op_step *step, struct op_run *run);
const char *op_road_program(struct op_road *road, const char *name); /* absolute path or NULL; borrowed */
const struct op_strv *op_road_env(const struct op_road *road, const char *program, bool interactive); /* its environment */

/* --- reader.c --- */
struct op_look { /* one read */
    struct op_strv argv;
    const char *input; /* or NULL */
    bool secrets;      /* may print the values of Secrets: they are saved before a change that a person agreed to */
    int64_t timeout_ms; /* 0: as long as any read may take */
    bool until_input;  /* standard input that becomes readable ends it within milliseconds, as if interrupted */
};
/* All at once; replies[i] is the caller's. false: interrupted. */
bool op_road_look(struct op_road *road, const struct op_look *looks, size_t n, struct op_reply *replies) OP_CHECKED;
void op_road_reader_init(struct op_road *road);
/* One read by its argument vector, NULL-terminated. false: interrupted. */
bool op_road_read(struct op_road *road, struct op_reply *reply, const char *const *args);
/* The same, its output as JSON (owned); NULL when it could not be read or is not JSON. */
struct op_json *op_road_read_json(struct op_road *road, struct op_reply *reply, const char *const *args);

/* --- proof.c: has what was changed come true? --- */
struct op_proof {
    bool pending, holds; /* pending: there is something to prove; holds: it was seen to be true */
    bool interrupted;
    char *text;          /* owned: "3 of 3 pods Ready (4 s)", or what is in the way */
};
/* output: what the command printed; it names the objects that it changed. */
void op_road_prove(struct op_road *road, const struct op_step *step, const struct op_verdict *v, const char *output,
                   struct op_proof *proof);

/* --- preview.c: what a step would do --- */
/* Can anything be seen of it before it is done? Cheap. */
bool op_road_can_preview(struct op_road *road, const struct op_step *step, const struct op_verdict *v);
/* Fills out; out->done stays false when it was interrupted, or an answer came first (until_input). */
void op_road_preview(struct op_road *road, const struct op_step *step, const struct op_verdict *v, bool until_input,
                     struct op_preview *out);
/* --- release.c: the same for helm's verbs --- */
bool op_road_preview_release(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                             bool until_input, struct op_preview *out);

/* --- settle.c: one look at a workload --- */
struct op_settle {
    bool settled;       /* as many pods of the newest template as wanted, all Ready, no old ones */
    int64_t wanted, ready;
    const char *measure; /* what is counted, constant: "pods Ready", "completions" */
    char *selector;     /* owned, "a=b,c=d", or NULL */
};
bool op_settle_look(const struct op_json *object, struct op_settle *s); /* false: no workload */

/* --- consent.c: what a person is asked, and what was answered for good --- */
/* The policy where this step would act. */
struct op_policy op_road_policy_here(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                                     const struct op_target *target);
/* Asks until there is an answer: YES, NO, INTERRUPT, or EDIT: the person changed step->argv, which is now theirs. */
enum op_answer op_road_ask(struct op_road *road, struct op_step *step, const struct op_verdict *v,
                           const struct op_target *target, enum op_decision decision, char *reason, size_t size);
/* A bare yes or no (or the word to be typed) about a step that was agreed to already. */
enum op_answer op_road_ask_once_more(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                                     char *reason, size_t size);
void op_road_forget_allowances(struct op_road *road);

/* --- facts.c: what a model is told of the cluster --- */
char *op_road_facts(void *road); /* lines, each beginning with "- ", or NULL; owned. Takes a second at most */
void op_facts_free(struct op_facts *f);

/* --- words.c: whose words a step is made of --- */
struct op_passage;
void op_road_words_said(struct op_road *road, const char *text);
void op_road_words_judge(struct op_road *road, struct op_passage *p); /* fills verdict.foreign */
void op_road_words_after(struct op_road *road, const struct op_passage *p);
struct op_foreign *op_road_words(struct op_road *road); /* borrowed */
void op_road_words_free(struct op_road *road);

/* --- pass.c: one step through the gate --- */
struct op_inverse;
struct op_passage { /* a step on its way, and what became of it */
    struct op_step *step; /* borrowed */
    const char *undoes;   /* id of the change that this step takes back (part of parts), or NULL; borrowed */
    size_t part, parts;
    bool ask;             /* whatever the policy says: what would be overwritten is not what opsh left */
    struct op_inverse *inverse; /* owned */
    bool edited;          /* the person changed the command at the question */
    bool half_done;       /* it did not go well, but changed something that can be taken back */
    struct op_verdict verdict;
    struct op_run run;
    struct op_proof proof;
    char reason[240];
};
void op_road_pass(struct op_road *road, struct op_passage *p, size_t n, size_t total);
struct op_observation op_passage_observe(const struct op_passage *p); /* borrows from p */
enum op_code op_passage_code(const struct op_passage *p);
void op_passage_free(struct op_passage *p);

/* The same station by station. decide: what is decided about the step as it stands; again: the person has just rewritten
 * it. covered: is that a question which the person's yes to a whole plan answers too? */
enum op_decision op_passage_decide(struct op_road *road, struct op_passage *p, const struct op_target *target, bool again,
                                   char *why, size_t size);
bool op_passage_covered(const struct op_road *road, const struct op_passage *p, enum op_decision decision);
void op_passage_record(struct op_road *road, const struct op_passage *p, const char *event, struct op_json *extra);

/* Every station before the question, shown to nobody: what would be decided about this step? */
enum op_decision op_passage_foresee(struct op_road *road, struct op_passage *p);

/* --- probe.c: a look that is shown as progress only, and whose failing is an answer --- */
void op_road_probe(struct op_road *road, struct op_passage *p);

/* --- together.c: reads that a model asks for in one reply run at the same time --- */
/* Runs as many of the move's steps as may run so, beginning with the one at from, and returns how many that were: none,
 * or at least two. */
size_t op_road_together(struct op_road *road, struct op_move *move, struct op_passage *ps, size_t from);

/* --- proposal.c: a plan shown whole, with one question for all that it changes --- */
/* Shows the move's steps and asks; nothing runs. ps[i] becomes what the planner is told of step i. */
enum op_code op_road_propose(struct op_road *road, struct op_move *move, struct op_passage *ps);
/* The plan that this step was agreed to in, or NULL. */
const struct op_agreement *op_road_agreed(const struct op_road *road, const struct op_step *step);
void op_road_forget_agreed(struct op_road *road);

/* --- instead.c: the endpoint has failed --- */
/* The planner that goes on in place of the one that failed, with its first move; NULL: nobody can. */
struct op_planner *op_road_instead(struct op_road *road, const struct op_planner *failed, const char *request,
                                   const struct op_scene *scene, const struct op_err *why, struct op_move *move);
void op_road_instead_asked(struct op_road *road, const struct op_move *move); /* it ends with this question */
/* Is this one of the choices that it offered? Then it is who must be told; NULL: no. */
struct op_planner *op_road_instead_answered(struct op_road *road, const char *request);

/* --- remember.c: what is kept of a change so that it can be taken back --- */
bool op_remember_before(struct op_road *road, struct op_passage *p) OP_CHECKED; /* false: interrupted */
bool op_remember_promise_broken(const struct op_passage *p); /* a way back was promised, and there is none */
struct op_json *op_remember_run(struct op_road *road, const struct op_passage *p); /* for the record "run" */
void op_remember_after(struct op_road *road, const struct op_passage *p, struct op_json *result);
void op_remember_free(struct op_passage *p);

/* --- stack.c: what belongs together (topic->name: how its names begin), or only where it is reached --- */
enum op_code op_road_stack(struct op_road *road, const struct op_topic *topic, bool urls_only, struct op_buf *out);

/* --- analysis.c --- */
/* Are the reads that the move brings to be run and shown: has opsh no analysis of its own for this? */
bool op_road_analysis_reads(const struct op_topic *topic);
enum op_code op_road_analyse(struct op_road *road, const struct op_topic *topic, struct op_buf *out);

#endif
