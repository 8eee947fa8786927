/* What every object of the API has. */
#ifndef OPSH_CLUSTER_OBJECT_H
#define OPSH_CLUSTER_OBJECT_H

#include "opsh/data/json.h"

/* "deployment/web", the kind in lower case, no group; NULL without kind or name. Owned by the caller. */
char *op_object_ref(const struct op_json *object);

/* The owner reference that manages it (controller: true), or NULL. */
const struct op_json *op_object_controller(const struct op_json *object);

#endif
