/* Owns how C and C++ programs built by CMake become images. */
#include "docker.h"

#include "opsh/base/str.h"

void op_image_cmake(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *app = op_fact_value(p, "app");
    op_image_base(im, "debian:bookworm-slim");
    OP_AUTO_FREE char *found = op_image_join(p, "library", ","), *run = op_image_join(p, "run-library", ",");
    OP_AUTO_FREE char *build =
        op_asprintf("cmake,ninja-build,gcc%s,libc6-dev%s%s", op_project_fact(p, "cxx") != NULL ? ",g++" : "",
                    *found != '\0' ? "," : "", found);
    op_image_packages(im, "add_libraries", build);
    op_image_packages(im, "add_run_libraries", run);
    op_vars_set(&im->vars, "run_libraries", "%s", run);
    op_vars_set(&im->vars, "app", "%s", app != NULL ? app : p->name);
    if (op_project_fact(p, "library") == NULL)
        op_vars_set(&im->vars, "library_from", "CMakeLists.txt");
    op_image_user(im, op_vars_get(&im->vars, "base"), "appuser", NULL);
    op_image_health(im, op_vars_get(&im->vars, "base"));
    if (app == NULL)
        op_strv_push(im->notes,
                     "no add_executable was seen in CMakeLists.txt: the program's name in the Dockerfile is a guess");
}
