/* The runner: the only file that starts tools. Absolute paths, an allow-listed environment,
 * limits; what comes back is cleaned before anyone reads it. */
#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/gate/quote.h"
#include "opsh/os/env.h"
#include "opsh/os/path.h"
#include "opsh/run/doctor.h"
#include "filter.h"
#include "road_i.h"

#include <errno.h>

const char *op_road_program(struct op_road *road, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < road->programs.n; i++)
        if (strncmp(road->programs.v[i], name, n) == 0 && road->programs.v[i][n] == '=')
            return road->programs.v[i] + n + 1;
    /* opsh's own verbs are this very program, whatever is called so on PATH */
    OP_AUTO_FREE char *path = op_str_eq(name, "opsh") ? op_path_self() : op_path_find_program(name);
    if (path == NULL)
        return NULL;
    op_strv_pushf(&road->programs, "%s=%s", name, path);
    return road->programs.v[road->programs.n - 1] + n + 1;
}

const struct op_strv *op_road_env(const struct op_road *road, const char *program, bool interactive)
{
    if (op_str_eq(program, "opsh"))
        return &road->env_self;
    return interactive ? &road->env_interactive : &road->env;
}

struct live {
    const struct op_ui *ui;
    const struct op_step *step;
    bool quiet, mid_line;
    const char *what; /* runs */
    struct op_filter *filter; /* or NULL: all of it is shown */
    struct op_buf kept;       /* what the filter let through; the rest is dropped as it comes */
};

static void show(struct live *live, enum op_stream stream, const char *bytes, size_t n)
{
    if (n == 0)
        return;
    live->mid_line = bytes[n - 1] != '\n';
    if (!live->quiet)
        live->ui->output(live->ui->self, stream, bytes, n);
}

/* docker prints on standard error what the container printed there. */
static bool filtered(const struct live *live, enum op_stream stream)
{
    return live->filter != NULL && (stream == OP_STDOUT || op_str_eq(live->step->argv.v[0], "docker"));
}

static bool pass_on(void *ctx, enum op_stream stream, const char *bytes, size_t n)
{
    struct live *live = ctx;
    if (!filtered(live, stream)) {
        show(live, stream, bytes, n);
        return true;
    }
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_filter_feed(live->filter, stream, bytes, n, &out);
    show(live, OP_STDOUT, op_buf_str(&out), out.len);
    op_buf_add(&live->kept, op_buf_str(&out), out.len);
    return true;
}

/* Nothing is printed, so that a person sees that it still runs, and for how long. Not into a line that is not whole. */
static void still_running(void *ctx)
{
    const struct live *live = ctx;
    if (!live->mid_line && !live->quiet)
        live->ui->progress(live->ui->self, live->what);
}

/* Of what a change says, everything is shown. */
static bool shows_part(const struct op_step *step, const struct op_verdict *v)
{
    return step->show != NULL && v->risk == OP_RISK_READ;
}

/* Both streams as one cleaned text: output first, then what went wrong. */
static char *cleaned(const struct op_child_result *res)
{
    OP_AUTO_BUF raw = OP_BUF_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    op_capture_text(&res->out, &raw);
    if (raw.len != 0 && raw.data[raw.len - 1] != '\n' && res->err.head.len != 0)
        op_buf_addc(&raw, '\n');
    op_capture_text(&res->err, &raw);
    op_text_clean(&text, op_buf_str(&raw), raw.len);
    return op_buf_steal(&text);
}

static enum op_outcome outcome_of(const struct op_child_result *res)
{
    if (res->interrupted)
        return OP_STOPPED;
    return res->timed_out ? OP_TIMED_OUT : OP_RAN;
}

/* false: there is no such program, which run says then. */
static bool prepare(struct op_road *road, const struct op_step *step, const struct op_verdict *v, struct op_run *run,
                    struct op_child_spec *spec)
{
    *run = (struct op_run){ .outcome = OP_NOT_STARTED, .exit_code = -1 };
    const char *path = op_road_program(road, step->argv.v[0]);
    if (path == NULL) {
        const char *how = op_doctor_hint(step->argv.v[0]);
        (void)snprintf(run->reason, sizeof(run->reason), "%.60s is not on PATH; to install it: %s", step->argv.v[0],
                       how != NULL ? how : "opsh does not know how");
        return false;
    }
    bool terminal = v->interactive && road->o.policy.terminal; /* what follows a log ends when the person ends it */
    bool handover = terminal && !shows_part(step, v);
    const struct op_strv *env = op_road_env(road, step->argv.v[0], handover);
    *spec = (struct op_child_spec){
        .path = path,
        .argv = step->argv.v,
        .envp = env->v,
        .input = step->input,
        .input_len = step->input != NULL ? strlen(step->input) : 0,
        .timeout_ms = terminal ? 0 : road->o.tool_timeout_ms,
        .handover = handover,
    };
    return true;
}

static void fill(const struct op_road *road, const struct op_child_result *res, struct op_run *run)
{
    run->outcome = outcome_of(res);
    run->exit_code = res->exit_code;
    run->ms = res->ms;
    run->output = cleaned(res);
    if (res->signal != 0 && run->outcome == OP_RAN)
        (void)snprintf(run->reason, sizeof(run->reason), "killed by signal %d (%s)", res->signal,
                       strsignal(res->signal));
    else if (res->timed_out)
        (void)snprintf(run->reason, sizeof(run->reason), "ended after %lld s without a result (setting: timeout)",
                       (long long)(road->o.tool_timeout_ms / 1000));
}

/* What was shown takes the place of all that was printed: nobody is given a part as the whole. Followed until the person
 * had seen enough, it has run to its end. */
static void close_filter(struct live *live, const struct op_verdict *v, const struct op_child_result *res, struct op_run *run)
{
    OP_AUTO_BUF rest = OP_BUF_INIT, text = OP_BUF_INIT;
    op_filter_end(live->filter, &rest);
    show(live, OP_STDOUT, op_buf_str(&rest), rest.len);
    op_buf_add(&live->kept, op_buf_str(&rest), rest.len);
    if (run->outcome == OP_STOPPED && v->interactive)
        run->outcome = OP_RAN;
    op_text_clean(&text, op_buf_str(&live->kept), live->kept.len);
    if (!filtered(live, OP_STDERR) || run->exit_code != 0) {
        OP_AUTO_BUF err = OP_BUF_INIT;
        op_capture_text(&res->err, &err);
        op_text_clean(&text, op_buf_str(&err), err.len);
    }
    if (op_filter_looked(live->filter) || (run->outcome == OP_RAN && run->exit_code == 0)) {
        OP_AUTO_BUF sentence = OP_BUF_INIT;
        op_filter_sentence(live->filter, &sentence);
        op_buf_addf(&text, "%s%s\n", text.len != 0 && text.data[text.len - 1] != '\n' ? "\n" : "", op_buf_str(&sentence));
        run->shown = op_buf_steal(&sentence);
    }
    free(run->output);
    run->output = op_buf_steal(&text);
}

void op_road_run(struct op_road *road, const struct op_step *step, const struct op_verdict *v, struct op_run *run)
{
    OP_AUTO_BUF command = OP_BUF_INIT;
    op_quote_argv(&command, &step->argv);
    struct live live = { .ui = &road->o.ui,
                         .step = step,
                         .filter = shows_part(step, v) ? op_filter_new(step->show) : NULL,
                         .kept = { .max = OP_CHILD_HEAD },
                         .quiet = step->origin == OP_FROM_OPSH,
                         .what = op_str_empty(step->why) ? op_buf_str(&command) : step->why };
    struct op_child_spec spec;
    struct op_child_result res = OP_CHILD_RESULT_INIT;
    struct op_err err = OP_ERR_INIT;
    if (!prepare(road, step, v, run, &spec)) {
        op_filter_free(live.filter);
        return;
    }
    spec.on_output = pass_on;
    spec.on_quiet = still_running;
    spec.ctx = &live;
    bool ran = op_child_run(&spec, &res, &err);
    road->o.ui.progress(road->o.ui.self, NULL);
    if (ran)
        fill(road, &res, run);
    else
        (void)snprintf(run->reason, sizeof(run->reason), "%.230s", err.msg);
    if (ran && live.filter != NULL)
        close_filter(&live, v, &res, run);
    op_filter_free(live.filter);
    op_buf_free(&live.kept);
    op_child_result_free(&res);
}

static bool job_output(void *ctx, enum op_stream stream, const char *bytes, size_t n)
{
    const struct op_run_job *job = ctx;
    job->output(job->ctx, job->at, stream, bytes, n);
    return true;
}

static void job_done(void *ctx, const struct op_child_result *res)
{
    struct op_run_job *job = ctx;
    fill(job->road, res, job->run);
    job->done(job->ctx, job->at);
}

void op_road_run_all(struct op_road *road, struct op_run_job *jobs, size_t n)
{
    OP_AUTO_FREE struct op_child_spec *specs = op_calloc(n, sizeof(*specs));
    OP_AUTO_FREE struct op_child_result *res = op_calloc(n, sizeof(*res));
    OP_AUTO_FREE struct op_err *errs = op_calloc(n, sizeof(*errs));
    OP_AUTO_FREE bool *ok = op_calloc(n, sizeof(*ok));
    OP_AUTO_FREE struct op_run_job **started = op_calloc(n, sizeof(struct op_run_job *));
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        jobs[i].road = road;
        if (!prepare(road, jobs[i].step, jobs[i].v, jobs[i].run, &specs[m])) {
            jobs[i].done(jobs[i].ctx, jobs[i].at);
            continue;
        }
        specs[m].on_output = job_output;
        specs[m].on_done = job_done;
        specs[m].ctx = &jobs[i];
        jobs[i].so_far = &res[m];
        started[m++] = &jobs[i];
    }
    op_child_run_all(specs, m, res, ok, errs);
    for (size_t k = 0; k < m; k++) {
        started[k]->so_far = NULL;
        if (ok[k]) {
            op_child_result_free(&res[k]);
            continue;
        }
        (void)snprintf(started[k]->run->reason, sizeof(started[k]->run->reason), "%.230s", errs[k].msg);
        started[k]->done(started[k]->ctx, started[k]->at);
    }
}

void op_run_free(struct op_run *run)
{
    op_free_ptr(&run->output);
    op_free_ptr(&run->shown);
}
