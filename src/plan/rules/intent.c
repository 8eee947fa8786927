/* Reads the intents of the catalogue and checks that they fit: tools exist, arguments are among
 * their parameters, verbs are known words. A mistake is an error with its place. */
#include "intent.h"

#include "make.h"

#include "opsh/plan/workflow.h"

#include "opsh/base/str.h"

static const char *const intent_keys[] = {
    "say",     "tool",      "args",   "steps",       "verbs",   "kinds",   "topics", "any",
    "not",     "has",       "lacks",  "needs",       "moods",   "set",     "match",  "optional",
    "program", "analysis",  "answer", "unsupported", "changes", "fresh",   "ask",    "looks",
    "why",     "namespace", "repeat", "workflow",    "make",    "choices", "show",   NULL,
};
static const char *const step_keys[] = { "tool", "args", "when", "why", "namespace", "repeat", "show", NULL };

/* Does one of the {a|b} in this text name the slot? */
static bool text_uses(const char *text, const char *slot, size_t n)
{
    for (const char *s = strchr(text, '{'); s != NULL; s = strchr(s + 1, '{')) {
        const char *at = s + 1;
        while (*at != '\0' && *at != '}' && *at != '=') {
            size_t len = strcspn(at, "|}");
            if (len == n && strncmp(at, slot, n) == 0)
                return true;
            at += len + (at[len] == '|');
        }
    }
    return false;
}

static bool node_uses(const struct op_node *n, const char *slot, size_t len)
{
    const char *text = n->kind == OP_NODE_SCALAR ? op_node_text(n) : NULL;
    if ((text != NULL && text_uses(text, slot, len)) ||
        (op_node_key(n) != NULL && text_uses(op_node_key(n), slot, len)))
        return true;
    if (text != NULL && op_node_key(n) != NULL &&
        (strcmp(op_node_key(n), "each") == 0 || strcmp(op_node_key(n), "when") == 0))
        return strcmp(text + (*text == '!'), slot) == 0;
    for (const struct op_node *c = text != NULL ? NULL : op_node_first(n); c != NULL; c = op_node_next(c))
        if (node_uses(c, slot, len))
            return true;
    return false;
}

/* Looked up when it is asked: to collect them for hundreds of intents was a sixth of opsh's start, and few are asked.
 */
bool intent_uses(const struct intent *in, const char *slot)
{
    const struct op_node *const lists[] = { in->has, in->needs, in->optional };
    for (size_t i = 0; i < OP_LEN(lists); i++)
        if (op_node_has(lists[i], slot))
            return true;
    bool shows = op_node_get(in->node, "show") != NULL;
    for (const struct op_node *step = op_node_first(in->steps); step != NULL; step = op_node_next(step))
        shows = shows || op_node_get(step, "show") != NULL;
    if (strcmp(slot, "narrowed") == 0)
        return shows;
    return node_uses(in->node, slot, strlen(slot));
}

const char *intent_repeats(const struct op_catalog *cat, const struct op_node *step)
{
    const char *said = op_node_text(op_node_get(step, "repeat")), *tool = op_node_text(op_node_get(step, "tool"));
    const struct op_tool *t = said == NULL && tool != NULL ? op_catalog_tool(cat, tool) : NULL;
    const struct op_node *props = t != NULL ? op_node_get(t->parameters, "properties") : NULL;
    const struct op_node *args = op_node_get(step, "args");
    bool one = false;
    for (const struct op_node *a = props != NULL && args != NULL ? op_node_first(args) : NULL; a != NULL;
         a = op_node_next(a)) {
        const char *type = op_node_text(op_node_get(op_node_get(props, op_node_key(a)), "type"));
        if (!node_uses(a, "name", strlen("name")))
            continue;
        if (!op_str_eq(type, "string"))
            return NULL; /* it takes them all at once */
        one = one || strcmp(op_node_key(a), "name") == 0 || strcmp(op_node_key(a), "node") == 0;
    }
    return one ? "name" : said;
}

static bool check_step(const struct op_doc *doc, const struct op_node *step, const struct op_catalog *cat, bool check,
                       const struct op_tool **tool, struct op_err *err)
{
    const char *name = op_node_text(op_node_get(step, "tool"));
    *tool = name != NULL ? op_catalog_tool(cat, name) : NULL;
    if (name == NULL)
        return op_node_fail(err, doc, step, "a step needs a tool");
    if (*tool == NULL)
        return op_node_fail(err, doc, op_node_get(step, "tool"), "there is no tool called \"%s\"", name);
    const struct op_node *args = op_node_get(step, "args");
    if (!check)
        return true;
    if (!op_node_expect(doc, args, OP_NODE_MAP, err))
        return false;
    const struct op_node *props = op_node_get((*tool)->parameters, "properties");
    for (const struct op_node *a = op_node_first(args); a != NULL; a = op_node_next(a))
        if (op_node_get(props, op_node_key(a)) == NULL)
            return op_node_fail(err, doc, a, "%s has no parameter \"%s\"", name, op_node_key(a));
    return true;
}

static bool check_workflow(const struct op_doc *doc, const struct op_node *n, const struct op_catalog *cat,
                           const char *name, struct op_err *err)
{
    const struct op_node *values = op_workflow_values(cat, name), *args = op_node_get(n, "args");
    if (values == NULL)
        return op_node_fail(err, doc, op_node_get(n, "workflow"), "there is no workflow called \"%s\"", name);
    if (!op_node_expect(doc, args, OP_NODE_MAP, err))
        return false;
    for (const struct op_node *a = op_node_first(args); a != NULL; a = op_node_next(a))
        if (op_node_get(op_node_get(values, "properties"), op_node_key(a)) == NULL)
            return op_node_fail(err, doc, a, "the workflow %s has no value \"%s\"", name, op_node_key(a));
    return true;
}

static bool check_lists(const struct op_doc *doc, const struct op_node *n, struct op_err *err)
{
    static const char *const lists[] = { "verbs", "kinds", "topics", "any",      "not",  "has",
                                         "lacks", "needs", "moods",  "optional", "steps" };
    for (size_t i = 0; i < OP_LEN(lists); i++)
        if (!op_node_expect(doc, op_node_get(n, lists[i]), OP_NODE_LIST, err))
            return false;
    static const char *const maps[] = { "set", "match", "ask" };
    for (size_t i = 0; i < OP_LEN(maps); i++)
        if (!op_node_expect(doc, op_node_get(n, maps[i]), OP_NODE_MAP, err))
            return false;
    return true;
}

/* The verbs that change something, each once: the lexicon has dozens of words for each of them, and
 * asking it for every verb of every intent was a third of opsh's whole start. */
static void changing_verbs(const struct lexicon *lex, struct op_strv *out)
{
    const char *last = NULL; /* the words of one verb stand together; that one comes twice does no harm */
    for (size_t i = 0; i < lex->n; i++)
        if (lex->words[i].cls == WORD_VERB && lex->words[i].changes && lex->words[i].value != last)
            op_strv_push(out, last = lex->words[i].value);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool among(const struct op_strv *sorted, const char *text)
{
    return text != NULL && sorted->n != 0 && bsearch(&text, sorted->v, sorted->n, sizeof(*sorted->v), by_text) != NULL;
}

/* What an entry says goes into its struct, in one pass: looking each key up was a tenth of opsh's whole start. */
static void read_keys(struct intent *in)
{
#define TEXT(member)                                                                                                   \
    {                                                                                                                  \
#member, offsetof(struct intent, member), true                                                                 \
    }
#define NODE(member)                                                                                                   \
    {                                                                                                                  \
#member, offsetof(struct intent, member), false                                                                \
    }
    static const struct {
        const char *key;
        size_t at;
        bool text;
    } keys[] = { TEXT(say),      NODE(verbs), NODE(kinds),    NODE(topics),     NODE(needs),
                 NODE(optional), NODE(steps), NODE(set),      NODE(moods),      NODE(has),
                 NODE(lacks),    NODE(not ),  NODE(any),      NODE(match),      TEXT(analysis),
                 TEXT(answer),   TEXT(make),  TEXT(workflow), TEXT(unsupported) };
#undef TEXT
#undef NODE
    for (const struct op_node *c = op_node_first(in->node); c != NULL; c = op_node_next(c))
        for (size_t k = 0; k < OP_LEN(keys); k++) {
            if (*keys[k].key != *op_node_key(c) || strcmp(keys[k].key, op_node_key(c)) != 0)
                continue;
            const void *value = keys[k].text ? (const void *)op_node_text(c) : (const void *)c;
            memcpy((char *)in + keys[k].at, &value, sizeof(value));
            break;
        }
}

static bool load_one(struct intent *in, const struct op_catalog *cat, const struct op_strv *changing, bool check,
                     struct op_err *err)
{
    const struct op_node *n = in->node;
    const struct op_doc *doc = in->doc;
    if (!op_node_expect(doc, n, OP_NODE_MAP, err) ||
        (check && (!op_node_known_keys(doc, n, intent_keys, err) || !check_lists(doc, n, err))))
        return false;
    read_keys(in);
    if (in->make != NULL && !make_known(in->make))
        return op_node_fail(err, doc, op_node_get(n, "make"), "nothing is called \"%s\" in make.c", in->make);
    in->program = "";
    const struct op_tool *tool = NULL;
    if (op_node_get(n, "tool") != NULL) {
        if (!check_step(doc, n, cat, check, &tool, err))
            return false;
        in->program = tool->program;
    }
    if (in->workflow != NULL) {
        if (!check_workflow(doc, n, cat, in->workflow, err))
            return false;
        in->program = "any";
    }
    for (const struct op_node *s = op_node_first(in->steps); s != NULL; s = op_node_next(s)) {
        if (!op_node_expect(doc, s, OP_NODE_MAP, err) || (check && !op_node_known_keys(doc, s, step_keys, err)) ||
            !check_step(doc, s, cat, check, &tool, err))
            return false;
        in->program = tool->program;
    }
    if (!op_node_read_str(doc, n, "program", &in->program, err) || !op_node_read_bool(doc, n, "fresh", &in->fresh, err))
        return false;
    for (const struct op_node *v = op_node_first(in->verbs); v != NULL; v = op_node_next(v))
        in->changes = in->changes || among(changing, op_node_text(v));
    return op_node_read_bool(doc, n, "changes", &in->changes, err);
}

bool intents_load(struct intents *out, const struct op_catalog *cat, const struct lexicon *lex, bool all,
                  struct op_err *err)
{
    *out = (struct intents){ 0 };
    OP_AUTO_STRV changing = OP_STRV_INIT;
    changing_verbs(lex, &changing);
    if (changing.n > 1)
        qsort(changing.v, changing.n, sizeof(*changing.v), by_text);
    const struct op_doc *doc = NULL;
    size_t i = 0;
    for (const struct op_node *s; (s = op_catalog_section(cat, "intents", &i, &doc)) != NULL;) {
        bool ok = op_node_expect(doc, s, OP_NODE_LIST, err);
        for (const struct op_node *n = ok ? op_node_first(s) : NULL; n != NULL && ok; n = op_node_next(n)) {
            out->v = op_grow(out->v, out->n, &out->cap, sizeof(*out->v));
            struct intent *in = &out->v[out->n++];
            *in = (struct intent){ .doc = doc, .node = n };
            ok = load_one(in, cat, &changing, all || doc->memory != NULL, err);
        }
        if (!ok) {
            intents_free(out);
            return false;
        }
    }
    return true;
}

void intents_free(struct intents *in)
{
    free(in->v);
    *in = (struct intents){ 0 };
}
