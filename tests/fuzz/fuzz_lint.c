/* A Dockerfile never crashes the linter nor keeps it busy; what it says is clean, valid UTF-8 in one line, in order, and at a
 * line that there is. The same bytes serve as a .dockerignore too. */
#include "fuzz.h"

#include "opsh/base/diff.h"
#include "opsh/base/text.h"
#include "opsh/project/lint.h"

static void line_is_clean(const char *s)
{
    if (s == NULL || !op_utf8_valid(s, strlen(s)))
        abort();
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            abort();
}

static void judge(const char *text, size_t n, const struct op_lint_context *context)
{
    struct op_lint_report r;
    size_t lines = 1;
    for (size_t i = 0; i < n; i++)
        lines += text[i] == '\n';
    op_lint(text, n, context, &r);
    for (size_t i = 0; i < r.n; i++) {
        line_is_clean(r.v[i].message);
        line_is_clean(r.v[i].advice);
        if (r.v[i].line == 0 || r.v[i].line > lines || (i != 0 && r.v[i].line < r.v[i - 1].line))
            abort();
    }
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_lint_text(&r, "f", &out);
    if (context != NULL) { /* once is enough */
        op_lint_report_free(&r);
        return;
    }
    OP_AUTO_JSON *sarif = op_lint_sarif(&r, "f", "0");
    OP_AUTO_FREE char *printed = op_json_print(sarif, false);
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_JSON *again = op_json_parse(printed, strlen(printed), OP_JSON_UNIQUE, &err);
    if (again == NULL)
        abort();
    op_lint_report_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    OP_AUTO_FREE char *copy = op_strndup(text, size);
    OP_AUTO_STRV lines = OP_STRV_INIT;
    op_diff_split(copy, &lines);
    judge(text, size, NULL);
    judge(text, size, &(struct op_lint_context){ .ignored = lines.n != 0 ? &lines : NULL });
    return 0;
}
