/* Owns what go.mod and the sources say: the version, which folder holds package main, where it listens. */
#include "detect.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

static const char *const c_modules[] = { "github.com/mattn/go-sqlite3", "github.com/confluentinc/confluent-kafka-go" };
static const char *const servers[] = { "github.com/gin-gonic/gin", "github.com/labstack/echo",
                                       "github.com/gofiber/fiber", "github.com/go-chi/chi",
                                       "github.com/gorilla/mux",   "google.golang.org/grpc" };

static void go_mod(struct op_project *p, const char *text)
{
    int line = 1;
    for (const char *at = text; *at != '\0'; line++) {
        OP_AUTO_FREE char *words = op_strndup(at, strcspn(at, "\r\n"));
        const char *first = words + strspn(words, " \t");
        if (op_str_starts(first, "module ")) {
            OP_AUTO_FREE char *module = op_strndup(
                first + 7, strcspn(first + 7, " \t/") + strcspn(first + 7 + strcspn(first + 7, " \t/"), " \t"));
            OP_AUTO_FREE char *label = op_fact_label(module);
            (void)op_fact_once(p, "module", module, "go.mod", line);
            (void)op_fact_once(p, "name", label, "go.mod", line);
        } else if (op_str_starts(first, "go 1.") || op_str_starts(first, "toolchain go1.")) {
            const char *minor = strstr(first, "1.") + 2;
            OP_AUTO_FREE char *version = op_asprintf("1.%.*s", (int)strspn(minor, "0123456789"), minor);
            op_fact_drop(p, "runtime"); /* a toolchain line stands behind and counts for more */
            (void)op_fact_once(p, "runtime", version, "go.mod", line);
        }
        for (size_t i = 0; i < OP_LEN(c_modules); i++)
            if (strstr(first, c_modules[i]) != NULL)
                (void)op_fact_once(p, "cgo", c_modules[i], "go.mod", line);
        for (size_t i = 0; i < OP_LEN(servers); i++)
            if (strstr(first, servers[i]) != NULL && strstr(first, "// indirect") == NULL)
                (void)op_fact_once(p, "framework", servers[i], "go.mod", line);
        if (strstr(first, "=> ../") != NULL)
            (void)op_fact_once(p, "outside", "yes", "go.mod", line);
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
}

static bool is_main(const char *text)
{
    return op_str_starts(text, "package main\n") || strstr(text, "\npackage main\n") != NULL ||
           strstr(text, "\npackage main\r") != NULL;
}

static bool look(void *ctx, struct op_project *p, const char *path, const char *text)
{
    static const char *const env[] = { "os.Getenv(\"", "os.LookupEnv(\"", NULL };
    static const char *const listen[] = { "ListenAndServe(\":",
                                          "ListenAndServe(\"0.0.0.0:",
                                          ".Run(\":",
                                          ".Start(\":",
                                          ".Listen(\":",
                                          "Addr: \":",
                                          "Addr:    \":",
                                          "Listen(\"tcp\", \":",
                                          "\"PORT\", \"",
                                          "port = \"",
                                          "port := \"",
                                          "addr := \":",
                                          NULL };
    static const char *const route[] = {
        "HandleFunc(\"", "HandleFunc(\"GET ", "Handle(\"", ".GET(\"", ".Get(\"", NULL
    };
    const struct op_scan_words words = { .env = env, .listen = listen, .route = route };
    (void)ctx;
    op_scan_text(p, &words, path, text);
    if (strstr(text, "\"net/http\"") != NULL && strstr(text, "ListenAndServe") != NULL)
        (void)op_fact_once(p, "framework", "net/http", path, op_tree_line_of(text, "ListenAndServe"));
    if (is_main(text) && strstr(text, "func main()") != NULL)
        (void)op_fact_add(p, "program", path, path, op_tree_line_of(text, "func main()"));
    return false;
}

/* Of several programs the one that is called like the module, or the first of cmd/. */
static void choose(struct op_project *p)
{
    const struct op_fact *best = NULL;
    int best_rank = -1;
    for (size_t i = 0; i < p->n; i++) {
        const char *path = p->facts[i].value;
        if (!op_str_eq(p->facts[i].name, "program"))
            continue;
        OP_AUTO_FREE char *named =
            op_asprintf("cmd/%s/", op_fact_value(p, "name") != NULL ? op_fact_value(p, "name") : "");
        int rank = strchr(path, '/') == NULL ? 4 : op_str_starts(path, named) ? 3 : op_str_starts(path, "cmd/") ? 2 : 1;
        if (rank > best_rank) {
            best_rank = rank;
            best = &p->facts[i];
        }
    }
    if (best == NULL)
        return;
    OP_AUTO_FREE char *file = op_strdup(best->value);
    int line = best->line;
    (void)op_fact_once(p, "main", file, file, line);
    char *slash = strrchr(file, '/');
    OP_AUTO_FREE char *package = NULL;
    if (slash != NULL)
        *slash = '\0';
    package = slash != NULL ? op_asprintf("./%s", file) : op_strdup(".");
    (void)op_fact_once(p, "package", package, op_fact_value(p, "main"), line);
}

enum op_project_kind op_detect_go(struct op_tree *t, struct op_project *p)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_tree_read(t, "go.mod", &text))
        return OP_PROJECT_UNKNOWN;
    go_mod(p, op_buf_str(&text));
    op_scan(t, p, ".go", look, NULL);
    choose(p);
    if (op_tree_has(t, "go.sum"))
        (void)op_fact_once(p, "lock", "go.sum", "go.sum", 0);
    if (op_tree_exists(t, "vendor/modules.txt"))
        (void)op_fact_once(p, "vendored", "vendor/modules.txt", "vendor/modules.txt", 0);
    static const char *const beside[] = { "templates", "static", "web", "assets", "migrations", "public", "config" };
    for (size_t i = 0; i < OP_LEN(beside); i++)
        if (op_tree_has_under(t, beside[i]))
            (void)op_fact_add(p, "beside", beside[i], beside[i], 0);
    (void)op_fact_once(p, "runtime", "1.25", NULL, 0);
    if (op_project_fact(p, "framework") != NULL)
        (void)op_fact_once(p, "port", "8080", NULL, 0);
    return OP_PROJECT_GO;
}
