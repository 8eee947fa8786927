/* Owns the looks before anything is proposed: which needs hold, which steps are done. */
#include "run.h"

#include "opsh/base/str.h"

bool wf_add_look(struct wf_run *r, const struct op_node *look, bool shown, struct op_move *move, struct op_err *err)
{
    struct op_step *step = op_move_add_step(move);
    move->kind = OP_MOVE_STEPS;
    step->origin = shown ? OP_FROM_RULES : OP_FROM_OPSH;
    step->probe = !shown;
    return wf_argv(&r->wf, op_node_get(look, "read"), r->values, &step->argv, err);
}

/* A look at a file is answered here; the others are for the road. */
static bool ask(struct wf_run *r, size_t i, const struct op_node *look, struct op_move *move, struct op_err *err)
{
    if (op_node_get(look, "file") != NULL) {
        if (!wf_look_file(look, r->values))
            r->state[i] = WF_TODO;
        return true;
    }
    r->asked = op_grow(r->asked, r->n_asked, &r->asked_cap, sizeof(*r->asked));
    r->asked[r->n_asked++] = (struct wf_asked){ .step = i, .look = look };
    return wf_add_look(r, look, false, move, err);
}

/* All looks of one step. It counts as done until one of them does not hold. */
static bool look_at(struct wf_run *r, size_t i, struct op_move *move, struct op_err *err)
{
    const struct wf_step *s = &r->wf.steps[i];
    const struct op_node *looks = s->kind == WF_NEED ? s->what : s->done;
    bool list = looks != NULL && looks->kind == OP_NODE_LIST;
    r->state[i] = looks != NULL ? WF_DONE : WF_TODO;
    for (const struct op_node *l = list ? op_node_first(looks) : looks; l != NULL; l = list ? op_node_next(l) : NULL)
        if (!ask(r, i, l, move, err))
            return false;
    return true;
}

static size_t step_called(const struct wf *wf, const char *name)
{
    size_t i = 0;
    while (i < wf->n && strcmp(wf->steps[i].name, name) != 0)
        i++;
    return i;
}

static bool is_asked(const struct wf_run *r, size_t step)
{
    for (size_t i = 0; i < r->n_asked; i++)
        if (r->asked[i].step == step)
            return true;
    return false;
}

bool wf_look_next(struct wf_run *r, struct op_move *move, struct op_err *err)
{
    r->n_asked = 0;
    for (; r->at < r->wf.n; r->at++) {
        const struct wf_step *s = &r->wf.steps[r->at];
        if (!wf_applies(s->when, r->values)) {
            r->state[r->at] = WF_LEFT;
            continue;
        }
        size_t before = s->after != NULL ? step_called(&r->wf, s->after) : r->wf.n;
        if (before < r->wf.n && is_asked(r, before))
            break; /* first what it stands on */
        bool stands = before == r->wf.n || r->state[before] == WF_DONE || r->state[before] == WF_LEFT;
        if (s->kind == WF_CHECK || !stands)
            continue;
        if (!look_at(r, r->at, move, err))
            return false;
    }
    r->waiting = r->n_asked != 0 ? WF_LOOKS : WF_NOTHING;
    return r->n_asked != 0;
}

bool wf_look_again(struct wf_run *r, size_t step, struct op_move *move, struct op_err *err)
{
    r->n_asked = 0;
    if (!look_at(r, step, move, err))
        return false;
    r->waiting = r->n_asked != 0 ? WF_LOOKS : WF_NOTHING;
    return r->n_asked != 0;
}

static void missing(struct wf_run *r, const struct wf_step *s, const struct op_observation *obs)
{
    OP_AUTO_FREE char *advice = wf_fill(s->otherwise, r->values);
    OP_AUTO_FREE char *name = wf_fill(s->name, r->values);
    const char *reason = obs->reason != NULL ? obs->reason : obs->output;
    OP_AUTO_FREE char *first = op_strndup(reason, strcspn(reason, "\n") < 160 ? strcspn(reason, "\n") : 160);
    bool plain = obs->outcome == OP_RAN && obs->exit_code == 0;
    op_strv_pushf(&r->missing, "%s%s%s%s%s", name, *first != '\0' && !plain ? ": " : "", plain ? "" : first,
                  *advice != '\0' ? "; " : "", advice);
}

void wf_looked(struct wf_run *r, const struct op_observation *obs, size_t n)
{
    for (size_t i = 0; i < n && i < r->n_asked; i++) {
        const struct wf_step *s = &r->wf.steps[r->asked[i].step];
        bool holds =
            obs[i].outcome == OP_RAN && wf_look_holds(r->asked[i].look, r->values, obs[i].exit_code, obs[i].output);
        if (holds)
            continue;
        r->state[r->asked[i].step] = WF_TODO;
        if (s->kind == WF_NEED)
            missing(r, s, &obs[i]);
    }
    r->n_asked = 0;
}
