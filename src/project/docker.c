/* Owns drafting a Dockerfile and its .dockerignore: which template, what is the same for all of them, and what the
 * person is told. Refuses images without a tag, and wishes that could break out of their line. Writes nothing. */
#include "docker.h"

#include "opsh/base/str.h"
#include "opsh/catalog/embedded.h"
#include "tree.h"

#include <stdarg.h>

/* How one kind becomes an image. */
static const struct {
    const char *template, *ignore; /* ignore: the section of .dockerignore */
    void (*prepare)(struct op_image *);
    const char *facts[4]; /* whose files are named in the draft's why */
} kinds[] = {
    [OP_PROJECT_NEXTJS] = { "nextjs", "node", op_image_nextjs, { "framework", "lock", "config", "runtime" } },
    [OP_PROJECT_NODE] = { "node", "node", op_image_node, { "framework", "lock", "start-0", "runtime" } },
    [OP_PROJECT_FASTAPI] = { "python", "python", op_image_python, { "app", "lock", "requirements", "runtime" } },
    [OP_PROJECT_PYTHON] = { "python", "python", op_image_python, { "app", "lock", "requirements", "main" } },
    [OP_PROJECT_GO] = { "go", "go", op_image_go, { "module", "main", "port", NULL } },
    [OP_PROJECT_RUST] = { "rust", "rust", op_image_rust, { "app", "lock", "runtime", NULL } },
    [OP_PROJECT_MAVEN] = { "maven", "java", op_image_java, { "app", "runtime", "framework", NULL } },
    [OP_PROJECT_GRADLE] = { "gradle", "java", op_image_java, { "app", "runtime", "framework", "build" } },
    [OP_PROJECT_STATIC] = { "static", "static", op_image_static, { "page", NULL } },
    [OP_PROJECT_CMAKE] = { "cmake", "cmake", op_image_cmake, { "app", NULL } },
};

/* "package.json:12", "package.json", "by default" */
static void source_of(const struct op_fact *f, struct op_buf *out)
{
    if (f->file == NULL)
        op_buf_adds(out, "by default");
    else if (f->line == 0)
        op_buf_adds(out, f->file);
    else
        op_buf_addf(out, "%s:%d", f->file, f->line);
}

static void variable_name(const char *fact, char name[40], const char *ending)
{
    (void)snprintf(name, 40, "%s%s", fact, ending);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '-' ? '_' : *c;
}

/* What templates may ask for although no file said anything. */
static const char *const always[] = { "lock",         "manager",    "output",  "public",    "config",
                                      "port",         "health",     "runtime", "app",       "main",
                                      "build",        "public-env", "native",  "framework", "requirements",
                                      "npmrc-secret", "module",     "page",    "library" };

static void facts_as_variables(struct op_image *im)
{
    char name[40];
    for (size_t i = 0; i < OP_LEN(always); i++) {
        variable_name(always[i], name, "");
        op_vars_set(&im->vars, name, "%s", "");
        variable_name(always[i], name, "_from");
        op_vars_set(&im->vars, name, "by default");
    }
    for (size_t i = im->p->n; i-- > 0;) { /* backwards: the first of a name counts */
        const struct op_fact *f = &im->p->facts[i];
        OP_AUTO_BUF from = OP_BUF_INIT;
        source_of(f, &from);
        variable_name(f->name, name, "");
        op_vars_set(&im->vars, name, "%s", f->value);
        variable_name(f->name, name, "_from");
        op_vars_set(&im->vars, name, "%s", op_buf_str(&from));
    }
    op_vars_set(&im->vars, "name", "%s", im->p->name);
    const char *manager = op_fact_value(im->p, "manager");
    op_vars_set(&im->vars, "kind", "%s", op_project_kind_name(im->p->kind));
    op_vars_set(&im->vars, "with_manager", "%s%s", manager != NULL ? " with " : "", manager != NULL ? manager : "");
    if (im->wish != NULL && im->wish->port != 0) {
        op_vars_set(&im->vars, "port", "%d", im->wish->port);
        op_vars_set(&im->vars, "port_from", "as you asked");
    }
}

void op_image_base(struct op_image *im, const char *fmt, ...)
{
    char fallback[160];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(fallback, sizeof(fallback), fmt, args);
    va_end(args);
    const char *base = im->wish != NULL && im->wish->base != NULL ? im->wish->base : fallback;
    bool alpine = strstr(base, "alpine") != NULL;
    op_vars_set(&im->vars, "base", "%s", base);
    op_vars_set(&im->vars, "alpine", "%s", alpine ? "yes" : "");
    op_vars_set(&im->vars, "system", "%s", alpine ? "Alpine" : "Debian");
    const char *tag = strrchr(base, ':');
    if (im->wish != NULL && im->wish->base != NULL) {
        op_vars_set(&im->vars, "runtime_from", "as you asked");
        op_vars_set(&im->vars, "runtime", "%s", tag != NULL && strchr(tag, '/') == NULL ? tag + 1 : "of this image");
    }
}

void op_image_user(struct op_image *im, const char *image, const char *user, const char *group)
{
    if (im->wish != NULL && im->wish->user != NULL)
        user = im->wish->user;
    group = group != NULL ? group : user;
    op_vars_set(&im->vars, "user", "%s", user);
    if (strstr(image, "alpine") != NULL)
        op_vars_set(&im->vars, "add_user", "RUN addgroup -S -g 1001 %s && adduser -S -u 1001 -G %s %s", group, group,
                    user);
    else
        op_vars_set(&im->vars, "add_user",
                    "RUN groupadd --system --gid 1001 %s && useradd -l --system --uid 1001 --gid %s --home-dir /app "
                    "--no-create-home %s",
                    group, group, user);
}

/* Names of Debian's packages and what Alpine calls them. */
static const struct {
    const char *debian, *alpine;
} packages[] = {
    { "g++", "g++" },
    { "libpq-dev", "libpq-dev" },
    { "libpq5", "libpq" },
    { "pkg-config", "pkgconf" },
    { "default-libmysqlclient-dev", "mariadb-dev" },
    { "libmariadb3", "mariadb-connector-c" },
    { "libgraphviz-dev", "graphviz-dev" },
    { "libldap2-dev", "openldap-dev" },
    { "libsasl2-dev", "cyrus-sasl-dev" },
    { "libldap-2.5-0", "libldap" },
    { "libcairo2-dev", "cairo-dev" },
    { "libcairo2", "cairo" },
    { "libc6-dev", "musl-dev" },
    { "ninja-build", "ninja" },
    { "libcurl4-openssl-dev", "curl-dev" },
    { "libcurl4", "libcurl" },
    { "libssl-dev", "openssl-dev" },
    { "zlib1g-dev", "zlib-dev" },
    { "zlib1g", "zlib" },
    { "libsqlite3-dev", "sqlite-dev" },
    { "libsqlite3-0", "sqlite-libs" },
    { "libxml2-dev", "libxml2-dev" },
    { "libevent-2.1-7", "libevent" },
    { "libyaml-0-2", "yaml" },
    { "libyaml-dev", "yaml-dev" },
    { "libcjson-dev", "cjson-dev" },
    { "libcjson1", "cjson" },
    { "libmicrohttpd12", "libmicrohttpd" },
};

static const char *in_alpine(const char *debian)
{
    for (size_t i = 0; i < OP_LEN(packages); i++)
        if (op_str_eq(packages[i].debian, debian))
            return packages[i].alpine;
    return debian;
}

void op_image_packages(struct op_image *im, const char *hole, const char *names)
{
    bool alpine = *op_vars_get(&im->vars, "alpine") != '\0';
    OP_AUTO_STRV list = OP_STRV_INIT;
    for (const char *at = names; *at != '\0';) {
        OP_AUTO_FREE char *name = op_strndup(at, strcspn(at, ","));
        const char *said = alpine ? in_alpine(name) : name;
        if (*said != '\0' && !op_strv_has(&list, said))
            op_strv_push(&list, said);
        at += strcspn(at, ",");
        at += *at == ',';
    }
    OP_AUTO_BUF run = OP_BUF_INIT;
    for (size_t i = 0; i < list.n; i++)
        op_buf_addf(&run, " %s", list.v[i]);
    if (run.len == 0)
        op_vars_set(&im->vars, hole, "%s", "");
    else if (alpine)
        op_vars_set(&im->vars, hole, "# hadolint ignore=DL3018\nRUN apk add --no-cache%s", op_buf_str(&run));
    else
        op_vars_set(&im->vars, hole,
                    "# hadolint ignore=DL3008\nRUN apt-get update && apt-get install -y --no-install-recommends%s && "
                    "rm -rf /var/lib/apt/lists/*",
                    op_buf_str(&run));
}

char *op_image_join(const struct op_project *p, const char *fact, const char *between)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < p->n; i++)
        if (op_str_eq(p->facts[i].name, fact))
            op_buf_addf(&out, "%s%s", out.len != 0 ? between : "", p->facts[i].value);
    return op_strdup(op_buf_str(&out));
}

/* What a person wishes for stands in the file as they said it, so it has to be one word of the right kind. */
static bool wish_ok(const struct op_wish *wish, struct op_err *err)
{
    if (wish == NULL)
        return true;
    if (wish->base != NULL) {
        const char *slash = strrchr(wish->base, '/'), *tag = strchr(slash != NULL ? slash : wish->base, ':');
        if (!op_fact_value_ok(wish->base) || strpbrk(wish->base, "*+=~^%,") != NULL || *wish->base == '-')
            return op_fail(err, OP_USAGE, 0, "\"%.80s\" is no name of an image", wish->base);
        if ((tag == NULL && strchr(wish->base, '@') == NULL) || op_str_eq(tag, ":latest") || op_str_eq(tag, ":"))
            return op_fail(
                err, OP_USAGE, 0,
                "the image %s needs a tag other than latest, such as node:20-alpine: it is another image tomorrow",
                wish->base);
    }
    if (wish->user != NULL &&
        (!op_fact_value_ok(wish->user) ||
         strspn(wish->user, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(wish->user) ||
         strlen(wish->user) > 32 || strchr("0123456789-", *wish->user) != NULL || op_str_eq(wish->user, "root")))
        return op_fail(err, OP_USAGE, 0,
                       "\"%.40s\" is no name for the image's user: small letters and digits, and not root", wish->user);
    if (wish->port < 0 || wish->port > 65535)
        return op_fail(err, OP_USAGE, 0, "%d is no port", wish->port);
    if (wish->port != 0 && wish->port < 1024)
        return op_fail(err, OP_USAGE, 0, "port %d needs root, and the image runs without: say one above 1023",
                       wish->port);
    return true;
}

/* "Next.js with npm (package.json:24, package-lock.json)" */
static char *why(const struct op_project *p, const char *of)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    OP_AUTO_STRV seen = OP_STRV_INIT;
    const char *manager = op_fact_value(p, "manager");
    op_buf_addf(&out, "%s%s%s%s", of, op_project_kind_name(p->kind), manager != NULL ? " with " : "",
                manager != NULL ? manager : "");
    for (size_t i = 0; i < OP_LEN(kinds[p->kind].facts); i++) {
        const struct op_fact *f = kinds[p->kind].facts[i] != NULL ? op_project_fact(p, kinds[p->kind].facts[i]) : NULL;
        OP_AUTO_BUF from = OP_BUF_INIT;
        if (f == NULL || f->file == NULL)
            continue;
        source_of(f, &from);
        if (op_strv_has(&seen, op_buf_str(&from)))
            continue;
        op_buf_addf(&out, "%s%s", seen.n == 0 ? " (" : ", ", op_buf_str(&from));
        op_strv_push(&seen, op_buf_str(&from));
    }
    if (seen.n != 0)
        op_buf_addc(&out, ')');
    return op_buf_steal(&out);
}

static void add_draft(struct op_drafts *out, const char *path, char *takes_text, char *takes_was, char *takes_why,
                      bool optional)
{
    out->v = op_realloc(out->v, out->n + 1, sizeof(*out->v));
    out->v[out->n++] = (struct op_draft){
        .path = op_strdup(path), .text = takes_text, .was = takes_was, .why = takes_why, .optional = optional
    };
}

/* What stands there now; NULL: nothing, or nothing that could be read as a text. */
static char *standing(struct op_tree *t, const char *path)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    return op_tree_read(t, path, &text) ? op_strdup(op_buf_str(&text)) : NULL;
}

static bool add_filled(struct op_image *im, struct op_tree *t, const char *template, const char *path, const char *of,
                       struct op_drafts *out, struct op_err *err)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_AUTO_FREE char *file = op_asprintf("templates/dockerfile/%s.tmpl", template);
    const char *embedded = op_embedded_text(file);
    if (embedded == NULL)
        return op_fail(err, OP_CONFIG, 0, "%s is not in this build", file);
    if (!op_stencil_fill(file, embedded, &im->vars, &text, err))
        return false;
    add_draft(out, path, op_buf_steal(&text), standing(t, path), why(im->p, of), false);
    return true;
}

/* The change of next.config first: what the Dockerfile builds upon. */
static void add_standalone(struct op_image *im, struct op_tree *t, struct op_drafts *out)
{
    const char *config = op_fact_value(im->p, "config");
    if (im->p->kind != OP_PROJECT_NEXTJS || im->wish == NULL || !im->wish->standalone ||
        op_fact_is(im->p, "output", "standalone"))
        return;
    OP_AUTO_FREE char *was = config != NULL ? standing(t, config) : NULL;
    char *text =
        was != NULL
            ? op_standalone_change(was)
            : op_strdup(
                  "/** @type {import('next').NextConfig} */\nmodule.exports = {\n  output: \"standalone\",\n};\n");
    if (text == NULL) {
        op_strv_pushf(
            im->notes,
            "%s is written in a way that is not changed by itself: add output: \"standalone\" to its object by hand",
            config);
        return;
    }
    add_draft(out, config != NULL ? config : "next.config.js", text, op_steal(&was),
              op_strdup("a server with only what it needs: the image is 120 to 180 MB instead of about 1 GB; the "
                        "Dockerfile builds upon it"),
              true);
}

bool op_project_dockerfile(const struct op_project *p, const struct op_wish *wish, struct op_drafts *out,
                           struct op_err *err)
{
    *out = (struct op_drafts){ .notes = OP_STRV_INIT };
    if (p->kind == OP_PROJECT_UNKNOWN)
        return op_fail(err, OP_UNCLEAR, 0,
                       "nothing that opsh knows is in %s: it looks for package.json, pyproject.toml or "
                       "requirements.txt, go.mod, Cargo.toml, "
                       "pom.xml, build.gradle, CMakeLists.txt and index.html",
                       p->folder);
    struct op_tree tree;
    if (!wish_ok(wish, err) || !op_tree_open(p->folder, &tree, err))
        return false;
    struct op_image im = { .p = p, .wish = wish, .notes = &out->notes };
    facts_as_variables(&im);
    op_vars_set(&im.vars, kinds[p->kind].ignore, "yes");
    kinds[p->kind].prepare(&im);
    for (size_t i = 0; i < p->n; i++)
        if (op_str_eq(p->facts[i].name, "note"))
            op_strv_push(&out->notes, p->facts[i].value);
    add_standalone(&im, &tree, out);
    bool site = *op_vars_get(&im.vars, "site") != '\0';
    const char *template = site ? op_vars_get(&im.vars, "site") : kinds[p->kind].template;
    bool ok = add_filled(&im, &tree, template, "Dockerfile", "", out, err) &&
              add_filled(&im, &tree, "dockerignore", ".dockerignore",
                         "what stays out of the image: secrets, and what is made again; ", out, err) &&
              (!site || add_filled(&im, &tree, "nginx", op_vars_get(&im.vars, "nginx_conf"),
                                   "how nginx serves it without root; ", out, err));
    op_vars_free(&im.vars);
    op_tree_close(&tree);
    if (!ok)
        op_drafts_free(out);
    return ok;
}

void op_drafts_free(struct op_drafts *d)
{
    for (size_t i = 0; i < d->n; i++) {
        free(d->v[i].path);
        free(d->v[i].text);
        free(d->v[i].was);
        free(d->v[i].why);
    }
    free(d->v);
    op_strv_free(&d->notes);
    *d = (struct op_drafts){ .v = NULL };
}
