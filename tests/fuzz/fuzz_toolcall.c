/* A whole reply, as bytes of an event stream, down to steps and the conversation: whatever comes, each call is
 * answered, what goes back is valid JSON, and an argument vector never holds what a tool's schema forbids. */
#include "fuzz.h"

#include "opsh/base/str.h"
#include "opsh/data/sse.h"
#include "plan/model/model.h"
#include "plan/model/written.h"

static bool on_event(void *ctx, const char *data, size_t n, struct op_err *err)
{
    return op_chat_reply_event(ctx, data, n, err);
}

static void check_conversation(struct op_model *m, size_t n_calls)
{
    OP_AUTO_FREE char *body = op_chat_request(m, SIZE_MAX, NULL);
    OP_AUTO_JSON *j = body != NULL ? op_json_parse(body, strlen(body), OP_JSON_UNIQUE, NULL) : NULL;
    size_t calls = 0, answers = 0;
    OP_JSON_EACH(message, op_json_get(j, "messages")) {
        calls += op_json_size(op_json_get(message, "tool_calls"));
        answers += op_str_eq(op_json_str(message, "role"), "tool");
        OP_JSON_EACH(call, op_json_get(message, "tool_calls")) {
            const char *args = op_json_str(call, "function.arguments");
            OP_AUTO_JSON *object = args != NULL ? op_json_parse(args, strlen(args), OP_JSON_UNIQUE, NULL) : NULL;
            if (!op_json_is_object(object) || op_str_empty(op_json_str(call, "id")))
                abort();
        }
    }
    if (j == NULL || calls != n_calls || answers != n_calls)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct op_catalog cat;
    if (cat.n_tools == 0 && !op_catalog_load(NULL, &cat, NULL))
        abort();
    OP_AUTO(op_chat_reply_free) struct op_chat_reply reply = { 0 };
    OP_AUTO_SSE sse = { 0 };
    bool ok = op_sse_feed(&sse, (const char *)data, size, on_event, &reply, NULL) &&
              op_sse_end(&sse, on_event, &reply, NULL);
    if (ok && reply.n_calls == 0)
        (void)op_written_take(&cat, &reply);
    if (!ok || !op_chat_reply_complete(&reply) || reply.n_calls == 0)
        return 0;
    struct op_model m = { .cat = &cat, .model = (char *)(uintptr_t) "m", .max_steps = 20, .context_bytes = 1 << 24,
                          .tools = op_json_array() }; /* none are offered: describing them is not what is tried here */
    struct op_move move = { 0 };
    (void)op_convo_add(&m.convo, OP_ROLE_USER, "do it");
    op_chat_take_calls(&m, &reply, &move);
    if (move.n > (size_t)m.max_steps || m.n_slots != reply.n_calls)
        abort();
    op_chat_settle(&m, NULL, 0);
    check_conversation(&m, reply.n_calls);
    op_move_free(&move);
    op_json_free(m.tools);
    op_found_free(&m.found);
    op_strv_free(&m.made);
    op_convo_clear(&m.convo);
    return 0;
}
