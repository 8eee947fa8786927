/* Checks a model's (or planner's) arguments against a tool's parameters. Every complaint says what
 * the argument is and what it should be, because the model reads it and tries again; what it is told
 * beforehand can be short therefore. */
#include "schema.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

#include <regex.h>

enum { SHOWN = 60 }; /* bytes of a wrong value that an error quotes */

static bool is_string(const struct op_json *j)
{
    return op_json_text(j) != NULL;
}

static bool is_integer(const struct op_json *j)
{
    int64_t v;
    return op_json_int(j, &v);
}

static bool is_number(const struct op_json *j)
{
    double v;
    return op_json_number(j, &v);
}

static bool is_boolean(const struct op_json *j)
{
    bool v;
    return op_json_bool(j, &v);
}

static const struct {
    const char *name, *article;
    bool (*is)(const struct op_json *j);
} types[] = {
    { "object", "an object", op_json_is_object }, { "array", "a list", op_json_is_array },
    { "string", "a string", is_string },          { "integer", "a whole number", is_integer },
    { "boolean", "true or false", is_boolean },   { "number", "a number", is_number },
};

static size_t type_index(const char *name)
{
    size_t i = 0;
    while (i < OP_LEN(types) && !op_str_eq(types[i].name, name))
        i++;
    return i;
}

static bool bound(const struct op_node *schema, const char *key, int64_t *out)
{
    return op_str_int(op_node_text(op_node_get(schema, key)), INT64_MIN, INT64_MAX, out);
}

/* ---- is the schema itself sound? ---- */

static bool valid_pattern(const struct op_doc *doc, const struct op_node *n, struct op_err *err)
{
    if (n == NULL)
        return true;
    if (!op_node_expect(doc, n, OP_NODE_SCALAR, err))
        return false;
    regex_t re;
    int bad = regcomp(&re, op_node_text(n), REG_EXTENDED | REG_NOSUB);
    if (bad == 0) {
        regfree(&re);
        return true;
    }
    char what[120];
    (void)regerror(bad, &re, what, sizeof(what));
    return op_node_fail(err, doc, n, "pattern: %s", what);
}

static bool valid_required(const struct op_doc *doc, const struct op_node *schema, struct op_err *err)
{
    const struct op_node *required = op_node_get(schema, "required");
    if (!op_node_expect(doc, required, OP_NODE_LIST, err))
        return false;
    for (const struct op_node *r = op_node_first(required); r != NULL; r = op_node_next(r)) {
        const char *name = op_node_text(r);
        if (name == NULL || op_node_get(op_node_get(schema, "properties"), name) == NULL)
            return op_node_fail(err, doc, r, "required: \"%.60s\" is not among the properties",
                                name != NULL ? name : "this");
    }
    return true;
}

static bool valid_bounds(const struct op_doc *doc, const struct op_node *schema, struct op_err *err)
{
    static const char *const keys[] = { "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems" };
    for (size_t i = 0; i < OP_LEN(keys); i++) {
        int64_t v;
        if (!op_node_read_int(doc, schema, keys[i], INT64_MIN, INT64_MAX, &v, err))
            return false;
    }
    return true;
}

static bool valid_nested(const struct op_doc *doc, const struct op_node *schema, struct op_err *err)
{
    const struct op_node *properties = op_node_get(schema, "properties");
    if (!op_node_expect(doc, properties, OP_NODE_MAP, err))
        return false;
    for (const struct op_node *p = op_node_first(properties); p != NULL; p = op_node_next(p))
        if (!op_schema_valid(doc, p, err))
            return false;
    const struct op_node *items = op_node_get(schema, "items");
    if (items != NULL && !op_schema_valid(doc, items, err))
        return false;
    const struct op_node *more = op_node_get(schema, "additionalProperties");
    if (more == NULL || op_str_eq(op_node_text(more), "false") || op_str_eq(op_node_text(more), "true"))
        return true;
    return op_schema_valid(doc, more, err);
}

bool op_schema_valid(const struct op_doc *doc, const struct op_node *schema, struct op_err *err)
{
    static const char *const keys[] = {
        "type",        "properties", "required", "enum",     "pattern", "minimum", "maximum",
        "minLength",   "maxLength",  "minItems", "maxItems", "items",   "default", "additionalProperties",
        "description", NULL
    };
    if (!op_node_expect(doc, schema, OP_NODE_MAP, err) || !op_node_known_keys(doc, schema, keys, err))
        return false;
    const struct op_node *type = op_node_get(schema, "type");
    if (type == NULL)
        return op_node_fail(err, doc, schema, "%s%swithout a type",
                            op_node_key(schema) != NULL ? op_node_key(schema) : "",
                            op_node_key(schema) != NULL ? ": " : "");
    if (type_index(op_node_text(type)) == OP_LEN(types))
        return op_node_fail(err, doc, type, "type must be object, array, string, integer, number or boolean");
    const char *description = NULL;
    return op_node_read_str(doc, schema, "description", &description, err) &&
           op_node_expect(doc, op_node_get(schema, "enum"), OP_NODE_LIST, err) &&
           valid_pattern(doc, op_node_get(schema, "pattern"), err) && valid_required(doc, schema, err) &&
           valid_bounds(doc, schema, err) && valid_nested(doc, schema, err);
}

/* ---- does a value fit? ---- */

static void say_should(const struct op_node *schema, struct op_buf *out)
{
    const struct op_node *one_of = op_node_get(schema, "enum");
    if (one_of != NULL) {
        op_buf_adds(out, "one of ");
        for (const struct op_node *e = op_node_first(one_of); e != NULL; e = op_node_next(e))
            op_buf_addf(out, "%s%s", op_node_text(e), op_node_next(e) != NULL ? ", " : "");
        return;
    }
    size_t type = type_index(op_node_text(op_node_get(schema, "type")));
    op_buf_adds(out, type < OP_LEN(types) ? types[type].article : "something else");
    int64_t v;
    if (bound(schema, "minimum", &v))
        op_buf_addf(out, ", at least %lld", (long long)v);
    if (bound(schema, "maximum", &v))
        op_buf_addf(out, ", at most %lld", (long long)v);
    if (bound(schema, "minLength", &v))
        op_buf_addf(out, ", not shorter than %lld", (long long)v);
    if (bound(schema, "maxLength", &v))
        op_buf_addf(out, ", not longer than %lld", (long long)v);
    if (bound(schema, "minItems", &v))
        op_buf_addf(out, ", of at least %lld", (long long)v);
    if (bound(schema, "maxItems", &v))
        op_buf_addf(out, ", of at most %lld", (long long)v);
    const char *pattern = op_node_text(op_node_get(schema, "pattern"));
    if (pattern != NULL)
        op_buf_addf(out, " like %s", pattern);
    const char *about = op_node_text(op_node_get(schema, "description"));
    if (about != NULL)
        op_buf_addf(out, " (%s)", about);
}

static bool wrong(const struct op_node *schema, const struct op_json *value, const char *what, struct op_err *err)
{
    OP_AUTO_BUF should = { .max = 240 };
    say_should(schema, &should);
    OP_AUTO_FREE char *is = op_json_print(value, false);
    bool cut = strlen(is) > SHOWN;
    return op_fail(err, OP_USAGE, 0, "argument \"%.60s\" is %.*s%s; it should be %s", what, (int)SHOWN, is,
                   cut ? "…" : "", op_buf_str(&should));
}

static bool in_enum(const struct op_node *one_of, const struct op_json *value)
{
    OP_AUTO_FREE char *printed = is_string(value) ? op_strdup(op_json_text(value)) : op_json_print(value, false);
    for (const struct op_node *e = op_node_first(one_of); e != NULL; e = op_node_next(e))
        if (op_str_eq(op_node_text(e), printed))
            return true;
    return false;
}

static bool matches(const char *pattern, const char *text)
{
    regex_t re;
    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool hit = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return hit;
}

static bool within(const struct op_node *schema, const char *least, const char *most, double v)
{
    int64_t limit;
    return (!bound(schema, least, &limit) || v >= (double)limit) &&
           (!bound(schema, most, &limit) || v <= (double)limit);
}

static bool scalar_fits(const struct op_node *schema, const struct op_json *value)
{
    const struct op_node *one_of = op_node_get(schema, "enum");
    if (one_of != NULL && !in_enum(one_of, value))
        return false;
    const char *text = op_json_text(value), *pattern = op_node_text(op_node_get(schema, "pattern"));
    if (text != NULL)
        return within(schema, "minLength", "maxLength", (double)strlen(text)) &&
               (pattern == NULL || matches(pattern, text));
    double v;
    return !op_json_number(value, &v) || within(schema, "minimum", "maximum", v);
}

static bool known_members(const struct op_node *schema, const struct op_json *value, const char *what,
                          struct op_err *err)
{
    const struct op_node *properties = op_node_get(schema, "properties");
    const struct op_node *more = op_node_get(schema, "additionalProperties");
    OP_JSON_EACH(member, value) {
        const char *key = op_json_key(member);
        if (op_node_get(properties, key) != NULL || op_str_eq(op_node_text(more), "true"))
            continue;
        if (more != NULL && more->kind == OP_NODE_MAP) {
            if (!op_schema_fits(more, member, key, err))
                return false;
            continue;
        }
        OP_AUTO_BUF known = { .max = 300 };
        for (const struct op_node *p = op_node_first(properties); p != NULL; p = op_node_next(p))
            op_buf_addf(&known, "%s%s", op_node_key(p), op_node_next(p) != NULL ? ", " : "");
        return op_fail(err, OP_USAGE, 0, "%s has no argument \"%.60s\"; it has %s", *what != '\0' ? what : "this", key,
                       op_buf_str(&known));
    }
    return true;
}

static bool object_fits(const struct op_node *schema, const struct op_json *value, const char *what, struct op_err *err)
{
    const struct op_node *properties = op_node_get(schema, "properties");
    const struct op_node *required = op_node_get(schema, "required");
    for (const struct op_node *r = op_node_first(required); r != NULL; r = op_node_next(r)) {
        if (!op_schema_absent(op_json_get(value, op_node_text(r))))
            continue;
        OP_AUTO_BUF should = { .max = 240 };
        say_should(op_node_get(properties, op_node_text(r)), &should);
        return op_fail(err, OP_USAGE, 0, "argument \"%.60s\" is missing; it should be %s", op_node_text(r),
                       op_buf_str(&should));
    }
    for (const struct op_node *p = op_node_first(properties); p != NULL; p = op_node_next(p)) {
        const struct op_json *member = op_json_get(value, op_node_key(p));
        if (!op_schema_absent(member) && !op_schema_fits(p, member, op_node_key(p), err))
            return false;
    }
    return known_members(schema, value, what, err);
}

static bool list_fits(const struct op_node *schema, const struct op_json *value, const char *what, struct op_err *err)
{
    if (!within(schema, "minItems", "maxItems", (double)op_json_size(value)))
        return wrong(schema, value, what, err);
    const struct op_node *items = op_node_get(schema, "items");
    size_t i = 0;
    OP_JSON_EACH(item, value) {
        char name[100];
        (void)snprintf(name, sizeof(name), "%.60s[%zu]", what, i++);
        if (items != NULL && !op_schema_fits(items, item, name, err))
            return false;
    }
    return true;
}

bool op_schema_absent(const struct op_json *value)
{
    const char *text = op_json_text(value);
    return op_json_is_null(value) || (text != NULL && *text == '\0');
}

bool op_schema_fits(const struct op_node *schema, const struct op_json *value, const char *what, struct op_err *err)
{
    size_t type = type_index(op_node_text(op_node_get(schema, "type")));
    if (type == OP_LEN(types) || !types[type].is(value) || !scalar_fits(schema, value))
        return wrong(schema, value, what, err);
    if (op_json_is_object(value))
        return object_fits(schema, value, what, err);
    return !op_json_is_array(value) || list_fits(schema, value, what, err);
}

/* ---- what a model is told of it ---- */

/* Does the member of a schema go without saying? */
static bool unsaid(const struct op_node *member)
{
    static const char *const keys[] = { "pattern",   "minimum",  "maximum", "minLength",
                                        "maxLength", "minItems", "maxItems" };
    if (OP_IN(op_node_key(member), keys))
        return true;
    return op_str_eq(op_node_key(member), "additionalProperties") && op_str_eq(op_node_text(member), "false");
}

static struct op_json *lean_properties(const struct op_node *properties, const struct op_node *only)
{
    struct op_json *out = op_json_object();
    for (const struct op_node *p = op_node_first(properties); p != NULL; p = op_node_next(p))
        if (only == NULL || op_node_has(only, op_node_key(p)))
            op_json_set(out, op_node_key(p), op_schema_lean(p, NULL));
    return out;
}

struct op_json *op_schema_lean(const struct op_node *schema, const struct op_node *only)
{
    struct op_json *out = op_json_object();
    for (const struct op_node *m = op_node_first(schema); m != NULL; m = op_node_next(m)) {
        if (unsaid(m) || op_str_eq(op_node_key(m), "properties"))
            continue;
        bool nested = m->kind == OP_NODE_MAP &&
                      (op_str_eq(op_node_key(m), "items") || op_str_eq(op_node_key(m), "additionalProperties"));
        op_json_set(out, op_node_key(m), nested ? op_schema_lean(m, NULL) : op_json_from_node(m));
    }
    const struct op_node *properties = op_node_get(schema, "properties");
    if (properties != NULL)
        op_json_set(out, "properties", lean_properties(properties, only));
    return out;
}
