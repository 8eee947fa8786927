/* Workflows: what is read and refused, what looks see, and the planner's moves from bare to done, stopped and resumed.
 */
#include "opsh/base/str.h"
#include "opsh/data/yaml.h"
#include "opsh/gate/classify.h"
#include "opsh/plan/workflow.h"
#include "plan/workflow/workflow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* A catalogue of one document, beside nothing else. */
struct one {
    struct op_doc doc;
    struct op_catalog cat;
};

static struct one *load(const char *text)
{
    struct one *o = op_calloc(1, sizeof(*o));
    struct op_err err = OP_ERR_INIT;
    if (!op_yaml_parse("w.yaml", text, strlen(text), &o->doc, &err))
        fail_msg("%s", err.msg);
    o->cat = (struct op_catalog){ .docs = &o->doc, .n_docs = 1 };
    return o;
}

static void unload(struct one *o)
{
    op_doc_free(&o->doc);
    free(o);
}

/* ---- reading ---- */

#define HEAD "workflow:\n  name: w\n  about: a\n  say: s\n"
#define VALUES                                                                                                         \
    "  values:\n    type: object\n    properties:\n      n: {type: integer, minimum: 1, default: 2}\n      who: "      \
    "{type: string}\n"

static void what_is_wrong_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        { HEAD "  steps: []\n", "w.yaml:5:10: workflow w needs steps" },
        { HEAD "  steps:\n    - {name: x}\n", "w.yaml:6:7: a step has one of need, run, write and check" },
        { HEAD "  steps:\n    - {name: x, run: [a], check: {read: [a]}}\n", "w.yaml:6:7: a step has one of" },
        { HEAD "  steps:\n    - {name: x, rnu: [a]}\n", "w.yaml:6:17: unknown key \"rnu\"; did you mean \"run\"?" },
        { HEAD "  steps:\n    - {name: x, run: a}\n", "w.yaml:6:" },
        { HEAD "  steps:\n    - {name: x, run: [a, \"{b}\"]}\n", "argv names {b}, which is not among the parameters" },
        { HEAD "  steps:\n    - {name: x, run: [a], show: \"{b}\"}\n", "{b} is not among the values of this workflow" },
        { HEAD "  steps:\n    - {name: x, run: [a], when: {b: c}}\n", "b is not among the values" },
        { HEAD "  steps:\n    - {name: x, run: [a], after: y}\n", "there is no step called \"y\" before this one" },
        { HEAD "  steps:\n    - {name: x, run: [a]}\n    - {name: x, run: [a]}\n",
          "w.yaml:7:7: there are two steps called \"x\"" },
        { HEAD "  steps:\n    - {name: x, run: [a], done: {text: b}}\n", "a look needs either read" },
        { HEAD "  steps:\n    - {name: x, run: [a], done: {read: [a], file: b}}\n", "a look needs either read" },
        { HEAD "  steps:\n    - {name: x, run: [a], done: {read: [a], exit: 300}}\n", "w.yaml:6:" },
        { HEAD "  steps:\n    - {name: x, run: [a], within: 5}\n", "within belongs to a check" },
        { HEAD "  steps:\n    - {name: x, check: {read: [a]}, done: {read: [a]}}\n",
          "done belongs to a step that runs or writes" },
        { HEAD VALUES "  steps:\n    - {name: x, run: [a], save: n}\n", "n is one of the values already" },
        { "workflow:\n  name: W!\n  about: a\n  say: s\n  steps:\n    - {name: x, run: [a]}\n",
          "w.yaml:2:9: a workflow's name" },
        { HEAD "  steps:\n    - {name: x, run: [a]}\n  answer: [{sai: x}]\n", "unknown key \"sai\"" },
        { HEAD "  values: {type: object, properties: {ns: {type: string}}}\n  steps:\n    - {name: x, run: [a]}\n",
          "opsh knows ns by itself" },
    };
    (void)state;
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_err err = OP_ERR_INIT;
        struct one *o = load(rows[i].text);
        if (op_workflow_valid(&o->cat, &err) || err.code != OP_CONFIG || strstr(err.msg, rows[i].says) == NULL)
            fail_msg("row %zu: wanted \"%s\", got \"%s\"", i, rows[i].says, err.msg);
        unload(o);
    }
}

/* ---- what is compiled in ---- */

static void check_argv(const struct op_catalog *cat, const struct wf *wf, const struct op_node *argv,
                       const struct op_json *values, enum op_risk risk, const char *step)
{
    struct op_err err = OP_ERR_INIT;
    struct op_verdict v;
    OP_AUTO_STRV words = OP_STRV_INIT;
    if (!wf_argv(wf, argv, values, &words, &err))
        fail_msg("%s: %s: %s", wf->name, step, err.msg);
    op_gate_classify(cat, &words, NULL, &v);
    if (v.risk != risk || !v.known || v.guard != OP_GUARD_NONE)
        fail_msg("%s: %s: %s is %s, not %s", wf->name, step, words.v[0], op_risk_name(v.risk), op_risk_name(risk));
}

static void check_looks(const struct op_catalog *cat, const struct wf *wf, const struct op_node *looks,
                        const struct op_json *values, const char *step)
{
    bool list = looks != NULL && looks->kind == OP_NODE_LIST;
    for (const struct op_node *l = list ? op_node_first(looks) : looks; l != NULL; l = list ? op_node_next(l) : NULL)
        if (op_node_get(l, "read") != NULL)
            check_argv(cat, wf, op_node_get(l, "read"), values, OP_RISK_READ, step);
}

static void the_gate_agrees_with_what_each_step_says_of_itself(void **state)
{
    struct op_err err = OP_ERR_INIT;
    struct op_catalog cat;
    OP_AUTO_STRV names = OP_STRV_INIT;
    (void)state;
    assert_true(op_catalog_load(NULL, &cat, &err));
    if (!op_workflow_valid(&cat, &err))
        fail_msg("%s", err.msg);
    op_workflow_names(&cat, &names);
    assert_true(op_strv_has(&names, "deploy-todo") && op_strv_has(&names, "teardown-todo"));
    for (size_t i = 0; i < names.n; i++) {
        struct wf wf;
        const struct op_scene scene = { .ns = "default" };
        assert_true(wf_find(&cat, names.v[i], &wf, &err));
        OP_AUTO_JSON *values = wf_values(&wf, NULL, &scene, &err);
        assert_non_null(values);
        if (op_json_get(values, "namespace") == NULL || op_str_empty(op_json_str(values, "namespace")))
            op_json_set_str(values, "namespace", "dev"); /* what is done only where one is named is seen too */
        for (size_t k = 0; k < wf.n; k++) {
            const struct wf_step *s = &wf.steps[k];
            check_looks(&cat, &wf, s->done, values, s->name);
            if (s->kind == WF_NEED || s->kind == WF_CHECK)
                check_looks(&cat, &wf, s->what, values, s->name);
            if (s->kind == WF_RUN)
                check_argv(&cat, &wf, s->what, values, s->destroys != NULL ? OP_RISK_DESTROY : OP_RISK_CHANGE, s->name);
        }
    }
    op_catalog_free(&cat);
}

/* ---- looks ---- */

static void looks_see_lines_and_json(void **state)
{
    static const struct {
        const char *look, *output;
        int code;
        bool holds;
    } rows[] = {
        { "{read: [a]}", "", 0, true },
        { "{read: [a]}", "", 1, false },
        { "{read: [a], exit: 7}", "", 7, true },
        { "{read: [a], text: \"*b*\"}", "a\nabc\n", 0, true },
        { "{read: [a], text: \"*d*\"}", "a\nabc\n", 0, false },
        { "{read: [a], text: [\"a\", \"x*\"]}", "a\nabc\n", 0, false },
        { "{read: [a], lacks: \"?*\"}", "\n", 0, true },
        { "{read: [a], lacks: \"?*\"}", "x\n", 0, false },
        { "{read: [a], text: \"b-{n}\"}", "b-2", 0, true },
        { "{read: [a], json: {\"0.status\": deployed}}", "[{\"status\": \"deployed\"}]", 0, true },
        { "{read: [a], json: {\"0.status\": deployed}}", "[{\"status\": \"failed\"}]", 0, false },
        { "{read: [a], json: {\"0.status\": deployed}}", "[]", 0, false },
        { "{read: [a], json: {\"#\": \"0\"}}", "[]", 0, true },
        { "{read: [a], json: {\"#\": \"0\"}}", "[1]", 0, false },
        { "{read: [a], json: {\"#\": \"0\"}}", "not json", 0, false },
        { "{read: [a], json: {a.b: \"{n}\"}}", "{\"a\": {\"b\": 2}}", 0, true },
        { "{read: [a], json: {a.b: \"{n}\"}}", "{\"a\": {\"b\": 3}}", 0, false },
        { "{read: [a], json: {a: \"*\"}}", "{\"b\": 1}", 0, false },
        { "{read: [a], json: {\"*.ok\": \"true\"}}", "[{\"ok\": true}, {\"ok\": true}]", 0, true },
        { "{read: [a], json: {\"*.ok\": \"true\"}}", "[{\"ok\": true}, {\"ok\": false}]", 0, false },
        { "{read: [a], json: {\"*.ok\": \"true\"}}", "[]", 0, false },
        { "{read: [a], json: {a: \"1\"}}", "{\"a\": 1}\nWarning: said on the other stream\n", 0, true },
    };
    (void)state;
    OP_AUTO_JSON *values = op_json_object();
    op_json_set_int(values, "n", 2);
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_doc doc;
        struct op_err err = OP_ERR_INIT;
        assert_true(op_yaml_parse("look", rows[i].look, strlen(rows[i].look), &doc, &err));
        if (wf_look_holds(doc.root, values, rows[i].code, rows[i].output) != rows[i].holds)
            fail_msg("row %zu: %s on %s", i, rows[i].look, rows[i].output);
        op_doc_free(&doc);
    }
}

/* ---- moves ---- */

static const char plan[] = HEAD VALUES
    "  steps:\n"
    "    - {name: tool, need: {read: [t, version]}, else: get it}\n"
    "    - {name: base, done: {read: [t, get, base], text: there}, run: [t, make, base]}\n"
    "    - {name: top, after: base, done: {read: [t, get, top], text: there}, run: [t, make, top, \"--n={n}\"]}\n"
    "    - {name: never, when: {who: [ann, bob]}, run: [t, make, never]}\n"
    "    - {name: seen, check: {read: [t, get, all], text: fine}, save: word}\n"
    "  answer: [{say: \"it said {word}\"}, {when: {who: ann}, say: no}]\n";

struct world { /* what the stand-in for the road answers */
    bool tool, base, top, refuse;
    const char *fails;
    char log[600];
};

static void add_log(struct world *w, const char *word)
{
    size_t n = strlen(w->log);
    (void)snprintf(w->log + n, sizeof(w->log) - n, "%s%s", n != 0 ? " " : "", word);
}

static struct op_observation answer(struct world *w, const struct op_move *move, const struct op_step *step)
{
    struct op_observation o = { .step = step, .outcome = OP_RAN, .output = "" };
    const char *verb = step->argv.v[1], *what = step->argv.n > 2 ? step->argv.v[2] : "";
    if (move->kind == OP_MOVE_PROPOSAL) {
        o.outcome = w->refuse ? OP_DECLINED : OP_RAN;
        return o;
    }
    if (op_str_eq(verb, "version"))
        o.exit_code = w->tool ? 0 : 1;
    else if (op_str_eq(verb, "get"))
        o.output = op_str_eq(what, "all") ? "fine" : (op_str_eq(what, "base") ? w->base : w->top) ? "there" : "";
    else if (op_str_eq(what, w->fails))
        o.exit_code = 1;
    else if (op_str_eq(what, "base"))
        w->base = true;
    else
        w->top = true;
    return o;
}

/* One turn; what was asked of the road is in w->log: looks in brackets, proposals in angles, "n/total" before steps. */
static char *turn(struct one *o, const char *request, struct world *w, struct op_err *err)
{
    struct op_planner p;
    const struct op_scene scene = { .ns = "default" };
    struct op_move move = { 0 };
    struct op_observation obs[8];
    size_t n = 0;
    char *said = NULL;
    w->log[0] = '\0';
    op_workflow_new(&o->cat, &p);
    bool ok = p.ops->begin(p.self, request, &scene, err);
    for (int i = 0; ok && i < 40; i++) {
        struct op_move next = { 0 };
        ok = p.ops->next(p.self, obs, n, &next, err);
        op_move_free(&move);
        move = next;
        if (!ok || (move.kind != OP_MOVE_STEPS && move.kind != OP_MOVE_PROPOSAL)) {
            said = op_strdup(ok ? move.text : NULL);
            break;
        }
        bool proposal = move.kind == OP_MOVE_PROPOSAL;
        for (n = 0; n < move.n; n++) {
            const struct op_step *s = &move.steps[n];
            OP_AUTO_FREE char *word =
                s->probe   ? op_asprintf("[%s %s]", s->argv.v[1], s->argv.n > 2 ? s->argv.v[2] : "")
                : proposal ? op_asprintf("<%s>", s->argv.v[2])
                           : op_asprintf("%zu/%zu:%s", move.before + 1, move.total, s->argv.v[s->argv.n - 1]);
            add_log(w, word);
            assert_true(s->probe == (s->origin == OP_FROM_OPSH));
            obs[n] = answer(w, &move, s);
        }
    }
    op_move_free(&move);
    p.ops->free(p.self);
    return said;
}

static void from_nothing_to_done_and_again(void **state)
{
    struct op_err err = OP_ERR_INIT;
    struct world w = { .tool = true };
    (void)state;
    struct one *o = load(plan);
    OP_AUTO_FREE char *first = turn(o, "w n=3", &w, &err);
    assert_string_equal(w.log, "[version ] [get base] <base> <top> 1/3:base [get top] 2/3:--n=3 3/3:all");
    assert_non_null(strstr(first, "w: done ("));
    assert_non_null(strstr(first, "it said fine"));
    assert_null(strstr(first, "no"));
    OP_AUTO_FREE char *second = turn(o, "w", &w, &err);
    assert_string_equal(w.log, "[version ] [get base] [get top] 1/1:all");
    assert_non_null(strstr(second, "everything is done already"));
    unload(o);
}

static void a_failure_stops_and_the_next_time_goes_on_there(void **state)
{
    struct op_err err = OP_ERR_INIT;
    struct world w = { .tool = true, .fails = "top" };
    (void)state;
    struct one *o = load(plan);
    OP_AUTO_FREE char *first = turn(o, "w n=4", &w, &err);
    assert_string_equal(w.log, "[version ] [get base] <base> <top> 1/3:base [get top] 2/3:--n=4");
    assert_non_null(strstr(first, "stopped at 2 of 3: top failed. Say \"s n=4\" again"));
    w.fails = NULL;
    OP_AUTO_FREE char *second = turn(o, "w", &w, &err);
    assert_string_equal(w.log, "[version ] [get base] [get top] <top> 1/2:--n=2 2/2:all");
    assert_non_null(strstr(second, "w: done"));
    unload(o);
}

static void what_is_declined_or_missing_changes_nothing(void **state)
{
    struct op_err err = OP_ERR_INIT;
    struct world w = { .tool = true, .refuse = true };
    (void)state;
    struct one *o = load(plan);
    OP_AUTO_FREE char *no = turn(o, "w", &w, &err);
    assert_string_equal(no, "Nothing was changed.");
    assert_string_equal(w.log, "[version ] [get base] <base> <top>");
    w.tool = false;
    assert_null(turn(o, "w", &w, &err));
    assert_string_equal(w.log, "[version ] [get base]");
    assert_int_equal(err.code, OP_TOOL);
    assert_non_null(strstr(err.msg, "w cannot begin, nothing was changed: tool; get it"));
    unload(o);
}

static void values_are_checked(void **state)
{
    static const struct {
        const char *request, *says;
    } rows[] = {
        { "v", "there is no workflow \"v\"; there are: w" },
        { "w n=0", "n" },
        { "w n=x", "n" },
        { "w m=1", "m" },
        { "w n", "VALUE=TEXT" },
    };
    (void)state;
    struct one *o = load(plan);
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_err err = OP_ERR_INIT;
        struct world w = { .tool = true };
        assert_null(turn(o, rows[i].request, &w, &err));
        if (err.code != OP_USAGE || strstr(err.msg, rows[i].says) == NULL)
            fail_msg("%s: %s", rows[i].request, err.msg);
    }
    unload(o);
}

static void a_value_that_names_a_step_makes_it_count(void **state)
{
    struct op_err err = OP_ERR_INIT;
    struct world w = { .tool = true, .base = true, .top = true };
    (void)state;
    struct one *o = load(plan);
    free(turn(o, "w who=bob", &w, &err));
    assert_string_equal(w.log, "[version ] [get base] [get top] <never> 1/2:never 2/2:all");
    unload(o);
}

static void short_ways_to_ask(void **state)
{
    static const struct {
        const char *said, *request;
    } rows[] = {
        { "deploy", "deploy-todo" },
        { "Deploy todo", "deploy-todo" },
        { " deploy todo cluster=current tag=2 ", "deploy-todo cluster=current tag=2" },
        { "teardown data=delete", "teardown-todo data=delete" },
        { "workflow deploy-todo part=all", "deploy-todo part=all" },
        { "deploy todo backend with 2 replicas", NULL },
        { "deploy web", NULL },
        { "deploy the todo stack", "deploy-todo" },
        { "deploy the todo stack tag=2.", "deploy-todo tag=2" },
        { "please deploy the todo stack", NULL },
        { "deployment", NULL },
        { "workflow", NULL },
        { "", NULL },
    };
    struct op_err err = OP_ERR_INIT;
    struct op_catalog cat;
    (void)state;
    assert_true(op_catalog_load(NULL, &cat, &err));
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        OP_AUTO_FREE char *request = op_workflow_called(&cat, rows[i].said);
        if (!op_str_eq(request, rows[i].request))
            fail_msg("%s: %s", rows[i].said, request != NULL ? request : "(none)");
    }
    op_catalog_free(&cat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_refused_with_its_place),
        cmocka_unit_test(the_gate_agrees_with_what_each_step_says_of_itself),
        cmocka_unit_test(looks_see_lines_and_json),
        cmocka_unit_test(from_nothing_to_done_and_again),
        cmocka_unit_test(a_failure_stops_and_the_next_time_goes_on_there),
        cmocka_unit_test(what_is_declined_or_missing_changes_nothing),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(a_value_that_names_a_step_makes_it_count),
        cmocka_unit_test(short_ways_to_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
