/* Append-only JSON lines of what was asked, answered, run, and what came of it. */
#include "opsh/run/journal.h"

#include "opsh/os/clock.h"
#include "opsh/os/path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

bool op_journal_open(struct op_journal *j, const char *path, struct op_err *err)
{
    *j = (struct op_journal)OP_JOURNAL_INIT;
    if (!op_path_make_parent(path, err))
        return op_fail_ctx(err, "journal");
    j->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->fd < 0)
        return op_fail(err, OP_IO, errno, "journal: cannot open %s", path);
    (void)fchmod(j->fd, 0600);
    (void)snprintf(j->session, sizeof(j->session), "%llx-%lx", (unsigned long long)op_clock_now(), (long)getpid());
    return true;
}

void op_journal_close(struct op_journal *j)
{
    if (j->fd >= 0)
        (void)close(j->fd);
    j->fd = -1;
}

void op_journal_step(struct op_journal *j)
{
    j->step++;
}

static const char *const origins[] = {
    [OP_FROM_RULES] = "rules", [OP_FROM_MODEL] = "model", [OP_FROM_USER] = "user", [OP_FROM_OPSH] = "opsh"
};

bool op_journal_write(struct op_journal *j, const char *event, const struct op_step *step, const struct op_verdict *v,
                      const char *context, const char *ns, struct op_json *extra, struct op_err *err)
{
    OP_AUTO_JSON *rest = extra;
    if (j->fd < 0)
        return true;
    OP_AUTO_JSON *record = op_json_object();
    char now[32];
    op_clock_iso(now);
    op_json_set_str(record, "time", now);
    op_json_set_str(record, "session", j->session);
    op_json_set_int(record, "step", j->step);
    op_json_set_str(record, "event", event);
    op_json_set_str(record, "from", origins[step->origin]);
    op_json_set_str(record, "context", context);
    op_json_set_str(record, "namespace", ns);
    op_json_set_str(record, "risk", op_risk_name(v->risk));
    struct op_json *argv = op_json_array();
    for (size_t i = 0; i < step->argv.n; i++)
        op_json_push(argv, op_json_string(step->argv.v[i]));
    op_json_set(record, "argv", argv);
    OP_JSON_EACH(member, rest)
    op_json_set(record, op_json_key(member), op_json_dup(member));
    OP_AUTO_FREE char *text = op_json_print(record, false);
    OP_AUTO_BUF line = OP_BUF_INIT;
    op_buf_adds(&line, text);
    op_buf_addc(&line, '\n');
    if (write(j->fd, line.data, line.len) == (ssize_t)line.len)
        return true;
    return op_fail(err, OP_IO, errno != 0 ? errno : ENOSPC, "journal: a record could not be written");
}
