/* Owns the shell's own commands: a row each. Adding one is a function and a row; help, completion and
 * the nearest-command hint read the table. */
#include "opsh/shell/commands.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/plan/workflow.h"
#include "opsh/shell/history.h"
#include "opsh/shell/log.h"
#include "doctor.h"
#include "modes.h"
#include "paint.h"
#include "talk.h"

enum { CONTEXTS_MAX = 512, HISTORY_SHOWN = 25 };

static enum op_code run_help(struct op_session *s, const char *args)
{
    (void)args;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_adds(&out, "Say what you want: \"show pods\", \"why is web failing\", \"scale web to 3\".\n"
                      "Whatever changes something is shown first and waits for your y.\n\n");
    for (size_t i = 0; i < op_commands_n; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "%s %s", op_commands[i].name, op_commands[i].arguments);
        op_buf_addf(&out, "  %-22s %s\n", name, op_commands[i].help);
    }
    op_buf_adds(&out, "  !COMMAND               run a command line of your own; changes are asked about too\n"
                      "\nCtrl-C cancels, Ctrl-D leaves, Tab completes, Ctrl-R searches what was typed.\n");
    op_ui_text_answer(&s->text, op_buf_str(&out));
    return OP_OK;
}

static enum op_code run_tools(struct op_session *s, const char *args)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    int columns, rows;
    op_tty_size(&columns, &rows);
    int room = columns > 50 ? columns - 30 : 20;
    const char *program = "";
    for (size_t i = 0; i < s->catalog.n_tools; i++) {
        const struct op_tool *tool = &s->catalog.tools[i];
        if (*args != '\0' && !op_str_eq(tool->program, args))
            continue;
        if (!op_str_eq(program, tool->program))
            op_buf_addf(&out, "%s%s\n", out.len != 0 ? "\n" : "", tool->program);
        program = tool->program;
        int n = (int)strcspn(tool->description, "\n");
        bool cut = n > room;
        op_buf_addf(&out, "  %-26s %.*s%s\n", tool->name, cut ? room - 3 : n, tool->description, cut ? "..." : "");
    }
    if (out.len == 0)
        op_buf_addf(&out, "There are no tools of \"%s\".", args);
    op_ui_text_answer(&s->text, op_buf_str(&out));
    return OP_OK;
}

static enum op_code run_workflows(struct op_session *s, const char *args)
{
    (void)args;
    OP_AUTO_STRV names = OP_STRV_INIT;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_workflow_names(&s->catalog, &names);
    for (size_t i = 0; i < names.n; i++)
        op_buf_addf(&out, "%s\n  say: %s, or: workflow %s VALUE=TEXT ...\n  %s\n", names.v[i],
                    op_workflow_say(&s->catalog, names.v[i]), names.v[i], op_workflow_about(&s->catalog, names.v[i]));
    op_ui_text_answer(&s->text, op_buf_str(&out));
    return OP_OK;
}

static enum op_code told(struct op_session *s, bool ok, const struct op_err *err)
{
    if (!ok)
        op_ui_text_error(&s->text, err->msg);
    return ok ? OP_OK : err->code;
}

static enum op_code run_context(struct op_session *s, const char *args)
{
    struct op_err err = OP_ERR_INIT;
    if (*args != '\0') /* a namespace chosen for one cluster says nothing about another */
        return told(s, op_road_set_context(s->road, args, &err) && op_road_set_namespace(s->road, NULL, &err), &err);
    const char *names[CONTEXTS_MAX];
    size_t n = op_road_contexts(s->road, names, CONTEXTS_MAX);
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < n && i < CONTEXTS_MAX; i++)
        op_buf_addf(&out, "%s %s\n", op_str_eq(names[i], op_road_context(s->road)) ? "*" : " ", names[i]);
    if (n == 0)
        op_buf_adds(&out, "There is no Kubernetes context: set KUBECONFIG, or start a cluster (\"start minikube\").");
    op_ui_text_answer(&s->text, op_buf_str(&out));
    return OP_OK;
}

/* Going to a namespace that is not there is no mistake (it may be created next), but is worth a word. */
static void warn_if_missing(struct op_session *s, const struct op_names *names, const char *ns)
{
    bool any = false;
    for (size_t i = 0; names != NULL && i < names->n; i++) {
        if (!op_str_eq(names->objects[i].kind, "namespace"))
            continue;
        any = true;
        if (op_str_eq(names->objects[i].name, ns))
            return;
    }
    if (!any)
        return;
    const struct op_object *near = op_names_nearest(names, "namespace", ns, NULL);
    OP_AUTO_FREE char *text = near != NULL
                                  ? op_asprintf("note: there is no namespace %s; did you mean %s?", ns, near->name)
                                  : op_asprintf("note: there is no namespace %s yet", ns);
    op_ui_text_note(&s->text, text);
}

static enum op_code run_namespace(struct op_session *s, const char *args)
{
    struct op_err err = OP_ERR_INIT;
    if (*args != '\0') {
        warn_if_missing(s, op_road_names_known(s->road), args);
        return told(s, op_road_set_namespace(s->road, args, &err), &err);
    }
    const char *ns = op_road_namespace(s->road);
    op_ui_text_answer(&s->text, ns != NULL ? ns : "default");
    return OP_OK;
}

static enum op_code run_lines(struct op_session *s, const char *args)
{
    int64_t n = HISTORY_SHOWN;
    if (*args != '\0' && !op_str_int(args, 1, 1000000, &n)) {
        op_ui_text_error(&s->text, "/lines takes a number of lines");
        return OP_USAGE;
    }
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_history_list((size_t)n, &out);
    op_ui_text_answer(&s->text, out.len != 0 ? op_buf_str(&out) : "Nothing yet.");
    return OP_OK;
}

/* The bytes of the last request to the model, all that left the machine with it but for the key. Not wrapped, and only
 * a terminal gets them cleaned: elsewhere they are exact. */
static enum op_code run_sent(struct op_session *s, const char *args)
{
    (void)args;
    size_t n = 0;
    const char *body = op_model_sent(&s->planner, &n);
    OP_AUTO_BUF out = OP_BUF_INIT;
    if (body == NULL) {
        op_ui_text_answer(&s->text, "Nothing was sent to a model yet.");
        return OP_OK;
    }
    if (s->tty.out)
        op_text_clean(&out, body, n);
    else
        op_buf_add(&out, body, n);
    op_buf_addc(&out, '\n');
    op_ui_text_fresh(&s->text);
    (void)fwrite(out.data, 1, out.len, s->text.out);
    (void)fflush(s->text.out);
    return OP_OK;
}

static enum op_code run_quit(struct op_session *s, const char *args)
{
    (void)args;
    s->leave = true;
    return OP_OK;
}

const struct op_command op_commands[] = {
    { "/help", "", "this", OP_COMPLETE_NOTHING, run_help },
    { "/tools", "[PROGRAM]", "what opsh knows how to run", OP_COMPLETE_NOTHING, run_tools },
    { "/doctor", "", "is everything there that opsh works with?", OP_COMPLETE_NOTHING, op_doctor_command },
    { "/workflows", "", "plans of many steps that are written down", OP_COMPLETE_NOTHING, run_workflows },
    { "/context", "[NAME]", "list the contexts, or go to one", OP_COMPLETE_CONTEXT, run_context },
    { "/namespace", "[NAME]", "show the namespace, or go to one", OP_COMPLETE_NAMESPACE, run_namespace },
    { "/read-only", "[on|off]", "refuse every change, or ask again", OP_COMPLETE_ON_OFF, op_mode_read_only },
    { "/suggest", "[on|off]", "print changes for you to run", OP_COMPLETE_ON_OFF, op_mode_suggest },
    { "/confirm", "[all|changes]", "ask about reads too, or no more", OP_COMPLETE_NOTHING, op_mode_confirm },
    { "/allow", "[revoke N]", "what runs without a question since you said always", OP_COMPLETE_NOTHING,
      op_mode_allow },
    { "/clear", "", "forget the conversation", OP_COMPLETE_NOTHING, op_talk_clear },
    { "/retry", "", "make the last request again", OP_COMPLETE_NOTHING, op_talk_retry },
    { "/model", "[NAME]", "show the model, or ask another", OP_COMPLETE_NOTHING, op_talk_model },
    { "/models", "", "the models that the endpoint offers", OP_COMPLETE_NOTHING, op_talk_models },
    { "/tokens", "", "what the model has used so far, and cost", OP_COMPLETE_NOTHING, op_talk_tokens },
    { "/reasoning", "[on|off]", "show what a model says to itself", OP_COMPLETE_ON_OFF, op_talk_reasoning },
    { "/history", "[N]", "the last changes and what came of them", OP_COMPLETE_NOTHING, op_log_history },
    { "/undo", "[ID]", "take back the last change, or that one", OP_COMPLETE_NOTHING, op_log_undo },
    { "/lines", "[N]", "the last lines typed", OP_COMPLETE_NOTHING, run_lines },
    { "/sent", "", "the exact bytes that were last sent to the model", OP_COMPLETE_NOTHING, run_sent },
    { "/quit", "", "leave", OP_COMPLETE_NOTHING, run_quit },
};
const size_t op_commands_n = OP_LEN(op_commands);

/* "/ns" and "/ctx" are what some people type: the letters of name occur in whole in this order. */
static bool abbreviates(const char *name, const char *whole)
{
    for (; *name != '\0' && *whole != '\0'; whole++)
        name += *name == *whole;
    return *name == '\0';
}

static const struct op_command *nearest(const char *name)
{
    const struct op_command *near = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < op_commands_n; i++) {
        unsigned far = strlen(name) > 1 && op_str_starts(op_commands[i].name, name)
                           ? 0
                           : op_str_distance(name, op_commands[i].name, least);
        if (far < least) {
            least = far;
            near = &op_commands[i];
        }
    }
    for (size_t i = 0; near == NULL && strlen(name) > 2 && i < op_commands_n; i++)
        if (abbreviates(name, op_commands[i].name))
            near = &op_commands[i];
    return near;
}

enum op_code op_command_run(struct op_session *s, const char *line)
{
    size_t n = strcspn(line, " \t\n");
    OP_AUTO_FREE char *name = op_strndup(line, n);
    OP_AUTO_FREE char *args = op_strdup(line + n + strspn(line + n, " \t\n"));
    for (size_t end = strlen(args); end != 0 && isspace((unsigned char)args[end - 1]); end--)
        args[end - 1] = '\0';
    for (size_t i = 0; i < op_commands_n; i++) {
        if (!op_str_eq(op_commands[i].name, name))
            continue;
        if (*args == '\0' || op_commands[i].arguments[0] != '\0')
            return op_commands[i].run(s, args);
        OP_AUTO_FREE char *text = op_asprintf("%s takes nothing after it", name);
        op_ui_text_error(&s->text, text);
        return OP_USAGE;
    }
    const struct op_command *near = nearest(name);
    OP_AUTO_FREE char *text = near != NULL ? op_asprintf("there is no %.60s; did you mean %s?", name, near->name)
                                           : op_asprintf("there is no %.60s; /help lists the commands", name);
    op_ui_text_error(&s->text, text);
    return OP_USAGE;
}
