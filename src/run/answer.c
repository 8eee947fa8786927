/* Reads what kubectl printed as JSON. With several objects some verbs print a List, others the objects one
 * after the other: both become the same here. */
#include "answer.h"

#include "opsh/base/str.h"

/* The end of the object that begins at text: behind the line that is "}" alone. */
static size_t object_end(const char *text, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (text[i] == '\n' && text[i + 1] == '}' && (i + 2 == n || text[i + 2] == '\n'))
            return i + 2;
    return n;
}

struct op_json *op_answer_parse(const char *text, size_t n)
{
    struct op_err err = OP_ERR_INIT;
    while (n != 0 && isspace((unsigned char)text[n - 1]))
        n--;
    if (n == 0)
        return NULL;
    size_t end = object_end(text, n);
    if (end == n)
        return op_json_parse(text, n, OP_JSON_LOOSE, &err);
    struct op_json *list = op_json_object(), *items = op_json_array();
    op_json_set_str(list, "kind", "List");
    while (n != 0) {
        struct op_json *one = op_json_parse(text, end, OP_JSON_LOOSE, &err);
        if (one == NULL)
            break;
        op_json_push(items, one);
        text += end;
        n -= end;
        for (; n != 0 && isspace((unsigned char)*text); n--)
            text++;
        end = object_end(text, n);
    }
    op_json_set(list, "items", items);
    return list;
}

bool op_answer_is_list(const struct op_json *answer)
{
    return op_str_eq(op_json_str(answer, "kind"), "List");
}

const struct op_json *op_answer_first(const struct op_json *answer)
{
    return op_answer_is_list(answer) ? op_json_first(op_json_get(answer, "items")) : answer;
}

const struct op_json *op_answer_next(const struct op_json *answer, const struct op_json *at)
{
    return op_answer_is_list(answer) ? op_json_next(at) : NULL;
}

static bool same_object(const struct op_json *a, const struct op_json *b)
{
    static const char *const paths[] = { "kind", "metadata.name", "metadata.namespace" };
    for (size_t i = 0; i < OP_LEN(paths); i++)
        if (!op_str_eq(op_json_str(a, paths[i]), op_json_str(b, paths[i])))
            return false;
    return true;
}

const struct op_json *op_answer_find(const struct op_json *answer, const struct op_json *object)
{
    OP_ANSWER_EACH(o, answer)
    if (same_object(o, object))
        return o;
    return NULL;
}
