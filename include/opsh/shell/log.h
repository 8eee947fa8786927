/* What was changed, and taking it back: /history and /undo in the shell, `opsh log` and `opsh undo` without it. */
#ifndef OPSH_SHELL_LOG_H
#define OPSH_SHELL_LOG_H

#include "opsh/shell/session.h"

enum op_code op_log_history(struct op_session *s, const char *args); /* "/history [N]" */
enum op_code op_log_undo(struct op_session *s, const char *args);    /* "/undo [ID]" */

/* Is the whole request one of the words of its own: "log", "undo", "undo ID" (an id that there is)? Then it is
 * answered, and *code says how. Anything else is a request like any other. */
bool op_log_request(struct op_session *s, const char *request, enum op_code *code);

#endif
