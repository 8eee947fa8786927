/* Owns what happens to the pods of a node that is drained: which leave, which are lost, what holds the drain back. */
#include "touches.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/cluster/object.h"

enum { MOST_NAMED = 8 };

/* kubectl leaves these where they are: the node's own static pods, and those of DaemonSets. */
static bool stays(const struct op_json *pod)
{
    return op_json_get(op_json_at(pod, "metadata.annotations"), "kubernetes.io/config.mirror") != NULL ||
           op_str_eq(op_json_str(op_object_controller(pod), "kind"), "DaemonSet");
}

static bool ended(const struct op_json *pod)
{
    const char *phase = op_json_str(pod, "status.phase");
    return op_str_eq(phase, "Succeeded") || op_str_eq(phase, "Failed");
}

static bool has_scratch(const struct op_json *pod)
{
    OP_JSON_EACH(v, op_json_at(pod, "spec.volumes"))
        if (op_json_get(v, "emptyDir") != NULL)
            return true;
    return false;
}

struct names { /* "shop/web-1, shop/web-2 and 3 more" */
    struct op_buf text;
    size_t n;
};

static void add_name(struct names *to, const struct op_json *pod)
{
    const char *ns = op_json_str(pod, "metadata.namespace"), *name = op_json_str(pod, "metadata.name");
    if (to->n++ < MOST_NAMED)
        op_buf_addf(&to->text, "%s%s/%s", to->n > 1 ? ", " : "", ns != NULL ? ns : "?", name != NULL ? name : "?");
}

static void tell_names(struct names *of, char mark, const char *what, struct op_strv *lines)
{
    if (of->n > MOST_NAMED)
        op_buf_addf(&of->text, " and %zu more", of->n - MOST_NAMED);
    if (of->n != 0)
        op_strv_pushf(lines, "%c%zu pod%s %s: %s", mark, of->n, of->n == 1 ? "" : "s", what, op_buf_str(&of->text));
    op_buf_free(&of->text);
}

/* Would evicting one of these pods have to wait? */
static void budgets(const struct op_touching *t, struct op_strv *lines)
{
    OP_JSON_EACH(pdb, op_json_get(t->policies, "items")) {
        if (!op_str_eq(op_json_str(pdb, "kind"), "PodDisruptionBudget") ||
            op_json_int_or(pdb, "status.disruptionsAllowed", 0) > 0 ||
            op_json_is_null(op_json_at(pdb, "spec.selector")))
            continue;
        const char *ns = op_json_str(pdb, "metadata.namespace");
        OP_JSON_EACH(pod, op_json_get(t->owned, "items")) {
            if (stays(pod) || ended(pod) || !op_str_eq(ns, op_json_str(pod, "metadata.namespace")) ||
                !op_touches_selects(op_json_at(pdb, "spec.selector"), op_json_at(pod, "metadata.labels")))
                continue;
            op_strv_pushf(lines, "!PodDisruptionBudget %s/%s allows no disruption now: the drain waits for it", ns,
                          op_json_str(pdb, "metadata.name"));
            break;
        }
    }
}

void op_touches_drained(const struct op_touching *t, struct op_strv *lines)
{
    struct names leaving = { .text = OP_BUF_INIT }, lost = { .text = OP_BUF_INIT }, scratch = { .text = OP_BUF_INIT };
    size_t staying = 0;
    if (!op_str_eq(t->verb, "drain") || t->owned == NULL)
        return;
    OP_JSON_EACH(pod, op_json_get(t->owned, "items")) {
        if (stays(pod) || ended(pod)) {
            staying += stays(pod);
            continue;
        }
        add_name(op_object_controller(pod) != NULL ? &leaving : &lost, pod);
        if (has_scratch(pod))
            add_name(&scratch, pod);
    }
    if (leaving.n + lost.n == 0)
        op_strv_push(lines, "=no pod has to leave it");
    tell_names(&leaving, '=', "made again on other nodes", lines);
    tell_names(&lost, '!', "lost, nothing makes them again (without --force the drain stops there)", lines);
    tell_names(&scratch, '!',
               "with data in an emptyDir, which is lost (without --delete-emptydir-data the drain stops there)", lines);
    if (staying != 0)
        op_strv_pushf(lines, "=%zu of a DaemonSet or the node itself stay%s", staying, staying == 1 ? "s" : "");
    budgets(t, lines);
}
