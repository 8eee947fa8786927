/* Leaves out of an output what a step does not show. Bytes come in as they arrive, cut anywhere; whole lines go out,
 * cleaned. A line is looked at up to FILTER_LINE bytes, and that is said where one was longer. Where a table has no
 * such column, all of it is shown, and that is said. */
#ifndef OPSH_RUN_FILTER_H
#define OPSH_RUN_FILTER_H

#include "opsh/os/child.h"
#include "opsh/plan/show.h"

#define FILTER_LINE ((size_t)64 << 10)

struct op_filter;

struct op_filter *op_filter_new(const struct op_show *show); /* borrows show */
void op_filter_free(struct op_filter *f);                    /* may be NULL */

/* Appends what is shown of these bytes. */
void op_filter_feed(struct op_filter *f, enum op_stream stream, const char *bytes, size_t n, struct op_buf *out);
void op_filter_end(struct op_filter *f, struct op_buf *out); /* a last line without its end */

bool op_filter_looked(const struct op_filter *f); /* did anything come to be looked at? */
/* "2 of 14 pods are older than 7 days", and what must be known of it */
void op_filter_sentence(const struct op_filter *f, struct op_buf *out);

#endif
