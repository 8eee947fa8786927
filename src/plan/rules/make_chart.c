/* A chart for a source folder: a dozen files, shown whole and agreed to at once. Owns where they go: charts/NAME
 * beneath the folder that was named, or NAME beneath a second one ("… in ./charts"). */
#include "make.h"

#include "opsh/base/str.h"
#include "opsh/os/beneath.h"
#include "opsh/os/path.h"

enum { MANY = 3 }; /* files, from which on they are agreed to together */

/* A folder in which no project is may be where the chart is to go. owned: what stands before NAME ("charts/"). */
static char *prefix_of(const struct wanted *w, const char **into)
{
    struct op_project p;
    struct op_err err = OP_ERR_INIT;
    *into = w->folders.v[0];
    if (w->folders.n < 2 || !op_project_read(w->folders.v[1], &p, &err))
        return op_strdup("charts/");
    bool empty = p.kind == OP_PROJECT_UNKNOWN;
    op_project_free(&p);
    if (empty)
        *into = w->folders.v[1];
    return op_strdup(empty ? "" : "charts/");
}

/* The draft with its place beneath the folder, and with what stands there now. */
static void place(struct op_draft *d, const char *folder, const char *prefix, const char *name)
{
    char *path = op_asprintf("%s%s/%s", prefix, name, d->path);
    OP_AUTO_BUF was = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    free(d->path);
    d->path = path;
    free(d->was);
    d->was = op_beneath_read(folder, path, &was, NULL, &err) ? op_strdup(op_buf_str(&was)) : NULL;
}

/* Without helm the chart is there all the same. */
static bool add_lint(struct attempt *a, struct op_move *move, const char *chart, struct op_err *err)
{
    OP_AUTO_FREE char *helm = op_path_find_program("helm");
    OP_AUTO_FREE char *shown = make_pasted(chart);
    if (helm == NULL) {
        make_after(a->r, "- check it, once helm is installed: helm lint --strict %s", shown);
        return true;
    }
    struct op_json *args = op_json_object();
    op_json_set_str(args, "chart", chart);
    op_json_set_bool(args, "strict", true);
    return make_step(a->r, move, "helm_lint", args, err) != NULL;
}

static bool chart_steps(struct attempt *a, struct op_move *move, const struct wanted *w, const struct op_project *p,
                        struct op_drafts *drafts, struct op_err *err)
{
    const char *into = NULL, *name = w->name != NULL ? w->name : p->name;
    OP_AUTO_FREE char *prefix = prefix_of(w, &into);
    struct making m = making_of(a, w, into);
    OP_AUTO_FREE char *chart = op_asprintf("%s/%s%s", m.folder, prefix, name);
    const char *why = drafts->n != 0 ? drafts->v[0].why : NULL;
    size_t n = 0;
    bool ok = true;
    make_after(a->r, "%s: a chart for %s.", chart, why != NULL ? why : op_project_kind_name(p->kind));
    for (size_t i = 0; i < drafts->n; i++) {
        place(&drafts->v[i], m.folder, prefix, name);
        n += make_draft(a->r, move, &m, &drafts->v[i], &ok, err);
    }
    if (n == 0 && ok)
        make_after(a->r, "- it is there already, as opsh would write it: nothing to do");
    make_tell_notes(a->r, drafts);
    ok = ok && (n == 0 || add_lint(a, move, chart, err));
    making_free(&m);
    return ok;
}

bool make_chart(struct attempt *a, struct op_move *move, const struct wanted *w)
{
    struct op_project p;
    struct op_drafts drafts;
    struct op_err err = OP_ERR_INIT;
    const struct op_chart_wish wish = { .name = w->name, .host = w->host, .replicas = w->replicas };
    if (make_folder_missing(a, move, w->folders.v[0]))
        return false;
    if (!op_project_read(w->folders.v[0], &p, &err))
        return make_ask_folder(a, move, err.msg);
    bool ok = op_project_chart(&p, &wish, &drafts, &err);
    if (ok) {
        ok = chart_steps(a, move, w, &p, &drafts, &err);
        op_drafts_free(&drafts);
    }
    op_project_free(&p);
    if (!ok)
        return make_ask_folder(a, move, err.msg);
    if (move->n == 0)
        make_answer(move, op_steal(&a->r->after));
    return move->n != 0;
}

/* ---- many files at once ---- */

static void copy_step(struct op_move *to, const struct op_step *from)
{
    struct op_step *step = op_move_add_step(to);
    op_strv_copy(&step->argv, &from->argv);
    step->input = op_strdup(from->input);
    step->why = op_strdup(from->why);
    step->tool = op_strdup(from->tool);
    step->optional = from->optional;
    step->origin = from->origin;
}

void make_propose(struct rules *r, struct op_move *move)
{
    size_t files = 0;
    for (size_t i = 0; i < move->n; i++)
        files += op_str_eq(move->steps[i].tool, "write_file");
    if (move->kind != OP_MOVE_STEPS || files < MANY)
        return;
    op_move_free(&r->held);
    r->held = *move;
    *move = (struct op_move){ .kind = OP_MOVE_PROPOSAL, .text = op_asprintf("%zu files are to be written:", files) };
    for (size_t i = 0; i < r->held.n; i++)
        copy_step(move, &r->held.steps[i]);
}

bool make_agreed(struct rules *r, const struct op_observation *obs, size_t n, struct op_move *move)
{
    if (r->held.n == 0)
        return false;
    struct op_move held = r->held;
    bool all = n == held.n;
    r->held = (struct op_move){ 0 };
    for (size_t i = 0; i < n; i++)
        all = all && (obs[i].outcome == OP_RAN || obs[i].step->optional);
    if (all)
        *move = held;
    else
        op_move_free(&held);
    return all;
}
