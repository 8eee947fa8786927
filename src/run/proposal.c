/* Owns the plan that is shown whole before any of it runs: what is decided about each command, the one question for
 * all that it changes, and what the person agreed to, byte for byte, until the turn ends. Refuses to take that yes for
 * what destroys, what a flag guard asks about, or a protected context: those are asked about when their turn comes. */
#include "inverse.h"
#include "opsh/base/str.h"
#include "opsh/gate/quote.h"

/* ---- what was agreed to ---- */

const struct op_agreement *op_road_agreed(const struct op_road *road, const struct op_step *step)
{
    for (size_t i = 0; i < road->n_agreed; i++)
        if (op_strv_equal(&road->agreed[i].argv, &step->argv) && op_str_eq(road->agreed[i].input, step->input))
            return &road->agreed[i];
    return NULL;
}

static void agree(struct op_road *road, const struct op_proposed *item)
{
    road->agreed = op_grow(road->agreed, road->n_agreed, &road->agreed_cap, sizeof(*road->agreed));
    struct op_agreement *a = &road->agreed[road->n_agreed++];
    *a = (struct op_agreement){ .input = op_strdup(item->step->input), .context = op_strdup(item->target.context) };
    op_strv_copy(&a->argv, &item->step->argv);
}

void op_road_forget_agreed(struct op_road *road)
{
    for (size_t i = 0; i < road->n_agreed; i++) {
        op_strv_free(&road->agreed[i].argv);
        free(road->agreed[i].input);
        free(road->agreed[i].context);
    }
    op_free_ptr(&road->agreed);
    road->n_agreed = road->agreed_cap = 0;
}

/* ---- what is decided ---- */

struct proposing {
    struct op_road *road;
    const struct op_move *move;
    struct op_passage *ps;
    struct op_proposed *items;
    bool *covered;
    size_t changes;
    bool asks;                    /* is there a command that a person must be asked about, now or in its turn? */
    const struct op_passage *bad; /* the first that is refused and not optional, or NULL */
    bool suggests;
};

static void finish(struct op_passage *p, enum op_outcome outcome, const char *reason)
{
    p->run.outcome = outcome;
    (void)snprintf(p->reason, sizeof(p->reason), "%.230s", reason);
}

static void judge(struct proposing *g, size_t i)
{
    struct op_passage *p = &g->ps[i];
    char why[240] = "";
    p->step = &g->move->steps[i];
    op_gate_classify(g->road->o.catalog, &p->step->argv, p->step->input, &p->verdict);
    op_road_words_judge(g->road, p);
    op_road_complete(g->road, &p->step->argv);
    op_inverse_hint(g->road->o.catalog, p->step, &p->verdict, p->verdict.undo, sizeof(p->verdict.undo));
    struct op_target target = op_road_target(g->road, &p->verdict);
    enum op_decision decision = op_passage_decide(g->road, p, &target, false, why, sizeof(why));
    g->covered[i] = op_passage_covered(g->road, p, decision);
    g->items[i] = (struct op_proposed){ .step = p->step, .verdict = &p->verdict, .target = target };
    bool asked = decision != OP_DECIDE_RUN && decision != OP_DECIDE_REFUSE && decision != OP_DECIDE_SUGGEST;
    g->items[i].again = asked && !g->covered[i];
    g->asks = g->asks || asked;
    g->changes += decision != OP_DECIDE_REFUSE && p->verdict.risk != OP_RISK_READ;
    g->suggests = g->suggests || decision == OP_DECIDE_SUGGEST;
    finish(p, OP_RAN, "");
    if (decision != OP_DECIDE_REFUSE)
        return;
    finish(p, OP_BLOCKED, why);
    if (g->bad == NULL && !p->step->optional)
        g->bad = p;
}

/* One that is refused makes the rest senseless: better none than half of it. */
static void settle(struct proposing *g)
{
    for (size_t i = 0; i < g->move->n; i++) {
        struct op_passage *p = &g->ps[i];
        if (g->bad != NULL && p->run.outcome == OP_RAN)
            finish(p, OP_BLOCKED, "another command of the plan is refused");
        else if (g->suggests && p->run.outcome == OP_RAN)
            finish(p, OP_SUGGESTED, "");
        g->items[i].outcome = p->run.outcome;
        g->items[i].reason = p->reason[0] != '\0' ? p->reason : NULL;
    }
}

/* ---- the question ---- */

static void full_lines(struct proposing *g, size_t i, struct op_strv *lines)
{
    const struct op_passage *p = &g->ps[i];
    OP_AUTO_BUF command = OP_BUF_INIT;
    op_quote_argv(&command, &p->step->argv);
    op_strv_pushf(lines, "#[%zu/%zu] $ %s", i + 1, g->move->n, op_buf_str(&command));
    struct op_preview preview = { 0 };
    if (p->run.outcome == OP_RAN && op_road_can_preview(g->road, p->step, &p->verdict))
        op_road_preview(g->road, p->step, &p->verdict, false, &preview);
    for (size_t k = 0; k < preview.full.n; k++)
        op_strv_push(lines, preview.full.v[k]);
    for (const char *s = preview.full.n == 0 ? p->step->input : NULL; s != NULL && *s != '\0';) {
        size_t n = strcspn(s, "\n");
        OP_AUTO_FREE char *line = op_strndup(s, n);
        op_strv_pushf(lines, "|%s", line);
        s += n + (s[n] == '\n');
    }
    op_preview_free(&preview);
}

static void show_all(struct proposing *g)
{
    struct op_ui *ui = &g->road->o.ui;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    ui->progress(ui->self, "asking the server what would differ");
    for (size_t i = 0; i < g->move->n; i++)
        full_lines(g, i, &lines);
    ui->progress(ui->self, NULL);
    ui->page(ui->self, &lines);
}

static enum op_answer ask(struct proposing *g, char *reason, size_t size)
{
    struct op_ui *ui = &g->road->o.ui;
    const struct op_question q = { .changes = g->changes, .decision = OP_DECIDE_ASK, .diff = ui->page != NULL };
    enum op_answer answer = ui->ask(ui->self, &q, reason, size);
    for (; answer == OP_ANSWER_DIFF; answer = ui->ask(ui->self, &q, reason, size))
        show_all(g);
    return answer;
}

static struct op_json *reason_of(const char *reason)
{
    struct op_json *extra = op_json_object();
    op_json_set_str(extra, "reason", reason);
    return extra;
}

/* What will not run is on record; what will, when it does. */
static void record(struct proposing *g, const char *event)
{
    for (size_t i = 0; i < g->move->n; i++)
        if (g->ps[i].verdict.risk != OP_RISK_READ) {
            op_journal_step(&g->road->journal);
            op_passage_record(g->road, &g->ps[i], event, reason_of(g->ps[i].reason));
        }
}

static enum op_code answered(struct proposing *g)
{
    struct op_ui *ui = &g->road->o.ui;
    char reason[200] = "";
    enum op_answer answer = ask(g, reason, sizeof(reason));
    if (answer == OP_ANSWER_YES) {
        for (size_t i = 0; i < g->move->n; i++)
            if (g->covered[i])
                agree(g->road, &g->items[i]);
        return OP_OK;
    }
    bool interrupt = answer == OP_ANSWER_INTERRUPT;
    for (size_t i = 0; i < g->move->n; i++)
        finish(&g->ps[i], interrupt ? OP_STOPPED : OP_DECLINED, interrupt ? "nothing was run" : reason);
    record(g, "declined");
    struct op_observation obs = op_passage_observe(&g->ps[0]);
    ui->result(ui->self, &obs, 0);
    return interrupt ? OP_INTERRUPTED : OP_REFUSED;
}

enum op_code op_road_propose(struct op_road *road, struct op_move *move, struct op_passage *ps)
{
    if (move->n == 0)
        return OP_OK;
    OP_AUTO_FREE struct op_proposed *items = op_calloc(move->n, sizeof(*items));
    OP_AUTO_FREE bool *covered = op_calloc(move->n, sizeof(*covered));
    struct proposing g = { .road = road, .move = move, .ps = ps, .items = items, .covered = covered };
    for (size_t i = 0; i < move->n; i++)
        judge(&g, i);
    settle(&g);
    bool asks = g.asks && g.bad == NULL && !g.suggests;
    const struct op_proposal shown = { .text = move->text != NULL && !move->shown ? move->text : "",
                                       .items = items,
                                       .n = move->n,
                                       .changes = g.changes,
                                       .asks = asks };
    road->o.ui.proposal(road->o.ui.self, &shown);
    if (g.bad != NULL) {
        record(&g, "refused");
        return OP_REFUSED;
    }
    if (g.suggests)
        record(&g, "suggested");
    return asks ? answered(&g) : OP_OK;
}
