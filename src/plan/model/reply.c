/* Deltas into text and tool calls. Endpoints number, name and repeat pieces in ways of their own:
 * what each oddity is and who does it is said where it is handled. */
#include "reply.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

#include <strings.h>

static bool too_much(struct op_err *err, const char *what)
{
    return op_fail(err, OP_LIMIT, 0, "the model's reply holds %s; ask for less at once", what);
}

static bool add_text(struct op_chat_reply *r, const char *text, struct op_err *err)
{
    size_t n = strlen(text);
    r->text.max = OP_CHAT_TEXT;
    op_buf_add(&r->text, text, n);
    if (r->text.cut)
        return too_much(err, "more than 1 MiB of text");
    if (n != 0 && r->on_text != NULL)
        r->on_text(r->ctx);
    return true;
}

static bool add_thought(struct op_chat_reply *r, const char *text, size_t n)
{
    r->thought.max = OP_CHAT_TEXT; /* what is beyond is shown, but not kept */
    op_buf_add(&r->thought, text, n);
    if (n != 0 && r->on_thought != NULL)
        r->on_thought(r->ctx, text, n);
    return true;
}

/* Local reasoning models think aloud in the text itself, between <think> and </think> at its start. Returns whether
 * there may be more to decide in r->lead. */
static bool sort_lead(struct op_chat_reply *r)
{
    static const char open[] = "<think>", close[] = "</think>";
    const size_t o = sizeof(open) - 1, c = sizeof(close) - 1;
    const char *s = op_buf_str(&r->lead);
    if (r->think == OP_THINK_UNKNOWN) {
        size_t blank = strspn(s, " \t\r\n"), n = r->lead.len - blank;
        if (n == 0 || (n < o && strncmp(s + blank, open, n) == 0))
            return false;
        bool thinks = strncmp(s + blank, open, o) == 0;
        r->think = thinks ? OP_THINK_INSIDE : OP_THINK_OVER;
        op_buf_drop(&r->lead, thinks ? blank + o : 0);
        return thinks;
    }
    if (r->think == OP_THINK_AFTER) { /* blank lines between the thought and the text are neither */
        op_buf_drop(&r->lead, strspn(s, " \t\r\n"));
        r->think = r->lead.len != 0 ? OP_THINK_OVER : OP_THINK_AFTER;
        return false;
    }
    const char *end = strstr(s, close);
    size_t sure = end != NULL ? (size_t)(end - s) : r->lead.len > c ? r->lead.len - c : 0;
    (void)add_thought(r, s, sure);
    op_buf_drop(&r->lead, sure);
    if (end == NULL)
        return false;
    op_buf_drop(&r->lead, c);
    r->think = OP_THINK_AFTER;
    return true;
}

static bool add_said(struct op_chat_reply *r, const char *text, struct op_err *err)
{
    if (r->think == OP_THINK_OVER)
        return add_text(r, text, err);
    r->lead.max = OP_CHAT_TEXT;
    op_buf_adds(&r->lead, text);
    while (sort_lead(r))
        continue;
    if (r->think != OP_THINK_OVER)
        return !r->lead.cut || too_much(err, "more than 1 MiB of text");
    bool ok = add_text(r, op_buf_str(&r->lead), err);
    op_buf_free(&r->lead);
    return ok;
}

bool op_chat_reply_flush(struct op_chat_reply *r, struct op_err *err)
{
    bool ok = r->think == OP_THINK_INSIDE ? add_thought(r, op_buf_str(&r->lead), r->lead.len)
                                          : add_text(r, op_buf_str(&r->lead), err);
    op_buf_free(&r->lead);
    return ok;
}

/* A string, or a list of parts of which some are text. */
static bool add_content(struct op_chat_reply *r, const struct op_json *content, struct op_err *err)
{
    if (op_json_text(content) != NULL)
        return add_said(r, op_json_text(content), err);
    OP_JSON_EACH(part, op_json_is_array(content) ? content : NULL) {
        const char *text = op_json_str(part, "text");
        if (text != NULL && op_str_eq(op_json_str(part, "type"), "text") && !add_said(r, text, err))
            return false;
    }
    return true;
}

static bool whole_object(const struct op_buf *args)
{
    OP_AUTO_JSON *j = args->len != 0 ? op_json_parse(args->data, args->len, OP_JSON_LOOSE, NULL) : NULL;
    return op_json_is_object(j);
}

/* The call that this piece belongs to, or NULL: a new one. */
static struct op_chat_call *find_call(struct op_chat_reply *r, int64_t index, const char *id, const char *name,
                                      const char *args)
{
    struct op_chat_call *call = NULL;
    for (size_t i = r->n_calls; i > 0 && call == NULL; i--) /* from the last: an index may be used again */
        if (index < 0 || r->calls[i - 1].index == index)
            call = &r->calls[i - 1];
    if (call == NULL)
        return NULL;
    bool other_id = !op_str_empty(id) && call->id.len != 0 && !op_str_eq(op_buf_str(&call->id), id);
    if (other_id && name != NULL) /* Ollama, LM Studio: every call whole, all numbered 0 */
        return NULL;
    /* Gemini's endpoint: the same, and without ids; or no index at all */
    bool again = !op_str_empty(name) && call->name.len != 0 && op_str_empty(id);
    if (again && args != NULL && *args == '{' && whole_object(&call->args))
        return NULL;
    if (index < 0 && !op_str_empty(id) && !op_str_eq(op_buf_str(&call->id), id))
        return NULL;
    return call;
}

static struct op_chat_call *new_call(struct op_chat_reply *r, int64_t index, struct op_err *err)
{
    if (r->n_calls == OP_CHAT_CALLS) {
        (void)too_much(err, "more than 32 tool calls");
        return NULL;
    }
    r->calls = op_realloc(r->calls, r->n_calls + 1, sizeof(*r->calls));
    struct op_chat_call *call = &r->calls[r->n_calls++];
    *call = (struct op_chat_call){ .index = index, .id = { .max = OP_CHAT_ID }, .name = { .max = 256 },
                                   .args = { .max = OP_CHAT_ARGS } };
    return call;
}

static bool add_piece(struct op_chat_reply *r, const struct op_json *piece, struct op_err *err)
{
    const struct op_json *function = op_json_get(piece, "function");
    const struct op_json *arguments = op_json_get(function, "arguments");
    const char *id = op_json_str(piece, "id"), *name = op_json_str(function, "name");
    /* some servers send the arguments as an object instead of its text */
    OP_AUTO_FREE char *printed = op_json_is_object(arguments) ? op_json_print(arguments, false) : NULL;
    const char *args = printed != NULL ? printed : op_json_text(arguments);
    int64_t index = op_json_int_or(piece, "index", -1);
    struct op_chat_call *call = find_call(r, index, id, name, args);
    if (call == NULL && (call = new_call(r, index, err)) == NULL)
        return false;
    if (id != NULL && call->id.len == 0)
        op_buf_adds(&call->id, id);
    if (call->id.cut) /* another is made for it */
        op_buf_trunc(&call->id, 0);
    if (name != NULL && !op_str_eq(op_buf_str(&call->name), name) && call->args.len == 0) /* some repeat it */
        op_buf_adds(&call->name, name);
    if (args != NULL)
        op_buf_adds(&call->args, args);
    const struct op_json *extra = op_json_get(piece, "extra_content");
    if (op_json_is_object(extra) && call->extra.len == 0) {
        OP_AUTO_FREE char *text = op_json_print(extra, false);
        call->extra.max = OP_CHAT_ARGS;
        op_buf_adds(&call->extra, text);
    }
    if (call->args.cut || call->extra.cut || call->name.cut)
        return too_much(err, "a tool call of more than 128 KiB");
    return true;
}

static bool add_calls(struct op_chat_reply *r, const struct op_json *message, struct op_err *err)
{
    const struct op_json *calls = op_json_get(message, "tool_calls");
    OP_JSON_EACH(piece, op_json_is_array(calls) ? calls : NULL)
        if (op_json_is_object(piece) && !add_piece(r, piece, err))
            return false;
    return true;
}

/* Gemini's endpoint wraps its errors in a list. */
static const struct op_json *unwrapped(const struct op_json *j)
{
    return op_json_is_array(j) ? op_json_first(j) : j;
}

const char *op_chat_error_text(const struct op_json *j)
{
    j = unwrapped(j);
    static const char *const places[] = { "error.message", "error", "message", "detail", "msg" };
    for (size_t i = 0; i < OP_LEN(places); i++)
        if (!op_str_empty(op_json_str(j, places[i])))
            return op_json_str(j, places[i]);
    const struct op_json *first = op_json_first(op_json_get(j, "detail")); /* FastAPI: detail: [{msg: …}] */
    return op_json_str(first, "msg");
}

static bool take(struct op_chat_reply *r, const char *data, size_t n, const char *member, struct op_err *err)
{
    OP_AUTO_JSON *document = op_json_parse(data, n, OP_JSON_LOOSE, err);
    const struct op_json *j = unwrapped(document);
    if (document == NULL)
        return op_fail_ctx(err, "the model's reply is broken");
    const struct op_json *error = op_json_get(j, "error");
    bool none = op_json_is_null(error) || op_str_eq(op_json_text(error), "");
    bool yes = true;
    none = none || (op_json_bool(error, &yes) && !yes); /* "error": false */
    if (!none || op_str_eq(op_json_str(j, "object"), "error")) {
        const char *words = op_chat_error_text(j);
        r->reported = true;
        return op_fail(err, OP_NETWORK, 0, "the endpoint reports an error: %.300s", words != NULL ? words : "no words");
    }
    r->tokens_in = op_json_int_or(j, "usage.prompt_tokens", r->tokens_in);
    r->tokens_out = op_json_int_or(j, "usage.completion_tokens", r->tokens_out);
    const struct op_json *choice = op_json_first(op_json_get(j, "choices")); /* the last event of a stream has none */
    if (op_json_int_or(choice, "index", 0) != 0)
        return true;
    const struct op_json *message = op_json_get(choice, member);
    const char *finish = op_json_str(choice, "finish_reason");
    if (!op_str_empty(finish))
        (void)snprintf(r->finish, sizeof(r->finish), "%s", finish);
    static const char *const thoughts[] = { "reasoning_content", "reasoning" };
    for (size_t i = 0; i < OP_LEN(thoughts); i++) {
        const char *text = op_json_str(message, thoughts[i]);
        if (text != NULL)
            (void)add_thought(r, text, strlen(text));
    }
    return add_content(r, op_json_get(message, "content"), err) &&
           add_content(r, op_json_get(message, "refusal"), err) && add_calls(r, message, err);
}

bool op_chat_reply_event(struct op_chat_reply *r, const char *data, size_t n, struct op_err *err)
{
    while (n > 0 && strchr(" \t\r\n", data[n - 1]) != NULL)
        n--;
    for (; n > 0 && strchr(" \t", *data) != NULL; n--)
        data++;
    if (n == 0 || r->done) /* what comes after the end is no part of the reply */
        return true;
    if (n == 6 && strncasecmp(data, "[DONE]", 6) == 0) {
        r->done = true;
        return true;
    }
    return take(r, data, n, "delta", err);
}

bool op_chat_reply_whole(struct op_chat_reply *r, const char *data, size_t n, struct op_err *err)
{
    while (n > 0 && strchr(" \t\r\n", data[n - 1]) != NULL)
        n--;
    r->done = take(r, data, n, "message", err);
    return r->done;
}

bool op_chat_reply_complete(const struct op_chat_reply *r)
{
    return r->done || r->finish[0] != '\0';
}

void op_chat_reply_free(struct op_chat_reply *r)
{
    for (size_t i = 0; i < r->n_calls; i++) {
        op_buf_free(&r->calls[i].id);
        op_buf_free(&r->calls[i].name);
        op_buf_free(&r->calls[i].args);
        op_buf_free(&r->calls[i].extra);
    }
    free(r->calls);
    op_buf_free(&r->text);
    op_buf_free(&r->thought);
    op_buf_free(&r->lead);
    *r = (struct op_chat_reply){ 0 };
}
