/* The children's environment: an allow-list of what kubectl, helm, minikube and docker need. */
#include "opsh/os/env.h"

#include "opsh/base/str.h"

static const char *const allowed[] = {
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "COLORTERM", "TERMINFO",
    "TMPDIR", "NO_COLOR", "XDG_*",
    "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "KUBECACHEDIR",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", "GNUPGHOME", "GPG_TTY", "DISPLAY", "WAYLAND_DISPLAY", "WSL*",
    "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_BUILDKIT",
    "DOCKER_API_VERSION", "DOCKER_DEFAULT_PLATFORM", "BUILDKIT_PROGRESS", "BUILDX_*",
    "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_DRIVER", "HELM_REGISTRY_CONFIG",
    "HELM_REPOSITORY_CONFIG", "HELM_REPOSITORY_CACHE",
    "MINIKUBE_HOME", "MINIKUBE_PROFILE", "MINIKUBE_IN_STYLE", "MINIKUBE_ROOTLESS", "CHANGE_MINIKUBE_NONE_USER",
    /* what exec credential plugins of the clouds read */
    "AWS_*", "GOOGLE_*", "CLOUDSDK_*", "USE_GKE_GCLOUD_AUTH_PLUGIN", "AZURE_*", "AAD_*", "OCI_*", "ALIBABA_*", "DIGITALOCEAN_*",
    "SYSTEMROOT", "COMSPEC",
};

static const char *const denied[] = { "*_API_KEY", "OPSH_*", "OPENAI_*", "ANTHROPIC_*" };

/* A person's own choice of programs: only for commands that the person typed to use them. */
static const char *const personal[] = { "EDITOR", "VISUAL", "KUBE_EDITOR", "PAGER", "LESS" };

static bool matches(const char *const *patterns, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (op_str_glob(patterns[i], name))
            return true;
    return false;
}

void op_env_for_children(char *const *environment, bool interactive, struct op_strv *out)
{
    for (; *environment != NULL; environment++) {
        const char *equals = strchr(*environment, '=');
        if (equals == NULL)
            continue;
        OP_AUTO_FREE char *name = op_strndup(*environment, (size_t)(equals - *environment));
        bool wanted = matches(allowed, OP_LEN(allowed), name) ||
                      (interactive && matches(personal, OP_LEN(personal), name));
        if (wanted && !matches(denied, OP_LEN(denied), name))
            op_strv_push(out, *environment);
    }
}

void op_env_set(struct op_strv *env, const char *name, const char *value)
{
    size_t n = strlen(name);
    char *item = op_asprintf("%s=%s", name, value);
    for (size_t i = 0; i < env->n; i++)
        if (strncmp(env->v[i], name, n) == 0 && env->v[i][n] == '=') {
            free(env->v[i]);
            env->v[i] = item;
            return;
        }
    op_strv_take(env, item);
}
