/* Whose words a model's steps are made of: what the person said and what came from outside, along the road. */
#include "opsh/gate/foreign.h"
#include "road_i.h"

struct op_foreign *op_road_words(struct op_road *road)
{
    if (road->words == NULL)
        road->words = op_foreign_new();
    return road->words;
}

void op_road_words_said(struct op_road *road, const char *text)
{
    op_foreign_said(op_road_words(road), text);
    op_foreign_said(op_road_words(road), op_road_context(road)); /* where the person works is their choice too */
    op_foreign_said(op_road_words(road), op_road_namespace(road));
}

void op_road_words_judge(struct op_road *road, struct op_passage *p)
{
    char word[sizeof(p->verdict.foreign)];
    p->verdict.foreign[0] = '\0';
    if (p->step->origin != OP_FROM_MODEL || !op_foreign_find(op_road_words(road), road->o.catalog, p->step, word, sizeof(word)))
        return;
    /* where a secret value was put in, the word may be that value: it is not repeated */
    (void)snprintf(p->verdict.foreign, sizeof(p->verdict.foreign), "%s", p->step->restored ? "a withheld value" : word);
}

void op_road_words_after(struct op_road *road, const struct op_passage *p)
{
    if (p->step->origin != OP_FROM_MODEL)
        return;
    if (p->run.outcome == OP_DECLINED)
        op_foreign_said(op_road_words(road), p->reason); /* "no, use web-2" */
    if (p->run.outcome == OP_RAN && p->verdict.risk != OP_RISK_READ)
        op_foreign_agree(op_road_words(road), p->step);
    op_foreign_heard(op_road_words(road), p->run.output);
    op_foreign_heard(op_road_words(road), p->proof.text);
}

void op_road_words_free(struct op_road *road)
{
    op_foreign_free(road->words);
    road->words = NULL;
}
