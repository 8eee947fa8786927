/* Owns a planner's looks: is it done already? Their failing is an answer, so they are shown as progress and not as
 * steps; the gate lets through nothing but reads, and only what needs no question. */
#include "opsh/gate/quote.h"
#include "road_i.h"

void op_road_probe(struct op_road *road, struct op_passage *p)
{
    char why[240] = "";
    struct op_ui *ui = &road->o.ui;
    op_gate_classify(road->o.catalog, &p->step->argv, p->step->input, &p->verdict);
    op_road_complete(road, &p->step->argv);
    struct op_target target = op_road_target(road, &p->verdict);
    enum op_decision decision = op_passage_decide(road, p, &target, false, why, sizeof(why));
    if (p->verdict.risk != OP_RISK_READ || decision != OP_DECIDE_RUN || p->verdict.interactive) {
        p->run.outcome = OP_BLOCKED;
        (void)snprintf(p->reason, sizeof(p->reason), "a look may only read: %.200s", p->verdict.why);
        return;
    }
    OP_AUTO_BUF line = OP_BUF_INIT;
    op_buf_adds(&line, "looking: ");
    op_quote_argv(&line, &p->step->argv);
    ui->progress(ui->self, op_buf_str(&line));
    op_road_run(road, p->step, &p->verdict, &p->run);
    ui->progress(ui->self, NULL);
}
