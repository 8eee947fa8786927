/* The catalogue as an endpoint gets to see it: whole where there is room, the most useful part where not. */
#include "tools.h"

#include "opsh/base/str.h"

enum { GENERAL, OWN, KUBECTL, OTHER, RANKS };

static int rank(const struct op_tool *t)
{
    if (op_str_eq(t->name, t->program)) /* can do anything its program can */
        return GENERAL;
    if (t->doc->memory != NULL) /* the person's */
        return OWN;
    return op_str_eq(t->program, "kubectl") ? KUBECTL : OTHER;
}

/* chosen[i] for each tool of the catalogue; sizes[i] is what it costs. */
static void choose(const struct op_catalog *cat, const size_t *sizes, size_t bytes, bool *chosen)
{
    size_t used = 0, n = 0;
    for (int r = 0; r < RANKS; r++)
        for (size_t i = 0; i < cat->n_tools; i++) {
            if (rank(&cat->tools[i]) != r || n == OP_TOOLS_MAX || used + sizes[i] > bytes)
                continue;
            chosen[i] = true;
            used += sizes[i];
            n++;
        }
}

struct op_json *op_tools_schema(const struct op_catalog *cat, size_t bytes)
{
    OP_AUTO_JSON *all = op_catalog_schema(cat);
    OP_AUTO_FREE size_t *sizes = op_calloc(cat->n_tools, sizeof(*sizes));
    OP_AUTO_FREE bool *chosen = op_calloc(cat->n_tools, sizeof(*chosen));
    size_t i = 0;
    OP_JSON_EACH(tool, all) {
        OP_AUTO_FREE char *text = op_json_print(tool, false);
        sizes[i++] = strlen(text) + 1;
    }
    choose(cat, sizes, bytes, chosen);
    struct op_json *out = op_json_array();
    i = 0;
    OP_JSON_EACH(tool, all)
        if (chosen[i++])
            op_json_push(out, op_json_dup(tool));
    return out;
}

static bool required(const struct op_json *parameters, const char *name)
{
    OP_JSON_EACH(r, op_json_get(parameters, "required"))
        if (op_str_eq(op_json_text(r), name))
            return true;
    return false;
}

static void add_line(struct op_buf *out, const struct op_tool *t)
{
    OP_AUTO_JSON *parameters = op_json_from_node(t->parameters);
    bool first = true;
    op_buf_addf(out, "%s(", t->name);
    OP_JSON_EACH(p, op_json_get(parameters, "properties")) {
        const char *type = op_json_str(p, "type");
        op_buf_addf(out, "%s%s%s", first ? "" : ", ", op_json_key(p), required(parameters, op_json_key(p)) ? "!" : "");
        if (type != NULL && !op_str_eq(type, "string"))
            op_buf_addf(out, ": %s", type);
        first = false;
    }
    op_buf_addf(out, "): %s\n", t->description);
}

char *op_tools_text(const struct op_catalog *cat, size_t bytes)
{
    OP_AUTO_FREE size_t *sizes = op_calloc(cat->n_tools, sizeof(*sizes));
    OP_AUTO_FREE bool *chosen = op_calloc(cat->n_tools, sizeof(*chosen));
    OP_AUTO_BUF lines = OP_BUF_INIT, out = OP_BUF_INIT;
    for (size_t i = 0; i < cat->n_tools; i++) {
        size_t before = lines.len;
        add_line(&lines, &cat->tools[i]);
        sizes[i] = lines.len - before;
    }
    choose(cat, sizes, bytes, chosen);
    size_t at = 0;
    for (size_t i = 0; i < cat->n_tools; i++) {
        if (chosen[i])
            op_buf_add(&out, op_buf_str(&lines) + at, sizes[i]);
        at += sizes[i];
    }
    return op_buf_steal(&out);
}
