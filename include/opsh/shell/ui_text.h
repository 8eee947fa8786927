/* What a person sees of a turn: steps, questions, outputs, results, answers.
 *
 * On `out`: what was asked for (outputs of commands, answers, the proof of a change). On `err`: what
 * opsh says about it (the command lines, questions, notes, progress), so that
 * `opsh show pods | wc -l` counts pods. In the shell both are the same screen. */
#ifndef OPSH_SHELL_UI_TEXT_H
#define OPSH_SHELL_UI_TEXT_H

#include "opsh/base/text.h"
#include "opsh/os/tty.h"
#include "opsh/plan/model.h"
#include "opsh/run/ui.h"
#include "opsh/shell/markdown.h"

struct op_ui_text {
    FILE *out, *err;
    bool colour_out, colour_err; /* may escape sequences be used there? */
    bool utf8;                   /* may the glyphs be other than ASCII? */
    bool wrap_out, wrap_err;     /* is there a window whose width prose must fit? */
    bool live;                   /* err is a terminal that can rewrite its line */
    bool one_screen;             /* out and err are the same terminal */
    bool settle;                 /* no bracketed paste here: see ask */
    bool paged;                  /* a person reads along: what is longer than the screen waits for them */
    bool thoughts;               /* show what a reasoning model says to itself */
    bool (*read_line)(char *line, size_t size, struct op_err *err); /* op_tty_read_line, or a test's */
    struct op_strv choices;      /* of the open question */
    bool question_open;
    /* private */
    struct op_text_state clean[2], stream;
    struct op_md md; /* of the answer that is arriving, or of thoughts */
    enum { OP_STREAM_NONE, OP_STREAM_ANSWER, OP_STREAM_THOUGHT } streaming;
    bool mid_line[2], progress_on, progress_inline, thinking, last_change, last_interactive, asked_name, explained;
    char risk[480]; /* of the last step, as shown or to be shown */
    int64_t progress_since;
    char progress_text[120];
};

void op_ui_text_init(struct op_ui_text *t, const struct op_tty *tty, bool utf8);
void op_ui_text_free(struct op_ui_text *t);
struct op_ui op_ui_text_vtable(struct op_ui_text *t);
struct op_model_sink op_ui_text_sink(struct op_ui_text *t);

/* Begin on a fresh line, with no progress line in the way. */
void op_ui_text_fresh(struct op_ui_text *t);
void op_ui_text_note(struct op_ui_text *t, const char *line);
void op_ui_text_error(struct op_ui_text *t, const char *message);
void op_ui_text_answer(struct op_ui_text *t, const char *text);
/* What the last step is, unless that was shown: reads are explained only where they are asked about. */
void op_ui_text_explain(struct op_ui_text *t, const struct op_step *step, const struct op_verdict *v);

/* A line that answers an open question by number becomes that choice (owned); else a copy of line. */
char *op_ui_text_choice(struct op_ui_text *t, const char *line);

/* Is this "no" to an open question? Then it is closed. */
bool op_ui_text_dismissed(struct op_ui_text *t, const char *line);

#endif
