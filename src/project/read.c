/* Owns the order in which a folder is asked what it is. Refuses nothing: a folder that no one knows is UNKNOWN. */
#include "detect.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

/* The first that knows the folder. A page beside a program is the program's; a CMake file beside a manifest builds a
 * part. */
static enum op_project_kind (*const detectors[])(struct op_tree *, struct op_project *) = {
    op_detect_node, op_detect_python, op_detect_go, op_detect_rust, op_detect_java, op_detect_cmake, op_detect_static,
};

bool op_project_read(const char *folder, struct op_project *p, struct op_err *err)
{
    struct op_tree tree;
    *p = (struct op_project){ .kind = OP_PROJECT_UNKNOWN };
    if (!op_tree_open(folder, &tree, err))
        return false;
    for (size_t i = 0; i < OP_LEN(detectors) && p->kind == OP_PROJECT_UNKNOWN; i++) {
        op_project_free(p); /* what was found by one that then said no */
        p->kind = detectors[i](&tree, p);
    }
    p->folder = op_strdup(folder);
    OP_AUTO_BUF conf = OP_BUF_INIT; /* opsh's own of an earlier time is not somebody else's */
    if (op_tree_read(&tree, "nginx.conf", &conf) && !op_str_starts(op_buf_str(&conf), "# Written by opsh"))
        (void)op_fact_add(p, "nginx-conf", "nginx.conf", "nginx.conf", 0);
    const char *named = op_fact_value(p, "name");
    p->name = op_fact_label(named != NULL ? named : tree.root);
    op_tree_close(&tree);
    return true;
}
