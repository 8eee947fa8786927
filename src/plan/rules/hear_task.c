/* Values as they are written in tasks: names behind "called", address ranges, "2-6", lines of a quota. */
#include "spoken.h"

#include "opsh/base/str.h"

/* SHOUTED names are the same names. */
static size_t spoken_name(const struct token *t, size_t i, char *out, size_t size)
{
    bool quiet = (t->flags & TOKEN_QUOTED) != 0;
    for (const char *s = t->text; *s != '\0'; s++)
        quiet = quiet || islower((unsigned char)*s);
    (void)snprintf(out, size, "%s", quiet ? t->text : t->low);
    return i + 1;
}

/* "in that namespace, a quota …": behind a comma it is no longer what the words before it name. */
static bool behind_comma(const struct clause *c, size_t i)
{
    while (i > c->from && hear_article(&c->tokens->v[i - 1]) && (c->tokens->v[i - 1].flags & TOKEN_COMMA) == 0)
        i--;
    return i > c->from && (c->tokens->v[i - 1].flags & TOKEN_COMMA) != 0;
}

/* Where only a name can stand; one that the API server would take. */
size_t hear_ident(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    static const char *const never[] = { "within", "inside", "outside", "between", "itself",
                                         "same",   "other",  "own",     "each",    "both" };
    bool quoted = (t->flags & TOKEN_QUOTED) != 0;
    static const char *const accounts[] = { "account", "serviceaccount", "sa" };
    if (strcmp(t->low, "default") == 0 && i > c->from && OP_IN(c->tokens->v[i - 1].low, accounts))
        return hear_whole(c, i, out, size); /* the account that every namespace has */
    if (behind_comma(c, i) || (!quoted && OP_IN(t->low, never)))
        return 0;
    for (const char *s = t->text; *s != '\0'; s++)
        if (!isalnum((unsigned char)*s) && strchr("-._@:", *s) == NULL)
            return 0;
    const char *prev = i > c->from ? c->tokens->v[i - 1].low : "";
    bool place = (strcmp(prev, "ns") == 0 || strcmp(prev, "namespace") == 0) && t->span == 1 &&
                 token_sense(t, WORD_ROLE) == NULL; /* "in ns jobs" */
    if (!isalnum((unsigned char)*t->text) ||
        (!quoted && !place && (t->flags & TOKEN_NAMELIKE) == 0 && !hear_any_name(c, i)))
        return 0;
    return spoken_name(t, i, out, size);
}

size_t hear_cidr(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *slash = strchr(s, '/');
    size_t n = strspn(s, "0123456789.abcdefABCDEF:");
    int64_t bits = 0;
    if (slash == NULL || s + n != slash || strpbrk(s, ".:") == NULL || !op_str_int(slash + 1, 0, 128, &bits))
        return 0;
    return hear_whole(c, i, out, size);
}

/* "2-6" */
size_t hear_range(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    size_t n = strspn(s, "0123456789"), m = s[n] == '-' ? strspn(s + n + 1, "0123456789") : 0;
    return n > 0 && m > 0 && s[n + 1 + m] == '\0' ? hear_whole(c, i, out, size) : 0;
}

/* "limits.cpu=8", as the API writes what a quota holds. */
size_t hear_hard(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const keys[] = { "requests.",
                                        "limits.",
                                        "count/",
                                        "services.",
                                        "pods=",
                                        "cpu=",
                                        "memory=",
                                        "secrets=",
                                        "configmaps=",
                                        "services=",
                                        "persistentvolumeclaims=",
                                        "replicationcontrollers=" };
    const char *s = c->tokens->v[i].text, *eq = strchr(s, '=');
    bool known = false;
    for (size_t k = 0; k < OP_LEN(keys); k++)
        known = known || op_str_starts(s, keys[k]);
    return known && eq != NULL && isdigit((unsigned char)eq[1]) ? hear_whole(c, i, out, size) : 0;
}

/* A name that nothing marks as one: no verb in one of its forms. */
size_t hear_noun(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const never[] = { "selecting", "targeting", "them",    "outside", "inside", "default",
                                         "traffic",   "internet",  "both",    "else",    "other",  "others",
                                         "one",       "same",      "dns",     "serve",   "serves", "http",
                                         "https",     "requests",  "gives",   "given",   "giving", "lets",
                                         "allows",    "wants",     "members", "people",  "users",  "developers" };
    const struct token *t = &c->tokens->v[i];
    bool quoted = (t->flags & TOKEN_QUOTED) != 0;
    bool verb = token_sense(t, WORD_VERB) != NULL && (t->inflected || op_str_ends(t->low, "ing"));
    if (!quoted && (verb || OP_IN(t->low, never) || isdigit((unsigned char)*t->text)))
        return 0;
    return hear_name(c, i, out, size) != 0 ? spoken_name(t, i, out, size) : 0;
}

/* One more name of a list: "dev, test and prod create …" has three. */
size_t hear_item(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    bool sure = (t->flags & (TOKEN_QUOTED | TOKEN_NAMELIKE)) != 0;
    const struct token *prev = i > c->from ? &c->tokens->v[i - 1] : NULL;
    if (prev == NULL ||
        ((prev->flags & TOKEN_COMMA) == 0 && strcmp(prev->low, "and") != 0 && strcmp(prev->low, "or") != 0))
        return 0;
    return sure || token_sense(t, WORD_VERB) == NULL ? hear_noun(c, i, out, size) : 0;
}

/* What namespaces are called by, where nobody says that it is one: "cap dev at 2 cpus". */
size_t hear_stage(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const words[] = { "dev",        "devel",   "development", "staging", "stage", "prod",
                                         "production", "test",    "tests",       "testing", "qa",    "uat",
                                         "sandbox",    "preview", "integration", "preprod" };
    const struct token *t = &c->tokens->v[i];
    bool is = OP_IN(t->low, words);
    for (size_t k = 0; k < OP_LEN(words) && !is; k++) {
        size_t n = strlen(words[k]), have = strlen(t->low);
        is = (have > n && op_str_starts(t->low, words[k]) && t->low[n] == '-') ||
             (have > n && op_str_ends(t->low, words[k]) && t->low[have - n - 1] == '-');
    }
    return is || op_str_starts(t->low, "team-") ? spoken_name(t, i, out, size) : 0;
}

/* "app=web", "app: web" */
size_t hear_label(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const keys[] = { "app",     "tier",    "role", "run",         "component", "env",
                                        "version", "k8s-app", "team", "environment", "release" };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    const char *s = t->text, *eq = strpbrk(s, "=:"), *space = strchr(s, ' ');
    if (eq != NULL && (t->flags & TOKEN_QUOTED) != 0 && space == eq + 1 && strchr(space + 1, ' ') == NULL && eq > s) {
        (void)snprintf(out, size, "%.*s=%s", (int)(eq - s), s, space + 1); /* "app: web", in quotes */
        return i + 1;
    }
    bool key = OP_IN(t->low, keys) || strchr(s, '/') != NULL;
    if (eq == NULL && (t->flags & TOKEN_COLON) != 0 && key && next != NULL && (next->flags & TOKEN_BULLET) == 0) {
        (void)snprintf(out, size, "%s=%s", s, next->text);
        return i + 2;
    }
    if (eq == NULL || eq == s || eq[1] == '\0' || strchr(s, ' ') != NULL || strstr(s, "://") != NULL || *s == '/')
        return 0;
    (void)snprintf(out, size, "%.*s=%s", (int)(eq - s), s, eq + 1 + (eq[1] == '='));
    return i + 1;
}

/* A whole number; below zero too. */
size_t hear_int(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    int64_t n = 0;
    return op_str_int(s, -2000000000, INT32_MAX, &n) ? hear_whole(c, i, out, size) : 0;
}

/* "500m/512Mi": processor and memory. */
size_t hear_amounts(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *slash = strchr(s, '/');
    size_t n = strspn(s, "0123456789.m"), m = slash != NULL ? strspn(slash + 1, "0123456789.") : 0;
    bool is = slash != NULL && n > 0 && s + n == slash && m > 0 && slash[1 + m] != '\0' && slash[2 + m] == 'i' &&
              slash[3 + m] == '\0';
    return is ? hear_whole(c, i, out, size) : 0;
}

bool hear_stage_word(const char *word)
{
    static const char *const words[] = { "dev",  "staging", "stage", "prod",    "production",
                                         "test", "qa",      "uat",   "sandbox", "preprod" };
    return OP_IN(word, words);
}
