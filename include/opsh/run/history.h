/* The journal read back: what was changed, what came of it, and whether it was taken back. */
#ifndef OPSH_RUN_HISTORY_H
#define OPSH_RUN_HISTORY_H

#include "opsh/data/json.h"

struct op_change {
    const char *id, *time, *context, *ns; /* borrowed from the records; may be NULL */
    const struct op_json *run, *result;   /* result NULL: opsh ended before the command did */
    const char *undoes;                   /* the change that this one takes back, or NULL */
    const char *undone_by;                /* NULL: it stands */
    bool can_undo;                        /* there are commands for it */
};

struct op_changes { /* oldest first */
    struct op_change *items;
    size_t n, cap;
    struct op_json *records;
};

/* Errors: OP_IO. No journal yet: none. */
bool op_changes_read(const char *journal, struct op_changes *c, struct op_err *err) OP_CHECKED;
void op_changes_free(struct op_changes *c);

/* By its id, or the beginning of it when only one begins so. NULL: none, or several. */
const struct op_change *op_changes_find(const struct op_changes *c, const char *id);
/* The last that changed something, still stands, and takes nothing back itself. NULL: none. */
const struct op_change *op_changes_last(const struct op_changes *c);

/* "done", "failed (exit status 1)", "undone", … (owned) */
char *op_change_outcome(const struct op_change *ch);
char *op_change_command(const struct op_change *ch); /* as it can be pasted, secrets masked; owned */
const char *op_change_why_not(const struct op_change *ch); /* NULL: nothing is said against undoing it */

/* {"changes": [{"id", "time", "context", "namespace", "command", "argv", "risk", "from", "outcome", "exit_code", "proof",
 * "undo": [command, …], "cannot_undo", "undoes", "undone_by"}]}, oldest first, at most `newest` (0: all). owned */
struct op_json *op_changes_json(const struct op_changes *c, size_t newest);

#endif
