/* One request to the endpoint and its reply, whichever form it comes in. Tries again only while no byte
 * of a reply has come; nothing is ever run from here. */
#include "model.h"

#include "opsh/base/str.h"
#include "opsh/data/sse.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"

#include "refusal.h"
#include "written.h"

#include <sys/random.h>

enum { RETRIES = 3, BASE_DELAY_MS = 500, LONGEST_WAIT_S = 60, SILENT_MS = 1000 };
#define REPLY_MAX   ((size_t)16 << 20)  /* bytes of a whole response */
#define REFUSAL_MAX ((size_t)256 << 10) /* bytes of an error document */

enum form { UNKNOWN, EVENTS, DOCUMENT, PAGE };

struct incoming {
    struct op_model *m;
    struct op_chat_reply *reply;
    struct op_sse sse;
    struct op_buf body; /* of a document, a page or a refusal */
    enum form form;
    size_t shown; /* bytes of the reply's text that the person has */
    bool any_event, waiting;
    int64_t said_at; /* when the person was last shown something */
    struct op_err *err;
};

static void set_waiting(struct incoming *in, bool on)
{
    if (in->waiting != on && in->m->sink.waiting != NULL)
        in->m->sink.waiting(in->m->sink.self, on);
    in->waiting = on;
    in->said_at = op_clock_ms();
}

/* A silence is told while it lasts, at the beginning and in between. */
static void on_tick(void *ctx)
{
    struct incoming *in = ctx;
    if (in->m->sink.waiting == NULL || (!in->waiting && op_clock_ms() - in->said_at < SILENT_MS))
        return;
    in->waiting = true;
    in->m->sink.waiting(in->m->sink.self, true);
}

static void show(struct incoming *in, size_t until)
{
    if (until <= in->shown)
        return;
    set_waiting(in, false);
    if (in->m->sink.text != NULL && in->shown == 0 && in->m->said) /* an earlier reply's words stand before these */
        in->m->sink.text(in->m->sink.self, "\n\n", 2);
    if (in->m->sink.text != NULL)
        in->m->sink.text(in->m->sink.self, op_buf_str(&in->reply->text) + in->shown, until - in->shown);
    in->m->said = true;
    in->shown = until;
}

/* Words are shown as they come, but for what may turn out to be a call. */
static void on_text(void *ctx)
{
    struct incoming *in = ctx;
    size_t at = 0;
    (void)op_written_find(in->m->cat, op_buf_str(&in->reply->text), in->reply->text.len, in->shown, false, &at);
    show(in, at);
}

static void on_thought(void *ctx, const char *bytes, size_t n)
{
    struct incoming *in = ctx;
    if (in->m->sink.thought == NULL)
        return;
    in->m->sink.thought(in->m->sink.self, bytes, n);
}

/* The reply is over: calls that were written are taken out of the text, the rest of it is shown. Of a broken one
 * stays what was shown. */
static bool settle_text(struct incoming *in, bool replied, struct op_err *err)
{
    if (replied && !op_chat_reply_flush(in->reply, err))
        replied = false;
    if (replied && in->reply->n_calls == 0)
        (void)op_written_take(in->m->cat, in->reply);
    if (replied)
        show(in, in->reply->text.len);
    else
        op_buf_trunc(&in->reply->text, in->shown);
    return replied;
}

static bool on_event(void *ctx, const char *data, size_t n, struct op_err *err)
{
    struct incoming *in = ctx;
    in->any_event = true;
    return op_chat_reply_event(in->reply, data, n, err);
}

/* By its first byte: content types are not to be relied on. */
static enum form sniff(const char *content_type, const struct op_buf *body)
{
    const char *s = op_buf_str(body);
    s += strspn(s, " \t\r\n");
    if (*s == '\0')
        return UNKNOWN;
    if (op_chat_is_page(content_type, body))
        return PAGE;
    return *s == '{' || *s == '[' ? DOCUMENT : EVENTS;
}

static bool on_data(void *ctx, const struct op_http_response *so_far, const char *bytes, size_t n)
{
    struct incoming *in = ctx;
    bool good = so_far->status >= 200 && so_far->status < 300;
    in->body.max = good ? REPLY_MAX : REFUSAL_MAX;
    if (in->form == EVENTS)
        return op_sse_feed(&in->sse, bytes, n, on_event, in, in->err);
    op_buf_add(&in->body, bytes, n);
    if (!good || in->form != UNKNOWN)
        return true;
    in->form = sniff(so_far->content_type, &in->body);
    if (in->form != EVENTS)
        return in->form != PAGE;
    bool ok = op_sse_feed(&in->sse, op_buf_str(&in->body), in->body.len, on_event, in, in->err);
    op_buf_trunc(&in->body, 0);
    return ok;
}

static bool is_complete(void *ctx)
{
    return ((struct incoming *)ctx)->reply->done;
}

/* The response has ended: is there a reply? */
static bool finish(struct incoming *in, const struct op_http_response *res, struct op_err *err)
{
    if (in->form == PAGE)
        return op_fail(err, OP_NETWORK, 0,
                       "%s: answers with a web page, not with a chat reply: check the endpoint's address (it usually "
                       "ends in /v1)",
                       in->m->host);
    if (res->stopped && !is_complete(in)) /* err is filled */
        return op_fail_ctx(err, "%s", in->m->host);
    if (in->form == DOCUMENT && !op_chat_reply_whole(in->reply, op_buf_str(&in->body), in->body.len, err))
        return op_fail_ctx(err, "%s", in->m->host);
    if (in->form == UNKNOWN)
        return op_fail(err, OP_NETWORK, 0, "%s: an empty answer: try again, or check the endpoint's address",
                       in->m->host);
    /* a last event without its blank line may be whole, or what the connection's end left of one */
    bool whole = in->form != EVENTS || op_sse_end(&in->sse, on_event, in, err);
    if (in->reply->reported)
        return op_fail_ctx(err, "%s", in->m->host);
    if (in->form == EVENTS && !in->any_event)
        return op_fail(err, OP_NETWORK, 0,
                       "%s: what it answers is no chat reply: check the endpoint's address (it usually ends in /v1)",
                       in->m->host);
    if (!whole || !op_chat_reply_complete(in->reply))
        return op_fail(err, OP_NETWORK, 0, "%s: the reply ended in the middle: nothing of it was run; try again",
                       in->m->host);
    return true;
}

static bool pause_before_retry(struct op_model *m, int attempt, int64_t retry_after_s, const char *why,
                               struct op_err *err)
{
    uint32_t r = 0;
    (void)!getentropy(&r, sizeof(r));
    int64_t ms = retry_after_s > 0 ? retry_after_s * 1000 + r % 250 : r % ((unsigned)BASE_DELAY_MS << attempt);
    OP_AUTO_FREE char *line =
        op_asprintf("trying again in %.1f s (%d of %d): %s", (double)ms / 1000, attempt + 1, RETRIES, why);
    if (m->sink.notice != NULL)
        m->sink.notice(m->sink.self, line);
    return op_signals_sleep((int)ms) || op_fail(err, OP_INTERRUPTED, 0, "interrupted");
}

enum verdict { REPLIED, FAILED, AGAIN, AGAIN_AT_ONCE };

static enum verdict judge(struct incoming *in, bool ok, const struct op_http_response *res, struct op_err *err)
{
    struct op_model *m = in->m;
    if (!ok && op_chat_reply_complete(in->reply) && err->code != OP_INTERRUPTED)
        return REPLIED; /* all was said before the connection went away */
    if (!ok)
        return res->again ? AGAIN : FAILED;
    if (res->status >= 200 && res->status < 300)
        return finish(in, res, err) ? REPLIED : FAILED;
    OP_AUTO_FREE char *words = op_chat_refusal_words(m, &in->body);
    (void)op_chat_refusal(m, res, words, err);
    bool too_long = op_chat_is_too_long(res->status, words);
    if (too_long ? op_chat_shrink(m, op_chat_share_taken(words)) : op_chat_drop_param(m, res->status, words))
        return AGAIN_AT_ONCE;
    return op_chat_status_again(res->status, words) && res->retry_after_s <= LONGEST_WAIT_S ? AGAIN : FAILED;
}

static enum verdict attempt_once(struct op_model *m, struct op_chat_reply *reply, const char *body,
                                 int64_t *retry_after_s, struct op_err *err)
{
    struct incoming in = { .m = m, .reply = reply, .err = err };
    reply->on_text = on_text;
    reply->on_thought = on_thought;
    reply->ctx = &in;
    const struct op_http_request req = {
        .url = m->url,
        .bearer = m->key,
        .body = body,
        .body_len = strlen(body),
        .accept = (m->dropped & OP_PARAM_STREAM) != 0 ? "application/json" : "text/event-stream, application/json",
        .ca_file = m->ca_file,
        .connect_ms = m->connect_ms,
        .silence_ms = m->silence_ms,
        .max_bytes = REPLY_MAX,
        .on_data = on_data,
        .is_complete = is_complete,
        .on_tick = m->sink.waiting != NULL ? on_tick : NULL,
        .ctx = &in,
    };
    struct op_http_response res;
    set_waiting(&in, true);
    bool ok = op_http_perform(m->http, &req, &res, err);
    enum verdict v = judge(&in, ok, &res, err);
    if (!settle_text(&in, v == REPLIED, err) && v == REPLIED)
        v = FAILED;
    set_waiting(&in, false);
    *retry_after_s = res.retry_after_s;
    reply->on_text = NULL;
    reply->on_thought = NULL;
    reply->ctx = NULL;
    op_sse_free(&in.sse);
    op_buf_free(&in.body);
    return v;
}

/* The one way out: what the guard has not passed is not sent. *built: bytes before that. */
static bool fill(struct op_model *m, size_t most, size_t *built, struct op_err *err)
{
    OP_AUTO_FREE char *body = op_chat_request(m, most, err);
    op_buf_trunc(&m->sent, 0);
    m->sent.cut = false;
    op_buf_adds(&m->sent, body != NULL ? body : "");
    *built = m->sent.len;
    return body != NULL && (m->guard.outbound == NULL || m->guard.outbound(m->guard.self, &m->sent, err));
}

/* Placeholders may be longer than the secrets that they stand for: then it is made shorter, by degrees, because what
 * goes takes placeholders with it. */
static bool prepare(struct op_model *m, struct op_err *err)
{
    enum { TRIES = 8, STEP = 256 };
    const size_t most = op_chat_limit(m);
    size_t built;
    bool ok = fill(m, most, &built, err);
    for (int i = 0; ok && i < TRIES && m->sent.len > most; i++) {
        size_t over = (m->sent.len - most) / 2 + STEP;
        ok = fill(m, built > over ? built - over : 0, &built, err);
    }
    if (ok && m->sent.len > most)
        ok = op_fail(err, OP_LIMIT, 0, "the conversation is too long to be sent: /clear starts a new one");
    if (!ok)
        op_buf_trunc(&m->sent, 0); /* it was not sent */
    return ok;
}

static struct op_model_usage *usage_of(struct op_model *m)
{
    size_t i = 0;
    while (i < m->n_uses && !op_str_eq(m->uses[i].model, m->model))
        i++;
    if (i == m->n_uses) {
        m->uses = op_grow(m->uses, m->n_uses, &m->cap_uses, sizeof(*m->uses));
        m->uses[m->n_uses++] = (struct op_model_use){ .model = op_strdup(m->model) };
    }
    return &m->uses[i].usage;
}

static void count(struct op_model *m, const struct op_chat_reply *reply)
{
    struct op_model_usage *u = usage_of(m);
    u->requests++;
    u->tokens_in += reply->tokens_in;
    u->tokens_out += reply->tokens_out;
    m->last_tokens_in = reply->tokens_in;
    op_chat_counted(m, reply->tokens_in);
    if (reply->tokens_in != 0)
        return;
    size_t out = reply->text.len + reply->thought.len;
    for (size_t i = 0; i < reply->n_calls; i++)
        out += reply->calls[i].name.len + reply->calls[i].args.len;
    u->guessed++;
    u->guessed_in += (int64_t)(m->sent.len / 4);
    u->guessed_out += (int64_t)(out / 4);
}

bool op_chat_exchange(struct op_model *m, struct op_chat_reply *reply, struct op_err *err)
{
    if (m->http == NULL && (m->http = op_http_new(err)) == NULL)
        return false;
    const size_t context_bytes = m->context_bytes;
    const bool limit_told = m->limit_told;
    const unsigned dropped = m->dropped;
    for (int attempt = 0;;) {
        struct op_err e = OP_ERR_INIT;
        int64_t retry_after_s = -1;
        if (!prepare(m, err))
            return false;
        enum verdict v = attempt_once(m, reply, op_buf_str(&m->sent), &retry_after_s, &e);
        if (v == REPLIED) {
            count(m, reply);
            return true;
        }
        op_chat_scrub(m, &e);
        if (v == AGAIN_AT_ONCE)
            continue; /* each time with one parameter less */
        if (v == FAILED || attempt == RETRIES || !pause_before_retry(m, attempt, retry_after_s, e.msg, &e)) {
            if (err != NULL)
                *err = e;
            op_chat_set_context(m, context_bytes); /* what did not help is not kept up */
            m->limit_told = limit_told;
            m->dropped = dropped;
            return false;
        }
        attempt++;
    }
}
