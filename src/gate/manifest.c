/* Reads manifests on standard input as far as the gate needs them: which kinds, and the first object.
 * What is written in a way that opsh does not read (anchors, tags, two objects without a line of dashes) is
 * never taken for harmless. */
#include "manifest.h"

#include "opsh/base/str.h"
#include "opsh/data/yaml.h"

static char *lowered(const char *text)
{
    return op_str_lower(op_strdup(text));
}

/* The next document: up to a line of dashes. */
static const char *document(const char **at, size_t *len)
{
    const char *begin = *at;
    if (begin == NULL || *begin == '\0')
        return NULL;
    const char *end = strncmp(begin, "---", 3) == 0 ? begin : strstr(begin, "\n---");
    if (end == NULL) {
        *len = strlen(begin);
        *at = NULL;
        return begin;
    }
    *len = (size_t)(end - begin);
    end += *end == '\n';
    end += 3; /* what stands behind the dashes belongs to the next document */
    *at = end;
    return begin;
}

static void collect(const struct op_node *n, struct op_strv *kinds)
{
    if (n->kind == OP_NODE_SCALAR && op_str_eq(op_node_key(n), "kind"))
        op_strv_take(kinds, lowered(op_node_text(n)));
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        collect(c, kinds);
}

bool op_manifest_kinds(const char *input, struct op_strv *kinds)
{
    bool all = true;
    size_t len = 0;
    for (const char *text; (text = document(&input, &len)) != NULL;) {
        struct op_doc doc;
        struct op_err err = OP_ERR_INIT;
        if (!op_yaml_parse("manifest", text, len, &doc, &err)) {
            all = false;
            continue;
        }
        collect(doc.root, kinds);
        op_doc_free(&doc);
    }
    return all;
}

static void take(char *to, size_t size, const char *text)
{
    OP_AUTO_FREE char *low = lowered(text);
    (void)snprintf(to, size, "%s", low);
}

void op_manifest_about(const char *input, struct op_verdict *v)
{
    size_t len = 0;
    struct op_doc doc;
    struct op_err err = OP_ERR_INIT;
    const char *text = document(&input, &len);
    while (text != NULL && len == 0) /* a manifest may begin with its line of dashes */
        text = document(&input, &len);
    if (text == NULL || !op_yaml_parse("manifest", text, len, &doc, &err))
        return;
    const struct op_node *meta = op_node_get(doc.root, "metadata");
    const char *kind = op_node_text(op_node_get(doc.root, "kind")), *name = op_node_text(op_node_get(meta, "name"));
    const char *ns = op_node_text(op_node_get(meta, "namespace"));
    if (kind != NULL && name != NULL) {
        take(v->kind, sizeof(v->kind), kind);
        (void)snprintf(v->name, sizeof(v->name), "%s", name);
    }
    if (ns != NULL && v->ns[0] == '\0')
        (void)snprintf(v->ns, sizeof(v->ns), "%s", ns);
    op_doc_free(&doc);
}
