/* Where steps act: the kubeconfig's context and namespace, or the user's own choice. */
#include "opsh/base/str.h"
#include "road_i.h"

const struct op_kube_context *op_road_kube_context(const struct op_road *road)
{
    const char *name = road->context != NULL ? road->context : road->kc.current;
    return op_kubeconfig_find(&road->kc, name);
}

const char *op_road_context(const struct op_road *road)
{
    const struct op_kube_context *c = op_road_kube_context(road);
    return c != NULL ? c->name : NULL;
}

const char *op_road_namespace(const struct op_road *road)
{
    const struct op_kube_context *c = op_road_kube_context(road);
    return road->ns != NULL ? road->ns : c != NULL ? c->ns : "default";
}

static void list_contexts(const struct op_road *road, struct op_buf *out)
{
    if (road->kc.n == 0)
        op_buf_adds(out, "the kubeconfig names no context");
    else
        op_buf_adds(out, "there are: ");
    for (size_t i = 0; i < road->kc.n; i++)
        op_buf_addf(out, "%s%s", i != 0 ? ", " : "", road->kc.contexts[i].name);
}

bool op_road_set_context(struct op_road *road, const char *name, struct op_err *err)
{
    if (name != NULL && op_kubeconfig_find(&road->kc, name) == NULL) {
        OP_AUTO_BUF list = OP_BUF_INIT;
        list.max = 300;
        list_contexts(road, &list);
        return op_fail(err, OP_USAGE, 0, "no context \"%.80s\"; %s", name, op_buf_str(&list));
    }
    free(road->context);
    road->context = op_strdup(name);
    op_road_forget_names(road);
    return true;
}

bool op_road_set_namespace(struct op_road *road, const char *ns, struct op_err *err)
{
    if (ns != NULL && !op_str_is_dns_name(ns))
        return op_fail(err, OP_USAGE, 0, "\"%.80s\" cannot be a namespace: lower-case letters, digits and - only", ns);
    free(road->ns);
    road->ns = op_strdup(ns);
    op_road_forget_names(road);
    return true;
}

size_t op_road_contexts(const struct op_road *road, const char **names, size_t max)
{
    for (size_t i = 0; i < road->kc.n && i < max; i++)
        names[i] = road->kc.contexts[i].name;
    return road->kc.n;
}

/* Does argv say --flag VALUE, --flag=VALUE, or its short form in any spelling? Stops at "--". */
static bool says(const struct op_strv *argv, const char *flag, const char *letter)
{
    size_t n = strlen(flag);
    for (size_t i = 1; i < argv->n && strcmp(argv->v[i], "--") != 0; i++) {
        const char *a = argv->v[i];
        if (strncmp(a, flag, n) == 0 && (a[n] == '\0' || a[n] == '='))
            return true;
        if (letter != NULL && strncmp(a, letter, 2) == 0 && a[1] != '-')
            return true;
    }
    return false;
}

/* Flags go before a "--" (behind it they would belong to the command in the container). */
static void add_flag(struct op_strv *argv, const char *text)
{
    size_t at = 1;
    while (at < argv->n && strcmp(argv->v[at], "--") != 0)
        at++;
    op_strv_insert(argv, at, text);
}

void op_road_complete(const struct op_road *road, struct op_strv *argv)
{
    bool kubectl = argv->n > 1 && op_str_eq(argv->v[0], "kubectl"), helm = argv->n > 1 && op_str_eq(argv->v[0], "helm");
    bool doctor = argv->n > 1 && op_str_eq(argv->v[0], "opsh") && op_str_eq(argv->v[1], "doctor");
    if (doctor && road->context != NULL && !says(argv, "--context", NULL))
        op_strv_pushf(argv, "--context=%s", road->context);
    if (doctor && road->kubeconfig != NULL && !says(argv, "--kubeconfig", NULL))
        op_strv_pushf(argv, "--kubeconfig=%s", road->kubeconfig);
    if (!kubectl && !helm)
        return;
    bool local = kubectl && op_str_eq(argv->v[1], "config");
    const char *context_flag = kubectl ? "--context" : "--kube-context";
    if (road->ns != NULL && !local && !says(argv, "--namespace", "-n") && !says(argv, "--all-namespaces", "-A") &&
        !says(argv, "--raw", NULL)) {
        OP_AUTO_FREE char *flag = op_asprintf("--namespace=%s", road->ns);
        add_flag(argv, flag);
    }
    if (road->context != NULL && !local && !says(argv, context_flag, NULL)) {
        OP_AUTO_FREE char *flag = op_asprintf("%s=%s", context_flag, road->context);
        add_flag(argv, flag);
    }
    if (road->kubeconfig != NULL && !says(argv, "--kubeconfig", NULL)) {
        OP_AUTO_FREE char *flag = op_asprintf("--kubeconfig=%s", road->kubeconfig);
        add_flag(argv, flag);
    }
}

struct op_target op_road_target(const struct op_road *road, const struct op_verdict *v)
{
    return (struct op_target){
        .context = *v->context != '\0' ? v->context : op_road_context(road),
        .ns = v->all_namespaces ? "all namespaces" : *v->ns != '\0' ? v->ns : op_road_namespace(road),
    };
}

bool op_road_same_context(struct op_road *road, const char *shown, struct op_err *err)
{
    struct op_kubeconfig now;
    if (!op_kubeconfig_load(road->kubeconfig, &now, err))
        return false;
    const char *name = road->context != NULL ? road->context : now.current;
    bool same = op_str_eq(name, shown) || (name != NULL && op_kubeconfig_find(&now, name) == NULL && shown == NULL);
    if (!same)
        (void)op_fail(err, OP_REFUSED, 0,
                      "the current context was switched from %s to %s meanwhile; nothing was run: ask again",
                      shown != NULL ? shown : "none", name != NULL ? name : "none");
    op_kubeconfig_free(&now);
    return same;
}

static bool moves_context(const struct op_step *step, const struct op_verdict *v)
{
    static const struct {
        const char *program, *verb;
    } verbs[] = {
        { "minikube", "start" },         { "minikube", "stop" },        { "minikube", "delete" },
        { "minikube", "profile" },       { "minikube", "update-context" }, { "kubectl", "config use-context" },
        { "kubectl", "config use" },     { "kubectl", "config unset" }, { "kubectl", "config delete-context" },
        { "kubectl", "config set-context" },
    };
    for (size_t i = 0; i < OP_LEN(verbs); i++)
        if (op_str_eq(step->argv.v[0], verbs[i].program) && op_str_eq(v->verb, verbs[i].verb))
            return true;
    return false;
}

void op_road_follow_context(struct op_road *road, const struct op_step *step, const struct op_verdict *v)
{
    struct op_kubeconfig now;
    struct op_err err = OP_ERR_INIT;
    if (!moves_context(step, v) || !op_kubeconfig_load(road->kubeconfig, &now, &err))
        return;
    OP_AUTO_FREE char *before = op_strdup(op_road_context(road));
    op_kubeconfig_free(&road->kc);
    road->kc = now;
    road->names_stale = true; /* of another cluster; planners point into them until the turn ends */
    for (size_t i = 0; i < road->n_agreed; i++) {
        if (!op_str_eq(road->agreed[i].context, before))
            continue;
        free(road->agreed[i].context);
        road->agreed[i].context = op_strdup(op_road_context(road));
    }
}
