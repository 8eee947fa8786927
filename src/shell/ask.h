/* The question before a change. */
#ifndef SHELL_ASK_H
#define SHELL_ASK_H

#include "opsh/shell/ui_text.h"

/* struct op_ui's ask; self is a struct op_ui_text. */
enum op_answer op_ask(void *self, const struct op_step *step, const struct op_verdict *v, enum op_decision decision,
                      char *reason, size_t size);

/* What a typed line means. word: what must be typed, or NULL for a question of y or n. Pure. */
enum op_answer op_ask_judge(const char *line, const char *word, char *reason, size_t size);

#endif
