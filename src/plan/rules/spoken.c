/* Reads the phrases of the catalogue into trees. A phrase that does not parse is an error with its place. */
#include "spoken.h"

#include "opsh/base/str.h"

enum { FRAGMENT_DEPTH = 8, FRAGMENTS_MAX = 160, SAY_NODES_MAX = 100000 };

struct parser {
    struct spoken *out;
    const struct op_doc *doc;
    const struct op_node *node;      /* for errors */
    const struct op_node *fragments; /* of this document */
    const char *s;
    struct {
        const char *text;
        int first;
    } known[FRAGMENTS_MAX]; /* fragments that are trees already */
    size_t n_known;
    unsigned depth;
    struct op_err *err;
};

static int branches(struct parser *p, char close);

static int add(struct parser *p, struct say_node node)
{
    struct spoken *o = p->out;
    if (o->n_nodes >= SAY_NODES_MAX)
        return -1;
    o->nodes = op_grow(o->nodes, o->n_nodes, &o->nodes_cap, sizeof(*o->nodes));
    node.first = -1;
    node.next = -1;
    o->nodes[o->n_nodes] = node;
    return (int)o->n_nodes++;
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
    for (size_t i = 0; i < p->n_known; i++) {
        if (p->known[i].text != text)
            continue;
        int at = add(p, (struct say_node){ .op = SAY_ONE });
        if (at >= 0)
            p->out->nodes[at].first = p->known[i].first;
        p->s = back;
        return at;
    }
    p->s = text;
    p->depth++;
    int at = group(p, SAY_ONE, '\0');
    p->depth--;
    p->s = back;
    if (at >= 0 && p->n_known < FRAGMENTS_MAX) {
        p->known[p->n_known].text = text;
        p->known[p->n_known++].first = p->out->nodes[at].first;
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
    struct say_node n = { .op = SAY_TAKE, .text = name, .len = (size_t)(mark - name) };
    size_t len = (size_t)(end - mark - 1);
    if (*mark == '=') {
        n.words = mark + 1;
        n.words_len = len;
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
    if (n == 0) {
        (void)wrong(p, "a word is expected");
        return -1;
    }
    int at = add(p, (struct say_node){ .op = SAY_WORD, .text = p->s, .len = n });
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

static bool load_phrase(struct parser *p, const struct op_node *n)
{
    static const char *const keys[] = { "say",  "as",   "set",  "add", "topic", "makes",
                                        "does", "asks", "over", "for", "lacks", "narrows", "beside", "apart", "aside", NULL };
    const char *program = op_node_text(op_node_get(p->doc->root, "program"));
    struct phrase one = { .node = n, .program = op_str_eq(program, "kubectl") ? NULL : program };
    const char *say = NULL;
    p->node = n;
    if (!op_node_expect(p->doc, n, OP_NODE_MAP, p->err) || !op_node_known_keys(p->doc, n, keys, p->err) ||
        !op_node_read_str(p->doc, n, "say", &say, p->err) || !op_node_read_str(p->doc, n, "as", &one.as, p->err) ||
        !op_node_read_str(p->doc, n, "makes", &one.makes, p->err) ||
        !op_node_read_str(p->doc, n, "does", &one.does, p->err) ||
        !op_node_read_str(p->doc, n, "asks", &one.asks, p->err) ||
        !op_node_read_str(p->doc, n, "topic", &one.topic, p->err) ||
        !op_node_read_str(p->doc, n, "aside", &one.aside, p->err))
        return false;
    one.set = op_node_get(n, "set");
    one.add = op_node_get(n, "add");
    one.kinds = op_node_get(n, "for");
    one.over = op_node_get(n, "over");
    one.lacks = op_node_get(n, "lacks");
    one.narrows = op_node_get(n, "narrows");
    one.beside = op_node_get(n, "beside");
    one.apart = op_node_get(n, "apart");
    if (!op_node_expect(p->doc, one.set, OP_NODE_MAP, p->err) ||
        !op_node_expect(p->doc, one.add, OP_NODE_MAP, p->err) ||
        !op_node_expect(p->doc, one.kinds, OP_NODE_LIST, p->err) ||
        !op_node_expect(p->doc, one.over, OP_NODE_LIST, p->err) ||
        !op_node_expect(p->doc, one.lacks, OP_NODE_LIST, p->err) ||
        !op_node_expect(p->doc, one.narrows, OP_NODE_MAP, p->err) ||
        !op_node_expect(p->doc, one.beside, OP_NODE_LIST, p->err) ||
        !op_node_expect(p->doc, one.apart, OP_NODE_LIST, p->err))
        return false;
    if (say == NULL)
        return wrong(p, "a phrase needs \"say\"");
    p->s = say;
    one.start = group(p, SAY_ONE, '\0');
    if (one.start < 0)
        return p->err->code != OP_OK ? false : wrong(p, "too many phrases");
    p->out->v = op_grow(p->out->v, p->out->n, &p->out->cap, sizeof(*p->out->v));
    p->out->v[p->out->n++] = one;
    return true;
}

/* The phrases of one document. */
static bool load_section(struct spoken *s, const struct op_doc *doc, const struct op_node *n, struct op_err *err)
{
    static const char *const keys[] = { "fragments", "phrases", NULL };
    struct parser p = { .out = s, .doc = doc, .fragments = op_node_get(n, "fragments"), .err = err };
    const struct op_node *list = op_node_get(n, "phrases");
    bool ok = op_node_expect(doc, n, OP_NODE_MAP, err) && op_node_known_keys(doc, n, keys, err) &&
              op_node_expect(doc, p.fragments, OP_NODE_MAP, err) && op_node_expect(doc, list, OP_NODE_LIST, err);
    for (const struct op_node *one = ok && list != NULL ? list->first : NULL; one != NULL && ok; one = one->next)
        ok = load_phrase(&p, one);
    return ok;
}

/* First those of the programs beside kubectl: where "the container web" is said, it is not the pod's. */
bool spoken_load(struct spoken *s, const struct op_catalog *cat, const char *section, struct op_err *err)
{
    *s = (struct spoken){ 0 };
    for (int kubectl = 0; kubectl < 2; kubectl++) {
        const struct op_doc *doc = NULL;
        size_t i = 0;
        for (const struct op_node *n; (n = op_catalog_section(cat, section, &i, &doc)) != NULL;) {
            const char *program = op_node_text(op_node_get(doc->root, "program"));
            if ((program == NULL || strcmp(program, "kubectl") == 0) != kubectl || load_section(s, doc, n, err))
                continue;
            spoken_free(s);
            return false;
        }
    }
    return true;
}

void spoken_free(struct spoken *s)
{
    free(s->nodes);
    free(s->v);
    *s = (struct spoken){ 0 };
}
