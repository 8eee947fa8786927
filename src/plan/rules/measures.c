/* Numbers whose meaning another word of the clause gives: the bounds of an autoscaler, ports that change, fewer pods,
 * parts of a core. The general rules are in amounts.c. */
#include "request.h"

#include "opsh/base/str.h"

static bool bounds(const struct token *t)
{
    return token_is(t, WORD_ROLE, "limit") || token_is(t, WORD_ROLE, "request");
}

/* "the autoscaler keeps at least 2 and at most 10 replicas" */
bool measure_of_scaler(struct clause *c, size_t i, const char *n)
{
    size_t p = clause_said_before(c, i), next = i + clause_token(c, i)->span;
    bool scaler = frame_has_topic(&c->frame, "autoscaling") || frame_has_topic(&c->frame, "autoscaleword");
    bool to = p != c->to && clause_role(c, p, "to"); /* "the minimum of … to 3" */
    while (p != c->to && p > c->from && !bounds(&c->tokens->v[p]) &&
           (to || clause_role(c, p, "of") || clause_role(c, p, "on")))
        p = clause_said_before(c, p);
    const struct token *t = p != c->to ? &c->tokens->v[p] : NULL;
    if (!scaler && t != NULL && bounds(t) && to) /* "its maximum number of replicas to 20": of what was told of */
        slots_set(&c->frame.slots, token_is(t, WORD_ROLE, "limit") ? "max_said" : "min_said", n);
    if (!scaler || t == NULL || !bounds(t))
        return false;
    slots_add(&c->frame.slots, token_is(t, WORD_ROLE, "limit") ? "max" : "min", n);
    clause_use(c, i);
    if (op_str_eq(clause_value(c, next, WORD_UNIT), "replica") || op_str_eq(clause_value(c, next, WORD_KIND), "pod"))
        clause_use(c, next);
    return true;
}

/* "change the port of the service api to 8080", "from 80 to 8080": the number is what was said to change. */
bool measure_of_port(struct clause *c, size_t i, const char *n)
{
    static const char *const setting[] = { "set", "update", "switch", "patch", NULL };
    static const char *const roles[][2] = { { "targetport", "target_port" },
                                            { "nodeportnumber", "node_port" },
                                            { "port", "port" } };
    size_t p = clause_said_before(c, i);
    const struct token *next = clause_token(c, i + clause_token(c, i)->span);
    if (p == c->to || !clause_role(c, p, "to") || !clause_verb_in(c, setting) ||
        (next != NULL && token_sense(next, WORD_UNIT) != NULL))
        return false;
    while (p-- > c->from) {
        if (token_is(&c->tokens->v[p], WORD_UNIT, "replica") || token_is(&c->tokens->v[p], WORD_ROLE, "and"))
            return false;
        for (size_t k = 0; k < OP_LEN(roles); k++)
            if (token_is(&c->tokens->v[p], WORD_ROLE, roles[k][0]) ||
                (k == 1 && token_is(&c->tokens->v[p], WORD_TOPIC, "nodeport"))) {
                slots_set(&c->frame.slots, roles[k][1], n);
                clause_use(c, i);
                return true;
            }
    }
    return false;
}

/* "two pods fewer" */
bool measure_fewer(struct clause *c, size_t i, const char *n)
{
    size_t pods = i + clause_token(c, i)->span;
    const struct token *how = clause_token(c, pods + 1);
    bool less = how != NULL && token_is(how, WORD_UNIT, "less"), more = how != NULL && token_is(how, WORD_UNIT, "more");
    if (!op_str_eq(clause_value(c, pods, WORD_KIND), "pod") || !(less || more))
        return false;
    slots_setf(&c->frame.slots, "relative", "%s%s", less ? "-" : "+", n);
    for (size_t k = i; k <= pods + 1; k++)
        clause_use(c, k);
    return true;
}

/* "make it 3": of what was told of before. */
bool measure_made_it(struct clause *c, size_t i, const char *n)
{
    const struct token *it = clause_token(c, i - 1);
    if (!op_str_eq(c->frame.verb, "create") || it == NULL || !token_is(it, WORD_MOOD, "reference") ||
        slots_get(&c->frame.slots, "count") != NULL)
        return false;
    slots_add(&c->frame.slots, "count", n);
    clause_use(c, i);
    slots_set(&c->frame.slots, "made_it", "true");
    return true;
}

/* "half a core", "a quarter of a cpu" */
bool measure_part_of_core(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    bool half = strcmp(t->low, "half") == 0, quarter = strcmp(t->low, "quarter") == 0;
    size_t unit = i + 1;
    while (clause_role(c, unit, "det") || clause_role(c, unit, "of"))
        unit++;
    bool cpu =
        op_str_eq(clause_value(c, unit, WORD_UNIT), "cpu") || op_str_eq(clause_value(c, unit, WORD_TOPIC), "cpu");
    if (!(half || quarter) || t->used || !c->frame.changes || !cpu)
        return false;
    clause_quantity(c, i, half ? "500" : "250", "m");
    clause_use(c, i);
    clause_use(c, unit);
    frame_untopic(c, i);
    frame_topic(&c->frame, "cpu");
    return true;
}
