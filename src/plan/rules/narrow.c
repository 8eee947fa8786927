/* Phrases that narrow a read ("older than 7 days", "containing 'timeout'"): heard before the mood, so that what is
 * looked for is not taken for trouble, and never where something is to be changed. */
#include "intent.h"
#include "spoken.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

/* "not older than", "do not contain": the other way round. */
static const char *turned(struct clause *c, size_t at, const char *how)
{
    static const char *const pairs[][2] = { { "more", "most" },     { "less", "least" },   { "least", "less" },
                                            { "most", "more" },     { "has", "without" },  { "without", "has" },
                                            { "older", "younger" }, { "younger", "older" } };
    static const char *const negations[] = { "not", "never", "no" };
    if (at <= c->from || !OP_IN(c->tokens->v[at - 1].low, negations))
        return how;
    c->tokens->v[at - 1].used = true;
    c->tokens->v[at - 1].n_senses = 0;
    for (size_t i = 0; i < OP_LEN(pairs); i++)
        if (strcmp(how, pairs[i][0]) == 0)
            return pairs[i][1];
    return how;
}

/* Those of the catalogue's ways that can be filled, each as a slot "narrowed". */
void narrow_take(struct clause *c, const struct op_node *narrows, const struct frame *found, size_t at)
{
    const char *column = op_node_text(op_node_get(narrows, "column"));
    for (const struct op_node *n = op_node_first(narrows); n != NULL; n = op_node_next(n)) {
        OP_AUTO_FREE char *text = strcmp(op_node_key(n), "column") != 0 ? fill_choice(n, found) : NULL;
        if (text == NULL)
            continue;
        OP_AUTO_FREE char *where =
            op_asprintf("%s\n%s\n%s", column != NULL ? column : "", turned(c, at, op_node_key(n)), text);
        slots_add(&c->frame.slots, "narrowed", where);
    }
}

/* Is one of "a|b|c" among the words, taken or not? */
static bool says_one(const struct clause *c, const char *words)
{
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        size_t n = strlen(t->low);
        for (const char *at = words; n > 0 && (t->flags & TOKEN_QUOTED) == 0 && at != NULL; at = strchr(at, '|')) {
            at += *at == '|';
            if (strncmp(at, t->low, n) == 0 && (at[n] == '|' || at[n] == '\0'))
                return true;
        }
    }
    return false;
}

static bool says_all(const struct clause *c, const struct op_node *list, bool wanted)
{
    for (const struct op_node *n = op_node_first(list); n != NULL; n = op_node_next(n))
        if (op_node_text(n) != NULL && says_one(c, op_node_text(n)) != wanted)
            return false;
    return true;
}

/* "web should have 5 replicas" wishes; "deployments that have 5 replicas" tells which. */
static const char *const holding[] = { "have", "run", "be" };

static bool narrows_here(const struct clause *c, const struct phrase *p, const struct setting *s, size_t at)
{
    static const char *const modal[] = { "to", "should", "must", "shall" };
    bool wished = at > c->from && OP_IN(c->tokens->v[at - 1].low, modal) && OP_IN(c->tokens->v[at].low, holding);
    return !wished && (p->asks == NULL || at == s->first);
}

static bool can_narrow(const struct clause *c, const struct phrase *p, const struct setting *s)
{
    return p->narrows != NULL && (p->kinds == NULL || setting_has(s, p->kinds)) && !setting_has(s, p->lacks) &&
           says_all(c, p->beside, true) && says_all(c, p->apart, false);
}

/* The phrases that can be said of this clause at all, wherever in it; free() it. */
static const struct phrase **narrowing(const struct clause *c, const struct spoken *s, const struct setting *around,
                                       size_t *n)
{
    const struct phrase **out = op_calloc(s->n + 1, sizeof(struct phrase *));
    *n = 0;
    for (size_t k = 0; k < s->n; k++)
        if (can_narrow(c, &s->v[k], around))
            out[(*n)++] = &s->v[k];
    return out;
}

static bool speaks_of_logs(const struct clause *c)
{
    return says_one(c, "log|logs|output|stdout|stderr|tail");
}

bool clause_sifts(struct clause *before, struct clause *after)
{
    static const char *const shown[] = { "only", "just", "me", "the", "all", "any", "us" };
    const struct word *verb = clause_imperative(after, after->from);
    if (verb == NULL || verb->changes || !(speaks_of_logs(before) || says_one(before, "lines")) ||
        speaks_of_logs(after))
        return false;
    if (strcmp(verb->value, "find") == 0)
        return true;
    size_t i = after->from + after->tokens->v[after->from].span;
    while (i < after->to && OP_IN(after->tokens->v[i].low, shown))
        i++;
    size_t len = 0;
    static const char lines[] = "lines|line|entries|messages|ones|those|matches|occurrences|context";
    return i < after->to &&
           (hear_one_of(&after->tokens->v[i], lines, sizeof(lines) - 1, &len) != NULL ||
            (i + 1 < after->to && hear_one_of(&after->tokens->v[i + 1], lines, sizeof(lines) - 1, &len) != NULL));
}

/* The verb that tells to change something, or NULL. "Which pods use …" asks. */
static const char *tells_to_change(struct clause *c)
{
    static const char *const asking[] = { "which", "count", "yesno", "why" };
    static const char *const shall[] = { "should", "must", "shall", "ought", "needs" };
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *verb = clause_imperative(c, i), *mood = token_sense(&c->tokens->v[i], WORD_MOOD);
        if (mood != NULL && OP_IN(mood->value, asking))
            return NULL;
        const struct token *prev = clause_token(c, i - (i > c->from)); /* "1 restart", "in use": a noun */
        bool noun = i > c->from && ((prev->flags & TOKEN_NUMERIC) != 0 || token_sense(prev, WORD_NUMBER) != NULL ||
                                    strcmp(prev->low, "in") == 0);
        if (verb != NULL && verb->changes && !noun)
            return verb->value;
        if (OP_IN(c->tokens->v[i].low, shall)) /* "web should use nginx:1.27" */
            return "set";
    }
    return NULL;
}

/* Is something named outside of [from, to)? A namespace is not meant. */
static bool named_elsewhere(struct clause *c, size_t from, size_t to)
{
    for (size_t i = c->from; i < c->to; i++) {
        size_t p = clause_before(c, i);
        bool place =
            p != c->to && (clause_role(c, p, "in") || clause_role(c, p, "from") || clause_role(c, p, "namespaceword") ||
                           token_is(&c->tokens->v[p], WORD_KIND, "namespace"));
        const struct token *next = clause_token(c, i + 1);
        place = place || (next != NULL && token_is(next, WORD_KIND, "namespace"));
        bool mark = strchr(c->tokens->v[i].text, '=') != NULL; /* "with stale=true" */
        if ((i < from || i >= to) && !place && !mark && clause_name(c, i))
            return true;
    }
    return false;
}

/* "delete the pods older than 2 days": what is chosen by a condition is not known before it was looked at. */
static void chosen_by(struct clause *c, const struct spoken *s, const struct setting *around)
{
    size_t n = 0;
    OP_AUTO_FREE const struct phrase **can = narrowing(c, s, around, &n);
    for (size_t i = c->from; i < c->to; i++) {
        for (size_t k = 0; k < n; k++) {
            const struct phrase *p = can[k];
            const char *column = op_node_text(op_node_get(p->narrows, "column"));
            bool rows = column != NULL && strcmp(column, "IMAGES") != 0 && narrows_here(c, p, around, i);
            size_t end = rows ? spoken_match(s, p, c, i, NULL) : 0;
            if (end == 0 || named_elsewhere(c, i, end))
                continue;
            OP_AUTO_BUF said = OP_BUF_INIT;
            for (size_t at = i; at < end; at++) {
                struct token *t = &c->tokens->v[at];
                op_buf_addf(&said, "%s%s", at > i ? " " : "", t->text);
                t->used = true; /* no name, whatever it looks like */
                t->flags |= TOKEN_SPOKEN;
                t->inside = false;
                t->n_senses = 0;
                t->span = 1;
            }
            slots_set(&c->frame.slots, "chosen_by", op_buf_str(&said));
            return;
        }
    }
}

/* "a pod named web with the image …": one that is to be made, not some of those there are. */
static bool describes_new(struct clause *c)
{
    static const char *const articles[] = { "a", "an" };
    static const char *const calling[] = { "named", "called" };
    const struct token *t = clause_token(c, c->from);
    for (size_t i = c->from + 1; t != NULL && OP_IN(t->low, articles) && i + 1 < c->to && i < c->from + 5; i++) {
        const struct word *kind = token_sense(&c->tokens->v[i], WORD_KIND);
        if (kind != NULL)
            return kind->one && OP_IN(c->tokens->v[i + c->tokens->v[i].span].low, calling);
    }
    return false;
}

void clause_narrow(struct clause *c, const struct spoken *s)
{
    static const char *const choosing[] = { "delete",   "restart", "scale",    "stop",     "drain",  "cordon",
                                            "uncordon", "label",   "annotate", "clean",    "taint",  "decrease",
                                            "increase", "pause",   "resume",   "rollback", "update", "set" };
    struct setting around = { 0 };
    const char *verb = tells_to_change(c);
    if (c->to - c->from < 3 || describes_new(c)) /* "get pods": two words are not narrowed by a third */
        return;
    setting_look(c, &around);
    if (verb != NULL) {
        if (OP_IN(verb, choosing))
            chosen_by(c, s, &around);
        return;
    }
    size_t n = 0;
    OP_AUTO_FREE const struct phrase **can = narrowing(c, s, &around, &n);
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *kind = clause_kind_before(c, i);
        bool name = kind != NULL && kind->one && token_sense(&c->tokens->v[i], WORD_VERB) != NULL &&
                    !c->tokens->v[i].inflected; /* "the deployment search" */
        size_t end = 0;
        for (size_t k = 0; k < n && end == 0 && !name; k++)
            if (narrows_here(c, can[k], &around, i))
                end = hear_phrase(c, s, can[k], i);
        i = end != 0 ? end - 1 : i;
    }
}

bool clause_narrows(struct clause *c, const struct spoken *s)
{
    struct setting around = { 0 };
    size_t at = c->from;
    while (at < c->to && token_sense(&c->tokens->v[at], WORD_KIND) == NULL)
        at++;
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *verb = clause_imperative(c, i);
        if (verb != NULL && verb->changes)
            return false;
    }
    at += at < c->to ? c->tokens->v[at].span : 0;
    if (at >= c->to)
        return false;
    setting_look(c, &around);
    for (size_t k = 0; k < s->n; k++)
        if (op_node_get(s->v[k].narrows, "column") != NULL && can_narrow(c, &s->v[k], &around) &&
            narrows_here(c, &s->v[k], &around, at) && spoken_match(s, &s->v[k], c, at, NULL) != 0)
            return true;
    return false;
}

void clause_narrowed(struct clause *c)
{
    static const char *const examining[] = { "audit", "diagnose", "check", "explain", "compare", "cani" };
    struct frame *f = &c->frame;
    bool why = false;
    for (size_t i = c->from; i < c->to; i++)
        why = why || token_is(&c->tokens->v[i], WORD_MOOD, "why");
    const char *narrowed = slots_get(&f->slots, "narrowed");
    if (narrowed == NULL || *narrowed != '\n' || !frame_has_topic(f, "logs") || why)
        return;
    if (OP_IN(f->verb, examining))
        f->verb = "find";
    if (f->mood == MOOD_WHY)
        f->mood = MOOD_DO;
}
