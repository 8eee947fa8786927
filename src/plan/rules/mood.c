/* Mood before verb: is something to be done, asked, explained, examined, or left alone? A change
 * word inside a question never changes anything: only MOOD_DO lets changes through. */
#include "request.h"

#include "opsh/base/str.h"

static bool read_verb_in(const char *verb, const char *const *list)
{
    for (; *list != NULL; list++)
        if (op_str_eq(verb, *list))
            return true;
    return false;
}

/* Verbs that examine: with trouble behind them they are questions about it. */
static const char *const examining[] = { "check", "diagnose", "audit", "explain", NULL };

struct reading {
    const struct word *verb; /* the one that decides what is to be done */
    size_t verb_at;
    bool decided, polite, negated, denied, spoken, why, advice, which, gerund;
};

static const struct word *gerund(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    return t->inflected && op_str_ends(t->low, "ing") ? token_sense(t, WORD_VERB) : NULL;
}

/* "do not …" asks nothing. */
static bool denied(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + t->span);
    return strcmp(t->low, "do") == 0 && next != NULL && token_is(next, WORD_MOOD, "negation");
}

/* One token's say in the matter; the first that decides wins, except that "why" behind a looking verb does. */
static void weigh(struct clause *c, size_t i, struct reading *r)
{
    struct frame *f = &c->frame;
    const struct token *t = clause_token(c, i);
    bool changing = r->verb != NULL && r->verb->changes;
    r->polite = r->polite || (token_is(t, WORD_MOOD, "polite") && !r->decided);
    f->symptom = f->symptom || token_is(t, WORD_MOOD, "symptom");
    f->refers = f->refers || token_is(t, WORD_MOOD, "reference");
    if (token_is(t, WORD_MOOD, "why") && !changing)
        r->why = r->decided = true;
    else if (token_is(t, WORD_MOOD, "advice") && !changing)
        r->advice = r->decided = true;
    else if (token_is(t, WORD_MOOD, "count") && !changing)
        f->counting = r->which = r->decided = true;
    else if (token_is(t, WORD_MOOD, "which") && (!r->decided || (r->verb != NULL && !changing && i <= r->verb_at + 2)))
        r->which = r->decided = true;
    else if (token_is(t, WORD_MOOD, "yesno") && !r->decided && !denied(c, i))
        f->yesno = r->which = r->decided = true;
    else if (token_is(t, WORD_MOOD, "negation") && (r->verb == NULL || (!changing && !r->decided))) {
        r->negated = true;
        r->denied = r->denied || !r->spoken; /* "do not …": whatever comes */
    }
    r->spoken = r->spoken || !(token_filler(t) || token_is(t, WORD_MOOD, "negation") ||
                               token_is(t, WORD_MOOD, "yesno") || token_is(t, WORD_ROLE, "aux"));
    const struct word *verb = clause_imperative(c, i);
    if (verb != NULL && r->verb == NULL && !r->negated) {
        r->verb = verb;
        r->verb_at = i;
        r->decided = true;
    } else if (verb != NULL && r->negated && r->verb == NULL && verb->changes && !r->which) {
        f->mood = MOOD_NOT;
    } else if (r->negated && !r->denied && verb == NULL && !token_filler(t) && token_sense(t, WORD_VERB) == NULL &&
               !token_is(t, WORD_MOOD, "negation")) {
        r->negated = false; /* "not" spoke of something else */
    }
}

static void find_gerund(struct clause *c, struct reading *r)
{
    for (size_t i = c->from; i < c->to && r->verb == NULL && !r->decided; i++) {
        const struct token *t = clause_token(c, i);
        if (token_filler(t) && token_sense(t, WORD_VERB) == NULL)
            continue;
        r->verb = gerund(c, i);
        r->verb_at = i;
        r->gerund = r->verb != NULL;
        return;
    }
}

/* "can I delete pods": the verb behind it, as the API server calls it. */
static void may_i(struct clause *c, size_t at)
{
    static const char *const api[][2] = { { "get", "get" },       { "create", "create" }, { "delete", "delete" },
                                          { "update", "update" }, { "patch", "patch" },   { "watch", "watch" },
                                          { "deploy", "create" }, { "scale", "update" },  { "edit", "update" },
                                          { "set", "update" },    { "restart", "patch" }, { "run", "create" } };
    for (size_t i = at + c->tokens->v[at].span; i < c->to; i++) {
        const char *verb = clause_value(c, i, WORD_VERB);
        if (verb == NULL)
            continue;
        for (size_t k = 0; k < OP_LEN(api); k++)
            if (strcmp(api[k][0], verb) == 0)
                slots_set(&c->frame.slots, "cani_verb", strcmp(c->tokens->v[i].low, "list") == 0 ? "list" : api[k][1]);
        clause_use(c, i);
        return;
    }
}

void clause_mood(struct clause *c)
{
    struct frame *f = &c->frame;
    struct reading r = { 0 };
    for (size_t i = c->from; i < c->to; i++)
        if (!c->tokens->v[i].inside)
            weigh(c, i, &r);
    find_gerund(c, &r);
    bool asked = false;
    for (size_t i = c->from; i < c->to; i++)
        asked = asked || (c->tokens->v[i].flags & TOKEN_ASKED) != 0;
    if (r.verb != NULL) {
        f->verb = r.verb->value;
        f->changes = r.verb->changes;
        clause_use(c, r.verb_at);
    }
    if (op_str_eq(f->verb, "cani"))
        may_i(c, r.verb_at);
    if (f->mood == MOOD_NOT)
        return;
    if (r.why)
        f->mood = MOOD_WHY;
    else if (r.advice)
        f->mood = MOOD_ADVICE;
    else if (r.which)
        f->mood = f->symptom && !f->counting ? MOOD_WHY : MOOD_ASK;
    else if (r.verb == NULL)
        f->mood = f->symptom ? MOOD_WHY : MOOD_DO;
    else if (f->symptom && read_verb_in(f->verb, examining))
        f->mood = MOOD_WHY;
    else if (f->changes && ((asked && !r.polite) || r.gerund))
        f->mood = MOOD_ADVICE;
    else
        f->mood = MOOD_DO;
    if ((f->mood == MOOD_ASK || f->mood == MOOD_WHY) && f->changes) {
        f->verb = NULL; /* "how much does docker use", "why did you delete": no request */
        f->changes = false;
    }
}
