/* Errors by value. Every function that can fail takes `struct op_err *err` as its
 * last parameter and returns false or NULL after filling it; nothing is allocated.
 * `op_fail_ctx` prefixes what the caller was doing, so a message reads from the
 * outside in: "config: /home/a/config.yaml:3:1: unknown key \"modle\"".
 *
 * A message says what happened, to what, and what to do next. */
#ifndef OPSH_BASE_ERR_H
#define OPSH_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define OP_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define OP_CHECKED __attribute__((warn_unused_result))

/* Each code is one documented exit status (op_exit_status); README lists them. */
enum op_code {
    OP_OK = 0,
    OP_TOOL,        /* 1: a command opsh ran failed, or what was asked did not become true */
    OP_USAGE,       /* 2: wrong options or arguments */
    OP_CONFIG,      /* 3: configuration, catalogue or kubeconfig is wrong */
    OP_NETWORK,     /* 4: network or model API */
    OP_REFUSED,     /* 5: refused by the user or by policy */
    OP_UNCLEAR,     /* 6: not understood, or a question is open */
    OP_IO,          /* 7: a file of opsh's own could not be read or written */
    OP_LIMIT,       /* 8: something from outside exceeds a limit */
    OP_INTERRUPTED, /* 130: Ctrl-C or a termination signal */
    OP_CODE_COUNT
};

struct op_err {
    enum op_code code;
    int sys; /* errno, or 0 */
    char msg[480];
};

#define OP_ERR_INIT { .code = OP_OK, .sys = 0, .msg = "" }

/* Fill err (which may be NULL) and return false. With sys != 0 ": strerror(sys)" is appended. */
bool op_fail(struct op_err *err, enum op_code code, int sys, const char *fmt, ...) OP_PRINTF(4, 5);

/* Prefix what is already in err with "ctx: " and return false. */
bool op_fail_ctx(struct op_err *err, const char *fmt, ...) OP_PRINTF(2, 3);

int op_exit_status(enum op_code code);
const char *op_code_name(enum op_code code); /* "ok", "tool-failed", "usage", … */

#endif
