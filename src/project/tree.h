/* The files of a folder that somebody named: a bounded list of them and bounded reads. */
#ifndef OPSH_PROJECT_TREE_H
#define OPSH_PROJECT_TREE_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

enum {
    OP_TREE_FILES = 4000,   /* names that are listed */
    OP_TREE_FOLDERS = 1000, /* folders that are entered */
    OP_TREE_READS = 400,    /* files that are read */
    OP_TREE_DEPTH = 8
};
#define OP_TREE_FILE_MAX ((size_t)256 << 10) /* bytes of one file; what comes behind is not looked at */

struct op_tree {
    char *root;           /* resolved */
    struct op_strv files; /* relative paths, sorted; only names that are safe in a Dockerfile */
    size_t folders, reads;
};

/* Folders of dependencies, builds and tools (node_modules, .git, target, …) are not entered; neither is a link to a
 * folder. Errors: OP_IO. */
bool op_tree_open(const char *folder, struct op_tree *t, struct op_err *err) OP_CHECKED;
void op_tree_close(struct op_tree *t);

bool op_tree_has(const struct op_tree *t, const char *path);
bool op_tree_exists(const struct op_tree *t, const char *path); /* in folders that are not listed too; a regular file */
bool op_tree_has_under(const struct op_tree *t, const char *folder); /* any file in "folder/" */

/* The head of a regular file; false: not there, a link out of the folder, a device, or too much was read already.
 * Bytes are kept up to the first NUL. */
bool op_tree_read(struct op_tree *t, const char *path, struct op_buf *out);

/* Number of the line (from 1) that byte `at` of text is in. */
int op_tree_line(const char *text, size_t at);
/* Line of the first occurrence of needle, 0: none. */
int op_tree_line_of(const char *text, const char *needle);

#endif
