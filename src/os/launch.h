/* Starting one child: the system calls that differ between systems, behind one function. */
#ifndef OPSH_OS_LAUNCH_H
#define OPSH_OS_LAUNCH_H

#include "opsh/os/child.h"

#include <sys/types.h>

/* fds: what becomes 0, 1 and 2 of the child; -1 inherits ours. foreground: give it the terminal.
 * Returns 0 or an errno. */
int op_spawn(const struct op_child_spec *spec, const int fds[3], bool foreground, pid_t *pid);

#endif
