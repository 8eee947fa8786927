/* What a change touches besides the object itself. Pure: objects in, lines out; a line only when it is true. */
#ifndef OPSH_RUN_TOUCHES_H
#define OPSH_RUN_TOUCHES_H

#include "opsh/base/strv.h"
#include "opsh/data/json.h"

struct op_touching {
    const char *verb;                     /* "scale", "rollout restart", "delete", … */
    bool helm;                            /* helm itself does it: its values do not drift */
    bool orphans;                         /* delete --cascade=orphan: what the object owns stays */
    const struct op_json *before, *after; /* the object now and then; NULL where it does not exist or is not known */
    /* Lists of the namespace, NULL where they were not read: */
    const struct op_json *policies; /* HorizontalPodAutoscalers and PodDisruptionBudgets */
    const struct op_json *owned;    /* Pods and ReplicaSets (and what else may belong to it) */
};

/* Appends lines with a mark: '=' tells, '!' warns. */
void op_touches(const struct op_touching *t, struct op_strv *lines);

/* One of those lines' owners (touches_node.c): of a node that is drained; t->owned are its pods, t->policies the budgets
 * of all namespaces. */
void op_touches_drained(const struct op_touching *t, struct op_strv *lines);

/* Does this label selector (matchLabels, matchExpressions) select these labels? An empty one selects all. */
bool op_touches_selects(const struct op_json *selector, const struct op_json *labels);

#endif
