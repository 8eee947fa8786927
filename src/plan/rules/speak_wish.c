/* A noun without a verb that is a wish to make it: "pod web from nginx:1.25 …", "give me a pod …", "busybox job, 5
 * completions". Only of what is not there yet, and only where something was said that nothing but a new thing has. */
#include "spoken.h"

#include "opsh/base/str.h"

/* "a pod that …", "a namespace for …": what follows tells of something that is to be. */
static bool goes_on(struct clause *c, size_t next)
{
    static const char *const words[] = { "that",   "which",    "with",    "running", "named",
                                         "called", "from",     "using",   "for",     "tolerating",
                                         "whose",  "labelled", "labeled", "on",      "holding" };
    const struct token *t = clause_token(c, next);
    return t != NULL && OP_IN(t->low, words);
}

/* What only something new is told with: containers, an image, a schedule, values, files. */
static bool evidence(struct clause *c, const char *kind)
{
    static const char *const telling[] = { "sidecar",      "sidecars",    "init",       "initcontainer", "hostnetwork",
                                           "completions",  "parallelism", "containers", "completion",    "emptydir",
                                           "backofflimit", "runasuser",   "prints",     "echoes",        "pings",
                                           "nodeselector", "sleeping",    "sleeps" };
    static const char *const files[] = { ".crt",  ".key", ".pem", ".env",  ".properties", ".conf", ".json", ".txt",
                                         ".yaml", ".yml", ".ini", ".toml", ".xml",        ".sql",  ".html", ".cfg" };
    static const char *const holding[] = { "configmap", "secret" };
    bool data = OP_IN(kind, holding);
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
        const char *eq = strchr(t->text, '=');
        bool file = strcmp(t->low, "file") == 0 && next != NULL && token_sense(next, WORD_KIND) == NULL;
        for (size_t k = 0; k < OP_LEN(files); k++)
            file = file || op_str_ends(t->low, files[k]);
        bool holds =
            (eq != NULL && eq != t->text && *t->text != '-') || file || token_is(t, WORD_TOPIC, "dockerregistry");
        if (OP_IN(t->low, telling) || (data && holds))
            return true;
        bool runs = strcmp(t->low, "runs") == 0 || strcmp(t->low, "running") == 0 || strcmp(t->low, "executes") == 0;
        if (runs && next != NULL && ((next->flags & TOKEN_QUOTED) != 0 || token_image(next) != NULL))
            return true;
    }
    return false;
}

static bool timed(struct clause *c)
{
    static const char *const words[] = { "every", "hourly", "daily", "nightly", "weekly", "monthly", "weekdays" };
    for (size_t i = c->from; i < c->to; i++)
        if (OP_IN(c->tokens->v[i].low, words))
            return true;
    return false;
}

/* "service of type NodePort for the deployment shop, port 80": what is there has its port. */
static bool fronts(const struct clause *c, const struct word *kind)
{
    bool type = false, port = false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        type = type || token_is(t, WORD_TOPIC, "nodeport") || token_is(t, WORD_TOPIC, "loadbalancer") ||
               token_is(t, WORD_TOPIC, "clusterip");
        port = port || ((t->flags & TOKEN_NUMERIC) != 0 && i > c->from && token_is(t - 1, WORD_ROLE, "port"));
    }
    return kind != NULL && strcmp(kind->value, "service") == 0 && type && port;
}

/* "nginx deployment, 3 replicas, name front" */
static bool names_it(struct clause *c)
{
    static const char *const words[] = { "name", "named", "called" };
    for (size_t i = c->from; i < c->to; i++)
        if (OP_IN(c->tokens->v[i].low, words))
            return true;
    return false;
}

static bool program_said(struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (token_image(&c->tokens->v[i]) != NULL)
            return true;
    return false;
}

void speak_wish(struct clause *c, const struct setting *s)
{
    static const char *const wishing[] = { "give", "want", "need", "me", "new", "a", "an", "us", "one", "another" };
    static const char *const articles[] = { "new", "a", "an", "another" };
    static const char *const there[] = { "the", "my", "our", "that", "this", "their" }; /* it is there already */
    static const char *const waiting[] = { "get", "switch", "tail", "find" }; /* "give me a …", "… use nginx" */
    struct frame *f = &c->frame;
    size_t at = c->from;
    bool fresh = false, wished = true, article = false;
    for (; at < c->to && token_sense(&c->tokens->v[at], WORD_KIND) == NULL; at++) {
        const struct token *t = &c->tokens->v[at];
        const struct token *next = clause_token(c, at + 1);
        bool get_me = strcmp(t->low, "get") == 0 && next != NULL && strcmp(next->low, "me") == 0;
        bool word = token_filler(t) || get_me || token_is(t, WORD_MOOD, "polite") || OP_IN(t->low, wishing) ||
                    token_image(t) != NULL || token_sense(t, WORD_TOPIC) != NULL ||
                    (at <= c->from + 1 && t->n_senses == 0);
        word = word && !OP_IN(t->low, there);
        fresh = fresh || strcmp(t->low, "new") == 0;
        article = article || OP_IN(t->low, articles);
        wished = wished && word;
    }
    const struct word *kind = at < c->to ? token_sense(&c->tokens->v[at], WORD_KIND) : NULL;
    if (f->mood != MOOD_DO || kind == NULL || !kind->one || !wished || f->changes || s->asked || clause_exists(c))
        return;
    static const char *const builds[] = { "pod",     "deployment", "statefulset", "daemonset", "job",
                                          "cronjob", "configmap",  "secret",      "namespace" };
    size_t behind = at + c->tokens->v[at].span;
    bool idle = f->verb == NULL || OP_IN(f->verb, waiting);
    const struct token *follows = clause_token(c, behind);
    bool program = at > c->from && token_image(&c->tokens->v[at - 1]) != NULL && follows != NULL &&
                   (strcmp(follows->low, "with") == 0 || /* "alpine pod with 64Mi" */
                    ((c->tokens->v[at].flags & TOKEN_COMMA) != 0 && names_it(c)));
    for (size_t i = behind; i < c->to && program; i++)
        program = !op_str_starts(c->tokens->v[i].low, "label");
    bool told = OP_IN(kind->value, builds) && idle && !s->other_program &&
                ((article && goes_on(c, behind)) || program || evidence(c, kind->value) ||
                 (strcmp(kind->value, "cronjob") == 0 && timed(c) && (s->runs || program_said(c))));
    bool makes = (s->pods && s->runs) || fronts(c, kind) || (fresh && f->verb == NULL && at + 1 < c->to) || told;
    if (!makes)
        return;
    const struct token *next = clause_token(c, behind);
    if (next != NULL &&
        token_is(next, WORD_VERB, f->verb != NULL ? f->verb : "")) /* it is the name: "cron job report, …" */
        c->tokens->v[behind].used = false;
    f->verb = "create";
    f->changes = true;
}
