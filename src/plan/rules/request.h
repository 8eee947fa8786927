/* A request on its way through the stages: clauses cut from the tokens, and for each a frame of
 * what was understood. Slots are named texts ("name", "ns", "count", "image"…); a name may hold
 * several. Every stage is a function of what it is given; none runs anything. */
#ifndef OPSH_RULES_REQUEST_H
#define OPSH_RULES_REQUEST_H

#include "token.h"

#include "opsh/plan/planner.h"

enum mood {
    MOOD_DO,     /* make it so, or show it */
    MOOD_ASK,    /* which, what, how many, is …: reads only */
    MOOD_WHY,    /* something is wrong: analysis */
    MOOD_ADVICE, /* how to, should I: told, never done */
    MOOD_NOT     /* "do not …": nothing is done */
};

struct slot {
    char *name, *value; /* owned */
};

struct slots {
    struct slot *v;
    size_t n, cap;
};

void slots_add(struct slots *s, const char *name, const char *value);  /* one more value */
void slots_push(struct slots *s, const char *name, const char *value); /* and though it is there already */
void slots_set(struct slots *s, const char *name, const char *value);  /* the only value */
void slots_setf(struct slots *s, const char *name, const char *fmt, ...) OP_PRINTF(3, 4);
const char *slots_get(const struct slots *s, const char *name); /* first value, or NULL */
size_t slots_count(const struct slots *s, const char *name);
void slots_drop(struct slots *s, const char *name);
void slots_copy(struct slots *to, const struct slots *from);
void slots_free(struct slots *s);

enum { TOPICS_MAX = 16 };

struct frame {
    enum mood mood;
    const char *verb; /* canonical, or NULL: a noun phrase */
    bool changes;     /* the verb does */
    bool symptom;     /* something was said to be wrong */
    bool counting;    /* how many */
    bool yesno;
    bool refers;          /* "it", "that pod" */
    bool depends;         /* "if it fails, …": on what is not known yet */
    const char *program;  /* named or implied, or NULL */
    const char *kind;     /* of the object, or NULL */
    const char *makes;    /* the kind that was described without being said, or NULL */
    bool plural, all;     /* "pods", "all pods" */
    bool several;         /* the kind stood in the plural, with or without a name */
    const char *kinds[8]; /* every kind that was said, in order */
    size_t n_kinds;
    const char *topics[TOPICS_MAX];
    size_t n_topics;
    struct slots slots;
    char rest[160]; /* words that nothing explains, for a question */
    unsigned n_rest;
};

struct clause {
    struct tokens *tokens;
    const struct lexicon *lex;
    size_t from, to; /* tokens [from, to) */
    bool again;      /* does what the clause before does: "scale a to 3 and b to 2" */
    bool header;     /* a line that ends in ":" above a list: it sets the scene for the items */
    bool gathered;   /* holds sentences that describe what its first one makes (gather.c) */
    bool listed;     /* its last sentence opens a list of containers */
    struct frame frame;
};

struct clauses {
    struct clause *v;
    size_t n, cap;
};

void frame_topic(struct frame *f, const char *topic);
void frame_untopic(struct clause *c, size_t i); /* token i is a name: what it speaks of is no topic */
bool frame_has_topic(const struct frame *f, const char *topic);
void frame_copy(struct frame *to, const struct frame *from); /* *to is overwritten, not freed */
void frame_free(struct frame *f);

/* The stages, in this order. */
void clauses_split(struct clauses *out, struct tokens *t, const struct lexicon *lex);
void clauses_gather(struct clauses *out); /* what describes one new thing becomes one clause */
void clauses_free(struct clauses *c);
void clause_correct(struct clause *c);    /* typos in keywords */
void clause_reason(struct clause *c);     /* "… because": what explains it is left out */
void clause_mood(struct clause *c);       /* verb and mood */
void clause_topics(struct clause *c);     /* what it is about beside verb and kind */
void clause_exceptions(struct clause *c); /* what is to be left out */
void clause_places(struct clause *c);     /* files, flags, namespace, context, labels, key=value */
void clause_amounts(struct clause *c);    /* counts, quantities, ports, times */
void clause_objects(struct clause *c);    /* images, kinds, names, topics */
void clause_rest(struct clause *c);       /* what is left unexplained */

/* share.c: over the borders of clauses */
void clause_inherit(struct clause *c, const struct clause *before);
void clauses_share(struct clauses *cs);
bool clause_refines(const struct clause *before, const struct clause *c);
void frame_carry_image(struct frame *f, const struct frame *before);

/* again.c: is the verb of what stands before also said of what begins at token i? */
bool clause_again_amount(struct clause *c, size_t i);
bool clause_again_object(struct clause *c, size_t i);
bool clause_again_front(const struct clause *first, struct clause *c, size_t i);
bool clause_again_own(struct clause *c, size_t i);

/* Parts of the stages. */
void clause_pair(struct clause *c, size_t i);
void clause_spoken_pair(struct clause *c, size_t i);
void clause_key(struct clause *c, size_t i);
void clause_quantity(struct clause *c, size_t i, const char *n, const char *unit);
bool clause_compact_quantity(struct clause *c, size_t i);
void clause_image(struct clause *c, size_t i);
size_t clause_said_before(struct clause *c, size_t i);             /* the last token before i that says something */
bool measure_of_scaler(struct clause *c, size_t i, const char *n); /* measures.c */
bool measure_of_port(struct clause *c, size_t i, const char *n);
bool measure_fewer(struct clause *c, size_t i, const char *n);
bool measure_made_it(struct clause *c, size_t i, const char *n);
bool measure_part_of_core(struct clause *c, size_t i);
const char *field_of(const char *folded);   /* hear_field.c: a field of objects as manifests write it, or NULL */
bool clause_exists(const struct clause *c); /* gather.c: it tells that something is there */
void clause_image_pairs(struct clause *c);
bool clause_sets_image(const struct clause *c);
const char *token_image(const struct token *t); /* of a program that everybody gets by one image; or NULL */

/* Words as a shell would cut them, by quotes only; false when it needs a shell. */
bool text_words(const char *s, struct op_strv *out);

void clause_permissions(struct clause *c); /* "a role that can list pods" */
/* The kind that ends right before token i, or NULL. */
const struct word *clause_kind_before(struct clause *c, size_t i);
/* Does the name of something new stand at token i, right behind its kind? */
bool clause_names_new(struct clause *c, size_t i);

bool clause_offbeat(struct clause *c, size_t i); /* "the coffee deployment": no business of ours but as a name */
bool clause_stage(const char *word);             /* "prod", "staging": what namespaces are called, and nothing else */
bool clause_noun_as_name(struct clause *c, size_t i); /* words of ours that are names where they stand: naming.c */
bool clause_plain_noun(const char *word);
bool clause_ordinary(struct clause *c, size_t i);
bool clause_key_as_name(struct clause *c, size_t i);
bool clause_verb_as_name(struct clause *c, size_t i);
void clause_verbs_as_names(struct clause *c);
void clause_onto(struct clause *c);

/* Helpers over a clause's tokens. */
struct token *clause_token(struct clause *c, size_t i);                    /* NULL outside the clause */
bool clause_role(struct clause *c, size_t i, const char *role);            /* an unused token of this role */
const char *clause_value(struct clause *c, size_t i, enum word_class cls); /* value of that sense, or NULL */
bool clause_name(struct clause *c, size_t i);                              /* could token i be a name? */
void clause_use(struct clause *c, size_t i);                               /* taken, with all its span covers */
size_t clause_after(struct clause *c, size_t i);  /* next token that is no filler (skips the span) */
size_t clause_before(struct clause *c, size_t i); /* the token before that is no filler; c->to when there is none */
bool clause_asks(struct clause *c);               /* by a word that asks: why, which, how many, is … */
bool clause_verb_in(const struct clause *c, const char *const *verbs); /* NULL-terminated */
void clause_take(struct clause *c, size_t i, const char *slot);        /* its text into the slot */
bool token_filler(const struct token *t);

/* Does the negation at i tell of something ("users can not log in"), rather than forbid it ("do not restart")? */
bool clause_told_not(struct clause *c, size_t i);

/* "web is failing and restart it": is it said what the verb at i is done to? */
bool clause_means_one(struct clause *c, size_t i);

bool clause_orders(struct clause *c); /* is there such a verb in it? */

/* lists.c: items that say nothing to do are done what the line above them says. */
void lists_headers(struct clauses *out);

/* Does what follows "and" only say how to show what is shown before it ("and display their nodes")? */
bool clause_shapes(struct clause *before, struct clause *after, size_t verb_at, const struct word *verb);
/* Is a list asked for, whatever trouble its items may have? */
bool clause_lists(struct clause *c);

/* Is token i a verb that tells opsh to do something (not "the upgrade", "build is failing", "scaled")? */
const struct word *clause_imperative(struct clause *c, size_t i);

/* "… and filter for timeout", "… and show only the lines with it": of the logs of the clause before (narrow.c). */
bool clause_sifts(struct clause *before, struct clause *after);

#endif
