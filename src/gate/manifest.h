/* What a manifest on standard input speaks of. */
#ifndef OPSH_GATE_MANIFEST_H
#define OPSH_GATE_MANIFEST_H

#include "opsh/base/strv.h"
#include "opsh/gate/classify.h"

/* Every value of a key "kind", at any depth of any document (a List holds its objects deeper). Appended, in lower case.
 * false when a part of it could not be read: then nobody can say which kinds it holds. */
bool op_manifest_kinds(const char *input, struct op_strv *kinds);

/* Fills v's kind, name and (where it is empty) ns from the first document, when that is plain enough to be read. */
void op_manifest_about(const char *input, struct op_verdict *v);

#endif
