/* Where and on what: files, namespaces, contexts, containers, labels and other key=value pairs.
 * Whatever is taken here can no longer be mistaken for an object's name. */
#include "request.h"

#include "opsh/base/str.h"

static struct slots *slots(struct clause *c)
{
    return &c->frame.slots;
}

/* ---- files and addresses ---- */

static bool looks_like_file(const char *s)
{
    static const char *const endings[] = { ".yaml", ".yml", ".json", ".tgz", ".env", ".conf", ".properties", ".txt" };
    if (op_str_starts(s, "./") || op_str_starts(s, "../") || op_str_starts(s, "~/") || (*s == '/' && s[1] != '\0'))
        return true;
    for (size_t i = 0; i < OP_LEN(endings); i++)
        if (op_str_ends(s, endings[i]))
            return true;
    return op_str_eq(s, ".") || op_str_eq(s, "..") || (strlen(s) > 2 && op_str_ends(s, "/"));
}

static void files(struct clause *c, size_t i)
{
    struct token *t = clause_token(c, i);
    if (t->used || t->inside || t->n_senses > 0)
        return;
    bool values = i > c->from && clause_role(c, i - 1, "valuesfile");
    bool variable = false;
    for (size_t k = c->from; k < i; k++)
        variable = variable || token_is(&c->tokens->v[k], WORD_ROLE, "envword");
    if (variable && clause_role(c, i - 1, "to"))
        return; /* "set the variable API_URL to http://…" */
    const char *address = strstr(t->text, "://"), *eq = strchr(t->text, '=');
    if (address != NULL && (eq == NULL || eq > address) && !op_str_starts(t->text, "oci://"))
        clause_take(c, i, looks_like_file(t->text) ? "file" : "url");
    else if (looks_like_file(t->text) && strchr(t->text, '=') == NULL)
        clause_take(c, i, values ? "valuesfile" : "file");
    else if (i > c->from && clause_role(c, i - 1, "file") && (t->flags & TOKEN_NAMELIKE) != 0 &&
             (strchr(t->text, '/') != NULL || strchr(t->text, '.') != NULL))
        clause_take(c, i, "file");
    else if (strchr(t->text, '/') != NULL && strpbrk(t->text, ":=") == NULL &&
             (op_str_starts(t->low, "charts/") ||
              clause_verb_in(c, (const char *const[]){ "apply", "lint", "render", NULL })))
        clause_take(c, i, "file");
}

/* ---- flags as people paste them ---- */

static void flags(struct clause *c, size_t i)
{
    static const struct {
        const char *flag, *slot;
    } rows[] = {
        { "-n", "ns" },
        { "--namespace", "ns" },
        { "--context", "context" },
        { "-l", "selector" },
        { "--selector", "selector" },
        { "-c", "container" },
        { "--container", "container" },
        { "-f", "file" },
        { "--filename", "file" },
        { "--tail", "tail" },
        { "--since", "since" },
        { "--replicas", "count" },
        { "--image", "image" },
        { "--port", "port" },
        { "--set", "sets" },
        { "-o", "output" },
        { "--output", "output" },
        { "--version", "version" },
    };
    struct token *t = clause_token(c, i);
    if (*t->text != '-' || t->used)
        return;
    const char *eq = strchr(t->text, '=');
    size_t n = eq != NULL ? (size_t)(eq - t->text) : strlen(t->text);
    struct token *next = clause_token(c, i + 1);
    bool follows = next == NULL || !looks_like_file(next->text); /* "logs -f backend" */
    if (follows && strcmp(t->text, "-f") == 0 && frame_has_topic(&c->frame, "logs")) {
        frame_topic(&c->frame, "follow");
        clause_use(c, i);
        return;
    }
    for (size_t k = 0; k < OP_LEN(rows); k++) {
        if (strlen(rows[k].flag) != n || strncmp(rows[k].flag, t->text, n) != 0)
            continue;
        if (eq != NULL) {
            slots_add(slots(c), rows[k].slot, eq + 1);
            clause_use(c, i);
        } else if (next != NULL && *next->text != '-' && !next->used) {
            clause_take(c, i + 1, rows[k].slot);
            clause_use(c, i);
        }
        return;
    }
}

/* ---- namespace and context ---- */

static bool other_kind(struct clause *c, size_t not_at)
{
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *w = token_sense(&c->tokens->v[i], WORD_KIND);
        if (i != not_at && w != NULL && !c->tokens->v[i].used && strcmp(w->value, "namespace") != 0)
            return true;
    }
    return false;
}

static bool preposition(struct clause *c, size_t i)
{
    static const char *const roles[] = { "in",  "from", "into",   "to",    "of",
                                         "for", "on",   "across", "using", "namespaceword" };
    for (size_t k = 0; k < OP_LEN(roles); k++)
        if (clause_role(c, i, roles[k]))
            return true;
    return false;
}

static bool clause_marks(const struct clause *c)
{
    return frame_has_topic(&c->frame, "labels") || frame_has_topic(&c->frame, "annotations");
}

/* "the shop namespace" / "namespace shop": is the namespace the thing itself, or where things are? */
static bool namespace_is_place(struct clause *c, size_t first, size_t kind_at)
{
    static const char *const own[] = { "create", "delete", "label", "annotate", "describe", "get", "tag", NULL };
    static const char *const marking[] = { "add", "set", "label", "annotate", "update", NULL };
    if (clause_verb_in(c, marking) && !other_kind(c, kind_at) && clause_marks(c))
        return false; /* "add the annotation a=b to the namespace shop" */
    size_t p = clause_before(c, first);
    bool behind = p != c->to && preposition(c, p);
    /* "details of the shop namespace" is about it; "delete the pods of namespace shop" is not */
    if (behind && (clause_role(c, p, "of") || clause_role(c, p, "for")) && !other_kind(c, kind_at))
        return !clause_verb_in(c, own) && c->frame.verb != NULL;
    return behind || other_kind(c, kind_at) || (c->frame.verb != NULL && !clause_verb_in(c, own));
}

/* A word that the vocabulary knows, standing where only a name can stand: "the data namespace", "in monitoring". */
static bool place_word(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    if (clause_name(c, i))
        return true;
    if (t == NULL || t->used || t->inside || t->span > 1 || t->n_senses == 0 || !isalpha((unsigned char)*t->text))
        return false;
    const struct token *before_it = clause_token(c, i - 1);
    bool led =
        before_it != NULL && (before_it->inside || token_sense(before_it, WORD_ROLE) != NULL ||
                              token_is(before_it, WORD_KIND, "namespace") || token_is(before_it, WORD_KIND, "context"));
    for (size_t k = 0; k < t->n_senses && led; k++) {
        const bool closed = i + 1 == c->to || (t->flags & (TOKEN_COMMA | TOKEN_STOP)) != 0 ||
                            (c->tokens->v[i + 1].flags & TOKEN_SPOKEN) != 0; /* "in namespace render older than …" */
        bool verb = t->senses[k]->cls == WORD_VERB && (t->inflected || closed), key = t->senses[k]->cls == WORD_ROLE;
        static const char *const roles[] = { "key", "request", "limit", "since", "version" };
        bool plain = false;
        for (size_t r = 0; r < OP_LEN(roles) && key; r++)
            plain = plain || strcmp(t->senses[k]->value, roles[r]) == 0;
        plain = plain || (t->senses[k]->cls == WORD_FILLER && clause_plain_noun(t->low)); /* "in the demo namespace" */
        led = verb || plain || t->senses[k]->cls == WORD_IMAGE || t->senses[k]->cls == WORD_UNIT ||
              t->senses[k]->cls == WORD_TOPIC;
    }
    return led;
}

/* May this word, right behind "in the namespace", be its name? Not one that goes on with the sentence. */
static bool hear_only_name(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    if (t == NULL || t->used || t->inside || t->span != 1 || (t->flags & TOKEN_NUMERIC) != 0 ||
        !isalpha((unsigned char)*t->low))
        return false;
    bool ends = i + 1 == c->to || (t->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0; /* "in namespace stream, please" */
    for (size_t k = 0; k < t->n_senses; k++)
        if (t->senses[k]->cls != WORD_KIND && t->senses[k]->cls != WORD_TOPIC && t->senses[k]->cls != WORD_FILLER &&
            t->senses[k]->cls != WORD_IMAGE && t->senses[k]->cls != WORD_PROGRAM && t->senses[k]->cls != WORD_UNIT &&
            !(t->senses[k]->cls == WORD_VERB && ends))
            return false;
    static const char *const on[] = { "all",    "every", "each",  "everything", "only",  "too",   "now",
                                      "please", "where", "whose", "called",     "named", "there", "here",
                                      "right",  "again", "so",    "still",      "which", "whole", "entire" };
    if (OP_IN(t->low, on))
        return false;
    const struct token *next = clause_token(c, i + 1);
    return next == NULL || (t->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0 || (next->flags & TOKEN_SPOKEN) != 0 ||
           token_sense(next, WORD_ROLE) != NULL || token_filler(next) || token_sense(next, WORD_MOOD) != NULL;
}

/* "on namespaces infra and tools": what is listed is namespaces, whatever its words mean elsewhere. */
static bool says_namespaces(const struct clause *c, size_t before)
{
    for (size_t i = c->from; i < before; i++)
        if (strcmp(c->tokens->v[i].low, "namespaces") == 0)
            return true;
    return false;
}

/* "in dev and staging", "in dev and in staging": more of them behind the first. */
static void more_places(struct clause *c, size_t at)
{
    for (;;) {
        size_t next = at + 1;
        bool comma = (c->tokens->v[at].flags & TOKEN_COMMA) != 0, and = clause_role(c, next, "and");
        next += and;
        while (clause_role(c, next, "in") || clause_role(c, next, "namespaceword") || clause_role(c, next, "det"))
            next += c->tokens->v[next].span;
        const struct token *t = clause_token(c, next);
        bool last = and&&next + 1 == c->to && says_namespaces(c, at) && hear_only_name(c, next);
        bool named = t != NULL && clause_name(c, next) && clause_value(c, next + 1, WORD_KIND) == NULL;
        if ((!comma && !and) || t == NULL || (!named && !last) || strchr(t->text, '/') != NULL)
            return;
        if (!named)
            frame_untopic(c, next);
        clause_take(c, next, "ns");
        at = next;
    }
}

/* "in a new namespace qa", "create a namespace qa and in it …": it is to be made, too. */
static void tell_made(struct clause *c, size_t i)
{
    static const char *const fresh[] = { "new", "fresh", "separate", "dedicated" };
    bool made = false;
    for (; i > c->from && !made && (c->tokens->v[i - 1].flags & TOKEN_STOP) == 0; i--) {
        const struct token *t = &c->tokens->v[i - 1];
        made = OP_IN(t->low, fresh) || token_is(t, WORD_VERB, "create");
        if (!made && !token_is(t, WORD_ROLE, "det") && !token_filler(t))
            return;
    }
    if (made)
        slots_set(slots(c), "new_ns", "true");
}

static void namespaces(struct clause *c, size_t i)
{
    struct token *t = clause_token(c, i);
    if (t->used || t->inside)
        return;
    if (clause_role(c, i, "namespaceword") && clause_marks(c) && c->frame.changes && !other_kind(c, i) &&
        clause_name(c, i + t->span)) { /* "add the label a=b to namespace shop": what is marked */
        c->frame.makes = "namespace";
        clause_take(c, i + t->span, "name");
        clause_use(c, i);
        return;
    }
    if (clause_role(c, i, "namespaceword") && !(clause_marks(c) && c->frame.changes && !other_kind(c, i))) {
        size_t next = clause_after(c, i);
        size_t behind = i + t->span;
        bool word = behind < c->to && (c->tokens->v[i].flags & TOKEN_STOP) == 0 && hear_only_name(c, behind);
        if (clause_name(c, next) || (next == behind && place_word(c, next)) || word) {
            if (word && !clause_name(c, next))
                next = behind; /* "in ns tools": whatever it means elsewhere */
            clause_take(c, next, "ns");
            frame_untopic(c, next);
            clause_use(c, i);
            more_places(c, next);
        }
        return;
    }
    bool pair = op_str_starts(t->low, "namespace=") || op_str_starts(t->low, "ns=");
    if (pair) {
        slots_set(slots(c), "ns", strchr(t->text, '=') + 1);
        clause_use(c, i);
        return;
    }
    if (token_is(t, WORD_TOPIC, "currentns") && clause_role(c, i + t->span, "to")) {
        size_t named = clause_after(c, i + t->span); /* "set my namespace to dev" */
        if (clause_name(c, named) && clause_verb_in(c, (const char *const[]){ "set", "update", "switch", NULL })) {
            clause_take(c, named, "ns");
            frame_untopic(c, named);
            c->frame.n_topics = 0;
        }
        return;
    }
    if (!token_is(t, WORD_KIND, "namespace"))
        return;
    const bool new_sentence = i > c->from && (c->tokens->v[i - 1].flags & TOKEN_STOP) != 0;
    size_t prev = i > c->from && !new_sentence ? i - 1 : c->to, next = i + t->span;
    static const char *const moving[] = { "switch", "update", "set", NULL };
    bool moves = clause_role(c, next, "to") && clause_verb_in(c, moving); /* "set the default namespace to shop" */
    if (clause_role(c, next, "named") || moves)
        next = clause_after(c, next);
    if (moves && prev != c->to && op_str_eq(c->tokens->v[prev].low, "default"))
        clause_use(c, prev);
    bool closed = (t->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0;
    bool behind = !closed && next == i + t->span && clause_name(c, next); /* "deployment orders, namespace shop" */
    bool apart =
        (t->flags & TOKEN_ASIDE) != 0 || /* "the deployment web (namespace shop)", "web to 3, namespace shop" */
        (prev != c->to && (c->tokens->v[prev].flags & (TOKEN_COMMA | TOKEN_STOP)) != 0);
    bool kinds_own = behind && prev != c->to && clause_kind_before(c, prev) != NULL;
    if (prev != c->to && !apart && !kinds_own && place_word(c, prev) && namespace_is_place(c, prev, i)) {
        clause_take(c, prev, "ns");
        clause_use(c, i);
        tell_made(c, prev);
    } else if (!closed && (clause_name(c, next) || (next == i + t->span && place_word(c, next))) &&
               namespace_is_place(c, i, i)) {
        clause_take(c, next, "ns");
        clause_use(c, i);
        tell_made(c, i);
        more_places(c, next);
    } else if (prev != c->to && token_is(&c->tokens->v[prev], WORD_MOOD, "reference")) {
        slots_set(slots(c), "same_ns", "true");
        clause_use(c, i);
    }
}

/* "in the prod cluster": the name at i stands behind "in the" or "on the". */
static bool in_cluster(struct clause *c, size_t i)
{
    size_t p = clause_before(c, i);
    return p != c->to && (clause_role(c, p, "in") || clause_role(c, p, "on")) && clause_token(c, i) != NULL &&
           token_is(&c->tokens->v[i + 1], WORD_KIND, "cluster");
}

static void contexts(struct clause *c, size_t i)
{
    struct token *t = clause_token(c, i);
    if (t->used || t->inside)
        return;
    bool context = token_is(t, WORD_KIND, "context") || token_is(t, WORD_KIND, "cluster");
    size_t next = clause_after(c, i);
    if (clause_role(c, i, "contextword") && (clause_name(c, next) || clause_value(c, next, WORD_PROGRAM) != NULL ||
                                             (c->frame.changes && hear_only_name(c, next)))) {
        clause_take(c, next, "context");
        clause_use(c, i);
        frame_untopic(c, next);
    } else if (i > c->from && token_is(t, WORD_KIND, "context") && clause_value(c, i - 1, WORD_PROGRAM) != NULL) {
        clause_take(c, i - 1, "context");
    } else if (context && i > c->from && clause_name(c, i - 1) &&
               (token_is(t, WORD_KIND, "context") || op_str_eq(c->frame.verb, "switch") ||
                (c->frame.changes && in_cluster(c, i - 1)))) {
        clause_take(c, i - 1, "context");
    } else if (token_is(t, WORD_KIND, "context") &&
               (clause_name(c, next) || (next == i + 1 && next + 1 == c->to && place_word(c, next)) ||
                clause_value(c, next, WORD_PROGRAM) != NULL)) {
        clause_take(c, next, "context");
    }
}

/* "set … on deployment gateway in prod": what it is done to stands beside its kind, so "in" says where. */
static bool named_beside_kind(struct clause *c, size_t place)
{
    for (size_t i = c->from; i < place; i++) {
        const struct token *t = clause_token(c, i);
        const struct word *kind = t->used || t->inside ? NULL : token_sense(t, WORD_KIND);
        bool things = kind != NULL && strcmp(kind->value, "namespace") != 0 && strcmp(kind->value, "context") != 0 &&
                      strcmp(kind->value, "cluster") != 0;
        if (things && (clause_name(c, i + t->span) || clause_name(c, i - 1)) && i + t->span != place)
            return true;
        /* "set A=b on api in stage" */
        bool target = clause_role(c, i, "on") || clause_role(c, i, "of") || clause_role(c, i, "for");
        if (target && i + 1 < place && clause_name(c, i + 1) && strchr(c->tokens->v[i + 1].text, '=') == NULL)
            return true;
    }
    return false;
}

/* "deploy nginx into edge", "deploy nginx to staging": to a word that stands for a place. */
static bool brings_to(struct clause *c, size_t i)
{
    static const char *const bringing[] = { "deploy", "create", "run", "install", "start", NULL };
    static const char *const places[] = {
        "staging", "stage", "prod", "production", "dev",     "development", "test",
        "testing", "qa",    "uat",  "sandbox",    "preprod", "canary",      "default"
    };
    const struct token *t = clause_token(c, i + 1), *next = clause_token(c, i + 2);
    bool last = next == NULL || token_sense(next, WORD_ROLE) != NULL || (t != NULL && (t->flags & TOKEN_STOP) != 0);
    if (t == NULL || !last || !clause_verb_in(c, bringing) || !clause_name(c, i + 1))
        return false;
    return clause_role(c, i, "into") || (clause_role(c, i, "to") && OP_IN(t->low, places));
}

/* "in shop", "in dev": a namespace when nothing else can be meant. */
static void bare_places(struct clause *c, size_t i)
{
    static const char *const inside[] = { "exec", "copy", "set", "switch", NULL };
    if ((!clause_role(c, i, "in") && !clause_role(c, i, "across") && !brings_to(c, i)) ||
        slots_get(slots(c), "ns") != NULL)
        return;
    static const char *const sayings[] = { "front",   "case", "order",    "addition",
                                           "advance", "turn", "response", "parallel" };
    const struct token *saying = clause_token(c, i + 1);
    if (saying != NULL && OP_IN(saying->low, sayings) && i + 2 < c->to)
        return; /* "in front of it" */
    size_t next = clause_after(c, i), beside = i + clause_token(c, i)->span;
    const struct token *noun = clause_token(c, beside), *ends = clause_token(c, beside + 1);
    if (noun != NULL && clause_plain_noun(noun->low) && !noun->used &&
        (ends == NULL || (noun->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0 || token_sense(ends, WORD_ROLE) != NULL))
        next = beside; /* "… to 4 in demo" */
    struct token *t = clause_token(c, next);
    const struct token *follows = t != NULL ? clause_token(c, next + t->span) : NULL;
    bool last = follows == NULL || token_sense(follows, WORD_ROLE) != NULL;
    bool elsewhere = clause_verb_in(c, inside) && !frame_has_topic(&c->frame, "all") && !named_beside_kind(c, next);
    /* "set the image of web to web:2 in shop" */
    for (size_t k = c->from; k < i && elsewhere && op_str_eq(c->frame.verb, "set"); k++)
        elsewhere = !(token_is(&c->tokens->v[k], WORD_KIND, "image") && last);
    bool logs = last && follows != NULL && token_is(t, WORD_TOPIC, "logs") && /* "in logs of web" */
                (token_is(follows, WORD_ROLE, "of") || token_is(follows, WORD_ROLE, "from") ||
                 token_is(follows, WORD_ROLE, "for"));
    if (t == NULL || elsewhere || logs || !(clause_name(c, next) || (last && next == i + 1 && place_word(c, next))))
        return;
    const char *kind = clause_value(c, next + t->span, WORD_KIND);
    bool closed = (t->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0;
    if ((kind != NULL && !closed) || (clause_name(c, next + t->span) && (t->flags & TOKEN_COMMA) == 0) ||
        strchr(t->text, '/') != NULL)
        return;
    clause_take(c, next, "ns");
    slots_set(slots(c), "bare_ns", "true");
    clause_use(c, i);
    more_places(c, next);
}

/* "container main of deployment api", "in the sidecar container": where there is something else that it is in. */
static void containers(struct clause *c, size_t i)
{
    static const char *const starting[] = { "run", "create", "deploy", "start", "launch", "stop", NULL };
    struct token *t = clause_token(c, i);
    const struct word *kind = token_sense(t, WORD_KIND);
    if (t->used || !token_is(t, WORD_KIND, "container") || !kind->one || op_str_eq(c->frame.program, "docker") ||
        clause_verb_in(c, starting))
        return;
    size_t next = i + t->span, prev = i > c->from ? i - 1 : c->to;
    if (next + 1 < c->to && token_is(&c->tokens->v[next], WORD_ROLE, "aux") && clause_role(c, next + 1, "named")) {
        clause_use(c, next + 1);
        next += 1 + c->tokens->v[next + 1].span; /* "the container is called app" */
    } else if (clause_role(c, next, "named")) {
        clause_use(c, next);
        next += c->tokens->v[next].span;
    }
    size_t at = clause_name(c, next) && (t->flags & TOKEN_COMMA) == 0 ? next
                : prev != c->to && clause_name(c, prev)               ? prev
                                                                      : c->to;
    bool other = other_kind(c, i);
    for (size_t k = c->from; k < c->to && !other; k++)
        other = k != at && clause_name(c, k) && strchr(c->tokens->v[k].text, ':') == NULL;
    if (at == c->to || !other)
        return;
    clause_take(c, at, "container");
    clause_use(c, i);
}

static void programs(struct clause *c, size_t i)
{
    const char *program = clause_value(c, i, WORD_PROGRAM);
    if (i > c->from && (clause_role(c, i - 1, "contextword") || token_is(&c->tokens->v[i - 1], WORD_KIND, "context")))
        return; /* a context may be called minikube */
    if (token_is(&c->tokens->v[i], WORD_PROGRAM, program != NULL ? program : "") && clause_token(c, i + 1) != NULL &&
        token_is(&c->tokens->v[i + 1], WORD_KIND, "context"))
        return;
    if (program != NULL && (c->frame.program == NULL || op_str_eq(c->frame.program, "kubectl")))
        c->frame.program = program;
}

void clause_places(struct clause *c)
{
    void (*const stages[])(struct clause *, size_t) = {
        programs,    clause_key, flags,    files,      clause_spoken_pair,
        clause_pair, namespaces, contexts, containers, bare_places,
    };
    clause_image_pairs(c);
    for (size_t s = 0; s < OP_LEN(stages); s++)
        for (size_t i = c->from; i < c->to; i++)
            stages[s](c, i);
}
