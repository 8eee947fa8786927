/* Owns the question before a change, and what counts as yes: the letter y or the word yes, or the
 * object's name where something is lost. Everything else is no: an empty line, the end of input,
 * Ctrl-C, and whatever was typed or pasted before the question stood there. */
#include "ask.h"

#include "opsh/base/str.h"
#include "lines.h"
#include "paint.h"

#include <poll.h>

enum { QUIET_MS = 40, SETTLE_ROUNDS = 50, PASTE_MS = 5 };

/* A terminal without bracketed paste hands a paste over line by line: its next line would answer. A paste
 * comes without pauses, so wait for one before asking; a person has not seen the question yet. */
static void wait_for_quiet(void)
{
    for (int i = 0; i < SETTLE_ROUNDS; i++) {
        op_tty_flush_input();
        struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
        if (poll(&in, 1, QUIET_MS) <= 0 || (in.revents & POLLHUP) != 0)
            return;
    }
}

static char *trimmed(const char *line)
{
    line += strspn(line, " \t\r");
    size_t n = strlen(line);
    while (n != 0 && strchr(" \t\r", line[n - 1]) != NULL)
        n--;
    return op_strndup(line, n);
}

enum op_answer op_ask_judge(const char *line, const char *word, char *reason, size_t size)
{
    OP_AUTO_FREE char *said = trimmed(line);
    if (size != 0)
        reason[0] = '\0';
    if (word != NULL && strcmp(said, word) == 0)
        return OP_ANSWER_YES;
    if (word == NULL && (op_str_ieq(said, "y") || op_str_ieq(said, "yes")))
        return OP_ANSWER_YES;
    const char *why = word == NULL ? said : "";
    size_t first = strcspn(said, " ,:;");
    OP_AUTO_FREE char *head = op_strndup(said, first);
    if (op_str_ieq(head, "n") || op_str_ieq(head, "no"))
        why = said + first + strspn(said + first, " ,:;");
    (void)snprintf(reason, size, "%s", why); /* "n because …", and anything else that is not yes */
    return OP_ANSWER_NO;
}

/* What may be said besides yes and no. */
static const struct {
    char letter;
    const char *word, *does;
    enum op_answer answer;
} others[] = {
    { 'e', "edit", "e edit", OP_ANSWER_EDIT },
    { 'd', "diff", "d diff", OP_ANSWER_DIFF },
    { 'x', "explain", "x explain", OP_ANSWER_EXPLAIN },
    { 'a', "always", "a always here", OP_ANSWER_ALWAYS },
};

static bool offered(const struct op_question *q, enum op_answer answer)
{
    return (answer == OP_ANSWER_EDIT && q->edit) || (answer == OP_ANSWER_DIFF && q->diff) ||
           (answer == OP_ANSWER_EXPLAIN && q->explain) || (answer == OP_ANSWER_ALWAYS && q->always);
}

enum op_answer op_ask_other(const char *line, const struct op_question *q)
{
    OP_AUTO_FREE char *said = trimmed(line);
    for (size_t i = 0; i < OP_LEN(others); i++) {
        const char letter[] = { others[i].letter, '\0' };
        if (offered(q, others[i].answer) && (op_str_ieq(said, letter) || op_str_ieq(said, others[i].word)) &&
            !op_str_eq(said, q->word))
            return others[i].answer;
    }
    return OP_ANSWER_NO;
}

static void question_text(const struct op_question *q, struct op_buf *text)
{
    const char *open = "(";
    for (size_t i = 0; i < OP_LEN(others); i++)
        if (offered(q, others[i].answer)) {
            op_buf_addf(text, "%s%s", open, others[i].does);
            open = ", ";
        }
    if (*open == ',')
        op_buf_adds(text, ") ");
    if (q->step == NULL && q->changes > 1) {
        op_buf_addf(text, "Carry out these %zu changes? [y/N] ", q->changes);
        return;
    }
    if (q->word == NULL) {
        op_buf_adds(text, q->step == NULL ? "Carry out this plan? [y/N] " : "Run this? [y/N] ");
        return;
    }
    op_buf_addf(text, "Type the %s \"", q->decision == OP_DECIDE_ASK_CONTEXT ? "context" : "name");
    op_text_visible(text, q->word, strlen(q->word));
    op_buf_adds(text, "\" to confirm: ");
}

/* While a question stands, a paste is marked by the terminal, so that it can be told from typing. */
static void pose(struct op_ui_text *t, const struct op_buf *text)
{
    op_tty_flush_input(); /* before the question stands there: what comes after it is an answer */
    fprintf(t->err, "%s%s%s%s", t->live ? "\x1b[?2004h" : "", op_paint(t->colour_err, PAINT_BOLD), op_buf_str(text),
            op_paint(t->colour_err, PAINT_PLAIN));
    (void)fflush(t->err);
}

static void unpose(struct op_ui_text *t)
{
    fputs(t->live ? "\x1b[?2004l" : "", t->err);
    (void)fflush(t->err);
}

/* The question goes, what was found out stands in its place, and the question comes again below it. */
static void show_above(struct op_ui_text *t, const struct op_buf *text, const struct op_strv *lines)
{
    int columns, rows;
    op_tty_size(&columns, &rows);
    fputs(t->live && text->len < (size_t)columns ? "\r\x1b[K" : "\n", t->err);
    op_lines_show(t, lines, rows > 20 ? (size_t)rows - 10 : 10);
    pose(t, text);
}

static bool input_waits(int ms)
{
    struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
    return poll(&in, 1, ms) > 0 && (in.revents & POLLIN) != 0;
}

/* More right behind the line, or escape sequences in it: nobody types so. */
static bool pasted(const struct op_ui_text *t, const char *line)
{
    for (const char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' && *c != '\t' && *c != '\r')
            return true;
    return t->live && input_waits(PASTE_MS);
}

static bool answer_line(struct op_ui_text *t, const struct op_buf *text, char *line, size_t size, struct op_err *err)
{
    for (int tries = 0; tries < 3; tries++) {
        bool ok = t->read_line(line, size, err);
        unpose(t);
        if (!ok || !pasted(t, line))
            return ok;
        fputs("that was pasted; it does not count: type the answer\n", t->err);
        if (t->settle)
            wait_for_quiet();
        if (tries < 2)
            pose(t, text);
    }
    return op_fail(err, OP_REFUSED, 0, "no answer was typed");
}

enum op_answer op_ask(void *self, const struct op_question *q, char *reason, size_t size)
{
    struct op_ui_text *t = self;
    if (q->step != NULL)
        op_ui_text_explain(t, q->step, q->verdict);
    op_ui_text_fresh(t);
    t->asked_name = q->word != NULL;
    if (t->settle)
        wait_for_quiet();
    OP_AUTO_BUF text = OP_BUF_INIT;
    question_text(q, &text);
    pose(t, &text);
    const struct op_strv *found = q->meanwhile != NULL ? q->meanwhile(q->ctx) : NULL;
    if (found != NULL && !(t->live && input_waits(0))) /* an answer that is there already is to the question as it stood */
        show_above(t, &text, found);
    char line[1024];
    struct op_err err = OP_ERR_INIT;
    if (answer_line(t, &text, line, sizeof(line), &err)) {
        enum op_answer other = op_ask_other(line, q);
        return other != OP_ANSWER_NO ? other : op_ask_judge(line, q->word, reason, size);
    }
    (void)fputc('\n', t->err); /* the answer's own newline did not come */
    (void)fflush(t->err);
    return err.code == OP_INTERRUPTED ? OP_ANSWER_INTERRUPT : OP_ANSWER_NO;
}
