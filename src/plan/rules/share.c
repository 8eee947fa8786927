/* What the clauses of one request share: the object of "stop and remove the container web", and whose words a clause
 * without a program speaks ("create a docker volume data, then run postgres:15 with it"). */
#include "intent.h"

#include "opsh/base/str.h"

/* "Run a container …. Publish port 80 on 8080 and mount ./site at /srv.", "Install the chart …. Use the values file
 * x.yaml and wait for it.": how it is run or installed, in sentences of its own. */
static bool speaks_of(const struct clause *c, const char *const *words, size_t n, enum word_class cls)
{
    for (size_t i = c->from; i < c->to; i++)
        for (size_t k = 0; k < n; k++)
            if (token_is(&c->tokens->v[i], cls, words[k]))
                return true;
    return false;
}

bool clause_refines(const struct clause *before, const struct clause *c)
{
    static const char *const running[] = { "run", "start", "create", "deploy" };
    static const char *const installing[] = { "install", "upgrade" };
    static const char *const container[] = { "container" };
    static const char *const how[] = { "publish", "expose",  "map",     "mount", "bind", "set",  "limit", "give",
                                       "use",     "attach",  "connect", "pass",  "make", "name", "call",  "keep",
                                       "always",  "restart", "add",     "put",   "join", "cap",  "let",   "ensure" };
    static const char *const way[] = { "use", "set",     "wait",     "keep", "reuse",    "create", "enable",
                                       "pin", "disable", "override", "make", "preserve", "roll",   "ensure" };
    size_t first = c->from;
    while (first < c->to && (token_filler(&c->tokens->v[first]) || strcmp(c->tokens->v[first].low, "and") == 0) &&
           !OP_IN(c->tokens->v[first].low, how) && !OP_IN(c->tokens->v[first].low, way))
        first++;
    if (first >= c->to)
        return false;
    const char *word = c->tokens->v[first].low;
    for (size_t i = c->from; i < c->to && speaks_of(before, installing, OP_LEN(installing), WORD_VERB); i++)
        if (strcmp(c->tokens->v[c->from].low, "if") == 0 && token_is(&c->tokens->v[i], WORD_VERB, "rollback"))
            return true; /* "If it fails, roll back." */
    const struct token *next = first + 1 < c->to ? &c->tokens->v[first + 1] : NULL;
    bool cluster = false, place = false, other = false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *kind = token_sense(&c->tokens->v[i], WORD_KIND);
        place = place || (kind != NULL && strcmp(kind->value, "namespace") == 0);
        cluster = cluster || (kind != NULL && kind_is_kubernetes(kind->value) && strcmp(kind->value, "namespace") != 0);
        other =
            other || (kind != NULL && OP_IN(kind->value, ((const char *const[]){ "release", "chart", "repository" })));
    }
    if (speaks_of(before, running, OP_LEN(running), WORD_VERB) && speaks_of(before, container, 1, WORD_KIND))
        return OP_IN(word, how) && !cluster && !place;
    if (!speaks_of(before, installing, OP_LEN(installing), WORD_VERB) || cluster || !OP_IN(word, way))
        return false;
    if (strcmp(word, "create") == 0)
        return place && c->to - first > 3; /* with a condition; else it is a step */
    return !other || (next != NULL && (strcmp(next->low, "chart") == 0 || strcmp(word, "wait") == 0));
}

/* Nothing but a verb: what it is done to stands in the clause behind. */
static bool bare(const struct clause *c)
{
    const struct slots *s = &c->frame.slots;
    if (!c->frame.changes || c->frame.mood != MOOD_DO || c->frame.kind != NULL || c->frame.refers ||
        slots_get(s, "name") != NULL || slots_get(s, "image") != NULL || slots_get(s, "ns") != NULL)
        return false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        if (!t->inside && token_sense(t, WORD_VERB) == NULL && !token_filler(t))
            return false;
    }
    return true;
}

void clauses_share(struct clauses *cs)
{
    static const char *const object[] = { "name", "of", "image", "ns", "container", "tag", "chart", "profile" };
    for (size_t i = cs->n; i-- > 1;) {
        struct frame *to = &cs->v[i - 1].frame;
        const struct frame *from = &cs->v[i].frame;
        if (!bare(&cs->v[i - 1]) || !from->changes || from->mood != MOOD_DO || from->refers)
            continue;
        for (size_t k = 0; k < from->slots.n; k++)
            if (OP_IN(from->slots.v[k].name, object))
                slots_add(&to->slots, from->slots.v[k].name, from->slots.v[k].value);
        to->kind = from->kind;
        to->makes = from->makes;
        to->program = from->program;
        to->plural = from->plural;
        to->several = from->several;
        to->n_kinds = from->n_kinds;
        for (size_t k = 0; k < from->n_kinds; k++)
            to->kinds[k] = from->kinds[k];
    }
}

/* "build it as shop/api:1 and push it": the image of the clause before. */
void frame_carry_image(struct frame *f, const struct frame *before)
{
    static const char *const of_images[] = { "push", "tag", "pull", "run", "load" };
    const char *image = slots_get(&before->slots, "tag_many");
    const bool many = image != NULL;
    image = image != NULL ? image : slots_get(&before->slots, "image");
    image = image != NULL ? image : slots_get(&before->slots, "tag");
    const bool own = slots_get(&f->slots, "image") != NULL || slots_get(&f->slots, "known_image") != NULL;
    const bool bare = f->kind == NULL && slots_get(&f->slots, "name") == NULL;
    if (image == NULL || own || f->verb == NULL || !OP_IN(f->verb, of_images) || !(f->refers || bare) ||
        slots_get(&f->slots, "file") != NULL)
        return;
    slots_set(&f->slots, "image", image);
    for (size_t i = 0; i < before->slots.n && many; i++)
        if (strcmp(before->slots.v[i].name, "tag_many") == 0)
            slots_add(&f->slots, "image", before->slots.v[i].value);
}

/* The program of the clause before, for one that does what that program does and says no other. */
void clause_inherit(struct clause *c, const struct clause *before)
{
    static const char *const kinds[] = { "container", "dockernetwork", "dockervolume" };
    static const char *const images[] = { "pull", "push", "build", "tag" };
    static const char *const doing[] = { "run", "start", "stop", "restart", "pause",  "resume", "delete", "exec",
                                         "tag", "push",  "pull", "build",   "attach", "add",    "rename" };
    if (before == NULL || c->frame.verb == NULL)
        return;
    const struct frame *b = &before->frame;
    static const char *const charts[] = { "find", "install" };
    static const char *const helms[] = { "repository", "chart", "release" };
    const bool helm = op_str_eq(b->program, "helm") || (b->kind != NULL && OP_IN(b->kind, helms));
    if (helm && OP_IN(c->frame.verb, charts) && c->frame.program == NULL)
        c->frame.program = "helm"; /* "add the repository …, then search it for redis" */
    if (!OP_IN(c->frame.verb, doing))
        return;
    if (op_str_eq(b->makes, "dockervolume") && slots_get(&b->slots, "name") != NULL)
        slots_set(&c->frame.slots, "prior_volume", slots_get(&b->slots, "name"));
    if (op_str_eq(b->makes, "dockernetwork") && slots_get(&b->slots, "name") != NULL)
        slots_set(&c->frame.slots, "prior_network", slots_get(&b->slots, "name"));
    bool docker = op_str_eq(b->program, "docker") || OP_IN(b->makes != NULL ? b->makes : b->kind, kinds) ||
                  OP_IN(b->verb, images);
    for (size_t i = c->from; i < c->to && docker; i++) {
        const struct token *t = &c->tokens->v[i];
        const struct word *kind = token_sense(t, WORD_KIND);
        docker = token_sense(t, WORD_PROGRAM) == NULL && (kind == NULL || !kind_is_kubernetes(kind->value)) &&
                 !token_is(t, WORD_KIND, "release") && !token_is(t, WORD_KIND, "chart") &&
                 !token_is(t, WORD_UNIT, "replica");
    }
    if (docker)
        c->frame.program = "docker";
}
