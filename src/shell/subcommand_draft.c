/* opsh draft dockerfile|chart FOLDER: what opsh would write for a source folder, and what it found there. Writes
 * nothing. */
#include "subcommand.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/path.h"
#include "opsh/project/project.h"

bool op_sub_draft_meant(int argc, char *const *argv)
{
    static const char *const options[] = { "--standalone", "--base", "--user",    "--port",
                                           "--name",       "--host", "--replicas" };
    bool known = argc > 3 && (op_str_eq(argv[2], "dockerfile") || op_str_eq(argv[2], "chart")), option = argc == 4;
    for (size_t i = 0; i < OP_LEN(options); i++)
        option = option || op_sub_has(argc, argv, options[i]);
    return known && option;
}

static void say_facts(const struct op_project *p, struct op_buf *out)
{
    op_buf_addf(out, "# %s: %s\n", p->folder, op_project_kind_name(p->kind));
    for (size_t i = 0; i < p->n; i++) {
        const struct op_fact *f = &p->facts[i];
        op_buf_addf(out, "#   %s: %s", f->name, f->value);
        if (f->file != NULL && f->line > 0)
            op_buf_addf(out, " (%s:%d)", f->file, f->line);
        else if (f->file != NULL)
            op_buf_addf(out, " (%s)", f->file);
        op_buf_addc(out, '\n');
    }
}

static void say_drafts(const struct op_drafts *d, struct op_buf *out)
{
    for (size_t i = 0; i < d->notes.n; i++)
        op_buf_addf(out, "# note: %s\n", d->notes.v[i]);
    for (size_t i = 0; i < d->n; i++) {
        const char *state = d->v[i].was == NULL                    ? "new"
                            : op_str_eq(d->v[i].was, d->v[i].text) ? "as it is there already"
                                                                   : "differs from what is there";
        op_buf_addf(out, "\n# ---- %s (%s) ----\n%s", d->v[i].path, state, d->v[i].text);
    }
}

/* What was asked for, as options. */
struct asked {
    const char *what, *folder, *port, *replicas;
    struct op_wish image;
    struct op_chart_wish chart;
};

static bool parse(int argc, char *const *argv, struct asked *a, struct op_err *err)
{
    const char *words[2] = { NULL, NULL };
    int64_t port = 0, replicas = 0;
    size_t n = 0;
    bool chart = argc > 1 && op_str_eq(argv[1], "chart");
    const struct op_sub_option options[] = {
        { .name = "--standalone", .flag = &a->image.standalone },
        { .name = "--base", .value = &a->image.base },
        { .name = "--user", .value = &a->image.user },
        { .name = "--port", .value = &a->port },
        { .name = NULL },
    };
    const struct op_sub_option charting[] = {
        { .name = "--name", .value = &a->chart.name },
        { .name = "--host", .value = &a->chart.host },
        { .name = "--replicas", .value = &a->replicas },
        { .name = NULL },
    };
    if (!op_sub_parse(argc, argv, chart ? charting : options, words, OP_LEN(words), &n, err))
        return false;
    if (n != 2 || (a->port != NULL && !op_str_int(a->port, 1, 65535, &port)) ||
        (a->replicas != NULL && !op_str_int(a->replicas, 1, 100, &replicas)))
        return op_fail(err, OP_USAGE, 0,
                       n != 2            ? "draft needs a folder"
                       : a->port != NULL ? "--port is a number from 1 to 65535"
                                         : "--replicas is a number from 1 to 100");
    a->what = words[0];
    a->folder = words[1];
    a->image.port = (int)port;
    a->chart.replicas = (int)replicas;
    return true;
}

enum op_code op_sub_draft(int argc, char *const *argv, const char *version, struct op_err *err)
{
    struct asked a = { .what = NULL };
    struct op_project p;
    struct op_drafts drafts;
    OP_AUTO_BUF out = OP_BUF_INIT, clean = OP_BUF_INIT;
    (void)version;
    if (!parse(argc, argv, &a, err) || !op_project_read(a.folder, &p, err))
        return err->code;
    bool ok = op_str_eq(a.what, "chart") ? op_project_chart(&p, &a.chart, &drafts, err)
                                         : op_project_dockerfile(&p, &a.image, &drafts, err);
    if (ok) {
        say_facts(&p, &out);
        say_drafts(&drafts, &out);
        op_drafts_free(&drafts);
        op_text_clean(&clean, op_buf_str(&out), out.len);
        ok = op_fd_write_all(STDOUT_FILENO, op_buf_str(&clean), clean.len);
    }
    op_project_free(&p);
    return ok ? OP_OK : err->code != OP_OK ? err->code : OP_IO;
}
