/* Reads workflows from the catalogue's documents. Refuses what it does not understand, with its place: a step that is
 * half understood would be half of what a person agreed to. */
#include "workflow.h"

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"

static const char *const workflow_keys[] = { "name", "about", "say", "values", "steps", "answer", "calls", NULL };
static const char *const step_keys[] = { "name",  "need", "run",  "write", "check",  "when",     "done",
                                         "after", "show", "save", "else",  "within", "destroys", NULL };
static const char *const kinds[] = { [WF_NEED] = "need", [WF_RUN] = "run", [WF_WRITE] = "write", [WF_CHECK] = "check" };

static bool need_text(const struct op_doc *doc, const struct op_node *map, const char *key, const char **out,
                      struct op_err *err)
{
    if (!op_node_read_str(doc, map, key, out, err))
        return false;
    return !op_str_empty(*out) || op_node_fail(err, doc, map, "a workflow needs %s", key);
}

static bool good_name(const char *name)
{
    return *name >= 'a' && *name <= 'z' && strlen(name) <= 48 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

/* What texts may name: the declared values, what is known besides, and what steps save. */
static bool read_known(struct wf *wf, const struct op_node *steps, struct op_err *err)
{
    static const char *const besides[] = { "ns", "context", "here", "hosts" };
    const struct op_node *declared = op_node_get(wf->values, "properties");
    const char *names[OP_LEN(wf->known)];
    size_t n = 0;
    wf->string = (struct op_node){ .kind = OP_NODE_SCALAR };
    op_node_link(&wf->string, "type", "string", NULL, NULL);
    for (size_t i = 0; i < OP_LEN(besides); i++)
        names[n++] = besides[i];
    for (const struct op_node *s = op_node_first(steps); s != NULL; s = op_node_next(s)) {
        const struct op_node *save = op_node_get(s, "save");
        if (save == NULL || op_node_text(save) == NULL)
            continue;
        if (op_node_get(declared, op_node_text(save)) != NULL)
            return op_node_fail(err, wf->doc, save, "%s is one of the values already", op_node_text(save));
        names[n++] = op_node_text(save);
    }
    for (size_t i = 0; i < n; i++) {
        const struct op_node *next = i + 1 < n ? &wf->known[i + 1] : op_node_first(declared);
        wf->known[i] = (struct op_node){ .kind = OP_NODE_MAP, .n = 1 };
        op_node_link(&wf->known[i], names[i], NULL, &wf->string, next);
        if (op_node_get(declared, names[i]) != NULL)
            return op_node_fail(err, wf->doc, op_node_get(declared, names[i]), "opsh knows %s by itself", names[i]);
    }
    wf->properties = (struct op_node){ .kind = OP_NODE_MAP, .n = (uint32_t)n + (declared != NULL ? declared->n : 0) };
    op_node_link(&wf->properties, "properties", NULL, wf->known, NULL);
    wf->type = (struct op_node){ .kind = OP_NODE_SCALAR };
    op_node_link(&wf->type, "type", "object", NULL, &wf->properties);
    wf->schema = (struct op_node){ .kind = OP_NODE_MAP, .n = 2 };
    op_node_link(&wf->schema, NULL, NULL, &wf->type, NULL);
    return true;
}

static bool read_values(struct wf *wf, struct op_err *err)
{
    if (wf->values == NULL)
        return true;
    if (!op_tool_valid(wf->doc, wf->values, NULL, err))
        return false;
    if (!op_str_eq(op_node_text(op_node_get(wf->values, "type")), "object"))
        return op_node_fail(err, wf->doc, wf->values, "values must be a schema of type object");
    const struct op_node *properties = op_node_get(wf->values, "properties");
    for (const struct op_node *p = op_node_first(properties); p != NULL; p = op_node_next(p)) {
        const char *type = op_node_text(op_node_get(p, "type"));
        if (!op_str_eq(type, "string") && !op_str_eq(type, "integer") && !op_str_eq(type, "boolean"))
            return op_node_fail(err, wf->doc, p, "a value is a string, an integer or a boolean");
    }
    return true;
}

static bool valid_when(const struct wf *wf, const struct op_node *when, struct op_err *err)
{
    if (!op_node_expect(wf->doc, when, OP_NODE_MAP, err))
        return false;
    for (const struct op_node *c = op_node_first(when); c != NULL; c = op_node_next(c)) {
        if (op_node_get(&wf->properties, op_node_key(c)) == NULL)
            return op_node_fail(err, wf->doc, c, "%s is not among the values of this workflow", op_node_key(c));
        for (const struct op_node *p = c->kind == OP_NODE_SCALAR ? NULL : op_node_first(c); p != NULL;
             p = op_node_next(p))
            if (c->kind == OP_NODE_MAP || p->kind != OP_NODE_SCALAR)
                return op_node_fail(err, wf->doc, c, "when takes a pattern, or a list of patterns, for each value");
    }
    return true;
}

static bool valid_looks(const struct wf *wf, const struct op_node *n, struct op_err *err)
{
    if (n == NULL || n->kind != OP_NODE_LIST)
        return n == NULL || wf_look_valid(wf, n, err);
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        if (!wf_look_valid(wf, c, err))
            return false;
    return true;
}

static bool valid_what(const struct wf *wf, const struct wf_step *s, struct op_err *err)
{
    switch (s->kind) {
    case WF_NEED:
    case WF_CHECK:
        return wf_look_valid(wf, s->what, err) && (s->kind == WF_NEED || op_node_get(s->what, "read") != NULL ||
                                                   op_node_fail(err, wf->doc, s->what, "a check reads"));
    case WF_RUN:
        if (s->what->kind != OP_NODE_LIST || op_node_first(s->what) == NULL ||
            op_node_first(s->what)->kind != OP_NODE_SCALAR)
            return op_node_fail(err, wf->doc, s->what, "run is an argument vector, a list that begins with a program");
        return op_tool_valid(wf->doc, &wf->schema, s->what, err);
    case WF_WRITE:
    default:
        return op_node_expect(wf->doc, s->what, OP_NODE_SCALAR, err) && wf_text_valid(wf, s->what, err);
    }
}

static bool known_step(const struct wf *wf, const char *name)
{
    for (size_t i = 0; i < wf->n; i++)
        if (strcmp(wf->steps[i].name, name) == 0)
            return true;
    return false;
}

static bool read_kind(const struct wf *wf, struct wf_step *s, struct op_err *err)
{
    size_t found = 0;
    for (size_t i = 0; i < OP_LEN(kinds); i++) {
        const struct op_node *what = op_node_get(s->node, kinds[i]);
        if (what == NULL)
            continue;
        s->kind = (enum wf_kind)i;
        s->what = what;
        found++;
    }
    return found == 1 || op_node_fail(err, wf->doc, s->node, "a step has one of need, run, write and check");
}

static bool read_step(struct wf *wf, const struct op_node *n, struct op_err *err)
{
    const struct op_doc *doc = wf->doc;
    struct wf_step s = { .node = n };
    if (!op_node_expect(doc, n, OP_NODE_MAP, err) || !op_node_known_keys(doc, n, step_keys, err) ||
        !need_text(doc, n, "name", &s.name, err) || !read_kind(wf, &s, err) ||
        !op_node_read_str(doc, n, "after", &s.after, err) || !op_node_read_str(doc, n, "show", &s.show, err) ||
        !op_node_read_str(doc, n, "save", &s.save, err) || !op_node_read_str(doc, n, "else", &s.otherwise, err) ||
        !op_node_read_str(doc, n, "destroys", &s.destroys, err) ||
        !op_node_read_int(doc, n, "within", 0, 3600, &s.within, err))
        return false;
    s.when = op_node_get(n, "when");
    s.done = op_node_get(n, "done");
    if (known_step(wf, s.name))
        return op_node_fail(err, doc, n, "there are two steps called \"%s\"", s.name);
    if (s.after != NULL && !known_step(wf, s.after))
        return op_node_fail(err, doc, op_node_get(n, "after"), "there is no step called \"%s\" before this one",
                            s.after);
    if (s.done != NULL && s.kind != WF_RUN && s.kind != WF_WRITE)
        return op_node_fail(err, doc, s.done, "done belongs to a step that runs or writes");
    if (s.within != 0 && s.kind != WF_CHECK)
        return op_node_fail(err, doc, op_node_get(n, "within"), "within belongs to a check");
    if (!valid_when(wf, s.when, err) || !valid_looks(wf, s.done, err) || !valid_what(wf, &s, err) ||
        !wf_text_valid(wf, op_node_get(n, "show"), err) || !wf_text_valid(wf, op_node_get(n, "else"), err) ||
        !wf_text_valid(wf, op_node_get(n, "name"), err))
        return false;
    wf->steps[wf->n++] = s;
    return true;
}

static bool valid_answer(const struct wf *wf, struct op_err *err)
{
    static const char *const keys[] = { "when", "say", NULL };
    if (!op_node_expect(wf->doc, wf->answer, OP_NODE_LIST, err))
        return false;
    for (const struct op_node *c = op_node_first(wf->answer); c != NULL; c = op_node_next(c))
        if (!op_node_expect(wf->doc, c, OP_NODE_MAP, err) || !op_node_known_keys(wf->doc, c, keys, err) ||
            !valid_when(wf, op_node_get(c, "when"), err) || !wf_text_valid(wf, op_node_get(c, "say"), err))
            return false;
    return true;
}

bool wf_read(const struct op_doc *doc, const struct op_node *n, struct wf *wf, struct op_err *err)
{
    *wf = (struct wf){ .doc = doc, .node = n, .values = op_node_get(n, "values") };
    const struct op_node *steps = op_node_get(n, "steps");
    if (!op_node_expect(doc, n, OP_NODE_MAP, err) || !op_node_known_keys(doc, n, workflow_keys, err) ||
        !need_text(doc, n, "name", &wf->name, err) || !need_text(doc, n, "about", &wf->about, err) ||
        !need_text(doc, n, "say", &wf->say, err))
        return false;
    wf->answer = op_node_get(n, "answer");
    if (!op_node_expect(doc, op_node_get(n, "calls"), OP_NODE_LIST, err))
        return false;
    if (!good_name(wf->name))
        return op_node_fail(err, doc, op_node_get(n, "name"),
                            "a workflow's name is made of a-z, 0-9 and -, at most 48");
    if (steps == NULL || steps->kind != OP_NODE_LIST || steps->n == 0)
        return op_node_fail(err, doc, steps != NULL ? steps : n, "workflow %s needs steps, a list", wf->name);
    if (steps->n > WF_MOST_STEPS)
        return op_node_fail(err, doc, steps, "a workflow has at most %d steps", WF_MOST_STEPS);
    if (!read_values(wf, err) || !read_known(wf, steps, err))
        return false;
    for (const struct op_node *s = op_node_first(steps); s != NULL; s = op_node_next(s))
        if (!read_step(wf, s, err))
            return false;
    return valid_answer(wf, err);
}

/* ---- those of the catalogue ---- */

static const struct op_node *find(const struct op_catalog *cat, const char *name, const struct op_doc **doc)
{
    size_t i = 0;
    for (const struct op_node *n; (n = op_catalog_section(cat, "workflow", &i, doc)) != NULL;)
        if (op_str_eq(op_node_text(op_node_get(n, "name")), name))
            return n;
    return NULL;
}

bool wf_find(const struct op_catalog *cat, const char *name, struct wf *wf, struct op_err *err)
{
    const struct op_doc *doc = NULL;
    const struct op_node *n = find(cat, name, &doc);
    if (n != NULL)
        return wf_read(doc, n, wf, err);
    OP_AUTO_STRV names = OP_STRV_INIT;
    OP_AUTO_BUF list = { .max = 300 };
    op_workflow_names(cat, &names);
    for (size_t i = 0; i < names.n; i++)
        op_buf_addf(&list, "%s%s", i != 0 ? ", " : "", names.v[i]);
    return op_fail(err, OP_USAGE, 0, "there is no workflow \"%.60s\"; there are: %s", name, op_buf_str(&list));
}

bool op_workflow_valid(const struct op_catalog *cat, struct op_err *err)
{
    const struct op_doc *doc = NULL;
    size_t i = 0;
    for (const struct op_node *n; (n = op_catalog_section(cat, "workflow", &i, &doc)) != NULL;) {
        struct wf wf;
        const struct op_doc *other = NULL;
        if (!wf_read(doc, n, &wf, err))
            return false;
        const struct op_node *first = find(cat, wf.name, &other);
        if (first != n)
            return op_node_fail(err, doc, n, "workflow %s is already at %s:%u:%u", wf.name, other->file,
                                (unsigned)first->line, (unsigned)first->column);
    }
    return true;
}

void op_workflow_names(const struct op_catalog *cat, struct op_strv *names)
{
    size_t i = 0;
    for (const struct op_node *n; (n = op_catalog_section(cat, "workflow", &i, NULL)) != NULL;)
        if (op_node_text(op_node_get(n, "name")) != NULL)
            op_strv_push(names, op_node_text(op_node_get(n, "name")));
}

const char *op_workflow_say(const struct op_catalog *cat, const char *name)
{
    return op_node_text(op_node_get(find(cat, name, NULL), "say"));
}

const char *op_workflow_about(const struct op_catalog *cat, const char *name)
{
    return op_node_text(op_node_get(find(cat, name, NULL), "about"));
}

const struct op_node *op_workflow_values(const struct op_catalog *cat, const char *name)
{
    static struct op_node type = { .kind = OP_NODE_SCALAR }, none = { .kind = OP_NODE_MAP, .n = 1 };
    op_node_link(&type, "type", "object", NULL, NULL);
    op_node_link(&none, NULL, NULL, &type, NULL);
    const struct op_node *n = find(cat, name, NULL);
    const struct op_node *values = op_node_get(n, "values");
    return n == NULL ? NULL : values != NULL ? values : &none;
}
