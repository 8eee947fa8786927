/* The catalogue: everything opsh knows about tools, once, in tools/ as YAML. It is compiled
 * into the program as constant data (no parsing at start); a person's own folder
 * (~/.config/opsh/tools) adds to it. Each document may hold any of these sections:
 *
 *   program:  the program this document speaks of ("kubectl")
 *   tools:    typed tools: name, description, parameters (JSON Schema), argv, …
 *   verbs:    what each verb of the program does: read, change, destroy, refused (the gate)
 *   flags:    which flags take a value, which change what a command does (the gate)
 *   undo:     how each verb of the program is taken back (run/inverse.h)
 *   intents:  what people say for each tool (the rules planner)
 *   words:    vocabulary: verbs, kinds, synonyms (the rules planner)
 *   spoken:   phrases of several parts (the rules planner; src/plan/rules/spoken.h)
 *   offer:    which tools a model is sent before it asks for more, with which parameters (the model planner)
 *   workflow: a plan of many steps (plan/workflow.h)
 *
 * A section's reader lives in the room that needs it; this module finds documents and tools. */
#ifndef OPSH_CATALOG_CATALOG_H
#define OPSH_CATALOG_CATALOG_H

#include "opsh/base/strv.h"
#include "opsh/data/json.h"
#include "opsh/data/node.h"

/* What a command does to the world; ordered: the worse one wins. */
enum op_risk {
    OP_RISK_READ,    /* changes nothing: runs */
    OP_RISK_CHANGE,  /* changes something: asks */
    OP_RISK_DESTROY, /* loses something: asks for the object's name */
    OP_RISK_REFUSED  /* never runs */
};

const char *op_risk_name(enum op_risk risk); /* "read", "change", "destroy", "refused" */
bool op_risk_parse(const char *name, enum op_risk *out) OP_CHECKED;

/* The model planner's own (plan/model/find.c, flow.c): no tool may be called so. */
#define OP_FIND_TOOLS   "find_tools"
#define OP_RUN_WORKFLOW "run_workflow"

struct op_tool {
    const char *name;                 /* "kubectl_scale", unique */
    const char *program;              /* "kubectl" */
    const char *description;          /* for the model and for /tools */
    const struct op_node *parameters; /* JSON Schema: type object, properties, required */
    const struct op_node *argv;       /* template, see tool.h */
    const struct op_doc *doc;
    const struct op_node *node; /* the whole entry */
    uint16_t next;              /* of the same bucket: its index + 1, or 0 */
};

enum { OP_CATALOG_BUCKETS = 256 };

struct op_catalog {
    struct op_doc *docs;
    size_t n_docs;
    struct op_tool *tools;
    size_t n_tools;
    uint16_t buckets[OP_CATALOG_BUCKETS]; /* by the hash of a tool's name: index + 1, or 0 */
};

/* Compiled-in documents plus *.yaml of user_folder and of its folder workflows (NULL or missing: none; sorted by name).
 * A user's tool of the same name is an error that names both places. Errors: OP_CONFIG with
 * file:line:column. *cat is owned (op_catalog_free). */
bool op_catalog_load(const char *user_folder, struct op_catalog *cat, struct op_err *err) OP_CHECKED;
void op_catalog_free(struct op_catalog *cat);

/* Are all tools sound, also the compiled-in ones, which op_catalog_load trusts (doc->memory NULL)? For tests: at every
 * start it would be a tenth of what that takes. Errors: OP_CONFIG. */
bool op_catalog_check(const struct op_catalog *cat, struct op_err *err) OP_CHECKED;

const struct op_tool *op_catalog_tool(const struct op_catalog *cat, const char *name);

/* The section `name` of each document in turn: start with *i = 0; NULL at the end. *doc may be NULL. */
const struct op_node *op_catalog_section(const struct op_catalog *cat, const char *name, size_t *i,
                                         const struct op_doc **doc);

#endif
