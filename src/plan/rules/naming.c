/* Words of ours that are names where they stand: "the backup cronjob", "the claim logs", "scale orders and users". A
 * word is one only where nothing else can stand. */
#include "intent.h"
#include "request.h"

#include "opsh/base/str.h"

bool clause_offbeat(struct clause *c, size_t i)
{
    static const char *const topics[] = { "weather", "code", "cloud", "greeting" };
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
    const struct token *prev = i > c->from ? &c->tokens->v[i - 1] : NULL;
    if (t->used || t->inside || t->span != 1 || t->n_senses == 0)
        return false;
    for (size_t k = 0; k < t->n_senses; k++)
        if (t->senses[k]->cls != WORD_TOPIC || !OP_IN(t->senses[k]->value, topics))
            return false;
    const struct word *before = prev != NULL ? token_sense(prev, WORD_KIND) : NULL;
    const struct word *behind = next != NULL ? token_sense(next, WORD_KIND) : NULL;
    return (before != NULL && before->one && kind_is_kubernetes(before->value)) ||
           (behind != NULL && kind_is_kubernetes(behind->value));
}

bool clause_stage(const char *word)
{
    static const char *const stages[] = { "prod", "production", "staging", "stage",   "dev", "development", "test",
                                          "qa",   "uat",        "preprod", "preview", "int", "integration" };
    return OP_IN(word, stages);
}

/* Nouns that say nothing: "my app". */
bool clause_plain_noun(const char *word)
{
    static const char *const nouns[] = { "app",     "apps",  "application", "user",   "users",   "server", "project",
                                         "system",  "demo",  "example",     "sample", "program", "team",   "company",
                                         "results", "stack", "machine",     "host",   "people",  "result", "state" };
    return OP_IN(word, nouns);
}

/* They are names where only a name can stand: "the config map app", "scale orders and users". */
bool clause_noun_as_name(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
    const struct token *prev = i > 0 ? &c->tokens->v[i - 1] : NULL; /* a clause before it may end in "and" */
    if (!clause_plain_noun(t->low) || t->n_senses != 1 || t->span != 1 || prev == NULL)
        return false;
    bool ends = next == NULL || (t->flags & (TOKEN_COMMA | TOKEN_STOP)) != 0 || (next->flags & TOKEN_NUMERIC) != 0 ||
                (token_sense(next, WORD_ROLE) != NULL && !token_is(next, WORD_ROLE, "det"));
    const struct word *kind = token_sense(prev, WORD_KIND);
    if (kind != NULL && strcmp(kind->value, "ingress") == 0 && strcmp(t->low, "host") == 0 && !c->frame.changes)
        return false; /* "every ingress host" */
    bool listed = token_is(prev, WORD_ROLE, "and") || (prev->flags & TOKEN_COMMA) != 0;
    return ends && (listed || (kind != NULL && kind->one && (prev->flags & TOKEN_STOP) == 0));
}

/* Words of plain English that nobody calls an object by: what holds a sentence together, tells how, when, how many, or
 * whose. Some of them have no other meaning here, and would be taken for names. */
static const char *const ordinary[] = {
    "against",    "ahead",     "alike",     "all",        "along",      "alongside",  "always",    "among",
    "anybody",    "anyhow",    "anymore",   "anything",   "anyway",     "anywhere",   "apart",     "around",
    "aside",      "asleep",    "away",      "awake",      "become",     "becomes",    "begin",     "behind",
    "below",      "beneath",   "beside",    "beyond",     "bigger",     "both",       "calm",      "cheap",
    "cheaper",    "clean",     "cleaner",   "cold",       "despite",    "downtime",   "easier",    "easy",
    "enough",     "ever",      "everybody", "everyone",   "everything", "everywhere", "fast",      "faster",
    "few",        "fewer",     "fine",      "forever",    "former",     "forward",    "freshly",   "further",
    "gentle",     "gradually", "half",      "hard",       "harder",     "hence",      "herself",   "himself",
    "inside",     "larger",    "later",     "least",      "less",       "lighter",    "lots",      "many",
    "maybe",      "mine",      "more",      "most",       "mostly",     "neither",    "nobody",    "none",
    "nothing",    "nowhere",   "often",     "once",       "ones",       "others",     "ours",      "outside",
    "perhaps",    "pretty",    "random",    "quick",      "quicker",    "quiet",      "quieter",   "rather",
    "rest",       "roll",      "safe",      "safer",      "several",    "since",      "slow",      "slower",
    "small",      "smaller",   "smooth",    "somebody",   "somehow",    "someone",    "something", "sometimes",
    "somewhere",  "soon",      "sooner",    "strong",     "stronger",   "such",       "theirs",    "themselves",
    "thereafter", "though",    "through",   "throughout", "together",   "toward",     "towards",   "twice",
    "underneath", "unlike",    "unless",    "upon",       "usual",      "versus",     "via",       "well",
    "whatever",   "whenever",  "wherever",  "whether",    "whichever",  "whoever",    "whole",     "whom",
    "worse",      "worst",     "yours",     "yourself",
};

static bool manner(const char *word)
{
    static const char *const nouns[] = {
        "assembly", "family",  "reply",  "supply", "anomaly",   "monthly",   "weekly",
        "daily",    "nightly", "hourly", "early",  "butterfly", "dragonfly", "firefly"
    };
    if (OP_IN(word, nouns))
        return false;
    return strlen(word) > 5 && op_str_ends(word, "ly");
}

/* An ordinary word in a change: never its object, unless it is marked as a name: quoted, called so, or directly beside
 * its kind with nothing else there that could be the name. */
bool clause_ordinary(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    const struct token *prev = i > c->from ? &c->tokens->v[i - 1] : NULL, *next = clause_token(c, i + 1);
    if ((t->flags & (TOKEN_QUOTED | TOKEN_NAMELIKE)) != 0)
        return false;
    static const char *const people[] = { "customers", "clients", "visitors", "people", "folks", "everyone" };
    bool subject = OP_IN(t->low, people) && next != NULL && !c->frame.changes && /* "customers see 504" */
                   (token_sense(next, WORD_VERB) != NULL || token_is(next, WORD_ROLE, "aux") || next->ordinary ||
                    token_sense(next, WORD_MOOD) != NULL);
    if (subject)
        return true;
    if (!c->frame.changes) {
        const struct word *of =
            prev != NULL && (prev->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0 ? token_sense(prev, WORD_KIND) : NULL;
        if (of != NULL && next != NULL && token_is(next, WORD_ROLE, "and") && (t->flags & TOKEN_COMMA) == 0)
            return false; /* "the deployments steady and web" */
        return t->ordinary && (prev == NULL || !token_is(prev, WORD_ROLE, "named"));
    }
    if (!manner(t->low) && !OP_IN(t->low, ordinary))
        return false;
    if (prev != NULL && (token_is(prev, WORD_ROLE, "named") || token_is(prev, WORD_ROLE, "as")))
        return false;
    const struct word *kind =
        prev != NULL && (prev->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0 ? token_sense(prev, WORD_KIND) : NULL;
    if (kind != NULL && kind->one) { /* "the deployment fast", but "the web deployment roll" */
        const struct token *first = i >= c->from + 2 ? &c->tokens->v[i - 2] : NULL;
        static const char *const there[] = { "the", "my", "our", "this", "that" };
        if (first != NULL && OP_IN(first->low, there))
            return true; /* "make the cluster cheaper" */
        return first != NULL && first->n_senses == 0 && !first->used;
    }
    const struct word *behind =
        next != NULL && (t->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0 ? token_sense(next, WORD_KIND) : NULL;
    bool any =
        prev != NULL && (strcmp(prev->low, "a") == 0 || strcmp(prev->low, "an") == 0 || strcmp(prev->low, "any") == 0 ||
                         strcmp(prev->low, "some") == 0); /* "delete a random pod" */
    return behind == NULL || !behind->one || prev == NULL || any || !token_is(prev, WORD_ROLE, "det");
}

/* "the claim data": a word of ours that can only be a name where it stands. */
bool clause_key_as_name(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
    static const char *const foreign[] = { "dashboard", "profile", "plugin", "repository", "tool" };
    const struct token *of = i > c->from ? &c->tokens->v[i - 1] : NULL;
    const struct word *what = t != NULL && !t->used && t->span == 1 ? token_sense(t, WORD_KIND) : NULL;
    const struct word *front =
        of != NULL && (of->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0 ? token_sense(of, WORD_KIND) : NULL;
    if (what != NULL && what->one && OP_IN(what->value, foreign) && front != NULL && front->one &&
        kind_is_kubernetes(front->value) &&
        (next == NULL || (t->flags & (TOKEN_STOP | TOKEN_COMMA)) != 0 || token_sense(next, WORD_ROLE) != NULL))
        return true; /* "the service dashboard" */
    bool only_verb = t != NULL && t->n_senses > 0;
    for (size_t k = 0; only_verb && k < t->n_senses; k++)
        only_verb = t->senses[k]->cls == WORD_VERB;
    if (t != NULL && !t->used && t->span == 1 && !c->frame.changes && (t->flags & TOKEN_NAMELIKE) != 0 &&
        strchr(t->text, '-') != NULL && isalpha((unsigned char)*t->text) && token_sense(t, WORD_ROLE) == NULL &&
        token_sense(t, WORD_KIND) == NULL)
        return true; /* "the network policy deny-all" */
    if (t == NULL || t->used || (t->n_senses != 1 && !only_verb) || t->span != 1)
        return false;
    bool done =
        only_verb && !c->frame.changes && c->frame.mood == MOOD_ASK && (next == NULL || (t->flags & TOKEN_STOP) != 0);
    for (size_t k = c->from; k < i && done; k++)
        if (strcmp(c->tokens->v[k].low, "does") == 0 || strcmp(c->tokens->v[k].low, "do") == 0)
            return false;                             /* "what ports does the gateway service expose" */
    bool looks = only_verb && !t->senses[0]->changes; /* "node count", "namespace list" */
    if (looks && !c->frame.changes && c->frame.verb == NULL && c->frame.mood == MOOD_DO)
        return false;
    bool noun = t->inflected && (op_str_ends(t->low, "s") || op_str_ends(t->low, "ing")); /* "the claim uploads" */
    noun =
        noun || (token_sense(t, WORD_VERB) != NULL && !t->inflected && t->senses[0]->lang == 0); /* "the job migrate" */
    static const char *const plain[] = { "persistentvolumeclaim", "configmap", "secret", "job", "cronjob" };
    const struct token *kind = clause_token(c, i - 1);
    const struct word *many = kind != NULL ? token_sense(kind, WORD_KIND) : NULL;
    if (only_verb && !t->inflected && many != NULL && !many->one && token_is(kind, WORD_KIND, "container"))
        return false; /* "its containers get at most 256Mi" */
    if (only_verb && !t->inflected && many != NULL && !many->one && c->frame.mood == MOOD_ASK)
        return false; /* "which pods run on worker-2" */
    for (size_t k = 0; k < OP_LEN(plain) && kind != NULL && c->frame.changes; k++)
        noun =
            noun || (token_is(kind, WORD_KIND, plain[k]) && token_sense(t, WORD_TOPIC) != NULL); /* "the claim logs" */
    if (!(noun || token_is(t, WORD_ROLE, "key")))
        return false;
    return next == NULL || next->inside || (t->flags & (TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON)) != 0 ||
           isdigit((unsigned char)*next->text) || (!c->frame.changes && only_verb && next->n_senses > 0 && !looks) ||
           (token_sense(next, WORD_ROLE) != NULL && !token_is(next, WORD_ROLE, "key"));
}

/* "the backup cronjob", "the search deployment": a verb that nobody is told to do. */
bool clause_verb_as_name(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *before_it = clause_token(c, i - 1);
    if (t != NULL && i == c->from && t->inflected && op_str_ends(t->low, "s") && !t->used)
        return true; /* "reports deployment to 2 replicas" */
    return t != NULL && before_it != NULL && !t->used && !t->inside && t->n_senses == 1 && t->span == 1 &&
           token_sense(t, WORD_VERB) != NULL && (t->flags & (TOKEN_COMMA | TOKEN_STOP)) == 0 &&
           (token_is(before_it, WORD_ROLE, "det") || before_it->used) &&
           (c->frame.verb != NULL || c->frame.mood == MOOD_ASK || c->frame.mood == MOOD_WHY);
}

/* "scale down search to 0": behind the verb, a word of ours that nothing else explains. */
void clause_verbs_as_names(struct clause *c)
{
    struct slots *s = &c->frame.slots;
    if (!c->frame.changes || slots_get(s, "name") != NULL || c->frame.plural)
        return;
    for (size_t i = c->from + 1; i < c->to; i++) {
        struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
        size_t p = i;
        while (p-- > c->from && token_filler(&c->tokens->v[p]))
            ;
        bool behind = p < i && c->tokens->v[p].used && token_sense(&c->tokens->v[p], WORD_VERB) != NULL;
        behind =
            behind ||
            (p < i && (token_is(&c->tokens->v[p], WORD_ROLE, "of") || token_is(&c->tokens->v[p], WORD_ROLE, "for")));
        bool ends = next == NULL || (t->flags & TOKEN_COMMA) != 0 || token_sense(next, WORD_ROLE) != NULL;
        if (behind && ends && !t->used && !t->inside && t->n_senses == 1 && t->span == 1 &&
            token_sense(t, WORD_VERB) != NULL) {
            clause_take(c, i, "name");
            return;
        }
    }
}

/* "roll out cart:3 to the deployment cart": an image, and behind it where it goes. */
void clause_onto(struct clause *c)
{
    bool image = false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        image = image || (t->used && op_str_eq(t->text, slots_get(&c->frame.slots, "image")));
        if (image && (token_is(t, WORD_ROLE, "to") || token_is(t, WORD_ROLE, "on") || token_is(t, WORD_ROLE, "into")) &&
            (c->frame.kind != NULL || slots_get(&c->frame.slots, "to") != NULL ||
             slots_get(&c->frame.slots, "on") != NULL))
            slots_set(&c->frame.slots, "onto", "true");
    }
}
