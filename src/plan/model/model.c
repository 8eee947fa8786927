/* The model planner: holds the conversation and turns replies into moves. It cannot run anything;
 * what it plans is judged like anybody's. */
#include "model.h"

#include "opsh/base/str.h"
#include "opsh/catalog/embedded.h"

enum { MAX_STEPS = 20, SILENCE_MS = 180000, CONTEXT_TOKENS = 32000 };

bool op_model_endpoint_is_local(const char *endpoint)
{
    return op_http_url_is_local(endpoint);
}

static bool model_begin(void *self, const char *request, const struct op_scene *scene, struct op_err *err)
{
    struct op_model *m = self;
    (void)err;
    op_chat_settle(m, NULL, 0);
    op_convo_close_turn(&m->convo, "(This request was interrupted or failed before it was answered. It is not to be "
                                   "taken up again unless the person asks.)");
    op_convo_drop_thoughts(&m->convo);
    free(m->preamble);
    OP_AUTO_FREE char *own = op_chat_system(m->prompt, scene), *boundary = op_chat_boundary(m);
    m->preamble = op_asprintf("%s\n\n%s", own, boundary);
    (void)op_convo_add(&m->convo, OP_ROLE_USER, request);
    m->scene = scene;
    op_flow_stop(m);
    m->steps = m->bad_replies = 0;
    m->told_limit = false;
    op_strv_free(&m->made);
    return true;
}

static bool answer(struct op_model *m, struct op_chat_reply *reply, struct op_move *move, struct op_err *err)
{
    bool empty = reply->text.len == strspn(op_buf_str(&reply->text), " \t\r\n");
    if (empty && op_str_eq(reply->finish, "content_filter"))
        return op_fail(err, OP_NETWORK, 0, "%s: the endpoint's filter withheld the reply: say it in other words",
                       m->host);
    if (empty && m->steps == 0)
        return op_fail(err, OP_NETWORK, 0, "%s: the model answered nothing: ask again, or try another model", m->host);
    (void)op_convo_add(&m->convo, OP_ROLE_ASSISTANT, empty ? "(no words)" : op_buf_str(&reply->text));
    if (op_str_eq(reply->finish, "length") && m->sink.notice != NULL)
        m->sink.notice(m->sink.self, "the reply was cut at the endpoint's length limit: say \"go on\"");
    move->kind = OP_MOVE_ANSWER;
    move->text = op_strdup(empty ? "" : op_buf_str(&reply->text));
    move->shown = m->sink.text != NULL;
    return true;
}

/* A reply with calls. true: there is a move; false with err: give up; false without: ask the model again. */
static bool plan(struct op_model *m, struct op_chat_reply *reply, struct op_move *move, struct op_err *err)
{
    bool at_limit = m->steps >= m->max_steps;
    op_chat_take_calls(m, reply, move);
    if (m->flowing) {
        m->bad_replies = 0;
        if (op_flow_next(m, NULL, 0, move, err))
            return true;
        op_chat_settle(m, NULL, 0);
        return false;
    }
    if (move->n != 0) {
        m->bad_replies = 0;
        move->kind = OP_MOVE_STEPS;
        move->text = reply->text.len != 0 ? op_strdup(op_buf_str(&reply->text)) : NULL;
        move->shown = m->sink.text != NULL;
        return true;
    }
    size_t bad = 0;
    while (bad < m->n_slots && m->slots[bad].good)
        bad++;
    OP_AUTO_FREE char *first = bad < m->n_slots ? op_strdup(m->slots[bad].answer) : NULL;
    op_chat_settle(m, NULL, 0);
    if (first == NULL) { /* it only looked for tools, and has found some */
        m->bad_replies = 0;
        return false;
    }
    if (at_limit && m->told_limit)
        return op_fail(err, OP_LIMIT, 0, "stopped after %d tool calls for one request: say \"go on\" to continue",
                       m->max_steps);
    m->told_limit = at_limit;
    if (++m->bad_replies >= OP_CHAT_BAD_REPLIES)
        return op_fail(err, OP_NETWORK, 0,
                       "the model called tools to no avail %d times in a row: say it in other words, or try another model. "
                       "Last: %.200s",
                       OP_CHAT_BAD_REPLIES, first);
    return false;
}

static bool model_next(void *self, const struct op_observation *obs, size_t n, struct op_move *move,
                       struct op_err *err)
{
    struct op_model *m = self;
    struct op_err e = OP_ERR_INIT;
    *move = (struct op_move){ 0 };
    m->said = false;
    bool ok = m->flowing && op_flow_next(m, obs, n, move, &e);
    if (!ok)
        op_chat_settle(m, obs, n);
    while (!ok && e.code == OP_OK) {
        OP_AUTO(op_chat_reply_free) struct op_chat_reply reply = { 0 };
        if (!op_chat_exchange(m, &reply, &e)) {
            if (reply.text.len != 0) /* what was said stays; calls of a broken reply do not */
                (void)op_convo_add(&m->convo, OP_ROLE_ASSISTANT, op_buf_str(&reply.text));
        } else if (reply.n_calls == 0) {
            ok = answer(m, &reply, move, &e);
        } else {
            ok = plan(m, &reply, move, &e);
        }
    }
    if (!ok && err != NULL)
        *err = e;
    return ok;
}

static void model_forget(void *self)
{
    struct op_model *m = self;
    op_chat_settle(m, NULL, 0);
    op_convo_clear(&m->convo);
    op_found_free(&m->found);
    op_json_free(m->tools);
    m->tools = NULL;
    op_buf_free(&m->sent); /* what was said is in it */
}

static void model_free(void *self)
{
    struct op_model *m = self;
    model_forget(m);
    if (m->flow.ops != NULL)
        m->flow.ops->free(m->flow.self);
    op_strv_free(&m->made);
    for (size_t i = 0; i < m->n_uses; i++)
        free(m->uses[i].model);
    free(m->uses);
    op_http_free(m->http);
    if (m->key != NULL)
        explicit_bzero(m->key, strlen(m->key));
    char **strings[] = { &m->url, &m->host, &m->model, &m->key, &m->prompt, &m->ca_file, &m->preamble };
    for (size_t i = 0; i < OP_LEN(strings); i++)
        free(*strings[i]);
    free(m);
}

/* ".../v1" and ".../v1/" get /chat/completions; an address without a path gets /v1 first. A query stays behind. */
static char *chat_url(const char *endpoint)
{
    static const char route[] = "/chat/completions";
    size_t n = strcspn(endpoint, "?#");
    const char *query = endpoint + n;
    while (n > 0 && endpoint[n - 1] == '/')
        n--;
    OP_AUTO_FREE char *base = op_strndup(endpoint, n);
    const char *host = strstr(base, "://");
    bool bare = host != NULL && strchr(host + 3, '/') == NULL;
    return op_asprintf("%s%s%s%s", base, bare ? "/v1" : "", op_str_ends(base, route) ? "" : route, query);
}

static bool usable_key(const char *key, struct op_err *err)
{
    for (const char *s = key; *s != '\0'; s++)
        if (*s <= ' ' || *s > '~')
            return op_fail(err, OP_CONFIG, 0, "the key holds a blank or a character that no key has: check how it was "
                                              "copied");
    return true;
}

bool op_model_new(const struct op_catalog *cat, const struct op_model_options *o, struct op_planner *planner,
                  struct op_err *err)
{
    static const struct op_planner_class class = {
        .name = "model", .begin = model_begin, .next = model_next, .forget = model_forget, .free = model_free
    };
    const char *key = op_str_empty(o->key) ? NULL : o->key;
    if (!op_tools_check(cat, err))
        return false;
    if (!op_http_url_check(o->endpoint, err))
        return op_fail_ctx(err, "endpoint");
    if (op_str_empty(o->model))
        return op_fail(err, OP_CONFIG, 0, "no model is named: use --model or the configuration's model");
    if (key != NULL && !usable_key(key, err))
        return false;
    const char *built_in = op_embedded_text("prompts/system.md");
    struct op_model *m = op_calloc(1, sizeof(*m));
    *m = (struct op_model){
        .cat = cat,
        .url = chat_url(o->endpoint),
        .host = op_http_url_host(o->endpoint),
        .model = op_strdup(o->model),
        .key = op_strdup(key),
        .prompt = op_strdup(o->prompt != NULL ? o->prompt : built_in != NULL ? built_in : ""),
        .ca_file = op_strdup(o->ca_file),
        .guard = o->guard,
        .silence_ms = o->silence_ms > 0 ? o->silence_ms : SILENCE_MS,
        .connect_ms = o->connect_ms,
        .max_steps = o->max_steps > 0 ? o->max_steps : MAX_STEPS,
        .sink = o->sink,
        .context_bytes = (size_t)(o->context_tokens > 0 ? o->context_tokens : CONTEXT_TOKENS) * 4,
    };
    m->whole_bytes = m->context_bytes;
    op_chat_make_tag(m);
    *planner = (struct op_planner){ .ops = &class, .self = m };
    return true;
}
