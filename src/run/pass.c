/* One step down the road: gate, consent, runner, proof, journal. */
#include "opsh/base/str.h"
#include "opsh/gate/quote.h"
#include "inverse.h"

static void journal_failed(struct op_road *road, struct op_err *err)
{
    if (road->journal.complained)
        return;
    road->journal.complained = true;
    OP_AUTO_FREE char *line = op_asprintf("note: %s; going on without a complete journal", err->msg);
    road->o.ui.note(road->o.ui.self, line);
}

void op_passage_free(struct op_passage *p)
{
    op_run_free(&p->run);
    free(p->proof.text);
    op_remember_free(p);
}

void op_passage_record(struct op_road *road, const struct op_passage *p, const char *event, struct op_json *extra)
{
    struct op_target t = op_road_target(road, &p->verdict);
    struct op_err err = OP_ERR_INIT;
    if (road->journal_path != NULL && road->journal.fd < 0 && !road->journal.complained &&
        !op_journal_open(&road->journal, road->journal_path, &err))
        journal_failed(road, &err);
    if (!op_journal_write(&road->journal, event, p->step, &p->verdict, t.context, t.ns, extra, &err))
        journal_failed(road, &err);
}

static struct op_json *with(const char *key, const char *text)
{
    struct op_json *extra = op_json_object();
    op_json_set_str(extra, key, text);
    return extra;
}

static bool stop(struct op_passage *p, enum op_outcome outcome, const char *reason)
{
    p->run.outcome = outcome;
    (void)snprintf(p->reason, sizeof(p->reason), "%.230s", reason);
    return false;
}

enum op_decision op_passage_decide(struct op_road *road, struct op_passage *p, const struct op_target *target, bool again,
                                   char *why, size_t size)
{
    struct op_policy policy = op_road_policy_here(road, p->step, &p->verdict, target);
    enum op_decision decision = op_gate_decide(&policy, p->step, &p->verdict, why, size);
    if (p->step->origin == OP_FROM_MODEL && p->verdict.interactive && decision != OP_DECIDE_REFUSE) {
        (void)snprintf(why, size, "commands that take over the terminal are for people: type !command");
        return OP_DECIDE_REFUSE;
    }
    bool ask = again || (p->ask && p->verdict.risk != OP_RISK_READ);
    if (ask && decision == OP_DECIDE_RUN)
        decision = policy.terminal ? OP_DECIDE_ASK : OP_DECIDE_REFUSE;
    return decision;
}

/* Would it act where the person saw that it would? */
static bool still_there(struct op_road *road, struct op_passage *p, const char *shown)
{
    struct op_err err = OP_ERR_INIT;
    if (p->verdict.context[0] != '\0' || op_road_same_context(road, shown, &err))
        return true;
    op_passage_record(road, p, "refused", with("reason", err.msg));
    return stop(p, OP_BLOCKED, err.msg);
}

/* Does the person's yes to a plan answer this question too? Not where something is lost, a name or a context is to be
 * typed, or a planner chose what only a person may choose. */
bool op_passage_covered(const struct op_road *road, const struct op_passage *p, enum op_decision decision)
{
    const struct op_verdict *v = &p->verdict;
    return decision == OP_DECIDE_ASK && v->risk == OP_RISK_CHANGE && v->known && v->guard == OP_GUARD_NONE &&
           v->foreign[0] == '\0' && !(v->secrets && p->step->origin == OP_FROM_MODEL) && !p->ask &&
           !road->o.policy.confirm_all;
}

/* The question and what becomes of it; EDIT: the step is another one now. */
static enum op_answer consent(struct op_road *road, struct op_passage *p, const struct op_target *target,
                              enum op_decision decision)
{
    op_passage_record(road, p, "asked", NULL);
    char reason[200] = "";
    OP_AUTO_FREE char *shown = op_strdup(target->context);
    enum op_answer answer = op_road_ask(road, p->step, &p->verdict, target, decision, reason, sizeof(reason));
    if (answer == OP_ANSWER_EDIT) {
        p->edited = true;
        op_passage_record(road, p, "edited", NULL);
        return answer;
    }
    if (answer != OP_ANSWER_YES) {
        op_passage_record(road, p, "declined", with("reason", reason));
        bool interrupt = answer == OP_ANSWER_INTERRUPT;
        (void)stop(p, interrupt ? OP_STOPPED : OP_DECLINED, interrupt ? "nothing was run" : reason);
        return answer;
    }
    op_passage_record(road, p, "approved", with("by", "person"));
    return still_there(road, p, shown) ? OP_ANSWER_YES : OP_ANSWER_NO;
}

/* The gate: true when the step may run. */
static bool admitted(struct op_road *road, struct op_passage *p, size_t n, size_t total)
{
    for (bool again = false;; again = true) {
        char why[240] = "";
        op_road_complete(road, &p->step->argv);
        struct op_target target = op_road_target(road, &p->verdict);
        enum op_decision decision = op_passage_decide(road, p, &target, again, why, sizeof(why));
        const struct op_agreement *plan = op_passage_covered(road, p, decision) && !again ? op_road_agreed(road, p->step) : NULL;
        p->verdict.agreed = plan != NULL;
        op_inverse_hint(road->o.catalog, p->step, &p->verdict, p->verdict.undo, sizeof(p->verdict.undo));
        road->o.ui.step(road->o.ui.self, p->step, &p->verdict, &target, n, total);
        if (decision == OP_DECIDE_RUN) {
            if (p->verdict.risk != OP_RISK_READ)
                op_passage_record(road, p, "approved", with("by", road->o.policy.yes ? "--yes" : "always"));
            return true;
        }
        if (decision == OP_DECIDE_SUGGEST) {
            op_passage_record(road, p, "suggested", NULL);
            return stop(p, OP_SUGGESTED, "");
        }
        if (decision == OP_DECIDE_REFUSE) {
            op_passage_record(road, p, "refused", with("reason", why));
            return stop(p, OP_BLOCKED, why);
        }
        if (plan != NULL) {
            op_passage_record(road, p, "approved", with("by", "plan"));
            return still_there(road, p, plan->context);
        }
        enum op_answer answer = consent(road, p, &target, decision);
        if (answer != OP_ANSWER_EDIT)
            return answer == OP_ANSWER_YES;
        op_gate_classify(road->o.catalog, &p->step->argv, p->step->input, &p->verdict);
    }
}

static const char *const outcome_names[] = {
    [OP_RAN] = "ran", [OP_DECLINED] = "declined", [OP_BLOCKED] = "refused", [OP_STOPPED] = "interrupted",
    [OP_TIMED_OUT] = "timed out", [OP_NOT_STARTED] = "not started", [OP_NOT_REACHED] = "not reached",
    [OP_SUGGESTED] = "suggested"
};

static bool succeeded(const struct op_passage *p)
{
    return p->run.outcome == OP_RAN && p->run.exit_code == 0 && (!p->proof.pending || p->proof.holds);
}

struct op_observation op_passage_observe(const struct op_passage *p)
{
    const char *reason = *p->reason != '\0' ? p->reason : *p->run.reason != '\0' ? p->run.reason : NULL;
    return (struct op_observation){ .step = p->step,
                                    .outcome = p->run.outcome,
                                    .exit_code = p->run.exit_code,
                                    .output = p->run.output != NULL ? p->run.output : "",
                                    .shown = p->run.shown,
                                    .proof = p->proof.text,
                                    .unproved = p->proof.pending && !p->proof.holds,
                                    .reason = reason };
}

/* Keep what is needed to take the change back. A person who was promised a way back is asked again where there turns
 * out to be none. */
static bool remembered(struct op_road *road, struct op_passage *p)
{
    if (!op_remember_before(road, p))
        return stop(p, OP_STOPPED, "stopped before anything was changed");
    if (!op_remember_promise_broken(p))
        return true;
    (void)snprintf(p->verdict.undo, sizeof(p->verdict.undo), "cannot be undone: %.180s", p->inverse->why_not);
    OP_AUTO_FREE char *line = op_asprintf("note: this cannot be undone after all: %s", p->inverse->why_not);
    road->o.ui.note(road->o.ui.self, line);
    if (road->o.policy.yes || !road->o.policy.terminal)
        return true;
    char reason[200] = "";
    enum op_answer answer = op_road_ask_once_more(road, p->step, &p->verdict, reason, sizeof(reason));
    if (answer == OP_ANSWER_YES)
        return true;
    op_passage_record(road, p, "declined", with("reason", reason));
    return stop(p, answer == OP_ANSWER_INTERRUPT ? OP_STOPPED : OP_DECLINED, reason);
}

static void record_result(struct op_road *road, struct op_passage *p)
{
    struct op_json *extra = with("outcome", outcome_names[p->run.outcome]);
    op_json_set_int(extra, "exit_code", p->run.exit_code);
    op_json_set_int(extra, "ms", p->run.ms);
    if (p->proof.text != NULL)
        op_json_set_str(extra, "proof", p->proof.text);
    op_json_set_bool(extra, "ok", succeeded(p));
    op_remember_after(road, p, extra);
    p->half_done = !succeeded(p) && p->run.outcome != OP_NOT_STARTED && p->inverse->n != 0 &&
                   !op_json_is_true(extra, "unchanged");
    op_passage_record(road, p, "result", extra);
}

static void run_admitted(struct op_road *road, struct op_passage *p)
{
    bool change = p->verdict.risk != OP_RISK_READ;
    if (change && !remembered(road, p))
        return;
    if (change)
        op_passage_record(road, p, "run", op_remember_run(road, p));
    op_road_run(road, p->step, &p->verdict, &p->run);
    op_run_reach(road, p->step, &p->run);
    if (change && p->run.outcome == OP_RAN && p->run.exit_code == 0)
        op_road_follow_context(road, p->step, &p->verdict);
    if (change && p->run.outcome == OP_RAN && p->run.exit_code == 0)
        op_road_prove(road, p->step, &p->verdict, p->run.output, &p->proof);
    if (change) {
        record_result(road, p);
        road->names_stale = true; /* they may have changed: read again in the next turn */
    }
}

enum op_decision op_passage_foresee(struct op_road *road, struct op_passage *p)
{
    char why[240] = "";
    op_gate_classify(road->o.catalog, &p->step->argv, p->step->input, &p->verdict);
    op_road_words_judge(road, p);
    op_road_complete(road, &p->step->argv);
    struct op_target target = op_road_target(road, &p->verdict);
    return op_passage_decide(road, p, &target, false, why, sizeof(why));
}

static void tell_edited(struct op_passage *p)
{
    OP_AUTO_BUF line = OP_BUF_INIT;
    op_quote_argv(&line, &p->step->argv);
    (void)snprintf(p->reason, sizeof(p->reason), "the person changed the command first, to: %.190s", op_buf_str(&line));
}

void op_road_pass(struct op_road *road, struct op_passage *p, size_t n, size_t total)
{
    op_journal_step(&road->journal);
    op_gate_classify(road->o.catalog, &p->step->argv, p->step->input, &p->verdict);
    op_road_words_judge(road, p);
    if (admitted(road, p, n, total))
        run_admitted(road, p);
    op_road_words_after(road, p);
    struct op_observation obs = op_passage_observe(p);
    road->o.ui.result(road->o.ui.self, &obs, p->run.ms);
    if (p->half_done)
        road->o.ui.note(road->o.ui.self, "/undo takes back what it changed");
    if (p->edited && p->reason[0] == '\0') /* for the planner, which believes that its own command ran */
        tell_edited(p);
}

enum op_code op_passage_code(const struct op_passage *p)
{
    switch (p->run.outcome) {
    case OP_RAN:
        return succeeded(p)            ? OP_OK
               : p->proof.interrupted ? OP_INTERRUPTED
               : p->run.unreached     ? OP_NETWORK
                                      : OP_TOOL;
    case OP_DECLINED:
    case OP_BLOCKED:
        return OP_REFUSED;
    case OP_STOPPED:
        return OP_INTERRUPTED;
    case OP_NOT_REACHED:
        return OP_OK; /* the step before it says why */
    case OP_SUGGESTED:
        return OP_OK; /* that is what was wanted */
    case OP_TIMED_OUT:
    case OP_NOT_STARTED:
    default:
        return OP_TOOL;
    }
}
