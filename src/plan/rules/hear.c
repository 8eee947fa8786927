/* What a phrase can take: names, paths, images, amounts, times, days, kinds, verbs. Each reads from one token on and
 * knows nothing of the phrase around it. */
#include "intent.h"
#include "spoken.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

static bool quoted(const struct token *t)
{
    return (t->flags & TOKEN_QUOTED) != 0;
}

size_t hear_whole(struct clause *c, size_t i, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", c->tokens->v[i].text);
    return i + 1;
}

static bool foreign_filler(const struct token *t)
{
    const struct word *w = t->n_senses == 1 ? token_sense(t, WORD_FILLER) : NULL;
    return w != NULL && w->lang != 0; /* "al servicio", "der" */
}

/* Could this be a name at all? Never a small word that holds a sentence together. */
static bool nameable(const struct token *t)
{
    static const char *const never[] = {
        "without", "i",         "we",       "you",         "they",       "running",     "runs",       "run",
        "using",   "with",      "image",    "from",        "that",       "which",       "called",     "named",
        "command", "and",       "or",       "at",          "on",         "in",          "to",         "for",
        "of",      "by",        "as",       "mounted",     "mount",      "every",       "port",       "path",
        "only",    "executing", "then",     "into",        "all",        "via",         "until",      "it",
        "them",    "namely",    "be",       "is",          "are",        "should",      "can",        "may",
        "not",     "but",       "when",     "if",          "each",       "mounting",    "anything",   "everything",
        "nothing", "anyone",    "everyone", "under",       "through",    "must",        "has",        "have",
        "will",    "does",      "do",       "label",       "labelled",   "labeled",     "labels",     "size",
        "sized",   "traffic",   "default",  "access",      "permission", "permissions", "there",      "here",
        "now",     "today",     "asap",     "again",       "too",        "ns",          "namespace",  "except",
        "instead", "first",     "quickly",  "immediately", "currently",  "so",          "no",         "whose",
        "mounts",  "loads",     "uses",     "reads",       "exposes",    "available",   "accessible", "up",
        "down",    "off",       "out",
    };
    return isalnum((unsigned char)*t->text) && !token_foreign(t) && !foreign_filler(t) &&
           (t->flags & TOKEN_NUMERIC) == 0 && strpbrk(t->text, "=/:") == NULL && !OP_IN(t->low, never) &&
           !hear_article(t);
}

/* A word that stands where only a name can stand: most words that mean something else will do. */
size_t hear_name(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const nouns[] = { "app",    "apps",   "application", "stack",    "server",
                                         "system", "demo",   "sample",      "example",  "project",
                                         "state",  "users",  "results",     "local",    "company",
                                         "team",   "setup",  "environment", "user",     "host",
                                         "back",   "public", "private",     "internal", "external" };
    static const char *const roles[] = { "key", "request", "limit", "since", "version", "file", "url", "envword" };
    const struct token *t = &c->tokens->v[i];
    if (quoted(t))
        return strchr(t->text, ' ') == NULL ? hear_whole(c, i, out, size) : 0;
    if (!nameable(t))
        return 0;
    const char *prev = i > c->from ? c->tokens->v[i - 1].low : "";
    const struct token *next = clause_token(c, i + 1);
    if (strcmp(t->low, "front") == 0 && strcmp(prev, "in") == 0 && next != NULL && strcmp(next->low, "of") == 0)
        return 0; /* "in front of it" */
    bool place = strcmp(prev, "ns") == 0 || strcmp(prev, "namespace") == 0; /* "in ns tools" */
    if (place && t->span == 1 && (c->tokens->v[i - 1].flags & (TOKEN_STOP | TOKEN_COMMA)) == 0)
        return hear_whole(c, i, out, size);
    if (clause_kind_before(c, i) != NULL && hear_any_name(c, i)) /* "the claim docs" */
        return hear_whole(c, i, out, size);
    for (size_t k = 0; k < t->n_senses; k++) {
        const struct word *w = t->senses[k];
        bool plain = w->cls == WORD_TOPIC || w->cls == WORD_IMAGE || w->cls == WORD_UNIT || w->cls == WORD_VERB ||
                     (w->cls == WORD_FILLER && OP_IN(t->low, nouns)) ||
                     (w->cls == WORD_KIND && strcmp(w->value, "certificate") == 0) || /* "the secret certs" */
                     (w->cls == WORD_ROLE && OP_IN(w->value, roles));
        if (!plain || t->span > 1)
            return 0;
    }
    return hear_whole(c, i, out, size);
}

bool hear_any_name(struct clause *c, size_t i)
{
    static const char *const parts[] = { "container", "image", "volume" };
    const struct token *t = clause_token(c, i);
    const struct word *kind = t != NULL ? token_sense(t, WORD_KIND) : NULL;
    bool other = kind == NULL || (!kind_is_kubernetes(kind->value) && !OP_IN(kind->value, parts)); /* "pod tools" */
    return t != NULL && t->span == 1 && !t->inside && other && nameable(t);
}

static size_t any(struct clause *c, size_t i, char *out, size_t size)
{
    return hear_whole(c, i, out, size);
}

size_t hear_number(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    const struct word *w = token_sense(t, WORD_NUMBER);
    if ((t->flags & TOKEN_NUMERIC) == 0 && w == NULL)
        return 0;
    (void)snprintf(out, size, "%s", w != NULL ? w->value : t->text);
    return i + (w != NULL ? t->span : 1);
}

static size_t percent(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    size_t n = strspn(t->low, "0123456789");
    const struct token *next = clause_token(c, i + 1);
    bool sign = n > 0 && strcmp(t->low + n, "%") == 0;
    bool word = n > 0 && t->low[n] == '\0' && next != NULL &&
                (strcmp(next->low, "percent") == 0 || strcmp(next->low, "%") == 0);
    if (!sign && !word)
        return 0;
    (void)snprintf(out, size, "%.*s", (int)n, t->low);
    return i + (sign ? 1 : 2);
}

static size_t port(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    int64_t n = 0;
    const char *text = *t->text == ':' ? t->text + 1 : t->text;
    if (!op_str_int(text, 1, 65535, &n))
        return 0;
    (void)snprintf(out, size, "%s", text);
    return i + 1;
}

static size_t path(struct clause *c, size_t i, char *out, size_t size)
{
    return *c->tokens->v[i].text == '/' ? hear_whole(c, i, out, size) : 0;
}

static size_t file(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    bool is = strchr(s, '/') != NULL || (strchr(s, '.') != NULL && !op_str_ends(s, ".")) ||
              (quoted(&c->tokens->v[i]) && *s != '\0');
    return is && strstr(s, "://") == NULL && strchr(s, '=') == NULL ? hear_whole(c, i, out, size) : 0;
}

static size_t ending(struct clause *c, size_t i, char *out, size_t size, const char *const *ends, size_t n)
{
    bool is = false;
    for (size_t k = 0; k < n; k++)
        is = is ||
             (op_str_ends(c->tokens->v[i].low, ends[k]) && c->tokens->v[i].low != strstr(c->tokens->v[i].low, ends[k]));
    return is ? hear_whole(c, i, out, size) : 0;
}

static size_t comparison(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const operators[] = { "equal", "exists" };
    return OP_IN(c->tokens->v[i].low, operators) ? hear_whole(c, i, out, size) : 0;
}

/* What a taint does, in quotes or not. */
static size_t effect(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const effects[] = { "noschedule", "noexecute", "prefernoschedule" };
    return OP_IN(c->tokens->v[i].low, effects) ? hear_whole(c, i, out, size) : 0;
}

static size_t secrettype(struct clause *c, size_t i, char *out, size_t size)
{
    return op_str_starts(c->tokens->v[i].low, "kubernetes.io/") ? hear_whole(c, i, out, size) : 0;
}

static size_t certfile(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const ends[] = { ".crt", ".pem", ".cer", ".cert" };
    return ending(c, i, out, size, ends, OP_LEN(ends));
}

static size_t keyfile(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const ends[] = { ".key", "-key.pem", ".pem" };
    return ending(c, i, out, size, ends, OP_LEN(ends));
}

size_t hear_image(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    const char *known = token_image(t), *colon = strchr(t->text, ':');
    if (t->used)
        return 0;
    if (known != NULL) {
        (void)snprintf(out, size, "%s", known);
        return i + t->span;
    }
    bool tagged = colon != NULL && colon != t->text && colon[1] != '\0' && colon[1] != '/' &&
                  strspn(t->text, "0123456789:") != strlen(t->text);
    static const char *const files[] = { ".crt",  ".key", ".pem", ".yaml", ".yml",        ".json", ".conf",
                                         ".cert", ".txt", ".env", ".sql",  ".properties", ".sh",   ".py" };
    for (size_t k = 0; k < OP_LEN(files); k++)
        if (op_str_ends(t->low, files[k]))
            return 0;
    bool pathlike = strchr(t->text, '/') != NULL && *t->text != '/' && *t->text != '.' && t->n_senses == 0;
    if ((!tagged && !pathlike) || strpbrk(t->text, "= ") != NULL || strstr(t->text, "://") != NULL)
        return 0;
    return hear_whole(c, i, out, size);
}

/* An image with a tag, not just a program that everybody knows. */
static size_t tagged(struct clause *c, size_t i, char *out, size_t size)
{
    return token_image(&c->tokens->v[i]) == NULL ? hear_image(c, i, out, size) : 0;
}

/* "v2", "1.27.3": which of several. */
static size_t version(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].low, *digits = s + (*s == 'v');
    bool is = isdigit((unsigned char)*digits) && strpbrk(s, "/:=%") == NULL && (*s == 'v' || strchr(s, '.') != NULL);
    return is ? hear_whole(c, i, out, size) : 0;
}

/* A program that everybody gets by one image, without a tag: "nginx". */
static size_t stock(struct clause *c, size_t i, char *out, size_t size)
{
    const char *known = token_image(&c->tokens->v[i]);
    if (known == NULL || c->tokens->v[i].used)
        return 0;
    (void)snprintf(out, size, "%s", known);
    return i + c->tokens->v[i].span;
}

/* How many of something that is counted: not "5 percent", "5 minutes", "5 cores". */
static size_t count(struct clause *c, size_t i, char *out, size_t size)
{
    size_t end = hear_number(c, i, out, size);
    const struct token *next = end != 0 ? clause_token(c, end) : NULL;
    bool other = next != NULL && token_sense(next, WORD_UNIT) != NULL && !token_is(next, WORD_UNIT, "replica");
    other = other || (next != NULL && (token_is(next, WORD_TOPIC, "cpu") || token_is(next, WORD_TOPIC, "memory")));
    return other ? 0 : end;
}

/* "MODE=fast" as it is written: a value may hold colons. */
static size_t setting(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *eq = strchr(s, '=');
    return eq != NULL && eq != s && eq[1] != '\0' && *s != '-' ? hear_whole(c, i, out, size) : 0;
}

/* "gpu=true:NoSchedule", "dedicated:NoExecute" */
static size_t taint(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].low, *colon = strrchr(s, ':');
    bool is = colon != NULL && colon != s &&
              (strcmp(colon, ":noschedule") == 0 || strcmp(colon, ":noexecute") == 0 ||
               strcmp(colon, ":prefernoschedule") == 0);
    return is ? hear_whole(c, i, out, size) : 0;
}

/* "web-1:/var/log": a path inside a pod. */
static size_t remote(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *colon = strchr(s, ':');
    bool is = colon != NULL && colon != s && colon[1] == '/' && colon[2] != '/' && isalnum((unsigned char)*s);
    return is ? hear_whole(c, i, out, size) : 0;
}

static size_t quotation(struct clause *c, size_t i, char *out, size_t size)
{
    return quoted(&c->tokens->v[i]) ? hear_whole(c, i, out, size) : 0;
}

/* ---- amounts ---- */

static size_t amount(struct clause *c, size_t i, char *out, size_t size, bool cpu)
{
    static const struct {
        const char *written, *unit;
        bool cpu;
    } units[] = {
        { "mi", "Mi", false },  { "gi", "Gi", false },       { "ki", "Ki", false },       { "ti", "Ti", false },
        { "mib", "Mi", false }, { "gib", "Gi", false },      { "mb", "M", false },        { "gb", "G", false },
        { "tb", "T", false },   { "g", "G", false },         { "m", "m", true },          { "cpu", "", true },
        { "cpus", "", true },   { "cores", "", true },       { "core", "", true },        { "vcpu", "", true },
        { "vcpus", "", true },  { "gigs", "G", false },      { "gigabytes", "G", false }, { "megabytes", "M", false },
        { "megs", "M", false }, { "millicores", "m", true }, { "millicpu", "m", true },
    };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    char number[24];
    size_t n = strspn(t->low, "0123456789."), end = i + 1;
    if (n == 0 || n >= sizeof(number) || !isdigit((unsigned char)*t->low)) {
        size_t spoken = hear_number(c, i, number, sizeof(number));
        if (spoken == 0)
            return 0;
        next = clause_token(c, spoken);
        end = spoken;
    } else {
        (void)snprintf(number, sizeof(number), "%.*s", (int)n, t->low);
    }
    const char *unit = n > 0 && t->low[n] != '\0' ? t->low + n : "";
    if (*unit == '\0' && next != NULL) {
        unit = next->low;
        end++;
    }
    for (size_t k = 0; k < OP_LEN(units); k++) {
        if (strcmp(unit, units[k].written) != 0 || units[k].cpu != cpu)
            continue;
        (void)snprintf(out, size, "%s%s", number, units[k].unit);
        return end;
    }
    return 0;
}

static size_t bytes(struct clause *c, size_t i, char *out, size_t size)
{
    return amount(c, i, out, size, false);
}

static size_t cpu(struct clause *c, size_t i, char *out, size_t size)
{
    return amount(c, i, out, size, true);
}

/* ---- keys, hosts ---- */

static size_t pair(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *eq = strpbrk(s, "=:");
    if (eq == NULL || eq == s || eq[1] == '\0' || strchr(s, ' ') != NULL || strstr(s, "://") != NULL || *s == '/')
        return 0;
    (void)snprintf(out, size, "%.*s=%s", (int)(eq - s), s, eq + 1 + (eq[1] == '='));
    return i + 1;
}

/* "web:80": a service and its port. */
static size_t endpoint(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *colon = strchr(s, ':');
    int64_t n = 0;
    if (colon == NULL || colon == s || !isalpha((unsigned char)*s) || !op_str_int(colon + 1, 1, 65535, &n))
        return 0;
    return hear_whole(c, i, out, size);
}

/* An environment variable as they are written: LOG_LEVEL. */
static size_t variable(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return n > 1 && s[n] == '\0' && !isdigit((unsigned char)*s) ? hear_whole(c, i, out, size) : 0;
}

/* What stands behind "environment variable": DEBUG, log_level. */
static size_t envkey(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    size_t n = strspn(t->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    bool plain =
        quoted(t) || strchr(t->text, '_') != NULL || variable(c, i, out, size) != 0 || hear_name(c, i, out, size) != 0;
    return n > 0 && t->text[n] == '\0' && !isdigit((unsigned char)*t->text) && plain ? hear_whole(c, i, out, size) : 0;
}

static size_t host(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *at = strstr(s, "://");
    at = at != NULL ? at + 3 : s;
    size_t n = strcspn(at, "/");
    bool letters = false;
    for (size_t k = 0; k < n; k++)
        letters = letters || isalpha((unsigned char)at[k]);
    if (n < 3 || memchr(at, '.', n) == NULL || !letters || memchr(at, ':', n) != NULL || *at == '.' ||
        strpbrk(at, "=@ ") != NULL)
        return 0;
    static const char *const files[] = { ".yaml", ".yml", ".json", ".conf", ".txt", ".key", ".crt", ".pem", ".env" };
    for (size_t k = 0; k < OP_LEN(files); k++)
        if (op_str_ends(at, files[k]))
            return 0;
    (void)snprintf(out, size, "%s", at);
    return i + 1;
}

const struct hear_type hear_types[] = {
    { "doing", hear_doing },
    { "binary", hear_binary },
    { "tagged", tagged },
    { "remote", remote },
    { "name", hear_name },
    { "noun", hear_noun },
    { "int", hear_int },
    { "amounts", hear_amounts },
    { "item", hear_item },
    { "label", hear_label },
    { "stage", hear_stage },
    { "ident", hear_ident },
    { "cidr", hear_cidr },
    { "range", hear_range },
    { "hard", hear_hard },
    { "any", any },
    { "number", hear_number },
    { "percent", percent },
    { "version", version },
    { "field", hear_field },
    { "stock", stock },
    { "count", count },
    { "setting", setting },
    { "taint", taint },
    { "port", port },
    { "path", path },
    { "file", file },
    { "certfile", certfile },
    { "effect", effect },
    { "operator", comparison },
    { "secrettype", secrettype },
    { "keyfile", keyfile },
    { "image", hear_image },
    { "quoted", quotation },
    { "command", hear_command },
    { "script", hear_script },
    { "ownscript", hear_ownscript },
    { "clock", hear_clock },
    { "cron", hear_cron },
    { "weekdays", hear_weekdays },
    { "ordinal", hear_ordinal },
    { "time", hear_span },
    { "bytes", bytes },
    { "cpu", cpu },
    { "pair", pair },
    { "variable", variable },
    { "envkey", envkey },
    { "host", host },
    { "endpoint", endpoint },
    { "made", hear_made },
    { "kind", hear_kind },
    { "kinds", hear_kinds },
    { "verbs", hear_verbs },
    { "ram", hear_ram },
    { "cpus", hear_cpus },
    { "pulled", hear_pulled },
    { "versioned", hear_versioned },
    { "program", hear_program },
    { "source", hear_source },
    { "mapping", hear_mapping },
    { "url", hear_url },
    { "chart", hear_chart },
    { "keypath", hear_key },
    { "valuesfile", hear_valuesfile },
    { "recipe", hear_recipe },
    { "archive", hear_archive },
    { "folder", hear_folder },
    { "age", hear_age },
    { "amount", hear_amount },
    { "size", hear_bytes },
    { "cores", hear_cores },
    { "share", hear_share },
    { "sought", hear_sought },
    { "aim", hear_aim },
    { "lead", hear_lead },
    { "text", hear_text },
    { "quotes", hear_quotes },
    { "plus", hear_plus },
    { "tailglob", hear_tailglob },
    { "headglob", hear_headglob },
    { "mention", hear_mention },
};

size_t hear_types_count(void)
{
    return OP_LEN(hear_types);
}
