/* Files beneath a folder: nothing outside it is reached by any way of writing a path or by any link, and no file is
 * seen half written. */
#include "opsh/os/beneath.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

static char top[] = "/tmp/opsh-beneath-XXXXXX";
static char *inside, *outside;

static int make(void **state)
{
    (void)state;
    if (mkdtemp(top) == NULL)
        return -1;
    inside = op_asprintf("%s/in", top);
    outside = op_asprintf("%s/out", top);
    return mkdir(inside, 0755) == 0 && mkdir(outside, 0755) == 0 ? 0 : -1;
}

static int done(void **state)
{
    (void)state;
    free(inside);
    free(outside);
    return 0; /* the folder is left to the system: it is small, and tells what went wrong */
}

static bool write_text(const char *path, const char *text, bool replace, struct op_err *err)
{
    *err = (struct op_err)OP_ERR_INIT;
    return op_beneath_write(inside, path, text, strlen(text), replace, err);
}

static void expect(const char *folder, const char *name, const char *wanted)
{
    OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, name);
    OP_AUTO_BUF text = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    bool there = op_file_read(path, 1 << 20, &text, &err);
    assert_int_equal(there, wanted != NULL);
    if (there)
        assert_string_equal(op_buf_str(&text), wanted);
}

static void paths_that_lead_out_are_refused(void **state)
{
    static const char *const bad[] = { "",   "/etc/passwd", "..", "../x",    "a/../../x", "a/..", "./../x",
                                       "x/", "a/.",         ".",  "//etc/x", "a/../b",    "..//x" };
    static const char *const good[] = { "x", "./x", "a//b", "..x", "a/..b/c", "...", "-x", "a b", "it's \"so\"" };
    struct op_err err;
    (void)state;
    for (size_t i = 0; i < OP_LEN(bad); i++) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        if (op_beneath_check(bad[i], &err) || op_beneath_write(inside, bad[i], "x", 1, true, &err) ||
            op_beneath_read(inside, bad[i], &text, NULL, &err) || op_beneath_remove(inside, bad[i], &err))
            fail_msg("\"%s\" was let through", bad[i]);
        assert_int_equal(err.code, OP_USAGE);
    }
    for (size_t i = 0; i < OP_LEN(good); i++)
        if (!op_beneath_check(good[i], &err))
            fail_msg("\"%s\": %s", good[i], err.msg);
}

static void a_new_file_is_written_with_its_folders(void **state)
{
    struct op_err err;
    OP_AUTO_BUF text = OP_BUF_INIT;
    (void)state;
    assert_true(write_text("a/b c/-d.txt", "one\n", false, &err));
    expect(inside, "a/b c/-d.txt", "one\n");
    assert_true(op_beneath_read(inside, "./a//b c/-d.txt", &text, NULL, &err));
    assert_string_equal(op_buf_str(&text), "one\n");
    assert_true(op_beneath_remove(inside, "a/b c/-d.txt", &err));
    expect(inside, "a/b c/-d.txt", NULL);
    assert_false(op_beneath_read(inside, "a/b c/-d.txt", &text, NULL, &err));
    assert_int_equal(err.sys, ENOENT);
}

static void nothing_is_overwritten_unless_it_is_said(void **state)
{
    struct op_err err;
    struct stat st;
    (void)state;
    OP_AUTO_FREE char *path = op_asprintf("%s/kept", inside);
    assert_true(write_text("kept", "old", false, &err));
    assert_int_equal(chmod(path, 0750), 0);
    assert_false(write_text("kept", "new", false, &err));
    assert_int_equal(err.code, OP_REFUSED);
    assert_int_equal(err.sys, EEXIST);
    expect(inside, "kept", "old");
    assert_true(write_text("kept", "new", true, &err));
    expect(inside, "kept", "new");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750); /* its mode is kept */
}

static void links_lead_nowhere(void **state)
{
    struct op_err err;
    OP_AUTO_BUF text = OP_BUF_INIT;
    (void)state;
    OP_AUTO_FREE char *file = op_asprintf("%s/secret", outside);
    OP_AUTO_FREE char *folder_link = op_asprintf("%s/folder-link", inside);
    OP_AUTO_FREE char *file_link = op_asprintf("%s/file-link", inside);
    OP_AUTO_FREE char *relative = op_asprintf("%s/up", inside);
    assert_true(op_file_write_private(file, "secret", 6, &err));
    assert_int_equal(symlink(outside, folder_link), 0);
    assert_int_equal(symlink(file, file_link), 0);
    assert_int_equal(symlink("../out", relative), 0);
    static const char *const ways[] = { "folder-link/secret", "up/secret", "file-link" };
    for (size_t i = 0; i < OP_LEN(ways); i++) {
        assert_false(op_beneath_read(inside, ways[i], &text, NULL, &err));
        assert_int_equal(err.code, OP_REFUSED);
        assert_false(write_text(ways[i], "mine", true, &err));
        assert_false(op_beneath_remove(inside, ways[i], &err));
    }
    assert_false(write_text("up/new/file", "mine", false, &err));
    assert_false(write_text("folder-link/new", "mine", false, &err));
    expect(outside, "secret", "secret");
    expect(outside, "new", NULL);
    assert_int_equal(text.len, 0);
}

static void only_regular_files(void **state)
{
    struct op_err err;
    OP_AUTO_BUF text = OP_BUF_INIT;
    (void)state;
    OP_AUTO_FREE char *pipe_path = op_asprintf("%s/pipe", inside);
    OP_AUTO_FREE char *folder = op_asprintf("%s/dir", inside);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    static const char *const names[] = { "pipe", "dir" };
    for (size_t i = 0; i < OP_LEN(names); i++) {
        assert_false(op_beneath_read(inside, names[i], &text, NULL, &err)); /* nor does a pipe make it wait */
        assert_int_equal(err.code, OP_REFUSED);
        assert_false(write_text(names[i], "x", true, &err));
        assert_false(op_beneath_remove(inside, names[i], &err));
    }
}

static void too_much_is_refused(void **state)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *much = op_calloc(1, OP_BENEATH_MAX + 2);
    (void)state;
    memset(much, 'x', OP_BENEATH_MAX + 1);
    assert_false(op_beneath_write(inside, "much", much, OP_BENEATH_MAX + 1, false, &err));
    assert_int_equal(err.code, OP_LIMIT);
    expect(inside, "much", NULL);
}

static void a_signal_waits_for_the_whole_file(void **state)
{
    struct op_err err;
    sigset_t pending, before, one;
    (void)state;
    assert_true(write_text("whole", "x", false, &err));
    (void)sigemptyset(&one);
    (void)sigprocmask(SIG_BLOCK, &one, &before);
    assert_int_equal(sigismember(&before, SIGINT), 0); /* what was not blocked before is not blocked now */
    assert_int_equal(sigpending(&pending), 0);
    OP_AUTO_FREE char *left = op_asprintf("%s/.opsh-%ld.new", inside, (long)getpid());
    assert_int_not_equal(access(left, F_OK), 0);
}

static void marks_tell_bytes_apart(void **state)
{
    (void)state;
    OP_AUTO_FREE char *a = op_beneath_mark("a\0b", 3);
    OP_AUTO_FREE char *same = op_beneath_mark("a\0b", 3);
    OP_AUTO_FREE char *b = op_beneath_mark("a\0c", 3);
    OP_AUTO_FREE char *none = op_beneath_mark("", 0);
    assert_string_equal(a, same);
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_that_lead_out_are_refused),
        cmocka_unit_test(a_new_file_is_written_with_its_folders),
        cmocka_unit_test(nothing_is_overwritten_unless_it_is_said),
        cmocka_unit_test(links_lead_nowhere),
        cmocka_unit_test(only_regular_files),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(a_signal_waits_for_the_whole_file),
        cmocka_unit_test(marks_tell_bytes_apart),
    };
    return cmocka_run_group_tests(tests, make, done);
}
