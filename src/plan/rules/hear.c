/* What a phrase can take: names, paths, images, amounts, times, days, kinds, verbs. Each reads from one token on and
 * knows nothing of the phrase around it. */
#include "spoken.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

static bool quoted(const struct token *t)
{
    return (t->flags & TOKEN_QUOTED) != 0;
}

static size_t whole(struct clause *c, size_t i, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", c->tokens->v[i].text);
    return i + 1;
}

static bool listed(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

/* Could this be a name at all? Never a small word that holds a sentence together. */
static bool nameable(const struct token *t)
{
    static const char *const never[] = {
        "running", "runs",   "run",   "using",   "with",     "image",    "from",       "that",    "which",  "called",
        "named",   "command", "and",  "or",      "at",       "on",       "in",         "to",      "for",    "of",
        "by",      "as",     "mounted", "mount", "every",    "port",     "path",       "only",    "executing", "then",
        "into",    "all",    "via",   "until",   "it",       "them",     "namely",     "be",      "is",     "are",
        "should",  "can",    "may",   "not",     "but",      "when",     "if",         "each",    "mounting", "anything",
        "everything", "nothing", "anyone", "everyone", "under", "through", "must",     "has",     "have",   "will",
        "does",    "do",     "label", "labelled", "labeled", "labels",   "size",    "sized",  "traffic",
        "default", "access", "permission", "permissions", "there", "here", "now",      "today",   "asap",   "again",
        "too",     "instead", "first", "quickly", "immediately", "currently",          "so",      "no",     "whose",
    };
    return isalnum((unsigned char)*t->text) && (t->flags & TOKEN_NUMERIC) == 0 && strpbrk(t->text, "=/:") == NULL &&
           !listed(t->low, never, OP_LEN(never)) && !hear_article(t);
}

/* A word that stands where only a name can stand: most words that mean something else will do. */
size_t hear_name(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const nouns[] = { "app",   "application", "stack",  "server",  "system",      "demo", "sample", "example",
                                         "project", "state",     "users",  "results", "local",       "company", "team", "setup",
                                         "environment", "user",  "host",   "back",    "public",      "private", "internal",
                                         "external" };
    static const char *const roles[] = { "key", "request", "limit", "since", "version", "file", "url", "envword" };
    const struct token *t = &c->tokens->v[i];
    if (quoted(t))
        return strchr(t->text, ' ') == NULL ? whole(c, i, out, size) : 0;
    if (!nameable(t))
        return 0;
    for (size_t k = 0; k < t->n_senses; k++) {
        const struct word *w = t->senses[k];
        bool plain = w->cls == WORD_TOPIC || w->cls == WORD_IMAGE || w->cls == WORD_UNIT || w->cls == WORD_VERB ||
                     (w->cls == WORD_FILLER && listed(t->low, nouns, OP_LEN(nouns))) ||
                     (w->cls == WORD_ROLE && listed(w->value, roles, OP_LEN(roles)));
        if (!plain || t->span > 1)
            return 0;
    }
    return whole(c, i, out, size);
}

bool hear_any_name(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    return t != NULL && t->span == 1 && !t->inside && token_sense(t, WORD_KIND) == NULL && nameable(t);
}

static size_t any(struct clause *c, size_t i, char *out, size_t size)
{
    return whole(c, i, out, size);
}

static size_t digits(struct clause *c, size_t i, char *out, size_t size)
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
    return *c->tokens->v[i].text == '/' ? whole(c, i, out, size) : 0;
}

static size_t file(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    bool is = strchr(s, '/') != NULL || (strchr(s, '.') != NULL && !op_str_ends(s, ".")) ||
              (quoted(&c->tokens->v[i]) && *s != '\0');
    return is && strstr(s, "://") == NULL && strchr(s, '=') == NULL ? whole(c, i, out, size) : 0;
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
    bool tagged = colon != NULL && colon != t->text && colon[1] != '\0' &&
                  strspn(t->text, "0123456789:") != strlen(t->text);
    bool pathlike = strchr(t->text, '/') != NULL && *t->text != '/' && *t->text != '.' && t->n_senses == 0;
    if ((!tagged && !pathlike) || strpbrk(t->text, "= ") != NULL || strstr(t->text, "://") != NULL)
        return 0;
    return whole(c, i, out, size);
}

static size_t quotation(struct clause *c, size_t i, char *out, size_t size)
{
    return quoted(&c->tokens->v[i]) ? whole(c, i, out, size) : 0;
}

static size_t command(struct clause *c, size_t i, char *out, size_t size);

/* A command that stands in quotes. */
static size_t script(struct clause *c, size_t i, char *out, size_t size)
{
    return quoted(&c->tokens->v[i]) ? command(c, i, out, size) : 0;
}

/* A command as a JSON list: of a quotation its words, or the whole of it for the container's own shell; else the words
 * up to the end of the phrase. */
static size_t command(struct clause *c, size_t i, char *out, size_t size)
{
    OP_AUTO_JSON *list = op_json_array();
    const struct token *t = &c->tokens->v[i];
    size_t end = i;
    if (quoted(t)) {
        OP_AUTO_STRV words = OP_STRV_INIT;
        if (text_words(t->text, &words) && words.n > 0) {
            for (size_t k = 0; k < words.n; k++)
                op_json_push(list, op_json_string(words.v[k]));
        } else {
            op_json_push(list, op_json_string("sh"));
            op_json_push(list, op_json_string("-c"));
            op_json_push(list, op_json_string(t->text));
        }
        end = i + 1;
    }
    static const char *const stops[] = { "with", "and", "in", "every", "using", "on", "as", "for", "called", "named", "please",
                                         "at" };
    for (bool more = end == i; more && end < c->to; end++) {
        const struct token *w = &c->tokens->v[end];
        if (!quoted(w) && listed(w->low, stops, OP_LEN(stops)))
            break;
        op_json_push(list, op_json_string(w->text));
        more = (w->flags & (TOKEN_COMMA | TOKEN_STOP | TOKEN_COLON)) == 0;
    }
    OP_AUTO_FREE char *text = op_json_print(list, false);
    if (end == i || strlen(text) >= size)
        return 0;
    (void)snprintf(out, size, "%s", text);
    return end;
}

/* ---- times and days ---- */

static bool half_of_day(const struct token *t, const char *s, int *hour)
{
    bool pm = op_str_starts(s, "pm") || op_str_starts(s, "p.m"), am = op_str_starts(s, "am") || op_str_starts(s, "a.m");
    (void)t;
    if (pm && *hour < 12)
        *hour += 12;
    if (am && *hour == 12)
        *hour = 0;
    return pm || am;
}

/* "3 in the morning", "9 at night": how many words that is. */
static size_t part_of_day(struct clause *c, size_t i, int *hour)
{
    static const char *const parts[] = { "morning", "afternoon", "evening", "night" };
    size_t at = i;
    for (size_t k = 0; k < 2; k++) {
        const struct token *t = clause_token(c, at);
        at += t != NULL && (strcmp(t->low, "in") == 0 || strcmp(t->low, "at") == 0 || strcmp(t->low, "the") == 0);
    }
    const struct token *t = clause_token(c, at);
    for (size_t k = 0; k < OP_LEN(parts) && t != NULL && at > i; k++) {
        if (strcmp(t->low, parts[k]) != 0)
            continue;
        *hour += k > 0 && *hour < 12 && !(k == 3 && *hour < 6) ? 12 : 0;
        return at + 1 - i;
    }
    return 0;
}

/* "2am", "2 am", "18:30", "5:30 pm", "noon", "9": minute and hour as cron writes them. */
static size_t clock_time(struct clause *c, size_t i, char *out, size_t size)
{
    static const struct {
        const char *word, *cron;
    } named[] = { { "noon", "0 12" }, { "midday", "0 12" }, { "midnight", "0 0" } };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    for (size_t k = 0; k < OP_LEN(named); k++) {
        if (strcmp(t->low, named[k].word) != 0)
            continue;
        (void)snprintf(out, size, "%s", named[k].cron);
        return i + 1;
    }
    char *end = NULL;
    if (!isdigit((unsigned char)*t->low))
        return 0;
    int hour = (int)strtol(t->low, &end, 10), minute = 0;
    if (*end == ':' || (*end == '.' && isdigit((unsigned char)end[1])) || (*end == 'h' && isdigit((unsigned char)end[1])))
        minute = (int)strtol(end + 1, &end, 10);
    else if (strcmp(end, "h") == 0)
        end++;
    size_t used = 1;
    if (*end != '\0') {
        if (!half_of_day(t, end, &hour))
            return 0;
    } else if (next != NULL && (t->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0) {
        bool half = half_of_day(next, next->low, &hour);
        used += part_of_day(c, i + 1, &hour);
        bool clock = strcmp(next->low, "o") == 0 || strcmp(next->low, "oclock") == 0 || strcmp(next->low, "hours") == 0;
        const struct token *third = clause_token(c, i + 2);
        used += half || clock;
        used += clock && third != NULL && half_of_day(third, third->low, &hour);
    }
    if (hour > 23 || minute > 59)
        return 0;
    (void)snprintf(out, size, "%d %d", minute, hour);
    return i + used;
}

/* A schedule as cron writes it, in quotes, or "@daily". */
static size_t cron(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    size_t spaces = 0;
    for (const char *at = s; *at != '\0'; at++)
        spaces += *at == ' ';
    bool fields = quoted(&c->tokens->v[i]) && spaces == 4 && s[strspn(s, "0123456789*/,-? ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
    bool named = *s == '@' && s[1] != '\0' && s[1 + strspn(s + 1, "abcdefghijklmnopqrstuvwxyz")] == '\0';
    return fields || named ? whole(c, i, out, size) : 0;
}

static int weekday(const char *s)
{
    static const char *const days[] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" };
    size_t n = strlen(s);
    n -= n > 3 && s[n - 1] == 's' && n > 6;
    for (int d = 0; d < 7; d++)
        if (n >= 3 && n <= strlen(days[d]) && strncmp(days[d], s, n) == 0 && (n <= 5 || n == strlen(days[d])))
            return d;
    return -1;
}

/* "monday, wednesday and friday" → "1,3,5"; "monday to friday" → "1-5". */
static size_t weekdays(struct clause *c, size_t i, char *out, size_t size)
{
    size_t n = 0, end = i;
    bool range = false;
    for (size_t k = i; k < c->to; k++) {
        const struct token *t = &c->tokens->v[k];
        int day = quoted(t) ? -1 : weekday(t->low);
        if (day >= 0 && n + 4 < size) {
            n += (size_t)snprintf(out + n, size - n, "%s%d", n == 0 ? "" : range ? "-" : ",", day);
            end = k + 1;
            range = false;
        } else if (strcmp(t->low, "to") == 0 || strcmp(t->low, "through") == 0 || strcmp(t->low, "till") == 0) {
            range = true;
        } else if (strcmp(t->low, "and") != 0 && strcmp(t->low, "&") != 0 && strcmp(t->low, "or") != 0) {
            break;
        }
        if (end == i)
            return 0;
    }
    return end > i ? end : 0;
}

/* "first", "15th", "1st" of a month. */
static size_t ordinal(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const words[] = { "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth" };
    const char *s = c->tokens->v[i].low;
    for (size_t k = 0; k < OP_LEN(words); k++) {
        if (strcmp(s, words[k]) != 0)
            continue;
        (void)snprintf(out, size, "%zu", k + 1);
        return i + 1;
    }
    size_t n = strspn(s, "0123456789");
    static const char *const endings[] = { "st", "nd", "rd", "th", "." };
    char text[8];
    int64_t day = 0;
    (void)snprintf(text, sizeof(text), "%.*s", (int)(n < 7 ? n : 7), s);
    if (n == 0 || !listed(s + n, endings, OP_LEN(endings)) || !op_str_int(text, 1, 31, &day))
        return 0;
    (void)snprintf(out, size, "%s", text);
    return i + 1;
}

/* "5s", "30 seconds", "2 minutes": seconds. */
static size_t span(struct clause *c, size_t i, char *out, size_t size)
{
    char number[24];
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    size_t n = strspn(t->low, "0123456789"), end = digits(c, i, number, sizeof(number));
    char unit = '\0';
    if (end != 0) {
        const char *u = next != NULL && end < c->to ? clause_value(c, end, WORD_UNIT) : NULL;
        unit = u != NULL && strlen(u) == 1 ? *u : '\0';
        end += unit != '\0';
    } else if (n > 0 && strlen(t->low + n) == 1) {
        unit = t->low[n];
        (void)snprintf(number, sizeof(number), "%.*s", (int)(n < 20 ? n : 20), t->low);
        end = i + 1;
    }
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
    int64_t many = 0;
    for (size_t k = 0; k < OP_LEN(units) && end != 0; k++) {
        if (units[k].unit != unit || !op_str_int(number, 0, 1000000, &many))
            continue;
        (void)snprintf(out, size, "%lld", (long long)(many * units[k].seconds));
        return end;
    }
    return 0;
}

/* ---- amounts ---- */

static size_t amount(struct clause *c, size_t i, char *out, size_t size, bool cpu)
{
    static const struct {
        const char *written, *unit;
        bool cpu;
    } units[] = {
        { "mi", "Mi", false },  { "gi", "Gi", false }, { "ki", "Ki", false },   { "ti", "Ti", false },  { "mib", "Mi", false },
        { "gib", "Gi", false }, { "mb", "M", false },  { "gb", "G", false },    { "tb", "T", false },   { "g", "G", false },
        { "m", "m", true },     { "cpu", "", true },   { "cpus", "", true },    { "cores", "", true },  { "core", "", true },
        { "vcpu", "", true },   { "vcpus", "", true }, { "gigs", "G", false },  { "gigabytes", "G", false },
        { "megabytes", "M", false }, { "megs", "M", false }, { "millicores", "m", true }, { "millicpu", "m", true },
    };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    char number[24];
    size_t n = strspn(t->low, "0123456789."), end = i + 1;
    if (n == 0 || n >= sizeof(number) || !isdigit((unsigned char)*t->low)) {
        size_t spoken = digits(c, i, number, sizeof(number));
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

/* An environment variable as they are written: LOG_LEVEL. */
static size_t variable(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return n > 1 && s[n] == '\0' && !isdigit((unsigned char)*s) ? whole(c, i, out, size) : 0;
}

static size_t host(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *at = strstr(s, "://");
    at = at != NULL ? at + 3 : s;
    size_t n = strcspn(at, "/");
    bool letters = false;
    for (size_t k = 0; k < n; k++)
        letters = letters || isalpha((unsigned char)at[k]);
    if (n < 3 || memchr(at, '.', n) == NULL || !letters || memchr(at, ':', n) != NULL || *at == '.' || strpbrk(at, "=@ ") != NULL)
        return 0;
    static const char *const files[] = { ".yaml", ".yml", ".json", ".conf", ".txt", ".key", ".crt", ".pem", ".env" };
    for (size_t k = 0; k < OP_LEN(files); k++)
        if (op_str_ends(at, files[k]))
            return 0;
    (void)snprintf(out, size, "%s", at);
    return i + 1;
}

/* ---- kinds and permissions ---- */

static size_t kind(struct clause *c, size_t i, char *out, size_t size)
{
    const struct word *w = token_sense(&c->tokens->v[i], WORD_KIND);
    if (w == NULL)
        return 0;
    (void)snprintf(out, size, "%s", w->value);
    return i + c->tokens->v[i].span;
}

static bool joint(const struct token *t)
{
    static const char *const words[] = { "and", "or", "&", "all", "any", "the", "their", "of", "also" };
    return !quoted(t) && listed(t->low, words, OP_LEN(words));
}

/* "pods, secrets and pod logs": kinds in the singular, logs and shells as what they are to the API. */
static size_t kinds(struct clause *c, size_t i, char *out, size_t size)
{
    size_t end = 0, n = 0;
    for (size_t k = i; k < c->to && n + 40 < size;) {
        const struct token *t = &c->tokens->v[k], *next = clause_token(c, k + 1);
        const struct word *w = token_sense(t, WORD_KIND);
        bool logs = strcmp(t->low, "logs") == 0 || strcmp(t->low, "log") == 0;
        bool pod = strcmp(t->low, "pod") == 0 || strcmp(t->low, "pods") == 0;
        bool pod_logs = pod && next != NULL && (strcmp(next->low, "logs") == 0 || strcmp(next->low, "log") == 0);
        if (logs || pod_logs || w != NULL) {
            if (w != NULL && strcmp(w->value, "namespace") == 0)
                break; /* where, not what */
            const char *value = logs || pod_logs ? "pod/log" : w->value;
            bool again = end != 0 && strcmp(value, "pod") == 0 && strstr(out, "pod/log") != NULL; /* "logs of pods" */
            if (!again)
                n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? "," : "", value);
            k += pod_logs ? 2 : t->span;
            end = k;
        } else if (joint(t) && !(strcmp(t->low, "of") == 0 && end == 0)) {
            k++;
        } else {
            break;
        }
    }
    return end;
}

/* "get, list and watch", "read": as they were said, in the words of the table of build_access.c. */
static size_t verbs(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const words[][2] = {
        { "get", "get" },       { "list", "list" },       { "watch", "watch" },   { "read", "read" },     { "view", "read" },
        { "see", "read" },      { "show", "read" },       { "inspect", "read" },  { "create", "create" }, { "make", "create" },
        { "update", "update" }, { "patch", "patch" },     { "edit", "edit" },     { "modify", "edit" },   { "change", "edit" },
        { "write", "edit" },    { "delete", "delete" },   { "remove", "delete" }, { "manage", "manage" }, { "administer", "manage" },
        { "control", "manage" }, { "restart", "restart" }, { "scale", "scale" },  { "access", "read" },   { "describe", "read" },
        { "tail", "read" },     { "deploy", "create" },
    };
    size_t end = 0, n = 0;
    for (size_t k = i; k < c->to && n + 20 < size; k++) {
        const struct token *t = &c->tokens->v[k];
        const char *value = NULL;
        for (size_t w = 0; w < OP_LEN(words) && !quoted(t); w++)
            if (strcmp(t->low, words[w][0]) == 0)
                value = words[w][1];
        if (value != NULL && end != 0 && strcmp(t->low, "access") == 0)
            break; /* "read access to …" */
        if (value != NULL) {
            n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? "," : "", value);
            end = k + 1;
        } else if (end == 0 || !(strcmp(t->low, "and") == 0 || strcmp(t->low, "or") == 0 || strcmp(t->low, "&") == 0)) {
            break;
        }
    }
    return end;
}

const struct hear_type hear_types[] = {
    { "name", hear_name },         { "any", any },           { "number", digits },  { "percent", percent }, { "port", port },
    { "path", path },         { "file", file },         { "image", hear_image },    { "quoted", quotation }, { "command", command }, { "script", script },
    { "clock", clock_time }, { "cron", cron },  { "weekdays", weekdays }, { "ordinal", ordinal }, { "time", span },       { "bytes", bytes },
    { "cpu", cpu },           { "pair", pair },         { "variable", variable }, { "host", host },     { "kind", kind },
    { "kinds", kinds },       { "verbs", verbs },
};

size_t hear_types_count(void)
{
    return OP_LEN(hear_types);
}
