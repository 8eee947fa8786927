/* Files of opsh's own: where they lie, who may read them, and that a failure leaves the old one. */
#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "opsh/os/path.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>
#ifdef __linux__
#include <sys/mount.h>
#endif

static char dir[] = "/tmp/opsh-path-XXXXXX";

static char *in_dir(const char *name)
{
    return op_asprintf("%s/%s", dir, name);
}

static void put(const char *path, const char *text, mode_t mode)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_file_write_private(path, text, strlen(text), &err))
        fail_msg("%s", err.msg);
    assert_int_equal(chmod(path, mode), 0);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (unsigned)st.st_mode & 07777;
}

static void expect_text(const char *path, const char *wanted)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_file_read(path, 1 << 20, &text, &err))
        fail_msg("%s", err.msg);
    assert_string_equal(op_buf_str(&text), wanted);
}

static void expect_path(char *got, const char *wanted)
{
    OP_AUTO_FREE char *path = got;
    if (!op_str_eq(path, wanted))
        fail_msg("%s is not %s", path != NULL ? path : "(none)", wanted != NULL ? wanted : "(none)");
}

static void folders_follow_xdg(void **state)
{
    (void)state;
    static const char *const variables[] = { "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR" };
    for (size_t i = 0; i < OP_LEN(variables); i++)
        assert_int_equal(unsetenv(variables[i]), 0);
    assert_int_equal(setenv("HOME", "/h", 1), 0);
    expect_path(op_path_config("config.yaml"), "/h/.config/opsh/config.yaml");
    expect_path(op_path_config(""), "/h/.config/opsh");
    expect_path(op_path_state("history"), "/h/.local/state/opsh/history");
    expect_path(op_path_cache("x"), "/h/.cache/opsh/x");
    expect_path(op_path_runtime("sock"), "/h/.cache/opsh/sock");
    assert_int_equal(setenv("XDG_CONFIG_HOME", "/x", 1), 0);
    expect_path(op_path_config("c"), "/x/opsh/c");
    assert_int_equal(setenv("XDG_CONFIG_HOME", "relative", 1), 0);
    expect_path(op_path_config("c"), "/h/.config/opsh/c"); /* the specification: ignore it */
    assert_int_equal(unsetenv("HOME"), 0);
    expect_path(op_path_config("c"), NULL);
    expect_path(op_path_expand("~/x"), "~/x");
    assert_int_equal(setenv("HOME", "relative", 1), 0);
    expect_path(op_path_state("c"), NULL);
    assert_int_equal(setenv("HOME", "/h", 1), 0);
    expect_path(op_path_expand("~/x"), "/h/x");
    expect_path(op_path_expand("~"), "/h");
    expect_path(op_path_expand("~other/x"), "~other/x");
    expect_path(op_path_expand("a/~"), "a/~");
    expect_path(op_path_expand(""), "");
}

static void programs_are_not_found_where_we_happen_to_be(void **state)
{
    (void)state;
    OP_AUTO_FREE char *bin = in_dir("bin/tool");
    OP_AUTO_FREE char *plain = in_dir("bin/plain");
    OP_AUTO_FREE char *folder = in_dir("first/tool/x");
    OP_AUTO_FREE char *path = op_asprintf("::.:bin:%s/first:%s/bin:/usr/bin:/bin", dir, dir);
    put(bin, "x", 0700);
    put(plain, "x", 0600);
    put(folder, "x", 0600); /* first/tool is a folder */
    assert_int_equal(chdir(dir), 0);
    assert_int_equal(setenv("PATH", path, 1), 0);
    expect_path(op_path_find_program("tool"), bin);
    expect_path(op_path_find_program("plain"), NULL);
    expect_path(op_path_find_program(""), NULL);
    expect_path(op_path_find_program(NULL), NULL);
    expect_path(op_path_find_program("."), NULL);
    expect_path(op_path_find_program("bin/tool"), bin); /* with a slash: as the user said, made absolute */
    expect_path(op_path_find_program("bin/nothing"), NULL);
    expect_path(op_path_find_program(dir), NULL);
    assert_int_equal(setenv("PATH", ".:bin:", 1), 0);
    expect_path(op_path_find_program("tool"), NULL);
    assert_int_equal(unsetenv("PATH"), 0);
    expect_path(op_path_find_program("tool"), NULL);
    assert_int_equal(chdir("/"), 0);
}

static void what_is_written_is_private(void **state)
{
    (void)state;
    OP_AUTO_FREE char *path = in_dir("new/deeper/secret");
    OP_AUTO_FREE char *parent = in_dir("new/deeper");
    mode_t before = umask(0);
    put(path, "one", 0666);
    assert_int_equal(mode_of(parent), 0700);
    struct op_err err = OP_ERR_INIT;
    assert_true(op_file_write_private(path, "two", 3, &err));
    (void)umask(before);
    assert_int_equal(mode_of(path), 0600); /* whatever the old one was */
    expect_text(path, "two");
    assert_true(op_file_write_private(path, "", 0, &err));
    expect_text(path, "");
    assert_true(op_file_is_private(path, &err));
    assert_int_equal(chmod(path, 0640), 0);
    assert_false(op_file_is_private(path, &err));
    assert_non_null(strstr(err.msg, "chmod 600"));
    assert_false(op_file_is_private("/nonexistent", &err));
    assert_int_equal(err.sys, ENOENT);
    if (geteuid() == 0) {
        assert_int_equal(chmod(path, 0600) + chown(path, 65534, (gid_t)-1), 0);
        assert_false(op_file_is_private(path, &err));
        assert_non_null(strstr(err.msg, "somebody else"));
    }
}

/* A temporary file left by a killed run, readable by all, or a trap laid there, changes nothing. */
static void what_lies_at_the_temporary_name_does_not_matter(void **state)
{
    (void)state;
    OP_AUTO_FREE char *path = in_dir("target");
    OP_AUTO_FREE char *victim = in_dir("victim");
    OP_AUTO_FREE char *temporary = op_asprintf("%s.%ld.new", path, (long)getpid());
    struct op_err err = OP_ERR_INIT;
    put(victim, "untouched", 0600);
    put(temporary, "stale and much longer than what comes", 0644);
    assert_true(op_file_write_private(path, "mine", 4, &err));
    expect_text(path, "mine");
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(link(victim, temporary), 0);
    assert_true(op_file_write_private(path, "again", 5, &err));
    expect_text(victim, "untouched");
    (void)unlink(temporary);
    assert_int_equal(symlink(victim, temporary), 0);
    assert_true(op_file_write_private(path, "again", 5, &err));
    expect_text(victim, "untouched");
    (void)unlink(temporary);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    (void)state;
    OP_AUTO_FREE char *path = in_dir("kept");
    OP_AUTO_FREE char *temporary = op_asprintf("%s.%ld.new", path, (long)getpid());
    put(path, "old", 0600);
    /* a limit on file size fails half way through the write, as a full disk does */
    (void)signal(SIGXFSZ, SIG_IGN);
    struct rlimit was, small = { 4096, 4096 };
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small.rlim_max = was.rlim_max;
    OP_AUTO_FREE char *big = op_calloc(1, 100000);
    struct op_err err = OP_ERR_INIT;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool ok = op_file_write_private(path, big, 100000, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_false(ok);
    assert_int_equal(err.code, OP_IO);
    assert_int_equal(err.sys, EFBIG);
    expect_text(path, "old");
    assert_int_equal(access(temporary, F_OK), -1); /* nothing is left beside it */
    OP_AUTO_FREE char *under_a_file = in_dir("kept/below");
    assert_false(op_file_write_private(under_a_file, "x", 1, &err));
    assert_int_equal(err.code, OP_IO);
    OP_AUTO_FREE char *folder = in_dir("folder/inside");
    put(folder, "x", 0600);
    OP_AUTO_FREE char *onto = in_dir("folder");
    assert_false(op_file_write_private(onto, "x", 1, &err));
    expect_text(folder, "x");
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
#ifdef __linux__
    OP_AUTO_FREE char *disk = in_dir("disk");
    OP_AUTO_FREE char *path = in_dir("disk/kept");
    assert_true(mkdir(disk, 0700) == 0);
    if (geteuid() != 0 || mount("opsh-test", disk, "tmpfs", 0, "size=64k") != 0) {
        print_message("skipped: a small file system needs root\n");
        skip();
    }
    put(path, "old", 0600);
    OP_AUTO_FREE char *big = op_calloc(1, 200000);
    struct op_err err = OP_ERR_INIT;
    bool ok = op_file_write_private(path, big, 200000, &err);
    struct op_err again = OP_ERR_INIT;
    bool small = op_file_write_private(path, "new", 3, &again); /* the half-written one gave its room back */
    OP_AUTO_BUF text = OP_BUF_INIT;
    bool read = op_file_read(path, 100, &text, &again);
    (void)umount2(disk, MNT_DETACH);
    assert_false(ok);
    assert_int_equal(err.sys, ENOSPC);
    assert_non_null(strstr(err.msg, "it is as it was"));
    assert_true(small && read);
    assert_string_equal(op_buf_str(&text), "new");
#else
    skip();
#endif
}

static void reading_has_a_limit_and_says_what_is_missing(void **state)
{
    (void)state;
    OP_AUTO_FREE char *path = in_dir("five");
    put(path, "12345", 0600);
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    op_buf_adds(&text, "before ");
    assert_true(op_file_read(path, 5, &text, &err));
    assert_string_equal(op_buf_str(&text), "before 12345");
    assert_false(op_file_read(path, 4, &text, &err));
    assert_int_equal(err.code, OP_LIMIT);
    assert_non_null(strstr(err.msg, path));
    assert_false(op_file_read("/nonexistent/x", 5, &text, &err));
    assert_true(err.code == OP_IO && err.sys == ENOENT);
    assert_false(op_file_read(dir, 5, &text, &err));
    assert_true(err.code == OP_IO && err.sys == EISDIR);
}

static void a_name_without_a_folder_needs_none(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_path_make_parent("name", &err));
    assert_true(op_path_make_parent("/name", &err));
    assert_true(op_path_make_parent("", &err));
    OP_AUTO_FREE char *path = in_dir("a//b///c");
    assert_true(op_path_make_parent(path, &err));
    OP_AUTO_FREE char *made = in_dir("a/b");
    assert_int_equal(mode_of(made), 0700);
    assert_false(op_path_make_parent("/proc/nothing/here", &err));
    assert_int_equal(err.code, OP_IO);
}

/* A reader that is slow makes writes wait; waiting must not burn a processor. */
static void writing_waits_for_a_slow_reader(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t reader = fork();
    if (reader == 0) {
        char part[4096];
        size_t all = 0;
        (void)close(ends[1]);
        (void)usleep(400000);
        for (ssize_t n = 1; n > 0;) {
            n = read(ends[0], part, sizeof(part));
            all += n > 0 ? (size_t)n : 0;
        }
        _exit(all == 300000 ? 0 : 1);
    }
    (void)close(ends[0]);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    OP_AUTO_FREE char *big = op_calloc(1, 300000);
    struct rusage before, after;
    (void)getrusage(RUSAGE_SELF, &before);
    assert_true(op_fd_write_all(ends[1], big, 300000));
    (void)getrusage(RUSAGE_SELF, &after);
    (void)close(ends[1]);
    int status = 0;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    int64_t burnt = (after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec - before.ru_stime.tv_sec) * 1000 +
                    (after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec - before.ru_stime.tv_usec) / 1000;
    assert_true(burnt < 150); /* of 400 ms */
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        (void)execl("/bin/rm", "rm", "-r", dir, (char *)NULL);
        _exit(1);
    }
    int status = 0;
    return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_follow_xdg),
        cmocka_unit_test(programs_are_not_found_where_we_happen_to_be),
        cmocka_unit_test(what_is_written_is_private),
        cmocka_unit_test(what_lies_at_the_temporary_name_does_not_matter),
        cmocka_unit_test(a_failed_write_leaves_the_old_file),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(reading_has_a_limit_and_says_what_is_missing),
        cmocka_unit_test(a_name_without_a_folder_needs_none),
        cmocka_unit_test(writing_waits_for_a_slow_reader),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
