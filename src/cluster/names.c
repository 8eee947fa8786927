/* Reads the names that exist and finds objects by the words people use for them. Lookups are
 * pure; the reading itself goes through struct op_reader, never past the gate. */
#include "opsh/cluster/names.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

struct kind_row {
    const char *api, *kind;
    bool workload;
};

static const struct kind_row kind_rows[] = {
    { "Deployment", "deployment", true },
    { "StatefulSet", "statefulset", true },
    { "DaemonSet", "daemonset", true },
    { "Pod", "pod", false },
    { "Service", "service", false },
    { "Namespace", "namespace", false },
    { "Node", "node", false },
    { "ReplicaSet", "replicaset", false },
    { "Job", "job", false },
    { "CronJob", "cronjob", false },
    { "Ingress", "ingress", false },
    { "ConfigMap", "configmap", false },
    { "Secret", "secret", false },
    { "PersistentVolumeClaim", "persistentvolumeclaim", false },
    { "HorizontalPodAutoscaler", "horizontalpodautoscaler", false },
};

/* The kind of an item: its own, or that of the list it came in ("PodList", as --raw answers). */
static const struct kind_row *kind_of(const char *item, const char *list)
{
    for (size_t i = 0; i < OP_LEN(kind_rows); i++) {
        size_t n = strlen(kind_rows[i].api);
        if (op_str_eq(item, kind_rows[i].api))
            return &kind_rows[i];
        if (item == NULL && op_str_starts(list, kind_rows[i].api) && op_str_eq(list + n, "List"))
            return &kind_rows[i];
    }
    return NULL;
}

static bool is_workload(const char *kind)
{
    for (size_t i = 0; i < OP_LEN(kind_rows); i++)
        if (kind_rows[i].workload && strcmp(kind_rows[i].kind, kind) == 0)
            return true;
    return false;
}

static const char *label(const struct op_json *item, const char *key)
{
    return op_json_text(op_json_get(op_json_at(item, "metadata.labels"), key));
}

static char *or_empty(const char *s)
{
    return op_strdup(s != NULL ? s : "");
}

static void read_containers(struct op_object *o, const struct op_json *spec)
{
    OP_JSON_EACH(c, op_json_get(spec, "containers")) {
        const char *name = op_json_str(c, "name"), *image = op_json_str(c, "image");
        if (name == NULL)
            continue;
        op_strv_push(&o->containers, name);
        op_strv_push(&o->images, image != NULL ? image : "");
    }
}

static bool pod_ready(const struct op_json *item)
{
    OP_JSON_EACH(c, op_json_at(item, "status.conditions")) {
        if (op_str_eq(op_json_str(c, "type"), "Ready"))
            return op_str_eq(op_json_str(c, "status"), "True");
    }
    return false;
}

static void read_object(struct op_object *o, const struct kind_row *row, const struct op_json *item)
{
    static const char app_label[] = "app.kubernetes.io/name";
    *o = (struct op_object){ .kind = row->kind, .replicas = -1, .ready = -1, .app_key = "" };
    o->name = or_empty(op_json_str(item, "metadata.name"));
    o->ns = or_empty(op_json_str(item, "metadata.namespace"));
    const char *app = label(item, app_label), *plain = label(item, "app");
    o->app = or_empty(app != NULL ? app : plain);
    o->app_key = app != NULL ? app_label : plain != NULL ? "app" : "";
    const struct op_json *notes = op_json_at(item, "metadata.annotations");
    o->release = or_empty(op_json_text(op_json_get(notes, "meta.helm.sh/release-name")));
    if (strcmp(row->kind, "pod") == 0) {
        read_containers(o, op_json_get(item, "spec"));
        o->ready = pod_ready(item);
    } else if (strcmp(row->kind, "daemonset") == 0) {
        read_containers(o, op_json_at(item, "spec.template.spec"));
        o->replicas = op_json_int_or(item, "status.desiredNumberScheduled", -1);
        o->ready = op_json_int_or(item, "status.numberReady", -1);
    } else if (row->workload || strcmp(row->kind, "replicaset") == 0) {
        read_containers(o, op_json_at(item, "spec.template.spec"));
        o->replicas = op_json_int_or(item, "spec.replicas", 1);
        o->ready = op_json_int_or(item, "status.readyReplicas", 0);
    }
}

static void object_free(struct op_object *o)
{
    free(o->ns);
    free(o->name);
    free(o->app);
    free(o->release);
    op_strv_free(&o->containers);
    op_strv_free(&o->images);
}

static int by_place(const void *a, const void *b)
{
    const struct op_object *x = a, *y = b;
    int c = strcmp(x->kind, y->kind);
    if (c == 0)
        c = strcmp(x->ns, y->ns);
    return c != 0 ? c : strcmp(x->name, y->name);
}

static bool add_list(struct op_names *names, size_t *cap, const char *text, size_t len, struct op_err *err)
{
    OP_AUTO_JSON *list = op_json_parse(text, len, OP_JSON_LOOSE, err);
    if (list == NULL)
        return op_fail_ctx(err, "a list from the cluster");
    const struct op_json *items = op_json_get(list, "items");
    if (!op_json_is_array(items))
        return op_fail(err, OP_NETWORK, 0, "a list from the cluster has no items");
    OP_JSON_EACH(item, items) {
        const struct kind_row *row = kind_of(op_json_str(item, "kind"), op_json_str(list, "kind"));
        if (row == NULL || op_json_str(item, "metadata.name") == NULL)
            continue;
        names->objects = op_grow(names->objects, names->n, cap, sizeof(*names->objects));
        read_object(&names->objects[names->n++], row, item);
    }
    return true;
}

static void finish(struct op_names *names)
{
    if (names->n > 1)
        qsort(names->objects, names->n, sizeof(*names->objects), by_place);
}

struct op_names *op_names_from_json(const char *const *lists, size_t n, struct op_err *err)
{
    struct op_names *names = op_calloc(1, sizeof(*names));
    names->complete = true;
    size_t cap = 0;
    for (size_t i = 0; i < n; i++) {
        if (!add_list(names, &cap, lists[i], strlen(lists[i]), err)) {
            op_names_free(names);
            return NULL;
        }
    }
    finish(names);
    return names;
}

void op_names_free(struct op_names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < names->n; i++)
        object_free(&names->objects[i]);
    free(names->objects);
    free(names);
}

/* The light kinds come in one kubectl (a child costs more than a list); pods by --raw, which is
 * four times faster than -o json on a large cluster. */
static const char light_kinds[] = "deployments,statefulsets,daemonsets,services,namespaces";

static void ask_all(struct op_strv *argvs, bool pods)
{
    const char *const light[] = { "kubectl", "get", light_kinds, "-A", "-o", "json" };
    for (size_t i = 0; i < OP_LEN(light); i++)
        op_strv_push(&argvs[0], light[i]);
    const char *const raw[] = { "kubectl", "get", "--raw", "/api/v1/pods" };
    for (size_t i = 0; pods && i < OP_LEN(raw); i++)
        op_strv_push(&argvs[1], raw[i]);
}

/* Where reading everywhere is forbidden: each kind of one namespace alone, so that one that is
 * forbidden there too does not take the others with it. */
static void ask_one(struct op_strv *argvs, size_t *n, const char *ns, bool pods)
{
    static const char *const kinds[] = { "deployments", "statefulsets", "daemonsets", "services", "pods" };
    for (size_t i = 0; i < OP_LEN(kinds) - (pods ? 0 : 1); i++) {
        const char *const argv[] = { "kubectl", "get", kinds[i], "-n", ns, "-o", "json" };
        for (size_t j = 0; j < OP_LEN(argv); j++)
            op_strv_push(&argvs[*n], argv[j]);
        (*n)++;
    }
}

enum { MOST_READS = 5 };

static bool read_lists(const struct op_reader *reader, struct op_strv *argvs, size_t n, struct op_names *names,
                       enum op_reply_kind *worst, struct op_err *err)
{
    struct op_reply replies[MOST_READS];
    memset(replies, 0, sizeof(replies));
    size_t cap = names->n;
    bool ok = reader->read(reader->self, argvs, n, replies);
    if (!ok)
        (void)op_fail(err, OP_INTERRUPTED, 0, "interrupted while reading the names in the cluster");
    for (size_t i = 0; i < n && ok; i++) {
        if (replies[i].kind != OP_REPLY_OK) {
            names->complete = false;
            (void)snprintf(names->why, sizeof(names->why), "%s", replies[i].why);
            if (replies[i].kind > *worst)
                *worst = replies[i].kind;
        }
        /* A partial answer (some kinds forbidden) still has a list on standard output. */
        if (replies[i].body.len > 0 && *op_buf_str(&replies[i].body) == '{') {
            struct op_err bad = OP_ERR_INIT;
            if (!add_list(names, &cap, replies[i].body.data, replies[i].body.len, &bad)) {
                names->complete = false;
                (void)snprintf(names->why, sizeof(names->why), "%.200s", bad.msg);
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        op_reply_free(&replies[i]);
        op_strv_free(&argvs[i]);
    }
    return ok;
}

struct op_names *op_names_read(const struct op_reader *reader, const char *ns, bool pods, struct op_err *err)
{
    struct op_names *names = op_calloc(1, sizeof(*names));
    names->complete = true;
    struct op_strv argvs[MOST_READS] = { OP_STRV_INIT };
    enum op_reply_kind worst = OP_REPLY_OK;
    ask_all(argvs, pods);
    bool ok = read_lists(reader, argvs, pods ? 2 : 1, names, &worst, err);
    if (ok && worst == OP_REPLY_FORBIDDEN) {
        for (size_t i = 0; i < names->n; i++)
            object_free(&names->objects[i]);
        free(names->objects);
        names->objects = NULL;
        names->n = 0;
        size_t n = 0;
        enum op_reply_kind worst_here = OP_REPLY_OK;
        ask_one(argvs, &n, ns, pods);
        ok = read_lists(reader, argvs, n, names, &worst_here, err);
        names->complete = false; /* other namespaces were not seen */
        if (worst_here > worst)
            worst = worst_here;
    }
    if (ok && worst == OP_REPLY_UNREACHABLE && names->n == 0)
        ok = op_fail(err, OP_NETWORK, 0, "the cluster does not answer: %s", names->why);
    else if (ok && worst >= OP_REPLY_MISSING && names->n == 0)
        ok = op_fail(err, OP_NETWORK, 0, "the names in the cluster could not be read: %s", names->why);
    if (!ok) {
        op_names_free(names);
        return NULL;
    }
    finish(names);
    return names;
}

/* `word` stands in `name` between dashes, dots or the ends. */
static bool has_part(const char *name, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = name; n > 0 && (at = strcasestr(at, word)) != NULL; at++) {
        bool starts = at == name || at[-1] == '-' || at[-1] == '.';
        bool ends = at[n] == '\0' || at[n] == '-' || at[n] == '.';
        if (starts && ends)
            return true;
    }
    return false;
}

enum match_rank { MATCH_EXACT, MATCH_PART, MATCH_INSIDE, MATCH_APP, MATCH_NOT };

static enum match_rank rank(const struct op_object *o, const char *word)
{
    if (op_str_ieq(o->name, word))
        return MATCH_EXACT;
    if (has_part(o->name, word))
        return MATCH_PART;
    if (strcasestr(o->name, word) != NULL)
        return MATCH_INSIDE;
    return op_str_ieq(o->app, word) ? MATCH_APP : MATCH_NOT;
}

static bool eligible(const struct op_object *o, const char *kind, const char *ns)
{
    if (kind != NULL ? strcmp(o->kind, kind) != 0 : !is_workload(o->kind))
        return false;
    return ns == NULL || *o->ns == '\0' || strcmp(o->ns, ns) == 0;
}

size_t op_names_find(const struct op_names *names, const char *kind, const char *word, const char *ns,
                     const char *prefer_ns, const struct op_object **found, size_t max)
{
    if (names == NULL || op_str_empty(word))
        return 0;
    enum match_rank best = MATCH_NOT;
    bool preferred = false; /* the best matches have one in prefer_ns */
    for (size_t i = 0; i < names->n; i++) {
        const struct op_object *o = &names->objects[i];
        if (!eligible(o, kind, ns))
            continue;
        enum match_rank r = rank(o, word);
        bool here = prefer_ns != NULL && strcmp(o->ns, prefer_ns) == 0;
        if (r < best) {
            best = r;
            preferred = here;
        } else if (r == best && r != MATCH_NOT) {
            preferred = preferred || here;
        }
    }
    size_t all = 0;
    for (size_t i = 0; i < names->n && best != MATCH_NOT; i++) {
        const struct op_object *o = &names->objects[i];
        if (!eligible(o, kind, ns) || rank(o, word) != best)
            continue;
        if (preferred && strcmp(o->ns, prefer_ns) != 0)
            continue;
        if (all++ < max)
            found[all - 1] = o;
    }
    return all;
}

/* Distance of word to the name or to its nearest part. */
static unsigned nearness(const char *name, const char *word, unsigned limit)
{
    unsigned best = op_str_distance(name, word, limit);
    for (const char *at = name; *at != '\0';) {
        size_t n = strcspn(at, "-.");
        char part[64];
        if (n > 2 && n < sizeof(part)) {
            (void)snprintf(part, sizeof(part), "%.*s", (int)n, at);
            unsigned d = op_str_distance(part, word, limit);
            best = d < best ? d : best;
        }
        at += n + (at[n] != '\0');
    }
    return best;
}

const struct op_object *op_names_nearest(const struct op_names *names, const char *kind, const char *word,
                                         const char *prefer_ns)
{
    size_t len = word != NULL ? strlen(word) : 0;
    if (names == NULL || len < 4)
        return NULL;
    unsigned limit = len < 6 ? 1 : 2;
    const struct op_object *best = NULL;
    unsigned least = limit + 1;
    for (size_t i = 0; i < names->n; i++) {
        if (!eligible(&names->objects[i], kind, NULL))
            continue;
        unsigned d = nearness(names->objects[i].name, word, limit);
        bool nearer_home = d == least && best != NULL && op_str_eq(names->objects[i].ns, prefer_ns) &&
                           !op_str_eq(best->ns, prefer_ns);
        if (d < least || nearer_home) {
            least = d;
            best = &names->objects[i];
        }
    }
    return best;
}
