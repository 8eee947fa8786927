/* Owns what Cargo.toml and the sources say: the program's name, the toolchain, libraries of C. */
#include "detect.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "toml.h"

/* Crates that link a library of the system. */
static const struct {
    const char *crate, *build, *run;
} native[] = {
    { "openssl", "pkg-config,libssl-dev", "libssl3,ca-certificates" },
    { "native-tls", "pkg-config,libssl-dev", "libssl3,ca-certificates" },
    { "reqwest", "pkg-config,libssl-dev", "libssl3,ca-certificates" },
    { "diesel", "libpq-dev", "libpq5" },
    { "rdkafka", "cmake,g++", "" },
};
static const char *const servers[] = {
    "axum", "actix-web", "rocket", "warp", "hyper", "tonic", "tide", "poem", "salvo"
};

struct manifest {
    struct op_project *p;
    const char *file;
};

static void item(void *ctx, const char *table, const char *key, const char *value, int line)
{
    struct op_project *p = ((struct manifest *)ctx)->p;
    const char *file = ((struct manifest *)ctx)->file;
    if (op_str_eq(table, "package") && op_str_eq(key, "name")) {
        OP_AUTO_FREE char *label = op_fact_label(value);
        (void)op_fact_once(p, "name", label, file, line);
        (void)op_fact_once(p, "package", value, file, line);
    } else if (op_str_eq(table, "bin") && op_str_eq(key, "name")) {
        (void)op_fact_once(p, "app", value, file, line);
    } else if (op_str_eq(table, "workspace") && op_str_eq(key, "members")) {
        (void)op_fact_add(p, "member", value, file, line);
    } else if (op_str_eq(table, "dependencies") || op_str_eq(table, "workspace.dependencies")) {
        OP_AUTO_FREE char *crate = op_strndup(key, strcspn(key, "."));
        for (size_t i = 0; i < OP_LEN(servers); i++)
            if (op_str_eq(crate, servers[i]))
                (void)op_fact_once(p, "framework", crate, file, line);
        bool rustls =
            op_str_eq(crate, "reqwest") && strstr(key, "default-features") != NULL && op_str_eq(value, "false");
        if (rustls)
            (void)op_fact_once(p, "no-openssl", "yes", file, line);
        for (size_t i = 0; i < OP_LEN(native); i++)
            if (op_str_eq(crate, native[i].crate)) {
                (void)op_fact_add(p, "crate", crate, file, line);
                (void)op_fact_add(p, "library", native[i].build, file, line);
                (void)op_fact_add(p, "run-library", native[i].run, file, line);
            }
    }
}

static void toolchain(void *ctx, const char *table, const char *key, const char *value, int line)
{
    if (op_str_eq(table, "toolchain") && op_str_eq(key, "channel") && *value >= '1' && *value <= '9')
        (void)op_fact_once(ctx, "runtime", value, "rust-toolchain.toml", line);
}

static bool look(void *ctx, struct op_project *p, const char *path, const char *text)
{
    static const char *const env[] = { "env::var(\"", "env::var_os(\"", "env!(\"", NULL };
    static const char *const listen[] = { "\"0.0.0.0:",     "\"127.0.0.1:",     "([0, 0, 0, 0], ", "([127, 0, 0, 1], ",
                                          "(\"0.0.0.0\", ", "(\"127.0.0.1\", ", "[::]:",           NULL };
    static const char *const route[] = { ".route(\"", "#[get(\"", "web::get(\"", NULL };
    const struct op_scan_words words = { .env = env, .listen = listen, .route = route };
    (void)ctx;
    op_scan_text(p, &words, path, text);
    const char *closed = strstr(text, "127.0.0.1:");
    if (closed != NULL && strstr(text, "0.0.0.0") == NULL && strstr(text, "bind") != NULL)
        (void)op_fact_add(p, "closed", path, path, op_tree_line(text, (size_t)(closed - text)));
    return false;
}

enum op_project_kind op_detect_rust(struct op_tree *t, struct op_project *p)
{
    OP_AUTO_BUF text = OP_BUF_INIT, chain = OP_BUF_INIT;
    if (!op_tree_read(t, "Cargo.toml", &text))
        return OP_PROJECT_UNKNOWN;
    struct manifest m = { .p = p, .file = "Cargo.toml" };
    op_toml_read(op_buf_str(&text), item, &m);
    for (size_t i = 0; i < t->files.n && op_project_fact(p, "package") == NULL;
         i++) { /* a workspace: its first program */
        if (!op_str_ends(t->files.v[i], "/src/main.rs"))
            continue;
        OP_AUTO_FREE char *member =
            op_asprintf("%.*sCargo.toml", (int)(strlen(t->files.v[i]) - strlen("src/main.rs")), t->files.v[i]);
        m.file = member;
        if (!op_tree_read(t, member, &text))
            continue;
        op_toml_read(op_buf_str(&text), item, &m);
        const struct op_fact *found = op_project_fact(p, "package");
        if (found != NULL) {
            OP_AUTO_FREE char *name = op_strdup(found->value), *file = op_strdup(found->file);
            (void)op_fact_once(p, "app", name, file, found->line);
        }
    }
    if (op_tree_read(t, "rust-toolchain.toml", &chain))
        op_toml_read(op_buf_str(&chain), toolchain, p);
    const struct op_fact *package = op_project_fact(p, "package");
    if (package != NULL && op_tree_has(t, "src/main.rs"))
        (void)op_fact_once(p, "app", package->value, package->file, package->line);
    if (op_tree_has(t, "Cargo.lock"))
        (void)op_fact_once(p, "lock", "Cargo.lock", "Cargo.lock", 0);
    op_scan(t, p, ".rs", look, NULL);
    (void)op_fact_once(p, "runtime", "1.90", NULL, 0);
    if (op_project_fact(p, "framework") != NULL)
        (void)op_fact_once(p, "port", "8080", NULL, 0);
    return OP_PROJECT_RUST;
}
