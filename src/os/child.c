/* Captured children: one poll loop for any number of them. Owns their pipes, their ends and
 * what is kept of their output. Children that get the terminal are in handover.c. */
#include "opsh/os/child.h"

#include "handover.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

enum {
    GRACE_MS = 200, INT_MS = 2000, TERM_MS = 3000, QUIET_MS = 500,
    BATCH_MS = 3 /* kubectl writes a table cell at a time: reading each at once would wake us hundreds of times */
};

/* How hard we have asked it to end. */
enum pressure { NONE, ASKED_INT, ASKED_TERM, ASKED_KILL };

struct running {
    const struct op_child_spec *spec;
    struct op_child_result *res;
    pid_t pid;
    int in, fds[2]; /* -1 once closed */
    size_t fed;
    bool ended;           /* the leader is a zombie now */
    enum pressure pressure;
    int64_t started, ended_at, step_at; /* step_at: when to press harder */
    int64_t rest_until;                 /* leave small writes to gather until then */
    int64_t quiet_since;                /* its last output, or when it was last told of */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    return true;
}

static void nonblocking(int fd)
{
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static bool start(struct running *r, struct op_err *err)
{
    int in[2] = { -1, -1 }, out[2] = { -1, -1 }, errs[2] = { -1, -1 };
    bool ok = make_pipe(out) && make_pipe(errs);
    if (ok && r->spec->input != NULL)
        ok = make_pipe(in);
    else if (ok)
        ok = (in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;
    int rc = ok ? 0 : errno;
    if (rc == 0)
        rc = op_spawn(r->spec, (int[3]){ in[0], out[1], errs[1] }, false, &r->pid);
    close_fd(&in[0]);
    close_fd(&out[1]);
    close_fd(&errs[1]);
    r->in = in[1];
    r->fds[OP_STDOUT] = out[0];
    r->fds[OP_STDERR] = errs[0];
    if (rc != 0) {
        close_fd(&r->in);
        close_fd(&r->fds[0]);
        close_fd(&r->fds[1]);
        return op_fail(err, OP_TOOL, rc, "cannot start %s", r->spec->path);
    }
    if (r->in >= 0)
        nonblocking(r->in);
    nonblocking(r->fds[0]);
    nonblocking(r->fds[1]);
    r->started = op_clock_ms();
    return true;
}

static void press(struct running *r, enum pressure how)
{
    static const int signals[] = { [ASKED_INT] = SIGINT, [ASKED_TERM] = SIGTERM, [ASKED_KILL] = SIGKILL };
    if (how <= r->pressure)
        return;
    r->pressure = how;
    r->step_at = op_clock_ms() + (how == ASKED_INT ? INT_MS : TERM_MS);
    (void)kill(-r->pid, signals[how]);
}

static void keep(struct op_capture *c, const struct op_child_spec *spec, const char *bytes, size_t n)
{
    bool defaults = spec->keep_head == 0 && spec->keep_tail == 0;
    size_t head = defaults ? OP_CHILD_HEAD : spec->keep_head, tail = defaults ? OP_CHILD_TAIL : spec->keep_tail;
    size_t fits = c->head.len < head ? head - c->head.len : 0;
    fits = fits < n ? fits : n;
    op_buf_add(&c->head, bytes, fits);
    op_buf_add(&c->tail, bytes + fits, n - fits);
    if (c->tail.len > tail * 2) {
        c->dropped += c->tail.len - tail;
        op_buf_drop(&c->tail, c->tail.len - tail);
    }
}

static void read_some(struct running *r, enum op_stream which)
{
    char part[65536];
    ssize_t n = read(r->fds[which], part, sizeof(part));
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        close_fd(&r->fds[which]);
        return;
    }
    r->quiet_since = op_clock_ms();
    if (n < 4096)
        r->rest_until = r->quiet_since + BATCH_MS;
    keep(which == OP_STDOUT ? &r->res->out : &r->res->err, r->spec, part, (size_t)n);
    if (r->spec->on_output != NULL && !r->spec->on_output(r->spec->ctx, which, part, (size_t)n))
        press(r, ASKED_TERM);
}

static void feed(struct running *r)
{
    ssize_t n = write(r->in, r->spec->input + r->fed, r->spec->input_len - r->fed);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    r->fed += n > 0 ? (size_t)n : 0;
    if (n < 0 || r->fed == r->spec->input_len)
        close_fd(&r->in);
}

static bool done(const struct running *r)
{
    return r->pid == 0;
}

static void finish(struct running *r)
{
    (void)kill(-r->pid, SIGKILL); /* grandchildren; the zombie leader still holds the group's number */
    int status = 0;
    (void)waitpid(r->pid, &status, 0);
    r->res->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    r->res->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    r->res->ms = op_clock_ms() - r->started;
    size_t tail = r->spec->keep_head == 0 && r->spec->keep_tail == 0 ? OP_CHILD_TAIL : r->spec->keep_tail;
    struct op_capture *both[] = { &r->res->out, &r->res->err };
    for (size_t i = 0; i < 2; i++)
        if (both[i]->tail.len > tail) {
            both[i]->dropped += both[i]->tail.len - tail;
            op_buf_drop(&both[i]->tail, both[i]->tail.len - tail);
        }
    close_fd(&r->in);
    close_fd(&r->fds[0]);
    close_fd(&r->fds[1]);
    r->pid = 0;
    if (r->spec->on_done != NULL)
        r->spec->on_done(r->spec->ctx, r->res);
}

/* Ends, deadlines and pressure of one child; milliseconds until it wants to be looked at again. */
static int64_t attend(struct running *r, int64_t now)
{
    siginfo_t info = { 0 };
    if (!r->ended && waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == r->pid) {
        r->ended = true;
        r->ended_at = now;
        close_fd(&r->in);
    }
    bool open = r->fds[0] >= 0 || r->fds[1] >= 0;
    if (r->ended && (!open || now - r->ended_at >= GRACE_MS)) {
        finish(r);
        return INT64_MAX;
    }
    if (r->ended)
        return GRACE_MS - (now - r->ended_at);
    int64_t next = INT64_MAX;
    if (r->spec->timeout_ms > 0 && r->pressure == NONE) {
        next = r->started + r->spec->timeout_ms - now;
        if (next <= 0) {
            r->res->timed_out = true;
            press(r, ASKED_TERM);
        }
    }
    if (r->spec->on_quiet != NULL) {
        int64_t since = r->quiet_since > r->started ? r->quiet_since : r->started;
        if (now - since >= QUIET_MS) {
            r->spec->on_quiet(r->spec->ctx);
            r->quiet_since = since = now;
        }
        next = next < since + QUIET_MS - now ? next : since + QUIET_MS - now;
    }
    if (r->pressure != NONE && r->pressure != ASKED_KILL) {
        if (now >= r->step_at)
            press(r, r->pressure + 1);
        next = next < r->step_at - now ? next : r->step_at - now;
    }
    return next > 0 ? next : 1;
}

static void interrupt_all(struct running *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!done(&all[i]) && !all[i].ended) {
            all[i].res->interrupted = true;
            press(&all[i], all[i].pressure + 1 > ASKED_KILL ? ASKED_KILL : all[i].pressure + 1);
        }
}

/* A person who answers does not wait for what was only to be looked at: no signal that could be sat out. */
static void cancel_all(struct running *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!done(&all[i]) && all[i].spec->until_input) {
            all[i].res->cancelled = true;
            press(&all[i], ASKED_KILL);
        }
}

static bool any_until_input(const struct running *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!done(&all[i]) && all[i].spec->until_input && all[i].pressure != ASKED_KILL)
            return true;
    return false;
}

/* One wait for all of them: descriptors 2 + 3 per child, in that order. */
static void wait_for_events(struct running *all, size_t n, int64_t ms)
{
    enum { INPUT = 0, FIRST = 2 };
    OP_AUTO_FREE struct pollfd *fds = op_calloc(FIRST + 3 * n, sizeof(*fds));
    struct pollfd *p = fds + FIRST - 1;
    fds[INPUT] = (struct pollfd){ .fd = any_until_input(all, n) ? STDIN_FILENO : -1, .events = POLLIN };
    p[0] = (struct pollfd){ .fd = op_signals_fd(), .events = POLLIN };
    int64_t now = op_clock_ms();
    for (size_t i = 0; i < n; i++) {
        bool live = !done(&all[i]), rests = !all[i].ended && now < all[i].rest_until;
        p[1 + 3 * i] = (struct pollfd){ .fd = live ? all[i].in : -1, .events = POLLOUT };
        p[2 + 3 * i] = (struct pollfd){ .fd = live && !rests ? all[i].fds[0] : -1, .events = POLLIN };
        p[3 + 3 * i] = (struct pollfd){ .fd = live && !rests ? all[i].fds[1] : -1, .events = POLLIN };
        if (live && rests && all[i].rest_until - now < ms)
            ms = all[i].rest_until - now;
    }
    /* without the signal descriptor (op_signals_init not called) ends are found by looking */
    int64_t longest = op_signals_fd() >= 0 ? 60000 : 20;
    if (poll(fds, (nfds_t)(FIRST + 3 * n), (int)(ms < longest ? ms : longest)) <= 0)
        return;
    if (fds[INPUT].revents != 0)
        cancel_all(all, n);
    for (size_t i = 0; i < n; i++) {
        if (p[1 + 3 * i].revents != 0 && p[1 + 3 * i].fd >= 0)
            feed(&all[i]);
        for (enum op_stream s = OP_STDOUT; s <= OP_STDERR; s++)
            if (p[2 + 3 * i + s].revents != 0 && p[2 + 3 * i + s].fd >= 0)
                read_some(&all[i], s);
    }
}

static void run(struct running *all, size_t n)
{
    for (;;) {
        unsigned events = op_signals_take();
        if ((events & (OP_SIG_INT | OP_SIG_TERM)) != 0)
            interrupt_all(all, n);
        int64_t now = op_clock_ms(), soonest = INT64_MAX;
        bool any = false;
        for (size_t i = 0; i < n; i++) {
            if (done(&all[i]))
                continue;
            int64_t next = attend(&all[i], now);
            soonest = next < soonest ? next : soonest;
            any = any || !done(&all[i]);
        }
        if (!any)
            return;
        wait_for_events(all, n, soonest);
    }
}

void op_child_run_all(const struct op_child_spec *specs, size_t n, struct op_child_result *res, bool *ok,
                      struct op_err *errs)
{
    OP_AUTO_FREE struct running *all = op_calloc(n, sizeof(*all));
    for (size_t i = 0; i < n; i++) {
        res[i] = (struct op_child_result)OP_CHILD_RESULT_INIT;
        all[i] = (struct running){ .spec = &specs[i], .res = &res[i], .in = -1, .fds = { -1, -1 } };
        ok[i] = start(&all[i], &errs[i]);
        if (!ok[i])
            all[i].pid = 0;
    }
    run(all, n);
}

bool op_child_run(const struct op_child_spec *spec, struct op_child_result *res, struct op_err *err)
{
    if (spec->handover) {
        *res = (struct op_child_result)OP_CHILD_RESULT_INIT;
        return op_handover_run(spec, res, err);
    }
    bool ok = false;
    op_child_run_all(spec, 1, res, &ok, err);
    return ok;
}

void op_capture_text(const struct op_capture *c, struct op_buf *out)
{
    op_buf_add(out, op_buf_str(&c->head), c->head.len);
    if (c->dropped != 0)
        op_buf_addf(out, "\n… %llu bytes not kept …\n", (unsigned long long)c->dropped);
    op_buf_add(out, op_buf_str(&c->tail), c->tail.len);
}

void op_child_result_free(struct op_child_result *res)
{
    op_buf_free(&res->out.head);
    op_buf_free(&res->out.tail);
    op_buf_free(&res->err.head);
    op_buf_free(&res->err.tail);
}
