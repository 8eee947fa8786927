/* What does this command line do? Decided from the argument vector alone, by the verb and flag
 * tables of the catalogue; who planned it does not matter. What is not in the tables is unknown,
 * and unknown asks. Pure. */
#ifndef OPSH_GATE_CLASSIFY_H
#define OPSH_GATE_CLASSIFY_H

#include "opsh/catalog/catalog.h"
#include "opsh/plan/step.h"

struct op_verdict {
    enum op_risk risk;
    bool known;        /* false: not in the tables; risk is then at least CHANGE */
    bool interactive;  /* wants the terminal: edit, exec -it, logs -f, port-forward */
    char why[200];     /* one line: why this class */
    char proof[16];    /* how to see that it came true: "rollout", "applied", "gone", "release", or "" */
    /* What the command line says it is about ("" where it says nothing): */
    char verb[48];     /* "rollout restart" */
    char ns[254], context[254];
    char kind[64], name[254]; /* first object; kind as written */
    bool all_namespaces;
};

void op_gate_classify(const struct op_catalog *cat, const struct op_strv *argv, const char *input,
                      struct op_verdict *v);

#endif
