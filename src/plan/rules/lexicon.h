/* The vocabulary of the catalogue (sections `words:`), indexed once. Forms are folded text: lower
 * case, no accents; several words are separated by one space. The nodes stay where they are: the
 * index points into them. */
#ifndef OPSH_RULES_LEXICON_H
#define OPSH_RULES_LEXICON_H

#include "opsh/catalog/catalog.h"

enum word_class {
    WORD_VERB,    /* value: the verb; `changes` says whether it changes anything */
    WORD_KIND,    /* value: the kind, singular */
    WORD_TOPIC,   /* value: what the request is about or how it is wanted: "usage", "previous" */
    WORD_MOOD,    /* value: "why", "advice", "which", "count", "yesno", "polite", "symptom", "not" */
    WORD_ROLE,    /* value: what the words behind it are: "in", "to", "by", "from", "named", "and" */
    WORD_NUMBER,  /* value: digits */
    WORD_UNIT,    /* value: "line", "hour", "replica", "Mi" */
    WORD_PROGRAM, /* value: "kubectl", "helm", "minikube", "docker" */
    WORD_IMAGE,   /* a program that everybody gets by this image; value: the image */
    WORD_FILLER,  /* says nothing */
    WORD_ORDINARY, /* plain English: no sense of a token, but no name in a question either */
    WORD_GLOSS,   /* value: the same in English, put in its place (gloss.c); "*" in both: a name, "#": a number, "@": an image */
    WORD_ENDING,  /* what this language hangs on words */
    WORD_CLASSES
};

enum { LANGUAGES_MAX = 16 };

struct word {
    const char *form; /* folded */
    const char *value;
    uint8_t words; /* in form */
    uint8_t cls;   /* enum word_class */
    bool changes;
    bool one;                /* a kind in the singular */
    uint8_t lang;            /* of the document's words; 0: common (English and what all speak) */
    const struct word *next; /* same first word */
};

struct lexicon {
    struct word *words;
    size_t n, cap;
    uint32_t *buckets; /* index + 1 of the first word, or 0 */
    size_t mask;
    const char *langs[LANGUAGES_MAX]; /* "es"; [0] is "" */
    size_t n_langs, adding; /* adding: the one being read */
    struct {
        size_t from, to;
    } endings[LANGUAGES_MAX]; /* in words */
};

bool lexicon_build(struct lexicon *lex, const struct op_catalog *cat, struct op_err *err) OP_CHECKED;
void lexicon_free(struct lexicon *lex);

/* All entries whose form begins with this folded word (walk with ->next), or NULL. */
const struct word *lexicon_first(const struct lexicon *lex, const char *word);

/* The verb of which `word` is an inflected form (-s, -ed, -ing), or NULL. */
const struct word *lexicon_inflected(const struct lexicon *lex, const char *word);

/* The keyword of this class nearest to a misspelt word, or NULL when none is near or two are. */
const struct word *lexicon_nearest(const struct lexicon *lex, const char *word, enum word_class cls);

/* Longest form of a script without spaces that the n bytes at s begin with: its bytes, and the entry; 0 when none. */
size_t lexicon_prefix(const struct lexicon *lex, const char *s, size_t n, const struct word **found);

#endif
