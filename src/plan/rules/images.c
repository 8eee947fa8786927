/* Images: which word is one, and whether it is a value ("set the image of web to …") or the object. */
#include "request.h"

#include "opsh/base/str.h"

static bool looks_like_image(const struct token *t)
{
    if ((t->flags & TOKEN_NAMELIKE) == 0 && (t->flags & TOKEN_QUOTED) == 0)
        return false;
    const char *colon = strchr(t->text, ':');
    if (strchr(t->text, '=') != NULL || strstr(t->text, "://") != NULL || strchr(t->text, ' ') != NULL)
        return false;
    return colon != NULL && colon != t->text && colon[1] != '\0' && strspn(t->text, "0123456789:") != strlen(t->text);
}

static bool image_opener(struct clause *c, size_t i)
{
    return clause_role(c, i, "using") || clause_role(c, i, "with") || clause_role(c, i, "from") ||
           clause_role(c, i, "to");
}

const char *token_image(const struct token *t)
{
    const struct word *w = token_sense(t, WORD_IMAGE);
    return w != NULL ? w->value : NULL;
}

/* "a pod tools with busybox": a program that everybody knows, where what runs is said. */
static bool known_there(struct clause *c, size_t i)
{
    static const char *const openers[] = { "with", "from", "using", "running", "runs", "uses", "use", "run" };
    static const char *const making[] = { "create", "run", "deploy", "start", "add", "launch", NULL };
    static const char *const pods[] = { "pod", "deployment", "statefulset", "daemonset", "job", "cronjob" };
    const struct token *t = clause_token(c, i), *prev = clause_token(c, i - 1), *next = clause_token(c, i + t->span);
    bool runs = false;
    for (size_t k = c->from; k < i; k++) {
        const struct word *kind = token_sense(&c->tokens->v[k], WORD_KIND);
        runs = runs || (kind != NULL && OP_IN(kind->value, pods));
    }
    return runs && i > c->from && prev != NULL && token_image(t) != NULL &&
           (OP_IN(prev->low, openers) || (t->flags & TOKEN_ASIDE) != 0) && clause_verb_in(c, making) &&
           (next == NULL || token_sense(next, WORD_KIND) == NULL);
}

/* "from nicolaka/netshoot": a path without a tag, where only an image can stand. */
static bool untagged(struct clause *c, size_t i)
{
    static const char *const openers[] = {
        "with", "from", "using", "running", "runs", "uses", "use", "of", "on", "run"
    };
    static const char *const making[] = { "create", "run", "deploy", "start", "add", "launch", NULL };
    static const char *const elsewhere[] = { "chart", "release", "repository", "configmap", "secret", "dockerfile" };
    const struct token *t = clause_token(c, i), *prev = clause_token(c, i - 1);
    const char *slash = strrchr(t->text, '/');
    if (slash == NULL || i == c->from || prev == NULL || !clause_verb_in(c, making) || !OP_IN(prev->low, openers) ||
        strpbrk(t->text, "=: ,") != NULL || *t->text == '/' || *t->text == '.' || strchr(slash, '.') != NULL)
        return false;
    for (size_t k = c->from; k < c->to; k++) {
        const struct word *kind = token_sense(&c->tokens->v[k], WORD_KIND);
        if ((kind != NULL && OP_IN(kind->value, elsewhere)) || token_is(&c->tokens->v[k], WORD_PROGRAM, "helm"))
            return false;
    }
    return true;
}

/* "from worker:1.0 to worker:1.1": what it runs until now. */
static bool was_image(struct clause *c, size_t i)
{
    bool to = false;
    for (size_t k = i + 1; k < c->to; k++) {
        to = to || clause_role(c, k, "to");
        bool with = clause_role(c, i + 1, "with") || clause_role(c, i + 1, "by");
        if (op_str_eq(c->frame.verb, "replace") && with && k == i + 2 && looks_like_image(&c->tokens->v[k]))
            return true; /* "replace web:1 by web:2" */
        if (to && looks_like_image(&c->tokens->v[k]))
            return c->frame.changes && (clause_role(c, i - 1, "from") || clause_role(c, i - 2, "from"));
    }
    return false;
}

void clause_image(struct clause *c, size_t i)
{
    struct slots *s = &c->frame.slots;
    struct token *t = clause_token(c, i);
    if (t->used || t->inside)
        return;
    bool word = token_is(t, WORD_KIND, "image") && !op_str_eq(c->frame.kind, "image");
    if (looks_like_image(t) && slots_get(s, "image") == NULL && was_image(c, i)) {
        clause_use(c, i);
        return;
    }
    if (known_there(c, i) && slots_get(s, "image") == NULL) {
        slots_set(s, "image", token_image(t));
        clause_use(c, i);
        return;
    }
    if ((looks_like_image(t) || untagged(c, i)) && slots_get(s, "image") == NULL) {
        slots_set(s, "image", t->text);
        clause_use(c, i);
        return;
    }
    if (!word || slots_get(s, "image") != NULL)
        return;
    size_t next = clause_after(c, i);
    if (clause_role(c, next, "to") || clause_role(c, next, "as") || clause_role(c, next, "named"))
        next = clause_after(c, next);
    struct token *n = clause_token(c, next);
    struct token *prev = clause_token(c, i - 1);
    const bool apart = prev != NULL &&
                       ((prev->flags & (TOKEN_COMMA | TOKEN_STOP | TOKEN_COLON)) != 0 || (t->flags & TOKEN_ASIDE) != 0);
    if (prev != NULL && !apart && clause_name(c, i - 1) && i - 1 > c->from &&
        (image_opener(c, i - 2) || token_filler(prev - 1))) {
        slots_set(s, "image", prev->text);
        clause_use(c, i - 1);
    } else if (n != NULL && looks_like_image(n) && was_image(c, next)) {
        clause_use(c, next);
    } else if (n != NULL && clause_name(c, next) && (c->tokens->v[i].flags & TOKEN_STOP) == 0) {
        const char *known = token_image(n);
        slots_set(s, "image", known != NULL ? known : n->text);
        clause_use(c, next);
    } else {
        return;
    }
    clause_use(c, i);
}

/* "app to duo:2 and helper to helper:3", "app=duo:2 helper=helper:3": each container its own. */
void clause_image_pairs(struct clause *c)
{
    struct {
        size_t from, to;
    } found[8];
    OP_AUTO_STRV pairs = OP_STRV_INIT;
    size_t n = 0;
    for (size_t i = c->from; i < c->to && n < OP_LEN(found); i++) {
        const struct token *t = clause_token(c, i), *image = clause_token(c, i + 2);
        const char *eq = strchr(t->text, '='), *colon = eq != NULL ? strchr(eq, ':') : NULL;
        size_t to = i + 1;
        if (colon != NULL && eq != t->text && colon != eq + 1 && colon[1] != '\0' && !t->used &&
            strchr(t->text, '@') == NULL) {
            op_strv_push(&pairs, t->text);
        } else if (isalnum((unsigned char)*t->text) && t->span == 1 && !t->used && token_sense(t, WORD_KIND) == NULL &&
                   token_sense(t, WORD_ROLE) == NULL && clause_role(c, i + 1, "to") && image != NULL && !image->used &&
                   looks_like_image(image)) {
            op_strv_pushf(&pairs, "%s=%s", t->text, image->text);
            to = i + 3;
        } else {
            continue;
        }
        found[n].from = i;
        found[n++].to = to;
        i = to - 1;
    }
    bool images = false;
    for (size_t i = c->from; i < c->to; i++)
        images = images || token_is(&c->tokens->v[i], WORD_KIND, "image") ||
                 token_is(&c->tokens->v[i], WORD_KIND, "container");
    if (n < 2 || !images || !clause_sets_image(c))
        return;
    for (size_t k = 0; k < n; k++) {
        slots_add(&c->frame.slots, "image_pair", pairs.v[k]);
        slots_set(&c->frame.slots, "image", strchr(pairs.v[k], '=') + 1);
        for (size_t i = found[k].from; i < found[k].to; i++)
            clause_use(c, i);
    }
}

/* "set the image of web to …": the image is a value, not the object. */
bool clause_sets_image(const struct clause *c)
{
    static const char *const verbs[] = { "set",    "update", "upgrade", "switch", "replace",
                                         "deploy", "create", "run",     "start" };
    return OP_IN(c->frame.verb, verbs);
}
