/* A person's YAML never crashes anything: it is a tree within its limits, or an error with a place; and as a catalogue
 * document it is tools and tables, or an error with a place. */
#include "fuzz.h"

#include "opsh/base/str.h"
#include "opsh/data/yaml.h"
#include "opsh/gate/classify.h"

static void walk(const struct op_node *n, unsigned depth)
{
    if (depth > OP_YAML_DEPTH + 1 || n->line == 0 || n->column == 0 || (n->kind == OP_NODE_SCALAR) != (op_node_text(n) != NULL))
        abort();
    uint32_t children = 0;
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c), children++) {
        if ((n->kind == OP_NODE_MAP) != (op_node_key(c) != NULL))
            abort();
        walk(c, depth + 1);
    }
    if (children != n->n)
        abort();
}

static void as_table(const struct op_doc *doc)
{
    struct op_doc docs[] = { *doc };
    struct op_catalog cat = { .docs = docs, .n_docs = 1 };
    struct op_err err = OP_ERR_INIT;
    if (!op_gate_check(&cat, &err) && !op_str_starts(err.msg, "fuzz:"))
        abort();
    const char *program = op_node_text(op_node_get(doc->root, "program"));
    static const char *const words[] = { "go", "-a", "--bad=x", "b", "--", "-c" };
    OP_AUTO_STRV argv = OP_STRV_INIT;
    op_strv_push(&argv, program != NULL ? program : "x");
    for (size_t i = 0; i < OP_LEN(words); i++)
        op_strv_push(&argv, words[i]);
    struct op_verdict v; /* even a table that is not sound must not crash it */
    op_gate_classify(&cat, &argv, NULL, &v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op_doc doc;
    struct op_err err = OP_ERR_INIT;
    if (!op_yaml_parse("fuzz", (const char *)data, size, &doc, &err)) {
        if (!op_str_starts(err.msg, "fuzz:"))
            abort();
        return 0;
    }
    walk(doc.root, 0);
    as_table(&doc);
    op_doc_free(&doc);
    return 0;
}
