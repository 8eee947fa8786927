/* The longest common subsequence of two texts' lines, by the plain table: texts are short (at most
 * OP_DIFF_MAX lines) and mostly equal, so what is common at both ends is taken off first. */
#include "opsh/base/diff.h"

#include "opsh/base/buf.h"

#include <stdint.h>

struct comparison {
    const struct op_strv *a, *b;
    size_t na, nb, head, tail; /* lines compared; equal ones at both ends */
    uint16_t *table;           /* (rows + 1) × (columns + 1): the LCS of what is behind a cell */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t columns(const struct comparison *c)
{
    return c->nb - c->head - c->tail + 1;
}

static bool same(const struct comparison *c, size_t i, size_t j)
{
    return strcmp(c->a->v[c->head + i], c->b->v[c->head + j]) == 0;
}

static void fill(struct comparison *c)
{
    while (c->head < least(c->na, c->nb) && strcmp(c->a->v[c->head], c->b->v[c->head]) == 0)
        c->head++;
    while (c->tail < least(c->na, c->nb) - c->head &&
           strcmp(c->a->v[c->na - 1 - c->tail], c->b->v[c->nb - 1 - c->tail]) == 0)
        c->tail++;
    size_t rows = c->na - c->head - c->tail, wide = columns(c);
    c->table = op_calloc((rows + 1) * wide, sizeof(*c->table));
    for (size_t i = rows; i-- > 0;)
        for (size_t j = wide - 1; j-- > 0;) {
            uint16_t *at = &c->table[i * wide + j];
            uint16_t down = at[wide], right = at[1];
            *at = same(c, i, j) ? (uint16_t)(at[wide + 1] + 1) : down > right ? down : right;
        }
}

/* All lines with their marks, changed or not; `from` has the index in a (of the next line, where one is added). */
struct script {
    struct op_strv lines;
    size_t *from;
    size_t cap;
};

static void add(struct script *s, char mark, const char *line, size_t from)
{
    s->from = op_grow(s->from, s->lines.n, &s->cap, sizeof(*s->from));
    s->from[s->lines.n] = from;
    op_strv_pushf(&s->lines, "%c%s", mark, line);
}

static void walk(const struct comparison *c, struct script *s)
{
    size_t rows = c->na - c->head - c->tail, wide = columns(c), i = 0, j = 0;
    for (size_t k = 0; k < c->head; k++)
        add(s, ' ', c->a->v[k], k);
    while (i < rows || j + 1 < wide) {
        const uint16_t *at = &c->table[i * wide + j];
        if (i < rows && j + 1 < wide && same(c, i, j)) {
            add(s, ' ', c->a->v[c->head + i], c->head + i);
            i++;
            j++;
        } else if (i < rows && (j + 1 == wide || at[wide] >= at[1])) {
            add(s, '-', c->a->v[c->head + i], c->head + i);
            i++;
        } else {
            add(s, '+', c->b->v[c->head + j], c->head + i);
            j++;
        }
    }
    for (size_t k = c->na - c->tail; k < c->na; k++)
        add(s, ' ', c->a->v[k], k);
}

/* ---- places ---- */

static size_t indent(const char *line)
{
    return strspn(line, " ");
}

/* "  spec:" gives "spec"; an item of a list has no name of its own. */
static char *label(const char *line)
{
    line += indent(line);
    return op_strndup(line, *line == '-' ? 0 : strcspn(line, ":"));
}

/* The lines that this one is inside of, outermost first, joined by dots. */
static char *place(const struct op_strv *a, size_t at, size_t depth)
{
    char *path = op_strdup("");
    for (size_t i = at < a->n ? at : a->n; i-- > 0 && depth != 0;) {
        if (indent(a->v[i]) >= depth || a->v[i][0] == '\0')
            continue;
        depth = indent(a->v[i]);
        OP_AUTO_FREE char *name = label(a->v[i]);
        char *longer = op_asprintf("%s%s%s", name, *name != '\0' && *path != '\0' ? "." : "", path);
        free(path);
        path = longer;
    }
    return path;
}

/* ---- hunks ---- */

static bool changed(const struct script *s, size_t i)
{
    return s->lines.v[i][0] != ' ';
}

static void emit(const struct comparison *c, const struct script *s, size_t context, struct op_diff *diff)
{
    size_t shown = 0; /* lines before this one are told or left out */
    for (size_t i = 0; i < s->lines.n; i++) {
        if (!changed(s, i))
            continue;
        size_t begin = i > context && i - context > shown ? i - context : shown;
        if (begin > shown || shown == 0) {
            OP_AUTO_FREE char *where = place(c->a, s->from[begin], indent(s->lines.v[begin] + 1));
            if (*where != '\0')
                op_strv_pushf(&diff->lines, "@%s", where);
            else if (shown != 0)
                op_strv_push(&diff->lines, "@");
        }
        size_t end = i + 1, quiet = 0; /* as far as the next change is no further than the two contexts */
        for (size_t k = i + 1; k < s->lines.n && quiet <= 2 * context; k++) {
            quiet = changed(s, k) ? 0 : quiet + 1;
            if (quiet == 0)
                end = k + 1;
        }
        end = least(end + context, s->lines.n);
        for (size_t k = begin; k < end; k++) {
            op_strv_push(&diff->lines, s->lines.v[k]);
            diff->added += s->lines.v[k][0] == '+';
            diff->removed += s->lines.v[k][0] == '-';
        }
        shown = end;
        i = end - 1;
    }
}

void op_diff_lines(const struct op_strv *before, const struct op_strv *after, size_t context, struct op_diff *diff)
{
    *diff = (struct op_diff){ .cut = before->n > OP_DIFF_MAX || after->n > OP_DIFF_MAX };
    struct comparison c = { .a = before, .b = after, .na = least(before->n, OP_DIFF_MAX), .nb = least(after->n, OP_DIFF_MAX) };
    struct script s = { .lines = OP_STRV_INIT };
    fill(&c);
    walk(&c, &s);
    emit(&c, &s, context, diff);
    free(c.table);
    free(s.from);
    op_strv_free(&s.lines);
}

void op_diff_free(struct op_diff *diff)
{
    op_strv_free(&diff->lines);
    *diff = (struct op_diff){ 0 };
}

void op_diff_split(const char *text, struct op_strv *lines)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        op_strv_take(lines, op_strndup(text, n));
        text += n + (text[n] == '\n');
    }
}
