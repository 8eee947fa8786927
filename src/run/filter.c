/* Lines and rows of an output that are shown, decided one by one as they arrive. */
#include "filter.h"

#include "filter_value.h"
#include "opsh/base/str.h"
#include "opsh/base/text.h"

enum { AROUND_MAX = 50 };

struct lane { /* of one stream */
    struct op_text_state clean;
    struct op_buf line;
    bool cut;
};

struct op_filter {
    const struct op_show *show;
    struct lane lanes[2];
    struct filter_head head; /* of the table that is read */
    bool in_table;           /* its heading was seen */
    bool whole;              /* it lacks a column: all of it is shown */
    const char *lacks;       /* that column, or NULL */
    size_t seen, kept, longer, unread;
    /* lines around those that are shown */
    struct op_strv before;
    size_t behind;   /* so many more are shown */
    bool apart, any; /* lines were left out since the last one shown; one was shown */
};

struct op_filter *op_filter_new(const struct op_show *show)
{
    struct op_filter *f = op_calloc(1, sizeof(*f));
    f->show = show;
    for (size_t i = 0; i < OP_LEN(f->lanes); i++)
        f->lanes[i].line.max = FILTER_LINE;
    return f;
}

void op_filter_free(struct op_filter *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < OP_LEN(f->lanes); i++)
        op_buf_free(&f->lanes[i].line);
    op_strv_free(&f->before);
    free(f);
}

static bool holds(struct op_filter *f, const struct op_show_rule *r, const char *line)
{
    if (r->column == NULL)
        return filter_text_holds(r, line);
    char cell[FILTER_CELL];
    size_t at = 0;
    if (!filter_head_find(&f->head, r->column, &at) || !filter_cell(&f->head, line, at, cell, sizeof(cell)))
        *cell = '\0';
    if (r->how <= OP_SHOW_ENDS)
        return filter_text_holds(r, cell);
    bool told = true, yes = filter_amount_holds(r, cell, &told);
    f->unread += !told;
    return yes;
}

static bool all_hold(struct op_filter *f, const char *line)
{
    for (size_t i = 0; i < f->show->n; i++)
        if (!holds(f, &f->show->rules[i], line))
            return false;
    return true;
}

static void put(const char *line, bool cut, struct op_buf *out)
{
    op_buf_adds(out, line);
    op_buf_adds(out, cut ? " …\n" : "\n");
}

/* A heading stays; the tables of several kinds stand behind each other with an empty line between. */
static bool begins_table(struct op_filter *f, const char *line, struct op_buf *out)
{
    if (*line == '\0') {
        f->in_table = false;
        op_buf_addc(out, '\n');
        return true;
    }
    if (f->in_table)
        return false;
    f->in_table = true;
    f->whole = false;
    filter_head_read(&f->head, line);
    for (size_t i = 0; i < f->show->n; i++) {
        size_t at = 0;
        const char *column = f->show->rules[i].column;
        if (column == NULL || filter_head_find(&f->head, column, &at))
            continue;
        f->whole = true;
        f->lacks = column;
    }
    put(line, false, out);
    return true;
}

static void keep_before(struct op_filter *f, const char *line)
{
    size_t most = f->show->around < AROUND_MAX ? f->show->around : AROUND_MAX;
    f->apart = true;
    if (most == 0)
        return;
    if (f->before.n == most) {
        free(f->before.v[0]);
        memmove(f->before.v, f->before.v + 1, f->before.n * sizeof(*f->before.v)); /* with its NULL */
        f->before.n--;
    }
    op_strv_push(&f->before, line);
}

static void show_line(struct op_filter *f, const char *line, bool cut, struct op_buf *out)
{
    if (f->show->around != 0 && f->any && f->apart)
        op_buf_adds(out, "--\n");
    for (size_t i = 0; i < f->before.n; i++)
        put(f->before.v[i], false, out);
    op_strv_free(&f->before);
    put(line, cut, out);
    f->any = true;
    f->apart = false;
}

static void take_line(struct op_filter *f, struct lane *lane, struct op_buf *out)
{
    const char *line = op_buf_str(&lane->line);
    bool cut = lane->cut;
    if (!f->show->table || !begins_table(f, line, out)) {
        f->seen++;
        f->longer += cut;
        bool yes = f->whole || all_hold(f, line);
        f->kept += yes;
        if (yes) {
            show_line(f, line, cut, out);
            f->behind = f->show->around;
        } else if (f->behind > 0) {
            f->behind--;
            put(line, cut, out);
        } else {
            keep_before(f, line);
        }
    }
    op_buf_trunc(&lane->line, 0);
    lane->line.cut = lane->cut = false;
}

void op_filter_feed(struct op_filter *f, enum op_stream stream, const char *bytes, size_t n, struct op_buf *out)
{
    struct lane *lane = &f->lanes[stream == OP_STDERR];
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean_chunk(&lane->clean, &clean, bytes, n);
    const char *at = op_buf_str(&clean), *end = at + clean.len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        op_buf_add(&lane->line, at, (size_t)((stop != NULL ? stop : end) - at));
        lane->cut = lane->cut || lane->line.cut;
        if (stop == NULL)
            return;
        take_line(f, lane, out);
        at = stop + 1;
    }
}

void op_filter_end(struct op_filter *f, struct op_buf *out)
{
    for (size_t i = 0; i < OP_LEN(f->lanes); i++)
        if (f->lanes[i].line.len != 0)
            take_line(f, &f->lanes[i], out);
}

bool op_filter_looked(const struct op_filter *f)
{
    return f->seen != 0 || f->in_table;
}

void op_filter_sentence(const struct op_filter *f, struct op_buf *out)
{
    if (f->lacks != NULL) {
        op_buf_addf(out, "There is no column %.*s: all of it is shown", (int)strcspn(f->lacks, "|"), f->lacks);
        return;
    }
    op_show_sum(f->show, f->kept, f->seen, out);
    if (f->unread != 0)
        op_buf_addf(out, " (of %zu it is not known)", f->unread);
    if (f->longer != 0)
        op_buf_addf(out, " (%zu longer than %zu KiB: only the beginning was looked at)", f->longer, FILTER_LINE >> 10);
}
