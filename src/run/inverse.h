/* How a change is taken back. What cannot be is known from the command line alone, before anyone is asked; the exact
 * commands are made from what is read just before the change runs. The ways are named per verb in tools/undo/. */
#ifndef OPSH_RUN_INVERSE_H
#define OPSH_RUN_INVERSE_H

#include "road_i.h"

struct op_undo_step {
    struct op_strv argv;
    char *input; /* owned, or NULL */
};

struct op_inverse { /* zero-initialise */
    struct op_undo_step *steps; /* owned; n 0: there is no way back, why_not says why */
    size_t n, cap;
    char why_not[240];      /* with steps: what they do not bring back, or "" */
    bool nothing;           /* n is 0 because nothing will change, as far as can be seen */
    struct op_strv identity; /* flags for kubectl: which cluster, as whom */
    struct op_json *touched; /* array: {"object" or "release", "namespace", "before": mark or null}, later "after"; of
                                a file {"file", "folder", …} */
};

/* "undo: …" or "cannot be undone: …", before anything is read; "" for what changes nothing. */
void op_inverse_hint(const struct op_catalog *cat, const struct op_step *step, const struct op_verdict *v, char *text,
                     size_t size);

/* Read what the step is about to change and make the commands that bring it back. false: interrupted. */
bool op_inverse_capture(struct op_road *road, const struct op_step *step, const struct op_verdict *v,
                        struct op_inverse *inv) OP_CHECKED;
void op_inverse_free(struct op_inverse *inv);

/* What was touched as it is now: a copy of touched (an array as above) with `field` of each item its mark, or null
 * where it is not there (owned). NULL: it could not be read. */
struct op_json *op_inverse_look(struct op_road *road, const struct op_strv *identity, const struct op_json *touched,
                                const char *field) OP_CHECKED;

/* --- for the files that know the ways --- */
struct op_capture_of {
    struct op_road *road;
    const struct op_step *step;
    const struct op_verdict *v;
    const char *ns, *context; /* where it acts; context may be NULL */
    struct op_inverse *inv;
    bool interrupted;
};

/* A new command at the end: program and words, then --namespace (ns NULL or "": none) and who speaks to which cluster. */
struct op_undo_step *op_inverse_add(struct op_capture_of *c, const char *ns, const struct op_strv *words);
void op_inverse_none(struct op_capture_of *c, const char *fmt, ...) OP_PRINTF(2, 3);
/* object: its state before is its mark; NULL: it is not there yet, and called ref in ns. */
void op_inverse_touch(struct op_capture_of *c, const struct op_json *object, const char *ref, const char *ns);

/* inverse_kubectl.c */
void op_inverse_scale(struct op_capture_of *c);
void op_inverse_replace(struct op_capture_of *c);
void op_inverse_settings(struct op_capture_of *c); /* label, annotate */
void op_inverse_image(struct op_capture_of *c);
void op_inverse_cordon(struct op_capture_of *c);
void op_inverse_restore(struct op_capture_of *c); /* delete */
/* inverse_create.c */
void op_inverse_apply(struct op_capture_of *c);
void op_inverse_create(struct op_capture_of *c);
/* inverse_helm.c */
void op_inverse_helm_install(struct op_capture_of *c);
void op_inverse_helm_upgrade(struct op_capture_of *c);
void op_inverse_helm_uninstall(struct op_capture_of *c);
/* inverse_file.c */
void op_inverse_file(struct op_capture_of *c);
/* The newest revision of a release and the newest that was deployed; 0: no release. false: it could not be read. */
bool op_inverse_revisions(struct op_capture_of *c, int64_t *newest, int64_t *deployed, char why[240]) OP_CHECKED;

/* inverse_kubectl.c: the objects of the step, or none with the reason told. */
struct op_json *op_inverse_objects(struct op_capture_of *c);
/* One `kubectl VERB -f -` per namespace with these objects (taken: an array), cleaned. */
void op_inverse_put_back(struct op_capture_of *c, const char *verb, struct op_json *objects);

#endif
