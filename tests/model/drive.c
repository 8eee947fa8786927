/* Plays the road for the model planner, so that its conversations can be tested without a cluster:
 * reads one JSON object per line, {"ask": "…"}, {"observe": [{"outcome": "ran", …}, …]}, {"forget": true},
 * {"retry": true}, {"models": true}, {"usage": true} or {"model": "…"}, and prints what came of it: {"move": …} or {"error": …}, and before it whatever went to the sink.
 *
 *     model-drive ENDPOINT [--key K] [--max-steps N] [--context-tokens N] [--silence-ms N] [--connect-ms N] */
#include "opsh/base/str.h"
#include "opsh/os/signals.h"
#include "opsh/plan/model.h"

static void print(struct op_json *takes)
{
    OP_AUTO_FREE char *line = op_json_print(takes, false);
    op_json_free(takes);
    (void)puts(line);
    (void)fflush(stdout);
}

static void print_pair(const char *key, const char *text, size_t n)
{
    OP_AUTO_FREE char *copy = op_strndup(text, n);
    struct op_json *j = op_json_object();
    op_json_set_str(j, key, copy);
    print(j);
}

static void on_text(void *self, const char *bytes, size_t n)
{
    (void)self;
    print_pair("text", bytes, n);
}

static void on_thought(void *self, const char *bytes, size_t n)
{
    (void)self;
    print_pair("thought", bytes, n);
}

static void on_waiting(void *self, bool on)
{
    (void)self;
    struct op_json *j = op_json_object();
    op_json_set_bool(j, "waiting", on);
    print(j);
}

static void on_notice(void *self, const char *line)
{
    (void)self;
    print_pair("notice", line, strlen(line));
}

static struct op_json *step_json(const struct op_step *step)
{
    struct op_json *j = op_json_object(), *argv = op_json_array();
    for (size_t i = 0; i < step->argv.n; i++)
        op_json_push(argv, op_json_string(step->argv.v[i]));
    op_json_set(j, "argv", argv);
    op_json_set_str(j, "input", step->input);
    op_json_set_str(j, "tool", step->tool);
    op_json_set_str(j, "call_id", step->call_id);
    return j;
}

static void print_move(const struct op_move *move)
{
    static const char *const kinds[] = { [OP_MOVE_STEPS] = "steps",       [OP_MOVE_PROPOSAL] = "proposal",
                                         [OP_MOVE_ANALYSIS] = "analysis", [OP_MOVE_ANSWER] = "answer",
                                         [OP_MOVE_QUESTION] = "question", [OP_MOVE_UNSUPPORTED] = "unsupported" };
    struct op_json *j = op_json_object(), *steps = op_json_array(), *all = op_json_object();
    op_json_set_str(j, "kind", kinds[move->kind]);
    op_json_set_str(j, "text", move->text);
    op_json_set_bool(j, "shown", move->shown);
    for (size_t i = 0; i < move->n; i++)
        op_json_push(steps, step_json(&move->steps[i]));
    op_json_set(j, "steps", steps);
    op_json_set(all, "move", j);
    print(all);
}

static void print_error(const struct op_err *err)
{
    struct op_json *j = op_json_object(), *all = op_json_object();
    op_json_set_str(j, "code", op_code_name(err->code));
    op_json_set_str(j, "msg", err->msg);
    op_json_set(all, "error", j);
    print(all);
}

static enum op_outcome outcome(const char *name)
{
    static const char *const names[] = {
        [OP_RAN] = "ran",           [OP_DECLINED] = "declined",       [OP_BLOCKED] = "blocked",
        [OP_STOPPED] = "stopped",   [OP_TIMED_OUT] = "timed-out",     [OP_SUGGESTED] = "suggested",
        [OP_NOT_STARTED] = "not-started", [OP_NOT_REACHED] = "not-reached",
    };
    for (size_t i = 0; i < OP_LEN(names); i++)
        if (op_str_eq(names[i], name))
            return (enum op_outcome)i;
    abort();
}

static void next(struct op_planner *p, const struct op_json *seen, struct op_move *move)
{
    struct op_observation obs[64];
    size_t n = 0;
    OP_JSON_EACH(o, seen)
        if (n < OP_LEN(obs) && n < move->n) {
            obs[n] = (struct op_observation){
                .step = &move->steps[n],
                .outcome = outcome(op_json_str(o, "outcome")),
                .exit_code = (int)op_json_int_or(o, "exit_code", 0),
                .output = op_json_str(o, "output") != NULL ? op_json_str(o, "output") : "",
                .proof = op_json_str(o, "proof"),
                .reason = op_json_str(o, "reason"),
            };
            n++;
        }
    struct op_err err = OP_ERR_INIT;
    struct op_move then = { 0 };
    bool ok = p->ops->next(p->self, obs, n, &then, &err);
    op_move_free(move);
    *move = then;
    if (ok)
        print_move(move);
    else
        print_error(&err);
}

/* What the shell's commands ask; false: none of these. */
static bool command(struct op_planner *p, const struct op_json *order, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_STRV names = OP_STRV_INIT;
    struct op_model_usage u;
    struct op_json *j = op_json_object(), *list = op_json_array();
    if (op_json_is_true(order, "models") && op_model_list(p, &names, &err)) {
        for (size_t i = 0; i < names.n; i++)
            op_json_push(list, op_json_string(names.v[i]));
        op_json_set(j, "done", op_json_dup(list));
        print(op_json_dup(j));
    } else if (err.code != OP_OK) {
        print_error(&err);
    } else if (op_json_is_true(order, "usage") && op_model_usage(p, &u)) {
        op_json_set_int(j, "done", u.tokens_in);
        op_json_set_int(j, "requests", u.requests);
        print(op_json_dup(j));
    } else if (op_json_str(order, "model") != NULL) {
        op_json_set_bool(j, "done", op_model_set(p, op_json_str(order, "model")));
        print(op_json_dup(j));
    } else if (op_json_is_true(order, "retry")) {
        OP_AUTO_FREE char *words = op_model_retry(p);
        op_move_free(move);
        op_json_set_str(j, "done", words);
        print(op_json_dup(j));
    } else {
        op_json_free(j);
        op_json_free(list);
        return false;
    }
    op_json_free(j);
    op_json_free(list);
    return true;
}

static void obey(struct op_planner *p, const struct op_json *order, struct op_move *move)
{
    static const struct op_scene scene = { .context = "kind-shop", .ns = "shop" };
    struct op_err err = OP_ERR_INIT;
    const char *ask = op_json_str(order, "ask");
    if (command(p, order, move))
        return;
    if (op_json_is_true(order, "forget")) {
        p->ops->forget(p->self);
        print_pair("forgot", "all", 3);
    } else if (ask != NULL) {
        op_signals_clear();
        op_move_free(move);
        if (p->ops->begin(p->self, ask, &scene, &err))
            next(p, NULL, move);
        else
            print_error(&err);
    } else {
        next(p, op_json_get(order, "observe"), move);
    }
}

static bool read_options(int argc, char **argv, struct op_model_options *o)
{
    int64_t v = 0;
    for (int i = 2; i + 1 < argc; i += 2) {
        bool number = op_str_int(argv[i + 1], 0, 1000000, &v);
        if (op_str_eq(argv[i], "--key"))
            o->key = argv[i + 1];
        else if (op_str_eq(argv[i], "--model"))
            o->model = argv[i + 1];
        else if (op_str_eq(argv[i], "--max-steps") && number)
            o->max_steps = (int)v;
        else if (op_str_eq(argv[i], "--context-tokens") && number)
            o->context_tokens = v;
        else if (op_str_eq(argv[i], "--silence-ms") && number)
            o->silence_ms = v;
        else if (op_str_eq(argv[i], "--connect-ms") && number)
            o->connect_ms = v;
        else
            return false;
    }
    return argc >= 2 && argc % 2 == 0;
}

int main(int argc, char **argv)
{
    struct op_err err = OP_ERR_INIT;
    struct op_model_options o = { .model = "test-model",
                                  .sink = { .text = on_text, .thought = on_thought, .waiting = on_waiting, .notice = on_notice } };
    struct op_catalog cat = { 0 };
    struct op_planner p = { 0 };
    o.endpoint = argc >= 2 ? argv[1] : "";
    if (!read_options(argc, argv, &o) || !op_signals_init(&err) || !op_catalog_load(NULL, &cat, &err) ||
        !op_model_new(&cat, &o, &p, &err)) {
        print_error(&err);
        op_catalog_free(&cat);
        return op_exit_status(err.code);
    }
    struct op_move move = { 0 };
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; (n = getline(&line, &cap, stdin)) > 0;) {
        OP_AUTO_JSON *order = op_json_parse(line, (size_t)(line[n - 1] == '\n' ? n - 1 : n), OP_JSON_LOOSE, &err);
        if (order == NULL) {
            print_error(&err);
            break;
        }
        obey(&p, order, &move);
    }
    free(line);
    op_move_free(&move);
    p.ops->free(p.self);
    op_catalog_free(&cat);
    return 0;
}
