/* Owns the JSON form of a turn. Refuses to ask. */
#include "opsh/shell/ui_json.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/gate/quote.h"
#include "opsh/os/path.h"

static const char *const outcomes[] = {
    [OP_RAN] = "ran",
    [OP_DECLINED] = "declined",
    [OP_BLOCKED] = "refused",
    [OP_STOPPED] = "stopped",
    [OP_TIMED_OUT] = "timed-out",
    [OP_NOT_STARTED] = "not-started",
    [OP_NOT_REACHED] = "not-reached",
    [OP_SUGGESTED] = "suggested",
};

static struct op_json *add_entry(struct op_ui_json *j, const struct op_step *step)
{
    struct op_json *entry = op_json_object(), *argv = op_json_array();
    OP_AUTO_BUF command = OP_BUF_INIT;
    op_quote_argv(&command, &step->argv);
    op_json_set_str(entry, "command", op_buf_str(&command));
    for (size_t i = 0; i < step->argv.n; i++)
        op_json_push(argv, op_json_string(step->argv.v[i]));
    op_json_set(entry, "argv", argv);
    op_json_set(entry, "stdin", op_json_string(step->input));
    if (step->show != NULL) {
        OP_AUTO_BUF show = OP_BUF_INIT;
        op_show_describe(step->show, &show);
        op_json_set_str(entry, "show", op_buf_str(&show));
    }
    op_json_push(op_json_edit(j->root, "steps"), entry);
    j->own_reads_only = j->own_reads_only && step->origin == OP_FROM_OPSH;
    j->last = step;
    j->last_entry = entry;
    return entry;
}

static void json_step(void *self, const struct op_step *step, const struct op_verdict *v,
                      const struct op_target *target, size_t n, size_t total)
{
    (void)n;
    (void)total;
    struct op_ui_json *j = self;
    struct op_json *entry = add_entry(j, step);
    j->changed = j->changed || v->risk != OP_RISK_READ || step->origin == OP_FROM_MODEL;
    op_json_set_str(entry, "risk", op_risk_name(v->risk));
    op_json_set_str(entry, "undo", v->undo[0] != '\0' ? v->undo : NULL);
    op_json_set(entry, "foreign", op_json_string(v->foreign[0] != '\0' ? v->foreign : NULL));
    op_json_set(entry, "context", op_json_string(target != NULL ? target->context : NULL));
    op_json_set(entry, "namespace", op_json_string(target != NULL ? target->ns : NULL));
}

static enum op_answer json_ask(void *self, const struct op_question *q, char *reason, size_t size)
{
    (void)self;
    (void)q;
    (void)snprintf(reason, size, "%s", "there is nobody to ask with --output json");
    return OP_ANSWER_NO;
}

static void json_output(void *self, enum op_stream stream, const char *bytes, size_t n)
{
    (void)self; /* the observation holds it all */
    (void)stream;
    (void)bytes;
    (void)n;
}

static void json_result(void *self, const struct op_observation *obs, int64_t ms)
{
    struct op_ui_json *j = self;
    struct op_json *entry = j->last == obs->step && j->last_entry != NULL ? j->last_entry : add_entry(j, obs->step);
    op_json_set_str(entry, "outcome", outcomes[obs->outcome]);
    op_json_set(entry, "exit_code", obs->outcome == OP_RAN ? op_json_integer(obs->exit_code) : op_json_null());
    op_json_set(entry, "output", op_json_string(obs->output));
    if (obs->shown != NULL)
        op_json_set_str(entry, "shown", obs->shown);
    op_json_set(entry, "proof", op_json_string(obs->proof));
    op_json_set(entry, "reason", op_json_string(obs->reason));
    op_json_set(entry, "milliseconds", op_json_integer(ms));
    j->last = NULL;
}

/* A plan of which nothing will run is told here; what runs tells of itself. */
static void json_proposal(void *self, const struct op_proposal *p)
{
    bool runs = false;
    for (size_t i = 0; i < p->n; i++)
        runs = runs || p->items[i].outcome == OP_RAN;
    for (size_t i = 0; i < p->n && !runs; i++) {
        const struct op_proposed *item = &p->items[i];
        json_step(self, item->step, item->verdict, &item->target, i + 1, p->n);
        const struct op_observation obs = { .step = item->step, .outcome = item->outcome, .output = "", .reason = item->reason };
        json_result(self, &obs, 0);
    }
}

static void json_progress(void *self, const char *line)
{
    (void)self;
    (void)line;
}

static void json_say(void *self, const char *text)
{
    struct op_ui_json *j = self;
    const char *before = op_json_str(j->root, "answer");
    OP_AUTO_BUF answer = OP_BUF_INIT;
    op_buf_addf(&answer, "%s%s", before != NULL ? before : "", before != NULL ? "\n" : "");
    op_text_clean(&answer, text, strlen(text));
    op_json_set_str(j->root, "answer", op_buf_str(&answer));
}

static void json_note(void *self, const char *line)
{
    struct op_ui_json *j = self;
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, line, strlen(line));
    if (op_str_starts(line, "note:") && op_json_get(j->root, "notes") == NULL)
        op_json_set(j->root, "notes", op_json_array());
    if (op_str_starts(line, "note:"))
        op_json_push(op_json_edit(j->root, "notes"), op_json_string(op_buf_str(&clean)));
    else
        op_json_set_str(j->root, "error", op_buf_str(&clean)); /* dropped again when the turn ends well */
    op_buf_addc(&clean, '\n');
    (void)op_fd_write_all(STDERR_FILENO, clean.data, clean.len);
}

static void json_question(void *self, const char *text, const struct op_strv *choices)
{
    struct op_ui_json *j = self;
    op_json_set_str(j->root, "question", text);
    struct op_json *list = op_json_array();
    for (size_t i = 0; choices != NULL && i < choices->n; i++)
        op_json_push(list, op_json_string(choices->v[i]));
    op_json_set(j->root, "choices", list);
}

void op_ui_json_init(struct op_ui_json *j)
{
    *j = (struct op_ui_json){ .root = op_json_object(), .own_reads_only = true };
    op_json_set(j->root, "steps", op_json_array());
    op_json_set(j->root, "answer", op_json_null());
    op_json_set(j->root, "question", op_json_null());
    op_json_set(j->root, "error", op_json_null());
}

void op_ui_json_free(struct op_ui_json *j)
{
    op_json_free(j->root);
    *j = (struct op_ui_json){ 0 };
}

struct op_ui op_ui_json_vtable(struct op_ui_json *j)
{
    return (struct op_ui){ .self = j,
                           .step = json_step,
                           .proposal = json_proposal,
                           .ask = json_ask,
                           .output = json_output,
                           .result = json_result,
                           .progress = json_progress,
                           .say = json_say,
                           .note = json_note,
                           .question = json_question };
}

static const char *kind_of(const struct op_ui_json *j, enum op_code code)
{
    size_t steps = op_json_size(op_json_get(j->root, "steps"));
    if (op_json_str(j->root, "question") != NULL)
        return "clarify";
    bool said = op_json_str(j->root, "answer") != NULL; /* of what was read: opsh looked into something */
    if (steps != 0)
        return j->own_reads_only || (said && !j->changed && code == OP_OK) ? "analysis" : steps == 1 ? "command" : "plan";
    if (code == OP_UNCLEAR)
        return "unsupported";
    return code == OP_OK ? "answer" : "error";
}

void op_ui_json_print(const struct op_json *object)
{
    OP_AUTO_FREE char *text = op_json_print(object, false);
    (void)op_fd_write_all(STDOUT_FILENO, text, strlen(text));
    (void)op_fd_write_all(STDOUT_FILENO, "\n", 1);
}

void op_ui_json_finish(struct op_ui_json *j, enum op_code code, const char *message)
{
    if (code == OP_OK)
        op_json_set(j->root, "error", op_json_null());
    else if (message != NULL)
        op_json_set_str(j->root, "error", message);
    else if (op_json_is_null(op_json_get(j->root, "error")))
        op_json_set_str(j->root, "error", op_code_name(code));
    OP_AUTO_JSON *out = op_json_object();
    op_json_set_str(out, "kind", kind_of(j, code));
    static const char *const keys[] = { "steps", "answer", "question", "choices", "notes", "error" };
    for (size_t i = 0; i < OP_LEN(keys); i++)
        if (op_json_get(j->root, keys[i]) != NULL)
            op_json_set(out, keys[i], op_json_dup(op_json_get(j->root, keys[i])));
    op_ui_json_print(out);
}
