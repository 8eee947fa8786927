/* What the linter's rules share: their rows, what they see, how they speak. */
#ifndef OPSH_PROJECT_LINT_I_H
#define OPSH_PROJECT_LINT_I_H

#include "dockerfile.h"
#include "opsh/project/lint.h"

struct op_lint_run {
    const struct df_file *f;
    const struct op_lint_context *context; /* never NULL */
    bool around;                           /* the caller did say what surrounds the file */
    struct op_ignores ignores;             /* the patterns of .dockerignore; none where there is no such file */
    const struct op_lint_rule *rule;       /* whose turn it is */
    struct op_lint_report *out;
    size_t cap;
};

struct op_lint_rule {
    const char *name;
    enum op_lint_level level;
    enum df_kind on; /* asked for each instruction of this kind; DF_UNKNOWN: once, with l NULL */
    void (*check)(struct op_lint_run *run, const struct df_line *l);
    const char *about; /* one sentence, for SARIF and the list of rules */
    const char *twin;  /* the other linter's name for the same thing; silencing one silences both */
    bool experimental; /* only where "# check=experimental=" asks for it */
};

struct op_lint_rules {
    const struct op_lint_rule *v;
    size_t n;
};

extern const struct op_lint_rules op_lint_stages, op_lint_form, op_lint_variables, op_lint_packages, op_lint_managers,
    op_lint_shell, op_lint_size;

/* All rules, one after the other; NULL behind the last. */
const struct op_lint_rule *op_lint_rule(size_t i);
const struct op_lint_rule *op_lint_rule_named(const char *name);

/* A finding of run->rule at l; line 0: where l begins. */
void op_lint_say(struct op_lint_run *run, const struct df_line *l, size_t line, const char *advice, const char *fmt,
                 ...) OP_PRINTF(5, 6);

/* ---- what several rules ask ---- */

const struct df_stage *op_lint_last(const struct op_lint_run *run); /* the stage that becomes the image; NULL: none */
/* Is the line part of the image: in the last stage, or in one that it is built upon? */
bool op_lint_kept(const struct op_lint_run *run, const struct df_line *l);
/* NAME=value of the ARGs before the first FROM, and of what the builder itself defines there. */
void op_lint_globals(const struct op_lint_run *run, struct op_strv *values);
/* The image of a stage with the defaults put in; "" when it is another stage. owned */
char *op_lint_image(const struct op_lint_run *run, const struct df_stage *s);
/* Does one of l's cache mounts have this in its target? */
bool op_lint_cached(const struct df_line *l, const char *part);
/* Does the name say that its value is to be kept to oneself? */
bool op_secret_name(const char *name);

/* A command as its program sees it: without sudo, `python -m pip` as pip. borrowed */
struct op_lint_argv {
    char *const *v;
    size_t n;
};
struct op_lint_argv op_lint_argv(const struct df_command *c);
/* The first word that is no option, from index 1; "" when there is none. Its index in *at where not NULL. */
const char *op_lint_verb(const struct op_lint_argv *a, size_t *at);
bool op_lint_has(const struct op_lint_argv *a, const char *const *options); /* one of these words; NULL-terminated */
bool op_lint_among(const char *word, const char *const *words);             /* NULL-terminated */

/* ---- package managers ---- */

struct op_lint_manager {                                        /* lists end with NULL */
    const char *const *programs, *const *verbs, *const *valued; /* options that take the next word */
    bool (*pinned)(const char *word); /* does this word name a version, or no package at all? */
    const char *advice;               /* %s: a package */
};
/* Is this command an installation by m? *at: index behind the verb. */
bool op_lint_installs(const struct op_lint_argv *a, const struct op_lint_manager *m, size_t *at);
void op_lint_pinned(struct op_lint_run *run, const struct df_line *l, const struct op_lint_manager *m);
/* Says so when an installation has none of these options; letter: also within letters like -qy, or '\0'. */
void op_lint_lacks(struct op_lint_run *run, const struct df_line *l, const struct op_lint_manager *m,
                   const char *const *options, char letter, const char *advice, const char *message);
bool op_lint_local(const char *word); /* a path, an address, or not known before the build: no name of a package */
bool op_lint_runs(const struct df_line *l, const char *const *programs, const char *const *verbs);
bool op_lint_removes(const struct df_line *l, const char *what); /* rm or find with this in its words */

#endif
