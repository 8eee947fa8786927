/* With which letters a phrase can begin. Almost every phrase is ruled out by the first letter of a word, so that it is
 * never made into a tree for a request that does not say it. Errs to the side of listening. */
#include "spoken.h"

enum { FRAGMENT_DEPTH = 8, DIGIT = 26, OTHER = 27, VALUE = 28, ASKED = 29 };

static const uint32_t whatever = UINT32_MAX;

struct reading {
    const struct op_node *fragments;
    struct say_trees *trees; /* remembers the fragments */
    unsigned depth;
};

static struct say_first of_branches(struct reading *r, const char **s, char close);

static uint32_t letter(char c)
{
    if (c >= 'a' && c <= 'z')
        return UINT32_C(1) << (c - 'a');
    return UINT32_C(1) << (isdigit((unsigned char)c) ? DIGIT : OTHER);
}

/* "<which=a|b>", "<port:port>"; s stands behind the bracket. */
static uint32_t of_taken(const char **s)
{
    const char *mark = *s + strcspn(*s, ":=>"), *end = *s + strcspn(*s, ">");
    uint32_t letters = *mark == '=' ? letter(mark[1]) : whatever;
    for (const char *c = mark; *mark == '=' && c < end; c++)
        if (*c == '|')
            letters |= letter(c[1]);
    *s = *end != '\0' ? end + 1 : end;
    return letters;
}

static struct say_first of_fragment(struct reading *r, const char **s)
{
    char name[40];
    size_t n = strspn(*s, "abcdefghijklmnopqrstuvwxyz_");
    (void)snprintf(name, sizeof(name), "%.*s", (int)n, *s);
    *s += n;
    const char *text = op_node_text(op_node_get(r->fragments, name));
    for (size_t i = 0; text != NULL && i < r->trees->n_firsts; i++)
        if (r->trees->firsts[i].text == text)
            return r->trees->firsts[i];
    if (text == NULL || r->depth >= FRAGMENT_DEPTH)
        return (struct say_first){ .letters = whatever, .empty = true };
    const char *at = text;
    r->depth++;
    struct say_first all = of_branches(r, &at, '\0');
    r->depth--;
    all.text = text;
    struct say_trees *t = r->trees;
    t->firsts = op_grow(t->firsts, t->n_firsts, &t->firsts_cap, sizeof(*t->firsts));
    t->firsts[t->n_firsts++] = all;
    return all;
}

static struct say_first of_item(struct reading *r, const char **s)
{
    const char c = **s;
    if (c == '@' || c == '<' || c == '(' || c == '[')
        (*s)++;
    if (c == '@')
        return of_fragment(r, s);
    if (c == '<')
        return (struct say_first){ .letters = of_taken(s) };
    bool repeats = (c == '*' || c == '~') && (*s)[1] == '(';
    if (repeats)
        *s += 2;
    if (repeats || c == '(' || c == '[') {
        struct say_first inner = of_branches(r, s, c == '[' ? ']' : ')');
        inner.empty = inner.empty || c != '(';
        return inner;
    }
    size_t n = strcspn(*s, " ()[]<>|@");
    *s += n != 0 ? n : 1;
    return (struct say_first){ .letters = letter(c) };
}

/* To the end of a branch whose beginning is known. */
static const char *branch_end(const char *s)
{
    for (unsigned depth = 0; *s != '\0'; s++) {
        if (*s == '<')
            s += strcspn(s, ">") - (strchr(s, '>') == NULL);
        else if (*s == '(' || *s == '[')
            depth++;
        else if ((*s == ')' || *s == ']' || *s == '|') && depth == 0)
            break;
        else if (*s == ')' || *s == ']')
            depth--;
    }
    return s;
}

static struct say_first of_branches(struct reading *r, const char **s, char close)
{
    struct say_first all = { 0 };
    for (bool open = true;;) {
        const char c = *(*s += strspn(*s, " "));
        if (c == '|' || c == close || c == '\0') {
            all.empty = all.empty || open;
            open = true;
            *s += c != '\0';
            if (c != '|')
                return all;
            continue;
        }
        struct say_first one = of_item(r, s);
        all.letters |= one.letters;
        open = one.empty;
        if (!open)
            *s = branch_end(*s);
    }
}

uint32_t first_of_phrase(const struct spoken *s, const struct phrase *p)
{
    uint32_t *letters = &s->trees->letters[p - s->v];
    if (*letters == 0) {
        const char *say = p->say;
        struct reading r = { .fragments = p->fragments, .trees = s->trees };
        struct say_first all = of_branches(&r, &say, '\0');
        *letters = all.empty ? whatever : all.letters | UINT32_C(1) << ASKED;
    }
    return *letters;
}

uint32_t first_of_token(const struct token *t)
{
    if (hear_article(t)) /* the phrase may begin behind it */
        return whatever;
    uint32_t letters = letter(*t->low) | UINT32_C(1) << VALUE; /* what takes a value says itself whether it is one */
    for (size_t i = 0; i < t->n_senses; i++)
        if (t->senses[i]->lang != 0)
            letters |= letter(*t->senses[i]->value);
    return letters;
}
