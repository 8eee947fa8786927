/* Requests whose steps are files: a Dockerfile, a chart, one line in a configuration. What is written comes from the room
 * project; here it becomes `opsh write` steps. An intent says `make: NAME` (the table in make.c). */
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

#endif
