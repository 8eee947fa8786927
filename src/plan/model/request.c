/* What is sent: the system prompt with the turn's facts, the conversation, the tools. */
#include "model.h"

#include "opsh/base/str.h"

char *op_chat_system(const char *prompt, const struct op_scene *scene)
{
    const struct {
        const char *mark, *value;
    } facts[] = {
        { "{context}", scene->context != NULL ? scene->context : "(none: no cluster is configured)" },
        { "{namespace}", scene->ns },
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

char *op_chat_request(const struct op_model *m)
{
    OP_AUTO_JSON *body = op_json_object();
    op_json_set_str(body, "model", m->model);
    op_json_set(body, "messages", op_convo_json(&m->convo, m->preamble != NULL ? m->preamble : ""));
    if (op_json_size(m->tools) != 0) /* an empty list is refused by some */
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
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        bool before = at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '_');
        bool after = isalnum((unsigned char)at[n]) || at[n] == '_';
        if (!before && !after)
            return true;
    }
    return false;
}

bool op_chat_drop_param(struct op_model *m, const char *words)
{
    static const struct {
        const char *name;
        enum op_chat_param bit;
    } optional[] = {
        { "stream_options", OP_PARAM_STREAM_OPTIONS },
        { "include_usage", OP_PARAM_STREAM_OPTIONS },
        { "stream", OP_PARAM_STREAM },
        { "streaming", OP_PARAM_STREAM },
    };
    for (size_t i = 0; i < OP_LEN(optional); i++)
        if ((m->dropped & optional[i].bit) == 0 && names_word(words, optional[i].name)) {
            m->dropped |= optional[i].bit;
            return true;
        }
    return false;
}
