/* Did a command fail because the cluster does not answer? Then that is what is said, and the exit status is that
 * of a network. Only the tools' own words for it count: a time limit or a certificate within an output may
 * mean anything. */
#include "opsh/base/str.h"
#include "road_i.h"

static const char *const words[] = {
    "Unable to connect to the server", "The connection to the server ", "Kubernetes cluster unreachable"
};

void op_run_reach(const struct op_road *road, const struct op_step *step, struct op_run *run)
{
    const char *program = step->argv.n != 0 ? step->argv.v[0] : NULL;
    bool cluster = op_str_eq(program, "kubectl") || op_str_eq(program, "helm");
    if (!cluster || run->outcome != OP_RAN || run->exit_code == 0 || run->output == NULL || run->reason[0] != '\0')
        return;
    for (size_t i = 0; i < OP_LEN(words) && !run->unreached; i++)
        run->unreached = strstr(run->output, words[i]) != NULL;
    const char *context = op_road_context(road);
    if (run->unreached && context != NULL)
        (void)snprintf(run->reason, sizeof(run->reason),
                       "the cluster does not answer (context %.100s): is it running? /context and --context choose another",
                       context);
    else if (run->unreached)
        (void)snprintf(run->reason, sizeof(run->reason),
                       "there is no Kubernetes context: set KUBECONFIG, or start a cluster");
}
