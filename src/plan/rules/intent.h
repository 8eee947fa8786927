/* Intents: what people say for each tool, from the catalogue's sections `intents:`. An entry says
 * under which verb, kind, topics and slots it is meant, and how its tool's arguments are made of
 * the slots. The entry that explains most of what was said wins. */
#ifndef OPSH_RULES_INTENT_H
#define OPSH_RULES_INTENT_H

#include "request.h"

struct intent {
    const struct op_doc *doc;
    const struct op_node *node;
    const char *program; /* of its tool; "" when it has none */
    const char *say;     /* how a person could say it, for suggestions */
    const char *make;    /* the maker of its steps (make.c), or NULL */
    const char *analysis, *answer, *unsupported, *workflow;
    const struct op_node *verbs, *kinds, *topics, *any, *not, *has, *lacks, *needs, *moods, *set, *match, *optional;
    const struct op_node *steps; /* list of {tool, args, …}, or NULL: the entry is the one step */
    bool changes;
    bool fresh; /* names are new ones: not looked up in the cluster */
};

struct intents {
    struct intent *v;
    size_t n, cap;
};

/* Checked is what comes from a person's own files; what is compiled in (doc->memory NULL) only when all is true: the
 * tests do. Errors: OP_CONFIG with file:line:column. */
bool intents_load(struct intents *out, const struct op_catalog *cat, const struct lexicon *lex, bool all,
                  struct op_err *err) OP_CHECKED;
void intents_free(struct intents *in);

/* The best intent for a frame; NULL when none fits. */
const struct intent *intents_match(const struct intents *in, const struct frame *f);

/* Up to max intents nearest to what was said, best first; how many. */
size_t intents_near(const struct intents *in, const struct frame *f, const struct intent **found, size_t max);

/* The first slot that the intent needs and the frame lacks, or NULL. */
const char *intent_missing(const struct intent *in, const struct frame *f);

/* Has the intent a use for this slot? */
bool intent_uses(const struct intent *in, const char *slot);

/* The slot that this step is repeated over ("name": restart a and b), or NULL: what takes one at a time and was told
 * several. */
const char *intent_repeats(const struct op_catalog *cat, const struct op_node *step);

/* A slot, or what stands for one: "kind", "kinds", "topic.follow", "all". */
const char *frame_value(const struct frame *f, const char *name);

/* Text with {slot}, {slot|other}, {slot|=literal} filled in (owned); NULL when something is missing. */
char *fill_text(const char *text, const struct frame *f);

/* Text, a list of alternatives, or {when, then} (owned); NULL when nothing can be filled. */
char *fill_choice(const struct op_node *n, const struct frame *f);

/* One step of an intent: its tool's arguments as JSON (owned). */
struct op_json *fill_args(const struct op_tool *tool, const struct op_node *args, const struct frame *f);

/* What was said and the intent makes no use of, as words (""): for questions before a change. */
void intent_unexplained(const struct intent *in, const struct frame *f, char *out, size_t size);

const char *kind_plural(const char *kind, char *out, size_t size); /* deployment → deployments */
bool kind_is_kubernetes(const char *kind);
bool kind_is_workload(const char *kind);
bool kind_is_cluster_wide(const char *kind);

#endif
