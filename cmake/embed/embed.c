/* opsh-embed OUT.c FILE… : writes the catalogue (YAML as constant nodes) and the prompts (texts)
 * as one C file. Runs at build time only. */
#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/data/yaml.h"

#include <errno.h>

static void c_string(FILE *out, const char *s)
{
    if (s == NULL) {
        (void)fputs("NULL", out);
        return;
    }
    (void)fputc('"', out);
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            (void)fprintf(out, "\\%c", c);
        else if (c >= 0x20 && c < 0x7f && c != '?')
            (void)fputc(c, out);
        else
            (void)fprintf(out, "\\%03o", c);
    }
    (void)fputc('"', out);
}

static size_t count(const struct op_node *n)
{
    size_t all = 1;
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        all += count(c);
    return all;
}

/* The texts of one document, each once, one behind the other. */
struct pool {
    struct op_buf bytes;
    struct text {
        size_t at, next; /* of the same bucket: its index + 1 */
    } * items;
    size_t n, cap, buckets[4096];
};

static void pool_free(struct pool *p)
{
    op_buf_free(&p->bytes);
    free(p->items);
}

static size_t pooled(struct pool *p, const char *text)
{
    size_t *bucket = &p->buckets[op_str_hash(text, strlen(text)) % OP_LEN(p->buckets)];
    for (size_t i = *bucket; i != 0; i = p->items[i - 1].next)
        if (strcmp(p->bytes.data + p->items[i - 1].at, text) == 0)
            return p->items[i - 1].at;
    p->items = op_grow(p->items, p->n, &p->cap, sizeof(*p->items));
    p->items[p->n++] = (struct text){ .at = p->bytes.len, .next = *bucket };
    *bucket = p->n;
    op_buf_add(&p->bytes, text, strlen(text) + 1);
    return p->items[p->n - 1].at;
}

/* From node i of n to a text: over the nodes that are left, into the pool. */
static void text_at(FILE *out, struct pool *p, const char *text, size_t left)
{
    if (text != NULL)
        (void)fprintf(out, ",N(%zu)+%zu", left, pooled(p, text));
    else
        (void)fputs(",0", out);
}

/* Nodes are written depth first: a node's index, its first child right behind it, its sibling
 * behind all that belongs to it. left: how many there are from this one on. */
static void nodes(FILE *out, struct pool *p, const struct op_node *n, size_t left, bool last)
{
    (void)fprintf(out, "{%d,%d,%u,%u,%u,%u,%u", (int)n->kind, n->plain, n->line, n->column, n->key_line, n->key_column,
                  n->n);
    text_at(out, p, op_node_key(n), left);
    text_at(out, p, op_node_text(n), left);
    (void)fputs(op_node_first(n) != NULL ? ",N(1)" : ",0", out);
    (void)fprintf(out, last ? ",0},\n" : ",N(%zu)},\n", count(n));
    left--;
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c)) {
        nodes(out, p, c, left, op_node_next(c) == NULL);
        left -= count(c);
    }
}

static void c_bytes(FILE *out, const char *bytes, size_t n)
{
    for (size_t at = 0; at < n; at += strlen(bytes + at) + 1) {
        (void)fputs("    ", out);
        c_string(out, bytes + at);
        (void)fputs("\"\\0\"\n", out);
    }
}

static bool slurp(const char *path, struct op_buf *text)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof(part), f)) != 0;)
        op_buf_add(text, part, n);
    bool ok = ferror(f) == 0;
    return fclose(f) == 0 && ok;
}

static bool embed(FILE *out, const char *path, unsigned *docs, FILE *texts, FILE *list)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!slurp(path, &text)) {
        (void)fprintf(stderr, "opsh-embed: %s: %s\n", path, strerror(errno));
        return false;
    }
    if (!op_str_ends(path, ".yaml")) {
        (void)fputs("    {", texts);
        c_string(texts, path);
        (void)fputs(", ", texts);
        c_string(texts, op_buf_str(&text));
        (void)fputs("},\n", texts);
        return true;
    }
    struct op_doc doc;
    struct op_err err = OP_ERR_INIT;
    if (!op_yaml_parse(path, op_buf_str(&text), text.len, &doc, &err)) {
        (void)fprintf(stderr, "%s\n", err.msg);
        return false;
    }
    OP_AUTO(pool_free) struct pool pool = { 0 };
    char *written = NULL;
    size_t written_n = 0;
    FILE *list_of_nodes = open_memstream(&written, &written_n);
    if (list_of_nodes == NULL)
        return false;
    nodes(list_of_nodes, &pool, doc.root, count(doc.root), true);
    (void)fclose(list_of_nodes);
    (void)fprintf(out, "static const struct { struct op_node nodes[%zu]; char texts[%zu]; } d%u = {{\n%s},\n",
                  count(doc.root), pool.bytes.len + 1, *docs, written);
    free(written);
    c_bytes(out, pool.bytes.data, pool.bytes.len);
    (void)fputs("};\n", out);
    (void)fputs("    {", list);
    c_string(list, path);
    (void)fprintf(list, ", d%u.nodes, NULL},\n", (*docs)++);
    op_doc_free(&doc);
    return true;
}

static bool write_all(FILE *out, char **paths, int n)
{
    char *texts_bytes = NULL, *list_bytes = NULL;
    size_t texts_n = 0, list_n = 0;
    FILE *texts = open_memstream(&texts_bytes, &texts_n), *list = open_memstream(&list_bytes, &list_n);
    if (texts == NULL || list == NULL)
        return false;
    unsigned docs = 0;
    (void)fputs("/* Generated by opsh-embed; do not edit. */\n#include \"opsh/catalog/embedded.h\"\n\n"
                "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                "#define N(n) ((int64_t)(n) * (int64_t)sizeof(struct op_node))\n",
                out);
    bool ok = true;
    for (int i = 0; i < n && ok; i++)
        ok = embed(out, paths[i], &docs, texts, list);
    (void)fclose(texts);
    (void)fclose(list);
    (void)fprintf(out, "const struct op_doc op_embedded_docs[] = {\n%s    {NULL, NULL, NULL}};\n", list_bytes);
    (void)fprintf(out, "const size_t op_embedded_docs_n = %u;\n", docs);
    (void)fprintf(out,
                  "static const struct { const char *name, *text; } texts[] = {\n%s    {NULL, NULL}};\n"
                  "const char *op_embedded_text(const char *name)\n{\n"
                  "    for (size_t i = 0; texts[i].name != NULL; i++)\n"
                  "        if (strcmp(texts[i].name, name) == 0)\n            return texts[i].text;\n"
                  "    return NULL;\n}\n",
                  texts_bytes);
    free(texts_bytes);
    free(list_bytes);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) {
        (void)fprintf(stderr, "opsh-embed: %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    bool ok = write_all(out, argv + 2, argc - 2);
    ok = fclose(out) == 0 && ok;
    if (!ok)
        (void)unlink(argv[1]);
    return ok ? 0 : 1;
}
