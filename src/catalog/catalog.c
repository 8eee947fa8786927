/* Finds the catalogue's documents and tools. Refuses what it does not understand, with its place:
 * a catalogue that is half understood would show people half of what a command can do. */
#include "opsh/catalog/catalog.h"

#include "opsh/base/str.h"
#include "opsh/catalog/embedded.h"
#include "opsh/data/yaml.h"
#include "opsh/os/path.h"

#include "schema.h"
#include "template.h"

#include <dirent.h>
#include <errno.h>

static const char *const section_names[] = { "program", "tools",  "verbs", "flags",  "intents",  "words", "undo",
                                             "offer",   "spoken", "tasks", "charts", "workflow", NULL };
static const char *const tool_keys[] = { "name", "description", "parameters", "argv", "stdin", NULL };

static bool need_text(const struct op_doc *doc, const struct op_node *map, const char *key, const char **out,
                      struct op_err *err)
{
    if (!op_node_read_str(doc, map, key, out, err))
        return false;
    return !op_str_empty(*out) || op_node_fail(err, doc, map, "a tool without %s", key);
}

static bool good_name(const char *name)
{
    return *name >= 'a' && *name <= 'z' && strlen(name) <= 64 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool check_argv(const struct op_tool *t, struct op_err *err)
{
    const struct op_node *argv = t->argv;
    if (argv == NULL || argv->kind != OP_NODE_LIST || argv->n == 0)
        return op_node_fail(err, t->doc, argv != NULL ? argv : t->node, "tool %s needs argv, a list", t->name);
    if (t->program == NULL || !op_str_eq(op_node_text(op_node_first(argv)), t->program))
        return op_node_fail(err, t->doc, argv, "argv must begin with the document's program%s%s",
                            t->program != NULL ? ", " : "", t->program != NULL ? t->program : "");
    return op_template_valid(t->doc, argv, t->parameters, err);
}

static bool check_stdin(const struct op_tool *t, struct op_err *err)
{
    const struct op_node *n = op_node_get(t->node, "stdin");
    if (n == NULL)
        return true;
    const struct op_node *p = op_node_get(op_node_get(t->parameters, "properties"), op_node_text(n));
    if (op_node_text(n) == NULL || !op_str_eq(op_node_text(op_node_get(p, "type")), "string"))
        return op_node_fail(err, t->doc, n, "stdin must name a parameter of type string");
    return true;
}

static bool check_tool(const struct op_tool *t, struct op_err *err)
{
    return op_schema_valid(t->doc, t->parameters, err) && check_argv(t, err) && check_stdin(t, err);
}

static bool read_tool(const struct op_doc *doc, const struct op_node *n, struct op_tool *t, struct op_err *err)
{
    *t = (struct op_tool){ .doc = doc, .node = n };
    if (!op_node_expect(doc, n, OP_NODE_MAP, err) || !op_node_known_keys(doc, n, tool_keys, err) ||
        !op_node_read_str(doc, doc->root, "program", &t->program, err) || !need_text(doc, n, "name", &t->name, err) ||
        !need_text(doc, n, "description", &t->description, err))
        return false;
    if (!good_name(t->name))
        return op_node_fail(err, doc, op_node_get(n, "name"), "a tool's name is made of a-z, 0-9 and _, at most 64");
    if (op_str_eq(t->name, OP_FIND_TOOLS) || op_str_eq(t->name, OP_RUN_WORKFLOW))
        return op_node_fail(err, doc, op_node_get(n, "name"), "%s is the name of opsh's own tool", t->name);
    t->parameters = op_node_get(n, "parameters");
    t->argv = op_node_get(n, "argv");
    if (t->parameters == NULL || !op_str_eq(op_node_text(op_node_get(t->parameters, "type")), "object"))
        return op_node_fail(err, doc, t->parameters != NULL ? t->parameters : n,
                            "tool %s needs parameters of type object", t->name);
    return doc->memory == NULL || check_tool(t, err);
}

static size_t bucket_of(const char *name)
{
    return op_str_hash(name, strlen(name)) % OP_CATALOG_BUCKETS;
}

static bool add_tool(struct op_catalog *cat, size_t *cap, const struct op_doc *doc, const struct op_node *n,
                     struct op_err *err)
{
    struct op_tool t;
    if (!read_tool(doc, n, &t, err))
        return false;
    const struct op_tool *same = op_catalog_tool(cat, t.name);
    if (same != NULL)
        return op_node_fail(err, doc, n, "tool %s is already at %s:%u:%u", t.name, same->doc->file,
                            (unsigned)same->node->line, (unsigned)same->node->column);
    if (cat->n_tools == UINT16_MAX)
        return op_node_fail(err, doc, n, "too many tools");
    uint16_t *bucket = &cat->buckets[bucket_of(t.name)];
    t.next = *bucket;
    cat->tools = op_grow(cat->tools, cat->n_tools, cap, sizeof(*cat->tools));
    cat->tools[cat->n_tools++] = t;
    *bucket = (uint16_t)cat->n_tools;
    return true;
}

static bool read_doc(struct op_catalog *cat, size_t *cap, const struct op_doc *doc, struct op_err *err)
{
    const char *program = NULL;
    const struct op_node *tools = op_node_get(doc->root, "tools");
    if (!op_node_known_keys(doc, doc->root, section_names, err) ||
        !op_node_read_str(doc, doc->root, "program", &program, err) || !op_node_expect(doc, tools, OP_NODE_LIST, err))
        return false;
    for (const struct op_node *n = op_node_first(tools); n != NULL; n = op_node_next(n))
        if (!add_tool(cat, cap, doc, n, err))
            return false;
    return true;
}

static int is_yaml(const struct dirent *e)
{
    return e->d_name[0] != '.' && op_str_ends(e->d_name, ".yaml");
}

static bool load_file(struct op_catalog *cat, size_t *cap, const char *path, struct op_err *err)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_file_read(path, OP_YAML_MAX, &text, err))
        return false;
    struct op_doc doc;
    if (!op_yaml_parse(path, op_buf_str(&text), text.len, &doc, err))
        return false;
    cat->docs = op_grow(cat->docs, cat->n_docs, cap, sizeof(*cat->docs));
    cat->docs[cat->n_docs++] = doc;
    return true;
}

static bool load_folder(struct op_catalog *cat, size_t *cap, const char *folder, struct op_err *err)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_yaml, alphasort);
    if (n < 0)
        return errno == ENOENT || op_fail(err, OP_CONFIG, errno, "%s", folder);
    bool ok = true;
    for (int i = 0; i < n; i++) {
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, entries[i]->d_name);
        ok = ok && load_file(cat, cap, path, err);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

bool op_catalog_load(const char *user_folder, struct op_catalog *cat, struct op_err *err)
{
    *cat = (struct op_catalog){ 0 };
    size_t docs_cap = 0, tools_cap = 0;
    for (size_t i = 0; i < op_embedded_docs_n; i++) {
        cat->docs = op_grow(cat->docs, cat->n_docs, &docs_cap, sizeof(*cat->docs));
        cat->docs[cat->n_docs++] = op_embedded_docs[i];
    }
    OP_AUTO_FREE char *workflows = user_folder != NULL ? op_asprintf("%s/workflows", user_folder) : NULL;
    bool ok = user_folder == NULL ||
              (load_folder(cat, &docs_cap, user_folder, err) && load_folder(cat, &docs_cap, workflows, err));
    /* only now: tools point at documents, which must not move any more */
    for (size_t i = 0; ok && i < cat->n_docs; i++)
        ok = read_doc(cat, &tools_cap, &cat->docs[i], err);
    if (!ok)
        op_catalog_free(cat);
    return ok;
}

bool op_catalog_check(const struct op_catalog *cat, struct op_err *err)
{
    for (size_t i = 0; i < cat->n_tools; i++)
        if (!check_tool(&cat->tools[i], err))
            return false;
    return true;
}

void op_catalog_free(struct op_catalog *cat)
{
    for (size_t i = 0; i < cat->n_docs; i++)
        op_doc_free(&cat->docs[i]);
    free(cat->docs);
    free(cat->tools);
    *cat = (struct op_catalog){ 0 };
}

const struct op_tool *op_catalog_tool(const struct op_catalog *cat, const char *name)
{
    for (size_t i = name != NULL ? cat->buckets[bucket_of(name)] : 0; i != 0; i = cat->tools[i - 1].next)
        if (strcmp(cat->tools[i - 1].name, name) == 0)
            return &cat->tools[i - 1];
    return NULL;
}

const struct op_node *op_catalog_section(const struct op_catalog *cat, const char *name, size_t *i,
                                         const struct op_doc **doc)
{
    while (*i < cat->n_docs) {
        const struct op_doc *d = &cat->docs[(*i)++];
        const struct op_node *section = op_node_get(d->root, name);
        if (section == NULL)
            continue;
        if (doc != NULL)
            *doc = d;
        return section;
    }
    return NULL;
}
