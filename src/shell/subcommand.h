/* Subcommands of the program: what opsh does besides understanding requests. They are steps too: `opsh write …` goes
 * down the road as an argument vector that the tables of tools/opsh.yaml judge, and the runner starts opsh itself for
 * it. A subcommand starts no tools, asks nobody and keeps no journal. */
#ifndef OPSH_SHELL_SUBCOMMAND_H
#define OPSH_SHELL_SUBCOMMAND_H

#include "opsh/base/buf.h"

struct op_subcommand {
    const char *name;
    const char *usage; /* behind the name */
    const char *help;  /* one line */
    /* argv[1] is the name: is it meant, or are these the first words of a request ("remove the pod web")? */
    bool (*meant)(int argc, char *const *argv);
    /* argv[0] is the name now. Output goes to standard output; errors are returned. */
    enum op_code (*run)(int argc, char *const *argv, const char *version, struct op_err *err);
};

extern const struct op_subcommand op_subcommands[];
extern const size_t op_subcommands_n;

const struct op_subcommand *op_subcommand_find(int argc, char *const *argv); /* NULL: a request, or nothing */

/* --- helpers of those who are in the table --- */
struct op_sub_option {  /* the table of one subcommand ends with name NULL */
    const char *name;   /* "--in" */
    const char **value; /* takes one; or NULL: */
    bool *flag;
};

/* Options and words of argv[1…]; an option twice, an unknown one or one without its value is OP_USAGE. words has room
 * for max; *n how many there are. */
bool op_sub_parse(int argc, char *const *argv, const struct op_sub_option *options, const char **words, size_t max,
                  size_t *n, struct op_err *err) OP_CHECKED;
bool op_sub_has(int argc, char *const *argv, const char *option); /* "--in" or "--in=…" among argv[2…] */
void op_sub_say(const char *fmt, ...) OP_PRINTF(1, 2);            /* a line on standard output, cleaned */

/* --- subcommand_file.c --- */
bool op_sub_file_meant(int argc, char *const *argv);
enum op_code op_sub_write(int argc, char *const *argv, const char *version, struct op_err *err);
enum op_code op_sub_remove(int argc, char *const *argv, const char *version, struct op_err *err);
enum op_code op_sub_read(int argc, char *const *argv, const char *version, struct op_err *err);
/* --- subcommand_draft.c --- */
bool op_sub_draft_meant(int argc, char *const *argv);
enum op_code op_sub_draft(int argc, char *const *argv, const char *version, struct op_err *err);

/* --- subcommand_lint.c --- */
bool op_sub_lint_meant(int argc, char *const *argv);
/* OP_TOOL without a word in err: there are findings of level warning or error. */
enum op_code op_sub_lint(int argc, char *const *argv, const char *version, struct op_err *err);

#endif
