/* What belongs together, told in lines: from lists as helm and the API server give them. */
#include "opsh/diagnose/stack.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char releases[] =
    "[{\"name\":\"todo-api\",\"revision\":\"3\",\"status\":\"deployed\",\"chart\":\"todo-api-0.2.0\"},"
    "{\"name\":\"other\",\"revision\":\"1\",\"status\":\"failed\",\"chart\":\"other-1.0.0\"}]";

static const char objects[] =
    "{\"kind\":\"List\",\"items\":["
    "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"todo-api\"},\"spec\":{\"replicas\":3,\"template\":{\"spec\":{"
    "\"containers\":[{\"image\":\"api:7\"}]}}},"
    "\"status\":{\"readyReplicas\":2}},"
    "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"cart\"},\"spec\":{\"replicas\":1},\"status\":{}},"
    "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p-1\",\"labels\":{\"app.kubernetes.io/"
    "instance\":\"todo-api\"}},\"status\":{\"phase\":\"Running\","
    "\"containerStatuses\":[{\"ready\":true,\"restartCount\":0}]}},"
    "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"todo-api-2\"},\"status\":{\"phase\":\"Running\",\"containerStatuses\":["
    "{\"ready\":false,\"restartCount\":4,"
    "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}}]}},"
    "{\"kind\":\"Service\",\"metadata\":{\"name\":\"x\",\"annotations\":{\"meta.helm.sh/"
    "release-name\":\"todo-api\"}},\"spec\":{\"type\":\"ClusterIP\",\"ports\":[{\"port\":8000}]}},"
    "{\"kind\":\"Service\",\"metadata\":{\"name\":\"todo-lb\"},\"spec\":{\"type\":\"LoadBalancer\",\"ports\":[{"
    "\"port\":81}]},"
    "\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"10.9.8.7\"}]}}},"
    "{\"kind\":\"Ingress\",\"metadata\":{\"name\":\"todo-web\"},\"spec\":{\"ingressClassName\":\"nginx\",\"rules\":[{"
    "\"host\":\"todo.local\",\"http\":{\"paths\":[{\"path\":\"/app\"}]}},"
    "{\"host\":\"safe.local\"}],\"tls\":[{\"hosts\":[\"safe.local\"]}]},\"status\":{\"loadBalancer\":{\"ingress\":[{"
    "\"ip\":\"192.168.49.2\"}]}}},"
    "{\"kind\":\"Ingress\",\"metadata\":{\"name\":\"todo-bare\"},\"spec\":{\"rules\":[{\"host\":\"bare.local\"}]}},"
    "{\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"todo-data\"},\"spec\":{\"storageClassName\":"
    "\"standard\"},\"status\":{\"phase\":\"Bound\","
    "\"capacity\":{\"storage\":\"1Gi\"}}}]}";

struct world {
    struct op_json *objects, *releases;
    struct op_buf out;
};

static int make(void **state)
{
    static struct world w;
    struct op_err err = OP_ERR_INIT;
    w = (struct world){ .objects = op_json_parse(objects, sizeof(objects) - 1, OP_JSON_LOOSE, &err),
                        .releases = op_json_parse(releases, sizeof(releases) - 1, OP_JSON_LOOSE, &err) };
    *state = &w;
    return w.objects != NULL && w.releases != NULL ? 0 : -1;
}

static int done(void **state)
{
    struct world *w = *state;
    op_json_free(w->objects);
    op_json_free(w->releases);
    op_buf_free(&w->out);
    return 0;
}

static void says(const struct op_buf *out, const char *line)
{
    if (strstr(op_buf_str(out), line) == NULL)
        fail_msg("\"%s\" is not in:\n%s", line, op_buf_str(out));
}

static void everything_that_belongs_and_nothing_else(void **state)
{
    struct world *w = *state;
    const struct op_stack s = { .prefix = "todo-", .objects = w->objects, .releases = w->releases };
    assert_int_equal(op_stack_text(&s, &w->out), 9);
    says(&w->out, "todo-api   deployed   revision 3   todo-api-0.2.0\n");
    says(&w->out, "todo-api   2 of 3 Ready   api:7\n");
    says(&w->out, "p-1          Running   1 of 1 Ready\n");
    says(&w->out, "todo-api-2   CrashLoopBackOff   0 of 1 Ready   4 restarts\n");
    says(&w->out, "x         ClusterIP   port 8000\n");
    says(&w->out, "todo-web    todo.local, safe.local   class nginx\n");
    says(&w->out, "todo-data   Bound   1Gi   standard\n");
    assert_null(strstr(op_buf_str(&w->out), "cart"));
    assert_null(strstr(op_buf_str(&w->out), "other"));
}

static void where_it_is_reached(void **state)
{
    struct world *w = *state;
    const struct op_stack s = { .prefix = "todo-", .objects = w->objects };
    assert_int_equal(op_stack_urls(&s, &w->out), 4);
    says(&w->out, "http://todo.local/app   (hosts file: 192.168.49.2 todo.local)\n");
    says(&w->out, "https://safe.local/   (hosts file: 192.168.49.2 safe.local)\n");
    says(&w->out,
         "http://bare.local/   (once your hosts file has the ingress' address for bare.local: minikube ip tells it)\n");
    says(&w->out, "http://10.9.8.7:81   (service todo-lb)\n");
}

static void nothing_read_is_nothing_told(void **state)
{
    struct world *w = *state;
    const struct op_stack s = { .prefix = "todo-" };
    assert_int_equal(op_stack_text(&s, &w->out), 0);
    assert_int_equal(op_stack_urls(&s, &w->out), 0);
    assert_int_equal(w->out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_that_belongs_and_nothing_else, make, done),
        cmocka_unit_test_setup_teardown(where_it_is_reached, make, done),
        cmocka_unit_test_setup_teardown(nothing_read_is_nothing_told, make, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
