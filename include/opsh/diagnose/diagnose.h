/* Diagnoses: pure functions from what the API server said (JSON lists) to findings. A diagnosis is
 * one function, one row in the table of its kind (pods.c) and two fixtures
 * (tests/fixtures/diagnose/CODE.broken.json and CODE.fine.json). */
#ifndef OPSH_DIAGNOSE_DIAGNOSE_H
#define OPSH_DIAGNOSE_DIAGNOSE_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"
#include "opsh/data/json.h"

enum op_severity { OP_SEV_ERROR, OP_SEV_WARNING, OP_SEV_INFO };

struct op_finding {
    const char *code; /* "P01"; static */
    enum op_severity severity;
    char *ns, *pod;
    char *container;  /* or NULL: the pod as a whole */
    char *owner;      /* "deployment/payments"; the pod itself when nothing owns it */
    char *reason;     /* what Kubernetes calls it: "OOMKilled" */
    char *cause;      /* one sentence for a person */
    int64_t exit_code; /* of the last end, or -1 */
    int64_t restarts;  /* or -1 */
    bool logs, previous; /* its log says more; of the container before this one? */
    char *log_line;   /* last line of that log, or NULL: not read */
    size_t affected;  /* pods of the same owner with the same finding */
};

struct op_findings {
    struct op_finding *items;
    size_t n, cap;
    size_t pods; /* looked at */
};

/* A PodList (or a single Pod): findings are added, grouped by owner, code and container, and kept
 * sorted by severity, then by name. now: seconds since 1970. */
void op_diagnose_pods(const struct op_json *list, int64_t now, struct op_findings *out);

/* kubectl arguments (with "kubectl") that read the log this finding points to. */
void op_finding_logs_argv(const struct op_finding *f, struct op_strv *argv);
/* Keep the last telling line of that log (cleaned by the caller's display, cut to 300 bytes). */
void op_finding_set_log(struct op_finding *f, const char *text, size_t n);

/* For people. One finding, several lines. */
void op_finding_text(const struct op_finding *f, struct op_buf *out);
void op_findings_free(struct op_findings *fs);

#endif
