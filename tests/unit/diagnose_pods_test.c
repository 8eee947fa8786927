/* Every diagnosis has two fixtures: one that it must find, one that it must leave alone. The
 * broken ones were seen on a real node; what is tested follows from the table of rules itself,
 * so a new row without fixtures is red. */
#include "diagnose/rules.h"
#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "opsh/os/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct op_findings look(const char *code, const char *kind)
{
    OP_AUTO_FREE char *path = op_asprintf(OPSH_SOURCE_DIR "/tests/fixtures/diagnose/%s.%s.json", code, kind);
    OP_AUTO_BUF text = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    if (!op_file_read(path, (size_t)1 << 20, &text, &err))
        fail_msg("%s", err.msg);
    OP_AUTO_JSON *fixture = op_json_parse(op_buf_str(&text), text.len, OP_JSON_UNIQUE, &err);
    assert_non_null(fixture);
    struct op_findings fs = { 0 };
    op_diagnose_pods(op_json_get(fixture, "list"), op_clock_parse(op_json_str(fixture, "now")), &fs);
    assert_int_equal(fs.pods, 1);
    return fs;
}

static void every_rule_finds_its_fixture_and_leaves_the_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < op_pod_rules_n; i++) {
        const char *code = op_pod_rules[i].code;
        struct op_findings broken = look(code, "broken"), fine = look(code, "fine");
        if (broken.n != 1 || !op_str_eq(broken.items[0].code, code))
            fail_msg("%s: its broken pod is diagnosed as %s", code, broken.n != 0 ? broken.items[0].code : "fine");
        if (fine.n != 0)
            fail_msg("%s: its fine pod is diagnosed as %s", code, fine.items[0].code);
        assert_non_null(broken.items[0].reason);
        assert_non_null(broken.items[0].cause);
        op_findings_free(&broken);
        op_findings_free(&fine);
    }
}

static void a_crash_is_told_with_owner_reason_code_and_log(void **state)
{
    (void)state;
    struct op_findings fs = look("P02", "broken");
    struct op_finding *f = &fs.items[0];
    static const char log[] = "INFO starting\nFATAL: PAYMENTS_DB_URL \x1b[31mis not set\r\n\n";
    op_finding_set_log(f, log, sizeof(log) - 1);
    assert_string_equal(f->owner, "deployment/payments");
    assert_string_equal(f->reason, "CrashLoopBackOff");
    assert_int_equal(f->exit_code, 3);
    assert_string_equal(f->log_line, "FATAL: PAYMENTS_DB_URL is not set");
    static const char gone[] = "unable to retrieve container logs for containerd://8e136dc3\n";
    op_finding_set_log(f, gone, sizeof(gone) - 1);
    assert_null(f->log_line); /* kubelet's words are not the program's */
    OP_AUTO_BUF lost = OP_BUF_INIT;
    op_buf_addf(&lost, "failed to try resolving symlinks in path \"/var/log/pods/%s_%s_2db4c268/payments/1.log\": lstat: gone\n",
                f->ns, f->pod);
    op_finding_set_log(f, op_buf_str(&lost), lost.len);
    assert_null(f->log_line);
    static const char own[] = "failed to open log file \"/data/audit.log\"\n"; /* the program's own trouble */
    op_finding_set_log(f, own, sizeof(own) - 1);
    assert_non_null(f->log_line);
    op_finding_set_log(f, log, sizeof(log) - 1);
    OP_AUTO_STRV argv = OP_STRV_INIT;
    op_finding_logs_argv(f, &argv);
    assert_true(op_strv_has(&argv, "--previous"));
    OP_AUTO_BUF text = OP_BUF_INIT;
    op_finding_text(f, &text);
    assert_non_null(strstr(op_buf_str(&text), "CrashLoopBackOff, exit code 3"));
    assert_non_null(strstr(op_buf_str(&text), "last log line: FATAL"));
    op_findings_free(&fs);
}

static void out_of_memory_names_the_limit(void **state)
{
    (void)state;
    struct op_findings fs = look("P01", "broken");
    assert_int_equal(fs.items[0].exit_code, 137);
    assert_string_equal(fs.items[0].reason, "OOMKilled");
    assert_non_null(strstr(fs.items[0].cause, "limit of"));
    op_findings_free(&fs);
}

static void pods_of_one_owner_are_one_finding(void **state)
{
    (void)state;
    struct op_findings fs = look("P02", "broken");
    struct op_findings again = { 0 };
    OP_AUTO_BUF text = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_file_read(OPSH_SOURCE_DIR "/tests/fixtures/diagnose/P02.broken.json", (size_t)1 << 20, &text, &err));
    OP_AUTO_JSON *fixture = op_json_parse(op_buf_str(&text), text.len, OP_JSON_UNIQUE, &err);
    for (int i = 0; i < 3; i++)
        op_diagnose_pods(op_json_get(fixture, "list"), op_clock_now(), &again);
    assert_int_equal(again.n, 1);
    assert_int_equal(again.items[0].affected, 3);
    assert_int_equal(again.pods, 3);
    op_findings_free(&again);
    op_findings_free(&fs);
}

static void nonsense_is_no_finding(void **state)
{
    (void)state;
    static const char *const texts[] = { "{}", "[]", "null", "{\"items\":[null,3,{},{\"metadata\":{}}]}",
                                         "{\"items\":[{\"metadata\":{\"name\":\"x\"},\"status\":{\"containerStatuses\":[{},7]}}]}" };
    for (size_t i = 0; i < OP_LEN(texts); i++) {
        struct op_err err = OP_ERR_INIT;
        struct op_findings fs = { 0 };
        OP_AUTO_JSON *j = op_json_parse(texts[i], strlen(texts[i]), OP_JSON_LOOSE, &err);
        op_diagnose_pods(j, op_clock_now(), &fs);
        assert_int_equal(fs.n, 0);
        op_findings_free(&fs);
    }
}

static void an_item_of_a_raw_list_is_a_pod(void **state)
{
    (void)state;
    static const char pod[] = "{\"metadata\":{\"name\":\"web-1\",\"namespace\":\"shop\"},\"status\":{\"phase\":\"Running\"}}";
    static const char node[] = "{\"kind\":\"Node\",\"metadata\":{\"name\":\"one\"}}";
    struct op_err err = OP_ERR_INIT;
    struct op_findings fs = { 0 };
    OP_AUTO_JSON *item = op_json_parse(pod, sizeof(pod) - 1, OP_JSON_UNIQUE, &err);
    OP_AUTO_JSON *other = op_json_parse(node, sizeof(node) - 1, OP_JSON_UNIQUE, &err);
    op_diagnose_pods(item, op_clock_now(), &fs);
    assert_int_equal(fs.pods, 1);
    op_diagnose_pods(other, op_clock_now(), &fs);
    assert_int_equal(fs.pods, 1);
    op_findings_free(&fs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_finds_its_fixture_and_leaves_the_other),
        cmocka_unit_test(a_crash_is_told_with_owner_reason_code_and_log),
        cmocka_unit_test(out_of_memory_names_the_limit),
        cmocka_unit_test(pods_of_one_owner_are_one_finding),
        cmocka_unit_test(nonsense_is_no_finding),
        cmocka_unit_test(an_item_of_a_raw_list_is_a_pod),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
