/* Files beneath a folder that a person named. Nothing outside it is reached: a path is relative, holds no "..", and no
 * link on its way may lead out (Linux: openat2 RESOLVE_BENEATH; elsewhere no link is followed at all). Only regular
 * files are read, written or removed, and a link in a file's place is none. */
#ifndef OPSH_OS_BENEATH_H
#define OPSH_OS_BENEATH_H

#include "opsh/base/buf.h"

#define OP_BENEATH_MAX ((size_t)4 << 20) /* bytes of one file */

/* Can such a path be meant? Errors: OP_USAGE. */
bool op_beneath_check(const char *path, struct op_err *err) OP_CHECKED;

/* All of the file, appended; mode may be NULL. A missing file or folder on the way is OP_IO with sys ENOENT. Other
 * errors: OP_IO, OP_LIMIT (larger than OP_BENEATH_MAX), OP_REFUSED (a link, no regular file, leads out). */
bool op_beneath_read(const char *folder, const char *path, struct op_buf *out, unsigned *mode,
                     struct op_err *err) OP_CHECKED;

/* The whole file at once or nothing: through a temporary file beside it, flushed and renamed. Folders beneath `folder`
 * are made. An existing file keeps its mode and is only replaced when `replace` says so: else OP_REFUSED with sys
 * EEXIST, also when it appears meanwhile. Signals wait until it is done. */
bool op_beneath_write(const char *folder, const char *path, const void *bytes, size_t n, bool replace,
                      struct op_err *err) OP_CHECKED;

bool op_beneath_remove(const char *folder, const char *path, struct op_err *err) OP_CHECKED;

/* A short text that stays the same as long as the bytes do. owned */
char *op_beneath_mark(const void *bytes, size_t n);

#endif
