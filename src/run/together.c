/* Owns the reads that a model asks for in one reply, or an analysis begins with: they run at the same time, a few at
 * once, and are shown one after the other as if they had run so. Refuses what is no plain read, what anybody is to be
 * asked about, and what waits for something to come true: the steps behind it expect that it did. */
#include "opsh/base/str.h"
#include "road_i.h"

enum { MOST_AT_ONCE = 4 };

struct batch {
    struct op_road *road;
    struct op_passage *ps; /* the first of them */
    struct op_run_job jobs[MOST_AT_ONCE];
    bool done[MOST_AT_ONCE];
    size_t n, turn;      /* whose turn it is to be shown */
    size_t first, total; /* their places in the plan */
};

static bool waits(const struct op_verdict *v)
{
    static const char *const verbs[] = { "wait", "rollout status" };
    return OP_IN(v->verb, verbs);
}

static bool may_join(struct op_road *road, struct op_move *move, struct op_passage *p, size_t at)
{
    p->step = &move->steps[at];
    bool looks = p->step->origin == OP_FROM_MODEL || move->kind == OP_MOVE_ANALYSIS;
    return looks && op_passage_foresee(road, p) == OP_DECIDE_RUN && p->verdict.risk == OP_RISK_READ &&
           p->verdict.known && !p->verdict.interactive && !waits(&p->verdict) && p->step->show == NULL;
}

/* Its turn has come: the command line, and what it has said so far. */
static void open_turn(struct batch *b)
{
    struct op_ui *ui = &b->road->o.ui;
    const struct op_passage *p = &b->ps[b->turn];
    struct op_target target = op_road_target(b->road, &p->verdict);
    ui->step(ui->self, p->step, &p->verdict, &target, b->first + b->turn + 1, b->total);
    const struct op_child_result *res = b->jobs[b->turn].so_far;
    if (res == NULL)
        return;
    const struct op_capture *said[] = { [OP_STDOUT] = &res->out, [OP_STDERR] = &res->err };
    for (enum op_stream s = OP_STDOUT; s <= OP_STDERR; s++) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        op_capture_text(said[s], &text);
        if (text.len != 0)
            ui->output(ui->self, s, op_buf_str(&text), text.len);
    }
}

static void close_turn(struct batch *b)
{
    struct op_ui *ui = &b->road->o.ui;
    struct op_passage *p = &b->ps[b->turn];
    op_run_reach(b->road, p->step, &p->run);
    op_road_words_after(b->road, p);
    struct op_observation obs = op_passage_observe(p);
    ui->result(ui->self, &obs, p->run.ms);
}

static void on_output(void *ctx, size_t at, enum op_stream stream, const char *bytes, size_t n)
{
    struct batch *b = ctx;
    if (at == b->turn)
        b->road->o.ui.output(b->road->o.ui.self, stream, bytes, n);
}

static void on_done(void *ctx, size_t at)
{
    struct batch *b = ctx;
    b->done[at] = true;
    while (b->turn < b->n && b->done[b->turn]) {
        close_turn(b);
        if (++b->turn < b->n)
            open_turn(b);
    }
}

static void run(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        op_journal_step(&b->road->journal);
        b->jobs[i] = (struct op_run_job){ .step = b->ps[i].step,
                                          .v = &b->ps[i].verdict,
                                          .run = &b->ps[i].run,
                                          .at = i,
                                          .output = on_output,
                                          .done = on_done,
                                          .ctx = b };
    }
    open_turn(b);
    op_road_run_all(b->road, b->jobs, b->n);
}

size_t op_road_together(struct op_road *road, struct op_move *move, struct op_passage *ps, size_t from)
{
    size_t n = 0;
    while (n < MOST_AT_ONCE && from + n < move->n && may_join(road, move, &ps[from + n], from + n))
        n++;
    if (n < 2)
        return 0;
    struct batch b = { .road = road, .ps = &ps[from], .n = n, .first = from, .total = move->n };
    run(&b);
    return n;
}
