/* The planner class: looks first, then one proposal of all that remains, then its commands one by one. Owns where a run
 * stands; it ends with the turn, for what is done is seen in the world the next time. */
#include "run.h"

#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"

enum { PAUSE_MS = 1000, SLOWEST_MS = 5000 };

static void reset(struct wf_run *r)
{
    const struct op_catalog *cat = r->cat;
    wf_items_free(r);
    op_json_free(r->values);
    free(r->say);
    free(r->asked);
    op_strv_free(&r->missing);
    op_strv_free(&r->notes);
    *r = (struct wf_run){ .cat = cat };
}

/* ---- how it ends ---- */

static bool answer(struct op_move *move, char *takes_text)
{
    move->kind = OP_MOVE_ANSWER;
    move->text = takes_text;
    return true;
}

static void time_taken(const struct wf_run *r, struct op_buf *out)
{
    long long s = (long long)((op_clock_ms() - r->began) / 1000);
    if (s >= 60)
        op_buf_addf(out, "%lld min ", s / 60);
    op_buf_addf(out, "%lld s", s % 60);
}

static bool finish(struct wf_run *r, struct op_move *move)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    if (r->n_items == 0)
        op_buf_addf(&out, "%s: everything is done already, nothing was changed", r->wf.name);
    else
        op_buf_addf(&out, "%s: done", r->wf.name);
    op_buf_adds(&out, " (");
    time_taken(r, &out);
    op_buf_adds(&out, ").");
    for (const struct op_node *c = op_node_first(r->wf.answer); c != NULL; c = op_node_next(c)) {
        OP_AUTO_FREE char *said = wf_fill(op_node_text(op_node_get(c, "say")), r->values);
        if (wf_applies(op_node_get(c, "when"), r->values))
            op_buf_addf(&out, "\n%s", said);
    }
    return answer(move, op_buf_steal(&out));
}

static const char *fate(const struct op_observation *o)
{
    static const char *const words[] = {
        [OP_DECLINED] = "was declined",      [OP_BLOCKED] = "was refused",         [OP_STOPPED] = "was stopped",
        [OP_TIMED_OUT] = "took too long",    [OP_NOT_STARTED] = "could not start", [OP_NOT_REACHED] = "was not reached",
        [OP_SUGGESTED] = "is for you to run"
    };
    return o->outcome != OP_RAN ? words[o->outcome] : o->unproved ? "ran, but is not true yet" : "failed";
}

static char *stopped_text(const struct wf_run *r, const char *name, const char *what)
{
    return op_asprintf(
        "%s stopped at %zu of %zu: %s %s. Say \"%s\" again to go on from there: what is done is seen and "
        "skipped.",
        r->wf.name, r->shown, r->total, name, what, r->say);
}

/* What has to be there before anything is proposed, and is not: all of it at once. */
static bool needs_missing(const struct wf_run *r, struct op_err *err)
{
    OP_AUTO_BUF list = { .max = 380 };
    for (size_t i = 0; i < r->missing.n; i++)
        op_buf_addf(&list, "%s%s", i != 0 ? " · " : "", r->missing.v[i]);
    return op_fail(err, OP_TOOL, 0, "%s cannot begin, nothing was changed: %s", r->wf.name, op_buf_str(&list));
}

/* ---- moves ---- */

static bool propose(struct wf_run *r, struct op_move *move)
{
    r->proposed = true;
    r->at = 0;
    if (r->n_items == 0)
        return false;
    move->kind = OP_MOVE_PROPOSAL;
    move->text = wf_proposal_text(r);
    for (size_t i = 0; i < r->n_items; i++)
        wf_add_item(&r->items[i], move);
    r->waiting = WF_ANSWER;
    return true;
}

/* May they run? Offers need not. */
static bool agreed(const struct op_observation *obs, size_t n, const struct op_observation **against)
{
    for (size_t i = 0; i < n; i++) {
        *against = &obs[i];
        if (obs[i].outcome != OP_RAN && !obs[i].step->optional)
            return false;
    }
    return true;
}

static void place(struct wf_run *r, struct op_move *move)
{
    move->before = r->shown++;
    move->total = r->total;
}

/* The next command or check in order; false: there is none left (or err says what is wrong). */
static bool advance(struct wf_run *r, struct op_move *move, struct op_err *err)
{
    for (; r->at < r->wf.n; r->at++) {
        const struct wf_step *s = &r->wf.steps[r->at];
        bool todo = wf_is_todo(r, r->at);
        if (s->kind == WF_CHECK && todo) {
            place(r, move);
            r->deadline = op_clock_ms() + s->within * 1000;
            r->pause = PAUSE_MS;
            r->waiting = WF_SHOWN_CHECK;
            return wf_add_look(r, s->what, true, move, err);
        }
        if (r->state[r->at] == WF_UNSEEN && s->done != NULL && wf_look_again(r, r->at, move, err))
            return true; /* its turn has come: is it done meanwhile? */
        if (err->code != OP_OK)
            return false;
        for (; r->item < r->n_items && r->items[r->item].step <= r->at; r->item++) {
            if (r->items[r->item].step < r->at || r->state[r->at] == WF_DONE) {
                r->shown++; /* it was done meanwhile */
                continue;
            }
            wf_add_item(&r->items[r->item++], move);
            move->kind = OP_MOVE_STEPS;
            place(r, move);
            r->waiting = WF_COMMAND;
            return true;
        }
    }
    return false;
}

static bool went_well(const struct op_observation *o)
{
    bool left_out = o->step->optional && (o->outcome == OP_DECLINED || o->outcome == OP_BLOCKED);
    return left_out || (o->outcome == OP_RAN && o->exit_code == 0 && !o->unproved);
}

static void save(struct wf_run *r, const struct op_observation *o)
{
    const char *name = r->wf.steps[r->at].save;
    if (name == NULL)
        return;
    OP_AUTO_FREE char *line = op_strndup(o->output, strcspn(o->output, "\r\n"));
    op_json_set_str(r->values, name, line);
}

/* A check that does not hold is tried again until its time is over. */
static bool check(struct wf_run *r, const struct op_observation *o, struct op_move *move, bool *over,
                  struct op_err *err)
{
    const struct wf_step *s = &r->wf.steps[r->at];
    *over = false;
    if (o->outcome == OP_RAN && wf_look_holds(s->what, r->values, o->exit_code, o->output)) {
        save(r, o);
        r->at++;
        return true;
    }
    OP_AUTO_FREE char *name = wf_fill(s->name, r->values);
    OP_AUTO_FREE char *advice = wf_fill(s->otherwise, r->values);
    OP_AUTO_FREE char *text = stopped_text(r, name, o->outcome == OP_STOPPED ? "was stopped" : "does not hold");
    *over = true;
    if (o->outcome == OP_STOPPED)
        return answer(move, op_steal(&text));
    if (op_clock_ms() >= r->deadline)
        return op_fail(err, OP_TOOL, 0, "%s%s%s", text, *advice != '\0' ? " " : "", advice);
    if (!op_signals_sleep((int)r->pause))
        return op_fail(err, OP_INTERRUPTED, 0, "%s", text);
    r->pause = r->pause * 2 > SLOWEST_MS ? SLOWEST_MS : r->pause * 2;
    r->waiting = WF_CHECK_AGAIN;
    return wf_add_look(r, s->what, false, move, err);
}

/* What became of the last move. *over: move (or err) holds what comes next already. */
static bool observe(struct wf_run *r, const struct op_observation *obs, size_t n, struct op_move *move, bool *over,
                    struct op_err *err)
{
    enum wf_waiting waited = r->waiting;
    const struct op_observation *o = n != 0 ? &obs[0] : NULL;
    r->waiting = WF_NOTHING;
    *over = false;
    if (o == NULL)
        return true;
    *over = true;
    switch (waited) {
    case WF_LOOKS:
        for (size_t i = 0; i < n; i++)
            if (obs[i].outcome == OP_STOPPED)
                return answer(move, op_asprintf("%s stopped before anything was changed.", r->wf.name));
        wf_looked(r, obs, n);
        *over = false;
        return true;
    case WF_ANSWER:
        *over = !agreed(obs, n, &o);
        return !*over || answer(move, op_strdup(o->outcome == OP_SUGGESTED ? "" : "Nothing was changed."));
    case WF_COMMAND:
        if (went_well(o)) {
            save(r, o);
            *over = false;
            return o->outcome == OP_RAN || wf_without_offers(r, r->at, err);
        }
        return answer(move, stopped_text(r, o->step->why != NULL ? o->step->why : "", fate(o)));
    case WF_SHOWN_CHECK:
    case WF_CHECK_AGAIN:
        return check(r, o, move, over, err);
    case WF_NOTHING:
    default:
        *over = false;
        return true;
    }
}

/* All of it as if nothing were done: for showing. */
static bool show_plan(struct wf_run *r, struct op_move *move, struct op_err *err)
{
    for (size_t i = 0; i < r->wf.n; i++)
        r->state[i] = wf_applies(r->wf.steps[i].when, r->values) ? WF_TODO : WF_LEFT;
    if (!wf_make_items(r, err))
        return false;
    move->kind = OP_MOVE_STEPS;
    for (size_t i = 0, item = 0; i < r->wf.n; i++) {
        const struct wf_step *s = &r->wf.steps[i];
        for (; item < r->n_items && r->items[item].step == i; item++)
            wf_add_item(&r->items[item], move);
        if (s->kind == WF_CHECK && r->state[i] == WF_TODO && !wf_add_look(r, s->what, true, move, err))
            return false;
    }
    return true;
}

static bool workflow_next(void *self, const struct op_observation *obs, size_t n, struct op_move *move,
                          struct op_err *err)
{
    struct wf_run *r = self;
    bool over = false;
    if (r->values == NULL)
        return answer(move, op_strdup(""));
    if (r->plan_only)
        return show_plan(r, move, err);
    if (!observe(r, obs, n, move, &over, err))
        return false;
    if (over)
        return true;
    if (!r->proposed) {
        if (wf_look_next(r, move, err))
            return true;
        if (err->code != OP_OK)
            return false;
        if (r->missing.n != 0)
            return needs_missing(r, err);
        if (!wf_make_items(r, err))
            return false;
        if (propose(r, move))
            return true;
    }
    if (advance(r, move, err))
        return true;
    return err->code == OP_OK && finish(r, move);
}

/* ---- the planner ---- */

static char *say_again(const struct wf *wf, const struct op_json *given)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_adds(&out, wf->say);
    OP_JSON_EACH(value, given) {
        OP_AUTO_FREE char *name = op_asprintf("{%s}", op_json_key(value));
        OP_AUTO_FREE char *text = wf_fill(name, given);
        op_buf_addf(&out, " %s=%s", op_json_key(value), text);
    }
    return op_buf_steal(&out);
}

bool op_workflow_begin(struct op_planner *planner, const char *name, const struct op_json *values,
                       const struct op_scene *scene, struct op_err *err)
{
    struct wf_run *r = planner->self;
    reset(r);
    if (!wf_find(r->cat, name, &r->wf, err))
        return false;
    r->values = wf_values(&r->wf, values, scene, err);
    r->say = say_again(&r->wf, values);
    r->plan_only = scene->plan_only;
    r->terminal = scene->terminal;
    r->began = op_clock_ms();
    return r->values != NULL;
}

static bool workflow_begin(void *self, const char *request, const struct op_scene *scene, struct op_err *err)
{
    struct wf_run *r = self;
    struct op_planner planner = { .self = r };
    OP_AUTO_FREE char *name = NULL;
    OP_AUTO_JSON *values = NULL;
    if (!wf_request(r->cat, request, &name, &values, err))
        return false;
    return op_workflow_begin(&planner, name, values, scene, err);
}

static void workflow_forget(void *self)
{
    reset(self);
}

static void workflow_free(void *self)
{
    reset(self);
    free(self);
}

static const struct op_planner_class workflow_class = {
    .name = "workflow",
    .begin = workflow_begin,
    .next = workflow_next,
    .forget = workflow_forget,
    .free = workflow_free,
};

void op_workflow_new(const struct op_catalog *cat, struct op_planner *planner)
{
    struct wf_run *r = op_calloc(1, sizeof(*r));
    r->cat = cat;
    *planner = (struct op_planner){ .ops = &workflow_class, .self = r };
}
