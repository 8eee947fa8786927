/* A Dockerfile taken apart, for the rules of the linter: instructions with their flags and words, stages, the commands of
 * RUN. Reading never fails: what cannot be understood is an instruction with `trouble`. */
#ifndef OPSH_PROJECT_DOCKERFILE_H
#define OPSH_PROJECT_DOCKERFILE_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

enum df_kind {
    DF_UNKNOWN,
    DF_ADD,
    DF_ARG,
    DF_CMD,
    DF_COPY,
    DF_ENTRYPOINT,
    DF_ENV,
    DF_EXPOSE,
    DF_FROM,
    DF_HEALTHCHECK,
    DF_LABEL,
    DF_MAINTAINER,
    DF_ONBUILD,
    DF_RUN,
    DF_SHELL,
    DF_STOPSIGNAL,
    DF_USER,
    DF_VOLUME,
    DF_WORKDIR,
    DF_KINDS
};

#define DF_LINES_MAX ((size_t)2000)  /* instructions that are read */
#define DF_WORDS_MAX ((size_t)4000)  /* words of one instruction, and commands of one RUN */
#define DF_NONE ((size_t)-1)

/* One simple command of a RUN: its words without quotes, without the NAME=value before it. */
struct df_command {
    struct op_strv words;
    bool piped; /* reads what the command before it writes */
};

struct df_line {
    enum df_kind kind;
    char *name;              /* as written: "RUN", "run" */
    char *text;              /* what follows it, continued lines joined, comments and flags taken out */
    struct op_strv flags;    /* "--from=build" */
    struct op_strv words;    /* of text, without quotes; in the JSON form its items */
    bool json;
    struct op_strv heredocs; /* their bodies */
    struct df_command *commands; /* RUN: owned, n_commands of them */
    size_t n_commands, cap_commands;
    size_t line;             /* from 1 */
    size_t gap;              /* line of an empty line inside of it; 0: none */
    size_t stage;            /* index, or DF_NONE before the first FROM */
    struct op_strv silent;   /* rules that comments above it silence */
    char *comment;           /* what the comment right above it says, or NULL */
    char *trouble;           /* why Docker would not take it, or NULL */
};

struct df_stage {
    size_t from, end;  /* its lines: from is FROM, end is behind the last */
    const char *base;  /* as written; "" when missing. borrowed from the line */
    const char *name;  /* or NULL */
    size_t parent;     /* the stage that it is built upon, or DF_NONE: an image */
};

struct df_file {
    struct df_line *v;
    size_t n, cap;
    struct df_stage *stages;
    size_t n_stages, cap_stages;
    char escape;
    struct op_strv silent;       /* rules that are off in this file; "all" */
    struct op_strv experimental; /* rules that "# check=experimental=" turns on; "all" */
    size_t cut;                  /* line behind which nothing was read; 0: all of it was */
};

void op_df_parse(const char *text, size_t n, struct df_file *f);
void op_df_free(struct df_file *f);

enum df_kind op_df_kind(const char *name);      /* "run" and "RUN" alike */
const char *op_df_kind_name(enum df_kind kind); /* "RUN" */

/* Value of a flag ("from", "mount"); "" for one without; NULL: not there. nth from 0, for flags that may stand twice. */
const char *op_df_flag(const struct df_line *l, const char *name, size_t nth);

/* ---- words ---- */

/* Words of s at blanks, quotes and escapes honoured and taken away. */
void op_df_words(const char *s, char escape, struct op_strv *out);
/* true: s is a JSON list of texts, which are in out. */
bool op_df_json(const char *s, struct op_strv *out);
/* The simple commands of a shell script, also those inside of $(…). */
void op_df_shell(const char *script, struct df_line *l);

/* ---- variables ---- */

/* Names that s uses as $NAME or ${NAME}; with a fallback (${NAME:-x}) only when `all`. */
void op_df_uses(const char *s, char escape, bool all, struct op_strv *names);
/* "NAME" of "NAME=value" and of "NAME". owned */
char *op_df_key(const char *word);
/* s with variables put in from NAME=value texts, unknown ones empty. owned */
char *op_df_expand(const char *s, const struct op_strv *values);
const char *op_df_value(const struct op_strv *values, const char *name, size_t n); /* NULL: none */

/* ---- .dockerignore ---- */

struct op_ignores {
    struct op_strv patterns; /* owned; "./a//b/" is "a/b", "!" stays in front */
    bool exceptions;         /* some begin with "!" */
    unsigned steps;          /* of all matching together that are left: patterns and paths both come from outside */
};

void op_ignores_read(const struct op_strv *lines, struct op_ignores *out); /* lines NULL: none */
void op_ignores_free(struct op_ignores *i);
/* Is path (relative to the context) left out by these patterns? false as well when the steps are used up. */
bool op_ignored(struct op_ignores *i, const char *path);

#endif
