/* Finds the catalogue's phrases in a clause and puts what they say into its slots. */
#include "listen.h"

#include "intent.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

static void add_record(struct clause *c, const char *slot, struct op_json *record, size_t from, size_t to)
{
    OP_AUTO_BUF said = OP_BUF_INIT;
    for (size_t i = from; i < to; i++)
        op_buf_addf(&said, "%s%s", i > from ? " " : "", c->tokens->v[i].text);
    static const char *const joining[] = { "and", "plus", "also", "then" };
    bool apart = from > c->from && (c->tokens->v[from - 1].flags & TOKEN_COMMA) != 0;
    apart = apart || OP_IN(c->tokens->v[from].low, joining);
    op_json_set_str(record, ".said", op_buf_str(&said));
    op_json_set_int(record, ".from", (int64_t)from);
    op_json_set_int(record, ".to", (int64_t)to);
    op_json_set_bool(record, ".apart", apart);
    OP_AUTO_FREE char *text = op_json_print(record, false);
    slots_add(&c->frame.slots, slot, text);
}

static void give(struct hearing *h, const struct phrase *p, size_t end)
{
    struct clause *c = h->c;
    struct frame found = { 0 };
    OP_AUTO_JSON *record = op_json_object();
    for (size_t i = 0; i < h->n_taken; i++) {
        const struct say_node *n = &h->s->trees->nodes[h->taken[i].node];
        char name[40], value[VALUE_MAX] = "";
        (void)snprintf(name, sizeof(name), "%.*s", (int)n->len, n->text);
        (void)listen_value(c, n, h->taken[i].at, value, sizeof(value));
        const size_t last = strlen(name) - 1;
        if (name[last] == '+') {
            name[last] = '\0';
            slots_add(&c->frame.slots, name, value);
        }
        slots_set(&found.slots, name, value);
        if (p->as != NULL && op_json_get(record, name) != NULL) {
            add_record(c, p->as, record, h->start, end);
            op_json_free(record);
            record = op_json_object();
        }
        op_json_set_str(record, name, value);
    }
    if (p->as != NULL)
        add_record(c, p->as, record, h->start, end);
    for (const struct op_node *n = op_node_first(p->set); n != NULL; n = op_node_next(n)) {
        OP_AUTO_FREE char *text = fill_choice(n, &found);
        if (text != NULL)
            slots_set(&c->frame.slots, op_node_key(n), text);
    }
    for (const struct op_node *n = op_node_first(p->add); n != NULL; n = op_node_next(n)) {
        OP_AUTO_FREE char *text = fill_choice(n, &found);
        if (text != NULL)
            slots_add(&c->frame.slots, op_node_key(n), text);
    }
    if (p->narrows != NULL)
        narrow_take(c, p->narrows, &found, h->start);
    slots_free(&found.slots);
    if (p->program != NULL && (p->does != NULL || p->asks != NULL))
        c->frame.program = p->program;
    if (p->topic != NULL)
        frame_topic(&c->frame, p->topic);
    if (p->makes != NULL)
        c->frame.makes = p->makes;
    if (p->does != NULL) {
        c->frame.verb = p->does;
        c->frame.changes = true;
        if (c->frame.mood != MOOD_ADVICE)
            c->frame.mood = MOOD_DO;
    }
    if (p->asks != NULL && p->narrows == NULL) {
        c->frame.verb = p->asks;
        c->frame.changes = false;
        c->frame.mood = MOOD_DO;
    }
    for (size_t i = h->start; i < end; i++) {
        struct token *t = &c->tokens->v[i];
        const struct word *kind = token_sense(t, WORD_KIND);
        if (p->asks != NULL && p->makes == NULL && kind != NULL) /* the kind that was said */
            c->frame.makes = kind->value;
        if (p->program != NULL && token_is(t, WORD_PROGRAM, p->program))
            c->frame.program = p->program;
        t->used = true;
        t->flags |= TOKEN_SPOKEN;
        t->inside = false;
        t->n_senses = 0;
        t->span = 1;
    }
}

/* "In the namespace shop, make web …", "In shop, …": where comes first, what behind it. */
static size_t behind_place(struct clause *c, size_t i)
{
    char name[VALUE_MAX];
    size_t at = i;
    const struct token *t = clause_token(c, at);
    bool in = t != NULL && (token_is(t, WORD_ROLE, "in") || token_is(t, WORD_ROLE, "namespaceword"));
    bool said = in && token_is(t, WORD_ROLE, "namespaceword");
    for (at += in ? t->span : 0;
         in && at < c->to && (hear_article(&c->tokens->v[at]) || token_is(&c->tokens->v[at], WORD_KIND, "namespace"));
         at++)
        said = said || token_is(&c->tokens->v[at], WORD_KIND, "namespace");
    if (!in || at + 1 >= c->to || hear_name(c, at, name, sizeof(name)) != at + 1)
        return i;
    if (token_is(&c->tokens->v[at + 1], WORD_KIND, "namespace"))
        said = ++at > 0;
    bool comma = (c->tokens->v[at].flags & (TOKEN_COMMA | TOKEN_COLON)) != 0;
    size_t next = at + 1;
    while (next + 1 < c->to && (token_filler(&c->tokens->v[next]) || hear_article(&c->tokens->v[next])))
        next++;
    return said || comma ? next : i;
}

void setting_look(struct clause *c, struct setting *s)
{
    static const char *const running[] = { "pod",        "deployment", "statefulset", "daemonset",
                                           "replicaset", "job",        "cronjob" };
    static const char *const elsewhere[] = { "release", "chart", "compose", "dockerfile", "image" };
    static const char *const starting[] = { "deploy", "run", "start", "create", NULL };
    char image[VALUE_MAX];
    static const char *const asking[] = { "why", "which", "count" };
    s->first = c->from;
    while (s->first + 1 < c->to &&
           ((token_filler(&c->tokens->v[s->first]) && !token_is(&c->tokens->v[s->first], WORD_MOOD, "which")) ||
            hear_article(&c->tokens->v[s->first]) || token_is(&c->tokens->v[s->first], WORD_MOOD, "negation") ||
            strcmp(c->tokens->v[s->first].low, "do") == 0))
        s->first++;
    s->first = behind_place(c, s->first);
    bool container = false, known = false, deploys = op_str_eq(c->frame.verb, "deploy");
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        s->asked = s->asked || (t->flags & TOKEN_ASKED) != 0;
        for (size_t k = 0; k < OP_LEN(asking); k++)
            s->asked = s->asked || ((i == s->first || k == 0) && token_is(t, WORD_MOOD, asking[k]));
        static const char *const are[] = {
            "is", "are", "was", "were", "does", "did"
        }; /* a question without its mark */
        s->asked = s->asked || (i <= s->first && token_is(t, WORD_MOOD, "yesno") && OP_IN(t->low, are));
        const struct word *kind = token_sense(t, WORD_KIND), *program = token_sense(t, WORD_PROGRAM);
        bool said = i > c->from && token_is(&c->tokens->v[i - 1], WORD_KIND, "image"); /* "image busybox" */
        known = known || token_image(t) != NULL;
        s->runs = s->runs || ((token_image(t) == NULL || said) && hear_image(c, i, image, sizeof(image)) != 0);
        s->other_program = s->other_program || (program != NULL && strcmp(program->value, "kubectl") != 0);
        if (kind == NULL)
            continue;
        if (s->n < OP_LEN(s->kinds))
            s->kinds[s->n++] = kind->value;
        container = container || strcmp(kind->value, "container") == 0;
        s->pods = s->pods || OP_IN(kind->value, running);
        for (size_t k = 0; k < OP_LEN(elsewhere) - 1; k++)
            s->other_program = s->other_program || strcmp(kind->value, elsewhere[k]) == 0;
    }
    static const char *const trying[] = { "run", "start", "launch", NULL };
    bool plain = !container && (deploys || (s->runs && clause_verb_in(c, starting)) ||
                                (known && s->n == 0 && clause_verb_in(c, trying)));
    s->pods = (s->pods || plain) && !s->other_program;
}

static bool fits(const struct clause *c, const struct phrase *p, const struct setting *s, size_t at)
{
    const struct frame *f = &c->frame;
    if (p->narrows != NULL || p->aside != NULL)
        return false; /* heard before */
    if (p->program != NULL)
        return spoken_beside(c, p, s, at);
    if (p->asks != NULL)
        return (at == s->first || at == c->from) && (!f->changes || op_node_has(p->over, "any")) &&
               f->mood != MOOD_NOT && !s->other_program;
    /* What begins with these very words is no question and no "do not" ("no container in qa may use more than …"). */
    bool own = op_node_has(p->over, "any");
    bool told = f->mood == MOOD_DO || f->mood == MOOD_ADVICE;
    /* "pdb for web, max unavailable 1" tells of no trouble */
    bool trouble = f->mood == MOOD_WHY && f->verb == NULL && p->does != NULL && p->kinds != NULL && !s->asked;
    if ((own && (at > s->first || s->asked)) || (!own && !told && !trouble))
        return false;
    /* on what is there, phrases about what is to be made say something else */
    static const char *const on_what_is[] = { "delete",   "unset", "unlabel", "untaint",  "update", "switch",  "route",
                                              "restore",  "load",  "pause",   "resume",   "stop",   "restart", "scale",
                                              "rollback", "label", "taint",   "annotate", "cordon", "drain",   NULL };
    if (clause_verb_in(c, on_what_is) && !op_node_has(p->over, "any") && !op_node_has(p->over, f->verb))
        return false;
    static const char *const making[] = { "create", "add", "allow", "deny", "grant", NULL };
    bool gives_way =
        f->verb == NULL || clause_verb_in(c, making) || op_node_has(p->over, f->verb) || op_node_has(p->over, "any");
    bool may = p->does != NULL ? gives_way || op_str_eq(f->verb, p->does) : f->changes;
    if (!may || s->other_program || setting_has(s, p->lacks))
        return false;
    return p->kinds == NULL || setting_has(s, p->kinds) || (s->pods && op_node_has(p->kinds, "pods")) ||
           (s->pods && s->runs && op_node_has(p->kinds, "image-said")) || op_node_has(p->kinds, f->makes);
}

/* "called weekly": a name, whatever it looks like. */
static bool named(struct clause *c, size_t i)
{
    return (i > c->from && token_is(&c->tokens->v[i - 1], WORD_ROLE, "named")) || clause_names_new(c, i);
}

/* "never let ci list secrets", "don't …" */
static bool negated(const struct clause *c, size_t at)
{
    for (size_t i = c->from; i < at; i++)
        if (token_is(&c->tokens->v[i], WORD_MOOD, "negation"))
            return true;
    return false;
}

static void hear_all(struct clause *c, const struct spoken *s, const struct setting *around)
{
    for (size_t i = c->from; i < c->to; i++) {
        struct hearing h = { .c = c, .s = s, .start = i, .letters = first_of_token(&c->tokens->v[i]) };
        size_t end = nowhere;
        if (named(c, i))
            continue;
        for (size_t k = 0; k < s->n && end == nowhere; k++) {
            const uint32_t letters = s->trees->letters[k]; /* where they are known: cheaper than what follows */
            if ((letters != 0 && (h.letters & letters) == 0) || !fits(c, &s->v[k], around, i))
                continue;
            h.n_taken = 0;
            end = listen_phrase(&h, &s->v[k], i);
            if (end != nowhere && end <= i)
                end = nowhere;
            if (end != nowhere && s->v[k].does != NULL && negated(c, i)) {
                c->frame.mood = MOOD_NOT;
                return;
            }
            if (end != nowhere)
                give(&h, &s->v[k], end);
        }
        i = end != nowhere ? end - 1 : i;
    }
}

void clause_spoken(struct clause *c, const struct spoken *s)
{
    struct setting around = { 0 };
    setting_look(c, &around);
    setting_beside(c, &around);
    speak_wish(c, &around);
    bool changed = c->frame.changes;
    hear_all(c, s, &around);
    if (c->frame.changes != changed) /* a verb was found: what stands before it may be heard now */
        hear_all(c, s, &around);
}

size_t hear_phrase(struct clause *c, const struct spoken *s, const struct phrase *p, size_t i)
{
    struct hearing h = { .c = c, .s = s, .start = i };
    size_t end = listen_phrase(&h, p, i);
    if (end == nowhere || end <= i)
        return 0;
    give(&h, p, end);
    return end;
}
