/* The part of JSON Schema that the catalogue uses: type, properties, required, enum, pattern (POSIX
 * extended), minimum, maximum, minLength, maxLength, minItems, maxItems, items, additionalProperties
 * (absent: refused), description, default. */
#ifndef OPSH_CATALOG_SCHEMA_H
#define OPSH_CATALOG_SCHEMA_H

#include "opsh/data/json.h"
#include "opsh/data/node.h"

/* Is the schema itself sound? Errors: OP_CONFIG with file:line:column. */
bool op_schema_valid(const struct op_doc *doc, const struct op_node *schema, struct op_err *err) OP_CHECKED;

/* Does the value fit? `what` names it in the error. Errors: OP_USAGE. */
bool op_schema_fits(const struct op_node *schema, const struct op_json *value, const char *what,
                    struct op_err *err) OP_CHECKED;

/* The schema as a model needs it: without patterns, limits and "no others". only: as of op_tool_schema. owned */
struct op_json *op_schema_lean(const struct op_node *schema, const struct op_node *only);

/* An argument that counts as not given: absent, null, or an empty string (models fill optional
 * arguments with those). */
bool op_schema_absent(const struct op_json *value);

#endif
