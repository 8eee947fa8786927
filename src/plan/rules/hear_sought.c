/* What somebody looks for in an output, for phrases that narrow a read: ages, amounts with their units, and texts
 * ("connection refused or timeout"). */
#include "spoken.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

static bool quoted(const struct token *t)
{
    return (t->flags & TOKEN_QUOTED) != 0;
}

static bool ends(const struct token *t)
{
    return (t->flags & (TOKEN_STOP | TOKEN_COMMA | TOKEN_COLON)) != 0;
}

/* ---- ages and amounts ---- */

/* "5", "1.5", "five", "a", "twice": the number at i as digits, and what of the token stands behind it ("7d": "d"). */
static size_t leading(struct clause *c, size_t i, char *digits, size_t size, const char **rest)
{
    static const char *const words[][2] = { { "a", "1" },     { "an", "1" },     { "once", "1" },
                                            { "twice", "2" }, { "thrice", "3" }, { "half", "0.5" } };
    const struct token *t = clause_token(c, i);
    if (t == NULL || (t->flags & TOKEN_SPOKEN) != 0)
        return 0;
    size_t n = strspn(t->low, "0123456789.");
    *rest = "";
    if (isdigit((unsigned char)*t->low)) {
        (void)snprintf(digits, size, "%.*s", (int)n, t->low);
        *rest = t->low + n;
        return i + 1;
    }
    for (size_t k = 0; k < OP_LEN(words); k++) {
        if (strcmp(t->low, words[k][0]) != 0)
            continue;
        (void)snprintf(digits, size, "%s", words[k][1]);
        const struct token *next = clause_token(c, i + 1); /* "half an hour", "a hundred" */
        size_t after = k == 5 && next != NULL && (strcmp(next->low, "an") == 0 || strcmp(next->low, "a") == 0);
        return k < 2 && next != NULL && token_sense(next, WORD_NUMBER) != NULL ? leading(c, i + 1, digits, size, rest)
                                                                               : i + 1 + after;
    }
    return hear_number(c, i, digits, size);
}

struct unit {
    const char *said, *unit;
};

static const char *unit_of(const struct unit *units, size_t n, const char *said)
{
    size_t len = strlen(said);
    for (size_t k = 0; k < n; k++) {
        size_t have = strlen(units[k].said);
        bool many = have > 2 && len == have + 1 && said[have] == 's';
        if ((len == have || many) && strncmp(said, units[k].said, have) == 0)
            return units[k].unit;
    }
    return NULL;
}

/* "7d", "24 hours", "a week", "half an hour", "month": "7d", "24h", "1w", "0.5h", "1mo". */
size_t hear_age(struct clause *c, size_t i, char *out, size_t size)
{
    static const struct unit units[] = {
        { "s", "s" },      { "sec", "s" }, { "second", "s" }, { "m", "m" },    { "min", "m" },
        { "minute", "m" }, { "h", "h" },   { "hr", "h" },     { "hour", "h" }, { "d", "d" },
        { "day", "d" },    { "w", "w" },   { "wk", "w" },     { "week", "w" }, { "mo", "mo" },
        { "month", "mo" }, { "y", "y" },   { "yr", "y" },     { "year", "y" },
    };
    char digits[24] = "1";
    const char *rest = "";
    size_t end = leading(c, i, digits, sizeof(digits), &rest);
    const struct token *t = clause_token(c, end != 0 ? end : i);
    const char *unit = *rest != '\0' ? unit_of(units, OP_LEN(units), *rest == '-' ? rest + 1 : rest) : NULL;
    if (end != 0 && *rest == '\0' && t != NULL && !ends(&c->tokens->v[end - 1])) {
        unit = unit_of(units, OP_LEN(units), t->low);
        end++;
    } else if (end == 0) { /* "the last hour" */
        unit = t != NULL && strlen(t->low) > 2 ? unit_of(units, OP_LEN(units), t->low) : NULL;
        end = i + 1;
    }
    const struct token *last = clause_token(c, end - 1);
    if (unit == NULL && last != NULL && strcmp(last->low, "fortnight") == 0) {
        unit = "w";
        (void)snprintf(digits, sizeof(digits), "2");
    }
    if (unit == NULL || end > c->to)
        return 0;
    (void)snprintf(out, size, "%s%s", digits, unit);
    return end;
}

/* What units there are: of bytes, of cores, and shares. */
static const struct unit bytes[] = {
    { "ki", "Ki" },      { "kib", "Ki" }, { "mi", "Mi" },       { "mib", "Mi" }, { "mebibyte", "Mi" },
    { "gi", "Gi" },      { "gib", "Gi" }, { "gibibyte", "Gi" }, { "ti", "Ti" },  { "tib", "Ti" },
    { "mb", "M" },       { "meg", "M" },  { "megabyte", "M" },  { "gb", "G" },   { "gig", "G" },
    { "gigabyte", "G" }, { "tb", "T" },   { "terabyte", "T" },  { "k", "k" },    { "kb", "k" },
    { "g", "G" },
};
static const struct unit cores[] = { { "core", "" }, { "cpu", "" },        { "vcpu", "" },
                                     { "m", "m" },   { "millicore", "m" }, { "millicpu", "m" } };
static const struct unit shares[] = { { "%", "%" }, { "percent", "%" }, { "pct", "%" } };

static size_t with_unit(struct clause *c, size_t i, char *out, size_t size, const struct unit *units, size_t n)
{
    char digits[24];
    const char *rest = "", *unit = NULL;
    size_t end = leading(c, i, digits, sizeof(digits), &rest);
    if (end == 0)
        return 0;
    if (*rest != '\0') {
        unit = unit_of(units, n, rest);
    } else {
        const struct token *t = ends(&c->tokens->v[end - 1]) ? NULL : clause_token(c, end);
        unit = t != NULL ? unit_of(units, n, t->low) : NULL;
        end++;
    }
    if (unit == NULL)
        return 0;
    (void)snprintf(out, size, "%s%s", digits, unit);
    return end;
}

size_t hear_bytes(struct clause *c, size_t i, char *out, size_t size)
{
    return with_unit(c, i, out, size, bytes, OP_LEN(bytes));
}

size_t hear_cores(struct clause *c, size_t i, char *out, size_t size)
{
    return with_unit(c, i, out, size, cores, OP_LEN(cores));
}

size_t hear_share(struct clause *c, size_t i, char *out, size_t size)
{
    return with_unit(c, i, out, size, shares, OP_LEN(shares));
}

/* "5", "five", "twice": a plain number. */
size_t hear_amount(struct clause *c, size_t i, char *out, size_t size)
{
    const char *rest = "";
    const struct token *t = clause_token(c, i);
    if (t != NULL && (strcmp(t->low, "a") == 0 || strcmp(t->low, "an") == 0))
        return 0;
    size_t end = leading(c, i, out, size, &rest);
    return end != 0 && (*rest == '\0' || strcmp(rest, "x") == 0) ? end : 0;
}

/* ---- texts ---- */

/* No text goes on behind these. */
static bool stops(const struct token *t)
{
    static const char *const words[] = {
        "in",       "from",       "within",     "inside",   "during",     "over",     "since",  "of",        "on",
        "for",      "across",     "and",        "then",     "logs",       "log",      "last",   "past",      "among",
        "where",    "when",       "with",       "using",    "between",    "while",    "appear", "appears",   "appeared",
        "occur",    "occurs",     "occurred",   "happen",   "happened",   "happens",  "show",   "shows",     "showed",
        "come",     "came",       "please",     "today",    "yesterday",  "recently", "there",  "to",        "by",
        "at",       "anywhere",   "everywhere", "was",      "were",       "is",       "are",    "get",       "got",
        "but",      "so",         "if",         "logged",   "printed",    "out",      "pods",   "namespace", "contain",
        "contains", "containing", "mention",    "mentions", "mentioning", "matching", "match",
    };
    return (OP_IN(t->low, words) && !isupper((unsigned char)*t->text)) || (t->flags & TOKEN_SPOKEN) != 0; /* "GET /" */
}

/* What a text is called, in front of it and behind it: no part of it. */
static bool calls_it(const struct token *t)
{
    static const char *const words[] = { "the",    "any",     "all",  "word",    "words",    "string",    "text",
                                         "phrase", "pattern", "term", "keyword", "keywords", "substring", "a",
                                         "an",     "every",   "some", "each",    "that",     "string:" };
    return OP_IN(t->low, words) && !quoted(t);
}

/* Without these it is still a text; alone they are what errors are called, which other rules know. */
static bool plural_noun(const struct token *t)
{
    static const char *const words[] = { "errors",     "messages",  "lines",     "entries",   "exceptions", "warnings",
                                         "message",    "failures",  "responses", "codes",     "statuses",   "requests",
                                         "line",       "events",    "error",     "exception", "warning",    "word",
                                         "anything",   "something", "problems",  "issues",    "problem",    "issue",
                                         "ones",       "only",      "count",     "counts",    "rate",       "rates",
                                         "everything", "status",    "code",      "traces",    "stacktraces" };
    return OP_IN(t->low, words) && !quoted(t);
}

/* "timeouts" is in lines that say "timeout" too. */
static void singular(char *text)
{
    size_t n = strlen(text);
    bool many = n > 3 && text[n - 1] == 's' && !op_str_ends(text, "ss") && !op_str_ends(text, "ies") &&
                !op_str_ends(text, "us") && !op_str_ends(text, "is") && islower((unsigned char)text[n - 2]);
    bool numbers = n > 3 && text[n - 1] == 's' && (isdigit((unsigned char)text[n - 2]) || text[n - 2] == 'x');
    if (many || numbers)
        text[n - 1] = '\0';
}

/* One text from i on: what stands in quotes, or the words up to where it ends. */
static size_t one_text(struct clause *c, size_t i, char *out, size_t size, bool whole)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    const struct token *t = clause_token(c, i);
    while (t != NULL && calls_it(t) && !ends(t))
        t = clause_token(c, ++i);
    if (t != NULL && quoted(t))
        return hear_whole(c, i, out, size);
    if (t == NULL || stops(t) || (unsigned char)*t->text >= 0x80 || *t->text == '\0' || token_is(t, WORD_ROLE, "and"))
        return 0;
    size_t end = i;
    do
        t = clause_token(c, ++end);
    while (t != NULL && !ends(t - 1) && !quoted(t) && !stops(t) && !token_is(t, WORD_ROLE, "and") &&
           (t->flags & TOKEN_LINE) == 0);
    size_t last = end - 1;
    while (last > i && plural_noun(&c->tokens->v[last]))
        last--;
    if (plural_noun(&c->tokens->v[last]))
        return 0;
    for (size_t k = i; k <= last; k++)
        op_buf_addf(&text, "%s%s", k > i ? " " : "", c->tokens->v[k].text);
    (void)snprintf(out, size, "%s", op_buf_str(&text));
    if (!whole)
        singular(out);
    return end;
}

/* "a", "'a' or 'b'", "a, b and c": each on a line of its own. */
static size_t texts(struct clause *c, size_t i, char *out, size_t size, bool whole)
{
    char one[256];
    size_t end = one_text(c, i, one, sizeof(one), whole);
    OP_AUTO_BUF all = OP_BUF_INIT;
    if (end == 0)
        return 0;
    op_buf_adds(&all, one);
    for (;;) {
        const struct token *t = clause_token(c, end);
        bool comma = end > i && (c->tokens->v[end - 1].flags & TOKEN_COMMA) != 0;
        bool joins = t != NULL && (strcmp(t->low, "or") == 0 || strcmp(t->low, "and") == 0);
        const struct token *next = clause_token(c, end + joins);
        bool another = (joins || comma) && next != NULL && !(joins && strcmp(t->low, "and") == 0 && !quoted(next));
        another = another && (joins || quoted(next));
        size_t more = another ? one_text(c, end + joins, one, sizeof(one), whole) : 0;
        if (more == 0)
            break;
        op_buf_addf(&all, "\n%s", one);
        end = more;
    }
    (void)snprintf(out, size, "%s", op_buf_str(&all));
    return end;
}

size_t hear_sought(struct clause *c, size_t i, char *out, size_t size)
{
    return texts(c, i, out, size, false);
}

/* Of names and images: to the letter. */
size_t hear_text(struct clause *c, size_t i, char *out, size_t size)
{
    return texts(c, i, out, size, true);
}

/* "FailedScheduling": nothing that exists is called so. */
static bool camel(const char *s)
{
    for (; *s != '\0'; s++)
        if (islower((unsigned char)*s) && isupper((unsigned char)s[1]))
            return true;
    return false;
}

/* The same behind "for": what is looked for, unless it can only be what is looked at ("check the logs for web"). */
size_t hear_aim(struct clause *c, size_t i, char *out, size_t size)
{
    size_t end = hear_sought(c, i, out, size);
    bool name = false, other = false;
    for (size_t k = c->from; k < c->to && end != 0; k++) {
        bool inside = k >= i && k < end, called = !quoted(&c->tokens->v[k]) && clause_name(c, k);
        bool kind = inside && token_sense(&c->tokens->v[k], WORD_KIND) != NULL;
        if (kind)
            return 0; /* "for the pod web-0" */
        name = name || (inside && called && !camel(c->tokens->v[k].text));
        bool of = k > c->from && (token_is(&c->tokens->v[k - 1], WORD_ROLE, "of") ||
                                  token_is(&c->tokens->v[k - 1], WORD_ROLE, "from"));
        bool time = clause_value(c, k, WORD_UNIT) != NULL || token_is(&c->tokens->v[k], WORD_TOPIC, "logs");
        other = other || (!inside && (called || quoted(&c->tokens->v[k]) || (of && !time))); /* "the logs of quiet" */
    }
    const struct token *next = clause_token(c, end);
    bool object = next != NULL && token_sense(next, WORD_KIND) != NULL && !quoted(next - 1);
    return name && (!other || object) ? 0 : end;
}

/* The same where a request begins with it: no word that orders or asks. */
size_t hear_lead(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    bool symptom = token_is(t, WORD_MOOD, "symptom");
    static const char *const leaving[] = { "hide", "exclude", "omit", "skip", "ignore", "suppress", "mute" };
    if (OP_IN(t->low, leaving))
        return 0;
    for (size_t k = 0; k < t->n_senses && !quoted(t) && !symptom; k++)
        if (t->senses[k]->cls != WORD_TOPIC && t->senses[k]->cls != WORD_IMAGE)
            return 0;
    return hear_sought(c, i, out, size);
}

/* The same where almost anything can stand ("with timestamps"): only words of no other meaning. */
size_t hear_mention(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    bool symptom = token_is(t, WORD_MOOD, "symptom");
    bool lines = next != NULL && token_is(next, WORD_UNIT, "line");
    for (size_t k = 0; k < t->n_senses && !quoted(t) && !symptom; k++)
        if (t->senses[k]->cls != WORD_IMAGE)
            return 0;
    return lines || t->inside || strchr(t->text, '=') != NULL ? 0 : hear_sought(c, i, out, size);
}

/* "10+": that many or more. */
size_t hear_plus(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].low;
    size_t n = strspn(s, "0123456789");
    (void)snprintf(out, size, "%.*s", (int)n, s);
    return n > 0 && strcmp(s + n, "+") == 0 ? i + 1 : 0;
}

/* "*-canary" and "web-*": how a name ends or begins. */
size_t hear_tailglob(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    (void)snprintf(out, size, "%s", s + (*s == '*'));
    return *s == '*' && s[1] != '\0' && strchr(s + 1, '*') == NULL ? i + 1 : 0;
}

size_t hear_headglob(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    size_t n = strcspn(s, "*");
    (void)snprintf(out, size, "%.*s", (int)n, s);
    return n > 0 && s[n] == '*' && s[n + 1] == '\0' ? i + 1 : 0;
}

/* One or several in quotes. */
size_t hear_quotes(struct clause *c, size_t i, char *out, size_t size)
{
    return quoted(&c->tokens->v[i]) ? texts(c, i, out, size, true) : 0;
}
