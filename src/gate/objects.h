/* What a command line's words name: kinds and names, and whether such names can exist. */
#ifndef OPSH_GATE_OBJECTS_H
#define OPSH_GATE_OBJECTS_H

#include "lex.h"

struct op_named {
    struct op_strv kinds; /* every kind that the words name, as written */
    struct op_strv names;
    struct op_strv given; /* kinds that standard input holds, in lower case */
    bool unread;          /* part of standard input could not be read */
};

void op_objects_read(const struct op_lexed *lx, struct op_named *named);
void op_objects_free(struct op_named *named);

/* Can a Kubernetes object be called so at all? */
bool op_objects_possible(const char *name);

/* Do this row's names belong to Kubernetes (kinds, created, pod, node)? */
bool op_objects_are_kubernetes(const struct op_node *row);

#endif
