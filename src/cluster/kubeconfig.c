/* Contexts from kubeconfig files, merged as kubectl merges them: the first file that says
 * something wins. Credentials in them are never looked at. */
#include "opsh/cluster/kubeconfig.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/data/yaml.h"
#include "opsh/os/path.h"

#include <errno.h>

const struct op_kube_context *op_kubeconfig_find(const struct op_kubeconfig *kc, const char *name)
{
    for (size_t i = 0; name != NULL && i < kc->n; i++)
        if (strcmp(kc->contexts[i].name, name) == 0)
            return &kc->contexts[i];
    return NULL;
}

static bool add_context(const struct op_doc *doc, const struct op_node *entry, struct op_kubeconfig *kc,
                        struct op_err *err)
{
    const char *name = NULL, *cluster = NULL, *user = NULL, *ns = NULL;
    const struct op_node *context = op_node_get(entry, "context");
    if (!op_node_is_null(context) && !op_node_expect(doc, context, OP_NODE_MAP, err))
        return false;
    if (!op_node_read_str(doc, entry, "name", &name, err) ||
        !op_node_read_str(doc, context, "cluster", &cluster, err) ||
        !op_node_read_str(doc, context, "user", &user, err) || !op_node_read_str(doc, context, "namespace", &ns, err))
        return false;
    if (op_str_empty(name))
        return op_node_fail(err, doc, entry, "a context without a name");
    if (op_kubeconfig_find(kc, name) != NULL)
        return true;
    kc->contexts = op_realloc(kc->contexts, kc->n + 1, sizeof(*kc->contexts));
    kc->contexts[kc->n++] = (struct op_kube_context){ .name = op_strdup(name),
                                                      .cluster = op_strdup(cluster),
                                                      .user = op_strdup(user),
                                                      .ns = op_strdup(op_str_empty(ns) ? "default" : ns) };
    return true;
}

static bool add_doc(const struct op_doc *doc, struct op_kubeconfig *kc, struct op_err *err)
{
    const struct op_node *contexts = op_node_get(doc->root, "contexts");
    const char *current = NULL;
    if (!op_node_expect(doc, doc->root, OP_NODE_MAP, err))
        return false;
    if (!op_node_is_null(contexts) && !op_node_expect(doc, contexts, OP_NODE_LIST, err))
        return false;
    if (!op_node_read_str(doc, doc->root, "current-context", &current, err))
        return false;
    for (const struct op_node *c = op_node_first(contexts); c != NULL; c = op_node_next(c))
        if (!add_context(doc, c, kc, err))
            return false;
    if (kc->current == NULL && !op_str_empty(current))
        kc->current = op_strdup(current);
    return true;
}

static bool add_file(const char *path, struct op_kubeconfig *kc, struct op_err *err)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    struct op_err unread = OP_ERR_INIT; /* a missing file is no error: err stays as it is */
    if (!op_file_read(path, OP_YAML_MAX, &text, &unread)) {
        if (unread.sys == ENOENT || unread.sys == ENOTDIR)
            return true;
        return op_fail(err, OP_CONFIG, 0, "kubeconfig: %.300s", unread.msg);
    }
    struct op_doc doc;
    if (!op_yaml_parse(path, op_buf_str(&text), text.len, &doc, err))
        return op_fail_ctx(err, "kubeconfig");
    bool ok = add_doc(&doc, kc, err);
    if (!ok)
        (void)op_fail_ctx(err, "kubeconfig");
    op_doc_free(&doc);
    return ok;
}

bool op_kubeconfig_load(const char *paths, struct op_kubeconfig *kc, struct op_err *err)
{
    *kc = (struct op_kubeconfig){ 0 };
    OP_AUTO_FREE char *home = NULL;
    if (paths == NULL)
        paths = getenv("KUBECONFIG");
    if (op_str_empty(paths))
        paths = home = op_path_expand("~/.kube/config");
    if (home != NULL && *home == '~') /* no HOME: not a folder of that name beside us */
        return true;
    while (*paths != '\0') {
        size_t n = strcspn(paths, ":");
        OP_AUTO_FREE char *path = op_strndup(paths, n);
        if (n != 0 && !add_file(path, kc, err)) {
            op_kubeconfig_free(kc);
            return false;
        }
        paths += n + (paths[n] == ':');
    }
    return true;
}

void op_kubeconfig_free(struct op_kubeconfig *kc)
{
    for (size_t i = 0; i < kc->n; i++) {
        free(kc->contexts[i].name);
        free(kc->contexts[i].cluster);
        free(kc->contexts[i].user);
        free(kc->contexts[i].ns);
    }
    free(kc->contexts);
    free(kc->current);
    *kc = (struct op_kubeconfig){ 0 };
}
