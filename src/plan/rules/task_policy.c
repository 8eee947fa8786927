/* Network policies as tasks describe them: whose pods, and which traffic in and out is let through. A policy allows
 * what was said and nothing more. */
#include "task.h"

#include "opsh/base/str.h"

struct rule {
    const char *dir; /* "in", "out" */
    struct op_json *peers, *ports;
};

enum { RULES_MAX = 16 };

struct folding {
    struct rule v[RULES_MAX];
    size_t n;
    struct op_json *peer; /* the last one, for what is said of it further */
    const char *proto;    /* said in front of its port */
};

static struct rule *rule_new(struct folding *f, const char *dir)
{
    if (f->n == RULES_MAX)
        return &f->v[f->n - 1];
    f->v[f->n] = (struct rule){ .dir = dir, .peers = op_json_array(), .ports = op_json_array() };
    f->peer = NULL;
    return &f->v[f->n++];
}

static struct rule *last(struct folding *f)
{
    return f->n > 0 ? &f->v[f->n - 1] : NULL;
}

static void turn(struct folding *f, const char *dir)
{
    struct rule *r = last(f);
    bool empty = r != NULL && op_json_size(r->peers) == 0;
    if (r != NULL && (r->dir == NULL || strcmp(r->dir, dir) == 0) && (empty || op_json_size(r->ports) == 0)) {
        r->dir = dir;
        return;
    }
    (void)rule_new(f, dir);
}

static struct op_json *peer_new(struct folding *f)
{
    struct rule *r = last(f);
    if (r == NULL || (op_json_size(r->ports) > 0 && op_json_size(r->peers) > 0))
        r = rule_new(f, r != NULL ? r->dir : NULL);
    f->peer = manifest_item(r->peers);
    return f->peer;
}

static void port_new(struct folding *f, const char *port)
{
    struct rule *r = last(f);
    if (r == NULL)
        r = rule_new(f, NULL);
    struct op_json *p = manifest_item(r->ports);
    manifest_number(p, "port", port);
    op_json_set_str(p, "protocol", op_str_eq(f->proto, "udp") ? "UDP" : "TCP");
    f->proto = NULL;
}

static void labels(struct op_json *peer, const char *selector, const struct task_object *o, const char *name,
                   const char *pair)
{
    build_selector(manifest_in(manifest_in(peer, selector), "matchLabels"), &o->frame, name, pair);
}

static void protocol(struct rule *r, const char *said)
{
    struct op_json *more = op_json_array();
    OP_JSON_EACH(p, r->ports) {
        struct op_json *mine = (struct op_json *)(uintptr_t)p; /* made above */
        struct op_json *copy = strcmp(said, "both") == 0 ? op_json_dup(p) : NULL;
        op_json_set_str(copy != NULL ? copy : mine, "protocol", strcmp(said, "tcp") == 0 ? "TCP" : "UDP");
        if (copy != NULL)
            op_json_push(more, copy);
    }
    OP_JSON_EACH(p, more) {
        op_json_push(r->ports, op_json_dup(p));
    }
    op_json_free(more);
}

/* One fact into the rules. */
static void fold(struct folding *f, const struct task_object *o, size_t i)
{
    const char *key = o->facts.v[i].name, *value = o->facts.v[i].value;
    const char *before = i > 0 ? o->facts.v[i - 1].name : "";
    if (strcmp(key, "dir") == 0) {
        turn(f, strcmp(value, "in") == 0 ? "in" : "out");
    } else if (strcmp(key, "peer_pair") == 0) {
        labels(peer_new(f), "podSelector", o, NULL, value);
    } else if (strcmp(key, "peer_name") == 0) {
        labels(peer_new(f), "podSelector", o, value, NULL);
    } else if (strcmp(key, "peer_ns") == 0) {
        bool named = strcmp(before, "peer_pair") == 0 || strcmp(before, "peer_name") == 0;
        bool same = f->peer != NULL && named; /* "pods with … in namespace …" */
        op_json_set_str(manifest_in(manifest_in(same ? f->peer : peer_new(f), "namespaceSelector"), "matchLabels"),
                        "kubernetes.io/metadata.name", value);
    } else if (strcmp(key, "peer_nslabel") == 0) {
        bool same = f->peer != NULL && strcmp(before, "peer_pair") == 0;
        labels(same ? f->peer : peer_new(f), "namespaceSelector", o, NULL, value);
    } else if (strcmp(key, "peer_cidr") == 0) {
        op_json_set_str(manifest_in(peer_new(f), "ipBlock"), "cidr", value);
    } else if (strcmp(key, "except") == 0 && f->peer != NULL && op_json_get(f->peer, "ipBlock") != NULL) {
        op_json_push(manifest_list(manifest_in(f->peer, "ipBlock"), "except"), op_json_string(value));
    } else if (strcmp(key, "port") == 0) {
        port_new(f, value);
    } else if (strcmp(key, "peer_self") == 0) {
        (void)manifest_in(peer_new(f), "podSelector"); /* all pods of the policy's own namespace */
    } else if (strcmp(key, "proto") == 0 && i + 1 < o->facts.n && strcmp(o->facts.v[i + 1].name, "port") == 0) {
        f->proto = value;
    } else if (strcmp(key, "proto") == 0 && last(f) != NULL) {
        protocol(last(f), value);
    }
}

static void add_dns(struct op_json *spec)
{
    static const char *const protocols[] = { "UDP", "TCP" };
    struct op_json *ports = manifest_list(manifest_item(manifest_list(spec, "egress")), "ports");
    for (size_t i = 0; i < OP_LEN(protocols); i++) {
        struct op_json *p = manifest_item(ports);
        op_json_set_int(p, "port", 53);
        op_json_set_str(p, "protocol", protocols[i]);
    }
}

static bool says(const struct task_object *o, const char *name, const char *value)
{
    for (size_t i = 0; i < o->facts.n; i++)
        if (strcmp(o->facts.v[i].name, name) == 0 && strcmp(o->facts.v[i].value, value) == 0)
            return true;
    return false;
}

static const char *word(const struct task_object *o, const char *const *facts)
{
    for (; *facts != NULL; facts++) {
        const char *said = fact(o, *facts), *eq = said != NULL ? strchr(said, '=') : NULL;
        if (said != NULL && strchr(said, '/') == NULL)
            return eq != NULL ? eq + 1 : said;
    }
    return NULL;
}

static char *name_of(const struct task_object *o, bool in, bool out, bool denies)
{
    const char *peer = word(o, (const char *const[]){ "peer_pair", "peer_name", "peer_ns", "peer_nslabel", NULL });
    const char *whose = word(o, (const char *const[]){ "subject", "subject_name", NULL });
    bool outwards = out && !in;
    if (fact(o, "name") != NULL)
        return op_strdup(fact(o, "name"));
    if (denies)
        return op_asprintf("default-deny%s", in && out ? "-all" : out ? "-egress" : "");
    if (whose != NULL && peer != NULL)
        return op_asprintf("allow-%s-to-%s", outwards ? whose : peer, outwards ? peer : whose);
    return op_asprintf("allow-%s%s", outwards ? "from-" : "to-", whose != NULL ? whose : peer != NULL ? peer : "all");
}

static void print_rules(struct op_json *spec, struct folding *f, bool in)
{
    for (size_t i = 0; i < f->n; i++) {
        struct rule *r = &f->v[i];
        if (in != (r->dir == NULL || strcmp(r->dir, "in") == 0))
            continue;
        struct op_json *rule = manifest_item(manifest_list(spec, in ? "ingress" : "egress"));
        if (op_json_size(r->peers) > 0)
            op_json_set(rule, in ? "from" : "to", op_json_dup(r->peers));
        if (op_json_size(r->ports) > 0)
            op_json_set(rule, "ports", op_json_dup(r->ports));
    }
}

/* Whoever is reached by name needs the names looked up. */
static bool outward_peers(const struct folding *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (op_str_eq(f->v[i].dir, "out") && op_json_size(f->v[i].peers) > 0)
            return true;
    return false;
}

bool task_policy(const struct task *t, struct task_object *o, struct task_out *out)
{
    struct folding f = { 0 };
    const struct task_object *pod = task_before(t, o, "pod"), *runs = task_before(t, o, "deployment");
    const char *own = pod != NULL ? fact(pod, "name") : runs != NULL ? fact(runs, "name") : NULL;
    if (fact(o, "own") != NULL && own == NULL)
        return false;
    if (fact(o, "own") != NULL)
        fact_add(o, pod != NULL ? "subject_run" : "subject_name", own);
    for (size_t i = 0; i < o->facts.n; i++)
        fold(&f, o, i);
    bool in = says(o, "deny", "in") || says(o, "deny", "both"),
         closed_out = says(o, "deny", "out") || says(o, "deny", "both");
    bool denies = fact(o, "deny") != NULL && f.n == 0, dns = fact(o, "dns") != NULL;
    for (size_t i = 0; i < f.n; i++)
        in = in || f.v[i].dir == NULL || strcmp(f.v[i].dir, "in") == 0;
    bool egress = closed_out || dns;
    for (size_t i = 0; i < f.n; i++)
        egress = egress || (f.v[i].dir != NULL && strcmp(f.v[i].dir, "out") == 0);
    in = in || (denies && !egress);
    bool unclear = says(o, "deny", "said") && fact(o, "dir") != NULL; /* "deny … from a": that alone, no policy can */
    if ((in || egress) && !unclear) {
        OP_AUTO_FREE char *name = name_of(o, in, egress, denies);
        OP_AUTO_JSON *doc =
            manifest_new("networking.k8s.io/v1", "NetworkPolicy", name, slots_get(&o->frame.slots, "ns"));
        struct op_json *spec = manifest_in(doc, "spec"), *selects = manifest_in(spec, "podSelector");
        if (fact(o, "subject") != NULL || fact(o, "subject_name") != NULL)
            build_selector(manifest_in(selects, "matchLabels"), &o->frame, fact(o, "subject_name"), fact(o, "subject"));
        else if (fact(o, "subject_run") != NULL) /* what kubectl run calls its pod */
            op_json_set_str(manifest_in(selects, "matchLabels"), "run", fact(o, "subject_run"));
        struct op_json *types = manifest_list(spec, "policyTypes");
        if (in)
            op_json_push(types, op_json_string("Ingress"));
        if (egress)
            op_json_push(types, op_json_string("Egress"));
        print_rules(spec, &f, true);
        print_rules(spec, &f, false);
        bool names = egress && !closed_out && !dns && fact(o, "peer_cidr") == NULL && !says(o, "port", "53") &&
                     outward_peers(&f);
        if (dns || names)
            add_dns(spec);
        if (names)
            out->why = "DNS is let through as well: without it no name could be looked up.";
        manifest_print(&out->manifest, doc);
    }
    for (size_t i = 0; i < f.n; i++) {
        op_json_free(f.v[i].peers);
        op_json_free(f.v[i].ports);
    }
    return (in || egress) && !unclear;
}
