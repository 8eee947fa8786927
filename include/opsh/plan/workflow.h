/* Workflows: plans of many steps that are written down once, in the section `workflow:` of a document of the catalogue
 * (tools/workflows/, or a person's own ~/.config/opsh/tools/workflows/NAME.yaml):
 *
 *   workflow:
 *     name: deploy-web                 a-z, 0-9 and -
 *     about: one line for people
 *     say: deploy the web stack        how it is asked for again; works whoever plans
 *     calls: [deploy web]              short ways to ask, behind which only VALUE=TEXT may stand
 *     values:                          what may be chosen: name → JSON Schema as of a tool's parameter, with a default
 *       replicas: {type: integer, minimum: 0, default: 2, description: …}
 *     steps:                           in this order; each is one of need, run, write, check
 *       - name: tools                  need: a look that must hold before anything is proposed
 *         need: {read: [helm, version]}
 *         else: what to do where it does not
 *       - name: the web server         run: a command; done: looks that all hold when there is nothing left to do
 *         done: {read: [helm, list, -o, json], json: {"0.status": deployed}}
 *         run: [helm, upgrade, --install, web, charts/web, --set, "replicaCount={replicas}"]
 *       - name: the Dockerfile         write: what opsh drafts for the project in this folder, files that are missing
 *         write: ./web
 *       - name: it answers             check: a read that is shown and must hold, tried again for so many seconds
 *         check: {read: [kubectl, get, pods], text: "web-* Running *"}
 *         within: 30
 *     answer: [{say: what is said at the end, when: …}]
 *
 *   when: {value: pattern or list}     a step that counts only then ("!x": only else)
 *   after: NAME                        nothing of this step can be there while that one is not done: not looked at
 *   show: …                            a line for the plan
 *   save: NAME                         the first line that the command printed becomes a value
 *   destroys: …                        what is lost: the gate asks for each such step by itself
 *
 * A look is {read: [argv], exit: 0, text: pattern or list, lacks: pattern or list, json: {path: pattern}} or
 * {file: path}. Patterns have * and ?; paths are dotted, with numbers, # (how many) and * (each of them).
 * Texts and argument vectors take {value}; known besides: {ns}, {context}, {here} ("minikube" where kubectl goes there
 * or nowhere, else "current"), {hosts}. Argument vectors are templates as of a tool (catalog/tool.h).
 *
 * The planner keeps nothing: what is done already is seen each time, so that a workflow that was stopped goes on where
 * it stands when it is asked for again. It runs nothing itself; every command goes through the gate. */
#ifndef OPSH_PLAN_WORKFLOW_H
#define OPSH_PLAN_WORKFLOW_H

#include "opsh/catalog/catalog.h"
#include "opsh/plan/planner.h"

/* Are the catalogue's workflows sound, and no two of one name? Errors: OP_CONFIG with file:line:column. */
bool op_workflow_valid(const struct op_catalog *cat, struct op_err *err) OP_CHECKED;

/* Their names, in the catalogue's order, appended. */
void op_workflow_names(const struct op_catalog *cat, struct op_strv *names);

/* Is this the short way to ask for one ("deploy web replicas=3", "workflow deploy-web")? Then the planner's request
 * (owned), else NULL. */
char *op_workflow_called(const struct op_catalog *cat, const char *text);

/* How one is asked for and what it is for; borrowed, NULL: there is no such workflow. */
const char *op_workflow_say(const struct op_catalog *cat, const char *name);
const char *op_workflow_about(const struct op_catalog *cat, const char *name);
/* A schema of type object for its values (as struct op_tool.parameters); NULL: there is no such workflow. */
const struct op_node *op_workflow_values(const struct op_catalog *cat, const char *name);

/* The planner. Its requests are "NAME [VALUE=TEXT]…". The catalogue is borrowed for its life. */
void op_workflow_new(const struct op_catalog *cat, struct op_planner *planner);
/* begin, for another planner that understood what is wanted: values is an object, or NULL.
 * Errors: OP_USAGE (no such workflow or value, or a value that does not fit). */
bool op_workflow_begin(struct op_planner *planner, const char *name, const struct op_json *values,
                       const struct op_scene *scene, struct op_err *err) OP_CHECKED;

#endif
