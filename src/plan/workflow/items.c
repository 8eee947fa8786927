/* Owns the commands that remain: what is not done becomes argument vectors, files that are missing become steps that
 * write them. Refuses to touch a file that is there, except where a draft offers a change, which is then asked about by
 * itself. */
#include "run.h"

#include "opsh/base/str.h"
#include "opsh/project/project.h"

static struct wf_item *new_item(struct wf_run *r, size_t step)
{
    r->items = op_grow(r->items, r->n_items, &r->items_cap, sizeof(*r->items));
    r->items[r->n_items] = (struct wf_item){ .step = step, .why = wf_fill(r->wf.steps[step].name, r->values) };
    return &r->items[r->n_items++];
}

static void write_draft(struct wf_run *r, size_t step, const char *folder, const struct op_draft *d)
{
    bool there = d->was != NULL;
    if (there && (!d->optional || strcmp(d->was, d->text) == 0))
        return;
    struct wf_item *item = new_item(r, step);
    op_strv_push(&item->argv, "opsh");
    op_strv_push(&item->argv, "write");
    if (there)
        op_strv_push(&item->argv, "--replace");
    op_strv_push(&item->argv, "--in");
    op_strv_push(&item->argv, folder);
    op_strv_push(&item->argv, d->path);
    item->input = op_strdup(d->text);
    item->optional = d->optional;
    if (d->why != NULL) {
        free(item->why);
        item->why = op_strdup(d->why);
    }
}

static bool draft(const char *folder, bool offers, struct op_drafts *d, struct op_err *err)
{
    struct op_project project = { 0 };
    const struct op_wish wish = { .standalone = offers };
    bool ok = op_project_read(folder, &project, err) && op_project_dockerfile(&project, &wish, d, err);
    op_project_free(&project);
    return ok;
}

/* What is offered serves the Dockerfile: where that one is there already, nothing is offered. */
static bool offers_serve(const struct op_drafts *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->v[i].path, "Dockerfile") == 0)
            return d->v[i].was == NULL;
    return false;
}

static bool drafts(struct wf_run *r, size_t step, const char *folder, struct op_err *err)
{
    struct op_drafts d = { 0 };
    bool ok = draft(folder, r->terminal && !r->plan_only, &d, err);
    for (int offers = 1; ok && offers >= 0; offers--) /* first what the others may build upon */
        for (size_t i = 0; i < d.n; i++)
            if (d.v[i].optional == (offers == 1) && (offers == 0 || offers_serve(&d)))
                write_draft(r, step, folder, &d.v[i]);
    for (size_t i = 0; ok && i < d.notes.n; i++)
        op_strv_push(&r->notes, d.notes.v[i]);
    op_drafts_free(&d);
    return ok || op_fail_ctx(err, "%s", r->wf.steps[step].name);
}

bool wf_without_offers(struct wf_run *r, size_t step, struct op_err *err)
{
    if (r->wf.steps[step].kind != WF_WRITE)
        return true;
    struct op_drafts d = { 0 };
    OP_AUTO_FREE char *folder = wf_fill(op_node_text(r->wf.steps[step].what), r->values);
    bool ok = draft(folder, false, &d, err);
    for (size_t i = r->item; ok && i < r->n_items && r->items[i].step == step; i++) {
        struct wf_item *item = &r->items[i];
        for (size_t k = 0; k < d.n; k++) {
            if (!op_str_eq(item->argv.v[item->argv.n - 1], d.v[k].path))
                continue;
            free(item->input);
            item->input = op_strdup(d.v[k].text);
        }
    }
    op_drafts_free(&d);
    return ok;
}

bool wf_make_items(struct wf_run *r, struct op_err *err)
{
    for (size_t i = 0; i < r->wf.n; i++) {
        const struct wf_step *s = &r->wf.steps[i];
        bool todo = wf_is_todo(r, i);
        r->total += s->kind == WF_CHECK && todo;
        if (!todo || (s->kind != WF_RUN && s->kind != WF_WRITE))
            continue;
        size_t before = r->n_items;
        if (s->kind == WF_WRITE) {
            OP_AUTO_FREE char *folder = wf_fill(op_node_text(s->what), r->values);
            struct op_err other = OP_ERR_INIT; /* a plan can be shown where the folders are not */
            if (!drafts(r, i, folder, r->plan_only ? &other : err) && !r->plan_only)
                return false;
        } else if (!wf_argv(&r->wf, s->what, r->values, &new_item(r, i)->argv, err)) {
            return false;
        }
        if (r->n_items == before)
            r->state[i] = WF_DONE;
    }
    r->total += r->n_items;
    return true;
}

void wf_add_item(const struct wf_item *item, struct op_move *move)
{
    struct op_step *step = op_move_add_step(move);
    op_strv_copy(&step->argv, &item->argv);
    step->input = op_strdup(item->input);
    step->why = op_strdup(item->why);
    step->optional = item->optional;
    step->origin = OP_FROM_RULES;
}

void wf_items_free(struct wf_run *r)
{
    for (size_t i = 0; i < r->n_items; i++) {
        op_strv_free(&r->items[i].argv);
        free(r->items[i].input);
        free(r->items[i].why);
    }
    op_free_ptr(&r->items);
    r->n_items = r->items_cap = 0;
}

static void add_names(const struct wf_run *r, struct op_buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < r->wf.n; i++) {
        const struct wf_step *s = &r->wf.steps[i];
        if (r->state[i] != WF_DONE || s->kind == WF_CHECK || s->kind == WF_NEED)
            continue;
        OP_AUTO_FREE char *name = wf_fill(s->name, r->values);
        op_buf_addf(out, "%s%s", n++ == 0 ? "\nSeen, and left as it is: " : ", ", name);
    }
    if (n != 0)
        op_buf_addc(out, '.');
}

char *wf_proposal_text(const struct wf_run *r)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_addf(&out, "%s.", r->wf.about);
    add_names(r, &out);
    for (size_t i = 0; i < r->wf.n; i++) {
        const struct wf_step *s = &r->wf.steps[i];
        bool todo = wf_is_todo(r, i);
        OP_AUTO_FREE char *show = wf_fill(s->show, r->values);
        OP_AUTO_FREE char *lost = wf_fill(s->destroys, r->values);
        if (todo && *show != '\0')
            op_buf_addf(&out, "\n%s", show);
        if (todo && *lost != '\0')
            op_buf_addf(&out, "\nDestroys: %s", lost);
    }
    for (size_t i = 0; i < r->notes.n; i++)
        op_buf_addf(&out, "\n%s", r->notes.v[i]);
    return op_buf_steal(&out);
}
