/* What a Helm release is given: keys that its chart does not know are asked about before anything is planned, and the
 * chart stays at the version that runs. Reads through the scene's reader and with it through the gate; where nothing can
 * be read, words are taken as said. Values may be passwords: only the names of keys leave this file. */
#include "planner.h"

#include "opsh/base/str.h"
#include "opsh/cluster/values.h"
#include "opsh/os/path.h"

enum { VALUES_MAX = 256 << 10, KEY_MAX = 80, NEAR_MAX = 3 };

struct release {
    const struct attempt *a;
    struct op_strv *argv;        /* of the step, borrowed as the two below */
    const char *name, *chart;
    struct op_json *own, *given; /* the chart's defaults; what the release has. owned, NULL: unread */
    bool folder, dependencies;   /* the chart is a folder here; others come with it */
};

static void release_free(struct release *r)
{
    op_json_free(r->own);
    op_json_free(r->given);
}

/* Is it an upgrade of one release from one chart, as the catalogue's templates write it? */
static bool upgrade_of(const struct attempt *a, struct op_step *step, struct release *r)
{
    struct op_strv *argv = &step->argv;
    const char *found[2] = { NULL };
    size_t at = 1, n = 0;
    *r = (struct release){ .a = a, .argv = argv };
    if (argv->n < 4 || !op_str_eq(argv->v[0], "helm"))
        return false;
    while (at < argv->n && strcmp(argv->v[at], "upgrade") != 0)
        at++;
    for (at++; at < argv->n && n < 2; at++)
        if (*argv->v[at] != '-')
            found[n++] = argv->v[at];
        else if (strcmp(argv->v[at], "--install") != 0)
            return false;
    r->name = found[0];
    r->chart = found[1];
    return n == 2 && op_str_is_dns_name(r->name);
}

static const char *namespace_of(const struct release *r)
{
    for (size_t i = 0; i + 1 < r->argv->n; i++)
        if (strcmp(r->argv->v[i], "-n") == 0)
            return r->argv->v[i + 1];
    return r->a->scene->ns;
}

/* ---- what can be read ---- */

static bool read_one(const struct release *r, const char *const *words, struct op_reply *reply)
{
    const struct op_reader *reader = r->a->scene->reader;
    OP_AUTO_STRV argv = OP_STRV_INIT;
    *reply = (struct op_reply){ .kind = OP_REPLY_FAILED };
    if (reader == NULL)
        return false;
    for (; *words != NULL; words++)
        op_strv_push(&argv, *words);
    return reader->read(reader->self, &argv, 1, reply) && reply->kind == OP_REPLY_OK;
}

static struct op_json *read_json(const struct release *r, const char *const *words)
{
    struct op_reply reply;
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = NULL;
    if (read_one(r, words, &reply))
        j = op_json_parse(op_buf_str(&reply.body), reply.body.len, OP_JSON_LOOSE, &err);
    op_reply_free(&reply);
    return j;
}

static void read_folder(struct release *r)
{
    OP_AUTO_BUF chart = OP_BUF_INIT, values = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *about = op_asprintf("%s/Chart.yaml", r->chart), *file = op_asprintf("%s/values.yaml", r->chart);
    r->folder = op_file_read(about, VALUES_MAX, &chart, &err);
    if (!r->folder)
        return;
    r->dependencies = strstr(op_buf_str(&chart), "\ndependencies:") != NULL;
    if (op_file_read(file, VALUES_MAX, &values, &err))
        r->own = op_values_from_yaml(op_buf_str(&values), values.len);
}

static void read_release(struct release *r)
{
    const char *const words[] = { "helm", "get", "values", r->name, "--all", "-o", "json", "-n", namespace_of(r), NULL };
    r->given = read_json(r, words);
}

static const char *flag_of(const struct release *r, const char *flag)
{
    for (size_t i = 0; i + 1 < r->argv->n; i++)
        if (strcmp(r->argv->v[i], flag) == 0)
            return r->argv->v[i + 1];
    return NULL;
}

/* What the chart of a repository says of itself: a map that is empty there takes any key. */
static void read_shown(struct release *r)
{
    const char *version = flag_of(r, "--version");
    OP_AUTO_FREE char *flag = version != NULL ? op_asprintf("--version=%s", version) : NULL;
    const char *const words[] = { "helm", "show", "values", r->chart, flag, NULL };
    struct op_reply reply;
    if (strchr(r->chart, ':') != NULL) /* nothing is fetched from an address before anybody agreed to it */
        return;
    if (read_one(r, words, &reply))
        r->own = op_values_from_yaml(op_buf_str(&reply.body), reply.body.len);
    op_reply_free(&reply);
}

/* ---- keys ---- */

static bool has(const struct release *r, const char *path)
{
    return (r->own != NULL && op_values_has(r->own, path)) || (r->given != NULL && op_values_has(r->given, path));
}

/* Is it certain that the chart has no such value? Each reading only where the one before does not know it. */
static bool unknown(struct release *r, const char *path)
{
    if (has(r, path))
        return false;
    if (r->given == NULL)
        read_release(r);
    if (has(r, path) || (r->given == NULL && (!r->folder || r->own == NULL || r->dependencies)))
        return false; /* what other charts bring along, only the release tells */
    if (r->own == NULL && !r->folder)
        read_shown(r);
    return !has(r, path);
}

static void ask_key(struct attempt *a, struct op_move *move, const struct release *r, const char *path, const char *slot)
{
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    OP_AUTO_STRV near = OP_STRV_INIT;
    op_values_nearest(r->own != NULL ? r->own : r->given, path, NEAR_MAX, &near);
    if (near.n == 0 && r->own != NULL)
        op_values_nearest(r->given, path, NEAR_MAX, &near);
    op_strv_copy(&choices, &near);
    op_strv_push(&choices, "use it as said");
    op_strv_copy(&values, &near);
    op_strv_push(&values, path);
    const char *end = strrchr(r->chart, '/');
    const char *chart = end != NULL && end[1] != '\0' ? end + 1 : r->chart;
    ask(a, move, slot,
        near.n > 0 ? op_asprintf("chart %s has no value %s: did you mean %s?", chart, path, near.v[0])
                   : op_asprintf("chart %s has no value %s. What is it called?", chart, path),
        &choices, &values);
}

static void rename_key(struct op_strv *argv, const char *from, const char *to)
{
    size_t n = strlen(from);
    for (size_t i = 1; i < argv->n; i++)
        if (strcmp(argv->v[i - 1], "--set") == 0 && strncmp(argv->v[i], from, n) == 0 && argv->v[i][n] == '=') {
            char *word = op_asprintf("%s%s", to, argv->v[i] + n);
            free(argv->v[i]);
            argv->v[i] = word;
        }
}

/* Every key is there, or was asked about; false: *move asks about one. */
static bool check_keys(struct attempt *a, struct op_move *move, struct release *r)
{
    OP_AUTO_STRV paths = OP_STRV_INIT;
    op_values_set_paths(r->argv, &paths);
    for (size_t i = 0; i < paths.n; i++) {
        const char *path = paths.v[i];
        OP_AUTO_FREE char *slot = op_asprintf("value:%s", path);
        const char *answer = slots_get(&a->clause->frame.slots, slot);
        if (strlen(path) > KEY_MAX)
            continue;
        if (answer == NULL && unknown(r, path)) {
            ask_key(a, move, r, path, slot);
            return false;
        }
        if (answer != NULL && strcmp(answer, path) != 0 && strpbrk(answer, "=,{} ") == NULL)
            rename_key(r->argv, path, answer);
    }
    return true;
}

/* ---- the chart's version ---- */

/* "nginx-15.3.1" of the chart bitnami/nginx → "15.3.1"; NULL when it is another chart */
static const char *version_of(const char *deployed, const char *chart)
{
    const char *slash = strrchr(chart, '/'), *base = slash != NULL ? slash + 1 : chart;
    size_t n = strlen(base);
    if (deployed == NULL || strncmp(deployed, base, n) != 0 || deployed[n] != '-')
        return NULL;
    const char *version = deployed + n + 1;
    static const char plain[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-";
    bool fits = isdigit((unsigned char)version[*version == 'v']) && strspn(version, plain) == strlen(version);
    return fits && strlen(version) < KEY_MAX ? version : NULL;
}

/* Who sets a value does not ask for a newer chart along with it. */
static void pin_version(const struct release *r, struct op_step *step)
{
    const struct frame *f = &r->a->clause->frame;
    if (r->folder || strchr(r->chart, '/') == NULL || *r->chart == '.' || *r->chart == '/' ||
        !op_strv_has(r->argv, "--reuse-values") || flag_of(r, "--version") != NULL || frame_has_topic(f, "latest"))
        return;
    OP_AUTO_FREE char *filter = op_asprintf("^%s$", r->name);
    const char *const words[] = { "helm", "list", "--filter", filter, "-o", "json", "-n", namespace_of(r), NULL };
    OP_AUTO_JSON *list = read_json(r, words);
    OP_JSON_EACH(one, list) {
        const char *version = version_of(op_json_str(one, "chart"), r->chart);
        if (version == NULL || !op_str_eq(op_json_str(one, "name"), r->name))
            continue;
        op_strv_push(r->argv, "--version");
        op_strv_push(r->argv, version);
        if (step->why == NULL)
            step->why = op_asprintf("the chart stays at %s, the version that runs", version);
        return;
    }
}

bool complete_values(struct attempt *a, struct op_move *move, size_t from)
{
    for (size_t i = from; i < move->n; i++) {
        struct release r;
        if (!upgrade_of(a, &move->steps[i], &r))
            continue;
        read_folder(&r);
        pin_version(&r, &move->steps[i]);
        bool ok = check_keys(a, move, &r);
        release_free(&r);
        if (!ok)
            return false;
    }
    return true;
}
