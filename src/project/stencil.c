/* Owns filling in templates. Refuses names that nobody set: a hole in a template is a defect, not an empty string. */
#include "stencil.h"

#include "opsh/base/str.h"

#include <stdarg.h>

enum { DEEPEST = 8 };

static struct op_var *find(const struct op_vars *vars, const char *name, size_t n)
{
    for (size_t i = 0; i < vars->n; i++)
        if (strlen(vars->v[i].name) == n && memcmp(vars->v[i].name, name, n) == 0)
            return &vars->v[i];
    return NULL;
}

void op_vars_set(struct op_vars *vars, const char *name, const char *fmt, ...)
{
    char *value = NULL;
    va_list args;
    va_start(args, fmt);
    int n = vasprintf(&value, fmt, args);
    va_end(args);
    if (n < 0)
        value = op_strdup("");
    struct op_var *v = find(vars, name, strlen(name));
    if (v == NULL) {
        vars->v = op_realloc(vars->v, vars->n + 1, sizeof(*vars->v));
        v = &vars->v[vars->n++];
        *v = (struct op_var){ .name = op_strdup(name) };
    }
    free(v->value);
    v->value = value;
}

const char *op_vars_get(const struct op_vars *vars, const char *name)
{
    const struct op_var *v = find(vars, name, strlen(name));
    return v != NULL ? v->value : "";
}

void op_vars_free(struct op_vars *vars)
{
    for (size_t i = 0; i < vars->n; i++) {
        free(vars->v[i].name);
        free(vars->v[i].value);
    }
    free(vars->v);
    *vars = (struct op_vars){ .v = NULL };
}

/* "name", "!name", "name=value" */
static bool holds(const struct op_vars *vars, const char *condition)
{
    bool negated = *condition == '!';
    condition += negated;
    size_t n = strcspn(condition, "=");
    const struct op_var *v = find(vars, condition, n);
    const char *value = v != NULL ? v->value : "";
    bool yes = condition[n] == '=' ? op_str_eq(value, condition + n + 1) : *value != '\0';
    return yes != negated;
}

static size_t name_length(const char *at) /* of "name@…", 0: no name */
{
    size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
    return at[n] == '@' ? n : 0;
}

static bool fill_line(const char *line, const struct op_vars *vars, struct op_buf *out, const char **missing)
{
    size_t start = out->len, holes = 0;
    for (const char *at = line; *at != '\0';) {
        size_t n = *at == '@' ? name_length(at + 1) : 0;
        if (n == 0) {
            op_buf_addc(out, *at++);
            continue;
        }
        const struct op_var *v = find(vars, at + 1, n);
        *missing = at;
        if (v == NULL)
            return false;
        op_buf_adds(out, v->value);
        holes++;
        at += n + 2;
    }
    if (holes == 0 || out->len != start)
        op_buf_addc(out, '\n');
    return true;
}

struct condition {
    size_t depth;
    bool on[DEEPEST + 1];  /* is what stands at this depth written? */
    bool own[DEEPEST + 1]; /* the condition of this depth alone, for %else */
};

/* A "%" line; false: it makes no sense here. */
static bool directive(struct condition *c, const char *line, const struct op_vars *vars)
{
    if (op_str_starts(line, "%%"))
        return true;
    if (op_str_starts(line, "%if ")) {
        if (c->depth == DEEPEST)
            return false;
        c->depth++;
        c->own[c->depth] = holds(vars, line + 4);
        c->on[c->depth] = c->on[c->depth - 1] && c->own[c->depth];
        return true;
    }
    if (c->depth == 0)
        return false;
    if (op_str_eq(line, "%else")) {
        c->own[c->depth] = !c->own[c->depth];
        c->on[c->depth] = c->on[c->depth - 1] && c->own[c->depth];
        return true;
    }
    c->depth--;
    return op_str_eq(line, "%end");
}

bool op_stencil_fill(const char *file, const char *text, const struct op_vars *vars, struct op_buf *out,
                     struct op_err *err)
{
    struct condition c = { .depth = 0, .on = { true } };
    int number = 1;
    for (const char *at = text; *at != '\0'; number++) {
        size_t n = strcspn(at, "\n");
        OP_AUTO_FREE char *line = op_strndup(at, n);
        const char *missing = "";
        if (*line == '%' ? !directive(&c, line, vars) : (c.on[c.depth] && !fill_line(line, vars, out, &missing)))
            return op_fail(err, OP_CONFIG, 0, "%s:%d: not understood: %.60s", file, number,
                           *missing != '\0' ? missing : line);
        at += n + (at[n] == '\n');
    }
    return c.depth == 0 || op_fail(err, OP_CONFIG, 0, "%s: an %%if without its %%end", file);
}
