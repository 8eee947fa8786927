/* Owns what a person is asked before a change: the question, what may be said besides yes and no, and what
 * was answered for the rest of the session. Refuses to remember an answer about what destroys, is unknown,
 * came with flags that only a person may choose, or acts in a protected context. */
#include "opsh/base/str.h"
#include "opsh/gate/explain.h"
#include "opsh/gate/quote.h"
#include "road_i.h"

/* ---- places ---- */

static bool is_protected(const struct op_road *road, const char *context)
{
    for (size_t i = 0; context != NULL && road->o.protect != NULL && i < road->o.protect->n; i++)
        if (op_str_glob(road->o.protect->v[i], context))
            return true;
    return false;
}

bool op_road_is_protected(const struct op_road *road)
{
    return is_protected(road, op_road_context(road));
}

/* Could this command line reach a cluster? What opsh does not know could. */
static bool may_reach_cluster(const struct op_step *step, const struct op_verdict *v)
{
    static const char *const elsewhere[] = { "docker", "minikube", "opsh" };
    static const char *const helm_local[] = { "repo", "registry", "plugin",  "dependency",
                                              "pull", "push",     "package", "create" };
    const char *program = step->argv.v[0];
    if (!v->known)
        return true;
    if (OP_IN(program, elsewhere))
        return false;
    for (size_t i = 0; op_str_eq(program, "helm") && i < OP_LEN(helm_local); i++)
        if (op_str_starts(v->verb, helm_local[i]))
            return false;
    return !op_str_eq(program, "kubectl") || !(op_str_eq(v->verb, "config") || op_str_starts(v->verb, "config "));
}

/* ---- answers for good ---- */

/* "Deployments.apps" and the like: in doubt two spellings are two kinds, and the question comes again. */
static char *plain_kind(const char *kind)
{
    return op_str_lower(op_strndup(kind, strcspn(kind, ".")));
}

/* May "always" be said to this at all? It must be one kind of object, named, and nothing that is carried inside. */
static bool rememberable(struct op_road *road, const struct op_step *step, const struct op_verdict *v)
{
    OP_AUTO_STRV objects = OP_STRV_INIT;
    if (!op_str_eq(step->argv.v[0], "kubectl") || v->risk != OP_RISK_CHANGE || !v->known || v->guard != OP_GUARD_NONE ||
        v->interactive || v->secrets || v->all_namespaces || v->foreign[0] != '\0' || step->input != NULL ||
        op_strv_has(&step->argv, "--"))
        return false;
    return op_gate_named(road->o.catalog, &step->argv, &objects) == 1 && objects.n != 0;
}

static bool matches(const struct op_allowance *a, const char *verb, const char *kind, const struct op_target *t)
{
    return op_str_eq(a->verb, verb) && op_str_eq(a->kind, kind) && op_str_eq(a->ns, t->ns) &&
           op_str_eq(a->context, t->context);
}

static bool is_allowed(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                       const struct op_target *target)
{
    if (road->n_allowed == 0 || !rememberable(road, step, v))
        return false;
    OP_AUTO_FREE char *kind = plain_kind(v->kind);
    for (size_t i = 0; i < road->n_allowed; i++)
        if (matches(&road->allowed[i], v->verb, kind, target))
            return true;
    return false;
}

static void allow(struct op_road *road, const struct op_verdict *v, const struct op_target *target)
{
    road->allowed = op_grow(road->allowed, road->n_allowed, &road->allowed_cap, sizeof(*road->allowed));
    struct op_allowance *a = &road->allowed[road->n_allowed++];
    *a = (struct op_allowance){ .verb = op_strdup(v->verb),
                                .kind = plain_kind(v->kind),
                                .ns = op_strdup(target->ns),
                                .context = op_strdup(target->context) };
    OP_AUTO_FREE char *line =
        op_asprintf("note: from now on %s %s in namespace %s of context %s runs without a question; "
                    "/allow lists that and takes it back",
                    a->verb, a->kind, a->ns, a->context != NULL ? a->context : "none");
    road->o.ui.note(road->o.ui.self, line);
}

static void free_allowance(struct op_allowance *a)
{
    free(a->verb);
    free(a->kind);
    free(a->ns);
    free(a->context);
}

void op_road_allowances(const struct op_road *road, struct op_strv *lines)
{
    for (size_t i = 0; i < road->n_allowed; i++) {
        const struct op_allowance *a = &road->allowed[i];
        op_strv_pushf(lines, "%s %s in namespace %s of context %s", a->verb, a->kind, a->ns,
                      a->context != NULL ? a->context : "none");
    }
}

bool op_road_revoke(struct op_road *road, size_t n)
{
    if (n == 0 || n > road->n_allowed)
        return false;
    free_allowance(&road->allowed[n - 1]);
    memmove(&road->allowed[n - 1], &road->allowed[n], (road->n_allowed - n) * sizeof(*road->allowed));
    road->n_allowed--;
    return true;
}

void op_road_forget_allowances(struct op_road *road)
{
    while (road->n_allowed != 0)
        (void)op_road_revoke(road, road->n_allowed);
    op_free_ptr(&road->allowed);
    road->allowed_cap = 0;
}

struct op_policy op_road_policy_here(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                                     const struct op_target *target)
{
    struct op_policy policy = road->o.policy;
    policy.protected_here = step->argv.n != 0 && may_reach_cluster(step, v) && is_protected(road, target->context);
    policy.allowed = step->argv.n != 0 && is_allowed(road, step, v, target);
    return policy;
}

/* ---- the question ---- */

/* What must be typed, owned; NULL: y or n. */
static char *word_of(const struct op_verdict *v, const struct op_target *target, enum op_decision decision,
                     bool protected_here)
{
    const char *const names[] = { v->name, v->kind, v->ns, v->verb };
    if (decision == OP_DECIDE_ASK_CONTEXT)
        return op_strdup(target->context);
    if (decision != OP_DECIDE_ASK_NAME)
        return NULL;
    const char *name = "yes, destroy";
    for (size_t i = OP_LEN(names); i-- > 0;)
        if (names[i][0] != '\0')
            name = names[i];
    return protected_here ? op_asprintf("%s/%s", target->context, name) : op_strdup(name);
}

struct standing { /* a question, and what is found out while it stands */
    struct op_road *road;
    const struct op_step *step;
    const struct op_verdict *v;
    struct op_preview preview;
};

static const struct op_strv *meanwhile(void *ctx)
{
    struct standing *s = ctx;
    op_road_preview(s->road, s->step, s->v, true, &s->preview);
    return s->preview.done && s->preview.brief.n != 0 ? &s->preview.brief : NULL;
}

static void show_diff(struct standing *s)
{
    struct op_ui *ui = &s->road->o.ui;
    if (!s->preview.done) {
        ui->progress(ui->self, "asking the server what would differ");
        op_road_preview(s->road, s->step, s->v, false, &s->preview);
        ui->progress(ui->self, NULL);
    }
    if (s->preview.done && s->preview.full.n != 0)
        ui->page(ui->self, &s->preview.full);
    else
        ui->note(ui->self, "note: there is nothing to compare");
}

static void explain(struct standing *s)
{
    OP_AUTO_STRV lines = OP_STRV_INIT;
    op_gate_explain(s->road->o.catalog, &s->step->argv, s->v, &lines);
    for (size_t i = 0; i < s->preview.brief.n; i++) /* what it touches */
        if (strchr("=!", s->preview.brief.v[i][0]) != NULL)
            op_strv_push(&lines, s->preview.brief.v[i]);
    s->road->o.ui.page(s->road->o.ui.self, &lines);
}

/* The person's own version of the command takes the step's place. false: they left it as it was. */
static bool edited(struct op_road *road, struct op_step *step)
{
    struct op_ui *ui = &road->o.ui;
    OP_AUTO_BUF line = OP_BUF_INIT;
    OP_AUTO_STRV argv = OP_STRV_INIT;
    struct op_err err = OP_ERR_INIT;
    op_quote_argv(&line, &step->argv);
    OP_AUTO_FREE char *changed = ui->edit(ui->self, op_buf_str(&line));
    if (changed == NULL || !op_quote_split(changed, &argv, &err) || argv.n == 0) {
        if (err.code != OP_OK)
            ui->note(ui->self, err.msg);
        return false;
    }
    if (op_strv_equal(&argv, &step->argv))
        return false;
    op_strv_free(&step->argv);
    op_strv_copy(&step->argv, &argv);
    op_free_ptr(&step->why); /* it spoke of the other command */
    step->origin = OP_FROM_USER;
    return true;
}

enum op_answer op_road_ask(struct op_road *road, struct op_step *step, const struct op_verdict *v,
                           const struct op_target *target, enum op_decision decision, char *reason, size_t size)
{
    struct op_policy policy = op_road_policy_here(road, step, v, target);
    OP_AUTO_FREE char *word = word_of(v, target, decision, policy.protected_here);
    struct standing s = { .road = road, .step = step, .v = v };
    bool diff = op_road_can_preview(road, step, v);
    struct op_question q = { .step = step,
                             .verdict = v,
                             .decision = decision,
                             .word = word,
                             .edit = road->o.ui.edit != NULL,
                             .diff = diff,
                             .explain = road->o.ui.page != NULL,
                             .always = word == NULL && !policy.protected_here && rememberable(road, step, v),
                             .meanwhile = diff ? meanwhile : NULL,
                             .ctx = &s };
    enum op_answer answer;
    for (;;) {
        answer = road->o.ui.ask(road->o.ui.self, &q, reason, size);
        q.meanwhile = NULL; /* once: what came, or did not come, is known now */
        if (answer == OP_ANSWER_DIFF)
            show_diff(&s);
        else if (answer == OP_ANSWER_EXPLAIN)
            explain(&s);
        else if (answer != OP_ANSWER_EDIT || edited(road, step))
            break;
    }
    if (answer == OP_ANSWER_ALWAYS) {
        allow(road, v, target);
        answer = OP_ANSWER_YES;
    }
    op_preview_free(&s.preview);
    return answer;
}

enum op_answer op_road_ask_once_more(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                                     char *reason, size_t size)
{
    struct op_target target = op_road_target(road, v);
    struct op_policy policy = op_road_policy_here(road, step, v, &target);
    enum op_decision decision = v->risk == OP_RISK_DESTROY ? OP_DECIDE_ASK_NAME
                                : policy.protected_here    ? OP_DECIDE_ASK_CONTEXT
                                                           : OP_DECIDE_ASK;
    OP_AUTO_FREE char *word = word_of(v, &target, decision, policy.protected_here);
    const struct op_question q = { .step = step, .verdict = v, .decision = decision, .word = word };
    return road->o.ui.ask(road->o.ui.self, &q, reason, size);
}
