/* From a request for a file to `opsh write` steps: a Dockerfile, a chart, one line of a configuration. Refuses nothing
 * by itself: what may be written is the gate's business, what stands in it the room project's. An existing file is
 * replaced only where a person can be asked; elsewhere the new one is written beside it. */
#include "make.h"

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"
#include "opsh/os/path.h"
#include "opsh/project/lint.h"

#include <stdarg.h>

/* ---- steps ---- */

struct op_step *make_step(struct rules *r, struct op_move *move, const char *name, struct op_json *takes_args,
                          struct op_err *err)
{
    OP_AUTO_JSON *args = takes_args;
    const struct op_tool *tool = op_catalog_tool(r->cat, name);
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_FREE char *input = NULL;
    if (tool == NULL || !op_tool_render(tool, args, &argv, &input, err))
        return NULL;
    struct op_step *step = op_move_add_step(move);
    step->argv = argv;
    argv = (struct op_strv)OP_STRV_INIT;
    step->input = op_steal(&input);
    step->tool = op_strdup(tool->name);
    step->origin = OP_FROM_RULES;
    return step;
}

static bool add_write(struct rules *r, struct op_move *move, const char *folder, const struct op_draft *d,
                      const char *path, bool replace, struct op_err *err)
{
    struct op_json *args = op_json_object();
    op_json_set_str(args, "folder", folder);
    op_json_set_str(args, "path", path);
    op_json_set_str(args, "content", d->text);
    if (replace)
        op_json_set_bool(args, "replace", true);
    struct op_step *step = make_step(r, move, "write_file", args, err);
    if (step == NULL)
        return false;
    step->why = op_strdup(d->why);
    step->optional = d->optional;
    return true;
}

/* ---- what is said ---- */

void make_after(struct rules *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char line[1024];
    (void)vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    char *longer = r->after != NULL ? op_asprintf("%s\n%s", r->after, line) : op_strdup(line);
    free(r->after);
    r->after = longer;
}

void make_answer(struct op_move *move, char *takes_text)
{
    op_move_free(move);
    move->kind = OP_MOVE_ANSWER;
    move->text = takes_text;
}

bool make_ask_folder(struct attempt *a, struct op_move *move, const char *why)
{
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    folders_with_projects(&choices);
    op_strv_copy(&values, &choices);
    ask(a, move, "folder", op_asprintf("%s. Which folder is the project in?", why), &choices, &values);
    return false;
}

/* For a person to paste. owned */
char *make_pasted(const char *folder)
{
    bool plain = strspn(folder, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == strlen(folder);
    return plain || strchr(folder, '\'') != NULL ? op_strdup(folder) : op_asprintf("'%s'", folder);
}

/* ---- drafts ---- */

/* One draft as a step; whether there is anything to do for it. */
bool make_draft(struct rules *r, struct op_move *move, const struct making *m, const struct op_draft *d, bool *ok,
                struct op_err *err)
{
    if (op_str_eq(d->was, d->text))
        return false;
    bool exists = d->was != NULL;
    bool hidden = strrchr(d->path, '/') == NULL && *d->path == '.';
    if (!exists || m->terminal) {
        *ok = *ok && add_write(r, move, m->folder, d, d->path, exists, err);
        if (*ok && exists && hidden) /* to keep one's own .dockerignore is no failure */
            move->steps[move->n - 1].optional = true;
        return true;
    }
    if (hidden) {
        make_after(r, "- %s exists and differs from what opsh would write; it stays as it is", d->path);
        return false;
    }
    OP_AUTO_FREE char *beside = op_asprintf("%s.new", d->path);
    OP_AUTO_FREE char *whole = op_asprintf("%s/%s", m->folder, beside);
    OP_AUTO_BUF there = OP_BUF_INIT;
    if (op_file_read(whole, OP_LINT_MAX, &there, NULL) && op_str_eq(op_buf_str(&there), d->text)) {
        make_after(r, "- %s exists and differs: the new one is beside it already, %s", d->path, beside);
        return false;
    }
    make_after(
        r, "- %s exists and differs: the new one is beside it, %s; at a terminal opsh shows the difference and asks",
        d->path, beside);
    *ok = *ok && add_write(r, move, m->folder, d, beside, false, err);
    return true;
}

void make_tell_notes(struct rules *r, const struct op_drafts *drafts)
{
    for (size_t i = 0; i < drafts->notes.n; i++)
        make_after(r, "- %s", drafts->notes.v[i]);
}

static bool drafts_of(const struct making *m, bool standalone, struct op_project *p, struct op_drafts *drafts,
                      struct op_err *err)
{
    const struct op_wish wish = { .base = m->base, .user = m->user, .port = m->port, .standalone = standalone };
    if (!op_project_read(m->folder, p, err))
        return false;
    if (op_project_dockerfile(p, &wish, drafts, err))
        return true;
    op_project_free(p);
    return false;
}

/* The files that are no offers. false: err. */
static bool dockerfile_steps(struct rules *r, struct op_move *move, const struct making *m, struct op_err *err)
{
    struct op_project p;
    struct op_drafts drafts;
    if (!drafts_of(m, false, &p, &drafts, err))
        return false;
    bool ok = true;
    const char *why = drafts.n != 0 && drafts.v[0].why != NULL ? drafts.v[0].why : op_project_kind_name(p.kind);
    make_after(r, "%s: %s.", m->folder, why);
    for (size_t i = 0; i < drafts.n; i++)
        if (!drafts.v[i].optional && (!m->ignore || strcmp(drafts.v[i].path, ".dockerignore") == 0))
            (void)make_draft(r, move, m, &drafts.v[i], &ok, err);
    bool same = true;
    for (size_t i = 0; i < drafts.n && !m->ignore; i++)
        same = same && (drafts.v[i].optional || op_str_eq(drafts.v[i].was, drafts.v[i].text));
    if (m->ignore && move->n == 0)
        make_after(r, "- .dockerignore is there already, as opsh would write it: nothing to do");
    else if (same && !m->ignore)
        make_after(r, "- Dockerfile and .dockerignore are there already, as opsh would write them: nothing to do");
    const struct op_fact *output = op_project_fact(&p, "output");
    if (m->standalone && !m->terminal && p.kind == OP_PROJECT_NEXTJS &&
        (output == NULL || !op_str_eq(output->value, "standalone")))
        make_after(r, "- standalone output was asked for: it changes the configuration of Next.js, which a person at a "
                      "terminal must agree to; "
                      "until then the Dockerfile fits the files as they are");
    make_tell_notes(r, &drafts);
    OP_AUTO_FREE char *folder = make_pasted(m->folder);
    if (!m->ignore)
        make_after(r, "- build it: docker build -t %s:1.0.0 %s", p.name, folder);
    op_drafts_free(&drafts);
    op_project_free(&p);
    return ok;
}

/* What a person at the terminal is offered first; how many steps. Nothing where nobody can be asked. */
static size_t offer_steps(struct rules *r, struct op_move *move, const struct making *m)
{
    struct op_project p;
    struct op_drafts drafts;
    struct op_err err = OP_ERR_INIT;
    size_t n = 0;
    bool ok = true;
    if (!m->terminal || !drafts_of(m, true, &p, &drafts, &err))
        return 0;
    for (size_t i = 0; i < drafts.n; i++)
        n += drafts.v[i].optional && make_draft(r, move, m, &drafts.v[i], &ok, &err);
    op_drafts_free(&drafts);
    op_project_free(&p);
    return n;
}

/* ---- makers: true: there are steps; false: *move is the whole answer ---- */

struct making making_of(const struct attempt *a, const struct wanted *w, const char *folder)
{
    return (struct making){ .folder = op_strdup(folder),
                            .base = op_strdup(w->base),
                            .user = op_strdup(w->user),
                            .port = w->port,
                            .terminal = a->scene->terminal && !a->scene->plan_only,
                            .standalone = w->standalone };
}

bool make_folder_missing(struct attempt *a, struct op_move *move, const char *folder)
{
    if (folder_exists(folder))
        return false;
    OP_AUTO_FREE char *why = op_asprintf("There is no folder %s", folder);
    (void)make_ask_folder(a, move, why);
    return true;
}

static bool make_dockerfile(struct attempt *a, struct op_move *move, const struct wanted *w)
{
    struct rules *r = a->r;
    for (size_t i = 0; i < w->folders.n; i++) {
        struct op_err err = OP_ERR_INIT;
        struct making m = making_of(a, w, w->folders.v[i]);
        if (make_folder_missing(a, move, m.folder)) {
            making_free(&m);
            return false;
        }
        m.ignore = op_str_eq(a->intent->make, "dockerignore");
        if (!m.ignore && w->folders.n == 1 && move->n == 0 && offer_steps(r, move, &m) != 0) {
            making_free(&r->making);
            r->making = m; /* goes on when the offer was answered */
            return true;
        }
        bool ok = dockerfile_steps(r, move, &m, &err);
        making_free(&m);
        if (!ok)
            return make_ask_folder(a, move, err.msg);
    }
    if (move->n != 0)
        return true;
    make_answer(move, op_steal(&r->after));
    return false;
}

static bool make_standalone(struct attempt *a, struct op_move *move, const struct wanted *w)
{
    struct op_project p;
    struct op_drafts drafts;
    struct op_err err = OP_ERR_INIT;
    struct making m = making_of(a, w, w->folders.v[0]);
    bool ok = true;
    if (make_folder_missing(a, move, m.folder)) {
        making_free(&m);
        return false;
    }
    if (!drafts_of(&m, true, &p, &drafts, &err)) {
        making_free(&m);
        return make_ask_folder(a, move, err.msg);
    }
    for (size_t i = 0; i < drafts.n; i++)
        if (drafts.v[i].optional) {
            drafts.v[i].optional = false; /* here it is what was asked for */
            ok = ok && add_write(a->r, move, m.folder, &drafts.v[i], drafts.v[i].path, drafts.v[i].was != NULL, &err);
        }
    if (move->n == 0 && p.kind != OP_PROJECT_NEXTJS)
        make_answer(move, op_asprintf("%s holds %s; standalone output is a setting of Next.js.", m.folder,
                                      op_project_kind_name(p.kind)));
    else if (move->n == 0)
        make_answer(move, op_asprintf("%s: standalone output is set there already, or its configuration is written in "
                                      "a way that opsh does not "
                                      "change by itself.",
                                      m.folder));
    op_drafts_free(&drafts);
    op_project_free(&p);
    making_free(&m);
    return ok && move->n != 0;
}

static const char *dockerfile_path(const struct wanted *w, char **owned)
{
    if (w->file != NULL)
        return w->file;
    *owned = op_str_eq(w->folders.v[0], ".") ? op_strdup("Dockerfile") : op_asprintf("%s/Dockerfile", w->folders.v[0]);
    return *owned;
}

static bool make_lint(struct attempt *a, struct op_move *move, const struct wanted *w)
{
    OP_AUTO_FREE char *owned = NULL;
    struct op_err err = OP_ERR_INIT;
    struct op_json *args = op_json_object();
    op_json_set_str(args, "file", dockerfile_path(w, &owned));
    return make_step(a->r, move, "lint_dockerfile", args, &err) != NULL || make_ask_folder(a, move, err.msg);
}

static bool make_remove(struct attempt *a, struct op_move *move, const struct wanted *w)
{
    struct op_err err = OP_ERR_INIT;
    const char *slash = w->file != NULL ? strrchr(w->file, '/') : NULL;
    struct op_json *args = op_json_object();
    op_json_set_str(args, "folder", w->folders.v[0]);
    op_json_set_str(args, "path", slash != NULL ? slash + 1 : w->file != NULL ? w->file : "Dockerfile");
    return make_step(a->r, move, "remove_file", args, &err) != NULL || make_ask_folder(a, move, err.msg);
}

/* What could be left out is told by the Dockerfile it was made from, first, for that needs no docker; what is in it by
 * its layers. */
static bool make_size(struct attempt *a, struct op_move *move, const struct wanted *w)
{
    OP_AUTO_FREE char *owned = NULL;
    struct op_err err = OP_ERR_INIT;
    const char *image = w->base != NULL ? w->base : slots_get(&a->clause->frame.slots, "image");
    image = image != NULL ? image : slots_get(&a->clause->frame.slots, "name");
    const char *file = dockerfile_path(w, &owned);
    bool ok = true;
    if (access(file, R_OK) == 0) {
        struct op_json *args = op_json_object();
        op_json_set_str(args, "file", file);
        ok = make_step(a->r, move, "lint_dockerfile", args, &err) != NULL;
    }
    struct op_json *list = op_json_object();
    op_json_set_str(list, "name", image);
    ok = ok && make_step(a->r, move, "docker_images", list, &err) != NULL;
    if (image != NULL) {
        struct op_json *args = op_json_object();
        op_json_set_str(args, "image", image);
        ok = ok && make_step(a->r, move, "docker_history", args, &err) != NULL;
    }
    return ok || make_ask_folder(a, move, err.msg);
}

static const struct {
    const char *name;
    bool (*make)(struct attempt *a, struct op_move *move, const struct wanted *w);
} makers[] = {
    { "dockerfile", make_dockerfile },
    { "standalone", make_standalone },
    { "dockerignore", make_dockerfile },
    { "chart", make_chart },
    { "lint", make_lint },
    { "remove", make_remove },
    { "image-size", make_size },
};

bool make_known(const char *name)
{
    for (size_t i = 0; i < OP_LEN(makers); i++)
        if (op_str_eq(makers[i].name, name))
            return true;
    return false;
}

bool make_steps(struct attempt *a, struct op_move *move)
{
    struct wanted w;
    bool steps = false;
    wanted_read(a, &w);
    if (w.folders.n == 0)
        op_strv_push(&w.folders, ".");
    for (size_t i = 0; i < OP_LEN(makers); i++)
        if (op_str_eq(makers[i].name, a->intent->make))
            steps = makers[i].make(a, move, &w);
    if (w.folders.n == 1)
        slots_set(&a->clause->frame.slots, "made_in", w.folders.v[0]);
    wanted_free(&w);
    if (steps && a->scene->plan_only && a->r->after != NULL)
        move->text = op_steal(&a->r->after);
    return steps;
}

/* ---- when the steps have run ---- */

bool make_next(struct rules *r, const struct op_observation *obs, size_t n, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    if (r->held.n != 0)
        return make_agreed(r, obs, n, move);
    if (r->making.folder == NULL)
        return false;
    bool going = true;
    for (size_t i = 0; i < n; i++)
        going = going && obs[i].outcome != OP_STOPPED &&
                (obs[i].step->optional || (obs[i].outcome == OP_RAN && obs[i].exit_code == 0));
    struct making m = r->making;
    r->making = (struct making){ 0 };
    *move = (struct op_move){ .kind = OP_MOVE_STEPS };
    bool ok = going && dockerfile_steps(r, move, &m, &err);
    making_free(&m);
    if (going && !ok)
        make_answer(move, op_strdup(err.msg));
    else if (going && move->n == 0)
        make_answer(move, op_steal(&r->after));
    return going;
}

void making_free(struct making *m)
{
    free(m->folder);
    free(m->base);
    free(m->user);
    *m = (struct making){ 0 };
}
