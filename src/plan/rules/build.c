/* Builders: one clean manifest from what was said, for what kubectl's own create commands cannot say. */
#include "manifest.h"
#include "planner.h"

#include "opsh/base/str.h"

void build_manifest(struct frame *f)
{
    bool (*const builders[])(const struct frame *, struct op_buf *) = {
        build_access,
        build_limits,
        build_network,
        build_workload,
    };
    OP_AUTO_BUF out = OP_BUF_INIT;
    bool built = false;
    for (size_t i = 0; i < OP_LEN(builders) && !built; i++)
        built = builders[i](f, &out);
    if (built)
        slots_set(&f->slots, "builder", op_buf_str(&out));
}
