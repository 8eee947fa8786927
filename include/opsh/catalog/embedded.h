/* What is compiled into the program, generated at build time by opsh-embed from tools/ and
 * prompts/: documents as constant nodes, texts as they are. */
#ifndef OPSH_CATALOG_EMBEDDED_H
#define OPSH_CATALOG_EMBEDDED_H

#include "opsh/data/node.h"

extern const struct op_doc op_embedded_docs[];
extern const size_t op_embedded_docs_n;

/* A text file by its name from the top folder ("prompts/system.md"); NULL when there is none. */
const char *op_embedded_text(const char *name);

#endif
