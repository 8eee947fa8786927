/* History: what is kept, how it lies in the file, and that the file stays small and private. */
#include "opsh/shell/history.h"

#include "opsh/os/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

static char folder[] = "/tmp/opsh-history-XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    (void)unlink(path);
    return 0;
}

static void secrets_are_not_kept(void **state)
{
    (void)state;
    static const char *const secret[] = {
        " show pods",
        "!kubectl create secret generic db --from-literal=pw=x",
        "create a secret db with password=hunter2",
        "create a secret db with password hunter2",
        "the password is s3cret",
        "use sk-abcdefghij1234567890",
        "set API_KEY: abcdef on web",
        "!curl -H 'Authorization: Bearer abcdefgh12345678'",
        "connect to postgres://user:pass@db/todo",
        "token=abc",
        "use AKIAABCDEFGHIJKLMNOP",
        "!docker login --password x",
        "first line\npassword: x",
    };
    static const char *const plain[] = {
        "show pods", "show secrets in shop", "why is the password reset pod failing", "scale web to 3",
        "delete secret db-password", "!kubectl get secret db -o yaml", "rotate the token every day",
        "create a service account token reader", "set image web=nginx:1.25", "show logs of task-queue-worker-7f9c",
        "open http://localhost:8080/path",
    };
    for (size_t i = 0; i < OP_LEN(secret); i++)
        if (op_history_wanted(secret[i]))
            fail_msg("kept: %s", secret[i]);
    for (size_t i = 0; i < OP_LEN(plain); i++)
        if (!op_history_wanted(plain[i]))
            fail_msg("not kept: %s", plain[i]);
}

static void add(struct op_history *h, const char *line)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_history_add(h, line, &err))
        fail_msg("%s", err.msg);
}

static void lines_come_back_whole(void **state)
{
    (void)state;
    struct op_history h;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_history_open(&h, path, 100, &err));
    add(&h, "one");
    add(&h, "one"); /* the same again is kept once */
    add(&h, "two\n#123 lines\n\nend");
    op_history_close(&h);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);

    assert_true(op_history_open(&h, path, 100, &err));
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_history_list(10, &out);
    assert_string_equal(op_buf_str(&out), "    1  one\n    2  two\n #123 lines\n\nend\n");
    op_history_close(&h);
}

static void the_file_does_not_grow_for_ever(void **state)
{
    (void)state;
    struct op_history h;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_history_open(&h, path, 10, &err));
    for (int i = 0; i < 40; i++) {
        OP_AUTO_FREE char *line = op_asprintf("line %d", i);
        add(&h, line);
    }
    op_history_close(&h);
    for (int again = 0; again < 2; again++) { /* the first reads 40 and shortens; the second reads what it left */
        assert_true(op_history_open(&h, path, 10, &err));
        OP_AUTO_BUF out = OP_BUF_INIT;
        op_history_list(100, &out);
        assert_non_null(strstr(op_buf_str(&out), "line 39\n"));
        assert_non_null(strstr(op_buf_str(&out), "line 30\n"));
        assert_null(strstr(op_buf_str(&out), "line 29\n"));
        op_history_close(&h);
    }
    OP_AUTO_BUF text = OP_BUF_INIT;
    assert_true(op_file_read(path, 1 << 20, &text, &err));
    assert_null(strstr(op_buf_str(&text), "line 29\n"));
    assert_non_null(strstr(op_buf_str(&text), "line 39\n"));
}

static void a_full_disk_is_told_once(void **state)
{
    (void)state;
    struct op_history h;
    struct op_err err = OP_ERR_INIT;
    struct stat before, after;
    assert_int_equal(stat("/dev/full", &before), 0);
    assert_true(op_history_open(&h, "/dev/full", 10, &err));
    assert_false(op_history_add(&h, "one", &err));
    assert_int_equal(err.code, OP_IO);
    assert_true(op_history_add(&h, "two", &err));
    assert_int_equal(stat("/dev/full", &after), 0);
    assert_int_equal(after.st_mode, before.st_mode); /* a device is not made private */
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_history_list(10, &out);
    assert_non_null(strstr(op_buf_str(&out), "two")); /* in memory it lives on */
    op_history_close(&h);
}

static void none_is_kept_when_none_is_wanted(void **state)
{
    (void)state;
    struct op_history h;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_history_open(&h, path, 0, &err));
    add(&h, "one");
    assert_int_not_equal(access(path, F_OK), 0);
    op_history_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_not_kept),
        cmocka_unit_test_setup(lines_come_back_whole, setup),
        cmocka_unit_test_setup(the_file_does_not_grow_for_ever, setup),
        cmocka_unit_test_setup(a_full_disk_is_told_once, setup),
        cmocka_unit_test_setup(none_is_kept_when_none_is_wanted, setup),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(path, sizeof(path), "%s/history", folder);
    int failed = cmocka_run_group_tests_name("shell/history", tests, NULL, NULL);
    (void)unlink(path);
    (void)rmdir(folder);
    return failed;
}
