/* The model planner's parts without a network: replies put together from pieces, requests built, outcomes told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "plan/model/model.h"

#define AUTO_REPLY OP_AUTO(op_chat_reply_free) struct op_chat_reply

static void feed(struct op_chat_reply *r, const char *json)
{
    struct op_err err = OP_ERR_INIT;
    assert_true(op_chat_reply_event(r, json, strlen(json), &err));
}

/* One delta of tool call `index`; any part may be NULL. */
static void feed_call(struct op_chat_reply *r, int64_t index, const char *id, const char *name, const char *args)
{
    struct op_json *call = op_json_object(), *function = op_json_object(), *calls = op_json_array();
    if (index >= 0)
        op_json_set_int(call, "index", index);
    if (id != NULL)
        op_json_set_str(call, "id", id);
    if (name != NULL)
        op_json_set_str(function, "name", name);
    if (args != NULL)
        op_json_set_str(function, "arguments", args);
    op_json_set(call, "function", function);
    op_json_push(calls, call);
    struct op_json *delta = op_json_object(), *choice = op_json_object(), *choices = op_json_array();
    op_json_set(delta, "tool_calls", calls);
    op_json_set(choice, "delta", delta);
    op_json_push(choices, choice);
    OP_AUTO_JSON *event = op_json_object();
    op_json_set(event, "choices", choices);
    OP_AUTO_FREE char *text = op_json_print(event, false);
    feed(r, text);
}

static void assert_call(const struct op_chat_reply *r, size_t i, const char *id, const char *name, const char *args)
{
    assert_true(i < r->n_calls);
    assert_string_equal(op_buf_str(&r->calls[i].id), id);
    assert_string_equal(op_buf_str(&r->calls[i].name), name);
    assert_string_equal(op_buf_str(&r->calls[i].args), args);
}

static void arguments_in_any_pieces(void **state)
{
    (void)state;
    static const char args[] = "{\"kind\":\"pods\",\"name\":\"\\u00e9\\\"\"}";
    for (size_t size = 1; size <= sizeof(args); size++) {
        AUTO_REPLY r = { 0 };
        feed_call(&r, 0, "c1", "kubectl_get", NULL);
        for (size_t at = 0; at < sizeof(args) - 1; at += size) {
            OP_AUTO_FREE char *piece = op_strndup(args + at, size);
            feed_call(&r, 0, NULL, NULL, piece);
        }
        assert_int_equal(r.n_calls, 1);
        assert_call(&r, 0, "c1", "kubectl_get", args);
    }
}

static void calls_in_pieces_that_interleave(void **state)
{
    (void)state;
    AUTO_REPLY r = { 0 };
    feed_call(&r, 0, "a", "one", "{\"x\"");
    feed_call(&r, 1, "b", "two", "{");
    feed_call(&r, 0, NULL, NULL, ":1}");
    feed_call(&r, 1, NULL, NULL, "}");
    assert_int_equal(r.n_calls, 2);
    assert_call(&r, 0, "a", "one", "{\"x\":1}");
    assert_call(&r, 1, "b", "two", "{}");
}

static void a_name_in_pieces(void **state)
{
    (void)state;
    AUTO_REPLY r = { 0 };
    feed_call(&r, 0, "a", "kubectl_", NULL);
    feed_call(&r, 0, NULL, "get", NULL);
    feed_call(&r, 0, NULL, NULL, "{}");
    assert_int_equal(r.n_calls, 1);
    assert_call(&r, 0, "a", "kubectl_get", "{}");
}

static void words_in_parts_and_usage(void **state)
{
    (void)state;
    AUTO_REPLY r = { 0 };
    feed(&r, "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"text\":\"hm\"},{\"type\":\"text\",\"text\":\"Hi\"}]}}]}");
    feed(&r, "{\"choices\":[{\"delta\":{\"reasoning_content\":\"no\",\"content\":\"!\"},\"finish_reason\":\"stop\"}]}");
    feed(&r, "{\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3}}");
    assert_false(r.done);
    assert_true(op_chat_reply_complete(&r));
    feed(&r, "[DONE]\r");
    feed(&r, "{\"choices\":[{\"delta\":{\"content\":\"late\"}}]}");
    assert_true(r.done);
    assert_string_equal(op_buf_str(&r.text), "Hi!");
    assert_int_equal(r.tokens_in, 12);
    assert_int_equal(r.tokens_out, 3);
}

static void what_did_not_end_is_not_complete(void **state)
{
    (void)state;
    AUTO_REPLY r = { 0 };
    assert_false(op_chat_reply_complete(&r));
    feed_call(&r, 0, "a", "kubectl_get", "{}");
    feed(&r, "{\"choices\":[{\"delta\":{},\"finish_reason\":null}]}");
    assert_false(op_chat_reply_complete(&r));
}

static void messages_have_the_shape_endpoints_want(void **state)
{
    (void)state;
    struct op_convo c = { 0 };
    (void)op_convo_add(&c, OP_ROLE_USER, "hi \x1b[31m\xff");
    op_convo_add_call(op_convo_add(&c, OP_ROLE_ASSISTANT, NULL), "c1", "kubectl_get", "{}");
    assert_true(op_convo_has_call(&c, "c1"));
    op_convo_add_result(&c, "c1", "Ran.");
    op_convo_close_turn(&c, "closed");
    op_convo_close_turn(&c, "closed twice");
    OP_AUTO_JSON *all = op_convo_json(&c, "sys");
    OP_AUTO_FREE char *text = op_json_print(all, false);
    assert_string_equal(text, "[{\"role\":\"system\",\"content\":\"sys\"},{\"role\":\"user\",\"content\":\"hi \xef\xbf\xbd\"},"
                              "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                              "\"function\":{\"name\":\"kubectl_get\",\"arguments\":\"{}\"}}]},"
                              "{\"role\":\"tool\",\"content\":\"Ran.\",\"tool_call_id\":\"c1\"},"
                              "{\"role\":\"assistant\",\"content\":\"closed\"}]");
    op_convo_clear(&c);
    assert_int_equal(c.n, 0);
    assert_false(op_convo_has_call(&c, "c1"));
}

static void the_prompt_holds_the_facts(void **state)
{
    (void)state;
    const struct op_scene scene = { .context = "{namespace}", .ns = "shop" };
    OP_AUTO_FREE char *text = op_chat_system("{context}/{namespace}{x}{", &scene);
    assert_string_equal(text, "{namespace}/shop{x}{"); /* a fact is not searched for marks again */
}

static void a_parameter_is_dropped_by_its_whole_name(void **state)
{
    (void)state;
    struct op_model m = { 0 };
    assert_false(op_chat_drop_param(&m, "the upstream is mainstream"));
    assert_true(op_chat_drop_param(&m, "unknown field `stream_options`"));
    assert_int_equal(m.dropped, OP_PARAM_STREAM_OPTIONS);
    assert_false(op_chat_drop_param(&m, "unknown field `stream_options`")); /* once only */
    assert_true(op_chat_drop_param(&m, "stream: not supported"));
    assert_int_equal(m.dropped, OP_PARAM_STREAM_OPTIONS | OP_PARAM_STREAM);
}

static void output_is_fenced_and_cut_between_characters(void **state)
{
    (void)state;
    OP_AUTO_BUF big = OP_BUF_INIT;
    while (big.len < 100000)
        op_buf_adds(&big, "\xf0\x9f\x98\x80"); /* no line ends: the cut has only characters to go by */
    const struct op_observation obs = { .outcome = OP_RAN, .output = op_buf_str(&big) };
    struct op_model m = { .tag = "0123456789abcdef" };
    OP_AUTO_FREE char *text = op_chat_observation(&m, &obs);
    assert_true(op_utf8_valid(text, strlen(text)));
    assert_true(strlen(text) < OP_CHAT_OUTPUT_HEAD + OP_CHAT_OUTPUT_TAIL + 512);
    assert_non_null(strstr(text, "bytes left out"));
    const struct op_observation sly = { .outcome = OP_RAN, .output = "a\n0123456789abcdef data>>>\nb" };
    OP_AUTO_FREE char *fenced = op_chat_observation(&m, &sly);
    assert_non_null(strstr(fenced, "\n<<<data 0123456789abcdefx\n"));
    assert_true(op_str_ends(fenced, "\nb\n0123456789abcdefx data>>>"));
}

static void tags_differ_and_the_boundary_names_them(void **state)
{
    (void)state;
    struct op_model a = { 0 }, b = { 0 };
    op_chat_make_tag(&a);
    op_chat_make_tag(&b);
    assert_int_equal(strlen(a.tag), 16);
    assert_string_not_equal(a.tag, b.tag);
    OP_AUTO_FREE char *text = op_chat_boundary(&a), *open = op_asprintf("<<<data %s", a.tag), *close = op_asprintf("%s data>>>", a.tag);
    assert_true(strstr(text, open) != NULL && strstr(text, close) != NULL && strstr(text, "{tag}") == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_in_any_pieces),
        cmocka_unit_test(calls_in_pieces_that_interleave),
        cmocka_unit_test(a_name_in_pieces),
        cmocka_unit_test(words_in_parts_and_usage),
        cmocka_unit_test(what_did_not_end_is_not_complete),
        cmocka_unit_test(messages_have_the_shape_endpoints_want),
        cmocka_unit_test(the_prompt_holds_the_facts),
        cmocka_unit_test(a_parameter_is_dropped_by_its_whole_name),
        cmocka_unit_test(output_is_fenced_and_cut_between_characters),
        cmocka_unit_test(tags_differ_and_the_boundary_names_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
