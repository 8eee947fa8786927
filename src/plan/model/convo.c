/* Messages: adding, closing, and their JSON. Knows nothing of requests or tools. */
#include "convo.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

struct op_message *op_convo_add(struct op_convo *c, enum op_role role, const char *text)
{
    c->items = op_grow(c->items, c->n, &c->cap, sizeof(*c->items));
    struct op_message *m = &c->items[c->n++];
    *m = (struct op_message){ .role = role };
    if (text != NULL) {
        OP_AUTO_BUF clean = OP_BUF_INIT;
        op_text_clean(&clean, text, strlen(text));
        m->text = op_buf_steal(&clean);
    }
    return m;
}

struct op_call *op_convo_add_call(struct op_message *m, const char *id, const char *name, const char *args)
{
    m->calls = op_realloc(m->calls, m->n_calls + 1, sizeof(*m->calls));
    m->calls[m->n_calls++] = (struct op_call){ .id = op_strdup(id), .name = op_strdup(name), .args = op_strdup(args) };
    return &m->calls[m->n_calls - 1];
}

void op_convo_add_result(struct op_convo *c, const char *call_id, const char *text, const char *brief)
{
    struct op_message *m = op_convo_add(c, OP_ROLE_TOOL, text);
    m->call_id = op_strdup(call_id);
    m->brief = op_strdup(brief);
}

void op_convo_close_turn(struct op_convo *c, const char *note)
{
    if (c->n != 0 && c->items[c->n - 1].role != OP_ROLE_ASSISTANT)
        (void)op_convo_add(c, OP_ROLE_ASSISTANT, note);
}

void op_convo_drop_thoughts(struct op_convo *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->items[i].thought);
        c->items[i].thought = NULL;
    }
}

bool op_convo_has_call(const struct op_convo *c, const char *id)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->items[i].n_calls; k++)
            if (op_str_eq(c->items[i].calls[k].id, id))
                return true;
    return false;
}

static struct op_json *said(const char *role, const char *text)
{
    struct op_json *j = op_json_object();
    op_json_set_str(j, "role", role);
    op_json_set_str(j, "content", text);
    return j;
}

static struct op_json *call_json(const struct op_call *call)
{
    struct op_json *function = op_json_object();
    op_json_set_str(function, "name", call->name);
    op_json_set_str(function, "arguments", call->args);
    struct op_json *j = op_json_object();
    op_json_set_str(j, "id", call->id);
    op_json_set_str(j, "type", "function");
    op_json_set(j, "function", function);
    OP_AUTO_JSON *extra =
        call->extra != NULL ? op_json_parse(call->extra, strlen(call->extra), OP_JSON_LOOSE, NULL) : NULL;
    if (extra != NULL)
        op_json_set(j, "extra_content", op_steal(&extra));
    return j;
}

static struct op_json *message_json(const struct op_message *m, bool thoughts)
{
    static const char *const names[] = {
        [OP_ROLE_USER] = "user", [OP_ROLE_ASSISTANT] = "assistant", [OP_ROLE_TOOL] = "tool"
    };
    struct op_json *j = said(names[m->role], m->text);
    if (m->role == OP_ROLE_TOOL)
        op_json_set_str(j, "tool_call_id", m->call_id);
    if (thoughts && m->thought != NULL)
        op_json_set_str(j, "reasoning_content", m->thought);
    struct op_json *calls = m->n_calls != 0 ? op_json_array() : NULL;
    for (size_t k = 0; k < m->n_calls; k++)
        op_json_push(calls, call_json(&m->calls[k]));
    if (calls != NULL)
        op_json_set(j, "tool_calls", calls);
    return j;
}

static void add_plain_call(struct op_buf *out, const struct op_call *call)
{
    op_buf_addf(out, "%s<tool_call>\n{\"name\": \"%s\", \"arguments\": ", out->len != 0 ? "\n" : "", call->name);
    op_buf_adds(out, call->args);
    op_buf_adds(out, "}\n</tool_call>");
}

/* One assistant message with its calls as text, or all results that follow it as one of the user. Returns the index
 * of the next message. */
static size_t plain_json(const struct op_convo *c, size_t i, struct op_json *all)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    const struct op_message *m = &c->items[i];
    if (m->role != OP_ROLE_TOOL) {
        op_buf_adds(&text, m->text != NULL ? m->text : "");
        for (size_t k = 0; k < m->n_calls; k++)
            add_plain_call(&text, &m->calls[k]);
        op_json_push(all, said(m->role == OP_ROLE_USER ? "user" : "assistant", op_buf_str(&text)));
        return i + 1;
    }
    const struct op_message *caller = &c->items[i - 1];
    for (size_t k = 0; i < c->n && c->items[i].role == OP_ROLE_TOOL; i++, k++) {
        op_buf_addf(&text, "%sResult of %s: ", k != 0 ? "\n\n" : "",
                    k < caller->n_calls ? caller->calls[k].name : "a call");
        op_buf_adds(&text, c->items[i].text);
    }
    op_json_push(all, said("user", op_buf_str(&text)));
    return i;
}

struct op_json *op_convo_json(const struct op_convo *c, const char *preamble, enum op_convo_form form, bool apart)
{
    size_t turn = c->n; /* where this turn begins */
    while (turn > 0 && c->items[turn - 1].role != OP_ROLE_USER)
        turn--;
    struct op_json *all = op_json_array();
    OP_AUTO_BUF first = OP_BUF_INIT;
    op_buf_adds(&first, preamble);
    if (c->digest.len != 0)
        op_buf_addf(&first, "\n\nEarlier in this conversation, shortened:\n%s", op_buf_str(&c->digest));
    size_t from = 0;
    if (apart || c->n == 0) {
        op_json_push(all, said("system", op_buf_str(&first)));
    } else {
        op_buf_addf(&first, "\n\n%s", c->items[0].text);
        op_json_push(all, said("user", op_buf_str(&first)));
        from = 1;
    }
    for (size_t i = from; i < c->n;) {
        if (form == OP_CONVO_PLAIN) {
            i = plain_json(c, i, all);
        } else {
            op_json_push(all, message_json(&c->items[i], form == OP_CONVO_THOUGHTS && i >= turn));
            i++;
        }
    }
    return all;
}

static void free_message(struct op_message *m)
{
    for (size_t k = 0; k < m->n_calls; k++) {
        free(m->calls[k].id);
        free(m->calls[k].name);
        free(m->calls[k].args);
        free(m->calls[k].extra);
    }
    free(m->calls);
    free(m->text);
    free(m->thought);
    free(m->call_id);
    free(m->brief);
}

void op_convo_drop_first(struct op_convo *c, size_t n)
{
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        free_message(&c->items[i]);
    memmove(c->items, c->items + n, (c->n - n) * sizeof(*c->items));
    c->n -= n;
}

void op_convo_drop_last(struct op_convo *c, size_t n)
{
    while (n-- > 0)
        free_message(&c->items[--c->n]);
}

void op_convo_clear(struct op_convo *c)
{
    op_convo_drop_first(c, c->n);
    free(c->items);
    op_buf_free(&c->digest);
    *c = (struct op_convo){ 0 };
}
