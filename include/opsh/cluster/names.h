/* The names that exist: workloads, pods and what belongs to them, for turning the words people use
 * ("backend") into objects (deployment/todo-backend in namespace shop). Plain data; lookups are pure. */
#ifndef OPSH_CLUSTER_NAMES_H
#define OPSH_CLUSTER_NAMES_H

#include "opsh/base/strv.h"
#include "opsh/cluster/reader.h"

#include <stdint.h>

struct op_object {
    const char *kind; /* singular, lower case, static: "deployment", "statefulset", "daemonset", "pod", "service",
                         "namespace", "node", … */
    char *ns;         /* "" for kinds without a namespace */
    char *name;
    int64_t replicas; /* wanted, for kinds that have them; else -1 */
    int64_t ready;    /* ready now; else -1 */
    struct op_strv containers, images; /* of the pod template, same order */
    char *app;        /* label app.kubernetes.io/name, else app, else "" */
    const char *app_key; /* which of the two it was, static; "" */
    char *release;    /* Helm release that owns it, else "" */
};

struct op_names {
    struct op_object *objects; /* sorted by kind, ns, name */
    size_t n;
    bool complete;  /* false: some kinds could not be read; `why` says what */
    char why[240];
};

/* Deployments, StatefulSets, DaemonSets, Services, Namespaces (and Pods when pods is true) of every namespace;
 * where reading all namespaces is forbidden, of `ns` alone. NULL when the cluster cannot be reached
 * (err: OP_NETWORK, says what to do). owned */
struct op_names *op_names_read(const struct op_reader *reader, const char *ns, bool pods, struct op_err *err) OP_CHECKED;
struct op_names *op_names_from_json(const char *const *lists, size_t n, struct op_err *err) OP_CHECKED; /* for tests: List documents */
void op_names_free(struct op_names *names);

/* Objects that the words could mean. kind: NULL for any workload. Exact names first: when some object is called
 * exactly `word`, only such are found; else names of which `word` is a whole dash-separated part ("backend" of
 * "todo-backend"), else names that contain it, else the app label. ns: NULL for all; objects in `prefer_ns` alone are returned when
 * there are any. Writes up to max borrowed pointers; returns how many there are in all. */
size_t op_names_find(const struct op_names *names, const char *kind, const char *word, const char *ns,
                     const char *prefer_ns, const struct op_object **found, size_t max);

/* The name nearest to `word` by spelling (distance at most 2), or NULL; of several as near, one in prefer_ns (may be
 * NULL). To be offered, never to be used. */
const struct op_object *op_names_nearest(const struct op_names *names, const char *kind, const char *word,
                                         const char *prefer_ns);

#endif
