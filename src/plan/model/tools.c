/* The catalogue as an endpoint gets to see it: what most requests need is told in full, the rest by name. Refuses
 * nothing: what was not told of can be called all the same. */
#include "tools.h"

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"

#define FIRST_ROOM ((size_t)16 << 10) /* bytes of what is offered before the model asks for more */
#define NAMES_ROOM ((size_t)3 << 10)  /* bytes of the names of the rest */

struct offered { /* one tool that a request may begin with */
    const struct op_tool *tool;
    const struct op_node *only; /* the parameters to tell of, or NULL: all */
    size_t size;                /* bytes */
    bool chosen;
};

struct offer {
    struct offered *v;
    size_t n, cap;
};

static void offer_free(struct offer *o)
{
    free(o->v);
}

bool op_found_add(struct op_found *f, const struct op_tool *tool)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->tools[i] == tool)
            return false;
    f->tools = op_grow(f->tools, f->n, &f->cap, sizeof(*f->tools));
    f->tools[f->n++] = tool;
    return true;
}

void op_found_free(struct op_found *f)
{
    free(f->tools);
    *f = (struct op_found){ 0 };
}

static bool has(const struct op_found *f, const struct op_tool *tool)
{
    for (size_t i = 0; f != NULL && i < f->n; i++)
        if (f->tools[i] == tool)
            return true;
    return false;
}

bool op_tools_known(const struct op_catalog *cat, const char *name)
{
    return op_str_eq(name, OP_FIND_TOOLS) || op_str_eq(name, OP_RUN_WORKFLOW) || op_catalog_tool(cat, name) != NULL;
}

/* ---- the sections ---- */

static bool names(const struct op_node *list, const char *name)
{
    for (const struct op_node *n = op_node_first(list); n != NULL; n = op_node_next(n))
        if (op_str_eq(op_node_text(n), name))
            return true;
    return false;
}

static bool check_parameters(const struct op_doc *doc, const struct op_tool *tool, const struct op_node *only,
                             struct op_err *err)
{
    if (!op_node_expect(doc, only, OP_NODE_LIST, err))
        return false;
    for (const struct op_node *p = op_node_first(only); p != NULL; p = op_node_next(p))
        if (op_node_get(op_node_get(tool->parameters, "properties"), op_node_text(p)) == NULL)
            return op_node_fail(err, doc, p, "%s has no such parameter", tool->name);
    const struct op_node *required = op_node_get(tool->parameters, "required");
    for (const struct op_node *r = op_node_first(required); r != NULL; r = op_node_next(r))
        if (!names(only, op_node_text(r)))
            return op_node_fail(err, doc, only, "%s cannot be called without %s", tool->name, op_node_text(r));
    return true;
}

bool op_tools_check(const struct op_catalog *cat, struct op_err *err)
{
    const struct op_doc *doc = NULL;
    const struct op_node *section;
    for (size_t i = 0; (section = op_catalog_section(cat, "offer", &i, &doc)) != NULL;) {
        if (!op_node_expect(doc, section, OP_NODE_MAP, err))
            return false;
        for (const struct op_node *n = op_node_first(section); n != NULL; n = op_node_next(n)) {
            const struct op_tool *tool = op_catalog_tool(cat, op_node_key(n));
            if (tool == NULL)
                return op_node_fail(err, doc, n, "no tool is called %.60s", op_node_key(n));
            if (!op_node_is_null(n) && !check_parameters(doc, tool, n, err))
                return false;
        }
    }
    return true;
}

static void add_offered(struct offer *o, const struct op_tool *tool, const struct op_node *only)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].tool == tool)
            return;
    o->v = op_grow(o->v, o->n, &o->cap, sizeof(*o->v));
    o->v[o->n++] = (struct offered){ .tool = tool, .only = only };
}

/* What the sections name, then the person's own. */
static void collect(const struct op_catalog *cat, struct offer *o)
{
    const struct op_node *section;
    for (size_t i = 0; (section = op_catalog_section(cat, "offer", &i, NULL)) != NULL;)
        for (const struct op_node *n = op_node_first(section); n != NULL; n = op_node_next(n))
            if (op_catalog_tool(cat, op_node_key(n)) != NULL)
                add_offered(o, op_catalog_tool(cat, op_node_key(n)), op_node_is_null(n) ? NULL : n);
    for (size_t i = 0; i < cat->n_tools; i++)
        if (cat->tools[i].doc->memory != NULL)
            add_offered(o, &cat->tools[i], NULL);
}

/* First those that can do anything their program can, then in order while there is room. Returns what is left of it. */
static size_t choose(struct offer *o, size_t room)
{
    size_t n = 0;
    for (int rank = 0; rank < 2; rank++)
        for (size_t i = 0; i < o->n; i++) {
            struct offered *t = &o->v[i];
            if (op_str_eq(t->tool->name, t->tool->program) != (rank == 0) || n == OP_TOOLS_MAX - 1 || t->size > room)
                continue;
            t->chosen = true;
            room -= t->size;
            n++;
        }
    return room;
}

/* ---- the rest, by name ---- */

static bool is_chosen(const struct offer *o, const struct op_tool *tool)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].tool == tool)
            return o->v[i].chosen;
    return false;
}

/* "helm_{lint,test} kubectl_{cp,drain}": each program said once. o: NULL names all. Returns whether there was any. */
static bool add_names(struct op_buf *out, const struct op_catalog *cat, const struct offer *o)
{
    const char *open = NULL; /* the program whose brace is open */
    const size_t start = out->len;
    size_t left = 0;
    for (size_t i = 0; i < cat->n_tools; i++) {
        const struct op_tool *t = &cat->tools[i];
        size_t p = strlen(t->program);
        bool grouped = op_str_starts(t->name, t->program) && t->name[p] == '_';
        if (o != NULL && is_chosen(o, t))
            continue;
        if (out->len - start + strlen(t->name) + 2 > NAMES_ROOM) {
            left++;
            continue;
        }
        bool same = open != NULL && grouped && op_str_eq(open, t->program);
        if (!same)
            op_buf_adds(out, open != NULL ? "} " : out->len != start ? " " : "");
        if (grouped)
            op_buf_addf(out, "%s%s%s", same ? "," : t->program, same ? "" : "_{", t->name + p + 1);
        else
            op_buf_adds(out, t->name);
        open = grouped ? t->program : NULL;
    }
    op_buf_adds(out, open != NULL ? "}" : "");
    if (left != 0)
        op_buf_addf(out, " and %zu more", left);
    return out->len != start;
}

static bool describe_find(struct op_buf *out, const struct op_catalog *cat, const struct offer *o)
{
    op_buf_adds(out, "There are more tools, by name: ");
    bool any = add_names(out, cat, o);
    op_buf_adds(out,
                ". This tells their parameters, and further ones of the tools above, and makes them callable. Give "
                "their names, or words for what is to be done.");
    return any;
}

struct op_json *op_tools_function(const char *name, const char *description, struct op_json *parameters)
{
    struct op_json *function = op_json_object(), *out = op_json_object();
    op_json_set_str(function, "name", name);
    op_json_set_str(function, "description", description);
    op_json_set(function, "parameters", parameters);
    op_json_set_str(out, "type", "function");
    op_json_set(out, "function", function);
    return out;
}

static struct op_json *find_schema(const char *description)
{
    struct op_json *words = op_json_object(), *properties = op_json_object(), *required = op_json_array();
    struct op_json *parameters = op_json_object();
    op_json_set_str(words, "type", "string");
    op_json_set(properties, "words", words);
    op_json_push(required, op_json_string("words"));
    op_json_set_str(parameters, "type", "object");
    op_json_set(parameters, "required", required);
    op_json_set(parameters, "properties", properties);
    return op_tools_function(OP_FIND_TOOLS, description, parameters);
}

/* ---- as JSON ---- */

static size_t printed(const struct op_json *j)
{
    OP_AUTO_FREE char *text = op_json_print(j, false);
    return strlen(text) + 1;
}

static void add_found(struct op_json *out, const struct offer *o, const struct op_found *found, size_t room)
{
    size_t from = found->n, n = op_json_size(out);
    for (; from > 0 && n < OP_TOOLS_MAX; from--) {
        const struct op_tool *tool = found->tools[from - 1];
        if (is_chosen(o, tool))
            continue;
        OP_AUTO_JSON *schema = op_tool_schema(tool, NULL);
        size_t size = printed(schema);
        if (size > room)
            break;
        room -= size;
        n++;
    }
    for (; from < found->n; from++)
        if (!is_chosen(o, found->tools[from]))
            op_json_push(out, op_tool_schema(found->tools[from], NULL));
}

struct op_json *op_tools_schema(const struct op_catalog *cat, const struct op_found *found, size_t bytes)
{
    OP_AUTO(offer_free) struct offer o = { 0 };
    OP_AUTO_BUF about = OP_BUF_INIT;
    collect(cat, &o);
    for (size_t i = 0; i < o.n; i++) {
        if (has(found, o.v[i].tool)) /* it was asked for more of it */
            o.v[i].only = NULL;
        OP_AUTO_JSON *schema = op_tool_schema(o.v[i].tool, o.v[i].only);
        o.v[i].size = printed(schema);
    }
    (void)describe_find(&about, cat, NULL); /* with all names: at least as long as it will be */
    OP_AUTO_JSON *longest = find_schema(op_buf_str(&about));
    OP_AUTO_JSON *flow = op_flow_schema(cat);
    const size_t kept = printed(longest), first = bytes < FIRST_ROOM ? bytes : FIRST_ROOM;
    const size_t flows = flow != NULL ? printed(flow) : 0;
    size_t room = first > kept ? first - kept : 0;
    room = choose(&o, room);
    const bool fits = flow != NULL && flows <= room;
    room += bytes - first - (fits ? flows : 0);
    struct op_json *out = op_json_array();
    for (size_t i = 0; i < o.n; i++)
        if (o.v[i].chosen)
            op_json_push(out, op_tool_schema(o.v[i].tool, o.v[i].only));
    op_buf_trunc(&about, 0);
    if (fits)
        op_json_push(out, op_steal(&flow));
    if (kept <= bytes && describe_find(&about, cat, &o))
        op_json_push(out, find_schema(op_buf_str(&about)));
    if (found != NULL)
        add_found(out, &o, found, room);
    return out;
}

/* ---- as text ---- */

static bool required(const struct op_tool *t, const char *name)
{
    const struct op_node *r = op_node_get(t->parameters, "required");
    return r != NULL && names(r, name);
}

void op_tools_line(struct op_buf *out, const struct op_tool *t, const struct op_node *only)
{
    bool first = true;
    const struct op_node *properties = op_node_get(t->parameters, "properties");
    op_buf_addf(out, "%s(", t->name);
    for (const struct op_node *p = op_node_first(properties); p != NULL; p = op_node_next(p)) {
        const char *type = op_node_text(op_node_get(p, "type"));
        if (only != NULL && !names(only, op_node_key(p)))
            continue;
        op_buf_addf(out, "%s%s%s", first ? "" : ", ", op_node_key(p), required(t, op_node_key(p)) ? "!" : "");
        if (type != NULL && !op_str_eq(type, "string"))
            op_buf_addf(out, ": %s", type);
        first = false;
    }
    op_buf_addf(out, "): %s\n", t->description);
}

char *op_tools_text(const struct op_catalog *cat, size_t bytes)
{
    OP_AUTO(offer_free) struct offer o = { 0 };
    OP_AUTO_BUF out = OP_BUF_INIT, about = OP_BUF_INIT;
    collect(cat, &o);
    for (size_t i = 0; i < o.n; i++) {
        OP_AUTO_BUF line = OP_BUF_INIT;
        op_tools_line(&line, o.v[i].tool, o.v[i].only);
        o.v[i].size = line.len;
    }
    (void)describe_find(&about, cat, NULL);
    OP_AUTO_BUF flow = OP_BUF_INIT;
    op_flow_describe(&flow, cat);
    const size_t kept = about.len + 40, first = bytes < FIRST_ROOM ? bytes : FIRST_ROOM;
    const size_t room = choose(&o, first > kept ? first - kept : 0);
    for (size_t i = 0; i < o.n; i++)
        if (o.v[i].chosen)
            op_tools_line(&out, o.v[i].tool, o.v[i].only);
    op_buf_trunc(&about, 0);
    if (flow.len != 0 && flow.len + 60 <= room)
        op_buf_addf(&out, OP_RUN_WORKFLOW "(workflow!, values: object): %s\n", op_buf_str(&flow));
    if (kept <= bytes && describe_find(&about, cat, &o))
        op_buf_addf(&out, OP_FIND_TOOLS "(words!): %s\n", op_buf_str(&about));
    return op_buf_steal(&out);
}
