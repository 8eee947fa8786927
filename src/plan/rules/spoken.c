/* Reads the phrases of the catalogue into trees. A phrase that does not parse is an error with its place. */
#include "spoken.h"

#include "opsh/base/str.h"

enum { FRAGMENT_DEPTH = 8, SAY_NODES_MAX = 100000, SAY_LATER = -2, SAY_NEVER = -1 };

struct parser {
    struct say_trees *out;
    const struct op_doc *doc;
    const struct op_node *node;      /* for errors */
    const struct op_node *fragments; /* of this document */
    const char *s;
    unsigned depth;
    struct op_err *err;
};

static int branches(struct parser *p, char close);

static int add(struct parser *p, struct say_node node)
{
    struct say_trees *o = p->out;
    if (o->n >= SAY_NODES_MAX)
        return -1;
    o->nodes = op_grow(o->nodes, o->n, &o->cap, sizeof(*o->nodes));
    node.first = -1;
    node.next = -1;
    o->nodes[o->n] = node;
    return (int)o->n++;
}

static bool wrong(struct parser *p, const char *what)
{
    return op_node_fail(p->err, p->doc, p->node, "%s at \"%.20s\"", what, p->s);
}

static int group(struct parser *p, enum say_op op, char close)
{
    int at = add(p, (struct say_node){ .op = (uint8_t)op });
    int first = at >= 0 ? branches(p, close) : -1;
    if (first < 0)
        return -1;
    p->out->nodes[at].first = first;
    return at;
}

static int fragment(struct parser *p)
{
    size_t n = strspn(p->s + 1, "abcdefghijklmnopqrstuvwxyz_");
    char name[40];
    (void)snprintf(name, sizeof(name), "%.*s", (int)n, p->s + 1);
    const char *text = op_node_text(op_node_get(p->fragments, name));
    if (text == NULL || p->depth >= FRAGMENT_DEPTH) {
        (void)wrong(p, "no such fragment");
        return -1;
    }
    const char *back = p->s + 1 + n;
    for (size_t i = 0; i < p->out->n_known; i++) {
        if (p->out->known[i].text != text)
            continue;
        int at = add(p, (struct say_node){ .op = SAY_ONE });
        if (at >= 0)
            p->out->nodes[at].first = p->out->known[i].first;
        p->s = back;
        return at;
    }
    p->s = text;
    p->depth++;
    int at = group(p, SAY_ONE, '\0');
    p->depth--;
    p->s = back;
    if (at >= 0) {
        struct say_trees *o = p->out;
        o->known = op_grow(o->known, o->n_known, &o->known_cap, sizeof(*o->known));
        o->known[o->n_known++] = (struct say_known){ .text = text, .first = o->nodes[at].first };
    }
    return at;
}

static int take(struct parser *p)
{
    const char *name = p->s + 1, *end = strchr(name, '>'), *mark = strpbrk(name, ":=>");
    if (end == NULL || mark == NULL || mark >= end) {
        (void)wrong(p, "a <slot:type> or <slot=word|word> is expected");
        return -1;
    }
    struct say_node n = { .op = SAY_TAKE, .text = name, .len = (uint16_t)(mark - name) };
    size_t len = (size_t)(end - mark - 1);
    if (len == 0 || (size_t)(end - name) > UINT16_MAX) {
        (void)wrong(p, "nothing is said of what is taken");
        return -1;
    }
    if (*mark == '=') {
        n.words_len = (uint16_t)len;
    } else {
        size_t type = 0;
        while (type < hear_types_count() &&
               (strlen(hear_types[type].name) != len || strncmp(hear_types[type].name, mark + 1, len) != 0))
            type++;
        if (type == hear_types_count()) {
            (void)wrong(p, "no such type");
            return -1;
        }
        n.type = (uint8_t)type;
    }
    p->s = end + 1;
    return add(p, n);
}

static int item(struct parser *p)
{
    switch (*p->s) {
    case '(':
        p->s++;
        return group(p, SAY_ONE, ')');
    case '[':
        p->s++;
        return group(p, SAY_MAYBE, ']');
    case '*':
        p->s += 2;
        return p->s[-1] == '(' ? group(p, SAY_MANY, ')') : (wrong(p, "*( is expected") ? 0 : -1);
    case '~':
        p->s += 2;
        return p->s[-1] == '(' ? group(p, SAY_AHEAD, ')') : (wrong(p, "~( is expected") ? 0 : -1);
    case '@':
        return fragment(p);
    case '<':
        return take(p);
    default:
        break;
    }
    size_t n = strcspn(p->s, " ()[]<>|@");
    if (n == 0 || n > UINT16_MAX) {
        (void)wrong(p, "a word is expected");
        return -1;
    }
    int at = add(p, (struct say_node){ .op = SAY_WORD, .text = p->s, .len = (uint16_t)n });
    p->s += n;
    return at;
}

/* "a b | c" up to the closing mark: branches in a chain, each with its parts in a chain. */
static int branches(struct parser *p, char close)
{
    int head = -1, last_branch = -1;
    for (;;) {
        int branch = add(p, (struct say_node){ .op = SAY_ONE }), last = -1;
        if (branch < 0)
            return -1;
        if (last_branch >= 0)
            p->out->nodes[last_branch].next = branch;
        head = head < 0 ? branch : head;
        last_branch = branch;
        while (*(p->s += strspn(p->s, " ")) != '|' && *p->s != close) {
            int at = *p->s != '\0' && *p->s != ')' && *p->s != ']' ? item(p) : (wrong(p, "not closed") ? 0 : -1);
            if (at < 0)
                return -1;
            if (last < 0)
                p->out->nodes[branch].first = at;
            else
                p->out->nodes[last].next = at;
            last = at;
        }
        if (*p->s == close) {
            p->s += close != '\0';
            return head;
        }
        p->s++;
    }
}

int spoken_tree(const struct spoken *s, const struct phrase *phrase, struct op_err *err)
{
    int *start = &s->trees->starts[phrase - s->v];
    if (*start != SAY_LATER)
        return *start;
    struct parser p = { .out = s->trees,
                        .doc = phrase->doc,
                        .node = phrase->node,
                        .fragments = phrase->fragments,
                        .s = phrase->say,
                        .err = err };
    int at = group(&p, SAY_ONE, '\0');
    s->trees->starts[phrase - s->v] = at >= 0 ? at : SAY_NEVER;
    if (at < 0 && err->code == OP_OK)
        (void)wrong(&p, "too many phrases");
    return at;
}

#define AT(member) offsetof(struct phrase, member)
static const struct {
    const char *key;
    size_t at;
    enum op_node_kind kind;
} members[] = {
    { "say", AT(say), OP_NODE_SCALAR },     { "as", AT(as), OP_NODE_SCALAR },
    { "makes", AT(makes), OP_NODE_SCALAR }, { "does", AT(does), OP_NODE_SCALAR },
    { "asks", AT(asks), OP_NODE_SCALAR },   { "topic", AT(topic), OP_NODE_SCALAR },
    { "aside", AT(aside), OP_NODE_SCALAR }, { "set", AT(set), OP_NODE_MAP },
    { "add", AT(add), OP_NODE_MAP },        { "narrows", AT(narrows), OP_NODE_MAP },
    { "for", AT(kinds), OP_NODE_LIST },     { "over", AT(over), OP_NODE_LIST },
    { "lacks", AT(lacks), OP_NODE_LIST },   { "beside", AT(beside), OP_NODE_LIST },
    { "apart", AT(apart), OP_NODE_LIST },
};
#undef AT

/* One pass over what is written: looking each key up took longer than all else at the start. */
static bool read_members(struct phrase *one, bool check, struct op_err *err)
{
    for (const struct op_node *c = op_node_first(one->node); c != NULL; c = op_node_next(c))
        for (size_t i = 0; i < OP_LEN(members); i++) {
            if (*members[i].key != *op_node_key(c) || strcmp(members[i].key, op_node_key(c)) != 0)
                continue;
            if (check && !op_node_expect(one->doc, c, members[i].kind, err))
                return false;
            const void *value = members[i].kind == OP_NODE_SCALAR ? (const void *)op_node_text(c) : (const void *)c;
            memcpy((char *)one + members[i].at, &value, sizeof(value));
            break;
        }
    return true;
}

static bool known_members(const struct op_doc *doc, const struct op_node *n, struct op_err *err)
{
    const char *keys[OP_LEN(members) + 1] = { NULL };
    for (size_t i = 0; i < OP_LEN(members); i++)
        keys[i] = members[i].key;
    return op_node_expect(doc, n, OP_NODE_MAP, err) && op_node_known_keys(doc, n, keys, err);
}

static bool load_phrase(struct spoken *s, struct phrase one, bool check, struct op_err *err)
{
    if ((check && !known_members(one.doc, one.node, err)) || !read_members(&one, check, err))
        return false;
    if (one.say == NULL)
        return op_node_fail(err, one.doc, one.node, "a phrase needs \"say\"");
    size_t cap = s->cap, letters_cap = s->cap;
    s->v = op_grow(s->v, s->n, &s->cap, sizeof(*s->v));
    s->trees->starts = op_grow(s->trees->starts, s->n, &cap, sizeof(*s->trees->starts));
    s->trees->letters = op_grow(s->trees->letters, s->n, &letters_cap, sizeof(*s->trees->letters));
    s->trees->letters[s->n] = 0;
    s->trees->starts[s->n] = SAY_LATER;
    s->v[s->n++] = one;
    if (one.aside != NULL) {
        s->asides = s->asides_end == 0 ? s->n - 1 : s->asides;
        s->asides_end = s->n;
    }
    return !check || spoken_tree(s, &s->v[s->n - 1], err) >= 0;
}

/* The phrases of one document. */
static bool load_section(struct spoken *s, const struct op_doc *doc, const struct op_node *n, bool check,
                         struct op_err *err)
{
    static const char *const keys[] = { "fragments", "phrases", NULL };
    const struct op_node *list = op_node_get(n, "phrases");
    const char *program = op_node_text(op_node_get(doc->root, "program"));
    struct phrase one = { .doc = doc,
                          .fragments = op_node_get(n, "fragments"),
                          .program = op_str_eq(program, "kubectl") ? NULL : program };
    bool ok = op_node_expect(doc, n, OP_NODE_MAP, err) && op_node_known_keys(doc, n, keys, err) &&
              op_node_expect(doc, one.fragments, OP_NODE_MAP, err) && op_node_expect(doc, list, OP_NODE_LIST, err);
    for (one.node = ok && list != NULL ? op_node_first(list) : NULL; one.node != NULL && ok;
         one.node = op_node_next(one.node))
        ok = load_phrase(s, one, check, err);
    return ok;
}

/* First those of the programs beside kubectl: where "the container web" is said, it is not the pod's. */
bool spoken_load(struct spoken *s, const struct op_catalog *cat, const char *section, bool all, struct op_err *err)
{
    *s = (struct spoken){ .trees = op_calloc(1, sizeof(*s->trees)) };
    for (int kubectl = 0; kubectl < 2; kubectl++) {
        const struct op_doc *doc = NULL;
        size_t i = 0;
        for (const struct op_node *n; (n = op_catalog_section(cat, section, &i, &doc)) != NULL;) {
            const char *program = op_node_text(op_node_get(doc->root, "program"));
            if ((program == NULL || strcmp(program, "kubectl") == 0) != kubectl ||
                load_section(s, doc, n, all || doc->memory != NULL, err))
                continue;
            spoken_free(s);
            return false;
        }
    }
    return true;
}

void spoken_free(struct spoken *s)
{
    if (s->trees != NULL) {
        free(s->trees->nodes);
        free(s->trees->starts);
        free(s->trees->letters);
        free(s->trees->firsts);
        free(s->trees->known);
    }
    free(s->trees);
    free(s->v);
    *s = (struct spoken){ 0 };
}
