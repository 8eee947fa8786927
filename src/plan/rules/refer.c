/* Requests that only make sense after the one before. */
#include "planner.h"

#include "opsh/base/str.h"

static bool starts_with_and(struct clause *c)
{
    static const char *const openers[] = { "and", "what", "how", "now", "also", "same", "again" };
    const struct token *t = clause_token(c, c->from);
    return t != NULL && OP_IN(t->low, openers);
}

static bool says_again(struct clause *c)
{
    static const char *const words[] = { "again", "same", "likewise", "repeat" };
    for (size_t i = c->from; i < c->to; i++)
        if (OP_IN(c->tokens->v[i].low, words))
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

static const char *const kept[] = {
    "count",  "tail",           "since",          "image",     "port",        "revision",  "version",
    "env",    "sets",           "selector",       "chart",     "labels",      "label_key", "annotations",
    "taints", "annotation_key", "cron",           "taint_key", "env_key",     "overwrite", "percent",
    "size",   "memory_limit",   "memory_request", "cpu_limit", "cpu_request",
};

static bool says_anew(const struct frame *f)
{
    for (size_t i = 0; i < OP_LEN(kept); i++)
        if (slots_get(&f->slots, kept[i]) != NULL)
            return true;
    return false;
}

static void copy_all(struct frame *f, const struct frame *last, const char *slot)
{
    for (size_t i = 0; i < last->slots.n && slots_get(&f->slots, slot) == NULL; i++)
        if (strcmp(last->slots.v[i].name, slot) == 0)
            for (; i < last->slots.n; i++)
                if (strcmp(last->slots.v[i].name, slot) == 0)
                    slots_add(&f->slots, slot, last->slots.v[i].value);
}

/* "make it 7", "no, 4": a number in place of the one that was said. */
static bool says_other_number(struct clause *c, const struct frame *last)
{
    const struct token *first = clause_token(c, c->from);
    bool number = false;
    for (size_t i = c->from; i < c->to; i++)
        number = number || (c->tokens->v[i].flags & TOKEN_NUMERIC) != 0 || clause_value(c, i, WORD_NUMBER) != NULL;
    bool made = op_str_eq(c->frame.verb, "create") && c->frame.refers && token_is(first, WORD_ROLE, "allot");
    return number && slots_get(&last->slots, "count") != NULL && slots_get(&c->frame.slots, "image") == NULL &&
           (made || (c->frame.verb == NULL && strcmp(first->low, "no") == 0));
}

/* "and the services", "what about the ingresses": another kind, looked at where the last one was. */
static bool other_kind(struct frame *f, const struct frame *last)
{
    if (f->kind == NULL || !f->several || last->changes || slots_get(&f->slots, "name") != NULL ||
        !kind_is_kubernetes(f->kind) || f->n_topics > 0)
        return false;
    f->verb = "get";
    f->mood = MOOD_DO;
    copy_all(f, last, "ns");
    if (strcmp(f->kind, "event") == 0 && slots_count(&last->slots, "name") == 1) { /* of what was looked at */
        slots_set(&f->slots, "of", slots_get(&last->slots, "name"));
        if (last->kind != NULL)
            slots_set(&f->slots, "of_kind", last->kind);
    }
    return true;
}

/* "wait for it" behind a change: until it is rolled out. */
static bool waits(struct frame *f, const struct frame *last)
{
    const char *name = slots_get(&last->slots, "name");
    bool workload = last->kind == NULL || kind_is_workload(last->kind);
    if (!frame_has_topic(f, "wait") || !last->changes || name == NULL || !workload ||
        slots_get(&f->slots, "image") != NULL)
        return false;
    f->verb = "rolloutstatus";
    f->kind = last->kind;
    f->n_topics = 0;
    slots_set(&f->slots, "name", name);
    copy_all(f, last, "ns");
    return true;
}

void talk_continue(struct attempt *a, const struct frame *before)
{
    struct clause *c = a->clause;
    struct frame *f = &c->frame;
    const bool conversation = before == NULL;
    const struct frame *last = conversation ? &a->r->last : before;
    if (!conversation && !says_again(c))
        return;
    if (conversation && last->verb != NULL && (follow_checks(a) || follow_returns(a)))
        return;
    /* "and team-b?" behind "the deployments in team-a" */
    const char *other = slots_get(&f->slots, "name"), *were = slots_get(&last->slots, "ns");
    if ((starts_with_and(c) || says_again(c)) && other != NULL && were != NULL && f->kind == NULL && f->verb == NULL &&
        (slots_get(&f->slots, "ns") == NULL || op_str_eq(slots_get(&f->slots, "ns"), were)) &&
        slots_get(&last->slots, "name") == NULL && !last->changes) {
        slots_set(&f->slots, "ns", other);
        slots_drop(&f->slots, "name");
    }
    /* "also to api": what it is done to, said as where it goes */
    static const char *const sides[] = { "to", "on", "of", "for" };
    for (size_t i = 0; i < OP_LEN(sides) && conversation && f->verb == NULL && starts_with_and(c); i++) {
        const char *side = slots_get(&f->slots, sides[i]);
        if (side == NULL || slots_get(&f->slots, "name") != NULL)
            continue;
        slots_set(&f->slots, "name", side);
        slots_drop(&f->slots, sides[i]);
    }
    /* "3 replicas please" of what was just made */
    bool runs = kind_is_workload(last->kind);
    if (conversation && f->verb == NULL && f->kind == NULL && last->changes && runs && f->mood == MOOD_DO &&
        slots_get(&f->slots, "count") != NULL && slots_get(&f->slots, "name") == NULL &&
        !op_str_eq(last->verb, "scale") && slots_get(&last->slots, "name") != NULL) {
        f->verb = "scale";
        f->changes = true;
        f->kind = last->kind;
        copy_all(f, last, "name");
        copy_all(f, last, "ns");
        return;
    }
    /* "and a service in front of it on port 80" */
    if (conversation && f->verb == NULL && op_str_eq(f->kind, "service") && !f->several && last->changes && runs &&
        slots_get(&f->slots, "port") != NULL && slots_get(&last->slots, "name") != NULL && f->mood == MOOD_DO) {
        f->verb = "create";
        f->changes = true;
        slots_set(&f->slots, "of", slots_get(&last->slots, "name"));
        slots_set(&f->slots, "of_kind", last->kind);
        if (op_str_eq(slots_get(&f->slots, "name"), slots_get(&last->slots, "name")))
            slots_drop(&f->slots, "name");
        copy_all(f, last, "ns");
        return;
    }
    bool replaces = conversation && last->verb != NULL && follow_replaces(a);
    if (replaces)
        follow_place(a);
    bool narrows = conversation && !replaces && follow_narrows(a);
    bool number = says_other_number(c, last) || replaces, opens = starts_with_and(c);
    bool again = says_again(c) || number || narrows;
    if (narrows || replaces)
        f->mood = MOOD_DO;
    if ((f->verb != NULL && !number) || f->mood == MOOD_WHY || f->mood == MOOD_ADVICE ||
        (f->mood == MOOD_NOT && !number) || (last->verb == NULL && last->changes) || waits(f, last))
        return;
    bool anew = says_anew(f), ns = slots_get(&f->slots, "ns") != NULL;
    if (opens && !anew && !ns && other_kind(f, last))
        return;
    if (!(again || (opens && (anew || ns || slots_get(&f->slots, "name") != NULL))) ||
        (f->n_topics > 0 && !anew && !narrows && !replaces && !again))
        return;
    take_number(c, last);
    f->verb = last->verb;
    f->changes = last->changes;
    f->mood = last->mood;
    if (f->program == NULL)
        f->program = last->program;
    if (f->kind == NULL || number) {
        f->plural = last->plural;
        f->several = last->several;
        f->kind = last->kind;
    }
    for (size_t i = 0; i < last->n_topics; i++)
        frame_topic(f, last->topics[i]);
    copy_all(f, last, "name");
    copy_all(f, last, "ns");
    for (size_t i = 0; i < OP_LEN(kept) && (again || !anew); i++)
        copy_all(f, last, kept[i]);
}
