/* What the files of the workflow planner share: a workflow as it was read, its values, and looks. */
#ifndef OPSH_WORKFLOW_WORKFLOW_H
#define OPSH_WORKFLOW_WORKFLOW_H

#include "opsh/plan/workflow.h"

enum { WF_MOST_STEPS = 64 };

enum wf_kind { WF_NEED, WF_RUN, WF_WRITE, WF_CHECK };

struct wf_step { /* borrowed from the document */
    const char *name;
    enum wf_kind kind;
    const struct op_node *node;
    const struct op_node *what; /* of its kind: the look of need and check, the argv of run, the folder of write */
    const struct op_node *when, *done;
    const char *after, *show, *save, *otherwise, *destroys;
    int64_t within; /* seconds */
};

struct wf {
    const struct op_doc *doc;
    const struct op_node *node, *values; /* values: the schema, or NULL */
    const char *name, *about, *say;
    const struct op_node *answer; /* list of {when, say}, or NULL */
    struct wf_step steps[WF_MOST_STEPS];
    size_t n;
    /* The schema of what texts may name: the values, those known besides, and those saved. Points into itself. */
    struct op_node known[WF_MOST_STEPS + 8], string, properties, type, schema;
};

/* --- read.c: strict --- */
/* Errors: OP_CONFIG with file:line:column. *wf must not be moved. */
bool wf_read(const struct op_doc *doc, const struct op_node *n, struct wf *wf, struct op_err *err) OP_CHECKED;

/* The one of that name. Errors: OP_USAGE (there is none), and as above. */
bool wf_find(const struct op_catalog *cat, const char *name, struct wf *wf, struct op_err *err) OP_CHECKED;

/* --- request.c --- */
/* "NAME [VALUE=TEXT]…", typed as the schema says; name and values are owned, whatever the answer. Errors: OP_USAGE. */
bool wf_request(const struct op_catalog *cat, const char *request, char **name, struct op_json **values,
                struct op_err *err) OP_CHECKED;

/* --- values.c --- */
/* The values of one run: what was given, defaults, what is known besides. owned. Errors: OP_USAGE. */
struct op_json *wf_values(const struct wf *wf, const struct op_json *given, const struct op_scene *scene,
                          struct op_err *err) OP_CHECKED;
char *wf_fill(const char *text, const struct op_json *values); /* owned */
bool wf_applies(const struct op_node *when, const struct op_json *values);
/* Errors: OP_USAGE (a value would become an option). */
bool wf_argv(const struct wf *wf, const struct op_node *argv, const struct op_json *values, struct op_strv *out,
             struct op_err *err) OP_CHECKED;
/* Every {name} of text is known to the workflow. */
bool wf_text_valid(const struct wf *wf, const struct op_node *text, struct op_err *err) OP_CHECKED;

/* --- look.c: pure but for `file` --- */
bool wf_look_valid(const struct wf *wf, const struct op_node *look, struct op_err *err) OP_CHECKED;
/* Did the command say what the look expects? */
bool wf_look_holds(const struct op_node *look, const struct op_json *values, int exit_code, const char *output);
/* A look at a file: whether it is there. */
bool wf_look_file(const struct op_node *look, const struct op_json *values);

#endif
