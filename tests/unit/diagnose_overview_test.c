/* The cluster at a glance: counts, and the names of what is not as it should be. */
#include "opsh/diagnose/overview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct op_json *parse(const char *text)
{
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = op_json_parse(text, strlen(text), OP_JSON_UNIQUE, &err);
    assert_non_null(j);
    return j;
}

static void nodes(void **state)
{
    (void)state;
    OP_AUTO_JSON *list = parse(
        "{\"items\":[{\"metadata\":{\"name\":\"a\"},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}},"
        "{\"metadata\":{\"name\":\"b\"},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"Unknown\"}]}},"
        "{\"metadata\":{\"name\":\"c\"},\"spec\":{\"unschedulable\":true},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}]}");
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_overview_nodes(list, &out);
    assert_string_equal(op_buf_str(&out), "Nodes: 1 of 3 Ready; not: b, c (cordoned)\n");
}

static void workloads(void **state)
{
    (void)state;
    OP_AUTO_JSON *deployments = parse(
        "{\"items\":[{\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\"},\"spec\":{\"replicas\":3},\"status\":{\"readyReplicas\":1}},"
        "{\"metadata\":{\"name\":\"idle\",\"namespace\":\"shop\"},\"spec\":{\"replicas\":0},\"status\":{}}]}");
    OP_AUTO_JSON *daemons = parse(
        "{\"items\":[{\"metadata\":{\"name\":\"agent\",\"namespace\":\"kube-system\"},\"status\":{\"desiredNumberScheduled\":2,\"numberReady\":2}}]}");
    const struct op_json *lists[] = { deployments, NULL, daemons };
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_overview_workloads(lists, 3, &out);
    assert_string_equal(op_buf_str(&out), "Workloads: 2 of 3 complete; not: shop/web 1/3\n");
}

static void nothing_there(void **state)
{
    (void)state;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_overview_nodes(NULL, &out);
    op_overview_workloads(NULL, 0, &out);
    assert_string_equal(op_buf_str(&out), "Nodes: 0 of 0 Ready\nWorkloads: 0 of 0 complete\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nodes), cmocka_unit_test(workloads),
                                        cmocka_unit_test(nothing_there) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
