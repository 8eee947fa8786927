/* What nothing explains in a clause, and so stands in the way of a change: names nobody asked for, numbers without a
 * meaning, other times, conditions. Why something is wanted does not. */
#include "request.h"

#include "opsh/base/str.h"

static bool each(const struct token *t)
{
    return strcmp(t->low, "each") == 0 || strcmp(t->low, "every") == 0;
}

/* "every night", "in an hour", "if it fails", "either": a change is made now, once, and to what was said; when, whether
 * or which of them is no detail. How many tokens say so. */
static size_t recurs(struct clause *c, size_t i)
{
    static const char *const often[] = {
        "nightly", "daily", "hourly", "weekly", "monthly", "periodically", "regularly"
    };
    static const char *const spans[] = { "night",   "day",       "morning",  "evening", "afternoon", "hour",
                                         "minute",  "week",      "weekend",  "month",   "year",      "monday",
                                         "tuesday", "wednesday", "thursday", "friday",  "saturday",  "sunday",
                                         "weekday", "time",      "noon",     "midnight" };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1), *unit = clause_token(c, i + 2);
    if (!c->frame.changes || op_str_eq(c->frame.kind, "cronjob") || op_str_eq(c->frame.makes, "cronjob") ||
        slots_get(&c->frame.slots, "cron") != NULL || slots_get(&c->frame.slots, "every") != NULL ||
        (t->flags & (TOKEN_QUOTED | TOKEN_SPOKEN)) != 0)
        return 0;
    if (OP_IN(t->low, often) && (!t->used || token_sense(t, WORD_FILLER) != NULL))
        return 1;
    static const char *const alone[] = { "tomorrow", "later", "either" }; /* not now; not both */
    if (OP_IN(t->low, alone))
        return 1;
    if (next == NULL || i == c->from)
        return 0;
    static const char *const courtesy[] = { "available", "possible", "needed", "necessary", "required", "you" };
    bool condition = strcmp(t->low, "if") == 0 || strcmp(t->low, "unless") == 0, other = strcmp(t->low, "or") == 0;
    condition = condition && !OP_IN(next->low, courtesy);
    static const char *const later[] = { "once", "when", "after", "until" }, *const what[] = { "it", "they", "that" };
    condition = condition || (op_str_eq(c->frame.verb, "delete") && OP_IN(t->low, later) && OP_IN(next->low, what));
    if (condition)
        return 1; /* nobody here can judge it */
    if (other && (c->tokens->v[i - 1].n_senses == 0 || token_sense(&c->tokens->v[i - 1], WORD_NUMBER) != NULL) &&
        (next->n_senses == 0 || token_sense(next, WORD_NUMBER) != NULL))
        return 1; /* "web or api" */
    static const char *const which[] = { "first", "last", "newest", "oldest", "latest", "youngest" };
    if (OP_IN(t->low, which) && token_is(next, WORD_KIND, "pod"))
        return 1; /* "the first pod of web" */
    bool span_in =
        strcmp(t->low, "in") == 0 && unit != NULL && (strcmp(next->low, "a") == 0 || strcmp(next->low, "an") == 0);
    if (span_in && OP_IN(unit->low, spans))
        return 3; /* "in an hour" */
    if (!each(t))
        return 0;
    if (OP_IN(next->low, spans))
        return 2;
    return (next->flags & TOKEN_NUMERIC) != 0 && unit != NULL && token_sense(unit, WORD_UNIT) != NULL ? 3 : 0;
}

/* A sentence that was gathered (gather.c) and of which no stage took a word. */
static size_t idle_sentence(struct clause *c, size_t i)
{
    bool first = i == c->from || (c->tokens->v[i - 1].flags & TOKEN_STOP) == 0, used = false;
    if (first || !c->gathered)
        return 0;
    static const char *const states[] = { "running", "ready", "healthy", "up", "available", "successfully" };
    size_t end = i;
    do
        used = used || (c->tokens->v[end].used && token_sense(&c->tokens->v[end], WORD_VERB) == NULL) ||
               OP_IN(c->tokens->v[end].low, states);
    while ((c->tokens->v[end++].flags & TOKEN_STOP) == 0 && end < c->to);
    return used ? 0 : end - i;
}

/* "… so that only pods that tolerate it land there", "… because it leaks": where what it is for begins. It may not hold
 * what could be an order: a number, a name that looks like one. */
static size_t purpose(const struct clause *c)
{
    static const char *const opening[] = { "because", "since", "otherwise" };
    size_t at = c->to;
    for (size_t i = c->from + 1; i < c->to && at == c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        static const char *const who[] = { "that", "it", "they", "the", "we" };
        bool so = strcmp(t->low, "so") == 0 && i + 1 < c->to && OP_IN(c->tokens->v[i + 1].low, who);
        bool order = strcmp(t->low, "order") == 0 && strcmp(c->tokens->v[i - 1].low, "in") == 0;
        if ((t->flags & (TOKEN_QUOTED | TOKEN_SPOKEN)) == 0 && (so || order || OP_IN(t->low, opening)))
            at = i;
    }
    for (size_t i = at; i < c->to; i++)
        if (!c->tokens->v[i].used && (c->tokens->v[i].flags & (TOKEN_QUOTED | TOKEN_NUMERIC | TOKEN_NAMELIKE)) != 0)
            return c->to;
    return at;
}

/* A second program beside the one that runs: "from nginx and redis". */
static bool stray_image(struct clause *c, size_t i)
{
    const struct token *prev = clause_token(c, i - 1);
    bool joined = i > c->from && prev != NULL && (token_is(prev, WORD_ROLE, "and") || (prev->flags & TOKEN_COMMA) != 0);
    return joined && slots_get(&c->frame.slots, "image") != NULL &&
           !op_str_eq(slots_get(&c->frame.slots, "image"), token_image(&c->tokens->v[i]));
}

/* "in namespace …", and which one was not understood: a change would hit another. Where the text ends now. */
static size_t where_lost(struct clause *c, const struct token *t, size_t len)
{
    struct frame *f = &c->frame;
    if (!f->changes || t->used || !token_is(t, WORD_ROLE, "namespaceword") || slots_get(&f->slots, "ns") != NULL ||
        len + 1 >= sizeof(f->rest))
        return len;
    (void)snprintf(f->rest + len, sizeof(f->rest) - len, "%sin namespace …", len > 0 ? " " : "");
    f->n_rest++;
    return strlen(f->rest);
}

/* What nothing explains: names nobody asked for, numbers without a meaning. */
void clause_rest(struct clause *c)
{
    struct frame *f = &c->frame;
    const size_t reason = purpose(c);
    size_t len = 0;
    f->rest[0] = '\0';
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        bool number = (t->flags & TOKEN_NUMERIC) != 0;
        size_t often = recurs(c, i);
        often = often != 0 ? often : idle_sentence(c, i);
        for (size_t k = 0; k < often; k++) {
            int n =
                snprintf(f->rest + len, sizeof(f->rest) - len, "%s%.40s", len > 0 ? " " : "", c->tokens->v[i + k].text);
            if (n > 0 && len + (size_t)n < sizeof(f->rest))
                len += (size_t)n;
        }
        f->n_rest += (unsigned)often;
        if (often != 0) {
            i += often - 1;
            continue;
        }
        len = where_lost(c, t, len);
        bool stray = f->changes && t->n_senses == 1 && token_image(t) != NULL && stray_image(c, i);
        static const char *const pointing[] = { "that", "which", "whose", "using" };
        /* "delete the claim data and the pod that uses it": what is described, not named */
        const struct word *kind = token_sense(t, WORD_KIND);
        const struct token *next = clause_token(c, i + t->span);
        bool described = i < reason && kind != NULL && op_str_eq(f->verb, "delete") &&
                         !op_str_eq(kind->value, f->kind) && next != NULL && OP_IN(next->low, pointing) &&
                         (t->flags & TOKEN_SPOKEN) == 0 && f->kind != NULL && strcmp(kind->value, "namespace") != 0;
        /* "roll web back two revisions": how many is not which */
        bool steps = op_str_eq(f->verb, "rollback") && !t->used && !t->inside && token_sense(t, WORD_NUMBER) != NULL &&
                     strcmp(t->low, "one") != 0 && next != NULL && token_is(next, WORD_TOPIC, "history");
        if (!described && !steps &&
            (i >= reason || t->used || t->inside || (t->n_senses > 0 && !number && !stray) ||
             (unsigned char)*t->text >= 0x80))
            continue;
        if (!isalnum((unsigned char)*t->text) && *t->text != '-')
            continue;
        if (strlen(t->text) == 1 && !isalnum((unsigned char)*t->text))
            continue;
        f->n_rest++;
        int n = snprintf(f->rest + len, sizeof(f->rest) - len, "%s%.40s", len > 0 ? " " : "", t->text);
        if (n > 0 && len + (size_t)n < sizeof(f->rest))
            len += (size_t)n;
    }
}
