/* Whose words a model's steps are made of: what the person said and what came from outside, along the road. */
#include "files.h"
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

/* Is it beneath the folder that opsh was started in? What cannot be told is not. */
static bool is_here(const char *folder)
{
    OP_AUTO_FREE char *here = realpath(".", NULL);
    OP_AUTO_FREE char *there = realpath(folder, NULL);
    size_t n = here != NULL ? strlen(here) : 0;
    return here != NULL && there != NULL && strncmp(here, there, n) == 0 &&
           (there[n] == '\0' || there[n] == '/' || n == 1);
}

/* A model that writes elsewhere than where the person works chose something that is theirs to choose. */
static void judge_folder(struct op_road *road, struct op_passage *p)
{
    struct op_file_step f;
    if (p->step->origin != OP_FROM_MODEL || !op_file_step_of(road->o.catalog, p->step, &p->verdict, &f))
        return;
    if (!is_here(f.folder) && p->verdict.guard == OP_GUARD_NONE) {
        p->verdict.guard = OP_GUARD_ASK;
        (void)snprintf(p->verdict.guarded, sizeof(p->verdict.guarded), "--in");
        (void)snprintf(p->verdict.why, sizeof(p->verdict.why), "%s outside the folder that you are in",
                       f.writes ? "writes a file" : "removes a file");
    }
    op_file_step_free(&f);
}

void op_road_words_judge(struct op_road *road, struct op_passage *p)
{
    char word[sizeof(p->verdict.foreign)];
    p->verdict.foreign[0] = '\0';
    judge_folder(road, p);
    if (p->step->origin != OP_FROM_MODEL ||
        !op_foreign_find(op_road_words(road), road->o.catalog, p->step, word, sizeof(word)))
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
