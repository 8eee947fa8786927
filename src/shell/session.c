/* Owns what is open during one sitting, and the order in which it opens: what can be wrong in a file
 * is complained about before anything talks to a network. */
#include "opsh/shell/session.h"

#include "opsh/base/str.h"
#include "opsh/catalog/embedded.h"
#include "opsh/gate/classify.h"
#include "opsh/gate/redact.h"
#include "opsh/os/path.h"
#include "opsh/plan/model.h"
#include "opsh/plan/rules.h"
#include "opsh/plan/workflow.h"
#include "opsh/shell/log.h"

#include <langinfo.h>
#include <locale.h>

enum { CONNECT_MS = 10000 };

/* Without any locale set, characters typed are still most likely UTF-8: edit them as such, but show ASCII glyphs. */
static bool open_locale(void)
{
    (void)setlocale(LC_CTYPE, "");
    bool utf8 = op_str_eq(nl_langinfo(CODESET), "UTF-8");
    if (!utf8 && op_str_empty(getenv("LC_ALL")) && op_str_empty(getenv("LC_CTYPE")) && op_str_empty(getenv("LANG")))
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    return utf8;
}

/* The person's own verb and flag tables are checked; what is compiled in was checked by the tests. */
static bool open_catalog(struct op_session *s, struct op_err *err)
{
    if (!op_catalog_load(s->config.tools_folder, &s->catalog, err))
        return false;
    return s->catalog.n_docs == op_embedded_docs_n ||
           (op_gate_check(&s->catalog, err) && op_workflow_valid(&s->catalog, err));
}

/* Who understands requests while the model's endpoint does not answer. */
static struct op_planner *instead(void *self)
{
    struct op_session *s = self;
    struct op_err err = OP_ERR_INIT;
    bool there = s->rules.ops != NULL || op_rules_new(&s->catalog, &s->rules, &err);
    return there ? &s->rules : NULL;
}

static void drop(struct op_planner *planner)
{
    if (planner->ops != NULL)
        planner->ops->free(planner->self);
    *planner = (struct op_planner){ 0 };
}

static bool open_road(struct op_session *s, struct op_err *err)
{
    OP_AUTO_FREE char *journal = s->options.plan ? NULL : op_path_state("journal.jsonl");
    struct op_road_options o = {
        .catalog = &s->catalog,
        .ui = s->options.json ? op_ui_json_vtable(&s->json) : op_ui_text_vtable(&s->text),
        .policy = { .read_only = s->config.read_only,
                    .yes = s->options.yes,
                    .yes_destroy = s->options.yes && s->options.yes_destroy,
                    .suggest = s->config.suggest,
                    .confirm_all = s->config.confirm_all,
                    .terminal = s->tty.in && s->tty.err && !s->options.json },
        .ns = s->config.ns,
        .kubeconfig = s->options.kubeconfig,
        .tool_timeout_ms = s->config.timeout_s * 1000,
        .proof_timeout_ms = s->config.proof_timeout_s * 1000,
        .journal = journal,
        .instead = op_session_uses_model(s) ? instead : NULL,
        .instead_self = s,
        .protect = &s->config.protect,
    };
    if (s->options.yes_destroy && !s->options.yes)
        o.ui.note(o.ui.self, "note: --yes-destroy does nothing without --yes");
    s->text.paged = o.policy.terminal && !o.policy.yes;
    s->road = op_road_new(&o, err);
    if (s->road == NULL && err->code == OP_IO && journal != NULL) {
        OP_AUTO_FREE char *line = op_asprintf("no journal is kept: %s", err->msg);
        o.ui.note(o.ui.self, line);
        o.journal = NULL;
        s->road = op_road_new(&o, err);
    }
    if (s->road == NULL)
        return false;
    return s->config.context == NULL || op_road_set_context(s->road, s->config.context, err);
}

static bool open_redactor(struct op_session *s, struct op_err *err)
{
    s->redact = op_redact_new();
    for (size_t i = 0; i < s->config.redact.n; i++)
        if (!op_redact_add_pattern(s->redact, s->config.redact.v[i], err))
            return op_fail_ctx(err, "configuration: redact");
    return true;
}

bool op_session_open(struct op_session *s, struct op_options *options, const char *version, struct op_err *err)
{
    *s = (struct op_session){ .version = version, .options = *options };
    *options = (struct op_options){ 0 };
    s->utf8 = open_locale();
    op_ui_json_init(&s->json);
    op_tty_probe(&s->tty, s->options.colour);
    op_ui_text_init(&s->text, &s->tty, s->utf8);
    if (!op_config_load(&s->options, &s->config, err))
        return false;
    op_tty_probe(&s->tty, s->config.colour);
    op_ui_text_init(&s->text, &s->tty, s->utf8);
    return open_redactor(s, err) && open_catalog(s, err) && open_road(s, err);
}

void op_session_close(struct op_session *s)
{
    op_session_drop_planner(s);
    if (s->workflow.ops != NULL)
        s->workflow.ops->free(s->workflow.self);
    s->workflow = (struct op_planner){ 0 };
    if (s->road != NULL)
        op_road_free(s->road);
    op_redact_free(s->redact);
    s->redact = NULL;
    op_catalog_free(&s->catalog);
    op_ui_text_free(&s->text);
    op_ui_json_free(&s->json);
    op_config_free(&s->config);
    op_options_free(&s->options);
    free(s->last);
    s->last = NULL;
    s->road = NULL;
}

bool op_session_uses_model(const struct op_session *s)
{
    return !s->options.offline && op_config_has_model(&s->config);
}

char *op_session_planner_name(const struct op_session *s)
{
    return op_session_uses_model(s) ? op_asprintf("model %s", s->config.model) : op_strdup("rules");
}

/* The person's own prompt or the built-in one, and what they add to it. */
static bool read_prompt(const struct op_session *s, struct op_buf *prompt, struct op_err *err)
{
    enum { MOST = 256 << 10 };
    OP_AUTO_BUF more = OP_BUF_INIT;
    if (s->config.prompt_file != NULL && !op_file_read(s->config.prompt_file, MOST, prompt, err))
        return op_fail_ctx(err, "prompt_file");
    if (s->config.instructions_file == NULL)
        return true;
    if (!op_file_read(s->config.instructions_file, MOST, &more, err))
        return op_fail_ctx(err, "instructions_file");
    const char *own = op_embedded_text("prompts/system.md");
    if (prompt->len == 0 && own != NULL)
        op_buf_adds(prompt, own);
    op_buf_addf(prompt, "\n\nWhat the person wants of you besides:\n%s", op_buf_str(&more));
    return true;
}

static bool open_model(struct op_session *s, struct op_err *err)
{
    OP_AUTO_BUF prompt = OP_BUF_INIT;
    if (!read_prompt(s, &prompt, err))
        return false;
    if (!op_config_find_key(&s->config, err))
        return false;
    if (s->config.key != NULL)
        op_redact_learn(s->redact, s->config.key, strlen(s->config.key));
    struct op_model_options o = {
        .endpoint = s->config.endpoint,
        .model = s->config.model,
        .key = s->config.key,
        .prompt = prompt.len != 0 ? op_buf_str(&prompt) : NULL,
        .ca_file = s->config.ca_file,
        .silence_ms = s->config.silence_timeout_s * 1000,
        .connect_ms = CONNECT_MS,
        .max_steps = (int)s->config.max_steps,
        .context_tokens = s->config.context_tokens,
        .guard = op_redact_guard(s->redact, &s->catalog),
    };
    if (!s->options.json)
        o.sink = op_ui_text_sink(&s->text);
    return op_model_new(&s->catalog, &o, &s->planner, err);
}

bool op_session_planner(struct op_session *s, struct op_err *err)
{
    if (s->planner.ops != NULL)
        return true;
    bool ok = op_session_uses_model(s) ? open_model(s, err) : op_rules_new(&s->catalog, &s->planner, err);
    if (!ok)
        s->planner = (struct op_planner){ 0 };
    return ok;
}

struct op_planner *op_session_workflow(struct op_session *s, const char *request, char **text)
{
    *text = op_workflow_called(&s->catalog, request);
    if (*text != NULL && s->workflow.ops == NULL)
        op_workflow_new(&s->catalog, &s->workflow);
    return *text != NULL ? &s->workflow : NULL;
}

void op_session_drop_planner(struct op_session *s)
{
    drop(&s->planner);
    drop(&s->rules);
}

enum op_code op_session_turn(struct op_session *s, const char *request)
{
    char *last = op_strdup(request);
    free(s->last);
    s->last = last;
    s->last_planned = false;
    if (*request == '!')
        return op_road_command(s->road, request + 1);
    struct op_err err = OP_ERR_INIT;
    enum op_code code;
    if (op_log_undo_said(s, request, &code))
        return code;
    OP_AUTO_FREE char *called = NULL;
    struct op_planner *workflow = op_session_workflow(s, request, &called);
    if (workflow != NULL)
        return op_road_turn(s->road, workflow, called);
    if (op_session_planner(s, &err)) {
        s->last_planned = true;
        return op_road_turn(s->road, &s->planner, request);
    }
    if (s->options.json)
        op_json_set_str(s->json.root, "error", err.msg);
    op_ui_text_error(&s->text, err.msg);
    return err.code;
}
