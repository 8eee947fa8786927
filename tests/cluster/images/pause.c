/* Owns: the process that holds a pod's namespaces open; Kubernetes wants one in every pod.
 * Refuses: everything else. It ends when told to. */
#include <signal.h>
#include <unistd.h>

static void stop(int sig)
{
    (void)sig;
    _exit(0);
}

int main(void)
{
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    for (;;)
        pause();
}
