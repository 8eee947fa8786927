/* The ways back from commands that make objects: kubectl itself says, by a dry run, which objects these are; a read
 * says which of them exist already. */
#include "inverse.h"

#include "saved.h"

#include "opsh/base/str.h"
#include "opsh/gate/reading.h"

/* The step's own argv as a dry run; flags go before a "--". */
static void dry_argv(const struct op_capture_of *c, struct op_strv *argv)
{
    bool server = op_gate_has_flag(c->road->o.catalog, &c->step->argv, "server-side"); /* it takes no other */
    op_strv_copy(argv, &c->step->argv);
    size_t at = 1;
    while (at < argv->n && strcmp(argv->v[at], "--") != 0)
        at++;
    op_strv_insert(argv, at, server ? "--dry-run=server" : "--dry-run=client");
    op_strv_insert(argv, at + 1, "--output=json");
}

/* What the step would make; NULL with the reason told. */
static struct op_json *planned(struct op_capture_of *c)
{
    struct op_look look = { .input = c->step->input, .secrets = true };
    struct op_reply reply = { 0 };
    OP_AUTO_JSON *objects = op_json_array();
    dry_argv(c, &look.argv);
    c->interrupted = !op_road_look(c->road, &look, 1, &reply);
    bool ok = reply.kind == OP_REPLY_OK && op_saved_parse(op_buf_str(&reply.body), reply.body.len, objects);
    if (reply.kind != OP_REPLY_OK)
        op_inverse_none(c, "what it will make could not be told beforehand: %.160s", reply.why);
    else if (!ok || op_json_size(objects) == 0)
        op_inverse_none(c, "what it will make could not be told beforehand");
    op_reply_free(&reply);
    op_strv_free(&look.argv);
    return ok && op_json_size(objects) != 0 ? op_steal(&objects) : NULL;
}

static const char *where(const struct op_capture_of *c, const struct op_json *object)
{
    const char *ns = op_json_str(object, "metadata.namespace");
    return ns != NULL ? ns : c->ns;
}

/* Those of `wanted` that exist now; NULL: it could not be read. */
static struct op_json *existing(struct op_capture_of *c, const struct op_json *wanted)
{
    OP_AUTO_STRV done = OP_STRV_INIT;
    OP_AUTO_JSON *found = op_json_array();
    OP_JSON_EACH(first, wanted)
    {
        const char *ns = where(c, first);
        if (op_strv_has(&done, ns))
            continue;
        op_strv_push(&done, ns);
        struct op_look look = { .secrets = true };
        struct op_reply reply = { 0 };
        static const char *const start[] = { "kubectl", "get", "--ignore-not-found", "--output=json" };
        for (size_t i = 0; i < OP_LEN(start); i++)
            op_strv_push(&look.argv, start[i]);
        op_strv_pushf(&look.argv, "--namespace=%s", ns);
        op_strv_copy(&look.argv, &c->inv->identity);
        OP_JSON_EACH(o, wanted)
        if (op_str_eq(where(c, o), ns))
            op_strv_take(&look.argv, op_saved_ref(o));
        c->interrupted = !op_road_look(c->road, &look, 1, &reply) || c->interrupted;
        bool ok = reply.kind == OP_REPLY_OK && op_saved_parse(op_buf_str(&reply.body), reply.body.len, found);
        if (!ok)
            op_inverse_none(c, "what is there now could not be read: %.180s", reply.why);
        op_reply_free(&reply);
        op_strv_free(&look.argv);
        if (!ok)
            return NULL;
    }
    return op_steal(&found);
}

static bool is_there(const struct op_json *found, const char *ref, const char *ns)
{
    OP_JSON_EACH(o, found)
    {
        OP_AUTO_FREE char *own = op_saved_ref(o);
        const char *place = op_json_str(o, "metadata.namespace");
        if (op_str_eq(own, ref) && (place == NULL || op_str_eq(place, ns)))
            return true;
    }
    return false;
}

/* Delete what is not there yet: one command per namespace. */
static void delete_new(struct op_capture_of *c, const struct op_json *wanted, const struct op_json *found)
{
    OP_AUTO_STRV done = OP_STRV_INIT;
    OP_JSON_EACH(first, wanted)
    {
        const char *ns = where(c, first);
        if (op_strv_has(&done, ns))
            continue;
        op_strv_push(&done, ns);
        OP_AUTO_STRV words = OP_STRV_INIT;
        op_strv_push(&words, "kubectl");
        op_strv_push(&words, "delete");
        op_strv_push(&words, "--ignore-not-found"); /* a new namespace takes what is in it along */
        OP_JSON_EACH(o, wanted)
        {
            OP_AUTO_FREE char *ref = op_saved_ref(o);
            if (!op_str_eq(where(c, o), ns) || is_there(found, ref, ns))
                continue;
            op_inverse_touch(c, NULL, ref, ns);
            op_strv_take(&words, op_steal(&ref));
        }
        if (words.n > 3)
            (void)op_inverse_add(c, ns, &words);
    }
}

static void make(struct op_capture_of *c, bool changes_existing)
{
    OP_AUTO_JSON *wanted = planned(c);
    if (wanted == NULL)
        return;
    OP_JSON_EACH(o, wanted)
    if (op_str_empty(op_json_str(o, "metadata.name"))) {
        op_inverse_none(c, "the server will choose the name");
        return;
    }
    OP_AUTO_JSON *found = existing(c, wanted);
    if (found == NULL)
        return;
    if (changes_existing && op_json_size(found) != 0) {
        OP_JSON_EACH(o, found)
        op_inverse_touch(c, o, NULL, NULL);
        op_inverse_put_back(c, "replace", op_json_dup(found));
    }
    delete_new(c, wanted, found);
    if (c->inv->n == 0) {
        c->inv->nothing = true;
        op_inverse_none(c, "it is there already");
    }
}

void op_inverse_apply(struct op_capture_of *c)
{
    make(c, true);
    if (op_gate_has_flag(c->road->o.catalog, &c->step->argv, "prune") && c->inv->n != 0)
        op_inverse_none(c, "what --prune deletes is not brought back");
}

void op_inverse_create(struct op_capture_of *c)
{
    make(c, false);
}
