/* Numbers and what they count: replicas, ports, lines, time, memory, CPU, revisions; absolute or
 * relative to what is. */
#include "request.h"

#include "opsh/base/str.h"

static const char *number(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    if (t == NULL || t->used || t->inside)
        return NULL;
    if ((t->flags & TOKEN_NUMERIC) != 0 && (t->flags & TOKEN_QUOTED) == 0)
        return t->text;
    const struct token *next = clause_token(c, i + 1), *prev = i > c->from ? clause_token(c, i - 1) : NULL;
    size_t whole = strspn(t->low, "0123456789");
    bool decimal = whole > 0 && t->low[whole] == '.' && t->low[whole + 1] != '\0' &&
                   strspn(t->low + whole + 1, "0123456789") == strlen(t->low + whole + 1);
    if (decimal && ((next != NULL && token_is(next, WORD_TOPIC, "cpu")) ||
                    (prev != NULL && strstr(prev->low, "cpu") != NULL))) /* "0.5 cpu" */
        return t->text;
    return clause_value(c, i, WORD_NUMBER);
}

/* The last token before i that says something. */
size_t clause_said_before(struct clause *c, size_t i)
{
    while (i-- > c->from)
        if (!token_filler(&c->tokens->v[i]) && token_sense(&c->tokens->v[i], WORD_MOOD) == NULL)
            return i;
    return c->to;
}

static bool verb_in(const struct clause *c, const char *const *list)
{
    for (; *list != NULL; list++)
        if (op_str_eq(c->frame.verb, *list))
            return true;
    return false;
}

static const char *const scaling[] = { "scale",  "increase", "decrease", "set",   "update", "add",
                                       "delete", "reduce",   "double",   "halve", "deploy", "create",
                                       "run",    "start",    "expand",   NULL };
static const char *const growing[] = { "increase", "add", "expand", NULL };
static const char *const shrinking[] = { "decrease", "delete", NULL };

static int direction(const struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        if (token_is(t, WORD_TOPIC, "down") || strcmp(t->low, "down") == 0)
            return -1;
    }
    return verb_in(c, shrinking) ? -1 : 1;
}

static void set(struct clause *c, const char *slot, const char *value, size_t i)
{
    slots_add(&c->frame.slots, slot, value);
    clause_use(c, i);
}

/* "last 2 hours", "every 5 minutes", "older than 3 days", "for 30 seconds". */
static void time_span(struct clause *c, size_t i, const char *n, const char *unit, size_t unit_at)
{
    const char *slot = "timeout";
    for (size_t k = i, steps = 0; k-- > c->from && steps < 3;) {
        const struct token *t = &c->tokens->v[k];
        steps += !token_filler(t) && token_sense(t, WORD_MOOD) == NULL;
        if (token_is(t, WORD_ROLE, "since"))
            slot = "since";
        else if (token_is(t, WORD_ROLE, "schedule"))
            slot = "every";
        else if (token_is(t, WORD_TOPIC, "old") || op_str_eq(t->low, "older") || op_str_eq(t->low, "than") ||
                 op_str_eq(t->low, "longer"))
            slot = "older";
        else
            continue;
        break;
    }
    int64_t many = 1;
    if (!op_str_int(n, 0, 100000, &many))
        return;
    bool days = *unit == 'd', weeks = *unit == 'w';
    if (op_str_eq(slot, "since") && (days || weeks)) /* kubectl knows hours */
        slots_setf(&c->frame.slots, slot, "%lldh", (long long)many * (days ? 24 : 168));
    else
        slots_setf(&c->frame.slots, slot, "%s%s", n, unit);
    clause_use(c, i);
    clause_use(c, unit_at);
}

/* "10m", "1h", "24h" behind "last"/"since"; "50%", "2x"; "8080:80". */
static bool compact_other(struct clause *c, size_t i)
{
    struct token *t = clause_token(c, i);
    size_t n = strspn(t->low, "0123456789");
    if (n == 0 || t->used || (t->flags & TOKEN_QUOTED) != 0)
        return false;
    const char *tail = t->low + n;
    struct slots *s = &c->frame.slots;
    size_t p = clause_said_before(c, i);
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%.*s", (int)(n < 20 ? n : 20), t->low);
    if (p != c->to && token_is(&c->tokens->v[p], WORD_ROLE, "since") && strlen(tail) == 1 && strchr("smhd", *tail)) {
        time_span(c, i, digits, tail, i);
        return true;
    }
    if (op_str_eq(tail, "%")) {
        bool by = p != c->to && token_is(&c->tokens->v[p], WORD_ROLE, "by");
        slots_setf(s, by ? "relative" : "percent", by ? "%s%s%%" : "%s%s", by ? (direction(c) < 0 ? "-" : "+") : "",
                   digits);
        clause_use(c, i);
        return true;
    }
    if (op_str_eq(tail, "x")) {
        slots_setf(s, "relative", "x%s", digits);
        clause_use(c, i);
        return true;
    }
    if (*tail == ':' && tail[1] != '\0' && strspn(tail + 1, "0123456789") == strlen(tail + 1)) {
        slots_set(s, "local_port", digits);
        slots_set(s, "port", tail + 1);
        slots_set(s, "ports", t->low);
        clause_use(c, i);
        return true;
    }
    return false;
}

static void port_list(struct clause *c, size_t i, const char *slot)
{
    for (;;) {
        const char *n = number(c, i);
        if (n == NULL)
            return;
        slots_add(&c->frame.slots, slot, n);
        size_t next = i + 1;
        clause_use(c, i);
        if (clause_role(c, next, "and"))
            next++;
        i = next;
    }
}

/* By the word in front of it. */
static bool by_role(struct clause *c, size_t i, const char *n)
{
    static const struct {
        const char *role, *slot;
    } rows[] = {
        { "targetport", "target_port" }, { "nodeportnumber", "node_port" }, { "port", "port" },
        { "revision", "revision" },      { "version", "version" },
    };
    size_t p = clause_said_before(c, i);
    if (p != c->to && (clause_role(c, p, "to") || clause_role(c, p, "at")) && p > c->from)
        p = clause_said_before(c, p);
    for (size_t k = 0; k < OP_LEN(rows) && p != c->to; k++) {
        const struct token *t = &c->tokens->v[p];
        if (!token_is(t, WORD_ROLE, rows[k].role))
            continue;
        if (op_str_eq(rows[k].slot, "port"))
            port_list(c, i, "port");
        else
            set(c, rows[k].slot, n, i);
        return true;
    }
    if (p != c->to && token_is(&c->tokens->v[p], WORD_TOPIC, "nodeport")) {
        set(c, "node_port", n, i);
        return true;
    }
    const struct word *limit = p != c->to ? token_sense(&c->tokens->v[p], WORD_ROLE) : NULL;
    bool autoscale = op_str_eq(c->frame.verb, "autoscale") || frame_has_topic(&c->frame, "autoscaling") ||
                     frame_has_topic(&c->frame, "autoscaleword");
    if (autoscale && limit != NULL && (strcmp(limit->value, "limit") == 0 || strcmp(limit->value, "request") == 0)) {
        set(c, strcmp(limit->value, "limit") == 0 ? "max" : "min", n, i);
        return true;
    }
    return false;
}

/* By the word behind it. */
static bool by_unit(struct clause *c, size_t i, const char *n)
{
    size_t next = i + clause_token(c, i)->span;
    const char *unit = clause_value(c, next, WORD_UNIT);
    bool scaler = op_str_eq(c->frame.verb, "autoscale") || frame_has_topic(&c->frame, "autoscaleword");
    if (unit == NULL && c->frame.changes && !scaler && op_str_eq(clause_value(c, next, WORD_TOPIC), "cpu"))
        unit = "cpu"; /* "1 cpu" */
    if (unit == NULL)
        return false;
    static const char *const times[] = { "s", "m", "h", "d", "w", NULL };
    struct slots *s = &c->frame.slots;
    for (size_t k = 0; times[k] != NULL; k++) {
        if (op_str_eq(unit, times[k])) {
            time_span(c, i, n, unit, next);
            return true;
        }
    }
    const struct token *after = clause_token(c, next + 1);
    if (op_str_eq(unit, "replica") && after != NULL &&
        (token_is(after, WORD_UNIT, "less") || token_is(after, WORD_UNIT, "more"))) { /* "two replicas fewer" */
        slots_setf(s, "relative", "%s%s", token_is(after, WORD_UNIT, "less") ? "-" : "+", n);
        clause_use(c, next + 1);
    } else if (op_str_eq(unit, "line")) {
        slots_set(s, "tail", n);
    } else if (op_str_eq(unit, "more") || op_str_eq(unit, "less")) {
        slots_setf(s, "relative", "%s%s", op_str_eq(unit, "more") ? "+" : "-", n);
        size_t noun = next + 1;
        if (clause_value(c, noun, WORD_UNIT) != NULL)
            clause_use(c, noun);
    } else if (op_str_eq(unit, "percent")) {
        size_t p = clause_said_before(c, i);
        bool by = p != c->to && token_is(&c->tokens->v[p], WORD_ROLE, "by");
        slots_setf(s, by ? "relative" : "percent", by ? "%s%s%%" : "%s%s", by ? (direction(c) < 0 ? "-" : "+") : "", n);
    } else if (op_str_eq(unit, "replica")) {
        size_t p = clause_said_before(c, i);
        bool by = p != c->to && token_is(&c->tokens->v[p], WORD_ROLE, "by");
        bool change = by || ((verb_in(c, growing) || verb_in(c, shrinking)) && p != c->to &&
                             token_sense(&c->tokens->v[p], WORD_VERB) != NULL);
        if (change)
            slots_setf(s, "relative", "%s%s", direction(c) < 0 ? "-" : "+", n);
        else
            slots_set(s, "count", n);
    } else {
        clause_quantity(c, i, n, unit);
    }
    clause_use(c, i);
    clause_use(c, next);
    return true;
}

/* "between 2 and 5", "from 2 to 5", "by 2". */
static bool in_range(struct clause *c, size_t i, const char *n, const struct token *prev)
{
    struct slots *s = &c->frame.slots;
    bool autoscale = op_str_eq(c->frame.verb, "autoscale") || frame_has_topic(&c->frame, "autoscaleword");
    if ((token_is(prev, WORD_ROLE, "between") || (autoscale && token_is(prev, WORD_ROLE, "from")))) {
        set(c, "min", n, i);
        return true;
    }
    if (slots_get(s, "min") != NULL && slots_get(s, "max") == NULL &&
        (token_is(prev, WORD_ROLE, "and") || token_is(prev, WORD_ROLE, "to"))) {
        set(c, "max", n, i);
        return true;
    }
    if (token_is(prev, WORD_ROLE, "from") && verb_in(c, scaling)) {
        set(c, "from_count", n, i);
        return true;
    }
    if (token_is(prev, WORD_ROLE, "by") && verb_in(c, scaling)) {
        slots_setf(s, "relative", "%s%s", direction(c) < 0 ? "-" : "+", n);
        clause_use(c, i);
        return true;
    }
    return false;
}

/* "last 50 [logs]", "from 2 to 5", "to 5", "by 2", "between 2 and 5", "3 pods". */
static bool by_position(struct clause *c, size_t i, const char *n)
{
    struct slots *s = &c->frame.slots;
    size_t p = clause_said_before(c, i), next = i + clause_token(c, i)->span;
    if (clause_value(c, next, WORD_TOPIC) != NULL && token_is(&c->tokens->v[next], WORD_TOPIC, "memory")) {
        slots_set(s, "memory", n);
        clause_use(c, i);
        return true;
    }
    const struct token *prev = p != c->to ? &c->tokens->v[p] : NULL;
    bool autoscale = op_str_eq(c->frame.verb, "autoscale") || frame_has_topic(&c->frame, "autoscaleword");
    if (prev != NULL && (token_is(prev, WORD_ROLE, "since") || op_str_eq(c->frame.verb, "tail")) &&
        !verb_in(c, scaling)) {
        set(c, "tail", n, i);
        return true;
    }
    if (prev != NULL && in_range(c, i, n, prev))
        return true;
    size_t pp = prev != NULL && token_is(prev, WORD_ROLE, "to") ? clause_said_before(c, p) : p;
    if (pp != c->to && token_is(&c->tokens->v[pp], WORD_UNIT, "replica")) { /* "replica count to 1", "replicas: 3" */
        set(c, "count", n, i);
        return true;
    }
    const char *kind = clause_value(c, next, WORD_KIND);
    if (measure_fewer(c, i, n) || measure_made_it(c, i, n))
        return true;
    bool counted = op_str_eq(kind, "pod") || op_str_eq(kind, "node") || op_str_eq(kind, "container");
    if (counted && verb_in(c, scaling)) {
        set(c, op_str_eq(kind, "node") ? "nodes" : "count", n, i);
        clause_use(c, next);
        return true;
    }
    if (prev != NULL && (op_str_eq(c->frame.verb, "expose") || op_str_eq(c->frame.verb, "forward"))) {
        bool to = token_is(prev, WORD_ROLE, "to") && slots_get(s, "port") != NULL;
        set(c, to ? "target_port" : "port", n, i);
        return true;
    }
    bool of_cpu = prev != NULL && (token_is(prev, WORD_TOPIC, "cpu") || op_str_starts(prev->low, "cpu"));
    if (of_cpu) {
        if (autoscale)
            slots_set(s, "percent", n);
        else
            clause_quantity(c, i, n, "cpu");
        clause_use(c, i);
        return true;
    }
    if (verb_in(c, scaling) && slots_get(s, "count") == NULL && prev != NULL &&
        ((c->again && p == c->from) || token_is(prev, WORD_ROLE, "to") || token_is(prev, WORD_UNIT, "replica") ||
         token_is(prev, WORD_ROLE, "with") || op_str_eq(c->frame.verb, "scale"))) {
        set(c, "count", n, i);
        return true;
    }
    return false;
}

/* "version 15.0.0", "to v2", "version 1.21": numbers with dots are versions where the word says so. */
static bool version_text(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    const char *digits = t->low + (*t->low == 'v');
    size_t p = clause_said_before(c, i);
    if (t->used || t->inside || !isdigit((unsigned char)*digits) || p == c->to || strchr(t->low, ':') != NULL)
        return false;
    bool to = token_is(&c->tokens->v[p], WORD_ROLE, "to"); /* "change the tag of web to 1.9" */
    static const char *const moving[] = {
        "update", "upgrade", "increase", "set", "switch", "deploy", "decrease", NULL
    };
    size_t n = strspn(digits, "0123456789.");
    bool plain = digits[n] == '\0' && (*t->low == 'v' || memchr(digits, '.', n) != NULL);
    bool amount = frame_has_topic(&c->frame, "cpu") || frame_has_topic(&c->frame, "limits") ||
                  frame_has_topic(&c->frame, "memory") || frame_has_topic(&c->frame, "requests");
    const struct token *unit = clause_token(c, i + 1);
    bool said =
        token_is(&c->tokens->v[p], WORD_ROLE, "version") ||
        (to && plain && !amount && verb_in(c, moving) && (unit == NULL || token_sense(unit, WORD_UNIT) == NULL));
    for (size_t k = c->from; k < p && to && c->frame.changes; k++)
        said = said || (token_is(&c->tokens->v[k], WORD_ROLE, "version") && !c->tokens->v[k].inside);
    if (!said)
        return false;
    slots_set(&c->frame.slots, "version", t->text);
    clause_use(c, i);
    return true;
}

static void relative_words(struct clause *c)
{
    static const struct {
        const char *verb, *topic, *relative;
    } rows[] = {
        { "double", "double", "x2" },
        { "halve", "half", "/2" },
        { "triple", "triple", "x3" },
    };
    struct slots *s = &c->frame.slots;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        for (size_t k = 0; k < OP_LEN(rows); k++)
            if ((token_is(t, WORD_TOPIC, rows[k].topic) && !t->used) || op_str_eq(c->frame.verb, rows[k].verb))
                slots_set(s, "relative", rows[k].relative);
    }
    /* "add another replica": one more */
    for (size_t i = c->from; i < c->to && slots_get(s, "relative") == NULL; i++) {
        bool another = op_str_eq(c->tokens->v[i].low, "another") || op_str_eq(c->tokens->v[i].low, "additional");
        if (another && clause_value(c, i + 1, WORD_UNIT) != NULL)
            slots_set(s, "relative", "+1");
    }
}

/* "the last hour", "the past day": one of them. */
static void bare_time(struct clause *c, size_t i)
{
    static const char *const times[] = { "m", "h", "d", "w" };
    const char *unit = clause_value(c, i, WORD_UNIT);
    size_t p = clause_said_before(c, i);
    if (unit == NULL || p == c->to || !token_is(&c->tokens->v[p], WORD_ROLE, "since"))
        return;
    for (size_t k = 0; k < OP_LEN(times); k++)
        if (op_str_eq(unit, times[k]))
            time_span(c, i, "1", unit, i);
}

/* "redis x3", "3x web" */
static bool times(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    const char *n = *t->low == 'x' ? t->low + 1 : t->low;
    size_t digits = strspn(n, "0123456789");
    bool marked = digits > 0 && digits < 4 && (n > t->low ? n[digits] == '\0' : strcmp(n + digits, "x") == 0);
    if (!marked || t->used || (t->flags & TOKEN_QUOTED) != 0 || !c->frame.changes)
        return false;
    slots_setf(&c->frame.slots, "count", "%.*s", (int)digits, n);
    clause_use(c, i);
    return true;
}

void clause_amounts(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++) {
        if (times(c, i) || measure_part_of_core(c, i) || version_text(c, i) || clause_compact_quantity(c, i) ||
            compact_other(c, i))
            continue;
        const char *n = number(c, i);
        if (n == NULL) {
            bare_time(c, i);
            continue;
        }
        if (!measure_of_scaler(c, i, n) && !measure_of_port(c, i, n) && !by_unit(c, i, n) && !by_role(c, i, n))
            (void)by_position(c, i, n);
    }
    relative_words(c);
}
