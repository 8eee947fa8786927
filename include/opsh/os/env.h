/* The environment that children get: what tools need, by an allow-list, never a key.
 * Dropped even when a pattern would admit them: *_API_KEY, *_TOKEN of model vendors, OPSH_*,
 * and variables that make a tool run another program (KUBECTL_EXTERNAL_DIFF, KUBE_EDITOR, …;
 * editors are kept for commands that the user typed to edit something). */
#ifndef OPSH_OS_ENV_H
#define OPSH_OS_ENV_H

#include "opsh/base/strv.h"

/* "NAME=value" strings for posix_spawn (owned). interactive keeps EDITOR, VISUAL, PAGER and KUBE_EDITOR. */
void op_env_for_children(char *const *environment, bool interactive, struct op_strv *out);

/* Replace or add one variable in such a vector. */
void op_env_set(struct op_strv *env, const char *name, const char *value);

#endif
