/* Whether a phrase of the catalogue stands at a token, and where it ends. Fills no slot: who asked does. */
#include "listen.h"

#include "intent.h"

#include "opsh/base/str.h"

static size_t hear_branch(struct hearing *h, int branch, size_t i);

bool hear_article(const struct token *t)
{
    static const char *const articles[] = { "the",  "a",      "an",   "my",   "our",  "its",  "their", "this",
                                            "that", "please", "also", "just", "your", "some", "any" };
    for (size_t i = 0; i < OP_LEN(articles) && (t->flags & TOKEN_QUOTED) == 0; i++)
        if (*t->low == *articles[i] && strcmp(t->low, articles[i]) == 0)
            return true;
    const struct word *filler = token_sense(t, WORD_FILLER);
    return filler != NULL && filler->lang != 0 && t->n_senses == 1 && t->span == 1; /* "el", "den" */
}

/* A word of another language whose meaning is this one: how many tokens it covers, 0: none is. */
static size_t means(const struct token *t, const char *word, size_t n)
{
    for (size_t k = 0; k < t->n_senses; k++)
        if (t->senses[k]->lang != 0 && strlen(t->senses[k]->value) == n && memcmp(t->senses[k]->value, word, n) == 0)
            return t->span;
    return 0;
}

/* May a phrase go on at token i? Not over the end of a sentence. */
static bool goes_on(const struct hearing *h, size_t i)
{
    if (i >= h->c->to)
        return false;
    if (i != h->start && h->lines && (h->c->tokens->v[i].flags & TOKEN_BULLET) != 0)
        return false;
    return i == h->start || (h->c->tokens->v[i - 1].flags & TOKEN_STOP) == 0;
}

/* How many tokens say this word; 0: none. */
static size_t is_word(const struct token *t, const char *word, size_t n)
{
    if ((t->flags & (TOKEN_QUOTED | TOKEN_SPOKEN)) != 0)
        return 0;
    static const char place[] = "namespace";
    if (n == sizeof(place) - 1 && memcmp(word, place, n) == 0 && strcmp(t->low, "ns") == 0)
        return 1;
    size_t foreign = means(t, word, n);
    if (foreign > 0 || *t->low != *word) /* a slip is never the first letter */
        return foreign;
    size_t have = strlen(t->low);
    if (have == n && memcmp(t->low, word, n) == 0)
        return 1;
    char w[32];
    if (n < 7 || have + 1 < n || have > n + 1 || n >= sizeof(w) || t->n_senses > 0 || (t->flags & TOKEN_NAMELIKE) != 0)
        return 0;
    (void)snprintf(w, sizeof(w), "%.*s", (int)n, word);
    return op_str_distance(w, t->low, 1) <= 1; /* a slip in a long keyword */
}

enum { ARTICLES_MAX = 4 }; /* in a row, in front of a word: nobody says more of them */

static size_t hear_word(const struct hearing *h, const struct say_node *n, size_t i)
{
    size_t last = i + ARTICLES_MAX;
    for (; i < last && goes_on(h, i); i++) {
        size_t said = is_word(&h->c->tokens->v[i], n->text, n->len);
        if (said > 0)
            return i + said;
        if (!hear_article(&h->c->tokens->v[i]))
            break;
    }
    return nowhere;
}

const char *hear_one_of(const struct token *t, const char *words, size_t n, size_t *len)
{
    for (size_t at = 0; at < n;) {
        size_t end = at;
        while (end < n && words[end] != '|')
            end++;
        *len = end - at;
        if (is_word(t, words + at, *len))
            return words + at;
        at = end + 1;
    }
    return NULL;
}

size_t listen_value(struct clause *c, const struct say_node *n, size_t i, char *out, size_t size)
{
    if (n->words_len == 0)
        return hear_types[n->type].read(c, i, out, size);
    size_t len = 0;
    const char *word = hear_one_of(&c->tokens->v[i], n->text + n->len + 1, n->words_len, &len);
    if (word != NULL)
        (void)snprintf(out, size, "%.*s", (int)len, word);
    return word != NULL ? i + is_word(&c->tokens->v[i], word, len) : 0;
}

static size_t hear_value(struct hearing *h, int node, size_t i)
{
    char value[VALUE_MAX];
    size_t last = i + ARTICLES_MAX;
    for (; i < last && goes_on(h, i) && (h->c->tokens->v[i].flags & TOKEN_SPOKEN) == 0; i++) {
        size_t end = listen_value(h->c, &h->s->trees->nodes[node], i, value, sizeof(value));
        if (end != 0 && end <= h->c->to && h->n_taken < TAKEN_MAX) {
            h->taken[h->n_taken].node = node;
            h->taken[h->n_taken++].at = i;
            return end;
        }
        if (!hear_article(&h->c->tokens->v[i]))
            break;
    }
    return nowhere;
}

static size_t hear_group(struct hearing *h, const struct say_node *group, size_t i)
{
    size_t had = h->n_taken, longest = nowhere;
    int best = -1, last = -1;
    for (int b = group->first; b >= 0; b = h->s->trees->nodes[b].next) {
        h->n_taken = had;
        size_t end = hear_branch(h, b, i);
        last = b;
        if (end == nowhere || (longest != nowhere && end <= longest))
            continue;
        longest = end;
        best = b;
    }
    if (best == last && best >= 0)
        return longest;
    h->n_taken = had;
    return best >= 0 ? hear_branch(h, best, i) : nowhere; /* what it takes was taken by the others since */
}

static size_t hear_part(struct hearing *h, int node, size_t i)
{
    const struct say_node *n = &h->s->trees->nodes[node];
    size_t end = nowhere;
    switch ((enum say_op)n->op) {
    case SAY_WORD:
        return hear_word(h, n, i);
    case SAY_TAKE:
        return hear_value(h, node, i);
    case SAY_ONE:
        return hear_group(h, n, i);
    case SAY_MAYBE:
        end = hear_group(h, n, i);
        return end != nowhere ? end : i;
    case SAY_AHEAD: {
        size_t had = h->n_taken;
        end = hear_group(h, n, i);
        h->n_taken = had;
        return end != nowhere ? i : nowhere;
    }
    case SAY_MANY:
        while ((end = hear_group(h, n, i)) != nowhere && end > i)
            i = end;
        return i;
    }
    return nowhere;
}

/* The parts from this one on, giving back what a part took too much of ("*(to|at) to <name>"). */
static size_t hear_parts(struct hearing *h, int part, size_t i)
{
    enum { TIMES_MAX = 16 };
    if (part < 0 || i == nowhere)
        return i;
    const struct say_node *n = &h->s->trees->nodes[part];
    size_t at[TIMES_MAX] = { i }, taken[TIMES_MAX] = { h->n_taken }, times = 0, end = nowhere;
    if (n->op != SAY_MANY && n->op != SAY_MAYBE)
        return hear_parts(h, n->next, hear_part(h, part, i));
    size_t most = n->op == SAY_MANY ? TIMES_MAX - 1 : 1;
    while (times < most && (end = hear_group(h, n, at[times])) != nowhere && end > at[times]) {
        times++;
        at[times] = end;
        taken[times] = h->n_taken;
    }
    for (size_t k = times + 1; k-- > 0;) {
        h->n_taken = taken[k];
        end = hear_parts(h, n->next, at[k]);
        if (end != nowhere)
            return end;
    }
    return nowhere;
}

static size_t hear_branch(struct hearing *h, int branch, size_t i)
{
    int part = h->s->trees->nodes[branch].first;
    if (h->lines)
        return hear_parts(h, part, i);
    for (; part >= 0 && i != nowhere; part = h->s->trees->nodes[part].next)
        i = hear_part(h, part, i);
    return i;
}

size_t listen_phrase(struct hearing *h, const struct phrase *p, size_t i)
{
    if (i < h->c->to && h->letters == 0)
        h->letters = first_of_token(&h->c->tokens->v[i]);
    if ((h->letters & first_of_phrase(h->s, p)) == 0)
        return nowhere;
    struct op_err err = OP_ERR_INIT; /* those of a person's own files were read before; ours by the tests */
    int start = spoken_tree(h->s, p, &err);
    return start >= 0 ? hear_part(h, start, i) : nowhere;
}

size_t spoken_end(struct clause *c, const struct spoken *s, const struct phrase *p, size_t i)
{
    struct hearing h = { .c = c, .s = s, .start = i };
    return listen_phrase(&h, p, i);
}

static void push_fact(struct slots *facts, const char *name, const char *value)
{
    facts->v = op_grow(facts->v, facts->n, &facts->cap, sizeof(*facts->v)); /* one may come twice */
    facts->v[facts->n++] = (struct slot){ .name = op_strdup(name), .value = op_strdup(value) };
}

size_t spoken_match(const struct spoken *s, const struct phrase *p, struct clause *c, size_t i, struct slots *facts)
{
    struct hearing h = { .c = c, .s = s, .start = i, .lines = true };
    size_t end = listen_phrase(&h, p, i);
    if (end == nowhere || end <= i)
        return 0;
    if (facts == NULL)
        return end;
    struct frame found = { 0 };
    for (size_t k = 0; k < h.n_taken; k++) {
        const struct say_node *n = &s->trees->nodes[h.taken[k].node];
        char name[40], value[VALUE_MAX] = "";
        (void)snprintf(name, sizeof(name), "%.*s", (int)n->len, n->text);
        (void)listen_value(c, n, h.taken[k].at, value, sizeof(value));
        push_fact(&found.slots, name, value);
    }
    if (p->as != NULL)
        push_fact(facts, "as", p->as);
    for (const struct op_node *n = op_node_first(p->set); n != NULL; n = op_node_next(n)) {
        OP_AUTO_FREE char *text = fill_choice(n, &found);
        if (text != NULL)
            push_fact(facts, op_node_key(n), text);
    }
    for (size_t k = 0; k < found.slots.n; k++)
        push_fact(facts, found.slots.v[k].name, found.slots.v[k].value);
    slots_free(&found.slots);
    return end;
}
