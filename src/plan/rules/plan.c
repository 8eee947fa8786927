/* One request through all stages to one move. */
#include "planner.h"

#include "task.h"

#include "opsh/base/str.h"

enum outcome { STEPS, ENDED, SKIPPED }; /* ENDED: *move is the whole answer */

static void apply_answers(struct attempt *a)
{
    char prefix[32];
    int n = snprintf(prefix, sizeof(prefix), "%zu.", a->index);
    for (size_t i = 0; a->answers != NULL && i < a->answers->n; i++) {
        const struct slot *s = &a->answers->v[i];
        if (strncmp(s->name, prefix, (size_t)n) != 0)
            continue;
        if (strcmp(s->name + n, "kind") != 0) {
            slots_set(&a->clause->frame.slots, s->name + n, s->value);
            continue;
        }
        for (const struct word *w = lexicon_first(&a->r->lex, s->value); w != NULL; w = w->next)
            if (w->cls == WORD_KIND && strcmp(w->form, s->value) == 0)
                a->clause->frame.kind = w->value;
    }
}

static void understand(const struct rules *r, struct clause *c, const struct clause *before, const struct frame *list,
                       const struct clause *first)
{
    clause_correct(c);
    clause_reason(c);
    clause_narrow(c, &r->spoken);
    clause_mood(c);
    clause_narrowed(c);
    if (list != NULL && c->frame.verb == NULL && c->frame.mood == MOOD_DO) {
        c->frame.verb = "set";
        c->frame.changes = true;
    }
    if (c->again && before != NULL && c->frame.verb == NULL) {
        const bool wished = before->header && before->frame.verb == NULL; /* "I need: - a namespace qa" */
        c->frame.verb = wished ? "create" : before->frame.verb;
        c->frame.changes = before->frame.changes || wished;
        c->frame.mood = wished ? MOOD_DO : before->frame.mood;
    }
    clause_inherit(c, before);
    for (const struct clause *b = first; b != NULL && b < c; b++)
        if (b->frame.changes && b->frame.kind != NULL && slots_get(&b->frame.slots, "name") != NULL) {
            OP_AUTO_FREE char *slot = op_asprintf("made:%s", b->frame.kind);
            slots_set(&c->frame.slots, slot, slots_get(&b->frame.slots, "name"));
            static const char *const data[] = { "configmap", "secret", "persistentvolumeclaim" };
            if (OP_IN(b->frame.kind, data))
                slots_setf(&c->frame.slots, "made:last", "%s/%s", b->frame.kind, slots_get(&b->frame.slots, "name"));
        }
    clause_spoken(c, &r->spoken);
    clause_exceptions(c);
    clause_topics(c);
    clause_places(c);
    clause_amounts(c);
    clause_objects(c);
    clause_rest(c);
}

static char *command_text(const struct op_move *move, size_t from)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = from; i < move->n; i++)
        for (size_t k = 0; k < move->steps[i].argv.n; k++)
            op_buf_addf(&out, "%s%s", k > 0 ? " " : i > from ? "; " : "", move->steps[i].argv.v[k]);
    op_buf_adds(&out, "");
    return op_buf_steal(&out);
}

/* A change of which not every word is understood is shown and asked about, never simply planned. */
static bool unsure(struct attempt *a, struct op_move *move, size_t from)
{
    const struct frame *f = &a->clause->frame;
    char unexplained[200];
    intent_unexplained(a->intent, f, unexplained, sizeof(unexplained));
    if (!a->intent->changes || (f->n_rest == 0 && *unexplained == '\0') || slots_get(&f->slots, "confirm") != NULL)
        return false;
    OP_AUTO_FREE char *command = a->intent->workflow != NULL ? op_strdup(a->intent->say) : command_text(move, from);
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    op_strv_push(&choices, "yes");
    op_strv_push(&values, "yes");
    ask(a, move, "confirm",
        op_asprintf("I cannot place \"%s\" in that. Do you mean: %s ?", f->n_rest > 0 ? f->rest : unexplained, command),
        &choices, &values);
    return true;
}

static void set_topic(struct attempt *a, struct op_move *move)
{
    const struct frame *f = &a->clause->frame;
    move->kind = OP_MOVE_ANALYSIS;
    if (move->topic.subject != NULL)
        return;
    const char *name = slots_get(&f->slots, "name"), *ns = slots_get(&f->slots, "ns");
    move->topic.subject = op_strdup(a->intent->analysis);
    move->topic.name = op_strdup(name);
    move->topic.kind = name != NULL ? op_strdup(f->kind) : NULL;
    if (slots_get(&f->slots, "allns") == NULL)
        move->topic.ns = op_strdup(ns != NULL ? ns : a->scene->ns_flag ? a->scene->ns : NULL);
    const char *looks = op_node_text(op_node_get(a->intent->node, "looks"));
    if (looks != NULL)
        move->text = fill_text(looks, f);
}

/* "restart web on context prod": done where the context in use points, it would hit the wrong cluster. */
static bool elsewhere(struct attempt *a, struct op_move *move)
{
    const struct frame *f = &a->clause->frame;
    const char *context = slots_get(&f->slots, "context");
    bool own = op_str_eq(f->kind, "context") || op_str_eq(f->verb, "switch") || intent_uses(a->intent, "context");
    if (context == NULL || own || !a->intent->changes || f->mood != MOOD_DO || op_str_eq(context, a->scene->context))
        return false;
    op_move_free(move);
    move->kind = OP_MOVE_ANSWER;
    move->text =
        op_asprintf("That would be done in another context (%s) than the one in use. Switch first: switch to the "
                    "context %s",
                    context, context);
    return true;
}

static enum outcome finish(struct attempt *a, struct op_move *move, size_t from)
{
    struct frame *f = &a->clause->frame;
    struct op_err err = OP_ERR_INIT;
    if (a->intent->unsupported != NULL) {
        OP_AUTO_FREE char *why = fill_text(a->intent->unsupported, f);
        say_unsupported(a->r, f, move, why != NULL ? why : a->intent->unsupported);
        return ENDED;
    }
    if (elsewhere(a, move))
        return ENDED;
    complete_name(a);
    complete_charts(a);
    if (!complete_names(a, move) || !complete_slots(a, move))
        return ENDED;
    if (sequel_is_there(a, move))
        return move->kind == OP_MOVE_ANSWER ? ENDED : STEPS;
    if (a->intent->workflow != NULL) {
        if (f->mood == MOOD_ADVICE || !unsure(a, move, from))
            flow_start(a, move);
        return ENDED;
    }
    if (a->intent->make != NULL) {
        bool steps = make_steps(a, move);
        if (steps && f->mood == MOOD_ADVICE && a->intent->changes)
            say_how(move);
        return steps && move->kind == OP_MOVE_STEPS ? STEPS : ENDED;
    }
    if (!complete_namespace(a, move))
        return ENDED;
    complete_labels(a);
    build_manifest(f);
    show_across(a);
    if (!render_steps(a, move, &err)) {
        ask(a, move, "confirm", op_asprintf("That does not fit: %s.", err.msg), NULL, NULL);
        return ENDED;
    }
    if (f->mood != MOOD_ADVICE && !complete_values(a, move, from))
        return ENDED;
    sequel_waits(a, move);
    if (a->intent->answer != NULL) {
        op_move_free(move);
        move->kind = OP_MOVE_ANSWER;
        move->text = fill_text(a->intent->answer, f);
        return ENDED;
    }
    if (f->mood == MOOD_ADVICE && a->intent->changes) {
        say_how(move);
        return ENDED;
    }
    if (f->mood != MOOD_ADVICE && unsure(a, move, from))
        return ENDED;
    if (a->intent->analysis != NULL)
        set_topic(a, move);
    return STEPS;
}

static void tell_nothing_done(struct op_move *move)
{
    op_move_free(move);
    move->kind = OP_MOVE_ANSWER;
    move->text = op_strdup("Understood: nothing is done.");
}

/* The frame of "list": a noun phrase, or a looking verb whose own intents did not fit. */
static const struct intent *match(struct attempt *a)
{
    struct frame *f = &a->clause->frame;
    const struct intent *in = intents_match(&a->r->intents, f);
    static const char *const looking[] = { "check", "find", "watch", "report", "count", "describe" };
    bool looks = f->verb == NULL;
    looks = looks || OP_IN(f->verb, looking);
    if (in != NULL || !looks || f->changes || f->mood == MOOD_ADVICE)
        return in;
    const char *said = f->verb;
    f->verb = "get";
    in = intents_match(&a->r->intents, f);
    if (in == NULL)
        f->verb = said;
    return in;
}

/* "Hi!", "Thanks.": a clause of nothing but politeness. */
static bool says_nothing(const struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if (!token_filler(&c->tokens->v[i]))
            return false;
    return true;
}

/* "…, and if it fails roll back": opsh does not decide that by itself, and says so before anything runs. */
static enum outcome conditional(struct attempt *a, struct op_move *move)
{
    if (slots_get(&a->clause->frame.slots, "confirm") != NULL)
        return SKIPPED;
    OP_AUTO_FREE char *command = command_text(move, 0);
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    op_strv_push(&choices, "yes");
    op_strv_push(&values, "yes");
    ask(a, move, "confirm",
        op_asprintf("What depends on how it goes, you decide when you have seen it. Only this now: %s ?", command),
        &choices, &values);
    return ENDED;
}

/* "Create a pod …. It is to have a gizmo at 80": nothing of that may be lost. */
static bool tells_of_new(const struct clause *c, const struct frame *before)
{
    static const char *const making[] = { "create", "deploy", "run", "add", "start" };
    if (!before->changes || !OP_IN(before->verb, making))
        return false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        if ((t->flags & (TOKEN_NUMERIC | TOKEN_NAMELIKE | TOKEN_QUOTED)) != 0 || token_is(t, WORD_KIND, "container"))
            return true;
    }
    return false;
}

static enum outcome unplaced(struct attempt *a, struct op_move *move)
{
    const struct clause *c = a->clause;
    if (slots_get(&c->frame.slots, "confirm") != NULL)
        return SKIPPED;
    OP_AUTO_BUF said = OP_BUF_INIT;
    for (size_t i = c->from; i < c->to && said.len < 120; i++)
        op_buf_addf(&said, "%s%s", i > c->from ? " " : "", c->tokens->v[i].text);
    OP_AUTO_FREE char *command = command_text(move, 0);
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    op_strv_push(&choices, "yes");
    op_strv_push(&values, "yes");
    ask(a, move, "confirm", op_asprintf("I cannot place \"%s\". Without it: %s ?", op_buf_str(&said), command),
        &choices, &values);
    return ENDED;
}

static enum outcome plan_clause(struct attempt *a, const struct frame *before, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    if (before != NULL)
        sequel_verifies(a->clause, before);
    if (before != NULL)
        complete_carry(a, before, false);
    else if (a->r->has_last)
        complete_carry(a, &a->r->last, true);
    if (before != NULL)
        frame_carry_image(f, before);
    apply_answers(a);
    if (before != NULL || a->r->has_last)
        talk_continue(a, before);
    if (before == NULL && !follow_shown(a, move))
        return ENDED;
    complete_derive(f);
    if (a->clause->header || says_nothing(a->clause))
        return SKIPPED;
    if (f->mood == MOOD_NOT) {
        if (a->only_looks) /* "find out why; do not change anything" */
            return SKIPPED;
        tell_nothing_done(move);
        return ENDED;
    }
    if (f->depends && before != NULL)
        return conditional(a, move);
    if (!complete_exceptions(a, move))
        return ENDED;
    a->intent = match(a);
    if (a->intent == NULL) {
        /* a remark between steps that says nothing to do; of what was just made it may be a part */
        if (before != NULL && !f->changes)
            return tells_of_new(a->clause, before) ? unplaced(a, move) : SKIPPED;
        say_unsupported(a->r, f, move, "opsh did not understand that as something it can do.");
        return ENDED;
    }
    return finish(a, move, move->n);
}

static void remember(struct rules *r, const struct clause *c, const struct intent *in)
{
    if (r->has_last)
        frame_free(&r->last);
    frame_copy(&r->last, &c->frame);
    if (op_str_eq(r->last.kind, "workload"))
        r->last.kind = "deployment"; /* what a phrase left open */
    if (in != NULL && *in->program != '\0')
        r->last.program = in->program;
    const char *of = slots_get(&r->last.slots, "of"), *of_kind = slots_get(&r->last.slots, "of_kind");
    if (op_str_eq(r->last.kind, "event") && of != NULL && slots_get(&r->last.slots, "name") == NULL) {
        bool sts = op_str_eq(of_kind, "statefulset"), pod = op_str_eq(of_kind, "pod");
        slots_set(&r->last.slots, "name", of); /* "restart it" behind its events */
        r->last.kind = sts ? "statefulset" : pod ? "pod" : "deployment";
    }
    if (r->last.kind == NULL && op_str_eq(r->last.verb, "deploy") && op_str_eq(r->last.program, "kubectl"))
        r->last.kind = "deployment";
    r->last_intent = in;
    r->has_last = true;
}

/* Beside what is not to be done, is there something to look at, and nothing to change? */
static bool only_looks(const struct clauses *cs)
{
    bool looks = false;
    for (size_t i = 0; i < cs->n; i++) {
        const struct frame *f = &cs->v[i].frame;
        if (f->mood == MOOD_NOT)
            continue;
        if (f->changes)
            return false;
        looks = looks || f->verb != NULL || f->mood != MOOD_DO;
    }
    return looks;
}

/* "Update the deployment web:" above "- image web:2", "- 3 replicas": the verb is said once, over the list. */
static const struct frame *list_of(const struct clauses *cs, size_t i)
{
    static const char *const over[] = { "set", "update", "configure", "patch" };
    bool item = (cs->v[i].tokens->v[cs->v[i].from].flags & TOKEN_BULLET) != 0;
    while (item && i-- > 0)
        if (cs->v[i].header)
            return OP_IN(cs->v[i].frame.verb, over) && cs->v[i].frame.mood == MOOD_DO ? &cs->v[i].frame : NULL;
    return NULL;
}

static void plan_clauses(struct rules *r, const char *text, const struct slots *answers, const struct op_scene *scene,
                         struct clauses *cs, struct op_move *move)
{
    const struct clause *before = NULL;
    struct op_move *into = move;
    bool changes = false;
    for (size_t i = 0; i < cs->n; i++)
        understand(r, &cs->v[i], i > 0 ? &cs->v[i - 1] : NULL, list_of(cs, i), cs->v);
    sequel_scenes(cs);
    sequel_places(cs);
    clauses_share(cs);
    const bool looks = only_looks(cs);
    for (size_t i = 0; i < cs->n; i++) {
        struct attempt a = { .r = r,
                             .scene = scene,
                             .clause = &cs->v[i],
                             .index = i,
                             .answers = answers,
                             .request = text,
                             .only_looks = looks };
        bool analysis = into->kind == OP_MOVE_ANALYSIS;
        if (analysis && !scene->plan_only) { /* first see what is wrong */
            into = part_behind(r);
            analysis = false;
        }
        const size_t n = into->n;
        if (cs->n == 1)
            slots_set(&cs->v[i].frame.slots, "alone", "true"); /* may be a workflow's: a plan of its own */
        enum outcome out = plan_clause(&a, before != NULL ? &before->frame : NULL, into);
        if (out == ENDED) {
            if (into->kind == OP_MOVE_ANSWER || into->kind == OP_MOVE_QUESTION)
                remember(r, &cs->v[i], a.intent);
            return;
        }
        changes = changes || (out == STEPS && into->n > n && a.intent->changes);
        if (out == STEPS && analysis) {
            into->kind = OP_MOVE_ANALYSIS;
            render_drop_twins(into, n);
        }
        if (out == STEPS && !analysis && n != 0 && into->kind == OP_MOVE_ANALYSIS && !scene->plan_only)
            into = part_off(r, into, n);
        if (out == STEPS || cs->v[i].header) {
            before = &cs->v[i];
            if (a.intent != NULL && *a.intent->program != '\0')
                cs->v[i].frame.program = a.intent->program;
        }
        if (out == STEPS && i + 1 == cs->n)
            remember(r, &cs->v[i], a.intent);
    }
    if (changes && scene->plan_only && move->kind == OP_MOVE_ANALYSIS)
        move->kind = OP_MOVE_STEPS; /* what changes something is no analysis, whatever else is looked at */
    bool courtesy = move->n == 0;
    for (size_t i = 0; i < cs->n; i++)
        courtesy = courtesy && says_nothing(&cs->v[i]);
    if (courtesy) {
        move->kind = OP_MOVE_ANSWER;
        move->text =
            op_strdup("Say what you want, for example: scale web to 3 · why are pods failing · show the logs of api · "
                      "status of the release web · start minikube. opsh shows every change and asks before it runs.");
        return;
    }
    if (move->n == 0 && move->kind != OP_MOVE_ANALYSIS)
        say_unsupported(r, &cs->v[0].frame, move, "opsh did not understand that as something it can do.");
}

/* Things to be made, described at length. */
/* shorter: without what is said beside it, where there is any. */
static bool planned_as_task(struct rules *r, const char *text, bool shorter, const struct slots *answers,
                            const struct op_scene *scene, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    if (!r->tasks_read)
        r->tasks_read = spoken_load(&r->tasks, r->cat, "tasks", false, &err);
    OP_AUTO_FREE char *plain = task_text(text);
    struct tokens words;
    bool planned = tokens_read(&words, &r->lex, plain) && r->tasks_read &&
                   (!shorter || tokens_asides(&words, &r->spoken, &r->lex)) && words.n > 0;
    struct clause all = { .tokens = &words, .lex = &r->lex, .to = words.n };
    struct attempt a = { .r = r, .scene = scene, .clause = &all, .answers = answers, .request = text };
    planned = planned && !clause_narrows(&all, &r->spoken) && task_plan(&a, move);
    if (planned) {
        remember(r, &all, NULL);
        frame_free(&all.frame);
    }
    tokens_free(&words);
    return planned;
}

/* What is in the words of a request; *move holds nothing yet. */
static void plan_words(struct rules *r, const char *text, struct tokens *t, const struct slots *answers,
                       const struct op_scene *scene, struct op_move *move)
{
    if (planned_as_task(r, text, false, answers, scene, move) || planned_as_task(r, text, true, answers, scene, move))
        return;
    struct clauses cs;
    (void)tokens_asides(t, &r->spoken, &r->lex);
    clauses_split(&cs, t, &r->lex);
    if (cs.n == 0) {
        move->kind = OP_MOVE_ANSWER;
        move->text = op_strdup("");
    } else {
        plan_clauses(r, text, answers, scene, &cs, move);
    }
    clauses_free(&cs);
}

static void say_too_much(const char *text, const struct tokens *t, struct op_move *move)
{
    move->kind = OP_MOVE_UNSUPPORTED;
    move->text =
        op_asprintf("That request is %s (%zu bytes; opsh reads up to %zu). Say it in a few sentences, or put it "
                    "into a file and name the file.",
                    t->too_much, strlen(text), REQUEST_MAX);
}

void plan_request(struct rules *r, const char *text, const struct slots *answers, const struct op_scene *scene,
                  struct op_move *move)
{
    *move = (struct op_move){ .kind = OP_MOVE_STEPS };
    text = follow_corrects(r, text);
    OP_AUTO_FREE char *named = follow_names_it(r, text);
    text = named != NULL ? named : text;
    if (plan_literal(r, text, move) || flow_called(r, text, scene, move))
        return;
    struct tokens t;
    bool read = tokens_read(&t, &r->lex, text);
    OP_AUTO_FREE char *draft = read ? draft_asked(r, text, &t) : NULL;
    if (draft != NULL) {
        tokens_free(&t);
        read = tokens_read(&t, &r->lex, draft);
    }
    if (read)
        plan_words(r, draft != NULL ? draft : text, &t, answers, scene, move);
    else
        say_too_much(text, &t, move);
    tokens_free(&t);
    if (draft != NULL)
        draft_steps(r, text, scene->plan_only, move);
}
