/* Of something that is to be made: where its name stands, and what a role shall allow. */
#include "intent.h"
#include "spoken.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

const struct word *clause_kind_before(struct clause *c, size_t i)
{
    size_t at = i;
    while (at > c->from && c->tokens->v[at - 1].inside)
        at--;
    const struct token *t = at > c->from ? &c->tokens->v[at - 1] : NULL;
    return t != NULL && at - 1 + t->span == i ? token_sense(t, WORD_KIND) : NULL;
}

/* "create a secret token with …": a word that stands where only the name of the new thing can stand. */
bool clause_names_new(struct clause *c, size_t i)
{
    static const char *const making[] = { "create", "add", NULL };
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
    if (t == NULL)
        return false;
    const struct word *kind = clause_kind_before(c, i);
    if (kind == NULL || !kind->one || t->span > 1 || next == NULL || !clause_verb_in(c, making))
        return false;
    static const char *const closing[] = { "with", "in", "from", "using", "that" };
    bool closed = (t->flags & TOKEN_COMMA) != 0 || (next->flags & TOKEN_SPOKEN) != 0;
    for (size_t k = 0; k < OP_LEN(closing); k++)
        closed = closed || token_is(next, WORD_ROLE, closing[k]);
    return closed && hear_any_name(c, i);
}

/* "a role that can get and list pods": which API verbs on which kinds. */
void clause_permissions(struct clause *c)
{
    static const char *const api[] = { "get", "list", "watch", "create", "update", "patch", "delete" };
    static const char *const reading[] = { "read", "view", "see" };
    struct frame *f = &c->frame;
    OP_AUTO_BUF verbs = OP_BUF_INIT, kinds = OP_BUF_INIT;
    if (!f->changes || !(op_str_eq(f->kind, "role") || op_str_eq(f->kind, "clusterrole")))
        return;
    bool main_verb = true;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        const struct word *kind = token_sense(t, WORD_KIND);
        for (size_t k = 0; k < OP_LEN(api); k++)
            if (strcmp(t->low, api[k]) == 0 && !(main_verb && k == 3))
                op_buf_addf(&verbs, "%s%s", verbs.len > 0 ? "," : "", api[k]);
        for (size_t k = 0; k < OP_LEN(reading); k++)
            if (strcmp(t->low, reading[k]) == 0 && verbs.len == 0)
                op_buf_adds(&verbs, "get,list,watch");
        bool logs = strcmp(t->low, "logs") == 0 && kinds.len > 0;
        if (logs)
            op_buf_adds(&kinds, ",pods/log");
        main_verb = main_verb && token_sense(t, WORD_VERB) == NULL;
        char plural[96];
        if (kind != NULL && kind_is_kubernetes(kind->value) && !op_str_eq(kind->value, f->kind) &&
            strcmp(kind->value, "namespace") != 0)
            op_buf_addf(&kinds, "%s%s", kinds.len > 0 ? "," : "", kind_plural(kind->value, plural, sizeof(plural)));
    }
    if (verbs.len > 0)
        slots_set(&f->slots, "rbac_verbs", op_buf_str(&verbs));
    if (kinds.len > 0)
        slots_set(&f->slots, "rbac_resources", op_buf_str(&kinds));
}
