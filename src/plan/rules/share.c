/* What the clauses of one request share: the object of "stop and remove the container web", and whose words a clause
 * without a program speaks ("create a docker volume data, then run postgres:15 with it"). */
#include "intent.h"

#include "opsh/base/str.h"

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
    const char *image = slots_get(&before->slots, "image");
    image = image != NULL ? image : slots_get(&before->slots, "tag");
    const bool own = slots_get(&f->slots, "image") != NULL || slots_get(&f->slots, "known_image") != NULL;
    if (image != NULL && !own && f->verb != NULL && OP_IN(f->verb, of_images) && (f->refers || f->kind == NULL) &&
        slots_get(&f->slots, "name") == NULL && slots_get(&f->slots, "file") == NULL)
        slots_set(&f->slots, "image", image);
}

/* The program of the clause before, for one that does what that program does and says no other. */
void clause_inherit(struct clause *c, const struct clause *before)
{
    static const char *const kinds[] = { "container", "dockernetwork", "dockervolume" };
    static const char *const images[] = { "pull", "push", "build", "tag" };
    static const char *const doing[] = { "run",    "start", "stop", "restart", "pause", "resume",
                                         "delete", "exec",  "tag",  "push",    "pull",  "build" };
    if (before == NULL || c->frame.verb == NULL || !OP_IN(c->frame.verb, doing))
        return;
    const struct frame *b = &before->frame;
    if (op_str_eq(b->makes, "dockervolume") && slots_get(&b->slots, "name") != NULL)
        slots_set(&c->frame.slots, "prior_volume", slots_get(&b->slots, "name"));
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
