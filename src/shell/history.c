/* Owns the history file: its format (readline's, with a time before each entry, so that entries of several
 * lines stay whole), its lock and its privacy. Writes itself: readline's appending neither tightens the
 * mode of an existing file nor takes back half an entry when the disk is full. */
#include "opsh/shell/history.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"

#include <errno.h>
#include <fcntl.h>
#include <readline/history.h>
#include <regex.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum { LOCK_TRIES = 50, LOCK_PAUSE_MS = 10, OPEN_TRIES = 3, FILE_MAX = 64 << 20 };

bool op_history_wanted(const char *line)
{
    static const char *const secrets[] = {
        "(pass(word|wd|phrase)?|token|secret|credential|api[-_]?key|access[-_]?key)s?['\"]? *[:=] *[^ ]",
        "(password|passwd|passphrase|token|api[-_ ]?key)( is| to| of)? +['\"]?[^ ]*[0-9!@#$%^&*+]",
        "(^|[^a-z0-9])(sk|pk|ghp|gho|glpat|xox[abp]|hf)[-_][a-z0-9_-]{10,}",
        "akia[0-9a-z]{16}",
        "eyj[a-z0-9_-]{10,}\\.[a-z0-9_-]{10,}",
        "bearer +[a-z0-9._~+/-]{8,}",
        "://[^ /@:]+:[^ /@]+@",
        "--(password|token|from-literal)[= ]",
        "-----begin ",
    };
    if (*line == ' ')
        return false;
    for (size_t i = 0; i < OP_LEN(secrets); i++) {
        regex_t re;
        if (regcomp(&re, secrets[i], REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
            return false; /* a pattern that does not compile must not let secrets through */
        bool found = regexec(&re, line, 0, NULL, 0) == 0;
        regfree(&re);
        if (found)
            return false;
    }
    return true;
}

/* "#seconds", newline, the entry. A line of the entry that looks like such a time is set off by a space. */
static void add_entry(struct op_buf *out, const char *when, const char *line)
{
    op_buf_addf(out, "%s\n", when);
    for (const char *p = line; *p != '\0'; p++) {
        if (p != line && p[-1] == '\n' && p[0] == '#' && isdigit((unsigned char)p[1]))
            op_buf_addc(out, ' ');
        op_buf_addc(out, *p);
    }
    op_buf_addc(out, '\n');
}

static void lock(int fd, int how)
{
    for (int i = 0; i < LOCK_TRIES && flock(fd, how | LOCK_NB) != 0 && errno == EWOULDBLOCK; i++) {
        const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000 };
        (void)nanosleep(&pause, NULL);
    }
}

static bool make_private(int fd, const struct stat *st)
{
    return !S_ISREG(st->st_mode) || (st->st_mode & 07777) == 0600 || fchmod(fd, 0600) == 0;
}

/* Opened, locked, private, and still the file of that name: another shell may be replacing it. */
static int open_locked(const char *path, int flags, struct op_err *err)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        int fd = open(path, flags | O_CLOEXEC, 0600);
        struct stat st, now;
        if (fd < 0 || fstat(fd, &st) != 0) {
            (void)op_fail(err, OP_IO, errno, "%s", path);
            if (fd >= 0)
                (void)close(fd);
            return -1;
        }
        lock(fd, LOCK_EX);
        if (!make_private(fd, &st)) {
            (void)op_fail(err, OP_IO, errno, "%s is readable by others and cannot be made private", path);
            (void)close(fd);
            return -1;
        }
        if (stat(path, &now) == 0 && now.st_ino == st.st_ino && now.st_dev == st.st_dev)
            return fd;
        (void)close(fd);
    }
    (void)op_fail(err, OP_IO, 0, "%s is being replaced all the time", path);
    return -1;
}

/* The file has grown well past the limit: keep the newest. The caller holds the lock. */
static void shrink(const char *path)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    HIST_ENTRY **list = history_list();
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        add_entry(&out, list[i]->timestamp != NULL && *list[i]->timestamp != '\0' ? list[i]->timestamp : "#0",
                  list[i]->line);
    OP_AUTO_FREE char *real = realpath(path, NULL);
    if (real != NULL && !op_file_write_private(real, op_buf_str(&out), out.len, NULL))
        return; /* the long file stays as it is */
}

static bool is_time(const char *line)
{
    return line[0] == '#' && isdigit((unsigned char)line[1]);
}

/* Read by ourselves: readline's reader drops the empty lines of an entry. Lines before the first time are an
 * entry each, as other programs write them. */
static void read_entries(char *text)
{
    char *next = text;
    while (*next != '\0') {
        char *when = is_time(next) ? next : NULL;
        char *line = when != NULL ? next + strcspn(next, "\n") : next;
        if (when != NULL && *line != '\0')
            *line++ = '\0';
        char *end = line + strcspn(line, "\n");
        while (when != NULL && *end != '\0' && end[1] != '\0' && !is_time(end + 1))
            end += 1 + strcspn(end + 1, "\n");
        next = *end != '\0' ? end + 1 : end;
        *end = '\0';
        if (*line == '\0')
            continue;
        add_history(line);
        if (when != NULL)
            add_history_time(when);
    }
}

static bool read_locked(int fd, const char *path, int64_t limit, struct op_err *err)
{
    struct stat st;
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return true; /* a device: nothing to read back */
    if (!op_fd_read_all(fd, FILE_MAX, &text, err))
        return op_fail_ctx(err, "%s", path);
    if (text.len == 0)
        return true;
    read_entries(text.data);
    if (history_base - 1 > limit / 2)
        shrink(path);
    return true;
}

bool op_history_open(struct op_history *h, const char *path, int64_t limit, struct op_err *err)
{
    *h = (struct op_history){ 0 };
    history_comment_char = '#';
    using_history();
    stifle_history((int)limit);
    if (limit == 0 || path == NULL)
        return true;
    h->path = op_strdup(path);
    bool ok;
    if (access(path, F_OK) != 0) {
        ok = op_path_make_parent(path, err);
    } else {
        int fd = open_locked(path, O_RDONLY, err);
        ok = fd >= 0 && read_locked(fd, path, limit, err);
        if (fd >= 0)
            (void)close(fd);
    }
    h->complained = !ok;
    return ok;
}

void op_history_close(struct op_history *h)
{
    clear_history();
    free(h->path);
    *h = (struct op_history){ 0 };
}

static bool append(const char *path, const char *line, struct op_err *err)
{
    char when[32];
    (void)snprintf(when, sizeof(when), "#%lld", (long long)time(NULL));
    OP_AUTO_BUF out = OP_BUF_INIT;
    add_entry(&out, when, line);
    int fd = open_locked(path, O_WRONLY | O_APPEND | O_CREAT, err);
    if (fd < 0)
        return false;
    off_t before = lseek(fd, 0, SEEK_END);
    bool ok = op_fd_write_all(fd, out.data, out.len) || op_fail(err, OP_IO, errno, "%s", path);
    if (!ok && before >= 0)
        (void)!ftruncate(fd, before); /* half an entry would join the next one */
    if (close(fd) != 0 && ok)
        ok = op_fail(err, OP_IO, errno, "%s", path);
    return ok;
}

bool op_history_add(struct op_history *h, const char *line, struct op_err *err)
{
    const HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (!op_history_wanted(line) || (last != NULL && strcmp(last->line, line) == 0))
        return true;
    add_history(line);
    char when[32];
    (void)snprintf(when, sizeof(when), "#%lld", (long long)time(NULL));
    add_history_time(when);
    if (h->path == NULL || append(h->path, line, err))
        return true;
    bool first = !h->complained;
    h->complained = true;
    return !first;
}

void op_history_list(size_t newest, struct op_buf *out)
{
    HIST_ENTRY **list = history_list();
    size_t n = history_length > 0 ? (size_t)history_length : 0;
    for (size_t i = n > newest ? n - newest : 0; list != NULL && i < n; i++)
        op_buf_addf(out, "%5zu  %s\n", (size_t)history_base + i, list[i]->line);
}
