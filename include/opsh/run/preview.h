/* What a step would do, seen before it is done: what will differ, from the server's own dry run, and what it touches.
 *
 * Lines begin with a mark: '#' names an object, '@' a place in it, ' ' '-' '+' are a diff, '=' tells, '!' warns. */
#ifndef OPSH_RUN_PREVIEW_H
#define OPSH_RUN_PREVIEW_H

#include "opsh/base/strv.h"

struct op_preview {
    struct op_strv brief; /* with little around each change */
    struct op_strv full;  /* with much */
    size_t changes;       /* lines of the diff that go or come */
    bool done;            /* false: not read yet, or an answer came first */
};

void op_preview_free(struct op_preview *p);

#endif
