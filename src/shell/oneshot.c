/* Owns the run of one request. Refuses what is not text, or is longer than a request can be. */
#include "opsh/shell/oneshot.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/os/signals.h"
#include "opsh/shell/log.h"
#include "paint.h"

bool op_oneshot_check(const char *request, size_t n, struct op_err *err)
{
    if (n > OP_REQUEST_MAX)
        return op_fail(err, OP_LIMIT, 0,
                       "the request is longer than %zu KiB; say it shorter, or give files to a command",
                       OP_REQUEST_MAX >> 10);
    if (memchr(request, '\0', n) != NULL || !op_utf8_valid(request, n))
        return op_fail(err, OP_USAGE, 0, "the request is not text (UTF-8)");
    if (strspn(request, " \t\r\n") == n)
        return op_fail(err, OP_USAGE, 0, "nothing was asked: the request is empty");
    return true;
}

bool op_oneshot_read(struct op_session *s, struct op_err *err)
{
    OP_AUTO_BUF text = { .max = OP_REQUEST_MAX + 1 };
    if (!op_fd_read_all(STDIN_FILENO, OP_REQUEST_MAX + 1, &text, err)) {
        if (err->code == OP_LIMIT)
            return op_fail(err, OP_LIMIT, 0, "the request on standard input is longer than %zu KiB",
                           OP_REQUEST_MAX >> 10);
        return op_fail_ctx(err, "standard input");
    }
    if (!op_oneshot_check(op_buf_str(&text), text.len, err))
        return op_fail_ctx(err, "standard input");
    while (text.len != 0 && isspace((unsigned char)text.data[text.len - 1]))
        op_buf_trunc(&text, text.len - 1);
    op_buf_drop(&text, strspn(text.data, " \t\r\n"));
    s->options.request = op_buf_steal(&text);
    return true;
}

static bool answer_question(struct op_session *s)
{
    return s->text.question_open && s->tty.in && s->tty.err && !s->options.json && !op_signals_interrupted();
}

enum op_code op_oneshot_run(struct op_session *s)
{
    enum op_code code;
    if (op_log_asked(s, s->options.request, &code))
        return code;
    code = op_session_turn(s, s->options.request);
    while (code == OP_UNCLEAR && answer_question(s)) {
        char line[4096];
        struct op_err err = OP_ERR_INIT;
        op_ui_text_fresh(&s->text);
        op_tty_flush_input();
        fprintf(stderr, "%s ", op_glyph(s->text.utf8, GLYPH_PROMPT));
        (void)fflush(stderr);
        if (!s->text.read_line(line, sizeof(line), &err)) {
            (void)fputc('\n', stderr);
            return err.code == OP_INTERRUPTED ? OP_INTERRUPTED : code;
        }
        if (op_ui_text_dismissed(&s->text, line))
            return code;
        OP_AUTO_FREE char *said = op_ui_text_choice(&s->text, line);
        if (strspn(said, " \t") == strlen(said))
            return code;
        code = op_session_turn(s, said);
    }
    op_ui_text_fresh(&s->text);
    if (s->options.json)
        op_ui_json_finish(&s->json, code, NULL);
    return code;
}

static void show_step(const struct op_json *step, size_t n, size_t total, bool utf8, struct op_buf *out)
{
    const char *input = op_json_str(step, "stdin"), *risk = op_json_str(step, "risk"), *why = op_json_str(step, "why");
    if (total > 1)
        op_buf_addf(out, "[%zu/%zu] ", n, total);
    op_buf_addf(out, "$ %s", op_json_str(step, "command") != NULL ? op_json_str(step, "command") : "");
    if (op_json_str(step, "show") != NULL)
        op_buf_addf(out, "  # %s", op_json_str(step, "show"));
    op_buf_addc(out, '\n');
    for (const char *line = input; line != NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        op_buf_addf(out, "  %s ", op_glyph(utf8, GLYPH_BAR));
        op_text_visible(out, line, len);
        op_buf_addc(out, '\n');
        line += len + (line[len] == '\n');
    }
    if (risk != NULL)
        op_buf_addf(out, "  %s%s%s\n", risk, op_str_empty(why) ? "" : ": ", op_str_empty(why) ? "" : why);
}

static void show_plan(struct op_session *s, const struct op_json *plan)
{
    const struct op_json *steps = op_json_get(plan, "steps");
    OP_AUTO_BUF out = OP_BUF_INIT;
    size_t n = 0;
    OP_JSON_EACH(step, steps)
        show_step(step, ++n, op_json_size(steps), s->text.utf8, &out);
    op_ui_text_answer(&s->text, op_buf_str(&out));
    static const char *const texts[] = { "answer", "question" };
    for (size_t i = 0; i < OP_LEN(texts); i++)
        if (!op_str_empty(op_json_str(plan, texts[i])))
            op_ui_text_answer(&s->text, op_json_str(plan, texts[i]));
    n = 0;
    OP_JSON_EACH(choice, op_json_get(plan, "choices")) {
        OP_AUTO_FREE char *line = op_asprintf("  %zu. %s", ++n, op_json_text(choice));
        op_ui_text_answer(&s->text, line);
    }
}

enum op_code op_oneshot_plan(struct op_session *s)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_JSON *plan = NULL;
    bool bang = s->options.request[0] == '!'; /* needs no planner, so no key either */
    OP_AUTO_FREE char *called = NULL;
    struct op_planner *workflow = op_session_workflow(s, s->options.request, &called);
    if (workflow != NULL)
        plan = op_road_plan(s->road, workflow, called, &err);
    else if (bang || op_session_planner(s, &err))
        plan = op_road_plan(s->road, &s->planner, s->options.request, &err);
    if (plan == NULL) {
        op_ui_text_error(&s->text, err.msg);
        if (s->options.json)
            op_ui_json_finish(&s->json, err.code, err.msg);
        return err.code;
    }
    if (s->options.json)
        op_ui_json_print(plan);
    else
        show_plan(s, plan);
    const char *kind = op_json_str(plan, "kind");
    return op_str_eq(kind, "clarify") || op_str_eq(kind, "unsupported") ? OP_UNCLEAR : OP_OK;
}
