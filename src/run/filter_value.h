/* What stands in a line or in a cell of a table, for the filter: pure functions. */
#ifndef OPSH_RUN_FILTER_VALUE_H
#define OPSH_RUN_FILTER_VALUE_H

#include "opsh/plan/show.h"

enum { FILTER_COLUMNS = 40, FILTER_CELL = 512 };

struct filter_head { /* the headings of a table and where they begin, in characters */
    struct {
        char name[40];
        size_t at;
    } columns[FILTER_COLUMNS];
    size_t n;
};

/* Headings stand two spaces or a tab apart; within one ("LAST SEEN") there is a single space. */
void filter_head_read(struct filter_head *h, const char *line);
bool filter_head_find(const struct filter_head *h, const char *names, size_t *at); /* "A|B": the first that is there */
bool filter_cell(const struct filter_head *h, const char *line, size_t at, char *out, size_t size);

bool filter_text_holds(const struct op_show_rule *r, const char *text);
/* *told: is there anything in the cell that can be compared? ("<none>", "<unknown>": no) */
bool filter_amount_holds(const struct op_show_rule *r, const char *cell, bool *told);

/* "7d", "3h25m", "2y130d", "1mo" in seconds; "500Mi", "250m", "80%", "1.2GB" as a number. */
bool filter_time(const char *text, double *seconds);
bool filter_number(const char *text, double *value);

#endif
