/* Objects as they were before a change: what of them is theirs and not the server's, and how to tell whether they
 * are still the same. Pure. */
#ifndef OPSH_RUN_SAVED_H
#define OPSH_RUN_SAVED_H

#include "opsh/data/json.h"

/* What kubectl printed (objects, Lists, several documents one after the other), each object pushed to array. false:
 * it is not that. */
bool op_saved_parse(const char *text, size_t len, struct op_json *array) OP_CHECKED;

/* Take out what only the server writes: status, uid, resourceVersion, managedFields, … What is left can be given
 * back by replace or create and comes back byte for byte. */
void op_saved_clean(struct op_json *object);

/* "deployment.apps/web" (owned); NULL: no kind or no name. */
char *op_saved_ref(const struct op_json *object);

/* A short text that stays the same until somebody changes the object (owned). Of a Secret it tells nothing about the
 * values; of nodes and pods it leaves out what the cluster itself keeps writing. */
char *op_saved_mark(const struct op_json *object);

/* Was it made by `kubectl apply`? It then carries a copy of its manifest, which kubectl rewrites whenever it creates or
 * replaces the object: so that it, too, comes back as it was, it must be written by a patch. */
bool op_saved_is_applied(const struct op_json *object);
void op_saved_drop_applied(struct op_json *object); /* takes that copy out */

/* A JSON patch that makes the object as it was (owned): all of it, or its annotations only. */
char *op_saved_patch(const struct op_json *object, bool annotations_only);

/* The objects (taken: an array) as the text of one manifest (owned). */
char *op_saved_manifest(struct op_json *objects);

#endif
