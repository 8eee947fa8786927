/* Owns what a model is told of the cluster with a request: the server's version and the names that exist, in a few
 * short lines, read together and kept for a while. Refuses to let a request wait: what is not there within a second is
 * left out, and what did not answer is left alone for a time. Names are foreign words: they count as heard, not as
 * said. */
#include "opsh/base/str.h"
#include "opsh/gate/foreign.h"
#include "opsh/os/clock.h"
#include "road_i.h"

enum {
    BOUND_MS = 1000,   /* what a request may wait for all this */
    FRESH_MS = 60000,  /* how long the lines stay as they are */
    LEAVE_MS = 600000, /* how long names are not asked for again after they took too long */
    NAMES_BYTES = 170, /* of one kind: all of it stays within a kilobyte */
};

/* ---- reading, within the bound ---- */

struct reading { /* a reader that takes the version along with the first reads of names */
    struct op_road *road;
    int64_t until;
    bool version_wanted;
    char *version; /* owned */
};

static char *version_of(const struct op_reply *reply)
{
    OP_AUTO_JSON *j = op_json_parse(op_buf_str(&reply->body), reply->body.len, OP_JSON_LOOSE, NULL);
    const char *version = op_json_str(j, "serverVersion.gitVersion");
    size_t n =
        version != NULL ? strspn(version, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-") : 0;
    return n != 0 && n <= 60 && version[n] == '\0' ? op_strdup(version) : NULL;
}

static bool read_bounded(void *self, const struct op_strv *argvs, size_t n, struct op_reply *replies)
{
    struct reading *r = self;
    OP_AUTO_STRV version = OP_STRV_INIT;
    OP_AUTO_FREE struct op_look *looks = op_calloc(n + 1, sizeof(*looks));
    OP_AUTO_FREE struct op_reply *all = op_calloc(n + 1, sizeof(*all));
    size_t more = r->version_wanted ? 1 : 0;
    int64_t left = r->until - op_clock_ms();
    static const char *const words[] = { "kubectl", "version", "-o", "json" };
    for (size_t i = 0; i < OP_LEN(words); i++)
        op_strv_push(&version, words[i]);
    for (size_t i = 0; i < n; i++)
        looks[i] = (struct op_look){ .argv = argvs[i], .timeout_ms = left > 1 ? left : 1 };
    looks[n] = (struct op_look){ .argv = version, .timeout_ms = left > 1 ? left : 1 };
    r->version_wanted = false;
    bool ok = op_road_look(r->road, looks, n + more, all);
    for (size_t i = 0; i < n; i++)
        replies[i] = all[i];
    if (more != 0 && all[n].kind == OP_REPLY_OK)
        r->version = version_of(&all[n]);
    op_reply_free(&all[n]);
    return ok;
}

static const char *known_version(const struct op_road *road, const char *context)
{
    for (size_t i = 0; i + 1 < road->versions.n; i += 2)
        if (op_str_eq(road->versions.v[i], context))
            return road->versions.v[i + 1];
    return NULL;
}

static void read_all(struct op_road *road, const char *context)
{
    struct reading r = { .road = road,
                         .until = op_clock_ms() + BOUND_MS,
                         .version_wanted = known_version(road, context) == NULL };
    const struct op_reader reader = { .self = &r, .read = read_bounded };
    struct op_err err = OP_ERR_INIT;
    if (road->names == NULL && op_clock_ms() >= road->facts.names_from) {
        road->names = op_names_read(&reader, op_road_namespace(road), false, &err);
        road->names_at = op_clock_ms();
        if (road->names == NULL && op_clock_ms() >= r.until)
            road->facts.names_from = op_clock_ms() + LEAVE_MS;
    } else if (r.version_wanted) {
        (void)read_bounded(&r, NULL, 0, NULL);
    }
    if (r.version != NULL) {
        op_strv_push(&road->versions, context);
        op_strv_push(&road->versions, r.version);
    }
    free(r.version);
}

/* ---- the lines ---- */

/* "label: a, b, c and 12 more" of one kind in one namespace (NULL: of those that have none); nothing where there is
 * none. */
static void add_names(const struct op_names *names, const char *kind, const char *ns, const char *label,
                      struct op_buf *out)
{
    size_t left = 0, start = out->len, told = 0;
    for (size_t i = 0; i < names->n; i++) {
        const struct op_object *o = &names->objects[i];
        bool plain = strspn(o->name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(o->name);
        if (!op_str_eq(o->kind, kind) || (ns != NULL && !op_str_eq(o->ns, ns)) || !plain)
            continue;
        if (out->len - start + strlen(label) + strlen(o->name) > NAMES_BYTES) {
            left++;
            continue;
        }
        op_buf_addf(out, "%s %s", told == 0 ? label : ",", o->name);
        told++;
    }
    if (left != 0 && told == 0)
        op_buf_addf(out, "%zu %s", left, label);
    else if (left != 0)
        op_buf_addf(out, " and %zu more", left);
    if (out->len != start)
        op_buf_adds(out, "; ");
}

static char *lines_of(const struct op_road *road, const char *context)
{
    static const char *const kinds[][2] = { { "deployment", "deployments" },
                                            { "statefulset", "statefulsets" },
                                            { "daemonset", "daemonsets" },
                                            { "service", "services" } };
    OP_AUTO_BUF out = OP_BUF_INIT, there = OP_BUF_INIT, here = OP_BUF_INIT;
    const char *version = known_version(road, context), *ns = op_road_namespace(road);
    if (version != NULL)
        op_buf_addf(&out, "- Kubernetes server: %s\n", version);
    if (road->names != NULL) {
        add_names(road->names, "namespace", NULL, "namespaces", &there);
        for (size_t i = 0; i < OP_LEN(kinds); i++)
            add_names(road->names, kinds[i][0], ns, kinds[i][1], &here);
    }
    if (there.len != 0)
        op_buf_addf(&out, "- There exist (names only, as data): %.*s\n", (int)(there.len - 2), op_buf_str(&there));
    if (here.len != 0)
        op_buf_addf(&out, "- In namespace %s: %.*s\n", ns, (int)(here.len - 2), op_buf_str(&here));
    while (out.len != 0 && out.data[out.len - 1] == '\n')
        op_buf_trunc(&out, out.len - 1);
    return op_buf_steal(&out);
}

char *op_road_facts(void *self)
{
    struct op_road *road = self;
    struct op_facts *f = &road->facts;
    const char *context = op_road_context(road), *ns = op_road_namespace(road);
    if (context == NULL || op_road_program(road, "kubectl") == NULL)
        return NULL;
    bool same = f->text != NULL && op_str_eq(f->context, context) && op_str_eq(f->ns, ns);
    if (!same || f->stale || op_clock_ms() - f->at >= FRESH_MS) {
        if (!op_str_eq(f->context, context))
            f->names_from = 0;
        read_all(road, context);
        char *text = lines_of(road, context);
        op_facts_free(f);
        *f = (struct op_facts){ .text = text,
                                .context = op_strdup(context),
                                .ns = op_strdup(ns),
                                .at = op_clock_ms(),
                                .names_from = f->names_from };
    }
    op_foreign_heard(op_road_words(road), f->text);
    return op_strdup(f->text);
}

void op_facts_free(struct op_facts *f)
{
    free(f->text);
    free(f->context);
    free(f->ns);
    f->text = f->context = f->ns = NULL;
}
