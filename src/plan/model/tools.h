/* Which tools a request offers, and how they are described. */
#ifndef OPSH_PLAN_MODEL_TOOLS_H
#define OPSH_PLAN_MODEL_TOOLS_H

#include "opsh/catalog/catalog.h"

#define OP_TOOLS_MAX 128 /* what OpenAI's endpoint takes */

/* The "tools" array within `bytes` and OP_TOOLS_MAX. All where they fit; else first the general tool of each program, then
 * the person's own, then kubectl's, then the others. Always in the catalogue's order, so that endpoints can cache. owned */
struct op_json *op_tools_schema(const struct op_catalog *cat, size_t bytes);

/* The same choice as lines of text: "name(argument!, argument: type): description". owned */
char *op_tools_text(const struct op_catalog *cat, size_t bytes);

#endif
