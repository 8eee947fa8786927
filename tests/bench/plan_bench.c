/* How long a plan takes without a model: with no cluster, and with the names of a large one at hand (1,000 Deployments
 * of ten pods each in 100 namespaces, the snapshot warm). Prints one line for each as JSON; bench.py judges them. */
#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/plan/rules.h"

#include <time.h>

enum { DEPLOYMENTS = 1000, PODS_EACH = 10, NAMESPACES = 100, ROUNDS = 40 };

static const char *const requests[] = {
    "scale svc-517 to 3 replicas",
    "please roll the svc-17 deployment back to the previous version",
    "restart svc-3 and svc-999 in team-3",
    "double the memory limit of svc-250",
    "show the logs of svc-77 for the last 15 minutes",
    "which pods of svc-8 restarted the most",
    "why is svc-42 failing",
    "delete the pods of svc-5",
    "update svc-501 to version 2.4.1",
    "scale svc-51x to 2",
    "create namespace qa, then deploy nginx with 2 replicas in it and expose port 80",
    "how many pods are pending in team-12",
};

/* Of this process alone: the machine may have other work. */
static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct op_names *large_cluster(void)
{
    OP_AUTO_BUF json = OP_BUF_INIT;
    op_buf_adds(&json, "{\"kind\":\"List\",\"items\":[");
    for (int i = 0; i < NAMESPACES; i++)
        op_buf_addf(&json, "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"team-%d\"}},", i);
    for (int i = 0; i < DEPLOYMENTS; i++) {
        op_buf_addf(
            &json,
            "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"svc-%d\",\"namespace\":\"team-%d\",\"labels\":{\"app\":"
            "\"svc-%d\"}},\"spec\":{\"replicas\":%d,\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\","
            "\"image\":"
            "\"shop/svc:1.%d\"}]}}},\"status\":{\"readyReplicas\":%d}},",
            i, i % NAMESPACES, i, PODS_EACH, i, PODS_EACH);
        for (int k = 0; k < PODS_EACH; k++)
            op_buf_addf(
                &json,
                "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"svc-%d-7d9f8b6c4-x%04d\",\"namespace\":\"team-%d\","
                "\"labels\":"
                "{\"app\":\"svc-%d\"}},\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"shop/svc:1.%d\"}]}},",
                i, k, i % NAMESPACES, i, i);
    }
    op_buf_adds(&json, "{\"kind\":\"Service\",\"metadata\":{\"name\":\"svc-0\",\"namespace\":\"team-0\"}}]}");
    const char *lists[] = { op_buf_str(&json) };
    struct op_err err = OP_ERR_INIT;
    struct op_names *names = op_names_from_json(lists, 1, &err);
    if (names == NULL)
        (void)fprintf(stderr, "%s\n", err.msg);
    return names;
}

static const struct op_names *names_of(void *self)
{
    return self;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool measure(const struct op_planner *p, struct op_names *names, const char *what)
{
    struct op_scene scene = { .ns = "team-17", .names = names != NULL ? names_of : NULL, .self = names };
    double took[ROUNDS * OP_LEN(requests)];
    size_t n = 0;
    struct op_err err = OP_ERR_INIT;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < OP_LEN(requests); i++) {
            struct op_move move = { 0 };
            p->ops->forget(p->self);
            double start = now_ms();
            if (!p->ops->begin(p->self, requests[i], &scene, &err) || !p->ops->next(p->self, NULL, 0, &move, &err)) {
                (void)fprintf(stderr, "%s: %s\n", requests[i], err.msg);
                return false;
            }
            took[n++] = now_ms() - start;
            op_move_free(&move);
        }
    }
    qsort(took, n, sizeof(*took), by_size);
    (void)printf("{\"what\":\"%s\",\"plans\":%zu,\"median_ms\":%.3f,\"p99_ms\":%.3f}\n", what, n, took[n / 2],
                 took[n * 99 / 100]);
    return true;
}

int main(void)
{
    struct op_catalog cat;
    struct op_planner planner = { 0 };
    struct op_err err = OP_ERR_INIT;
    if (!op_catalog_load(NULL, &cat, &err) || !op_rules_new(&cat, &planner, &err)) {
        (void)fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    struct op_names *names = large_cluster();
    bool ok = names != NULL && measure(&planner, NULL, "no cluster") && measure(&planner, names, "10,000 pods");
    op_names_free(names);
    planner.ops->free(planner.self);
    op_catalog_free(&cat);
    return ok ? 0 : 1;
}
