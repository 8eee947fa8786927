/* Attaches the senses of the vocabulary to tokens, longest form first. */
#include "token.h"

#include "opsh/base/str.h"

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

/* Scripts of their own need no guess; the others are attached only where the request speaks them. */
static bool speaks(const struct word *w, uint8_t lang)
{
    return w->lang == 0 || w->lang == lang || (unsigned char)w->form[0] >= 0xE0;
}

/* "web'i", "podlarini": what only this language hangs on a word. */
static bool hangs(const struct tokens *t, const struct lexicon *lex, size_t i, size_t lang)
{
    const struct token *tok = &t->v[i];
    for (size_t e = lex->endings[lang].from; e < lex->endings[lang].to && (tok->flags & TOKEN_TAIL) != 0; e++)
        if (strcmp(lex->words[e].form, tok->low + 1) == 0)
            return true;
    return (tok->flags & TOKEN_TAIL) == 0 && tokens_stem(tok, lex, (uint8_t)lang) != NULL;
}

/* Which language is the request in? Its words must outnumber the English ones that it does not share. */
uint8_t tokens_language(const struct tokens *t, const struct lexicon *lex)
{
    unsigned own[LANGUAGES_MAX] = { 0 }, total[LANGUAGES_MAX] = { 0 }, english_only[LANGUAGES_MAX] = { 0 };
    for (size_t i = 0; i < t->n; i++) {
        unsigned in[LANGUAGES_MAX] = { 0 };
        bool english = false, plain = false, jargon = false;
        if ((t->v[i].flags & TOKEN_QUOTED) != 0)
            continue;
        for (const struct word *w = lexicon_first(lex, t->v[i].low); w != NULL; w = w->next) {
            if (!spells(t, i, w))
                continue;
            plain = plain || (w->lang == 0 && w->cls < WORD_GLOSS);
            jargon = jargon || (w->lang == 0 && w->cls == WORD_TOPIC); /* "rollout", "logs": said everywhere */
            bool shared = (w->cls == WORD_GLOSS && plain) || w->cls == WORD_KIND || w->cls == WORD_PROGRAM ||
                          w->cls == WORD_IMAGE || w->cls == WORD_UNIT;
            in[w->lang] = !shared && w->words > in[w->lang] ? w->words : in[w->lang];
            english = english || (w->lang == 0 && !shared);
        }
        for (size_t l = 1; l < lex->n_langs; l++) {
            english = english && !jargon;
            in[l] = in[l] == 0 && !english && hangs(t, lex, i, l) ? 1 : in[l];
            total[l] += in[l];
            own[l] += english ? 0 : in[l]; /* what both say tells nothing */
            english_only[l] += english && in[l] == 0;
        }
    }
    uint8_t best = 0;
    for (size_t l = 1; l < lex->n_langs; l++)
        if (own[l] > english_only[l] && (own[l] >= 2 || english_only[l] == 0) &&
            (best == 0 || own[l] > own[best] || (own[l] == own[best] && total[l] > total[best])))
            best = (uint8_t)l;
    return best;
}

/* What a word means in the language of the request comes before what it means in English ("no"). */
static void prefer(struct token *tok, uint8_t lang)
{
    bool own = false;
    for (size_t k = 0; k < tok->n_senses; k++)
        own = own || (tok->senses[k]->lang == lang && lang != 0);
    unsigned char kept = 0;
    for (size_t k = 0; k < tok->n_senses; k++) {
        const struct word *w = tok->senses[k];
        if (!own || w->lang == lang || w->cls == WORD_KIND || w->cls == WORD_PROGRAM)
            tok->senses[kept++] = w;
    }
    tok->n_senses = kept;
}

static void attach(struct tokens *t, const struct lexicon *lex, size_t i, uint8_t lang)
{
    struct token *tok = &t->v[i];
    tok->n_senses = 0;
    tok->span = 1;
    tok->inflected = false;
    if ((tok->flags & TOKEN_QUOTED) != 0)
        return;
    const struct word *first = lexicon_first(lex, tok->low);
    for (const struct word *w = first; w != NULL; w = w->next) {
        if (w->cls >= WORD_GLOSS || w->words < tok->span || !speaks(w, lang) || !spells(t, i, w))
            continue;
        tok->ordinary = tok->ordinary || w->cls == WORD_ORDINARY;
        if (w->cls == WORD_ORDINARY)
            continue;
        if (w->words > tok->span)
            tok->n_senses = 0;
        tok->span = w->words;
        if (tok->n_senses < SENSES_MAX)
            tok->senses[tok->n_senses++] = w;
    }
    prefer(tok, lang);
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

enum { SPLIT_GAP = 9 }; /* words that may stand between the halves of a verb */

/* How many tokens from i on spell these words; 0 when they do not. */
static unsigned spelled(const struct tokens *t, size_t i, const char *words, size_t bytes)
{
    char form[64];
    struct word w = { .form = form, .words = 1 };
    if (bytes >= sizeof(form))
        return 0;
    (void)snprintf(form, sizeof(form), "%.*s", (int)bytes, words);
    for (const char *c = form; *c != '\0'; c++)
        w.words = (uint8_t)(w.words + (*c == ' '));
    return spells(t, i, &w) ? w.words : 0;
}

struct halves {
    const struct word *verb;
    unsigned head, tail; /* tokens */
    size_t at;           /* of the tail */
};

/* "roll the web deployment back": a verb whose halves stand around what it is done to ("roll * back"). */
static bool find_halves(const struct tokens *t, size_t i, const struct word *w, struct halves *found)
{
    const char *gap = strstr(w->form, " * ");
    unsigned head = gap != NULL ? spelled(t, i, w->form, (size_t)(gap - w->form)) : 0;
    for (size_t at = i + head + 1; head > 0 && at < t->n && at < i + head + SPLIT_GAP; at++) {
        if ((t->v[at - 1].flags & (TOKEN_STOP | TOKEN_COLON)) != 0 || (t->v[at].flags & TOKEN_LINE) != 0)
            return false;
        unsigned tail = spelled(t, at, gap + 3, strlen(gap + 3));
        if (tail > 0) {
            *found = (struct halves){ .verb = w, .head = head, .tail = tail, .at = at };
            return true;
        }
    }
    return false;
}

static void cover(struct tokens *t, size_t from, size_t to)
{
    for (size_t k = from; k < to; k++) {
        t->v[k].inside = true;
        t->v[k].n_senses = 0;
    }
}

/* "cut traffic over from blue to green" is a form of its own, not "cut … to". */
static bool whole_form(const struct tokens *t, const struct lexicon *lex, size_t i, unsigned words)
{
    for (const struct word *w = lexicon_first(lex, t->v[i].low); w != NULL; w = w->next)
        if (w->cls == WORD_VERB && w->words > 2 && w->words >= words && spells(t, i, w))
            return true;
    return false;
}

static void attach_split(struct tokens *t, const struct lexicon *lex, size_t i)
{
    struct halves best = { 0 }, one;
    for (const struct word *w = lexicon_first(lex, t->v[i].low); w != NULL; w = w->next)
        if (find_halves(t, i, w, &one) && (best.verb == NULL || w->words > best.verb->words))
            best = one;
    if (best.verb == NULL || whole_form(t, lex, i, best.head + best.tail))
        return;
    struct token *head = &t->v[i];
    head->senses[0] = best.verb;
    head->n_senses = 1;
    head->span = (unsigned char)best.head;
    head->inflected = false;
    head->flags |= TOKEN_SPLIT;
    cover(t, i + 1, i + best.head);
    cover(t, best.at, best.at + best.tail);
}

static bool said(const struct tokens *t, size_t from, size_t to, const char *const *words, size_t n)
{
    for (size_t i = from; i < to; i++)
        if (op_str_in(t->v[i].low, words, n))
            return true;
    return false;
}

/* "web should be restarted", "could web be restarted please", "I want web restarted": told, not described. */
static bool told(const struct tokens *t, size_t i)
{
    static const char *const modals[] = { "should", "must", "shall", "to", "ought" };
    static const char *const asking[] = { "could", "can", "would", "will" };
    static const char *const please[] = { "please", "pls", "plz", "kindly" };
    static const char *const wanting[] = { "want", "need", "like" };
    static const char *const when[] = { "last", "since", "ago", "today", "yesterday", "recently", "by" };
    size_t be = i - 1, from = i > 8 ? i - 8 : 0;
    while (be > 0 && token_sense(&t->v[be], WORD_FILLER) != NULL && strcmp(t->v[be].low, "be") != 0)
        be--;
    if (be > 0 && strcmp(t->v[be].low, "be") == 0)
        return OP_IN(t->v[be - 1].low, modals) ||
               (said(t, from, be, asking, OP_LEN(asking)) &&
                (said(t, 0, t->n, please, OP_LEN(please)) || (t->v[t->n - 1].flags & TOKEN_ASKED) != 0));
    if ((t->v[i].flags & (TOKEN_STOP | TOKEN_COMMA)) == 0 && i + 1 < t->n &&
        token_sense(&t->v[i + 1], WORD_ROLE) == NULL && token_sense(&t->v[i + 1], WORD_MOOD) == NULL &&
        token_sense(&t->v[i + 1], WORD_FILLER) == NULL && strcmp(t->v[i + 1].low, "up") != 0)
        return false;  /* "I need the deleted pods" */
    bool have = false; /* "please have web restarted", but "we have web deployed" */
    for (size_t k = from + 1; k < i; k++)
        have = have || (strcmp(t->v[k].low, "have") == 0 &&
                        (strcmp(t->v[k - 1].low, "to") == 0 || op_str_in(t->v[k - 1].low, please, OP_LEN(please))));
    for (size_t k = 0; k < i; k++)
        if (token_sense(&t->v[k], WORD_VERB) != NULL && !t->v[k].inflected)
            return false;
    return strcmp(t->v[i].low, "used") != 0 && (have || said(t, from, i, wanting, OP_LEN(wanting))) &&
           !said(t, i, t->n, when, OP_LEN(when));
}

static void passive(struct tokens *t, const struct lexicon *lex, size_t i)
{
    struct token *tok = &t->v[i];
    const struct word *verb = op_str_ends(tok->low, "ed") ? lexicon_inflected(lex, tok->low) : NULL;
    if (verb == NULL || (tok->flags & TOKEN_QUOTED) != 0 || tok->inside || !told(t, i))
        return;
    tok->senses[0] = verb;
    tok->n_senses = 1;
    tok->inflected = false;
}

/* "web deployment and web service delete": where one verb ends a sentence about several things, it is put in front, so
 * that it is said of each. */
static void verb_first(struct tokens *t)
{
    size_t behind = 0, at = 0, verbs = 0, kinds = 0;
    bool and = false;
    for (size_t i = 0; i < t->n; i++) {
        const struct token *tok = &t->v[i];
        if (i > 0 && ((t->v[i - 1].flags & TOKEN_STOP) != 0 || (tok->flags & TOKEN_LINE) != 0))
            return; /* one sentence only */
        const struct word *verb = token_sense(tok, WORD_VERB);
        at = verb != NULL ? i : at;
        verbs += verb != NULL && verb->changes;
        kinds += token_sense(tok, WORD_KIND) != NULL && (and || kinds == 0);
        and = and || (kinds > 0 && token_is(tok, WORD_ROLE, "and"));
        behind += verb == NULL && verbs > 0 && !tok->inside && token_sense(tok, WORD_FILLER) == NULL &&
                  token_sense(tok, WORD_MOOD) == NULL;
    }
    if (t->lang == 0 || verbs != 1 || kinds < 2 || !and || at == 0 || behind > 0 || t->v[at].span != 1 ||
        token_sense(&t->v[at], WORD_KIND) != NULL)
        return;
    struct token verb = t->v[at];
    memmove(&t->v[1], &t->v[0], at * sizeof(*t->v));
    t->v[0] = verb;
    t->v[0].flags |= t->v[1].flags & (TOKEN_LINE | TOKEN_BULLET | TOKEN_DEEP);
    t->v[1].flags &= ~(unsigned)(TOKEN_LINE | TOKEN_BULLET | TOKEN_DEEP);
    t->v[t->n - 1].flags |= verb.flags & (TOKEN_STOP | TOKEN_ASKED);
    t->v[0].flags &= ~(unsigned)(TOKEN_STOP | TOKEN_ASKED | TOKEN_COMMA);
}

void tokens_annotate(struct tokens *t, const struct lexicon *lex)
{
    for (size_t i = 0; i < t->n; i++) {
        t->v[i].inside = false;
        t->v[i].flags &= ~(unsigned)TOKEN_SPLIT;
    }
    for (size_t i = 0; i < t->n; i++)
        if (!t->v[i].inside && (t->v[i].flags & TOKEN_QUOTED) == 0)
            attach_split(t, lex, i);
    for (size_t i = 0; i < t->n; i++)
        if (!t->v[i].inside && (t->v[i].flags & TOKEN_SPLIT) == 0)
            attach(t, lex, i, (t->v[i].flags & TOKEN_GLOSS) != 0 ? 0 : t->lang);
    for (size_t i = 2; i < t->n; i++)
        passive(t, lex, i);
    for (size_t i = 0; i < t->n; i++) { /* "Name: web" */
        const bool field = strcmp(t->v[i].low, "name") == 0 && (t->v[i].flags & TOKEN_COLON) != 0 && !t->v[i].inside;
        for (const struct word *w = field ? lexicon_first(lex, "named") : NULL; w != NULL; w = w->next)
            if (w->cls == WORD_ROLE && strcmp(w->form, "named") == 0) {
                t->v[i].senses[0] = w;
                t->v[i].n_senses = 1;
            }
    }
    for (size_t i = 1; i < t->n; i++) { /* "would you mind scaling web": told, not asked */
        const bool asked_to = strcmp(t->v[i - 1].low, "mind") == 0 && op_str_ends(t->v[i].low, "ing");
        const struct word *verb = asked_to ? lexicon_inflected(lex, t->v[i].low) : NULL;
        if (verb == NULL)
            continue;
        t->v[i].senses[0] = verb;
        t->v[i].n_senses = 1;
        t->v[i].inflected = false;
    }
    verb_first(t);
}
