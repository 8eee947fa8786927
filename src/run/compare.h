/* Two states of objects, as lines that a person compares. Pure. */
#ifndef OPSH_RUN_COMPARE_H
#define OPSH_RUN_COMPARE_H

#include "opsh/base/diff.h"
#include "opsh/data/json.h"

/* What belongs to the server alone (status, managedFields, versions, …) taken out; values of a Secret replaced by marks
 * that are equal exactly when the values are. `seen` collects the values between the two objects of one comparison. */
void op_compare_clean(struct op_json *object, struct op_strv *seen);

/* The object as YAML-like lines. */
void op_compare_render(const struct op_json *object, struct op_strv *lines);

/* Either may be NULL (comes into being, goes away). */
void op_compare_objects(const struct op_json *before, const struct op_json *after, size_t context, struct op_diff *diff);

/* Two renderings of a Helm release, object by object; lines appended with their marks. Returns how many objects differ. */
size_t op_compare_manifests(const char *before, const char *after, size_t context, struct op_strv *lines);

/* "deployment/web" of each object of a manifest. */
void op_compare_names(const char *manifest, struct op_strv *names);

/* The number of this value among those seen: equal values have equal numbers. */
size_t op_compare_mark(struct op_strv *seen, const char *value);

#endif
