/* Services that kubectl expose cannot say, and network policies. A policy allows what was said and nothing more; only
 * where names must be looked up for it to work does it let DNS through, and the step says so. */
#include "manifest.h"

#include "opsh/base/str.h"

void build_selector(struct op_json *selector, const struct frame *f, const char *name, const char *pair)
{
    char slot[300];
    (void)snprintf(slot, sizeof(slot), "label:%.200s", name != NULL ? name : "");
    const char *known = name != NULL ? slots_get(&f->slots, slot) : NULL;
    if (pair == NULL)
        pair = known;
    const char *eq = pair != NULL ? strchr(pair, '=') : NULL;
    if (eq == NULL) {
        manifest_text(selector, "app", name);
        return;
    }
    OP_AUTO_FREE char *key = op_strndup(pair, (size_t)(eq - pair));
    op_json_set_str(selector, key, eq + 1);
}

static bool service(const struct frame *f, struct op_buf *out)
{
    const struct slots *s = &f->slots;
    const char *of = slots_get(s, "of"), *name = slots_get(s, "name"), *port = slots_get(s, "port");
    const char *target = slots_get(s, "target_port"), *node = slots_get(s, "node_port"),
               *pair = slots_get(s, "selector");
    bool headless = frame_has_topic(f, "headless");
    bool known = name != NULL || of != NULL;
    if (port == NULL || !known || (node == NULL && !headless && (of != NULL || pair == NULL)))
        return false;
    OP_AUTO_JSON *doc = manifest_new("v1", "Service", name != NULL ? name : of, slots_get(s, "ns"));
    struct op_json *spec = manifest_in(doc, "spec");
    if (headless)
        op_json_set_str(spec, "clusterIP", "None");
    else
        op_json_set_str(spec, "type",
                        frame_has_topic(f, "loadbalancer")               ? "LoadBalancer"
                        : node != NULL || frame_has_topic(f, "nodeport") ? "NodePort"
                                                                         : "ClusterIP");
    build_selector(manifest_in(spec, "selector"), f, of != NULL ? of : name, pair);
    struct op_json *p = manifest_item(manifest_list(spec, "ports"));
    manifest_number(p, "port", port);
    manifest_number(p, "targetPort", target != NULL ? target : port);
    if (node != NULL)
        manifest_number(p, "nodePort", node);
    manifest_print(out, doc);
    return true;
}

/* ---- network policies ---- */

struct side {
    const char *name, *pair, *ns;
};

static struct side side_of(const struct op_json *r, const char *name, const char *pair, const char *ns)
{
    return (struct side){ op_json_str(r, name), op_json_str(r, pair), op_json_str(r, ns) };
}

static bool said(struct side s)
{
    return s.name != NULL || s.pair != NULL || s.ns != NULL;
}

static void pods_of(struct op_json *selector, const struct frame *f, struct side s)
{
    if (s.name != NULL || s.pair != NULL)
        build_selector(manifest_in(selector, "matchLabels"), f, s.name, s.pair);
}

static void peer(struct op_json *list, const struct frame *f, struct side s)
{
    struct op_json *item = manifest_item(list);
    if (s.ns != NULL)
        op_json_set_str(manifest_in(manifest_in(item, "namespaceSelector"), "matchLabels"),
                        "kubernetes.io/metadata.name", s.ns);
    if (s.name != NULL || s.pair != NULL)
        pods_of(manifest_in(item, "podSelector"), f, s);
    else if (s.ns == NULL)
        (void)manifest_in(item, "podSelector");
}

static void dns(struct op_json *egress)
{
    static const char *const protocols[] = { "UDP", "TCP" };
    struct op_json *ports = manifest_list(manifest_item(egress), "ports");
    for (size_t i = 0; i < OP_LEN(protocols); i++) {
        struct op_json *p = manifest_item(ports);
        op_json_set_int(p, "port", 53);
        op_json_set_str(p, "protocol", protocols[i]);
    }
}

static void port_of(struct op_json *rule, const char *port)
{
    if (port != NULL)
        manifest_number(manifest_item(manifest_list(rule, "ports")), "port", port);
}

static const char *word_of(struct side s)
{
    if (s.name != NULL)
        return s.name;
    const char *eq = s.pair != NULL ? strchr(s.pair, '=') : NULL;
    return eq != NULL ? eq + 1 : s.ns != NULL ? s.ns : "all";
}

static void directions(struct op_json *spec, bool in, bool out)
{
    struct op_json *types = manifest_list(spec, "policyTypes");
    if (in)
        op_json_push(types, op_json_string("Ingress"));
    if (out)
        op_json_push(types, op_json_string("Egress"));
}

/* What the policy is about, from the record of the phrase or from plain slots ("from web to api"). */
struct policy {
    struct side from, to;
    const char *port, *deny;
    bool egress, dns;
};

static struct policy policy_of(const struct frame *f, const struct op_json *r)
{
    const struct slots *s = &f->slots;
    struct policy p = { .from = side_of(r, "from", "from_pair", "from_ns"),
                        .to = side_of(r, "to", "to_pair", "to_ns"),
                        .port = op_json_str(r, "port"),
                        .deny = op_json_str(r, "deny"),
                        .egress = op_json_str(r, "out") != NULL || slots_get(s, "egress_only") != NULL,
                        .dns = op_json_str(r, "dns") != NULL };
    if (!said(p.from))
        p.from.name = slots_get(s, "from");
    if (!said(p.to))
        p.to.name = slots_get(s, "to");
    if (p.port == NULL)
        p.port = slots_get(s, "port");
    if (p.port == NULL)
        p.port = slots_get(s, "target_port");
    p.dns = p.dns || slots_get(s, "dns") != NULL;
    bool denies = op_str_eq(f->verb, "deny") || frame_has_topic(f, "default_deny");
    if (p.deny == NULL && denies && !said(p.from) && !said(p.to))
        p.deny = slots_get(s, "deny_both") != NULL ? "both" : "ingress";
    return p;
}

static bool is(const char *deny, const char *const *words)
{
    for (; *words != NULL; words++)
        if (op_str_eq(deny, *words))
            return true;
    return false;
}

static bool network_policy(const struct frame *f, struct op_buf *out)
{
    static const char *const outgoing[] = { "egress", "outgoing", "outbound", "out", "both", "all", NULL };
    static const char *const incoming[] = { "ingress", "incoming", "inbound", "in", "both", "all", NULL };
    const struct slots *s = &f->slots;
    size_t at = 0;
    OP_AUTO_JSON *r = record_next(s, "policy", &at);
    struct policy p = policy_of(f, r);
    if (p.deny == NULL && !p.dns && !said(p.from) && !said(p.to))
        return false;
    bool closes_out = is(p.deny, outgoing), closes_in = p.deny != NULL && (is(p.deny, incoming) || !closes_out);
    bool egress = closes_out || p.dns || (p.deny == NULL && (p.egress || !said(p.to)));
    bool ingress = closes_in || (p.deny == NULL && !egress);
    OP_AUTO_FREE char *name = p.deny != NULL         ? op_asprintf("default-deny%s", closes_out && closes_in ? "-all"
                                                                                     : closes_out            ? "-egress"
                                                                                                             : "")
                              : p.dns && !said(p.to) ? op_strdup("allow-dns")
                              : said(p.from) && said(p.to)
                                  ? op_asprintf("allow-%s-to-%s", word_of(p.from), word_of(p.to))
                                  : op_asprintf("allow-to-%s", word_of(p.to));
    const char *own = slots_get(s, "name");
    OP_AUTO_JSON *doc =
        manifest_new("networking.k8s.io/v1", "NetworkPolicy", own != NULL ? own : name, slots_get(s, "ns"));
    struct op_json *spec = manifest_in(doc, "spec"), *selects = manifest_in(spec, "podSelector");
    if (egress && (p.deny == NULL || said(p.from)))
        pods_of(selects, f, p.from);
    else if (said(p.to))
        pods_of(selects, f, p.to);
    directions(spec, ingress, egress);
    if (ingress && p.deny == NULL) {
        struct op_json *rule = manifest_item(manifest_list(spec, "ingress"));
        if (said(p.from))
            peer(manifest_list(rule, "from"), f, p.from);
        port_of(rule, p.port);
    }
    if (egress && p.deny == NULL && said(p.to)) {
        struct op_json *rule = manifest_item(manifest_list(spec, "egress"));
        peer(manifest_list(rule, "to"), f, p.to);
        port_of(rule, p.port);
    }
    if (egress && (p.dns || p.deny == NULL))
        dns(manifest_list(spec, "egress"));
    manifest_print(out, doc);
    return true;
}

bool build_network(const struct frame *f, struct op_buf *out)
{
    if (op_str_eq(f->kind, "service"))
        return service(f, out);
    bool spoken = (op_str_eq(f->verb, "allow") || op_str_eq(f->verb, "deny")) && f->kind == NULL;
    return (op_str_eq(f->kind, "networkpolicy") || spoken) && network_policy(f, out);
}
