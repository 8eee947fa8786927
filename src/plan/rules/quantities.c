/* Memory and CPU as people write them: limits and requests, in one word or two. */
#include "request.h"

#include "opsh/base/str.h"

static int limit_or_request(const struct token *t)
{
    if (token_is(t, WORD_ROLE, "limit") || token_is(t, WORD_TOPIC, "limits"))
        return 1;
    return token_is(t, WORD_ROLE, "request") || token_is(t, WORD_TOPIC, "requests") ? -1 : 0;
}

/* limit or request? The word that stands right before it ("memory limit 1Gi", "limits to 1Gi"), else right behind it
 * ("1Gi memory limit"), else the nearest before it; limits are what people mean. */
static bool is_request(struct clause *c, size_t i)
{
    int found = 0;
    for (size_t k = i, steps = 0; k-- > c->from && steps < 3 && found == 0; steps++) {
        const struct token *t = &c->tokens->v[k];
        if (token_is(t, WORD_ROLE, "and") || (t->flags & TOKEN_COMMA) != 0 || isdigit((unsigned char)*t->text))
            break;
        found = limit_or_request(t);
    }
    bool ends = (c->tokens->v[i].flags & TOKEN_COMMA) != 0; /* "128Mi, limits …": what comes is of the next */
    for (size_t k = i + 1; !ends && k < c->to && k < i + 4 && found == 0; k++) {
        const struct token *t = &c->tokens->v[k];
        if (token_is(t, WORD_ROLE, "and") || isdigit((unsigned char)*t->text))
            break;
        found = limit_or_request(t);
        if ((t->flags & TOKEN_COMMA) != 0)
            break;
    }
    for (size_t k = i; k-- > c->from && found == 0;)
        found = limit_or_request(&c->tokens->v[k]);
    return found < 0;
}

static const char *about(struct clause *c, size_t i)
{
    static const char *const beside[] = { "cpu", "memory" }; /* "100m cpu and 64Mi memory": what stands at it counts */
    const struct token *next = clause_token(c, i + 1), *prev = clause_token(c, i - 1), *then = clause_token(c, i + 2);
    bool leads = prev != NULL && then != NULL && isdigit((unsigned char)*then->text); /* "cpu 100m memory 64Mi" */
    for (size_t k = 0; k < OP_LEN(beside) && leads; k++)
        if (token_is(prev, WORD_TOPIC, beside[k]))
            return beside[k];
    for (size_t k = 0; k < OP_LEN(beside) && next != NULL; k++)
        if (token_is(next, WORD_TOPIC, beside[k]))
            return beside[k];
    for (size_t k = i; k-- > c->from;) {
        if (token_is(&c->tokens->v[k], WORD_TOPIC, "cpu"))
            return "cpu";
        if (token_is(&c->tokens->v[k], WORD_TOPIC, "memory"))
            return "memory";
        if (op_str_ends(c->tokens->v[k].low, "cpu"))
            return "cpu";
    }
    for (size_t k = i + 1; k < c->to && k < i + 3; k++) {
        if (token_is(&c->tokens->v[k], WORD_TOPIC, "cpu"))
            return "cpu";
        if (token_is(&c->tokens->v[k], WORD_TOPIC, "memory"))
            return "memory";
    }
    return NULL;
}

static bool is_step(struct clause *c, size_t i)
{
    static const char *const moving[] = { "increase", "decrease", "add", "delete", "expand", "scale", NULL };
    size_t p = clause_before(c, i);
    const struct token *next = clause_token(c, i + 1);
    bool more = next != NULL && (token_is(next, WORD_UNIT, "more") || token_is(next, WORD_UNIT, "less"));
    return clause_verb_in(c, moving) && ((p != c->to && token_is(&c->tokens->v[p], WORD_ROLE, "by")) || more);
}

void clause_quantity(struct clause *c, size_t i, const char *n, const char *unit)
{
    static const char *const binary[] = { "Ki", "Mi", "Gi", "Ti", "K", "M", "G", "T", "Ei", "Pi" };
    struct slots *s = &c->frame.slots;
    bool bytes = OP_IN(unit, binary);
    const char *what = bytes ? "memory" : op_str_eq(unit, "cpu") ? "cpu" : about(c, i);
    if (what == NULL)
        what = "cpu";
    const char *shown = op_str_eq(unit, "cpu") ? "" : unit;
    char value[64], slot[32];
    (void)snprintf(value, sizeof(value), "%s%s", n, shown);
    (void)snprintf(slot, sizeof(slot), "%s_%s", what, is_request(c, i) ? "request" : "limit");
    static const char *const names[] = { "memory_limit", "memory_request", "cpu_limit", "cpu_request" };
    if (is_step(c, i)) { /* "by 256Mi": so much more or less than it has */
        static const char *const shrinking[] = { "decrease", "delete", NULL };
        slots_setf(s, "relative", "%s%s", clause_verb_in(c, shrinking) ? "-" : "+", value);
        frame_topic(&c->frame, bytes ? "memory" : "cpu");
        return;
    }
    for (size_t k = 0; k < OP_LEN(names); k++)
        if (op_str_eq(slot, names[k]))
            slots_set(s, names[k], value);
    slots_set(s, bytes ? "size" : "cpus", value);
    if (bytes)
        slots_set(s, "memory", value);
}

/* "256Mi", "1.5Gi", "500m", "4GB" written in one word. */
bool clause_compact_quantity(struct clause *c, size_t i)
{
    static const struct {
        const char *written, *unit;
    } units[] = {
        { "mi", "Mi" }, { "gi", "Gi" }, { "ki", "Ki" }, { "ti", "Ti" }, { "mib", "Mi" }, { "gib", "Gi" },
        { "mb", "M" },  { "gb", "G" },  { "g", "G" },   { "m", "m" },   { "tb", "T" },
    };
    const struct token *t = clause_token(c, i);
    if (t->used || (t->flags & TOKEN_QUOTED) != 0)
        return false;
    size_t digits = strspn(t->low, "0123456789.");
    if (digits == 0 || t->low[digits] == '\0' || !isdigit((unsigned char)*t->low))
        return false;
    for (size_t k = 0; k < OP_LEN(units); k++) {
        if (strcmp(t->low + digits, units[k].written) != 0)
            continue;
        const char *unit = units[k].unit;
        size_t since = clause_before(c, i);
        if (since != c->to && strcmp(unit, "m") == 0 && token_is(&c->tokens->v[since], WORD_ROLE, "since"))
            return false; /* "the last 5m": minutes */
        if (op_str_eq(unit, "m") && op_str_eq(about(c, i), "memory"))
            unit = "M";
        char n[32];
        (void)snprintf(n, sizeof(n), "%.*s", (int)(digits < 30 ? digits : 30), t->low);
        clause_quantity(c, i, n, unit);
        clause_use(c, i);
        return true;
    }
    return false;
}
