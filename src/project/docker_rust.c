/* Owns how Rust programs become images. */
#include "docker.h"

#include "opsh/base/str.h"

void op_image_rust(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *app = op_fact_value(p, "app");
    op_image_base(im, "rust:%s-slim-bookworm", op_fact_value(p, "runtime"));
    const char *run = *op_vars_get(&im->vars, "alpine") != '\0' ? "alpine:3.22" : "debian:bookworm-slim";
    OP_AUTO_FREE char *libraries = op_image_join(p, "library", ","),
                      *run_libraries = op_image_join(p, "run-library", ",");
    bool without = op_project_fact(p, "no-openssl") != NULL && op_str_eq(op_fact_value(p, "crate"), "reqwest");
    op_image_packages(im, "add_libraries", without ? "" : libraries);
    op_image_packages(im, "add_run_libraries", without ? "" : run_libraries);
    op_vars_set(&im->vars, "libraries", "%s", without ? "" : libraries);
    op_vars_set(&im->vars, "run_libraries", "%s", without ? "" : run_libraries);
    op_vars_set(&im->vars, "run_base", "%s", run);
    op_vars_set(&im->vars, "locked", "%s", op_project_fact(p, "lock") != NULL ? " --locked" : "");
    op_vars_set(&im->vars, "app", "%s", app != NULL ? app : p->name);
    op_image_user(im, run, "appuser", NULL);
    op_image_health(im, run);
    if (app == NULL)
        op_strv_push(im->notes,
                     "Cargo.toml names no program (no src/main.rs, no [[bin]]): --bin in the Dockerfile is a guess");
    if (op_project_fact(p, "lock") == NULL)
        op_strv_push(im->notes,
                     "no Cargo.lock: each build takes the newest versions; run cargo generate-lockfile and keep it");
    const struct op_fact *closed = op_project_fact(p, "closed");
    if (closed != NULL)
        op_strv_pushf(im->notes,
                      "%s:%d listens on 127.0.0.1, which nobody outside of the container reaches: use 0.0.0.0",
                      closed->file, closed->line);
}
