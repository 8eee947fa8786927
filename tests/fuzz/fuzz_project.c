/* A folder of any content is read without a crash or a wait, and whatever it says, the Dockerfile drafted for it has no
 * finding of the linter: nothing foreign became an instruction. Input: lines "== NAME" begin a file of that name. */
#include "fuzz.h"

#include "opsh/base/diff.h"
#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/project/lint.h"
#include "opsh/project/project.h"

#include <sys/stat.h>

static const char *const names[] = { "package.json",
                                     "package-lock.json",
                                     "yarn.lock",
                                     "next.config.js",
                                     ".npmrc",
                                     ".nvmrc",
                                     "server.js",
                                     "pyproject.toml",
                                     "uv.lock",
                                     "requirements.txt",
                                     "main.py",
                                     "go.mod",
                                     "main.go",
                                     "Cargo.toml",
                                     "rust-toolchain.toml",
                                     "pom.xml",
                                     "build.gradle",
                                     "settings.gradle",
                                     "CMakeLists.txt",
                                     "main.c",
                                     "index.html",
                                     "nginx.conf" };

static char folder[64];

static void clear_folder(void)
{
    for (size_t i = 0; i < OP_LEN(names); i++) {
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, names[i]);
        (void)unlink(path);
    }
}

static void remove_folder(void)
{
    clear_folder();
    (void)rmdir(folder);
}

static void put(const char *name, const char *text, size_t n)
{
    for (size_t i = 0; i < OP_LEN(names); i++)
        if (op_str_eq(names[i], name)) {
            OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, name);
            FILE *f = fopen(path, "wb");
            if (f == NULL || fwrite(text, 1, n, f) != n || fclose(f) != 0)
                abort();
        }
}

static void fill_folder(const char *text)
{
    OP_AUTO_FREE char *name = op_strdup("package.json");
    for (const char *at = text; *at != '\0';) {
        const char *next = op_str_starts(at, "== ") ? at : strstr(at, "\n== ");
        size_t n = next != NULL ? (size_t)(next - at) : strlen(at);
        if (n != 0)
            put(name, at, n);
        at += n;
        at += *at == '\n' && next != NULL;
        if (op_str_starts(at, "== ")) {
            free(name);
            name = op_strndup(at + 3, strcspn(at + 3, "\n"));
            at += strcspn(at, "\n");
            at += *at == '\n';
        }
    }
}

static void judge(const struct op_project *p, const struct op_wish *wish)
{
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    if (!op_project_dockerfile(p, wish, &d, &err)) {
        if (p->kind != OP_PROJECT_UNKNOWN)
            abort();
        return;
    }
    for (size_t i = 0; i < d.n; i++) {
        struct op_lint_report r;
        if (!op_str_eq(d.v[i].path, "Dockerfile"))
            continue;
        op_lint(d.v[i].text, strlen(d.v[i].text), NULL, &r);
        if (r.n != 0) {
            (void)fprintf(stderr, "%zu: %s %s\n%s", r.v[0].line, r.v[0].rule, r.v[0].message, d.v[i].text);
            abort();
        }
        op_lint_report_free(&r);
    }
    op_drafts_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op_project p;
    struct op_err err = OP_ERR_INIT;
    if (*folder == '\0') {
        (void)snprintf(folder, sizeof(folder), "/tmp/opsh-fuzz-XXXXXX");
        if (mkdtemp(folder) == NULL)
            abort();
        (void)atexit(remove_folder);
    }
    clear_folder();
    OP_AUTO_FREE char *text = op_strndup((const char *)data, size);
    fill_folder(text);
    if (!op_project_read(folder, &p, &err))
        abort();
    judge(&p, NULL);
    judge(&p, &(struct op_wish){ .standalone = true, .port = 9999 });
    op_project_free(&p);
    return 0;
}
