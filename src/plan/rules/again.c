/* What stands behind "and" or a comma with no verb of its own: other objects that the verb before is said of. */
#include "request.h"

#include "opsh/base/str.h"

/* Are replicas spoken of before token i? */
static bool counts(const struct clause *c, size_t i)
{
    bool said = false;
    for (size_t k = c->from; k < i; k++)
        said =
            said || token_is(&c->tokens->v[k], WORD_UNIT, "replica") || token_is(&c->tokens->v[k], WORD_VERB, "scale");
    return said;
}

/* "scale a to 3 and b to 2": the verb is said once. */
bool clause_again_amount(struct clause *c, size_t i)
{
    while (i < c->to && !clause_name(c, i) && token_sense(&c->tokens->v[i], WORD_FILLER) != NULL)
        i++; /* "and the api to 2" */
    size_t to = clause_after(c, i);
    const struct token *t = clause_token(c, i);
    const struct token *n = clause_token(c, to + 1);
    const struct token *next = clause_token(c, i + 1), *end = clause_token(c, i + 2); /* "… and orders 2" */
    if (counts(c, i) && clause_name(c, i) && next != NULL && (next->flags & TOKEN_NUMERIC) != 0 &&
        (end == NULL || token_sense(end, WORD_ROLE) != NULL || (next->flags & (TOKEN_COMMA | TOKEN_STOP)) != 0))
        return true;
    if (t == NULL || !clause_name(c, i) || n == NULL)
        return false;
    if (clause_value(c, to, WORD_KIND) != NULL) {
        to = clause_after(c, to);
        n = clause_token(c, to + 1);
    }
    return clause_role(c, to, "to") && n != NULL && (n->flags & TOKEN_NUMERIC) != 0;
}

/* "delete the "web" deployment and the "web" service": the name stands first. */
bool clause_again_front(const struct clause *first, struct clause *c, size_t i)
{
    static const char *const whole[] = { "delete", "restart", "describe" };
    bool told = false;
    for (size_t k = first->from; k < i; k++) {
        const struct word *verb = token_sense(&c->tokens->v[k], WORD_VERB);
        told = told || (verb != NULL && OP_IN(verb->value, whole));
    }
    while (i < c->to && token_is(&c->tokens->v[i], WORD_ROLE, "det"))
        i++;
    const struct token *t = clause_token(c, i), *front = clause_token(c, i + 1);
    const struct word *kind = told && front != NULL ? token_sense(front, WORD_KIND) : NULL;
    return kind != NULL && kind->one && clause_name(c, i) && (t->flags & (TOKEN_COMMA | TOKEN_STOP)) == 0 &&
           !clause_name(c, i + 2) && strcmp(kind->value, "image") != 0 && strcmp(kind->value, "namespace") != 0;
}

/* "delete the deployment web and the service web": another object, the same verb. */
bool clause_again_object(struct clause *c, size_t i)
{
    while (i < c->to &&
           (token_is(&c->tokens->v[i], WORD_ROLE, "det") || token_is(&c->tokens->v[i], WORD_TOPIC, "stable") ||
            token_is(&c->tokens->v[i], WORD_TOPIC, "canary")))
        i++;
    const struct token *t = clause_token(c, i);
    const struct word *kind = t != NULL && !t->used ? token_sense(t, WORD_KIND) : NULL;
    if (kind == NULL || (t->flags & (TOKEN_COMMA | TOKEN_STOP)) != 0 || strcmp(kind->value, "storageclass") == 0)
        return false;
    size_t next = i + t->span;
    for (size_t k = next; k < c->to && k < next + 4; k++) /* "and the secret tls at /etc/tls": part of what runs */
        if (*c->tokens->v[k].text == '/')
            return false;
    if (clause_role(c, next, "named"))
        return true;
    return clause_name(c, next);
}

/* "delete the deployment web and its service": what belongs to it goes the same way. */
bool clause_again_own(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *kind = clause_token(c, i + 1);
    bool its = t != NULL && (strcmp(t->low, "its") == 0 || strcmp(t->low, "their") == 0);
    return its && kind != NULL && token_sense(kind, WORD_KIND) != NULL && !token_is(kind, WORD_KIND, "pod") &&
           (clause_token(c, i + 1 + kind->span) == NULL || (kind->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0 ||
            clause_role(c, i + 1 + kind->span, "from") || clause_role(c, i + 1 + kind->span, "in") ||
            clause_role(c, i + 1 + kind->span, "namespaceword") || clause_role(c, i + 1 + kind->span, "and"));
}
