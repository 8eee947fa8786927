/* Typos in keywords are corrected, in names never: a word is only taken for a misspelt keyword
 * where a keyword is missing and a name can still be found without it. */
#include "request.h"

#include "opsh/base/str.h"

static bool plain_unknown(const struct token *t)
{
    return t->n_senses == 0 && !t->inside && !t->ordinary &&
           (t->flags & (TOKEN_QUOTED | TOKEN_NAMELIKE | TOKEN_NUMERIC)) == 0 && isalpha((unsigned char)*t->low) &&
           strlen(t->low) >= 4;
}

static bool any_sense(struct clause *c, enum word_class cls)
{
    for (size_t i = c->from; i < c->to; i++)
        if (token_sense(&c->tokens->v[i], cls) != NULL)
            return true;
    return false;
}

/* A kind that something may be in does not stand for what is in it. */
static bool any_kind(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *w = token_sense(&c->tokens->v[i], WORD_KIND);
        if (w != NULL && strcmp(w->value, "namespace") != 0 && strcmp(w->value, "cluster") != 0)
            return true;
    }
    return false;
}

static void put(struct token *t, const struct word *w)
{
    t->senses[0] = w;
    t->n_senses = 1;
    t->span = 1;
    t->low = w->form;
}

/* The first word that says something, when nothing is a verb: "sclae backend to 3". */
static void correct_verb(struct clause *c)
{
    if (any_sense(c, WORD_VERB))
        return;
    for (size_t i = c->from; i < c->to; i++) {
        struct token *t = &c->tokens->v[i];
        if (token_filler(t))
            continue;
        const struct word *w = plain_unknown(t) && c->to - i > 1 ? lexicon_nearest(c->lex, t->low, WORD_VERB) : NULL;
        if (w != NULL)
            put(t, w);
        return;
    }
}

static size_t unknown_words(struct clause *c)
{
    size_t n = 0;
    for (size_t i = c->from; i < c->to; i++)
        n += clause_name(c, i);
    return n;
}

static void correct_others(struct clause *c, enum word_class cls, size_t shortest)
{
    for (size_t i = c->from; i < c->to; i++) {
        struct token *t = &c->tokens->v[i];
        const struct word *kind = clause_kind_before(c, i);
        bool named = (i > c->from && token_is(&c->tokens->v[i - 1], WORD_ROLE, "named")) ||
                     (kind != NULL && kind->one && cls != WORD_MOOD);
        if (named || !plain_unknown(t) || strlen(t->low) < shortest)
            continue;
        const struct word *w = lexicon_nearest(c->lex, t->low, cls);
        if (w == NULL || (strlen(t->low) < 8 && op_str_distance(w->form, t->low, 2) > 1))
            continue;
        bool changes = false;
        for (size_t k = c->from; k < c->to; k++) {
            const struct word *verb = token_sense(&c->tokens->v[k], WORD_VERB);
            changes = changes || (verb != NULL && verb->changes);
        }
        if (changes && unknown_words(c) < 2)
            continue; /* it may be the name itself */
        put(t, w);
        return;
    }
}

void clause_correct(struct clause *c)
{
    correct_verb(c);
    correct_others(c, WORD_KIND, any_kind(c) ? 8 : 4); /* long words are slips of long words */
    correct_others(c, WORD_UNIT, 6);
    if (!any_sense(c, WORD_TOPIC) && !any_sense(c, WORD_KIND))
        correct_others(c, WORD_TOPIC, 4);
    correct_others(c, WORD_MOOD, 6);
}
