/* Reads the golden files of the gate: lines of "columns<TAB>command line", "#" begins a comment. */
#ifndef OPSH_TESTS_GATE_LINES_H
#define OPSH_TESTS_GATE_LINES_H

#include "opsh/gate/decide.h"
#include "opsh/gate/quote.h"

struct line {
    const char *file;
    unsigned number;
    char *text; /* owned; the columns are cut out of it */
    const char *column[3];
    struct op_strv argv; /* of the last column */
    char *input;         /* of the second to last column, where lines_read was asked for it; else NULL. owned */
};

struct lines {
    struct line *v;
    size_t n, cap;
};

/* Fails the test on a line that is not made of `columns` columns, or does not split. */
void lines_read(struct lines *to, const char *file, unsigned columns);
void lines_read_with_input(struct lines *to, const char *file, unsigned columns);
void lines_free(struct lines *l);

/* "change,unknown,secrets": what the golden files say a verdict is. Marks in this order. */
void verdict_text(const struct op_verdict *v, char out[80]);

/* Do the two name the same class and the same marks, in any order? */
bool same_marks(const char *a, const char *b);

#endif
