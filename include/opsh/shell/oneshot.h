/* One request from the command line or from standard input. */
#ifndef OPSH_SHELL_ONESHOT_H
#define OPSH_SHELL_ONESHOT_H

#include "opsh/shell/session.h"

/* Fill s->options.request from standard input. Errors: OP_USAGE (empty, not text), OP_LIMIT (too long). */
bool op_oneshot_read(struct op_session *s, struct op_err *err) OP_CHECKED;

/* Is this a request at all: text (UTF-8) of at most OP_REQUEST_MAX bytes that is not blank? */
bool op_oneshot_check(const char *request, size_t n, struct op_err *err) OP_CHECKED;

enum op_code op_oneshot_run(struct op_session *s);  /* answers the request */
enum op_code op_oneshot_plan(struct op_session *s); /* --plan: shows what would run */

#endif
