/* The key of the model's API: where it comes from, and how it leaves memory. */
#ifndef SHELL_KEY_H
#define SHELL_KEY_H

#include "opsh/base/err.h"

/* Move $OPENAI_API_KEY into *key (owned): its bytes in the environment are overwritten, the name is removed. */
void op_key_from_environment(char **key);
/* Could this be sent in a header? source names it in the error, never the key itself. */
bool op_key_check(const char *key, const char *source, struct op_err *err) OP_CHECKED;
void op_key_wipe(char **key);

#endif
