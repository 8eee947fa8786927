/* The journal: whole lines whatever happens to those who write them, no secret in clear, changes read back. */
#include "opsh/run/journal.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/run/history.h"
#include "opsh/run/mask.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <cmocka.h>

static char folder[] = "/tmp/opsh-journal-XXXXXX";
static char path[128];

static int fresh(void **state)
{
    (void)state;
    (void)unlink(path);
    return 0;
}

static bool put(struct op_journal *j, const char *event, const char *word, struct op_json *extra)
{
    struct op_step step = { .origin = OP_FROM_USER };
    struct op_verdict v = { .risk = OP_RISK_CHANGE };
    struct op_err err = OP_ERR_INIT;
    op_strv_push(&step.argv, "kubectl");
    op_strv_push(&step.argv, word);
    bool ok = op_journal_write(j, event, &step, &v, "here", "default", extra, &err);
    op_strv_free(&step.argv);
    return ok;
}

static struct op_json *all(void)
{
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = op_journal_read(path, &err);
    assert_non_null(j);
    return j;
}

static void append_raw(const char *text)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    assert_true(fd >= 0 && op_fd_write_all(fd, text, strlen(text)));
    (void)close(fd);
}

static void records_come_back_and_the_file_is_private(void **state)
{
    (void)state;
    struct op_journal j = OP_JOURNAL_INIT;
    struct op_err err = OP_ERR_INIT;
    struct stat st;
    append_raw("");
    assert_int_equal(chmod(path, 0644), 0);
    assert_true(op_journal_open(&j, path, &err));
    op_journal_step(&j);
    char first[sizeof(j.change)];
    memcpy(first, j.change, sizeof(first));
    assert_int_equal(strlen(first), 8);
    assert_true(put(&j, "asked", "one", NULL) && put(&j, "run", "one", NULL));
    op_journal_step(&j);
    assert_string_not_equal(first, j.change);
    assert_true(put(&j, "run", "two", NULL));
    op_journal_close(&j);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    OP_AUTO_JSON *records = all();
    assert_int_equal(op_json_size(records), 3);
    assert_string_equal(op_json_str(op_json_first(records), "change"), first);
    assert_string_equal(op_json_str(op_json_first(records), "event"), "asked");
}

static void a_torn_line_is_skipped_and_closed(void **state)
{
    (void)state;
    struct op_journal j = OP_JOURNAL_INIT;
    struct op_err err = OP_ERR_INIT;
    append_raw("{\"change\":\"aaa\",\"event\":\"run\"}\n{\"change\":\"bbb\",\"eve");
    OP_AUTO_JSON *torn = all();
    assert_int_equal(op_json_size(torn), 1);
    assert_true(op_journal_open(&j, path, &err));
    op_journal_step(&j);
    assert_true(put(&j, "run", "x", NULL));
    op_journal_close(&j);
    OP_AUTO_JSON *records = all();
    assert_int_equal(op_json_size(records), 2);
}

static void a_link_is_not_written_through(void **state)
{
    (void)state;
    struct op_journal j = OP_JOURNAL_INIT;
    struct op_err err = OP_ERR_INIT;
    assert_int_equal(symlink("/dev/full", path), 0);
    assert_false(op_journal_open(&j, path, &err));
    assert_int_equal(err.code, OP_IO);
    op_journal_close(&j);
}

/* Writes records as fast as it can, and says after each that it is written. */
static void writer(int acknowledge, unsigned who)
{
    struct op_journal j = OP_JOURNAL_INIT;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *filler = op_calloc(1, 6000);
    memset(filler, 'x', 5999); /* larger than what a pipe or a page would write whole by chance */
    if (!op_journal_open(&j, path, &err))
        _exit(1);
    for (int64_t n = 0;; n++) {
        struct op_json *extra = op_json_object();
        op_json_set_int(extra, "who", who);
        op_json_set_int(extra, "n", n);
        op_json_set_str(extra, "filler", filler);
        op_journal_step(&j);
        if (!put(&j, n % 2 == 0 ? "run" : "result", "x", extra) || write(acknowledge, &n, sizeof(n)) != (ssize_t)sizeof(n))
            _exit(1);
    }
}

static void wait_us(long us)
{
    const struct timespec pause = { .tv_sec = 0, .tv_nsec = us * 1000 };
    (void)nanosleep(&pause, NULL);
}

/* Two writers at once, both killed -9 at a random moment, again and again over the same file: every line is whole
 * (but the last, perhaps), and every record that was acknowledged is there. */
static void killed_at_any_moment(void **state)
{
    (void)state;
    enum { ROUNDS = 200 };
    unsigned seed = 4711;
    int64_t acknowledged[ROUNDS][2];
    for (unsigned round = 0; round < ROUNDS; round++) {
        int pipes[2][2];
        pid_t pids[2];
        for (unsigned w = 0; w < 2; w++) {
            assert_int_equal(pipe(pipes[w]), 0);
            pids[w] = fork();
            assert_true(pids[w] >= 0);
            if (pids[w] == 0)
                writer(pipes[w][1], round * 2 + w);
            (void)close(pipes[w][1]);
        }
        seed = seed * 1103515245u + 12345u;
        wait_us(200 + (long)(seed >> 16) % 8000);
        for (unsigned w = 0; w < 2; w++) {
            int64_t n;
            assert_int_equal(kill(pids[w], SIGKILL), 0);
            assert_int_equal(waitpid(pids[w], NULL, 0), pids[w]);
            acknowledged[round][w] = -1;
            while (read(pipes[w][0], &n, sizeof(n)) == (ssize_t)sizeof(n))
                acknowledged[round][w] = n;
            (void)close(pipes[w][0]);
        }
    }
    OP_AUTO_JSON *records = all();
    int64_t next[ROUNDS * 2] = { 0 };
    size_t total = 0;
    OP_JSON_EACH(r, records)
    {
        int64_t who = op_json_int_or(r, "who", -1);
        assert_in_range(who, 0, ROUNDS * 2 - 1);
        assert_int_equal(op_json_int_or(r, "n", -1), next[who]); /* in order, none missing, none twice */
        next[who]++;
        total++;
    }
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned w = 0; w < 2; w++)
            assert_true(next[round * 2 + w] > acknowledged[round][w]);
    assert_true(total > ROUNDS);
}

static void kept_beside_it(void **state)
{
    (void)state;
    struct op_journal j = OP_JOURNAL_INIT;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_journal_open(&j, path, &err));
    op_journal_step(&j);
    assert_true(op_journal_keep(&j, "[1]", &err));
    OP_AUTO_FREE char *back = op_journal_kept(path, j.change, &err);
    assert_string_equal(back, "[1]");
    OP_AUTO_FREE char *file = op_asprintf("%s/undo/%s.json", folder, j.change);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(file, 0644), 0);
    assert_null(op_journal_kept(path, j.change, &err));
    (void)unlink(file);
    op_journal_close(&j);
}

static void not_kept_for_ever(void **state)
{
    (void)state;
    struct op_journal j = OP_JOURNAL_INIT;
    struct op_err err = OP_ERR_INIT;
    const time_t day = 24L * 60 * 60, now = time(NULL);
    static const struct {
        const char *name;
        int days;
        bool stays;
    } files[] = { { "aaaaaaaa.json", 29, true }, { "bbbbbbbb.json", 31, false }, { "notes.txt", 400, true } };
    assert_true(op_journal_open(&j, path, &err));
    for (size_t i = 0; i < OP_LEN(files); i++) {
        OP_AUTO_FREE char *file = op_asprintf("%s/undo/%s", folder, files[i].name);
        assert_true(op_file_write_private(file, "[]", 2, &err));
        const struct timespec old[2] = { { .tv_sec = now - files[i].days * day }, { .tv_sec = now - files[i].days * day } };
        assert_int_equal(utimensat(AT_FDCWD, file, old, 0), 0);
    }
    op_journal_step(&j);
    assert_true(op_journal_keep(&j, "[1]", &err));
    for (size_t i = 0; i < OP_LEN(files); i++) {
        OP_AUTO_FREE char *file = op_asprintf("%s/undo/%s", folder, files[i].name);
        assert_int_equal(access(file, F_OK) == 0, files[i].stays);
        (void)unlink(file);
    }
    OP_AUTO_FREE char *mine = op_asprintf("%s/undo/%s.json", folder, j.change);
    assert_int_equal(unlink(mine), 0);
    op_journal_close(&j);
}

static void secrets_are_masked(void **state)
{
    (void)state;
    static const struct {
        const char *const argv[8];
        const char *const masked[8];
    } rows[] = {
        { { "kubectl", "create", "secret", "--from-literal=user=bob", "--from-literal", "pw=x=y", "-n", "a" },
          { "kubectl", "create", "secret", "--from-literal=user=***", "--from-literal", "pw=***", "-n", "a" } },
        { { "kubectl", "--token=abc", "--token", "def", "get", "--docker-password=pw", "x" },
          { "kubectl", "--token=***", "--token", "***", "get", "--docker-password=***", "x" } },
        { { "docker", "login", "-u", "bob", "-p", "pw", "-phello" }, { "docker", "login", "-u", "bob", "-p", "***", "-p***" } },
        { { "docker", "run", "-p", "80:80", "--env=DB_PASSWORD=pw" }, { "docker", "run", "-p", "80:80", "--env=DB_PASSWORD=***" } },
        { { "kubectl", "patch", "secret", "x", "-p", "{\"data\":{}}" }, { "kubectl", "patch", "secret", "x", "-p", "***" } },
        { { "kubectl", "patch", "secret/x", "--patch={}" }, { "kubectl", "patch", "secret/x", "--patch=***" } },
        { { "kubectl", "patch", "deploy", "x", "-p", "{}" }, { "kubectl", "patch", "deploy", "x", "-p", "{}" } },
        { { "helm", "install", "a", "--set", "colour=red,auth.password=pw,size=3" },
          { "helm", "install", "a", "--set", "colour=red,auth.password=***,size=3" } },
        { { "helm", "repo", "add", "a", "https://bob:pw@host/x" }, { "helm", "repo", "add", "a", "https://bob:***@host/x" } },
        { { "kubectl", "set", "env", "deploy/x", "API_KEY=pw", "MODE=a=b" }, { "kubectl", "set", "env", "deploy/x", "API_KEY=***", "MODE=a=b" } },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        OP_AUTO_STRV masked = OP_STRV_INIT;
        for (size_t k = 0; k < 8 && rows[i].argv[k] != NULL; k++)
            op_strv_push(&argv, rows[i].argv[k]);
        op_mask_argv(&argv, &masked);
        assert_int_equal(masked.n, argv.n);
        for (size_t k = 0; k < masked.n; k++)
            assert_string_equal(masked.v[k], rows[i].masked[k]);
    }
}

static void manifests_with_secrets_are_known(void **state)
{
    (void)state;
    static const char *const secret[] = { "kind: Secret\ndata: {}", "kind:   \"Secret\"", "{\"kind\":\"Secret\"}", "{ \"kind\" : \"Secret\" }",
                                          "a: |\n  {\\\"kind\\\":\\\"Secret\\\"}", "password: x", "-----BEGIN PRIVATE KEY-----",
                                          "stringData: {a: b}" };
    for (size_t i = 0; i < OP_LEN(secret); i++)
        assert_true(op_mask_is_secret(secret[i]));
    assert_false(op_mask_is_secret("kind: Deployment\nspec: {replicas: 2}"));
    struct op_journal j = OP_JOURNAL_INIT;
    struct op_err err = OP_ERR_INIT;
    struct op_step step = { .origin = OP_FROM_USER, .input = op_strdup("kind: Secret\nstringData: {a: opensesame}\n") };
    struct op_verdict v = { .risk = OP_RISK_CHANGE };
    op_strv_push(&step.argv, "kubectl");
    assert_true(op_journal_open(&j, path, &err));
    assert_true(op_journal_write(&j, "asked", &step, &v, NULL, NULL, NULL, &err));
    op_journal_close(&j);
    op_step_free(&step);
    OP_AUTO_BUF text = OP_BUF_INIT;
    assert_true(op_file_read(path, 1 << 20, &text, &err));
    assert_null(strstr(op_buf_str(&text), "opensesame"));
    assert_non_null(strstr(op_buf_str(&text), "\"stdin_bytes\":41"));
}

/* run and result of a change, or of one that takes another back. */
static void change(const char *id, const char *undoes, int part, int parts, const char *result)
{
    OP_AUTO_FREE char *of = undoes != NULL ? op_asprintf(",\"undoes\":\"%s\",\"part\":%d,\"parts\":%d", undoes, part, parts) : op_strdup("");
    OP_AUTO_FREE char *run = op_asprintf("{\"change\":\"%s\",\"event\":\"run\",\"argv\":[\"kubectl\",\"x\"],"
                                         "\"inverse\":{\"steps\":[{\"argv\":[\"kubectl\",\"y\"]}]}%s}\n", id, of);
    append_raw(run);
    if (result == NULL)
        return;
    OP_AUTO_FREE char *line = op_asprintf("{\"change\":\"%s\",\"event\":\"result\",%s}\n", id, result);
    append_raw(line);
}

static const char good[] = "\"outcome\":\"ran\",\"exit_code\":0,\"ok\":true", bad[] = "\"outcome\":\"ran\",\"exit_code\":1,\"ok\":false";

static void changes_know_what_stands(void **state)
{
    (void)state;
    struct op_changes c;
    struct op_err err = OP_ERR_INIT;
    change("aaaaaaaa", NULL, 0, 0, good);
    change("bbbbbbbb", NULL, 0, 0, good);
    change("cccccccc", "bbbbbbbb", 1, 2, good); /* half of bbb */
    change("bbcccccc", NULL, 0, 0, NULL);       /* killed */
    assert_true(op_changes_read(path, &c, &err));
    assert_int_equal(c.n, 4);
    assert_null(op_changes_find(&c, "bbbbbbbb")->undone_by);
    assert_null(op_changes_find(&c, "bb")); /* too short, and two begin so */
    assert_string_equal(op_changes_find(&c, "bbc")->id, "bbcccccc");
    assert_string_equal(op_changes_last(&c)->id, "bbcccccc");
    OP_AUTO_FREE char *unknown = op_change_outcome(op_changes_last(&c));
    assert_string_equal(unknown, "unknown");
    op_changes_free(&c);
    change("dddddddd", "bbbbbbbb", 2, 2, good);
    change("eeeeeeee", "bbcccccc", 1, 1, good);
    change("ffffffff", "aaaaaaaa", 1, 1, bad); /* an undo that failed undoes nothing */
    assert_true(op_changes_read(path, &c, &err));
    assert_string_equal(op_changes_find(&c, "bbbbbbbb")->undone_by, "dddddddd");
    assert_string_equal(op_changes_last(&c)->id, "aaaaaaaa");
    op_changes_free(&c);
    change("gggggggg", "eeeeeeee", 1, 1, good); /* redo */
    assert_true(op_changes_read(path, &c, &err));
    assert_null(op_changes_find(&c, "bbcccccc")->undone_by);
    assert_string_equal(op_changes_last(&c)->id, "bbcccccc");
    op_changes_free(&c);
}

static void a_change_that_changed_nothing_is_not_the_last(void **state)
{
    (void)state;
    struct op_changes c;
    struct op_err err = OP_ERR_INIT;
    change("aaaaaaaa", NULL, 0, 0, good);
    change("bbbbbbbb", NULL, 0, 0, "\"outcome\":\"ran\",\"exit_code\":0,\"ok\":true,\"unchanged\":true");
    assert_true(op_changes_read(path, &c, &err));
    assert_string_equal(op_changes_last(&c)->id, "aaaaaaaa");
    op_changes_free(&c);
    (void)unlink(path);
    assert_true(op_changes_read(path, &c, &err));
    assert_int_equal(c.n, 0);
    assert_null(op_changes_last(&c));
    op_changes_free(&c);
}

int main(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(path, sizeof(path), "%s/journal.jsonl", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(records_come_back_and_the_file_is_private, fresh),
        cmocka_unit_test_setup(a_torn_line_is_skipped_and_closed, fresh),
        cmocka_unit_test_setup(a_link_is_not_written_through, fresh),
        cmocka_unit_test_setup(killed_at_any_moment, fresh),
        cmocka_unit_test_setup(kept_beside_it, fresh),
        cmocka_unit_test_setup(not_kept_for_ever, fresh),
        cmocka_unit_test_setup(secrets_are_masked, fresh),
        cmocka_unit_test_setup(manifests_with_secrets_are_known, fresh),
        cmocka_unit_test_setup(changes_know_what_stands, fresh),
        cmocka_unit_test_setup(a_change_that_changed_nothing_is_not_the_last, fresh),
    };
    int failed = cmocka_run_group_tests_name("run/journal", tests, NULL, NULL);
    OP_AUTO_FREE char *undo = op_asprintf("%s/undo", folder);
    (void)unlink(path);
    (void)rmdir(undo);
    (void)rmdir(folder);
    return failed;
}
