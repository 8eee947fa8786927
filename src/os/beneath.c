/* Files beneath a folder. Owns the walk that cannot leave it and the write that cannot be seen half done. Refuses links
 * that lead out, whatever is no regular file, and to overwrite what nobody said may be overwritten. */
#include "opsh/os/beneath.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#if defined(__linux__) && !defined(OPSH_PORTABLE)
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

enum { LONGEST_PATH = 1024 };

bool op_beneath_check(const char *path, struct op_err *err)
{
    size_t n = strlen(path);
    if (n == 0 || n > LONGEST_PATH)
        return op_fail(err, OP_USAGE, 0, "a path beneath the folder is needed, of at most %d bytes", LONGEST_PATH);
    if (*path == '/')
        return op_fail(err, OP_USAGE, 0, "%.80s does not begin in the folder: say the path from there on", path);
    if (path[n - 1] == '/' || op_str_eq(path, ".") || op_str_ends(path, "/."))
        return op_fail(err, OP_USAGE, 0, "%.80s is a folder, not a file", path);
    for (const char *at = path; *at != '\0';) {
        size_t part = strcspn(at, "/");
        if (part == 2 && strncmp(at, "..", 2) == 0)
            return op_fail(err, OP_USAGE, 0, "%.80s leads out of the folder", path);
        at += part + (at[part] == '/');
    }
    return true;
}

/* The folder `name` in `at`; `whole` is the path to it from root. -1: errno. */
static int step_into(int root, const char *whole, int at, const char *name)
{
#if defined(__linux__) && !defined(OPSH_PORTABLE)
    const struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                                  .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
    long fd = syscall(SYS_openat2, root, whole, &how, sizeof(how));
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) /* an old kernel, or a container's filter that knows it not */
        return (int)fd;
#endif
    (void)root;
    (void)whole;
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool cannot_enter(const char *whole, int why, struct op_err *err)
{
    if (why == ELOOP || why == EXDEV || why == ENOTDIR)
        return op_fail(err, OP_REFUSED, 0, "%.200s is a link that leads out of the folder, or no folder", whole);
    return op_fail(err, OP_IO, why, "cannot open the folder %.200s", whole);
}

/* One folder further; makes it when it is missing and may be made. Takes `at`. */
static int descend(int root, const char *whole, int at, const char *name, bool make, struct op_err *err)
{
    int next = step_into(root, whole, at, name);
    if (next < 0 && errno == ENOENT && make && (mkdirat(at, name, 0777) == 0 || errno == EEXIST))
        next = step_into(root, whole, at, name);
    if (next < 0)
        (void)cannot_enter(whole, errno, err);
    if (at != root)
        (void)close(at);
    return next;
}

/* The folder that the file is in, and the file's own name in it (borrowed from path). -1: err says why. */
static int enter(const char *folder, const char *path, bool make, const char **name, struct op_err *err)
{
    if (!op_beneath_check(path, err))
        return -1;
    int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) {
        (void)op_fail(err, OP_IO, errno, "cannot open the folder %.200s", folder);
        return -1;
    }
    int at = root;
    const char *part = path;
    for (size_t n; at >= 0 && part[n = strcspn(part, "/")] == '/'; part += n + 1) {
        if (n == 0 || (n == 1 && *part == '.'))
            continue;
        OP_AUTO_FREE char *whole = op_strndup(path, (size_t)(part - path) + n);
        OP_AUTO_FREE char *one = op_strndup(part, n);
        at = descend(root, whole, at, one, make, err);
    }
    *name = part;
    if (at != root)
        (void)close(root);
    return at;
}

/* false: there is something else than a regular file in its place. st->st_mode 0: nothing. */
static bool look(int at, const char *name, struct stat *st, struct op_err *err)
{
    if (fstatat(at, name, st, AT_SYMLINK_NOFOLLOW) != 0) {
        st->st_mode = 0;
        return errno == ENOENT || op_fail(err, OP_IO, errno, "cannot look at %.200s", name);
    }
    if (S_ISLNK(st->st_mode))
        return op_fail(err, OP_REFUSED, 0, "%.200s is a link; opsh leaves those to you", name);
    if (!S_ISREG(st->st_mode))
        return op_fail(err, OP_REFUSED, 0, "%.200s is no regular file", name);
    return true;
}

static bool read_in(int at, const char *name, struct op_buf *out, unsigned *mode, struct op_err *err)
{
    struct stat st;
    if (!look(at, name, &st, err))
        return false;
    if (st.st_mode == 0)
        return op_fail(err, OP_IO, ENOENT, "cannot open %.200s", name);
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return op_fail(err, OP_IO, errno, "cannot open %.200s", name);
    bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode); /* it may be another one by now */
    if (!ok)
        (void)op_fail(err, OP_REFUSED, 0, "%.200s is no regular file", name);
    ok = ok && (op_fd_read_all(fd, OP_BENEATH_MAX, out, err) || op_fail_ctx(err, "%.200s", name));
    (void)close(fd);
    if (mode != NULL)
        *mode = st.st_mode & 07777;
    return ok;
}

bool op_beneath_read(const char *folder, const char *path, struct op_buf *out, unsigned *mode, struct op_err *err)
{
    const char *name = NULL;
    int at = enter(folder, path, false, &name, err);
    if (at < 0)
        return false;
    bool ok = read_in(at, name, out, mode, err);
    (void)close(at);
    return ok;
}

/* ---- writing ---- */

static bool fill(int fd, const void *bytes, size_t n, const struct stat *was)
{
    bool ok = op_fd_write_all(fd, bytes, n);
    if (was->st_mode != 0)
        ok = ok && fchmod(fd, was->st_mode & 07777) == 0;
    ok = ok && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0)
        return false;
    errno = why;
    return ok;
}

/* Give the finished file its name. Without `replace` a file that has it wins, however late it came. */
static bool name_it(int at, const char *temporary, const char *name, bool replace)
{
    if (replace)
        return renameat(at, temporary, at, name) == 0;
    if (linkat(at, temporary, at, name, 0) == 0) {
        (void)unlinkat(at, temporary, 0);
        return true;
    }
    struct stat st;
    if (errno == EEXIST || fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return false;
    }
    return renameat(at, temporary, at, name) == 0; /* a file system without hard links */
}

static bool write_in(int at, const char *name, const void *bytes, size_t n, bool replace, struct op_err *err)
{
    struct stat was;
    if (!look(at, name, &was, err))
        return false;
    if (was.st_mode != 0 && !replace)
        return op_fail(err, OP_REFUSED, EEXIST, "%.200s is there already", name);
    char temporary[48];
    (void)snprintf(temporary, sizeof(temporary), ".opsh-%ld.new", (long)getpid());
    (void)unlinkat(at, temporary, 0); /* of a run that was killed */
    int fd = openat(at, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return op_fail(err, OP_IO, errno, "cannot write %.200s", name);
    if (fill(fd, bytes, n, &was) && name_it(at, temporary, name, was.st_mode != 0)) {
        (void)fsync(at);
        return true;
    }
    int why = errno;
    (void)unlinkat(at, temporary, 0);
    if (why == EEXIST)
        return op_fail(err, OP_REFUSED, EEXIST, "%.200s is there already", name);
    return op_fail(err, OP_IO, why, "cannot write %.200s; it is as it was", name);
}

bool op_beneath_write(const char *folder, const char *path, const void *bytes, size_t n, bool replace,
                      struct op_err *err)
{
    const char *name = NULL;
    if (n > OP_BENEATH_MAX)
        return op_fail(err, OP_LIMIT, 0, "%.200s would be larger than %zu MiB", path, OP_BENEATH_MAX >> 20);
    int at = enter(folder, path, true, &name, err);
    if (at < 0)
        return false;
    sigset_t all, before;
    (void)sigfillset(&all); /* nobody is left with half a file, or with the temporary one */
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    bool ok = write_in(at, name, bytes, n, replace, err);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)close(at);
    return ok;
}

bool op_beneath_remove(const char *folder, const char *path, struct op_err *err)
{
    const char *name = NULL;
    struct stat st;
    int at = enter(folder, path, false, &name, err);
    if (at < 0)
        return false;
    bool ok = look(at, name, &st, err);
    if (ok && unlinkat(at, name, 0) != 0)
        ok = op_fail(err, OP_IO, errno, "cannot remove %.200s", name);
    if (ok)
        (void)fsync(at);
    (void)close(at);
    return ok;
}

char *op_beneath_mark(const void *bytes, size_t n)
{
    return op_asprintf("%zu-%016llx", n, (unsigned long long)op_str_hash(bytes, n));
}
