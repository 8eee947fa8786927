/* Owns looking through sources for what a container needs to know: variables, the port, the path of a health check.
 * Refuses to parse languages: it looks for the few ways in which everybody writes these. */
#include "detect.h"

#include "opsh/base/buf.h"
#include "opsh/base/mem.h"
#include "opsh/base/str.h"

static bool ends_with_one(const char *path, const char *endings)
{
    for (const char *at = endings; *at != '\0';) {
        size_t n = strcspn(at, "|");
        OP_AUTO_FREE char *ending = op_strndup(at, n);
        if (op_str_ends(path, ending))
            return true;
        at += n + (at[n] == '|');
    }
    return false;
}

/* "tests/…", "x_test.go", "test_x.py", "x.test.ts", "x.spec.js": what a test sets and listens on is not the program's.
 */
static bool is_test(const char *path)
{
    static const char *const inside[] = { "_test.", ".test.",     ".spec.",     "/test_", "/tests/",
                                          "/test/", "__tests__/", "__mocks__/", "/e2e/" };
    OP_AUTO_FREE char *from_root = op_asprintf("/%s", path);
    for (size_t i = 0; i < OP_LEN(inside); i++)
        if (strstr(from_root, inside[i]) != NULL)
            return true;
    return op_str_ends(path, "conftest.py");
}

void op_scan(struct op_tree *t, struct op_project *p, const char *endings, op_scan_file look, void *ctx)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    size_t read = 0;
    for (size_t i = 0; i < t->files.n && read < OP_SCAN_FILES; i++) {
        const char *path = t->files.v[i];
        if (!ends_with_one(path, endings) || is_test(path) || !op_tree_read(t, path, &text))
            continue;
        read++;
        if (look(ctx, p, path, op_buf_str(&text)))
            return;
    }
}

int op_scan_port(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 5)
        return 0;
    OP_AUTO_FREE char *number = op_strndup(text, n);
    int64_t port;
    return op_str_int(number, 1, 65535, &port) ? (int)port : 0;
}

/* Variables that the platform or the language sets: not the program's settings. */
static bool is_setting(const char *name)
{
    static const char *const others[] = { "NODE_ENV", "PORT", "HOST", "HOSTNAME",   "PATH",
                                          "HOME",     "PWD",  "USER", "TMPDIR",     "NEXT_RUNTIME",
                                          "CI",       "MODE", "DEV",  "PROD",       "SSR",
                                          "BASE_URL", "TZ",   "LANG", "PYTHONPATH", "GOPATH" };
    if (OP_IN(name, others))
        return false;
    return op_fact_env_ok(name) && strlen(name) > 1 && name[strcspn(name, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

/* Written into the pages by the build, as their tools document. */
static bool is_public(const char *name)
{
    return op_str_starts(name, "NEXT_PUBLIC_") || op_str_starts(name, "VITE_") || op_str_starts(name, "REACT_APP_");
}

static void scan_env(struct op_project *p, const char *word, const char *path, const char *text)
{
    for (const char *at = text; (at = strstr(at, word)) != NULL;) {
        at += strlen(word);
        OP_AUTO_FREE char *name =
            op_strndup(at, strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"));
        if (is_setting(name))
            (void)op_fact_add(p, is_public(name) ? "public-env" : "env", name, path,
                              op_tree_line(text, (size_t)(at - text)));
    }
}

static void scan_port(struct op_project *p, const char *word, const char *path, const char *text)
{
    for (const char *at = text; (at = strstr(at, word)) != NULL;) {
        at += strlen(word);
        int port = op_scan_port(at + strspn(at, " "));
        char number[8];
        (void)snprintf(number, sizeof(number), "%d", port);
        if (port != 0 && op_fact_once(p, "port", number, path, op_tree_line(text, (size_t)(at - text))))
            return;
    }
}

static void scan_route(struct op_project *p, const char *word, const char *path, const char *text)
{
    static const char *const health[] = { "/health", "/healthz",    "/livez",           "/ready",
                                          "/readyz", "/api/health", "/actuator/health", "/ping" };
    for (const char *at = text; (at = strstr(at, word)) != NULL;) {
        at += strlen(word);
        OP_AUTO_FREE char *route = op_strndup(at, strcspn(at, "\"'`,) \n"));
        for (size_t i = 0; i < OP_LEN(health); i++)
            if (op_str_eq(route, health[i]) &&
                op_fact_once(p, "health", route, path, op_tree_line(text, (size_t)(at - text))))
                return;
    }
}

void op_scan_text(struct op_project *p, const struct op_scan_words *words, const char *path, const char *text)
{
    for (size_t i = 0; words->env != NULL && words->env[i] != NULL; i++)
        scan_env(p, words->env[i], path, text);
    for (size_t i = 0; words->listen != NULL && words->listen[i] != NULL; i++)
        scan_port(p, words->listen[i], path, text);
    for (size_t i = 0; words->route != NULL && words->route[i] != NULL; i++)
        scan_route(p, words->route[i], path, text);
}
