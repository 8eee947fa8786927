/* The commands about the model and what is said to it: rows of commands.c. */
#ifndef SHELL_TALK_H
#define SHELL_TALK_H

#include "opsh/shell/session.h"

enum op_code op_talk_model(struct op_session *s, const char *args);     /* "/model [NAME]" */
enum op_code op_talk_models(struct op_session *s, const char *args);    /* "/models" */
enum op_code op_talk_tokens(struct op_session *s, const char *args);    /* "/tokens" */
enum op_code op_talk_reasoning(struct op_session *s, const char *args); /* "/reasoning [on|off]" */
enum op_code op_talk_retry(struct op_session *s, const char *args);     /* "/retry" */
enum op_code op_talk_clear(struct op_session *s, const char *args);     /* "/clear" */

#endif
