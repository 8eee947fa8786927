/* From facts to the holes of a template: one function a family. Room-internal. */
#ifndef OPSH_PROJECT_DOCKER_H
#define OPSH_PROJECT_DOCKER_H

#include "facts.h"
#include "stencil.h"

struct op_image {
    const struct op_project *p;
    const struct op_wish *wish;
    struct op_vars vars;   /* each fact is there already: "lock", "lock_from" (its file and line, or "by default") */
    struct op_strv *notes; /* borrowed */
    const char *base;      /* what it is made from, when nobody wished for another; set by the preparing function */
    const char *user;
};

/* Each sets what its template asks for. */
void op_image_nextjs(struct op_image *im);
void op_image_node(struct op_image *im);
void op_image_python(struct op_image *im);
void op_image_go(struct op_image *im);
void op_image_rust(struct op_image *im);
void op_image_java(struct op_image *im);
void op_image_cmake(struct op_image *im);
void op_image_static(struct op_image *im);

/* The wish, or else the default: sets "base", and "alpine" or "" and "system" by what its name says. */
void op_image_base(struct op_image *im, const char *fmt, ...) OP_PRINTF(2, 3);
/* "add_user": a RUN that makes user and group 1001 by the tools that the named image has. */
void op_image_user(struct op_image *im, const char *image, const char *user, const char *group);
/* Sets `hole` to a RUN that installs these ("a,b" of Debian's names); "" when the list is empty. */
void op_image_packages(struct op_image *im, const char *hole, const char *names);
/* What a site served by nginx needs: "web_base", "web_check", "nginx_conf", the user's number. single_page: any path is
 * answered with index.html. */
void op_image_web(struct op_image *im, bool single_page);
/* "health_check" by the tools that this image has: its path by wget, else whether the port is open. */
void op_image_health(struct op_image *im, const char *image);
/* All values of a fact with `between` in between; owned. */
char *op_image_join(const struct op_project *p, const char *fact, const char *between);

/* The change of next.config.* that sets output: "standalone"; NULL: not seen where (text is what stands there). owned
 */
char *op_standalone_change(const char *text);

#endif
