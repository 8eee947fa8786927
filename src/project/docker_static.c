/* Owns how files become an image: nginx without root, by a configuration of opsh's own that is drafted beside the
 * Dockerfile. */
#include "docker.h"

#include "opsh/base/str.h"

void op_image_web(struct op_image *im, bool single_page)
{
    /* a wish for the base is one for what runs; a site that Node builds is wished Node's base */
    bool ours = im->p->kind == OP_PROJECT_STATIC && im->wish != NULL && im->wish->base != NULL;
    const char *image = ours ? im->wish->base : "nginx:1.28-alpine", *port = op_vars_get(&im->vars, "port");
    op_vars_set(&im->vars, "web_base", "%s", image);
    op_vars_set(&im->vars, "single_page", "%s", single_page ? "yes" : "");
    op_vars_set(&im->vars, "nginx_conf", "%s",
                op_project_fact(im->p, "nginx-conf") != NULL ? "nginx.opsh.conf" : "nginx.conf");
    if (strstr(image, "alpine") != NULL)
        op_vars_set(&im->vars, "web_check", "\"wget\", \"-q\", \"--spider\", \"http://127.0.0.1:%s/\"", port);
    else
        op_vars_set(&im->vars, "web_check", "\"curl\", \"-fsS\", \"-o\", \"/dev/null\", \"http://127.0.0.1:%s/\"",
                    port);
    if (im->wish != NULL && im->wish->user != NULL)
        op_strv_pushf(im->notes, "nginx runs as the number 1001, which needs no name: %s is not made", im->wish->user);
}

void op_image_static(struct op_image *im)
{
    OP_AUTO_BUF copies = OP_BUF_INIT;
    const char *folder = op_fact_value(im->p, "folder");
    if (folder != NULL) {
        op_buf_addf(&copies, "COPY %s ./", folder);
    } else {
        OP_AUTO_FREE char *patterns = op_image_join(im->p, "pattern", " ");
        op_buf_addf(&copies, "COPY %s ./", patterns);
        for (size_t i = 0; i < im->p->n; i++)
            if (op_str_eq(im->p->facts[i].name, "copy"))
                op_buf_addf(&copies, "\nCOPY %s ./%s", im->p->facts[i].value, im->p->facts[i].value);
    }
    op_vars_set(&im->vars, "copy_site", "%s", op_buf_str(&copies));
    op_vars_set(&im->vars, "site", "static");
    op_image_web(im, false);
}
