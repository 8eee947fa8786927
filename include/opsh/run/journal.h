/* The journal: append-only JSON lines, 0600, one record per thing that happened to a step. Each record is one
 * write() under a lock, so that two shells never mix; a line that a killed opsh left unfinished is closed by the
 * next writer and skipped by readers. The record "run" of a change is on the disk, with everything that is needed
 * to undo it, before the command starts.
 *
 * A journal that cannot be written stops nobody's work: it is told once, and the change runs (without /undo).
 * Values that are secret do not stand in it: see mask.h; an inverse that needs them is a file of its own beside the
 * journal, undo/CHANGE.json, 0600. */
#ifndef OPSH_RUN_JOURNAL_H
#define OPSH_RUN_JOURNAL_H

#include "opsh/data/json.h"
#include "opsh/gate/classify.h"

struct op_journal {
    int fd;        /* -1: none is kept */
    bool complained;
    char session[24];
    char change[12]; /* id of the step under way: in every record until the next */
    unsigned step;   /* of this session */
    char *path;      /* owned */
};

#define OP_JOURNAL_INIT { .fd = -1 }

/* Errors: OP_IO. */
bool op_journal_open(struct op_journal *j, const char *path, struct op_err *err) OP_CHECKED;
void op_journal_close(struct op_journal *j);

/* A new step begins: its id is in every record until the next. */
void op_journal_step(struct op_journal *j);

/* event: "asked", "approved", "declined", "refused", "run", "result". extra may be NULL; its members are added
 * (taken). "run" is flushed to the disk. Errors: OP_IO (disk full …): told once per session by the caller. */
bool op_journal_write(struct op_journal *j, const char *event, const struct op_step *step, const struct op_verdict *v,
                      const char *context, const char *ns, struct op_json *extra, struct op_err *err) OP_CHECKED;

/* Keep text for the step under way beside the journal: undo/CHANGE.json, for so many days. Errors: OP_IO. */
#define OP_JOURNAL_KEEP_DAYS 30
bool op_journal_keep(struct op_journal *j, const char *text, struct op_err *err) OP_CHECKED;
/* And back (owned); NULL when it is gone. */
char *op_journal_kept(const char *path, const char *change, struct op_err *err) OP_CHECKED;

/* Every whole record of the journal at path, oldest first, as an array (owned); lines that are none are skipped.
 * No journal yet: an empty array. Errors: OP_IO. */
struct op_json *op_journal_read(const char *path, struct op_err *err) OP_CHECKED;

#endif
