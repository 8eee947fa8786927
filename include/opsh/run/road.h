/* The one road: planner ─► gate ─► runner ─► journal ─► observation ─► planner. Every request
 * goes down here, and nothing reaches a tool any other way. */
#ifndef OPSH_RUN_ROAD_H
#define OPSH_RUN_ROAD_H

#include "opsh/run/ui.h"

struct op_road; /* opaque */

struct op_road_options {
    const struct op_catalog *catalog; /* borrowed */
    struct op_ui ui;
    struct op_policy policy;
    const char *context;    /* chosen by the user, or NULL */
    const char *ns;         /* chosen by the user, or NULL */
    const char *kubeconfig; /* chosen by the user, or NULL */
    int64_t tool_timeout_ms;  /* per captured command; 0: none */
    int64_t proof_timeout_ms; /* how long to wait until a change is true */
    const char *journal;      /* file, or NULL: keep none */
    /* Who plans a request when the planner of the turn cannot be reached; NULL, or may answer NULL: nobody. Borrowed. */
    struct op_planner *(*instead)(void *self);
    void *instead_self;
    const struct op_strv *protect; /* patterns of protected contexts; borrowed for the road's life; NULL: none */
};

/* Errors: OP_CONFIG (kubeconfig), OP_IO (journal). */
struct op_road *op_road_new(const struct op_road_options *o, struct op_err *err) OP_CHECKED;
void op_road_free(struct op_road *road);

struct op_policy *op_road_policy(struct op_road *road); /* borrowed; may be changed between turns */
const char *op_road_context(const struct op_road *road); /* effective; NULL: none */
const char *op_road_namespace(const struct op_road *road);
/* name NULL: back to the kubeconfig's own. Errors: OP_USAGE (no such context; the message lists what exists). */
bool op_road_set_context(struct op_road *road, const char *name, struct op_err *err) OP_CHECKED;
bool op_road_set_namespace(struct op_road *road, const char *ns, struct op_err *err) OP_CHECKED;
size_t op_road_contexts(const struct op_road *road, const char **names, size_t max);
/* The names that exist, for completion and planners; NULL when there is no cluster. Kept for a few seconds. */
const struct op_names *op_road_names(struct op_road *road);
/* Those that are known already, however old; NULL: none yet. Never reads, so that a Tab need not wait. */
const struct op_names *op_road_names_known(const struct op_road *road);

/* Is the context that commands go to now one of the protected ones? */
bool op_road_is_protected(const struct op_road *road);
/* What the person said "always" to in this session, a line each; and taking the nth (from 1) back: false: there is none. */
void op_road_allowances(const struct op_road *road, struct op_strv *lines);
bool op_road_revoke(struct op_road *road, size_t n);

/* One request to its end. Returns OP_OK, or what went wrong (already told to the person through the ui). */
enum op_code op_road_turn(struct op_road *road, struct op_planner *planner, const char *request);

/* "!command": one step typed by the user. */
enum op_code op_road_command(struct op_road *road, const char *line);

/* Take back a change by its id (or the beginning of it), NULL: the last that still stands. Its steps are shown, asked
 * about, proved and journalled like any others; where something was changed since, that is told and asked about
 * whatever the policy says. Undoing an undo does the change again. */
enum op_code op_road_undo(struct op_road *road, const char *id);
const char *op_road_journal(const struct op_road *road); /* the file, or NULL: none is kept */

/* What would be done, as the JSON object of `--plan --output json` (owned), running nothing but reads of names. */
struct op_json *op_road_plan(struct op_road *road, struct op_planner *planner, const char *request, struct op_err *err)
    OP_CHECKED;

#endif
