/* Files of opsh's own and programs on PATH. */
#include "opsh/os/path.h"

#include "opsh/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

static char *xdg(const char *variable, const char *under_home, const char *name)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    const char *slash = *name != '\0' ? "/" : "";
    if (base != NULL && *base == '/')
        return op_asprintf("%s/opsh%s%s", base, slash, name);
    if (home == NULL || *home != '/')
        return NULL;
    return op_asprintf("%s/%s/opsh%s%s", home, under_home, slash, name);
}

char *op_path_config(const char *name)
{
    return xdg("XDG_CONFIG_HOME", ".config", name);
}

char *op_path_state(const char *name)
{
    return xdg("XDG_STATE_HOME", ".local/state", name);
}

char *op_path_cache(const char *name)
{
    return xdg("XDG_CACHE_HOME", ".cache", name);
}

char *op_path_runtime(const char *name)
{
    return xdg("XDG_RUNTIME_DIR", ".cache", name);
}

char *op_path_expand(const char *path)
{
    const char *home = getenv("HOME");
    if (*path == '~' && (path[1] == '/' || path[1] == '\0') && home != NULL)
        return op_asprintf("%s%s", home, path + 1);
    return op_strdup(path);
}

bool op_path_make_parent(const char *file, struct op_err *err)
{
    OP_AUTO_FREE char *path = op_strdup(file);
    for (char *p = path; *p != '\0'; p++) {
        if (*p != '/' || p == path)
            continue;
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return op_fail(err, OP_IO, errno, "cannot make the folder %s", path);
        *p = '/';
    }
    return true;
}

static bool executable(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *op_path_find_program(const char *name)
{
    if (op_str_empty(name))
        return NULL;
    if (strchr(name, '/') != NULL)
        return executable(name) ? realpath(name, NULL) : NULL;
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        /* relative entries are not searched: what runs must not depend on the folder we are in */
        if (n != 0 && *path == '/') {
            char *candidate = op_asprintf("%.*s/%s", (int)n, path, name);
            if (executable(candidate))
                return candidate;
            free(candidate);
        }
        path += n + (path[n] == ':');
    }
    return NULL;
}

static const char *self;

void op_path_self_is(const char *argv0)
{
    self = argv0;
}

char *op_path_self(void)
{
#if defined(__linux__) && !defined(OPSH_PORTABLE)
    return op_strdup("/proc/self/exe"); /* also of the child that starts it; and it is there after an upgrade, too */
#else
    return op_path_find_program(self);
#endif
}

bool op_fd_read_all(int fd, size_t max, struct op_buf *out, struct op_err *err)
{
    char part[16384];
    size_t start = out->len;
    for (;;) {
        ssize_t n = read(fd, part, sizeof(part));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return op_fail(err, OP_IO, errno, "cannot read");
        if (n == 0)
            return true;
        if (out->len - start + (size_t)n > max)
            return op_fail(err, OP_LIMIT, 0, "larger than %zu KiB", max >> 10);
        op_buf_add(out, part, (size_t)n);
    }
}

bool op_file_read(const char *path, size_t max, struct op_buf *out, struct op_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return op_fail(err, OP_IO, errno, "cannot open %s", path);
    bool ok = op_fd_read_all(fd, max, out, err);
    if (!ok)
        (void)op_fail_ctx(err, "%s", path);
    (void)close(fd);
    return ok;
}

bool op_fd_write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n != 0) {
        ssize_t w = write(fd, at, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0 && errno == EAGAIN) {
            struct pollfd p = { .fd = fd, .events = POLLOUT };
            (void)poll(&p, 1, 1000);
            continue;
        }
        if (w <= 0)
            return false;
        at += w;
        n -= (size_t)w;
    }
    return true;
}

bool op_file_write_private(const char *path, const void *bytes, size_t n, struct op_err *err)
{
    if (!op_path_make_parent(path, err))
        return false;
    OP_AUTO_FREE char *temporary = op_asprintf("%s.%ld.new", path, (long)getpid());
    (void)unlink(temporary); /* of a run that was killed; its mode and its links are not ours */
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return op_fail(err, OP_IO, errno, "cannot write %s", temporary);
    bool ok = op_fd_write_all(fd, bytes, n) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        why = errno;
    }
    if (ok && rename(temporary, path) == 0)
        return true;
    why = ok ? errno : why;
    (void)unlink(temporary);
    return op_fail(err, OP_IO, why, "cannot write %s; it is as it was", path);
}

bool op_file_is_private(const char *path, struct op_err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return op_fail(err, OP_CONFIG, errno, "cannot look at %s", path);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return op_fail(err, OP_CONFIG, 0, "%s belongs to somebody else", path);
    if ((st.st_mode & 077) != 0)
        return op_fail(err, OP_CONFIG, 0, "%s can be read by others; run: chmod 600 %s", path, path);
    return true;
}
