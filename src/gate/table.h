/* The verb and flag tables of one program, found in the catalogue's documents. */
#ifndef OPSH_GATE_TABLE_H
#define OPSH_GATE_TABLE_H

#include "opsh/catalog/catalog.h"

enum op_flag_kind { OP_FLAG_NONE, OP_FLAG_SWITCH, OP_FLAG_VALUE, OP_FLAG_OPTIONAL };

struct op_flag_spec {
    enum op_flag_kind kind;
    const char *name; /* the canonical name, inside the table's text */
    size_t len;
    bool global; /* found in the program's own list */
};

bool op_table_has_program(const struct op_catalog *cat, const char *program);

/* The row of this verb in whichever document has it; `same:` is not followed. */
const struct op_node *op_table_verb(const struct op_catalog *cat, const char *program, const char *verb);

/* Follows `same:` (once: a chain is not sound). */
const struct op_node *op_table_resolve(const struct op_catalog *cat, const char *program, const struct op_node *row);

/* What `flags:` of the program says under key; *i = 0 first, NULL at the end. */
const struct op_node *op_table_flags(const struct op_catalog *cat, const char *program, const char *key, size_t *i);

/* Look a flag up in the row's own flags, then in those of the rows it is nested in, then in the program's. A letter has
 * length 1 and is_letter true. */
struct op_flag_spec op_table_flag(const struct op_catalog *cat, const char *program, const struct op_node *row,
                                  const char *name, size_t len, bool is_letter);

/* Is text equal to n, or to one of its items when n is a list? Patterns (op_str_glob) ignore case. */
bool op_table_lists(const struct op_node *n, const char *text, size_t len);
bool op_table_globs(const struct op_node *n, const char *text);

bool op_table_true(const struct op_node *row, const char *key); /* row[key] is true */

#endif
