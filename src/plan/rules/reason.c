/* What is said behind a request to explain it: "… because of the sale", "…, it is not used any more". It is no part of
 * what is to be done. Only what can hold no name, number or place of the request is left out. */
#include "request.h"

#include "opsh/base/str.h"

/* Says nothing that a request could need: small words, trouble, and plain words in one run without a place. */
static bool idle(struct clause *c, size_t from, size_t to, bool told)
{
    static const char *const places[] = { "in",        "on",   "with",    "using",         "named", "port",
                                          "labelword", "into", "version", "namespaceword", "across" };
    for (size_t i = from; i < to; i++) {
        const struct token *t = &c->tokens->v[i];
        if ((t->flags & (TOKEN_QUOTED | TOKEN_NUMERIC | TOKEN_NAMELIKE | TOKEN_BULLET)) != 0 ||
            token_sense(t, WORD_NUMBER) != NULL || token_sense(t, WORD_IMAGE) != NULL ||
            token_is(t, WORD_KIND, "image") || token_is(t, WORD_KIND, "namespace"))
            return false;
        for (size_t k = 0; k < OP_LEN(places); k++)
            if (token_is(t, WORD_ROLE, places[k]))
                return false;
        const struct word *verb = clause_imperative(c, i);
        if (!told && verb != NULL && verb->changes && !op_str_eq(verb->value, "replace") &&
            !op_str_eq(verb->value, "fix"))
            return false; /* something else to be done */
    }
    return to > from;
}

/* "it's", "we are", "nobody has": what is so. */
static bool statement(struct clause *c, size_t i, size_t to)
{
    static const char *const subjects[] = { "it",        "we",    "they",      "nobody", "this",  "that",
                                            "i",         "he",    "she",       "these",  "those", "there",
                                            "everybody", "users", "customers", "people" };
    static const char *const so[] = { "is",    "are",  "was",   "were", "has", "have", "had",
                                      "keeps", "keep", "does",  "do",   "did", "dont", "isnt",
                                      "arent", "need", "needs", "got",  "see", "use",  "uses" };
    const struct token *t = &c->tokens->v[i];
    if (OP_IN(t->low, subjects))
        return i + 1 < to && (OP_IN(c->tokens->v[i + 1].low, so) || strcmp(c->tokens->v[i + 1].low, "no") == 0);
    bool trouble = false, aux = false; /* "disk is dying", "the disk has been replaced" */
    for (size_t k = i; k < to; k++) {
        trouble =
            trouble || token_is(&c->tokens->v[k], WORD_MOOD, "symptom") || strcmp(c->tokens->v[k].low, "been") == 0;
        aux = aux || token_is(&c->tokens->v[k], WORD_ROLE, "aux");
    }
    return trouble && aux && (token_is(t, WORD_ROLE, "det") || t->n_senses == 0 || token_sense(t, WORD_TOPIC) != NULL);
}

/* "so that we save money"; what a thing shall do is to be done. */
static bool person(const struct token *t)
{
    static const char *const words[] = { "we", "i", "they", "people", "nobody", "users", "customers", "everybody" };
    return OP_IN(t->low, words);
}

void clause_reason(struct clause *c)
{
    static const char *const openings[] = { "because", "since", "as", "so" };
    bool told = false; /* something that is to be done stands before it */
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
        bool behind = i > c->from && (c->tokens->v[i - 1].flags & (TOKEN_COMMA | TOKEN_STOP)) != 0;
        bool goal = strcmp(t->low, "so that") == 0 ||
                    (strcmp(t->low, "so") == 0 && next != NULL && strcmp(next->low, "that") == 0);
        size_t who = i + (goal && t->span == 1 ? 2 : t->span);
        bool because = strcmp(t->low, "because") == 0 || (goal && who < c->to && person(&c->tokens->v[who])) ||
                       (OP_IN(t->low, openings) && next != NULL && statement(c, i + 1, c->to)) ||
                       (strcmp(t->low, "due") == 0 && next != NULL && strcmp(next->low, "to") == 0);
        if (token_is(t, WORD_MOOD, "negation") && !told)
            return; /* "it cannot pull its image because …": that is what it is about */
        if (told && (because || (behind && statement(c, i, c->to))) && idle(c, i + 1, c->to, because)) {
            c->to = i;
            return;
        }
        const struct word *verb = t->inside ? NULL : clause_imperative(c, i);
        told = told || verb != NULL;
    }
}
