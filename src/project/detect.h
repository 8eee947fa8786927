/* What a folder is: one function a language, asked in turn. Each answers UNKNOWN or fills in facts. Room-internal. */
#ifndef OPSH_PROJECT_DETECT_H
#define OPSH_PROJECT_DETECT_H

#include "facts.h"
#include "tree.h"

enum op_project_kind op_detect_node(struct op_tree *t, struct op_project *p);
enum op_project_kind op_detect_python(struct op_tree *t, struct op_project *p);
enum op_project_kind op_detect_go(struct op_tree *t, struct op_project *p);
enum op_project_kind op_detect_rust(struct op_tree *t, struct op_project *p);
enum op_project_kind op_detect_java(struct op_tree *t, struct op_project *p);
enum op_project_kind op_detect_cmake(struct op_tree *t, struct op_project *p);
enum op_project_kind op_detect_static(struct op_tree *t, struct op_project *p);

/* The line of next.config.* that says output: "VALUE" outside of comments; value NULL: any. 0: none does. */
int op_next_output(const char *text, const char *value);

/* --- what several of them look for in sources (scan.c) --- */

enum { OP_SCAN_FILES = 120 }; /* sources that are read */

/* Called for each file with one of these endings ("|"-separated: ".ts|.tsx"), tests left out. true: that is enough. */
typedef bool (*op_scan_file)(void *ctx, struct op_project *p, const char *path, const char *text);
void op_scan(struct op_tree *t, struct op_project *p, const char *endings, op_scan_file look, void *ctx);

/* Where the program reads a variable or listens, by the words of its language: facts "env", "port", "health". */
struct op_scan_words {
    const char *const *env;    /* what stands right before a name: "process.env.", "os.Getenv(\""; NULL-terminated */
    const char *const *listen; /* what stands right before a port number: ".listen(" */
    const char *const *route;  /* what stands right before the path of a GET route: ".get(\"" */
};
void op_scan_text(struct op_project *p, const struct op_scan_words *words, const char *path, const char *text);

/* A number from 1 to 65535 that ends here; 0: none. */
int op_scan_port(const char *text);

#endif
