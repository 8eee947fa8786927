/* Children that get the terminal (kubectl edit, exec -it, logs -f, port-forward). */
#ifndef OPSH_OS_HANDOVER_H
#define OPSH_OS_HANDOVER_H

#include "opsh/os/child.h"

bool op_handover_run(const struct op_child_spec *spec, struct op_child_result *res, struct op_err *err);

#endif
