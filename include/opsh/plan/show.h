/* What of a read's output is shown: the lines, or the rows of a table, for which every rule holds. The command stays
 * what it is; the runner leaves the rest of its output out (run/filter.h) and says how much that was.
 * This is data and its words; nothing here looks at an output. */
#ifndef OPSH_PLAN_SHOW_H
#define OPSH_PLAN_SHOW_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

enum op_show_how {
    OP_SHOW_HAS,     /* one of the texts, whatever their case; "5xx" is any number from 500 to 599 */
    OP_SHOW_WITHOUT, /* none of them */
    OP_SHOW_BEGINS,
    OP_SHOW_ENDS,
    OP_SHOW_MORE, /* than the amount: "3", "500Mi", "80%" */
    OP_SHOW_LESS,
    OP_SHOW_LEAST, /* at least */
    OP_SHOW_MOST,  /* at most */
    OP_SHOW_IS,    /* exactly */
    OP_SHOW_OLDER, /* than the amount of time: "7d"; s, m, h, d, w, mo, y */
    OP_SHOW_YOUNGER,
    OP_SHOW_HOWS
};

struct op_show_rule {
    char *column; /* headings of which the table has one ("CPU(%)|CPU%"); NULL: the whole line. owned */
    enum op_show_how how;
    struct op_strv texts;
    char *amount; /* or NULL; owned */
    char *as;     /* what the texts stand for ("an error"), or NULL; owned */
};

struct op_show {
    struct op_show_rule *rules; /* owned, n of them */
    size_t n;
    bool table;    /* the first line is a heading and stays */
    size_t around; /* lines before and behind each that are shown too */
    char *noun;    /* what a row is, in the plural ("pods"), or NULL; owned */
};

const char *op_show_how_name(enum op_show_how how); /* "has", "more", … as the catalogue says them */
bool op_show_how_of(const char *name, enum op_show_how *how);

struct op_show_rule *op_show_add(struct op_show *show); /* a new rule, borrowed */
void op_show_free(struct op_show *show);                /* and show itself; may be NULL */

/* "only pods older than 7 days" */
void op_show_describe(const struct op_show *show, struct op_buf *out);
/* "2 of 14 pods are older than 7 days", "None of 412 lines has \"timeout\"" */
void op_show_sum(const struct op_show *show, size_t kept, size_t seen, struct op_buf *out);

#endif
