/* Run, ask, suggest or refuse: every policy against every class. The table is the contract. */
#include "opsh/gate/decide.h"

#include "opsh/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define T .terminal = true
#define Y .yes = true

#define READ OP_RISK_READ
#define CHANGE OP_RISK_CHANGE
#define DESTROY OP_RISK_DESTROY

enum { RUN = OP_DECIDE_RUN, ASK = OP_DECIDE_ASK, NAME = OP_DECIDE_ASK_NAME, CONTEXT = OP_DECIDE_ASK_CONTEXT,
       SUGGEST = OP_DECIDE_SUGGEST, REFUSE = OP_DECIDE_REFUSE };

static void expect(size_t row, struct op_policy policy, enum op_origin origin, const struct op_verdict *v, int expected)
{
    struct op_step step = { .origin = origin };
    char why[240] = "";
    enum op_decision d = op_gate_decide(&policy, &step, v, why, sizeof(why));
    if ((int)d != expected)
        fail_msg("row %zu (origin %d): %d, not %d (%s)", row, (int)origin, (int)d, expected, why);
    if (d == OP_DECIDE_REFUSE && why[0] == '\0')
        fail_msg("row %zu: refused without a reason", row);
}

/* What a person typed, or the rules planned, of a known command without flags that matter. */
static void policies(void **state)
{
    (void)state;
    static const struct {
        struct op_policy policy;
        int read, change, destroy;
    } rows[] = {
        { { T }, RUN, ASK, NAME },
        { { 0 }, RUN, REFUSE, REFUSE },
        { { T, Y }, RUN, RUN, NAME },
        { { Y }, RUN, RUN, REFUSE },
        { { T, .read_only = true }, RUN, REFUSE, REFUSE },
        { { T, Y, .read_only = true, .yes_destroy = true }, RUN, REFUSE, REFUSE },
        /* --yes-destroy needs --yes beside it */
        { { T, .yes_destroy = true }, RUN, ASK, NAME },
        { { .yes_destroy = true }, RUN, REFUSE, REFUSE },
        { { T, Y, .yes_destroy = true }, RUN, RUN, RUN },
        { { Y, .yes_destroy = true }, RUN, RUN, RUN },
        /* --suggest: whatever else is said */
        { { T, .suggest = true }, RUN, SUGGEST, SUGGEST },
        { { .suggest = true }, RUN, SUGGEST, SUGGEST },
        { { T, Y, .suggest = true, .yes_destroy = true, .protected_here = true, .allowed = true }, RUN, SUGGEST, SUGGEST },
        { { T, .suggest = true, .read_only = true }, RUN, REFUSE, REFUSE },
        /* --confirm all */
        { { T, .confirm_all = true }, ASK, ASK, NAME },
        { { .confirm_all = true }, REFUSE, REFUSE, REFUSE },
        { { Y, .confirm_all = true }, RUN, RUN, REFUSE },
        { { T, .confirm_all = true, .suggest = true }, ASK, SUGGEST, SUGGEST },
        /* a protected context: nothing covers a change */
        { { T, .protected_here = true }, RUN, CONTEXT, NAME },
        { { T, Y, .yes_destroy = true, .protected_here = true }, RUN, CONTEXT, NAME },
        { { Y, .yes_destroy = true, .protected_here = true }, RUN, REFUSE, REFUSE },
        { { T, .allowed = true, .protected_here = true }, RUN, CONTEXT, NAME },
        { { T, .read_only = true, .protected_here = true }, RUN, REFUSE, REFUSE },
        /* "always": changes only */
        { { T, .allowed = true }, RUN, RUN, NAME },
        { { T, .allowed = true, .read_only = true }, RUN, REFUSE, REFUSE },
    };
    static const enum op_origin origins[] = { OP_FROM_USER, OP_FROM_RULES, OP_FROM_MODEL };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        for (size_t k = 0; k < OP_LEN(origins); k++) {
            struct op_verdict v = { .risk = OP_RISK_READ, .known = true, .why = "why" };
            expect(i, rows[i].policy, origins[k], &v, rows[i].read);
            v.risk = OP_RISK_CHANGE;
            expect(i, rows[i].policy, origins[k], &v, rows[i].change);
            v.risk = OP_RISK_DESTROY;
            expect(i, rows[i].policy, origins[k], &v, rows[i].destroy);
            v.risk = OP_RISK_REFUSED;
            expect(i, rows[i].policy, origins[k], &v, REFUSE);
        }
}

/* What a planner chose and a person should see: neither --yes nor an earlier answer covers it. */
static void what_needs_eyes(void **state)
{
    (void)state;
    static const struct {
        struct op_verdict v;
        struct op_policy policy;
        int user, rules, model;
    } rows[] = {
        { { .risk = CHANGE, .known = false }, { T }, ASK, ASK, ASK },
        { { .risk = CHANGE, .known = false }, { T, Y }, RUN, ASK, ASK },
        { { .risk = CHANGE, .known = false }, { Y }, RUN, REFUSE, REFUSE },
        { { .risk = CHANGE, .known = false }, { T, .allowed = true }, ASK, ASK, ASK },
        { { .risk = DESTROY, .known = false }, { T, Y, .yes_destroy = true }, RUN, NAME, NAME },
        { { .risk = DESTROY, .known = false }, { Y, .yes_destroy = true }, RUN, REFUSE, REFUSE },
        { { .risk = CHANGE, .known = true, .guard = OP_GUARD_ASK }, { T, Y }, RUN, ASK, ASK },
        { { .risk = CHANGE, .known = true, .guard = OP_GUARD_ASK }, { T, .allowed = true }, ASK, ASK, ASK },
        { { .risk = READ, .known = true, .guard = OP_GUARD_ASK }, { T }, RUN, ASK, ASK },
        { { .risk = READ, .known = true, .guard = OP_GUARD_ASK }, { 0 }, RUN, REFUSE, REFUSE },
        { { .risk = READ, .known = true, .guard = OP_GUARD_REFUSE }, { T, Y }, RUN, REFUSE, REFUSE },
        { { .risk = CHANGE, .known = true, .guard = OP_GUARD_REFUSE }, { T, .suggest = true }, SUGGEST, REFUSE, REFUSE },
        { { .risk = READ, .known = true, .secrets = true }, { T }, RUN, RUN, ASK },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        expect(i, rows[i].policy, OP_FROM_USER, &rows[i].v, rows[i].user);
        expect(i, rows[i].policy, OP_FROM_RULES, &rows[i].v, rows[i].rules);
        expect(i, rows[i].policy, OP_FROM_MODEL, &rows[i].v, rows[i].model);
    }
}

static void opsh_itself_reads_and_nothing_else(void **state)
{
    (void)state;
    struct op_verdict v = { .risk = OP_RISK_READ, .known = true };
    expect(0, (struct op_policy){ .confirm_all = true }, OP_FROM_OPSH, &v, RUN);
    v.risk = OP_RISK_CHANGE;
    expect(1, (struct op_policy){ T, Y, .yes_destroy = true, .allowed = true }, OP_FROM_OPSH, &v, REFUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies),
        cmocka_unit_test(what_needs_eyes),
        cmocka_unit_test(opsh_itself_reads_and_nothing_else),
    };
    return cmocka_run_group_tests_name("gate/decide", tests, NULL, NULL);
}
