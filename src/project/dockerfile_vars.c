/* Owns variables as Docker's builder puts them into instructions ($NAME, ${NAME:-x}), and the patterns of
 * .dockerignore. Pattern work is bounded: both texts come from outside. */
#include "dockerfile.h"

#include "opsh/base/str.h"

enum { STEPS = 3000000, MOST_PATTERNS = 1000, MOST_NAMES = 500 };

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

struct use {
    const char *name;
    size_t n;
    const char *fallback; /* behind ":-" or "-"; NULL: none */
    size_t fallback_n;
    char how; /* the modifier's character, '\0': none */
};

/* At a "$". Where it names a variable: fills u. Returns behind it. */
static const char *variable(const char *s, struct use *u)
{
    *u = (struct use){ 0 };
    s++;
    if (*s != '{') {
        u->n = isdigit((unsigned char)*s) ? 0 : strspn(s, NAME_CHARS);
        u->name = s;
        return s + u->n;
    }
    u->name = ++s;
    u->n = strspn(s, NAME_CHARS);
    s += u->n;
    const char *rest = s;
    unsigned open = 1;
    for (; *s != '\0' && open != 0; s++)
        open += *s == '{' ? 1 : *s == '}' ? -1u : 0;
    size_t n = (size_t)(s - rest) - (open == 0 ? 1 : 0);
    size_t colon = n != 0 && *rest == ':' ? 1 : 0;
    if (n > colon) {
        u->how = rest[colon];
        u->fallback = rest + colon + 1;
        u->fallback_n = n - colon - 1;
    }
    return s;
}

void op_df_uses(const char *s, char escape, bool all, struct op_strv *names)
{
    bool single = false, twice = false; /* inside '…', "…" */
    while (*s != '\0' && names->n < MOST_NAMES) {
        if (*s == escape && !single && s[1] != '\0') {
            s += 2;
        } else if (*s == '$' && !single) {
            struct use u;
            s = variable(s, &u);
            bool said = u.n != 0 && (all || (u.how != '-' && u.how != '+'));
            OP_AUTO_FREE char *name = said ? op_strndup(u.name, u.n) : NULL;
            if (said && !op_strv_has(names, name))
                op_strv_take(names, op_steal(&name));
        } else {
            single = *s == '\'' && !twice ? !single : single;
            twice = *s == '"' && !single ? !twice : twice;
            s++;
        }
    }
}

const char *op_df_value(const struct op_strv *values, const char *name, size_t n)
{
    for (size_t i = values->n; i-- != 0;)
        if (strncmp(values->v[i], name, n) == 0 && values->v[i][n] == '=')
            return values->v[i] + n + 1;
    return NULL;
}

char *op_df_expand(const char *s, const struct op_strv *values)
{
    OP_AUTO_BUF out = { .max = 4096 };
    while (*s != '\0' && !out.cut) {
        if (*s != '$') {
            op_buf_addc(&out, *s++);
            continue;
        }
        struct use u;
        s = variable(s, &u);
        const char *value = u.n != 0 ? op_df_value(values, u.name, u.n) : NULL;
        bool empty = op_str_empty(value);
        if (u.how == '+' ? !empty : (u.how == '-' && empty))
            op_buf_add(&out, u.fallback, u.fallback_n);
        else if (!empty && u.how != '+')
            op_buf_adds(&out, value);
    }
    return op_buf_steal(&out);
}

/* ---- .dockerignore ---- */

/* "*" and "?" stay within a path part, "**" does not. */
static bool match(const char *pattern, const char *path, unsigned *steps)
{
    for (; *pattern != '\0'; pattern++, path++) {
        if (*steps == 0)
            return false;
        --*steps;
        if (strncmp(pattern, "**", 2) == 0) {
            pattern += 2;
            pattern += *pattern == '/'; /* also matches no folder at all */
            if (*pattern == '\0')
                return true;
            for (; *path != '\0'; path++)
                if (match(pattern, path, steps))
                    return true;
            return false;
        }
        if (*pattern == '*') {
            for (;; path++) {
                if (match(pattern + 1, path, steps))
                    return true;
                if (*path == '\0' || *path == '/')
                    return false;
            }
        }
        if (*path == '\0' || (*pattern == '?' ? *path == '/' : *pattern != *path))
            return false;
    }
    return *path == '\0';
}

/* "./a//b/" as "a/b". owned */
static char *plain(const char *path)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    while (*path != '\0') {
        size_t n = strcspn(path, "/");
        if (n != 0 && !(n == 1 && *path == '.')) {
            if (out.len != 0)
                op_buf_addc(&out, '/');
            op_buf_add(&out, path, n);
        }
        path += n + (path[n] == '/');
    }
    return op_buf_steal(&out);
}

static bool match_or_parent(const char *pattern, const char *path, unsigned *steps)
{
    OP_AUTO_FREE char *part = op_strdup(path);
    for (char *end = part + strlen(part); end != NULL; end = strrchr(part, '/')) {
        *end = '\0';
        if (match(pattern, part, steps))
            return true;
    }
    return false;
}

void op_ignores_read(const struct op_strv *lines, struct op_ignores *out)
{
    *out = (struct op_ignores){ .steps = STEPS };
    for (size_t i = 0; lines != NULL && i < lines->n && out->patterns.n < MOST_PATTERNS; i++) {
        const char *line = lines->v[i] + strspn(lines->v[i], " \t");
        bool back = *line == '!';
        OP_AUTO_FREE char *trimmed = op_strdup(line + (back ? 1 : 0));
        for (size_t n = strlen(trimmed); n != 0 && isspace((unsigned char)trimmed[n - 1]); n--)
            trimmed[n - 1] = '\0';
        OP_AUTO_FREE char *pattern = plain(trimmed);
        if (*line != '#' && *pattern != '\0')
            op_strv_pushf(&out->patterns, "%s%s", back ? "!" : "", pattern);
        out->exceptions = out->exceptions || back;
    }
}

void op_ignores_free(struct op_ignores *i)
{
    op_strv_free(&i->patterns);
}

bool op_ignored(struct op_ignores *i, const char *path)
{
    bool out = false;
    OP_AUTO_FREE char *at = plain(path);
    for (size_t p = 0; p < i->patterns.n && i->steps != 0; p++) {
        const char *pattern = i->patterns.v[p];
        bool back = *pattern == '!';
        if (match_or_parent(pattern + (back ? 1 : 0), at, &i->steps))
            out = !back;
    }
    return out && i->steps != 0;
}
