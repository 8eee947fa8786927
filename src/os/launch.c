/* posix_spawn with everything that a child must not inherit taken away. */
#include "launch.h"

#include <signal.h>
#include <spawn.h>

#if defined(__GLIBC__) && !defined(OPSH_PORTABLE)
#define HAVE_SPAWN_TCSETPGRP 1
#endif

static int prepare(posix_spawn_file_actions_t *fa, const struct op_child_spec *spec, const int fds[3], bool foreground)
{
    int rc = 0;
    for (int i = 0; i < 3 && rc == 0; i++)
        if (fds[i] >= 0)
            rc = posix_spawn_file_actions_adddup2(fa, fds[i], i);
    if (rc == 0 && spec->directory != NULL)
        rc = posix_spawn_file_actions_addchdir_np(fa, spec->directory);
#ifdef HAVE_SPAWN_TCSETPGRP
    if (rc == 0 && foreground)
        rc = posix_spawn_file_actions_addtcsetpgrp_np(fa, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(fa, 3);
#else
    (void)foreground;
#endif
    return rc;
}

static int attributes(posix_spawnattr_t *attr, bool own_group)
{
    sigset_t none, defaults;
    (void)sigemptyset(&none);
    (void)sigemptyset(&defaults);
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU };
    for (size_t i = 0; i < OP_LEN(numbers); i++)
        (void)sigaddset(&defaults, numbers[i]);
    int rc = posix_spawnattr_setsigmask(attr, &none); /* ours are blocked for the signal descriptor */
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(attr, &defaults);
    if (rc == 0)
        rc = posix_spawnattr_setpgroup(attr, 0);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (own_group ? POSIX_SPAWN_SETPGROUP : 0);
    return rc != 0 ? rc : posix_spawnattr_setflags(attr, (short)flags);
}

int op_spawn(const struct op_child_spec *spec, const int fds[3], bool foreground, pid_t *pid)
{
    posix_spawn_file_actions_t fa;
    posix_spawnattr_t attr;
    int rc = posix_spawn_file_actions_init(&fa);
    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attr);
    if (rc != 0) {
        (void)posix_spawn_file_actions_destroy(&fa);
        return rc;
    }
    rc = prepare(&fa, spec, fds, foreground);
    if (rc == 0)
        rc = attributes(&attr, foreground || !spec->handover);
    if (rc == 0)
        rc = posix_spawn(pid, spec->path, &fa, &attr, spec->argv, spec->envp);
#ifndef HAVE_SPAWN_TCSETPGRP
    if (rc == 0 && foreground)
        (void)tcsetpgrp(0, *pid);
#endif
    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&fa);
    return rc;
}
