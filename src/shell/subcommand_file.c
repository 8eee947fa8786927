/* opsh write, remove and read: files beneath a folder that a person named (os/beneath.h). Owns what is said about them;
 * refuses to overwrite without --replace and to remove what is not as it was expected to be. */
#include "subcommand.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/beneath.h"
#include "opsh/os/path.h"
#include "opsh/project/lint.h"

#include <errno.h>

bool op_sub_file_meant(int argc, char *const *argv)
{
    return op_sub_has(argc, argv, "--in");
}

struct place {
    const char *folder, *path, *expect;
    bool replace;
};

static bool parse(int argc, char *const *argv, struct place *p, struct op_err *err)
{
    bool writes = op_str_eq(argv[0], "write"), removes = op_str_eq(argv[0], "remove");
    const struct op_sub_option options[] = {
        { .name = "--in", .value = &p->folder },
        { .name = writes ? "--replace" : NULL, .flag = &p->replace },
        { .name = NULL },
    };
    const struct op_sub_option removing[] = {
        { .name = "--in", .value = &p->folder },
        { .name = "--expect", .value = &p->expect },
        { .name = NULL },
    };
    size_t n = 0;
    if (!op_sub_parse(argc, argv, removes ? removing : options, &p->path, 1, &n, err))
        return false;
    if (p->folder == NULL || n == 0)
        return op_fail(err, OP_USAGE, 0, "%s needs --in FOLDER and a PATH beneath it", argv[0]);
    return op_beneath_check(p->path, err);
}

static size_t lines_of(const struct op_buf *text)
{
    size_t n = text->len != 0 && text->data[text->len - 1] != '\n';
    for (size_t i = 0; i < text->len; i++)
        n += text->data[i] == '\n';
    return n;
}

/* What stands there now; *there false: nothing does. */
static bool present(const struct place *p, struct op_buf *text, bool *there, struct op_err *err)
{
    struct op_err why = OP_ERR_INIT;
    *there = op_beneath_read(p->folder, p->path, text, NULL, &why);
    if (*there || (why.sys == ENOENT && access(p->folder, F_OK) == 0))
        return true;
    *err = why;
    return false;
}

/* What the linter finds in a Dockerfile that was written: whoever planned it, a model too, reads it in the output. */
static void tell_lint(const char *path, const struct op_buf *text)
{
    enum { MOST_FINDINGS = 6 };
    OP_AUTO_STRV lines = OP_STRV_INIT;
    struct op_lint_report report;
    if (!op_lint_is_dockerfile(path))
        return;
    op_lint(op_buf_str(text), text->len, NULL, &report);
    op_lint_brief(&report, MOST_FINDINGS, true, &lines);
    op_lint_report_free(&report);
    for (size_t i = 0; i < lines.n; i++)
        op_sub_say("%s", lines.v[i]);
}

enum op_code op_sub_write(int argc, char *const *argv, const char *version, struct op_err *err)
{
    struct place p = { 0 };
    OP_AUTO_BUF text = OP_BUF_INIT, now = OP_BUF_INIT;
    bool there = false;
    (void)version;
    if (!parse(argc, argv, &p, err))
        return err->code;
    if (!op_fd_read_all(STDIN_FILENO, OP_BENEATH_MAX, &text, err)) {
        (void)op_fail_ctx(err, "standard input");
        return err->code;
    }
    if (!present(&p, &now, &there, err))
        return err->code;
    if (there && now.len == text.len && memcmp(op_buf_str(&now), op_buf_str(&text), text.len) == 0) {
        op_sub_say("%s in %s is so already: unchanged", p.path, p.folder);
        return OP_OK;
    }
    if (!op_beneath_write(p.folder, p.path, op_buf_str(&text), text.len, p.replace, err)) {
        if (err->sys == EEXIST)
            (void)op_fail(err, OP_REFUSED, 0, "%.200s exists in %.200s and differs; only --replace overwrites it",
                          p.path, p.folder);
        return err->code;
    }
    size_t n = lines_of(&text);
    op_sub_say("%s %s in %s (%zu line%s)", there ? "replaced" : "wrote", p.path, p.folder, n, n == 1 ? "" : "s");
    tell_lint(p.path, &text);
    return OP_OK;
}

enum op_code op_sub_remove(int argc, char *const *argv, const char *version, struct op_err *err)
{
    struct place p = { 0 };
    OP_AUTO_BUF now = OP_BUF_INIT;
    (void)version;
    if (!parse(argc, argv, &p, err))
        return err->code;
    if (!op_beneath_read(p.folder, p.path, &now, NULL, err) && (p.expect != NULL || err->code != OP_LIMIT))
        return err->code;
    *err = (struct op_err)OP_ERR_INIT; /* too large to be read is no reason to keep it */
    OP_AUTO_FREE char *mark = op_beneath_mark(op_buf_str(&now), now.len);
    if (p.expect != NULL && !op_str_eq(p.expect, mark)) {
        (void)op_fail(err, OP_REFUSED, 0, "%.200s was changed since it was written; it stays", p.path);
        return err->code;
    }
    if (!op_beneath_remove(p.folder, p.path, err))
        return err->code;
    op_sub_say("removed %s from %s", p.path, p.folder);
    return OP_OK;
}

enum op_code op_sub_read(int argc, char *const *argv, const char *version, struct op_err *err)
{
    struct place p = { 0 };
    OP_AUTO_BUF text = OP_BUF_INIT, clean = OP_BUF_INIT;
    (void)version;
    if (!parse(argc, argv, &p, err) || !op_beneath_read(p.folder, p.path, &text, NULL, err))
        return err->code;
    op_text_clean(&clean, op_buf_str(&text), text.len);
    bool ok = op_fd_write_all(STDOUT_FILENO, op_buf_str(&clean), clean.len);
    return ok ? OP_OK : OP_IO;
}
