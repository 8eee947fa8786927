/* What must hold for every request: other names, other case, politeness, quotes and a slip in a
 * keyword leave the shape of the plan as it is; a change word inside a question changes nothing;
 * whatever the bytes, a plan comes back quickly. */
#include "opsh/base/str.h"
#include "opsh/gate/classify.h"
#include "opsh/os/path.h"
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
    return op_catalog_load(NULL, &cat, &err) && op_rules_new(&cat, &planner, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    planner.ops->free(planner.self);
    op_catalog_free(&cat);
    return 0;
}

static void plan(const char *request, struct op_move *move)
{
    struct op_err err = OP_ERR_INIT;
    struct op_scene scene = { .ns = "default" };
    planner.ops->forget(planner.self);
    assert_true(planner.ops->begin(planner.self, request, &scene, &err));
    assert_true(planner.ops->next(planner.self, NULL, 0, move, &err));
}

/* The plan as one text, with `name` written as NAME. */
static char *shape(const char *request, const char *name)
{
    struct op_move move = { 0 };
    plan(request, &move);
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_addf(&out, "%d", (int)move.kind);
    for (size_t i = 0; i < move.n; i++) {
        for (size_t k = 0; k < move.steps[i].argv.n; k++) {
            op_buf_addc(&out, ' ');
            const char *arg = move.steps[i].argv.v[k], *at = NULL;
            while (name != NULL && (at = strstr(arg, name)) != NULL) {
                op_buf_add(&out, arg, (size_t)(at - arg));
                op_buf_adds(&out, "NAME");
                arg = at + strlen(name);
            }
            op_buf_adds(&out, arg);
        }
        op_buf_adds(&out, ";");
    }
    op_move_free(&move);
    return op_buf_steal(&out);
}

static void same_shape(const char *a, const char *b)
{
    OP_AUTO_FREE char *x = shape(a, NULL), *y = shape(b, NULL);
    if (strcmp(x, y) != 0)
        fail_msg("\n  %s\n    %s\n  %s\n    %s", a, x, b, y);
}

/* The template with its %s replaced. */
static void put(char *out, size_t size, const char *template, const char *value)
{
    const char *at = strstr(template, "%s");
    assert_non_null(at);
    (void)snprintf(out, size, "%.*s%s%s", (int)(at - template), template, value, at + 2);
}

/* %s is an object's name. */
static const char *const templates[] = {
    "scale deployment %s to 3",
    "restart the deployment %s",
    "delete the deployment %s",
    "show the logs of deployment %s",
    "describe deployment %s in qa",
    "roll back deployment %s",
    "set the memory limit of deployment %s to 1Gi",
    "expose deployment %s on port 80",
    "get deployment %s",
    "why is deployment %s failing",
    "create namespace %s",
    "create deployment %s with image a:1",
    "status of the release %s",
    "uninstall the release %s",
    "stop the container %s",
    "show events for deployment %s",
    "autoscale deployment %s between 2 and 4 replicas",
    "delete pod %s",
    "label deployment %s with a=b",
    "cordon node %s",
};

/* Names that look like everything but names, wherever a kind or quotes make them names. */
static void renaming_changes_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {
        "api",           "payments-api",  "get-data",  "delete-all-pods", "web2",      "zq",
        "node-exporter", "scale-to-zero", "my.app.io", "logs-collector",  "prod-db-0", "todo-list"
    };
    for (size_t i = 0; i < OP_LEN(templates); i++) {
        char request[256];
        put(request, sizeof(request), templates[i], "qqq");
        OP_AUTO_FREE char *want = shape(request, "qqq");
        for (size_t k = 0; k < OP_LEN(names); k++) {
            put(request, sizeof(request), templates[i], names[k]);
            OP_AUTO_FREE char *got = shape(request, names[k]);
            if (strcmp(got, want) != 0)
                fail_msg("\n  %s\n    got:  %s\n    want: %s", request, got, want);
        }
    }
}

static void quoting_changes_nothing(void **state)
{
    (void)state;
    static const char *const marks[] = { "'%s'", "\"%s\"", "`%s`", "\xe2\x80\x9c%s\xe2\x80\x9d" };
    for (size_t i = 0; i < OP_LEN(templates); i++) {
        for (size_t k = 0; k < OP_LEN(marks); k++) {
            char quoted[64], a[256], b[256];
            put(quoted, sizeof(quoted), marks[k], "qqq-1");
            put(a, sizeof(a), templates[i], "qqq-1");
            put(b, sizeof(b), templates[i], quoted);
            same_shape(a, b);
        }
    }
}

static void case_and_politeness_change_nothing(void **state)
{
    (void)state;
    static const char *const around[] = {
        "please %s",
        "Please, %s",
        "can you %s",
        "Could you please %s?",
        "hey, %s",
        "I would like to %s",
        "I want you to %s please",
        "%s, thanks",
        "%s please",
        "  %s.",
        "hi! can you %s",
        "let's %s",
        "opsh, %s",
        "go ahead and %s",
        "kindly %s",
    };
    for (size_t i = 0; i < OP_LEN(templates); i++) {
        char plain[256], dressed[512];
        put(plain, sizeof(plain), templates[i], "qqq");
        if (op_str_starts(plain, "why") || op_str_starts(plain, "status"))
            continue;
        for (size_t k = 0; k < OP_LEN(around); k++) {
            put(dressed, sizeof(dressed), around[k], plain);
            same_shape(plain, dressed);
        }
        (void)snprintf(dressed, sizeof(dressed), "%s", plain);
        for (char *c = dressed; *c != '\0'; c++)
            if (strstr(plain, "Gi") == NULL && strstr(plain, "a=b") == NULL && strstr(plain, "container") == NULL &&
                strstr(plain, "image") == NULL)
                *c = (char)toupper((unsigned char)*c);
        same_shape(plain, dressed);
    }
}

/* One slip in a keyword: neighbours swapped, a letter lost, a letter doubled. */
static void slips_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *right, *slips[4];
    } rows[] = {
        { "scale", { "sclae", "scalle", "scal", NULL } },
        { "restart", { "restrat", "retsart", "restartt", NULL } },
        { "deployment", { "deploymnet", "deployement", "deploment", "depolyment" } },
        { "describe", { "descirbe", "descrbe", "describbe", NULL } },
        { "replicas", { "repliacs", "replcas", "replicass", NULL } },
        { "namespace", { "namepsace", "namspace", "namesapce", NULL } },
    };
    static const char *const requests[] = {
        "scale the deployment qqq to 3 replicas",
        "restart the deployment qqq",
        "describe the deployment qqq",
        "get the deployment qqq in the zzz namespace",
    };
    for (size_t q = 0; q < OP_LEN(requests); q++) {
        for (size_t i = 0; i < OP_LEN(rows); i++) {
            const char *at = strstr(requests[q], rows[i].right);
            for (size_t k = 0; at != NULL && k < 4 && rows[i].slips[k] != NULL; k++) {
                char slipped[256];
                (void)snprintf(slipped, sizeof(slipped), "%.*s%s%s", (int)(at - requests[q]), requests[q],
                               rows[i].slips[k], at + strlen(rows[i].right));
                same_shape(requests[q], slipped);
            }
        }
    }
}

static void check_harmless(const char *request)
{
    struct op_move move = { 0 };
    plan(request, &move);
    for (size_t i = 0; i < move.n; i++) {
        struct op_verdict v;
        op_gate_classify(&cat, &move.steps[i].argv, move.steps[i].input, &v);
        if (v.risk != OP_RISK_READ)
            fail_msg("%s: would run %s %s %s", request, move.steps[i].argv.v[0], move.steps[i].argv.v[1],
                     move.steps[i].argv.n > 2 ? move.steps[i].argv.v[2] : "");
    }
    op_move_free(&move);
}

static void questions_change_nothing(void **state)
{
    (void)state;
    static const char *const asking[] = {
        "should I %s?",
        "why did you %s?",
        "how do I %s?",
        "what happens if I %s?",
        "is it safe to %s?",
        "what would happen if we %s",
        "why can't I %s",
        "who told you to %s?",
        "when should I %s?",
        "do I need to %s?",
        "%s?",
        "do not %s",
        "never %s",
        "don't %s",
        "explain how to %s",
        "I wonder whether to %s",
        "is it possible to %s?",
        "what is the command to %s",
        "how can we %s safely?",
        "what does it mean to %s",
    };
    static const char *const doing[] = {
        "scale web to 0",
        "take web offline",
        "take the web deployment down",
        "roll web back to revision 2",
        "put node n1 into maintenance",
        "take node n1 out of rotation",
        "give web 1Gi of memory",
        "limit web to 1 cpu and 512Mi",
        "make web 3 replicas",
        "switch the service web to version=green",
        "unset DEBUG on web",
        "remove the taint gpu from node n1",
        "suspend the cronjob backup",
        "trigger the backup cronjob",
        "rename context old to new",
        "delete the deployment web",
        "restart web",
        "delete namespace shop",
        "drain node n1",
        "uninstall release web",
        "roll back web",
        "delete all pods",
        "stop the container web",
        "remove the image x:1",
        "apply -f x.yaml",
        "delete everything in shop",
        "clean up docker",
        "minikube delete",
        "set the image of web to x:2",
    };
    for (size_t i = 0; i < OP_LEN(asking); i++) {
        for (size_t k = 0; k < OP_LEN(doing); k++) {
            char request[256];
            put(request, sizeof(request), asking[i], doing[k]);
            check_harmless(request);
        }
    }
}

/* Requests of the golden files with bytes changed at random: never a crash, never slow. */
/* An ordinary word is never what a change is done to, unless it is marked as a name. */
static void ordinary_words_are_no_objects(void **state)
{
    (void)state;
    static const char *const words[] = { "whatever", "everybody",  "gradually", "faster",     "nobody",
                                         "others",   "something",  "together",  "through",    "enough",
                                         "rather",   "somehow",    "always",    "everything", "all",
                                         "every",    "carelessly", "towards",   "versus",     "rest" };
    static const char *const changes[] = { "restart %s",
                                           "delete %s",
                                           "scale %s to 3",
                                           "roll back %s",
                                           "stop %s in qa",
                                           "delete the pods %s",
                                           "expose %s on port 80",
                                           "restart web %s",
                                           "cordon %s",
                                           "restart the web deployment %s",
                                           "label %s with a=b",
                                           "drain %s" };
    for (size_t w = 0; w < OP_LEN(words); w++) {
        for (size_t k = 0; k < OP_LEN(changes); k++) {
            char request[160];
            struct op_move move = { 0 };
            put(request, sizeof(request), changes[k], words[w]);
            plan(request, &move);
            for (size_t i = 0; i < move.n; i++)
                for (size_t a = 0; a < move.steps[i].argv.n; a++) {
                    const char *arg = move.steps[i].argv.v[a], *slash = strrchr(arg, '/');
                    if (strcmp(slash != NULL ? slash + 1 : arg, words[w]) == 0)
                        fail_msg("%s: %s", request, arg);
                }
            op_move_free(&move);
        }
        static const char *const keywords[] = { "all", "every", "everything" };
        bool keyword = false;
        for (size_t k = 0; k < OP_LEN(keywords); k++)
            keyword = keyword || strcmp(words[w], keywords[k]) == 0;
        if (keyword)
            continue;
        char marked[160];
        put(marked, sizeof(marked), "delete the pod called %s", words[w]);
        OP_AUTO_FREE char *text = shape(marked, words[w]);
        if (strstr(text, "NAME") == NULL)
            fail_msg("%s: %s", marked, text);
    }
}

static void any_bytes(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    assert_true(op_file_read(OPSH_SOURCE_DIR "/tests/golden/plan/everyday.txt", 1 << 20, &text, &err));
    uint32_t seed = 12345;
    for (size_t at = 0; at + 80 < text.len; at += 37) {
        char request[81];
        memcpy(request, text.data + at, 80);
        request[80] = '\0';
        for (int k = 0; k < 4; k++) {
            seed = seed * 1664525U + 1013904223U;
            request[(seed >> 8) % 80] = (char)(1 + (seed >> 24) % 255);
        }
        struct op_move move = { 0 };
        plan(request, &move);
        op_move_free(&move);
    }
}

static void a_megabyte_is_refused_politely(void **state)
{
    (void)state;
    OP_AUTO_FREE char *much = op_calloc((1 << 20) + 1, 1);
    for (size_t i = 0; i < 1 << 20; i++)
        much[i] = "delete all pods and "[i % 20];
    struct op_move move = { 0 };
    plan(much, &move);
    assert_int_equal(move.kind, OP_MOVE_UNSUPPORTED);
    assert_int_equal(move.n, 0);
    assert_non_null(strstr(move.text, "too long"));
    op_move_free(&move);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renaming_changes_nothing),
        cmocka_unit_test(quoting_changes_nothing),
        cmocka_unit_test(case_and_politeness_change_nothing),
        cmocka_unit_test(slips_change_nothing),
        cmocka_unit_test(ordinary_words_are_no_objects),
        cmocka_unit_test(questions_change_nothing),
        cmocka_unit_test(any_bytes),
        cmocka_unit_test(a_megabyte_is_refused_politely),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
