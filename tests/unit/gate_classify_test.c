/* The gate's judgement, line by line: every file of tests/golden/gate, and gate-decisions.txt. */
#include "gate_lines.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate_lines.c"

static struct op_catalog cat;

static int load(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    if (!op_catalog_load(NULL, &cat, &err))
        (void)fprintf(stderr, "%s\n", err.msg);
    return cat.n_tools != 0 ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    op_catalog_free(&cat);
    return 0;
}

static void judge(struct lines *all, size_t at_least)
{
    struct lines lines = *all;
    unsigned wrong = 0;
    for (size_t i = 0; i < lines.n; i++) {
        struct op_verdict v;
        char is[80];
        op_gate_classify(&cat, &lines.v[i].argv, lines.v[i].input, &v);
        verdict_text(&v, is);
        if (same_marks(is, lines.v[i].column[0]))
            continue;
        wrong++;
        print_error("%s:%u: is %s, should be %s: %s [%s]\n", lines.v[i].file, lines.v[i].number, is,
                    lines.v[i].column[0], lines.v[i].column[1], v.why);
    }
    size_t n = lines.n;
    lines_free(&lines);
    assert_int_equal(wrong, 0);
    assert_true(n >= at_least);
}

static void judge_file(const char *file, size_t at_least)
{
    struct lines lines = { 0 };
    lines_read(&lines, file, 2);
    judge(&lines, at_least);
}

static void test_everyday_kubectl(void **state)
{
    (void)state;
    judge_file("gate/kubectl.txt", 130);
}

static void test_everyday_others(void **state)
{
    (void)state;
    judge_file("gate/others.txt", 150);
}

static void test_hostile(void **state)
{
    (void)state;
    judge_file("gate/hostile.txt", 120);
}

static void test_each_flag(void **state)
{
    (void)state;
    judge_file("gate/flags.txt", 250);
}

static void test_standard_input(void **state)
{
    (void)state;
    struct lines lines = { 0 };
    lines_read_with_input(&lines, "gate/stdin.txt", 3);
    judge(&lines, 15);
}

static enum op_origin origin_of(const char *who)
{
    return op_str_starts(who, "model")  ? OP_FROM_MODEL
           : op_str_starts(who, "user") ? OP_FROM_USER
           : op_str_starts(who, "opsh") ? OP_FROM_OPSH
                                        : OP_FROM_RULES;
}

static void test_decisions(void **state)
{
    (void)state;
    static const char *const names[16] = {
        [OP_DECIDE_RUN] = "run", [OP_DECIDE_ASK] = "ask", [OP_DECIDE_ASK_NAME] = "name", [OP_DECIDE_REFUSE] = "refuse"
    };
    struct lines lines = { 0 };
    lines_read(&lines, "gate-decisions.txt", 3);
    unsigned wrong = 0;
    for (size_t i = 0; i < lines.n; i++) {
        const char *who = lines.v[i].column[0], *allows = strchr(who, ' ');
        assert_non_null(allows);
        struct op_policy policy = { .read_only = strchr(allows, 'r') != NULL,
                                    .yes = strchr(allows, 'y') != NULL,
                                    .terminal = strchr(allows, 't') != NULL };
        struct op_step step = { .argv = lines.v[i].argv, .origin = origin_of(who) };
        struct op_verdict v;
        char why[240] = "";
        op_gate_classify(&cat, &step.argv, NULL, &v);
        const char *is = names[op_gate_decide(&policy, &step, &v, why, sizeof(why))];
        if (is == NULL)
            is = "another";
        if (strcmp(is, lines.v[i].column[1]) == 0 && (strcmp(is, "run") == 0 || *why != '\0'))
            continue;
        wrong++;
        print_error("%s:%u: is %s (%s), should be %s: %s\n", lines.v[i].file, lines.v[i].number, is, why,
                    lines.v[i].column[1], lines.v[i].column[2]);
    }
    lines_free(&lines);
    assert_int_equal(wrong, 0);
}

/* What the gate tells about a command line, for the question and the proof. */
static void test_about(void **state)
{
    (void)state;
    static const struct {
        const char *line, *input, *verb, *ns, *context, *kind, *name, *proof;
        bool all;
    } rows[] = {
        { "kubectl scale deployment/web --replicas=3 -n shop", NULL, "scale", "shop", "", "deployment", "web",
          "rollout", false },
        { "kubectl scale deployment web --replicas=3 -nshop", NULL, "scale", "shop", "", "deployment", "web", "rollout",
          false },
        { "kubectl --context=a rollout restart sts/db", NULL, "rollout restart", "", "a", "sts", "db", "rollout",
          false },
        { "kubectl delete pod web-0 --namespace shop", NULL, "delete", "shop", "", "pod", "web-0", "gone", false },
        { "kubectl get pods -A", NULL, "get", "", "", "pods", "", "", true },
        { "kubectl get pods --all-namespaces=false", NULL, "get", "", "", "pods", "", "", false },
        { "kubectl logs deploy/web -c app", NULL, "logs", "", "", "deploy", "web", "", false },
        { "kubectl logs web-0", NULL, "logs", "", "", "pod", "web-0", "", false },
        { "kubectl cordon n1", NULL, "cordon", "", "", "node", "n1", "", false },
        { "kubectl label pod web-0 a=b c-", NULL, "label", "", "", "pod", "web-0", "", false },
        { "kubectl create secret generic db --from-literal=a=b", NULL, "create", "", "", "secret", "db", "applied",
          false },
        { "kubectl create deployment web --image=x", NULL, "create", "", "", "deployment", "web", "applied", false },
        { "kubectl exec web-0 -- ls -la", NULL, "exec", "", "", "pod", "web-0", "", false },
        { "kubectl apply -f -", "kind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n---\nkind: Service\n",
          "apply", "shop", "", "deployment", "web", "applied", false },
        { "kubectl apply -f -", "---\nkind: Job\nmetadata: {name: once}\n", "apply", "", "", "job", "once", "applied",
          false },
        { "kubectl apply -f - -n shop", "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"}}", "apply",
          "shop", "", "pod", "a", "applied", false },
        { "helm install ./chart --generate-name", NULL, "install", "", "", "", "", "release", false },
        { "helm install web ./chart", NULL, "install", "", "", "release", "web", "release", false },
        { "kubectl label -f a.yaml a=b", NULL, "label", "", "", "", "", "", false },
        { "kubectl apply -f - --dry-run=server", NULL, "apply", "", "", "", "", "", false },
        { "kubectl apply -f -", "not: [a manifest", "apply", "", "", "", "", "applied", false },
        { "helm upgrade web ./c -n shop --kube-context k", NULL, "upgrade", "shop", "k", "release", "web", "release",
          false },
        { "helm del web", NULL, "uninstall", "", "", "release", "web", "", false },
        { "minikube start -p dev", NULL, "start", "", "dev", "", "", "cluster", false },
        { "minikube kubectl -- delete ns shop", NULL, "delete", "", "", "ns", "shop", "gone", false },
        { "docker container stop web", NULL, "stop", "", "", "container", "web", "", false },
        { "docker run --name a nginx sh -n x", NULL, "run", "", "", "image", "nginx", "", false },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        struct op_err err = OP_ERR_INIT;
        struct op_verdict v;
        assert_true(op_quote_split(rows[i].line, &argv, &err));
        op_gate_classify(&cat, &argv, rows[i].input, &v);
        print_message("%s\n", rows[i].line);
        assert_string_equal(v.verb, rows[i].verb);
        assert_string_equal(v.ns, rows[i].ns);
        assert_string_equal(v.context, rows[i].context);
        assert_string_equal(v.kind, rows[i].kind);
        assert_string_equal(v.name, rows[i].name);
        assert_string_equal(v.proof, rows[i].proof);
        assert_int_equal(v.all_namespaces, rows[i].all);
        assert_true(v.why[0] != '\0');
    }
}

static void test_nothing_to_run(void **state)
{
    (void)state;
    struct op_strv argv = OP_STRV_INIT;
    struct op_verdict v;
    op_gate_classify(&cat, &argv, NULL, &v);
    assert_int_equal(v.risk, OP_RISK_REFUSED);
}

static void test_tables_are_sound(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    if (!op_gate_check(&cat, &err))
        fail_msg("%s", err.msg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_sound),
        cmocka_unit_test(test_everyday_kubectl),
        cmocka_unit_test(test_everyday_others),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_each_flag),
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_about),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_nothing_to_run),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
