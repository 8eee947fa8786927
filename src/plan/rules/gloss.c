/* Puts the English words of the vocabulary's tables (`gloss:`) in the place of those of the request's language, and of
 * words as they are typed, before anything else is read. A gloss may move a name or a number ("* adinda": "named *";
 * "#" is a number, "@" an image), so that no later stage and no phrase knows of other word orders. */
#include "token.h"

#include "opsh/base/str.h"

enum { STARS_MAX = 4 };

/* The request on its way: tokens as they were said, and what each is without its ending (NULL: nothing hangs on it). */
struct text {
    const struct tokens *t;
    const struct lexicon *lex;
    const struct word **stems;
};

struct found {
    const struct word *gloss;
    size_t tokens; /* that its form covers */
    size_t stars[STARS_MAX];
    char types[STARS_MAX]; /* '*', '#' or '@' */
    size_t n_stars;
};

static const unsigned ends = TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON | TOKEN_ASKED;
static const unsigned begins = TOKEN_LINE | TOKEN_BULLET | TOKEN_DEEP | TOKEN_ASIDE;

static bool spoken_here(const struct word *w, uint8_t lang)
{
    bool typed = w->cls == WORD_GLOSS && w->lang == 0 && isalnum((unsigned char)*w->form); /* English, slips and all */
    if (w->lang == lang || (w->lang == 0 && !typed))
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
        if (w->cls == WORD_NUMBER && strcmp(w->form, t->low) == 0)
            return true;
    return false;
}

/* Could this be a name? Not when it says what holds a sentence together. */
static bool nameable(const struct token *t, const struct lexicon *lex, uint8_t lang, bool place)
{
    if ((t->flags & TOKEN_QUOTED) != 0)
        return true;
    if ((t->flags & (TOKEN_NUMERIC | TOKEN_TAIL)) != 0 || token_foreign(t) || op_str_ends(t->low, "ly"))
        return false;
    for (const struct word *w = lexicon_first(lex, t->low); w != NULL; w = w->next) {
        bool small = (w->cls == WORD_KIND && (w->one || !place)) || w->cls == WORD_PROGRAM || w->cls == WORD_ROLE ||
                     w->cls == WORD_FILLER || w->cls == WORD_MOOD || w->cls == WORD_VERB || w->cls == WORD_GLOSS;
        bool noun = lang != 0 && w->lang == 0 && (w->cls == WORD_FILLER || w->cls == WORD_VERB); /* "api", "search" */
        noun = noun || (w->cls == WORD_ROLE && strcmp(w->value, "key") == 0);                    /* "data" */
        if (small && !noun && strcmp(w->form, t->low) == 0 && (w->lang == 0 || w->lang == lang))
            return false;
    }
    return true;
}

static bool says(const struct text *x, size_t i, const char *form, size_t n)
{
    const struct token *tok = &x->t->v[i];
    if ((tok->flags & TOKEN_QUOTED) != 0)
        return false;
    if (strlen(tok->low) == n && strncmp(tok->low, form, n) == 0)
        return true;
    const char *stem = x->stems[i] != NULL ? x->stems[i]->form : "";
    return strlen(stem) == n && strncmp(stem, form, n) == 0;
}

static bool fits(const struct text *x, size_t i, const struct word *w, struct found *f)
{
    const struct tokens *t = x->t;
    const char *form = w->form;
    const bool place = strstr(w->value, "namespace *") != NULL; /* may be called "jobs" */
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
                                            : star ? !nameable(tok, x->lex, t->lang, place)
                                                   : !numeric(tok, x->lex)))
                return false;
            f->types[f->n_stars] = *form;
            f->stars[f->n_stars++] = i + k;
        } else if (!says(x, i + k, form, n)) {
            return false;
        }
        form += n + (form[n] == ' ');
    }
    return true;
}

static void longest(const struct text *x, size_t i, const char *first, struct found *best)
{
    struct found one;
    for (const struct word *w = lexicon_first(x->lex, first); w != NULL; w = w->next)
        if (w->cls == WORD_GLOSS && w->words > best->tokens && spoken_here(w, x->t->lang) && fits(x, i, w, &one))
            *best = one;
}

/* How many tokens the longest entry of the vocabulary covers that is no gloss ("con el nombre"), at least 1. */
static size_t form_at(const struct text *x, size_t i)
{
    struct found other;
    size_t most = 1;
    for (const struct word *w = lexicon_first(x->lex, x->t->v[i].low); w != NULL; w = w->next)
        if (w->cls < WORD_GLOSS && w->words > most && spoken_here(w, x->t->lang) && strchr(w->form, '*') == NULL &&
            fits(x, i, w, &other))
            most = w->words;
    return most;
}

/* "called pls": a name, whatever it looks like. */
static bool named(const struct tokens *to, const struct lexicon *lex)
{
    if (to->n == 0)
        return false;
    for (const struct word *w = lexicon_first(lex, to->v[to->n - 1].low); w != NULL; w = w->next)
        if (w->cls == WORD_ROLE && strcmp(w->form, to->v[to->n - 1].low) == 0 && strcmp(w->value, "named") == 0)
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

/* The next one of this type, each once; STARS_MAX: none. */
static size_t next_star(struct found *f, char type)
{
    for (size_t k = 0; k < f->n_stars; k++) {
        if (f->types[k] == type) {
            f->types[k] = '\0';
            return k;
        }
    }
    return STARS_MAX;
}

static void put(struct tokens *to, const struct token *from, struct found *f)
{
    size_t had = to->n;
    const char *word = strcmp(f->gloss->value, "-") == 0 ? "" : f->gloss->value; /* "-": nothing */
    while (*word != '\0') {
        size_t n = strcspn(word, " "), star = n == 1 ? next_star(f, *word) : STARS_MAX;
        if (star != STARS_MAX) {
            const char *last = to->n > had ? to->v[to->n - 1].low : "";
            const bool called = strcmp(last, "named") == 0 || strcmp(last, "namespace") == 0;
            copy(to, &from[f->stars[star]], ends | begins);
            if (called) /* a name, whatever it means elsewhere */
                to->v[to->n - 1].flags |= TOKEN_QUOTED;
        } else {
            (void)tokens_push(to, word, n, TOKEN_GLOSS);
        }
        word += n + (word[n] == ' ');
    }
    if (to->n > had)
        to->v[had].flags |= from[0].flags & begins;
    if (to->n > 0)
        to->v[to->n - 1].flags |= from[f->tokens - 1].flags & ends;
}

/* "podlarini": "pod", the word that is known without what hangs on it; or NULL. */
const struct word *tokens_stem(const struct token *tok, const struct lexicon *lex, uint8_t lang)
{
    if (lang == 0 || (tok->flags & (TOKEN_QUOTED | TOKEN_NAMELIKE | TOKEN_NUMERIC)) != 0 ||
        lexicon_first(lex, tok->low) != NULL)
        return NULL;
    size_t best = 0, n = strlen(tok->low);
    const struct word *found = NULL;
    char low[64];
    for (size_t e = lex->endings[lang].from; e < lex->endings[lang].to; e++) {
        size_t ending = strlen(lex->words[e].form);
        size_t keep = n > ending ? n - ending : 0;
        if (keep < 3 || keep <= best || keep >= sizeof(low) || !op_str_ends(tok->low, lex->words[e].form))
            continue;
        (void)snprintf(low, sizeof(low), "%.*s", (int)keep, tok->low);
        for (const struct word *w = lexicon_first(lex, low); w != NULL; w = w->next) {
            if (strcmp(w->form, low) != 0 || (w->lang != 0 && w->lang != lang) || w->cls == WORD_IMAGE ||
                w->cls == WORD_NUMBER)
                continue;
            best = keep;
            found = w;
        }
    }
    return found;
}

static bool known(const struct lexicon *lex, const char *low)
{
    for (const struct word *w = lexicon_first(lex, low); w != NULL; w = w->next)
        if (strcmp(w->form, low) == 0)
            return true;
    return false;
}

/* "Helm-Releases", "YAML-Ausgabe": nouns of one word, which no name can be, because of their capitals. */
static void compounds(struct tokens *t, const struct lexicon *lex)
{
    for (size_t i = 0; i < t->n && t->n < TOKENS_MAX; i++) {
        const char *dash = (t->v[i].flags & TOKEN_QUOTED) == 0 ? strrchr(t->v[i].text, '-') : NULL;
        const char *right = dash != NULL && dash > t->v[i].text ? strrchr(t->v[i].low, '-') : NULL;
        if (right == NULL || !isupper((unsigned char)dash[1]) || !islower((unsigned char)dash[2]) ||
            lexicon_first(lex, t->v[i].low) != NULL || !known(lex, right + 1))
            continue;
        struct token whole = t->v[i];
        size_t at = t->n;
        unsigned first = whole.flags & begins, last = whole.flags & ends;
        (void)tokens_push(t, whole.text, (size_t)(dash - whole.text), first);
        (void)tokens_push(t, dash + 1, strlen(dash + 1), last);
        if (t->n != at + 2)
            return;
        struct token pair[2] = { t->v[at], t->v[at + 1] };
        memmove(&t->v[i + 2], &t->v[i + 1], (at - i - 1) * sizeof(*t->v));
        t->v[i] = pair[0];
        t->v[i + 1] = pair[1];
        t->n = at + 1;
        i++;
    }
}

/* Token i as it is, or as what it is without its ending. */
static void keep(const struct text *x, struct tokens *to, size_t i)
{
    const struct token *tok = &x->t->v[i];
    if ((tok->flags & TOKEN_TAIL) == 0) {
        copy(to, tok, 0);
        if (x->stems[i] != NULL && to->n > 0)
            to->v[to->n - 1].text = to->v[to->n - 1].low = x->stems[i]->form;
    } else if (to->n > 0) {
        to->v[to->n - 1].flags |= tok->flags & ends;
    }
}

void tokens_gloss(struct tokens *t, const struct lexicon *lex)
{
    compounds(t, lex);
    struct token *from = t->v;
    size_t n = t->n;
    struct tokens to = *t;
    struct text x = { .t = t, .lex = lex, .stems = op_calloc(n + 1, sizeof(*x.stems)) };
    for (size_t i = 0; i < n; i++)
        x.stems[i] = tokens_stem(&from[i], lex, t->lang);
    to.v = op_calloc(TOKENS_MAX, sizeof(*to.v));
    to.n = 0;
    for (size_t i = 0; i < n;) {
        struct found f = { 0 };
        if (!named(&to, lex)) {
            longest(&x, i, from[i].low, &f);
            if (x.stems[i] != NULL)
                longest(&x, i, x.stems[i]->form, &f);
            longest(&x, i, "*", &f);
            longest(&x, i, "#", &f);
            longest(&x, i, "@", &f);
        }
        size_t form = form_at(&x, i);
        if (f.gloss != NULL && form <= f.tokens) {
            for (size_t k = 0; k < f.n_stars; k++)
                f.stars[k] -= i;
            put(&to, from + i, &f);
            i += f.tokens;
            continue;
        }
        for (size_t end = i + form; i < end; i++)
            keep(&x, &to, i);
    }
    free((void *)x.stems);
    free(from);
    *t = to;
}
