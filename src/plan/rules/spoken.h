/* Phrases of several parts ("a readiness probe at /health on port 8080"), said in the catalogue's sections
 * `spoken:` and read before any other slot: what a phrase takes, no later stage looks at.
 *
 *   spoken:
 *     fragments: {with: "with|and|having"}
 *     phrases:
 *     - say: "[@with] <which=readiness|liveness> probe *(at <path:path> | port <port:port>)"
 *       as: probe
 *
 * In `say`: words as they are; (a | b) one of; [a | b] perhaps; *(a | b) any number of; ~(a | b) one of which must
 * follow, without being taken; @name a fragment; <slot:type>
 * what is taken; <slot=a|b> one of these words, taken. There is no going back: the first way that fits is the way.
 * `as` keeps what was taken together as one record (JSON) in that slot, a new one where a name comes again; `set` fills
 * slots by themselves, `topic` adds one, `makes` names the kind that is meant without being said, `does` the verb;
 * `asks` is the verb of one that only looks, and that a request begins with.
 * `add` is `set` that keeps what is there. <slot+:type> is heard any number of times: each is a value of that slot.
 * `narrows` is what of a read's output is shown (plan/show.h): such a phrase is heard before the mood, where nothing is
 * to be changed (with `asks`: only where the request begins); "not" in front of it turns it round; `beside` are words
 * ("a|b") of which one must be said too, of each list item; `apart` such that must not. The phrases of a file whose
 * `program:` is not kubectl are heard first, and where that program is spoken of (speak_beside.c). `for` is what must
 * be said beside it: kinds, "pods" for whatever runs containers, "image-said" where an image was said too; `over` are
 * verbs that may give way to `does`; `lacks` are kinds that must not be said. `aside` says that the phrase is no part
 * of what is to be done (asides.c): `drop`, `unless` (made only where it is not there), `so` (and what follows: the
 * purpose), `wish` (to create what follows), `count` (which step it is). */
#ifndef OPSH_RULES_SPOKEN_H
#define OPSH_RULES_SPOKEN_H

#include "request.h"

enum say_op { SAY_WORD, SAY_ONE, SAY_MAYBE, SAY_MANY, SAY_AHEAD, SAY_TAKE };

struct say_node {
    uint8_t op;   /* enum say_op */
    uint8_t type; /* of what is taken: a row of hear_types */
    uint16_t len;
    uint16_t words_len; /* <slot=…>: of the words, which stand one byte behind the text; 0: there are none */
    int first, next;    /* branches of a group and parts of a branch; -1: none */
    const char *text;   /* the word; the slot's name; NULL: a branch */
};

struct phrase {
    const struct op_doc *doc;
    const struct op_node *node;
    const struct op_node *set, *add, *kinds, *over, *lacks;
    const struct op_node *narrows, *beside, *apart;
    const struct op_node *fragments; /* of its document */
    const char *program;             /* of its file; NULL: kubectl */
    const char *say, *as, *makes, *does, *asks, *topic, *aside;
};

/* A phrase becomes a tree when it is first listened for: most requests need few of them, and all of them would be a
 * third of opsh's whole start. */
struct say_trees {
    struct say_node *nodes;
    size_t n, cap;
    int *starts;       /* of each phrase: a group; SAY_LATER: not read yet; SAY_NEVER: it is wrong */
    uint32_t *letters; /* of each phrase: first_of_phrase; 0: not asked yet */
    struct say_first { /* the same of the fragments that were asked for */
        const char *text;
        uint32_t letters;
        bool empty; /* it may be left out: what follows can begin it too */
    } * firsts;
    size_t n_firsts, firsts_cap;
    struct say_known {
        const char *text;
        int first;
    } * known; /* fragments that are trees already */
    size_t n_known, known_cap;
};

struct spoken {
    struct say_trees *trees;
    struct phrase *v;
    size_t n, cap;
    size_t asides, asides_end; /* among these are all that have `aside` */
};

/* Checked is what comes from a person's own files; what is compiled in (doc->memory NULL) only when all is true: the
 * tests do. Errors: OP_CONFIG with file:line:column. */
bool spoken_load(struct spoken *s, const struct op_catalog *cat, const char *section, bool all,
                 struct op_err *err) OP_CHECKED;
/* The group that a phrase is; negative: it is wrong. */
int spoken_tree(const struct spoken *s, const struct phrase *p, struct op_err *err);
void spoken_free(struct spoken *s);

/* first.c: sets of first letters. Where a phrase's and a token's share none, the phrase does not begin there. */
uint32_t first_of_phrase(const struct spoken *s, const struct phrase *p);
uint32_t first_of_token(const struct token *t);

/* Where this phrase ends that begins at token i; SIZE_MAX: it does not. */
size_t spoken_end(struct clause *c, const struct spoken *s, const struct phrase *p, size_t i);

/* Takes out of the tokens what is said beside the request, before it is cut; was there any? */
bool tokens_asides(struct tokens *t, const struct spoken *s, const struct lexicon *lex);

/* The stage: behind the mood, before everything else. */
void clause_spoken(struct clause *c, const struct spoken *s);
/* Before the mood: "older than 7 days", "containing 'timeout'". Slots "narrowed": the heading ("" for lines), how, and
 * the amount or texts, each on a line. */
void clause_narrow(struct clause *c, const struct spoken *s);
/* Without a verb that changes anything, and what narrows a read right behind a kind: "pvc over 50Gi" wants none made.
 */
bool clause_narrows(struct clause *c, const struct spoken *s);
/* Behind the mood: who looks for a text in logs examines nothing else. */
void clause_narrowed(struct clause *c);
void narrow_take(struct clause *c, const struct op_node *narrows, const struct frame *found, size_t at); /* narrow.c */
/* This phrase at token i, into the slots: where the next token is; 0: it is not there. */
size_t hear_phrase(struct clause *c, const struct spoken *s, const struct phrase *p, size_t i);
const char *hear_one_of(const struct token *t, const char *words, size_t n, size_t *len); /* "a|b": the one it is */

/* What was said of kinds and programs, before phrases took their words. */
struct setting {
    const char *kinds[16];
    size_t n;
    bool pods, runs, other_program; /* runs: an image was said */
    bool asked;                     /* with a question mark, or by a word that asks */
    bool cluster;                   /* a kind that only a cluster has */
    const char *programs[4];
    size_t n_programs;
    const char *verb; /* "verb.build" in a list is it */
    size_t first;     /* token that says something */
    size_t told;      /* the same, behind "how do I" */
    size_t asked_at;  /* the same, behind "tell me" */
};

void setting_look(struct clause *c, struct setting *s);
bool setting_has(const struct setting *s, const struct op_node *list); /* one of its kinds, or programs? */

/* May this phrase of docker's, helm's or minikube's be heard at token `at`? (speak_beside.c) */
bool spoken_beside(const struct clause *c, const struct phrase *p, const struct setting *s, size_t at);
void speak_wish(struct clause *c, const struct setting *s); /* speak_wish.c */
void setting_beside(struct clause *c, struct setting *s);

/* Does the phrase stand at token i? Its end, or 0. What it takes goes to `facts` (NULL: only looked at), in the order
 * in which it was said, behind what the phrase sets. Never over the end of a list item. */
size_t spoken_match(const struct spoken *s, const struct phrase *p, struct clause *c, size_t i, struct slots *facts);

/* What can be taken. A reader writes the value and says where the next token is; 0: it is not there. */
typedef size_t hear_fn(struct clause *c, size_t i, char *out, size_t size);
struct hear_type {
    const char *name;
    hear_fn *read;
};
/* hear_task.c */
hear_fn hear_int, hear_amounts, hear_item, hear_label, hear_noun, hear_stage, hear_ident, hear_cidr, hear_range,
    hear_hard;

extern const struct hear_type hear_types[];
size_t hear_types_count(void);
hear_fn hear_name, hear_image, hear_number, hear_whole, hear_command;
hear_fn hear_clock, hear_cron, hear_weekdays, hear_ordinal, hear_span;                           /* hear_time.c */
hear_fn hear_script, hear_ownscript, hear_doing, hear_binary;                                    /* hear_command.c */
hear_fn hear_made, hear_kind, hear_kinds, hear_verbs;                                            /* hear_access.c */
hear_fn hear_field;                                                                              /* hear_field.c */
hear_fn hear_ram, hear_cpus, hear_version, hear_pulled, hear_program, hear_source, hear_mapping; /* hear_beside.c */
hear_fn hear_versioned, hear_url, hear_chart, hear_key, hear_valuesfile, hear_recipe, hear_archive, hear_folder;
hear_fn hear_age, hear_amount, hear_bytes, hear_cores, hear_share, hear_sought, hear_aim, hear_lead, hear_mention,
    hear_text, hear_plus, hear_tailglob, hear_headglob, hear_quotes; /* hear_sought.c */
/* A single word that may be a name where its place says so ("called five"). */
bool hear_any_name(struct clause *c, size_t i);
bool hear_stage_word(const char *word); /* what only a namespace is called by */
/* A word of no meaning of its own in front of a name ("the", "my"). */
bool hear_article(const struct token *t);

#endif
