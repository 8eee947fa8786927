/* Owns what pyproject.toml, requirements.txt and the sources say: which framework, which object it serves, which
 * interpreter. */
#include "detect.h"

#include "opsh/base/str.h"
#include "toml.h"

struct python {
    struct op_tree *t;
    struct op_project *p;
    const char *file; /* of the manifest that is read just now */
};

/* Packages that need more than pip: libraries for the build, libraries when they run. A binary build of the same needs
 * neither. */
static const struct {
    const char *package, *binary, *build, *run;
} native[] = {
    { "psycopg2", NULL, "libpq-dev", "libpq5" },
    { "psycopg", "psycopg[", "libpq-dev", "libpq5" },
    { "mysqlclient", NULL, "default-libmysqlclient-dev,pkg-config", "libmariadb3" },
    { "pygraphviz", NULL, "libgraphviz-dev", "graphviz" },
    { "python-ldap", NULL, "libldap2-dev,libsasl2-dev", "libldap-2.5-0" },
    { "uwsgi", NULL, "", "" },
    { "pycairo", NULL, "libcairo2-dev,pkg-config", "libcairo2" },
};

static const char *const frameworks[] = { "fastapi", "django",  "flask",   "starlette", "litestar",
                                          "sanic",   "aiohttp", "tornado", "bottle",    "streamlit" };
static const char *const servers[] = { "uvicorn", "gunicorn", "hypercorn", "daphne", "waitress", "granian" };

/* "FastAPI[standard]>=0.115; python_version > '3.8'" → fastapi, with what stands in brackets */
static void dependency(const struct python *py, const char *text, int line)
{
    char name[64];
    size_t n = 0;
    for (;
         (isalnum((unsigned char)text[n]) || strchr("-_.", text[n]) != NULL) && text[n] != '\0' && n < sizeof(name) - 1;
         n++)
        name[n] = text[n] == '_' ? '-' : (char)tolower((unsigned char)text[n]);
    name[n] = '\0';
    if (n == 0)
        return;
    OP_AUTO_FREE char *extras = text[n] == '[' ? op_strndup(text + n + 1, strcspn(text + n + 1, "]")) : op_strdup("");
    for (size_t i = 0; i < OP_LEN(frameworks); i++)
        if (op_str_eq(name, frameworks[i]))
            (void)op_fact_add(py->p, "uses", name, py->file, line);
    for (size_t i = 0; i < OP_LEN(servers); i++)
        if (op_str_eq(name, servers[i]))
            (void)op_fact_add(py->p, "server", name, py->file, line);
    if (op_str_eq(name, "fastapi-cli") ||
        (op_str_eq(name, "fastapi") && (strstr(extras, "standard") != NULL || strstr(extras, "all") != NULL)))
        (void)op_fact_once(py->p, "fastapi-cli", "yes", py->file, line);
    for (size_t i = 0; i < OP_LEN(native); i++) {
        if (!op_str_eq(name, native[i].package) || (native[i].binary != NULL && (strstr(extras, "binary") != NULL)))
            continue;
        (void)op_fact_add(py->p, "native", native[i].package, py->file, line);
        (void)op_fact_add(py->p, "library", native[i].build, py->file, line);
        (void)op_fact_add(py->p, "run-library", native[i].run, py->file, line);
    }
}

/* ">=3.11", "^3.12", "==3.10.*": the default when it may, else the newest that is named. */
static void interpreter(const struct python *py, const char *range, int line)
{
    const char *at = range + strspn(range, "^~=> v");
    int64_t minor = 0;
    if (!op_str_starts(at, "3."))
        return;
    OP_AUTO_FREE char *digits = op_strndup(at + 2, strspn(at + 2, "0123456789"));
    if (!op_str_int(digits, 0, 99, &minor))
        return;
    bool least = op_str_starts(range, ">=") || *range == '^';
    const char *below = strstr(range, "<3."), *until = strstr(range, "<=3.");
    if (least && minor < 12)
        minor = 12;
    int64_t top = 0;
    OP_AUTO_FREE char *bound = below != NULL   ? op_strndup(below + 3, strspn(below + 3, "0123456789"))
                               : until != NULL ? op_strndup(until + 4, strspn(until + 4, "0123456789"))
                                               : NULL;
    if (bound != NULL && op_str_int(bound, 1, 99, &top) && minor > top - (below != NULL))
        minor = top - (below != NULL);
    if (minor < 8)
        return;
    OP_AUTO_FREE char *version = op_asprintf("3.%d", (int)minor);
    (void)op_fact_once(py->p, "runtime", version, py->file, line);
}

static void project_item(void *ctx, const char *table, const char *key, const char *value, int line)
{
    struct python *py = ctx;
    bool poetry = op_str_eq(table, "tool.poetry"), poetry_needs = op_str_eq(table, "tool.poetry.dependencies");
    if (op_str_eq(table, "project") && op_str_eq(key, "dependencies")) {
        (void)op_fact_once(py->p, "listed", "pyproject.toml", py->file, line);
        dependency(py, value, line);
    } else if ((op_str_eq(table, "project") || poetry) && op_str_eq(key, "name")) {
        OP_AUTO_FREE char *label = op_fact_label(value);
        (void)op_fact_once(py->p, "name", label, py->file, line);
    } else if ((op_str_eq(table, "project") && op_str_eq(key, "requires-python")) ||
               (poetry_needs && op_str_eq(key, "python"))) {
        interpreter(py, value, line);
    } else if (poetry_needs) {
        (void)op_fact_once(py->p, "poetry", "yes", py->file, line);
        const char *dot = strchr(key, '.');
        OP_AUTO_FREE char *name = op_strndup(key, dot != NULL ? (size_t)(dot - key) : strlen(key));
        /* fastapi = {version = "^0.115", extras = ["standard"]} comes as fastapi.extras */
        OP_AUTO_FREE char *spelt =
            dot != NULL && op_str_eq(dot, ".extras") ? op_asprintf("%s[%s]", name, value) : op_strdup(name);
        dependency(py, spelt, line);
    } else if (op_str_eq(table, "project.scripts")) {
        (void)op_fact_once(py->p, "script", key, py->file, line);
    }
}

static void requirements(const struct python *py, const char *path, int depth)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (depth > 3 || op_fact_is(py->p, "manifest", path) || !op_tree_read(py->t, path, &text))
        return;
    (void)op_fact_add(py->p, "manifest", path, path, 0);
    (void)op_fact_once(py->p, "requirements", path, path, 0);
    const struct python here = { .t = py->t, .p = py->p, .file = path };
    const char *slash = strrchr(path, '/');
    int line = 1;
    for (const char *at = op_buf_str(&text); *at != '\0'; line++) {
        OP_AUTO_FREE char *words = op_strndup(at, strcspn(at, "#\r\n"));
        const char *first = words + strspn(words, " \t");
        static const char *const includes[] = { "-r ", "-c ", "--requirement ", "--constraint " };
        for (size_t i = 0; i < OP_LEN(includes); i++)
            if (op_str_starts(first, includes[i])) {
                const char *other = first + strlen(includes[i]);
                other += strspn(other, " ");
                OP_AUTO_FREE char *name = op_strndup(other, strcspn(other, " \t"));
                OP_AUTO_FREE char *full =
                    slash != NULL ? op_asprintf("%.*s/%s", (int)(slash - path), path, name) : op_strdup(name);
                requirements(py, full, depth + 1);
            }
        if (op_str_starts(first, "-e ") || op_str_starts(first, "--editable ") || *first == '.')
            (void)op_fact_once(py->p, "local", "yes", path, line);
        else
            dependency(&here, first, line);
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
}

static bool manifests(struct python *py)
{
    static const struct {
        const char *lock, *manager;
    } locks[] = { { "uv.lock", "uv" }, { "poetry.lock", "poetry" }, { "Pipfile.lock", "pipenv" } };
    static const char *const lists[] = { "requirements.txt", "requirements/production.txt", "requirements/prod.txt",
                                         "requirements/base.txt" };
    OP_AUTO_BUF text = OP_BUF_INIT;
    bool any = false;
    py->file = "pyproject.toml";
    if (op_tree_read(py->t, "pyproject.toml", &text)) {
        any = true;
        op_toml_read(op_buf_str(&text), project_item, py);
    }
    for (size_t i = 0; i < OP_LEN(locks); i++)
        if (op_tree_has(py->t, locks[i].lock) && (i == 2 ? op_tree_has(py->t, "Pipfile") : any)) {
            (void)op_fact_once(py->p, "lock", locks[i].lock, locks[i].lock, 0);
            (void)op_fact_once(py->p, "manager", locks[i].manager, locks[i].lock, 0);
            return true;
        }
    if (op_project_fact(py->p, "listed") == NULL && op_project_fact(py->p, "poetry") == NULL)
        for (size_t i = 0; i < OP_LEN(lists); i++)
            if (op_tree_has(py->t, lists[i])) {
                requirements(py, lists[i], 0);
                (void)op_fact_once(py->p, "manager", "pip", lists[i], 0);
                return true;
            }
    if (op_project_fact(py->p, "poetry") != NULL && op_project_fact(py->p, "listed") == NULL)
        (void)op_fact_once(py->p, "manager", "poetry", "pyproject.toml", 0);
    (void)op_fact_once(py->p, "manager", "pip", any ? "pyproject.toml" : NULL, 0);
    return any || op_tree_has(py->t, "setup.py") || op_tree_has(py->t, "manage.py") || op_tree_has(py->t, "Pipfile");
}

/* Does this file import one that lies beside it by its bare name? Then it is run from its own folder. */
static bool imports_neighbour(const struct python *py, const char *folder, const char *text)
{
    size_t n = strlen(folder);
    for (size_t i = 0; i < py->t->files.n; i++) {
        const char *path = py->t->files.v[i];
        if (!op_str_starts(path, folder) || path[n] != '/' || !op_str_ends(path, ".py"))
            continue;
        OP_AUTO_FREE char *module = op_strndup(path + n + 1, strcspn(path + n + 1, "./"));
        OP_AUTO_FREE char *from = op_asprintf("\nfrom %s ", module), *from_part = op_asprintf("\nfrom %s.", module);
        OP_AUTO_FREE char *import = op_asprintf("\nimport %s\n", module);
        if (strstr(text, from) != NULL || strstr(text, from_part) != NULL || strstr(text, import) != NULL)
            return true;
    }
    return false;
}

/* "src/main.py" as Python names it, and the folder that has to be on its path. */
static void module_of(const struct python *py, const char *path, const char *text, struct op_buf *module,
                      struct op_buf *root)
{
    OP_AUTO_FREE char *folder = op_strdup(path);
    char *slash = strrchr(folder, '/');
    op_buf_add(module, path, strlen(path) - strlen(".py"));
    if (slash == NULL)
        return;
    *slash = '\0';
    OP_AUTO_FREE char *own = op_asprintf("%s/__init__.py", folder);
    size_t strip = 0;
    if (!op_tree_has(py->t, own)) {
        if (imports_neighbour(py, folder, text))
            strip = strlen(folder) + 1;
    } else if (op_str_starts(path, "src/") && strchr(path + 4, '/') != NULL && !op_tree_has(py->t, "src/__init__.py")) {
        strip = 4; /* packages below src: the layout that installers know */
    }
    if (strip != 0) {
        op_buf_add(root, path, strip - 1);
        op_buf_drop(module, strip);
    }
    for (size_t i = 0; i < module->len; i++)
        if (module->data[i] == '/')
            module->data[i] = '.';
}

struct found {
    const struct python *py;
    const char *made; /* " = FastAPI(" */
    int best;         /* a file called main before one called example */
};

static int rank(const char *path)
{
    static const char *const names[] = {
        "main.py", "app.py", "server.py", "api.py", "asgi.py", "wsgi.py", "__init__.py"
    };
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    int depth = 0;
    for (const char *at = path; *at != '\0'; at++)
        depth += *at == '/';
    for (size_t i = 0; i < OP_LEN(names); i++)
        if (op_str_eq(base, names[i]))
            return 100 - (int)i - 10 * depth;
    return 50 - 10 * depth;
}

static void take_app(struct op_project *p, const char *app, const char *root, const char *path, int line)
{
    static const char *const about[] = { "app", "main", "path" };
    if (!op_fact_value_ok(app) || !op_fact_path_ok(path)) /* before a better one takes the place of an earlier */
        return;
    for (size_t i = 0; i < OP_LEN(about); i++)
        op_fact_drop(p, about[i]);
    if (op_fact_add(p, "app", app, path, line)) {
        (void)op_fact_add(p, "main", path, path, line);
        if (*root != '\0')
            (void)op_fact_add(p, "path", root, path, line);
    }
}

/* "app = FastAPI(", "app: FastAPI = fastapi.FastAPI(" at the beginning of a line: its variable, owned; NULL otherwise.
 */
static char *assigned(const char *line, const char *made)
{
    size_t n = strcspn(line, " :=");
    const char *at = line + n + strspn(line + n, " ");
    if (*at == ':')
        at += strcspn(at, "=\n");
    if (*at != '=' || at >= made)
        return NULL;
    at++;
    if (strspn(at, "abcdefghijklmnopqrstuvwxyz_. ") < (size_t)(made - at))
        return NULL;
    char *variable = op_strndup(line, n);
    if (!op_fact_env_ok(variable)) {
        free(variable);
        return NULL;
    }
    return variable;
}

static bool look_for_app(void *ctx, struct op_project *p, const char *path, const char *text)
{
    struct found *f = ctx;
    for (const char *at = text; (at = strstr(at, f->made)) != NULL; at++) {
        const char *from = at;
        while (from > text && from[-1] != '\n')
            from--;
        OP_AUTO_FREE char *variable = assigned(from, at);
        if (variable == NULL || rank(path) <= f->best)
            continue;
        f->best = rank(path);
        OP_AUTO_BUF module = OP_BUF_INIT, root = OP_BUF_INIT;
        module_of(f->py, path, text, &module, &root);
        if (op_str_ends(op_buf_str(&module), ".__init__"))
            op_buf_trunc(&module, module.len - strlen(".__init__"));
        OP_AUTO_FREE char *app = op_asprintf("%s:%s", op_buf_str(&module), variable);
        take_app(p, app, op_buf_str(&root), path, op_tree_line(text, (size_t)(from - text)));
        break;
    }
    return false;
}

/* In a file that looks at the environment, words like "DATABASE_URL" are names in it. */
static void quoted_names(struct op_project *p, const char *path, const char *text)
{
    for (const char *at = strstr(text, "environ"); at != NULL && (at = strpbrk(at, "\"'")) != NULL;) {
        size_t n = strspn(++at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        OP_AUTO_FREE char *name = op_strndup(at, n);
        if (n > 2 && (at[n] == '"' || at[n] == '\'') && strchr(name, '_') != NULL && op_fact_env_ok(name))
            (void)op_fact_add(p, "env", name, path, op_tree_line(text, (size_t)(at - text)));
        at += n;
    }
}

static bool look(void *ctx, struct op_project *p, const char *path, const char *text)
{
    (void)ctx;
    static const char *const env[] = { "environ[\"", "environ['", "environ.get(\"", "environ.get('", "getenv(\"",
                                       "getenv('",   NULL };
    static const char *const listen[] = { "uvicorn.run(app, port=", "port=", NULL };
    static const char *const route[] = { ".get(\"", ".get('", ".route(\"", ".route('", "path(\"/", "path('/", NULL };
    bool runs = strstr(text, "uvicorn.run(") != NULL || strstr(text, "app.run(") != NULL ||
                strstr(text, "serve_forever") != NULL;
    const struct op_scan_words words = { .env = env, .listen = runs ? listen : NULL, .route = route };
    op_scan_text(p, &words, path, text);
    quoted_names(p, path, text);
    return false;
}

static void find_django(const struct python *py)
{
    for (size_t i = 0; i < py->t->files.n; i++) {
        const char *path = py->t->files.v[i];
        if (!op_str_ends(path, "/wsgi.py"))
            continue;
        OP_AUTO_FREE char *module = op_strndup(path, strlen(path) - 3), *app = op_asprintf("%s:application", module);
        for (char *c = app; *c != '\0'; c++)
            *c = *c == '/' ? '.' : *c;
        (void)op_fact_once(py->p, "app", app, path, 0);
        (void)op_fact_once(py->p, "main", path, path, 0);
    }
    (void)op_fact_once(py->p, "port", "8000", NULL, 0);
}

static void find_script(const struct python *py)
{
    static const char *const mains[] = { "main.py",    "app.py",      "server.py",   "run.py", "src/main.py",
                                         "src/app.py", "__main__.py", "app/main.py", "bot.py", "worker.py" };
    for (size_t i = 0; i < OP_LEN(mains); i++)
        if (op_tree_has(py->t, mains[i]))
            (void)op_fact_once(py->p, "main", mains[i], mains[i], 0);
}

/* Who makes the object that is served, by framework. */
static const struct {
    const char *name, *made, *port;
} makers[] = { { "fastapi", "FastAPI(", "8000" },
               { "flask", "Flask(", "5000" },
               { "starlette", "Starlette(", "8000" },
               { "litestar", "Litestar(", "8000" } };

/* "def create_app(" that nobody calls at the top of a file: the server is told to. */
static bool look_for_factory(void *ctx, struct op_project *p, const char *path, const char *text)
{
    struct found *f = ctx;
    OP_AUTO_FREE char *head = op_asprintf("\ndef %s", f->made);
    const char *at = strstr(text, head);
    if (at == NULL || rank(path) <= f->best)
        return false;
    f->best = rank(path);
    OP_AUTO_BUF module = OP_BUF_INIT, root = OP_BUF_INIT;
    module_of(f->py, path, text, &module, &root);
    if (op_str_ends(op_buf_str(&module), ".__init__"))
        op_buf_trunc(&module, module.len - strlen(".__init__"));
    OP_AUTO_FREE char *app = op_asprintf("%s:%.*s", op_buf_str(&module), (int)strcspn(f->made, "("), f->made);
    take_app(p, app, op_buf_str(&root), path, op_tree_line(text, (size_t)(at - text) + 1));
    (void)op_fact_once(p, "factory", "yes", path, op_tree_line(text, (size_t)(at - text) + 1));
    return false;
}

/* The object itself; or, in a project that lists the framework, one that a function of the usual name made; or that
 * function. */
static void find_app(struct python *py, const char *made, const char *framework, bool listed)
{
    static const char *const factories[] = { "create_app(", "make_app(", "get_app(", "build_app(",
                                             "create_application(" };
    struct found f = { .py = py, .made = made, .best = -1000 };
    op_scan(py->t, py->p, ".py", look_for_app, &f);
    for (size_t i = 0; listed && i < OP_LEN(factories) && op_project_fact(py->p, "app") == NULL; i++) {
        f.made = factories[i];
        op_scan(py->t, py->p, ".py", look_for_app, &f);
    }
    for (size_t i = 0; listed && i < OP_LEN(factories) && op_project_fact(py->p, "app") == NULL; i++) {
        f.made = factories[i];
        op_scan(py->t, py->p, ".py", look_for_factory, &f);
    }
    const struct op_fact *app = op_project_fact(py->p, "app");
    if (app != NULL) {
        OP_AUTO_FREE char *file = op_strdup(app->file);
        (void)op_fact_once(py->p, "framework", framework, file, app->line);
    }
}

enum op_project_kind op_detect_python(struct op_tree *t, struct op_project *p)
{
    struct python py = { .t = t, .p = p };
    if (!manifests(&py))
        return OP_PROJECT_UNKNOWN;
    for (size_t i = 0; i < OP_LEN(makers) && op_project_fact(p, "app") == NULL; i++)
        if (op_fact_is(p, "uses", makers[i].name) || i == 0)
            find_app(&py, makers[i].made, makers[i].name, op_fact_is(p, "uses", makers[i].name));
    op_scan(t, p, ".py", look, NULL);
    if (op_project_fact(p, "app") == NULL && op_tree_has(t, "manage.py")) {
        (void)op_fact_once(p, "framework", "django", "manage.py", 0);
        find_django(&py);
    }
    for (size_t i = 0; i < OP_LEN(makers); i++)
        if (op_fact_is(p, "framework", makers[i].name))
            (void)op_fact_once(p, "port", makers[i].port, NULL, 0);
    if (op_fact_is(p, "uses", "streamlit"))
        (void)op_fact_once(p, "port", "8501", NULL, 0);
    find_script(&py);
    static const char *const beside[] = { "alembic.ini", "alembic", "migrations", "templates", "static", "config" };
    for (size_t i = 0; i < OP_LEN(beside); i++)
        if (op_tree_has(t, beside[i]) || op_tree_has_under(t, beside[i]))
            (void)op_fact_add(p, "beside", beside[i], beside[i], 0);
    (void)op_fact_once(p, "runtime", "3.12", NULL, 0);
    return op_fact_is(p, "framework", "fastapi") ? OP_PROJECT_FASTAPI : OP_PROJECT_PYTHON;
}
