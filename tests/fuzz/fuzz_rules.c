/* Requests of any bytes through the whole pipeline, with a small cluster and a conversation: never a
 * crash, never a step without a tool, and a question never carries a step. */
#include "fuzz.h"

#include "opsh/plan/rules.h"

static const char cluster[] =
    "{\"kind\":\"List\",\"items\":[{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"todo-"
    "backend\",\"namespace\":\"shop\"},"
    "\"spec\":{\"replicas\":2}},{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","
    "\"namespace\":\"default\"},\"spec\":{\"replicas\":3,\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\","
    "\"image\":\"web:1\"}]}}}},"
    "{\"kind\":\"Service\",\"metadata\":{\"name\":\"web\",\"namespace\":\"default\"}},"
    "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\"}}]}";

static const struct op_names *names_of(void *self)
{
    return self;
}

/* One object for whatever is asked for: limits, claims, a selector, labels; every other time a list of it. */
static bool read_any(void *self, const struct op_strv *argvs, size_t n, struct op_reply *replies)
{
    static const char object[] =
        "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"namespace\":\"default\"},\"spec\":{\"replicas\":3,"
        "\"selector\":{\"matchLabels\":{\"app\":\"web\"},\"app\":\"web\",\"slot\":\"blue\"},\"template\":{\"metadata\":"
        "{\"labels\":{\"app\":\"web\",\"slot\":\"green\"}},\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":"
        "\"web:1\","
        "\"resources\":{\"limits\":{\"memory\":\"1Gi\",\"cpu\":\"9223372036854775807\"}}}],\"volumes\":[{\"name\":"
        "\"d\","
        "\"persistentVolumeClaim\":{\"claimName\":\"data\"}}]}}}}";
    (void)self;
    for (size_t i = 0; i < n; i++) {
        if (argvs[i].n > 7)
            op_buf_adds(&replies[i].body, object);
        else
            op_buf_addf(&replies[i].body, "{\"items\":[%s]}", object);
    }
    return true;
}

static void check(const struct op_move *move)
{
    for (size_t i = 0; i < move->n; i++)
        if (move->steps[i].argv.n < 1 || move->steps[i].tool == NULL)
            abort();
    if (move->kind == OP_MOVE_QUESTION && (move->n != 0 || move->text == NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct op_catalog cat;
    static struct op_planner planner;
    static struct op_names *names;
    struct op_err err = OP_ERR_INIT;
    if (planner.ops == NULL) {
        const char *lists[] = { cluster };
        names = op_names_from_json(lists, 1, &err);
        if (!op_catalog_load(NULL, &cat, &err) || !op_rules_new(&cat, &planner, &err))
            abort();
    }
    struct op_reader reader = { .read = read_any };
    struct op_scene scene = {
        .ns = "default", .names = size % 2 == 0 ? names_of : NULL, .reader = &reader, .self = names
    };
    planner.ops->forget(planner.self);
    /* "\x1e" stands between the requests of a conversation */
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, 0x1e, size - at);
        size_t n = end != NULL ? (size_t)(end - data) - at : size - at;
        OP_AUTO_FREE char *request = op_strndup((const char *)data + at, n);
        struct op_move move = { 0 };
        if (!planner.ops->begin(planner.self, request, &scene, &err) ||
            !planner.ops->next(planner.self, NULL, 0, &move, &err))
            abort();
        check(&move);
        op_move_free(&move);
        at += n + 1;
    }
    return 0;
}
