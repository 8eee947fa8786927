/* Which words tell opsh to do something: a verb in the imperative; not one that tells of something ("I get 503"), that
 * is the name of something ("the job import"), or that somebody else can not do. */
#include "request.h"

#include "opsh/base/str.h"

/* "delete failed pods": the trouble describes what comes; "the upgrade failed" tells of it. */
static bool is_state(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + t->span);
    return next != NULL && (t->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0 && token_sense(next, WORD_KIND) != NULL;
}

bool clause_told_not(struct clause *c, size_t i)
{
    static const char *const telling[] = { "can",  "could", "does", "did", "is",   "are",   "was",
                                           "were", "has",   "have", "had", "will", "would", "wo" };
    static const char *const subjects[] = { "i", "we", "they", "users", "customers", "people", "clients", "it" };
    const struct token *t = clause_token(c, i), *aux = i > c->from ? &c->tokens->v[i - 1] : NULL;
    if (t == NULL || (t->flags & TOKEN_QUOTED) != 0)
        return false;
    if (strcmp(t->low, "cannot") == 0 || strcmp(t->low, "unable") == 0)
        return true;
    if (aux == NULL || strcmp(t->low, "not") != 0)
        return false;
    if (OP_IN(aux->low, telling))
        return true;
    const struct token *subject = i > c->from + 1 ? &c->tokens->v[i - 2] : NULL;
    return strcmp(aux->low, "do") == 0 && subject != NULL && OP_IN(subject->low, subjects);
}

/* "cronjob backup status", "the job migrate failed": what stands before this word is a name, not a verb. */
static bool tells_of(const struct token *t)
{
    static const char *const topics[] = { "status", "health", "logs", "errors", "info", "history", "yaml", "usage" };
    for (size_t k = 0; k < t->n_senses; k++)
        if (t->senses[k]->cls == WORD_TOPIC && OP_IN(t->senses[k]->value, topics))
            return true;
    return token_is(t, WORD_ROLE, "aux");
}

/* "I get 503", "we see timeouts", "users can not log in": tells of it. */
static bool told(struct clause *c, size_t i, const struct word *verb)
{
    static const char *const we[] = { "i", "we", "they" };
    static const char *const others[] = { "users", "customers", "people", "clients", "everyone", "everybody" };
    const struct token *prev = i > c->from ? &c->tokens->v[i - 1] : NULL;
    if (prev == NULL || (prev->flags & (TOKEN_COMMA | TOKEN_STOP)) != 0)
        return false;
    if (clause_told_not(c, i - 1) || (i > c->from + 1 && strcmp(prev->low, "to") == 0 && clause_told_not(c, i - 2)))
        return true;
    return !verb->changes && !prev->inside && (OP_IN(prev->low, we) || OP_IN(prev->low, others));
}

/* "web is failing and restart it", but "pods crash and restart all the time": is it said what the verb is done to? */
bool clause_means_one(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + t->span);
    return next != NULL &&
           (strcmp(next->low, "it") == 0 || strcmp(next->low, "them") == 0 || token_is(next, WORD_ROLE, "det") ||
            token_sense(next, WORD_KIND) != NULL || clause_name(c, i + t->span));
}

const struct word *clause_imperative(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    const struct word *verb = t != NULL && !t->used ? token_sense(t, WORD_VERB) : NULL;
    if (verb == NULL || t->inflected)
        return NULL;
    if (t->span == 1 && i > c->from && (c->tokens->v[i - 1].flags & TOKEN_STOP) == 0 &&
        token_is(&c->tokens->v[i - 1], WORD_ROLE, "det"))
        return NULL;
    const struct token *next = clause_token(c, i + t->span);
    bool closed = (t->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0;
    if (next != NULL && !closed && verb->changes &&
        (token_is(next, WORD_ROLE, "aux") || (token_is(next, WORD_MOOD, "symptom") && !is_state(c, i + t->span))))
        return NULL;
    const struct token *prev = i > c->from ? &c->tokens->v[i - 1] : NULL;
    static const char *const behind[] = { "for", "of", "from", "on", "in" };
    for (size_t k = 0; k < OP_LEN(behind) && prev != NULL && t->span == 1 && token_sense(t, WORD_KIND) != NULL; k++)
        if (token_is(prev, WORD_ROLE, behind[k]))
            return NULL; /* "a service for deploy shop" */
    if (prev != NULL && (strcmp(prev->low, "they") == 0 || strcmp(prev->low, "which") == 0))
        return NULL; /* "the nodes they run on" */
    if (told(c, i, verb))
        return NULL;
    if (verb->changes && i > c->from + 1 && token_is(prev, WORD_ROLE, "and") && !clause_means_one(c, i) &&
        token_is(&c->tokens->v[i - 2], WORD_MOOD, "symptom"))
        return NULL;
    if (prev != NULL && t->span == 1 && verb->lang == 0 &&
        (strcmp(prev->low, "of") == 0 || strcmp(prev->low, "for") == 0) && (prev->flags & TOKEN_STOP) == 0 &&
        !prev->inside)
        return NULL; /* "two pods fewer for search" */
    if (verb->lang == 0 && prev != NULL && t->span == 1 && (next == NULL || closed) &&
        (strcmp(prev->low, "namespace") == 0 || strcmp(prev->low, "ns") == 0))
        return NULL; /* "in namespace audit" */
    static const char *const before_nouns[] = { "last", "latest", "previous", "next", "recent" };
    if (prev != NULL && t->span == 1 && OP_IN(prev->low, before_nouns))
        return NULL; /* "since the last deploy" */
    /* "logs of job migrate": what a thing is called */
    const struct word *kind = prev != NULL ? token_sense(prev, WORD_KIND) : NULL;
    if (kind != NULL && kind->one && t->span == 1 && verb->lang == 0 && c->tokens->lang == 0 &&
        strcmp(t->low, "list") != 0 && (prev->flags & (TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON)) == 0 &&
        (next == NULL || closed || token_is(next, WORD_ROLE, "in") || token_is(next, WORD_ROLE, "namespaceword") ||
         tells_of(next)))
        return NULL;
    /* "the backend rollout": a noun before it, nothing behind it */
    bool noun = token_sense(t, WORD_KIND) != NULL || token_sense(t, WORD_TOPIC) != NULL;
    if ((next == NULL || closed) && i > c->from && t->span == 1 && noun && c->tokens->v[i - 1].n_senses == 0)
        return NULL;
    return verb;
}
