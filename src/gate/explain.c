/* Tells what a command line says: the objects it names, the value of a flag, and each flag in the words
 * of the catalogue's typed tools. Decides nothing. */
#include "opsh/gate/explain.h"

#include "objects.h"

#include "opsh/base/str.h"

static bool has_slash(const struct op_lexed *lx)
{
    for (size_t i = 0; i < lx->n_words; i++)
        if (strchr(lx->words[i], '/') != NULL)
            return true;
    return false;
}

static size_t different(const struct op_strv *items)
{
    OP_AUTO_STRV seen = OP_STRV_INIT;
    for (size_t i = 0; i < items->n; i++)
        if (!op_strv_has(&seen, items->v[i]))
            op_strv_push(&seen, items->v[i]);
    return seen.n;
}

size_t op_gate_named(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *objects)
{
    struct op_lexed lx;
    struct op_named named;
    op_lex(cat, argv, &lx);
    op_objects_read(&lx, &named);
    bool pairs = has_slash(&lx); /* TYPE/NAME…; else TYPE[,TYPE] NAME… */
    if (pairs && named.kinds.n == named.names.n)
        for (size_t i = 0; i < named.names.n; i++)
            op_strv_pushf(objects, "%s/%s", named.kinds.v[i], named.names.v[i]);
    for (size_t k = 0; !pairs && k < named.kinds.n; k++)
        for (size_t i = 0; i < named.names.n; i++)
            op_strv_pushf(objects, "%s/%s", named.kinds.v[k], named.names.v[i]);
    size_t kinds = different(&named.kinds);
    op_objects_free(&named);
    op_lexed_free(&lx);
    return kinds;
}

char *op_gate_flag(const struct op_catalog *cat, const struct op_strv *argv, const char *name)
{
    struct op_lexed lx;
    op_lex(cat, argv, &lx);
    char *value = op_strdup(op_lexed_value(&lx, name));
    op_lexed_free(&lx);
    return value;
}

/* The typed tool that speaks of this verb: "rollout restart" of kubectl is kubectl_rollout_restart. */
static const struct op_tool *tool_of(const struct op_catalog *cat, const struct op_lexed *lx)
{
    OP_AUTO_FREE char *name = op_asprintf("%s_%s", lx->program, lx->verb);
    for (char *c = name; *c != '\0'; c++)
        if (*c == ' ' || *c == '-')
            *c = '_';
    return op_catalog_tool(cat, name);
}

/* What the tool's parameter of this name is said to be; NULL: nothing is said. */
static const char *meaning(const struct op_tool *tool, const char *flag)
{
    OP_AUTO_FREE char *name = op_strdup(flag);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
    const struct op_node *properties = tool != NULL ? op_node_get(tool->parameters, "properties") : NULL;
    return op_node_text(op_node_get(op_node_get(properties, name), "description"));
}

static const char *common(const char *flag)
{
    static const struct {
        const char *flag, *meaning;
    } rows[] = {
        { "namespace", "the namespace it acts in" },     { "context", "the cluster it acts on" },
        { "kube-context", "the cluster it acts on" },    { "selector", "every object with these labels" },
        { "all", "every object of the kind" },           { "all-namespaces", "in every namespace" },
        { "dry-run", "only tries" },                     { "force", "without waiting and without asking again" },
        { "output", "how the answer is printed" },       { "filename", "from this file; - is what is shown above" },
        { "replicas", "how many pods there should be" }, { "image", "the image to run" },
        { "kubeconfig", "this file says where the clusters are" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (op_str_eq(rows[i].flag, flag))
            return rows[i].meaning;
    return NULL;
}

static void tell_flag(const struct op_tool *tool, const struct op_flag_use *use, struct op_strv *lines)
{
    OP_AUTO_FREE char *name = op_strndup(use->name, use->len);
    const char *what = meaning(tool, name);
    if (what == NULL)
        what = common(name);
    op_strv_pushf(lines, "=  %s%s%s%s%s%s", use->len == 1 ? "-" : "--", name, use->value != NULL ? " " : "",
                  use->value != NULL ? use->value : "", what != NULL ? ": " : "", what != NULL ? what : "");
}

void op_gate_explain(const struct op_catalog *cat, const struct op_strv *argv, const struct op_verdict *v,
                     struct op_strv *lines)
{
    struct op_lexed lx;
    if (argv->n == 0 || !op_table_has_program(cat, argv->v[0])) {
        op_strv_pushf(lines, "=%s", v->why);
        return;
    }
    op_lex(cat, argv, &lx);
    const struct op_tool *tool = tool_of(cat, &lx);
    const char *why = op_node_text(op_node_get(lx.row, "why"));
    op_strv_pushf(lines, "=%s %s: %s", lx.program, lx.verb, tool != NULL ? tool->description : why != NULL ? why : v->why);
    OP_AUTO_STRV objects = OP_STRV_INIT;
    (void)op_gate_named(cat, argv, &objects);
    for (size_t i = 0; i < objects.n; i++)
        op_strv_pushf(lines, "=  %s", objects.v[i]);
    for (size_t i = 0; i < lx.n_flags; i++)
        tell_flag(tool, &lx.flags[i], lines);
    if (lx.unknown != NULL)
        op_strv_pushf(lines, "!  %s is a flag that opsh does not know", lx.unknown);
    op_strv_pushf(lines, "%c%s: %s", v->risk == OP_RISK_DESTROY || !v->known ? '!' : '=', op_risk_name(v->risk), v->why);
    op_lexed_free(&lx);
}
