/* Manifests as text, the way Helm keeps them: documents between lines of "---", compared object by object.
 * A document is read as YAML and shown like an object from the server; one that cannot be read so is shown as
 * it is, unless it may hold a Secret. */
#include "compare.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/cluster/object.h"
#include "opsh/data/yaml.h"

struct document {
    char *name; /* "deployment/web" */
    struct op_strv lines;
};

struct documents {
    struct document *items;
    size_t n, cap;
};

static struct op_json *read_yaml(const char *text, size_t n)
{
    struct op_err err = OP_ERR_INIT;
    struct op_doc doc;
    if (!op_yaml_parse("manifest", text, n, &doc, &err))
        return NULL;
    struct op_json *j = op_json_from_node(doc.root);
    op_doc_free(&doc);
    return j;
}

static bool is_blank(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '#')
            i += strcspn(text + i, "\n") < n - i ? strcspn(text + i, "\n") : n - i;
        else if (!isspace((unsigned char)text[i]))
            return false;
    }
    return true;
}

static void take_document(struct documents *to, const char *text, size_t n, struct op_strv *seen)
{
    if (is_blank(text, n))
        return;
    struct document d = { .lines = OP_STRV_INIT };
    OP_AUTO_JSON *object = read_yaml(text, n);
    d.name = op_object_ref(object);
    if (d.name != NULL) {
        op_compare_clean(object, seen);
        op_compare_render(object, &d.lines);
    } else {
        OP_AUTO_FREE char *plain = op_strndup(text, n);
        d.name = op_asprintf("document %zu, which opsh cannot read", to->n + 1);
        if (strcasestr(plain, "secret") != NULL)
            op_strv_pushf(&d.lines, "(hidden: %zu bytes, value %zu)", n, op_compare_mark(seen, plain));
        else
            op_diff_split(plain, &d.lines);
    }
    to->items = op_grow(to->items, to->n, &to->cap, sizeof(*to->items));
    to->items[to->n++] = d;
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
        op_strv_free(&d->items[i].lines);
    }
    free(d->items);
}

static const struct op_strv *lines_of(const struct documents *d, const char *name)
{
    static const struct op_strv none = OP_STRV_INIT;
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->items[i].name, name) == 0)
            return &d->items[i].lines;
    return &none;
}

static size_t compare_one(const char *name, const struct op_strv *before, const struct op_strv *after, size_t context,
                          struct op_strv *lines)
{
    struct op_diff diff;
    op_diff_lines(before, after, context, &diff);
    size_t differs = diff.lines.n != 0;
    if (differs)
        op_strv_pushf(lines, "#%s%s", name, before->n == 0 ? " (new)" : after->n == 0 ? " (goes away)" : "");
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
        n += compare_one(a.items[i].name, &a.items[i].lines, lines_of(&b, a.items[i].name), context, lines);
    for (size_t i = 0; i < b.n; i++)
        if (lines_of(&a, b.items[i].name)->n == 0)
            n += compare_one(b.items[i].name, &(const struct op_strv)OP_STRV_INIT, &b.items[i].lines, context, lines);
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
        if (strchr(d.items[i].name, '/') != NULL)
            op_strv_push(names, d.items[i].name);
    free_documents(&d);
}
