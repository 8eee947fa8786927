/* What a chart's values are called: does the key of a `--set` exist among them, and which are spelt like it? Pure. Values
 * may be passwords: only the names of keys are ever handed out, and of those only plain ones. */
#ifndef OPSH_CLUSTER_VALUES_H
#define OPSH_CLUSTER_VALUES_H

#include "opsh/base/strv.h"
#include "opsh/data/json.h"

/* A values.yaml, or what `helm show values` prints; NULL when it cannot be read as opsh reads YAML. owned */
struct op_json *op_values_from_yaml(const char *text, size_t len);

/* Is there a value at this path as --set spells it ("a.b", "list[0].name", "a.dotted\.key")? What lies below null, an
 * empty map or an empty list, and what is global, is the person's own to name and so is there; NULL has everything. */
bool op_values_has(const struct op_json *values, const char *path);

/* The paths spelt most like this one, the nearest first, at most max of them; none is a guess too. */
void op_values_nearest(const struct op_json *values, const char *path, size_t max, struct op_strv *out);

/* The paths that --set and its kin name in a helm command line, in order. */
void op_values_set_paths(const struct op_strv *argv, struct op_strv *out);

#endif
