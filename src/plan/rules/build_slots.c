/* Slots that follow from the records of phrases, so that an intent can ask for them like for any other. */
#include "manifest.h"

#include "opsh/base/str.h"

/* The words of a command, for kubectl's own create commands. */
static void command_words(struct slots *s)
{
    struct op_err err = OP_ERR_INIT;
    const char *list = slots_get(s, "command");
    OP_AUTO_JSON *words = list != NULL ? op_json_parse(list, strlen(list), OP_JSON_LOOSE, &err) : NULL;
    OP_JSON_EACH(word, words) {
        s->v = op_grow(s->v, s->n, &s->cap, sizeof(*s->v)); /* one word may come twice */
        s->v[s->n++] = (struct slot){ .name = op_strdup("command_words"), .value = op_strdup(op_json_text(word)) };
    }
}

/* The image and the first port of what runs, where only its containers were named. */
static void first_container(struct slots *s)
{
    size_t i = 0;
    OP_AUTO_JSON *first = record_next(s, "unit", &i);
    if (first != NULL && slots_get(s, "image") == NULL && op_json_str(first, "image") != NULL)
        slots_set(s, "image", op_json_str(first, "image"));
}

/* A volume to be made needs a place in the container: said, known of the program, or asked for. */
static void mount_place(struct slots *s)
{
    static const char *const known[][2] = { { "redis", "/data" },          { "postgres", "/var/lib/postgresql/data" },
                                            { "mysql", "/var/lib/mysql" }, { "mariadb", "/var/lib/mysql" },
                                            { "mongo", "/data/db" },       { "rabbitmq", "/var/lib/rabbitmq" } };
    const char *image = slots_get(s, "image") != NULL ? slots_get(s, "image") : slots_get(s, "known_image");
    bool missing = false;
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(s, "mount", &i)) != NULL; op_json_free(r), r = NULL)
        missing = missing || (op_json_str(r, "path") == NULL && op_json_str(r, "host") == NULL);
    const char *answer = slots_get(s, "placed"); /* to the question where */
    if (answer != NULL && *answer == '/')
        slots_set(s, "mount_path", answer);
    if (!missing) {
        slots_set(s, "placed", "true");
        return;
    }
    for (size_t k = 0; k < OP_LEN(known) && image != NULL && slots_get(s, "mount_path") == NULL; k++) {
        const char *slash = strrchr(image, '/'), *base = slash != NULL ? slash + 1 : image;
        size_t n = strlen(known[k][0]);
        if (strncmp(base, known[k][0], n) == 0 && (base[n] == '\0' || base[n] == ':'))
            slots_set(s, "mount_path", known[k][1]);
    }
    if (slots_get(s, "mount_path") != NULL)
        slots_set(s, "placed", "true");
}

/* One kind of thing that can be counted: pods=10, count/deployments.apps=3. */
static void count_limit(struct op_buf *out, const char *thing, const char *n)
{
    static const struct {
        const char *kind, *group; /* "": counted under its own name */
    } rows[] = {
        { "pod", "" },
        { "service", "" },
        { "configmap", "" },
        { "secret", "" },
        { "persistentvolumeclaim", "" },
        { "replicationcontroller", "" },
        { "resourcequota", "" },
        { "deployment", "apps" },
        { "statefulset", "apps" },
        { "replicaset", "apps" },
        { "daemonset", "apps" },
        { "job", "batch" },
        { "cronjob", "batch" },
        { "ingress", "networking.k8s.io" },
    };
    char plural[96];
    for (size_t k = 0; k < OP_LEN(rows) && n != NULL; k++) {
        if (strcmp(rows[k].kind, thing) != 0)
            continue;
        const char *all = kind_plural(thing, plural, sizeof(plural)), *comma = out->len > 0 ? "," : "";
        if (*rows[k].group == '\0')
            op_buf_addf(out, "%s%s=%s", comma, all, n);
        else
            op_buf_addf(out, "%scount/%s.%s=%s", comma, all, rows[k].group, n);
    }
}

/* "10 pods, 4 cpus and 8Gi memory" → pods=10,requests.cpu=4,requests.memory=8Gi, in the order in which it was said. */
static void hard_limits(struct slots *s)
{
    static const char *const rows[][2] = { { "cpu", "requests.cpu" },
                                           { "memory", "requests.memory" },
                                           { "cpu_limit", "limits.cpu" },
                                           { "memory_limit", "limits.memory" },
                                           { "storage", "requests.storage" },
                                           { "balancers", "services.loadbalancers" },
                                           { "nodeports", "services.nodeports" } };
    OP_AUTO_BUF out = OP_BUF_INIT;
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(s, "hard", &i)) != NULL; op_json_free(r), r = NULL) {
        OP_JSON_EACH(said, r) {
            for (size_t k = 0; k < OP_LEN(rows); k++)
                if (op_str_eq(op_json_key(said), rows[k][0]))
                    op_buf_addf(&out, "%s%s=%s", out.len > 0 ? "," : "", rows[k][1], op_json_text(said));
            if (op_str_eq(op_json_key(said), "thing"))
                count_limit(&out, op_json_text(said), op_json_str(r, "n"));
        }
    }
    if (out.len > 0)
        slots_set(s, "hard_list", op_buf_str(&out));
    if (out.len > 0 &&
        (strstr(op_buf_str(&out), "requests.cpu") != NULL || strstr(op_buf_str(&out), "requests.memory") != NULL))
        slots_set(s, "counts_requests", "From then on pods that say no request for what is counted are refused there.");
}

static void host_and_path(const char *said, char *host, size_t host_size, const char **path)
{
    const char *slash = strchr(said, '/');
    (void)snprintf(host, host_size, "%.*s", (int)(slash != NULL ? (size_t)(slash - said) : strlen(said)), said);
    *path = slash != NULL ? slash : NULL;
}

static const char *first_said(const struct slots *s, const char *const *names)
{
    for (; *names != NULL; names++)
        if (slots_get(s, *names) != NULL)
            return slots_get(s, *names);
    return NULL;
}

static void take_over(char **held, const char *text)
{
    if (text == NULL)
        return;
    free(*held);
    *held = op_strdup(text);
}

/* host/path*=service:port, as kubectl create ingress takes them. */
static void ingress_rules(struct frame *f)
{
    static const char *const backends[] = { "service", "to", "of", NULL };
    struct slots *s = &f->slots;
    const char *url = slots_get(s, "host"), *tls = slots_get(s, "tls_secret"), *path = NULL;
    char host[256] = "";
    if (url == NULL)
        return;
    host_and_path(url, host, sizeof(host), &path);
    slots_set(s, "rule_host", host);
    const char *said = first_said(s, backends), *said_port = slots_get(s, "port");
    OP_AUTO_FREE char *backend = op_strdup(said), *port = op_strdup(said_port), *way = NULL, *first = NULL;
    OP_AUTO_FREE char *suffix = tls != NULL                 ? op_asprintf(",tls=%s", tls)
                                : frame_has_topic(f, "tls") ? op_strdup(",tls")
                                                            : op_strdup("");
    OP_AUTO_STRV rules = OP_STRV_INIT;
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(s, "route", &i)) != NULL; op_json_free(r), r = NULL) {
        const char *to = op_json_str(r, "backend"), *at = op_json_str(r, "port"), *where = op_json_str(r, "path");
        const char *both = op_json_str(r, "endpoint"), *colon = both != NULL ? strchr(both, ':') : NULL;
        OP_AUTO_FREE char *service = colon != NULL ? op_strndup(both, (size_t)(colon - both)) : NULL;
        to = service != NULL ? service : to;
        at = colon != NULL ? colon + 1 : at;
        take_over(&backend, to);
        take_over(&port, at);
        take_over(&way, where);
        if (first == NULL && to != NULL)
            first = op_strdup(to);
        if (to != NULL && port != NULL && where != NULL)
            op_strv_pushf(&rules, "%s%s*=%s:%s%s", host, where, to, port, suffix);
    }
    if (path == NULL)
        path = way != NULL ? way : "/";
    if (rules.n == 0 && backend != NULL && port != NULL)
        op_strv_pushf(&rules, "%s%s*=%s:%s%s", host, path, backend, port, suffix);
    for (size_t i = 0; i < rules.n; i++)
        slots_add(s, "rules", rules.v[i]);
    if (backend != NULL) {
        slots_set(s, "backend", backend);
        slots_set(s, "backend_name", first != NULL ? first : backend);
    }
    if (port != NULL && said_port == NULL)
        slots_set(s, "port", port);
}

static void entries(struct slots *s)
{
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(s, "entry", &i)) != NULL; op_json_free(r), r = NULL) {
        OP_AUTO_FREE char *pair = op_asprintf("%s=%s", op_json_str(r, "key"), op_json_str(r, "value"));
        slots_add(s, "data", pair);
    }
}

/* Who, and what the binding is called. */
static void grants(struct frame *f)
{
    struct slots *s = &f->slots;
    size_t i = 0;
    OP_AUTO_JSON *r = record_next(s, "grant", &i);
    if (r == NULL)
        return;
    static const char *const kinds[][2] = { { "user", "User" }, { "group", "Group" }, { "team", "Group" } };
    const char *who = op_json_str(r, "who"), *as = op_json_str(r, "as"), *sa = op_json_str(r, "sa");
    const char *kind = sa != NULL ? "ServiceAccount" : "User";
    for (size_t k = 0; k < OP_LEN(kinds); k++)
        if (op_str_eq(kinds[k][0], as))
            kind = kinds[k][1];
    if (sa != NULL)
        who = sa;
    if (who == NULL && op_str_eq(f->kind, "serviceaccount")) {
        who = slots_get(s, "name");
        kind = "ServiceAccount";
    }
    if (who == NULL)
        return;
    slots_set(s, "subject", who);
    slots_set(s, "subject_kind", kind);
    if (strcmp(kind, "User") == 0 && as == NULL)
        slots_set(s, "taken_as_user", who);
    static const char *const slots[][2] = { { "verbs", "may_verbs" }, { "kinds", "may_kinds" } };
    for (size_t k = 0; k < OP_LEN(slots); k++)
        if (op_json_str(r, slots[k][0]) != NULL)
            slots_set(s, slots[k][1], op_json_str(r, slots[k][0]));
    const char *level = op_json_str(r, "level"), *role = op_json_str(r, "role");
    if (level == NULL)
        level = op_str_eq(slots_get(s, "granted"), "true") ? NULL : slots_get(s, "granted"); /* the answer */
    if (level != NULL) {
        slots_set(s, "bound_role",
                  strcmp(level, "viewer") == 0 || strcmp(level, "read") == 0    ? "view"
                  : strcmp(level, "editor") == 0 || strcmp(level, "write") == 0 ? "edit"
                                                                                : level);
        slots_set(s, "bound_kind", "ClusterRole");
    } else if (role != NULL) {
        slots_set(s, "bound_role", role);
        slots_set(s, "bound_kind", op_json_str(r, "cluster") != NULL ? "ClusterRole" : "Role");
    }
    OP_AUTO_BUF name = OP_BUF_INIT;
    op_buf_addf(&name, "%s", who);
    const char *parts[] = { slots_get(s, "bound_role"), slots_get(s, "may_verbs"), slots_get(s, "may_kinds") };
    for (size_t k = 0; k < OP_LEN(parts); k++)
        if (parts[k] != NULL && (k == 0 || parts[0] == NULL))
            op_buf_addf(&name, "-%s", parts[k]);
    OP_AUTO_FREE char *text = op_buf_steal(&name);
    for (char *c = text; *c != '\0'; c++)
        *c = isalnum((unsigned char)*c) || *c == '.' ? (char)tolower((unsigned char)*c) : '-';
    bool own = op_str_eq(f->kind, "rolebinding") && slots_get(s, "name") != NULL;
    slots_setf(s, "binding_name", "%.63s", own ? slots_get(s, "name") : text);
    if (slots_get(s, "bound_role") != NULL || (slots_get(s, "may_verbs") != NULL && slots_get(s, "may_kinds") != NULL))
        slots_set(s, "granted", "true");
}

/* "block all traffic into the namespace db except …": a policy lives in the namespace whose pods it guards. */
static void policy_place(struct slots *s)
{
    size_t at = 0;
    OP_AUTO_JSON *r = record_next(s, "policy", &at);
    bool out = op_json_str(r, "out") != NULL || slots_get(s, "egress_only") != NULL;
    const char *ns = op_json_str(r, out ? "from_ns" : "to_ns");
    if (ns != NULL && slots_get(s, "ns") == NULL)
        slots_set(s, "ns", ns);
}

void build_slots(struct frame *f)
{
    struct slots *s = &f->slots;
    if (!f->changes)
        return;
    bool runs = slots_get(s, "image") != NULL && !op_str_eq(f->kind, "service");
    if (runs && slots_get(s, "port") == NULL && slots_get(s, "target_port") != NULL) { /* "container port 8080" */
        slots_set(s, "port", slots_get(s, "target_port"));
        slots_drop(s, "target_port");
    }
    bool only_key = slots_get(s, "tlskey") != NULL && slots_get(s, "cert") == NULL && !frame_has_topic(f, "tls");
    if (only_key && slots_get(s, "file") == NULL)
        slots_set(s, "file", slots_get(s, "tlskey")); /* "from the private key file id_rsa" */
    if (only_key)
        slots_drop(s, "tlskey");
    if (slots_get(s, "init") != NULL)
        slots_drop(s, "init_wanted");
    if (slots_get(s, "command") == NULL && slots_get(s, "run_bash") == NULL)
        slots_set(s, "run_sh", "true"); /* what a terminal gets where nothing was said */
    slots_drop(s, "command_words");
    command_words(s);
    first_container(s);
    mount_place(s);
    hard_limits(s);
    entries(s);
    ingress_rules(f);
    grants(f);
    policy_place(s);
    bool peers = slots_get(s, "from") != NULL && slots_get(s, "to") != NULL;
    if (slots_get(s, "egress_only") != NULL)
        slots_set(s, "dns_along", "DNS is let through as well: without it no name could be looked up.");
    if (slots_get(s, "policy") != NULL || slots_get(s, "dns") != NULL || (op_str_eq(f->kind, "networkpolicy") && peers))
        slots_set(s, "policy_said", "true");
}
