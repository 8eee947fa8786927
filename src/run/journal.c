/* Append-only JSON lines of what was asked, answered, run, and what came of it. Owns the file's form: whole lines,
 * one write each, under a lock. Refuses to write through a symbolic link. */
#include "opsh/run/journal.h"

#include "opsh/run/mask.h"

#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "opsh/os/path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum { LOCK_TRIES = 200, LOCK_PAUSE_MS = 10, READ_MOST = 48 << 20, INPUT_MOST = 64 << 10 };

bool op_journal_open(struct op_journal *j, const char *path, struct op_err *err)
{
    struct op_journal fresh = OP_JOURNAL_INIT;
    memcpy(fresh.change, j->change, sizeof(fresh.change)); /* opened in the middle of a step */
    fresh.step = j->step;
    free(j->path);
    *j = fresh;
    if (!op_path_make_parent(path, err))
        return op_fail_ctx(err, "journal");
    j->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (j->fd < 0)
        return op_fail(err, OP_IO, errno, "journal: cannot open %s", path);
    (void)fchmod(j->fd, 0600);
    j->path = op_strdup(path);
    (void)snprintf(j->session, sizeof(j->session), "%llx-%lx", (unsigned long long)op_clock_now(), (long)getpid());
    return true;
}

void op_journal_close(struct op_journal *j)
{
    if (j->fd >= 0)
        (void)close(j->fd);
    j->fd = -1;
    free(j->path);
    j->path = NULL;
}

/* Ids are short, because people type them, and random, because two shells choose them at once. */
void op_journal_step(struct op_journal *j)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* 32 that cannot be misread */
    unsigned char bytes[8] = { 0 };
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes)) {
        uint64_t mix = (uint64_t)op_clock_ms() * 2654435761u + (uint64_t)getpid() * 40503u + j->step;
        memcpy(bytes, &mix, sizeof(bytes));
    }
    if (fd >= 0)
        (void)close(fd);
    for (size_t i = 0; i < sizeof(bytes); i++)
        j->change[i] = letters[bytes[i] % 32];
    j->change[sizeof(bytes)] = '\0';
    j->step++;
}

/* A shell that was stopped with the lock held must not stop this one for ever: a single write is whole without it too. */
static bool lock(int fd)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000 };
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

static bool append(struct op_journal *j, const char *record, bool sync)
{
    bool locked = lock(j->fd);
    struct stat st = { 0 };
    bool file = fstat(j->fd, &st) == 0 && S_ISREG(st.st_mode);
    char last = '\n';
    if (file && st.st_size > 0 && pread(j->fd, &last, 1, st.st_size - 1) != 1)
        last = '\0';
    OP_AUTO_BUF line = OP_BUF_INIT;
    if (last != '\n')
        op_buf_addc(&line, '\n'); /* whoever wrote before was killed in the middle of a line */
    op_buf_adds(&line, record);
    op_buf_addc(&line, '\n');
    ssize_t n;
    do
        n = write(j->fd, op_buf_str(&line), line.len);
    while (n < 0 && errno == EINTR);
    bool ok = n == (ssize_t)line.len;
    int why = n < 0 ? errno : ok ? 0 : ENOSPC;
    if (n > 0 && !ok && locked && file)
        (void)(ftruncate(j->fd, st.st_size) == 0); /* half a record helps nobody */
    if (ok && sync && file && fsync(j->fd) != 0 && errno != EINVAL) {
        ok = false;
        why = errno;
    }
    if (locked)
        (void)flock(j->fd, LOCK_UN);
    errno = why;
    return ok;
}

static const char *const origins[] = {
    [OP_FROM_RULES] = "rules", [OP_FROM_MODEL] = "model", [OP_FROM_USER] = "user", [OP_FROM_OPSH] = "opsh"
};

static void add_input(struct op_json *record, const struct op_step *step)
{
    if (step->input == NULL)
        return;
    op_json_set_int(record, "stdin_bytes", (int64_t)strlen(step->input));
    if (strlen(step->input) <= INPUT_MOST && !op_mask_is_secret(step->input))
        op_json_set_str(record, "stdin", step->input);
}

static struct op_json *describe(const struct op_journal *j, const char *event, const struct op_step *step,
                                const struct op_verdict *v, const char *context, const char *ns)
{
    struct op_json *record = op_json_object(), *argv = op_json_array();
    char now[32];
    op_clock_iso(now);
    op_json_set_str(record, "time", now);
    op_json_set_str(record, "session", j->session);
    op_json_set_int(record, "step", j->step);
    op_json_set_str(record, "change", j->change);
    op_json_set_str(record, "event", event);
    op_json_set_str(record, "from", origins[step->origin]);
    op_json_set_str(record, "context", context);
    op_json_set_str(record, "namespace", ns);
    op_json_set_str(record, "risk", op_risk_name(v->risk));
    OP_AUTO_STRV masked = OP_STRV_INIT;
    op_mask_argv(&step->argv, &masked);
    for (size_t i = 0; i < masked.n; i++)
        op_json_push(argv, op_json_string(masked.v[i]));
    op_json_set(record, "argv", argv);
    add_input(record, step);
    return record;
}

bool op_journal_write(struct op_journal *j, const char *event, const struct op_step *step, const struct op_verdict *v,
                      const char *context, const char *ns, struct op_json *extra, struct op_err *err)
{
    OP_AUTO_JSON *rest = extra;
    if (j->fd < 0)
        return true;
    OP_AUTO_JSON *record = describe(j, event, step, v, context, ns);
    OP_JSON_EACH(member, rest)
    op_json_set(record, op_json_key(member), op_json_dup(member));
    OP_AUTO_FREE char *text = op_json_print(record, false);
    if (append(j, text, op_str_eq(event, "run")))
        return true;
    return op_fail(err, OP_IO, errno, "journal: a record could not be written");
}

/* ---- reading ---- */

/* The newest READ_MOST bytes. */
static bool read_tail(const char *path, struct op_buf *out, struct op_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        int why = errno;
        if (fd >= 0)
            (void)close(fd);
        return op_fail(err, OP_IO, fd < 0 ? why : 0, "journal: cannot read %s", path);
    }
    if (st.st_size > READ_MOST)
        (void)lseek(fd, st.st_size - READ_MOST, SEEK_SET);
    bool ok = op_fd_read_all(fd, (size_t)READ_MOST + (1 << 20), out, err);
    (void)close(fd);
    return ok || op_fail_ctx(err, "journal");
}

struct op_json *op_journal_read(const char *path, struct op_err *err)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!read_tail(path, &text, err))
        return NULL;
    struct op_json *all = op_json_array();
    for (const char *line = op_buf_str(&text), *end = line + text.len; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((stop != NULL ? stop : end) - line);
        struct op_json *record = n != 0 ? op_json_parse(line, n, OP_JSON_LOOSE, NULL) : NULL;
        if (record != NULL && op_json_is_object(record))
            op_json_push(all, record);
        else
            op_json_free(record);
        line += n + 1;
    }
    return all;
}
