/* No core dumps; no reading of our memory once it holds a key. */
#include "opsh/os/harden.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

void op_harden(void)
{
    for (int fd = 0; fd <= 2; fd++) /* open() takes the lowest one that is free */
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
    const struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
}

void op_harden_holds_key(void)
{
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) /* LeakSanitizer looks at us through ptrace */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
