/* What people say beside the request: purposes ("so that it picks it up"), conditions that a create fulfils by itself
 * ("if it does not exist yet"), what an order of steps means anyway ("once that is finished", "and let me know when it
 * is done"). Taken out of the tokens before the request is cut, so that nobody takes its words for names; what it means
 * stays as a flag. The phrases are the catalogue's. */
#include "intent.h"
#include "spoken.h"

#include "opsh/base/str.h"

static const unsigned ends = TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON;

/* "so that it can read secrets", "so that it only hears from api", "so that it restarts always": tells what is wanted.
 */
static bool tells(const struct lexicon *lex, const struct token *t, const struct token *before)
{
    static const char *const sides[] = { "from", "to", "on", "for", "in", "into" };
    const struct word *kind = token_sense(t, WORD_KIND), *verb = lexicon_inflected(lex, t->low);
    if ((t->flags & (TOKEN_QUOTED | TOKEN_NAMELIKE | TOKEN_NUMERIC)) != 0 || token_sense(t, WORD_NUMBER) != NULL)
        return true;
    bool behind = false;
    for (size_t i = 0; i < OP_LEN(sides); i++)
        behind = behind || token_is(before, WORD_ROLE, sides[i]);
    return (kind != NULL && strcmp(kind->value, "pod") != 0) || (behind && t->n_senses == 0) ||
           (verb != NULL && verb->changes);
}

/* A purpose goes on to the end of the sentence, unless it tells something that must not get lost: an order, a name, a
 * number. 0: it does. */
static size_t purpose_end(struct clause *c, size_t from, size_t i)
{
    size_t end = from;
    for (; i < c->to; end = ++i) {
        const struct token *t = &c->tokens->v[i];
        const struct word *verb = t->inflected ? NULL : token_sense(t, WORD_VERB);
        const struct token *before = &c->tokens->v[i - 1];
        const bool and = token_is(before, WORD_ROLE, "and");
        if ((verb != NULL && and) || (t->flags & TOKEN_LINE) != 0 || token_is(t, WORD_ROLE, "then"))
            return i - (verb != NULL && and);
        if (tells(c->lex, t, before))
            return 0;
        if ((t->flags & ends) != 0)
            return i + 1;
    }
    return end;
}

static void take_out(struct tokens *t, size_t from, size_t to)
{
    const unsigned closing = t->v[to - 1].flags & (ends | TOKEN_ASKED);
    const unsigned opening = t->v[from].flags & (TOKEN_LINE | TOKEN_BULLET | TOKEN_DEEP);
    const bool first = from == 0 || (t->v[from - 1].flags & TOKEN_STOP) != 0 || opening != 0;
    if (!first)
        t->v[from - 1].flags |= closing;
    if (to < t->n && (t->v[to].flags & TOKEN_LINE) == 0)
        t->v[to].flags |= opening;
    memmove(&t->v[from], &t->v[to], (t->n - to) * sizeof(*t->v));
    t->n -= to - from;
}

/* "if it does not exist", but not "if it is not running": nothing else may follow. */
static bool closed(struct clause *c, size_t end)
{
    const struct token *next = clause_token(c, end);
    return next == NULL || (c->tokens->v[end - 1].flags & ends) != 0 || (next->flags & TOKEN_LINE) != 0 ||
           token_sense(next, WORD_FILLER) != NULL || token_is(next, WORD_ROLE, "and") ||
           token_is(next, WORD_ROLE, "then") || token_is(next, WORD_ROLE, "in") ||
           token_is(next, WORD_ROLE, "namespaceword") || clause_imperative(c, end) != NULL;
}

/* Where the aside that begins at i ends; 0: none does. */
static size_t aside_at(struct clause *c, const struct spoken *s, size_t i, const char **what)
{
    size_t longest = 0;
    for (size_t k = s->asides; k < s->asides_end; k++) {
        static const char *const whole[] = { "draft", "only-print" }; /* read before (draft.c) */
        size_t end = s->v[k].aside != NULL && !OP_IN(s->v[k].aside, whole) ? spoken_end(c, s, &s->v[k], i) : SIZE_MAX;
        if (end != SIZE_MAX && op_str_eq(s->v[k].aside, "so"))
            end = purpose_end(c, i + 1, end);
        if (end == SIZE_MAX || end <= i || end <= longest || !(end == c->to || closed(c, end)))
            continue;
        bool opens =
            i == 0 || (c->tokens->v[i - 1].flags & TOKEN_STOP) != 0 || (c->tokens->v[i].flags & TOKEN_LINE) != 0;
        if (op_str_eq(s->v[k].aside, "count") && !(opens && (c->tokens->v[end - 1].flags & TOKEN_COMMA) != 0))
            continue; /* "Second, delete it." */
        longest = end;
        *what = s->v[k].aside;
    }
    return longest;
}

bool tokens_asides(struct tokens *t, const struct spoken *s, const struct lexicon *lex)
{
    bool taken = false;
    for (size_t i = 0; i < t->n; i++) {
        struct clause whole = { .tokens = t, .lex = lex, .from = i, .to = t->n };
        const char *what = NULL;
        size_t end = aside_at(&whole, s, i, &what);
        if (end == 0 || end - i >= t->n) /* never the whole of it */
            continue;
        bool first = i == 0 || (t->v[i - 1].flags & TOKEN_STOP) != 0 || (t->v[i].flags & TOKEN_BULLET) != 0;
        const bool wish = strcmp(what, "wish") == 0; /* "I need three things: …": create them */
        if (wish) {
            t->v[i].text = t->v[i].low = "create";
            t->v[i].flags |= t->v[end - 1].flags & TOKEN_COMMA;
        }
        taken = true;
        if (wish && end == i + 1)
            continue;
        take_out(t, i + wish, end);
        if (wish) {
            t->v[i].flags &= ~(unsigned)(TOKEN_COLON | TOKEN_STOP);
            continue;
        }
        if (strcmp(what, "unless") == 0)
            t->v[first && i < t->n ? i : i - (i > 0)].flags |= TOKEN_UNLESS;
        i -= i > 0;
    }
    if (taken)
        tokens_annotate(t, lex);
    return taken;
}
