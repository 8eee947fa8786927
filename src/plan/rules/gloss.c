/* Puts the English words of the vocabulary's tables (`gloss:`) in the place of those of the request's language, and of
 * words as they are typed, before anything else is read. A gloss may move a name or a number ("* adinda": "named *";
 * "#" is a number, "@" an image), so that no later stage and no phrase knows of other word orders. */
#include "token.h"

#include "opsh/base/str.h"

enum { STARS_MAX = 4 };

struct found {
    const struct word *gloss;
    size_t tokens; /* that its form covers */
    size_t stars[STARS_MAX];
    size_t n_stars;
};

static const unsigned ends = TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON | TOKEN_ASKED;
static const unsigned begins = TOKEN_LINE | TOKEN_BULLET | TOKEN_DEEP | TOKEN_ASIDE;

static bool spoken_here(const struct word *w, uint8_t lang)
{
    if (w->lang == 0 || w->lang == lang)
        return true;
    for (const char *c = w->form; *c != '\0'; c++)
        if ((unsigned char)*c >= 0xE0) /* a script of its own */
            return true;
    return false;
}

static bool numeric(const struct token *t, const struct lexicon *lex)
{
    if (isdigit((unsigned char)*t->text))
        return true;
    for (const struct word *w = lexicon_first(lex, t->low); w != NULL; w = w->next)
        if (w->cls == WORD_NUMBER && w->words == 1)
            return true;
    return false;
}

/* Could this be a name? Not when it says what holds a sentence together. */
static bool nameable(const struct token *t, const struct lexicon *lex, uint8_t lang)
{
    if ((t->flags & TOKEN_QUOTED) != 0)
        return true;
    if ((t->flags & (TOKEN_NUMERIC | TOKEN_TAIL)) != 0 || token_foreign(t))
        return false;
    for (const struct word *w = lexicon_first(lex, t->low); w != NULL; w = w->next) {
        bool small = w->cls == WORD_KIND || w->cls == WORD_ROLE || w->cls == WORD_FILLER || w->cls == WORD_MOOD ||
                     w->cls == WORD_VERB || w->cls == WORD_GLOSS;
        if (small && w->words == 1 && (w->lang == 0 || w->lang == lang))
            return false;
    }
    return true;
}

static bool fits(const struct tokens *t, const struct lexicon *lex, size_t i, const struct word *w, struct found *f)
{
    const char *form = w->form;
    *f = (struct found){ .gloss = w, .tokens = w->words };
    if (i + w->words > t->n)
        return false;
    for (size_t k = 0; k < w->words; k++) {
        const struct token *tok = &t->v[i + k];
        size_t n = strcspn(form, " ");
        bool star = n == 1 && *form == '*', number = n == 1 && *form == '#', image = n == 1 && *form == '@';
        if ((k > 0 && (tok->flags & TOKEN_LINE) != 0) || (k + 1U < w->words && (tok->flags & ends) != 0))
            return false;
        if (star || number || image) {
            if (f->n_stars == STARS_MAX || (image  ? strchr(tok->text, ':') == NULL
                                            : star ? !nameable(tok, lex, t->lang)
                                                   : !numeric(tok, lex)))
                return false;
            f->stars[f->n_stars++] = i + k;
        } else if ((tok->flags & TOKEN_QUOTED) != 0 || strlen(tok->low) != n || strncmp(tok->low, form, n) != 0) {
            return false;
        }
        form += n + (form[n] == ' ');
    }
    return true;
}

static void longest(const struct tokens *t, const struct lexicon *lex, size_t i, const char *first, struct found *best)
{
    struct found one;
    for (const struct word *w = lexicon_first(lex, first); w != NULL; w = w->next)
        if (w->cls == WORD_GLOSS && w->words > best->tokens && spoken_here(w, t->lang) && fits(t, lex, i, w, &one))
            *best = one;
}

/* The longer of a gloss and what else the vocabulary has ("no namespace" is not "no" alone). */
static bool outdone(const struct tokens *t, const struct lexicon *lex, size_t i, const struct found *f)
{
    struct found other;
    for (const struct word *w = lexicon_first(lex, t->v[i].low); w != NULL; w = w->next)
        if (w->cls < WORD_GLOSS && w->words > f->tokens && spoken_here(w, t->lang) && strchr(w->form, '*') == NULL &&
            fits(t, lex, i, w, &other))
            return true;
    return false;
}

/* "called pls": a name, whatever it looks like. */
static bool named(const struct tokens *to, const struct lexicon *lex)
{
    if (to->n == 0)
        return false;
    for (const struct word *w = lexicon_first(lex, to->v[to->n - 1].low); w != NULL; w = w->next)
        if (w->cls == WORD_ROLE && w->words == 1 && strcmp(w->value, "named") == 0)
            return true;
    return false;
}

static void copy(struct tokens *to, const struct token *tok, unsigned drop)
{
    if (to->n < TOKENS_MAX) {
        to->v[to->n] = *tok;
        to->v[to->n++].flags &= ~drop;
    }
}

static void put(struct tokens *to, const struct token *from, const struct found *f)
{
    size_t had = to->n, star = 0;
    const char *word = strcmp(f->gloss->value, "-") == 0 ? "" : f->gloss->value; /* "-": nothing */
    while (*word != '\0') {
        size_t n = strcspn(word, " ");
        if (n == 1 && strchr("*#@", *word) != NULL && star < f->n_stars)
            copy(to, &from[f->stars[star++]], ends | begins);
        else
            (void)tokens_push(to, word, n, TOKEN_GLOSS);
        word += n + (word[n] == ' ');
    }
    if (to->n > had)
        to->v[had].flags |= from[0].flags & begins;
    if (to->n > 0)
        to->v[to->n - 1].flags |= from[f->tokens - 1].flags & ends;
}

/* "podlarini" → "podlar…": a word that is known without what hangs on it. */
static void stem(struct tokens *t, const struct lexicon *lex, struct token *tok)
{
    if (t->lang == 0 || (tok->flags & (TOKEN_QUOTED | TOKEN_NAMELIKE | TOKEN_NUMERIC)) != 0 ||
        lexicon_first(lex, tok->low) != NULL)
        return;
    size_t best = 0, n = strlen(tok->low);
    char low[64];
    for (size_t e = lex->endings[t->lang].from; e < lex->endings[t->lang].to; e++) {
        size_t keep = n - (strlen(lex->words[e].form) < n ? strlen(lex->words[e].form) : n);
        if (keep < 3 || keep <= best || keep >= sizeof(low) || !op_str_ends(tok->low, lex->words[e].form))
            continue;
        (void)snprintf(low, sizeof(low), "%.*s", (int)keep, tok->low);
        for (const struct word *w = lexicon_first(lex, low); w != NULL; w = w->next)
            if (w->words == 1 && (w->lang == 0 || w->lang == t->lang) && w->cls != WORD_IMAGE && w->cls != WORD_NUMBER)
                best = keep;
    }
    if (best == 0)
        return;
    (void)snprintf(low, sizeof(low), "%.*s", (int)best, tok->low);
    const struct word *w = lexicon_first(lex, low);
    while (w->words != 1)
        w = w->next;
    tok->low = w->form;
    tok->text = w->form;
}

void tokens_gloss(struct tokens *t, const struct lexicon *lex)
{
    struct token *from = t->v;
    size_t n = t->n;
    struct tokens to = *t;
    for (size_t i = 0; i < n; i++)
        stem(t, lex, &from[i]);
    to.v = op_calloc(TOKENS_MAX, sizeof(*to.v));
    to.n = 0;
    for (size_t i = 0; i < n;) {
        struct found f = { 0 };
        if (!named(&to, lex)) {
            longest(t, lex, i, from[i].low, &f);
            longest(t, lex, i, "*", &f);
            longest(t, lex, i, "#", &f);
            longest(t, lex, i, "@", &f);
        }
        if (f.gloss != NULL && !outdone(t, lex, i, &f)) {
            for (size_t k = 0; k < f.n_stars; k++)
                f.stars[k] -= i;
            put(&to, from + i, &f);
            i += f.tokens;
            continue;
        }
        if ((from[i].flags & TOKEN_TAIL) == 0)
            copy(&to, &from[i], 0);
        else if (to.n > 0)
            to.v[to.n - 1].flags |= from[i].flags & ends;
        i++;
    }
    free(from);
    *t = to;
}
