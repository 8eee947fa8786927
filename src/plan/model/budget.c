/* Compaction, oldest first. Each way of shortening is applied to one message after another until there is room. */
#include "budget.h"

#include "opsh/base/str.h"

enum { MESSAGE_COST = 60, ANSWER_KEPT = 300, NEWEST_LEAST = 1024 };

static size_t cost(const struct op_message *m)
{
    size_t n = MESSAGE_COST + (m->text != NULL ? strlen(m->text) : 0);
    for (size_t i = 0; i < m->n_calls; i++)
        n += MESSAGE_COST + strlen(m->calls[i].name) + strlen(m->calls[i].args);
    return n;
}

size_t op_budget_measure(const struct op_convo *c)
{
    size_t n = c->digest.len;
    for (size_t i = 0; i < c->n; i++)
        n += cost(&c->items[i]);
    return n;
}

/* The line that closes an output's fence, with its newline before it; "" where there is none. */
static const char *closing(const char *text)
{
    const char *last = strrchr(text, '\n');
    return last != NULL && op_str_ends(last, " data>>>") ? last : "";
}

/* Cut at a character's start. */
static bool shorten(struct op_message *m, size_t keep, const char *note)
{
    size_t n = m->text != NULL ? strlen(m->text) : 0;
    if (n <= keep + strlen(note) + MESSAGE_COST)
        return false;
    while (keep > 0 && ((unsigned char)m->text[keep] & 0xc0) == 0x80)
        keep--;
    char *text = op_asprintf("%.*s%s%s", (int)keep, m->text, note, closing(m->text));
    free(m->text);
    m->text = text;
    return true;
}

static bool drop_output(struct op_message *m)
{
    static const char note[] = "\n[Its output was left out to save room; call the tool again to see it.]";
    if (m->brief == NULL || strlen(m->text) <= strlen(m->brief) + sizeof(note))
        return false;
    free(m->text);
    m->text = op_asprintf("%s%s", m->brief, note);
    return true;
}

static bool halve_output(struct op_message *m)
{
    size_t n = m->role == OP_ROLE_TOOL ? strlen(m->text) : 0;
    return n > NEWEST_LEAST && shorten(m, n / 2, "\n[The rest was left out: there is no room for it. Ask for less.]");
}

static bool shorten_answer(struct op_message *m)
{
    return m->role == OP_ROLE_ASSISTANT && shorten(m, ANSWER_KEPT, " […]");
}

static size_t last_of(const struct op_convo *c, enum op_role role)
{
    for (size_t i = c->n; i > 0; i--)
        if (c->items[i - 1].role == role)
            return i - 1;
    return c->n;
}

static const char *result_of(const struct op_convo *c, size_t caller, const char *id)
{
    for (size_t i = caller + 1; i < c->n && c->items[i].role == OP_ROLE_TOOL; i++)
        if (op_str_eq(c->items[i].call_id, id))
            return c->items[i].brief != NULL ? c->items[i].brief : c->items[i].text;
    return "";
}

/* The first turn (a person's words up to the next ones) becomes lines of the digest. */
static bool digest_turn(struct op_convo *c)
{
    size_t end = 1;
    while (end < c->n && c->items[end].role != OP_ROLE_USER)
        end++;
    if (end >= c->n) /* the current turn */
        return false;
    for (size_t i = 0; i < end; i++) {
        const struct op_message *m = &c->items[i];
        if (m->role == OP_ROLE_USER)
            op_buf_addf(&c->digest, "- The person: %s\n", m->text);
        for (size_t k = 0; k < m->n_calls; k++)
            op_buf_addf(&c->digest, "  %s %s: %s\n", m->calls[k].name, m->calls[k].args,
                        result_of(c, i, m->calls[k].id));
    }
    op_convo_drop_first(c, end);
    return true;
}

bool op_budget_fit(struct op_convo *c, size_t bytes)
{
    size_t turn = last_of(c, OP_ROLE_USER), newest = last_of(c, OP_ROLE_ASSISTANT);
    if (newest < turn) /* nothing of this turn yet */
        newest = turn;
    const struct {
        bool (*shorten)(struct op_message *);
        size_t from, to;
    } ways[] = { { drop_output, 0, turn }, { shorten_answer, 0, turn }, { drop_output, turn, newest } };
    bool any = false;
    size_t size = op_budget_measure(c);
    for (size_t w = 0; w < OP_LEN(ways); w++)
        for (size_t i = ways[w].from; i < ways[w].to && i < c->n && size > bytes; i++) {
            size_t before = cost(&c->items[i]);
            any = ways[w].shorten(&c->items[i]) || any;
            size -= before - cost(&c->items[i]);
        }
    while (op_budget_measure(c) > bytes && digest_turn(c))
        any = true;
    for (bool more = true; more && op_budget_measure(c) > bytes;) {
        more = false;
        for (size_t i = 0; i < c->n; i++)
            more = halve_output(&c->items[i]) || more;
        any = any || more;
    }
    return any;
}
