/* A pod while it is built. */
#ifndef OPSH_RULES_BUILD_POD_H
#define OPSH_RULES_BUILD_POD_H

#include "manifest.h"

enum { CONTAINERS_MAX = 12 };

/* A container that was said: where its words ended, so that what follows at once is its own. */
struct member {
    struct op_json *json; /* borrowed */
    int64_t end;
};

struct pod {
    const struct frame *f;
    struct op_json *spec;   /* of the pod; borrowed */
    struct op_json *claims; /* of a StatefulSet, or NULL; borrowed */
    struct op_buf *out;     /* documents that come along: claims */
    struct member members[CONTAINERS_MAX];
    struct op_json *inits[CONTAINERS_MAX]; /* borrowed */
    size_t n_inits;
    size_t n; /* members[0] is the main one; the init containers are not among them */
};

/* The container that a record of a phrase speaks of; borrowed. */
struct op_json *pod_part(const struct pod *p, const struct op_json *record);
/* Is something in this list called so? */
bool pod_name_taken(const struct op_json *list, const char *name);
void pod_mounts(struct pod *p); /* build_volumes.c */

/* build_fields.c */
void build_fields(const struct slots *s, const char *root, struct op_json *into); /* "pod.hostNetwork" and its like */
bool field_slot(const char *slot);
void pod_tolerations(struct pod *p);
void pod_ports(struct pod *p);
void build_headless(const struct frame *f, struct op_buf *out);
void build_replacing(const struct slots *s, const char *kind, struct op_json *spec);

#endif
