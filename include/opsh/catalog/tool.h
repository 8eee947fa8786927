/* From a tool and its arguments to an argument vector.
 *
 * A template is a list. Items:
 *   text with {name}            one argument; {name} is replaced by the argument's text
 *   {when: name, then: [...]}   the items of `then`, only when argument `name` is given and not false
 *                               (when: "!name" for the opposite)
 *   {each: name, then: [...]}   the items of `then` once for each element of the array `name`; {item} is
 *                               the element ({key} and {value} for the members of an object)
 *   {args: name}                each element of the array `name` as an argument of its own
 *
 * Nothing is ever split at spaces. A value that begins with "-" is refused except in {args: …}
 * (the gate judges those by the verb table). */
#ifndef OPSH_CATALOG_TOOL_H
#define OPSH_CATALOG_TOOL_H

#include "opsh/catalog/catalog.h"

/* Do these arguments fit the tool's JSON Schema (type, required, enum, pattern, minimum, maximum,
 * items, additionalProperties: false)? The error names the argument, what it is and what it should be.
 * Errors: OP_USAGE. */
bool op_tool_check(const struct op_tool *tool, const struct op_json *args, struct op_err *err) OP_CHECKED;

/* Checks, then fills argv (appended; argv[0] is the program's name) and, when the tool has `stdin: name`,
 * *input (owned, may be NULL where the caller knows there is none). Errors: OP_USAGE. */
bool op_tool_render(const struct op_tool *tool, const struct op_json *args, struct op_strv *argv, char **input,
                    struct op_err *err) OP_CHECKED;

/* Are these parameters sound, and does this template (or NULL) fit them? For templates that stand elsewhere than under
 * `tools:`, which this module checks itself. Errors: OP_CONFIG with file:line:column. */
bool op_tool_valid(const struct op_doc *doc, const struct op_node *parameters, const struct op_node *argv,
                   struct op_err *err) OP_CHECKED;

/* The tool as an entry of a chat-completions request's "tools", without what only this side needs (patterns and limits:
 * what breaks them is answered with a hint). only: a list of the parameters to tell of, or NULL: all. owned */
struct op_json *op_tool_schema(const struct op_tool *tool, const struct op_node *only);

#endif
