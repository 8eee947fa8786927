/* Gathers what is said of one new thing: behind "Create a pod named x …" come sentences and list items ("Use the image
 * …", "It should …", "- Image: …") that describe it and are no steps of their own. A sentence that makes, names or ends
 * something else stays what it is; one of which nothing is understood is asked about (clause_rest). */
#include "request.h"

#include "opsh/base/str.h"

struct thing {
    const char *kind; /* or NULL: "deploy nginx" */
    bool runs;        /* it runs containers */
};

static const char *const running[] = {
    "pod", "deployment", "statefulset", "daemonset", "replicaset", "job", "cronjob"
};

static size_t first_word(struct clause *c)
{
    static const char *const before[] = { "please", "also", "then",   "finally", "and", "next",        "additionally",
                                          "now",    "just", "kindly", "lastly",  "but", "furthermore", "moreover" };
    size_t i = c->from;
    while (i + 1 < c->to && OP_IN(c->tokens->v[i].low, before))
        i++;
    return i;
}

/* "A deployment web exists in shop", "there is a pod …": told of, not wished for. */
bool clause_exists(const struct clause *c)
{
    static const char *const telling[] = { "is", "exists", "was", "currently", "already", "keeps", "exist" };
    static const char *const opening[] = { "a", "an", "there", "the" };
    if (!OP_IN(c->tokens->v[c->from].low, opening))
        return false;
    for (size_t i = c->from + 1; i < c->to; i++) {
        const char *before = c->tokens->v[i - 1].low;
        if (OP_IN(c->tokens->v[i].low, telling) && strcmp(before, "that") != 0 && strcmp(before, "which") != 0)
            return true;
    }
    return false;
}

/* What this clause makes, if it makes something. */
static bool makes(struct clause *c, struct thing *t)
{
    static const char *const making[] = { "create", "deploy", "run", "start", "add", "schedule" };
    static const char *const parts[] = { "container", "image", "volume", "namespace", "node", "file", "resource" };
    static const char *const onto[] = { "to", "on", "for", "in", "of", "into" };
    static const char *const wishes[] = { "a", "an", "need", "want", "there", "new" };
    const struct word *verb = NULL;
    bool wish = false;
    *t = (struct thing){ 0 };
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *tok = &c->tokens->v[i];
        const struct word *kind = token_sense(tok, WORD_KIND);
        const struct token *next = verb == NULL ? clause_token(c, i + 1) : NULL;
        verb = verb != NULL ? verb : clause_imperative(c, i);
        if (verb != NULL && next != NULL && strcmp(next->low, "it") == 0)
            return false; /* "make it 3": it is there */
        if (t->kind == NULL && kind != NULL && !OP_IN(kind->value, parts)) {
            if (verb != NULL && strcmp(verb->value, "add") == 0 && i > c->from + 1 &&
                strcmp(c->tokens->v[i - 1].low, "the") == 0 && OP_IN(c->tokens->v[i - 2].low, onto))
                return false; /* "add the label a=b to the deployment web": it is there */
            t->kind = kind->value;
        }
        wish = wish || (t->kind == NULL && verb == NULL && OP_IN(tok->low, wishes));
    }
    bool image = false, network = false, container = false;
    for (size_t i = c->from; i < c->to && t->kind == NULL;
         i++) { /* "create a network …": docker's, and it runs nothing */
        image = image || strchr(c->tokens->v[i].text, ':') != NULL || token_image(&c->tokens->v[i]) != NULL;
        container = container || token_is(&c->tokens->v[i], WORD_KIND, "container");
        network = network || OP_IN(c->tokens->v[i].low, ((const char *const[]){ "network", "volume" }));
    }
    if (network && !image && !container)
        return false;
    t->runs = t->kind == NULL || OP_IN(t->kind, running);
    return verb != NULL ? OP_IN(verb->value, making) : wish && t->kind != NULL && !clause_exists(c);
}

static bool asks(struct clause *c)
{
    static const char *const moods[] = { "why", "advice", "count" };
    for (size_t i = c->from; i < c->to; i++) {
        bool asked = (c->tokens->v[i].flags & TOKEN_ASKED) != 0;
        for (size_t k = 0; k < OP_LEN(moods); k++)
            asked = asked || token_is(&c->tokens->v[i], WORD_MOOD, moods[k]);
        if (asked)
            return true;
    }
    return false;
}

/* A verb, in whatever form, that is no property of what is made. */
static bool acts_on_it(struct clause *c, bool *goes_after)
{
    static const char *const ending[] = { "uninstall", "rollback", "drain", "upgrade", "install", "check",   "get",
                                          "wait",      "find",     "watch", "tail",    "exec",    "describe" };
    static const char *const over[] = { "after", "finishes",   "finished",   "completes", "completed",
                                        "done",  "completion", "afterwards", "afterward", "exit" };
    bool deletes = false, late = false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        bool name = i > c->from && token_is(&c->tokens->v[i - 1], WORD_ROLE, "named");
        const struct word *verb = t->inside || name ? NULL : token_sense(t, WORD_VERB);
        late = late || OP_IN(t->low, over);
        late = late || op_str_starts(t->low, "capabilit");
        deletes = deletes || (verb != NULL && strcmp(verb->value, "delete") == 0);
        const struct token *next = clause_token(c, i + 1);
        bool command = next != NULL && (next->flags & (TOKEN_QUOTED | TOKEN_NUMERIC)) != 0 &&
                       strcmp(verb != NULL ? verb->value : "", "exec") == 0;
        if (verb != NULL && !command && OP_IN(verb->value, ending) && clause_imperative(c, i) != NULL &&
            strcmp(t->low, "get") != 0)
            return true;
    }
    *goes_after = deletes && late;
    return deletes && !late;
}

static bool said_before(struct clause *root, const char *word)
{
    for (size_t i = root->from; i < root->to; i++)
        if (op_str_ieq(root->tokens->v[i].text, word))
            return true;
    return false;
}

/* Does it speak of, or make, something else than what was made before? */
static bool of_another(struct clause *c, struct clause *root, const struct thing *thing)
{
    static const char *const parts[] = {
        "container",      "image", "volume",   "namespace",    "configmap", "secret",        "persistentvolumeclaim",
        "serviceaccount", "pod",   "resource", "storageclass", "node",      "priorityclass", "persistentvolume",
        "certificate"
    };
    static const char *const making[] = { "create", "deploy", "install", "apply" };
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        const struct word *kind = t->inside ? NULL : token_sense(t, WORD_KIND), *verb = clause_imperative(c, i);
        bool defines = strcmp(t->low, "define") == 0 || strcmp(t->low, "make") == 0;
        if (verb != NULL && OP_IN(verb->value, making) && !defines)
            return true;
        if (kind == NULL || !thing->runs)
            continue;
        bool headless = i > c->from && strcmp(c->tokens->v[i - 1].low, "headless") == 0;
        const struct token *name = clause_token(c, i + t->span);
        if (op_str_eq(kind->value, thing->kind)) {
            if (name != NULL && clause_name(c, i + t->span) && (t->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0 &&
                !said_before(root, name->text))
                return true;
        } else if (!OP_IN(kind->value, parts) && !(headless && op_str_eq(thing->kind, "statefulset")) &&
                   strcmp(kind->value, "job") != 0) {
            return true;
        }
    }
    return false;
}

/* "Image: nginx:1.25", "Environment variables: A=b" */
static bool labelled(struct clause *c)
{
    for (size_t i = c->from; i < c->to && i < c->from + 4 && !c->header; i++)
        if ((c->tokens->v[i].flags & TOKEN_COLON) != 0)
            return true;
    return false;
}

/* "It should …", "The container must …", "Both containers …", "3 replicas are needed" */
static bool about_it(struct clause *c, struct clause *root)
{
    static const char *const pronouns[] = { "it",  "its",   "they", "their", "both",  "each",
                                            "all", "there", "no",   "only",  "every", "one" };
    static const char *const other[] = {
        "service", "ingress", "networkpolicy", "namespace", "node", "release", "chart"
    };
    size_t i = c->from;
    while (i + 1 < c->to && token_is(&c->tokens->v[i], WORD_ROLE, "det") && !OP_IN(c->tokens->v[i].low, pronouns))
        i++;
    const struct token *t = &c->tokens->v[i];
    if (OP_IN(t->low, pronouns))
        return true;
    if (i == c->from && clause_imperative(c, i) != NULL)
        return false;
    const struct word *kind = token_sense(t, WORD_KIND);
    bool known = kind != NULL ? !OP_IN(kind->value, other)
                              : token_sense(t, WORD_TOPIC) != NULL || token_sense(t, WORD_UNIT) != NULL ||
                                    token_sense(t, WORD_ROLE) != NULL || token_sense(t, WORD_VERB) != NULL ||
                                    (t->flags & TOKEN_NUMERIC) != 0 || said_before(root, t->text);
    for (size_t k = i; k < c->to; k++) {
        const struct token *aux = &c->tokens->v[k];
        static const char *const telling[] = { "needs",  "uses",   "runs",  "listens", "requires", "requests",
                                               "mounts", "should", "must",  "has",     "have",     "is",
                                               "are",    "will",   "shall", "gets" };
        if (OP_IN(aux->low, telling))
            return known || i > c->from || k > i + 1; /* "privilege escalation must be …", but "backend must be …" */
    }
    return false;
}

/* "Make sure the pod is running" looks; "make sure it has 2 replicas" describes. */
static bool verifies(struct clause *c, size_t i)
{
    static const char *const ensuring[] = { "ensure", "make", "be", "sure", "verify" };
    static const char *const states[] = { "running",   "ready",       "up",         "healthy",   "exists",
                                          "created",   "works",       "successful", "completed", "available",
                                          "reachable", "accessible",  "starts",     "succeeds",  "completes",
                                          "working",   "successfully" };
    if (!OP_IN(c->tokens->v[i].low, ensuring))
        return false;
    for (size_t k = i + 1; k < c->to; k++) {
        const struct token *next = clause_token(c, k + 1);
        bool goes_on = next != NULL && (strcmp(next->low, "as") == 0 || strcmp(next->low, "with") == 0);
        if (OP_IN(c->tokens->v[k].low, states) && !goes_on)
            return true;
    }
    return false;
}

static bool says(struct clause *c, const char *word)
{
    for (size_t i = c->from; i < c->to; i++)
        if (op_str_starts(c->tokens->v[i].low, word))
            return true;
    return false;
}

/* Imperatives that describe: "Use the image …", "Set the environment variable …", "Mount the secret …". */
static bool refines(struct clause *c, const struct thing *thing)
{
    static const char *const verbs[] = {
        "use",     "using",   "set",      "add",      "mount",    "configure", "include",  "specify",  "define",
        "assign",  "give",    "pass",     "inject",   "load",     "provide",   "supply",   "limit",    "restrict",
        "request", "reserve", "label",    "annotate", "name",     "call",      "attach",   "tolerate", "enable",
        "disable", "allow",   "disallow", "prevent",  "keep",     "retain",    "make",     "ensure",   "schedule",
        "place",   "pin",     "require",  "retry",    "populate", "share",     "declare",  "let",      "have",
        "with",    "plus",    "never",    "do",       "override", "forbid",    "put",      "apply",    "select",
        "drop",    "store",   "be",       "tag",      "no",       "resources", "requests", "limits",   "restart",
        "also",    "probe",   "import",   "project",
    };
    static const char *const running_on[] = { "the", "as", "with", "only", "command", "it", "them", "on", "args" };
    size_t i = first_word(c);
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
    bool line = i == c->from || (c->tokens->v[c->from].flags & TOKEN_BULLET) != 0;
    bool starts = c->from == 0 || (c->tokens->v[c->from - 1].flags & TOKEN_STOP) != 0 || line;
    if (t == NULL || verifies(c, i))
        return false;
    if (strcmp(t->low, "expose") == 0) /* of a pod its own port, of a deployment a service */
        return starts && says(c, "port") && (op_str_eq(thing->kind, "pod") || says(c, "container"));
    if (strcmp(t->low, "run") == 0 || strcmp(t->low, "execute") == 0)
        return next != NULL && (OP_IN(next->low, running_on) || (next->flags & TOKEN_QUOTED) != 0 ||
                                (next->flags & TOKEN_NUMERIC) != 0);
    static const char *const policies[] = { "never", "always", "on", "onfailure", "only" };
    if (strcmp(t->low, "restart") == 0)
        return says(c, "polic") || says(c, "unless") || says(c, "always") || says(c, "failure") ||
               (next != NULL && OP_IN(next->low, policies));
    if (strcmp(t->low, "use") == 0 && (says(c, "context") || says(c, "cluster")))
        return false;
    if ((strcmp(t->low, "label") == 0 || strcmp(t->low, "annotate") == 0) && says(c, "node"))
        return false;
    return OP_IN(t->low, verbs);
}

/* "… and give me a shell", "open a terminal in it": of the pod that is run. */
static bool opens_shell(struct clause *c, const struct thing *thing)
{
    static const char *const shells[] = { "shell", "bash", "terminal", "console", "sh", "prompt" };
    bool shell = false, short_one = c->to - c->from < 10 && (thing->kind == NULL || strcmp(thing->kind, "pod") == 0);
    for (size_t i = c->from; i < c->to; i++)
        shell = shell || OP_IN(c->tokens->v[i].low, shells);
    for (size_t i = c->from; i < c->to && shell && short_one; i++)
        c->tokens->v[i].used = true;
    return shell && short_one;
}

static bool describes(struct clause *c, struct clause *root, const struct thing *thing)
{
    bool item = (c->tokens->v[c->from].flags & TOKEN_BULLET) != 0;
    const unsigned how = TOKEN_BULLET | TOKEN_DEEP, mine = c->tokens->v[c->from].flags & how;
    if (c->again && root->gathered && (c->tokens->v[c->from - 1].flags & TOKEN_STOP) == 0)
        return true; /* "Set successfulJobsHistoryLimit to 2 and failedJobsHistoryLimit to 4." */
    if (c->again || asks(c) || of_another(c, root, thing))
        return false;
    static const char *const attributes[] = { "container", "image", "volume", "resource", "node" };
    size_t at = c->from;
    while (at + 1 < c->to && token_is(&c->tokens->v[at], WORD_ROLE, "det"))
        at++;
    const struct word *kind = token_sense(&c->tokens->v[at], WORD_KIND);
    if (item && root->header && thing->kind == NULL && kind != NULL && !OP_IN(kind->value, attributes))
        return false; /* "Set up: - namespace shop - deployment web": things, under no thing */
    if (item && mine == (root->tokens->v[root->from].flags & how) && !labelled(c) && !clause_orders(root))
        return false; /* "- a service web", "- a config map settings": a list of things */
    if (opens_shell(c, thing))
        return true;
    if (labelled(c) || (item && clause_imperative(c, first_word(c)) == NULL))
        return true;
    bool after = false;
    return !acts_on_it(c, &after) && ((after && thing->kind != NULL && strcmp(thing->kind, "pod") == 0) ||
                                      about_it(c, root) || (thing->runs && refines(c, thing)));
}

/* "Requirements:", "The pod should have:": the items below belong to what was made above. */
static bool leads(struct clause *c)
{
    if (!c->header)
        return false;
    for (size_t i = c->from; i < c->to; i++)
        if (clause_imperative(c, i) != NULL)
            return false;
    return true;
}

/* "… with the following specification:" says nothing by itself. */
static void opens_list(struct clause *c)
{
    static const char *const nouns[] = { "specification", "specifications", "spec",          "specs",
                                         "requirements",  "requirement",    "configuration", "config",
                                         "details",       "properties",     "settings",      "characteristics",
                                         "parameters",    "fields",         "attributes",    "options",
                                         "constraints",   "info",           "information",   "features" };
    struct token *t = &c->tokens->v[c->to - 1];
    if ((t->flags & TOKEN_COLON) == 0 || !OP_IN(t->low, nouns))
        return;
    t->used = true;
    t->n_senses = 0;
    t->inside = false;
}

void clauses_gather(struct clauses *out)
{
    size_t kept = 0;
    struct thing thing = { 0 };
    for (size_t i = 0; i < out->n; i++) {
        struct clause *c = &out->v[i], *root = kept > 0 ? &out->v[kept - 1] : NULL;
        struct thing now = { 0 };
        bool own = root != NULL && (thing.runs || thing.kind != NULL) && root->to <= c->from &&
                   (describes(c, root, &thing) || (leads(c) && i + 1 < out->n));
        if (own) { /* a phrase never runs over the end of what was one sentence; a list of containers is one */
            struct token *last = &c->tokens->v[root->to - 1];
            opens_list(root);
            bool listed = (last->flags & TOKEN_COLON) != 0;
            last->flags |= listed ? 0U : says(root, "containers") && root->listed ? TOKEN_COMMA : TOKEN_STOP;
            bool item = (c->tokens->v[c->from].flags & TOKEN_BULLET) != 0;
            root->listed = (c->header && says(c, "containers")) || (item && root->listed);
            root->to = c->to;
            root->header = false;
            root->gathered = true;
            continue;
        }
        if (!makes(c, &now))
            now = (struct thing){ 0 };
        thing = now;
        c->listed = c->header && says(c, "containers");
        out->v[kept++] = *c;
    }
    out->n = kept;
}
