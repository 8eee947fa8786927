/* Owns the names of project kinds and the freeing of what this room hands out. */
#include "opsh/project/project.h"

#include "opsh/base/mem.h"

static const char *const names[] = {
    [OP_PROJECT_UNKNOWN] = "unknown", [OP_PROJECT_NEXTJS] = "Next.js", [OP_PROJECT_NODE] = "Node.js",
    [OP_PROJECT_FASTAPI] = "FastAPI", [OP_PROJECT_PYTHON] = "Python",  [OP_PROJECT_GO] = "Go",
    [OP_PROJECT_RUST] = "Rust",       [OP_PROJECT_MAVEN] = "Maven",    [OP_PROJECT_GRADLE] = "Gradle",
    [OP_PROJECT_STATIC] = "static site", [OP_PROJECT_CMAKE] = "CMake"
};

const char *op_project_kind_name(enum op_project_kind kind)
{
    return names[kind];
}
