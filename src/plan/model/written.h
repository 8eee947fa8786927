/* Tool calls that a model wrote into its text, because it or its server knows no other way: a JSON object alone,
 * in a ```fence, behind <tool_call>, [TOOL_CALLS], <|python_tag|> or <function=name>. Where such a thing begins,
 * the text is kept from the person until it is known what it is. */
#ifndef OPSH_PLAN_MODEL_WRITTEN_H
#define OPSH_PLAN_MODEL_WRITTEN_H

#include "opsh/catalog/catalog.h"

#include "reply.h"

#define OP_WRITTEN_HOLD ((size_t)32 << 10) /* bytes held back before it is taken for prose */

enum op_written { OP_WRITTEN_NONE, OP_WRITTEN_MAYBE, OP_WRITTEN_CALL };

/* Looks at text from `from` (the start of the text, or where an earlier look said so). *at: where a call begins or may
 * begin; with NONE the text's end. ended: nothing more will come, so there is no MAYBE. A call without a marker
 * counts only with the exact name of a tool. */
enum op_written op_written_find(const struct op_catalog *cat, const char *text, size_t n, size_t from, bool ended,
                                size_t *at);

/* Moves the calls out of a whole reply's text into its calls; what follows the first one is dropped (models go on
 * with results they made up). Returns whether there were any. */
bool op_written_take(const struct op_catalog *cat, struct op_chat_reply *r);

#endif
