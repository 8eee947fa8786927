/* Cuts a request into clauses: sentences, list items, "then", "and" + verb. Not every "and" is a
 * step: what has no verb of its own belongs to what stands before it. */
#include "intent.h"

#include "opsh/base/str.h"

static struct clause *add(struct clauses *out, struct tokens *t, const struct lexicon *lex, size_t from, size_t to)
{
    out->v = op_grow(out->v, out->n, &out->cap, sizeof(*out->v));
    out->v[out->n] = (struct clause){ .tokens = t, .lex = lex, .from = from, .to = to };
    return &out->v[out->n++];
}

void clauses_free(struct clauses *c)
{
    for (size_t i = 0; i < c->n; i++)
        frame_free(&c->v[i].frame);
    free(c->v);
    *c = (struct clauses){ 0 };
}

static bool has_imperative(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (clause_imperative(c, i) != NULL)
            return true;
    return false;
}

bool clause_orders(struct clause *c)
{
    return has_imperative(c);
}

static bool has_mood(struct clause *c, const char *mood)
{
    for (size_t i = c->from; i < c->to; i++)
        if (token_is(&c->tokens->v[i], WORD_MOOD, mood))
            return true;
    return false;
}

bool clause_asks(struct clause *c)
{
    return has_mood(c, "why") || has_mood(c, "advice") || has_mood(c, "which") || has_mood(c, "count") ||
           (c->from < c->to && token_is(&c->tokens->v[c->from], WORD_MOOD, "yesno"));
}

/* "…, restart policy always", "… and remove it when it exits": of the container that is run, no step of its own. */
static bool part_of_run(struct clause *c, size_t i)
{
    static const char *const when[] = { "when", "after", "once", "afterwards", "automatically" };
    static const char *const whose[] = { "it", "the", "container" };
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + t->span);
    if (token_is(t, WORD_VERB, "restart"))
        return next != NULL && (strcmp(next->low, "policy") == 0 || OP_IN(next->low, when));
    size_t at = i + t->span;
    while (at < c->to && OP_IN(c->tokens->v[at].low, whose))
        at++;
    return token_is(t, WORD_VERB, "delete") && at > i + t->span && at < c->to && OP_IN(c->tokens->v[at].low, when) &&
           strcmp(c->tokens->v[at].low, "automatically") != 0;
}

/* A verb that begins something new behind "and" or a comma. Words that are as often nouns
 * ("logs and events", "name and tag") need more than that. */
static bool starts_step(struct clause *c, size_t i)
{
    const struct word *verb = clause_imperative(c, i);
    if (verb == NULL)
        return false;
    const struct token *t = clause_token(c, i);
    if (strcmp(verb->value, "replace") == 0 && i > 0 && c->tokens->v[i - 1].inside)
        return false;                  /* "…, we need to replace its disk" */
    if (strcmp(t->low, "health") == 0) /* "… and a health check on /health" */
        return false;
    const struct token *it = clause_token(c, i + 1), *pair = clause_token(c, i + 2);
    bool marks = strcmp(verb->value, "label") == 0 || strcmp(verb->value, "annotate") == 0;
    if (marks && it != NULL && pair != NULL && strchr(pair->text, '=') != NULL &&
        (strcmp(it->low, "it") == 0 || strcmp(it->low, "them") == 0)) /* "… and label it a=b" */
        return true;
    if (part_of_run(c, i))
        return false;
    const struct token *runs = clause_token(c, i + 1), *image = clause_token(c, i + 2);
    bool running = runs != NULL && (strcmp(runs->low, "running") == 0 || strcmp(runs->low, "using") == 0);
    if (running && image != NULL && strchr(image->text, ':') != NULL) /* "… and tail running busybox:1.36" */
        return false;
    for (size_t k = i + 1; k < c->to && k < i + 4 && strcmp(t->low, "load") == 0; k++)
        if (token_sense(&c->tokens->v[k], WORD_ROLE) != NULL && token_is(&c->tokens->v[k], WORD_ROLE, "envword"))
            return false; /* "… and load all env from the config map" */
    if (token_sense(t, WORD_KIND) != NULL || token_sense(t, WORD_TOPIC) != NULL || token_sense(t, WORD_UNIT) != NULL ||
        (token_sense(t, WORD_ROLE) != NULL && t->span == 1))
        return false;
    return true;
}

/* "create a pod web, image nginx:1 and a second container named log": of what is made, not another thing to make. */
static bool only_its_part(struct clause *before, struct clause *after, bool listed)
{
    static const char *const parts[] = { "container", "volume" };
    size_t i = after->from;
    while (i < after->to && token_is(&after->tokens->v[i], WORD_ROLE, "det"))
        i++;
    const struct word *kind = i < after->to ? token_sense(&after->tokens->v[i], WORD_KIND) : NULL;
    bool image = kind != NULL && strcmp(kind->value, "image") == 0, part = kind != NULL && OP_IN(kind->value, parts);
    part = part || (kind != NULL && listed && strcmp(kind->value, "serviceaccount") == 0);
    bool pods = false;
    for (size_t k = before->from; k < before->to; k++) {
        const struct word *made = token_sense(&before->tokens->v[k], WORD_KIND);
        image = image && !token_is(&before->tokens->v[k], WORD_KIND, "image");
        pods = pods || (made != NULL && (strcmp(made->value, "pod") == 0 || kind_is_workload(made->value)));
    }
    return image || (part && pods);
}

static bool has_named_kind(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (token_sense(&c->tokens->v[i], WORD_KIND) != NULL &&
            (clause_again_object(c, i) || (i > c->from && clause_name(c, i - 1))))
            return true;
    return false;
}

static bool with_before(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (token_is(&c->tokens->v[i], WORD_ROLE, "with") && token_sense(&c->tokens->v[i], WORD_ROLE) != NULL &&
            i + 1 < c->to && token_sense(&c->tokens->v[i + 1], WORD_KIND) != NULL &&
            !token_is(&c->tokens->v[i + 1], WORD_KIND, "image"))
            return true;
    return false;
}

/* "a role that can get and list pods": verbs that are granted, not asked for. */
static bool grants(struct clause *c, const struct clause *after)
{
    static const char *const granting[] = { "let",        "allow",       "permit", "grant", "may",     "can",
                                            "permission", "permissions", "rights", "give",  "allowing" };
    const struct token *verb = &after->tokens->v[after->from];
    bool granted = after->from > c->from && token_sense(verb, WORD_VERB) != NULL &&
                   token_sense(&c->tokens->v[c->to - 1], WORD_VERB) != NULL;
    bool told = false;
    for (size_t i = c->from; i < c->to; i++) {
        if (token_is(&c->tokens->v[i], WORD_KIND, "role") || token_is(&c->tokens->v[i], WORD_KIND, "clusterrole"))
            return true;
        told = told || OP_IN(c->tokens->v[i].low, granting);
    }
    return granted && told;
}

/* "compare the deployment a and the deployment b": both belong to it. */
static bool compares(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (token_is(&c->tokens->v[i], WORD_VERB, "compare") || strcmp(c->tokens->v[i].low, "between") == 0)
            return true;
    return false;
}

/* "run busybox:1 first, then start nginx:1": the order of one pod's containers. */
static bool starts_in_order(struct clause *before, struct clause *after)
{
    bool first = false, pod = false;
    for (size_t i = before->from; i < before->to; i++) {
        const struct word *kind = token_sense(&before->tokens->v[i], WORD_KIND);
        first = first || strcmp(before->tokens->v[i].low, "first") == 0;
        pod = pod || (kind != NULL && (strcmp(kind->value, "pod") == 0 || kind_is_workload(kind->value)));
    }
    const struct token *image = clause_token(after, after->from + 1);
    return first && pod && image != NULL && strchr(image->text, ':') != NULL &&
           (token_is(&after->tokens->v[after->from], WORD_VERB, "start") ||
            token_is(&after->tokens->v[after->from], WORD_VERB, "run"));
}

static bool speaks_of_pods(const struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++) {
        const struct word *kind = token_sense(&c->tokens->v[i], WORD_KIND);
        if (kind != NULL && kind_is_kubernetes(kind->value))
            return true;
    }
    return false;
}

/* "install …, wait for it and roll back if it fails", "… and create the namespace if needed": how a release is
 * installed. */
static bool of_release(const struct clause *before, struct clause *after, size_t next)
{
    static const char *const doing[] = { "install", "upgrade" };
    static const char *const when[] = { "if", "when", "on", "automatically" };
    static const char *const it[] = { "it", "for", "until", "up" };
    static const char *const values[] = { "values", "value" };
    static const char *const along[] = { "volumes", "volume", "images", "image", "orphans", "data" };
    bool release = false, place = false, condition = false, compose = false;
    for (size_t i = before->from; i < before->to; i++)
        for (size_t k = 0; k < OP_LEN(doing); k++)
            release = release || token_is(&before->tokens->v[i], WORD_VERB, doing[k]);
    for (size_t i = before->from; i < before->to; i++)
        compose = compose || token_is(&before->tokens->v[i], WORD_KIND, "compose");
    for (size_t i = next; i < after->to && i < next + 5 && compose; i++) /* "tear compose down and drop its volumes" */
        if (OP_IN(after->tokens->v[i].low, along) && (token_is(&after->tokens->v[next], WORD_VERB, "delete") ||
                                                      token_is(&after->tokens->v[next], WORD_VERB, "build")))
            return true;
    const struct token *t = clause_token(after, next), *second = clause_token(after, next + t->span);
    for (size_t i = next;
         i < after->to && i < next + 8 && (i == next || (after->tokens->v[i - 1].flags & TOKEN_STOP) == 0); i++) {
        place = place || token_is(&after->tokens->v[i], WORD_KIND, "namespace");
        condition = condition || OP_IN(after->tokens->v[i].low, when);
    }
    bool behind = false;
    for (size_t i = next; i < after->to; i++)
        behind = behind || token_is(&after->tokens->v[i], WORD_KIND, "compose");
    if (behind && before->to == before->from + 1 && token_is(&before->tokens->v[before->from], WORD_VERB, "stop"))
        return true; /* "stop and remove everything of the compose stack" */
    for (size_t i = before->from; i < before->to && !speaks_of_pods(before);
         i++) /* "exec into the container db and run psql" */
        if (token_is(&before->tokens->v[i], WORD_VERB, "exec") && token_is(&after->tokens->v[next], WORD_VERB, "run"))
            return true;
    if (!release)
        return false;
    for (size_t i = next; i < after->to && i < next + 8; i++) /* "…; if it fails, roll back" */
        if (strcmp(t->low, "if") == 0 && (token_is(&after->tokens->v[i], WORD_VERB, "rollback") ||
                                          token_is(&after->tokens->v[i], WORD_VERB, "restore")))
            return true;
    if (token_is(t, WORD_VERB, "wait"))
        return second == NULL || OP_IN(second->low, it);
    if (token_is(t, WORD_VERB, "set") && second != NULL) /* "… and set image.tag to 2": a value of the same release */
        return OP_IN(second->low, values) || strpbrk(second->text, ".=") != NULL;
    const struct token *last = after->to > next ? &after->tokens->v[after->to - 1] : NULL;
    bool only = place && last != NULL && token_is(last, WORD_KIND, "namespace"); /* "… and create the namespace" */
    return (condition || only) && (token_is(t, WORD_VERB, "rollback") ||
                                   (token_is(t, WORD_VERB, "create") && (place || OP_IN(second->low, it))));
}

static bool number_before(struct clause *c, size_t i)
{
    for (size_t k = c->from; k < i; k++)
        if ((c->tokens->v[k].flags & TOKEN_NUMERIC) != 0)
            return true;
    return false;
}

/* Are namespaces what this is about? Else one behind a comma says where ("…, namespace shop"). */
static bool ends_something(const struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (token_is(&c->tokens->v[i], WORD_VERB, "delete") || token_is(&c->tokens->v[i], WORD_VERB, "create"))
            return true;
    return false;
}

/* "the claim data is full, give it 20Gi": says what it is about, not what to do. */
static bool sets_scene(struct clause *c)
{
    bool tells = false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        static const char *const telling[] = { "uses", "runs", "still", "serves", "points",
                                               "sits", "want", "plan",  "given" };
        tells = tells || OP_IN(t->low, telling) || token_is(t, WORD_ROLE, "aux") || token_is(t, WORD_ROLE, "needs") ||
                strcmp(t->low, "need") == 0;
        if (token_is(t, WORD_MOOD, "negation") || token_is(t, WORD_ROLE, "if") || token_is(t, WORD_ROLE, "after"))
            return false;
    }
    return tells && !has_imperative(c) && !clause_asks(c) && !has_mood(c, "symptom");
}

/* Cut one sentence at "then" and at "and"/"," + verb. */
static void split_sentence(struct clauses *out, struct tokens *t, const struct lexicon *lex, size_t from, size_t to)
{
    struct clause *c = add(out, t, lex, from, to);
    size_t start = from;
    for (size_t i = from; i < to; i++) {
        bool then = token_is(&t->v[i], WORD_ROLE, "then");
        bool and = token_is(&t->v[i], WORD_ROLE, "and");
        bool comma = i > from && (t->v[i - 1].flags & (TOKEN_COMMA | TOKEN_STOP)) != 0;
        bool ends = i > from && (t->v[i - 1].flags & TOKEN_COLON) != 0;
        if ((!then && !and&&!comma && !ends) || i == start || t->v[i].inside || (t->v[i].flags & TOKEN_ASIDE) != 0)
            continue;
        size_t next = i;
        while (next < to && (token_is(&t->v[next], WORD_ROLE, "and") || token_is(&t->v[next], WORD_ROLE, "then") ||
                             (token_filler(&t->v[next]) && !token_is(&t->v[next], WORD_ROLE, "det"))))
            next++;
        struct clause whole = { .tokens = t, .lex = lex, .from = start, .to = to };
        size_t first = i + and;
        if (next > first && (clause_name(&whole, first) || clause_again_own(&whole, first)))
            next = first; /* a name among the words that say nothing */
        struct clause before = { .tokens = t, .lex = lex, .from = start, .to = i };
        const struct clause sentence = { .tokens = t, .lex = lex, .from = from, .to = to };
        struct clause after = { .tokens = t, .lex = lex, .from = next, .to = to };
        if (next >= to)
            continue;
        if (then && starts_in_order(&before, &after))
            continue;
        if (clause_sifts(&before, &after))
            continue;
        if (!then && grants(&before, &after))
            continue;
        bool again = clause_again_amount(&whole, next) && number_before(&before, i);
        bool where = !and&&token_is(&t->v[next], WORD_KIND, "namespace") && !ends_something(&before);
        again = again ||
                (!where && (has_imperative(&before) || c->again) && !compares(&before) && has_named_kind(&before) &&
                 (clause_again_object(&after, next) || clause_again_front(&sentence, &after, next)) &&
                 !with_before(&before) && !only_its_part(&before, &after, comma && !and));
        const struct word *verb = clause_imperative(&after, next);
        bool asked = clause_asks(&before) && verb != NULL && verb->changes; /* a question stays a question */
        bool mends =
            and&&verb != NULL && verb->changes && has_mood(&before, "symptom") && clause_means_one(&after, next);
        if (and&&clause_shapes(&before, &after, next, verb))
            continue;
        bool step = starts_step(&after, next) &&
                    (has_imperative(&before) || c->again || clause_asks(&before) || mends) && !asked;
        bool acts = verb != NULL && (verb->changes || token_is(&t->v[next], WORD_ROLE, "allot"));
        again = again || (and&&has_imperative(&before) && clause_again_own(&after, next));
        step = step && !of_release(&before, &after, next);
        bool condition = token_is(&t->v[next], WORD_ROLE, "if") && has_imperative(&before) && has_imperative(&after);
        bool last = t->lang != 0 && i > start && (token_sense(&t->v[i - 1], WORD_VERB) != NULL || t->v[i - 1].inside) &&
                    has_imperative(&before) && has_imperative(&after); /* the verb ends what stands before "and" */
        step = step || (condition && !of_release(&before, &after, next)) || (and&&last);
        bool colon = i > from && (t->v[i - 1].flags & TOKEN_COLON) != 0;
        bool scene = (comma || colon) && acts && sets_scene(&before);
        if ((!then && !again && !step && !scene) || (!then && !and&&!comma && !scene))
            continue;
        c->header = scene;
        c->to = i;
        c = add(out, t, lex, next, to);
        c->again = again;
        start = next;
        i = next;
    }
    c->to = to;
}

static bool ends_with_opening(struct tokens *t, size_t end)
{
    static const char *const openers[] = { "with", "that", "using", "as", "named" };
    for (size_t i = 0; i < OP_LEN(openers); i++)
        if (end > 0 && token_is(&t->v[end - 1], WORD_ROLE, openers[i]))
            return true;
    return false;
}

static unsigned level(const struct token *t)
{
    return (t->flags & TOKEN_BULLET) == 0 ? 0 : (t->flags & TOKEN_DEEP) == 0 ? 1 : 2;
}

/* The end of the sentence or list item that starts at i. "… with:" takes the items below into it. */
static size_t sentence_end(struct tokens *t, size_t i, bool *header)
{
    unsigned mine = level(&t->v[i]);
    size_t end = i;
    *header = false;
    while (end < t->n) {
        const struct token *tok = &t->v[end++];
        const struct token *next = end < t->n ? &t->v[end] : NULL;
        if (next == NULL)
            break;
        if ((tok->flags & TOKEN_COLON) != 0 && (next->flags & TOKEN_BULLET) != 0) {
            if (!ends_with_opening(t, end)) {
                *header = true;
                break;
            }
            while (end < t->n && ((t->v[end].flags & TOKEN_LINE) == 0 || level(&t->v[end]) > mine))
                end++;
            break;
        }
        if ((next->flags & TOKEN_BULLET) != 0)
            break;
        if ((tok->flags & TOKEN_STOP) != 0 || ((tok->flags & TOKEN_COLON) != 0 && (next->flags & TOKEN_LINE) != 0))
            break;
    }
    return end;
}

/* What says nothing to do and asks nothing, behind something that does, refines it ("The pod should
 * use the image …"). And a sentence that tells of trouble belongs to the question about it. */
static void merge(struct clauses *out)
{
    bool change = false, question = false, list = false, trouble = false, reads = false;
    for (size_t i = 0; i < out->n; i++) {
        struct clause *c = &out->v[i];
        for (size_t k = c->from; k < c->to; k++) {
            const struct word *verb = clause_imperative(c, k);
            bool not = k > c->from && strcmp(c->tokens->v[k - 1].low, "not") == 0; /* "do not change anything" */
            change = change || (verb != NULL && verb->changes && !not );
        }
        question = question || clause_asks(c);
        trouble = trouble || (has_mood(c, "symptom") && !clause_lists(c));
        reads = reads || clause_lists(c);
        list = list || (c->tokens->v[c->from].flags & TOKEN_BULLET) != 0 || c->header;
    }
    question = question || (trouble && !reads); /* trouble is told, and then what to show is said one by one */
    if (question && !change && !list && out->n > 1) {
        out->v[0].to = out->v[out->n - 1].to;
        out->n = 1;
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        struct clause *c = &out->v[i];
        struct clause *before = kept > 0 ? &out->v[kept - 1] : NULL;
        bool item = (c->tokens->v[c->from].flags & TOKEN_BULLET) != 0;
        size_t first = c->from + (c->from + 1 < c->to && strcmp(c->tokens->v[c->from].low, "the") == 0);
        bool same = strcmp(c->tokens->v[first].low, "same") == 0; /* "then the same in staging" */
        if (before != NULL && !item && !same && !c->again && !before->header && !has_imperative(c) && !clause_asks(c) &&
            before->to <= c->from && has_imperative(before))
            before->to = c->to;
        else if (before != NULL && !item && !before->header && before->to <= c->from && clause_refines(before, c))
            before->to = c->to;
        else
            out->v[kept++] = *c;
    }
    out->n = kept;
}

void clauses_split(struct clauses *out, struct tokens *t, const struct lexicon *lex)
{
    *out = (struct clauses){ 0 };
    for (size_t i = 0; i < t->n;) {
        bool header = false;
        size_t end = sentence_end(t, i, &header);
        size_t first = out->n;
        if (header)
            (void)add(out, t, lex, i, end);
        else
            split_sentence(out, t, lex, i, end);
        for (size_t k = first; k < out->n && header; k++)
            out->v[k].header = true;
        i = end;
    }
    clauses_gather(out);
    merge(out);
    lists_headers(out);
}
