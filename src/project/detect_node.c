/* Owns what package.json and the files beside it say: Next.js, a server, or a site that is built and then served as
 * files. */
#include "detect.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

static const char *const dependencies[] = { "dependencies", "devDependencies" };

/* Line of "key" behind "section"; 0 when it is not written so. */
static int line_of(const char *text, const char *section, const char *key)
{
    OP_AUTO_FREE char *outer = op_asprintf("\"%s\"", section), *inner = op_asprintf("\"%s\"", key);
    const char *from = strstr(text, outer), *at = from != NULL ? strstr(from + strlen(outer), inner) : NULL;
    return at != NULL ? op_tree_line(text, (size_t)(at - text)) : 0;
}

struct package {
    struct op_tree *t;
    struct op_project *p;
    const struct op_json *json;
    const char *text;
};

static const char *dependency(const struct package *k, const char *name, int *line)
{
    for (size_t i = 0; i < OP_LEN(dependencies); i++) {
        const char *version = op_json_text(op_json_get(op_json_get(k->json, dependencies[i]), name));
        if (version != NULL) {
            if (line != NULL)
                *line = line_of(k->text, dependencies[i], name);
            return version;
        }
    }
    return NULL;
}

static const char *script(const struct package *k, const char *name)
{
    return op_json_text(op_json_get(op_json_get(k->json, "scripts"), name));
}

static void take_script(const struct package *k, const char *fact, const char *name)
{
    if (script(k, name) != NULL)
        (void)op_fact_once(k->p, fact, name, "package.json", line_of(k->text, "scripts", name));
}

/* "npm ci" needs the lock file of its own manager: the first of these that is there decides. */
static const struct {
    const char *lock, *manager;
} locks[] = {
    { "package-lock.json", "npm" }, { "npm-shrinkwrap.json", "npm" }, { "yarn.lock", "yarn" },
    { "pnpm-lock.yaml", "pnpm" },   { "bun.lockb", "bun" },           { "bun.lock", "bun" },
};

static void find_manager(const struct package *k)
{
    const char *named = op_json_str(k->json, "packageManager"); /* "pnpm@9.1.0+sha512.…" */
    OP_AUTO_FREE char *manager = named != NULL ? op_strndup(named, strcspn(named, "@")) : NULL;
    int line = op_tree_line_of(k->text, "\"packageManager\"");
    for (size_t i = 0; i < OP_LEN(locks); i++)
        if (op_tree_has(k->t, locks[i].lock) && (manager == NULL || op_str_eq(manager, locks[i].manager))) {
            (void)op_fact_once(k->p, "lock", locks[i].lock, locks[i].lock, 0);
            (void)op_fact_once(k->p, "manager", locks[i].manager, locks[i].lock, 0);
            break;
        }
    static const char *const known[] = { "npm", "yarn", "pnpm", "bun" };
    for (size_t i = 0; i < OP_LEN(known); i++)
        if (op_str_eq(manager, known[i]))
            (void)op_fact_once(k->p, "manager", manager, "package.json", line);
    (void)op_fact_once(k->p, "manager", "npm", NULL, 0);
    if (op_fact_is(k->p, "manager", "yarn") &&
        (op_tree_has(k->t, ".yarnrc.yml") ||
         (op_str_starts(named != NULL ? named : "", "yarn@") && !op_str_starts(named, "yarn@1"))))
        (void)op_fact_once(k->p, "berry", "yes", op_tree_has(k->t, ".yarnrc.yml") ? ".yarnrc.yml" : "package.json", 0);
    if (named != NULL && op_fact_is(k->p, "manager", manager))
        (void)op_fact_once(k->p, "corepack", "yes", "package.json", line);
}

/* The major version that a range begins with: ">=20.9.0" is 20, "^18 || ^20" is 18; only what images exist for. */
static void find_runtime(const struct package *k)
{
    const char *range = op_json_str(k->json, "engines.node");
    int64_t major = 0;
    if (range != NULL) {
        const char *at = range + strcspn(range, "0123456789");
        OP_AUTO_FREE char *digits = op_strndup(at, strspn(at, "0123456789"));
        bool below = at != range && at[-1] == '<'; /* "<23": says what not */
        if (!below && op_str_int(digits, 18, 99, &major)) {
            /* a range that is open above and begins before what is still kept up: the default does */
            bool open = strchr(range, '>') != NULL;
            OP_AUTO_FREE char *text = op_asprintf("%d", open && major < 20 ? 20 : (int)major);
            (void)op_fact_once(k->p, "runtime", text, "package.json", line_of(k->text, "engines", "node"));
        }
    }
    OP_AUTO_BUF nvm = OP_BUF_INIT;
    if (op_tree_read(k->t, ".nvmrc", &nvm)) {
        const char *at = op_buf_str(&nvm) + (*op_buf_str(&nvm) == 'v');
        OP_AUTO_FREE char *digits = op_strndup(at, strspn(at, "0123456789"));
        if (op_str_int(digits, 18, 99, &major))
            (void)op_fact_once(k->p, "runtime", digits, ".nvmrc", 1);
    }
    (void)op_fact_once(k->p, "runtime", "20", NULL, 0);
}

/* What the package manager reads before it installs. */
static void find_manifests(const struct package *k)
{
    static const char *const read_too[] = { ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", "bunfig.toml" };
    (void)op_fact_add(k->p, "manifest", "package.json", "package.json", 0);
    const char *lock = op_fact_value(k->p, "lock");
    if (lock != NULL)
        (void)op_fact_add(k->p, "manifest", lock, lock, 0);
    for (size_t i = 0; i < OP_LEN(read_too); i++)
        if (op_tree_has(k->t, read_too[i]))
            (void)op_fact_add(k->p, "manifest", read_too[i], read_too[i], 0);
    OP_AUTO_BUF npmrc = OP_BUF_INIT;
    if (op_tree_read(k->t, ".npmrc", &npmrc)) { /* with a token in it, it must not become a layer of an image */
        bool secret = strstr(op_buf_str(&npmrc), "_auth") != NULL || strstr(op_buf_str(&npmrc), "_password") != NULL;
        (void)op_fact_add(k->p, secret ? "npmrc-secret" : "npmrc", ".npmrc", ".npmrc", 0);
    }
    /* scripts that run at the install need their files: prisma's schema, a patch */
    if (op_tree_has(k->t, "prisma/schema.prisma"))
        (void)op_fact_add(k->p, "install-copy", "prisma", "prisma/schema.prisma", 0);
    OP_AUTO_BUF yarnrc = OP_BUF_INIT;
    if (op_tree_read(k->t, ".yarnrc.yml", &yarnrc) && strstr(op_buf_str(&yarnrc), "yarnPath:") != NULL)
        (void)op_fact_add(k->p, "install-copy", ".yarn/releases", ".yarnrc.yml",
                          op_tree_line_of(op_buf_str(&yarnrc), "yarnPath:"));
    if (op_tree_has_under(k->t, "patches"))
        (void)op_fact_add(k->p, "install-copy", "patches", "patches", 0);
    if (op_json_get(k->json, "workspaces") != NULL)
        (void)op_fact_add(k->p, "workspaces", "yes", "package.json", op_tree_line_of(k->text, "\"workspaces\""));
}

static bool look(void *ctx, struct op_project *p, const char *path, const char *text)
{
    static const char *const env[] = { "process.env.", "process.env[\"", "process.env['", "env.", "env[\"", NULL };
    static const char *const listen[] = { ".listen(",       "env.PORT || ",  "env.PORT ?? ",  "env.PORT || \"",
                                          "env.PORT ?? \"", "env.PORT || '", "env.PORT ?? '", NULL };
    static const char *const route[] = { ".get(\"", ".get('", NULL };
    const struct op_scan_words words = { .env = env, .listen = ctx != NULL ? listen : NULL, .route = route };
    op_scan_text(p, &words, path, text);
    return false;
}

/* Names alone: a value in .env is nobody's business, and the names that are fixed at the build stand there too. */
static void find_public_env(const struct package *k)
{
    static const char *const files[] = { ".env",         ".env.local",  ".env.production", ".env.production.local",
                                         ".env.example", ".env.sample", ".env.template" };
    OP_AUTO_BUF text = OP_BUF_INIT;
    for (size_t i = 0; i < OP_LEN(files); i++) {
        if (!op_tree_read(k->t, files[i], &text))
            continue;
        int line = 1;
        for (const char *at = op_buf_str(&text); *at != '\0'; line++) {
            const char *from = at + strspn(at, " \t");
            from += op_str_starts(from, "export ") ? 7 : 0;
            OP_AUTO_FREE char *name = op_strndup(from, strcspn(from, "= \t\r\n"));
            if (op_str_starts(name, "NEXT_PUBLIC_") && op_fact_env_ok(name))
                (void)op_fact_add(k->p, "public-env", name, files[i], line);
            at += strcspn(at, "\n");
            at += *at == '\n';
        }
    }
}

static void find_next_config(const struct package *k)
{
    static const char *const configs[] = { "next.config.ts", "next.config.mjs", "next.config.js", "next.config.mts",
                                           "next.config.cjs" };
    OP_AUTO_BUF text = OP_BUF_INIT;
    for (size_t i = 0; i < OP_LEN(configs); i++) {
        if (!op_tree_read(k->t, configs[i], &text))
            continue;
        (void)op_fact_once(k->p, "config", configs[i], configs[i], 0);
        int line = op_next_output(op_buf_str(&text), "standalone"), pages = op_next_output(op_buf_str(&text), "export");
        if (line != 0)
            (void)op_fact_once(k->p, "output", "standalone", configs[i], line);
        else if (pages != 0)
            (void)op_fact_once(k->p, "output", "out", configs[i], pages);
        return;
    }
}

static enum op_project_kind next_js(const struct package *k, const char *version, int line)
{
    (void)op_fact_once(k->p, "framework", "next", "package.json", line);
    (void)op_fact_once(k->p, "framework-version", version + strspn(version, "^~>=v "), "package.json", line);
    take_script(k, "build", "build");
    find_next_config(k);
    if (op_tree_has_under(k->t, "public"))
        (void)op_fact_once(k->p, "public", "public", "public", 0);
    op_scan(k->t, k->p, ".ts|.tsx|.js|.jsx|.mjs", look, NULL);
    find_public_env(k);
    (void)op_fact_once(k->p, "port", op_fact_is(k->p, "output", "out") ? "8080" : "3000", NULL, 0);
    (void)op_fact_once(k->p, "health", "/", NULL, 0);
    return OP_PROJECT_NEXTJS;
}

/* Tools that leave a folder of files to serve, and which folder that is. */
static const struct {
    const char *package, *output;
} builders[] = {
    { "vite", "dist" },
    { "react-scripts", "build" },
    { "@angular/cli", "dist" },
    { "@vue/cli-service", "dist" },
    { "astro", "dist" },
    { "gatsby", "public" },
    { "parcel", "dist" },
    { "@11ty/eleventy", "_site" },
    { "@docusaurus/core", "build" },
    { "vitepress", ".vitepress/dist" },
    { "webpack", "dist" },
};

/* Vite's and Angular's may be set elsewhere. */
static void find_folder(const struct package *k, const char *tool)
{
    static const char *const configs[] = { "vite.config.ts", "vite.config.js", "vite.config.mjs", "angular.json" };
    OP_AUTO_BUF text = OP_BUF_INIT;
    for (size_t i = 0; i < OP_LEN(configs); i++) {
        bool angular = op_str_eq(configs[i], "angular.json");
        if (angular != op_str_eq(tool, "@angular/cli") || !op_tree_read(k->t, configs[i], &text))
            continue;
        const char *word = angular ? "\"outputPath\"" : "outDir", *at = strstr(op_buf_str(&text), word);
        if (at == NULL)
            continue;
        const char *value = at + strlen(word) + strspn(at + strlen(word), ": \t");
        OP_AUTO_FREE char *folder =
            strchr("\"'", *value) != NULL && *value != '\0' ? op_strndup(value + 1, strcspn(value + 1, "\"'\n")) : NULL;
        if (folder != NULL && strstr(folder, "..") == NULL && *folder != '/')
            (void)op_fact_once(k->p, "output", folder + (op_str_starts(folder, "./") ? 2 : 0), configs[i],
                               op_tree_line(op_buf_str(&text), (size_t)(at - op_buf_str(&text))));
    }
}

static const char *const servers[] = { "express", "fastify", "koa",       "@nestjs/core", "@hapi/hapi",       "hono",
                                       "polka",   "restify", "socket.io", "ws",           "@remix-run/serve", "nuxt" };

/* "node FILE …" in plain words can be run without npm in between, which would not pass signals on. */
static bool plain_start(const struct package *k, const char *command, int line)
{
    if (!op_str_starts(command, "node "))
        return false;
    OP_AUTO_STRV words = OP_STRV_INIT;
    for (const char *at = command; *at != '\0';) {
        size_t n = strcspn(at, " ");
        if (n != 0)
            op_strv_take(&words, op_strndup(at, n));
        at += n + (at[n] == ' ');
    }
    for (size_t i = 0; i < words.n; i++)
        if (!op_fact_value_ok(words.v[i]) || strpbrk(words.v[i], "*~%^") != NULL ||
            op_str_starts(words.v[i], "--watch"))
            return false;
    for (size_t i = 0; i < words.n; i++) {
        OP_AUTO_FREE char *numbered = op_asprintf("start-%zu", i); /* the same word may come twice */
        (void)op_fact_once(k->p, numbered, words.v[i], "package.json", line);
    }
    return true;
}

/* A start by tsx, ts-node or nodemon needs what only developers were meant to need. */
static void find_tool(const struct package *k, const char *command, int line)
{
    OP_AUTO_FREE char *tool = op_strndup(command, strcspn(command, " "));
    const struct op_json *dev =
        op_json_get(op_json_get(k->json, "devDependencies"), op_str_eq(tool, "tsc") ? "typescript" : tool);
    if (dev != NULL)
        (void)op_fact_once(k->p, "keep-dev", tool, "package.json", line);
}

static void find_start(const struct package *k)
{
    static const char *const mains[] = { "server.js",    "index.js",   "app.js",     "main.js",  "src/server.js",
                                         "src/index.js", "src/app.js", "server.mjs", "index.mjs" };
    const char *command = script(k, "start:prod") != NULL ? script(k, "start:prod") : script(k, "start"),
               *main_file = op_json_str(k->json, "main");
    const char *named = script(k, "start:prod") != NULL ? "start:prod" : "start";
    int line = line_of(k->text, "scripts", named);
    if (command != NULL)
        find_tool(k, command, line);
    if (command != NULL &&
        (plain_start(k, command, line) || op_fact_once(k->p, "start-script", named, "package.json", line)))
        return;
    if (main_file != NULL && op_fact_value_ok(main_file) &&
        (op_tree_has(k->t, main_file + (op_str_starts(main_file, "./") ? 2 : 0)) || script(k, "build") != NULL)) {
        (void)op_fact_once(k->p, "start-0", "node", "package.json", op_tree_line_of(k->text, "\"main\""));
        (void)op_fact_once(k->p, "start-1", main_file, "package.json", op_tree_line_of(k->text, "\"main\""));
        return;
    }
    if (op_fact_is(k->p, "framework", "nuxt") && script(k, "build") != NULL) {
        (void)op_fact_once(k->p, "start-0", "node", "package.json", line_of(k->text, "scripts", "build"));
        (void)op_fact_once(k->p, "start-1", ".output/server/index.mjs", "package.json",
                           line_of(k->text, "scripts", "build"));
    }
    for (size_t i = 0; i < OP_LEN(mains); i++)
        if (op_tree_has(k->t, mains[i])) {
            (void)op_fact_once(k->p, "start-0", "node", mains[i], 0);
            (void)op_fact_once(k->p, "start-1", mains[i], mains[i], 0);
            return;
        }
}

static enum op_project_kind node(const struct package *k)
{
    int line = 0;
    bool serves = false;
    for (size_t i = 0; i < OP_LEN(servers) && !serves; i++)
        if (dependency(k, servers[i], &line) != NULL) {
            serves = true;
            (void)op_fact_once(k->p, "framework", servers[i], "package.json", line);
        }
    take_script(k, "build", "build");
    for (size_t i = 0; !serves && i < OP_LEN(builders); i++)
        if (dependency(k, builders[i].package, &line) != NULL && script(k, "build") != NULL) {
            (void)op_fact_once(k->p, "framework", builders[i].package, "package.json", line);
            find_folder(k, builders[i].package);
            (void)op_fact_once(k->p, "output", builders[i].output, "package.json", line);
            (void)op_fact_once(k->p, "port", "8080", NULL, 0);
            (void)op_fact_once(k->p, "health", "/", NULL, 0);
        }
    op_scan(k->t, k->p, ".ts|.js|.mjs|.cjs", look, op_project_fact(k->p, "output") == NULL ? k->t : NULL);
    if (op_project_fact(k->p, "output") == NULL)
        find_start(k);
    if (op_project_fact(k->p, "output") == NULL && op_project_fact(k->p, "start-0") == NULL &&
        op_project_fact(k->p, "start-script") == NULL)
        return OP_PROJECT_UNKNOWN; /* nothing to run: a package.json for tools, beside something else */
    (void)op_fact_once(k->p, "port", "3000", NULL, 0);
    return OP_PROJECT_NODE;
}

enum op_project_kind op_detect_node(struct op_tree *t, struct op_project *p)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_tree_read(t, "package.json", &text))
        return OP_PROJECT_UNKNOWN;
    struct op_err ignored = OP_ERR_INIT;
    OP_AUTO_JSON *json = op_json_parse(op_buf_str(&text), text.len, OP_JSON_LOOSE, &ignored);
    if (!op_json_is_object(json))
        return OP_PROJECT_UNKNOWN;
    const struct package k = { .t = t, .p = p, .json = json, .text = op_buf_str(&text) };
    const char *name = op_json_str(json, "name");
    OP_AUTO_FREE char *label = op_fact_label(name != NULL ? name : "");
    if (name != NULL)
        (void)op_fact_once(p, "name", label, "package.json", op_tree_line_of(k.text, "\"name\""));
    find_manager(&k);
    find_runtime(&k);
    find_manifests(&k);
    if (op_json_size(op_json_get(json, "dependencies")) != 0)
        (void)op_fact_once(p, "needs", "yes", "package.json", op_tree_line_of(k.text, "\"dependencies\""));
    if (op_json_size(op_json_get(json, "devDependencies")) != 0)
        (void)op_fact_once(p, "needs-dev", "yes", "package.json", op_tree_line_of(k.text, "\"devDependencies\""));
    int line = 0;
    const char *next = dependency(&k, "next", &line);
    return next != NULL ? next_js(&k, next, line) : node(&k);
}
