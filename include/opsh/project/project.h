/* What a source folder holds, read from its files and nothing else: no program is run and no network is asked.
 * Each fact names the file (and line) that decided it, so that whoever is shown a Dockerfile can check it. */
#ifndef OPSH_PROJECT_PROJECT_H
#define OPSH_PROJECT_PROJECT_H

#include "opsh/base/err.h"
#include "opsh/base/strv.h"

enum op_project_kind {
    OP_PROJECT_UNKNOWN,
    OP_PROJECT_NEXTJS,
    OP_PROJECT_NODE,
    OP_PROJECT_FASTAPI,
    OP_PROJECT_PYTHON,
    OP_PROJECT_GO,
    OP_PROJECT_RUST,
    OP_PROJECT_MAVEN,
    OP_PROJECT_GRADLE,
    OP_PROJECT_STATIC,
    OP_PROJECT_CMAKE
};

struct op_fact {
    char *name;  /* "port", "app", "lock", "output", "health", "env", … (src/project lists them) */
    char *value; /* "8000", "src.main:app", "package-lock.json", "standalone", "/health", "DATABASE_URL" */
    char *file;  /* relative to the folder; NULL: a default that no file decided */
    int line;    /* from 1; 0: the file as a whole */
};

struct op_project {
    enum op_project_kind kind;
    char *folder; /* as the person named it */
    char *name;   /* of the service: from its files or the folder's name; a DNS-1123 label */
    struct op_fact *facts;
    size_t n;
};

/* Reads at most a few hundred small files under folder; links that leave it are not followed.
 * Errors: OP_IO (not there, not a folder, not readable). A folder of no known kind is no error: UNKNOWN. */
bool op_project_read(const char *folder, struct op_project *p, struct op_err *err) OP_CHECKED;
void op_project_free(struct op_project *p);

const char *op_project_kind_name(enum op_project_kind kind); /* "Next.js", "FastAPI", "Go", … */
/* The first fact of that name, or NULL. borrowed */
const struct op_fact *op_project_fact(const struct op_project *p, const char *name);

/* A file as it should be. */
struct op_draft {
    char *path; /* relative to the folder: "Dockerfile", ".dockerignore", "templates/service.yaml" */
    char *text;
    char *was; /* what stands there now; NULL: no such file */
    char *why; /* one line for the person: "Next.js with npm (package.json, package-lock.json)" */
    bool optional; /* an offer: all works without it ("output: standalone" in next.config.ts) */
};

struct op_drafts {
    struct op_draft *v;
    size_t n;
    struct op_strv notes; /* lines for the person: "NEXT_PUBLIC_API_URL is fixed when the image is built" */
};

void op_drafts_free(struct op_drafts *d);

/* What the person asked for beyond what the files say; NULL or 0: as the files say. */
struct op_wish {
    const char *base;     /* image: "node:20-alpine", "python:3.12-slim" */
    const char *user;     /* "appuser" */
    int port;
    bool standalone;      /* Next.js: draft the change of next.config too, and a Dockerfile that builds upon it */
};

/* Dockerfile and .dockerignore for it. What it drafts passes op_lint (lint.h) without a finding.
 * Errors: OP_UNCLEAR (nothing known in this folder; the message says what was looked for). */
bool op_project_dockerfile(const struct op_project *p, const struct op_wish *wish, struct op_drafts *out,
                           struct op_err *err) OP_CHECKED;

/* A Helm chart for it, paths relative to the chart's folder. name NULL: the project's own. */
struct op_chart_wish {
    const char *name, *host; /* host: with an Ingress of class nginx */
    int replicas;
};
bool op_project_chart(const struct op_project *p, const struct op_chart_wish *wish, struct op_drafts *out,
                      struct op_err *err) OP_CHECKED;

#endif
