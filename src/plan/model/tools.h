/* Which tools a request offers, and how they are described.
 *
 * A request does not carry the whole catalogue: it would fill a small model's context before anything is said. Sent at
 * first are the tools that the catalogue's `offer:` sections name, in their order and with the parameters named there,
 * then the person's own, then run_workflow, then find_tools, which names all others. What is found, or called unasked,
 * follows behind in that order, so that what was sent before stays the beginning of what is sent next and endpoints can cache it. */
#ifndef OPSH_PLAN_MODEL_TOOLS_H
#define OPSH_PLAN_MODEL_TOOLS_H

#include "opsh/catalog/catalog.h"

#define OP_TOOLS_MAX 128 /* what OpenAI's endpoint takes */

struct op_found { /* tools to be sent whole beside those of the first request; zero-initialise */
    const struct op_tool **tools;
    size_t n, cap;
};

/* Returns whether it is new there. */
bool op_found_add(struct op_found *f, const struct op_tool *tool);
void op_found_free(struct op_found *f);

/* Do the catalogue's `offer:` sections name tools and parameters that there are? Errors: OP_CONFIG with
 * file:line:column. */
bool op_tools_check(const struct op_catalog *cat, struct op_err *err) OP_CHECKED;

/* The "tools" array within `bytes` and OP_TOOLS_MAX: what has no room of the offered stands among find_tools' names,
 * and of the found ones the latest are kept. owned */
struct op_json *op_tools_schema(const struct op_catalog *cat, const struct op_found *found, size_t bytes);

/* The same choice as lines of text, without what was found: "name(argument!, argument: type): description". owned */
char *op_tools_text(const struct op_catalog *cat, size_t bytes);
void op_tools_line(struct op_buf *out, const struct op_tool *tool, const struct op_node *only);

/* One function as an endpoint wants it; parameters is taken. owned */
struct op_json *op_tools_function(const char *name, const char *description, struct op_json *parameters);

/* flow.c: run_workflow, which stands before find_tools. owned; NULL: the catalogue has no workflow */
struct op_json *op_flow_schema(const struct op_catalog *cat);
void op_flow_describe(struct op_buf *out, const struct op_catalog *cat);

/* Is it a tool of the catalogue, find_tools or run_workflow? */
bool op_tools_known(const struct op_catalog *cat, const char *name);

/* What find_tools answers to these arguments, appended to out; what it finds is added to found. Errors: OP_USAGE. */
bool op_tools_find(const struct op_catalog *cat, const struct op_json *args, struct op_found *found, struct op_buf *out,
                   struct op_err *err) OP_CHECKED;

#endif
