/* Facts while they are gathered. What a file says is believed only when it cannot break out of the line of a
 * Dockerfile, a chart or a comment that it will stand in.
 *
 *   runtime   what it runs on: "20", "3.12", "1.22", "21"       framework  "next", "fastapi", "django", "spring-boot"
 *   manager   "npm", "pnpm", "uv", "poetry", …                  lock       the lock file; none: nothing is locked
 *   manifest  a file that the dependencies are read from (several)
 *   app       "src.main:app"; for others the program's name     path       where Python finds it, when not "."
 *   build     the script that builds                            start      words of the command that starts it
 * (several) output    "standalone"; a site's folder ("dist")            config     next.config.* public    "public"
 * copy       what the image needs beside the app (several) port      where it listens health     a path that answers
 * 200 env       a variable that the program reads (several)       public-env NEXT_PUBLIC_… (several) library   a system
 * library that the build needs (several)   note       a line for the person (several) */
#ifndef OPSH_PROJECT_FACTS_H
#define OPSH_PROJECT_FACTS_H

#include "opsh/project/project.h"

bool op_fact_path_ok(const char *path);  /* may stand in a comment and in a message */
bool op_fact_value_ok(const char *text); /* may stand in an instruction, quoted or not: [A-Za-z0-9._/:@+=~^%,*-] */
bool op_fact_env_ok(const char *name);   /* [A-Za-z_][A-Za-z0-9_]* */

/* Adds a copy unless value or file are unsafe or the very same name and value is there already; whether it was added.
 */
bool op_fact_add(struct op_project *p, const char *name, const char *value, const char *file, int line);
/* Only the first of that name counts. */
bool op_fact_once(struct op_project *p, const char *name, const char *value, const char *file, int line);
void op_fact_drop(struct op_project *p, const char *name); /* all of that name */
bool op_fact_is(const struct op_project *p, const char *name, const char *value);
const char *op_fact_value(const struct op_project *p, const char *name); /* or NULL. borrowed */

/* text as a DNS-1123 label ("My App" → "my-app"); owned; "app" when nothing is left of it. */
char *op_fact_label(const char *text);

#endif
