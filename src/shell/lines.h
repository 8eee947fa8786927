/* Lines with a mark (run/preview.h) on the screen, and what is longer than the screen, page by page. */
#ifndef SHELL_LINES_H
#define SHELL_LINES_H

#include "opsh/shell/ui_text.h"

/* At most `most` of them (0: all), with a word about the rest. */
void op_lines_show(struct op_ui_text *t, const struct op_strv *lines, size_t most);

/* All of them, a screenful at a time where a person reads along. struct op_ui's page. */
void op_lines_page(void *self, const struct op_strv *lines);

/* What would go to the command's standard input, in full, for judging: nothing hidden, nothing rendered. */
void op_lines_input(struct op_ui_text *t, const char *input);

/* The first of it, and how much more there is. */
void op_lines_input_brief(struct op_ui_text *t, const char *input, size_t most);

/* The command on `out`, so that it can be pasted into a shell or kept in a file; its standard input as a
 * here-document. */
void op_lines_script(struct op_ui_text *t, const struct op_step *step);

/* struct op_ui's edit: the line in the line editor. */
char *op_edit_line(void *self, const char *line);

#endif
