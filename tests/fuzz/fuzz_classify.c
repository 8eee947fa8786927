/* Any argument vector gets a verdict that keeps its promises: what is not known is never a read, what is refused or
 * destroys stays so when a word is added in front of nothing, and the same input gives the same verdict. Input: the
 * arguments, one a line; what follows a line of "<" is standard input. */
#include "fuzz.h"

#include "opsh/base/str.h"
#include "opsh/gate/decide.h"

static const struct op_catalog *catalog(void)
{
    static struct op_catalog cat;
    struct op_err err = OP_ERR_INIT;
    if (cat.n_docs == 0 && !op_catalog_load(NULL, &cat, &err))
        abort();
    return &cat;
}

static void check(const struct op_verdict *v, const struct op_strv *argv)
{
    if (!v->known && v->risk < OP_RISK_CHANGE)
        abort();
    if (v->why[0] == '\0' || memchr(v->name, '\0', sizeof(v->name)) == NULL)
        abort();
    if ((v->guard == OP_GUARD_NONE) != (v->guarded[0] == '\0'))
        abort();
    struct op_policy read_only = { .read_only = true, .yes = true, .terminal = true }, nobody = { .yes = true };
    struct op_step step = { .argv = *argv, .origin = OP_FROM_MODEL };
    char why[100];
    if (op_gate_decide(&read_only, &step, v, why, sizeof(why)) == OP_DECIDE_RUN && v->risk != OP_RISK_READ)
        abort();
    if (op_gate_decide(&nobody, &step, v, why, sizeof(why)) == OP_DECIDE_RUN && v->risk >= OP_RISK_DESTROY)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_FREE char *text = op_strndup((const char *)data, size < 4096 ? size : 4096);
    const char *input = NULL;
    for (char *at = text; *at != '\0' && input == NULL;) {
        char *end = at + strcspn(at, "\n");
        bool last = *end == '\0';
        *end = '\0';
        if (strcmp(at, "<") == 0 && !last)
            input = end + 1;
        else
            op_strv_push(&argv, at);
        at = end + !last;
    }
    struct op_verdict one, two;
    op_gate_classify(catalog(), &argv, input, &one);
    op_gate_classify(catalog(), &argv, input, &two);
    check(&one, &argv);
    if (one.risk != two.risk || one.known != two.known || strcmp(one.why, two.why) != 0)
        abort();
    return 0;
}
