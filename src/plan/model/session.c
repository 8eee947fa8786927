/* What the shell asks of the planner besides turns: what was sent and what it cost, other models, once more. */
#include "model.h"

#include "opsh/base/str.h"

#include "refusal.h"

#define LIST_MAX ((size_t)4 << 20) /* bytes */

static struct op_model *model_of(const struct op_planner *planner)
{
    bool model = planner->ops != NULL && op_str_eq(planner->ops->name, "model");
    return model ? planner->self : NULL;
}

const char *op_model_sent(const struct op_planner *planner, size_t *n)
{
    const struct op_model *m = model_of(planner);
    if (m == NULL || m->sent.len == 0)
        return NULL;
    if (n != NULL)
        *n = m->sent.len;
    return op_buf_str(&m->sent);
}

bool op_model_usage(const struct op_planner *planner, struct op_model_usage *usage)
{
    const struct op_model *m = model_of(planner);
    if (m == NULL)
        return false;
    *usage = (struct op_model_usage){ .last_tokens_in = m->last_tokens_in,
                                      .context_tokens = (int64_t)(m->context_bytes / 4) };
    for (size_t i = 0; i < m->n_uses; i++) {
        const struct op_model_usage *u = &m->uses[i].usage;
        usage->requests += u->requests;
        usage->tokens_in += u->tokens_in;
        usage->tokens_out += u->tokens_out;
        usage->guessed += u->guessed;
        usage->guessed_in += u->guessed_in;
        usage->guessed_out += u->guessed_out;
    }
    return true;
}

bool op_model_usage_of(const struct op_planner *planner, size_t i, const char **model, struct op_model_usage *usage)
{
    const struct op_model *m = model_of(planner);
    if (m == NULL || i >= m->n_uses)
        return false;
    *model = m->uses[i].model;
    *usage = m->uses[i].usage;
    return true;
}

bool op_model_set(struct op_planner *planner, const char *model)
{
    struct op_model *m = model_of(planner);
    if (m == NULL || op_str_empty(model))
        return false;
    free(m->model);
    m->model = op_strdup(model);
    m->dropped = 0; /* another model may take what the last one refused */
    op_chat_set_context(m, m->whole_bytes);
    m->limit_told = false;
    m->quarter_bytes = 0;
    m->send_thoughts = false;
    return true;
}

char *op_model_retry(struct op_planner *planner)
{
    struct op_model *m = model_of(planner);
    size_t at = m != NULL ? m->convo.n : 0;
    while (at > 0 && m->convo.items[at - 1].role != OP_ROLE_USER)
        at--;
    if (at == 0)
        return NULL;
    op_chat_settle(m, NULL, 0);
    char *words = op_strdup(m->convo.items[at - 1].text);
    bool called = false;
    for (size_t i = at; i < m->convo.n; i++)
        called = called || m->convo.items[i].n_calls != 0;
    if (!called)
        op_convo_drop_last(&m->convo, m->convo.n - at + 1);
    return words;
}

static bool keep(void *ctx, const struct op_http_response *so_far, const char *bytes, size_t n)
{
    (void)so_far;
    op_buf_add(ctx, bytes, n);
    return true;
}

/* ".../chat/completions" becomes ".../models"; a query stays. */
static char *models_url(const char *chat_url)
{
    static const char route[] = "/chat/completions";
    const char *at = strstr(chat_url, route);
    return at == NULL ? op_strdup(chat_url)
                      : op_asprintf("%.*s/models%s", (int)(at - chat_url), chat_url, at + sizeof(route) - 1);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_names(const struct op_model *m, const struct op_buf *body, struct op_strv *names, struct op_err *err)
{
    OP_AUTO_JSON *j = op_json_parse(op_buf_str(body), body->len, OP_JSON_LOOSE, NULL);
    const struct op_json *data = op_json_get(j, "data");
    if (!op_json_is_array(data))
        return op_fail(err, OP_NETWORK, 0, "%s: the endpoint does not list its models", m->host);
    OP_JSON_EACH(item, data)
        if (!op_str_empty(op_json_str(item, "id")))
            op_strv_push(names, op_json_str(item, "id"));
    if (names->n != 0)
        qsort(names->v, names->n, sizeof(*names->v), by_name);
    return true;
}

bool op_model_list(struct op_planner *planner, struct op_strv *names, struct op_err *err)
{
    struct op_model *m = model_of(planner);
    if (m == NULL)
        return op_fail(err, OP_USAGE, 0, "no model is in use");
    if (m->http == NULL && (m->http = op_http_new(err)) == NULL)
        return false;
    OP_AUTO_FREE char *url = models_url(m->url);
    OP_AUTO_BUF body = { .max = LIST_MAX };
    struct op_http_response res;
    const struct op_http_request req = { .url = url, .bearer = m->key, .ca_file = m->ca_file, .connect_ms = m->connect_ms,
                                         .silence_ms = m->silence_ms, .max_bytes = LIST_MAX, .on_data = keep, .ctx = &body };
    bool ok = op_http_perform(m->http, &req, &res, err);
    if (ok && (res.status < 200 || res.status >= 300)) {
        OP_AUTO_FREE char *words = op_chat_refusal_words(m, &body);
        ok = op_chat_refusal(m, &res, words, err);
    } else if (ok) {
        ok = read_names(m, &body, names, err);
    }
    if (!ok && err != NULL)
        op_chat_scrub(m, err);
    return ok;
}
