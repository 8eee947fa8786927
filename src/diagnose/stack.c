/* Lines about what belongs together. Owns which object belongs (its release, its instance label, or its name) and how
 * each kind is told in one line; judges nothing beyond what the objects say of themselves. */
#include "opsh/diagnose/stack.h"

#include "opsh/base/str.h"

static const char *mark(const struct op_json *o, const char *where, const char *key)
{
    return op_json_text(op_json_get(op_json_at(o, where), key));
}

static bool belongs(const struct op_stack *s, const struct op_json *o)
{
    const char *const ways[] = { mark(o, "metadata.annotations", "meta.helm.sh/release-name"),
                                 mark(o, "metadata.labels", "app.kubernetes.io/instance"),
                                 op_json_str(o, "metadata.name") };
    for (size_t i = 0; i < OP_LEN(ways); i++)
        if (ways[i] != NULL && op_str_starts(ways[i], s->prefix))
            return true;
    return false;
}

static const char *name_of(const struct op_json *o)
{
    const char *name = op_json_str(o, "metadata.name");
    return name != NULL ? name : "?";
}

/* ---- a line for each kind ---- */

static void images_of(const struct op_json *o, struct op_buf *out)
{
    size_t n = 0;
    OP_JSON_EACH(c, op_json_at(o, "spec.template.spec.containers"))
        op_buf_addf(out, "%s%s", n++ != 0 ? ", " : "", op_json_str(c, "image") != NULL ? op_json_str(c, "image") : "?");
}

static void workload(const struct op_stack *s, const struct op_json *o, struct op_buf *out)
{
    (void)s;
    bool daemon = op_str_eq(op_json_str(o, "kind"), "DaemonSet");
    int64_t wanted =
        daemon ? op_json_int_or(o, "status.desiredNumberScheduled", 0) : op_json_int_or(o, "spec.replicas", 1);
    int64_t ready = op_json_int_or(o, daemon ? "status.numberReady" : "status.readyReplicas", 0);
    op_buf_addf(out, "%lld of %lld Ready   ", (long long)ready, (long long)wanted);
    images_of(o, out);
}

/* Why it waits, else its phase. */
static const char *pod_state(const struct op_json *o)
{
    if (op_json_str(o, "metadata.deletionTimestamp") != NULL)
        return "Terminating";
    OP_JSON_EACH(c, op_json_at(o, "status.containerStatuses"))
        if (op_json_str(c, "state.waiting.reason") != NULL)
            return op_json_str(c, "state.waiting.reason");
    const char *phase = op_json_str(o, "status.phase");
    return phase != NULL ? phase : "?";
}

static void pod(const struct op_stack *s, const struct op_json *o, struct op_buf *out)
{
    int64_t restarts = 0;
    size_t n = 0, ready = 0;
    (void)s;
    OP_JSON_EACH(c, op_json_at(o, "status.containerStatuses")) {
        n++;
        ready += op_json_is_true(c, "ready");
        restarts += op_json_int_or(c, "restartCount", 0);
    }
    op_buf_addf(out, "%s   %zu of %zu Ready", pod_state(o), ready, n);
    if (restarts != 0)
        op_buf_addf(out, "   %lld restart%s", (long long)restarts, restarts == 1 ? "" : "s");
}

static void service(const struct op_stack *s, const struct op_json *o, struct op_buf *out)
{
    size_t n = 0;
    (void)s;
    op_buf_addf(out, "%s", op_json_str(o, "spec.type") != NULL ? op_json_str(o, "spec.type") : "ClusterIP");
    OP_JSON_EACH(p, op_json_at(o, "spec.ports"))
        op_buf_addf(out, "%s%lld", n++ != 0 ? ", " : "   port ", (long long)op_json_int_or(p, "port", 0));
}

static void ingress(const struct op_stack *s, const struct op_json *o, struct op_buf *out)
{
    size_t n = 0;
    const char *class = op_json_str(o, "spec.ingressClassName");
    (void)s;
    OP_JSON_EACH(r, op_json_at(o, "spec.rules"))
        op_buf_addf(out, "%s%s", n++ != 0 ? ", " : "", op_json_str(r, "host") != NULL ? op_json_str(r, "host") : "*");
    if (class != NULL)
        op_buf_addf(out, "   class %s", class);
}

static void claim(const struct op_stack *s, const struct op_json *o, struct op_buf *out)
{
    const char *phase = op_json_str(o, "status.phase"), *size = op_json_str(o, "status.capacity.storage");
    (void)s;
    op_buf_addf(out, "%s   %s", phase != NULL ? phase : "?",
                size != NULL ? size : op_json_str(o, "spec.resources.requests.storage"));
    if (op_json_str(o, "spec.storageClassName") != NULL)
        op_buf_addf(out, "   %s", op_json_str(o, "spec.storageClassName"));
}

static const struct {
    const char *title, *kinds[4];
    void (*tell)(const struct op_stack *s, const struct op_json *o, struct op_buf *out);
} blocks[] = {
    { "Workloads", { "Deployment", "StatefulSet", "DaemonSet" }, workload },
    { "Pods", { "Pod" }, pod },
    { "Services", { "Service" }, service },
    { "Ingress", { "Ingress" }, ingress },
    { "Claims", { "PersistentVolumeClaim" }, claim },
};

static bool of_block(size_t b, const struct op_json *o)
{
    for (size_t i = 0; blocks[b].kinds[i] != NULL; i++)
        if (op_str_eq(blocks[b].kinds[i], op_json_str(o, "kind")))
            return true;
    return false;
}

static size_t widest(const struct op_stack *s, size_t b)
{
    size_t wide = 0;
    OP_JSON_EACH(o, op_json_get(s->objects, "items"))
        if (of_block(b, o) && belongs(s, o) && strlen(name_of(o)) > wide)
            wide = strlen(name_of(o));
    return wide;
}

static size_t tell_block(const struct op_stack *s, size_t b, struct op_buf *out)
{
    size_t n = 0, wide = widest(s, b);
    OP_JSON_EACH(o, op_json_get(s->objects, "items")) {
        if (!of_block(b, o) || !belongs(s, o))
            continue;
        if (n++ == 0)
            op_buf_addf(out, "%s\n", blocks[b].title);
        op_buf_addf(out, "  %-*s   ", (int)wide, name_of(o));
        blocks[b].tell(s, o, out);
        op_buf_addc(out, '\n');
    }
    return n;
}

static size_t tell_releases(const struct op_stack *s, struct op_buf *out)
{
    size_t n = 0;
    OP_JSON_EACH(r, s->releases) {
        const char *name = op_json_str(r, "name"), *status = op_json_str(r, "status"), *chart = op_json_str(r, "chart");
        const char *revision = op_json_str(r, "revision"); /* helm writes it as text */
        if (name == NULL || !op_str_starts(name, s->prefix))
            continue;
        if (n++ == 0)
            op_buf_adds(out, "Releases\n");
        op_buf_addf(out, "  %s   %s   revision %s   %s\n", name, status != NULL ? status : "?",
                    revision != NULL ? revision : "?", chart != NULL ? chart : "");
    }
    return n;
}

size_t op_stack_text(const struct op_stack *s, struct op_buf *out)
{
    size_t n = tell_releases(s, out);
    for (size_t b = 0; b < OP_LEN(blocks); b++)
        n += tell_block(s, b, out);
    return n;
}

/* ---- where it is reached ---- */

static const char *ingress_address(const struct op_stack *s, const struct op_json *o)
{
    const struct op_json *first = op_json_first(op_json_at(o, "status.loadBalancer.ingress"));
    const char *ip = op_json_str(first, "ip"), *host = op_json_str(first, "hostname");
    return ip != NULL ? ip : host != NULL ? host : s->address;
}

static bool has_tls(const struct op_json *o, const char *host)
{
    OP_JSON_EACH(t, op_json_at(o, "spec.tls"))
        OP_JSON_EACH(h, op_json_get(t, "hosts"))
            if (op_str_eq(op_json_text(h), host))
                return true;
    return false;
}

static size_t ingress_urls(const struct op_stack *s, const struct op_json *o, struct op_buf *out)
{
    const char *address = ingress_address(s, o);
    size_t n = 0;
    OP_JSON_EACH(r, op_json_at(o, "spec.rules")) {
        const char *host = op_json_str(r, "host"),
                   *path = op_json_str(op_json_first(op_json_at(r, "http.paths")), "path");
        const char *shown = host != NULL ? host : address != NULL ? address : "ADDRESS";
        op_buf_addf(out, "%s://%s%s", has_tls(o, host) ? "https" : "http", shown, path != NULL ? path : "/");
        if (host != NULL && address != NULL)
            op_buf_addf(out, "   (hosts file: %s %s)", address, host);
        else if (host != NULL)
            op_buf_addf(out, "   (once your hosts file has the ingress' address for %s: minikube ip tells it)", host);
        op_buf_addc(out, '\n');
        n++;
    }
    return n;
}

static size_t service_urls(const struct op_json *o, struct op_buf *out)
{
    const char *type = op_json_str(o, "spec.type");
    const struct op_json *first = op_json_first(op_json_at(o, "status.loadBalancer.ingress"));
    const char *ip = op_json_str(first, "ip") != NULL ? op_json_str(first, "ip") : op_json_str(first, "hostname");
    const struct op_json *port = op_json_first(op_json_at(o, "spec.ports"));
    if (op_str_eq(type, "LoadBalancer") && ip != NULL)
        op_buf_addf(out, "http://%s:%lld   (service %s)\n", ip, (long long)op_json_int_or(port, "port", 80),
                    name_of(o));
    else if (op_str_eq(type, "NodePort") || op_str_eq(type, "LoadBalancer"))
        op_buf_addf(out, "http://NODE:%lld   (service %s; NODE is the address of any node)\n",
                    (long long)op_json_int_or(port, "nodePort", 0), name_of(o));
    else
        return 0;
    return 1;
}

size_t op_stack_urls(const struct op_stack *s, struct op_buf *out)
{
    size_t n = 0;
    OP_JSON_EACH(o, op_json_get(s->objects, "items"))
        if (belongs(s, o) && op_str_eq(op_json_str(o, "kind"), "Ingress"))
            n += ingress_urls(s, o, out);
    OP_JSON_EACH(o, op_json_get(s->objects, "items"))
        if (belongs(s, o) && op_str_eq(op_json_str(o, "kind"), "Service"))
            n += service_urls(o, out);
    return n;
}
