/* Listening for one phrase: what it is made of against the tokens of a clause, and what it takes. */
#ifndef OPSH_RULES_LISTEN_H
#define OPSH_RULES_LISTEN_H

#include "spoken.h"

enum { TAKEN_MAX = 40, VALUE_MAX = 600 };

static const size_t nowhere = SIZE_MAX;

struct hearing {
    struct clause *c;
    const struct spoken *s;
    size_t start;
    uint32_t letters; /* of the token there; 0: not asked yet */
    bool lines; /* a phrase ends with its list item */
    struct {
        int node;
        size_t at;
    } taken[TAKEN_MAX];
    size_t n_taken;
};

/* Where the phrase ends that begins at token i; nowhere: it does not. */
size_t listen_phrase(struct hearing *h, const struct phrase *p, size_t i);
/* The value that was taken at token i, and where the next token is; 0: none. */
size_t listen_value(struct clause *c, const struct say_node *n, size_t i, char *out, size_t size);

#endif
