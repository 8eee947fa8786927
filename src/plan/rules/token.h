/* From a person's text to tokens: Unicode made plain, quotes and names protected, words folded
 * for looking up, senses attached. Pure: the same text and vocabulary give the same tokens. */
#ifndef OPSH_RULES_TOKEN_H
#define OPSH_RULES_TOKEN_H

#include "lexicon.h"

#define REQUEST_MAX ((size_t)16 << 10) /* bytes of a request; longer ones are refused politely */
#define TOKENS_MAX  ((size_t)1200)

enum token_flags {
    TOKEN_QUOTED = 1,   /* stood in quotes: never a keyword */
    TOKEN_NAMELIKE = 2, /* holds - . : / = _ or digits among letters: a name unless the vocabulary knows it */
    TOKEN_STOP = 4,     /* a sentence ends behind it */
    TOKEN_COMMA = 8,
    TOKEN_COLON = 16,
    TOKEN_LINE = 32,     /* first of a line */
    TOKEN_BULLET = 64,   /* first of a list item ("- ", "1. ") */
    TOKEN_DEEP = 128,    /* of an indented list item */
    TOKEN_ASKED = 256,   /* a question mark behind it */
    TOKEN_SPOKEN = 1024, /* taken by a phrase of several parts (spoken.h) */
    TOKEN_NUMERIC = 512, /* digits only (after number words) */
    TOKEN_SPLIT = 2048,  /* head of a verb in two halves ("roll … back") */
    TOKEN_ASIDE = 4096,  /* a parenthesis opens before it */
    TOKEN_GLOSS = 8192,  /* stands for a word of another language: English */
    TOKEN_TAIL = 16384,  /* what hung on the word before by an apostrophe; only until the glosses are put in */
    TOKEN_UNLESS = 32768  /* beside it was said: only where it is not there yet */
};

enum { SENSES_MAX = 6 };

struct token {
    const char *text; /* as written, without quotes and punctuation */
    const char *low;  /* folded */
    unsigned flags;
    unsigned char n_senses;
    unsigned char span; /* tokens that the senses cover, at least 1 */
    bool inside;        /* covered by the senses of an earlier token */
    bool inflected;     /* the verb sense is an inflected form */
    bool used;          /* a slot took it */
    bool ordinary;      /* plain English, of the vocabulary's list `ordinary` */
    const struct word *senses[SENSES_MAX];
};

struct tokens {
    struct token *v;
    size_t n;
    char *pool; /* what text and low point into */
    size_t pool_len, pool_size;
    bool pairs_image;     /* "image=nginx port=80" are fields of what is made */
    bool tolerates;       /* "key=dedicated, effect=NoSchedule" are fields of a toleration */
    const char *too_much; /* why nothing was read, or NULL */
    uint8_t lang;         /* the language of the request, in the lexicon's order; 0: English */
};

bool tokens_read(struct tokens *t, const struct lexicon *lex, const char *text);
void tokens_free(struct tokens *t);

/* One more token; NULL when there is no room or nothing to add. */
struct token *tokens_push(struct tokens *t, const char *s, size_t n, unsigned flags);
/* Which language is the request in? */
uint8_t tokens_language(const struct tokens *t, const struct lexicon *lex);
/* Words that have an English one of their own in the vocabulary are replaced by it (gloss.c). */
/* The word that this one is without what its language hangs on it; or NULL. */
const struct word *tokens_stem(const struct token *tok, const struct lexicon *lex, uint8_t lang);
void tokens_gloss(struct tokens *t, const struct lexicon *lex);

/* The sense of this class that token i has, or NULL. */
const struct word *token_sense(const struct token *t, enum word_class cls);
bool token_is(const struct token *t, enum word_class cls, const char *value);
bool token_foreign(const struct token *t); /* letters beyond ASCII: never a name */

/* Attach senses to the tokens in [from, to); done by tokens_read, again after a correction. */
void tokens_annotate(struct tokens *t, const struct lexicon *lex);

/* Fold UTF-8 to lower case without accents; out has room for strlen(s) + 1 bytes. */
void text_fold(char *out, const char *s);
/* Typographic quotes, dashes, spaces and full-width forms as ASCII; control characters as spaces. owned */
char *text_plain(const char *s, size_t n);

#endif
