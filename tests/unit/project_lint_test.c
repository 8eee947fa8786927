/* The linter against its golden table: every rule has a case in which it speaks, at the line and level that hadolint's
 * and BuildKit's own documentation give, and one in which it is silent. Then its three outputs. */
#include "opsh/base/diff.h"
#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/path.h"
#include "project/lint_i.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

struct expectation {
    bool bad, around;
    char *rule, *level;
    size_t line;
    struct op_strv ignored;
    const char *file; /* borrowed, for complaints */
    size_t at;
};

static const char *const levels[] = { "info", "warning", "error" };
static struct op_strv spoken, silent; /* rules that have such a case */

static void check(const struct expectation *x, const char *text, struct op_buf *bad)
{
    struct op_lint_report r;
    struct op_lint_context context = { .ignored = x->ignored.n != 0 ? &x->ignored : NULL };
    op_lint(text, strlen(text), x->around ? &context : NULL, &r);
    bool said = false;
    size_t elsewhere = 0;
    for (size_t i = 0; i < r.n; i++) {
        if (strcmp(r.v[i].rule, x->rule) != 0)
            continue;
        elsewhere = r.v[i].line;
        said = said || (r.v[i].line == x->line && (!x->bad || strcmp(levels[r.v[i].level], x->level) == 0)) || !x->bad;
        if (op_str_empty(r.v[i].message) || op_str_empty(r.v[i].advice))
            op_buf_addf(bad, "%s:%zu: %s has no words\n", x->file, x->at, x->rule);
    }
    if (said != x->bad)
        op_buf_addf(bad, "%s:%zu: %s %s (seen at line %zu)\n", x->file, x->at, x->rule,
                    x->bad ? "is silent or elsewhere" : "speaks", elsewhere);
    op_strv_push(x->bad ? &spoken : &silent, x->rule);
    op_lint_report_free(&r);
}

/* "bad RULE LEVEL LINE [ignore=…]" or "good RULE [ignore=…]" */
static void expect(const char *header, struct expectation *x)
{
    OP_AUTO_STRV w = OP_STRV_INIT;
    const char *ignore = strstr(header, " ignore=");
    OP_AUTO_FREE char *head = op_strndup(header, ignore != NULL ? (size_t)(ignore - header) : strlen(header));
    op_df_words(head, '\\', &w);
    *x = (struct expectation){
        .bad = w.n == 4 && strcmp(w.v[0], "bad") == 0, .around = ignore != NULL, .file = x->file, .at = x->at
    };
    int64_t line = 0;
    if (w.n != (x->bad ? 4 : 2) || (!x->bad && strcmp(w.v[0], "good") != 0) ||
        (x->bad && !op_str_int(w.v[3], 1, 100, &line)) || op_lint_rule_named(w.v[1]) == NULL)
        fail_msg("%s:%zu: not a case: %s", x->file, x->at, header);
    x->rule = op_strdup(w.v[1]);
    x->level = x->bad ? op_strdup(w.v[2]) : NULL;
    x->line = (size_t)line;
    OP_AUTO_FREE char *list = op_strdup(ignore != NULL ? ignore + strlen(" ignore=") : "-");
    for (char *s = list, *comma; strcmp(list, "-") != 0 && s != NULL; s = comma) {
        comma = strchr(s, ',');
        if (comma != NULL)
            *comma++ = '\0';
        op_strv_push(&x->ignored, s);
    }
}

static void read_text(const char *path, struct op_buf *out)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_file_read(path, (size_t)1 << 20, out, &err))
        fail_msg("%s", err.msg);
}

static void run_file(const char *path, const char *name, struct op_buf *bad)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_AUTO_BUF body = OP_BUF_INIT;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    read_text(path, &text);
    op_diff_split(op_buf_str(&text), &lines);
    op_strv_push(&lines, "== end");
    struct expectation x = { .file = name };
    for (size_t i = 0; i < lines.n; i++) {
        if (!op_str_starts(lines.v[i], "== ")) {
            op_buf_addf(&body, "%s\n", lines.v[i]);
            continue;
        }
        if (x.rule != NULL)
            check(&x, op_buf_str(&body), bad);
        free(x.rule);
        free(x.level);
        op_strv_free(&x.ignored);
        op_buf_trunc(&body, 0);
        x = (struct expectation){ .file = name, .at = i + 1 };
        if (i + 1 != lines.n)
            expect(lines.v[i] + 3, &x);
    }
}

static void golden(void **state)
{
    (void)state;
    OP_AUTO_BUF bad = OP_BUF_INIT;
    const char *folder = OPSH_SOURCE_DIR "/tests/golden/lint";
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, e->d_name);
        if (op_str_ends(path, ".txt"))
            run_file(path, e->d_name, &bad);
    }
    (void)closedir(dir);
    const struct op_lint_rule *rule = NULL;
    for (size_t i = 0; (rule = op_lint_rule(i)) != NULL; i++) {
        if (!op_strv_has(&spoken, rule->name))
            op_buf_addf(&bad, "%s has no bad case\n", rule->name);
        if (!op_strv_has(&silent, rule->name))
            op_buf_addf(&bad, "%s has no good case\n", rule->name);
    }
    op_strv_free(&spoken);
    op_strv_free(&silent);
    if (bad.len != 0)
        fail_msg("%s", op_buf_str(&bad));
}

/* The sheet's list, so that no rule gets lost. */
static void every_named_rule_is_there(void **state)
{
    (void)state;
    static const char *const names[] = {
        "DL3000",
        "DL3002",
        "DL3004",
        "DL3006",
        "DL3007",
        "DL3008",
        "DL3013",
        "DL3016",
        "DL3018",
        "DL3009",
        "DL3014",
        "DL3015",
        "DL3019",
        "DL3020",
        "DL3022",
        "DL3023",
        "DL3024",
        "DL3025",
        "DL3027",
        "DL3042",
        "DL3045",
        "DL3046",
        "DL3057",
        "DL3059",
        "DL3060",
        "DL4000",
        "DL4001",
        "DL4003",
        "DL4004",
        "DL4006",
        "StageNameCasing",
        "FromAsCasing",
        "NoEmptyContinuation",
        "ConsistentInstructionCasing",
        "DuplicateStageName",
        "ReservedStageName",
        "JSONArgsRecommended",
        "MaintainerDeprecated",
        "UndefinedArgInFrom",
        "WorkdirRelativePath",
        "UndefinedVar",
        "MultipleInstructionsDisallowed",
        "LegacyKeyValueFormat",
        "RedundantTargetPlatform",
        "SecretsUsedInArgOrEnv",
        "InvalidDefaultArgInFrom",
        "FromPlatformFlagConstDisallowed",
        "CopyIgnoredFile",
        "InvalidDefinitionDescription",
        "ExposeProtoCasing",
        "ExposeInvalidFormat",
    };
    for (size_t i = 0; i < OP_LEN(names); i++)
        if (op_lint_rule_named(names[i]) == NULL)
            fail_msg("%s is missing", names[i]);
}

static const char foul[] = "FROM debian\nMAINTAINER a\x1b[31m\xff\nCMD evil\x07\nENV A_TOKEN=hunter2\n";

static void text_is_for_people_and_editors(void **state)
{
    (void)state;
    struct op_lint_report r;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_lint(foul, sizeof(foul) - 1, NULL, &r);
    op_lint_text(&r, "Docker\x1b[1mfile", &out);
    const char *text = op_buf_str(&out);
    assert_non_null(strstr(text, "Dockerfile:1: warning DL3006 \"debian\" has no tag"));
    assert_non_null(strstr(text, "Dockerfile:2: error DL4000, MaintainerDeprecated MAINTAINER"));
    assert_null(strstr(text, "warning MaintainerDeprecated")); /* said once */
    assert_non_null(strstr(text, "\n    CMD [\"evil\"]\n"));
    assert_null(strstr(text, "hunter2"));
    assert_null(strpbrk(text, "\x1b\x07"));
    assert_true(op_utf8_valid(text, strlen(text)));
    op_lint_report_free(&r);
    op_buf_trunc(&out, 0);
    static const char fine[] = "FROM scratch\nCOPY a /a\n";
    op_lint(fine, sizeof(fine) - 1, NULL, &r);
    op_lint_text(&r, "x", &out);
    assert_string_equal(op_buf_str(&out), "x: nothing to complain about\n");
    op_lint_report_free(&r);
}

static void json_and_sarif_have_their_shapes(void **state)
{
    (void)state;
    struct op_lint_report r;
    op_lint(foul, sizeof(foul) - 1, NULL, &r);
    OP_AUTO_JSON *json = op_lint_json(&r, "Dockerfile");
    assert_int_equal(op_json_size(op_json_get(json, "findings")), r.n);
    OP_AUTO_JSON *sarif = op_lint_sarif(&r, "my app/Dockerfile", "1.0");
    assert_string_equal(op_json_str(sarif, "version"), "2.1.0");
    const struct op_json *run = op_json_first(op_json_get(sarif, "runs"));
    assert_string_equal(op_json_str(run, "tool.driver.name"), "opsh");
    const struct op_json *results = op_json_get(run, "results");
    assert_int_equal(op_json_size(results), r.n);
    OP_JSON_EACH(result, results) {
        const struct op_json *place = op_json_first(op_json_get(result, "locations"));
        assert_string_equal(op_json_str(place, "physicalLocation.artifactLocation.uri"), "my%20app/Dockerfile");
        assert_true(op_json_int_or(place, "physicalLocation.region.startLine", 0) > 0);
        bool described = false;
        OP_JSON_EACH(rule, op_json_at(run, "tool.driver.rules"))
            described = described || op_str_eq(op_json_str(rule, "id"), op_json_str(result, "ruleId"));
        assert_true(described);
    }
    bool url = false;
    OP_JSON_EACH(rule, op_json_at(run, "tool.driver.rules"))
        url = url || op_str_eq(op_json_str(rule, "helpUri"),
                               "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/");
    assert_true(url);
    op_lint_report_free(&r);
}

static void in_brief_only_what_is_wrong_is_said(void **state)
{
    (void)state;
    struct op_lint_report r;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    op_lint(foul, sizeof(foul) - 1, NULL, &r);
    op_lint_brief(&r, 2, false, &lines);
    assert_int_equal(lines.n, 3);
    assert_true(op_str_starts(lines.v[0], "line 1: DL3006 \"debian\" has no tag"));
    assert_true(op_str_starts(lines.v[2], "and ") && op_str_ends(lines.v[2], " more: opsh lint"));
    for (size_t i = 0; i < lines.n; i++)
        assert_null(strstr(lines.v[i], "DL3057")); /* a hint */
    op_lint_report_free(&r);
    static const char *const yes[] = { "Dockerfile", "a/Dockerfile.dev", "api.Dockerfile", "x.dockerfile", "Containerfile" };
    static const char *const no[] = { "Dockerfile.dockerignore", "Dockerfiles", ".dockerignore", "notes.txt", "Dockerfile/x" };
    for (size_t i = 0; i < OP_LEN(yes); i++)
        assert_true(op_lint_is_dockerfile(yes[i]) && !op_lint_is_dockerfile(no[i]));
}

/* What is too long is said to be so, and does not take long. */
static void limits_hold(void **state)
{
    (void)state;
    OP_AUTO_BUF text = OP_BUF_INIT;
    while (text.len < OP_LINT_MAX)
        op_buf_adds(&text, "FROM a AS b\n");
    struct op_lint_report r;
    op_lint(text.data, text.len, NULL, &r);
    bool said = false;
    for (size_t i = 0; i < r.n; i++)
        said = said || (strcmp(r.v[i].rule, "DL1000") == 0 && r.v[i].line == DF_LINES_MAX + 1);
    assert_true(said);
    op_lint_report_free(&r);
}

/* Patterns and paths that are made to keep a matcher busy. */
static void hostile_patterns_are_given_up(void **state)
{
    (void)state;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    for (size_t i = 0; i < 900; i++)
        op_strv_pushf(&lines, "**/*a*/**/*b*/**/c%zu", i);
    op_buf_adds(&text, "FROM scratch\nCOPY ");
    for (size_t i = 0; i < 3000; i++)
        op_buf_addf(&text, "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/b%zu ", i);
    op_buf_adds(&text, "/\n");
    struct op_lint_report r;
    op_lint(text.data, text.len, &(struct op_lint_context){ .ignored = &lines }, &r); /* in time, or the test's own limit ends it */
    for (size_t i = 0; i < r.n; i++)
        assert_string_not_equal(r.v[i].rule, "CopyIgnoredFile");
    op_lint_report_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(every_named_rule_is_there),
        cmocka_unit_test(text_is_for_people_and_editors),
        cmocka_unit_test(json_and_sarif_have_their_shapes),
        cmocka_unit_test(in_brief_only_what_is_wrong_is_said),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(hostile_patterns_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
