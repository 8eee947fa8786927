/* The ways back from Helm's changes: a release is a numbered history, and Helm itself goes back in it. An uninstalled
 * release has lost its history, so that is saved first: the Secrets in which Helm keeps it. */
#include "inverse.h"

#include "saved.h"

#include "opsh/base/str.h"
#include "opsh/gate/reading.h"

bool op_inverse_revisions(struct op_capture_of *c, int64_t *newest, int64_t *deployed, char why[240])
{
    struct op_look look = { 0 };
    struct op_reply reply = { 0 };
    *newest = *deployed = 0;
    static const char *const start[] = { "helm", "history", "--output=json" };
    for (size_t i = 0; i < OP_LEN(start); i++)
        op_strv_push(&look.argv, start[i]);
    op_strv_push(&look.argv, c->v->name);
    op_strv_pushf(&look.argv, "--namespace=%s", c->ns);
    for (size_t i = 0; i < c->inv->identity.n; i++) {
        const char *flag = c->inv->identity.v[i];
        if (op_str_starts(flag, "--context="))
            op_strv_pushf(&look.argv, "--kube-context=%s", flag + strlen("--context="));
        else if (op_str_starts(flag, "--kubeconfig="))
            op_strv_push(&look.argv, flag);
    }
    bool going = op_road_look(c->road, &look, 1, &reply);
    c->interrupted = c->interrupted || !going;
    OP_AUTO_JSON *list = reply.kind == OP_REPLY_OK
                             ? op_json_parse(op_buf_str(&reply.body), reply.body.len, OP_JSON_LOOSE, NULL)
                             : NULL;
    OP_JSON_EACH(r, list)
    {
        int64_t n = op_json_int_or(r, "revision", 0);
        *newest = n > *newest ? n : *newest;
        if (op_str_eq(op_json_str(r, "status"), "deployed") && n > *deployed)
            *deployed = n;
    }
    bool ok = reply.kind == OP_REPLY_MISSING || list != NULL;
    (void)snprintf(why, 240, "%s", reply.why);
    op_reply_free(&reply);
    op_strv_free(&look.argv);
    return ok;
}

static void touch_release(struct op_capture_of *c, int64_t newest)
{
    struct op_json *item = op_json_object();
    op_json_set_str(item, "release", c->v->name);
    op_json_set_str(item, "namespace", c->ns);
    op_json_set(item, "before", newest != 0 ? op_json_integer(newest) : op_json_null());
    op_json_push(c->inv->touched, item);
}

static void add_helm(struct op_capture_of *c, const char *verb, int64_t revision)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    op_strv_push(&words, "helm");
    op_strv_push(&words, verb);
    op_strv_push(&words, c->v->name);
    if (revision != 0)
        op_strv_pushf(&words, "%lld", (long long)revision);
    (void)op_inverse_add(c, c->ns, &words);
}

static bool look(struct op_capture_of *c, int64_t *newest, int64_t *deployed)
{
    char why[240];
    if (*c->v->name == '\0') {
        op_inverse_none(c, "it names no release");
        return false;
    }
    if (!op_inverse_revisions(c, newest, deployed, why)) {
        op_inverse_none(c, "the release could not be read: %.200s", why);
        return false;
    }
    touch_release(c, *newest);
    return true;
}

void op_inverse_helm_install(struct op_capture_of *c)
{
    int64_t newest, deployed;
    if (op_gate_has_flag(c->road->o.catalog, &c->step->argv, "generate-name")) {
        op_inverse_none(c, "helm will choose the name");
        return;
    }
    if (!look(c, &newest, &deployed))
        return;
    if (newest == 0) {
        add_helm(c, "uninstall", 0);
        return;
    }
    c->inv->nothing = true;
    op_inverse_none(c, "a release of that name was there before");
}

void op_inverse_helm_upgrade(struct op_capture_of *c)
{
    int64_t newest, deployed;
    if (!look(c, &newest, &deployed))
        return;
    if (newest != 0)
        add_helm(c, "rollback", deployed != 0 ? deployed : newest);
    else if (op_gate_has_flag(c->road->o.catalog, &c->step->argv, "install"))
        add_helm(c, "uninstall", 0);
    else {
        c->inv->nothing = true;
        op_inverse_none(c, "there is no such release");
    }
}

/* The Secrets of the release, to be created again. false: they could not be read. */
static bool save_history(struct op_capture_of *c)
{
    struct op_look read = { .secrets = true };
    struct op_reply reply = { 0 };
    struct op_json *secrets = op_json_array();
    static const char *const start[] = { "kubectl", "get", "secrets", "--output=json" };
    for (size_t i = 0; i < OP_LEN(start); i++)
        op_strv_push(&read.argv, start[i]);
    op_strv_pushf(&read.argv, "--selector=owner=helm,name=%s", c->v->name);
    op_strv_pushf(&read.argv, "--namespace=%s", c->ns);
    op_strv_copy(&read.argv, &c->inv->identity);
    bool going = op_road_look(c->road, &read, 1, &reply);
    c->interrupted = c->interrupted || !going;
    bool ok = reply.kind == OP_REPLY_OK && op_saved_parse(op_buf_str(&reply.body), reply.body.len, secrets) &&
              op_json_size(secrets) != 0;
    if (ok)
        op_inverse_put_back(c, "create", op_steal(&secrets));
    else
        op_inverse_none(c, "its history could not be saved: %.180s", reply.kind != OP_REPLY_OK ? reply.why : "no Secrets of it");
    op_json_free(secrets);
    op_reply_free(&reply);
    op_strv_free(&read.argv);
    return ok;
}

void op_inverse_helm_uninstall(struct op_capture_of *c)
{
    int64_t newest, deployed;
    if (!look(c, &newest, &deployed))
        return;
    if (newest == 0) {
        c->inv->nothing = true;
        op_inverse_none(c, "there is no such release");
        return;
    }
    if (op_gate_words(c->road->o.catalog, &c->step->argv) > 1) {
        op_inverse_none(c, "several releases at once; uninstall them one by one");
        return;
    }
    bool stays = op_gate_has_flag(c->road->o.catalog, &c->step->argv, "keep-history");
    if (stays || save_history(c))
        add_helm(c, "rollback", deployed != 0 ? deployed : newest);
}
