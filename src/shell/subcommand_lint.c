/* opsh lint: a Dockerfile judged where it lies, with no cluster, key or terminal. Owns which file is meant and its exit
 * status; changes nothing. */
#include "subcommand.h"

#include "opsh/base/diff.h"
#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/project/lint.h"

#include <errno.h>
#include <sys/stat.h>

enum { IGNORE_LINES = 1000 };

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool holds(const char *folder, const char *name)
{
    OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* "opsh lint", "opsh lint ./Dockerfile", "opsh lint backend" where that is a folder; not "opsh lint my deployment
 * please" and not "opsh lint charts/web", which is a request for helm. */
bool op_sub_lint_meant(int argc, char *const *argv)
{
    static const char *const options[] = { "--format", "--no-fail", "--strict", "--rules" };
    for (size_t i = 0; i < OP_LEN(options); i++)
        if (op_sub_has(argc, argv, options[i]))
            return true;
    if (argc != 3)
        return argc == 2;
    const char *word = argv[2];
    if (is_folder(word))
        return holds(word, "Dockerfile") || holds(word, "Containerfile") || !holds(word, "Chart.yaml");
    if (strcmp(word, "-") == 0 || op_lint_is_dockerfile(word))
        return true;
    return access(word, F_OK) == 0 && !op_str_ends(word, ".yaml") && !op_str_ends(word, ".yml") &&
           !op_str_ends(word, ".tgz");
}

/* The patterns that docker build would read: NAME.dockerignore, else .dockerignore beside the file. */
static bool ignored(const char *file, struct op_strv *lines, struct op_err *err)
{
    const char *slash = strrchr(file, '/');
    OP_AUTO_FREE char *own = op_asprintf("%s.dockerignore", file);
    OP_AUTO_FREE char *usual = op_asprintf("%.*s.dockerignore", slash != NULL ? (int)(slash - file + 1) : 0, file);
    const char *const names[] = { own, usual };
    for (size_t i = 0; i < OP_LEN(names); i++) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        OP_AUTO_STRV all = OP_STRV_INIT;
        struct op_err why = OP_ERR_INIT;
        if (!op_file_read(names[i], OP_LINT_MAX, &text, &why)) {
            if (why.sys == ENOENT)
                continue;
            *err = why;
            return false;
        }
        op_strv_push(lines, ""); /* it is there, even when it is empty */
        op_diff_split(op_buf_str(&text), &all);
        for (size_t n = 0; n < all.n && n < IGNORE_LINES; n++)
            op_strv_push(lines, all.v[n]);
        return true;
    }
    return true;
}

/* The file that is meant: owned. */
static char *meant_file(const char *word)
{
    OP_AUTO_FREE char *path = op_strdup(word != NULL ? word : ".");
    if (!is_folder(path))
        return op_steal(&path);
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        path[--n] = '\0';
    static const char *const names[] = { "Dockerfile", "Containerfile" };
    for (size_t i = OP_LEN(names); i-- != 0;) {
        char *file = strcmp(path, ".") == 0 ? op_strdup(names[i]) : op_asprintf("%s/%s", path, names[i]);
        if (i == 0 || access(file, F_OK) == 0)
            return file;
        free(file);
    }
    return op_steal(&path);
}

static bool write_json(struct op_json *takes, struct op_buf *out)
{
    OP_AUTO_FREE char *text = op_json_print(takes, true);
    op_json_free(takes);
    op_buf_addf(out, "%s\n", text);
    return true;
}

/* worst: findings below it do not fail. */
static enum op_code show(const struct op_lint_report *r, const char *file, const char *format, const char *version,
                         enum op_lint_level worst)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    if (op_str_eq(format, "json"))
        write_json(op_lint_json(r, file), &out);
    else if (op_str_eq(format, "sarif"))
        write_json(op_lint_sarif(r, file, version), &out);
    else
        op_lint_text(r, file, &out);
    if (!op_fd_write_all(STDOUT_FILENO, op_buf_str(&out), out.len))
        return OP_IO;
    for (size_t i = 0; i < r->n; i++)
        if (r->v[i].level >= worst)
            return OP_TOOL;
    return OP_OK;
}

enum op_code op_sub_lint(int argc, char *const *argv, const char *version, struct op_err *err)
{
    const char *format = NULL, *word = NULL;
    bool no_fail = false, strict = false, rules = false;
    size_t n = 0;
    const struct op_sub_option options[] = { { .name = "--format", .value = &format },
                                             { .name = "--no-fail", .flag = &no_fail },
                                             { .name = "--strict", .flag = &strict },
                                             { .name = "--rules", .flag = &rules },
                                             { .name = NULL } };
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_AUTO_STRV patterns = OP_STRV_INIT;
    if (!op_sub_parse(argc, argv, options, &word, 1, &n, err))
        return err->code;
    if (format != NULL && !op_str_eq(format, "text") && !op_str_eq(format, "json") && !op_str_eq(format, "sarif")) {
        (void)op_fail(err, OP_USAGE, 0, "--format is text, json or sarif, not \"%.40s\"", format);
        return err->code;
    }
    if (rules) {
        op_lint_list(&text);
        return op_fd_write_all(STDOUT_FILENO, op_buf_str(&text), text.len) ? OP_OK : OP_IO;
    }
    bool in = n != 0 && strcmp(word, "-") == 0;
    OP_AUTO_FREE char *file = in ? op_strdup("-") : meant_file(n != 0 ? word : NULL);
    if (in ? !op_fd_read_all(STDIN_FILENO, OP_LINT_MAX, &text, err)
           : !op_file_read(file, OP_LINT_MAX, &text, err) || !ignored(file, &patterns, err))
        return err->code;
    struct op_lint_report report;
    struct op_lint_context context = { .ignored = patterns.n != 0 ? &patterns : NULL };
    op_lint(op_buf_str(&text), text.len, in ? NULL : &context, &report);
    enum op_code code =
        show(&report, in ? "Dockerfile" : file, format, version, strict ? OP_LINT_INFO : OP_LINT_WARNING);
    op_lint_report_free(&report);
    return no_fail && code == OP_TOOL ? OP_OK : code;
}
