/* Requests whose steps are files: a Dockerfile, a chart, one line in a configuration. What is written comes from the
 * room project; here it becomes `opsh write` steps. An intent says `make: NAME` (the table in make.c). */
#ifndef OPSH_RULES_MAKE_H
#define OPSH_RULES_MAKE_H

#include "planner.h"

#include "opsh/project/project.h"

/* What was said beside the folder; owned. */
struct wanted {
    struct op_strv folders; /* as they were said; empty: none was */
    char *file;             /* a Dockerfile that was named: "backend/Dockerfile" */
    char *base, *user, *host, *name, *image;
    int port, replicas;
    bool standalone;
};

void wanted_read(const struct attempt *a, struct wanted *w); /* make_words.c */
void wanted_free(struct wanted *w);
bool folder_exists(const char *path);
void folders_with_projects(struct op_strv *folders); /* "./api" for each folder here with something known in it */

bool make_known(const char *name); /* is it in the table? */

/* --- for the makers; those that return bool: true: there are steps; false: *move is the whole answer --- */
struct op_step *make_step(struct rules *r, struct op_move *move, const char *tool, struct op_json *takes_args,
                          struct op_err *err);
/* One draft as a step; true: there is something to do for it. */
bool make_draft(struct rules *r, struct op_move *move, const struct making *m, const struct op_draft *d, bool *ok,
                struct op_err *err);
void make_after(struct rules *r, const char *fmt, ...) OP_PRINTF(2, 3); /* a line that is said when all has run */
void make_tell_notes(struct rules *r, const struct op_drafts *drafts);
void make_answer(struct op_move *move, char *takes_text);
bool make_ask_folder(struct attempt *a, struct op_move *move, const char *why);
bool make_folder_missing(struct attempt *a, struct op_move *move, const char *folder); /* then it is asked for */
struct making making_of(const struct attempt *a, const struct wanted *w, const char *folder);
char *make_pasted(const char *folder); /* for a person to paste; owned */

/* --- make_chart.c --- */
bool make_chart(struct attempt *a, struct op_move *move, const struct wanted *w);
/* What was proposed and agreed to is handed out again; false: it was not agreed to. */
bool make_agreed(struct rules *r, const struct op_observation *obs, size_t n, struct op_move *move);

#endif
