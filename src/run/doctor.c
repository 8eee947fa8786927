/* The examination behind /doctor and opsh doctor: what is asked, and what the answers mean. Installs nothing; its
 * commands are reads that pass the gate like any others. */
#include "opsh/run/doctor.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "road_i.h"

#include <sys/utsname.h>

enum {
    LOOK_MS = 1700,
    NEEDED_MB = 4096,
    NEEDED_CPUS = 2,
    OS_RELEASE_MAX = 16 << 10,
    TOO_LITTLE = 240 /* MB that the machine keeps for itself */
};

/* ---- how to install ---- */

enum family { ANY, DEBIAN, FEDORA, MACOS, WINDOWS, SYSTEMS };

static const char *const system_names[SYSTEMS] = { "", "debian", "fedora", "macos", "windows" };

static const struct {
    const char *program, *by[SYSTEMS];
} installs[] = {
    { "docker",
      { "https://docs.docker.com/engine/install/",
        "sudo apt-get install docker.io, then sudo usermod -aG docker $USER and log in again",
        "sudo dnf install moby-engine docker-cli, then sudo systemctl enable --now docker",
        "brew install --cask docker, then open Docker", "winget install Docker.DockerDesktop" } },
    { "minikube",
      { "https://minikube.sigs.k8s.io/docs/start/",
        "https://storage.googleapis.com/minikube/releases/latest/minikube_latest_amd64.deb (arm64: "
        "minikube_latest_arm64.deb), sudo dpkg -i it",
        "sudo rpm -Uvh https://storage.googleapis.com/minikube/releases/latest/minikube-latest.x86_64.rpm",
        "brew install minikube", "winget install Kubernetes.minikube" } },
    { "kubectl",
      { "https://kubernetes.io/docs/tasks/tools/",
        "sudo apt-get install kubectl, once its source is added: "
        "https://kubernetes.io/docs/tasks/tools/install-kubectl-linux/",
        "sudo dnf install kubernetes-client", "brew install kubectl", "winget install Kubernetes.kubectl" } },
    { "helm",
      { "https://helm.sh/docs/intro/install/",
        "sudo apt-get install helm, once its source is added: https://helm.sh/docs/intro/install/",
        "sudo dnf install helm", "brew install helm", "winget install Helm.Helm" } },
    { "kubectl-ai", { "optional: https://github.com/GoogleCloudPlatform/kubectl-ai" } },
    { "kagent", { "optional: https://kagent.dev/docs" } },
};

const char *op_doctor_install(const char *program, const char *family)
{
    for (size_t i = 0; i < OP_LEN(installs); i++) {
        if (!op_str_eq(installs[i].program, program))
            continue;
        for (size_t s = DEBIAN; s < SYSTEMS; s++)
            if (op_str_eq(system_names[s], family) && installs[i].by[s] != NULL)
                return installs[i].by[s];
        return installs[i].by[ANY];
    }
    return NULL;
}

/* Does the line KEY= of os-release name this system among its words? */
static bool release_says(const char *text, const char *key, const char *word)
{
    size_t n = strlen(key), len = strlen(word);
    for (const char *line = text; line != NULL && *line != '\0';
         line = strchr(line, '\n'), line = line != NULL ? line + 1 : NULL) {
        if (strncmp(line, key, n) != 0)
            continue;
        const char *end = line + strcspn(line, "\n");
        for (const char *at = line + n; at + len <= end; at++)
            if (strncmp(at, word, len) == 0 && !isalnum((unsigned char)at[-1]) &&
                (at + len == end || !isalnum((unsigned char)at[len])))
                return true;
    }
    return false;
}

const char *op_doctor_system(const char *os_release, const char *sysname, const char *release)
{
    static const struct {
        const char *word;
        enum family is;
    } words[] = {
        { "debian", DEBIAN }, { "ubuntu", DEBIAN }, { "fedora", FEDORA }, { "rhel", FEDORA }, { "centos", FEDORA }
    };
    if (op_str_eq(sysname, "Darwin"))
        return system_names[MACOS];
    if (op_str_starts(sysname, "CYGWIN") || op_str_starts(sysname, "MINGW") || op_str_starts(sysname, "MSYS") ||
        op_str_starts(sysname, "Windows"))
        return system_names[WINDOWS];
    (void)release; /* Linux inside Windows installs as the Linux that it is */
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (release_says(os_release, "ID=", words[i].word) || release_says(os_release, "ID_LIKE=", words[i].word))
            return system_names[words[i].is];
    return system_names[ANY];
}

static const char *this_system(void)
{
    struct utsname u;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_file_read("/etc/os-release", OS_RELEASE_MAX, &text, &err))
        op_buf_trunc(&text, 0);
    return uname(&u) == 0 ? op_doctor_system(op_buf_str(&text), u.sysname, u.release) : "";
}

const char *op_doctor_hint(const char *program)
{
    return op_doctor_install(program, this_system());
}

void op_doctor_version(const char *text, char *out, size_t size)
{
    for (const char *at = text; *at != '\0'; at++) {
        size_t major = strspn(at, "0123456789");
        if (major == 0)
            continue;
        if (at[major] == '.' && isdigit((unsigned char)at[major + 1])) {
            size_t n = strspn(at, "0123456789.");
            while (n > 0 && at[n - 1] == '.')
                n--;
            (void)snprintf(out, size, "%.*s", (int)n, at);
            return;
        }
        at += major - 1;
    }
    *out = '\0';
}

/* ---- the list ---- */

struct op_check *op_checks_add(struct op_checks *c, const char *name, enum op_check_state state, bool needed,
                               const char *seen, const char *advice)
{
    c->v = op_grow(c->v, c->n, &c->cap, sizeof(*c->v));
    c->v[c->n] = (struct op_check){
        .name = name, .state = state, .needed = needed, .seen = op_strdup(seen), .advice = op_strdup(advice)
    };
    return &c->v[c->n++];
}

void op_checks_free(struct op_checks *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->v[i].seen);
        free(c->v[i].advice);
    }
    free(c->v);
    *c = (struct op_checks){ 0 };
}

bool op_checks_fine(const struct op_checks *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].needed && c->v[i].state != OP_CHECK_FINE)
            return false;
    return true;
}

/* ---- what is asked ---- */

enum { DOCKER, MINIKUBE, KUBECTL, HELM, ENGINE, CLUSTER, LOOKS };

static const char *const commands[LOOKS][6] = {
    [DOCKER] = { "docker", "--version" },
    [MINIKUBE] = { "minikube", "version" },
    [KUBECTL] = { "kubectl", "version", "--client" },
    [HELM] = { "helm", "version" },
    [ENGINE] = { "docker", "info", "--format", "{{json .}}" },
    [CLUSTER] = { "kubectl", "version", "--output=json", "--request-timeout=1s" },
};

static void tell_program(struct op_road *road, struct op_checks *c, size_t i, const struct op_reply *reply)
{
    const char *name = commands[i][0];
    char version[64];
    op_doctor_version(op_buf_str(&reply->body), version, sizeof(version));
    if (op_road_program(road, name) == NULL)
        op_checks_add(c, name, OP_CHECK_MISSING, true, "not found", op_doctor_hint(name));
    else if (reply->kind != OP_REPLY_OK)
        op_checks_add(c, name, OP_CHECK_WARN, true, reply->why, op_doctor_hint(name));
    else
        op_checks_add(c, name, OP_CHECK_FINE, true, version[0] != '\0' ? version : "found", NULL);
}

static void tell_optional(struct op_road *road, struct op_checks *c, const char *name)
{
    const char *path = op_road_program(road, name);
    if (path != NULL)
        op_checks_add(c, name, OP_CHECK_FINE, false, path, NULL);
    else
        op_checks_add(c, name, OP_CHECK_NONE, false, "not found", op_doctor_install(name, ""));
}

/* What Minikube would have: the engine's memory and processors; the machine's where it does not answer. */
static void tell_room(struct op_checks *c, int64_t mb, int64_t cpus)
{
    OP_AUTO_FREE char *memory = op_asprintf("%lld MB (Minikube needs %d)", (long long)mb, NEEDED_MB);
    OP_AUTO_FREE char *processors = op_asprintf("%lld (Minikube needs %d)", (long long)cpus, NEEDED_CPUS);
    bool enough = mb >= NEEDED_MB - TOO_LITTLE, busy = cpus >= NEEDED_CPUS;
    op_checks_add(c, "memory", enough ? OP_CHECK_FINE : OP_CHECK_WARN, true, memory,
                  enough ? NULL
                         : "give Docker more memory (Docker Desktop: Settings, Resources), or start Minikube with less "
                           "and expect pods to be evicted");
    op_checks_add(c, "processors", busy ? OP_CHECK_FINE : OP_CHECK_WARN, true, processors,
                  busy ? NULL : "give Docker more processors");
}

static void tell_engine(struct op_road *road, struct op_checks *c, const struct op_reply *reply)
{
    int64_t mb = (int64_t)sysconf(_SC_PHYS_PAGES) * (int64_t)sysconf(_SC_PAGESIZE) >> 20,
            cpus = (int64_t)sysconf(_SC_NPROCESSORS_ONLN);
    OP_AUTO_JSON *info = reply->kind == OP_REPLY_OK
                             ? op_json_parse(op_buf_str(&reply->body), reply->body.len, OP_JSON_LOOSE, NULL)
                             : NULL;
    const char *version = op_json_str(info, "ServerVersion");
    if (op_road_program(road, "docker") == NULL) {
        op_checks_add(c, "docker engine", OP_CHECK_MISSING, true, "there is no docker to ask it", NULL);
    } else if (info == NULL || op_str_empty(version)) {
        op_checks_add(c, "docker engine", OP_CHECK_MISSING, true,
                      reply->kind == OP_REPLY_OK ? "does not answer" : reply->why,
                      "start it: sudo systemctl start docker, or open Docker Desktop; \"permission denied\": sudo "
                      "usermod -aG docker $USER");
    } else {
        op_checks_add(c, "docker engine", OP_CHECK_FINE, true, version, NULL);
        mb = op_json_int_or(info, "MemTotal", mb << 20) >> 20;
        cpus = op_json_int_or(info, "NCPU", cpus);
    }
    tell_room(c, mb, cpus);
}

static int64_t minor_of(const char *git_version)
{
    char version[64];
    int64_t minor = -1;
    op_doctor_version(git_version != NULL ? git_version : "", version, sizeof(version));
    char *dot = strchr(version, '.');
    if (dot == NULL)
        return -1;
    dot[1 + strspn(dot + 1, "0123456789")] = '\0';
    return op_str_int(dot + 1, 0, 1000, &minor) ? minor : -1;
}

static void tell_cluster(struct op_road *road, struct op_checks *c, const struct op_reply *reply)
{
    const char *context = op_road_context(road);
    OP_AUTO_JSON *answer = reply->kind == OP_REPLY_OK
                               ? op_json_parse(op_buf_str(&reply->body), reply->body.len, OP_JSON_LOOSE, NULL)
                               : NULL;
    const char *server = op_json_str(answer, "serverVersion.gitVersion"),
               *client = op_json_str(answer, "clientVersion.gitVersion");
    if (context == NULL) {
        op_checks_add(c, "cluster", OP_CHECK_NONE, false, "no context in the kubeconfig",
                      "minikube start --driver=docker --memory=4096 --cpus=2");
        return;
    }
    if (server == NULL) {
        OP_AUTO_FREE char *seen = op_asprintf("context %s does not answer", context);
        op_checks_add(c, "cluster", OP_CHECK_MISSING, false, seen,
                      "is it running? \"start minikube\", or /context NAME for another one");
        return;
    }
    int64_t apart = minor_of(client) - minor_of(server);
    bool skew = minor_of(client) >= 0 && minor_of(server) >= 0 && (apart > 1 || apart < -1);
    OP_AUTO_FREE char *seen =
        op_asprintf("%s, context %s%s%s", server, context, skew ? "; kubectl is " : "", skew ? client : "");
    op_checks_add(c, "cluster", skew ? OP_CHECK_WARN : OP_CHECK_FINE, false, seen,
                  skew ? "kubectl should be within one minor version of the server" : NULL);
}

/* May a file be made or written there? The nearest folder that exists decides. */
static void tell_path(struct op_checks *c, const char *name, const char *path)
{
    if (path == NULL) {
        op_checks_add(c, name, OP_CHECK_WARN, false, "no place for it: HOME is not set", NULL);
        return;
    }
    OP_AUTO_FREE char *at = op_strdup(path);
    while (access(at, F_OK) != 0 && strrchr(at, '/') != NULL && strrchr(at, '/') != at)
        *strrchr(at, '/') = '\0';
    bool ok = access(at, W_OK) == 0;
    op_checks_add(c, name, ok ? OP_CHECK_FINE : OP_CHECK_WARN, false, path,
                  ok ? NULL : "it cannot be written: check the owner of that folder");
}

bool op_road_examine(struct op_road *road, struct op_checks *c)
{
    struct op_look looks[LOOKS] = { 0 };
    struct op_reply replies[LOOKS];
    for (size_t i = 0; i < LOOKS; i++) {
        for (size_t k = 0; commands[i][k] != NULL; k++)
            op_strv_push(&looks[i].argv, commands[i][k]);
        looks[i].timeout_ms = LOOK_MS;
    }
    bool going = op_road_look(road, looks, LOOKS, replies);
    for (size_t i = DOCKER; going && i <= HELM; i++)
        tell_program(road, c, i, &replies[i]);
    if (going) {
        tell_optional(road, c, "kubectl-ai");
        tell_optional(road, c, "kagent");
        tell_engine(road, c, &replies[ENGINE]);
        tell_cluster(road, c, &replies[CLUSTER]);
        OP_AUTO_FREE char *journal = op_path_state("journal.jsonl");
        OP_AUTO_FREE char *config = op_path_config("config.yaml");
        tell_path(c, "journal", journal);
        tell_path(c, "configuration", config);
    }
    for (size_t i = 0; i < LOOKS; i++) {
        op_strv_free(&looks[i].argv);
        op_reply_free(&replies[i]);
    }
    return going;
}
