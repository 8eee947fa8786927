/* Slots and frames: plain owned data. */
#include "request.h"

#include "opsh/base/str.h"

#include <stdarg.h>

void slots_push(struct slots *s, const char *name, const char *value)
{
    s->v = op_grow(s->v, s->n, &s->cap, sizeof(*s->v));
    s->v[s->n++] = (struct slot){ .name = op_strdup(name), .value = op_strdup(value) };
}

void slots_add(struct slots *s, const char *name, const char *value)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i].name, name) == 0 && strcmp(s->v[i].value, value) == 0)
            return;
    slots_push(s, name, value);
}

void slots_drop(struct slots *s, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->v[i].name, name) == 0) {
            free(s->v[i].name);
            free(s->v[i].value);
        } else {
            s->v[kept++] = s->v[i];
        }
    }
    s->n = kept;
}

void slots_set(struct slots *s, const char *name, const char *value)
{
    OP_AUTO_FREE char *copy = op_strdup(value); /* value may be this very slot's */
    slots_drop(s, name);
    slots_add(s, name, copy);
}

void slots_setf(struct slots *s, const char *name, const char *fmt, ...)
{
    OP_AUTO_FREE char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n >= 0)
        slots_set(s, name, text);
}

const char *slots_get(const struct slots *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i].name, name) == 0)
            return s->v[i].value;
    return NULL;
}

size_t slots_count(const struct slots *s, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += strcmp(s->v[i].name, name) == 0;
    return n;
}

void slots_copy(struct slots *to, const struct slots *from)
{
    for (size_t i = 0; i < from->n; i++)
        slots_push(to, from->v[i].name, from->v[i].value);
}

void slots_free(struct slots *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->v[i].name);
        free(s->v[i].value);
    }
    free(s->v);
    *s = (struct slots){ 0 };
}

void frame_topic(struct frame *f, const char *topic)
{
    if (!frame_has_topic(f, topic) && f->n_topics < TOPICS_MAX)
        f->topics[f->n_topics++] = topic;
}

bool frame_has_topic(const struct frame *f, const char *topic)
{
    for (size_t i = 0; i < f->n_topics; i++)
        if (strcmp(f->topics[i], topic) == 0)
            return true;
    return false;
}

void frame_copy(struct frame *to, const struct frame *from)
{
    *to = *from;
    to->slots = (struct slots){ 0 };
    slots_copy(&to->slots, &from->slots);
}

void frame_free(struct frame *f)
{
    slots_free(&f->slots);
    *f = (struct frame){ 0 };
}

struct token *clause_token(struct clause *c, size_t i)
{
    return i >= c->from && i < c->to ? &c->tokens->v[i] : NULL;
}

bool clause_role(struct clause *c, size_t i, const char *role)
{
    const struct token *t = clause_token(c, i);
    return t != NULL && !t->used && token_is(t, WORD_ROLE, role);
}

const char *clause_value(struct clause *c, size_t i, enum word_class cls)
{
    const struct token *t = clause_token(c, i);
    const struct word *w = t != NULL && !t->used ? token_sense(t, cls) : NULL;
    return w != NULL ? w->value : NULL;
}

bool token_filler(const struct token *t)
{
    return t->inside || token_sense(t, WORD_FILLER) != NULL || token_is(t, WORD_MOOD, "polite");
}

/* Nothing in a cluster is called by letters that are no ASCII. */
bool token_foreign(const struct token *t)
{
    for (const char *c = t->text; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            return true;
    return false;
}

bool clause_name(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    if (t == NULL || t->used || t->inside || *t->text == '\0' || ((t->flags & TOKEN_QUOTED) == 0 && token_foreign(t)))
        return false;
    if (token_sense(t, WORD_FILLER) != NULL && clause_noun_as_name(c, i))
        return true;
    if ((t->flags & TOKEN_QUOTED) != 0) /* nothing is called "connection refused"; a change asks what it may mean */
        return c->frame.changes || strchr(t->text, ' ') == NULL;
    if ((t->flags & TOKEN_NUMERIC) != 0 || *t->text == '-')
        return false;
    if (strcmp(t->low, "a") == 0 && (t->flags & TOKEN_COMMA) != 0)
        return true; /* "services a, b and c": no article ends in a comma */
    for (size_t k = 0; k < t->n_senses && !clause_offbeat(c, i); k++)
        if (t->senses[k]->cls != WORD_IMAGE)
            return false;
    return (isalnum((unsigned char)*t->text) || *t->text == '_') && !clause_ordinary(c, i);
}

void clause_use(struct clause *c, size_t i)
{
    struct token *t = clause_token(c, i);
    unsigned span = t != NULL ? t->span : 0;
    for (unsigned k = 0; k < span && i + k < c->to; k++)
        c->tokens->v[i + k].used = true;
}

size_t clause_after(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    i += t != NULL ? t->span : 1;
    while (i < c->to && token_filler(&c->tokens->v[i]) && (c->tokens->v[i].flags & TOKEN_QUOTED) == 0)
        i++;
    return i;
}

size_t clause_before(struct clause *c, size_t i)
{
    while (i-- > c->from)
        if (!token_filler(&c->tokens->v[i]) || (c->tokens->v[i].flags & TOKEN_QUOTED) != 0)
            return i;
    return c->to;
}

bool clause_verb_in(const struct clause *c, const char *const *verbs)
{
    for (; *verbs != NULL; verbs++)
        if (op_str_eq(c->frame.verb, *verbs))
            return true;
    return false;
}

void clause_take(struct clause *c, size_t i, const char *slot)
{
    slots_add(&c->frame.slots, slot, clause_token(c, i)->text);
    clause_use(c, i);
    frame_untopic(c, i);
}

void frame_untopic(struct clause *c, size_t i)
{
    struct frame *f = &c->frame;
    const struct word *topic = token_sense(clause_token(c, i), WORD_TOPIC);
    for (size_t k = c->from; k < c->to && topic != NULL; k++)
        if (k != i && token_is(&c->tokens->v[k], WORD_TOPIC, topic->value))
            topic = NULL;
    size_t kept = 0;
    for (size_t k = 0; k < f->n_topics; k++)
        if (topic == NULL || strcmp(f->topics[k], topic->value) != 0)
            f->topics[kept++] = f->topics[k];
    f->n_topics = kept;
}
