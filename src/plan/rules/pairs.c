/* key=value in all its spellings: labels, environment, values of charts, data of ConfigMaps and Secrets. */
#include "request.h"

#include "opsh/base/str.h"

/* A pair as key=value, from k=v or (where a selector is meant) k:v. */
static bool pair_of(const struct token *t, bool colon, char *out, size_t size)
{
    const char *eq = strpbrk(t->text, colon ? "=:" : "=");
    if (eq == NULL || eq == t->text || (eq[1] == '\0' && *eq != '=') || t->inside || *t->text == '-')
        return false;
    const char *value = eq + 1 + (eq[1] == '=');
    (void)snprintf(out, size, "%.*s=%s", (int)(eq - t->text), t->text, value);
    return true;
}

struct pair_rule {
    const char *role, *slot;
};

static const struct pair_rule pair_roles[] = {
    { "labelword", "selector" },
    { "envword", "env" },
    { "key", "data" },
    { "setvalue", "sets" },
};

/* Whose pair it is when no word says so: the verb's, the program's or the kind's. */
static const char *slot_by_context(struct clause *c)
{
    static const struct {
        const char *verb, *slot;
    } by_verb[] = {
        { "label", "labels" }, { "annotate", "annotations" }, { "taint", "taints" },
        { "install", "sets" }, { "upgrade", "sets" },         { "set", "env" },
    };
    bool secret = false, helm = op_str_eq(c->frame.program, "helm");
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        secret = secret || token_is(t, WORD_KIND, "secret") || token_is(t, WORD_KIND, "configmap");
        helm = helm || token_is(t, WORD_KIND, "release") || token_is(t, WORD_KIND, "chart") ||
               token_is(t, WORD_PROGRAM, "helm");
    }
    if (helm && c->frame.changes)
        return "sets";
    for (size_t i = 0; i < OP_LEN(by_verb); i++)
        if (op_str_eq(c->frame.verb, by_verb[i].verb))
            return by_verb[i].slot;
    if (secret && c->frame.changes)
        return "data";
    return c->frame.changes ? "env" : "selector";
}

void clause_pair(struct clause *c, size_t i)
{
    struct token *t = clause_token(c, i);
    char pair[600];
    size_t p = clause_before(c, i);
    while (p != c->to && (clause_role(c, p, "as") || clause_role(c, p, "and") || clause_role(c, p, "to")))
        p = clause_before(c, p);
    const char *slot = NULL;
    for (size_t k = 0; k < OP_LEN(pair_roles) && p != c->to && slot == NULL; k++)
        if (clause_role(c, p, pair_roles[k].role) || token_is(&c->tokens->v[p], WORD_ROLE, pair_roles[k].role))
            slot = pair_roles[k].slot;
    bool place = op_str_starts(t->low, "namespace=") || op_str_starts(t->low, "ns=");
    for (size_t k = c->from; k < i && slot == NULL; k++)
        if (token_is(&c->tokens->v[k], WORD_TOPIC, "annotations"))
            slot = "annotations";
    if (t->used || place || !pair_of(t, op_str_eq(slot, "selector"), pair, sizeof(pair)))
        return;
    static const char *const marking[] = { "add", "set", "update", "label", NULL };
    const char *usual = slot_by_context(c);
    if (op_str_eq(slot, "selector") && clause_verb_in(c, marking))
        slot = usual = "labels"; /* "add the label env=prod to …" */
    bool own = op_str_eq(usual, "labels") || op_str_eq(usual, "annotations") || op_str_eq(usual, "taints");
    if (op_str_eq(slot, "annotations"))
        usual = slot;
    if (slot == NULL || own)
        slot = usual;
    if (strchr(pair, '/') != NULL && strchr(pair, '=') == NULL)
        return;
    slots_add(&c->frame.slots, slot, pair);
    clause_use(c, i);
}

/* "set env DEBUG to true", "set replicaCount to 3": a key, "to", a value. */
void clause_spoken_pair(struct clause *c, size_t i)
{
    bool env = token_is(&c->tokens->v[i], WORD_ROLE, "envword");
    bool value = clause_role(c, i, "setvalue");
    size_t key = clause_after(c, i);
    struct token *k = clause_token(c, key);
    if ((!env && !value) || k == NULL || !clause_name(c, key) || strchr(k->text, '=') != NULL)
        return;
    size_t to = clause_after(c, key);
    if (clause_role(c, to, "to") || clause_role(c, to, "as"))
        to = clause_after(c, to);
    else if (!value)
        return;
    struct token *v = clause_token(c, to);
    if (v == NULL || v->used)
        return;
    char pair[600];
    (void)snprintf(pair, sizeof(pair), "%s=%s", k->text, v->text);
    slots_add(&c->frame.slots, env ? "env" : "sets", pair);
    clause_use(c, key);
    clause_use(c, to);
}

/* "remove the label env from …": what stands behind "label" is its key, whatever it looks like. */
void clause_label_key(struct clause *c, size_t i)
{
    static const char *const taking[] = { "delete", "unlabel", NULL };
    struct token *key = clause_token(c, i + 1);
    if (!token_is(&c->tokens->v[i], WORD_TOPIC, "labels") || key == NULL || !clause_verb_in(c, taking) ||
        strchr(key->text, '=') != NULL)
        return;
    if (token_is(key, WORD_ROLE, "from") || token_is(key, WORD_ROLE, "of") || token_is(key, WORD_ROLE, "on"))
        return;
    clause_take(c, i + 1, "label_key");
}
