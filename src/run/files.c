/* Files as steps: which file a command line is about, what it would change, and whether it came true. Reads only what
 * is beneath the folder that the command line names. */
#include "files.h"

#include "opsh/base/diff.h"
#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/gate/explain.h"
#include "opsh/os/beneath.h"
#include "opsh/project/lint.h"

#include <errno.h>

enum { MOST_FINDINGS = 6, BRIEF_CONTEXT = 2, FULL_CONTEXT = 100000 };

bool op_file_step_of(const struct op_catalog *cat, const struct op_step *step, const struct op_verdict *v,
                     struct op_file_step *f)
{
    OP_AUTO_STRV objects = OP_STRV_INIT;
    *f = (struct op_file_step){ .writes = op_str_eq(v->verb, "write") };
    if (step->argv.n == 0 || !op_str_eq(step->argv.v[0], "opsh") || !(f->writes || op_str_eq(v->verb, "remove")) ||
        !v->known)
        return false;
    (void)op_gate_named(cat, &step->argv, &objects);
    f->folder = op_gate_flag(cat, &step->argv, "in");
    if (objects.n == 1 && op_str_starts(objects.v[0], "file/"))
        f->path = op_strdup(objects.v[0] + strlen("file/"));
    if (!op_str_empty(f->folder) && f->path != NULL)
        return true;
    op_file_step_free(f);
    return false;
}

void op_file_step_free(struct op_file_step *f)
{
    op_free_ptr(&f->folder);
    op_free_ptr(&f->path);
}

static bool read_now(const char *folder, const char *path, struct op_buf *text, bool *there, struct op_err *err)
{
    *there = op_beneath_read(folder, path, text, NULL, err);
    return *there || err->sys == ENOENT;
}

char *op_file_mark(const char *folder, const char *path, bool *known)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    bool there = false;
    *known = read_now(folder, path, &text, &there, &err);
    return there ? op_beneath_mark(op_buf_str(&text), text.len) : NULL;
}

/* ---- preview ---- */

static void both(struct op_preview *out, const char *line)
{
    op_strv_push(&out->brief, line);
    op_strv_push(&out->full, line);
}

/* What a terminal would obey is not in a line that is shown, and that is said; nor are bytes that are no text. */
static bool lines_of(const struct op_buf *text, struct op_strv *lines, bool *hidden)
{
    OP_AUTO_BUF clean = OP_BUF_INIT;
    if (memchr(op_buf_str(text), '\0', text->len) != NULL || !op_utf8_valid(op_buf_str(text), text->len))
        return false;
    op_text_clean(&clean, op_buf_str(text), text->len);
    *hidden = *hidden || clean.len != text->len;
    op_diff_split(op_buf_str(&clean), lines);
    return true;
}

/* A new file stands above the question already, as it was given. */
static void tell_diff(const struct op_buf *before, const struct op_buf *after, bool new, struct op_preview *out)
{
    OP_AUTO_STRV was = OP_STRV_INIT, will = OP_STRV_INIT;
    struct op_diff few, many;
    bool hidden = false;
    if (!lines_of(before, &was, &hidden) || !lines_of(after, &will, &hidden)) {
        both(out, "!it holds bytes that are no text; they are not shown");
        out->changes++;
        return;
    }
    op_diff_lines(&was, &will, BRIEF_CONTEXT, &few);
    op_diff_lines(&was, &will, FULL_CONTEXT, &many);
    if (hidden)
        both(out, "!it holds control characters, which are not shown here");
    if (!new)
        op_strv_copy(&out->brief, &few.lines);
    op_strv_copy(&out->full, &many.lines);
    if (few.cut)
        both(out, "!only the first 2000 lines were compared");
    out->changes += few.added + few.removed;
    op_diff_free(&few);
    op_diff_free(&many);
}

/* Whoever wrote it, the linter judges it. A .dockerignore that is not there yet may come with the next step. */
static void tell_lint(const struct op_file_step *f, const struct op_buf *text, struct op_preview *out)
{
    OP_AUTO_BUF patterns = OP_BUF_INIT;
    OP_AUTO_STRV ignored = OP_STRV_INIT;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    struct op_lint_report report;
    const char *slash = strrchr(f->path, '/');
    OP_AUTO_FREE char *beside =
        op_asprintf("%.*s.dockerignore", slash != NULL ? (int)(slash - f->path + 1) : 0, f->path);
    struct op_err absent = OP_ERR_INIT;
    if (op_beneath_read(f->folder, beside, &patterns, NULL, &absent))
        op_diff_split(op_buf_str(&patterns), &ignored);
    struct op_lint_context context = { .ignored = &ignored };
    op_lint(op_buf_str(text), text->len, ignored.n != 0 ? &context : NULL, &report);
    op_lint_brief(&report, MOST_FINDINGS, false, &lines);
    op_lint_report_free(&report);
    for (size_t i = 0; i < lines.n; i++) {
        OP_AUTO_FREE char *line = op_asprintf("!%s", lines.v[i]);
        both(out, line);
    }
}

void op_file_preview(const struct op_file_step *f, const struct op_step *step, struct op_preview *out)
{
    OP_AUTO_BUF now = OP_BUF_INIT, then = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    bool there = false, known = read_now(f->folder, f->path, &now, &there, &err);
    op_preview_free(out);
    out->done = true;
    if (!known) {
        OP_AUTO_FREE char *line = op_asprintf("!%s", err.msg);
        both(out, line);
        return;
    }
    if (f->writes && step->input != NULL)
        op_buf_adds(&then, step->input);
    if (!f->writes && !there) {
        both(out, "=it is not there");
        return;
    }
    OP_AUTO_FREE char *head = op_asprintf("#%s%s", f->path, !there ? " (new)" : f->writes ? "" : " (goes away)");
    both(out, head);
    tell_diff(&now, &then, !there, out);
    if (out->changes == 0 && there && f->writes)
        both(out, "=nothing differs: the file is so already");
    else if (f->writes && op_lint_is_dockerfile(f->path))
        tell_lint(f, &then, out);
}

/* ---- proof ---- */

void op_file_prove(const struct op_file_step *f, const struct op_step *step, struct op_proof *proof)
{
    OP_AUTO_BUF now = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    const char *wanted = step->input != NULL ? step->input : "";
    bool there = false, known = read_now(f->folder, f->path, &now, &there, &err);
    proof->pending = true;
    if (f->writes)
        proof->holds = there && now.len == strlen(wanted) && memcmp(op_buf_str(&now), wanted, now.len) == 0;
    else
        proof->holds = known && !there;
    if (!known)
        proof->text = op_asprintf("it could not be read again: %s", err.msg);
    else if (f->writes)
        proof->text =
            op_asprintf(proof->holds ? "%s holds exactly that" : "%s does not hold what was to be written", f->path);
    else
        proof->text = op_asprintf(proof->holds ? "%s is gone" : "%s is still there", f->path);
}
