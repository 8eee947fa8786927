/* Steps that write or remove files (`opsh write`, `opsh remove`): what they are about, and how it stands. */
#ifndef OPSH_RUN_FILES_H
#define OPSH_RUN_FILES_H

#include "road_i.h"

struct op_file_step {
    char *folder, *path; /* owned */
    bool writes;         /* else it removes */
};

/* Is this such a step? Filled as its command line says. */
bool op_file_step_of(const struct op_catalog *cat, const struct op_step *step, const struct op_verdict *v,
                     struct op_file_step *f);
void op_file_step_free(struct op_file_step *f);

/* The file's mark as it is now (owned); *known false: it could not be read. NULL and known: it is not there. */
char *op_file_mark(const char *folder, const char *path, bool *known);

void op_file_preview(const struct op_file_step *f, const struct op_step *step, struct op_preview *out);

/* Is what was written there, or what was removed gone? */
void op_file_prove(const struct op_file_step *f, const struct op_step *step, struct op_proof *proof);

#endif
