/* The names that exist: lists become objects, words find them, a near miss is offered; reading falls
 * back to one namespace where the whole cluster is forbidden. */
#include "opsh/base/str.h"
#include "opsh/cluster/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char workloads[] =
    "{\"kind\":\"List\",\"items\":["
    "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"todo-backend\",\"namespace\":\"shop\",\"labels\":{\"app\":"
    "\"api\"},"
    "\"annotations\":{\"meta.helm.sh/"
    "release-name\":\"todo\"}},\"spec\":{\"replicas\":3,\"template\":{\"spec\":{\"containers\":"
    "[{\"name\":\"api\",\"image\":\"todo-backend:1\"},{\"name\":\"side\",\"image\":\"s:2\"}]}}},\"status\":{"
    "\"readyReplicas\":2}},"
    "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"backend\",\"namespace\":\"lab\"},\"spec\":{\"replicas\":1}},"
    "{\"kind\":\"StatefulSet\",\"metadata\":{\"name\":\"todo-database\",\"namespace\":\"shop\",\"labels\":"
    "{\"app.kubernetes.io/name\":\"postgres\",\"app\":\"x\"}},\"spec\":{}},"
    "{\"kind\":\"DaemonSet\",\"metadata\":{\"name\":\"agent\",\"namespace\":\"sys\"},\"spec\":{},"
    "\"status\":{\"desiredNumberScheduled\":4,\"numberReady\":3}},"
    "{\"kind\":\"Service\",\"metadata\":{\"name\":\"todo-backend\",\"namespace\":\"shop\"}},"
    "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\"}},"
    "{\"kind\":\"Unheard\",\"metadata\":{\"name\":\"of\"}}]}";

/* as `kubectl get --raw` answers: items without a kind of their own */
static const char raw_pods[] =
    "{\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"name\":\"todo-backend-1\",\"namespace\":\"shop\"},"
    "\"spec\":{\"containers\":[{\"name\":\"api\",\"image\":\"i\"}]},"
    "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}]}";

static struct op_names *fixture(void)
{
    struct op_err err = OP_ERR_INIT;
    const char *lists[] = { workloads, raw_pods };
    struct op_names *names = op_names_from_json(lists, 2, &err);
    if (names == NULL)
        fail_msg("%s", err.msg);
    return names;
}

static const struct op_object *one(const struct op_names *names, const char *kind, const char *word, const char *ns,
                                   const char *prefer, size_t want)
{
    const struct op_object *found[4] = { NULL };
    assert_int_equal(op_names_find(names, kind, word, ns, prefer, found, 4), want);
    return found[0];
}

static void objects_are_read(void **state)
{
    (void)state;
    struct op_names *names = fixture();
    assert_int_equal(names->n, 7); /* the unheard kind is left out */
    const struct op_object *o = one(names, "deployment", "todo-backend", NULL, NULL, 1);
    assert_string_equal(o->ns, "shop");
    assert_int_equal(o->replicas, 3);
    assert_int_equal(o->ready, 2);
    assert_int_equal(o->containers.n, 2);
    assert_string_equal(o->images.v[1], "s:2");
    assert_string_equal(o->release, "todo");
    assert_string_equal(o->app, "api");
    assert_string_equal(o->app_key, "app");
    o = one(names, "statefulset", "todo-database", NULL, NULL, 1);
    assert_string_equal(o->app, "postgres");
    assert_string_equal(o->app_key, "app.kubernetes.io/name");
    assert_int_equal(o->replicas, 1); /* what Kubernetes means by none */
    o = one(names, "daemonset", "agent", NULL, NULL, 1);
    assert_int_equal(o->replicas, 4);
    o = one(names, "pod", "todo-backend-1", NULL, NULL, 1);
    assert_int_equal(o->ready, 1);
    op_names_free(names);
}

static void words_find_objects(void **state)
{
    (void)state;
    struct op_names *names = fixture();
    /* an exact name beats a part of another, wherever it is */
    assert_string_equal(one(names, NULL, "backend", NULL, NULL, 1)->ns, "lab");
    /* a whole part, in the namespace that was said */
    assert_string_equal(one(names, NULL, "backend", "shop", NULL, 1)->name, "todo-backend");
    assert_string_equal(one(names, NULL, "BACKEND", "shop", NULL, 1)->name, "todo-backend");
    /* the part "todo" is in two; the preferred namespace does not help */
    (void)one(names, NULL, "todo", NULL, "shop", 2);
    /* inside a part, then by label */
    assert_string_equal(one(names, NULL, "databas", NULL, NULL, 1)->name, "todo-database");
    assert_string_equal(one(names, NULL, "postgres", NULL, NULL, 1)->name, "todo-database");
    /* services are no workloads, and nothing is nothing */
    assert_string_equal(one(names, "service", "backend", NULL, NULL, 1)->kind, "service");
    (void)one(names, NULL, "nothing", NULL, NULL, 0);
    (void)one(names, NULL, "", NULL, NULL, 0);
    (void)one(NULL, NULL, "backend", NULL, NULL, 0);
    op_names_free(names);
}

static void near_misses_are_offered(void **state)
{
    (void)state;
    struct op_names *names = fixture();
    assert_string_equal(op_names_nearest(names, NULL, "bakend", NULL)->name, "backend");
    assert_string_equal(op_names_nearest(names, NULL, "databsae", NULL)->name, "todo-database");
    assert_string_equal(op_names_nearest(names, "namespace", "shpo", NULL)->name, "shop");
    assert_null(op_names_nearest(names, NULL, "zzzzzzz", NULL));
    assert_null(op_names_nearest(names, NULL, "abc", NULL)); /* too short to be sure */
    op_names_free(names);
}

static void bad_lists_are_errors(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "{", "[]", "{\"items\":3}", "null" };
    for (size_t i = 0; i < OP_LEN(bad); i++) {
        struct op_err err = OP_ERR_INIT;
        assert_null(op_names_from_json(&bad[i], 1, &err));
        assert_int_equal(err.code, OP_NETWORK);
    }
}

struct fake {
    enum op_reply_kind everywhere, here;
    unsigned reads;
    char seen[512];
};

static bool fake_read(void *self, const struct op_strv *argvs, size_t n, struct op_reply *replies)
{
    struct fake *f = self;
    f->reads++;
    for (size_t i = 0; i < n; i++) {
        bool all = op_strv_has(&argvs[i], "-A") || op_strv_has(&argvs[i], "--raw");
        replies[i].kind = all ? f->everywhere : f->here;
        (void)snprintf(replies[i].why, sizeof(replies[i].why), "no such luck");
        if (replies[i].kind == OP_REPLY_OK)
            op_buf_adds(&replies[i].body, op_strv_has(&argvs[i], "--raw") ? raw_pods : workloads);
        (void)snprintf(f->seen, sizeof(f->seen), "%s", argvs[i].v[argvs[i].n - 1]);
    }
    return true;
}

static void reading(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    struct fake f = { .everywhere = OP_REPLY_OK };
    struct op_reader reader = { .self = &f, .read = fake_read };
    struct op_names *names = op_names_read(&reader, "shop", true, &err);
    assert_non_null(names);
    assert_int_equal(f.reads, 1);
    assert_true(names->complete);
    assert_int_equal(names->n, 7);
    op_names_free(names);

    f = (struct fake){ .everywhere = OP_REPLY_FORBIDDEN, .here = OP_REPLY_OK };
    names = op_names_read(&reader, "shop", false, &err);
    assert_non_null(names);
    assert_int_equal(f.reads, 2);
    assert_false(names->complete);
    op_names_free(names);

    f = (struct fake){ .everywhere = OP_REPLY_UNREACHABLE };
    assert_null(op_names_read(&reader, "shop", false, &err));
    assert_int_equal(err.code, OP_NETWORK);
    assert_non_null(strstr(err.msg, "no such luck"));

    /* everything forbidden: no names, but no failure either: words are taken as said */
    f = (struct fake){ .everywhere = OP_REPLY_FORBIDDEN, .here = OP_REPLY_FORBIDDEN };
    names = op_names_read(&reader, "shop", false, &err);
    assert_non_null(names);
    assert_int_equal(names->n, 0);
    assert_false(names->complete);
    op_names_free(names);
}

static void of_two_as_near_the_one_at_home_is_offered(void **state)
{
    (void)state;
    static const char two[] = "{\"kind\":\"List\",\"items\":["
                              "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"checkout\",\"namespace\":\"lab\"},\"spec\":{}},"
                              "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"checkout\",\"namespace\":\"shop\"},\"spec\":{}}]}";
    const char *lists[] = { two };
    struct op_err err = OP_ERR_INIT;
    struct op_names *names = op_names_from_json(lists, 1, &err);
    assert_non_null(names);
    assert_string_equal(op_names_nearest(names, NULL, "chekout", "shop")->ns, "shop");
    assert_string_equal(op_names_nearest(names, NULL, "chekout", "lab")->ns, "lab");
    assert_non_null(op_names_nearest(names, NULL, "chekout", "elsewhere"));
    op_names_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_two_as_near_the_one_at_home_is_offered),
        cmocka_unit_test(objects_are_read),
        cmocka_unit_test(words_find_objects),
        cmocka_unit_test(near_misses_are_offered),
        cmocka_unit_test(bad_lists_are_errors),
        cmocka_unit_test(reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
