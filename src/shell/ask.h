/* The question before a change. */
#ifndef SHELL_ASK_H
#define SHELL_ASK_H

#include "opsh/shell/ui_text.h"

/* struct op_ui's ask; self is a struct op_ui_text. */
enum op_answer op_ask(void *self, const struct op_question *q, char *reason, size_t size);

/* EDIT, DIFF, EXPLAIN or ALWAYS where the line says one that q offers; else NO. Pure. */
enum op_answer op_ask_other(const char *line, const struct op_question *q);

/* What a typed line means. word: what must be typed, or NULL for a question of y or n. Pure. */
enum op_answer op_ask_judge(const char *line, const char *word, char *reason, size_t size);

#endif
