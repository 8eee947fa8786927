/* Lists of things under a line that says what is done to each of them. */
#include "request.h"

#include "opsh/base/str.h"

static bool wishes(const struct token *t)
{
    static const char *const words[] = { "need", "needs", "want", "wanted", "require", "required" };
    return OP_IN(t->low, words);
}

/* "Create the following: - a deployment web - a service for it": what the line above tells to do is done to each. */
void lists_headers(struct clauses *out)
{
    static const char *const one_thing[] = { "set", "update", "configure", "patch" }; /* its items are its fields */
    const struct clause *head = NULL;
    for (size_t i = 0; i < out->n; i++) {
        struct clause *c = &out->v[i];
        bool item = (c->tokens->v[c->from].flags & TOKEN_BULLET) != 0, orders = false, field = false;
        for (size_t k = c->from; k < c->to && c->header; k++) {
            const struct word *verb = clause_imperative(c, k);
            field = field || (verb != NULL && OP_IN(verb->value, one_thing));
            orders = orders || (verb != NULL && verb->changes) || wishes(&c->tokens->v[k]);
        }
        bool line = (c->tokens->v[c->from].flags & TOKEN_LINE) != 0;
        if (c->header || (!item && line))
            head = orders && !field ? c : NULL;
        else if (item)
            c->again = c->again || (head != NULL && !clause_orders(c) && !clause_asks(c));
    }
}
