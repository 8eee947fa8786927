/* The planner class: begin plans, next hands out what was planned and closes when it has run. */
#include "planner.h"

#include "opsh/base/str.h"

static void later_free(struct rules *r)
{
    for (size_t i = r->later_at; i < r->n_later; i++)
        op_move_free(&r->later[i]);
    op_free_ptr(&r->later);
    r->n_later = r->later_cap = r->later_at = 0;
    r->analysed = false;
}

static bool rules_begin(void *self, const char *request, const struct op_scene *scene, struct op_err *err)
{
    struct rules *r = self;
    (void)err;
    op_move_free(&r->move);
    later_free(r);
    r->scene = scene;
    free(r->request);
    r->request = op_strdup(request);
    r->planned = true;
    r->flowing = false;
    r->given = 0;
    making_free(&r->making);
    op_free_ptr(&r->after);
    op_move_free(&r->held);
    if (talk_declines(r, request)) {
        r->move = (struct op_move){ .kind = OP_MOVE_ANSWER, .text = op_strdup("Understood: nothing is done.") };
        return true;
    }
    OP_AUTO_FREE char *again = NULL;
    struct slots answers = { 0 };
    bool answered = talk_answers(r, request, &again, &answers);
    plan_request(r, answered ? again : request, answered ? &answers : NULL, scene, &r->move);
    slots_free(&answers);
    if (!scene->plan_only)
        make_propose(r, &r->move);
    return true;
}

static const char *outcome_text(const struct op_observation *o, char *text, size_t size)
{
    static const char *const words[] = {
        [OP_DECLINED] = "was declined",   [OP_BLOCKED] = "was refused",         [OP_STOPPED] = "was interrupted",
        [OP_TIMED_OUT] = "took too long", [OP_NOT_STARTED] = "could not start", [OP_NOT_REACHED] = "was not reached",
    };
    if (o->outcome == OP_RAN) {
        (void)snprintf(text, size, "failed (exit code %d)", o->exit_code);
        return text;
    }
    return words[o->outcome];
}

/* Where the plan stands: nothing to add when all of it ran. */
static char *closing_words(const struct op_observation *obs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool fine = (obs[i].outcome == OP_RAN && obs[i].exit_code == 0) || obs[i].outcome == OP_SUGGESTED;
        if (fine || obs[i].step->optional)
            continue;
        char text[64];
        size_t left = n - i - 1;
        if (n == 1)
            return op_strdup("");
        OP_AUTO_BUF out = OP_BUF_INIT;
        op_buf_addf(&out, "Step %zu of %zu %s; ", i + 1, n, outcome_text(&obs[i], text, sizeof(text)));
        if (i > 0)
            op_buf_addf(&out, "the %zu before it %s done, ", i, i == 1 ? "is" : "are");
        op_buf_addf(&out, left == 0 ? "nothing was left behind it." : "the %zu behind it did not run.", left);
        return op_buf_steal(&out);
    }
    return op_strdup("");
}

/* Nothing was found in a namespace that is not there: most likely a slip of the fingers. Looked at only then, because a
 * plain read costs one kubectl and nothing else. */
static bool lost_namespace(struct rules *r, const struct op_observation *obs, size_t n, struct op_move *move)
{
    const char *ns = r->has_last ? slots_get(&r->last.slots, "ns") : NULL;
    if (ns == NULL || n != 1 || obs->outcome != OP_RAN || strstr(obs->output, "No resources found") == NULL)
        return false;
    const struct op_names *names = r->scene->names != NULL ? r->scene->names(r->scene->self) : NULL;
    struct attempt a = { .r = r, .scene = r->scene, .clause = NULL, .request = r->request };
    return names != NULL && ask_namespace(&a, names, ns, move);
}

static bool all_done(const struct op_observation *obs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!obs[i].step->optional && (obs[i].outcome != OP_RAN || obs[i].exit_code != 0 || obs[i].unproved))
            return false;
    return true;
}

/* What is left of the request; nothing: it is over. */
static void next_part(struct rules *r, struct op_move *move)
{
    *move = (struct op_move){ .kind = OP_MOVE_ANSWER };
    if (r->later_at < r->n_later)
        *move = r->later[r->later_at++];
    r->given = move->n;
    r->analysed = move->kind == OP_MOVE_ANALYSIS;
}

static bool rules_next(void *self, const struct op_observation *obs, size_t n, struct op_move *move, struct op_err *err)
{
    struct rules *r = self;
    (void)err;
    if (r->flowing)
        return r->flow.ops->next(r->flow.self, obs, n, move, err);
    if (r->planned) {
        *move = r->move;
        r->move = (struct op_move){ 0 };
        r->planned = false;
        r->given = move->n;
        r->analysed = move->kind == OP_MOVE_ANALYSIS;
        return true;
    }
    follow_see(r, obs, n);
    if (r->analysed || (r->later_at < r->n_later && all_done(obs, n))) {
        next_part(r, move);
        return true;
    }
    *move = (struct op_move){ 0 };
    if (lost_namespace(r, obs, n, move) || make_next(r, obs, n, move))
        return true;
    char *differs = r->has_last ? differences(&r->last, obs, n) : NULL;
    *move = (struct op_move){ .kind = OP_MOVE_ANSWER, .text = differs != NULL ? differs : closing_words(obs, n) };
    if (r->after != NULL && *move->text == '\0' && all_done(obs, n)) {
        free(move->text);
        move->text = op_steal(&r->after);
    }
    return true;
}

static void rules_forget(void *self)
{
    struct rules *r = self;
    pending_free(&r->pending);
    follow_forget(r);
    frame_free(&r->last);
    r->has_last = false;
    r->last_intent = NULL;
}

static void rules_free(void *self)
{
    struct rules *r = self;
    rules_forget(r);
    making_free(&r->making);
    free(r->after);
    op_move_free(&r->held);
    if (r->flow.ops != NULL)
        r->flow.ops->free(r->flow.self);
    op_move_free(&r->move);
    later_free(r);
    free(r->request);
    intents_free(&r->intents);
    spoken_free(&r->spoken);
    spoken_free(&r->tasks);
    lexicon_free(&r->lex);
    free(r);
}

static const struct op_planner_class rules_class = {
    .name = "rules",
    .begin = rules_begin,
    .next = rules_next,
    .forget = rules_forget,
    .free = rules_free,
};

bool op_rules_check(const struct op_catalog *cat, struct op_err *err)
{
    struct lexicon lex = { 0 };
    struct intents intents = { 0 };
    struct spoken tasks = { 0 }, spoken = { 0 };
    bool ok = lexicon_build(&lex, cat, err) && intents_load(&intents, cat, &lex, true, err) &&
              spoken_load(&tasks, cat, "tasks", true, err) && spoken_load(&spoken, cat, "spoken", true, err);
    spoken_free(&tasks);
    spoken_free(&spoken);
    intents_free(&intents);
    lexicon_free(&lex);
    return ok;
}

bool op_rules_new(const struct op_catalog *cat, struct op_planner *planner, struct op_err *err)
{
    struct rules *r = op_calloc(1, sizeof(*r));
    r->cat = cat;
    if (!lexicon_build(&r->lex, cat, err) || !intents_load(&r->intents, cat, &r->lex, false, err) ||
        !spoken_load(&r->spoken, cat, "spoken", false, err)) {
        rules_free(r);
        return op_fail_ctx(err, "rules");
    }
    *planner = (struct op_planner){ .ops = &rules_class, .self = r };
    return true;
}
