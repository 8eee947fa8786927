/* Where signals arrive: the one Linux-only call (signalfd) and its portable twin (self-pipe)
 * behind the same two functions. Exactly one of the two files has a body. */
#ifndef OPSH_OS_SIGSOURCE_H
#define OPSH_OS_SIGSOURCE_H

#include <signal.h>

int op_sigsource_open(const sigset_t *set); /* a non-blocking descriptor, or -1 with errno */
int op_sigsource_read(int fd);              /* the next signal's number; 0 when none is pending */

#if defined(__linux__) && !defined(OPSH_PORTABLE)
#define OP_SIGSOURCE_LINUX 1
#endif

#endif
