/* What the request is about: images, kinds and the names that belong to them, topics. Runs last of
 * the slot stages: what the others took cannot be a name any more. */
#include "intent.h"
#include "spoken.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

void clause_topics(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        if (i > c->from && token_is(&c->tokens->v[i - 1], WORD_ROLE, "named"))
            continue; /* a name, whatever it looks like */
        if (clause_names_new(c, i) || clause_offbeat(c, i))
            continue;
        for (size_t k = 0; k < t->n_senses && !t->inside; k++)
            if (t->senses[k]->cls == WORD_TOPIC)
                frame_topic(&c->frame, t->senses[k]->value);
    }
}

/* ---- names ---- */

/* A name that starts at i: one token, or plain words side by side ("todo frontend" → todo-frontend). */
static size_t read_name(struct clause *c, size_t i, char *out, size_t size)
{
    struct token *t = clause_token(c, i);
    (void)snprintf(out, size, "%s", t->text);
    bool plain = (t->flags & (TOKEN_QUOTED | TOKEN_NAMELIKE)) == 0;
    size_t end = i + 1;
    while (plain && end < c->to && clause_name(c, end) &&
           (c->tokens->v[end - 1].flags & (TOKEN_COMMA | TOKEN_STOP | TOKEN_COLON)) == 0 &&
           (c->tokens->v[end].flags & (TOKEN_QUOTED | TOKEN_NAMELIKE | TOKEN_LINE)) == 0) {
        size_t n = strlen(out);
        (void)snprintf(out + n, size - n, "-%s", c->tokens->v[end].text);
        end++;
    }
    return end;
}

static void use_range(struct clause *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        clause_use(c, i);
}

/* A name, and those that follow by comma and "and". */
static size_t take_names(struct clause *c, size_t i, const char *slot)
{
    char name[256];
    size_t end = read_name(c, i, name, sizeof(name));
    const char *known = end == i + 1 ? token_image(clause_token(c, i)) : NULL;
    if (known != NULL && slots_get(&c->frame.slots, "known_image") == NULL)
        slots_set(&c->frame.slots, "known_image", known);
    slots_add(&c->frame.slots, slot, name);
    use_range(c, i, end);
    for (;;) {
        size_t next = end;
        bool comma = end > c->from && (c->tokens->v[end - 1].flags & TOKEN_COMMA) != 0;
        bool and = clause_role(c, next, "and");
        if (and)
            next = clause_name(c, next + 1) ? next + 1 : clause_after(c, next);
        if ((!comma && !and) || next >= c->to || !clause_name(c, next))
            return end;
        size_t stop = read_name(c, next, name, sizeof(name));
        slots_add(&c->frame.slots, slot, name);
        use_range(c, end, stop);
        end = stop;
    }
}

/* ---- kinds ---- */

/* Words that count as kinds only when nothing better is there ("resource", "cluster"), or that are
 * the place of something else. */
static bool weak_kind(const char *kind)
{
    static const char *const weak[] = {
        "cluster", "resource", "context", "namespace", "workload", "tool", "kubeconfig"
    };
    return OP_IN(kind, weak);
}

static void see_kind(struct frame *f, const struct word *w, bool named, bool unnamed)
{
    if (f->n_kinds < OP_LEN(f->kinds))
        f->kinds[f->n_kinds++] = w->value;
    bool better = f->kind == NULL || (weak_kind(f->kind) && !weak_kind(w->value) && unnamed);
    if (better) {
        f->kind = w->value;
        f->plural = !w->one && !named;
        f->several = !w->one;
    }
}

static bool joins(struct clause *c, size_t i)
{
    return clause_role(c, i, "for") || clause_role(c, i, "of");
}

static bool each(const struct token *t)
{
    return strcmp(t->low, "each") == 0 || strcmp(t->low, "every") == 0;
}

/* "restart all deployment", and what has no plural. */
static bool all_of(struct clause *c, size_t i)
{
    if (i > c->from && token_is(&c->tokens->v[i - 1], WORD_TOPIC, "all"))
        return true;
    return c->tokens->lang != 0 && frame_has_topic(&c->frame, "all");
}

/* "deploy web with a service and an ingress": what stands behind "with" comes along. */
static bool is_part(struct clause *c, size_t i)
{
    size_t with = i;
    bool only_kinds = true;
    while (with-- > c->from) {
        const struct token *t = &c->tokens->v[with];
        if (token_is(t, WORD_ROLE, "with"))
            break;
        only_kinds = only_kinds && (token_filler(t) || t->used || token_is(t, WORD_ROLE, "and") ||
                                    token_sense(t, WORD_KIND) != NULL || (t->flags & TOKEN_COMMA) != 0);
    }
    if (with >= i || with < c->from || !only_kinds)
        return false;
    if (c->frame.kind != NULL)
        return true;
    for (size_t k = c->from; k < with; k++)
        if (clause_name(c, k))
            return true;
    return false;
}

/* "create a job migrate", "a namespace called demo": where something new is named, most words are names. */
static bool new_name(struct clause *c, size_t i, bool said, const char *slot)
{
    static const char *const making[] = { "create", "run", "start", "deploy", "add", "launch", "set", NULL };
    char name[256];
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
    if (t == NULL || t->used || !c->frame.changes || !(said || clause_verb_in(c, making)) ||
        (hear_name(c, i, name, sizeof(name)) == 0 && !((said || clause_names_new(c, i)) && hear_any_name(c, i))) ||
        (next != NULL && !said && token_sense(next, WORD_KIND) != NULL))
        return false;
    slots_add(&c->frame.slots, slot, t->text);
    clause_use(c, i);
    return true;
}

/* Where the name stands that "called" at i speaks of: behind what says nothing, or just there ("called app"). */
static size_t named_at(struct clause *c, size_t i)
{
    size_t first = i + c->tokens->v[i].span, at = clause_after(c, i);
    return at < c->to && (clause_name(c, at) || (c->tokens->v[at].flags & TOKEN_QUOTED) != 0) ? at
           : hear_any_name(c, first)                                                          ? first
                                                                                              : at;
}

/* The names behind the kind at i ("deployment web", "deployment called web"); were there any? */
static bool names_behind(struct clause *c, size_t i, const char *slot)
{
    size_t next = i + clause_token(c, i)->span, at = clause_after(c, next);
    bool closed = (clause_token(c, i)->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0;
    if (clause_role(c, next, "named") && at < c->to &&
        (clause_name(c, at) || (c->tokens->v[at].flags & TOKEN_QUOTED) != 0)) {
        clause_use(c, next);
        (void)take_names(c, at, slot);
        return true;
    }
    if (clause_role(c, next, "named") && new_name(c, next + clause_token(c, next)->span, true, slot))
        return true;
    if (closed)
        return false;
    if (!clause_name(c, next) && next < c->to && !clause_ordinary(c, next) && new_name(c, next, false, slot))
        return true;
    if (clause_key_as_name(c, next)) {
        slots_add(&c->frame.slots, slot, c->tokens->v[next].text);
        clause_use(c, next);
        frame_untopic(c, next);
        return true;
    }
    if (!clause_name(c, next))
        return false;
    (void)take_names(c, next, slot);
    return true;
}

/* "the web, api and worker deployments": those in front of the one that begins at `first`. */
static void names_joined(struct clause *c, size_t first, const char *slot)
{
    size_t at[8], n = 0;
    for (size_t i = first; n < OP_LEN(at);) {
        size_t p = i;
        bool joined = false;
        while (p > c->from &&
               (token_filler(&c->tokens->v[p - 1]) || token_is(&c->tokens->v[p - 1], WORD_ROLE, "and"))) {
            p--;
            joined = joined || token_is(&c->tokens->v[p], WORD_ROLE, "and");
        }
        bool comma = p > c->from && (c->tokens->v[p - 1].flags & TOKEN_COMMA) != 0;
        size_t before = p >= c->from + 2 ? p - 2 : c->to;
        bool kinds_own = before != c->to && (token_sense(&c->tokens->v[before], WORD_KIND) != NULL ||
                                             token_is(&c->tokens->v[before], WORD_ROLE, "in"));
        if (p <= c->from || !(joined || comma) || kinds_own || !clause_name(c, p - 1))
            break;
        i = at[n++] = p - 1;
    }
    while (n > 0)
        clause_take(c, at[--n], slot);
}

/* What stands before the kind at i: its name ("the web deployment"), or, where it is named already, what
 * runs in it ("an nginx deployment called web"). Was it the name? */
static bool name_before(struct clause *c, size_t i, const char *slot, bool named)
{
    size_t first = i;
    while (first > c->from && clause_name(c, first - 1) &&
           (c->frame.changes || strcmp(c->tokens->v[first - 1].low, "default") != 0) && /* "a default storage class" */
           (c->tokens->v[first - 1].flags & (TOKEN_COMMA | TOKEN_STOP | TOKEN_COLON)) == 0) {
        first--;
        if ((c->tokens->v[first].flags & (TOKEN_QUOTED | TOKEN_NAMELIKE)) != 0)
            break;
    }
    if (first == i && !named && clause_verb_as_name(c, i - 1))
        first--;
    if (first == i)
        return false;
    const char *known = first + 1 == i ? token_image(clause_token(c, first)) : NULL;
    if (named && known == NULL)
        return false; /* left over, and asked about before a change */
    if (known != NULL)
        slots_set(&c->frame.slots, "known_image", known);
    if (!named) {
        char name[256];
        (void)read_name(c, first, name, sizeof(name));
        if (!token_sense(clause_token(c, i), WORD_KIND)->one)
            names_joined(c, first, slot);
        slots_add(&c->frame.slots, slot, name);
    }
    use_range(c, first, i);
    return !named;
}

/* "install redis from the bitnami repository": where something comes from is not the object. */
static bool is_source(const struct frame *f, const char *kind)
{
    static const char *const installing[] = { "install", "upgrade", "deploy" };
    for (size_t k = 0; k < OP_LEN(installing) && strcmp(kind, "repository") == 0; k++)
        if (op_str_eq(f->verb, installing[k]))
            return true;
    return false;
}

/* "on node worker-2 the pods" */
static bool other_behind(struct clause *c, size_t i)
{
    for (size_t k = i + 1; k < c->to; k++) {
        const struct word *w = token_sense(&c->tokens->v[k], WORD_KIND);
        if (w != NULL && !c->tokens->v[k].used && strcmp(w->value, "node") != 0 && !weak_kind(w->value))
            return true;
    }
    return false;
}

static bool says(const struct clause *c, const char *word)
{
    for (size_t i = c->from; i < c->to; i++)
        if (strcmp(c->tokens->v[i].low, word) == 0)
            return true;
    return false;
}

/* "hpa events for web": what is shown are the events; the kind before them says whose. */
static void events_of(struct frame *f, const struct token *before)
{
    if (f->changes || f->n_kinds != 1 || !token_is(before, WORD_KIND, f->kinds[0]) ||
        slots_get(&f->slots, "name") != NULL)
        return;
    slots_set(&f->slots, "of_kind", f->kinds[0]);
    f->kind = NULL;
    f->n_kinds = 0;
}

static void kind_at(struct clause *c, size_t i)
{
    struct frame *f = &c->frame;
    struct token *t = clause_token(c, i);
    const struct word *w = t->used || t->inside ? NULL : token_sense(t, WORD_KIND);
    if (w == NULL)
        return;
    bool from = i > c->from && (clause_role(c, i - 1, "from") || clause_role(c, i - 1, "using"));
    bool part = is_part(c, i),
         source = is_source(f, w->value) || (from && f->changes && strcmp(w->value, "chart") == 0);
    size_t front = clause_before(c, i);
    bool place = strcmp(w->value, "node") == 0 && front != c->to && clause_role(c, front, "on") && other_behind(c, i);
    bool primary = !source && !place && (f->kind == NULL || (weak_kind(f->kind) && !weak_kind(w->value)));
    char attribute[80];
    (void)snprintf(attribute, sizeof(attribute), "with_%s", w->value);
    bool alike = op_str_eq(f->verb, "compare") && op_str_eq(f->kind, w->value);
    const char *slot = part ? attribute : primary || alike ? "name" : w->value;
    bool unnamed = slots_get(&f->slots, "name") == NULL; /* what a weak kind stands for was not named before */
    bool named = names_behind(c, i, slot);
    named = name_before(c, i, slot, named) || named;
    clause_use(c, i);
    const struct token *whose = i > c->from ? &c->tokens->v[i - 1] : NULL;
    bool theirs = whose != NULL && strcmp(w->value, "node") == 0 && !f->changes && !named &&
                  (strcmp(whose->low, "their") == 0 || strcmp(whose->low, "its") == 0 || says(c, "they"));
    if ((!primary || other_behind(c, i)) && !named && !f->changes && !part && strcmp(w->value, "namespace") == 0 &&
        (says(c, "name") || says(c, "names"))) {
        frame_topic(f, "allns"); /* "a table with name, namespace and age" */
        return;
    }
    if (!primary && i > c->from && ((each(whose) && !f->changes) || theirs)) {
        frame_topic(f, "wide"); /* "the pods on each node", "the pods and their nodes": say where each is */
        return;
    }
    if (part && !named)
        slots_add(&f->slots, attribute, "true");
    if (strcmp(w->value, "event") == 0 && whose != NULL)
        events_of(f, whose);
    if (!part && !source && !place)
        see_kind(f, w, named, unnamed);
    if (primary && !part && !named && ((i > c->from && each(&c->tokens->v[i - 1])) || all_of(c, i)))
        f->plural = f->several = true; /* "restart every deployment" */
}

/* "compare web between dev and prod", "compare the config maps of dev and prod": the sides are namespaces. */
static bool sides_are_places(struct clause *c, size_t p)
{
    const struct token *t = &c->tokens->v[p];
    const struct word *verb = token_sense(t, WORD_VERB);
    bool between = token_is(t, WORD_ROLE, "between") || (verb != NULL && op_str_ends(verb->form, "between"));
    bool of = token_is(t, WORD_ROLE, "of") || token_is(t, WORD_ROLE, "from") || token_is(t, WORD_ROLE, "for");
    bool named = slots_get(&c->frame.slots, "name") != NULL;
    return (named && between) || (!named && c->frame.several && (between || of));
}

/* Names that no kind stands beside: behind the verb, behind "for", "of", "to", "from", "on". */
static void bare_names(struct clause *c)
{
    struct slots *s = &c->frame.slots;
    static const char *const sides[] = { "to", "from", "into", "on" };
    for (size_t i = c->from; i < c->to; i++) {
        if (!clause_name(c, i))
            continue;
        size_t p = i;
        while (p-- > c->from && token_filler(&c->tokens->v[p]))
            ;
        const char *slot = "name";
        const char *low = c->tokens->v[i].low;
        if (!c->frame.changes && strcmp(low, "default") == 0 && (c->tokens->v[i].flags & TOKEN_QUOTED) == 0)
            continue; /* "which one is the default" */
        if (op_str_eq(c->frame.verb, "compare") && c->frame.kind == NULL && clause_stage(low)) {
            i = take_names(c, i, "ns") - 1; /* "compare staging and prod" */
            continue;
        }
        if (op_str_eq(c->frame.verb, "compare")) { /* with, to, and: all sides are alike, where they are things */
            i = take_names(c, i, p < i && sides_are_places(c, p) ? "ns" : slot) - 1;
            continue;
        }
        for (size_t k = 0; k < OP_LEN(sides) && p < i && p >= c->from; k++)
            if (token_is(&c->tokens->v[p], WORD_ROLE, sides[k]))
                slot = sides[k];
        if (p < i && token_is(&c->tokens->v[p], WORD_ROLE, "using") && strcmp(slot, "name") == 0 &&
            slots_get(s, "name") != NULL)
            slot = "using";
        static const char *const fronts[] = { "service", "horizontalpodautoscaler", "ingress", "poddisruptionbudget" };
        for (size_t k = 0; k < OP_LEN(fronts) && p < i && joins(c, p) && c->frame.changes; k++)
            if (op_str_eq(c->frame.kind, fronts[k]))
                slot = "of"; /* "a service for web" stands in front of web */
        if (strcmp(slot, "name") == 0 && slots_get(s, "name") != NULL) {
            if (p >= i || !joins(c, p))
                continue; /* left over: clause_rest tells */
            slot = "of";
        }
        i = take_names(c, i, slot) - 1;
    }
}

/* "called web" with no kind beside it. */
static void named(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++) {
        size_t next = clause_role(c, i, "named") ? named_at(c, i) : clause_after(c, i);
        bool as = clause_role(c, i, "as") && c->frame.changes && clause_name(c, next);
        if ((!clause_role(c, i, "named") && !as) || next >= c->to)
            continue;
        struct token *t = clause_token(c, next);
        if (token_is(t, WORD_ROLE, "of") || token_is(t, WORD_ROLE, "for"))
            continue; /* "the name of …" */
        static const char *const manners[] = { "read", "readonly", "read-only", "volume", "root", "user", "env" };
        if (as && OP_IN(t->low, manners))
            continue;
        if (t->used || (token_sense(t, WORD_KIND) != NULL && (t->flags & TOKEN_QUOTED) == 0))
            continue;
        t->n_senses = 0; /* whatever it looks like, it was said to be a name */
        t->span = 1;
        clause_use(c, i);
        const struct word *kind = i > c->from ? token_sense(&c->tokens->v[i - 1], WORD_KIND) : NULL;
        const struct word *other =
            i > c->from + 2 && clause_role(c, i - 2, "and") ? token_sense(&c->tokens->v[i - 3], WORD_KIND) : NULL;
        if (kind != NULL && other != NULL)
            slots_set(&c->frame.slots, "called_both", "true");
        slots_set(&c->frame.slots, "called", t->text);
        clause_use(c, next);
    }
}

/* "create a pod web with …": the kind stands behind the verb, so the thing is new ("add a limit to the pod web"). */
static bool made_new(struct clause *c)
{
    static const char *const making[] = { "create", "run", "deploy", "start", "launch", "add", NULL };
    static const char *const runs[] = { "pod", "deployment", "statefulset", "daemonset", "job", "cronjob" };
    static const char *const roles[] = { "to", "of", "for", "on", "in", "into" };
    if (!c->frame.changes || !clause_verb_in(c, making))
        return false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *kind = token_sense(&c->tokens->v[i], WORD_KIND);
        for (size_t k = 0; k < OP_LEN(roles); k++)
            if (token_is(&c->tokens->v[i], WORD_ROLE, roles[k]))
                return false;
        if (kind != NULL && OP_IN(kind->value, runs))
            return i == c->from || !OP_IN(c->tokens->v[i - 1].low, ((const char *const[]){ "the", "my", "our" }));
    }
    return false;
}

static void settle(struct clause *c)
{
    if (made_new(c))
        slots_set(&c->frame.slots, "new", "true");
    struct frame *f = &c->frame;
    struct slots *s = &f->slots;
    const char *called = slots_get(s, "called");
    if (called != NULL) {
        if (slots_get(s, "name") != NULL)
            slots_set(s, "of", slots_get(s, "name"));
        slots_set(s, "name", called);
        slots_drop(s, "called");
    }
    /* "errors in frontend": no name, but a place that is no namespace */
    bool reads_logs = frame_has_topic(f, "logs") || frame_has_topic(f, "errors") || frame_has_topic(f, "env");
    if (slots_get(s, "name") == NULL && slots_get(s, "bare_ns") != NULL && reads_logs &&
        slots_get(s, "selector") == NULL) {
        slots_set(s, "name", slots_get(s, "ns"));
        slots_drop(s, "ns");
    }
    slots_drop(s, "bare_ns");
    if (slots_get(s, "name") == NULL && slots_get(s, "on") != NULL) {
        slots_set(s, "name", slots_get(s, "on"));
        slots_set(s, "was_on", "true");
        slots_drop(s, "on");
    }
    /* "remove the api deployment from prod" */
    static const char *const leaving[] = { "delete", "uninstall", "get", "describe" };
    const char *from = slots_get(s, "from");
    bool object = slots_get(s, "name") != NULL && f->kind != NULL && slots_get(s, "ns") == NULL && from != NULL &&
                  !op_str_eq(f->kind, "image") && !op_str_eq(f->kind, "container") && !op_str_eq(f->program, "docker");
    for (size_t i = 0; i < OP_LEN(leaving) && object; i++) {
        if (op_str_eq(f->verb, leaving[i])) {
            slots_set(s, "ns", from);
            slots_drop(s, "from");
            break;
        }
    }
    f->all = frame_has_topic(f, "all");
}

void clause_objects(struct clause *c)
{
    for (size_t i = c->from; i < c->to && c->frame.kind == NULL; i++) {
        const char *kind = clause_value(c, i, WORD_KIND);
        if (kind != NULL && !c->tokens->v[i].inside) {
            c->frame.kind = op_str_eq(kind, "image") && !clause_sets_image(c) ? "image" : NULL;
            break;
        }
    }
    bool of_image = c->frame.kind != NULL; /* the image itself is the object: its name is no slot */
    for (size_t i = c->from; i < c->to; i++)
        if (!of_image)
            clause_image(c, i);
    c->frame.kind = NULL;
    named(c);
    for (size_t i = c->from; i < c->to; i++)
        kind_at(c, i);
    bare_names(c);
    clause_onto(c);
    clause_verbs_as_names(c);
    clause_permissions(c);
    settle(c);
}
