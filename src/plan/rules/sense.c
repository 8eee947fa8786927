/* Attaches the senses of the vocabulary to tokens, longest form first. */
#include "token.h"

const struct word *token_sense(const struct token *t, enum word_class cls)
{
    for (size_t i = 0; i < t->n_senses; i++)
        if (t->senses[i]->cls == cls)
            return t->senses[i];
    return NULL;
}

bool token_is(const struct token *t, enum word_class cls, const char *value)
{
    for (size_t i = 0; i < t->n_senses; i++)
        if (t->senses[i]->cls == cls && strcmp(t->senses[i]->value, value) == 0)
            return true;
    return false;
}

/* Do the tokens from i on spell this form? A sentence or a list item never runs through a form. */
static bool spells(const struct tokens *t, size_t i, const struct word *w)
{
    const char *form = w->form;
    for (unsigned k = 0; k < w->words; k++) {
        if (i + k >= t->n)
            return false;
        const struct token *tok = &t->v[i + k];
        size_t n = strcspn(form, " ");
        if ((tok->flags & TOKEN_QUOTED) != 0 || (k > 0 && (tok->flags & TOKEN_LINE) != 0))
            return false;
        if (strlen(tok->low) != n || strncmp(tok->low, form, n) != 0)
            return false;
        if (k + 1U < w->words && (tok->flags & (TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON)) != 0)
            return false;
        form += n + (form[n] == ' ');
    }
    return true;
}

static void attach(struct tokens *t, const struct lexicon *lex, size_t i)
{
    struct token *tok = &t->v[i];
    tok->n_senses = 0;
    tok->span = 1;
    tok->inflected = false;
    if ((tok->flags & TOKEN_QUOTED) != 0)
        return;
    const struct word *first = lexicon_first(lex, tok->low);
    for (const struct word *w = first; w != NULL; w = w->next) {
        if (w->words < tok->span || !spells(t, i, w))
            continue;
        if (w->words > tok->span)
            tok->n_senses = 0;
        tok->span = w->words;
        if (tok->n_senses < SENSES_MAX)
            tok->senses[tok->n_senses++] = w;
    }
    if (tok->n_senses == 0 && (tok->flags & (TOKEN_NAMELIKE | TOKEN_NUMERIC)) == 0) {
        const struct word *verb = lexicon_inflected(lex, tok->low);
        if (verb != NULL) {
            tok->senses[tok->n_senses++] = verb;
            tok->inflected = true;
        }
    }
    for (unsigned k = 1; k < tok->span; k++) {
        t->v[i + k].inside = true;
        t->v[i + k].n_senses = 0;
    }
}

void tokens_annotate(struct tokens *t, const struct lexicon *lex)
{
    for (size_t i = 0; i < t->n; i++)
        t->v[i].inside = false;
    for (size_t i = 0; i < t->n; i++)
        if (!t->v[i].inside)
            attach(t, lex, i);
}
