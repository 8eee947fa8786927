/* The road itself: planner ─► gate ─► runner ─► journal ─► observation ─► planner. */
#include "opsh/base/str.h"
#include "opsh/gate/quote.h"
#include "opsh/os/clock.h"
#include "opsh/os/env.h"
#include "opsh/os/signals.h"
#include "road_i.h"

enum { NAMES_FRESH_MS = 10000, MOST_MOVES = 256 };

extern char **environ;

struct op_road *op_road_new(const struct op_road_options *o, struct op_err *err)
{
    struct op_road *road = op_calloc(1, sizeof(*road));
    road->o = *o;
    road->kubeconfig = op_strdup(o->kubeconfig);
    road->journal_path = op_strdup(o->journal);
    road->journal = (struct op_journal)OP_JOURNAL_INIT;
    op_env_for_children(environ, false, &road->env);
    op_env_for_children(environ, true, &road->env_interactive);
    op_strv_copy(&road->env_self, &road->env);
    op_env_set(&road->env_self, "OPSH_STEP", "1");
    op_road_reader_init(road);
    if (!op_kubeconfig_load(o->kubeconfig, &road->kc, err) ||
        (o->context != NULL && !op_road_set_context(road, o->context, err)) ||
        (o->ns != NULL && !op_road_set_namespace(road, o->ns, err))) {
        op_road_free(road);
        return NULL;
    }
    return road;
}

void op_road_free(struct op_road *road)
{
    if (road == NULL)
        return;
    op_road_forget_allowances(road);
    op_road_forget_agreed(road);
    op_road_words_free(road);
    op_journal_close(&road->journal);
    op_names_free(road->names);
    op_kubeconfig_free(&road->kc);
    op_strv_free(&road->env);
    op_strv_free(&road->env_interactive);
    op_strv_free(&road->env_self);
    op_strv_free(&road->programs);
    op_strv_free(&road->offered);
    op_strv_free(&road->versions);
    op_facts_free(&road->facts);
    free(road->kubeconfig);
    free(road->context);
    free(road->ns);
    free(road->journal_path);
    free(road);
}

struct op_policy *op_road_policy(struct op_road *road)
{
    return &road->o.policy;
}

const struct op_names *op_road_names(struct op_road *road)
{
    if (road->names != NULL) /* kept for the turn: planners point into them */
        return road->names;
    if (road->names_failed || op_road_context(road) == NULL || op_road_program(road, "kubectl") == NULL)
        return NULL;
    struct op_err err = OP_ERR_INIT;
    road->names = op_names_read(&road->reader, op_road_namespace(road), false, &err);
    road->names_at = op_clock_ms();
    road->names_failed = road->names == NULL;
    if (road->names_failed && !op_signals_interrupted()) {
        OP_AUTO_FREE char *line = op_asprintf("note: %s; names are taken as you say them", err.msg);
        if (road->hush)
            road->hushed = op_steal(&line);
        else
            road->o.ui.note(road->o.ui.self, line);
    }
    return road->names;
}

const struct op_names *op_road_names_known(const struct op_road *road)
{
    return road->names;
}

void op_road_forget_names(struct op_road *road)
{
    op_names_free(road->names);
    road->names = NULL;
    road->names_stale = road->names_failed = false;
}

void op_road_new_turn(struct op_road *road)
{
    op_signals_clear();
    op_road_forget_agreed(road);
    road->touched = false;
    road->names_failed = false;
    road->facts.stale = road->facts.stale || road->names_stale;
    if (road->names_stale || op_clock_ms() - road->names_at >= NAMES_FRESH_MS)
        op_road_forget_names(road);
}

static const struct op_names *names_of(void *self)
{
    return op_road_names(self);
}

struct op_scene op_road_scene(struct op_road *road)
{
    return (struct op_scene){ .context = op_road_context(road),
                              .ns = op_road_namespace(road),
                              .context_flag = road->context != NULL,
                              .ns_flag = road->ns != NULL,
                              .terminal = road->o.policy.terminal,
                              .names = names_of,
                              .facts = op_road_facts,
                              .reader = &road->reader,
                              .self = road };
}

/* --- one move --- */

/* All steps of a move, in order; the first that does not succeed stops the rest, except where a
 * model reads: it wants to hear of each. Returns the code of the first failure. */
static enum op_code run_steps(struct op_road *road, struct op_move *move, struct op_passage *ps)
{
    enum op_code code = OP_OK;
    bool stopped = false;
    for (size_t i = 0, begun = 0; i < move->n; i++) {
        ps[i].step = &move->steps[i];
        if (stopped && i >= begun) {
            ps[i].run.outcome = OP_NOT_REACHED;
            continue;
        }
        /* whoever only looks wants to see all of it; an edited step becomes the person's */
        bool model = move->steps[i].origin == OP_FROM_MODEL || move->kind == OP_MOVE_ANALYSIS;
        if (move->steps[i].probe) {
            op_road_probe(road, &ps[i]);
            stopped = ps[i].run.outcome == OP_STOPPED;
            code = stopped ? OP_INTERRUPTED : code;
            continue;
        }
        if (i >= begun)
            begun = i + op_road_together(road, move, ps, i);
        if (i >= begun)
            op_road_pass(road, &ps[i], move->before + i + 1, move->total != 0 ? move->total : move->n);
        road->touched = road->touched || ps[i].verdict.risk != OP_RISK_READ;
        enum op_code one = op_passage_code(&ps[i]);
        bool harmless = model && ps[i].verdict.risk == OP_RISK_READ && one != OP_INTERRUPTED;
        bool offer = move->steps[i].optional && one == OP_REFUSED; /* left out: that is an answer too */
        if (one != OP_OK && !harmless && !offer && code == OP_OK)
            code = one;
        stopped = one != OP_OK && !offer && (!model || one == OP_INTERRUPTED);
    }
    return code;
}

static enum op_code talk(struct op_road *road, struct op_move *move)
{
    struct op_ui *ui = &road->o.ui;
    const char *text = move->text != NULL ? move->text : "";
    switch (move->kind) {
    case OP_MOVE_QUESTION:
        ui->question(ui->self, text, &move->choices);
        return OP_UNCLEAR;
    case OP_MOVE_UNSUPPORTED:
        ui->say(ui->self, text);
        return OP_UNCLEAR;
    case OP_MOVE_STEPS:
    case OP_MOVE_PROPOSAL:
    case OP_MOVE_ANALYSIS:
    case OP_MOVE_ANSWER:
    default:
        if (!move->shown && *text != '\0')
            ui->say(ui->self, text);
        return OP_OK;
    }
}

/* opsh looks by itself. Where it only knows what to look at, that is said and shown. */
static enum op_code analyse(struct op_road *road, struct op_move *move, struct op_passage **ps)
{
    struct op_ui *ui = &road->o.ui;
    OP_AUTO_BUF out = OP_BUF_INIT;
    size_t failed = 0;
    if (op_road_analysis_reads(&move->topic)) {
        (void)talk(road, move);
        *ps = op_calloc(move->n, sizeof(**ps));
        enum op_code ran = run_steps(road, move, *ps);
        for (size_t i = 0; i < move->n; i++)
            failed += op_passage_code(&(*ps)[i]) != OP_OK;
        if (ran != OP_OK)
            return ran; /* interrupted */
        if (failed != 0 && failed == move->n)
            return op_passage_code(*ps); /* each has said why */
    }
    enum op_code code = op_road_analyse(road, &move->topic, &out);
    if (out.len != 0)
        ui->say(ui->self, op_buf_str(&out));
    return op_signals_interrupted() ? OP_INTERRUPTED : code;
}

static enum op_code failed(struct op_road *road, const struct op_err *err)
{
    road->o.ui.note(road->o.ui.self, err->msg);
    return err->code != OP_OK ? err->code : OP_TOOL;
}

/* Moves until the planner has nothing more to do. */
static enum op_code moves(struct op_road *road, struct op_planner *planner, const struct op_planner *given,
                          const char *request, const struct op_scene *scene)
{
    struct op_err err = OP_ERR_INIT;
    enum op_code code = OP_OK;
    struct op_move before = { 0 }; /* its steps are what the observations speak of */
    struct op_passage *ps = NULL;
    for (int i = 0; i < MOST_MOVES; i++) {
        const size_t n = ps != NULL ? before.n : 0; /* what opsh looked into by itself ran none of them */
        OP_AUTO_FREE struct op_observation *obs = op_calloc(n, sizeof(*obs));
        for (size_t k = 0; k < n; k++)
            obs[k] = op_passage_observe(&ps[k]);
        struct op_move move = { 0 };
        bool ok = planner->ops->next(planner->self, obs, n, &move, &err);
        for (size_t k = 0; k < n; k++)
            op_passage_free(&ps[k]);
        op_free_ptr(&ps);
        op_move_free(&before);
        if (!ok) {
            struct op_planner *other = planner == given ? op_road_instead(road, given, request, scene, &err, &move)
                                                         : NULL;
            planner = other != NULL ? other : planner;
            ok = other != NULL;
        }
        before = move;
        if (!ok) {
            code = failed(road, &err);
            break;
        }
        if (move.kind == OP_MOVE_ANALYSIS) {
            enum op_code seen = analyse(road, &before, &ps);
            code = code == OP_OK ? seen : code;
            if (seen != OP_OK)
                break; /* what was to follow was meant for what would be seen */
            continue;
        }
        bool proposal = move.kind == OP_MOVE_PROPOSAL;
        if (move.kind != OP_MOVE_STEPS && !proposal) {
            enum op_code said = talk(road, &move);
            if (planner != given && move.kind == OP_MOVE_QUESTION)
                op_road_instead_asked(road, &move);
            code = code == OP_OK ? said : code;
            break;
        }
        ps = op_calloc(move.n, sizeof(*ps));
        enum op_code ran = proposal ? op_road_propose(road, &before, ps) : run_steps(road, &before, ps);
        code = code == OP_OK || ran == OP_INTERRUPTED ? ran : code;
    }
    if (ps != NULL)
        for (size_t k = 0; k < before.n; k++)
            op_passage_free(&ps[k]);
    op_free_ptr(&ps);
    op_move_free(&before);
    return code;
}

const char *op_road_bang(const char *request)
{
    request += strspn(request, " \t\n");
    return *request == '!' ? request + 1 : NULL;
}

enum op_code op_road_turn(struct op_road *road, struct op_planner *planner, const char *request)
{
    if (op_road_bang(request) != NULL)
        return op_road_command(road, op_road_bang(request));
    struct op_err err = OP_ERR_INIT;
    struct op_scene scene = op_road_scene(road);
    op_road_new_turn(road);
    op_road_words_said(road, request);
    struct op_planner *asked = op_road_instead_answered(road, request);
    op_strv_free(&road->offered);
    const struct op_planner *given = planner;
    planner = asked != NULL ? asked : planner;
    if (!planner->ops->begin(planner->self, request, &scene, &err))
        return failed(road, &err);
    if (op_signals_interrupted()) {
        (void)op_fail(&err, OP_INTERRUPTED, 0, "interrupted");
        return failed(road, &err);
    }
    return moves(road, planner, given, request, &scene);
}

enum op_code op_road_command(struct op_road *road, const char *line)
{
    struct op_err err = OP_ERR_INIT;
    struct op_step step = { .origin = OP_FROM_USER };
    op_road_new_turn(road);
    op_road_words_said(road, line);
    if (!op_quote_split(line, &step.argv, &err) || step.argv.n == 0) {
        op_step_free(&step);
        if (err.code == OP_OK)
            (void)op_fail(&err, OP_USAGE, 0, "type a command behind the !, for example: !kubectl get pods");
        return failed(road, &err);
    }
    struct op_passage p = { .step = &step };
    op_road_pass(road, &p, 1, 1);
    enum op_code code = op_passage_code(&p);
    op_passage_free(&p);
    op_step_free(&step);
    return code;
}

