/* Single words of a task: what says to make something, which kinds can be made, what a sentence is held together by. */
#include "task.h"

#include "opsh/base/str.h"

static const char *const made_kinds[] = {
    "service",
    "ingress",
    "networkpolicy",
    "role",
    "clusterrole",
    "rolebinding",
    "clusterrolebinding",
    "serviceaccount",
    "resourcequota",
    "limitrange",
    "horizontalpodautoscaler",
    "poddisruptionbudget",
    "persistentvolumeclaim",
    "persistentvolume",
    "storageclass",
    "priorityclass",
    "namespace",
    "deployment",
    "pod",
    "secret",
    "configmap",
};

bool task_begins(const struct clause *c, size_t i)
{
    const struct token *t = &c->tokens->v[i];
    return i == c->from || (t->flags & TOKEN_BULLET) != 0 || (c->tokens->v[i - 1].flags & TOKEN_STOP) != 0 ||
           ((t->flags & TOKEN_LINE) != 0 && (c->tokens->v[i - 1].flags & TOKEN_COLON) != 0);
}

bool task_closed(const struct token *t)
{
    return (t->flags & (TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON)) != 0;
}

bool task_plain(const struct token *t)
{
    return (t->flags & TOKEN_QUOTED) == 0;
}

/* "create", "set up": how many tokens say that something is to be made. */
size_t task_making(struct clause *c, size_t i)
{
    static const char *const words[] = { "create",   "make",      "add",       "define",    "setup",     "need",
                                         "want",     "generate",  "provision", "give",      "configure", "apply",
                                         "put",      "enforce",   "write",     "introduce", "prepare",   "build",
                                         "needs",    "like",      "creates",   "deploy",    "launch",    "bootstrap",
                                         "creating", "establish", "implement", "adding",    "start" };
    static const char *const two[][2] = { { "set", "up" },    { "hook", "up" },   { "spin", "up" },
                                          { "give", "me" },   { "give", "us" },   { "give", "each" },
                                          { "give", "them" }, { "give", "both" }, { "stand", "up" } };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    if (!task_plain(t))
        return 0;
    for (size_t k = 0; k < OP_LEN(two) && next != NULL; k++)
        if (strcmp(t->low, two[k][0]) == 0 && strcmp(next->low, two[k][1]) == 0)
            return k >= 5 && k <= 7 ? 1 : 2; /* whom to give is said by a phrase */
    bool sure = next != NULL && strcmp(t->low, "make") == 0 && strcmp(next->low, "sure") == 0;
    return !sure && strcmp(t->low, "give") != 0 && OP_IN(t->low, words) ? 1 : 0;
}

/* Kinds by other names. */
const char *task_kind(const struct token *t)
{
    static const char *const rows[][2] = {
        { "policy", "networkpolicy" },       { "ingress", "ingress" },  { "loadbalancer", "service" },
        { "load-balancer", "service" },      { "nodeport", "service" }, { "clusterip", "service" },
        { "budget", "poddisruptionbudget" }, { "balancer", "service" },
    };
    const struct word *w = task_plain(t) && !t->inside ? token_sense(t, WORD_KIND) : NULL;
    bool other = w != NULL && t->span > 1 && strcmp(w->value, "ingressclass") != 0;
    for (size_t i = 0; i < OP_LEN(rows) && task_plain(t) && !t->inside && !other; i++)
        if (strcmp(t->low, rows[i][0]) == 0)
            return rows[i][1];
    return w != NULL && strcmp(w->value, "resource") != 0 ? w->value : NULL;
}

/* "two services", "PriorityClasses gold, silver and …" behind "create". */
static bool plural_before(struct clause *c, size_t from, size_t k)
{
    const struct token *next = clause_token(c, k + c->tokens->v[k].span);
    bool number = k > from && token_sense(&c->tokens->v[k - 1], WORD_NUMBER) != NULL;
    return number || (from == k && next != NULL && (next->n_senses == 0 || !task_plain(next)));
}

/* The kind of the thing that the words from i on describe ("a default deny network policy"): its token, or c->to. */
size_t task_kind_ahead(struct clause *c, size_t i)
{
    static const char *const ends[] = { "for",    "in",     "on",    "to",   "of",    "with", "named",
                                        "called", "that",   "which", "from", "and",   "so",   "using",
                                        "is",     "should", "may",   "can",  "where", "at" };
    size_t found = c->to;
    for (size_t k = i; k < c->to && k < i + 9; k++) {
        const struct token *t = &c->tokens->v[k];
        if (k > i && (task_begins(c, k) || task_closed(&c->tokens->v[k - 1])))
            break;
        if (task_plain(t) && OP_IN(t->low, ends))
            break;
        if (k > i && task_making(c, k) != 0)
            return c->to;
        const char *kind = task_kind(t);
        if (kind == NULL) {
            if (found != c->to && !t->inside)
                break;
            continue;
        }
        if (!OP_IN(kind, made_kinds))
            return c->to;
        const struct word *w = token_sense(t, WORD_KIND);
        bool several = w != NULL && !w->one && (strcmp(kind, "namespace") == 0 || plural_before(c, i, k));
        found = w == NULL || several || w->one || op_str_ends(w->form, "class") ? k : found;
    }
    return found;
}

bool task_determiner(const struct token *t)
{
    static const char *const words[] = { "a", "an", "another", "one", "new" };
    return task_plain(t) && OP_IN(t->low, words);
}

/* A word that tells to do something else than to make. */
bool task_told(const struct token *t)
{
    return task_plain(t) && (t->flags & TOKEN_NAMELIKE) == 0 && token_sense(t, WORD_VERB) != NULL;
}

/* Words that hold a sentence together, and carry nothing. */
bool task_says_little(const struct token *t)
{
    static const char *const heavy[] = { "each",    "both", "only",   "other", "others", "every",    "any",  "same",
                                         "instead", "else", "except", "first", "last",   "previous", "next", "some",
                                         "no",      "down", "up",     "off",   "but",    "instance", "full" };
    static const char *const roles[] = { "det", "aux", "and", "that", "using", "needs" };
    if (!task_plain(t) || OP_IN(t->low, heavy) || (t->flags & (TOKEN_NAMELIKE | TOKEN_NUMERIC)) != 0)
        return false;
    bool little = token_filler(t) && token_sense(t, WORD_KIND) == NULL;
    for (size_t i = 0; i < OP_LEN(roles) && !little; i++)
        little = token_is(t, WORD_ROLE, roles[i]);
    return little;
}
