/* What a person sees of a turn, and what answers a question: on memory streams, so byte for byte. */
#include "opsh/shell/ui_text.h"

#include "opsh/base/str.h"
#include "shell/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

struct seen {
    struct op_ui_text t;
    struct op_ui ui;
    char *out, *err;
    size_t out_n, err_n;
};

static const char *answer; /* what the person types; NULL: end of input */
static enum op_code why_none;

static bool fake_read_line(char *line, size_t size, struct op_err *err)
{
    if (answer == NULL)
        return op_fail(err, why_none, 0, "none");
    (void)snprintf(line, size, "%s", answer);
    return true;
}

/* A question of y or n, or of the word that must be typed. */
static enum op_answer asked(struct seen *s, const struct op_step *step, const struct op_verdict *v, const char *word,
                            char *reason, size_t size)
{
    const struct op_question q = { .step = step,
                                   .verdict = v,
                                   .decision = word != NULL ? OP_DECIDE_ASK_NAME : OP_DECIDE_ASK,
                                   .word = word };
    return s->ui.ask(s->ui.self, &q, reason, size);
}

static void open_seen(struct seen *s)
{
    const struct op_tty tty = { 0 };
    op_ui_text_init(&s->t, &tty, true);
    s->t.utf8 = true;
    s->t.settle = false;
    s->t.read_line = fake_read_line;
    s->t.out = open_memstream(&s->out, &s->out_n);
    s->t.err = open_memstream(&s->err, &s->err_n);
    s->ui = op_ui_text_vtable(&s->t);
}

static void close_seen(struct seen *s, const char *out, const char *err)
{
    (void)fclose(s->t.out);
    (void)fclose(s->t.err);
    op_ui_text_free(&s->t);
    if (out != NULL)
        assert_string_equal(s->out, out);
    if (err != NULL)
        assert_string_equal(s->err, err);
    free(s->out);
    free(s->err);
}

static void what_is_yes(void **state)
{
    (void)state;
    static const struct {
        const char *line, *word;
        enum op_answer answer;
        const char *reason;
    } rows[] = {
        { "y", NULL, OP_ANSWER_YES, "" },
        { " Yes \r", NULL, OP_ANSWER_YES, "" },
        { "", NULL, OP_ANSWER_NO, "" },
        { "n", NULL, OP_ANSWER_NO, "" },
        { "no", NULL, OP_ANSWER_NO, "" },
        { "n because it is Friday", NULL, OP_ANSWER_NO, "because it is Friday" },
        { "no, use staging", NULL, OP_ANSWER_NO, "use staging" },
        { "yy", NULL, OP_ANSWER_NO, "yy" },
        { "yes please", NULL, OP_ANSWER_NO, "yes please" },
        { "not now", NULL, OP_ANSWER_NO, "not now" },
        { "prod", "prod", OP_ANSWER_YES, "" },
        { " prod ", "prod", OP_ANSWER_YES, "" },
        { "y", "prod", OP_ANSWER_NO, "" },
        { "PROD", "prod", OP_ANSWER_NO, "" },
        { "prod2", "prod", OP_ANSWER_NO, "" },
        { "", "prod", OP_ANSWER_NO, "" },
        { "n, that is the wrong one", "prod", OP_ANSWER_NO, "that is the wrong one" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        char reason[64] = "before";
        assert_int_equal(op_ask_judge(rows[i].line, rows[i].word, reason, sizeof(reason)), rows[i].answer);
        assert_string_equal(reason, rows[i].reason);
    }
}

static void questions(void **state)
{
    (void)state;
    struct seen s = { 0 };
    char reason[64];
    struct op_step step = { 0 };
    struct op_verdict v = { .risk = OP_RISK_DESTROY, .name = "prod", .kind = "namespace" };
    open_seen(&s);
    s.t.explained = true;
    answer = "y";
    assert_int_equal(asked(&s, &step, &v, NULL, reason, sizeof(reason)), OP_ANSWER_YES);
    assert_int_equal(asked(&s, &step, &v, "prod", reason, sizeof(reason)), OP_ANSWER_NO);
    answer = "prod";
    assert_int_equal(asked(&s, &step, &v, "prod", reason, sizeof(reason)), OP_ANSWER_YES);
    answer = NULL;
    why_none = OP_REFUSED;
    assert_int_equal(asked(&s, &step, &v, NULL, reason, sizeof(reason)), OP_ANSWER_NO);
    why_none = OP_INTERRUPTED;
    assert_int_equal(asked(&s, &step, &v, NULL, reason, sizeof(reason)), OP_ANSWER_INTERRUPT);
    close_seen(&s, "", "Run this? [y/N] Type the name \"prod\" to confirm: Type the name \"prod\" to confirm: "
                       "Run this? [y/N] \nRun this? [y/N] \n");
}

static void what_else_may_be_said(void **state)
{
    (void)state;
    const struct op_question all = { .edit = true, .diff = true, .explain = true, .always = true };
    const struct op_question none = { .word = NULL };
    const struct op_question named = { .word = "d", .diff = true };
    static const struct {
        const char *line;
        enum op_answer answer;
    } rows[] = {
        { "e", OP_ANSWER_EDIT },     { " Edit ", OP_ANSWER_EDIT }, { "d", OP_ANSWER_DIFF }, { "x", OP_ANSWER_EXPLAIN },
        { "a", OP_ANSWER_ALWAYS },   { "ALWAYS", OP_ANSWER_ALWAYS }, { "", OP_ANSWER_NO },  { "y", OP_ANSWER_NO },
        { "edit it", OP_ANSWER_NO }, { "dd", OP_ANSWER_NO },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        assert_int_equal(op_ask_other(rows[i].line, &all), rows[i].answer);
        assert_int_equal(op_ask_other(rows[i].line, &none), OP_ANSWER_NO);
    }
    assert_int_equal(op_ask_other("d", &named), OP_ANSWER_NO); /* an object that is called so */
}

static const struct op_strv *found_out(void *ctx)
{
    return ctx;
}

static void what_is_found_out_comes_above_the_question_again(void **state)
{
    (void)state;
    struct seen s = { 0 };
    char reason[64];
    struct op_step step = { 0 };
    struct op_verdict v = { .risk = OP_RISK_CHANGE };
    OP_AUTO_STRV lines = OP_STRV_INIT;
    static const char *const found[] = { "@spec", "-  replicas: 2", "+  replicas: \x1b[2J3",
                                         "=replicas 2 \xe2\x86\x92 3", "!an HPA\x1b]0;x\x07" };
    for (size_t i = 0; i < OP_LEN(found); i++)
        op_strv_push(&lines, found[i]);
    const struct op_question q = { .step = &step, .verdict = &v, .decision = OP_DECIDE_ASK, .edit = true, .diff = true,
                                   .meanwhile = found_out, .ctx = &lines };
    open_seen(&s);
    s.t.explained = true;
    answer = "y\x1b";
    assert_int_equal(s.ui.ask(s.ui.self, &q, reason, sizeof(reason)), OP_ANSWER_NO); /* three times nobody typed that */
    close_seen(&s, "",
               "(e edit, d diff) Run this? [y/N] \n"
               "  @ spec\n  -   replicas: 2\n  +   replicas: \\x1b[2J3\n  replicas 2 \xe2\x86\x92 3\n  ! an HPA\n"
               "(e edit, d diff) Run this? [y/N] that was pasted; it does not count: type the answer\n"
               "(e edit, d diff) Run this? [y/N] that was pasted; it does not count: type the answer\n"
               "(e edit, d diff) Run this? [y/N] that was pasted; it does not count: type the answer\n\n");
}

static void a_suggestion_can_be_pasted(void **state)
{
    (void)state;
    struct seen s = { 0 };
    struct op_step step = { .input = op_strdup("a: 1\nEOF\n") };
    static const char *const words[] = { "kubectl", "apply", "-f", "-", "-l", "a b" };
    for (size_t i = 0; i < OP_LEN(words); i++)
        op_strv_push(&step.argv, words[i]);
    const struct op_observation obs = { .step = &step, .outcome = OP_SUGGESTED, .exit_code = -1, .output = "" };
    open_seen(&s);
    s.ui.result(s.ui.self, &obs, 0);
    close_seen(&s, "kubectl apply -f - -l 'a b' <<'EOF_'\na: 1\nEOF\nEOF_\n", "\xc2\xb7 suggested, not run\n");
    op_step_free(&step);
}

/* 24 rows: what is longer waits for the person, and says what they did not look at. */
static void long_manifests_wait_for_the_reader(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *last;
        bool paged;
        unsigned questions;
    } rows[] = { { "", "line 60", true, 2 }, { "q", "(39 of 60 lines were not shown)", true, 1 }, { "", "line 60", false, 0 } };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct seen s = { 0 };
        OP_AUTO_STRV lines = OP_STRV_INIT;
        for (int k = 1; k <= 60; k++)
            op_strv_pushf(&lines, "|line %d", k);
        open_seen(&s);
        s.t.live = true;
        s.t.paged = rows[i].paged;
        answer = rows[i].answer;
        s.ui.page(s.ui.self, &lines);
        (void)fflush(s.t.err);
        unsigned questions = 0;
        for (const char *at = s.err; (at = strstr(at, "Enter: more")) != NULL; at++)
            questions++;
        assert_int_equal(questions, rows[i].questions);
        assert_non_null(strstr(s.err, rows[i].last));
        assert_non_null(strstr(s.err, "line 21\n"));
        close_seen(&s, "", NULL);
    }
}

static void a_change_in_full(void **state)
{
    (void)state;
    struct seen s = { 0 };
    struct op_step step = { .input = op_strdup("kind: X\n  a: \xe2\x80\xae""b\n"), .why = op_strdup("apply\nit") };
    op_strv_push(&step.argv, "kubectl");
    op_strv_push(&step.argv, "apply");
    op_strv_push(&step.argv, "a b");
    struct op_verdict v = { .risk = OP_RISK_CHANGE, .why = "applies a manifest" };
    struct op_target target = { .context = "sandbox", .ns = "shop" };
    open_seen(&s);
    s.ui.step(s.ui.self, &step, &v, &target, 1, 2);
    close_seen(&s, "",
               "apply it\n[1/2] $ kubectl apply 'a b'\n  \xe2\x94\x82 kind: X\n  \xe2\x94\x82   a: \\u{202e}b\n"
               "  change \xc2\xb7 context sandbox \xc2\xb7 namespace shop \xc2\xb7 applies a manifest\n");
    op_step_free(&step);
}

static void a_read_in_short(void **state)
{
    (void)state;
    struct seen s = { 0 };
    struct op_step step = { 0 };
    op_strv_push(&step.argv, "kubectl");
    op_strv_push(&step.argv, "get");
    struct op_verdict v = { .risk = OP_RISK_READ };
    struct op_observation obs = { .step = &step, .outcome = OP_RAN, .output = "" };
    open_seen(&s);
    s.ui.step(s.ui.self, &step, &v, NULL, 1, 1);
    s.ui.output(s.ui.self, OP_STDOUT, "a\x1b[3", 4);
    s.ui.output(s.ui.self, OP_STDOUT, "1mb", 3);
    s.ui.output(s.ui.self, OP_STDERR, "warning\n", 8);
    s.ui.result(s.ui.self, &obs, 100);
    s.ui.say(s.ui.self, "all\x07 well\n\n");
    close_seen(&s, "ab\nall well\n", "$ kubectl get\nwarning\n");
    op_step_free(&step);
}

static void a_read_that_is_asked_about_is_explained(void **state)
{
    (void)state;
    struct seen s = { 0 };
    char reason[64];
    struct op_step step = { .input = op_strdup("in\n") };
    op_strv_push(&step.argv, "kubectl");
    struct op_verdict v = { .risk = OP_RISK_READ, .why = "shows secrets" };
    struct op_target target = { .context = "sandbox", .ns = "shop" };
    open_seen(&s);
    s.ui.step(s.ui.self, &step, &v, &target, 1, 1);
    answer = "";
    assert_int_equal(asked(&s, &step, &v, NULL, reason, sizeof(reason)), OP_ANSWER_NO);
    close_seen(&s, "", "$ kubectl\n  \xe2\x94\x82 in\n  read \xc2\xb7 context sandbox \xc2\xb7 namespace shop \xc2\xb7 "
                       "shows secrets\nRun this? [y/N] ");
    op_step_free(&step);
}

static void a_target_that_is_no_cluster_is_not_named(void **state)
{
    (void)state;
    struct seen s = { 0 };
    struct op_step step = { 0 };
    op_strv_push(&step.argv, "docker");
    struct op_verdict v = { .risk = OP_RISK_CHANGE, .why = "builds" };
    struct op_target target = { .context = "sandbox", .ns = "shop" };
    open_seen(&s);
    s.ui.step(s.ui.self, &step, &v, &target, 1, 1);
    close_seen(&s, "", "$ docker\n  change \xc2\xb7 builds\n");
    op_step_free(&step);
}

static void results(void **state)
{
    (void)state;
    struct op_step step = { 0 };
    struct op_verdict v = { .risk = OP_RISK_CHANGE };
    static const struct {
        struct op_observation obs;
        const char *out, *err;
    } rows[] = {
        { { .outcome = OP_RAN }, "", "\xe2\x9c\x93 done (1.2 s)\n" },
        { { .outcome = OP_RAN, .proof = "3 of 3 pods Ready (4 s)" }, "\xe2\x9c\x93 3 of 3 pods Ready (4 s)\n", "" },
        { { .outcome = OP_RAN, .proof = "not true yet. In the way:\nweb-1", .unproved = true },
          "\xe2\x9c\x97 not true yet. In the way:\n  web-1\n",
          "" },
        { { .outcome = OP_RAN, .exit_code = 3 }, "", "\xe2\x9c\x97 failed with exit status 3 (1.2 s)\n" },
        { { .outcome = OP_RAN, .exit_code = -1 }, "", "\xe2\x9c\x97 was ended by a signal (1.2 s)\n" },
        { { .outcome = OP_DECLINED, .reason = "Friday" }, "", "\xc2\xb7 not run: you said no\n" },
        { { .outcome = OP_BLOCKED, .reason = "read-only" }, "", "\xe2\x9c\x97 refused: read-only\n" },
        { { .outcome = OP_NOT_STARTED, .reason = "no kubectl" },
          "",
          "\xe2\x9c\x97 could not be started: no kubectl\n" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct seen s = { 0 };
        open_seen(&s);
        s.ui.step(s.ui.self, &step, &v, NULL, 1, 1);
        (void)fflush(s.t.err);
        size_t shown = s.err_n;
        struct op_observation obs = rows[i].obs;
        obs.step = &step;
        s.ui.result(s.ui.self, &obs, 1234);
        (void)fflush(s.t.err);
        (void)fflush(s.t.out);
        assert_string_equal(s.err + shown, rows[i].err);
        close_seen(&s, rows[i].out, NULL);
    }
}

static void a_followed_log_is_ended_not_failed(void **state)
{
    (void)state;
    struct seen s = { 0 };
    struct op_step step = { 0 };
    struct op_verdict v = { .risk = OP_RISK_READ, .interactive = true };
    struct op_observation obs = { .step = &step, .outcome = OP_RAN, .exit_code = 130 };
    open_seen(&s);
    s.ui.step(s.ui.self, &step, &v, NULL, 1, 1);
    s.ui.result(s.ui.self, &obs, 1234);
    close_seen(&s, "", "$ \n\xc2\xb7 ended with exit status 130 (1.2 s)\n");
}

static void a_number_chooses(void **state)
{
    (void)state;
    struct seen s = { 0 };
    OP_AUTO_STRV choices = OP_STRV_INIT;
    op_strv_push(&choices, "deployment/web");
    op_strv_push(&choices, "statefulset/web");
    open_seen(&s);
    static const char *const rows[][2] = {
        { "2", "statefulset/web" }, { "3", "3" }, { "0", "0" }, { "scale web", "scale web" }, { "1", "deployment/web" }
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        s.ui.question(s.ui.self, "Which?", &choices);
        OP_AUTO_FREE char *said = op_ui_text_choice(&s.t, rows[i][0]);
        assert_string_equal(said, rows[i][1]);
    }
    assert_false(op_ui_text_dismissed(&s.t, "no")); /* nothing is asked: "no" is a request like any other */
    s.ui.question(s.ui.self, "Which?", &choices);
    assert_false(op_ui_text_dismissed(&s.t, "nova"));
    assert_true(op_ui_text_dismissed(&s.t, "No"));
    OP_AUTO_FREE char *later = op_ui_text_choice(&s.t, "1"); /* no question is open any more */
    assert_string_equal(later, "1");
    close_seen(&s, NULL, "");
}

static void progress_leaves_no_trace(void **state)
{
    (void)state;
    struct seen s = { 0 };
    open_seen(&s);
    s.ui.progress(s.ui.self, "not live: nothing");
    s.t.live = s.t.one_screen = true;
    s.ui.progress(s.ui.self, "1 of 3\x1b[2J Ready");
    (void)fflush(s.t.err);
    assert_non_null(strstr(s.err, "1 of 3\\x1b[2J Ready"));
    assert_null(strstr(s.err, "nothing"));
    size_t shown = s.err_n;
    s.ui.output(s.ui.self, OP_STDOUT, "x\n", 2); /* takes the line's place */
    (void)fflush(s.t.err);
    assert_string_equal(s.err + shown, "\r\x1b[K");
    s.ui.progress(s.ui.self, NULL); /* nothing is left to clear */
    close_seen(&s, "x\n", NULL);
}

static void words_of_a_model_as_they_come(void **state)
{
    (void)state;
    struct seen s = { 0 };
    struct op_step step = { 0 };
    op_strv_push(&step.argv, "x");
    struct op_verdict v = { .risk = OP_RISK_READ };
    open_seen(&s);
    s.t.one_screen = true;
    struct op_model_sink sink = op_ui_text_sink(&s.t);
    sink.text(sink.self, "Let me \x1b", 8);
    sink.text(sink.self, "[2Jlook", 7);
    (void)fflush(s.t.out);
    assert_string_equal(s.out, "Let me look");
    s.ui.step(s.ui.self, &step, &v, NULL, 1, 1); /* begins on a line of its own */
    (void)fflush(s.t.err);
    assert_string_equal(s.err, "\n$ x\n");
    close_seen(&s, "Let me look", NULL);
    op_step_free(&step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_yes),
        cmocka_unit_test(questions),
        cmocka_unit_test(a_change_in_full),
        cmocka_unit_test(what_else_may_be_said),
        cmocka_unit_test(what_is_found_out_comes_above_the_question_again),
        cmocka_unit_test(a_suggestion_can_be_pasted),
        cmocka_unit_test(long_manifests_wait_for_the_reader),
        cmocka_unit_test(a_read_in_short),
        cmocka_unit_test(a_read_that_is_asked_about_is_explained),
        cmocka_unit_test(a_target_that_is_no_cluster_is_not_named),
        cmocka_unit_test(results),
        cmocka_unit_test(a_number_chooses),
        cmocka_unit_test(a_followed_log_is_ended_not_failed),
        cmocka_unit_test(progress_leaves_no_trace),
        cmocka_unit_test(words_of_a_model_as_they_come),
    };
    return cmocka_run_group_tests_name("shell/ui", tests, NULL, NULL);
}
