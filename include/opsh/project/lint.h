/* The Dockerfile linter: text in, findings out. The rules are those that hadolint and BuildKit's checks made the field's
 * language, under their names (DL3006, SecretsUsedInArgOrEnv). Pure. */
#ifndef OPSH_PROJECT_LINT_H
#define OPSH_PROJECT_LINT_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"
#include "opsh/data/json.h"

enum op_lint_level { OP_LINT_INFO, OP_LINT_WARNING, OP_LINT_ERROR };

struct op_lint_finding {
    const char *rule; /* constant */
    enum op_lint_level level;
    size_t line;   /* from 1 */
    char *message; /* what is wrong, with the words of the file: one line, cleaned (base/text.h) */
    char *advice;  /* what to write instead */
};

struct op_lint_report {
    struct op_lint_finding *v; /* by line, then rule */
    size_t n;
};

/* What surrounds the file. Without a context nothing is known of it, and rules about it are silent. */
struct op_lint_context {
    const struct op_strv *ignored; /* lines of .dockerignore; NULL: there is none */
};

/* text: n bytes of any kind, at most OP_LINT_MAX are read. A comment "# opsh: ignore=RULE[,RULE]", "# hadolint ignore=RULE" or
 * "# check=skip=RULE" silences the next instruction; "# hadolint global ignore=RULE" and the directive "# check=skip=RULE|all"
 * the file. Of hadolint and BuildKit some rules are two names for one thing: silencing one silences both. */
#define OP_LINT_MAX ((size_t)1 << 20)
void op_lint(const char *text, size_t n, const struct op_lint_context *context, struct op_lint_report *out);
void op_lint_report_free(struct op_lint_report *r);

void op_lint_text(const struct op_lint_report *r, const char *file, struct op_buf *out); /* file:line: level RULE message */
/* What is wrong in a few lines ("line 3: DL3007 …"), with advice: and what to write instead. Warnings and errors only, at most
 * max, then how many more. Appends. */
void op_lint_brief(const struct op_lint_report *r, size_t max, bool advice, struct op_strv *lines);
bool op_lint_is_dockerfile(const char *path); /* by its name: "Dockerfile", "api.Dockerfile", "Dockerfile.dev", "Containerfile" */
void op_lint_list(struct op_buf *out); /* every rule, a line each: its name, level, and what it wants */
struct op_json *op_lint_json(const struct op_lint_report *r, const char *file);  /* owned */
struct op_json *op_lint_sarif(const struct op_lint_report *r, const char *file, const char *version); /* SARIF 2.1.0, owned */

#endif
