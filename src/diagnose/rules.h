/* What the rules of a pod see and fill in. */
#ifndef OPSH_DIAGNOSE_RULES_H
#define OPSH_DIAGNOSE_RULES_H

#include "opsh/diagnose/diagnose.h"

struct pod_view {
    const struct op_json *pod;
    const struct op_json *status;  /* of one container; NULL for rules about the pod as a whole */
    const struct op_json *spec;    /* that container's */
    const char *name;              /* the container's */
    int64_t now, age;              /* seconds */
};

struct pod_rule {
    const char *code;
    enum op_severity severity;
    bool whole_pod; /* asked once a pod, with status NULL */
    bool logs;      /* the container's log says more */
    /* true: it applies; fills f->reason and f->cause, may fill the rest. */
    bool (*applies)(const struct pod_view *v, struct op_finding *f);
};

extern const struct pod_rule op_pod_rules[];
extern const size_t op_pod_rules_n;

#endif
