/* The stages of the rules planner, each by itself: text, tokens, senses, clauses, moods, slots. */
#include "opsh/base/str.h"
#include "plan/rules/planner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct op_catalog cat;
static struct lexicon lex;

static int set_up(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    return op_catalog_load(NULL, &cat, &err) && lexicon_build(&lex, &cat, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    lexicon_free(&lex);
    op_catalog_free(&cat);
    return 0;
}

static void text_becomes_plain(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "\xe2\x80\x9cweb\xe2\x80\x9d", "\"web\"" }, /* curly quotes */
        { "it\xe2\x80\x99s", "it's" },                /* apostrophe */
        { "a\xc2\xa0"
          "b\xe2\x80\x89"
          "c",
          "a b c" },                                 /* spaces of all widths */
        { "kube\xe2\x80\x91system", "kube-system" }, /* no-break hyphen */
        { "x\xe2\x80\x8by\xe2\x80\xaez", "xyz" },    /* zero width, right-to-left mark */
        { "\xef\xbc\xa1\xef\xbc\x91", "A1" },        /* full width */
        { "a\x01\x1b[31mb", "a  [31mb" },            /* control characters */
        { "bad \xff\xfe bytes", "bad    bytes" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        OP_AUTO_FREE char *got = text_plain(rows[i][0], strlen(rows[i][0]));
        assert_string_equal(got, rows[i][1]);
    }
    char folded[64];
    text_fold(folded, "\xc3\x84nd\xc3\xa9re \xc4\xb0\xc4\xb1 \xc5\x9f");
    assert_string_equal(folded, "andere ii s");
}

static void check_tokens(const char *text, const char *const *want)
{
    struct tokens t;
    assert_true(tokens_read(&t, &lex, text));
    for (size_t i = 0; i < t.n; i++) {
        assert_non_null(want[i]);
        assert_string_equal(t.v[i].text, want[i]);
    }
    assert_null(want[t.n]);
    tokens_free(&t);
}

static void tokens_protect_names(void **state)
{
    (void)state;
    check_tokens("Scale 'get-data' to 3, please.", (const char *[]){ "Scale", "get-data", "to", "3", "please", NULL });
    check_tokens("delete deployment/web", (const char *[]){ "delete", "deployment", "web", NULL });
    check_tokens("install bitnami/nginx", (const char *[]){ "install", "bitnami/nginx", NULL });
    check_tokens("lint charts/web", (const char *[]){ "lint", "charts/web", NULL });
    check_tokens("I can't see what's up", (const char *[]){ "I", "can", "not", "see", "what", "is", "up", NULL });
    check_tokens("the backend's logs", (const char *[]){ "the", "backend", "logs", NULL });
    check_tokens("set K=\"a b\" now", (const char *[]){ "set", "K=a b", "now", NULL });
    check_tokens("build .", (const char *[]){ "build", ".", NULL });
    check_tokens("apply ./k8s/", (const char *[]){ "apply", "./k8s/", NULL });
    struct tokens t;
    assert_true(tokens_read(&t, &lex, "restart \"delete all pods\" web-1 and delete"));
    assert_true((t.v[1].flags & TOKEN_QUOTED) != 0);
    assert_int_equal(t.v[1].n_senses, 0); /* what stands in quotes is no keyword */
    assert_true((t.v[2].flags & TOKEN_NAMELIKE) != 0);
    tokens_free(&t);
}

static void lists_and_questions_are_seen(void **state)
{
    (void)state;
    struct tokens t;
    assert_true(tokens_read(&t, &lex, "Do this:\n1. get pods\n   - all of them\nwhy?"));
    assert_true((t.v[1].flags & TOKEN_COLON) != 0);
    assert_true((t.v[2].flags & TOKEN_BULLET) != 0 && (t.v[2].flags & TOKEN_DEEP) == 0);
    assert_true((t.v[4].flags & TOKEN_DEEP) != 0);
    assert_true((t.v[t.n - 1].flags & TOKEN_ASKED) != 0);
    tokens_free(&t);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    struct tokens t;
    OP_AUTO_FREE char *much = op_calloc(1 << 20, 1);
    memset(much, 'a', (1 << 20) - 1);
    assert_false(tokens_read(&t, &lex, much));
    assert_non_null(t.too_much);
    tokens_free(&t);
    OP_AUTO_BUF words = OP_BUF_INIT;
    for (int i = 0; i < 3000; i++)
        op_buf_adds(&words, "a ");
    assert_false(tokens_read(&t, &lex, op_buf_str(&words)));
    tokens_free(&t);
}

/* Every form must be as text_fold leaves it: else it could never match. */
static void forms_are_folded(void **state)
{
    (void)state;
    assert_true(lex.n > 2000);
    for (size_t i = 0; i < lex.n; i++) {
        char folded[256];
        assert_true(strlen(lex.words[i].form) < sizeof(folded) / 2);
        text_fold(folded, lex.words[i].form);
        if (strcmp(folded, lex.words[i].form) != 0)
            fail_msg("the form \"%s\" is not folded", lex.words[i].form);
    }
}

static void endings_and_slips(void **state)
{
    (void)state;
    assert_string_equal(lexicon_inflected(&lex, "restarted")->value, "restart");
    assert_string_equal(lexicon_inflected(&lex, "scaling")->value, "scale");
    assert_string_equal(lexicon_inflected(&lex, "stopped")->value, "stop");
    assert_null(lexicon_inflected(&lex, "bring"));
    assert_string_equal(lexicon_nearest(&lex, "sclae", WORD_VERB)->value, "scale");
    assert_string_equal(lexicon_nearest(&lex, "deploymnet", WORD_KIND)->value, "deployment");
    assert_null(lexicon_nearest(&lex, "backend", WORD_VERB));
    assert_null(lexicon_nearest(&lex, "web", WORD_KIND));
}

static void check_clauses(const char *text, size_t want, const char *const *verbs)
{
    struct tokens t;
    struct clauses cs;
    assert_true(tokens_read(&t, &lex, text));
    clauses_split(&cs, &t, &lex);
    if (cs.n != want)
        fail_msg("%s: %zu clauses, not %zu", text, cs.n, want);
    for (size_t i = 0; i < cs.n && verbs != NULL; i++) {
        clause_mood(&cs.v[i]);
        assert_string_equal(cs.v[i].frame.verb, verbs[i]);
    }
    clauses_free(&cs);
    tokens_free(&t);
}

static void not_every_and_is_a_step(void **state)
{
    (void)state;
    check_clauses("get pods and services", 1, (const char *[]){ "get" });
    check_clauses("restart web and api", 1, (const char *[]){ "restart" });
    check_clauses("restart web and show the pods", 2, (const char *[]){ "restart", "get" });
    check_clauses("create namespace a, then deploy caddy", 2, (const char *[]){ "create", "deploy" });
    check_clauses("scale web to 3 and api to 2", 2, NULL);
    check_clauses("create a pod called x. It should use image y:1.", 1, (const char *[]){ "create" });
    check_clauses("My pods are down. What could be the cause?", 1, NULL);
    check_clauses("why is web down and delete it", 1, NULL); /* a question stays a question */
    check_clauses("Do:\n- get pods\n- get nodes", 3, NULL);
}

static void check_mood(const char *text, enum mood want)
{
    struct tokens t;
    struct clauses cs;
    assert_true(tokens_read(&t, &lex, text));
    clauses_split(&cs, &t, &lex);
    assert_true(cs.n > 0);
    clause_mood(&cs.v[0]);
    if (cs.v[0].frame.mood != want)
        fail_msg("%s: mood %d, not %d", text, (int)cs.v[0].frame.mood, (int)want);
    clauses_free(&cs);
    tokens_free(&t);
}

static void mood_comes_before_the_verb(void **state)
{
    (void)state;
    check_mood("delete the pod", MOOD_DO);
    check_mood("can you delete the pod?", MOOD_DO);
    check_mood("I want to delete the pod", MOOD_DO);
    check_mood("should I delete the pod?", MOOD_ADVICE);
    check_mood("how do I delete a pod", MOOD_ADVICE);
    check_mood("delete the pod?", MOOD_ADVICE);
    check_mood("deleting the pod", MOOD_ADVICE);
    check_mood("why was the pod deleted", MOOD_WHY);
    check_mood("check why the rollout failed", MOOD_WHY);
    check_mood("the upgrade failed", MOOD_WHY);
    check_mood("which pods were deleted", MOOD_ASK);
    check_mood("is autoscaling enabled", MOOD_ASK);
    check_mood("how many pods are there", MOOD_ASK);
    check_mood("don't delete the pod", MOOD_NOT);
    check_mood("never restart web", MOOD_NOT);
    check_mood("delete failed pods", MOOD_DO);
}

static void check_slot(const char *text, const char *slot, const char *want)
{
    struct tokens t;
    struct clauses cs;
    assert_true(tokens_read(&t, &lex, text));
    clauses_split(&cs, &t, &lex);
    struct clause *c = &cs.v[0];
    clause_correct(c);
    clause_mood(c);
    clause_topics(c);
    clause_places(c);
    clause_amounts(c);
    clause_objects(c);
    clause_rest(c);
    complete_derive(&c->frame);
    const char *got = frame_value(&c->frame, slot);
    if (!op_str_eq(got, want))
        fail_msg("%s: %s is %s, not %s", text, slot, got != NULL ? got : "(none)", want != NULL ? want : "(none)");
    clauses_free(&cs);
    tokens_free(&t);
}

static void namespaces_in_many_ways(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "get pods in shop",
        "get pods in the shop namespace",
        "get pods in namespace shop",
        "get pods -n shop",
        "get pods --namespace=shop",
        "get pods from the shop namespace",
        "get pods within shop",
        "get pods namespace=shop",
        "get pods of namespace shop",
        "get pods in the namespace called shop",
        "get the shop namespace pods",
        "get pods for the shop namespace",
        "in the shop namespace, get pods",
        "get pods in 'shop'",
        "get pods in ns shop",
    };
    for (size_t i = 0; i < OP_LEN(ways); i++)
        check_slot(ways[i], "ns", "shop");
    check_slot("create namespace shop", "ns", NULL);
    check_slot("create namespace shop", "name", "shop");
    check_slot("delete the shop namespace", "name", "shop");
    check_slot("get pods in all namespaces", "allns", "true");
}

static void amounts(void **state)
{
    (void)state;
    check_slot("scale web to 3", "count", "3");
    check_slot("scale web to three replicas", "count", "3");
    check_slot("scale web from 2 to 5", "count", "5");
    check_slot("scale web by 2", "relative", "+2");
    check_slot("scale down web by 2", "relative", "-2");
    check_slot("increase web by 50%", "relative", "+50%");
    check_slot("double web", "relative", "x2");
    check_slot("add two more replicas to web", "relative", "+2");
    check_slot("show the last 50 lines of web logs", "tail", "50");
    check_slot("logs of web from the last 15 minutes", "since", "15m");
    check_slot("logs of web from the past day", "since", "24h");
    check_slot("expose web on port 80 with target port 8080", "target_port", "8080");
    check_slot("expose web on port 80 with target port 8080", "port", "80");
    check_slot("set the memory limit of web to 512 mb", "memory_limit", "512M");
    check_slot("set the cpu request of web to 250m", "cpu_request", "250m");
    check_slot("roll back web to revision 4", "revision", "4");
    check_slot("upgrade release web to version 1.2.3", "version", "1.2.3");
}

static void objects(void **state)
{
    (void)state;
    check_slot("scale the web deployment to 3", "name", "web");
    check_slot("scale deployment web to 3", "name", "web");
    check_slot("scale deployment/web to 3", "kind", "deployment");
    check_slot("scale the deployment called get-pods to 3", "name", "get-pods");
    check_slot("scale todo backend to 3", "name", "todo-backend");
    check_slot("create a service for deployment web", "of", "web");
    check_slot("create deployment web with image nginx:1", "image", "nginx:1");
    check_slot("create deployment web using nginx:1", "image_tag", "1");
    check_slot("logs of container side in pod web-1", "container", "side");
    check_slot("get pods with label app=web", "selector", "app=web");
    check_slot("apply -f a.yaml", "file", "a.yaml");
    check_slot("delete pod servce", "name", "servce"); /* names are never corrected */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_plain),
        cmocka_unit_test(tokens_protect_names),
        cmocka_unit_test(lists_and_questions_are_seen),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(forms_are_folded),
        cmocka_unit_test(endings_and_slips),
        cmocka_unit_test(not_every_and_is_a_step),
        cmocka_unit_test(mood_comes_before_the_verb),
        cmocka_unit_test(namespaces_in_many_ways),
        cmocka_unit_test(amounts),
        cmocka_unit_test(objects),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
