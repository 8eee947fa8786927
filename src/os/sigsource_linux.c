/* Signals by signalfd. */
#include "sigsource.h"

#ifdef OP_SIGSOURCE_LINUX
#include <sys/signalfd.h>

int op_sigsource_open(const sigset_t *set)
{
    return sigprocmask(SIG_BLOCK, set, NULL) != 0 ? -1 : signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int op_sigsource_read(int fd)
{
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}
#else
typedef int op_sigsource_linux_unused; /* ISO C wants a declaration in every file */
#endif
