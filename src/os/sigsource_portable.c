/* Signals by a self-pipe, for systems without signalfd. */
#include "sigsource.h"

#ifndef OP_SIGSOURCE_LINUX
#include <errno.h>
#include <fcntl.h>

static int write_end = -1;

static void on_signal(int number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    (void)!write(write_end, &byte, 1); /* a full pipe already says that something came */
    errno = saved;
}

int op_sigsource_open(const sigset_t *set)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    for (int i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0 || fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0)
            return -1;
    write_end = ends[1];
    struct sigaction act = { .sa_handler = on_signal, .sa_flags = 0 };
    (void)sigemptyset(&act.sa_mask);
    for (int number = 1; number < 32; number++)
        if (sigismember(set, number) == 1 && sigaction(number, &act, NULL) != 0)
            return -1;
    return ends[0];
}

int op_sigsource_read(int fd)
{
    unsigned char byte;
    return read(fd, &byte, 1) == 1 ? byte : 0;
}
#else
typedef int op_sigsource_portable_unused; /* ISO C wants a declaration in every file */
#endif
