/* Files of opsh's own and programs on PATH. */
#ifndef OPSH_OS_PATH_H
#define OPSH_OS_PATH_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

/* XDG folders of opsh: "$XDG_CONFIG_HOME/opsh/name" and so on (owned). NULL when neither the
 * variable (absolute) nor HOME is set. name may be "". */
char *op_path_config(const char *name);
char *op_path_state(const char *name);
char *op_path_cache(const char *name);
char *op_path_runtime(const char *name); /* $XDG_RUNTIME_DIR, else the cache folder */

/* "~/x" and "~" with HOME put in; anything else copied. owned */
char *op_path_expand(const char *path);

/* Make the folder that file is in, 0700, with its parents. */
bool op_path_make_parent(const char *file, struct op_err *err) OP_CHECKED;

/* Absolute path of an executable (owned): a name with a slash as it is, else the first hit on PATH. */
char *op_path_find_program(const char *name);

/* The program that is running, as a path to start it again; NULL: it cannot be told. owned. Where the system does not say,
 * it is what op_path_self_is was told at the start (argv[0]). */
char *op_path_self(void);
void op_path_self_is(const char *argv0); /* borrowed for good */

/* Whole file into out (at most max bytes; longer is OP_LIMIT). A missing file is OP_IO with sys ENOENT. */
bool op_file_read(const char *path, size_t max, struct op_buf *out, struct op_err *err) OP_CHECKED;

/* All of fd until its end. */
bool op_fd_read_all(int fd, size_t max, struct op_buf *out, struct op_err *err) OP_CHECKED;

/* Replace path by these bytes: 0600, through a temporary file beside it, renamed. */
bool op_file_write_private(const char *path, const void *bytes, size_t n, struct op_err *err) OP_CHECKED;

bool op_fd_write_all(int fd, const void *bytes, size_t n); /* retries EINTR and EAGAIN; false: errno */

/* 0600 and owned by us (or root)? For files that hold a key. */
bool op_file_is_private(const char *path, struct op_err *err) OP_CHECKED;

#endif
