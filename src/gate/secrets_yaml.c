/* The data of Secrets in YAML: the entries of data and stringData in an object that says "kind: Secret" (or a Secret's
 * type) anywhere beside them. Line by line, by columns: foreign YAML is cut, indented and mixed with other text. */
#include "redact_i.h"

#include "opsh/base/str.h"

enum { COLUMNS = 32 };

struct line {
    size_t at, end;             /* of its text, without the newline */
    size_t column;              /* of the first key, behind any "- " */
    bool item;                  /* a "- " stands in front of it */
    size_t key, key_len, value; /* in the text; key_len 0: no "key:" */
    bool blank, separator;
};

struct object { /* the lines that stand beside a key, and what they say; looked up once */
    size_t from, to, column;
    bool secret;
};

struct doc {
    const char *text;
    size_t n;
    struct op_spans *out;
    struct object last[COLUMNS]; /* per column: documents are full of the same questions */
    size_t secrets;
};

static struct line read_line(const struct doc *d, size_t at)
{
    struct line l = { .at = at };
    const char *end = memchr(d->text + at, '\n', d->n - at);
    l.end = end != NULL ? (size_t)(end - d->text) : d->n;
    size_t i = at;
    for (;;) {
        while (i < l.end && d->text[i] == ' ')
            i++;
        if (i + 1 < l.end && d->text[i] == '-' && d->text[i + 1] == ' ') {
            l.item = true;
            i += 2;
        } else {
            break;
        }
    }
    l.column = i - at;
    l.blank = i == l.end || d->text[i] == '#';
    l.separator = l.end - at >= 3 && memcmp(d->text + at, "---", 3) == 0;
    l.key = i;
    if (i < l.end && (d->text[i] == '"' || d->text[i] == '\''))
        l.key = ++i;
    while (i < l.end && (isalnum((unsigned char)d->text[i]) || strchr("_-./", d->text[i]) != NULL))
        i++;
    size_t stop = i;
    if (i < l.end && (d->text[i] == '"' || d->text[i] == '\''))
        i++;
    if (i < l.end && d->text[i] == ':' && (i + 1 == l.end || d->text[i + 1] == ' ' || d->text[i + 1] == '\r'))
        l.key_len = stop - l.key;
    for (l.value = i + 1; l.value < l.end && d->text[l.value] == ' ';)
        l.value++;
    if (l.value > l.end)
        l.value = l.end;
    return l;
}

static bool key_is(const struct doc *d, const struct line *l, const char *key)
{
    return l->key_len == strlen(key) && memcmp(d->text + l->key, key, l->key_len) == 0;
}

/* A scalar without its quotes and trailing blanks. */
static size_t scalar(const struct doc *d, const struct line *l, size_t *from)
{
    size_t end = l->end;
    *from = l->value;
    while (end > *from && isspace((unsigned char)d->text[end - 1]))
        end--;
    if (end - *from >= 2 && (d->text[*from] == '"' || d->text[*from] == '\'') && d->text[end - 1] == d->text[*from]) {
        ++*from;
        end--;
    }
    return end - *from;
}

static bool says_secret(const struct doc *d, const struct line *l)
{
    size_t from, n = scalar(d, l, &from);
    if (key_is(d, l, "kind"))
        return n == 6 && memcmp(d->text + from, "Secret", 6) == 0;
    return key_is(d, l, "type") && op_secret_type(d->text + from, n);
}

static size_t line_before(const struct doc *d, size_t at)
{
    size_t i = at - 1; /* the newline */
    while (i > 0 && d->text[i - 1] != '\n')
        i--;
    return i;
}

/* The object that the key at `l` belongs to: everything beside and below its siblings. */
static const struct object *object_of(struct doc *d, const struct line *l)
{
    struct object *o = &d->last[l->column % COLUMNS];
    if (o->column == l->column && o->from <= l->at && l->at < o->to)
        return o;
    *o = (struct object){ .from = l->at, .to = l->end + 1, .column = l->column };
    bool open = !l->item;
    for (size_t at = l->at; open && at > 0;) {
        at = line_before(d, at);
        struct line up = read_line(d, at);
        bool beside = !up.blank && up.column == l->column;
        if (up.separator || (!up.blank && up.column < l->column))
            break;
        o->from = at;
        o->secret = o->secret || (beside && says_secret(d, &up));
        open = !(beside && up.item);
    }
    for (size_t at = l->end + 1; at < d->n; at = o->to) {
        struct line down = read_line(d, at);
        bool beside = !down.blank && down.column == l->column;
        if (down.separator || (!down.blank && (down.column < l->column || (beside && down.item))))
            break;
        o->to = down.end + 1;
        o->secret = o->secret || (beside && says_secret(d, &down));
    }
    d->secrets += o->secret;
    return o;
}

/* What belongs to the entry at l besides its own line: deeper lines, blank ones between them. */
static size_t entry_end(const struct doc *d, const struct line *l)
{
    size_t end = l->end;
    for (size_t at = l->end + 1; at < d->n;) {
        struct line next = read_line(d, at);
        bool empty = next.key >= next.end;
        if (!empty && next.column <= l->column)
            break;
        if (!empty)
            end = next.end;
        at = next.end + 1;
    }
    return end;
}

static void add_entry(struct doc *d, const struct line *l)
{
    bool weak = op_secret_key_is_weak(d->text + l->key, l->key_len);
    size_t end = entry_end(d, l), from, n = scalar(d, l, &from);
    bool block = n != 0 && (d->text[from] == '|' || d->text[from] == '>');
    if (end > l->end && (block || n == 0)) {
        for (from = l->end + 1; from < end && isspace((unsigned char)d->text[from]);)
            from++;
        n = end - from;
    } else if (end > l->end) { /* a plain scalar that goes on */
        n = end - from;
    }
    op_spans_add(d->out, from, n, weak);
}

/* The entries below "data:". */
static size_t read_data(struct doc *d, const struct line *data)
{
    size_t at = data->end + 1;
    if (data->value < data->end && d->text[data->value] == '{') /* {a: b} */
        op_spans_add(d->out, data->value + 1, data->end - data->value - 1, false);
    while (at < d->n) {
        struct line l = read_line(d, at);
        if (!l.blank && l.column <= data->column)
            break;
        if (l.key_len != 0) {
            add_entry(d, &l);
            at = entry_end(d, &l) + 1;
        } else {
            at = l.end + 1;
        }
    }
    return at;
}

size_t op_find_yaml_secrets(const char *text, size_t n, struct op_spans *out)
{
    struct doc d = { .text = text, .n = n, .out = out };
    for (size_t at = 0; at < n;) {
        struct line l = read_line(&d, at);
        at = l.end + 1;
        if ((key_is(&d, &l, "data") || key_is(&d, &l, "stringData")) && object_of(&d, &l)->secret)
            at = read_data(&d, &l);
    }
    return d.secrets;
}
