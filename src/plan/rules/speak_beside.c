/* Phrases about docker, helm and minikube: where they may be heard. A container, an image or a compose file is docker's
 * unless a kind that only a cluster has stands beside it ("the container main of the pod web-1"). */
#include "spoken.h"

#include "intent.h"

#include "opsh/base/str.h"

bool setting_has(const struct setting *s, const struct op_node *list)
{
    for (size_t i = 0; i < s->n; i++)
        if (op_node_has(list, s->kinds[i]))
            return true;
    for (size_t i = 0; i < s->n_programs; i++)
        if (op_node_has(list, s->programs[i]))
            return true;
    char verb[40];
    (void)snprintf(verb, sizeof(verb), "verb.%s", s->verb != NULL ? s->verb : "");
    return op_node_has(list, verb);
}

void setting_beside(struct clause *c, struct setting *s)
{
    /* what docker, helm and minikube call by the same word */
    static const char *const shared[] = { "service", "node", "ingress", "event", "secret", "namespace" };
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        const struct word *program = token_sense(t, WORD_PROGRAM), *kind = token_sense(t, WORD_KIND);
        if (program != NULL && s->n_programs < OP_LEN(s->programs))
            s->programs[s->n_programs++] = program->value;
        s->cluster = s->cluster || (kind != NULL && kind_is_kubernetes(kind->value) && !OP_IN(kind->value, shared));
    }
    if (c->frame.program != NULL && s->n_programs == 0)
        s->programs[s->n_programs++] = c->frame.program;
    s->verb = c->frame.verb;
    s->asked_at = s->first;
    const struct token *tells = &c->tokens->v[s->first];
    size_t behind = s->first + tells->span;
    while (behind < c->to && hear_article(&c->tokens->v[behind]))
        behind++;
    if (token_is(tells, WORD_VERB, "get") && behind < c->to &&
        (token_is(&c->tokens->v[behind], WORD_MOOD, "which") || token_is(&c->tokens->v[behind], WORD_MOOD, "count")))
        s->asked_at = behind; /* "tell me which ports …" */
    s->told = s->first;
    while (c->frame.mood == MOOD_ADVICE && s->told + 1 < c->to &&
           (c->tokens->v[s->told].inside || token_is(&c->tokens->v[s->told], WORD_MOOD, "advice") ||
            token_filler(&c->tokens->v[s->told]) || hear_article(&c->tokens->v[s->told])))
        s->told++;
}

static bool other_said(const struct phrase *p, const struct setting *s)
{
    const bool docker = strcmp(p->program, "docker") == 0;
    bool own = false, other = false;
    for (size_t i = 0; i < s->n_programs; i++) {
        bool same = strcmp(s->programs[i], p->program) == 0;
        own = own || same;
        other = other || (!same && (docker || strcmp(s->programs[i], "kubectl") != 0));
    }
    return other && (docker || !own); /* minikube's driver is docker; docker has nothing of minikube's */
}

bool spoken_beside(const struct clause *c, const struct phrase *p, const struct setting *s, size_t at)
{
    const struct frame *f = &c->frame;
    static const char *const place[] = { "namespace" };
    bool spaces = false; /* docker has no namespaces */
    for (size_t i = 0; i < s->n && strcmp(p->program, "docker") == 0; i++)
        spaces = spaces || OP_IN(s->kinds[i], place);
    if (spaces || other_said(p, s) || (s->cluster && strcmp(p->program, "helm") != 0))
        return false;
    char now[40];
    (void)snprintf(now, sizeof(now), "verb.%s", f->verb != NULL ? f->verb : "");
    bool beside =
        p->kinds == NULL || setting_has(s, p->kinds) || op_node_has(p->kinds, f->makes) || op_node_has(p->kinds, now);
    if (setting_has(s, p->lacks) || !beside)
        return false;
    if (p->asks != NULL)
        return (at == s->first || at == s->asked_at) && !f->changes && f->mood != MOOD_NOT;
    const bool reads = p->does == NULL && op_node_has(p->kinds, "reads") && f->mood == MOOD_ASK;
    if (f->mood != MOOD_DO && f->mood != MOOD_ADVICE && !reads)
        return false;
    char verb[40];
    const struct word *first = at == s->first ? token_sense(&c->tokens->v[at], WORD_VERB) : NULL;
    (void)snprintf(verb, sizeof(verb), "verb.%s", f->verb != NULL ? f->verb : "");
    if (p->does == NULL && first != NULL && op_str_eq(first->value, f->verb))
        return false; /* the verb is no part of what it is done to */
    return p->does != NULL ? at == s->first || at == s->told
                           : f->changes || op_node_has(p->kinds, verb) || op_node_has(p->kinds, "reads");
}
