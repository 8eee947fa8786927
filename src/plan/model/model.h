/* The model planner's insides, shared by its files. */
#ifndef OPSH_PLAN_MODEL_MODEL_H
#define OPSH_PLAN_MODEL_MODEL_H

#include "opsh/net/http.h"
#include "opsh/plan/model.h"

#include "convo.h"
#include "reply.h"
#include "tools.h"

/* Parameters that not every endpoint takes; what one refused is not sent to it again. */
enum op_chat_param { OP_PARAM_STREAM_OPTIONS = 1, OP_PARAM_STREAM = 2, OP_PARAM_TOOLS = 4, OP_PARAM_SYSTEM = 8 };

struct op_slot { /* one tool call of the last reply and what became of it */
    char *id;
    char *answer; /* known already (it will not run), or NULL: a step that waits for its observation */
    bool good;    /* the answer is what was asked for, not what is wrong with the call */
};

struct op_model_use {
    char *model;
    struct op_model_usage usage;
};

struct op_model {
    const struct op_catalog *cat;
    char *url, *host, *model, *key, *prompt, *ca_file;
    int64_t silence_ms, connect_ms;
    int max_steps;
    struct op_model_sink sink;
    struct op_model_guard guard;
    char tag[20];              /* of the fences around what came from outside; random, one per conversation's planner */
    struct op_buf sent;        /* the last body, as it was sent */
    struct op_http *http;      /* made with the first request */
    struct op_json *tools;     /* as sent; NULL: to be made */
    struct op_found found;     /* of this conversation */
    size_t whole_bytes;        /* the context as configured: four bytes for each token */
    size_t context_bytes;      /* the context: four bytes for each token of it */
    bool limit_told;           /* it comes from what the endpoint took and did not take */
    size_t fixed_bytes;        /* of the last request: instructions and tools */
    unsigned quarter_bytes;    /* quarters of a byte that a token of this conversation has; 0: not known */
    unsigned dropped;          /* op_chat_param bits */
    bool send_thoughts;        /* the endpoint wants the thoughts of this turn's calls back (DeepSeek) */
    struct op_model_use *uses; /* n_uses of them, one for each model that was asked */
    size_t n_uses, cap_uses;
    int64_t last_tokens_in;
    unsigned made_ids;
    struct op_convo convo;
    char *preamble; /* the system prompt of this turn */
    struct op_planner flow; /* workflows, made with the first that is asked for */
    /* of this turn */
    const struct op_scene *scene;
    bool flowing, flow_chosen; /* a workflow makes the moves; the model chose values of it */
    int steps, bad_replies;
    bool told_limit;
    bool said;           /* words were shown since the last move */
    struct op_strv made; /* "name arguments" of each call that became a step */
    struct op_slot *slots;
    size_t n_slots;
};

enum { OP_CHAT_BAD_REPLIES = 3 }; /* replies in a row whose calls are all wrong */

/* request.c */
char *op_chat_system(const char *prompt,
                     const struct op_scene *scene); /* {context}, {namespace} and {cluster} put in; owned */
/* The body, owned, of at most `most` bytes. NULL: what cannot be left out does not fit (OP_LIMIT). */
char *op_chat_request(struct op_model *m, size_t most, struct op_err *err);
size_t op_chat_limit(const struct op_model *m);           /* bytes that a body may hold */
void op_chat_counted(struct op_model *m, int64_t tokens); /* so many were in the last request, says the endpoint */
/* The endpoint says that a request is too long for it, and perhaps how much of it is not (op_chat_share_taken): makes
 * the next one shorter for good; false: there is nothing left to give up. */
bool op_chat_shrink(struct op_model *m, unsigned hundredths);
void op_chat_set_context(struct op_model *m, size_t bytes);
/* A refusal that names a parameter which can be left out: leaves it out from now on and returns true. */
bool op_chat_drop_param(struct op_model *m, int status, const char *words);

/* exchange.c: one request, tried again where that is safe, until its reply. What arrived before a failure
 * stays in reply. Errors say host, cause and what to do, never the key. */
bool op_chat_exchange(struct op_model *m, struct op_chat_reply *reply, struct op_err *err) OP_CHECKED;

/* calls.c: add the reply to the conversation, its calls to the slots, and those that can run to move. */
void op_chat_take_calls(struct op_model *m, const struct op_chat_reply *reply, struct op_move *move);
/* Answer every call of the last reply in the conversation, by its observation where there is one. */
void op_chat_settle(struct op_model *m, const struct op_observation *obs, size_t n);

/* flow.c: run_workflow. NULL: it goes; else what is wrong with the call (owned). */
char *op_flow_call(struct op_model *m, const struct op_json *args, bool alone);
/* Its next move; false without err: it is over, and its call is answered. */
bool op_flow_next(struct op_model *m, const struct op_observation *obs, size_t n, struct op_move *move,
                  struct op_err *err) OP_CHECKED;
void op_flow_stop(struct op_model *m);

/* observe.c: what the model is told of a step's outcome, and (*brief) that without the output. Both owned. */
char *op_chat_observation(const struct op_model *m, const struct op_observation *obs, char **brief);
void op_chat_make_tag(struct op_model *m);
char *op_chat_boundary(const struct op_model *m); /* what the model is told of the fences and placeholders; owned */

#endif
