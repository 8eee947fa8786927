/* Manifests as text, the way Helm keeps them: documents between lines of "---", compared object by object. */
#include "compare.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

struct document {
    char *name; /* "deployment/web" */
    char *text; /* secret values hidden */
};

struct documents {
    struct document *items;
    size_t n, cap;
};

/* The value of "key: value" where the line begins with exactly this; owned, NULL: it does not. */
static char *value_of(const char *line, size_t n, const char *key)
{
    size_t k = strlen(key);
    if (n <= k || strncmp(line, key, k) != 0)
        return NULL;
    const char *from = line + k + strspn(line + k, " \"'");
    size_t len = from < line + n ? (size_t)(line + n - from) : 0;
    while (len != 0 && strchr(" \"'\r", from[len - 1]) != NULL)
        len--;
    return op_strndup(from, len);
}

static char *name_of(const char *document)
{
    OP_AUTO_FREE char *kind = NULL;
    OP_AUTO_FREE char *name = NULL;
    bool meta = false;
    for (const char *line = document; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (kind == NULL)
            kind = value_of(line, n, "kind:");
        if (meta && name == NULL)
            name = value_of(line, n, "  name:");
        if (*line != ' ' && *line != '#')
            meta = op_str_starts(line, "metadata:");
        line += n + (line[n] == '\n');
    }
    if (kind == NULL || name == NULL)
        return NULL;
    for (char *c = kind; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return op_asprintf("%s/%s", kind, name);
}

static size_t mark_of(struct op_strv *seen, const char *value)
{
    for (size_t i = 0; i < seen->n; i++)
        if (strcmp(seen->v[i], value) == 0)
            return i + 1;
    op_strv_push(seen, value);
    return seen->n;
}

/* In a Secret everything that is indented under data: or stringData: is a value, or part of one. */
char *op_compare_hide(const char *document, struct op_strv *seen)
{
    OP_AUTO_FREE char *name = name_of(document);
    if (name == NULL || !op_str_starts(name, "secret/"))
        return op_strdup(document);
    OP_AUTO_BUF out = OP_BUF_INIT;
    bool inside = false;
    for (const char *line = document; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (n != 0 && *line != ' ' && *line != '#')
            inside = op_str_starts(line, "data:") || op_str_starts(line, "stringData:");
        bool field = op_str_starts(line, "data:") || op_str_starts(line, "stringData:");
        size_t key = field ? strcspn(line, ":") : strcspn(line, ":\n");
        if (inside && n > key + 1) {
            OP_AUTO_FREE char *value = op_strndup(line + key + 1, n - key - 1);
            op_buf_addf(&out, "%.*s: (hidden, value %zu)\n", (int)key, line, mark_of(seen, value));
        } else if (inside && !field && key == n && n != 0) {
            OP_AUTO_FREE char *value = op_strndup(line, n);
            op_buf_addf(&out, "    (hidden, value %zu)\n", mark_of(seen, value));
        } else {
            op_buf_addf(&out, "%.*s\n", (int)n, line);
        }
        line += n + (line[n] == '\n');
    }
    return op_buf_steal(&out);
}

static void take_document(struct documents *to, const char *text, size_t n, struct op_strv *seen)
{
    while (n != 0 && isspace((unsigned char)text[n - 1])) /* blank lines at the end are no difference */
        n--;
    OP_AUTO_FREE char *plain = op_strndup(text, n);
    char *name = name_of(plain);
    if (name == NULL)
        return;
    to->items = op_grow(to->items, to->n, &to->cap, sizeof(*to->items));
    to->items[to->n++] = (struct document){ .name = name, .text = op_compare_hide(plain, seen) };
}

static void split(const char *manifest, struct documents *to, struct op_strv *seen)
{
    const char *from = manifest;
    for (const char *line = manifest; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (op_str_starts(line, "---")) {
            take_document(to, from, (size_t)(line - from), seen);
            from = line + n + (line[n] == '\n');
        }
        line += n + (line[n] == '\n');
    }
    take_document(to, from, strlen(from), seen);
}

static void free_documents(struct documents *d)
{
    for (size_t i = 0; i < d->n; i++) {
        free(d->items[i].name);
        free(d->items[i].text);
    }
    free(d->items);
}

static const char *text_of(const struct documents *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->items[i].name, name) == 0)
            return d->items[i].text;
    return "";
}

static size_t compare_one(const char *name, const char *before, const char *after, size_t context, struct op_strv *lines)
{
    OP_AUTO_STRV a = OP_STRV_INIT;
    OP_AUTO_STRV b = OP_STRV_INIT;
    struct op_diff diff;
    op_diff_split(before, &a);
    op_diff_split(after, &b);
    op_diff_lines(&a, &b, context, &diff);
    size_t differs = diff.lines.n != 0;
    if (differs)
        op_strv_pushf(lines, "#%s%s", name, *before == '\0' ? " (new)" : *after == '\0' ? " (goes away)" : "");
    op_strv_copy(lines, &diff.lines);
    if (diff.cut)
        op_strv_pushf(lines, "!%s: only the first %zu lines were compared", name, OP_DIFF_MAX);
    op_diff_free(&diff);
    return differs;
}

size_t op_compare_manifests(const char *before, const char *after, size_t context, struct op_strv *lines)
{
    OP_AUTO_STRV seen = OP_STRV_INIT;
    struct documents a = { 0 }, b = { 0 };
    size_t n = 0;
    split(before, &a, &seen);
    split(after, &b, &seen);
    for (size_t i = 0; i < a.n; i++)
        n += compare_one(a.items[i].name, a.items[i].text, text_of(&b, a.items[i].name), context, lines);
    for (size_t i = 0; i < b.n; i++)
        if (*text_of(&a, b.items[i].name) == '\0')
            n += compare_one(b.items[i].name, "", b.items[i].text, context, lines);
    free_documents(&a);
    free_documents(&b);
    return n;
}

void op_compare_names(const char *manifest, struct op_strv *names)
{
    OP_AUTO_STRV seen = OP_STRV_INIT;
    struct documents d = { 0 };
    split(manifest, &d, &seen);
    for (size_t i = 0; i < d.n; i++)
        op_strv_push(names, d.items[i].name);
    free_documents(&d);
}
