/* Owns how Node projects become images: Next.js, servers, and sites that Node builds and nginx serves. */
#include "docker.h"

#include "opsh/base/str.h"

/* What each package manager is told; cache is where it keeps what it fetched. Plug'n'Play has no node_modules to copy.
 */
static const struct manager {
    const char *name, *cache, *locked, *unlocked, *production, *prune, *run;
    bool cached_prune;
} managers[] = {
    { "npm", "/root/.npm", "npm ci", "npm install", " --omit=dev", "npm prune --omit=dev", "npm run", false },
    { "yarn", "/usr/local/share/.cache/yarn", "yarn install --frozen-lockfile", "yarn install", " --production",
      " yarn install --frozen-lockfile --production --ignore-scripts --prefer-offline", "yarn run", true },
    { "pnpm", "/pnpm/store", "corepack enable && pnpm install --frozen-lockfile --store-dir=/pnpm/store",
      "corepack enable && pnpm install --store-dir=/pnpm/store", " --prod", "CI=true pnpm prune --prod",
      "corepack enable && pnpm run", false },
    { "bun", "/root/.bun/install/cache", "bun install --frozen-lockfile", "bun install", " --production",
      "npm prune --omit=dev --no-package-lock", "npm run", false },
};
static const struct manager berry = { "yarn",
                                      "/root/.yarn/berry/cache",
                                      "corepack enable && YARN_NODE_LINKER=node-modules yarn install --immutable",
                                      "corepack enable && YARN_NODE_LINKER=node-modules yarn install",
                                      " && YARN_NODE_LINKER=node-modules yarn workspaces focus --production --all",
                                      " YARN_NODE_LINKER=node-modules yarn workspaces focus --production --all",
                                      "corepack enable && yarn run",
                                      true };

static const struct manager *manager_of(const struct op_project *p)
{
    const char *name = op_fact_value(p, "manager");
    if (op_str_eq(name, "yarn") && op_project_fact(p, "berry") != NULL)
        return &berry;
    for (size_t i = 0; i < OP_LEN(managers); i++)
        if (op_str_eq(managers[i].name, name))
            return &managers[i];
    return &managers[0];
}

static void install(struct op_image *im)
{
    const struct op_project *p = im->p;
    const struct manager *m = manager_of(p);
    bool locked = op_project_fact(p, "lock") != NULL, secret = op_project_fact(p, "npmrc-secret") != NULL;
    OP_AUTO_FREE char *manifests = op_image_join(p, "manifest", " ");
    op_vars_set(&im->vars, "manifests", "%s", manifests);
    bool any = op_project_fact(p, "needs") != NULL ||
               (op_project_fact(p, "build") != NULL && op_project_fact(p, "needs-dev") != NULL);
    op_vars_set(&im->vars, "deps", "%s", any ? "yes" : "");
    /* borrowed for the one command, so that no layer holds it */
    const char *npmrc = secret ? "--mount=type=secret,id=npmrc,target=/app/.npmrc "
                               : "--mount=type=bind,source=.npmrc,target=/app/.npmrc ";
    op_vars_set(&im->vars, "install", "--mount=type=cache,target=%s %s%s", m->cache,
                secret || op_project_fact(p, "npmrc") != NULL ? npmrc : "", locked ? m->locked : m->unlocked);
    bool keep = op_project_fact(p, "keep-dev") != NULL; /* its start is one of the developers' tools */
    op_vars_set(&im->vars, "install_production", "%s%s", op_vars_get(&im->vars, "install"), keep ? "" : m->production);
    op_vars_set(&im->vars, "lock_says", "%s",
                locked ? "exactly the versions that were locked"
                       : "nothing is locked, so each build takes the newest versions");
    OP_AUTO_BUF copies = OP_BUF_INIT;
    for (size_t i = 0; i < p->n; i++)
        if (op_str_eq(p->facts[i].name, "install-copy"))
            op_buf_addf(&copies, "%sCOPY %s ./%s", copies.len != 0 ? "\n" : "", p->facts[i].value, p->facts[i].value);
    op_vars_set(&im->vars, "install_copies", "%s", op_buf_str(&copies));
    op_vars_set(&im->vars, "bun", "%s", op_str_eq(m->name, "bun") ? "yes" : "");
    op_vars_set(&im->vars, "bun_base", "oven/bun:1.2-%s",
                *op_vars_get(&im->vars, "alpine") != '\0' ? "alpine" : "slim");
    if (!locked && any)
        op_strv_pushf(im->notes,
                      "no lock file: each build takes the newest versions; run %s install and keep its lock file "
                      "beside package.json",
                      m->name);
    if (secret)
        op_strv_push(im->notes, ".npmrc holds a token: it stays out of the image and is lent to the build by docker "
                                "build --secret id=npmrc,src=.npmrc");
    if (op_project_fact(p, "workspaces") != NULL)
        op_strv_push(im->notes, "package.json has workspaces: the Dockerfile is for this folder as one package; a "
                                "package of them may need its own");
}

/* What is built, and which packages stay after that. */
static void build(struct op_image *im)
{
    const struct op_project *p = im->p;
    const struct manager *m = manager_of(p);
    bool builds = op_project_fact(p, "build") != NULL, keep = op_project_fact(p, "keep-dev") != NULL;
    op_vars_set(&im->vars, "build_command", "%s build", m->run);
    op_vars_set(&im->vars, "build_says", "its script \"build\"");
    if (!builds && p->kind == OP_PROJECT_NEXTJS) {
        op_vars_set(&im->vars, "build_command", "node node_modules/next/dist/bin/next build");
        op_vars_set(&im->vars, "build_says", "package.json has no script \"build\"");
    }
    /* what only the build needs does not go along, unless pages or a server with its own packages are all that does */
    bool lean = op_fact_is(p, "output", "standalone") ||
                (p->kind == OP_PROJECT_NEXTJS && im->wish != NULL && im->wish->standalone);
    bool pruned = !lean && op_project_fact(p, "needs") != NULL && (builds || p->kind == OP_PROJECT_NEXTJS);
    op_vars_set(&im->vars, "production", "%s", pruned && !keep ? "yes" : "");
    op_vars_set(&im->vars, "drop_packages", "%s", keep || *op_vars_get(&im->vars, "deps") == '\0' ? "" : "yes");
    if (keep)
        op_strv_pushf(im->notes,
                      "%s starts it, which is among devDependencies: the image keeps all of those; a build to plain "
                      "JavaScript makes it smaller",
                      op_fact_value(p, "keep-dev"));
    op_vars_set(&im->vars, "prune", "%s%s%s", m->cached_prune ? "--mount=type=cache,target=" : "",
                m->cached_prune ? m->cache : "", m->prune);
}

/* A name that a linter, and a reader, would take for a secret's. */
static bool secret_name(const char *name)
{
    static const char *const words[] = { "SECRET", "PASSWORD",   "PASSWD",      "PWORD", "TOKEN",  "KEY",
                                         "APIKEY", "CREDENTIAL", "CREDENTIALS", "AUTH",  "PRIVATE" };
    for (const char *at = name; *at != '\0';) {
        size_t n = strcspn(at, "_");
        for (size_t i = 0; i < OP_LEN(words); i++)
            if (strlen(words[i]) == n && strncmp(words[i], at, n) == 0)
                return true;
        at += n + (at[n] == '_');
    }
    return false;
}

static void public_args(struct op_image *im)
{
    OP_AUTO_BUF args = OP_BUF_INIT, names = OP_BUF_INIT;
    for (size_t i = 0; i < im->p->n; i++) {
        const struct op_fact *f = &im->p->facts[i];
        if (!op_str_eq(f->name, "public-env"))
            continue;
        if (secret_name(f->value)) {
            op_strv_pushf(im->notes,
                          "%s (%s:%d) is named like a secret and would stand in the pages for all to read: it is not "
                          "passed to the build",
                          f->value, f->file, f->line);
            continue;
        }
        op_buf_addf(&args, "%sARG %s\nENV %s=$%s", args.len != 0 ? "\n" : "", f->value, f->value, f->value);
        op_buf_addf(&names, "%s%s", names.len != 0 ? ", " : "", f->value);
    }
    op_vars_set(&im->vars, "public_args", "%s", op_buf_str(&args));
    if (names.len != 0)
        op_strv_pushf(im->notes, "%s: fixed when the image is built (--build-arg); another value needs another build",
                      op_buf_str(&names));
}

/* The words of the command as a JSON array's inside. */
static void start(struct op_image *im)
{
    const struct op_project *p = im->p;
    OP_AUTO_BUF words = OP_BUF_INIT;
    const char *script = op_fact_value(p, "start-script");
    op_vars_set(&im->vars, "start_from", "%s",
                op_vars_get(&im->vars, script != NULL ? "start_script_from" : "start_0_from"));
    if (script != NULL) {
        op_vars_set(&im->vars, "start", "\"npm\", \"run\", \"%s\"", script);
        return;
    }
    for (unsigned i = 0;; i++) {
        char fact[24];
        (void)snprintf(fact, sizeof(fact), "start-%u", i);
        const char *word = op_fact_value(p, fact);
        if (word == NULL)
            break;
        op_buf_addf(&words, "%s\"%s\"", i != 0 ? ", " : "", word);
    }
    op_vars_set(&im->vars, "start", "%s", op_buf_str(&words));
}

static void health(struct op_image *im)
{
    const char *path = op_fact_value(im->p, "health");
    if (path != NULL) {
        op_vars_set(&im->vars, "health_says", "%s; by Node.js, as the image has no curl",
                    op_vars_get(&im->vars, "health_from"));
        op_vars_set(&im->vars, "health_check",
                    "fetch('http://127.0.0.1:' + process.env.PORT + '%s').then(r => process.exit(r.ok ? 0 : 1), () => "
                    "process.exit(1))",
                    path);
    } else {
        op_vars_set(&im->vars, "health_says", "no route called /health was seen, so only whether it listens");
        op_vars_set(&im->vars, "health_check",
                    "require('net').connect(process.env.PORT, '127.0.0.1', () => process.exit(0)).on('error', () => "
                    "process.exit(1))");
    }
}

void op_image_node(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *site = op_fact_value(p, "output");
    op_image_base(im, "node:%s-alpine", op_fact_value(p, "runtime"));
    install(im);
    build(im);
    public_args(im);
    if (site != NULL) {
        op_vars_set(&im->vars, "site", "node_site");
        op_vars_set(&im->vars, "ignore_output", "**/%s", site);
        op_image_web(im, true);
        return;
    }
    op_image_user(im, op_vars_get(&im->vars, "base"), "nodeapp", NULL);
    start(im);
    health(im);
}

void op_image_nextjs(struct op_image *im)
{
    const struct op_project *p = im->p;
    if (op_fact_is(p, "output", "out")) { /* output: "export": pages alone */
        op_image_node(im);
        return;
    }
    bool has = op_fact_is(p, "output", "standalone"), wished = im->wish != NULL && im->wish->standalone;
    op_image_base(im, "node:%s-alpine", op_fact_value(p, "runtime"));
    install(im);
    build(im);
    public_args(im);
    op_image_user(im, op_vars_get(&im->vars, "base"), "nextjs", "nodejs");
    op_vars_set(&im->vars, "standalone", "%s", has || wished ? "yes" : "");
    if (wished && !has)
        op_vars_set(&im->vars, "output_from", "%s",
                    op_fact_value(p, "config") != NULL ? op_fact_value(p, "config") : "next.config.js");
    OP_AUTO_FREE char *config =
        op_fact_value(p, "config") != NULL ? op_asprintf("/app/%s ", op_fact_value(p, "config")) : op_strdup("");
    op_vars_set(&im->vars, "runtime_files", "%s/app/package.json", config);
    if (!has && !wished)
        op_strv_pushf(im->notes,
                      "one line more, output: \"standalone\" in %s, makes the image 120 to 180 MB instead of about 1 "
                      "GB: ask for a standalone build",
                      op_fact_value(p, "config") != NULL ? op_fact_value(p, "config") : "next.config.js");
}
