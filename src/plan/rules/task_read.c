/* Reads a request as a list of things to be made and the facts about them. Refuses whatever has a word in it that
 * nothing explains. */
#include "task.h"

#include "opsh/base/str.h"

const char *fact(const struct task_object *o, const char *name)
{
    return slots_get(&o->facts, name);
}

const char *fact_last(const struct task_object *o, const char *name)
{
    for (size_t i = o->facts.n; i-- > 0;)
        if (strcmp(o->facts.v[i].name, name) == 0)
            return o->facts.v[i].value;
    return NULL;
}

void fact_add(struct task_object *o, const char *name, const char *value)
{
    o->facts.v = op_grow(o->facts.v, o->facts.n, &o->facts.cap, sizeof(*o->facts.v));
    o->facts.v[o->facts.n++] = (struct slot){ .name = op_strdup(name), .value = op_strdup(value) };
}

void task_free(struct task *t)
{
    for (size_t i = 0; i < t->n; i++) {
        slots_free(&t->v[i].facts);
        frame_free(&t->v[i].frame);
    }
    slots_free(&t->everywhere);
}

#define NOWHERE SIZE_MAX

struct reading {
    struct task *task;
    struct clause *c;
    const struct spoken *phrases;
    struct task_object *cur; /* NULL: none yet */
    bool made;               /* "create", and nothing since */
    bool ever;               /* … or before in the request */
    const char *several;     /* the kind of which more than one is to be made; NULL: none */
    bool opening;            /* a sentence or a part of one begins */
};

static bool object_new(struct reading *r, const char *kind, size_t at)
{
    struct task *t = r->task;
    if (t->n == TASK_OBJECTS_MAX)
        return false;
    r->cur = &t->v[t->n++];
    *r->cur = (struct task_object){ .kind = kind, .kind_at = at, .made = r->made || r->ever };
    r->made = false;
    return true;
}

/* Can this phrase be said here? */
static bool fits(const struct reading *r, const struct phrase *p)
{
    bool own = r->cur != NULL && op_node_has(p->kinds, r->cur->kind);
    if (p->makes != NULL)
        return own || r->opening;
    if (r->cur != NULL && op_node_has(p->lacks, r->cur->kind))
        return false;
    return own || p->kinds == NULL;
}

static const struct phrase *best_phrase(const struct reading *r, size_t i, size_t *best_end)
{
    const struct phrase *best = NULL;
    *best_end = 0;
    for (size_t k = 0; k < r->phrases->n; k++) {
        const struct phrase *p = &r->phrases->v[k];
        size_t end = fits(r, p) ? spoken_match(r->phrases, p, r->c, i, NULL) : 0;
        bool nearer = end == *best_end && end != 0 && best->kinds == NULL && p->kinds != NULL;
        if (end > *best_end || nearer) {
            best = p;
            *best_end = end;
        }
    }
    return best;
}

/* Its name, right behind its kind: "role pod-reader", "quota: …" has none. */
static size_t name_behind(struct reading *r, size_t i)
{
    struct clause *c = r->c;
    char name[256];
    size_t end = 0;
    if (i >= c->to || task_begins(c, i) || (c->tokens->v[i - 1].flags & (TOKEN_STOP | TOKEN_COMMA)) != 0)
        return i;
    static const char *const after[] = { "resource", "object", "resources", "objects" };
    if (task_plain(&c->tokens->v[i]) && OP_IN(c->tokens->v[i].low, after) && i + 1 < c->to &&
        !task_closed(&c->tokens->v[i]))
        i++; /* "an Ingress resource "web"" */
    bool sure = (c->tokens->v[i].flags & (TOKEN_QUOTED | TOKEN_NAMELIKE)) != 0;
    if (strcmp(r->cur->kind, "ingress") == 0 && strchr(c->tokens->v[i].text, '.') != NULL)
        return i; /* its host */
    if (!sure && best_phrase(r, i, &end) != NULL)
        return i;
    if (!(sure ? hear_ident(c, i, name, sizeof(name)) : hear_noun(c, i, name, sizeof(name))) ||
        strpbrk(name, ":@") != NULL || isdigit((unsigned char)*name))
        return i;
    if (!sure && task_making(c, i) != 0)
        return i;
    fact_add(r->cur, "name", name);
    return i + 1;
}

/* "the namespaces alpha, beta and gamma": as many things. */
static size_t more_names(struct reading *r, size_t i)
{
    struct clause *c = r->c;
    char name[256];
    for (;;) {
        bool and = i < c->to && task_plain(&c->tokens->v[i]) && strcmp(c->tokens->v[i].low, "and") == 0;
        bool comma = (c->tokens->v[i - 1].flags & TOKEN_COMMA) != 0;
        size_t at = i + and;
        if ((!and&&!comma) || at >= c->to || hear_item(c, at, name, sizeof(name)) == 0)
            return i;
        struct task_object *before = r->cur;
        if (!object_new(r, before->kind, before->kind_at))
            return i;
        r->cur->made = before->made;
        fact_add(r->cur, "name", name);
        i = at + 1;
    }
}

/* The kind of the thing that began: how it is called, and what other names of kinds say beside. */
static size_t kind_said(struct reading *r, size_t i)
{
    static const char *const types[][2] = { { "loadbalancer", "LoadBalancer" },
                                            { "load-balancer", "LoadBalancer" },
                                            { "nodeport", "NodePort" },
                                            { "clusterip", "ClusterIP" } };
    const struct token *t = &r->c->tokens->v[i];
    const struct word *w = token_sense(t, WORD_KIND);
    bool own = w != NULL && strcmp(w->value, r->cur->kind) == 0;
    for (size_t k = 0; k < OP_LEN(types); k++)
        if (strcmp(t->low, types[k][0]) == 0)
            fact_add(r->cur, "type", types[k][1]);
    size_t end = name_behind(r, i + (own ? t->span : 1));
    r->several = own && !w->one && !op_str_ends(w->form, "class") ? w->value : NULL;
    bool several = own && !w->one && strcmp(w->value, "namespace") == 0;
    return several && fact(r->cur, "name") != NULL ? more_names(r, end) : end;
}

/* Is a new thing named here: behind "create", "a", "and", or where a sentence begins? */
static bool may_begin(const struct reading *r, size_t i)
{
    static const char *const before[] = { "and", "plus", "then", "&", "with", "one", "another" };
    const struct clause *c = r->c;
    if (r->made || r->cur == NULL || task_begins(c, i))
        return true;
    const struct token *prev = &c->tokens->v[i - 1];
    return (prev->flags & TOKEN_COMMA) != 0 || OP_IN(prev->low, before);
}

/* A thing begins at i; where its description goes on, NOWHERE: none does. */
static size_t read_object(struct reading *r, size_t i)
{
    static const char *const joins[] = { "and", "plus", "&", "then", "with" };
    struct clause *c = r->c;
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    bool det = task_determiner(t), joined = task_plain(t) && OP_IN(t->low, joins);
    if (r->cur != NULL && i < r->cur->kind_at && r->cur->kind_at < c->to)
        return NOWHERE;
    if (joined && next != NULL && (task_determiner(next) || (task_kind(next) != NULL && strcmp(t->low, "with") != 0)))
        return r->cur != NULL && task_kind_ahead(c, i + 1 + task_determiner(next)) < c->to ? i + 1 : NOWHERE;
    bool there = i > c->from && strcmp(c->tokens->v[i - 1].low, "the") == 0 && !r->made; /* "the claim data" */
    if ((!det && (!may_begin(r, i) || there)) || (strcmp(t->low, "the") == 0 && !r->made))
        return NOWHERE;
    size_t k = task_kind_ahead(c, i + det), end = 0;
    bool same = k < c->to && r->cur != NULL && r->cur->kind_at == SIZE_MAX && !task_begins(c, i) &&
                fact(r->cur, "name") == NULL && strcmp(r->cur->kind, task_kind(&c->tokens->v[k])) == 0;
    bool binds = k < c->to && r->cur != NULL && strcmp(r->cur->kind, "grant") == 0 && !task_begins(c, i) &&
                 op_str_ends(task_kind(&c->tokens->v[k]), "binding");
    if (binds)
        r->cur->kind = task_kind(&c->tokens->v[k]); /* "bind the role x to y using a RoleBinding named z" */
    if (same || binds) {                            /* "expose web through a service called web-in": one thing */
        r->cur->kind_at = k;
        return i + det;
    }
    if (k >= c->to || (!det && !r->made && k != i && r->cur != NULL))
        return NOWHERE;
    if (!det && !r->made && r->cur != NULL && strcmp(r->cur->kind, "networkpolicy") == 0 &&
        strcmp(task_kind(&c->tokens->v[k]), "ingress") == 0)
        return NOWHERE; /* "Ingress: allow from …" */
    if (strcmp(task_kind(&c->tokens->v[k]), "namespace") == 0 && !det && !r->made)
        return NOWHERE; /* "…, ns dev" */
    if (!r->made && !det && k != i && task_told(t))
        return NOWHERE; /* "expand the claim data" */
    const struct phrase *p = best_phrase(r, i, &end);
    if (p != NULL && !det && !r->made && r->cur != NULL && op_node_has(p->kinds, r->cur->kind) &&
        end > k + c->tokens->v[k].span)
        return NOWHERE; /* "a claim of 5Gi, storage class fast" */
    if (p != NULL && p->makes != NULL && end > k)
        return NOWHERE; /* "the service account ci may list pods" */
    return object_new(r, task_kind(&c->tokens->v[k]), k) ? i + det : NOWHERE;
}

/* What can be said once must not be said twice and otherwise. */
static bool agrees(const struct task_object *o, size_t from)
{
    static const char *const once[] = {
        "name",         "of",          "min",       "max",          "size",           "class",
        "hostpath",     "external",    "value",     "ns",           "provisioner",    "reclaim",
        "percent",      "tls",         "available", "subject",      "binding",        "available_n",
        "role",         "clusterrole", "level",     "subject_name", "memory_percent", "unavailable",
        "unavailable_n"
    };
    for (size_t i = from; i < o->facts.n; i++)
        for (size_t k = 0; k < i && OP_IN(o->facts.v[i].name, once); k++)
            if (strcmp(o->facts.v[k].name, o->facts.v[i].name) == 0 &&
                strcmp(o->facts.v[k].value, o->facts.v[i].value) != 0)
                return false;
    return true;
}

/* "set up dev and staging": one namespace for each of them. */
static bool name_each(struct reading *r)
{
    struct task_object *o = r->cur;
    if (o == NULL || fact(o, "each_ns") == NULL || fact(o, "name") != NULL)
        return true;
    size_t n = o->facts.n;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(o->facts.v[i].name, "each_ns") != 0)
            continue;
        if (fact(r->cur, "name") != NULL && !object_new(r, o->kind, o->kind_at))
            return false;
        r->cur->made = true;
        fact_add(r->cur, "name", o->facts.v[i].value);
    }
    return true;
}

/* A fact, a filler, or the description of a thing that nobody named; the end, 0: none. */
static size_t read_phrase(struct reading *r, size_t i)
{
    size_t end = 0;
    if (hear_article(&r->c->tokens->v[i]) && best_phrase(r, i, &end) == NULL)
        return i + 1;
    end = 0;
    const struct phrase *p = best_phrase(r, i, &end);
    if (p == NULL)
        return 0;
    bool own = r->cur != NULL && op_node_has(p->kinds, r->cur->kind);
    if (p->makes != NULL && !own && !object_new(r, p->makes, SIZE_MAX))
        return 0;
    struct slots *into = r->cur != NULL ? &r->cur->facts : &r->task->everywhere;
    size_t had = into->n;
    (void)spoken_match(r->phrases, p, r->c, i, into);
    if (r->cur != NULL && !agrees(r->cur, had))
        return 0;
    if (into->n > had || p->makes != NULL)
        r->opening = r->made = false;
    if (p->makes != NULL)
        r->cur->made = true;
    return !name_each(r) ? 0 : end;
}

/* "a second policy": it is not called so. */
static bool ordinal(const struct token *t)
{
    static const char *const words[] = { "first", "second", "third",   "fourth", "other",
                                         "new",   "single", "default", "system" };
    return task_plain(t) && OP_IN(t->low, words);
}

/* "Create a role …", not "… can create a role". */
static bool makes_object(const struct reading *r, size_t i, size_t length)
{
    static const char *const before[] = { "and", "then", "please", "also", "to", "next", "finally" };
    struct clause *c = r->c;
    size_t k = i + length;
    if (!task_begins(c, i) && !task_closed(&c->tokens->v[i - 1]) && !OP_IN(c->tokens->v[i - 1].low, before))
        return false;
    while (k < c->to && (task_determiner(&c->tokens->v[k]) || hear_article(&c->tokens->v[k])))
        k++;
    size_t end = 0;
    const struct phrase *p = best_phrase(r, i, &end);
    if (p != NULL && p->makes != NULL && end > k + 2)
        return false; /* "make the deployment web reachable" */
    return k < c->to && task_kind_ahead(c, k) < c->to;
}

/* "I want sticky sessions on a new service": the thing comes behind what is said of it. */
static bool described_first(struct reading *r, size_t i)
{
    struct clause *c = r->c;
    for (size_t k = i + 1; k < c->to && k < i + 8 && !task_begins(c, k); k++) {
        if ((c->tokens->v[k - 1].flags & TOKEN_COLON) != 0)
            return false;
        size_t at = task_determiner(&c->tokens->v[k]) ? task_kind_ahead(c, k + 1) : c->to;
        if (at < c->to)
            return object_new(r, task_kind(&c->tokens->v[at]), at);
    }
    return false;
}

/* 'two services: "ledger" on port 7001 and "audit" on port 7002': a name that nothing explains is the next one's. */
static bool one_more(struct reading *r, size_t i)
{
    char name[256];
    if (r->cur == NULL || r->several == NULL || strcmp(r->cur->kind, r->several) != 0 ||
        task_told(&r->c->tokens->v[i]) || hear_noun(r->c, i, name, sizeof(name)) == 0)
        return false;
    const struct task_object *before = r->cur;
    if (fact(before, "name") != NULL && !object_new(r, before->kind, before->kind_at))
        return false;
    r->cur->made = true;
    fact_add(r->cur, "name", name);
    return true;
}

/* "is there an hpa for web with max 5", "there is a claim data of 5Gi": asked or told, without a mark behind it. */
static bool asks_first(struct clause *c)
{
    static const char *const are[] = { "is", "are", "was", "were", "does", "did", "do" };
    static const char *const asking[] = { "which", "why", "count", "advice" };
    size_t i = c->from;
    while (i + 1 < c->to && token_is(&c->tokens->v[i], WORD_MOOD, "polite"))
        i++;
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    bool asks = OP_IN(t->low, are) && (next == NULL || strcmp(next->low, "not") != 0);
    for (size_t k = 0; k < OP_LEN(asking); k++)
        asks = asks || token_is(t, WORD_MOOD, asking[k]);
    bool there = strcmp(t->low, "there") == 0 && next != NULL &&
                 (strcmp(next->low, "is") == 0 || strcmp(next->low, "are") == 0);
    return asks || there;
}

bool task_read(struct task *t, struct clause *all, const struct spoken *phrases)
{
    if (asks_first(all))
        return false;
    struct reading r = { .task = t, .c = all, .phrases = phrases };
    static const char *const joins[] = { "and", "then", "but", "also", "plus", "please" };
    if (all->to > TASK_WORDS_MAX)
        return false;
    for (size_t i = all->from; i < all->to; i++)
        if ((all->tokens->v[i].flags & TOKEN_ASKED) != 0)
            return false;
    for (size_t i = all->from; i < all->to;) {
        const struct token *tok = &all->tokens->v[i];
        if (r.cur == NULL && i > all->from + TASK_LEAD_MAX)
            return false;
        r.opening = r.opening || task_begins(all, i) ||
                    ((r.cur == NULL || task_told(tok)) && i > all->from && task_closed(&all->tokens->v[i - 1])) ||
                    (task_plain(tok) && OP_IN(tok->low, joins));
        if (r.cur != NULL && i == r.cur->kind_at) {
            r.opening = false;
            i = kind_said(&r, i);
            continue;
        }
        size_t end = task_making(all, i), next = 0;
        if (end != 0 && !makes_object(&r, i, end) && best_phrase(&r, i, &next) != NULL && next > i + end)
            end = 0; /* "make dave admin" */
        if (end != 0) {
            r.made = r.ever = true;
            i += end;
            continue;
        }
        static const char *const courtesy[] = { "please", "just", "also", "kindly" };
        if (task_plain(tok) && OP_IN(tok->low, courtesy)) {
            i++;
            continue;
        }
        next = read_object(&r, i);
        if (next != NOWHERE) {
            i = next;
            continue;
        }
        next = read_phrase(&r, i);
        char name[256];
        bool ahead = r.cur != NULL && i < r.cur->kind_at && r.cur->kind_at < all->to;
        bool before = ahead && (i + 1 == r.cur->kind_at || !task_plain(tok));
        if (next == 0 && before && fact(r.cur, "name") == NULL && !task_told(tok) && !ordinal(tok) &&
            token_sense(tok, WORD_NUMBER) == NULL && hear_ident(all, i, name, sizeof(name)) != 0) {
            fact_add(r.cur, "name", name);
            next = i + 1;
        }
        if (next == 0 && r.cur == NULL && r.made && described_first(&r, i))
            continue;
        if (next == 0 && one_more(&r, i))
            next = i + 1;
        if (next == 0 && (task_says_little(tok) || (ordinal(tok) && before)))
            next = i + 1;
        if (next == 0)
            return false;
        if (r.cur != NULL && i < r.cur->kind_at && r.cur->kind_at < next)
            next = name_behind(&r, next); /* "load balancer" */
        i = next;
    }
    return t->n > 0;
}
