/* Phrases of several parts from a person's own folder: they are heard, and a mistake is told with its place. */
#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/plan/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/opsh-spoken-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    OP_AUTO_FREE char *path = op_asprintf("%s/own.yaml", folder);
    (void)unlink(path);
    return rmdir(folder);
}

/* A catalogue with these phrases, and its planner; false: err says why not. */
static bool load(const char *text, struct op_catalog *cat, struct op_planner *planner, struct op_err *err)
{
    OP_AUTO_FREE char *path = op_asprintf("%s/own.yaml", folder);
    assert_true(op_file_write_private(path, text, strlen(text), err));
    assert_true(op_catalog_load(folder, cat, err));
    if (op_rules_new(cat, planner, err))
        return true;
    op_catalog_free(cat);
    return false;
}

static void a_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        { "say: \"a (b\"", "not closed" },        { "say: \"<x:nonsense>\"", "no such type" },
        { "say: \"@nowhere\"", "no such fragment" }, { "say: \"a *b\"", "*( is expected" },
        { "say: \"<x\"", "is expected" },         { "as: probe", "needs \"say\"" },
        { "say: \"@self\"", "no such fragment" }, { "say: a, nonsense: b", "nonsense" },
    };
    for (size_t i = 0; i < OP_LEN(wrong); i++) {
        struct op_err err = OP_ERR_INIT;
        struct op_catalog cat;
        struct op_planner planner;
        OP_AUTO_FREE char *text = op_asprintf("program: kubectl\nspoken:\n  fragments: {self: \"x @self\"}\n"
                                              "  phrases:\n  - {%s}\n", wrong[i][0]);
        if (load(text, &cat, &planner, &err))
            fail_msg("%s: was taken", wrong[i][0]);
        if (strstr(err.msg, wrong[i][1]) == NULL || strstr(err.msg, "own.yaml:5:") == NULL)
            fail_msg("%s: %s", wrong[i][0], err.msg);
    }
}

static const char own[] = "program: kubectl\n"
                          "spoken:\n"
                          "  fragments: {fast: \"very fast|fast\"}\n"
                          "  phrases:\n"
                          "  - say: \"(warp|beam) <who:name> *(@fast|at <speed:number> [per hour]) to <where:name>\"\n"
                          "    does: create\n"
                          "    makes: namespace\n"
                          "    set: {name: [\"{where}-{who}-{speed}\", \"{where}-{who}\"]}\n";

static void command(struct op_planner *planner, const char *request, char *out, size_t size)
{
    struct op_err err = OP_ERR_INIT;
    struct op_scene scene = { .ns = "default" };
    struct op_move move = { 0 };
    planner->ops->forget(planner->self);
    assert_true(planner->ops->begin(planner->self, request, &scene, &err));
    assert_true(planner->ops->next(planner->self, NULL, 0, &move, &err));
    *out = '\0';
    for (size_t i = 0; i < move.n; i++)
        for (size_t k = 0; k < move.steps[i].argv.n; k++)
            (void)snprintf(out + strlen(out), size - strlen(out), "%s%s", k > 0 ? " " : "", move.steps[i].argv.v[k]);
    op_move_free(&move);
}

static void what_was_said_is_heard(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "warp kirk to vulcan", "kubectl create namespace vulcan-kirk" },
        { "please beam the kirk very fast to our vulcan", "kubectl create namespace vulcan-kirk" },
        { "beam kirk at 9 per hour fast to vulcan", "kubectl create namespace vulcan-kirk-9" },
        { "beam kirk. to vulcan", "" },   /* not over the end of a sentence */
        { "\"beam\" kirk to vulcan", "" }, /* quoted: no keyword */
    };
    struct op_err err = OP_ERR_INIT;
    struct op_catalog cat;
    struct op_planner planner;
    if (!load(own, &cat, &planner, &err))
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        char got[300];
        command(&planner, rows[i][0], got, sizeof(got));
        if (strcmp(got, rows[i][1]) != 0)
            fail_msg("%s\n  want: %s\n  got:  %s", rows[i][0], rows[i][1], got);
    }
    planner.ops->free(planner.self);
    op_catalog_free(&cat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(what_was_said_is_heard),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
