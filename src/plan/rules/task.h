/* Tasks: one or several things to be made, described in any order and over several sentences ("Create a service called
 * web in namespace shop. It should listen on port 80 …"). The facts are said in the catalogue (`tasks:`, in the
 * language of spoken.h): `for` names the kinds that a fact can be said of, `makes` the kind that a sentence describes
 * without saying it. A request is a task only when each of its words is explained and nothing that is needed is
 * missing; else the clauses of the other stages read it, as if nothing had been tried. */
#ifndef OPSH_RULES_TASK_H
#define OPSH_RULES_TASK_H

#include "manifest.h"
#include "planner.h"

enum { TASK_OBJECTS_MAX = 24, TASK_WORDS_MAX = 400, TASK_LEAD_MAX = 40 }; /* lead: words before the first thing */

struct task_object {
    const char *kind;   /* "grant": a role and its binding that nobody named */
    struct slots facts; /* in the order in which they were said; one name may come often */
    size_t kind_at;     /* the token that says the kind; behind all: none does */
    bool made;          /* somebody said to make it */
    struct frame frame; /* what was settled: name, ns, labels that the cluster knows */
};

struct task {
    struct task_object v[TASK_OBJECTS_MAX];
    size_t n;
    struct slots everywhere; /* facts said of no object: "in the namespace shop: …" */
};

/* The whole request as a task; false: it is none, and *move is as it was. */
bool task_plan(struct attempt *a, struct op_move *move);

/* What is said in signs, in words. owned */
char *task_text(const char *said);

/* task_words.c */
bool task_begins(const struct clause *c, size_t i); /* a sentence or a list item */
bool task_closed(const struct token *t);            /* , : . behind it */
bool task_plain(const struct token *t);             /* not in quotes */
size_t task_making(struct clause *c, size_t i);     /* "create", "set up": how many tokens; 0: none */
const char *task_kind(const struct token *t);       /* also by other names ("policy"); NULL: none */
size_t task_kind_ahead(struct clause *c, size_t i); /* of the thing described from i on: its token, or c->to */
bool task_determiner(const struct token *t);
bool task_told(const struct token *t); /* to do something else than to make */
bool task_says_little(const struct token *t);

/* task_read.c */
bool task_read(struct task *t, struct clause *all, const struct spoken *phrases);
void task_free(struct task *t);
const char *fact(const struct task_object *o, const char *name); /* the first of this name, or NULL */
const char *fact_last(const struct task_object *o, const char *name);
void fact_add(struct task_object *o, const char *name, const char *value);

/* What is made: a command of kubectl's own, or a manifest; false: something is missing. Each knows its kinds. */
struct task_out {
    struct op_strv argv; /* behind "kubectl"; empty: `manifest` is applied */
    struct op_buf manifest;
    const char *why; /* static, or NULL */
};
typedef bool task_maker(const struct task *t, struct task_object *o, struct task_out *out);
task_maker task_service, task_ingress, task_policy;                            /* task_net.c, task_policy.c */
task_maker task_role, task_binding, task_grant, task_account;                  /* task_access.c */
task_maker task_quota, task_ranges, task_autoscaler, task_budget;              /* task_limits.c */
task_maker task_workload_made, task_data;                                      /* task_work.c */
task_maker task_claim, task_volume, task_storageclass, task_priority, task_ns; /* task_store.c */

/* The object of this kind that stands nearest before o, or NULL. */
const struct task_object *task_before(const struct task *t, const struct task_object *o, const char *kind);
/* What runs, and was made in front of it: "it"; or NULL. */
const char *task_workload(const struct task *t, const struct task_object *o);
void task_words(struct op_strv *argv, const char *const *words); /* NULL-terminated */

#endif
