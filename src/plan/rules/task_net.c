/* Services and ingresses as tasks describe them. */
#include "task.h"

#include "opsh/base/str.h"

struct port {
    const char *port, *target, *node, *name, *proto;
};

enum { PORTS_MAX = 16 };

/* A port begins where the one before has a number already. */
static size_t ports_of(const struct task_object *o, struct port *v)
{
    size_t n = 0;
    const char *name = NULL;
    for (size_t i = 0; i < o->facts.n; i++) {
        const char *key = o->facts.v[i].name, *value = o->facts.v[i].value;
        bool number = strcmp(key, "port") == 0;
        if (strcmp(key, "pafter") == 0 && n > 0)
            v[n - 1].name = value;
        bool of_port = number || strcmp(key, "target") == 0 || strcmp(key, "node") == 0 || strcmp(key, "proto") == 0;
        if (strcmp(key, "pname") == 0) {
            if (i + 1 < o->facts.n && strcmp(o->facts.v[i + 1].name, "port") == 0)
                name = value;
            else if (n > 0)
                v[n - 1].name = value;
        }
        if (!of_port)
            continue;
        if (number && n > 0 && op_str_eq(v[n - 1].port, value) && name == NULL)
            continue; /* said again */
        if ((n == 0 || (number && v[n - 1].port != NULL)) && n < PORTS_MAX)
            v[n++] = (struct port){ 0 };
        struct port *p = &v[n - 1];
        if (number)
            p->port = value;
        else if (strcmp(key, "target") == 0)
            p->target = value;
        else if (strcmp(key, "node") == 0)
            p->node = value;
        else
            p->proto = value;
        if (number && name != NULL) {
            p->name = name;
            name = NULL;
        }
    }
    return n;
}

static void add_ports(struct op_json *spec, const struct port *v, size_t n)
{
    static const char *const protocols[][2] = { { "udp", "UDP" }, { "tcp", "TCP" }, { "sctp", "SCTP" } };
    struct op_json *list = manifest_list(spec, "ports");
    for (size_t i = 0; i < n; i++) {
        char name[40];
        if (op_str_eq(v[i].proto, "both")) { /* a port of each protocol */
            for (size_t k = 0; k < 2; k++) {
                struct op_json *one = manifest_item(list);
                (void)snprintf(name, sizeof(name), "%s-%s", protocols[k][0], v[i].port);
                op_json_set_str(one, "name", name);
                manifest_number(one, "port", v[i].port);
                manifest_number(one, "targetPort", v[i].target != NULL ? v[i].target : v[i].port);
                op_json_set_str(one, "protocol", protocols[k][1]);
            }
            continue;
        }
        struct op_json *p = manifest_item(list);
        (void)snprintf(name, sizeof(name), "port-%s", v[i].port);
        manifest_text(p, "name", v[i].name != NULL ? v[i].name : n > 1 ? name : NULL);
        manifest_number(p, "port", v[i].port);
        manifest_number(p, "targetPort", v[i].target != NULL ? v[i].target : v[i].port);
        if (v[i].node != NULL)
            manifest_number(p, "nodePort", v[i].node);
        for (size_t k = 0; k < OP_LEN(protocols); k++)
            if (op_str_eq(protocols[k][0], v[i].proto))
                op_json_set_str(p, "protocol", protocols[k][1]);
    }
}

static void add_selector(struct op_json *into, const struct task_object *o, const char *of)
{
    bool any = false;
    for (size_t i = 0; i < o->facts.n; i++) {
        if (strcmp(o->facts.v[i].name, "selector") != 0)
            continue;
        build_selector(into, &o->frame, NULL, o->facts.v[i].value);
        any = true;
    }
    if (!any)
        build_selector(into, &o->frame, of, NULL);
}

static bool external(const struct task_object *o, struct task_out *out)
{
    const char *name = fact(o, "name"), *host = fact(o, "external");
    if (name == NULL || host == NULL)
        return false;
    task_words(&out->argv, (const char *const[]){ "create", "service", "externalname", name, NULL });
    op_strv_pushf(&out->argv, "--external-name=%s", host);
    return true;
}

/* What kubectl expose says as well, it shall say. */
static void expose(const struct task_object *o, const char *of, const struct port *p, struct task_out *out)
{
    const char *name = fact(o, "name"), *type = fact_last(o, "type");
    const char *kind = fact(o, "of_kind");
    bool runs = kind != NULL && strcmp(kind, "app") != 0 && strcmp(kind, "pods") != 0;
    task_words(&out->argv, (const char *const[]){ "expose", runs ? kind : "deployment", of, NULL });
    op_strv_pushf(&out->argv, "--port=%s", p->port);
    if (p->target != NULL)
        op_strv_pushf(&out->argv, "--target-port=%s", p->target);
    if (name != NULL && strcmp(name, of) != 0)
        op_strv_pushf(&out->argv, "--name=%s", name);
    if (type != NULL)
        op_strv_pushf(&out->argv, "--type=%s", type);
}

bool task_service(const struct task *t, struct task_object *o, struct task_out *out)
{
    const char *type = fact_last(o, "type"), *of = fact(o, "of"), *name = fact(o, "name");
    if (of == NULL && fact(o, "selector") == NULL)
        of = task_workload(t, o);
    if (op_str_eq(type, "ExternalName"))
        return external(o, out);
    struct port ports[PORTS_MAX] = { 0 };
    size_t n = ports_of(o, ports);
    bool whole = n > 0;
    for (size_t i = 0; i < n; i++)
        whole = whole && ports[i].port != NULL;
    const char *selects = fact(o, "selector"), *eq = selects != NULL ? strchr(selects, '=') : NULL;
    if (name == NULL)
        name = of != NULL ? of : eq != NULL ? eq + 1 : NULL;
    if (!whole || name == NULL)
        return false;
    int64_t high = 0;
    if (n == 2 && op_str_eq(type, "NodePort") && ports[0].node == NULL && ports[1].node == NULL) {
        bool first = op_str_int(ports[0].port, 30000, 32767, &high); /* "on 30080 (port 8080)" */
        if (first || op_str_int(ports[1].port, 30000, 32767, &high)) {
            ports[first].node = ports[!first].port;
            ports[0] = ports[first];
            n = 1;
        }
    }
    bool headless = fact(o, "headless") != NULL;
    if (t->n == 1 && fact(o, "plain") != NULL && fact(o, "name") == NULL && ports[0].node == NULL &&
        ports[0].target == NULL && selects == NULL)
        return false; /* "expose web on port 80": the clauses look the name up */
    if (n == 1 && of != NULL && selects == NULL && !headless && ports[0].node == NULL && ports[0].proto == NULL &&
        ports[0].name == NULL && fact(o, "affinity") == NULL) {
        expose(o, of, &ports[0], out);
        return true;
    }
    OP_AUTO_JSON *doc = manifest_new("v1", "Service", name, slots_get(&o->frame.slots, "ns"));
    struct op_json *spec = manifest_in(doc, "spec");
    if (headless)
        op_json_set_str(spec, "clusterIP", "None");
    else
        op_json_set_str(spec, "type", type != NULL ? type : "ClusterIP");
    manifest_text(spec, "sessionAffinity", fact(o, "affinity"));
    add_selector(manifest_in(spec, "selector"), o, of != NULL ? of : name);
    add_ports(spec, ports, n);
    manifest_print(&out->manifest, doc);
    return true;
}

/* ---- ingresses ---- */

struct route {
    const char *host, *path, *backend, *port;
};

enum { ROUTES_MAX = 24, HOSTS_MAX = 6 };

/* Where paths stand before services, a path opens a route; else the service does. */
static size_t routes_of(const struct task_object *o, struct route *v)
{
    size_t n = 0, n_hosts = 0;
    bool paths_first = false, decided = false, used = false;
    const char *hosts[HOSTS_MAX], *path = NULL, *port = NULL;
    for (size_t i = 0; i < o->facts.n; i++) {
        const char *key = o->facts.v[i].name, *value = o->facts.v[i].value;
        bool is_path = strcmp(key, "path") == 0,
             is_service = strcmp(key, "backend") == 0 || strcmp(key, "endpoint") == 0;
        paths_first = decided ? paths_first : is_path;
        decided = decided || is_path || is_service;
        if (strcmp(key, "host") == 0) {
            const char *slash = strchr(value, '/');
            for (size_t k = 0; k < n && n_hosts == 0; k++)
                v[k].host = value;
            n_hosts = used ? 0 : n_hosts; /* "a.org and b.org to web": both; behind a route another begins */
            if (n_hosts < HOSTS_MAX)
                hosts[n_hosts++] = value;
            used = false;
            path = slash != NULL ? slash : path;
            paths_first = paths_first || (slash != NULL && !decided);
            decided = decided || slash != NULL;
        } else if (is_path && !paths_first && n > 0) {
            v[n - 1].path = value;
        } else if (is_path) {
            path = value;
        } else if (is_service) {
            for (size_t k = 0; k < n_hosts + (n_hosts == 0) && n < ROUTES_MAX; k++)
                v[n++] = (struct route){
                    .host = n_hosts > 0 ? hosts[k] : NULL, .path = path, .backend = value, .port = port
                };
            path = NULL;
            port = NULL;
            used = true;
        } else if (strcmp(key, "bport") == 0 && n > 0) {
            for (size_t k = n; k-- > 0 && v[k].port == NULL;)
                v[k].port = value;
        } else if (strcmp(key, "bport") == 0) {
            port = value;
        }
    }
    for (size_t k = 1; k < n; k++)
        if (v[k].port == NULL && strchr(v[k].backend, ':') == NULL)
            v[k].port = v[k - 1].port;
    return n;
}

bool task_ingress(const struct task *t, struct task_object *o, struct task_out *out)
{
    struct route routes[ROUTES_MAX];
    size_t n = routes_of(o, routes);
    if (n == 0 && fact(o, "front") != NULL) { /* "web reachable under web.example.com, port 80" */
        fact_add(o, "backend", fact(o, "front"));
        if (fact(o, "bport") != NULL)
            fact_add(o, "bport", fact(o, "bport"));
        n = routes_of(o, routes);
    }
    const struct task_object *service = task_before(t, o, "service");
    const char *class = fact(o, "class"), *tls = fact(o, "tls"), *type = fact(o, "pathtype"), *name = fact(o, "name");
    if (n == 0 && service != NULL && fact(service, "name") != NULL && fact(o, "host") != NULL)
        routes[n++] = (struct route){ .host = fact(o, "host"),
                                      .path = fact(o, "path"),
                                      .backend = fact(service, "name"),
                                      .port = fact(service, "port") };
    OP_AUTO_FREE char *first = n > 0 ? op_strndup(routes[0].backend, strcspn(routes[0].backend, ":")) : NULL;
    if (n == 0)
        return false;
    task_words(&out->argv, (const char *const[]){ "create", "ingress", name != NULL ? name : first, NULL });
    op_strv_pushf(&out->argv, "--class=%s", class != NULL ? class : "nginx");
    for (size_t i = 0; i < n; i++) {
        const struct route *r = &routes[i];
        bool both = strchr(r->backend, ':') != NULL;
        if (r->host == NULL || (r->port == NULL && !both))
            return false;
        int host = (int)strcspn(r->host, "/");
        const char *path = r->path != NULL ? r->path : "/";
        op_strv_pushf(&out->argv, "--rule=%.*s%s%s=%s%s%s%s%s", host, r->host, path,
                      op_str_eq(type, "exact") ? "" : "*", r->backend, both ? "" : ":", both ? "" : r->port,
                      tls != NULL                 ? ",tls="
                      : fact(o, "tls_on") != NULL ? ",tls"
                                                  : "",
                      tls != NULL ? tls : "");
    }
    return true;
}
