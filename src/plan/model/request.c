/* What is sent: the system prompt with the turn's facts, the conversation, the tools. */
#include "model.h"

#include "opsh/base/str.h"
#include "opsh/catalog/embedded.h"

#include "budget.h"

char *op_chat_system(const char *prompt, const struct op_scene *scene)
{
    OP_AUTO_FREE char *cluster = scene->facts != NULL ? scene->facts(scene->self) : NULL;
    const struct {
        const char *mark, *value;
    } facts[] = {
        { "{context}", scene->context != NULL ? scene->context : "(none: no cluster is configured)" },
        { "{namespace}", scene->ns },
        { "{cluster}", cluster != NULL ? cluster : "" },
    };
    OP_AUTO_BUF out = OP_BUF_INIT;
    while (*prompt != '\0') {
        size_t i = 0;
        while (i < OP_LEN(facts) && !op_str_starts(prompt, facts[i].mark))
            i++;
        if (i < OP_LEN(facts)) {
            op_buf_adds(&out, facts[i].value);
            prompt += strlen(facts[i].mark);
        } else {
            op_buf_addc(&out, *prompt++);
        }
    }
    return op_buf_steal(&out);
}

/* What a request may hold at most, in bytes: an eighth of the context is left for the answer. A token is about four
 * bytes until the endpoint has counted some and it turns out to be fewer; but some words always go with the
 * instructions. */
size_t op_chat_limit(const struct op_model *m)
{
    enum { WORDS_LEAST = 2048, USUAL = 16 };
    const size_t usual = m->context_bytes - m->context_bytes / 8;
    if (m->quarter_bytes == 0 || m->limit_told)
        return usual;
    size_t counted = usual / USUAL * m->quarter_bytes, least = m->fixed_bytes + WORDS_LEAST;
    if (counted < least)
        counted = least;
    return counted < usual ? counted : usual;
}

void op_chat_counted(struct op_model *m, int64_t tokens)
{
    enum { LEAST = 8, USUAL = 16 }; /* quarters of a byte */
    size_t quarters = tokens > 0 ? m->sent.len * 4 / (size_t)tokens : USUAL;
    m->quarter_bytes = (unsigned)(quarters < LEAST ? LEAST : quarters > USUAL ? USUAL : quarters);
}

/* What the tools may take of the room: half of what the instructions leave, for they are worth nothing without a
 * conversation. In steps, so that a longer name of a namespace changes nothing. */
static size_t tools_share(const struct op_model *m)
{
    enum { STEP = 1024 };
    size_t whole = m->context_bytes - m->context_bytes / 8, own = op_budget_text(m->preamble) / STEP * STEP + STEP;
    return whole > own ? (whole - own) / 2 : 0;
}

static char *preamble(struct op_model *m)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_adds(&out, m->preamble != NULL ? m->preamble : "");
    const char *how = (m->dropped & OP_PARAM_TOOLS) != 0 ? op_embedded_text("prompts/tools.md") : NULL;
    const char *mark = how != NULL ? strstr(how, "{tools}") : NULL;
    if (mark != NULL) {
        OP_AUTO_FREE char *lines = op_tools_text(m->cat, tools_share(m));
        op_buf_adds(&out, "\n\n");
        op_buf_add(&out, how, (size_t)(mark - how));
        op_buf_adds(&out, lines);
    }
    return op_buf_steal(&out);
}

/* Bytes for the conversation: what the preamble and the tools leave. */
static size_t room(struct op_model *m, const char *preamble_text, size_t most)
{
    enum { AROUND = 256 }; /* the other members */
    OP_AUTO_FREE char *tools = (m->dropped & OP_PARAM_TOOLS) == 0 ? op_json_print(m->tools, false) : op_strdup("");
    m->fixed_bytes = op_budget_text(preamble_text) + strlen(tools) + op_budget_text(m->model) + AROUND;
    return m->fixed_bytes < most ? most - m->fixed_bytes : 0;
}

static bool too_much(const struct op_model *m, size_t bytes, struct op_err *err)
{
    size_t words = 0;
    for (size_t i = m->convo.n; i > 0 && words == 0; i--)
        if (m->convo.items[i - 1].role == OP_ROLE_USER)
            words = op_budget_text(m->convo.items[i - 1].text);
    if (words > bytes && bytes > 1024)
        return op_fail(err, OP_LIMIT, 0,
                       "your words alone are about %zu tokens, and there is room for %zu: say it in fewer, or "
                       "raise context_tokens where the model takes more",
                       words / 4, bytes / 4);
    return op_fail(err, OP_LIMIT, 0,
                   "what opsh has to tell the model does not fit into %zu tokens: raise context_tokens where "
                   "the model takes more, or say it in fewer words",
                   m->context_bytes / 4);
}

void op_chat_set_context(struct op_model *m, size_t bytes)
{
    if (m->context_bytes == bytes)
        return;
    m->context_bytes = bytes;
    op_json_free(m->tools); /* their share is another */
    m->tools = NULL;
}

bool op_chat_shrink(struct op_model *m, unsigned hundredths)
{
    enum { LEAST = 8192, ONCE = 75, SPARE = 5 };
    size_t before = m->sent.len;
    size_t known = before < m->context_bytes ? before : m->context_bytes; /* the limit is below what was sent */
    size_t share = hundredths > ONCE + SPARE ? ONCE : hundredths > SPARE ? hundredths - SPARE : 1;
    size_t bytes = known / 100 * share;
    if (bytes < LEAST && known / 100 * ONCE < LEAST)
        return false;
    op_chat_set_context(m, bytes < LEAST ? LEAST : bytes);
    m->limit_told = true;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *body = op_chat_request(m, op_chat_limit(m), &err);
    return body != NULL && strlen(body) < before;
}

char *op_chat_request(struct op_model *m, size_t most, struct op_err *err)
{
    OP_AUTO_JSON *body = op_json_object();
    bool plain = (m->dropped & OP_PARAM_TOOLS) != 0;
    OP_AUTO_FREE char *first = preamble(m);
    if (m->tools == NULL)
        m->tools = op_tools_schema(m->cat, &m->found, tools_share(m));
    enum op_convo_form form = plain ? OP_CONVO_PLAIN : m->send_thoughts ? OP_CONVO_THOUGHTS : OP_CONVO_TOOLS;
    const size_t bytes = room(m, first, most);
    if (!op_budget_fit(&m->convo, bytes, form)) {
        (void)too_much(m, bytes, err);
        return NULL;
    }
    op_json_set_str(body, "model", m->model);
    op_json_set(body, "messages", op_convo_json(&m->convo, first, form, (m->dropped & OP_PARAM_SYSTEM) == 0));
    if (!plain && op_json_size(m->tools) != 0) /* an empty list is refused by some */
        op_json_set(body, "tools", op_json_dup(m->tools));
    bool stream = (m->dropped & OP_PARAM_STREAM) == 0;
    op_json_set_bool(body, "stream", stream);
    if (stream && (m->dropped & OP_PARAM_STREAM_OPTIONS) == 0) {
        op_json_set(body, "stream_options", op_json_object());
        op_json_set_bool(op_json_edit(body, "stream_options"), "include_usage", true);
    }
    return op_json_print(body, false);
}

static bool names_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = strcasestr(text, word); at != NULL; at = strcasestr(at + 1, word)) {
        bool before = at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '_');
        bool after = isalnum((unsigned char)at[n]) || at[n] == '_';
        if (!before && !after)
            return true;
    }
    return false;
}

bool op_chat_drop_param(struct op_model *m, int status, const char *words)
{
    static const struct {
        const char *name;
        enum op_chat_param bit;
    } optional[] = {
        { "stream_options", OP_PARAM_STREAM_OPTIONS },
        { "include_usage", OP_PARAM_STREAM_OPTIONS },
        { "stream", OP_PARAM_STREAM },
        { "streaming", OP_PARAM_STREAM },
        { "system role", OP_PARAM_SYSTEM }, /* templates of Gemma and others; o1's "does not support 'system'" */
        { "'system'", OP_PARAM_SYSTEM },
        { "role system", OP_PARAM_SYSTEM },
        { "system message", OP_PARAM_SYSTEM },
        { "system messages", OP_PARAM_SYSTEM },
        { "only user and assistant roles", OP_PARAM_SYSTEM },
        { "only user and assistant roles", OP_PARAM_TOOLS }, /* said again: it was not the system's words alone */
        { "tools", OP_PARAM_TOOLS },                         /* "… does not support tools", "unknown field tools" */
        { "tool", OP_PARAM_TOOLS }, /* "no endpoints support tool use", "\"auto\" tool choice requires …" */
        { "tool_choice", OP_PARAM_TOOLS },
        { "functions", OP_PARAM_TOOLS },
        { "function calling", OP_PARAM_TOOLS },
    };
    /* these are how some say that they have no tools or no system's words; what else they name is not a parameter */
    bool tools_only = status == 404 || status == 500;
    if (!tools_only && status != 400 && status != 422 && status != 501)
        return false;
    if (!m->send_thoughts && names_word(words, "reasoning_content")) {
        m->send_thoughts = true;
        return true;
    }
    for (size_t i = 0; i < OP_LEN(optional); i++)
        if ((m->dropped & optional[i].bit) == 0 && (!tools_only || optional[i].bit >= OP_PARAM_TOOLS) &&
            names_word(words, optional[i].name)) {
            m->dropped |= optional[i].bit;
            if (optional[i].bit == OP_PARAM_TOOLS && m->sink.notice != NULL)
                m->sink.notice(m->sink.self, "this endpoint takes no tools: they are described to the model in words");
            return true;
        }
    return false;
}
