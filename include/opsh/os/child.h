/* Children: posix_spawn with an argument vector, never a shell. A captured child runs in its
 * own process group with /dev/null or given bytes on standard input; its two outputs are kept
 * as head and tail within a cap while the rest is counted and drained. A child that is handed
 * the terminal inherits all three descriptors and the foreground; whatever it does to the
 * terminal is undone afterwards.
 *
 * Ends: by itself; after timeout_ms; or when the user interrupts: SIGINT to the group, SIGTERM
 * after 2 s, SIGKILL after 3 s more; a further Ctrl-C goes one step up at once.
 * A child is done when the leader has ended and its pipes are at their end, or 200 ms later:
 * then the group is killed, so that no grandchild keeps opsh waiting. */
#ifndef OPSH_OS_CHILD_H
#define OPSH_OS_CHILD_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

#include <stdint.h>

enum op_stream { OP_STDOUT, OP_STDERR };

struct op_child_result;

struct op_child_spec {
    const char *path;        /* absolute */
    char *const *argv;       /* NULL-terminated */
    char *const *envp;       /* NULL-terminated */
    const char *directory;   /* or NULL: ours */
    const char *input;       /* bytes for standard input, or NULL: /dev/null */
    size_t input_len;
    int64_t timeout_ms;      /* 0: none */
    size_t keep_head, keep_tail; /* bytes kept per stream; both 0: OP_CHILD_HEAD and OP_CHILD_TAIL */
    bool handover;           /* give it the terminal; nothing is captured */
    bool until_input;        /* standard input became readable: kill it (res.cancelled), reading nothing. For reads alone */
    /* Called with raw bytes as they arrive, may be NULL. Return false to end the child. */
    bool (*on_output)(void *ctx, enum op_stream stream, const char *bytes, size_t n);
    void (*on_quiet)(void *ctx); /* it runs, and has printed nothing for half a second (each time again); may be NULL */
    void (*on_done)(void *ctx, const struct op_child_result *res); /* it has ended, others may not have; may be NULL */
    void *ctx;
};

#define OP_CHILD_HEAD ((size_t)8 << 20)
#define OP_CHILD_TAIL ((size_t)2 << 20)

struct op_capture {
    struct op_buf head, tail; /* tail begins where head ended, or later: */
    uint64_t dropped;         /* bytes lost between the two */
};

struct op_child_result {
    struct op_capture out, err; /* [OP_STDOUT], [OP_STDERR] */
    int exit_code;              /* 0…255, or -1 when a signal ended it */
    int signal;                 /* that signal, or 0 */
    bool timed_out, interrupted, cancelled;
    int64_t ms; /* wall time */
};

#define OP_CHILD_RESULT_INIT { .exit_code = -1 }

/* false only when the child could not be started (OP_TOOL; sys says why). */
bool op_child_run(const struct op_child_spec *spec, struct op_child_result *res, struct op_err *err) OP_CHECKED;

/* All at once (captured ones only); ok[i] says whether spec i could be started, errs[i] why not. */
void op_child_run_all(const struct op_child_spec *specs, size_t n, struct op_child_result *res, bool *ok,
                      struct op_err *errs);

/* head, a line "… N bytes not kept …" where something was dropped, tail. */
void op_capture_text(const struct op_capture *c, struct op_buf *out);
void op_child_result_free(struct op_child_result *res);

#endif
