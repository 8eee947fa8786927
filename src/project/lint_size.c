/* Owns opsh's own rules: why an image is large, slow to build, runs as root, or holds what it should not. */
#include "lint_i.h"

#include "opsh/base/str.h"

#include <strings.h>

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static bool final(const struct op_lint_run *run, const struct df_line *l)
{
    return op_lint_last(run) != NULL && op_lint_kept(run, l);
}

/* ---- what stays in the image ---- */

/* Packages that only a build needs. */
static const char *build_tool(const char *package)
{
    static const char *const tools[] = { "build-essential",
                                         "gcc",
                                         "g++",
                                         "clang",
                                         "make",
                                         "cmake",
                                         "ninja-build",
                                         "git",
                                         "build-base",
                                         "golang",
                                         "go",
                                         "rust",
                                         "cargo",
                                         "rustc",
                                         "maven",
                                         "gradle",
                                         "openjdk-17-jdk",
                                         "openjdk-21-jdk",
                                         "default-jdk",
                                         "python3-dev",
                                         "linux-headers",
                                         "pkg-config",
                                         "autoconf",
                                         "automake",
                                         "musl-dev",
                                         "libpq-dev",
                                         "libssl-dev",
                                         NULL };
    OP_AUTO_FREE char *name = op_strndup(package, strcspn(package, "=~<>"));
    for (size_t i = 0; tools[i] != NULL; i++)
        if (strcmp(tools[i], name) == 0)
            return tools[i];
    return NULL;
}

static bool purged(const struct df_line *l)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        if (op_lint_among(op_lint_verb(&a, NULL), LIST("purge", "remove", "autoremove", "del")))
            return true;
    }
    return false;
}

static void no_build_tools(struct op_lint_run *run, const struct df_line *l)
{
    if (!final(run, l) || purged(l))
        return;
    OP_AUTO_BUF found = { .max = 120 };
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        size_t at = 0;
        if (a.n == 0 || !op_lint_among(a.v[0], LIST("apt-get", "apt", "apk", "dnf", "yum", "microdnf", "zypper")) ||
            !op_lint_among(op_lint_verb(&a, &at), LIST("install", "add")))
            continue;
        for (size_t i = at + 1; i < a.n; i++) {
            const char *tool = build_tool(a.v[i]);
            if (tool != NULL)
                op_buf_addf(&found, "%s%s", found.len != 0 ? ", " : "", tool);
        }
    }
    if (found.len != 0)
        op_lint_say(run, l, 0, "Build in a stage of its own and COPY --from it what the program needs",
                    "%s stay in the image that runs", op_buf_str(&found));
}

/* "npm run build", "go build": a compilation, whose tools and sources the image then carries. */
static const char *compiles(const struct op_lint_argv *a)
{
    static const struct {
        const char *program, *verb;
    } builds[] = { { "go", "build" },
                   { "go", "install" },
                   { "cargo", "build" },
                   { "cargo", "install" },
                   { "mvn", "package" },
                   { "mvn", "install" },
                   { "mvn", "verify" },
                   { "gradle", "build" },
                   { "gradle", "bootJar" },
                   { "./gradlew", "build" },
                   { "./gradlew", "bootJar" },
                   { "./mvnw", "package" },
                   { "dotnet", "publish" },
                   { "next", "build" },
                   { "tsc", "" },
                   { "npm", "run build" },
                   { "yarn", "build" },
                   { "yarn", "run build" },
                   { "pnpm", "build" },
                   { "pnpm", "run build" },
                   { "bun", "run build" },
                   { "make", "" },
                   { "cmake", "" } };
    for (size_t i = 0; a->n != 0 && i < OP_LEN(builds); i++) {
        size_t at = 0, n = strcspn(builds[i].verb, " ");
        const char *verb = op_lint_verb(a, &at), *second = builds[i].verb[n] == ' ' ? builds[i].verb + n + 1 : NULL;
        if (strcmp(a->v[0], builds[i].program) != 0)
            continue;
        if (n == 0 || (strlen(verb) == n && strncmp(verb, builds[i].verb, n) == 0 &&
                       (second == NULL || (at + 1 < a->n && strcmp(a->v[at + 1], second) == 0))))
            return builds[i].program;
    }
    return NULL;
}

static void stages_for_builds(struct op_lint_run *run, const struct df_line *l)
{
    if (!final(run, l))
        return;
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        const char *program = compiles(&a);
        if (program == NULL)
            continue;
        size_t at = 0;
        const char *verb = op_lint_verb(&a, &at);
        op_lint_say(run, l, 0,
                    "Two stages: FROM … AS build for this, then FROM a small image and COPY --from=build the result",
                    "the image that runs is the one that builds (%s%s%s): compiler, sources and caches stay in it",
                    program, *verb != '\0' ? " " : "", verb);
        return;
    }
}

/* Full images with a slim twin; only the last stage counts. */
static void slim_base(struct op_lint_run *run, const struct df_line *l)
{
    static const char *const full[] = { "node", "python", "ruby",   "php",  "openjdk", "golang",
                                        "rust", "maven",  "gradle", "perl", NULL };
    const struct df_stage *s = &run->f->stages[l->stage];
    if (!final(run, l))
        return;
    OP_AUTO_FREE char *image = op_lint_image(run, s);
    const char *slash = strrchr(image, '/');
    OP_AUTO_FREE char *name = op_strdup(slash != NULL ? slash + 1 : image);
    char *tag = strchr(name, ':');
    if (tag != NULL)
        *tag++ = '\0';
    if (!op_lint_among(name, full) ||
        (tag != NULL && (strstr(tag, "slim") != NULL || strstr(tag, "alpine") != NULL || strstr(tag, "jre") != NULL)))
        return;
    bool compiler = op_lint_among(name, LIST("golang", "rust", "maven", "gradle"));
    OP_AUTO_FREE char *advice =
        compiler ? op_strdup("Keep it for the build stage; end with FROM debian:12-slim, alpine or a distroless image")
                 : op_asprintf("%s:%s%sslim is a fraction of it", name, tag != NULL ? tag : "", tag != NULL ? "-" : "");
    op_lint_say(run, l, 0, advice,
                "\"%s\" is the full image, with compilers: some hundred MB that the program does not use", image);
}

static void dev_dependencies(struct op_lint_run *run, const struct df_line *l)
{
    if (!final(run, l))
        return;
    for (const struct df_line *x = run->f->v; x < l; x++)
        for (size_t w = 0; (x->kind == DF_ENV || x->kind == DF_ARG) && op_lint_kept(run, x) && w < x->words.n; w++)
            if (strcmp(x->words.v[w], "NODE_ENV=production") == 0)
                return;
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        size_t at = 0;
        const char *verb = op_lint_verb(&a, &at);
        bool all = op_lint_among(verb, LIST("install", "i", "ci")) || (*verb == '\0' && strcmp(a.v[0], "yarn") == 0);
        if (!all || !op_lint_among(a.v[0], LIST("npm", "yarn", "pnpm", "bun")) ||
            (*verb != '\0' && at + 1 < a.n && a.v[at + 1][0] != '-') ||
            op_lint_has(&a, LIST("--omit=dev", "--production", "--prod", "-P", "--only=production", "--omit", "-g",
                                 "--global", "--version")))
            continue;
        op_lint_say(run, l, 0,
                    strcmp(a.v[0], "npm") == 0
                        ? "npm ci --omit=dev in the stage that runs; build in an earlier one"
                        : "Install with --prod or --production in the stage that runs; build in an earlier one",
                    "development dependencies stay in the image (%s%s%s)", a.v[0], *verb != '\0' ? " " : "", verb);
        return;
    }
}

static void owner_by_copy(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t c = 0; c < l->n_commands && final(run, l); c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        if (l->n_commands == 1 && op_lint_among(a.v[0], LIST("chown", "chmod")) &&
            op_lint_has(&a, LIST("-R", "--recursive", "-hR", "-Rh")))
            op_lint_say(run, l, 0, "COPY --chown=1001:1001 (or --chmod=…) where the files come in",
                        "%s -R writes all those files into the image a second time", a.v[0]);
    }
}

/* ---- .dockerignore, COPY . ---- */

static bool whole_folder(const struct df_line *l)
{
    for (size_t w = 0; w + 1 < l->words.n; w++)
        if (op_lint_among(l->words.v[w], LIST(".", "./", "/", "*", "./*")) && op_df_flag(l, "from", 0) == NULL)
            return true;
    return false;
}

static void ignore_file(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    for (size_t i = 0; run->around && run->context->ignored == NULL && i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if ((l->kind != DF_COPY && l->kind != DF_ADD) || l->trouble != NULL || !whole_folder(l))
            continue;
        op_lint_say(run, l, 0, "A .dockerignore with at least .git, .env*, node_modules and what builds leave behind",
                    "the whole folder is copied and there is no .dockerignore: also .git, local builds and .env with "
                    "its secrets");
        return;
    }
}

static bool knows_node(const struct op_lint_run *run)
{
    for (size_t s = 0; s < run->f->n_stages; s++)
        if (strstr(run->f->stages[s].base, "node") != NULL)
            return true;
    return false;
}

static void ignore_enough(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    OP_AUTO_BUF missing = OP_BUF_INIT;
    static const char *const wanted[] = { ".env", ".git", "node_modules" };
    for (size_t i = 0; run->context->ignored != NULL && i < OP_LEN(wanted); i++)
        if ((i != 2 || knows_node(run)) && !op_ignored(&run->ignores, wanted[i]))
            op_buf_addf(&missing, "%s%s", missing.len != 0 ? ", " : "", wanted[i]);
    for (size_t i = 0; missing.len != 0 && i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if ((l->kind != DF_COPY && l->kind != DF_ADD) || l->trouble != NULL || !whole_folder(l))
            continue;
        OP_AUTO_FREE char *advice = op_asprintf("Add to .dockerignore: %s", op_buf_str(&missing));
        op_lint_say(run, l, 0, advice, "the whole folder is copied, and .dockerignore lets %s in",
                    op_buf_str(&missing));
        return;
    }
}

static bool installs_dependencies(const struct df_line *l)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        const char *verb = op_lint_verb(&a, NULL);
        if ((op_lint_among(a.v[0], LIST("npm", "pnpm", "bun", "yarn")) &&
             op_lint_among(verb, LIST("ci", "install", "i"))) ||
            (op_lint_among(a.v[0], LIST("pip", "pip3", "poetry", "bundle", "composer")) &&
             strcmp(verb, "install") == 0) ||
            (strcmp(a.v[0], "go") == 0 && strcmp(verb, "mod") == 0))
            return true;
    }
    return false;
}

static void dependencies_first(struct op_lint_run *run, const struct df_line *l)
{
    if (!installs_dependencies(l))
        return;
    for (const struct df_line *x = run->f->v; x < l; x++)
        if (x->stage == l->stage && x->kind == DF_COPY && x->trouble == NULL && whole_folder(x)) {
            op_lint_say(
                run, l, 0,
                "Copy package.json (requirements.txt, go.mod …) and its lock file first, install, then COPY . .",
                "all sources are copied before this: each change of a file installs everything again");
            return;
        }
}

/* ---- who runs, what runs, what is known ---- */

static void not_root_unsaid(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    const struct df_stage *last = op_lint_last(run);
    if (last == NULL)
        return;
    bool starts = false;
    for (size_t i = 0; i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if (l->kind == DF_USER && op_lint_kept(run, l))
            return;
        starts = starts || ((l->kind == DF_CMD || l->kind == DF_ENTRYPOINT) && op_lint_kept(run, l));
    }
    size_t root = run->f->n_stages - 1;
    while (run->f->stages[root].parent != DF_NONE)
        root = run->f->stages[root].parent;
    OP_AUTO_FREE char *image = op_lint_image(run, &run->f->stages[root]);
    if (starts && strstr(image, "nonroot") == NULL && strstr(image, "unprivileged") == NULL &&
        strstr(image, "chainguard") == NULL)
        op_lint_say(run, &run->f->v[last->from], 0,
                    "USER 1001 before CMD, by number so that Kubernetes' runAsNonRoot can tell",
                    "no USER in the last stage: the program runs as root");
}

static bool secret_file(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    static const char *const names[] = { ".env",         ".env.local",       ".env.production",
                                         ".npmrc",       ".pypirc",          ".netrc",
                                         "id_rsa",       "id_ed25519",       "id_ecdsa",
                                         "credentials",  "credentials.json", "kubeconfig",
                                         "secrets.yaml", "secrets.json",     NULL };
    return op_lint_among(name, names) || op_str_ends(name, ".pem") || op_str_ends(name, ".key") ||
           op_str_ends(name, ".pfx") || op_str_ends(name, ".p12");
}

static void no_secret_files(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t w = 0; w + 1 < l->words.n && op_df_flag(l, "from", 0) == NULL; w++)
        if (secret_file(l->words.v[w]))
            op_lint_say(run, l, 0, "For the build: RUN --mount=type=secret,id=…; for the program: a Kubernetes Secret",
                        "\"%s\" usually holds secrets, and everybody who has the image can read it", l->words.v[w]);
}

static void not_for_production(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    for (size_t i = 0; i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if ((l->kind != DF_CMD && l->kind != DF_ENTRYPOINT) || !final(run, l))
            continue;
        const struct op_strv *w = &l->words;
        const char *said =
            op_strv_has(w, "--reload")  ? "--reload"
            : op_strv_has(w, "nodemon") ? "nodemon"
            : w->n > 1 && op_lint_among(w->v[0], LIST("npm", "yarn", "pnpm", "bun", "next", "vite", "fastapi")) &&
                    op_strv_has(w, "dev")
                ? "dev"
            : w->n > 1 && strcmp(w->v[0], "flask") == 0 && op_strv_has(w, "run") ? "flask run"
            : op_strv_has(w, "runserver")                                        ? "runserver"
                                                                                 : NULL;
        if (said != NULL)
            op_lint_say(run, l, 0,
                        "Start the production server: next start, node server.js, uvicorn without --reload, gunicorn …",
                        "\"%s\" starts a server made for development", said);
    }
}

static const struct op_lint_rule rules[] = {
    { "OPSH001", OP_LINT_WARNING, DF_RUN, no_build_tools, "Build tools stay in a build stage", NULL, false },
    { "OPSH002", OP_LINT_WARNING, DF_RUN, stages_for_builds, "The image that runs is not the one that builds", NULL,
      false },
    { "OPSH003", OP_LINT_WARNING, DF_UNKNOWN, ignore_file, "COPY . needs a .dockerignore", NULL, false },
    { "OPSH005", OP_LINT_WARNING, DF_UNKNOWN, not_root_unsaid, "The image names a user that is not root", "DL3002",
      false },
    { "OPSH006", OP_LINT_INFO, DF_FROM, slim_base, "The last stage begins with a small image", NULL, false },
    { "OPSH007", OP_LINT_WARNING, DF_RUN, dev_dependencies, "Development dependencies stay out of the image", NULL,
      false },
    { "OPSH008", OP_LINT_INFO, DF_RUN, dependencies_first, "Dependencies are installed before the sources are copied",
      NULL, false },
    { "OPSH009", OP_LINT_WARNING, DF_COPY, no_secret_files, "Files with secrets are not copied into an image", NULL,
      false },
    { "OPSH010", OP_LINT_INFO, DF_RUN, owner_by_copy, "COPY --chown instead of chown -R", NULL, false },
    { "OPSH011", OP_LINT_WARNING, DF_UNKNOWN, ignore_enough,
      ".dockerignore leaves out secrets, history and dependencies", NULL, false },
    { "OPSH012", OP_LINT_WARNING, DF_UNKNOWN, not_for_production, "The image starts the production server", NULL,
      false },
};

const struct op_lint_rules op_lint_size = { rules, OP_LEN(rules) };
