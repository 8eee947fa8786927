/* The journal: append-only JSON lines, 0600, one record per thing that happened to a step. Each
 * record is one write(), so that a reader never sees half of one from another shell. */
#ifndef OPSH_RUN_JOURNAL_H
#define OPSH_RUN_JOURNAL_H

#include "opsh/data/json.h"
#include "opsh/gate/classify.h"

struct op_journal {
    int fd;        /* -1: none is kept */
    bool complained;
    char session[24];
    unsigned step; /* of this session */
};

#define OP_JOURNAL_INIT { .fd = -1 }

/* Errors: OP_IO. */
bool op_journal_open(struct op_journal *j, const char *path, struct op_err *err) OP_CHECKED;
void op_journal_close(struct op_journal *j);

/* A new step begins: its number is in every record until the next. */
void op_journal_step(struct op_journal *j);

/* event: "asked", "approved", "declined", "refused", "run", "result". extra may be NULL; its members are added
 * (taken). Errors: OP_IO (disk full …): told once per session by the caller. */
bool op_journal_write(struct op_journal *j, const char *event, const struct op_step *step, const struct op_verdict *v,
                      const char *context, const char *ns, struct op_json *extra, struct op_err *err) OP_CHECKED;

#endif
