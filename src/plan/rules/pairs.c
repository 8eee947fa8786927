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
        { "tag", "labels" },
    };
    bool secret = op_str_eq(c->frame.makes, "secret") || op_str_eq(c->frame.makes, "configmap");
    bool helm = op_str_eq(c->frame.program, "helm");
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

static bool is_taint(const struct token *t)
{
    static const char *const effects[] = { ":noschedule", ":noexecute", ":prefernoschedule" };
    for (size_t i = 0; i < OP_LEN(effects); i++)
        if (op_str_ends(t->low, effects[i]))
            return true;
    return false;
}

/* "set the selector of the service web to …", "switch the service web to version=green": what a service selects. */
static bool selects(struct clause *c, size_t pair_at)
{
    static const char *const turning[] = { "switch", "route", NULL };
    bool service = false, selector = false, other = false;
    for (size_t i = c->from; i < pair_at; i++) {
        service = service || token_is(&c->tokens->v[i], WORD_KIND, "service");
        selector = selector || strstr(c->tokens->v[i].low, "selector") != NULL;
        selector = selector || strcmp(c->tokens->v[i].low, "traffic") == 0;
        other = other || token_sense(&c->tokens->v[i], WORD_KIND) != NULL;
    }
    if (selector && !other)
        return true; /* "change the selector to …": only services have one that changes */
    return service && (selector || clause_verb_in(c, turning));
}

/* "replicas=3", "maxSurge=1": fields of what is there, as its manifest calls them. */
static bool field_pair(struct clause *c, size_t i)
{
    static const char *const fields[][2] = {
        { "replicas=", "count" },
        { "maxsurge=", "roll_surge" },
        { "maxunavailable=", "roll_missing" },
        { "minreadyseconds=", "roll_ready" },
        { "progressdeadlineseconds=", "roll_limit" },
        { "revisionhistorylimit=", "roll_kept" },
        { "minreplicas=", "min" },
        { "maxreplicas=", "max" },
        { "targetport=", "target_port" },
        { "nodeport=", "node_port" },
    };
    const struct token *t = &c->tokens->v[i];
    const char *usual = c->frame.changes ? slot_by_context(c) : "sets";
    OP_AUTO_FREE char *key = op_strndup(t->low, strcspn(t->low, "="));
    const char *known = strchr(t->text, '=') != NULL && op_str_eq(usual, "env") ? field_of(key) : NULL;
    if (known != NULL) { /* "set externalTrafficPolicy=Local on the service web" */
        slots_set(&c->frame.slots, "field", known);
        slots_set(&c->frame.slots, "field_value", strchr(t->text, '=') + 1);
        clause_use(c, i);
        return true;
    }
    for (size_t k = 0; k < OP_LEN(fields) && !op_str_eq(usual, "sets") && !op_str_eq(usual, "data"); k++) {
        if (!op_str_starts(t->low, fields[k][0]))
            continue;
        slots_set(&c->frame.slots, fields[k][1], t->text + strlen(fields[k][0]));
        clause_use(c, i);
        return true;
    }
    return false;
}

/* "the pods with app=api", "all deployments labelled tier=back": behind several things, which of them. Where marks are
 * set it takes a second pair to tell: "label the pods with tier=back" marks them. */
static bool chooses(struct clause *c, size_t i)
{
    static const char *const marking[] = { "label", "annotate", "add",  "set",   "update",
                                           "put",   "tag",      "mark", "taint", NULL };
    static const char *const making[] = { "create", "run", "deploy", "install", "upgrade", "start", NULL };
    static const char *const telling[] = { "with",    "where",    "having", "whose",   "that",   "which",
                                           "have",    "has",      "the",    "label",   "labels", "labelled",
                                           "labeled", "matching", "carry",  "carrying" };
    size_t at = i, pairs = 0;
    while (at > c->from && OP_IN(c->tokens->v[at - 1].low, telling) && (c->tokens->v[at - 1].flags & TOKEN_STOP) == 0)
        at--;
    const struct word *kind = at > c->from && at < i ? token_sense(&c->tokens->v[at - 1], WORD_KIND) : NULL;
    for (size_t k = c->from; k < c->to; k++) {
        const char *eq = strchr(c->tokens->v[k].text, '=');
        pairs += eq != NULL && eq != c->tokens->v[k].text && (c->tokens->v[k].flags & TOKEN_QUOTED) == 0;
    }
    return kind != NULL && !kind->one && !clause_verb_in(c, making) && (!clause_verb_in(c, marking) || pairs > 1);
}

void clause_pair(struct clause *c, size_t i)
{
    struct token *t = clause_token(c, i);
    char pair[600];
    if (!t->used && c->frame.changes && chooses(c, i) && pair_of(t, true, pair, sizeof(pair))) {
        slots_set(&c->frame.slots, "selector", pair);
        clause_use(c, i);
        return;
    }
    size_t p = clause_before(c, i);
    while (p != c->to && (clause_role(c, p, "as") || clause_role(c, p, "and") || clause_role(c, p, "to") ||
                          (c->tokens->v[p].used && strchr(c->tokens->v[p].text, '=') != NULL)))
        p = clause_before(c, p); /* over the pairs before it */
    const char *value = strchr(t->text, '=');
    if (value != NULL && strchr(value, ':') != NULL && p != c->to && token_is(&c->tokens->v[p], WORD_KIND, "image") &&
        clause_sets_image(c) && !t->used) { /* "set image main=web:2 …": of this container */
        OP_AUTO_FREE char *container = op_strndup(t->text, (size_t)(value - t->text));
        slots_set(&c->frame.slots, "container", container);
        slots_set(&c->frame.slots, "image", value + 1);
        clause_use(c, i);
        return;
    }
    const char *slot = NULL;
    for (size_t k = 0; k < OP_LEN(pair_roles) && p != c->to && slot == NULL; k++)
        if (clause_role(c, p, pair_roles[k].role) || token_is(&c->tokens->v[p], WORD_ROLE, pair_roles[k].role))
            slot = pair_roles[k].slot;
    static const char *const making[] = { "create", "run", "deploy", "start", NULL };
    for (size_t k = p, steps = 0; slot == NULL && k != c->to && steps < 4 && clause_verb_in(c, making); steps++) {
        const struct token *word = &c->tokens->v[k]; /* "Label the pods tier=front" */
        if ((word->flags & TOKEN_STOP) != 0)
            break;
        slot = op_str_starts(word->low, "label") ? "selector" : NULL;
        k = k > c->from ? k - 1 : c->to;
    }
    bool place = op_str_starts(t->low, "namespace=") || op_str_starts(t->low, "ns=");
    for (size_t k = c->from; k < i && slot == NULL; k++)
        if (token_is(&c->tokens->v[k], WORD_TOPIC, "annotations"))
            slot = "annotations";
    if (!t->used && field_pair(c, i))
        return;
    static const char *const tainting[] = { "taint", "add", "set", NULL };
    if (!t->used && clause_verb_in(c, tainting) && is_taint(t)) {
        clause_take(c, i, "taints");
        return;
    }
    if (t->used || place || !pair_of(t, op_str_eq(slot, "selector"), pair, sizeof(pair)))
        return;
    if (clause_verb_in(c, tainting) && frame_has_topic(&c->frame, "taints"))
        slot = "taints";
    static const char *const turning[] = { "set", "update", "switch", "route", "patch", NULL };
    bool aims = clause_verb_in(c, turning) && (op_str_eq(c->frame.verb, "route") || selects(c, i));
    if (aims) {
        slots_set(&c->frame.slots, "route_pair", pair);
        clause_use(c, i);
        return;
    }
    static const char *const marking[] = { "add", "set", "update", "label", NULL };
    const char *usual = slot_by_context(c);
    if (op_str_eq(slot, "selector") && clause_verb_in(c, marking))
        slot = usual = "labels"; /* "add the label env=prod to …" */
    bool own = op_str_eq(usual, "labels") || op_str_eq(usual, "annotations") || op_str_eq(usual, "taints");
    if (op_str_eq(slot, "annotations"))
        usual = slot;
    if ((slot == NULL || own) && !op_str_eq(slot, "taints"))
        slot = usual;
    if (strchr(pair, '/') != NULL && strchr(pair, '=') == NULL)
        return;
    slots_add(&c->frame.slots, slot, pair);
    clause_use(c, i);
}

/* "image.tag" where a release is spoken of: a value of its chart. */
static bool is_value_path(struct clause *c, size_t i)
{
    bool helm = op_str_eq(c->frame.program, "helm");
    for (size_t k = c->from; k < c->to; k++)
        helm =
            helm || token_is(&c->tokens->v[k], WORD_KIND, "release") || token_is(&c->tokens->v[k], WORD_KIND, "chart");
    const char *text = c->tokens->v[i].text;
    size_t to = i + 1;
    return helm && clause_name(c, i) && clause_role(c, to, "to") && strpbrk(text, "/:=") == NULL &&
           isalpha((unsigned char)*text) && strchr(text, '.') != NULL;
}

/* DEBUG, LOG_LEVEL: written as variables of an environment are. */
static bool shouts(const struct token *t)
{
    size_t n = strlen(t->text);
    return n > 2 && !t->used && isupper((unsigned char)*t->text) &&
           strspn(t->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == n;
}

static bool is_key(struct clause *c, size_t i)
{
    static const char *const roles[] = { "from", "of", "on", "in", "for", "to", "and" };
    const struct token *t = clause_token(c, i);
    for (size_t k = 0; k < OP_LEN(roles) && t != NULL; k++)
        if (token_is(t, WORD_ROLE, roles[k]))
            return false;
    return t != NULL && !t->used && !t->inside && token_sense(t, WORD_KIND) == NULL && *t->text != '-';
}

/* "change the label tier of pod web-1 to back": a key beside the word, and its value behind the last "to". */
static bool spoken_mark(struct clause *c, size_t i)
{
    static const char *const setting[] = { "set", "update", NULL };
    struct token *t = clause_token(c, i), *key = clause_token(c, i + 1);
    bool label = token_is(t, WORD_TOPIC, "labels"), note = token_is(t, WORD_TOPIC, "annotations");
    size_t last = c->to;
    while (last > i + 2 && !clause_role(c, last - 1, "to"))
        last--;
    if ((!label && !note) || key == NULL || last <= i + 2 || last >= c->to || !clause_verb_in(c, setting) ||
        !is_key(c, i + 1) || strchr(key->text, '=') != NULL)
        return false;
    char pair[600];
    (void)snprintf(pair, sizeof(pair), "%s=%s", key->text, clause_token(c, last)->text);
    slots_add(&c->frame.slots, label ? "labels" : "annotations", pair);
    slots_set(&c->frame.slots, "overwrite", "true");
    clause_use(c, i + 1);
    clause_use(c, last - 1);
    clause_use(c, last);
    return true;
}

/* "set env DEBUG to true", "set replicaCount to 3": a key, "to", a value. */
void clause_spoken_pair(struct clause *c, size_t i)
{
    if (spoken_mark(c, i))
        return;
    bool env = token_is(&c->tokens->v[i], WORD_ROLE, "envword");
    bool value = clause_role(c, i, "setvalue");
    size_t key = clause_after(c, i);
    static const char *const setting[] = { "set", "update", "add", "switch", NULL };
    bool shouted = !env && !value && clause_verb_in(c, setting) && shouts(clause_token(c, i));
    bool dotted = !env && !value && clause_verb_in(c, setting) && is_value_path(c, i);
    if (shouted || dotted) { /* "change DEBUG to false", "change image.tag to 1.27 in the release web" */
        env = shouted;
        key = i;
    }
    struct token *k = clause_token(c, key);
    if ((!env && !value && !dotted) || k == NULL || !(shouted || clause_name(c, key)) || strchr(k->text, '=') != NULL)
        return;
    size_t to = clause_after(c, key);
    if (clause_role(c, to, "from") && clause_role(c, to + 2, "to")) { /* "LOG_LEVEL from info to debug" */
        clause_use(c, to);
        clause_use(c, to + 1);
        frame_untopic(c, to + 1);
        to += 2;
    }
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
    frame_untopic(c, key);
    frame_untopic(c, to);
}

static const struct {
    enum word_class cls;
    const char *value, *slot;
} key_words[] = {
    { WORD_TOPIC, "labels", "label_key" },
    { WORD_TOPIC, "annotations", "annotation_key" },
    { WORD_TOPIC, "taints", "taint_key" },
    { WORD_ROLE, "envword", "env_key" },
};

/* "remove the label env from …", "drop the tier label of …", "unset DEBUG on …": what stands beside the word is the
 * key, whatever it looks like. */
void clause_key(struct clause *c, size_t i)
{
    static const char *const taking[] = { "delete", "unlabel", "untaint", "unset", NULL };
    if (!clause_verb_in(c, taking))
        return;
    for (size_t k = 0; k < OP_LEN(key_words) && !c->tokens->v[i].used; k++) {
        if (!token_is(&c->tokens->v[i], key_words[k].cls, key_words[k].value))
            continue;
        size_t next = i + c->tokens->v[i].span;
        if (clause_role(c, next, "named"))
            next++;
        const struct token *front = clause_token(c, i - 1);
        static const char *const effects[] = { "noschedule", "noexecute", "prefernoschedule" };
        bool in_front = is_key(c, i - 1) && !OP_IN(front->low, effects) && !token_is(front, WORD_TOPIC, "all") &&
                        !token_is(front, WORD_ROLE, "det") && !token_is(front, WORD_ROLE, "with");
        if (in_front && !(is_key(c, next) && clause_name(c, next)))
            next = i - 1;
        if (is_key(c, next))
            clause_take(c, next, key_words[k].slot);
        const bool env = strcmp(key_words[k].slot, "env_key") == 0, many = op_str_ends(c->tokens->v[i].low, "s");
        for (next++; (env || many) && clause_role(c, next, "and") && is_key(c, next + 1) &&
                     (isupper((unsigned char)*c->tokens->v[next + 1].text) || (many && !env));
             next += 2)
            clause_take(c, next + 1, key_words[k].slot); /* "remove env FOO and BAR" */
        return;
    }
    bool unsets = token_is(&c->tokens->v[i], WORD_VERB, "unset") && slots_get(&c->frame.slots, "env_key") == NULL;
    size_t next = clause_after(c, i);
    if (unsets && clause_name(c, next))
        clause_take(c, next, "env_key");
}
