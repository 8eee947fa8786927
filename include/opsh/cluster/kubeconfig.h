/* Which cluster and namespace a request is about, read from the kubeconfig files themselves
 * (a kubectl child just to know the context's name would cost more than the request). */
#ifndef OPSH_CLUSTER_KUBECONFIG_H
#define OPSH_CLUSTER_KUBECONFIG_H

#include "opsh/base/strv.h"

struct op_kube_context {
    char *name, *cluster, *user, *ns; /* ns: "default" where the file says nothing */
};

struct op_kubeconfig {
    struct op_kube_context *contexts;
    size_t n;
    char *current; /* NULL when no file names one */
};

/* paths: as in $KUBECONFIG (separated by ':'), or NULL for $KUBECONFIG, else ~/.kube/config. Missing
 * files are skipped; the first mention of a name wins. No file at all: an empty result, true.
 * Errors: OP_CONFIG with file:line:column. */
bool op_kubeconfig_load(const char *paths, struct op_kubeconfig *kc, struct op_err *err) OP_CHECKED;
void op_kubeconfig_free(struct op_kubeconfig *kc);
const struct op_kube_context *op_kubeconfig_find(const struct op_kubeconfig *kc, const char *name);

#endif
