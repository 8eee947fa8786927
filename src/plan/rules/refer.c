/* Requests that only make sense after the one before. */
#include "planner.h"

#include "opsh/base/str.h"

static bool starts_with_and(struct clause *c)
{
    static const char *const openers[] = { "and", "what", "how", "now", "also", "same", "again" };
    const struct token *t = clause_token(c, c->from);
    for (size_t i = 0; i < OP_LEN(openers) && t != NULL; i++)
        if (strcmp(t->low, openers[i]) == 0)
            return true;
    return false;
}

static bool says_again(struct clause *c)
{
    static const char *const words[] = { "again", "same", "likewise", "repeat" };
    for (size_t i = c->from; i < c->to; i++)
        for (size_t k = 0; k < OP_LEN(words); k++)
            if (strcmp(c->tokens->v[i].low, words[k]) == 0)
                return true;
    return false;
}

/* A number that nothing explained takes the place of the one that was said before. */
static void take_number(struct clause *c, const struct frame *last)
{
    static const char *const slots[] = { "count", "tail", "revision", "port" };
    for (size_t i = c->from; i < c->to; i++) {
        struct token *t = &c->tokens->v[i];
        const struct word *n = token_sense(t, WORD_NUMBER);
        if (t->used || ((t->flags & TOKEN_NUMERIC) == 0 && n == NULL))
            continue;
        for (size_t k = 0; k < OP_LEN(slots); k++) {
            if (slots_get(&last->slots, slots[k]) == NULL)
                continue;
            slots_set(&c->frame.slots, slots[k], n != NULL ? n->value : t->text);
            clause_use(c, i);
            c->frame.n_rest -= c->frame.n_rest > 0;
            return;
        }
    }
}

void talk_continue(struct attempt *a)
{
    static const char *const kept[] = { "count",        "tail",           "since",     "image",       "port",
                                        "revision",     "version",        "env",       "sets",        "selector",
                                        "memory_limit", "memory_request", "cpu_limit", "cpu_request", "chart" };
    struct clause *c = a->clause;
    struct frame *f = &c->frame;
    const struct frame *last = &a->r->last;
    bool again = says_again(c);
    if (f->verb != NULL || f->mood == MOOD_WHY || f->mood == MOOD_ADVICE || f->mood == MOOD_NOT || last->verb == NULL ||
        !(again || (starts_with_and(c) && slots_get(&f->slots, "name") != NULL)) || f->n_topics > 0)
        return;
    take_number(c, last);
    f->verb = last->verb;
    f->changes = last->changes;
    f->mood = last->mood;
    if (f->program == NULL)
        f->program = last->program;
    if (f->kind == NULL)
        f->kind = last->kind;
    for (size_t i = 0; i < last->n_topics; i++)
        frame_topic(f, last->topics[i]);
    const char *name = slots_get(&last->slots, "name"), *ns = slots_get(&last->slots, "ns");
    if (slots_get(&f->slots, "name") == NULL && name != NULL)
        slots_set(&f->slots, "name", name);
    if (slots_get(&f->slots, "ns") == NULL && ns != NULL)
        slots_set(&f->slots, "ns", ns);
    for (size_t i = 0; i < OP_LEN(kept); i++) {
        const char *v = slots_get(&last->slots, kept[i]);
        if (v != NULL && slots_get(&f->slots, kept[i]) == NULL)
            slots_set(&f->slots, kept[i], v);
    }
}
