/* What is kept of a change so that it can be taken back: the inverse in the record "run", before the command starts;
 * how it left things in "result". Owns the form of both, and keeps secret values out of the journal. */
#include "inverse.h"

#include "opsh/run/mask.h"

#include "opsh/base/str.h"

enum { INPUT_MOST = 256 << 10 }; /* bytes of manifests in one line of the journal; more is kept beside it */

bool op_remember_before(struct op_road *road, struct op_passage *p)
{
    p->inverse = op_calloc(1, sizeof(*p->inverse));
    if (road->journal_path == NULL || (road->journal.fd < 0 && road->journal.complained)) {
        (void)snprintf(p->inverse->why_not, sizeof(p->inverse->why_not), "no journal is kept");
        p->inverse->nothing = true; /* told already */
        return true;
    }
    return op_inverse_capture(road, p->step, &p->verdict, p->inverse);
}

bool op_remember_promise_broken(const struct op_passage *p)
{
    return op_str_starts(p->verdict.undo, "undo: ") && p->inverse->n == 0 && !p->inverse->nothing;
}

static bool keep_apart(const struct op_inverse *inv)
{
    size_t total = 0;
    bool secret = false;
    for (size_t i = 0; i < inv->n; i++) {
        const char *input = inv->steps[i].input;
        total += input != NULL ? strlen(input) : 0;
        secret = secret || (input != NULL && op_mask_is_secret(input));
        OP_AUTO_STRV masked = OP_STRV_INIT; /* an old annotation may hold a password */
        op_mask_argv(&inv->steps[i].argv, &masked);
        secret = secret || !op_strv_equal(&masked, &inv->steps[i].argv);
    }
    return secret || total > INPUT_MOST;
}

static struct op_json *strings(const struct op_strv *s)
{
    struct op_json *a = op_json_array();
    for (size_t i = 0; i < s->n; i++)
        op_json_push(a, op_json_string(s->v[i]));
    return a;
}

static struct op_json *steps_json(const struct op_inverse *inv, bool masked)
{
    struct op_json *steps = op_json_array();
    for (size_t i = 0; i < inv->n; i++) {
        struct op_json *one = op_json_object();
        OP_AUTO_STRV argv = OP_STRV_INIT;
        if (masked)
            op_mask_argv(&inv->steps[i].argv, &argv);
        else
            op_strv_copy(&argv, &inv->steps[i].argv);
        op_json_set(one, "argv", strings(&argv));
        if (inv->steps[i].input != NULL && !masked)
            op_json_set_str(one, "stdin", inv->steps[i].input);
        op_json_push(steps, one);
    }
    return steps;
}

struct op_json *op_remember_run(struct op_road *road, const struct op_passage *p)
{
    const struct op_inverse *inv = p->inverse;
    struct op_json *extra = op_json_object(), *inverse = op_json_object();
    bool apart = keep_apart(inv), kept = true;
    if (apart) {
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_JSON *steps = steps_json(inv, false);
        OP_AUTO_FREE char *text = op_json_print(steps, false);
        kept = op_journal_keep(&road->journal, text, &err);
        op_json_set_bool(inverse, "kept", kept);
    }
    op_json_set(inverse, "steps", kept ? steps_json(inv, apart) : op_json_array());
    if (!kept || *inv->why_not != '\0')
        op_json_set_str(inverse, inv->n != 0 && kept ? "lacks" : "why_not",
                        kept ? inv->why_not : "what it needs could not be written to the disk");
    op_json_set_bool(inverse, "nothing", inv->nothing);
    op_json_set(inverse, "identity", strings(&inv->identity));
    op_json_set(inverse, "touched", inv->touched != NULL ? op_json_dup(inv->touched) : op_json_array());
    op_json_set(extra, "inverse", inverse);
    if (p->undoes != NULL) {
        op_json_set_str(extra, "undoes", p->undoes);
        op_json_set_int(extra, "part", (int64_t)p->part);
        op_json_set_int(extra, "parts", (int64_t)p->parts);
    }
    return extra;
}

static bool same(const struct op_json *a, const struct op_json *b)
{
    OP_AUTO_FREE char *x = a != NULL ? op_json_print(a, false) : op_strdup("null");
    OP_AUTO_FREE char *y = b != NULL ? op_json_print(b, false) : op_strdup("null");
    return op_str_eq(x, y);
}

void op_remember_after(struct op_road *road, const struct op_passage *p, struct op_json *result)
{
    const struct op_inverse *inv = p->inverse;
    if (inv->n == 0 || op_json_size(inv->touched) == 0)
        return;
    struct op_json *left = op_inverse_look(road, &inv->identity, inv->touched, "after");
    if (left == NULL)
        return; /* /undo will say that nobody saw how it was left */
    bool unchanged = true;
    OP_JSON_EACH(item, left)
    unchanged = unchanged && same(op_json_get(item, "before"), op_json_get(item, "after"));
    op_json_set(result, "left", left);
    op_json_set_bool(result, "unchanged", unchanged);
}

void op_remember_free(struct op_passage *p)
{
    if (p->inverse != NULL)
        op_inverse_free(p->inverse);
    free(p->inverse);
    p->inverse = NULL;
}
