/* Owns the question before a change, and what counts as yes: the letter y or the word yes, or the
 * object's name where something is lost. Everything else is no: an empty line, the end of input,
 * Ctrl-C, and whatever was typed or pasted before the question stood there. */
#include "ask.h"

#include "opsh/base/str.h"
#include "paint.h"

#include <poll.h>

enum { QUIET_MS = 40, SETTLE_ROUNDS = 50 };

const char *op_ui_confirm_word(const struct op_verdict *v)
{
    const char *const words[] = { v->name, v->kind, v->ns, v->verb };
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (words[i][0] != '\0')
            return words[i];
    return "yes, destroy";
}

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
    if (word != NULL)
        return strcmp(said, word) == 0 ? OP_ANSWER_YES : OP_ANSWER_NO;
    if (op_str_ieq(said, "y") || op_str_ieq(said, "yes"))
        return OP_ANSWER_YES;
    const char *why = said;
    size_t first = strcspn(said, " ,:;");
    OP_AUTO_FREE char *head = op_strndup(said, first);
    if (op_str_ieq(head, "n") || op_str_ieq(head, "no"))
        why = said + first + strspn(said + first, " ,:;");
    (void)snprintf(reason, size, "%s", why); /* "n because …", and anything else that is not yes */
    return OP_ANSWER_NO;
}

enum op_answer op_ask(void *self, const struct op_step *step, const struct op_verdict *v, enum op_decision decision,
                      char *reason, size_t size)
{
    struct op_ui_text *t = self;
    const char *word = decision == OP_DECIDE_ASK_NAME ? op_ui_confirm_word(v) : NULL;
    op_ui_text_explain(t, step, v);
    op_ui_text_fresh(t);
    t->asked_name = word != NULL;
    op_tty_flush_input(); /* before the question stands there: what comes after it is an answer */
    if (t->settle)
        wait_for_quiet();
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (word != NULL) {
        op_buf_adds(&text, "Type the name \"");
        op_text_visible(&text, word, strlen(word));
        op_buf_adds(&text, "\" to confirm: ");
    } else {
        op_buf_adds(&text, "Run this? [y/N] ");
    }
    fprintf(t->err, "%s%s%s", op_paint(t->colour_err, PAINT_BOLD), op_buf_str(&text), op_paint(t->colour_err, PAINT_PLAIN));
    (void)fflush(t->err);
    char line[1024];
    struct op_err err = OP_ERR_INIT;
    if (t->read_line(line, sizeof(line), &err))
        return op_ask_judge(line, word, reason, size);
    (void)fputc('\n', t->err); /* the answer's own newline did not come */
    (void)fflush(t->err);
    return err.code == OP_INTERRUPTED ? OP_ANSWER_INTERRUPT : OP_ANSWER_NO;
}
