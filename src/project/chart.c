/* Owns drafting a Helm chart from what a folder holds: its templates are in templates/chart, its values come from the
 * facts (port, health, environment). Refuses names and hosts that Kubernetes would refuse. */
#include "facts.h"
#include "lint_i.h"
#include "stencil.h"

#include "opsh/base/str.h"
#include "opsh/catalog/embedded.h"

#include <strings.h>

enum { LONGEST_NAME = 50, MOST_REPLICAS = 100 };

/* What a pod of each kind needs to start with; measured on small programs, to be changed by whoever knows the load. */
static const struct {
    const char *request_cpu, *request_memory, *limit_cpu, *limit_memory;
    int startup; /* probes of 2 seconds until it must have answered */
} needs[] = {
    [OP_PROJECT_UNKNOWN] = { "100m", "128Mi", "500m", "512Mi", 30 },
    [OP_PROJECT_NEXTJS] = { "50m", "128Mi", "500m", "512Mi", 30 },
    [OP_PROJECT_NODE] = { "50m", "128Mi", "500m", "512Mi", 30 },
    [OP_PROJECT_FASTAPI] = { "100m", "128Mi", "500m", "512Mi", 30 },
    [OP_PROJECT_PYTHON] = { "100m", "128Mi", "500m", "512Mi", 30 },
    [OP_PROJECT_GO] = { "25m", "32Mi", "250m", "128Mi", 15 },
    [OP_PROJECT_RUST] = { "25m", "32Mi", "250m", "128Mi", 15 },
    [OP_PROJECT_MAVEN] = { "250m", "384Mi", "1", "1Gi", 90 },
    [OP_PROJECT_GRADLE] = { "250m", "384Mi", "1", "1Gi", 90 },
    [OP_PROJECT_STATIC] = { "10m", "16Mi", "100m", "64Mi", 15 },
    [OP_PROJECT_CMAKE] = { "25m", "32Mi", "250m", "128Mi", 15 },
};

/* The files of a chart. port: only for what listens. */
static const struct {
    const char *template, *path, *why;
    bool port;
} files[] = {
    { "chart", "Chart.yaml", NULL, false },
    { "values", "values.yaml", "what may be set, each value with what it does", false },
    { "schema", "values.schema.json", "refuses values that are misspelt or of the wrong type", false },
    { "helmignore", ".helmignore", "what a packaged chart leaves out", false },
    { "helpers", "templates/_helpers.tpl", "names and labels", false },
    { "deployment", "templates/deployment.yaml", "the pods: probes, limits, not root, read-only", false },
    { "service", "templates/service.yaml", "its address inside the cluster", true },
    { "ingress", "templates/ingress.yaml", "its address outside, off unless a host is given", true },
    { "configmap", "templates/configmap.yaml", "environment that is no secret", false },
    { "secret", "templates/secret.yaml", "environment that is secret; nothing of it is in the chart", false },
    { "notes", "templates/NOTES.txt", "what helm says after an install", false },
    { "test", "templates/tests/connection.yaml", "helm test: does it answer?", true },
};

/* "main.py:12", "package.json", "by default". owned */
static char *from(const struct op_fact *f)
{
    if (f == NULL || f->file == NULL)
        return op_strdup("by default");
    return f->line > 0 ? op_asprintf("%s:%d", f->file, f->line) : op_strdup(f->file);
}

/* A password is part of such an address. */
static bool secret_address(const char *name)
{
    static const char *const services[] = { "DATABASE", "DB",      "POSTGRES", "POSTGRESQL",    "MYSQL",    "MARIADB",
                                            "MONGO",    "MONGODB", "REDIS",    "AMQP",          "RABBITMQ", "CELERY",
                                            "BROKER",   "SMTP",    "MAIL",     "ELASTICSEARCH", "SENTRY" };
    bool address = op_str_ends(name, "_URL") || op_str_ends(name, "_URI") || op_str_ends(name, "_DSN");
    for (size_t i = 0; address && i < OP_LEN(services); i++)
        if (strncasecmp(name, services[i], strlen(services[i])) == 0)
            return true;
    return op_str_ends(name, "_DSN") || op_str_ieq(name, "CONNECTION_STRING");
}

/* Set by the deployment, the image, the node or the shell: nobody gives these as values. */
static bool of_the_image(const char *name)
{
    static const char *const names[] = { "PORT",
                                         "NODE_ENV",
                                         "PATH",
                                         "HOME",
                                         "PWD",
                                         "USER",
                                         "CI",
                                         "SHELL",
                                         "TERM",
                                         "NEXT_RUNTIME",
                                         "NEXT_TELEMETRY_DISABLED",
                                         "PYTHONUNBUFFERED",
                                         "PYTHONDONTWRITEBYTECODE",
                                         "PYTHONPATH",
                                         "VIRTUAL_ENV",
                                         "JAVA_HOME",
                                         "TMPDIR",
                                         NULL };
    return op_lint_among(name, names) || op_str_starts(name, "NEXT_PUBLIC_") || op_str_starts(name, "VITE_") ||
           op_str_starts(name, "REACT_APP_");
}

/* Files that nginx serves: what Node, Python or Go may do is done when the image is built. */
static bool is_site(const struct op_project *p)
{
    const char *output = op_fact_value(p, "output");
    return p->kind == OP_PROJECT_STATIC || ((p->kind == OP_PROJECT_NODE || p->kind == OP_PROJECT_NEXTJS) &&
                                            output != NULL && !op_str_eq(output, "standalone"));
}

/* What is known of a variable's value. */
static const char *known_value(const char *name)
{
    if (op_str_eq(name, "HOST") || op_str_eq(name, "HOSTNAME") || op_str_eq(name, "BIND_ADDRESS"))
        return "0.0.0.0"; /* or it would answer nobody but itself */
    return "";
}

static void one_variable(struct op_buf *out, const struct op_fact *f, const char *value)
{
    OP_AUTO_FREE char *where = from(f);
    op_buf_addf(out, "\n  # Read by %s.\n  %s: \"%s\"", where, f->value, value);
}

/* "config:" and "secrets:" with a line for each variable that the program reads. */
static void set_environment(const struct op_project *p, struct op_vars *vars, struct op_strv *notes)
{
    OP_AUTO_BUF config = OP_BUF_INIT;
    OP_AUTO_BUF secrets = OP_BUF_INIT;
    OP_AUTO_BUF names = { .max = 300 };
    bool hostname = false;
    for (size_t i = 0; i < p->n; i++) {
        const struct op_fact *f = &p->facts[i];
        if (!op_str_eq(f->name, "env") || of_the_image(f->value) || is_site(p))
            continue;
        bool secret = op_secret_name(f->value) || secret_address(f->value);
        one_variable(secret ? &secrets : &config, f, secret ? "" : known_value(f->value));
        hostname = hostname || op_str_eq(f->value, "HOSTNAME");
        if (secret)
            op_buf_addf(&names, "%s%s", names.len != 0 ? ", " : "", f->value);
    }
    if (p->kind == OP_PROJECT_NEXTJS && !hostname && !is_site(p)) /* Kubernetes would set it to the pod's name */
        op_buf_adds(
            &config,
            "\n  # Listen on every address; Kubernetes would set it to the pod's name.\n  HOSTNAME: \"0.0.0.0\"");
    op_vars_set(vars, "config", "config:%s", config.len != 0 ? op_buf_str(&config) : " {}");
    op_vars_set(vars, "secrets", "secrets:%s", secrets.len != 0 ? op_buf_str(&secrets) : " {}");
    if (names.len != 0)
        op_strv_pushf(notes, "taken for secrets, by name: %s; give them at the install, --set-file secrets.NAME=FILE",
                      op_buf_str(&names));
}

static void set_notes(const struct op_project *p, const struct op_chart_wish *wish, struct op_strv *notes)
{
    const struct op_fact *port = op_project_fact(p, "port"), *fixed = op_project_fact(p, "public-env");
    if (port == NULL)
        op_strv_push(notes, "nothing was seen that listens: no Service, no Ingress, and no probes");
    else if (port->file == NULL && p->kind != OP_PROJECT_NEXTJS && p->kind != OP_PROJECT_FASTAPI && !is_site(p))
        op_strv_pushf(notes, "no file says where it listens: %s is only the usual port", port->value);
    if (port != NULL && op_project_fact(p, "health") == NULL)
        op_strv_push(notes, "no route that tells its health was seen: the probes only ask whether the port is open");
    if (fixed != NULL)
        op_strv_pushf(notes, "%s is fixed when the image is built, so the chart cannot set it", fixed->value);
    if (port == NULL && wish->host != NULL)
        op_strv_pushf(notes, "%s leads nowhere without a port", wish->host);
}

static void set_values(const struct op_project *p, const struct op_chart_wish *wish, const char *name,
                       struct op_vars *vars)
{
    const struct op_fact *port = op_project_fact(p, "port"), *health = op_project_fact(p, "health");
    OP_AUTO_FREE char *port_from = from(port);
    OP_AUTO_FREE char *health_from = from(health);
    const char *number = port != NULL ? port->value : "",
               *path = health != NULL && *health->value == '/' ? health->value : NULL;
    int64_t n = 0;
    bool low = op_str_int(number, 1, 1023, &n); /* not free for a port-forward by a person who is not root */
    bool page = p->kind == OP_PROJECT_NEXTJS || is_site(p);
    enum op_project_kind as = is_site(p) ? OP_PROJECT_STATIC : p->kind;
    path = path != NULL ? path : page ? "/" : NULL;
    op_vars_set(vars, "name", "%s", name);
    op_vars_set(vars, "kind", "%s", op_project_kind_name(p->kind));
    op_vars_set(vars, "port", "%s", number);
    op_vars_set(vars, "port_from", "%s", port_from);
    op_vars_set(vars, "forward", "%s%s", low ? "80" : "", number);
    op_vars_set(vars, "health", "%s", path != NULL ? path : "");
    op_vars_set(vars, "health_from", "%s", health_from);
    op_vars_set(vars, "test_path", "%s", path != NULL ? path : "/");
    op_vars_set(vars, "replicas", "%d", wish->replicas > 0 ? wish->replicas : port != NULL ? 2 : 1);
    op_vars_set(vars, "ingress", "%s", wish->host != NULL ? "true" : "false");
    op_vars_set(vars, "host", "%s", wish->host != NULL ? wish->host : "example.local");
    op_vars_set(vars, "cache", "%s", p->kind == OP_PROJECT_NEXTJS && !is_site(p) ? "yes" : "");
    op_vars_set(vars, "request_cpu", "%s", needs[as].request_cpu);
    op_vars_set(vars, "request_memory", "%s", needs[as].request_memory);
    op_vars_set(vars, "limit_cpu", "%s", needs[as].limit_cpu);
    op_vars_set(vars, "limit_memory", "%s", needs[as].limit_memory);
    op_vars_set(vars, "startup", "%d", needs[as].startup);
}

/* "FastAPI on port 8000 (main.py:40), asked at /health (main.py:12)". owned */
static char *summary(const struct op_project *p)
{
    const struct op_fact *port = op_project_fact(p, "port"), *health = op_project_fact(p, "health");
    OP_AUTO_FREE char *port_from = from(port);
    OP_AUTO_FREE char *health_from = from(health);
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_adds(&out, op_project_kind_name(p->kind));
    if (port != NULL)
        op_buf_addf(&out, " on port %s (%s)", port->value, port_from);
    if (port != NULL && health != NULL)
        op_buf_addf(&out, ", asked at %s (%s)", health->value, health_from);
    return op_buf_steal(&out);
}

static bool add_file(size_t i, const struct op_project *p, const struct op_vars *vars, struct op_drafts *out,
                     struct op_err *err)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_AUTO_FREE char *file = op_asprintf("templates/chart/%s.tmpl", files[i].template);
    const char *embedded = op_embedded_text(file);
    if (embedded == NULL)
        return op_fail(err, OP_CONFIG, 0, "%s is not in this build", file);
    if (!op_stencil_fill(file, embedded, vars, &text, err))
        return false;
    out->v = op_realloc(out->v, out->n + 1, sizeof(*out->v));
    out->v[out->n++] = (struct op_draft){ .path = op_strdup(files[i].path),
                                          .text = op_buf_steal(&text),
                                          .why = files[i].why != NULL ? op_strdup(files[i].why) : summary(p) };
    return true;
}

/* A Service's name begins with a letter. owned; NULL: no such name */
static char *chart_name(const char *wished, const char *own, struct op_err *err)
{
    OP_AUTO_FREE char *label = op_fact_label(wished != NULL ? wished : own);
    if (strlen(label) > LONGEST_NAME)
        label[LONGEST_NAME] = '\0';
    for (size_t n = strlen(label); n != 0 && label[n - 1] == '-'; n--)
        label[n - 1] = '\0';
    if (wished != NULL && !op_str_eq(wished, label)) {
        (void)op_fail(err, OP_USAGE, 0,
                      "\"%.60s\" is no name for a chart: small letters, digits and dashes, up to %d; \"%s\" would be",
                      wished, LONGEST_NAME, label);
        return NULL;
    }
    return isdigit((unsigned char)*label) ? op_asprintf("app-%s", label) : op_steal(&label);
}

bool op_project_chart(const struct op_project *p, const struct op_chart_wish *wish, struct op_drafts *out,
                      struct op_err *err)
{
    static const struct op_chart_wish none = { .name = NULL };
    *out = (struct op_drafts){ .notes = OP_STRV_INIT };
    wish = wish != NULL ? wish : &none;
    if (p->kind == OP_PROJECT_UNKNOWN)
        return op_fail(err, OP_UNCLEAR, 0, "nothing that opsh knows is in %s, so there is nothing to make a chart for",
                       p->folder);
    if (wish->host != NULL && (!op_str_is_dns_name(wish->host) || strlen(wish->host) > 253))
        return op_fail(err, OP_USAGE, 0, "\"%.80s\" is no name of a host", wish->host);
    if (wish->replicas < 0 || wish->replicas > MOST_REPLICAS)
        return op_fail(err, OP_USAGE, 0, "replicas are 1 to %d", MOST_REPLICAS);
    OP_AUTO_FREE char *name = chart_name(wish->name, p->name, err);
    OP_AUTO_VARS vars = { .v = NULL };
    bool ok = name != NULL;
    if (ok) {
        set_values(p, wish, name, &vars);
        set_environment(p, &vars, &out->notes);
        set_notes(p, wish, &out->notes);
    }
    for (size_t i = 0; ok && i < OP_LEN(files); i++)
        ok = (files[i].port && op_project_fact(p, "port") == NULL) || add_file(i, p, &vars, out, err);
    if (!ok)
        op_drafts_free(out);
    return ok;
}
