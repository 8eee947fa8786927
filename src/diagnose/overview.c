/* The cluster at a glance, one line a kind. */
#include "opsh/diagnose/overview.h"

#include "opsh/base/str.h"

enum { MOST_NAMED = 8 };

struct tally {
    size_t fine, all, named;
    struct op_buf wrong;
};

static void count(struct tally *t, bool fine, const char *fmt, const char *ns, const char *name, int64_t ready,
                  int64_t wanted)
{
    t->all++;
    t->fine += fine;
    if (fine)
        return;
    if (t->named++ < MOST_NAMED) {
        op_buf_adds(&t->wrong, t->wrong.len != 0 ? ", " : "");
        if (ns != NULL)
            op_buf_addf(&t->wrong, "%s/%s %lld/%lld", ns, name, (long long)ready, (long long)wanted);
        else
            op_buf_addf(&t->wrong, "%s%s", name, fmt);
    }
}

static void tell(struct tally *t, const char *what, const char *state, struct op_buf *out)
{
    op_buf_addf(out, "%s: %zu of %zu %s", what, t->fine, t->all, state);
    if (t->named != 0)
        op_buf_addf(out, "; not: %s", op_buf_str(&t->wrong));
    if (t->named > MOST_NAMED)
        op_buf_addf(out, " and %zu more", t->named - MOST_NAMED);
    op_buf_addc(out, '\n');
    op_buf_free(&t->wrong);
}

static bool condition_is(const struct op_json *object, const char *type, const char *status)
{
    OP_JSON_EACH(c, op_json_at(object, "status.conditions"))
    if (op_str_eq(op_json_str(c, "type"), type))
        return op_str_eq(op_json_str(c, "status"), status);
    return false;
}

void op_overview_nodes(const struct op_json *list, struct op_buf *out)
{
    struct tally t = { 0 };
    OP_JSON_EACH(node, op_json_get(list, "items"))
    {
        const char *name = op_json_str(node, "metadata.name");
        bool cordoned = op_json_is_true(node, "spec.unschedulable");
        count(&t, condition_is(node, "Ready", "True") && !cordoned, cordoned ? " (cordoned)" : "", NULL,
              name != NULL ? name : "?", 0, 0);
    }
    tell(&t, "Nodes", "Ready", out);
}

void op_overview_workloads(const struct op_json *const *lists, size_t n, struct op_buf *out)
{
    struct tally t = { 0 };
    for (size_t i = 0; i < n; i++)
        OP_JSON_EACH(w, op_json_get(lists[i], "items"))
        {
            bool daemons = op_json_at(w, "status.desiredNumberScheduled") != NULL;
            int64_t wanted = daemons ? op_json_int_or(w, "status.desiredNumberScheduled", 0)
                                     : op_json_int_or(w, "spec.replicas", 1);
            int64_t ready = op_json_int_or(w, daemons ? "status.numberReady" : "status.readyReplicas", 0);
            const char *ns = op_json_str(w, "metadata.namespace"), *name = op_json_str(w, "metadata.name");
            count(&t, ready >= wanted, "", ns != NULL ? ns : "", name != NULL ? name : "?", ready, wanted);
        }
    tell(&t, "Workloads", "complete", out);
}
