/* Strict YAML by libyaml's event interface: limits are checked at every event, before the
 * tree grows. */
#include "opsh/data/yaml.h"

#include "opsh/base/mem.h"

#include <yaml.h>

enum { MOST_CHILDREN = 10000 };

/* Two passes over the same text: the first measures (and finds most errors), the second
 * fills one block of exactly that size: nodes point into it, and one free() ends it all. */
struct reader {
    yaml_parser_t parser;
    struct op_doc *doc;
    struct op_err *err;
    const char *text;
    char *at;    /* the block being filled; NULL while measuring */
    size_t size; /* bytes asked for so far */
    unsigned depth;
    struct op_node scratch; /* where nodes go while measuring */
};

static void *take(struct reader *r, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    r->size += n;
    if (r->at == NULL)
        return NULL;
    void *p = r->at;
    r->at += n;
    return p;
}

static bool fail_at(struct reader *r, yaml_mark_t mark, const char *what)
{
    return op_fail(r->err, OP_CONFIG, 0, "%s:%zu:%zu: %s", r->doc->file, mark.line + 1, mark.column + 1, what);
}

/* Where a byte stands: for bytes that are not text libyaml says only which one it was. */
static yaml_mark_t mark_of(const char *text, size_t offset)
{
    yaml_mark_t mark = { .index = offset };
    for (size_t i = 0; i < offset; i++) {
        bool pair = text[i] == '\r' && text[i + 1] == '\n'; /* counted at its second half */
        if (text[i] == '\n' || (text[i] == '\r' && !pair)) {
            mark.line++;
            mark.column = 0;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            mark.column++;
        }
    }
    return mark;
}

static bool next_event(struct reader *r, yaml_event_t *ev)
{
    if (yaml_parser_parse(&r->parser, ev))
        return true;
    if (r->parser.error == YAML_READER_ERROR)
        r->parser.problem_mark = mark_of(r->text, r->parser.problem_offset);
    char what[200];
    (void)snprintf(what, sizeof(what), "%s%s%s", r->parser.problem != NULL ? r->parser.problem : "not YAML",
                   r->parser.context != NULL ? " " : "", r->parser.context != NULL ? r->parser.context : "");
    return fail_at(r, r->parser.problem_mark, what);
}

/* While measuring nothing is kept: there is nothing that it could be a distance to. */
static void hold(const struct reader *r, int64_t *at, const struct op_node *n, const void *what)
{
    if (r->at != NULL && what != NULL)
        *at = (int64_t)((uintptr_t)what - (uintptr_t)n);
}

static const char *keep_text(struct reader *r, const yaml_char_t *text, size_t n)
{
    char *copy = take(r, n + 1);
    if (copy == NULL)
        return "";
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

static bool decorated(const yaml_event_t *ev)
{
    if (ev->type == YAML_SCALAR_EVENT)
        return ev->data.scalar.anchor != NULL || ev->data.scalar.tag != NULL;
    if (ev->type == YAML_SEQUENCE_START_EVENT)
        return ev->data.sequence_start.anchor != NULL || ev->data.sequence_start.tag != NULL;
    if (ev->type == YAML_MAPPING_START_EVENT)
        return ev->data.mapping_start.anchor != NULL || ev->data.mapping_start.tag != NULL;
    return false;
}

static struct op_node *build(struct reader *r, yaml_event_t *ev, const char *key);

static struct op_node *new_node(struct reader *r, const yaml_event_t *ev, const char *key, enum op_node_kind kind)
{
    struct op_node *n = take(r, sizeof(*n));
    if (n == NULL)
        n = &r->scratch;
    *n = (struct op_node){ .kind = kind,
                           .line = (uint32_t)ev->start_mark.line + 1,
                           .column = (uint32_t)ev->start_mark.column + 1 };
    hold(r, &n->key_at, n, key);
    return n;
}

/* The keys of one map while it is filled, for finding the one that stands twice. */
struct keys {
    struct key {
        const char *text;
        yaml_mark_t mark;
    } * items;
    size_t n, cap;
};

static void free_keys(struct keys *k)
{
    free(k->items);
}

static int by_text_then_place(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order != 0 ? order : (x->mark.index > y->mark.index) - (x->mark.index < y->mark.index);
}

static bool unique_keys(struct reader *r, struct keys *k)
{
    if (k->n != 0)
        qsort(k->items, k->n, sizeof(*k->items), by_text_then_place);
    for (size_t i = 1; i < k->n; i++)
        if (strcmp(k->items[i - 1].text, k->items[i].text) == 0)
            return fail_at(r, k->items[i].mark, "the same key stands twice in this map");
    return true;
}

static bool read_key(struct reader *r, yaml_event_t *ev, struct keys *seen, const char **key)
{
    if (ev->type != YAML_SCALAR_EVENT || decorated(ev))
        return fail_at(r, ev->start_mark, "a key must be plain text");
    if (memchr(ev->data.scalar.value, 0, ev->data.scalar.length) != NULL)
        return fail_at(r, ev->start_mark, "a NUL character is not allowed");
    *key = keep_text(r, ev->data.scalar.value, ev->data.scalar.length);
    if (r->at == NULL)
        return true;
    seen->items = op_grow(seen->items, seen->n, &seen->cap, sizeof(*seen->items));
    seen->items[seen->n++] = (struct key){ .text = *key, .mark = ev->start_mark };
    return true;
}

/* Children of a list or map until its end event. */
static bool children(struct reader *r, struct op_node *parent, yaml_event_type_t end, bool map)
{
    struct op_node *first = NULL, *last = NULL;
    uint32_t n = 0;
    OP_AUTO(free_keys) struct keys seen = { 0 };
    for (;;) {
        yaml_event_t ev;
        if (!next_event(r, &ev))
            return false;
        if (ev.type == end) {
            yaml_event_delete(&ev);
            break;
        }
        const char *key = NULL;
        const yaml_mark_t place = ev.start_mark;
        bool ok = true;
        if (map) {
            ok = read_key(r, &ev, &seen, &key);
            yaml_event_delete(&ev);
            ok = ok && next_event(r, &ev);
            if (!ok)
                return false;
        }
        bool fits = ++n <= MOST_CHILDREN || fail_at(r, ev.start_mark, "more than 10000 entries in one place");
        struct op_node *c = fits ? build(r, &ev, key) : NULL;
        yaml_event_delete(&ev);
        if (c == NULL)
            return false;
        if (r->at == NULL)
            continue; /* measuring: nodes are not kept */
        c->key_line = (uint32_t)place.line + 1;
        c->key_column = (uint32_t)place.column + 1;
        if (last != NULL)
            hold(r, &last->next_at, last, c);
        else
            first = c;
        last = c;
    }
    if (r->at != NULL) {
        hold(r, &parent->first_at, parent, first);
        parent->n = n;
    }
    return unique_keys(r, &seen);
}

static struct op_node *build(struct reader *r, yaml_event_t *ev, const char *key)
{
    if (decorated(ev) || ev->type == YAML_ALIAS_EVENT) {
        (void)fail_at(r, ev->start_mark, "anchors, aliases and tags are not allowed here");
        return NULL;
    }
    if (ev->type == YAML_SCALAR_EVENT) {
        struct op_node *n = new_node(r, ev, key, OP_NODE_SCALAR);
        n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (memchr(ev->data.scalar.value, 0, ev->data.scalar.length) != NULL) {
            (void)fail_at(r, ev->start_mark, "a NUL character is not allowed");
            return NULL;
        }
        hold(r, &n->text_at, n, keep_text(r, ev->data.scalar.value, ev->data.scalar.length));
        return n;
    }
    bool map = ev->type == YAML_MAPPING_START_EVENT;
    struct op_node *n = new_node(r, ev, key, map ? OP_NODE_MAP : OP_NODE_LIST);
    if (++r->depth > OP_YAML_DEPTH) {
        (void)fail_at(r, ev->start_mark, "nested too deeply");
        return NULL;
    }
    bool ok = children(r, n, map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, map);
    r->depth--;
    return ok ? n : NULL;
}

/* Stream start, document start, root, document end, stream end. */
static bool whole(struct reader *r)
{
    yaml_event_t ev;
    for (;;) {
        if (!next_event(r, &ev))
            return false;
        yaml_event_type_t type = ev.type;
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&ev);
            if (r->doc->root == NULL)
                r->doc->root = new_node(r, &(yaml_event_t){ 0 }, NULL, OP_NODE_MAP);
            return true;
        }
        bool skip =
            type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT || type == YAML_DOCUMENT_END_EVENT;
        bool second = type == YAML_DOCUMENT_START_EVENT && r->doc->root != NULL;
        if (second)
            (void)fail_at(r, ev.start_mark, "only one document is allowed in a file");
        struct op_node *built = skip ? NULL : build(r, &ev, NULL);
        yaml_event_delete(&ev);
        if (second || (!skip && built == NULL))
            return false;
        if (built != NULL && r->at != NULL && op_node_is_null(built)) /* "---" and nothing else */
            *built = (struct op_node){ .kind = OP_NODE_MAP, .line = built->line, .column = built->column };
        if (built != NULL)
            r->doc->root = built;
    }
}

static bool pass(struct reader *r, const char *text, size_t len)
{
    if (!yaml_parser_initialize(&r->parser))
        return op_fail(r->err, OP_CONFIG, 0, "%s: the YAML reader could not start", r->doc->file);
    r->text = text;
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, len);
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    r->doc->root = NULL;
    bool ok = whole(r);
    yaml_parser_delete(&r->parser);
    return ok;
}

bool op_yaml_parse(const char *file, const char *text, size_t len, struct op_doc *doc, struct op_err *err)
{
    *doc = (struct op_doc){ .file = file };
    if (len > OP_YAML_MAX)
        return op_fail(err, OP_CONFIG, 0, "%s: larger than %zu MiB", file, OP_YAML_MAX >> 20);
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* a byte-order mark would count as indentation */
        text += 3;
        len -= 3;
    }
    struct reader r = { .doc = doc, .err = err };
    if (!pass(&r, text, len)) {
        *doc = (struct op_doc){ 0 };
        return false;
    }
    size_t name = (strlen(file) + 16) & ~(size_t)15;
    char *block = op_calloc(name + r.size, 1);
    memcpy(block, file, strlen(file) + 1);
    r.at = block + name;
    r.size = 0;
    doc->file = block;
    doc->memory = block;
    if (!pass(&r, text, len)) { /* duplicate keys are seen in this pass; err copied the file name */
        op_doc_free(doc);
        return false;
    }
    return true;
}
