/* "restart all deployments except web": what is left out. Where the names that exist are known, the rest is named one
 * by one; where they are not, a change is not planned: nobody gets more than was asked for. */
#include "planner.h"

#include "opsh/base/str.h"

enum { MOST_LEFT = 20, MOST_FOUND = 8 };

static bool says_all(const struct clause *c, size_t end)
{
    static const char *const all[] = { "all", "every", "everything", "each", "any", "everyone", "nothing" };
    for (size_t i = c->from; i < end; i++)
        if (OP_IN(c->tokens->v[i].low, all))
            return true;
    return false;
}

/* "every deployment but api", "all of it but from gateway"; not "but keep it running" */
static bool but(struct clause *c, size_t i)
{
    const struct token *t = &c->tokens->v[i];
    size_t next = clause_after(c, i);
    if (strcmp(t->low, "but") != 0 || !says_all(c, i))
        return false;
    if (clause_role(c, next, "from") || clause_role(c, next, "for") || clause_role(c, next, "in"))
        next = clause_after(c, next);
    return clause_name(c, next);
}

void clause_exceptions(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        if (t->used || t->inside || (t->flags & (TOKEN_QUOTED | TOKEN_SPOKEN)) != 0 ||
            !(token_is(t, WORD_ROLE, "except") || but(c, i)))
            continue;
        bool any = false;
        for (size_t k = i; k < c->to; k++) {
            struct token *left = &c->tokens->v[k];
            bool words = k >= i + t->span && !token_filler(left) && token_sense(left, WORD_ROLE) == NULL &&
                         token_sense(left, WORD_KIND) == NULL;
            if (words || (k > i && (left->flags & TOKEN_QUOTED) != 0)) {
                slots_add(&c->frame.slots, "leaves_out", left->text);
                any = true;
            }
            left->used = true;
            if ((left->flags & TOKEN_STOP) != 0)
                break;
        }
        if (!any)
            slots_set(&c->frame.slots, "leaves_out", "?");
        return;
    }
}

static bool is_left_out(const struct op_names *names, const struct op_object *o, const struct slots *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct op_object *found[MOST_FOUND];
        if (strcmp(s->v[i].name, "leaves_out") != 0)
            continue;
        size_t n = op_names_find(names, o->kind, s->v[i].value, o->ns, o->ns, found, MOST_FOUND);
        for (size_t k = 0; k < n && k < MOST_FOUND; k++)
            if (found[k] == o)
                return true;
    }
    return false;
}

/* The names of all that stays; false: they cannot be told, or an exception fits nothing (a typo would cost something).
 */
static bool name_the_rest(struct attempt *a)
{
    struct frame *f = &a->clause->frame;
    const char *ns = slots_get(&f->slots, "ns") != NULL ? slots_get(&f->slots, "ns") : a->scene->ns;
    const struct op_names *names = f->kind != NULL && !frame_has_topic(f, "allns") && a->scene->names != NULL
                                       ? a->scene->names(a->scene->self)
                                       : NULL;
    const struct op_object *rest[MOST_LEFT];
    size_t n = 0, out = 0;
    if (names == NULL || !names->complete || slots_get(&f->slots, "name") != NULL)
        return false;
    for (size_t i = 0; i < names->n; i++) {
        const struct op_object *o = &names->objects[i];
        if (strcmp(o->kind, f->kind) != 0 || (*o->ns != '\0' && strcmp(o->ns, ns) != 0))
            continue;
        if (is_left_out(names, o, &f->slots))
            out++;
        else if (n == MOST_LEFT)
            return false;
        else
            rest[n++] = o;
    }
    if (n == 0 || out < slots_count(&f->slots, "leaves_out"))
        return false;
    for (size_t i = 0; i < n; i++)
        slots_add(&f->slots, "name", rest[i]->name);
    f->plural = f->all = false;
    return true;
}

/* "delete pods older than 7 days": opsh looks, the person names what is to be changed. */
static bool chosen_unseen(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    const char *by = slots_get(&f->slots, "chosen_by");
    char plural[96];
    if (by == NULL || !f->changes || f->mood == MOOD_ADVICE || f->mood == MOOD_NOT || slots_get(&f->slots, "name") != NULL ||
        slots_get(&f->slots, "to") != NULL)
        return false;
    op_move_free(move);
    move->kind = OP_MOVE_QUESTION;
    const char *what = f->kind != NULL ? kind_plural(f->kind, plural, sizeof(plural)) : "objects";
    move->text = op_asprintf("Which %s exactly? What is to be changed is not chosen by \"%s\" unseen: look first (show %s %s), then "
                             "name each one.", what, by, what, by);
    return true;
}

bool complete_exceptions(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    if (chosen_unseen(a, move))
        return false;
    if (slots_get(&f->slots, "leaves_out") == NULL)
        return true;
    if (!f->changes || f->mood == MOOD_ADVICE || name_the_rest(a)) {
        slots_drop(&f->slots, "leaves_out");
        return true;
    }
    op_move_free(move);
    move->kind = OP_MOVE_QUESTION;
    move->text =
        op_strdup("Which ones exactly? What is to be left out could not be told from what exists: name each one to "
                  "be changed.");
    return false;
}
