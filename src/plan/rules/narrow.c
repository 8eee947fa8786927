/* Phrases that narrow a read ("older than 7 days", "containing 'timeout'"): heard before the mood, so that what is looked
 * for is not taken for trouble, and never where something is to be changed. */
#include "intent.h"
#include "spoken.h"

#include "opsh/base/str.h"

/* The one of the catalogue's ways that can be filled, as a slot "narrowed". */
void narrow_take(struct clause *c, const struct op_node *narrows, const struct frame *found)
{
    const char *column = op_node_text(op_node_get(narrows, "column"));
    for (const struct op_node *n = narrows->first; n != NULL; n = n->next) {
        OP_AUTO_FREE char *text = strcmp(n->key, "column") != 0 ? fill_choice(n, found) : NULL;
        if (text == NULL)
            continue;
        OP_AUTO_FREE char *where = op_asprintf("%s\n%s\n%s", column != NULL ? column : "", n->key, text);
        slots_add(&c->frame.slots, "narrowed", where);
        return;
    }
}

/* Is one of "a|b|c" among the words? */
static bool says_one(const struct clause *c, const char *words)
{
    size_t len = 0;
    for (size_t i = c->from; i < c->to; i++)
        if (hear_one_of(&c->tokens->v[i], words, strlen(words), &len) != NULL)
            return true;
    return false;
}

static bool says_all(const struct clause *c, const struct op_node *list, bool wanted)
{
    for (const struct op_node *n = list != NULL ? list->first : NULL; n != NULL; n = n->next)
        if (n->text != NULL && says_one(c, n->text) != wanted)
            return false;
    return true;
}

static bool narrows_here(const struct clause *c, const struct phrase *p, const struct setting *s)
{
    return p->narrows != NULL && says_all(c, p->beside, true) && says_all(c, p->apart, false) &&
           (p->kinds == NULL || setting_has(s, p->kinds)) && !setting_has(s, p->lacks);
}

/* What is to be changed is never a guess. "Which pods use …" asks. */
static bool tells_to_change(struct clause *c)
{
    static const char *const asking[] = { "which", "count", "yesno", "why" };
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *verb = clause_imperative(c, i), *mood = token_sense(&c->tokens->v[i], WORD_MOOD);
        if (mood != NULL && OP_IN(mood->value, asking))
            return false;
        if (verb != NULL && verb->changes)
            return true;
    }
    return false;
}

void clause_narrow(struct clause *c, const struct spoken *s)
{
    struct setting around = { 0 };
    if (tells_to_change(c))
        return;
    setting_look(c, &around);
    for (size_t i = c->from; i < c->to; i++) {
        size_t end = 0;
        for (size_t k = 0; k < s->n && end == 0; k++)
            if (narrows_here(c, &s->v[k], &around))
                end = hear_phrase(c, s, &s->v[k], i);
        i = end != 0 ? end - 1 : i;
    }
}
