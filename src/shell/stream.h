/* What arrives piece by piece, and the line that says that something is awaited. */
#ifndef SHELL_STREAM_H
#define SHELL_STREAM_H

#include "opsh/shell/ui_text.h"

void op_stream_answer(void *self, const char *bytes, size_t n);  /* the model's words, raw */
void op_stream_thought(void *self, const char *bytes, size_t n); /* what it says to itself: dim, and only on request */
void op_stream_waiting(void *self, bool on);                     /* said again while it lasts: the seconds go on */
void op_stream_progress(void *self, const char *line);           /* as op_ui.progress */
void op_stream_clear(struct op_ui_text *t);                      /* no such line is in the way any more */
void op_stream_end(struct op_ui_text *t);                        /* something else is to be shown */

/* ui_text.c: the one way to the screen */
void op_stream_put(struct op_ui_text *t, FILE *to, const char *bytes, size_t n);
void op_stream_fresh(struct op_ui_text *t, FILE *to); /* begin on a line of its own */
size_t op_stream_columns(const struct op_ui_text *t, FILE *to);

#endif
