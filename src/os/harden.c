/* No core dumps; no reading of our memory once it holds a key. */
#include "opsh/os/harden.h"

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

void op_harden(void)
{
    const struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
}

void op_harden_holds_key(void)
{
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) /* LeakSanitizer looks at us through ptrace */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
