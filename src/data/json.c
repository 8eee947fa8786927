/* The only file that includes cJSON. Reads strictly what cJSON reads loosely. */
#include "opsh/data/json.h"

#include "opsh/base/text.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>

struct op_json {
    cJSON c; /* never made: every struct op_json * is a cJSON * underneath */
};

static const cJSON *in(const struct op_json *j)
{
    return (const cJSON *)j;
}

static struct op_json *out(cJSON *c)
{
    return (struct op_json *)c;
}

static const struct op_json *out_const(const cJSON *c)
{
    return (const struct op_json *)c;
}

/* Depth and \u0000 in one pass over the bytes, before cJSON recurses or truncates. */
static bool scan(const char *text, size_t len, struct op_err *err)
{
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '\0')
            return op_fail(err, OP_NETWORK, 0, "a NUL byte at byte %zu", i);
        if (quoted) {
            if ((unsigned char)c < 0x20)
                return op_fail(err, OP_NETWORK, 0, "a control character inside a string at byte %zu", i);
            if (c == '\\') {
                if (len - i >= 6 && memcmp(text + i, "\\u0000", 6) == 0)
                    return op_fail(err, OP_NETWORK, 0, "\\u0000 at byte %zu", i);
                i++;
            } else if (c == '"') {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            if (++depth > OP_JSON_DEPTH)
                return op_fail(err, OP_LIMIT, 0, "nested deeper than %d levels", OP_JSON_DEPTH);
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return true;
}

static bool unique_keys(const cJSON *j, struct op_err *err)
{
    for (const cJSON *a = j->child; a != NULL; a = a->next) {
        for (const cJSON *b = a->next; cJSON_IsObject(j) && b != NULL; b = b->next)
            if (strcmp(a->string, b->string) == 0)
                return op_fail(err, OP_NETWORK, 0, "the key \"%.60s\" stands twice", a->string);
        if (!unique_keys(a, err))
            return false;
    }
    return true;
}

struct op_json *op_json_parse(const char *text, size_t len, enum op_json_flags flags, struct op_err *err)
{
    if (!op_utf8_valid(text, len)) {
        (void)op_fail(err, OP_NETWORK, 0, "not UTF-8");
        return NULL;
    }
    if (!scan(text, len, err))
        return NULL;
    /* cJSON wants to see the end: a copy with a NUL behind it */
    OP_AUTO_FREE char *copy = op_strndup(text, len);
    const char *end = NULL;
    cJSON *j = cJSON_ParseWithLengthOpts(copy, len + 1, &end, 1);
    if (j == NULL) {
        (void)op_fail(err, OP_NETWORK, 0, "not JSON at byte %zu", end != NULL ? (size_t)(end - copy) : (size_t)0);
        return NULL;
    }
    if ((flags & OP_JSON_UNIQUE) != 0 && !unique_keys(j, err)) {
        cJSON_Delete(j);
        return NULL;
    }
    return out(j);
}

void op_json_free(struct op_json *j)
{
    cJSON_Delete((cJSON *)j);
}

void op_json_freep(struct op_json **j)
{
    op_json_free(*j);
    *j = NULL;
}

char *op_json_print(const struct op_json *j, bool pretty)
{
    char *text = pretty ? cJSON_Print(in(j)) : cJSON_PrintUnformatted(in(j));
    if (text == NULL)
        abort();
    return text;
}

const struct op_json *op_json_get(const struct op_json *obj, const char *key)
{
    return cJSON_IsObject(in(obj)) ? out_const(cJSON_GetObjectItemCaseSensitive(in(obj), key)) : NULL;
}

const struct op_json *op_json_at(const struct op_json *j, const char *dotted)
{
    while (j != NULL && *dotted != '\0') {
        size_t n = strcspn(dotted, ".");
        char key[128];
        if (n >= sizeof(key))
            return NULL;
        memcpy(key, dotted, n);
        key[n] = '\0';
        j = op_json_get(j, key);
        dotted += n + (dotted[n] == '.');
    }
    return j;
}

const char *op_json_text(const struct op_json *j)
{
    return cJSON_IsString(in(j)) ? in(j)->valuestring : NULL;
}

const char *op_json_str(const struct op_json *obj, const char *dotted)
{
    return op_json_text(op_json_at(obj, dotted));
}

bool op_json_number(const struct op_json *j, double *v)
{
    if (!cJSON_IsNumber(in(j)) || !isfinite(in(j)->valuedouble))
        return false;
    *v = in(j)->valuedouble;
    return true;
}

bool op_json_int(const struct op_json *j, int64_t *v)
{
    const double exact = 9007199254740992.0; /* 2^53 */
    double d;
    if (!op_json_number(j, &d) || d < -exact || d > exact || d != trunc(d))
        return false;
    *v = (int64_t)d;
    return true;
}

int64_t op_json_int_or(const struct op_json *obj, const char *dotted, int64_t fallback)
{
    int64_t v;
    return op_json_int(op_json_at(obj, dotted), &v) ? v : fallback;
}

bool op_json_bool(const struct op_json *j, bool *v)
{
    if (!cJSON_IsBool(in(j)))
        return false;
    *v = cJSON_IsTrue(in(j)) != 0;
    return true;
}

bool op_json_is_true(const struct op_json *obj, const char *dotted)
{
    return cJSON_IsTrue(in(op_json_at(obj, dotted))) != 0;
}

bool op_json_is_object(const struct op_json *j)
{
    return cJSON_IsObject(in(j)) != 0;
}

bool op_json_is_array(const struct op_json *j)
{
    return cJSON_IsArray(in(j)) != 0;
}

bool op_json_is_null(const struct op_json *j)
{
    return j == NULL || cJSON_IsNull(in(j)) != 0;
}

const struct op_json *op_json_first(const struct op_json *j)
{
    return cJSON_IsObject(in(j)) || cJSON_IsArray(in(j)) ? out_const(in(j)->child) : NULL;
}

const struct op_json *op_json_next(const struct op_json *j)
{
    return j != NULL ? out_const(in(j)->next) : NULL;
}

const char *op_json_key(const struct op_json *j)
{
    return j != NULL ? in(j)->string : NULL;
}

size_t op_json_size(const struct op_json *j)
{
    return op_json_first(j) != NULL ? (size_t)cJSON_GetArraySize(in(j)) : 0;
}

static struct op_json *made(cJSON *c)
{
    if (c == NULL)
        abort();
    return out(c);
}

struct op_json *op_json_object(void)
{
    return made(cJSON_CreateObject());
}

struct op_json *op_json_array(void)
{
    return made(cJSON_CreateArray());
}

struct op_json *op_json_string(const char *text)
{
    return made(text != NULL ? cJSON_CreateString(text) : cJSON_CreateNull());
}

struct op_json *op_json_integer(int64_t v)
{
    return made(cJSON_CreateNumber((double)v));
}

struct op_json *op_json_boolean(bool v)
{
    return made(cJSON_CreateBool(v));
}

struct op_json *op_json_null(void)
{
    return made(cJSON_CreateNull());
}

struct op_json *op_json_dup(const struct op_json *j)
{
    return made(cJSON_Duplicate(in(j), 1));
}

void op_json_set(struct op_json *obj, const char *key, struct op_json *takes)
{
    op_json_remove(obj, key);
    cJSON_AddItemToObject((cJSON *)obj, key, (cJSON *)takes);
}

void op_json_set_str(struct op_json *obj, const char *key, const char *text)
{
    op_json_set(obj, key, op_json_string(text));
}

void op_json_set_int(struct op_json *obj, const char *key, int64_t v)
{
    op_json_set(obj, key, op_json_integer(v));
}

void op_json_set_bool(struct op_json *obj, const char *key, bool v)
{
    op_json_set(obj, key, op_json_boolean(v));
}

void op_json_push(struct op_json *array, struct op_json *takes)
{
    cJSON_AddItemToArray((cJSON *)array, (cJSON *)takes);
}

struct op_json *op_json_edit(struct op_json *obj, const char *key)
{
    return out(cJSON_GetObjectItemCaseSensitive((cJSON *)obj, key));
}

void op_json_remove(struct op_json *obj, const char *key)
{
    cJSON_DeleteItemFromObjectCaseSensitive((cJSON *)obj, key);
}

static struct op_json *scalar(const struct op_node *n)
{
    if (op_node_is_null(n))
        return op_json_null();
    if (n->plain && (strcmp(n->text, "true") == 0 || strcmp(n->text, "false") == 0))
        return op_json_boolean(*n->text == 't');
    char *end = NULL;
    errno = 0;
    double d = n->plain && strspn(n->text, "+-.0123456789eE") == strlen(n->text) ? strtod(n->text, &end) : 0;
    if (end != NULL && end != n->text && *end == '\0' && errno == 0 && isfinite(d))
        return made(cJSON_CreateNumber(d));
    return op_json_string(n->text);
}

struct op_json *op_json_from_node(const struct op_node *n)
{
    if (n == NULL || n->kind == OP_NODE_SCALAR)
        return n == NULL ? op_json_null() : scalar(n);
    struct op_json *j = n->kind == OP_NODE_MAP ? op_json_object() : op_json_array();
    for (const struct op_node *c = n->first; c != NULL; c = c->next) {
        struct op_json *child = op_json_from_node(c);
        if (n->kind == OP_NODE_MAP)
            cJSON_AddItemToObject((cJSON *)j, c->key, (cJSON *)child);
        else
            op_json_push(j, child);
    }
    return j;
}
