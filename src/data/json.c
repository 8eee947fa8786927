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

/* Bytes of the JSON number at s; 0 when it is none. cJSON takes 01, 1. and whatever strtod takes. */
static size_t number_length(const char *s, size_t n)
{
    static const char digits[] = "0123456789";
    char token[512]; /* a copy that ends: strspn needs a NUL */
    size_t len = 0;
    while (len < n && len < sizeof(token) - 1 && s[len] != '\0' && strchr("+-.eE0123456789", s[len]) != NULL)
        len++;
    memcpy(token, s, len);
    token[len] = '\0';
    const char *at = token + (*token == '-');
    size_t whole = strspn(at, digits);
    if (whole == 0 || (*at == '0' && whole > 1))
        return 0;
    at += whole;
    if (*at == '.') {
        size_t part = strspn(at + 1, digits);
        at = part != 0 ? at + 1 + part : token;
    }
    if (*at == 'e' || *at == 'E') {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        size_t power = strspn(at, digits);
        at = power != 0 ? at + power : token;
    }
    return at == token + len ? len : 0;
}

/* What follows a backslash at text[i]: cJSON makes a NUL, the end of the string, of \u0000 and of \uZZZZ. */
static bool scan_escape(const char *text, size_t len, size_t i, struct op_err *err)
{
    if (len - i < 2 || text[i + 1] != 'u')
        return true;
    for (size_t h = i + 2; h < i + 6; h++)
        if (h >= len || !isxdigit((unsigned char)text[h]))
            return op_fail(err, OP_NETWORK, 0, "\\u without four hexadecimal digits at byte %zu", i);
    return memcmp(text + i + 2, "0000", 4) != 0 || op_fail(err, OP_NETWORK, 0, "\\u0000 at byte %zu", i);
}

/* Depth, numbers, escapes and stray bytes in one pass, before cJSON recurses, guesses or truncates. */
static bool scan(const char *text, size_t len, struct op_err *err)
{
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '\0')
            return op_fail(err, OP_NETWORK, 0, "a NUL byte at byte %zu", i);
        if ((unsigned char)c < 0x20 && (quoted || strchr("\t\n\r", c) == NULL))
            return op_fail(err, OP_NETWORK, 0, "a control character%s at byte %zu", quoted ? " inside a string" : "",
                           i);
        if (quoted) {
            if (c == '\\' && !scan_escape(text, len, i, err))
                return false;
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '-' || isdigit((unsigned char)c)) {
            size_t n = number_length(text + i, len - i);
            if (n == 0)
                return op_fail(err, OP_NETWORK, 0, "not JSON at byte %zu: not a number", i);
            i += n - 1;
        } else if (c == '[' || c == '{') {
            if (++depth > OP_JSON_DEPTH)
                return op_fail(err, OP_LIMIT, 0, "nested deeper than %d levels", OP_JSON_DEPTH);
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* Sorted rather than compared in pairs: the bytes come from outside, and may be many keys. */
static bool unique_keys(const cJSON *object, struct op_err *err)
{
    size_t n = (size_t)cJSON_GetArraySize(object), i = 0;
    OP_AUTO_FREE const cJSON **members = op_calloc(n, sizeof(*members));
    for (const cJSON *m = object->child; m != NULL; m = m->next)
        members[i++] = m;
    qsort(members, n, sizeof(*members), by_key);
    for (i = 1; i < n; i++)
        if (by_key(&members[i - 1], &members[i]) == 0)
            return op_fail(err, OP_NETWORK, 0, "the key \"%.60s\" stands twice", members[i]->string);
    return true;
}

static bool check(const cJSON *j, enum op_json_flags flags, struct op_err *err)
{
    if (cJSON_IsNumber(j) && !isfinite(j->valuedouble)) /* would print as null */
        return op_fail(err, OP_NETWORK, 0, "a number is too large");
    if ((flags & OP_JSON_UNIQUE) != 0 && cJSON_IsObject(j) && !unique_keys(j, err))
        return false;
    for (const cJSON *child = j->child; child != NULL; child = child->next)
        if (!check(child, flags, err))
            return false;
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
    if (!check(j, flags, err)) {
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

/* cJSON prints fifteen digits and believes that to be close enough: 9007199254740991 would change. */
static bool needs_digits(const cJSON *j)
{
    char fifteen[32];
    if (!cJSON_IsNumber(j) || (double)j->valueint == j->valuedouble)
        return false;
    (void)snprintf(fifteen, sizeof(fifteen), "%1.15g", j->valuedouble);
    return strtod(fifteen, NULL) != j->valuedouble;
}

static bool any_needs_digits(const cJSON *j)
{
    bool any = needs_digits(j);
    for (const cJSON *child = j->child; child != NULL && !any; child = child->next)
        any = any_needs_digits(child);
    return any;
}

static void spell_numbers(cJSON *j)
{
    if (needs_digits(j)) {
        j->valuestring = op_asprintf("%.17g", j->valuedouble);
        j->type = cJSON_Raw;
    }
    for (cJSON *child = j->child; child != NULL; child = child->next)
        spell_numbers(child);
}

char *op_json_print(const struct op_json *j, bool pretty)
{
    OP_AUTO_JSON *spelled = NULL;
    if (j != NULL && any_needs_digits(in(j))) {
        spelled = op_json_dup(j);
        spell_numbers((cJSON *)spelled);
        j = spelled;
    }
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
    const double inexact = 9007199254740992.0; /* 2^53: what was written may have been one more */
    double d;
    if (!op_json_number(j, &d) || d <= -inexact || d >= inexact || d != trunc(d))
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
    return j != NULL ? made(cJSON_Duplicate(in(j), 1)) : op_json_null();
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
    if (n->plain && (strcmp(op_node_text(n), "true") == 0 || strcmp(op_node_text(n), "false") == 0))
        return op_json_boolean(*op_node_text(n) == 't');
    char *end = NULL;
    errno = 0;
    double d = n->plain && strspn(op_node_text(n), "+-.0123456789eE") == strlen(op_node_text(n))
                   ? strtod(op_node_text(n), &end)
                   : 0;
    bool exact = strpbrk(op_node_text(n), ".eE") != NULL || fabs(d) < 9007199254740992.0; /* no digit is lost */
    if (end != NULL && end != op_node_text(n) && *end == '\0' && errno == 0 && isfinite(d) && exact)
        return made(cJSON_CreateNumber(d));
    return op_json_string(op_node_text(n));
}

struct op_json *op_json_from_node(const struct op_node *n)
{
    if (n == NULL || n->kind == OP_NODE_SCALAR)
        return n == NULL ? op_json_null() : scalar(n);
    struct op_json *j = n->kind == OP_NODE_MAP ? op_json_object() : op_json_array();
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c)) {
        struct op_json *child = op_json_from_node(c);
        if (n->kind == OP_NODE_MAP)
            cJSON_AddItemToObject((cJSON *)j, op_node_key(c), (cJSON *)child);
        else
            op_json_push(j, child);
    }
    return j;
}
