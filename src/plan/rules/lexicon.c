/* Indexes the vocabulary and looks words up: exact, inflected, misspelt. Owns no text. */
#include "lexicon.h"

#include "opsh/base/str.h"

static uint32_t hash(const char *s, size_t n)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619U;
    return h;
}

static size_t first_word(const char *form)
{
    return strcspn(form, " ");
}

struct section {
    const char *name;
    enum word_class cls;
    bool changes;
};

/* `verbs: {scale: [scale, resize]}`; lists without values (`filler: […]`) have themselves as value. */
static const struct section sections[] = {
    { "verbs", WORD_VERB, false },     { "changes", WORD_VERB, true },       { "kinds", WORD_KIND, false },
    { "topics", WORD_TOPIC, false },   { "moods", WORD_MOOD, false },        { "roles", WORD_ROLE, false },
    { "numbers", WORD_NUMBER, false }, { "units", WORD_UNIT, false },        { "programs", WORD_PROGRAM, false },
    { "images", WORD_IMAGE, false },   { "filler", WORD_FILLER, false },     { "gloss", WORD_GLOSS, false },
    { "endings", WORD_ENDING, false }, { "ordinary", WORD_ORDINARY, false },
};

static bool add_form(struct lexicon *lex, const struct op_doc *doc, const struct op_node *n, const struct section *s,
                     const char *value, bool one, struct op_err *err)
{
    if (n->kind != OP_NODE_SCALAR || *op_node_text(n) == '\0')
        return op_node_fail(err, doc, n, "a word must be text");
    lex->words = op_grow(lex->words, lex->n, &lex->cap, sizeof(*lex->words));
    uint8_t words = 1;
    for (const char *c = op_node_text(n); (c = strchr(c, ' ')) != NULL; c++)
        words++;
    lex->words[lex->n++] = (struct word){ .form = op_node_text(n),
                                          .value = value != NULL ? value : op_node_text(n),
                                          .words = words,
                                          .cls = (uint8_t)s->cls,
                                          .changes = s->changes,
                                          .one = one,
                                          .lang = (uint8_t)lex->adding };
    return true;
}

static bool add_section(struct lexicon *lex, const struct op_doc *doc, const struct op_node *node,
                        const struct section *s, struct op_err *err)
{
    if (node->kind == OP_NODE_SCALAR)
        return op_node_fail(err, doc, node, "%s must be a map or a list of words", s->name);
    for (const struct op_node *c = op_node_first(node); c != NULL; c = op_node_next(c)) {
        if (c->kind == OP_NODE_SCALAR) {
            if (!add_form(lex, doc, c, s, op_node_key(c), true, err))
                return false;
            continue;
        }
        if (!op_node_expect(doc, c, OP_NODE_LIST, err))
            return false;
        for (const struct op_node *f = op_node_first(c); f != NULL; f = op_node_next(f)) {
            size_t n = f != op_node_first(c) && op_node_text(f) != NULL ? strlen(op_node_text(f)) : 0;
            bool several = n > 3 && op_node_text(f)[n - 1] == 's';
            if (!add_form(lex, doc, f, s, op_node_key(c), !several, err))
                return false;
        }
    }
    return true;
}

static bool add_words(struct lexicon *lex, const struct op_doc *doc, const struct op_node *words, struct op_err *err)
{
    if (!op_node_expect(doc, words, OP_NODE_MAP, err))
        return false;
    const char *language = op_node_text(op_node_get(words, "language"));
    if (language != NULL && lex->n_langs == LANGUAGES_MAX)
        return op_node_fail(err, doc, words, "more than %d languages", LANGUAGES_MAX - 1);
    lex->adding = language != NULL ? lex->n_langs : 0;
    if (language != NULL)
        lex->langs[lex->n_langs++] = language;
    for (const struct op_node *c = op_node_first(words); c != NULL; c = op_node_next(c)) {
        const struct section *s = NULL;
        for (size_t i = 0; i < OP_LEN(sections) && s == NULL; i++)
            if (strcmp(sections[i].name, op_node_key(c)) == 0)
                s = &sections[i];
        static const char *const others[] = { "ask", "language", "sought" }; /* read where they are wanted */
        if (s == NULL && !OP_IN(op_node_key(c), others))
            return op_node_fail(err, doc, c, "unknown kind of words \"%s\"", op_node_key(c));
        size_t from = lex->n;
        if (s != NULL && !add_section(lex, doc, c, s, err))
            return false;
        if (s != NULL && s->cls == WORD_ENDING) {
            lex->endings[lex->adding].from = from;
            lex->endings[lex->adding].to = lex->n;
        }
    }
    return true;
}

bool lexicon_build(struct lexicon *lex, const struct op_catalog *cat, struct op_err *err)
{
    /* more than the catalogue has: what is not filled costs nothing, and growing would touch every page twice */
    *lex = (struct lexicon){ .langs = { "" }, .n_langs = 1, .cap = 32768 };
    lex->words = op_calloc(lex->cap, sizeof(*lex->words));
    const struct op_doc *doc = NULL;
    size_t i = 0;
    for (const struct op_node *s; (s = op_catalog_section(cat, "words", &i, &doc)) != NULL;) {
        if (!add_words(lex, doc, s, err)) {
            lexicon_free(lex);
            return false;
        }
    }
    size_t size = 64;
    while (size < lex->n)
        size *= 2;
    lex->mask = size - 1;
    lex->buckets = op_calloc(size, sizeof(*lex->buckets));
    /* backwards, so that a chain keeps the order of the files */
    for (size_t w = lex->n; w-- > 0;) {
        struct word *word = &lex->words[w];
        size_t at = hash(word->form, first_word(word->form)) & lex->mask;
        word->next = lex->buckets[at] != 0 ? &lex->words[lex->buckets[at] - 1] : NULL;
        lex->buckets[at] = (uint32_t)w + 1;
    }
    return true;
}

void lexicon_free(struct lexicon *lex)
{
    free(lex->words);
    free(lex->buckets);
    *lex = (struct lexicon){ 0 };
}

const struct word *lexicon_first(const struct lexicon *lex, const char *word)
{
    size_t n = strlen(word);
    if (lex->n == 0)
        return NULL;
    const uint32_t first = lex->buckets[hash(word, n) & lex->mask];
    for (const struct word *w = first != 0 ? &lex->words[first - 1] : NULL; w != NULL; w = w->next)
        if (strncmp(w->form, word, n) == 0 && (w->form[n] == '\0' || w->form[n] == ' '))
            return w;
    return NULL;
}

static const struct word *single_verb(const struct lexicon *lex, const char *word)
{
    for (const struct word *w = lexicon_first(lex, word); w != NULL; w = w->next)
        if (w->cls == WORD_VERB && w->words == 1 && strcmp(w->form, word) == 0)
            return w;
    return NULL;
}

const struct word *lexicon_inflected(const struct lexicon *lex, const char *word)
{
    static const struct {
        const char *ending, *instead;
    } rules[] = {
        { "ies", "y" }, { "ied", "y" }, { "es", "" },  { "es", "e" },  { "s", "" },
        { "ed", "" },   { "ed", "e" },  { "ing", "" }, { "ing", "e" },
    };
    size_t n = strlen(word);
    if (n < 4 || n > 30)
        return NULL;
    for (size_t i = 0; i < OP_LEN(rules); i++) {
        if (!op_str_ends(word, rules[i].ending))
            continue;
        char stem[32];
        size_t keep = n - strlen(rules[i].ending);
        (void)snprintf(stem, sizeof(stem), "%.*s%s", (int)keep, word, rules[i].instead);
        const struct word *w = single_verb(lex, stem);
        /* "stopped", "running": the last consonant was doubled */
        if (w == NULL && keep > 2 && *rules[i].instead == '\0' && stem[keep - 1] == stem[keep - 2]) {
            stem[keep - 1] = '\0';
            w = single_verb(lex, stem);
        }
        if (w != NULL)
            return w;
    }
    return NULL;
}

/* Two letters changed places: the likeliest slip of all. */
static bool same_letters(const char *a, const char *b)
{
    int count[256] = { 0 };
    for (; *a != '\0'; a++)
        count[(unsigned char)*a]++;
    for (; *b != '\0'; b++)
        count[(unsigned char)*b]--;
    for (size_t i = 0; i < OP_LEN(count); i++)
        if (count[i] != 0)
            return false;
    return true;
}

static int likelihood(const char *form, const char *word)
{
    if (same_letters(form, word))
        return 2;
    return op_str_starts(form, word) || op_str_starts(word, form); /* the end lost or doubled */
}

const struct word *lexicon_nearest(const struct lexicon *lex, const char *word, enum word_class cls)
{
    size_t n = strlen(word);
    if (n < 4)
        return NULL;
    unsigned limit = n < 8 ? 1 : 2, least = limit + 1;
    const struct word *best = NULL;
    bool tie = false;
    int most = 0;
    for (size_t i = 0; i < lex->n; i++) {
        const struct word *w = &lex->words[i];
        if (w->cls != cls || w->lang != 0 || w->words != 1 || w->form[0] != *word || strlen(w->form) < 4)
            continue;
        unsigned d = op_str_distance(w->form, word, limit);
        if (d > limit || d > least)
            continue;
        int likely = likelihood(w->form, word);
        if (d == least && likely <= most) {
            tie = tie || (strcmp(best->value, w->value) != 0 && likely == most);
            continue;
        }
        tie = false;
        most = likely;
        least = d;
        best = w;
    }
    return tie ? NULL : best;
}

size_t lexicon_prefix(const struct lexicon *lex, const char *s, size_t n, const struct word **found)
{
    size_t longest = 0;
    *found = NULL;
    for (size_t i = 0; i < lex->n; i++) {
        const char *form = lex->words[i].form;
        while (form != NULL && *form != '\0') { /* of a gloss each word */
            bool gloss = lex->words[i].cls == WORD_GLOSS;
            size_t len = gloss ? first_word(form) : strlen(form);
            if ((unsigned char)form[0] >= 0xE0 && len > longest && len <= n && memcmp(s, form, len) == 0) {
                longest = len;
                *found = &lex->words[i];
            }
            form = gloss && form[len] == ' ' ? form + len + 1 : NULL;
        }
    }
    return longest;
}
