/* Is everything there that opsh works with? Programs, docker's engine, memory and processors for Minikube, the cluster.
 * Reads only, all at once, each bounded in time. */
#ifndef OPSH_RUN_DOCTOR_H
#define OPSH_RUN_DOCTOR_H

#include "opsh/run/road.h"

enum op_check_state {
    OP_CHECK_FINE,
    OP_CHECK_WARN,    /* it is there, but not as it should be */
    OP_CHECK_MISSING, /* not there, or does not answer */
    OP_CHECK_NONE     /* not there, and nothing needs it */
};

struct op_check {
    const char *name; /* "docker", "memory"; constant */
    enum op_check_state state;
    bool needed;  /* deploying to Minikube is not possible without */
    char *seen;   /* "28.1.1", "not found"; owned */
    char *advice; /* what to do; owned, or NULL */
};

struct op_checks {
    struct op_check *v;
    size_t n, cap;
};

struct op_check *op_checks_add(struct op_checks *c, const char *name, enum op_check_state state, bool needed,
                               const char *seen, const char *advice); /* copies; advice may be NULL */
void op_checks_free(struct op_checks *c);
bool op_checks_fine(const struct op_checks *c); /* all that is needed is there */

/* false: interrupted. At most about two seconds. */
bool op_road_examine(struct op_road *road, struct op_checks *c) OP_CHECKED;

/* Which of "debian", "fedora", "macos", "windows", "" this is: by os-release's text (or NULL) and uname's names. Pure.
 */
const char *op_doctor_system(const char *os_release, const char *sysname, const char *release);
/* How a program is installed there; NULL: it is none of those that opsh works with. */
const char *op_doctor_install(const char *program, const char *family);
const char *op_doctor_hint(const char *program); /* on the system that this is */
/* "v1.33.1" of "Client Version: v1.33.1\n…"; "" when nothing in it looks like a version. */
void op_doctor_version(const char *text, char *out, size_t size);

#endif
