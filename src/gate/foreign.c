/* Words of commands against words that were said and heard. Keeps hashes of words, never the text. */
#include "opsh/gate/foreign.h"

#include "objects.h"

#include "opsh/base/str.h"

enum { WORD_MOST = 254, PART_LEAST = 3 };

struct set { /* of 64-bit hashes; 0 is an empty place */
    uint64_t *v;
    size_t n, cap;
};

struct op_foreign {
    struct set said, heard;
};

typedef bool (*on_word)(void *ctx, const char *word, size_t n);

/* ---- sets of words ---- */

static uint64_t hash(const char *word, size_t n)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint64_t)tolower((unsigned char)word[i])) * 1099511628211u;
    return h != 0 ? h : 1;
}

static uint64_t *place(const struct set *s, uint64_t h)
{
    size_t i = (size_t)(h ^ h >> 32) & (s->cap - 1);
    while (s->v[i] != 0 && s->v[i] != h)
        i = (i + 1) & (s->cap - 1);
    return &s->v[i];
}

static void put(struct set *s, uint64_t h)
{
    if (s->n * 2 >= s->cap) {
        struct set more = { .cap = s->cap != 0 ? s->cap * 2 : 256, .n = s->n };
        more.v = op_calloc(more.cap, sizeof(*more.v));
        for (size_t i = 0; i < s->cap; i++)
            if (s->v[i] != 0)
                *place(&more, s->v[i]) = s->v[i];
        free(s->v);
        *s = more;
    }
    uint64_t *at = place(s, h);
    s->n += *at == 0;
    *at = h;
}

static bool in(const struct set *s, const char *word, size_t n)
{
    return s->n != 0 && *place(s, hash(word, n)) != 0;
}

/* ---- words of a text ---- */

static bool inside(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

static bool at_edge(char c)
{
    return c == '.' || c == '-' || c == '_';
}

/* Names, parts of paths and images, hosts: runs of what names are made of. Stops when `on` says false. */
static bool each_word(const char *text, size_t n, on_word on, void *ctx)
{
    for (size_t at = 0; at < n;) {
        size_t from = at, to;
        while (at < n && inside(text[at]))
            at++;
        for (to = at; to > from && at_edge(text[to - 1]);)
            to--;
        while (from < to && at_edge(text[from]))
            from++;
        if (to > from && !on(ctx, text + from, to - from))
            return false;
        at += at < n && !inside(text[at]);
    }
    return true;
}

static bool put_word(void *ctx, const char *word, size_t n)
{
    put(ctx, hash(word, n));
    return true;
}

struct op_foreign *op_foreign_new(void)
{
    return op_calloc(1, sizeof(struct op_foreign));
}

void op_foreign_free(struct op_foreign *f)
{
    if (f == NULL)
        return;
    free(f->said.v);
    free(f->heard.v);
    free(f);
}

void op_foreign_said(struct op_foreign *f, const char *text)
{
    if (text != NULL)
        (void)each_word(text, strlen(text), put_word, &f->said);
}

void op_foreign_heard(struct op_foreign *f, const char *text)
{
    if (text != NULL)
        (void)each_word(text, strlen(text), put_word, &f->heard);
}

void op_foreign_agree(struct op_foreign *f, const struct op_step *step)
{
    for (size_t i = 1; i < step->argv.n; i++)
        op_foreign_said(f, step->argv.v[i]);
    op_foreign_said(f, step->input);
}

/* ---- telling words ---- */

static bool listed(const char *const *list, size_t count, const char *word, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == n && strncasecmp(list[i], word, n) == 0)
            return true;
    return false;
}

/* Values that commands are made of whoever plans them. */
static bool is_vocabulary(const char *word, size_t n)
{
    static const char *const words[] = {
        "true",          "false",
        "yaml",          "json",
        "wide",          "name",
        "none",          "null",
        "merge",         "strategic",
        "background",    "foreground",
        "orphan",        "server",
        "client",        "always",
        "never",         "ifnotpresent",
        "clusterip",     "nodeport",
        "loadbalancer",  "tcp",
        "udp",           "http",
        "https",         "generic",
        "literal",       "from",
        "latest",        "stable",
        "apps",          "v1",
        "batch",         "cpu",
        "memory",        "min",
        "max",           "sh",
        "bash",          "bin",
        "all",           "spec",
        "metadata",      "labels",
        "app",           "app.kubernetes.io",
        "rollingupdate", "recreate",
        "docker.io",     "opaque",
        "key",           "value",
        "add",           "remove",
        "replace",       "noschedule",
        "noexecute",
    };
    return listed(words, OP_LEN(words), word, n);
}

/* Part of a name does not count as said for being such a word. */
static bool is_everyday(const char *word, size_t n)
{
    static const char *const words[] = {
        "the",    "and",      "for",     "with",     "from",       "all",         "any",       "one",
        "two",    "new",      "old",     "this",     "that",       "what",        "which",     "why",
        "fix",    "failing",  "failed",  "fails",    "failure",    "broken",      "bad",       "good",
        "crash",  "crashing", "error",   "errors",   "make",       "check",       "show",      "get",
        "list",   "delete",   "remove",  "create",   "add",        "set",         "scale",     "restart",
        "start",  "stop",     "run",     "deploy",   "install",    "update",      "upgrade",   "change",
        "work",   "working",  "please",  "now",      "log",        "logs",        "event",     "events",
        "image",  "images",   "name",    "names",    "app",        "apps",        "web",       "test",
        "not",    "has",      "have",    "its",      "was",        "are",         "you",       "your",
        "our",    "look",     "see",     "help",     "need",       "want",        "cluster",   "kubernetes",
        "pod",    "pods",     "service", "services", "deployment", "deployments", "namespace", "namespaces",
        "node",   "nodes",    "secret",  "secrets",  "config",     "job",         "jobs",      "up",
        "down",   "out",      "into",    "more",     "less",       "problem",     "problems",  "issue",
        "issues", "running",  "down",    "tell",     "say",
    };
    return listed(words, OP_LEN(words), word, n);
}

/* 3, 500m, 2Gi, 80%, 30s, 1-5: amounts say nothing of where. (1.27.3 is a version: it does.) */
static bool is_amount(const char *word, size_t n)
{
    size_t digits = 0;
    while (digits < n && isdigit((unsigned char)word[digits]))
        digits++;
    return digits != 0 && n - digits <= 2 && (n == digits || (word[digits] != '.' && word[digits] != '-'));
}

struct judge {
    const struct op_foreign *f;
    const struct op_catalog *cat;
    const struct op_strv *kinds;
    bool whole; /* a namespace, a context */
    char *out;
    size_t size;
};

static bool is_kind(const struct judge *j, const char *word, size_t n)
{
    for (size_t i = 0; j->kinds != NULL && i < j->kinds->n; i++)
        if (strlen(j->kinds->v[i]) == n && strncasecmp(j->kinds->v[i], word, n) == 0)
            return true;
    size_t i = 0;
    for (const struct op_node *words; (words = op_catalog_section(j->cat, "words", &i, NULL)) != NULL;) {
        const struct op_node *kinds = op_node_get(words, "kinds");
        for (const struct op_node *k = op_node_first(kinds); k != NULL; k = op_node_next(k))
            if (op_table_lists(k, word, n))
                return true;
    }
    return false;
}

/* "three backends": one of them is a backend. */
static bool said_as_plural(const struct judge *j, const char *word, size_t n)
{
    char plural[64];
    if (n + 1 >= sizeof(plural))
        return false;
    memcpy(plural, word, n);
    plural[n] = 's';
    return in(&j->f->said, plural, n + 1);
}

static bool part_was_said(const struct judge *j, const char *word, size_t n)
{
    for (size_t at = 0; at < n;) {
        size_t len = 0;
        while (at + len < n && word[at + len] != '-')
            len++;
        bool said = len != 0 && (in(&j->f->said, word + at, len) || said_as_plural(j, word + at, len));
        if (len >= PART_LEAST && len < n && said && !is_everyday(word + at, len) && !is_amount(word + at, len))
            return true;
        at += len + 1;
    }
    return false;
}

/* false: found one. */
static bool judge_word(void *ctx, const char *word, size_t n)
{
    const struct judge *j = ctx;
    if (n < 2 || is_amount(word, n) || !in(&j->f->heard, word, n) || in(&j->f->said, word, n))
        return true;
    if (!j->whole && (is_vocabulary(word, n) || is_kind(j, word, n) || part_was_said(j, word, n)))
        return true;
    (void)snprintf(j->out, j->size, "%.*s", (int)(n < WORD_MOST ? n : WORD_MOST), word);
    return false;
}

/* ---- manifests and patches ---- */

/* In YAML and JSON only what stands by these keys is telling; the rest is the language of Kubernetes. */
static bool is_telling_key(const char *key, size_t n)
{
    static const char *const keys[] = { "name",       "namespace",          "image",    "host",       "url",
                                        "server",     "externalName",       "value",    "repository", "repo",
                                        "secretName", "serviceAccountName", "nodeName", "command",    "args" };
    return listed(keys, OP_LEN(keys), key, n);
}

/* "key: value" of YAML and "key": "value" of JSON, up to the end of the line or of the string. */
static bool judge_document(struct judge *j, const char *text)
{
    bool list = false; /* below "command:" and "args:" each "- item" counts */
    for (const char *at = text; *at != '\0';) {
        size_t n = 0;
        while (isalpha((unsigned char)at[n]))
            n++;
        if (n == 0) {
            bool item = list && at[0] == '-' && at[1] == ' ';
            size_t len = item ? strcspn(at, "\n") : 1;
            if (item && !each_word(at, len, judge_word, j))
                return false;
            at += len;
            continue;
        }
        const char *key = at, *sep = at + n + (at[n] == '"');
        at = sep;
        sep += strspn(sep, " ");
        if (*sep != ':')
            continue;
        list = listed((const char *const[]){ "command", "args" }, 2, key, n);
        at = sep + 1;
        const char *value = at + strspn(at, " ");
        size_t len = *value == '[' ? strcspn(value, "]\n") : strcspn(value, "\n,}");
        if (!is_telling_key(key, n))
            continue;
        if (!each_word(value, len, judge_word, j))
            return false;
        at = value + len;
    }
    return true;
}

static bool judge_text(struct judge *j, const char *text)
{
    if (*text == '{' || *text == '[' || strchr(text, '\n') != NULL)
        return judge_document(j, text);
    return each_word(text, strlen(text), judge_word, j);
}

/* ---- command lines ---- */

static bool flag_is(const struct op_flag_use *use, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == use->len && memcmp(list[i], use->name, use->len) == 0)
            return true;
    return false;
}

/* "main=nginx:1.27", "note=x": what is set lies within the object that is named; what it is set to tells. */
static bool judge_setting(struct judge *j, const char *text)
{
    size_t n = strcspn(text, "=");
    bool setting =
        text[n] == '=' && n == strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/");
    return judge_text(j, setting ? text + n + 1 : text);
}

static bool judge_flags(struct judge *j, const struct op_lexed *lx)
{
    static const char *const formal[] = { "output", "type",     "dry-run", "cascade",       "timeout",
                                          "since",  "template", "sort-by", "field-manager", "wait",
                                          "for",    "strategy", "restart", "pull",          "container" };
    static const char *const places[] = { "namespace", "context", "kube-context", "cluster", "user" };
    for (size_t i = 0; i < lx->n_flags; i++) {
        const struct op_flag_use *use = &lx->flags[i];
        if (use->value == NULL || flag_is(use, formal, OP_LEN(formal)))
            continue;
        j->whole = flag_is(use, places, OP_LEN(places));
        bool clean = judge_setting(j, use->value);
        j->whole = false;
        if (!clean)
            return false;
    }
    return true;
}

static bool names_places(const struct op_strv *kinds)
{
    static const char *const kinds_of_places[] = { "namespace", "namespaces", "ns", "node", "nodes", "no" };
    for (size_t i = 0; i < kinds->n; i++)
        if (listed(kinds_of_places, OP_LEN(kinds_of_places), kinds->v[i], strlen(kinds->v[i])))
            return true;
    return false;
}

static bool judge_line(struct judge *j, const struct op_strv *argv)
{
    struct op_lexed lx = { 0 };
    struct op_named named = { 0 };
    op_lex(j->cat, argv, &lx);
    bool clean = true;
    if (lx.row == NULL || op_table_true(lx.row, "nested")) { /* nobody knows which word is what */
        for (size_t i = 1; clean && i < argv->n; i++)
            clean = judge_text(j, argv->v[i]);
    } else {
        op_objects_read(&lx, &named);
        j->kinds = &named.kinds;
        clean = judge_flags(j, &lx);
        bool places = names_places(&named.kinds);
        for (size_t i = 0; clean && i < lx.n_words; i++) {
            const char *word = lx.words[i];
            j->whole = places && !is_kind(j, word, strlen(word)) && strchr(word, '/') == NULL;
            clean = i < lx.passed ? judge_setting(j, word) : judge_text(j, word);
        }
        j->whole = false;
        j->kinds = NULL;
    }
    op_objects_free(&named);
    op_lexed_free(&lx);
    return clean;
}

bool op_foreign_find(const struct op_foreign *f, const struct op_catalog *cat, const struct op_step *step, char *word,
                     size_t size)
{
    struct judge j = { .f = f, .cat = cat, .out = word, .size = size };
    if (size != 0)
        word[0] = '\0';
    if (f->heard.n == 0 || step->argv.n == 0)
        return false;
    bool clean = !op_table_has_program(cat, step->argv.v[0]);
    for (size_t i = 1; clean && i < step->argv.n; i++)
        clean = judge_text(&j, step->argv.v[i]);
    if (op_table_has_program(cat, step->argv.v[0]))
        clean = judge_line(&j, &step->argv);
    if (clean && step->input != NULL)
        clean = judge_document(&j, step->input);
    return !clean;
}
