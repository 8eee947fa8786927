/* What a clause of a request means because of the clauses around it: where all of them happen, and what is to be
 * verified when the ones before have run. */
#include "planner.h"

#include "opsh/base/str.h"

/* "There is a deployment web in shop. Its image is wrong. Set it to web:2.": sentences that ask nothing and tell
 * nothing to do, in front of one that does, say what it is about. So does the trouble that a change is to end. */
void sequel_scenes(struct clauses *cs)
{
    for (size_t i = cs->n; i-- > 1;) {
        struct clause *c = &cs->v[i - 1];
        const struct clause *next = &cs->v[i];
        const struct frame *f = &c->frame, *then = &next->frame;
        bool how = !op_str_eq(then->verb, "fix") || slots_get(&then->slots, "image") != NULL;
        bool acts = next->header || (then->changes && then->mood == MOOD_DO && how);
        bool item = (c->tokens->v[c->from].flags & TOKEN_BULLET) != 0 ||
                    (next->tokens->v[next->from].flags & TOKEN_BULLET) != 0;
        const unsigned end = c->tokens->v[c->to - 1].flags;
        bool tells = f->verb == NULL && !f->changes && f->mood != MOOD_ADVICE && (end & TOKEN_STOP) != 0 &&
                     (end & TOKEN_ASKED) == 0;
        static const char *const scaling[] = { "scale", "increase", "decrease" };
        bool open = OP_IN(f->verb, scaling) &&
                    slots_get(&f->slots, "count") == NULL && /* "scale web up, set it to 9" */
                    slots_get(&f->slots, "relative") == NULL && then->refers &&
                    slots_get(&then->slots, "count") != NULL && slots_get(&then->slots, "name") == NULL;
        if (open && f->mood == MOOD_DO)
            c->header = true;
        if (tells && acts && !item && !clause_asks(c))
            c->header = true;
    }
}

/* Is the place the last thing that this clause says? */
static bool place_ends(const struct clause *c, const char *ns)
{
    for (size_t i = c->to; i-- > c->from;) {
        const struct token *t = &c->tokens->v[i];
        if (op_str_ieq(t->text, ns))
            return true;
        if (!token_filler(t) && !token_is(t, WORD_KIND, "namespace"))
            return false;
    }
    return false;
}

/* "delete the service web and the deployment web from namespace old": where the last one is, the others are. */
void sequel_places(struct clauses *cs)
{
    for (size_t i = cs->n; i-- > 1;) {
        struct clause *c = &cs->v[i], *p = &cs->v[i - 1];
        struct slots *had = &p->frame.slots;
        const char *ns = slots_get(&c->frame.slots, "ns");
        if (ns == NULL || slots_count(&c->frame.slots, "ns") > 1)
            continue;
        const struct token *v = c->tokens->v;
        bool apart = (v[c->from].flags & TOKEN_LINE) != 0;
        for (size_t k = p->to - (p->to > p->from); k < c->from; k++)
            apart = apart || (v[k].flags & TOKEN_STOP) != 0 || token_is(&v[k], WORD_ROLE, "then");
        bool open = slots_get(had, "ns") == NULL && slots_get(had, "same_ns") == NULL && !p->header &&
                    !p->frame.refers && !frame_has_topic(&p->frame, "allns");
        bool ends = c->again || (!apart && place_ends(c, ns));
        bool inside = !kind_is_cluster_wide(p->frame.kind) && !op_str_eq(p->frame.kind, "namespace");
        if (open && inside && ends)
            slots_set(had, "ns", ns);
    }
}

static bool says_any(const struct clause *c, const char *const *words)
{
    for (size_t i = c->from; i < c->to; i++)
        for (const char *const *w = words; *w != NULL; w++)
            if (strcmp(c->tokens->v[i].low, *w) == 0)
                return true;
    return false;
}

static void look_at_it(struct frame *f, const char *verb, const char *kind, const char *name)
{
    f->verb = verb;
    f->kind = kind;
    f->mood = MOOD_DO;
    f->n_topics = 0;
    f->symptom = f->yesno = f->changes = false;
    slots_drop(&f->slots, "name");
    if (name != NULL)
        slots_set(&f->slots, "name", name);
}

/* "… and make sure that all replicas become ready", "confirm that it is gone": of what was just changed. */
void sequel_verifies(struct clause *c, const struct frame *before)
{
    static const char *const looking[] = { "check", "wait", "watch", "get" };
    static const char *const well[] = { "ready",    "available", "up",           "works",     "work",      "working",
                                        "succeeds", "succeeded", "successful",   "completes", "completed", "complete",
                                        "rolled",   "rollout",   "healthy",      "running",   "succeed",   "finish",
                                        "finished", "finishes",  "successfully", NULL };
    static const char *const gone[] = { "gone", "deleted", "removed", "disappeared", "exists", "left", "exist", NULL };
    struct frame *f = &c->frame;
    const char *name = slots_get(&f->slots, "name"), *was = slots_get(&before->slots, "name");
    bool own = name == NULL || op_str_eq(name, was);
    bool pods = op_str_eq(f->kind, "pod"), about = f->kind == NULL || pods || op_str_eq(f->kind, before->kind);
    bool looks = OP_IN(f->verb != NULL ? f->verb : "", looking);
    if (f->changes || !before->changes || was == NULL || !own || !about || !looks || frame_has_topic(f, "logs") ||
        frame_has_topic(f, "errors") || f->mood == MOOD_ADVICE)
        return;
    const char *ns = slots_get(&before->slots, "ns");
    bool told = op_str_eq(f->verb, "check") || op_str_eq(f->verb, "wait");
    if (op_str_eq(before->verb, "delete") && told && says_any(c, gone)) {
        look_at_it(f, "get", before->kind, NULL);
        f->plural = f->several = true;
    } else if (kind_is_workload(before->kind) && told && !pods && says_any(c, well)) {
        look_at_it(f, "rolloutstatus", before->kind, was);
    } else {
        return;
    }
    f->refers = false;
    if (ns != NULL)
        slots_set(&f->slots, "ns", ns);
    f->n_rest = 0;
}

void sequel_waits(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    const struct intent *said = a->intent;
    const bool job = op_str_eq(f->kind, "job"), work = kind_is_workload(f->kind);
    static const char *const making[] = { "create", "run",     "deploy", "start",   "trigger",
                                          "scale",  "restart", "set",    "rollback" };
    if (!frame_has_topic(f, "wait") || !said->changes || strcmp(said->program, "kubectl") != 0 || f->mood != MOOD_DO ||
        !(job || work) || !OP_IN(f->verb, making) || slots_count(&f->slots, "name") != 1 ||
        intent_uses(said, "topic.wait"))
        return;
    struct frame whole = *f;
    struct op_err err = OP_ERR_INIT;
    frame_copy(f, &whole);
    f->verb = job ? "wait" : "rolloutstatus";
    f->changes = false;
    f->n_topics = 0;
    a->intent = intents_match(&a->r->intents, f);
    if (a->intent != NULL && op_node_has(a->intent->verbs, f->verb))
        (void)render_steps(a, move, &err);
    slots_free(&f->slots);
    *f = whole;
    a->intent = said;
}

bool sequel_is_there(struct attempt *a, struct op_move *move)
{
    static const char *const making[] = { "create", "deploy", "run", "start", "expose" };
    const struct frame *f = &a->clause->frame;
    const char *name = slots_get(&f->slots, "name"), *ns = slots_get(&f->slots, "ns");
    bool unless = false;
    for (size_t i = a->clause->from; i < a->clause->to; i++)
        unless = unless || (a->clause->tokens->v[i].flags & TOKEN_UNLESS) != 0;
    if (!unless || name == NULL || f->kind == NULL || f->verb == NULL || !OP_IN(f->verb, making) || f->mood != MOOD_DO)
        return false;
    OP_AUTO_JSON *there = look_at(a, f->kind, name);
    if (there == NULL)
        return false;
    if (slots_get(&f->slots, "alone") != NULL) {
        move->kind = OP_MOVE_ANSWER;
        move->text = op_asprintf("There is a %s %s%s%s already: nothing is to be done.", f->kind, name,
                                 ns != NULL ? " in " : "", ns != NULL ? ns : "");
    }
    return true;
}
