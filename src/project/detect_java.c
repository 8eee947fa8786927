/* Owns what … (being written). */
#include "detect.h"

enum op_project_kind op_detect_java(struct op_tree *t, struct op_project *p)
{
    (void)t, (void)p;
    return OP_PROJECT_UNKNOWN;
}
