/* What was changed, and taking it back: /history and /undo in the shell, `opsh log` and `opsh undo` without it. */
#ifndef OPSH_SHELL_LOG_H
#define OPSH_SHELL_LOG_H

#include "opsh/shell/session.h"

enum op_code op_log_history(struct op_session *s, const char *args); /* "/history [N]" */
enum op_code op_log_undo(struct op_session *s, const char *args);    /* "/undo [ID]" */

/* Is the whole request the word "log"? Then it is answered, and *code says how. */
bool op_log_asked(struct op_session *s, const char *request, enum op_code *code);

/* Does the whole request say to take the last change back ("undo", "undo that"), or one by its id ("undo ID")? Then it is
 * done, and *code says how. Anything else ("undo the rollout of web") is a request like any other. */
bool op_log_undo_said(struct op_session *s, const char *request, enum op_code *code);

#endif
