/* Owns the paths of a chart's values: reads them as `--set` spells them, finds them in the values, and finds what is spelt
 * like them. Refuses to hand out a value, or a key that is not plain text. */
#include "opsh/cluster/values.h"

#include "opsh/base/str.h"
#include "opsh/data/yaml.h"

enum { PART_MAX = 128, PATH_MAX_LEN = 200, DEPTH_MAX = 8, PATHS_MAX = 2000, PREFIX_LEAST = 5 };

struct op_json *op_values_from_yaml(const char *text, size_t len)
{
    struct op_doc doc;
    struct op_err err = OP_ERR_INIT;
    if (!op_yaml_parse("values.yaml", text, len, &doc, &err))
        return NULL;
    struct op_json *j = op_json_from_node(doc.root);
    op_doc_free(&doc);
    return j;
}

/* ---- one path ---- */

struct part {
    char key[PART_MAX];
    bool listed; /* "[3]": the index, not a key */
    int64_t index;
};

/* The next part of a path; false: at its end, or it is not spelt as helm would read it (*bad). */
static bool next_part(const char **at, struct part *p, bool *bad)
{
    const char *s = *at;
    size_t n = 0;
    *p = (struct part){ .listed = *s == '[' };
    if (*s == '\0')
        return false;
    s += p->listed;
    for (; *s != '\0' && n + 1 < sizeof(p->key); s++) {
        if (p->listed ? *s == ']' : *s == '.' || *s == '[')
            break;
        if (*s == '\\' && s[1] != '\0')
            s++;
        p->key[n++] = *s;
    }
    *bad = n == 0 || n + 1 == sizeof(p->key) ||
           (p->listed && (*s != ']' || !op_str_int(p->key, 0, INT32_MAX, &p->index)));
    s += p->listed && *s == ']';
    *at = s + (*s == '.');
    return !*bad;
}

static const struct op_json *item(const struct op_json *list, int64_t index)
{
    OP_JSON_EACH(i, list)
        if (index-- == 0)
            return i;
    return op_json_first(list); /* one more of the same form */
}

bool op_values_has(const struct op_json *values, const char *path)
{
    const struct op_json *at = values;
    struct part p;
    bool bad = false;
    if (op_str_starts(path, "global."))
        return true;
    while (next_part(&path, &p, &bad)) {
        bool open = op_json_is_null(at) ||
                    ((op_json_is_object(at) || op_json_is_array(at)) && op_json_size(at) == 0);
        if (open)
            return true;
        if (p.listed ? !op_json_is_array(at) : !op_json_is_object(at))
            return false;
        at = p.listed ? item(at, p.index) : op_json_get(at, p.key);
        if (at == NULL)
            return false;
    }
    return true; /* found; or bad: helm itself says so better */
}

/* ---- what is spelt like it ---- */

struct candidate {
    char *path; /* owned */
    unsigned far;
};

struct search {
    const char *path;
    unsigned limit;
    struct candidate *v;
    size_t n, cap, seen;
};

static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL ? dot + 1 : path;
}

static unsigned farness(const struct search *s, const char *path)
{
    unsigned d = op_str_ieq(path, s->path) ? 1 : op_str_distance(path, s->path, s->limit);
    const char *end = last_part(path), *wanted = last_part(s->path);
    size_t same = 0;
    while (end[same] != '\0' && end[same] == wanted[same])
        same++;
    if (d <= s->limit)
        return d;
    if (strlen(wanted) > 2 && op_str_ieq(end, wanted))
        return s->limit + 1;
    return same >= PREFIX_LEAST ? s->limit + 2 : UINT32_MAX;
}

static bool plain_key(const char *key)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/";
    size_t n = key != NULL ? strlen(key) : 0;
    return n > 0 && n < PART_MAX && strspn(key, plain) == n;
}

static void search(struct search *s, const struct op_json *values, const char *prefix, unsigned depth)
{
    if (!op_json_is_object(values) || depth > DEPTH_MAX)
        return;
    OP_JSON_EACH(v, values) {
        if (!plain_key(op_json_key(v)) || s->seen++ > PATHS_MAX)
            continue;
        OP_AUTO_FREE char *path = op_asprintf("%s%s%s", prefix, *prefix != '\0' ? "." : "", op_json_key(v));
        if (strlen(path) > PATH_MAX_LEN)
            continue;
        unsigned far = farness(s, path);
        if (far != UINT32_MAX) {
            s->v = op_grow(s->v, s->n, &s->cap, sizeof(*s->v));
            s->v[s->n++] = (struct candidate){ .path = op_strdup(path), .far = far };
        }
        search(s, v, path, depth + 1);
    }
}

static int by_farness(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->far != y->far ? (x->far < y->far ? -1 : 1) : strcmp(x->path, y->path);
}

void op_values_nearest(const struct op_json *values, const char *path, size_t max, struct op_strv *out)
{
    size_t len = strlen(path);
    struct search s = { .path = path, .limit = len < 4 ? 1 : len < 8 ? 2 : 3 };
    if (len <= PATH_MAX_LEN)
        search(&s, values, "", 0);
    if (s.n > 1)
        qsort(s.v, s.n, sizeof(*s.v), by_farness);
    for (size_t i = 0; i < s.n; i++) {
        if (i < max)
            op_strv_push(out, s.v[i].path);
        free(s.v[i].path);
    }
    free(s.v);
}

/* ---- the command line ---- */

/* How far it is to the first of these bytes that no backslash stands before. */
static size_t span_to(const char *s, const char *stops)
{
    size_t n = 0;
    while (s[n] != '\0' && strchr(stops, s[n]) == NULL)
        n += s[n] == '\\' && s[n + 1] != '\0' ? 2 : 1;
    return n;
}

/* "a=1,b={x,y},c.d=2": its keys. `one`: the rest is a value, commas and all. */
static void keys_of(const char *pairs, bool one, struct op_strv *out)
{
    while (*pairs != '\0') {
        size_t n = span_to(pairs, "=");
        if (pairs[n] != '=' || n == 0)
            return;
        op_strv_take(out, op_strndup(pairs, n));
        pairs += n + 1;
        if (one)
            return;
        if (*pairs == '{')
            pairs += span_to(pairs, "}");
        pairs += span_to(pairs, ",");
        pairs += *pairs == ',';
    }
}

void op_values_set_paths(const struct op_strv *argv, struct op_strv *out)
{
    static const struct {
        const char *flag;
        bool one;
    } flags[] = { { "--set", false },
                  { "--set-string", false },
                  { "--set-file", false },
                  { "--set-json", true },
                  { "--set-literal", true } };
    for (size_t i = 0; i < argv->n; i++)
        for (size_t f = 0; f < OP_LEN(flags); f++) {
            const char *word = argv->v[i];
            size_t n = strlen(flags[f].flag);
            if (strncmp(word, flags[f].flag, n) == 0 && word[n] == '=')
                keys_of(word + n + 1, flags[f].one, out);
            else if (strcmp(word, flags[f].flag) == 0 && i + 1 < argv->n)
                keys_of(argv->v[i + 1], flags[f].one, out);
        }
}
