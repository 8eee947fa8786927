/* Phrases of several parts ("a readiness probe at /health on port 8080"), said in the catalogue's sections
 * `spoken:` and read before any other slot: what a phrase takes, no later stage looks at.
 *
 *   spoken:
 *     fragments: {with: "with|and|having"}
 *     phrases:
 *     - say: "[@with] <which=readiness|liveness> probe *(at <path:path> | port <port:port>)"
 *       as: probe
 *
 * In `say`: words as they are; (a | b) one of; [a | b] perhaps; *(a | b) any number of; @name a fragment; <slot:type>
 * what is taken; <slot=a|b> one of these words, taken. There is no going back: the first way that fits is the way.
 * `as` keeps what was taken together as one record (JSON) in that slot, a new one where a name comes again; `set` fills
 * slots by themselves, `topic` adds one, `makes` names the kind that is meant without being said, `does` the verb;
 * `asks` is the verb of one that only looks, and that a request begins with.
 * `for` is what must be said beside it: kinds, or "pods" for whatever runs containers; `over` are verbs that may give
 * way to `does`; `lacks` are kinds that must not be said. */
#ifndef OPSH_RULES_SPOKEN_H
#define OPSH_RULES_SPOKEN_H

#include "request.h"

enum say_op { SAY_WORD, SAY_ONE, SAY_MAYBE, SAY_MANY, SAY_TAKE };

struct say_node {
    uint8_t op;       /* enum say_op */
    uint8_t type;     /* of what is taken: a row of hear_types */
    const char *text; /* the word; the slot's name; NULL: a branch */
    size_t len;
    const char *words; /* <slot=…>: the words, else NULL */
    size_t words_len;
    int first, next; /* branches of a group and parts of a branch; -1: none */
};

struct phrase {
    const struct op_node *node;
    const struct op_node *set, *kinds, *over, *lacks;
    const char *as, *makes, *does, *asks, *topic;
    int start; /* a group */
};

struct spoken {
    struct say_node *nodes;
    size_t n_nodes, nodes_cap;
    struct phrase *v;
    size_t n, cap;
};

/* Errors: OP_CONFIG with file:line:column. */
bool spoken_load(struct spoken *s, const struct op_catalog *cat, struct op_err *err) OP_CHECKED;
void spoken_free(struct spoken *s);

/* The stage: behind the mood, before everything else. */
void clause_spoken(struct clause *c, const struct spoken *s);

/* What can be taken. A reader writes the value and says where the next token is; 0: it is not there. */
typedef size_t hear_fn(struct clause *c, size_t i, char *out, size_t size);
struct hear_type {
    const char *name;
    hear_fn *read;
};
extern const struct hear_type hear_types[];
size_t hear_types_count(void);
hear_fn hear_name, hear_image, hear_number, hear_whole;
hear_fn hear_clock, hear_cron, hear_weekdays, hear_ordinal, hear_span; /* hear_time.c */
hear_fn hear_kind, hear_kinds, hear_verbs;                             /* hear_access.c */
/* A single word that may be a name where its place says so ("called five"). */
bool hear_any_name(struct clause *c, size_t i);
/* A word of no meaning of its own in front of a name ("the", "my"). */
bool hear_article(const struct token *t);

#endif
