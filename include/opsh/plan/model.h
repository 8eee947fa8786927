/* The model planner: a conversation with an OpenAI-compatible chat-completions endpoint, the
 * catalogue as its tools. Every tool call of a reply is answered, whatever became of it, so
 * that the conversation stays valid. */
#ifndef OPSH_PLAN_MODEL_H
#define OPSH_PLAN_MODEL_H

#include "opsh/catalog/catalog.h"
#include "opsh/plan/planner.h"

struct op_model_sink { /* where words go as they arrive; all may be NULL */
    void *self;
    void (*text)(void *self, const char *bytes, size_t n); /* raw, not yet cleaned */
    void (*thought)(void *self, const char *bytes, size_t n); /* what a reasoning model says to itself; raw */
    void (*waiting)(void *self, bool on);                  /* nothing comes (again every 100 ms) / words came */
    void (*notice)(void *self, const char *line);          /* "retrying in 2 s: …" */
};

/* What stands between the conversation and the wire: the session's redactor (gate/redact.h), which this room cannot
 * see. All may be NULL. */
struct op_model_guard {
    void *self;
    /* The last thing that happens to a request's body (JSON) before it is sent. false: it is not sent. */
    bool (*outbound)(void *self, struct op_buf *body, struct op_err *err);
    /* All that a step printed, before it is shortened for the model; appended to out. */
    void (*output)(void *self, const struct op_step *step, const char *text, struct op_buf *out);
    /* A call's arguments with the real values in place of placeholders. owned */
    struct op_json *(*restore)(void *self, const struct op_json *args);
};

struct op_model_options {
    const char *endpoint;  /* base URL, "https://api.openai.com/v1" */
    const char *model;     /* "gpt-4o-mini" */
    const char *key;       /* or NULL: the endpoint needs none */
    const char *prompt;    /* system prompt, or NULL: the built-in one */
    const char *ca_file;   /* or NULL */
    int64_t silence_ms;    /* give up after so long without a byte */
    int64_t connect_ms;
    int max_steps;         /* tool calls per request */
    int64_t context_tokens; /* what a request may hold, about; 0: 32000 */
    struct op_model_sink sink;
    struct op_model_guard guard; /* what it points to is borrowed for the planner's life */
};

/* Options are copied; the catalogue is borrowed. Errors: OP_CONFIG (bad URL, http to another machine). */
bool op_model_new(const struct op_catalog *cat, const struct op_model_options *o, struct op_planner *planner,
                  struct op_err *err) OP_CHECKED;

/* The body of the last request as it was sent (it never holds the key); NULL: none was. Borrowed until the next one. */
const char *op_model_sent(const struct op_planner *planner, size_t *n);

/* What the requests of this planner came to. Tokens as the endpoint counts them; 0 where it does not say. */
struct op_model_usage {
    int requests;
    int64_t tokens_in, tokens_out;
    int guessed;              /* requests where it does not say; what they came to, about: */
    int64_t guessed_in, guessed_out;
    int64_t last_tokens_in;   /* of the last request: how full the context is */
    int64_t context_tokens;   /* the budget */
};

/* The rest is for commands of the shell. All answer false or NULL for a planner of another kind. */
bool op_model_usage(const struct op_planner *planner, struct op_model_usage *usage); /* of all models together */
/* Of each model that was asked: i from 0, false when there are no more. *model is borrowed. */
bool op_model_usage_of(const struct op_planner *planner, size_t i, const char **model, struct op_model_usage *usage);
bool op_model_set(struct op_planner *planner, const char *model); /* another model, the same conversation */
/* Names of the endpoint's models, sorted, appended. Errors: as of a request. */
bool op_model_list(struct op_planner *planner, struct op_strv *names, struct op_err *err) OP_CHECKED;
/* Takes the last request back, so that it can be made again: its words (owned), or NULL when there is none. What was run
 * for it stays in the conversation. */
char *op_model_retry(struct op_planner *planner);

/* Is this endpoint on this machine (then it needs no key)? */
bool op_model_endpoint_is_local(const char *endpoint);

#endif
