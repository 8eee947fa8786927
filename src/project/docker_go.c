/* Owns how Go, Rust and C programs become images: one program, on a small base. */
#include "docker.h"

#include "opsh/base/str.h"

void op_image_health(struct op_image *im, const char *image)
{
    const char *path = op_fact_value(im->p, "health"), *port = op_vars_get(&im->vars, "port");
    bool alpine = strstr(image, "alpine") != NULL;
    if (path != NULL && alpine) {
        op_vars_set(&im->vars, "health_says", "%s; by the wget of busybox", op_vars_get(&im->vars, "health_from"));
        op_vars_set(&im->vars, "health_check", "\"wget\", \"-q\", \"--spider\", \"http://127.0.0.1:%s%s\"", port, path);
    } else if (alpine) {
        op_vars_set(&im->vars, "health_says", "no route called /health was seen, so only whether it listens");
        op_vars_set(&im->vars, "health_check", "\"nc\", \"-z\", \"127.0.0.1\", \"%s\"", port);
    } else {
        op_vars_set(&im->vars, "health_says", "by bash, as the image has no curl: whether it listens");
        op_vars_set(&im->vars, "health_check", "\"bash\", \"-c\", \"exec 3<>/dev/tcp/127.0.0.1/%s\"", port);
    }
}

void op_image_go(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *cgo = op_fact_value(p, "cgo"), *package = op_fact_value(p, "package"),
               *slash = package != NULL ? strrchr(package, '/') : NULL;
    OP_AUTO_FREE char *program = op_fact_label(slash != NULL ? slash + 1 : p->name);
    /* a wish for the base is one for the image that builds: its name says which Go */
    op_image_base(im, "golang:%s-alpine", op_fact_value(p, "runtime"));
    const char *run = *op_vars_get(&im->vars, "alpine") != '\0' ? "alpine:3.22" : "debian:bookworm-slim";
    op_vars_set(&im->vars, "run_base", "%s", run);
    op_vars_set(&im->vars, "go_sum", "%s", op_project_fact(p, "lock") != NULL ? " go.sum" : "");
    op_vars_set(&im->vars, "cgo", "%s", cgo != NULL && *op_vars_get(&im->vars, "alpine") != '\0' ? cgo : "");
    op_vars_set(&im->vars, "cgo_enabled", "%s", cgo != NULL ? "1" : "0");
    op_vars_set(&im->vars, "ldflags", "-s -w");
    op_vars_set(&im->vars, "app", "%s", program);
    op_vars_set(&im->vars, "package", "%s", package != NULL ? package : ".");
    op_vars_set(&im->vars, "download", "%s", op_project_fact(p, "vendored") == NULL ? "yes" : "");
    OP_AUTO_BUF assets = OP_BUF_INIT;
    for (size_t i = 0; i < p->n; i++)
        if (op_str_eq(p->facts[i].name, "beside"))
            op_buf_addf(&assets, "%sCOPY %s ./%s", assets.len != 0 ? "\n" : "", p->facts[i].value, p->facts[i].value);
    op_vars_set(&im->vars, "assets", "%s", op_buf_str(&assets));
    op_image_user(im, run, "appuser", NULL);
    op_image_health(im, run);
    if (package == NULL)
        op_strv_push(im->notes, "no package main was seen: what go build makes here is a guess");
    if (op_project_fact(p, "outside") != NULL)
        op_strv_push(
            im->notes,
            "go.mod replaces a module by one outside of this folder (=> ../), which docker build does not see");
}
