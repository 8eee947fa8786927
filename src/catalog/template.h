/* Templates of argument vectors, as tool.h describes them. */
#ifndef OPSH_CATALOG_TEMPLATE_H
#define OPSH_CATALOG_TEMPLATE_H

#include "opsh/base/strv.h"
#include "opsh/data/json.h"
#include "opsh/data/node.h"

/* Does every item make sense for these parameters? Errors: OP_CONFIG with file:line:column. */
bool op_template_valid(const struct op_doc *doc, const struct op_node *list, const struct op_node *parameters,
                       struct op_err *err) OP_CHECKED;

/* Appends to argv. args fit the parameters. Errors: OP_USAGE (an argument would become an option). */
bool op_template_render(const struct op_node *list, const struct op_json *args, struct op_strv *argv,
                        struct op_err *err) OP_CHECKED;

#endif
