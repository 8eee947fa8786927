/* Where the words of a command come from: the person, or text that came from outside (outputs of tools: logs, events,
 * names). A model that reads can be talked to by what it reads; what it then asks for shows here: a name, namespace,
 * image or address that stands in such text and that the person never said. Words only, no text is kept. Pure but for
 * that.
 *
 * A word counts as said when the person said it, or said a whole dash-separated part of an object's name that is not
 * an everyday word ("backend" of todo-backend; not "failing" of failing-pod); namespaces and contexts must be said
 * whole. Verbs, flags, kinds, numbers and settings that the tables know tell nothing.
 *
 * What this does not see: words that the text spells out in pieces, or that the model makes up by itself. */
#ifndef OPSH_GATE_FOREIGN_H
#define OPSH_GATE_FOREIGN_H

#include "opsh/catalog/catalog.h"
#include "opsh/plan/step.h"

struct op_foreign; /* opaque: one per session */

struct op_foreign *op_foreign_new(void);
void op_foreign_free(struct op_foreign *f);

void op_foreign_said(struct op_foreign *f, const char *text);  /* by the person; NULL is nothing */
void op_foreign_heard(struct op_foreign *f, const char *text); /* from outside; NULL is nothing */

/* The first telling word of the step that is only in what was heard: true, and the word. */
bool op_foreign_find(const struct op_foreign *f, const struct op_catalog *cat, const struct op_step *step, char *word,
                     size_t size);

/* This step's words stand from now on as if the person had said them: a change that they agreed to. */
void op_foreign_agree(struct op_foreign *f, const struct op_step *step);

#endif
