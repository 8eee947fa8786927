/* Statuses and error documents, turned into what happened and what to do. Never repeats a key,
 * not even one that the endpoint itself repeats. */
#include "refusal.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

#include <strings.h>

/* One line of printable text, at most max bytes; the key, where it stands in it, replaced. */
static void add_words(struct op_buf *out, const char *key, const char *text, size_t n, size_t max)
{
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, text, n);
    const char *s = op_buf_str(&clean);
    size_t key_n = op_str_empty(key) ? 0 : strlen(key);
    for (bool gap = true; *s != '\0' && out->len < max;) {
        if (key_n >= 4 && strncmp(s, key, key_n) == 0) {
            op_buf_adds(out, "[key]");
            s += key_n;
            gap = false;
            continue;
        }
        bool space = isspace((unsigned char)*s) != 0;
        if (!space || !gap)
            op_buf_addc(out, space ? ' ' : *s);
        gap = space;
        s++;
    }
    while (out->len != 0 && (((unsigned char)out->data[out->len - 1] & 0xc0) == 0x80) &&
           !op_utf8_valid(out->data, out->len))
        op_buf_trunc(out, out->len - 1);
    if (out->len != 0 && !op_utf8_valid(out->data, out->len))
        op_buf_trunc(out, out->len - 1);
}

void op_chat_scrub(const struct op_model *m, struct op_err *err)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    add_words(&out, m->key, err->msg, strnlen(err->msg, sizeof(err->msg)), sizeof(err->msg) - 8);
    (void)snprintf(err->msg, sizeof(err->msg), "%s", op_buf_str(&out));
}

bool op_chat_is_page(const char *content_type, const struct op_buf *body)
{
    const char *s = op_buf_str(body);
    s += strspn(s, " \t\r\n");
    return strncasecmp(content_type, "text/html", 9) == 0 || *s == '<';
}

char *op_chat_refusal_words(const struct op_model *m, const struct op_buf *body)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    OP_AUTO_JSON *j = op_json_parse(op_buf_str(body), body->len, OP_JSON_LOOSE, NULL);
    const char *said = op_chat_error_text(j);
    if (said != NULL)
        add_words(&out, m->key, said, strlen(said), 300);
    else if (j == NULL && !op_chat_is_page("", body))
        add_words(&out, m->key, op_buf_str(body), body->len, 200);
    else if (j != NULL)
        add_words(&out, m->key, op_buf_str(body), body->len, 300);
    return op_buf_steal(&out);
}

static bool says(const char *words, const char *const *any)
{
    for (; *any != NULL; any++)
        if (strcasestr(words, *any) != NULL)
            return true;
    return false;
}

static const char *const too_long[] = { "context_length",
                                        "context length",
                                        "context window",
                                        "maximum context",
                                        "context size",
                                        "too many tokens",
                                        "prompt is too long",
                                        "input is too long",
                                        "maximum number of tokens",
                                        "maximum prompt length",
                                        NULL };
static const char *const no_quota[] = { "quota", "billing", "credit", NULL };

bool op_chat_is_too_long(int status, const char *words)
{
    return status == 413 || ((status == 400 || status == 422) && says(words, too_long));
}

/* The number at s, where it stands by itself, or 0. *n: its digits. */
static int64_t number_at(const char *words, const char *s, size_t *n)
{
    char number[12];
    int64_t v = 0;
    *n = strspn(s, "0123456789");
    bool alone = (s == words || strchr(" (", s[-1]) != NULL) && (s[*n] == '\0' || strchr(" ).,;", s[*n]) != NULL);
    (void)snprintf(number, sizeof(number), "%.*s", (int)(*n < sizeof(number) ? *n : sizeof(number) - 1), s);
    return *n != 0 && alone && op_str_int(number, 0, INT32_MAX, &v) ? v : 0;
}

unsigned op_chat_share_taken(const char *words)
{
    enum { TOKENS_LEAST = 256, HUNDREDTHS = 100 };
    int64_t first = 0, second = 0, most = 0; /* the limit is told first, or right after what was sent */
    for (size_t i = 0, n; words[i] != '\0'; i += n != 0 ? n : 1) {
        int64_t v = number_at(words, words + i, &n);
        if (v < TOKENS_LEAST)
            continue;
        second = first != 0 && second == 0 ? v : second;
        first = first == 0 ? v : first;
        most = v > most ? v : most;
    }
    int64_t taken = first < most ? first : second;
    return taken != 0 && taken < most ? (unsigned)(taken * HUNDREDTHS / most) : HUNDREDTHS;
}

bool op_chat_status_again(int status, const char *words)
{
    if (status == 429)
        return !says(words, no_quota); /* an empty purse does not fill in two seconds */
    return status == 408 || status == 409 || status == 500 || status == 502 || status == 503 || status == 504 ||
           status == 529;
}

/* What a status means. {} in `means` is not used: the line is "HOST: means (STATUS)[: words]: advice". */
static const struct refusal {
    int from, to;
    const char *const *when; /* words must hold one of these, or NULL */
    bool quote;              /* the endpoint's words add something */
    const char *means, *advice;
} refusals[] = {
    { 401, 401, NULL, false, "the endpoint refuses the key", "check OPENAI_API_KEY or the configured key" },
    { 403, 403, NULL, true, "the key may not do this", "check what the key and its project may use" },
    { 402, 402, NULL, true, "the account is out of credit", "top it up, or use another endpoint" },
    { 400, 422, too_long, false, "the conversation is longer than the model takes", "/clear starts a new one" },
    { 404, 404, (const char *const[]){ "model", NULL }, true, "there is no such model", "check --model" },
    { 404, 405, NULL, false, "there is no chat endpoint here", "the base URL usually ends in /v1" },
    { 408, 408, NULL, false, "the endpoint gave up waiting", "try again" },
    { 413, 413, NULL, false, "the request is too large for the endpoint", "/clear starts a new conversation" },
    { 429, 429, no_quota, true, "the quota is used up", "check the account's plan, or use another endpoint" },
    { 429, 429, NULL, true, "too many requests", "wait a moment, then try again" },
    { 400, 499, NULL, true, "the endpoint refuses the request", "check --model and --endpoint" },
    { 500, 599, NULL, true, "the endpoint is failing", "try again later, or use another one" },
    { 0, 999, NULL, true, "an answer that is no chat reply", "check the endpoint's address" },
};

bool op_chat_refusal(const struct op_model *m, const struct op_http_response *res, const char *words,
                     struct op_err *err)
{
    if (res->status == 401 && m->key == NULL)
        return op_fail(err, OP_NETWORK, 0, "%s: the endpoint wants a key (401): set OPENAI_API_KEY", m->host);
    const struct refusal *r = refusals;
    while (res->status < r->from || res->status > r->to || (r->when != NULL && !says(words, r->when)))
        r++;
    OP_AUTO_BUF line = OP_BUF_INIT;
    op_buf_addf(&line, "%s: %s (%d)", m->host, r->means, res->status);
    if (r->when != NULL && res->status == 404)
        op_buf_addf(&line, ", \"%.80s\"", m->model);
    if (r->quote && *words != '\0')
        op_buf_addf(&line, ", \"%.220s\"", words);
    if (res->retry_after_s > 0)
        op_buf_addf(&line, ": it asks to wait %lld s", (long long)res->retry_after_s);
    else
        op_buf_addf(&line, ": %s", r->advice);
    if (res->status == 404 || res->status == 405)
        op_buf_addf(&line, " (asked: %.120s)", m->url);
    return op_fail(err, OP_NETWORK, 0, "%s", op_buf_str(&line));
}
