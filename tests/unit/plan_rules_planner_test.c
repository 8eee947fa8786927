/* The planner as the road sees it: begin and next, questions and their answers, names read only when
 * they are needed, where a plan stands when a step fails. */
#include "opsh/base/str.h"
#include "opsh/gate/quote.h"
#include "opsh/plan/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct op_catalog cat;
static struct op_planner planner;

static int set_up(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    return op_catalog_load(NULL, &cat, &err) && op_catalog_check(&cat, &err) && op_rules_check(&cat, &err) &&
                   op_rules_new(&cat, &planner, &err)
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    planner.ops->free(planner.self);
    op_catalog_free(&cat);
    return 0;
}

struct world {
    unsigned asked; /* how often the names were wanted */
    struct op_names *names;
};

static const struct op_names *names_of(void *self)
{
    struct world *w = self;
    w->asked++;
    return w->names;
}

static void turn(const char *request, struct world *w, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    struct op_scene scene = { .ns = "default", .names = w != NULL ? names_of : NULL, .self = w };
    assert_true(planner.ops->begin(planner.self, request, &scene, &err));
    assert_true(planner.ops->next(planner.self, NULL, 0, move, &err));
}

static void names_are_read_only_when_needed(void **state)
{
    (void)state;
    static const char *const without[] = { "get pods",           "list nodes",           "helm list",
                                           "show my containers", "why are pods failing", "create namespace x",
                                           "minikube status",    "show events in shop",  "kubectl get pods -A" };
    static const char *const with[] = { "scale web to 3", "logs of web", "restart web", "describe web" };
    for (size_t i = 0; i < OP_LEN(without); i++) {
        struct world w = { 0 };
        struct op_move move = { 0 };
        planner.ops->forget(planner.self);
        turn(without[i], &w, &move);
        if (w.asked != 0)
            fail_msg("%s: read the names", without[i]);
        op_move_free(&move);
    }
    for (size_t i = 0; i < OP_LEN(with); i++) {
        struct world w = { 0 };
        struct op_move move = { 0 };
        planner.ops->forget(planner.self);
        turn(with[i], &w, &move);
        if (w.asked == 0)
            fail_msg("%s: did not read the names", with[i]);
        assert_int_equal(move.kind, OP_MOVE_STEPS); /* there are none: as said */
        op_move_free(&move);
    }
}

static void a_plan_ends_in_an_answer(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    struct op_move move = { 0 }, end = { 0 };
    planner.ops->forget(planner.self);
    turn("restart web and api", NULL, &move);
    assert_int_equal(move.kind, OP_MOVE_STEPS);
    assert_int_equal(move.n, 2);
    assert_int_equal(move.steps[0].origin, OP_FROM_RULES);
    assert_string_equal(move.steps[0].tool, "kubectl_rollout_restart");
    struct op_observation obs[2] = { { .step = &move.steps[0], .outcome = OP_RAN, .output = "" },
                                     { .step = &move.steps[1], .outcome = OP_RAN, .output = "" } };
    assert_true(planner.ops->next(planner.self, obs, 2, &end, &err));
    assert_int_equal(end.kind, OP_MOVE_ANSWER);
    assert_string_equal(end.text, "");
    op_move_free(&end);
    op_move_free(&move);
}

static void a_failing_step_is_told(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    struct op_move move = { 0 }, end = { 0 };
    planner.ops->forget(planner.self);
    turn("restart web and api", NULL, &move);
    struct op_observation obs[2] = { { .step = &move.steps[0], .outcome = OP_RAN, .exit_code = 1, .output = "" },
                                     { .step = &move.steps[1], .outcome = OP_NOT_REACHED, .output = "" } };
    assert_true(planner.ops->next(planner.self, obs, 2, &end, &err));
    assert_int_equal(end.kind, OP_MOVE_ANSWER);
    assert_non_null(strstr(end.text, "Step 1 of 2"));
    assert_non_null(strstr(end.text, "did not run"));
    op_move_free(&end);
    op_move_free(&move);
}

/* "the second one" is the second of what was listed last, where it was listed; beyond the list it is asked. */
static void what_was_listed_is_counted(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    static const char *const lists[][2] = {
        { "get pods in shop", "NAME    READY   STATUS\nweb-1   1/1     Running\nweb-2   1/1     Running\n" },
        { "get pods in all namespaces", "NAMESPACE   NAME    READY\nshop        web-1   1/1\nshop        web-2   1/1\n" },
    };
    for (size_t i = 0; i < OP_LEN(lists); i++) {
        struct op_move move = { 0 }, end = { 0 }, next = { 0 };
        planner.ops->forget(planner.self);
        turn(lists[i][0], NULL, &move);
        struct op_observation obs = { .step = &move.steps[0], .outcome = OP_RAN, .output = lists[i][1] };
        assert_true(planner.ops->next(planner.self, &obs, 1, &end, &err));
        turn("delete the second one", NULL, &next);
        assert_int_equal(next.kind, OP_MOVE_STEPS);
        OP_AUTO_BUF line = OP_BUF_INIT;
        op_quote_argv(&line, &next.steps[0].argv);
        assert_string_equal(op_buf_str(&line), "kubectl delete pod web-2 -n shop");
        op_move_free(&next);
        turn("get pods in shop", NULL, &next);
        op_move_free(&next);
        turn("delete the third one", NULL, &next);
        assert_int_equal(next.kind, OP_MOVE_QUESTION);
        op_move_free(&next);
        op_move_free(&end);
        op_move_free(&move);
    }
}

static void a_question_waits_for_one_answer(void **state)
{
    (void)state;
    struct op_move move = { 0 };
    planner.ops->forget(planner.self);
    turn("scale web", NULL, &move);
    assert_int_equal(move.kind, OP_MOVE_QUESTION);
    op_move_free(&move);
    turn("to 4 please", NULL, &move);
    assert_int_equal(move.kind, OP_MOVE_STEPS);
    assert_string_equal(move.steps[0].argv.v[3], "--replicas=4");
    op_move_free(&move);
    /* another request drops the question, and its answer then means nothing */
    turn("scale web", NULL, &move);
    op_move_free(&move);
    turn("list the nodes", NULL, &move);
    assert_int_equal(move.kind, OP_MOVE_STEPS);
    op_move_free(&move);
    turn("4", NULL, &move);
    assert_int_equal(move.kind, OP_MOVE_UNSUPPORTED);
    op_move_free(&move);
    /* so does forgetting */
    turn("scale web", NULL, &move);
    op_move_free(&move);
    planner.ops->forget(planner.self);
    turn("4", NULL, &move);
    assert_int_equal(move.kind, OP_MOVE_UNSUPPORTED);
    op_move_free(&move);
}

static void two_candidates_are_a_question(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "{\"kind\":\"List\",\"items\":[{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"a-web\",\"namespace\":\"one\"}"
        ",\"spec\":{}},"
        "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"b-web\",\"namespace\":\"two\"},\"spec\":{}}]}"
    };
    struct op_err err = OP_ERR_INIT;
    struct world w = { .names = op_names_from_json(lists, 1, &err) };
    struct op_move move = { 0 };
    assert_non_null(w.names);
    planner.ops->forget(planner.self);
    turn("restart web", &w, &move);
    assert_int_equal(move.kind, OP_MOVE_QUESTION);
    assert_int_equal(move.choices.n, 2);
    op_move_free(&move);
    turn("two", &w, &move); /* the namespace tells them apart */
    assert_int_equal(move.kind, OP_MOVE_STEPS);
    assert_string_equal(move.steps[0].argv.v[3], "deployment/b-web");
    assert_string_equal(move.steps[0].argv.v[5], "two");
    op_move_free(&move);
    op_names_free(w.names);
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* 5 ms is the promise (p99); a loaded machine and sanitizers get room, a quadratic stage does not. */
static void plans_are_quick(void **state)
{
    (void)state;
    enum { N = 300 };
    static double ms[N];
    for (size_t i = 0; i < N; i++) {
        struct timespec a, b;
        struct op_move move = { 0 };
        planner.ops->forget(planner.self);
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
        turn(i % 2 == 0 ? "please scale the backend deployment in the shop namespace from 2 to 5 replicas and then "
                          "show its logs"
                        : "why are the pods of the payments service restarting since yesterday?",
             NULL, &move);
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
        ms[i] = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
        op_move_free(&move);
    }
    qsort(ms, N, sizeof(ms[0]), by_time);
    (void)printf("plan: p50 %.2f ms, p99 %.2f ms\n", ms[N / 2], ms[N * 99 / 100]);
    assert_true(ms[N / 2] < 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_only_when_needed), cmocka_unit_test(a_plan_ends_in_an_answer),
        cmocka_unit_test(a_failing_step_is_told),          cmocka_unit_test(a_question_waits_for_one_answer),
        cmocka_unit_test(what_was_listed_is_counted),
        cmocka_unit_test(two_candidates_are_a_question),   cmocka_unit_test(plans_are_quick),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
