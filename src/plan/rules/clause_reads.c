/* Clauses of requests that only look: what says how something is shown is no request of its own, and a list of reads
 * stays one behind trouble that was told. */
#include "request.h"

#include "opsh/base/str.h"

static bool imperative(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (clause_imperative(c, i) != NULL)
            return true;
    return false;
}

/* "list the pods and show their nodes", "check the logs of web and show me the last 100 lines": how what is asked for
 * is shown, not another request. */
bool clause_shapes(struct clause *before, struct clause *after, size_t verb_at, const struct word *verb)
{
    if (verb == NULL || verb->changes || !imperative(before))
        return false;
    for (size_t i = before->from; i < before->to; i++) {
        const struct word *said = clause_imperative(before, i);
        if (said != NULL && said->changes)
            return false;
    }
    size_t i = clause_after(after, verb_at);
    const struct token *t = clause_token(after, verb_at + after->tokens->v[verb_at].span),
                       *noun = clause_token(after, i);
    for (size_t k = verb_at + 1; k < i && k < after->to; k++) /* "list only its keys" */
        if (strcmp(after->tokens->v[k].low, "their") == 0 || strcmp(after->tokens->v[k].low, "its") == 0)
            t = clause_token(after, k);
    bool own = t != NULL && (strcmp(t->low, "their") == 0 || strcmp(t->low, "its") == 0);
    if (own && noun != NULL)
        return token_is(noun, WORD_KIND, "node") || token_is(noun, WORD_ROLE, "key") ||
               token_is(noun, WORD_TOPIC, "ips") || token_is(noun, WORD_TOPIC, "labels") ||
               token_is(noun, WORD_TOPIC, "status") || token_is(noun, WORD_TOPIC, "creation") ||
               token_is(noun, WORD_TOPIC, "restarts");
    bool they = false, node = false;
    for (size_t k = i; k < after->to; k++) {
        they = they || strcmp(after->tokens->v[k].low, "they") == 0;
        node =
            node || token_is(&after->tokens->v[k], WORD_KIND, "node") || strcmp(after->tokens->v[k].low, "where") == 0;
    }
    if (they && node)
        return true;
    bool lines = false;
    for (; i < after->to && (after->tokens->v[i].flags & TOKEN_LINE) == 0; i++) {
        const struct token *w = &after->tokens->v[i];
        lines = lines || token_is(w, WORD_UNIT, "line");
        if (clause_name(after, i) || token_sense(w, WORD_KIND) != NULL)
            return false;
        if ((w->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0)
            break;
    }
    return lines;
}

/* "list the pods that are not running": the trouble only says which. */
bool clause_lists(struct clause *c)
{
    static const char *const listing[] = { "get", "describe", "count", "top", "tail", "watch" };
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *verb = clause_imperative(c, i);
        if (verb != NULL)
            return OP_IN(verb->value, listing) && strstr(verb->form, "look") == NULL &&
                   strstr(verb->form, "find") == NULL;
    }
    return false;
}
