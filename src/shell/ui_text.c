/* Owns what a person sees of a turn. Refuses to show foreign bytes as they came: outputs and answers
 * are cleaned, what is to be judged is spelled out. The question's own rules are ask.c's. */
#include "opsh/shell/ui_text.h"

#include "opsh/base/str.h"
#include "opsh/gate/quote.h"
#include "opsh/os/clock.h"
#include "opsh/run/mask.h"
#include "ask.h"
#include "lines.h"
#include "paint.h"
#include "stream.h"
#include "wrap.h"

#include <inttypes.h>

enum { INPUT_LINES = 8, SLOW_READ_MS = 2000 }; /* a read that worked is told about only when it was slow */

static size_t slot(const struct op_ui_text *t, FILE *to)
{
    return t->one_screen || to == t->out ? 0 : 1;
}

void op_stream_put(struct op_ui_text *t, FILE *to, const char *bytes, size_t n)
{
    if (n == 0)
        return;
    op_stream_clear(t);
    (void)fwrite(bytes, 1, n, to);
    (void)fflush(to);
    t->mid_line[slot(t, to)] = bytes[n - 1] != '\n';
}

void op_stream_fresh(struct op_ui_text *t, FILE *to)
{
    op_stream_end(t);
    op_stream_clear(t);
    if (t->mid_line[slot(t, to)])
        op_stream_put(t, to, "\n", 1);
}

void op_ui_text_fresh(struct op_ui_text *t)
{
    op_stream_end(t);
    op_stream_clear(t);
    if (t->one_screen)
        op_stream_fresh(t, t->out);
}

/* The width to break prose at; 0 where nobody looks, so that what is piped on stays as it is. */
size_t op_stream_columns(const struct op_ui_text *t, FILE *to)
{
    int columns = 0, rows = 0;
    if (to == t->out ? t->wrap_out : t->wrap_err)
        op_tty_size(&columns, &rows);
    return columns > 0 ? (size_t)columns : 0;
}

static void painted(struct op_ui_text *t, FILE *to, enum paint paint, const char *text)
{
    bool colour = to == t->out ? t->colour_out : t->colour_err;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_addf(&out, "%s%s%s\n", op_paint(colour, paint), text, op_paint(colour, PAINT_PLAIN));
    op_stream_fresh(t, to);
    op_stream_put(t, to, out.data, out.len);
}

/* One line of opsh's own words: cleaned, newlines become spaces, broken to fit the window. */
static void line_on(struct op_ui_text *t, FILE *to, enum paint paint, const char *before, const char *text)
{
    OP_AUTO_BUF clean = OP_BUF_INIT, out = OP_BUF_INIT;
    op_buf_adds(&clean, before);
    op_text_clean(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++)
        if (clean.data[i] == '\n' || clean.data[i] == '\t')
            clean.data[i] = ' ';
    while (clean.len != 0 && clean.data[clean.len - 1] == ' ')
        op_buf_trunc(&clean, clean.len - 1);
    op_wrap(&out, op_buf_str(&clean), op_stream_columns(t, to));
    painted(t, to, paint, op_buf_str(&out));
}

void op_ui_text_note(struct op_ui_text *t, const char *line)
{
    line_on(t, t->err, PAINT_DIM, "", line);
}

void op_ui_text_error(struct op_ui_text *t, const char *message)
{
    line_on(t, t->err, PAINT_RED, "opsh: ", message);
}

/* Does this program act where the kubeconfig points? */
static bool acts_on_cluster(const struct op_step *step)
{
    const char *program = step->argv.n != 0 ? step->argv.v[0] : NULL;
    return op_str_eq(program, "kubectl") || op_str_eq(program, "helm");
}

static void describe_risk(struct op_ui_text *t, const struct op_step *step, const struct op_verdict *v,
                          const struct op_target *target)
{
    const char *dot = op_glyph(t->utf8, GLYPH_DOT);
    OP_AUTO_BUF line = { .max = sizeof(t->risk) - 1 };
    op_buf_adds(&line, op_risk_name(v->risk));
    if (target != NULL && target->context != NULL && acts_on_cluster(step))
        op_buf_addf(&line, " %s context %s", dot, target->context);
    if (v->all_namespaces)
        op_buf_addf(&line, " %s all namespaces", dot);
    else if (target != NULL && target->ns != NULL && acts_on_cluster(step))
        op_buf_addf(&line, " %s namespace %s", dot, target->ns);
    if (v->why[0] != '\0')
        op_buf_addf(&line, " %s %s", dot, v->why);
    memcpy(t->risk, op_buf_str(&line), line.len + 1);
    t->explained = false;
}

/* A file that is replaced is shown as the difference, beside the question; where none will be asked, in full. */
static bool shown_as_difference(const struct op_ui_text *t, const struct op_step *step, const struct op_verdict *v)
{
    return t->paged && op_str_eq(v->proof, "file") && op_strv_has(&step->argv, "--replace");
}

void op_ui_text_explain(struct op_ui_text *t, const struct op_step *step, const struct op_verdict *v)
{
    if (t->explained)
        return;
    if (step->input != NULL && !shown_as_difference(t, step, v))
        op_lines_input(t, step->input);
    line_on(t, t->err, v->risk <= OP_RISK_CHANGE ? PAINT_YELLOW : PAINT_RED, "  ", t->risk);
    if (v->foreign[0] != '\0') {
        OP_AUTO_FREE char *whose = op_asprintf("\"%s\" comes from tool output, not from you", v->foreign);
        line_on(t, t->err, PAINT_RED, "  ", whose);
    }
    if (v->undo[0] != '\0')
        line_on(t, t->err, PAINT_DIM, "  ", v->undo);
    t->explained = true;
}

/* The command as it is. What a person typed into a Secret is not shown again; what somebody else planned is, all of it. */
static void add_command(struct op_buf *out, const struct op_step *step)
{
    bool secret = step->origin == OP_FROM_RULES && step->argv.n > 2 && strcmp(step->argv.v[1], "create") == 0 &&
                  strcmp(step->argv.v[2], "secret") == 0;
    OP_AUTO_STRV masked = OP_STRV_INIT;
    if (secret)
        op_mask_argv(&step->argv, &masked);
    op_quote_argv(out, secret ? &masked : &step->argv);
    if (step->show != NULL) { /* as a comment: the line can still be copied into a shell */
        op_buf_adds(out, "  # ");
        op_show_describe(step->show, out);
    }
}

static void ui_step(void *self, const struct op_step *step, const struct op_verdict *v, const struct op_target *target,
                    size_t n, size_t total)
{
    struct op_ui_text *t = self;
    if (t->streaming == OP_STREAM_ANSWER && !t->one_screen) /* into a pipe too, what it prints begins on a line of its own */
        op_stream_fresh(t, t->out);
    op_stream_end(t);
    t->asked_name = false;
    t->last_change = v->risk != OP_RISK_READ;
    t->last_interactive = v->interactive;
    if (!op_str_empty(step->why) && t->last_change)
        line_on(t, t->err, PAINT_PLAIN, "", step->why);
    OP_AUTO_BUF command = OP_BUF_INIT;
    if (total > 1)
        op_buf_addf(&command, "[%zu/%zu] ", n, total);
    op_buf_adds(&command, "$ ");
    add_command(&command, step);
    painted(t, t->err, t->last_change ? PAINT_BOLD : PAINT_DIM, op_buf_str(&command)); /* quoted: plain ASCII */
    describe_risk(t, step, v, target);
    if (t->last_change && v->risk != OP_RISK_REFUSED && !v->agreed) /* the result will say why it is refused */
        op_ui_text_explain(t, step, v);
}

/* One command of a plan. Its input in short: all of it is seen with d, or when it runs. */
static void proposed(struct op_ui_text *t, const struct op_proposal *p, size_t i)
{
    const struct op_proposed *item = &p->items[i];
    const struct op_verdict *v = item->verdict;
    bool change = v->risk != OP_RISK_READ;
    OP_AUTO_BUF command = OP_BUF_INIT;
    op_buf_addf(&command, "[%zu/%zu] $ ", i + 1, p->n);
    add_command(&command, item->step);
    if (change && !op_str_empty(item->step->why))
        line_on(t, t->err, PAINT_PLAIN, "", item->step->why);
    painted(t, t->err, change ? PAINT_BOLD : PAINT_DIM, op_buf_str(&command));
    if (item->outcome == OP_SUGGESTED && (!t->one_screen || item->step->input != NULL))
        op_lines_script(t, item->step);
    if (!change)
        return;
    if (item->step->input != NULL && p->asks)
        op_lines_input_brief(t, item->step->input, INPUT_LINES);
    describe_risk(t, item->step, v, &item->target);
    line_on(t, t->err, v->risk <= OP_RISK_CHANGE ? PAINT_YELLOW : PAINT_RED, "  ", t->risk);
    if (op_str_starts(v->undo, "cannot be undone:")) /* what nobody expects to */
        line_on(t, t->err, PAINT_DIM, "  ", v->undo);
    if (item->step->optional)
        line_on(t, t->err, PAINT_DIM, "  ", "the rest goes on without it, if need be");
    if (item->again)
        line_on(t, t->err, PAINT_DIM, "  ", "you are asked about this one by itself, too");
}

static void ui_proposal(void *self, const struct op_proposal *p)
{
    struct op_ui_text *t = self;
    const char *said = NULL;
    op_stream_end(t);
    for (const char *line = p->text; !op_str_empty(line); line += *line == '\n') {
        OP_AUTO_FREE char *one = op_strndup(line, strcspn(line, "\n"));
        line_on(t, t->err, PAINT_PLAIN, "", one);
        line += strlen(one);
    }
    for (size_t i = 0; i < p->n; i++)
        proposed(t, p, i);
    for (size_t i = 0; i < p->n; i++) {
        const struct op_proposed *item = &p->items[i];
        if (item->outcome != OP_BLOCKED || item->reason == NULL || (said != NULL && op_str_eq(said, item->reason)))
            continue;
        OP_AUTO_FREE char *line = op_asprintf("%s refused: %s", op_glyph(t->utf8, GLYPH_BAD), said = item->reason);
        line_on(t, t->err, PAINT_RED, "", line);
    }
}

static void ui_output(void *self, enum op_stream stream, const char *bytes, size_t n)
{
    struct op_ui_text *t = self;
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean_chunk(&t->clean[stream == OP_STDERR], &clean, bytes, n);
    op_stream_put(t, stream == OP_STDERR ? t->err : t->out, op_buf_str(&clean), clean.len);
}

static void result_text(const struct op_ui_text *t, const struct op_observation *obs, struct op_buf *out)
{
    static const char *const words[] = {
        [OP_RAN] = "done",
        [OP_DECLINED] = "not run: you said no",
        [OP_BLOCKED] = "refused",
        [OP_STOPPED] = "stopped",
        [OP_TIMED_OUT] = "took too long and was ended",
        [OP_NOT_STARTED] = "could not be started",
        [OP_NOT_REACHED] = "not run: an earlier step did not succeed",
        [OP_SUGGESTED] = "suggested, not run",
    };
    if (obs->outcome == OP_DECLINED && t->asked_name)
        op_buf_adds(out, "not run: the name was not typed");
    else if (obs->outcome == OP_RAN && obs->exit_code > 0)
        op_buf_addf(out, "failed with exit status %d", obs->exit_code);
    else if (obs->outcome == OP_RAN && obs->exit_code < 0)
        op_buf_adds(out, "was ended by a signal");
    else
        op_buf_adds(out, op_str_empty(obs->proof) ? words[obs->outcome] : obs->proof);
    if (!op_str_empty(obs->reason) && obs->outcome != OP_DECLINED && obs->outcome != OP_NOT_REACHED)
        op_buf_addf(out, ": %s", obs->reason);
}

static void ui_result(void *self, const struct op_observation *obs, int64_t ms)
{
    struct op_ui_text *t = self;
    t->clean[0] = t->clean[1] = (struct op_text_state){ 0 };
    if (obs->shown != NULL)
        line_on(t, t->out, PAINT_DIM, "", obs->shown);
    bool ok = obs->outcome == OP_RAN && obs->exit_code == 0 && !obs->unproved;
    bool proof = obs->outcome == OP_RAN && !op_str_empty(obs->proof);
    /* a read that had the terminal (logs -f) is ended by Ctrl-C: that is how it is used, not a failure */
    bool ended = t->last_interactive && !t->last_change && obs->outcome == OP_RAN && !ok;
    bool harmless =
        ended || obs->outcome == OP_DECLINED || obs->outcome == OP_NOT_REACHED || obs->outcome == OP_SUGGESTED;
    if (ok && !proof && !t->last_change && ms < SLOW_READ_MS)
        return;
    if (obs->outcome == OP_SUGGESTED && (!t->one_screen || obs->step->input != NULL))
        op_lines_script(t, obs->step);
    if ((ended || obs->outcome == OP_STOPPED) && t->live)
        op_stream_put(t, t->err, "\n", 1); /* the terminal has echoed ^C */
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (ended)
        op_buf_addf(&text, "ended with exit status %d", obs->exit_code);
    else
        result_text(t, obs, &text);
    if (!proof && (obs->outcome == OP_RAN || obs->outcome == OP_STOPPED || obs->outcome == OP_TIMED_OUT))
        op_buf_addf(&text, " (%" PRId64 ".%" PRId64 " s)", ms / 1000, ms % 1000 / 100);
    OP_AUTO_FREE char *mark = op_asprintf("%s ", op_glyph(t->utf8, ok ? GLYPH_OK : harmless ? GLYPH_DOT : GLYPH_BAD));
    FILE *to = proof ? t->out : t->err;
    const char *more = strchr(text.data, '\n');
    OP_AUTO_FREE char *first = op_strndup(text.data, strcspn(text.data, "\n"));
    line_on(t, to, ok ? PAINT_GREEN : harmless ? PAINT_DIM : PAINT_RED, mark, first);
    for (; more != NULL; more = strchr(more + 1, '\n')) {
        OP_AUTO_FREE char *line = op_strndup(more + 1, strcspn(more + 1, "\n"));
        line_on(t, to, PAINT_PLAIN, "  ", line);
    }
}

void op_ui_text_answer(struct op_ui_text *t, const char *text)
{
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, text, strlen(text));
    while (clean.len != 0 && isspace((unsigned char)clean.data[clean.len - 1]))
        op_buf_trunc(&clean, clean.len - 1);
    if (clean.len == 0)
        return;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_wrap(&out, clean.data, op_stream_columns(t, t->out));
    op_buf_addc(&out, '\n');
    op_stream_fresh(t, t->out);
    op_stream_put(t, t->out, out.data, out.len);
}

static void ui_say(void *self, const char *text)
{
    op_ui_text_answer(self, text);
}

/* The road's errors come as notes; its asides begin with "note:". */
static void ui_note(void *self, const char *line)
{
    struct op_ui_text *t = self;
    if (op_str_starts(line, "note:"))
        op_ui_text_note(t, line);
    else
        line_on(t, t->err, PAINT_PLAIN, "", line);
}

static void ui_question(void *self, const char *text, const struct op_strv *choices)
{
    struct op_ui_text *t = self;
    op_ui_text_answer(t, text);
    op_strv_free(&t->choices);
    t->question_open = true;
    for (size_t i = 0; choices != NULL && i < choices->n; i++) {
        OP_AUTO_FREE char *number = op_asprintf("  %zu. ", i + 1);
        line_on(t, t->out, PAINT_PLAIN, number, choices->v[i]);
        op_strv_push(&t->choices, choices->v[i]);
    }
}

char *op_ui_text_choice(struct op_ui_text *t, const char *line)
{
    int64_t number = 0;
    bool chosen = t->question_open && op_str_int(line, 1, (int64_t)t->choices.n, &number);
    char *out = op_strdup(chosen ? t->choices.v[number - 1] : line);
    op_strv_free(&t->choices);
    t->question_open = false;
    return out;
}

bool op_ui_text_dismissed(struct op_ui_text *t, const char *line)
{
    static const char *const words[] = { "n",    "no",         "none",      "neither",  "cancel",
                                         "stop", "never mind", "nevermind", "forget it" };
    bool said = false;
    for (size_t i = 0; i < OP_LEN(words); i++)
        said = said || op_str_ieq(line, words[i]);
    if (!said || !t->question_open)
        return false;
    free(op_ui_text_choice(t, ""));
    return true;
}

void op_ui_text_init(struct op_ui_text *t, const struct op_tty *tty, bool utf8)
{
    *t = (struct op_ui_text){
        .out = stdout,
        .err = stderr,
        .colour_out = tty->colour,
        .colour_err = tty->colour && tty->err,
        .utf8 = utf8 && !tty->dumb,
        .live = tty->err && !tty->dumb,
        .wrap_out = tty->out,
        .wrap_err = tty->err,
        .one_screen = tty->out && tty->err,
        .settle = tty->dumb,
        .read_line = op_tty_read_line,
    };
}

void op_ui_text_free(struct op_ui_text *t)
{
    op_stream_end(t);
    op_strv_free(&t->choices);
}

struct op_ui op_ui_text_vtable(struct op_ui_text *t)
{
    return (struct op_ui){ .self = t,
                           .step = ui_step,
                           .proposal = ui_proposal,
                           .ask = op_ask,
                           .edit = op_edit_line,
                           .page = op_lines_page,
                           .output = ui_output,
                           .result = ui_result,
                           .progress = op_stream_progress,
                           .say = ui_say,
                           .note = ui_note,
                           .question = ui_question };
}

struct op_model_sink op_ui_text_sink(struct op_ui_text *t)
{
    return (struct op_model_sink){ .self = t, .text = op_stream_answer, .thought = op_stream_thought, .waiting = op_stream_waiting,
                                   .notice = ui_note };
}
