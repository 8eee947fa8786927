/* "status of all todo services", "what is the URL": what belongs together, read at once and told on one screen. */
#include "opsh/diagnose/stack.h"

#include "opsh/base/str.h"
#include "road_i.h"

#define KINDS "deployments,statefulsets,daemonsets,pods,services,ingresses,persistentvolumeclaims"

static struct op_json *parse(const struct op_reply *reply)
{
    return reply->kind == OP_REPLY_OK ? op_json_parse(op_buf_str(&reply->body), reply->body.len, OP_JSON_LOOSE, NULL)
                                      : NULL;
}

/* The topic's name as a prefix: "todo" is "todo-…"; none: everything in the namespace. */
static char *prefix_of(const struct op_topic *topic)
{
    if (op_str_empty(topic->name))
        return op_strdup("");
    return op_str_ends(topic->name, "-") ? op_strdup(topic->name) : op_asprintf("%s-", topic->name);
}

static enum op_code told(const struct op_reply *objects, const char *prefix, const char *ns, struct op_buf *out)
{
    if (objects->kind == OP_REPLY_OK)
        op_buf_addf(out, "Nothing called %s… is in namespace %s.", prefix, ns);
    else
        op_buf_addf(out, "Namespace %s could not be read: %s", ns, objects->why);
    return objects->kind == OP_REPLY_UNREACHABLE ? OP_NETWORK : objects->kind == OP_REPLY_OK ? OP_OK : OP_TOOL;
}

enum op_code op_road_stack(struct op_road *road, const struct op_topic *topic, bool urls_only, struct op_buf *out)
{
    enum { OBJECTS, RELEASES, N };
    const char *ns = topic->ns != NULL ? topic->ns : op_road_namespace(road);
    OP_AUTO_FREE char *prefix = prefix_of(topic);
    OP_AUTO_FREE char *in = op_asprintf("--namespace=%s", ns);
    const char *const argvs[N][6] = { { "kubectl", "get", KINDS, "--output=json", in },
                                      { "helm", "list", "--output=json", in } };
    struct op_look looks[N] = { 0 };
    struct op_reply replies[N];
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; argvs[i][k] != NULL; k++)
            op_strv_push(&looks[i].argv, argvs[i][k]);
    road->o.ui.progress(road->o.ui.self, "reading what belongs to it");
    bool going = op_road_look(road, looks, N, replies);
    road->o.ui.progress(road->o.ui.self, NULL);
    OP_AUTO_JSON *objects = parse(&replies[OBJECTS]);
    OP_AUTO_JSON *releases = parse(&replies[RELEASES]);
    const struct op_stack s = { .prefix = prefix, .releases = releases, .objects = objects };
    enum op_code code = OP_OK;
    if (!going)
        code = OP_INTERRUPTED;
    else if (!urls_only && op_stack_text(&s, out) == 0)
        code = told(&replies[OBJECTS], prefix, ns, out);
    OP_AUTO_BUF urls = OP_BUF_INIT;
    size_t n = op_stack_urls(&s, &urls);
    if (n != 0)
        op_buf_addf(out, "%s%s", urls_only ? "" : "Reached at\n  ", op_buf_str(&urls));
    else if (urls_only && objects == NULL)
        code = told(&replies[OBJECTS], prefix, ns, out);
    else if (urls_only)
        op_buf_addf(
            out,
            "Nothing %s%s%s in namespace %s has an address outside the cluster: no Ingress, NodePort or LoadBalancer.\n"
            "\"forward port 8080 to the service NAME\" reaches one from here.",
            *prefix != '\0' ? "called " : "", prefix, *prefix != '\0' ? "…" : "", ns);
    for (size_t i = 0; i < N; i++) {
        op_strv_free(&looks[i].argv);
        op_reply_free(&replies[i]);
    }
    return code;
}
