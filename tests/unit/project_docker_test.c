/* What opsh drafts: for each fixture the lines that matter, no finding of the linter, nothing foreign that became an
 * instruction; the change of next.config; wishes. */
#include "opsh/project/lint.h"
#include "opsh/project/project.h"

#include "opsh/base/diff.h"
#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "project/docker.h"
#include "project/stencil.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char projects[] = OPSH_SOURCE_DIR "/tests/fixtures/projects", todo[] = OPSH_SOURCE_DIR "/examples/todo";

static void draft(const char *folder, const struct op_wish *wish, struct op_drafts *d)
{
    struct op_project p;
    struct op_err err = OP_ERR_INIT;
    if (!op_project_read(folder, &p, &err) || !op_project_dockerfile(&p, wish, d, &err))
        fail_msg("%s: %s", folder, err.msg);
    op_project_free(&p);
}

static const struct op_draft *named(const struct op_drafts *d, const char *path)
{
    for (size_t i = 0; i < d->n; i++)
        if (op_str_eq(d->v[i].path, path))
            return &d->v[i];
    return NULL;
}

/* "\nLINE\n" in the text: a whole line. */
static bool has_line(const char *text, const char *line)
{
    OP_AUTO_FREE char *whole = op_asprintf("\n%s\n", line);
    return strstr(text, whole) != NULL;
}

static void want(const char *folder, const struct op_wish *wish, const char *const *lines, const char *const *absent)
{
    struct op_drafts d;
    draft(folder, wish, &d);
    const char *text = named(&d, "Dockerfile")->text;
    for (; lines != NULL && *lines != NULL; lines++)
        if (!has_line(text, *lines))
            fail_msg("%s: no line \"%s\" in\n%s", folder, *lines, text);
    for (; absent != NULL && *absent != NULL; absent++)
        if (strstr(text, *absent) != NULL)
            fail_msg("%s: \"%s\" in\n%s", folder, *absent, text);
    op_drafts_free(&d);
}

static void want_fixture(const char *fixture, const char *const *lines, const char *const *absent)
{
    OP_AUTO_FREE char *folder = op_asprintf("%s/%s", projects, fixture);
    want(folder, NULL, lines, absent);
}

#define LINES (const char *const[])

/* --- the linter on all of them --- */

static void lint(const char *folder, const struct op_wish *wish)
{
    struct op_drafts d;
    draft(folder, wish, &d);
    OP_AUTO_STRV ignored = OP_STRV_INIT;
    op_diff_split(named(&d, ".dockerignore")->text, &ignored);
    const struct op_lint_context context = { .ignored = &ignored };
    const char *text = named(&d, "Dockerfile")->text;
    struct op_lint_report report;
    op_lint(text, strlen(text), &context, &report);
    OP_AUTO_BUF said = OP_BUF_INIT;
    op_lint_text(&report, folder, &said);
    if (report.n != 0)
        fail_msg("%s\n%s", op_buf_str(&said), text);
    op_lint_report_free(&report);
    op_drafts_free(&d);
}

static void no_finding_in_what_is_drafted(void **state)
{
    (void)state;
    static const struct op_wish wishes[] = { { .port = 0 },
                                             { .standalone = true },
                                             { .port = 8123, .user = "runner" } };
    size_t seen = 0;
    DIR *dir = opendir(projects);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        OP_AUTO_FREE char *folder = op_asprintf("%s/%s", projects, e->d_name);
        for (size_t i = 0; i < OP_LEN(wishes); i++)
            lint(folder, &wishes[i]);
        seen++;
    }
    (void)closedir(dir);
    assert_true(seen >= 12);
    OP_AUTO_FREE char *frontend = op_asprintf("%s/frontend", todo), *backend = op_asprintf("%s/backend", todo);
    for (size_t i = 0; i < OP_LEN(wishes); i++) {
        lint(frontend, &wishes[i]);
        lint(backend, &wishes[i]);
    }
    lint(frontend, &(struct op_wish){ .base = "node:22-slim" });
    lint(backend, &(struct op_wish){ .base = "python:3.13-alpine" });
}

/* --- what the sheet says --- */

static void the_todo_frontend(void **state)
{
    (void)state;
    OP_AUTO_FREE char *folder = op_asprintf("%s/frontend", todo);
    const char *const both[] = {
        "FROM node:20-alpine AS base",
        "FROM base AS deps",
        "FROM base AS builder",
        "FROM base AS runner",
        "WORKDIR /app",
        "RUN apk add --no-cache libc6-compat",
        "COPY package.json package-lock.json ./",
        "RUN --mount=type=cache,target=/root/.npm --mount=type=bind,source=.npmrc,target=/app/.npmrc npm ci",
        "ARG NEXT_PUBLIC_API_URL",
        "ENV NEXT_PUBLIC_API_URL=$NEXT_PUBLIC_API_URL",
        "ENV NEXT_TELEMETRY_DISABLED=1",
        "ENV NODE_ENV=production PORT=3000 HOSTNAME=0.0.0.0",
        "RUN addgroup -S -g 1001 nodejs && adduser -S -u 1001 -G nodejs nextjs",
        "COPY --from=builder --chown=1001:1001 /app/public ./public",
        "USER nextjs",
        "EXPOSE 3000",
        "# package.json:8: Node.js 20",
        "# package.json:12: its script \"build\"",
        NULL
    };
    want(folder, NULL, both, LINES{ "standalone ./", "server.js", "latest", NULL });
    want(folder, NULL,
         LINES{ "CMD [\"node\", \"node_modules/next/dist/bin/next\", \"start\"]", "RUN npm prune --omit=dev", NULL },
         NULL);
    const struct op_wish standalone = { .standalone = true };
    want(folder, &standalone, both, LINES{ "npm prune", "next\", \"start", NULL });
    want(folder, &standalone,
         LINES{ "COPY --from=builder --chown=1001:1001 /app/.next/standalone ./",
                "COPY --from=builder --chown=1001:1001 /app/.next/static ./.next/static",
                "CMD [\"node\", \"server.js\"]", NULL },
         NULL);
}

static void the_todo_backend(void **state)
{
    (void)state;
    OP_AUTO_FREE char *folder = op_asprintf("%s/backend", todo);
    want(folder, NULL,
         LINES{
             "FROM python:3.12-slim AS builder", "FROM python:3.12-slim AS runner", "WORKDIR /app",
             "COPY pyproject.toml ./", "COPY --from=builder /opt/venv /opt/venv", "COPY src ./src", "USER appuser",
             "EXPOSE 8000", "ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1",
             "    CMD [\"python\", \"-c\", \"import urllib.request; "
             "urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)\"]",
             "CMD [\"uvicorn\", \"src.main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\", \"--proxy-headers\"]",
             NULL },
         LINES{ "--reload", "\"curl\"", "libpq", "DATABASE_URL", "latest", NULL });
    struct op_drafts d;
    draft(folder, NULL, &d);
    assert_string_equal(named(&d, "Dockerfile")->why, "FastAPI with pip (src/main.py:32, pyproject.toml:6)");
    assert_null(named(&d, "Dockerfile")->was);
    op_drafts_free(&d);
}

static void other_projects(void **state)
{
    (void)state;
    want_fixture("next-pnpm",
                 LINES{ "FROM node:22-alpine AS base", "COPY package.json pnpm-lock.yaml ./",
                        "CMD [\"node\", \"server.js\"]", "ARG NEXT_PUBLIC_SHOP",
                        "RUN --mount=type=cache,target=/pnpm/store corepack enable && pnpm install --frozen-lockfile "
                        "--store-dir=/pnpm/store",
                        NULL },
                 LINES{ "NEXT_PUBLIC_STRIPE_KEY", "/public", NULL });
    want_fixture("next-export",
                 LINES{ "FROM nginx:1.28-alpine AS runner", "COPY --from=builder /app/out ./", "USER 1001:1001", NULL },
                 LINES{ "next\", \"start", NULL });
    want_fixture("node-express",
                 LINES{ "FROM node:22-alpine AS deps", "RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev",
                        "CMD [\"node\", \"src/server.js\"]", "EXPOSE 4000", NULL },
                 LINES{ "AS builder", NULL });
    want_fixture("node-ts",
                 LINES{ "RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile",
                        "CMD [\"node\", \"--enable-source-maps\", \"dist/main.js\"]",
                        "COPY --from=production /app/node_modules ./node_modules", NULL },
                 LINES{ "--watch", NULL });
    want_fixture("python-flask",
                 LINES{ "COPY requirements.txt ./", "COPY requirements-server.txt ./",
                        "CMD [\"gunicorn\", \"app:app\", \"--bind\", \"0.0.0.0:5000\"]", "COPY . .", NULL },
                 LINES{ "apt-get", NULL });
    want_fixture(
        "python-psycopg",
        LINES{ "RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev && rm -rf "
               "/var/lib/apt/lists/*",
               "RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*",
               "COPY app ./app",
               "ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app/app", NULL },
        NULL);
    want_fixture("python-uv",
                 LINES{ "COPY pyproject.toml uv.lock ./",
                        "CMD [\"fastapi\", \"run\", \"src/shop/main.py\", \"--app\", \"app\", \"--port\", \"8000\", "
                        "\"--proxy-headers\"]",
                        NULL },
                 NULL);
    want_fixture("go-http",
                 LINES{ "FROM golang:1.22-alpine AS builder", "FROM alpine:3.22 AS runner", "USER appuser",
                        "EXPOSE 9090", "CMD [\"hello\"]", NULL },
                 NULL);
    want_fixture("go-worker", LINES{ "HEALTHCHECK NONE", NULL }, LINES{ "EXPOSE", NULL });
    want_fixture(
        "rust-axum",
        LINES{ "FROM rust:1.90-slim-bookworm AS builder", "FROM debian:bookworm-slim AS runner", "EXPOSE 3030", NULL },
        NULL);
    want_fixture("maven-spring",
                 LINES{ "FROM maven:3.9-eclipse-temurin-17 AS builder", "FROM eclipse-temurin:17-jre AS runner",
                        "EXPOSE 8085", NULL },
                 NULL);
    want_fixture("gradle-app",
                 LINES{ "FROM gradle:8.14-jdk17 AS builder", "CMD [\"bin/ticker\"]", "EXPOSE 7070", NULL }, NULL);
    want_fixture("cmake-http", LINES{ "EXPOSE 9000", "CMD [\"echod\"]", NULL }, LINES{ "g++", NULL });
    want_fixture("static-site",
                 LINES{ "COPY *.html ./", "COPY css ./css", "COPY nginx.conf /etc/nginx/nginx.conf", NULL },
                 LINES{ "COPY .", NULL });
}

static void never_root_never_unpinned(void **state)
{
    (void)state;
    DIR *dir = opendir(projects);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        struct op_drafts d;
        OP_AUTO_FREE char *folder = op_asprintf("%s/%s", projects, e->d_name);
        draft(folder, NULL, &d);
        const char *text = named(&d, "Dockerfile")->text, *user = strstr(text, "\nUSER "),
                   *ignore = named(&d, ".dockerignore")->text;
        assert_non_null(user);
        assert_null(strstr(user + 1, "\nUSER "));
        assert_true(strstr(text, "1001") != NULL && strstr(text, "USER root") == NULL &&
                    strstr(text, ":latest") == NULL);
        assert_non_null(strstr(text, "\nHEALTHCHECK "));
        static const char *const kept_out[] = { ".env*",      "**/.env*", "**/*.pem",    "**/*.key",
                                                "**/id_rsa*", ".git",     "Dockerfile*", NULL };
        for (size_t i = 0; kept_out[i] != NULL; i++)
            if (!has_line(ignore, kept_out[i]))
                fail_msg("%s: %s is not in .dockerignore", e->d_name, kept_out[i]);
        op_drafts_free(&d);
    }
    (void)closedir(dir);
    OP_AUTO_FREE char *frontend = op_asprintf("%s/frontend", todo), *backend = op_asprintf("%s/backend", todo);
    struct op_drafts d;
    draft(frontend, NULL, &d);
    assert_true(has_line(named(&d, ".dockerignore")->text, "**/node_modules") &&
                has_line(named(&d, ".dockerignore")->text, "**/.next"));
    op_drafts_free(&d);
    draft(backend, NULL, &d);
    assert_true(has_line(named(&d, ".dockerignore")->text, "**/venv") &&
                has_line(named(&d, ".dockerignore")->text, "**/__pycache__"));
    op_drafts_free(&d);
}

/* --- wishes --- */

static void refuse(const struct op_wish *wish, const char *because)
{
    struct op_project p;
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *folder = op_asprintf("%s/backend", todo);
    assert_true(op_project_read(folder, &p, &err));
    assert_false(op_project_dockerfile(&p, wish, &d, &err));
    assert_int_equal(err.code, OP_USAGE);
    if (strstr(err.msg, because) == NULL)
        fail_msg("%s", err.msg);
    assert_int_equal(d.n, 0);
    op_project_free(&p);
}

static void wishes(void **state)
{
    (void)state;
    OP_AUTO_FREE char *folder = op_asprintf("%s/backend", todo);
    want(folder, &(struct op_wish){ .base = "python:3.13-slim", .user = "svc", .port = 9000 },
         LINES{
             "FROM python:3.13-slim AS builder", "FROM python:3.13-slim AS runner", "USER svc", "EXPOSE 9000",
             "CMD [\"uvicorn\", \"src.main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"9000\", \"--proxy-headers\"]",
             NULL },
         LINES{ "appuser", "8000", "3.12", NULL });
    want(folder, &(struct op_wish){ .base = "registry.example:5000/python:3.12-alpine" },
         LINES{ "FROM registry.example:5000/python:3.12-alpine AS runner",
                "RUN addgroup -S -g 1001 appuser && adduser -S -u 1001 -G appuser appuser", NULL },
         NULL);
    refuse(&(struct op_wish){ .base = "python" }, "needs a tag");
    refuse(&(struct op_wish){ .base = "python:latest" }, "needs a tag");
    refuse(&(struct op_wish){ .base = "registry.example:5000/python" }, "needs a tag");
    refuse(&(struct op_wish){ .base = "python:3.12\nRUN id" }, "no name of an image");
    refuse(&(struct op_wish){ .base = "--platform=x" }, "no name of an image");
    refuse(&(struct op_wish){ .base = "python:$TAG" }, "no name of an image");
    refuse(&(struct op_wish){ .user = "root" }, "not root");
    refuse(&(struct op_wish){ .user = "a b" }, "no name for the image's user");
    refuse(&(struct op_wish){ .user = "x\nUSER root" }, "no name for the image's user");
    refuse(&(struct op_wish){ .port = 80 }, "needs root");
    refuse(&(struct op_wish){ .port = 70000 }, "no port");
}

static void nothing_known(void **state)
{
    (void)state;
    struct op_project p;
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_project_read(OPSH_SOURCE_DIR "/tests/fixtures/diagnose", &p, &err));
    assert_false(op_project_dockerfile(&p, NULL, &d, &err));
    assert_int_equal(err.code, OP_UNCLEAR);
    assert_non_null(strstr(err.msg, "package.json"));
    assert_non_null(strstr(err.msg, "CMakeLists.txt"));
    op_project_free(&p);
}

/* --- next.config --- */

static void standalone_change(void **state)
{
    (void)state;
    static const struct {
        const char *was, *text; /* text NULL: not seen where */
    } cases[] = {
        { "const nextConfig: NextConfig = {\n    poweredByHeader: false,\n};\nexport default nextConfig;\n",
          "const nextConfig: NextConfig = {\n    output: \"standalone\",\n    poweredByHeader: false,\n};\nexport "
          "default nextConfig;\n" },
        { "module.exports = {\n  images: {},\n}\n",
          "module.exports = {\n  output: \"standalone\",\n  images: {},\n}\n" },
        { "module.exports = {};\n", "module.exports = {\n  output: \"standalone\",\n};\n" },
        { "export default { reactStrictMode: true };\n",
          "export default {\n  output: \"standalone\",\n  reactStrictMode: true };\n" },
        { "const nextConfig = {\n  // none yet\n};\n",
          "const nextConfig = {\n  output: \"standalone\",\n  // none yet\n};\n" },
        { "export default withPlugins([a, b]);\n", NULL },
        { "module.exports = {\n  output: 'export',\n};\n", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < OP_LEN(cases); i++) {
        OP_AUTO_FREE char *text = op_standalone_change(cases[i].was);
        if (!op_str_eq(text, cases[i].text))
            fail_msg("case %zu: %s", i, text != NULL ? text : "nothing");
    }
    OP_AUTO_FREE char *folder = op_asprintf("%s/frontend", todo);
    struct op_drafts d;
    draft(folder, &(struct op_wish){ .standalone = true }, &d);
    assert_string_equal(d.v[0].path, "next.config.ts"); /* before the Dockerfile that builds upon it */
    assert_true(d.v[0].optional);
    assert_non_null(d.v[0].was);
    assert_int_equal(strlen(d.v[0].text), strlen(d.v[0].was) + strlen("  output: \"standalone\",\n"));
    op_drafts_free(&d);
    draft(folder, NULL, &d); /* without the wish nothing of the person's is touched, and they are told */
    assert_null(named(&d, "next.config.ts"));
    bool told = false;
    for (size_t i = 0; i < d.notes.n; i++)
        told = told || strstr(d.notes.v[i], "output: \"standalone\"") != NULL;
    assert_true(told);
    op_drafts_free(&d);
}

/* --- folders made here --- */

static char scratch[] = "/tmp/opsh-docker-XXXXXX";

static int make_scratch(void **state)
{
    (void)state;
    return mkdtemp(scratch) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int remove_scratch(void **state)
{
    (void)state;
    return nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *path, const char *text)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *full = op_asprintf("%s/%s", scratch, path);
    if (!op_file_write_private(full, text, strlen(text), &err))
        fail_msg("%s", err.msg);
}

/* Lines of the template and of facts, and no other: what a hostile file says is not among them. */
static void hostile_files_write_no_lines(void **state)
{
    (void)state;
    put("bad/package.json",
        "{\"name\": \"a\\nUSER root\", \"main\": \"s.js\\\", \\\"x\", \"engines\": {\"node\": \"20\\nFROM evil:1\"},\n"
        " \"scripts\": {\"start\": \"node a.js$(curl evil)\", \"build\": \"rm -rf /\"}, \"dependencies\": "
        "{\"express\": \"1\\nRUN curl evil\"}}");
    put("bad/a.js", "app.get(\"/health\\\"]\\nRUN curl evil\", process.env.EVIL\n); app.listen(3000\nRUN curl evil)");
    put("bad/src/evil\nRUN curl evil.js", "process.env.EVIL_FILE; app.listen(3131)");
    OP_AUTO_FREE char *folder = op_asprintf("%s/bad", scratch);
    want(folder, NULL, LINES{ "FROM node:20-alpine AS runner", "CMD [\"npm\", \"run\", \"start\"]", NULL },
         LINES{ "evil", "EVIL", "USER root", "rm -rf /", NULL });
    lint(folder, NULL);
    put("py/pyproject.toml", "[project]\nname = 'x'\nrequires-python = \">=3.12\\nRUN evil\"\ndependencies = "
                             "['fastapi', '''psycopg2\nRUN evil''']\n");
    put("py/main.py",
        "app\nRUN evil = FastAPI(\nx$(evil) = FastAPI()\nweb = FastAPI()\n@web.get(\"/health\nRUN evil\")\n");
    OP_AUTO_FREE char *python = op_asprintf("%s/py", scratch);
    want(python, NULL,
         LINES{ "CMD [\"uvicorn\", \"main:web\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\", \"--proxy-headers\"]",
                NULL },
         LINES{ "evil", NULL });
}

/* Names that their own tools take as they are written, where only op_fact_add stands between them and the Dockerfile.
 */
static void hostile_names_are_no_facts(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *file, *text;
    } cases[] = {
        { "rust", "Cargo.toml", "[package]\nname = \"x\"\n[[bin]]\nname = \"x\\nRUN evil\"\n" },
        { "rust2", "Cargo.toml", "[[bin]]\nname = \"x $(evil)\"\n[workspace]\nmembers = [\"; evil\"]\n" },
        { "toolchain", "rust-toolchain.toml", "[toolchain]\nchannel = \"1.80\\nRUN evil\"\n" },
        { "toolchain", "Cargo.toml", "[package]\nname = \"x\"\n" },
        { "maven", "pom.xml",
          "<project><artifactId>x</artifactId><modules><module>a\nRUN evil</module></modules></project>" },
        { "gradle", "settings.gradle", "rootProject.name = 'x;evil'" },
        { "gradle", "build.gradle", "plugins { id 'application' }" },
        { "cmake", "CMakeLists.txt", "project(x)\nadd_executable(x`evil` main.c)" },
        { "cmake2", "CMakeLists.txt", "project(x)\nadd_executable(\"x&&evil\" main.c)" },
        { "vite", "package.json",
          "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"6\"}}" },
        { "vite", "vite.config.js", "export default { build: { outDir: 'x; evil' } }" },
        { "requirements", "requirements.txt", "-r 'evil file.txt'\n-r evil$(evil).txt\nflask[evil;evil]\n" },
        { "scripts", "pyproject.toml", "[project]\nname = 'x'\n[project.scripts]\n\"x\\nRUN evil\" = 'x:y'\n" },
        { "go", "go.mod", "module x;evil\n\ngo 1.22;evil\n" },
    };
    for (size_t i = 0; i < OP_LEN(cases); i++) {
        OP_AUTO_FREE char *path = op_asprintf("names-%s/%s", cases[i].folder, cases[i].file);
        put(path, cases[i].text);
    }
    for (size_t i = 0; i < OP_LEN(cases); i++) {
        OP_AUTO_FREE char *folder = op_asprintf("%s/names-%s", scratch, cases[i].folder);
        want(folder, NULL, NULL, LINES{ ";evil", "RUN evil", "$(evil", "`evil", "&evil", "[evil", " evil", NULL });
        lint(folder, NULL);
    }
}

static void what_stands_there(void **state)
{
    (void)state;
    put("has/index.html", "<p>x</p>");
    put("has/Dockerfile", "FROM scratch\n");
    put("has/nginx.conf", "worker_processes 1;\n");
    OP_AUTO_FREE char *folder = op_asprintf("%s/has", scratch);
    struct op_drafts d;
    draft(folder, NULL, &d);
    assert_string_equal(named(&d, "Dockerfile")->was, "FROM scratch\n");
    assert_null(named(&d, ".dockerignore")->was);
    assert_null(named(&d, "nginx.conf")); /* somebody else's stays */
    assert_non_null(named(&d, "nginx.opsh.conf"));
    assert_true(has_line(named(&d, "Dockerfile")->text, "COPY nginx.opsh.conf /etc/nginx/nginx.conf"));
    op_drafts_free(&d);
}

static void a_token_in_npmrc(void **state)
{
    (void)state;
    put("token/package.json", "{\"scripts\": {\"start\": \"node a.js\"}, \"dependencies\": {\"express\": \"5\"}}");
    put("token/.npmrc", "//registry.example/:_authToken=abc\n");
    put("token/.env", "NEXT_PUBLIC_X=1\n");
    OP_AUTO_FREE char *folder = op_asprintf("%s/token", scratch);
    want(folder, NULL,
         LINES{ "RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/app/.npmrc npm install "
                "--omit=dev",
                NULL },
         LINES{ "COPY package.json .npmrc", "abc", NULL });
    struct op_drafts d;
    draft(folder, NULL, &d);
    assert_true(has_line(named(&d, ".dockerignore")->text, "**/.npmrc"));
    op_drafts_free(&d);
}

static void what_is_needed_at_the_start_stays(void **state)
{
    (void)state;
    OP_AUTO_FREE char *tsx = op_asprintf("%s/tsx", scratch), *bare = op_asprintf("%s/bare", scratch),
                      *typed = op_asprintf("%s/typed", scratch);
    put("tsx/package.json", "{\"scripts\": {\"start\": \"tsx src/index.ts\"}, \"dependencies\": {\"hono\": \"4\"}, "
                            "\"devDependencies\": {\"tsx\": \"4\"}}");
    want(tsx, NULL,
         LINES{ "RUN --mount=type=cache,target=/root/.npm npm install", "CMD [\"npm\", \"run\", \"start\"]", NULL },
         LINES{ "--omit=dev", NULL });
    put("bare/package.json", "{\"scripts\": {\"start\": \"node a.js\"}}"); /* npm leaves no node_modules to copy */
    want(bare, NULL, LINES{ "CMD [\"node\", \"a.js\"]", NULL },
         LINES{ "node_modules", "RUN npm", "npm ci", "npm install", NULL });
    put("typed/package.json", "{\"scripts\": {\"build\": \"tsc\", \"start\": \"node dist/a.js\"}, \"devDependencies\": "
                              "{\"typescript\": \"5\"}}");
    want(typed, NULL, LINES{ "RUN npm run build && rm -rf node_modules", NULL }, LINES{ "AS production", NULL });
    put("berry/package.json", "{\"packageManager\": \"yarn@4.5.0\", \"scripts\": {\"start\": \"node a.js\"}, "
                              "\"dependencies\": {\"express\": \"5\"}}");
    put("berry/yarn.lock", "__metadata:\n");
    put("berry/.yarnrc.yml", "yarnPath: .yarn/releases/yarn-4.5.0.cjs\n");
    OP_AUTO_FREE char *berry = op_asprintf("%s/berry", scratch);
    want(
        berry, NULL,
        LINES{ "COPY package.json yarn.lock .yarnrc.yml ./", "COPY .yarn/releases ./.yarn/releases",
               "RUN --mount=type=cache,target=/root/.yarn/berry/cache corepack enable && YARN_NODE_LINKER=node-modules "
               "yarn install --immutable && YARN_NODE_LINKER=node-modules yarn workspaces focus --production --all",
               NULL },
        NULL);
    lint(berry, NULL);
    lint(tsx, NULL);
    lint(bare, NULL);
    lint(typed, NULL);
}

static void what_makes_the_app(void **state)
{
    (void)state;
    static const char factory[] = "from fastapi import FastAPI\n\ndef create_app():\n    return FastAPI()\n";
    OP_AUTO_FREE char *called = op_asprintf("%s%sapp = create_app()\n", factory, "\n");
    put("called/pyproject.toml",
        "[tool.poetry]\nname = 'x'\n[tool.poetry.dependencies]\npython = '^3.11'\nfastapi = '*'\nuvicorn = '*'\n");
    put("called/poetry.lock", "");
    put("called/app/__init__.py", "");
    put("called/app/main.py", called);
    put("uncalled/requirements.txt", "fastapi\nuvicorn\n");
    put("uncalled/main.py", factory);
    put("flask/requirements.txt", "flask\ngunicorn\n");
    put("flask/shop/__init__.py", "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n");
    put("tool/pyproject.toml", "[project]\nname = 'x'\n[project.scripts]\nticker = 'x.cli:main'\n");
    put("workspace/Cargo.toml", "[workspace]\nmembers = ['core', 'api']\n");
    put("workspace/api/Cargo.toml", "[package]\nname = 'api-server'\n[dependencies]\naxum = '0.8'\n");
    put("workspace/api/src/main.rs", "fn main() {}\n");
    static const struct {
        const char *folder, *line;
    } cases[] = {
        { "called",
          "CMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\", \"--proxy-headers\"]" },
        { "uncalled", "CMD [\"uvicorn\", \"main:create_app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\", "
                      "\"--proxy-headers\", \"--factory\"]" },
        { "flask", "CMD [\"gunicorn\", \"shop:create_app()\", \"--bind\", \"0.0.0.0:5000\"]" },
        { "tool", "RUN --mount=type=cache,target=/root/.cache/pip pip install ." },
        { "tool", "CMD [\"ticker\"]" },
        { "workspace", "CMD [\"api-server\"]" },
        { "workspace", "EXPOSE 8080" },
    };
    for (size_t i = 0; i < OP_LEN(cases); i++) {
        OP_AUTO_FREE char *folder = op_asprintf("%s/%s", scratch, cases[i].folder);
        want(folder, NULL, (const char *const[]){ cases[i].line, NULL }, NULL);
        lint(folder, NULL);
    }
}

static void java_as_images_have_it(void **state)
{
    (void)state;
    OP_AUTO_FREE char *old = op_asprintf("%s/old", scratch), *wrapped = op_asprintf("%s/wrapped", scratch);
    put("old/pom.xml", "<project><artifactId>x</artifactId><properties><maven.compiler.source>1.8</"
                       "maven.compiler.source></properties></project>");
    want(old, NULL,
         LINES{ "FROM maven:3.9-eclipse-temurin-8 AS builder", "FROM eclipse-temurin:8-jre AS runner", NULL }, NULL);
    put("wrapped/build.gradle",
        "plugins { id 'org.springframework.boot' version '3.4.0' }\nsourceCompatibility = '19'\n");
    put("wrapped/gradle/wrapper/gradle-wrapper.properties",
        "distributionUrl=https\\://services.gradle.org/distributions/gradle-8.5-bin.zip\n");
    want(wrapped, NULL, LINES{ "FROM gradle:8.5-jdk21 AS builder", "FROM eclipse-temurin:21-jre AS runner", NULL },
         NULL);
}

static void stencils(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_VARS vars = { .v = NULL };
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_vars_set(&vars, "a", "one");
    op_vars_set(&vars, "none", "%s", "");
    assert_true(op_stencil_fill("t",
                                "%% remark\nx @a@ y@b\n@none@\n%if a\nA\n%if none\nB\n%else\nC\n%end\n%end\n%if "
                                "!a\nD\n%end\n%if a=two\nE\n%end\n",
                                &vars, &out, &err));
    assert_string_equal(op_buf_str(&out), "x one y@b\nA\nC\n");
    static const char *const wrong[] = { "@nobody@\n", "%if a\n", "%end\n", "%else\n", "%while a\n" };
    for (size_t i = 0; i < OP_LEN(wrong); i++)
        assert_false(op_stencil_fill("t", wrong[i], &vars, &out, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_finding_in_what_is_drafted),
        cmocka_unit_test(the_todo_frontend),
        cmocka_unit_test(the_todo_backend),
        cmocka_unit_test(other_projects),
        cmocka_unit_test(never_root_never_unpinned),
        cmocka_unit_test(wishes),
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(standalone_change),
        cmocka_unit_test(hostile_files_write_no_lines),
        cmocka_unit_test(hostile_names_are_no_facts),
        cmocka_unit_test(what_stands_there),
        cmocka_unit_test(a_token_in_npmrc),
        cmocka_unit_test(what_is_needed_at_the_start_stays),
        cmocka_unit_test(what_makes_the_app),
        cmocka_unit_test(java_as_images_have_it),
        cmocka_unit_test(stencils),
    };
    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
