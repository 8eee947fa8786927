/* A plan shown whole: one question for all that it changes, nothing run before, agreed byte for byte and for this turn
 * only; and a step that is an offer. The planner is a script of moves, the tools are recorders. */
#include "opsh/run/road.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/os/signals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

static struct op_catalog cat;
static char folder[] = "/tmp/opsh-proposal-XXXXXX";
static char recorded[128], journal[128], kubeconfig[128];

/* ---- a planner that says what it is told to ---- */

struct script {
    const char
        *moves[4]; /* kind, then a step a line: "P|docker tag a b\ndocker load <bytes" ('?' before it: optional) */
    size_t at;
    char heard[256]; /* what became of each move's steps: "ran ran | declined" */
};

static const char *const outcomes[] = {
    [OP_RAN] = "ran",        [OP_DECLINED] = "declined",   [OP_BLOCKED] = "blocked",     [OP_STOPPED] = "stopped",
    [OP_TIMED_OUT] = "late", [OP_SUGGESTED] = "suggested", [OP_NOT_STARTED] = "missing", [OP_NOT_REACHED] = "left"
};

static bool begin(void *self, const char *request, const struct op_scene *scene, struct op_err *err)
{
    struct script *s = self;
    (void)request;
    (void)scene;
    (void)err;
    s->at = 0;
    s->heard[0] = '\0';
    return true;
}

static void add_step(struct op_move *move, char *line)
{
    struct op_step *step = op_move_add_step(move);
    char *input = strstr(line, " <");
    step->origin = OP_FROM_RULES;
    step->optional = *line == '?';
    line += step->optional;
    if (input != NULL) {
        step->input = op_strdup(input + 2);
        *input = '\0';
    }
    for (char *save = NULL, *word = strtok_r(line, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save))
        op_strv_push(&step->argv, word);
}

static bool next(void *self, const struct op_observation *obs, size_t n, struct op_move *move, struct op_err *err)
{
    struct script *s = self;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(s->heard);
        (void)snprintf(s->heard + used, sizeof(s->heard) - used, "%s%s",
                       used == 0 ? ""
                       : i == 0  ? " | "
                                 : " ",
                       outcomes[obs[i].outcome]);
    }
    const char *said = s->at < OP_LEN(s->moves) ? s->moves[s->at] : NULL;
    *move = (struct op_move){ .kind = OP_MOVE_ANSWER };
    if (said == NULL)
        return true;
    s->at++;
    move->kind = *said == 'P' ? OP_MOVE_PROPOSAL : OP_MOVE_STEPS;
    OP_AUTO_FREE char *lines = op_strdup(said + 2);
    for (char *save = NULL, *line = strtok_r(lines, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        add_step(move, line);
    return true;
}

static void forget(void *self)
{
    (void)self;
}

/* ---- somebody in front who answers what the test says ---- */

struct person {
    const char *answers; /* 'y', 'n', '^', a letter a question; asked more often: 'n' */
    char asked[256]; /* "plan 2" of a whole proposal with two changes, else the verb; '!' behind it: a word is wanted */
    char shown[512]; /* of the last proposal: the outcome and risk of each command, '+' when it will be asked about
                        again */
    size_t questions;
};

static void ui_step(void *self, const struct op_step *step, const struct op_verdict *v, const struct op_target *target,
                    size_t n, size_t total)
{
    (void)self, (void)step, (void)v, (void)target, (void)n, (void)total;
}

static void ui_proposal(void *self, const struct op_proposal *p)
{
    struct person *who = self;
    who->shown[0] = '\0';
    for (size_t i = 0; i < p->n; i++) {
        size_t used = strlen(who->shown);
        (void)snprintf(who->shown + used, sizeof(who->shown) - used, "%s%s %s%s", used == 0 ? "" : ", ",
                       outcomes[p->items[i].outcome], op_risk_name(p->items[i].verdict->risk),
                       p->items[i].again ? "+" : "");
    }
}

static enum op_answer ui_ask(void *self, const struct op_question *q, char *reason, size_t size)
{
    struct person *who = self;
    size_t used = strlen(who->asked);
    if (q->step == NULL)
        (void)snprintf(who->asked + used, sizeof(who->asked) - used, "%splan %zu", used == 0 ? "" : ", ", q->changes);
    else
        (void)snprintf(who->asked + used, sizeof(who->asked) - used, "%s%s%s", used == 0 ? "" : ", ", q->verdict->verb,
                       q->word != NULL ? "!" : "");
    char answer = who->questions < strlen(who->answers) ? who->answers[who->questions] : 'n';
    who->questions++;
    (void)snprintf(reason, size, "%s", answer == 'n' ? "because" : "");
    return answer == 'y' ? OP_ANSWER_YES : answer == '^' ? OP_ANSWER_INTERRUPT : OP_ANSWER_NO;
}

static void ui_output(void *self, enum op_stream stream, const char *bytes, size_t n)
{
    (void)self, (void)stream, (void)bytes, (void)n;
}

static void ui_result(void *self, const struct op_observation *obs, int64_t ms)
{
    (void)self, (void)obs, (void)ms;
}

static void ui_line(void *self, const char *line)
{
    (void)self, (void)line;
}

/* ---- */

struct scene {
    struct op_policy policy;
    const char *protect, *answers;
    struct script script;
    /* after: */
    struct person person;
    enum op_code code;
};

static char *text_of(const char *path)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    (void)!op_file_read(path, 1 << 20, &text, &err);
    return op_strdup(op_buf_str(&text));
}

/* turns: how often the same request is made. What the tools were called with is owned by the caller. */
static char *play(struct scene *s, int turns)
{
    static const struct op_planner_class class = { .name = "script", .begin = begin, .next = next, .forget = forget };
    struct op_planner planner = { .ops = &class, .self = &s->script };
    OP_AUTO_STRV protect = OP_STRV_INIT;
    struct op_err err = OP_ERR_INIT;
    (void)unlink(recorded);
    (void)unlink(journal);
    if (s->protect != NULL)
        op_strv_push(&protect, s->protect);
    s->person = (struct person){ .answers = s->answers != NULL ? s->answers : "" };
    const struct op_road_options o = {
        .catalog = &cat,
        .ui = { .self = &s->person,
                .step = ui_step,
                .proposal = ui_proposal,
                .ask = ui_ask,
                .output = ui_output,
                .result = ui_result,
                .progress = ui_line,
                .say = ui_line,
                .note = ui_line },
        .policy = s->policy,
        .kubeconfig = kubeconfig,
        .tool_timeout_ms = 5000,
        .journal = journal,
        .protect = &protect,
    };
    struct op_road *road = op_road_new(&o, &err);
    assert_non_null(road);
    for (int i = 0; i < turns; i++)
        s->code = op_road_turn(road, &planner, "do it");
    op_road_free(road);
    return text_of(recorded);
}

#define T   .policy = { .terminal = true }
#define TWO "docker tag a b\ndocker load <bytes"

static void one_yes_covers_all_that_changes(void **state)
{
    (void)state;
    struct scene s = { T, .answers = "y", .script = { { "P|" TWO "\ndocker images", "S|" TWO } } };
    OP_AUTO_FREE char *ran = play(&s, 1);
    assert_string_equal(s.person.asked, "plan 2");
    assert_string_equal(s.person.shown, "ran change, ran change, ran read");
    assert_string_equal(s.script.heard, "ran ran ran | ran ran");
    assert_string_equal(ran, "docker tag a b\ndocker load\n"); /* the proposal itself ran nothing */
    assert_int_equal(s.code, OP_OK);
    OP_AUTO_FREE char *log = text_of(journal);
    assert_non_null(strstr(log, "\"by\":\"plan\""));
}

static void nothing_runs_after_a_no(void **state)
{
    (void)state;
    struct scene s = { T, .answers = "n", .script = { { "P|" TWO } } };
    OP_AUTO_FREE char *ran = play(&s, 1);
    assert_string_equal(s.script.heard, "declined declined");
    assert_string_equal(ran, "");
    assert_int_equal(s.code, OP_REFUSED);
    OP_AUTO_FREE char *log = text_of(journal);
    assert_non_null(strstr(log, "\"declined\""));
    struct scene stop = { T, .answers = "^", .script = { { "P|" TWO } } };
    OP_AUTO_FREE char *none = play(&stop, 1);
    assert_string_equal(stop.script.heard, "stopped stopped");
    assert_int_equal(stop.code, OP_INTERRUPTED);
}

static void other_bytes_are_asked_about(void **state)
{
    (void)state;
    struct scene s = { T, .answers = "yn", .script = { { "P|docker load <bytes", "S|docker load <other" } } };
    OP_AUTO_FREE char *ran = play(&s, 1);
    assert_string_equal(s.person.asked, "plan 1, load");
    assert_string_equal(ran, "");
    struct scene argv = { T, .answers = "yn", .script = { { "P|docker tag a b", "S|docker tag a c" } } };
    OP_AUTO_FREE char *none = play(&argv, 1);
    assert_string_equal(argv.person.asked, "plan 1, tag");
}

static void the_next_turn_asks_again(void **state)
{
    (void)state;
    struct scene s = { T, .answers = "yn", .script = { { "P|docker tag a b" } } };
    OP_AUTO_FREE char *ran = play(&s, 2); /* declined in the second turn: what runs then must ask */
    assert_string_equal(s.person.asked, "plan 1, plan 1");
    assert_int_equal(s.code, OP_REFUSED);
    struct scene two = { T, .answers = "y", .script = { { "P|docker tag a b" } } };
    OP_AUTO_FREE char *none = play(&two, 1);
    assert_string_equal(none, "");
}

static void what_is_not_a_plain_change_asks_by_itself(void **state)
{
    (void)state;
    struct scene s = { T, .answers = "yyn",
                       .script = {
                           { "P|docker tag a b\ndocker volume rm data", "S|docker tag a b\ndocker volume rm data" } } };
    OP_AUTO_FREE char *ran = play(&s, 1);
    assert_string_equal(s.person.shown, "ran change, ran destroy+");
    assert_string_equal(s.person.asked, "plan 2, volume rm!");
    assert_string_equal(ran, "docker tag a b\ndocker volume rm data\n");
    struct scene as = { T, .answers = "yn",
                        .script = {
                            { "P|kubectl --as=bob annotate pod x a=b", "S|kubectl --as=bob annotate pod x a=b" } } };
    OP_AUTO_FREE char *none = play(&as, 1);
    assert_string_equal(as.person.asked, "plan 1, annotate");
    struct scene safe = { T, .protect = "shop", .answers = "yn",
                          .script = { { "P|kubectl annotate pod x a=b", "S|kubectl annotate pod x a=b" } } };
    OP_AUTO_FREE char *nor = play(&safe, 1);
    assert_string_equal(safe.person.asked, "plan 1, annotate!");
    struct scene all = { .policy = { .terminal = true, .confirm_all = true },
                         .answers = "yn",
                         .script = { { "P|docker tag a b", "S|docker tag a b" } } };
    OP_AUTO_FREE char *each = play(&all, 1);
    assert_string_equal(all.person.asked, "plan 1, tag");
}

static void policies(void **state)
{
    (void)state;
    static const struct {
        struct op_policy policy;
        const char *heard;
        enum op_code code;
        const char *plan;
    } rows[] = {
        { { .terminal = true, .read_only = true }, "blocked blocked", OP_REFUSED, "P|docker tag a b\ndocker images" },
        { { .read_only = true }, "ran", OP_OK, "P|docker images" },
        { { .terminal = false }, "blocked blocked", OP_REFUSED, "P|docker tag a b\ndocker images" },
        { { .yes = true }, "ran ran", OP_OK, "P|docker tag a b\ndocker images" },
        { { .yes = true }, "blocked blocked", OP_REFUSED, "P|docker tag a b\ndocker volume rm data" },
        { { .yes = true, .yes_destroy = true }, "ran ran", OP_OK, "P|docker tag a b\ndocker volume rm data" },
        { { .terminal = true, .suggest = true }, "suggested suggested", OP_OK, "P|docker tag a b\ndocker images" },
        { { .terminal = true }, "ran", OP_OK, "P|docker images" },
        /* an offer that may not be made is left out, the rest stands */
        { { .yes = true }, "ran blocked", OP_OK, "P|docker tag a b\n?docker volume rm data" },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct scene s = { .policy = rows[i].policy, .script = { .moves = { rows[i].plan } } };
        OP_AUTO_FREE char *ran = play(&s, 1);
        if (!op_str_eq(s.script.heard, rows[i].heard) || s.code != rows[i].code || s.person.questions != 0 ||
            *ran != '\0')
            fail_msg("row %zu: %s, code %d, %zu questions, ran %s", i, s.script.heard, (int)s.code, s.person.questions,
                     ran);
    }
}

static void an_offer_may_be_declined(void **state)
{
    (void)state;
    struct scene s = { T, .answers = "nn", .script = { { "S|?docker tag a b\ndocker images" } } };
    OP_AUTO_FREE char *ran = play(&s, 1);
    assert_string_equal(s.script.heard, "declined ran");
    assert_int_equal(s.code, OP_OK);
    assert_string_equal(ran, "docker images\n");
    struct scene refused = { .script = { { "S|?docker tag a b\ndocker images" } } };
    OP_AUTO_FREE char *also = play(&refused, 1);
    assert_string_equal(refused.script.heard, "blocked ran");
    assert_int_equal(refused.code, OP_OK);
    struct scene stopped = { T, .answers = "^", .script = { { "S|?docker tag a b\ndocker images" } } };
    OP_AUTO_FREE char *none = play(&stopped, 1);
    assert_string_equal(stopped.script.heard, "stopped left");
    assert_int_equal(stopped.code, OP_INTERRUPTED);
    struct scene fails = { T, .answers = "y", .script = { { "S|?docker tag fail b\ndocker images" } } };
    OP_AUTO_FREE char *one = play(&fails, 1);
    assert_string_equal(fails.script.heard, "ran left"); /* it ran, and went wrong */
    assert_int_equal(fails.code, OP_TOOL);
}

static void a_plan_is_planned_as_one(void **state)
{
    (void)state;
    static const struct op_planner_class class = { .name = "script", .begin = begin, .next = next, .forget = forget };
    struct script script = { .moves = { "P|docker tag a b\n?docker push b" } };
    struct op_planner planner = { .ops = &class, .self = &script };
    struct person person = { .answers = "" };
    struct op_err err = OP_ERR_INIT;
    const struct op_road_options o = { .catalog = &cat,
                                       .kubeconfig = kubeconfig,
                                       .ui = { .self = &person, .note = ui_line } };
    struct op_road *road = op_road_new(&o, &err);
    OP_AUTO_JSON *j = op_road_plan(road, &planner, "do it", &err);
    assert_string_equal(op_json_str(j, "kind"), "plan");
    assert_int_equal(op_json_size(op_json_get(j, "steps")), 2);
    const struct op_json *first = op_json_first(op_json_get(j, "steps"));
    assert_false(op_json_is_true(first, "optional"));
    assert_true(op_json_is_true(op_json_next(first), "optional"));
    op_road_free(road);
}

static void put_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs(text, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int open_all(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    char path[128];
    static const char config[] =
        "apiVersion: v1\nkind: Config\ncurrent-context: shop\n"
        "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n"
        "contexts: [{name: shop, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {}}]\n";
    assert_non_null(mkdtemp(folder));
    (void)snprintf(recorded, sizeof(recorded), "%s/recorded", folder);
    (void)snprintf(journal, sizeof(journal), "%s/journal", folder);
    (void)snprintf(kubeconfig, sizeof(kubeconfig), "%s/kubeconfig", folder);
    put_file(kubeconfig, config, 0600);
    OP_AUTO_FREE char *script =
        op_asprintf("#!/bin/sh\necho \"${0##*/} $*\" >>%s\ncase \"$*\" in *fail*) exit 3;; esac\n", recorded);
    static const char *const programs[] = { "docker", "kubectl" };
    for (size_t i = 0; i < OP_LEN(programs); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, programs[i]);
        put_file(path, script, 0700);
    }
    OP_AUTO_FREE char *search = op_asprintf("%s:/usr/bin:/bin", folder);
    assert_int_equal(setenv("PATH", search, 1), 0);
    return op_catalog_load(NULL, &cat, &err) && op_signals_init(&err) ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    op_catalog_free(&cat);
    static const char *const names[] = { "recorded", "journal", "kubeconfig", "docker", "kubectl" };
    char path[128];
    for (size_t i = 0; i < OP_LEN(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_yes_covers_all_that_changes),
        cmocka_unit_test(nothing_runs_after_a_no),
        cmocka_unit_test(other_bytes_are_asked_about),
        cmocka_unit_test(the_next_turn_asks_again),
        cmocka_unit_test(what_is_not_a_plain_change_asks_by_itself),
        cmocka_unit_test(policies),
        cmocka_unit_test(an_offer_may_be_declined),
        cmocka_unit_test(a_plan_is_planned_as_one),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
