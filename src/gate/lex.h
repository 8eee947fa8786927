/* A command line taken apart the way the program itself would take it apart. */
#ifndef OPSH_GATE_LEX_H
#define OPSH_GATE_LEX_H

#include "table.h"

#include "opsh/base/strv.h"

struct op_flag_use {
    const char *name; /* canonical, len bytes; inside the table's text */
    size_t len;
    const char *value; /* inside argv; NULL: none was given */
    bool is_switch;    /* its value can only be true or false */
    bool global;       /* every command of the program has it */
    bool behind_verb;  /* it stands behind the last word of the verb */
};

struct op_lexed {
    const char *program;
    const char *input;         /* bytes for its standard input, or NULL */
    const struct op_node *row; /* the verb's row, `same:` followed; NULL: unknown verb */
    char verb[48];             /* canonical where known, else the first word */
    struct op_flag_use *flags;
    size_t n_flags, flags_cap;
    const char **words; /* what is neither verb nor flag; inside argv */
    size_t n_words, words_cap;
    size_t passed;         /* words[passed…] belong to another program (behind "--", or stops: true) */
    size_t rest;           /* index in argv behind the last word of the verb */
    size_t at;             /* index in argv while it is being read */
    const char *unknown;   /* the first flag that is in no table, or NULL */
    const char *valueless; /* a flag at the end that should have a value, or NULL */
};

void op_lex(const struct op_catalog *cat, const struct op_strv *argv, struct op_lexed *lx);
void op_lexed_free(struct op_lexed *lx);

/* The flag's last value: NULL when it is not given; "" when it is given without one. */
const char *op_lexed_value(const struct op_lexed *lx, const char *name);

#endif
