/* Follow-ups that put something else in the place of what was said, or look at what was done: "sorry, I meant
 * checkout", "only the failing ones", "did it work?", "describe the second one". */
#include "planner.h"

#include "opsh/base/str.h"

/* ---- corrections ---- */

/* Words in front of a correction; those that end in a comma here need a mark behind them. */
static const char *const openers[] = {
    "no wait", "oh wait",    "wait,",        "no,",       "oh no",      "oh,",    "oh",       "sorry", "oops",
    "whoops",  "actually",   "i meant",      "i mean",    "correction", "rather", "hold on",  "nope",  "nah",
    "my bad",  "my mistake", "scratch that", "not that,", "or rather",  "hmm",    "i wanted", "no no", "ah,",
};

static size_t opener(const char *s)
{
    size_t longest = 0;
    for (size_t i = 0; i < OP_LEN(openers); i++) {
        size_t n = strlen(openers[i]);
        const bool mark = openers[i][n - 1] == ',';
        n -= mark;
        if (strncasecmp(s, openers[i], n) != 0 || (s[n] != '\0' && strchr(mark ? ",.!-" : " ,.!:-", s[n]) == NULL))
            continue;
        size_t end = n + strspn(s + n, " ,.!:-");
        longest = end > longest ? end : longest;
    }
    return longest;
}

const char *follow_corrects(struct rules *r, const char *text)
{
    const char *s = text + strspn(text, " \n");
    r->corrects = false;
    static const char *const ending[] = { "and remove it", "and delete it" }; /* no part of what was run then */
    for (size_t i = 0; i < OP_LEN(ending) && r->has_last; i++)
        if (strncasecmp(s, ending[i], strlen(ending[i])) == 0)
            return s + strlen("and ");
    for (size_t n; r->has_last && (n = opener(s)) > 0 && s[n] != '\0';) {
        s += n;
        r->corrects = true;
    }
    return s;
}

/* "add B=2 to it" → "add B=2 to the configmap flags": phrases of several parts are heard before what was said last is
 * known. NULL: nothing to put in. owned */
char *follow_names_it(const struct rules *r, const char *text)
{
    static const char *const sides[] = { " to it", " from it", " on it" };
    const char *name = r->has_last ? slots_get(&r->last.slots, "name") : NULL, *ns = slots_get(&r->last.slots, "ns");
    const char *kind = r->last.kind != NULL ? r->last.kind : "deployment";
    if (name == NULL || r->last.verb == NULL || slots_count(&r->last.slots, "name") > 1 || strlen(text) > 400)
        return NULL;
    for (size_t i = 0; i < OP_LEN(sides); i++) {
        const char *at = strstr(text, sides[i]);
        size_t n = strlen(sides[i]);
        if (at == NULL || (at[n] != '\0' && strchr(" ,.!?", at[n]) == NULL) || strchr(text, '\n') != NULL)
            continue;
        bool placed = ns != NULL && strcmp(kind, "namespace") != 0 && strcmp(kind, "node") != 0;
        return op_asprintf("%.*s the %s %s%s%s%s", (int)((size_t)(at - text) + n - 3), text, kind, name,
                           placed ? " in namespace " : "", placed ? ns : "", at + n);
    }
    return NULL;
}

static bool has_word(const struct clause *c, const char *const *words)
{
    for (size_t i = c->from; i < c->to; i++)
        for (const char *const *w = words; *w != NULL; w++)
            if (strcmp(c->tokens->v[i].low, *w) == 0)
                return true;
    return false;
}

bool follow_replaces(const struct attempt *a)
{
    static const char *const instead[] = { "instead", NULL };
    static const char *const weak[] = { "switch", "create", "set", "update", "change" };
    const struct frame *f = &a->clause->frame;
    if (!a->r->corrects && !has_word(a->clause, instead))
        return false;
    bool thing = slots_get(&f->slots, "name") != NULL || f->kind != NULL;
    return f->verb == NULL || (!thing && OP_IN(f->verb, weak));
}

/* "I meant staging": the name of a place takes the place of the place. */
void follow_place(struct attempt *a)
{
    static const char *const places[] = { "staging", "stage", "prod",    "production", "dev",     "development", "test",
                                          "qa",      "uat",   "sandbox", "preprod",    "default", "kube-system" };
    struct frame *f = &a->clause->frame;
    const char *name = slots_get(&f->slots, "name");
    if (name == NULL || f->kind != NULL || slots_get(&f->slots, "ns") != NULL || slots_count(&f->slots, "name") > 1)
        return;
    bool place = OP_IN(name, places);
    const struct op_names *names = a->scene->names != NULL ? a->scene->names(a->scene->self) : NULL;
    for (size_t i = 0; names != NULL && i < names->n; i++) {
        const struct op_object *o = &names->objects[i];
        if (strcmp(o->name, name) == 0)
            place = strcmp(o->kind, "namespace") == 0;
    }
    if (!place)
        return;
    slots_set(&f->slots, "ns", name);
    slots_drop(&f->slots, "name");
}

/* ---- another look at the same ---- */

/* "as yaml", "only the failing ones", "last 100 lines": how to look, and nothing else. */
bool follow_narrows(struct attempt *a)
{
    static const char *const how[] = { "yaml",
                                       "json",
                                       "wide",
                                       "labels",
                                       "follow",
                                       "previous",
                                       "sorted",
                                       "pending",
                                       "failedstate",
                                       "completed",
                                       "running",
                                       "evicted",
                                       "crashloopstate",
                                       "unhealthystate",
                                       "timestamps",
                                       "allns",
                                       "images",
                                       "restarts",
                                       "old",
                                       "size",
                                       "names",
                                       "age",
                                       "creation",
                                       "created",
                                       "time",
                                       "status",
                                       "all",
                                       "format" };
    static const char *const only[] = { "only", "just", "ones", NULL };
    static const char *const earlier[] = { "previous", NULL };
    struct frame *f = &a->clause->frame;
    const struct frame *last = &a->r->last;
    if (last->changes || (last->verb == NULL && last->kind == NULL && last->n_topics == 0) || f->verb != NULL ||
        f->kind != NULL || f->changes || slots_get(&f->slots, "name") != NULL || a->clause->to - a->clause->from > 9)
        return false;
    if (frame_has_topic(last, "logs") && has_word(a->clause, earlier))
        frame_topic(f, "previous");
    if (f->symptom && f->n_topics == 0 && has_word(a->clause, only) && op_str_eq(last->kind, "pod"))
        frame_topic(f, "unhealthystate");
    if (frame_has_topic(last, "logs") && frame_has_topic(f, "errors") && f->n_topics == 1)
        f->symptom = false;
    bool looks = f->n_topics > 0 || slots_get(&f->slots, "tail") != NULL || slots_get(&f->slots, "since") != NULL;
    for (size_t i = 0; i < f->n_topics; i++)
        looks = looks &&
                (OP_IN(f->topics[i], how) || (strcmp(f->topics[i], "errors") == 0 && frame_has_topic(last, "logs")));
    if (!looks)
        return false;
    f->symptom = f->yesno = false;
    return true;
}

/* "did it work?", "is it ready now?", "status?": of what was just changed. */
bool follow_checks(struct attempt *a)
{
    static const char *const worked[] = { "work",  "worked",  "working", "succeed",  "succeeded", "done",   "finished",
                                          "ready", "up",      "running", "healthy",  "through",   "status", "fine",
                                          "ok",    "okay",    "good",    "there",    "deployed",  "rolled", "going",
                                          "doing", "looking", "finish",  "complete", NULL };
    static const char *const pronoun[] = { "it", "that", "they", NULL };
    struct clause *c = a->clause;
    struct frame *f = &c->frame;
    const struct frame *last = &a->r->last;
    const char *name = slots_get(&last->slots, "name"), *own = slots_get(&f->slots, "name");
    bool it = f->refers || has_word(c, pronoun) || c->to - c->from <= 2;
    bool asks = f->yesno || c->to - c->from <= 2 || frame_has_topic(f, "greeting") || f->mood == MOOD_ASK ||
                op_str_eq(f->verb, "check");
    for (const char *const *w = worked; own != NULL && *w != NULL; w++)
        own = strcmp(own, *w) == 0 ? NULL : own; /* no name: what it did */
    own = op_str_eq(own, name) ? NULL : own;     /* carried over already */
    bool same = f->kind == NULL || op_str_eq(f->kind, last->kind);
    if (!last->changes || name == NULL || own != NULL || !same || f->changes || !it || !asks || !has_word(c, worked))
        return false;
    bool deleted = op_str_eq(last->verb, "delete") || op_str_eq(last->verb, "uninstall");
    f->verb = kind_is_workload(last->kind) && !deleted ? "rolloutstatus" : "get";
    f->kind = last->kind;
    f->mood = MOOD_DO;
    f->n_topics = 0;
    f->symptom = f->yesno = f->refers = false;
    f->program = last->program;
    slots_drop(&f->slots, "name");
    if (!deleted)
        slots_set(&f->slots, "name", name);
    if (slots_get(&last->slots, "ns") != NULL)
        slots_set(&f->slots, "ns", slots_get(&last->slots, "ns"));
    return true;
}

/* "bring it back" behind a drain: pods may come again. */
bool follow_returns(struct attempt *a)
{
    static const char *const leaving[] = { "drain", "cordon" };
    static const char *const back[] = { "back", "uncordon", NULL };
    static const char *const pronoun[] = { "it", "that", "them", NULL };
    const struct frame *last = &a->r->last;
    struct frame *f = &a->clause->frame;
    const char *name = slots_get(&last->slots, "name");
    if (name == NULL || last->verb == NULL || !OP_IN(last->verb, leaving) || !has_word(a->clause, back) ||
        !has_word(a->clause, pronoun) || f->mood == MOOD_ADVICE || f->mood == MOOD_NOT)
        return false;
    f->verb = "uncordon";
    f->changes = true;
    f->mood = MOOD_DO;
    f->kind = "node";
    f->n_topics = f->n_rest = 0;
    slots_free(&f->slots);
    slots_set(&f->slots, "name", name);
    return true;
}

/* ---- what was shown ---- */

void follow_forget(struct rules *r)
{
    op_strv_free(&r->shown);
    op_strv_free(&r->shown_ns);
}

/* The names of a listing, from its columns NAMESPACE and NAME. */
void follow_see(struct rules *r, const struct op_observation *obs, size_t n)
{
    const struct op_observation *o = n > 0 ? &obs[n - 1] : NULL;
    if (o == NULL || o->outcome != OP_RAN || o->exit_code != 0 || o->output == NULL || o->step->argv.n < 3 ||
        strcmp(o->step->argv.v[0], "kubectl") != 0 || strcmp(o->step->argv.v[1], "get") != 0)
        return;
    bool spaced = op_str_starts(o->output, "NAMESPACE ");
    if (!spaced && !op_str_starts(o->output, "NAME "))
        return;
    follow_forget(r);
    for (const char *line = strchr(o->output, '\n'); line != NULL && line[1] != '\0' && r->shown.n < 200;
         line = strchr(line + 1, '\n')) {
        char first[256] = "", second[256] = "";
        if (sscanf(line + 1, "%255s %255s", first, second) < 1)
            break;
        op_strv_push(&r->shown, spaced ? second : first);
        op_strv_push(&r->shown_ns, spaced ? first : "");
    }
}

/* Which of several: 1 for "the first one", 0 for none, -1 for the last. */
static long ordinal(const struct clause *c)
{
    static const char *const words[] = { "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth" };
    static const char *const behind[] = { "one", "pod", "node", "deployment", "service", "entry", "row", "of" };
    for (size_t i = c->from; i < c->to; i++) {
        const char *low = c->tokens->v[i].low, *next = i + 1 < c->to ? c->tokens->v[i + 1].low : "one";
        const bool the = i > c->from && strcmp(c->tokens->v[i - 1].low, "the") == 0;
        for (size_t k = 0; k < OP_LEN(words) && the; k++)
            if (strcmp(low, words[k]) == 0 && OP_IN(next, behind))
                return (long)k + 1;
        if (the && strcmp(low, "last") == 0 && strcmp(next, "one") == 0)
            return -1;
    }
    return 0;
}

bool follow_shown(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    const struct rules *r = a->r;
    const char *name = slots_get(&f->slots, "name");
    for (size_t i = 0; r->has_last && name != NULL && f->kind == NULL && i < r->shown.n; i++) {
        if (strcmp(r->shown.v[i], name) != 0)
            continue;
        f->kind = r->last.kind; /* it stood in the list that was just shown */
        const char *in = *r->shown_ns.v[i] != '\0' ? r->shown_ns.v[i] : slots_get(&r->last.slots, "ns");
        if (slots_get(&f->slots, "ns") == NULL && in != NULL)
            slots_set(&f->slots, "ns", in);
    }
    static const char *const counted[] = { "first", "second",  "third",  "fourth", "fifth",
                                           "sixth", "seventh", "eighth", "last" };
    const long said = r->has_last ? ordinal(a->clause) : 0;
    if (said != 0 && name != NULL && OP_IN(name, counted)) {
        slots_drop(&f->slots, "name");
        name = NULL;
    }
    const long at = name == NULL ? said : 0;
    if (at == 0 || r->last.kind == NULL || (f->kind != NULL && !op_str_eq(f->kind, r->last.kind)))
        return true;
    f->kind = r->last.kind;
    f->plural = f->several = false;
    const size_t i = at < 0 ? r->shown.n - 1 : (size_t)at - 1;
    if (i >= r->shown.n) {
        if (f->verb != NULL)
            ask(a, move, "name", op_asprintf("Which %s?", f->kind), NULL, NULL);
        return f->verb == NULL;
    }
    f->n_rest = 0;
    slots_set(&f->slots, "name", r->shown.v[i]);
    const char *ns = *r->shown_ns.v[i] != '\0' ? r->shown_ns.v[i] : slots_get(&r->last.slots, "ns");
    if (ns != NULL && slots_get(&f->slots, "ns") == NULL)
        slots_set(&f->slots, "ns", ns);
    return true;
}
