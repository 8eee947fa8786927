/* What a command line speaks of, for previews and for a person who asks. Pure. */
#ifndef OPSH_GATE_EXPLAIN_H
#define OPSH_GATE_EXPLAIN_H

#include "opsh/gate/classify.h"

/* Every object that the words name, as "kind/name" (kind as written); nothing where only kinds, files or selectors are
 * given. Appended. Returns how many different kinds the words name. */
size_t op_gate_named(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *objects);

/* The last value of a flag by its long name, owned; "" when it is given without one; NULL when it is not given. */
char *op_gate_flag(const struct op_catalog *cat, const struct op_strv *argv, const char *name);

/* What the command does, flag by flag, in the catalogue's words: lines marked '=' (see run/preview.h). */
void op_gate_explain(const struct op_catalog *cat, const struct op_strv *argv, const struct op_verdict *v,
                     struct op_strv *lines);

#endif
