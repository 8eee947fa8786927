/* opsh draft dockerfile FOLDER: what opsh would write for a source folder, and what it found there. Writes nothing. */
#include "subcommand.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/path.h"
#include "opsh/project/project.h"

bool op_sub_draft_meant(int argc, char *const *argv)
{
    return argc > 3 && op_str_eq(argv[2], "dockerfile") && (argc == 4 || op_sub_has(argc, argv, "--standalone") || op_sub_has(argc, argv, "--base") ||
                                                            op_sub_has(argc, argv, "--user") || op_sub_has(argc, argv, "--port"));
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
        const char *state = d->v[i].was == NULL                      ? "new"
                            : op_str_eq(d->v[i].was, d->v[i].text) ? "as it is there already"
                                                                     : "differs from what is there";
        op_buf_addf(out, "\n# ---- %s (%s) ----\n%s", d->v[i].path, state, d->v[i].text);
    }
}

enum op_code op_sub_draft(int argc, char *const *argv, const char *version, struct op_err *err)
{
    const char *words[2] = { NULL, NULL }, *port = NULL;
    struct op_wish wish = { 0 };
    int64_t number = 0;
    size_t n = 0;
    const struct op_sub_option options[] = {
        { .name = "--standalone", .flag = &wish.standalone }, { .name = "--base", .value = &wish.base }, { .name = "--user", .value = &wish.user },
        { .name = "--port", .value = &port },                 { .name = NULL },
    };
    (void)version;
    if (!op_sub_parse(argc, argv, options, words, OP_LEN(words), &n, err))
        return err->code;
    if (n != 2 || (port != NULL && !op_str_int(port, 1, 65535, &number))) {
        (void)op_fail(err, OP_USAGE, 0, n != 2 ? "draft needs a folder" : "--port is a number from 1 to 65535");
        return err->code;
    }
    wish.port = (int)number;
    struct op_project p;
    struct op_drafts drafts;
    OP_AUTO_BUF out = OP_BUF_INIT, clean = OP_BUF_INIT;
    if (!op_project_read(words[1], &p, err))
        return err->code;
    bool ok = op_project_dockerfile(&p, &wish, &drafts, err);
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
