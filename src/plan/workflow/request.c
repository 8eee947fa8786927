/* Owns the short way to ask for a workflow: the words that it says it is asked by, one of its calls ("deploy",
 * "teardown todo"), or "workflow NAME", and behind it nothing but VALUE=TEXT. What is said in any other way is for a
 * planner that understands people. */
#include "workflow.h"

#include "opsh/base/str.h"

static void words_of(const char *text, struct op_strv *words)
{
    static const char space[] = " \t\r\n";
    for (text += strspn(text, space); *text != '\0'; text += strspn(text, space)) {
        size_t n = strcspn(text, space), end = text[n] == '\0' && strchr(".!", text[n - 1]) != NULL ? n - 1 : n;
        if (end > 0)
            op_strv_take(words, op_strndup(text, end));
        text += n;
    }
}

static bool is_pair(const char *word)
{
    size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n != 0 && word[n] == '=';
}

/* How many leading words this call takes; 0: it was not said. */
static size_t called(const char *call, const struct op_strv *words)
{
    OP_AUTO_STRV said = OP_STRV_INIT;
    words_of(call, &said);
    for (size_t i = 0; i < said.n; i++)
        if (i >= words->n || !op_str_ieq(said.v[i], words->v[i]))
            return 0;
    return said.n;
}

static size_t called_any(const struct op_node *calls, const struct op_strv *words)
{
    size_t most = 0;
    for (const struct op_node *c = op_node_first(calls); c != NULL; c = op_node_next(c)) {
        size_t n = op_node_text(c) != NULL ? called(op_node_text(c), words) : 0;
        most = n > most ? n : most;
    }
    return most;
}

char *op_workflow_called(const struct op_catalog *cat, const char *text)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    words_of(text, &words);
    size_t most = words.n > 1 && op_str_ieq(words.v[0], "workflow") ? 2 : 0, i = 0;
    const char *name = most != 0 ? words.v[1] : NULL;
    for (const struct op_node *n; (n = op_catalog_section(cat, "workflow", &i, NULL)) != NULL;) {
        const char *say = op_node_text(op_node_get(n, "say"));
        size_t taken = called_any(op_node_get(n, "calls"), &words), said = say != NULL ? called(say, &words) : 0;
        taken = said > taken ? said : taken; /* what people are told to say works whoever plans */
        if (taken > most) {
            most = taken;
            name = op_node_text(op_node_get(n, "name"));
        }
    }
    for (size_t k = most; k < words.n; k++)
        if (!is_pair(words.v[k]))
            return NULL;
    if (name == NULL)
        return NULL;
    OP_AUTO_BUF request = OP_BUF_INIT;
    op_buf_adds(&request, name);
    for (size_t k = most; k < words.n; k++)
        op_buf_addf(&request, " %s", words.v[k]);
    return op_buf_steal(&request);
}

static struct op_json *typed(const struct op_node *schema, const char *text)
{
    const char *type = op_node_text(op_node_get(schema, "type"));
    int64_t number = 0;
    if (op_str_eq(type, "integer") && op_str_int(text, INT64_MIN / 2, INT64_MAX / 2, &number))
        return op_json_integer(number);
    if (op_str_eq(type, "boolean") && (op_str_eq(text, "true") || op_str_eq(text, "false")))
        return op_json_boolean(*text == 't');
    return op_json_string(text);
}

bool wf_request(const struct op_catalog *cat, const char *request, char **name, struct op_json **values,
                struct op_err *err)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    words_of(request, &words);
    if (words.n == 0)
        return op_fail(err, OP_USAGE, 0, "which workflow?");
    const struct op_node *properties = op_node_get(op_workflow_values(cat, words.v[0]), "properties");
    *name = op_strdup(words.v[0]);
    *values = op_json_object();
    for (size_t i = 1; i < words.n; i++) {
        const char *equals = strchr(words.v[i], '=');
        if (equals == NULL)
            return op_fail(err, OP_USAGE, 0, "\"%.60s\": a workflow takes VALUE=TEXT", words.v[i]);
        OP_AUTO_FREE char *key = op_strndup(words.v[i], (size_t)(equals - words.v[i]));
        op_json_set(*values, key, typed(op_node_get(properties, key), equals + 1));
    }
    return true;
}
