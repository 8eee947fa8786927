/* Owns how Python projects become images: a builder that installs into /opt/venv, a runner with that and the sources.
 */
#include "docker.h"

#include "opsh/base/str.h"

/* The tools that read lock files, at versions of their own: a project's lock says nothing about them. */
static const char uv[] = "uv==0.8.22", poetry[] = "poetry==2.1.4", pipenv[] = "pipenv==2025.0.4";

static const char pip_cache[] = "--mount=type=cache,target=/root/.cache/pip";

/* With pyproject.toml alone, what it lists is installed and the project itself is not built: its sources are not here
 * yet, and it is run from its folder. */
static const char from_pyproject[] = "RUN --mount=type=cache,target=/root/.cache/pip \\\n"
                                     "    python -c \"%s; print(*tomllib.load(open('pyproject.toml', "
                                     "'rb'))['project'].get('dependencies', []), sep='\\\\n')\" \\\n"
                                     "        > /tmp/requirements.txt && pip install -r /tmp/requirements.txt%s";

/* The server that answers for the app, if the project lists none. */
static const char *missing_server(const struct op_project *p)
{
    if (op_project_fact(p, "server") != NULL || op_project_fact(p, "app") == NULL ||
        op_project_fact(p, "fastapi-cli") != NULL)
        return NULL;
    if (op_fact_is(p, "framework", "django") || op_fact_is(p, "framework", "flask"))
        return "gunicorn==23.0.0";
    return "uvicorn==0.35.0";
}

static void install_with_pip(struct op_image *im, const char *server)
{
    const struct op_project *p = im->p;
    const char *list = op_fact_value(p, "requirements");
    OP_AUTO_BUF copies = OP_BUF_INIT;
    OP_AUTO_FREE char *more = server != NULL ? op_asprintf(" %s", server) : op_strdup("");
    if (list != NULL && op_project_fact(p, "local") != NULL) {
        op_buf_adds(&copies, "COPY . .");
    } else if (list != NULL) {
        for (size_t i = 0; i < p->n; i++) /* each where it stands: one may include another */
            if (op_str_eq(p->facts[i].name, "manifest")) {
                const char *slash = strrchr(p->facts[i].value, '/');
                op_buf_addf(&copies, "%sCOPY %s ./%.*s", copies.len != 0 ? "\n" : "", p->facts[i].value,
                            slash != NULL ? (int)(slash - p->facts[i].value) + 1 : 0, p->facts[i].value);
            }
    }
    bool program = list == NULL && op_project_fact(p, "app") == NULL && op_project_fact(p, "main") == NULL &&
                   op_project_fact(p, "script") != NULL;
    if (program) { /* it is started by the name that installing it makes */
        op_buf_adds(&copies, "COPY . .");
        op_vars_set(&im->vars, "install", "# all of it is installed\n# opsh: ignore=OPSH008\nRUN %s pip install .",
                    pip_cache);
        op_vars_set(&im->vars, "deps_from", "%s", op_vars_get(&im->vars, "script_from"));
    } else if (list != NULL) {
        const char *local =
            op_project_fact(p, "local") != NULL
                ? "# it installs from this folder itself, so all of it has to be there\n# opsh: ignore=OPSH008\n"
                : "";
        op_vars_set(&im->vars, "install", "%sRUN %s pip install -r %s%s", local, pip_cache, list, more);
        op_vars_set(&im->vars, "deps_from", "%s", list);
    } else if (op_project_fact(p, "listed") != NULL) {
        op_buf_adds(&copies, "COPY pyproject.toml ./");
        /* tomllib came with 3.11; pip has always brought its own */
        const char *version = op_vars_get(&im->vars, "runtime");
        bool old = op_str_starts(version, "3.8") || op_str_starts(version, "3.9") || op_str_starts(version, "3.10");
        op_vars_set(&im->vars, "install", from_pyproject,
                    old ? "from pip._vendor import tomli as tomllib" : "import tomllib", more);
        op_vars_set(&im->vars, "deps_from", "%s", op_vars_get(&im->vars, "listed_from"));
    } else if (server != NULL) {
        op_vars_set(&im->vars, "install", "RUN %s pip install%s", pip_cache, more);
        op_vars_set(&im->vars, "deps_from", "by default");
    } else {
        op_vars_set(&im->vars, "install", "%s", "");
        op_vars_set(&im->vars, "deps_from", "no file lists anything");
    }
    op_vars_set(&im->vars, "copy_manifests", "%s", op_buf_str(&copies));
}

static void install(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *manager = op_fact_value(p, "manager"), *server = missing_server(p);
    bool locked = op_project_fact(p, "lock") != NULL;
    op_vars_set(&im->vars, "uv", "%s", uv);
    op_vars_set(&im->vars, "poetry", "%s", poetry);
    op_vars_set(&im->vars, "pipenv", "%s", pipenv);
    op_vars_set(&im->vars, "deps_from", "%s", op_vars_get(&im->vars, locked ? "lock_from" : "manager_from"));
    OP_AUTO_FREE char *more =
        server != NULL ? op_asprintf(" \\\n    && /opt/venv/bin/pip install --no-cache-dir %s", server) : op_strdup("");
    if (op_str_eq(manager, "uv")) {
        op_vars_set(&im->vars, "copy_manifests", "COPY pyproject.toml uv.lock ./");
        op_vars_set(&im->vars, "install",
                    "RUN --mount=type=cache,target=/root/.cache/uv /opt/uv/bin/uv sync --frozen --no-dev "
                    "--no-install-project%s",
                    more);
    } else if (op_str_eq(manager, "poetry")) {
        op_vars_set(&im->vars, "copy_manifests", "COPY pyproject.toml%s ./", locked ? " poetry.lock" : "");
        op_vars_set(&im->vars, "install",
                    "RUN --mount=type=cache,target=/root/.cache/pypoetry /opt/poetry/bin/poetry install --only main "
                    "--no-root --no-interaction%s",
                    more);
    } else if (op_str_eq(manager, "pipenv")) {
        op_vars_set(&im->vars, "copy_manifests", "COPY Pipfile Pipfile.lock ./");
        op_vars_set(&im->vars, "install",
                    "RUN %s /opt/pipenv/bin/pipenv requirements > /tmp/requirements.txt && pip install -r "
                    "/tmp/requirements.txt%s%s",
                    pip_cache, server != NULL ? " " : "", server != NULL ? server : "");
    } else {
        install_with_pip(im, server);
    }
    if (server != NULL)
        op_strv_pushf(im->notes, "nothing lists a server for %s: the image gets %s", op_fact_value(p, "app"), server);
    if (!locked && op_project_fact(p, "requirements") == NULL)
        op_strv_push(im->notes, "no lock file: each build takes the newest versions that pyproject.toml allows");
}

/* "RUN python manage.py …" needs settings that only the person knows, so it is told and not written. */
static void copy_sources(struct op_image *im)
{
    static const char *const beside[] = { "alembic.ini", "alembic", "migrations", "templates", "static", "config" };
    const struct op_project *p = im->p;
    const char *file = op_fact_value(p, "main"), *slash = file != NULL ? strchr(file, '/') : NULL;
    op_vars_set(&im->vars, "main_from", "%s", file != NULL ? op_vars_get(&im->vars, "main_from") : "by default");
    if (slash == NULL || op_fact_is(p, "framework", "django")) {
        op_vars_set(&im->vars, "copy_app", "COPY . .");
        return;
    }
    OP_AUTO_BUF copies = OP_BUF_INIT;
    int n = (int)(slash - file);
    op_buf_addf(&copies, "COPY %.*s ./%.*s", n, file, n, file);
    for (size_t i = 0; i < OP_LEN(beside); i++)
        if (op_fact_is(p, "beside", beside[i]) &&
            !((int)strlen(beside[i]) == n && strncmp(beside[i], file, (size_t)n) == 0))
            op_buf_addf(&copies, "\nCOPY %s ./%s", beside[i], beside[i]);
    op_vars_set(&im->vars, "copy_app", "%s", op_buf_str(&copies));
}

static void command(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *app = op_fact_value(p, "app"), *port = op_vars_get(&im->vars, "port"), *file = op_fact_value(p, "main");
    op_vars_set(&im->vars, "command_from", "%s", op_vars_get(&im->vars, app != NULL ? "app_from" : "main_from"));
    bool factory = op_project_fact(p, "factory") != NULL;
    const char *called = factory ? "()" : ""; /* gunicorn calls it itself */
    bool wsgi = op_fact_is(p, "framework", "django") || op_fact_is(p, "framework", "flask");
    if (app != NULL && wsgi && (op_fact_is(p, "server", "gunicorn") || op_project_fact(p, "server") == NULL))
        op_vars_set(&im->vars, "command", "[\"gunicorn\", \"%s%s\", \"--bind\", \"0.0.0.0:%s\"]", app, called, port);
    else if (app != NULL && wsgi && op_fact_is(p, "server", "waitress"))
        op_vars_set(&im->vars, "command", "[\"waitress-serve\", \"--listen=0.0.0.0:%s\", \"%s\"]", port, app);
    else if (app != NULL && !wsgi && op_project_fact(p, "fastapi-cli") != NULL && !factory)
        op_vars_set(&im->vars, "command",
                    "[\"fastapi\", \"run\", \"%s\", \"--app\", \"%s\", \"--port\", \"%s\", \"--proxy-headers\"]", file,
                    strchr(app, ':') + 1, port);
    else if (app != NULL && !wsgi && op_fact_is(p, "server", "hypercorn") && !op_fact_is(p, "server", "uvicorn"))
        op_vars_set(&im->vars, "command", "[\"hypercorn\", \"%s\", \"--bind\", \"0.0.0.0:%s\"]", app, port);
    else if (app != NULL && !wsgi)
        op_vars_set(&im->vars, "command",
                    "[\"uvicorn\", \"%s\", \"--host\", \"0.0.0.0\", \"--port\", \"%s\", \"--proxy-headers\"%s]", app,
                    port, factory ? ", \"--factory\"" : "");
    else if (app != NULL)
        op_vars_set(&im->vars, "command", "[\"gunicorn\", \"%s%s\", \"--bind\", \"0.0.0.0:%s\"]", app, called, port);
    else if (op_fact_is(p, "uses", "streamlit") && file != NULL)
        op_vars_set(&im->vars, "command",
                    "[\"streamlit\", \"run\", \"%s\", \"--server.port=%s\", \"--server.address=0.0.0.0\"]", file, port);
    else if (file != NULL)
        op_vars_set(&im->vars, "command", "[\"python\", \"%s\"]", file);
    else if (op_fact_value(p, "script") != NULL)
        op_vars_set(&im->vars, "command", "[\"%s\"]", op_fact_value(p, "script"));
    else
        op_vars_set(&im->vars, "command", "[\"python\", \"main.py\"]");
    if (app == NULL && file == NULL)
        op_strv_push(im->notes, "no file says how it starts (main.py, app.py, server.py were looked for): the last "
                                "line of the Dockerfile is a guess");
}

static void health(struct op_image *im)
{
    const char *path = op_fact_value(im->p, "health"), *port = op_vars_get(&im->vars, "port");
    op_vars_set(&im->vars, "serves", "%s", *port != '\0' ? "yes" : "");
    if (path != NULL) {
        op_vars_set(&im->vars, "health_says", "%s; by Python, as the image has no curl",
                    op_vars_get(&im->vars, "health_from"));
        op_vars_set(&im->vars, "health_check",
                    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:%s%s', timeout=4)", port, path);
    } else {
        op_vars_set(&im->vars, "health_says", "no route called /health was seen, so only whether it listens");
        op_vars_set(&im->vars, "health_check", "import socket; socket.create_connection(('127.0.0.1', %s), 4).close()",
                    *port != '\0' ? port : "0");
    }
}

void op_image_python(struct op_image *im)
{
    const struct op_project *p = im->p;
    op_image_base(im, "python:%s-slim", op_fact_value(p, "runtime"));
    OP_AUTO_FREE char *build = op_image_join(p, "library", ","), *run = op_image_join(p, "run-library", ","),
                      *which = op_image_join(p, "native", ", ");
    OP_AUTO_FREE char *with_compiler =
        op_project_fact(p, "native") != NULL ? op_asprintf("gcc,libc6-dev,%s", build) : op_strdup("");
    op_image_packages(im, "add_libraries", with_compiler);
    op_image_packages(im, "add_run_libraries", run);
    op_vars_set(&im->vars, "libraries", "%s", with_compiler);
    op_vars_set(&im->vars, "run_libraries", "%s", run);
    op_vars_set(&im->vars, "native", "%s", which);
    install(im);
    op_image_user(im, op_vars_get(&im->vars, "base"), "appuser", NULL);
    const char *path = op_fact_value(p, "path");
    op_vars_set(&im->vars, "python_path", "%s%s", path != NULL ? " PYTHONPATH=/app/" : "", path != NULL ? path : "");
    copy_sources(im);
    command(im);
    health(im);
    if (op_fact_is(p, "framework", "django"))
        op_strv_push(im->notes, "Django: migrations (python manage.py migrate) and collectstatic need your settings: "
                                "run them as a Job, or add a RUN");
}
