/* What must not stand in the journal in clear: values of secrets on command lines and in manifests. */
#ifndef OPSH_RUN_MASK_H
#define OPSH_RUN_MASK_H

#include "opsh/base/strv.h"

#define OP_MASK "***"

/* argv with the values of secrets replaced: --from-literal, --password and the like, KEY=VALUE where the key speaks
 * of a secret, patches of Secrets, credentials in URLs. Appends to out. */
void op_mask_argv(const struct op_strv *argv, struct op_strv *out);

/* May this text (a manifest) hold secret values: does it speak of a Secret, or of a password? When in doubt, yes. */
bool op_mask_is_secret(const char *text);

/* Does such a key ("DB_PASSWORD", "auth.token") have a secret value? */
bool op_mask_key(const char *key, size_t n);

#endif
