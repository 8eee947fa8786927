/* One reply of a chat-completions endpoint, put together from streamed pieces or read whole. */
#ifndef OPSH_PLAN_MODEL_REPLY_H
#define OPSH_PLAN_MODEL_REPLY_H

#include "opsh/base/buf.h"

#include <stdint.h>

#define OP_CHAT_CALLS 32                       /* tool calls of one reply */
#define OP_CHAT_ARGS ((size_t)128 << 10)       /* bytes of one call's arguments */
#define OP_CHAT_ID ((size_t)4 << 10)           /* bytes of a call's id */
#define OP_CHAT_TEXT ((size_t)1 << 20)         /* bytes of text */

struct op_chat_call {
    int64_t index; /* as the endpoint numbers it, or -1 */
    struct op_buf id, name, args;
    struct op_buf extra; /* extra_content as JSON: Gemini's endpoint wants its signatures back; "" where there is none */
};

struct op_chat_reply { /* zero-initialise, set sink */
    struct op_buf text;
    struct op_buf thought; /* what a reasoning model says to itself; no part of the text */
    struct op_buf lead;    /* text of which is not known yet whether it is a thought */
    enum { OP_THINK_UNKNOWN, OP_THINK_INSIDE, OP_THINK_AFTER, OP_THINK_OVER } think;
    struct op_chat_call *calls;
    size_t n_calls;
    char finish[24];  /* finish_reason, "" until it came */
    bool done;        /* [DONE] came, or the reply was read whole */
    bool reported;    /* the endpoint reported an error instead of going on */
    int64_t tokens_in, tokens_out; /* 0: not said */
    void (*on_text)(void *ctx); /* text has grown; may be NULL */
    void (*on_thought)(void *ctx, const char *bytes, size_t n); /* may be NULL */
    void *ctx;
};

/* One event's data. Errors: OP_NETWORK (not JSON, or the endpoint reports an error: its words), OP_LIMIT. */
bool op_chat_reply_event(struct op_chat_reply *r, const char *data, size_t n, struct op_err *err) OP_CHECKED;
/* A reply that was not streamed. Same errors. */
bool op_chat_reply_whole(struct op_chat_reply *r, const char *data, size_t n, struct op_err *err) OP_CHECKED;

/* Nothing more will come: what was held back while it might have been a <think> tag becomes text. */
bool op_chat_reply_flush(struct op_chat_reply *r, struct op_err *err) OP_CHECKED;

/* Did it come to its end? What did not is never acted upon. */
bool op_chat_reply_complete(const struct op_chat_reply *r);
void op_chat_reply_free(struct op_chat_reply *r);

/* What an error document says: error.message, error, message, detail; borrowed from j, or NULL. */
struct op_json;
const char *op_chat_error_text(const struct op_json *j);

#endif
