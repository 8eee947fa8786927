/* Secrets that show by the name in front of them: NAME=value, "name": "value", --name value, <name>value</name>,
 * name/value pairs of containers' environments. Refuses references (secretName, …File), counts and log words. */
#include "redact_i.h"

#include "opsh/base/str.h"

enum class { PLAIN, TOKENISH, PASSWORDISH };

enum { NAME_MOST = 100 };

static const struct {
    const char *word; /* small letters only, without - _ . */
    enum class is;
} keywords[] = {
    { "password", PASSWORDISH },      { "passwd", PASSWORDISH },     { "passphrase", PASSWORDISH },
    { "passwort", PASSWORDISH },      { "pwd", PASSWORDISH },        { "dockerconfigjson", PASSWORDISH },
    { "dockercfg", PASSWORDISH },     { "htpasswd", PASSWORDISH },   { "credential", PASSWORDISH },
    { "secret", TOKENISH },           { "token", TOKENISH },         { "apikey", TOKENISH },
    { "accesskey", TOKENISH },        { "privatekey", TOKENISH },    { "signingkey", TOKENISH },
    { "encryptionkey", TOKENISH },    { "masterkey", TOKENISH },     { "dsn", TOKENISH },
    { "connectionstring", TOKENISH }, { "clientkeydata", TOKENISH }, { "authorization", TOKENISH },
    { "cookie", TOKENISH },
};

/* What may stand behind the keyword (PASSWORD_HASH), and what makes it something else (SECRET_NAME). */
static const char *const adds_nothing[] = { "s",   "value",  "val", "data", "hash",
                                            "b64", "base64", "key", "text", "string" };
static const char *const something_else[] = {
    "name",      "names", "ref",        "refs",     "file",    "files",  "path",    "dir",      "ttl",     "seconds",
    "type",      "count", "expiration", "expiry",   "policy",  "length", "enabled", "required", "version", "class",
    "namespace", "mode",  "size",       "audience", "issuer",  "url",    "uri",     "id",       "ids",     "endpoint",
    "limit",     "mount", "volume",     "provider", "manager", "store",  "age",     "timeout",
};

struct scan {
    const char *text;
    size_t n;
    struct op_spans *out;
};

static bool letter(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* Is s one of the words that end `tail`? */
static bool ends_with_any(const char *const *list, size_t n, const char *tail)
{
    for (size_t i = 0; i < n; i++)
        if (op_str_ends(tail, list[i]))
            return true;
    return false;
}

static bool tail_fits(const char *tail, enum class is, bool shouting)
{
    if (*tail == '\0' || strspn(tail, "0123456789") == strlen(tail))
        return true;
    if (strcmp(tail, "s") == 0) /* "tokens: 12", "secrets: 3" count */
        return is == PASSWORDISH;
    if (OP_IN(tail, adds_nothing))
        return true;
    return (shouting || is == PASSWORDISH) && !ends_with_any(something_else, OP_LEN(something_else), tail);
}

static enum class classify(const char *name, size_t n) {
    char norm[NAME_MOST + 1]; size_t len = 0; bool shouting = true; if (n > NAME_MOST || n < 3) return PLAIN;
    for (size_t i = 0; i < n;
         i++){ shouting = shouting && !islower((unsigned char)name[i]);
               if (isalnum((unsigned char)name[i])) norm[len++] = (char)tolower((unsigned char)name[i]); }
norm[len] = '\0';
if (strcmp(norm, "pwd") == 0 || strcmp(norm, "oldpwd") == 0) /* the working folder */
    return PLAIN;
for (size_t i = 0; i < OP_LEN(keywords); i++) {
    const char *last = NULL;
    for (const char *at = strstr(norm, keywords[i].word); at != NULL; at = strstr(at + 1, keywords[i].word))
        last = at;
    if (last != NULL && tail_fits(last + strlen(keywords[i].word), keywords[i].is, shouting))
        return keywords[i].is;
}
return PLAIN;
}

/* ---- values ---- */

static bool equals_any(const char *s, size_t n, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == n && strncasecmp(list[i], s, n) == 0)
            return true;
    return false;
}

static bool all_of(const char *s, size_t n, const char *set)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\0' || strchr(set, s[i]) == NULL)
            return false;
    return true;
}

/* "/var/run/secrets/token": a reference, not a secret. */
static bool is_path(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) &&
            (s[i] == '\0' || strchr("/._-", s[i]) == NULL))
            return false;
    return n > 1 && s[0] == '/';
}

static bool is_ellipsis(const char *s, size_t n)
{
    return n >= 3 && memcmp(s, "\xe2\x80\xa6", 3) == 0;
}

static bool says_nothing(const char *s, size_t n, enum class is, bool quoted)
{
    static const char *const values[] = { "true",       "false",      "null",      "none",  "nil",   "~",
                                          "yes",        "no",         "on",        "off",   "unset", "redacted",
                                          "[redacted]", "<redacted>", "undefined", "string" };
    static const char *const begins[] = {
        "$(", "${", "{{", "%(", "<set to", "<none>", "<nil>", "<unset>", "<unknown>"
    };
    static const char *const words[] = {
        "is",     "was",        "are",          "has",     "not",      "must",
        "too",    "incorrect",  "invalid",      "wrong",   "missing",  "required",
        "failed", "failure",    "expired",      "unknown", "mismatch", "authentication",
        "denied", "permission", "unauthorized", "for",     "from",     "in",
        "of",     "and",        "or",           "cannot",  "could",    "empty",
        "error",  "rejected",   "accepted",     "found",   "does",     "the",
        "a",
    };
    if (n == 0 || equals_any(s, n, values, OP_LEN(values)) || all_of(s, n, "*") || all_of(s, n, "xX") ||
        all_of(s, n, ".") || is_ellipsis(s, n))
        return true;
    for (size_t i = 0; i < OP_LEN(begins); i++)
        if (n >= strlen(begins[i]) && strncmp(s, begins[i], strlen(begins[i])) == 0)
            return true;
    if (!quoted && (s[0] == '{' || (s[0] == '[' && op_mark_at(s, n, NULL) == 0) || s[0] == '&'))
        return true; /* a map, a list, an anchor */
    size_t digits = 0;
    while (digits < n && isdigit((unsigned char)s[digits]))
        digits++;
    if ((digits != 0 && n - digits == 6 && memcmp(s + digits, " bytes", 6) == 0) || (is == TOKENISH && digits == n))
        return true; /* kubectl describe secret; a count */
    size_t first = 0;
    while (first < n && isalpha((unsigned char)s[first]))
        first++;
    bool sentence = first == n || s[first] == ' ' || s[first] == ',' || s[first] == ':';
    return is_path(s, n) || (!quoted && sentence && equals_any(s, first, words, OP_LEN(words)));
}

/* The value at `at`: *from and the length; whole_line: it may hold blanks. */
static size_t value_at(const struct scan *sc, size_t at, bool whole_line, size_t *from, bool *quoted)
{
    const char *s = sc->text;
    size_t end = at;
    char quote = at < sc->n && (s[at] == '"' || s[at] == '\'' || s[at] == '`') ? s[at] : '\0';
    *quoted = quote != '\0';
    if (*quoted) {
        *from = ++at;
        for (end = at; end < sc->n && s[end] != quote && s[end] != '\n'; end++)
            end += s[end] == '\\' && end + 1 < sc->n;
        return (end < sc->n ? end : sc->n) - at;
    }
    *from = at;
    while (end < sc->n && s[end] != '\n' &&
           (whole_line || (!isspace((unsigned char)s[end]) && strchr("\"'`\\<", s[end]) == NULL)))
        end++;
    for (size_t i = at; !whole_line && i < end; i++) /* a=b&c=d, a=b;c=d */
        if (strchr("&;,", s[i]) != NULL && i + 1 < end && memchr(s + i, '=', end - i) != NULL)
            end = i;
    while (end > at && (isspace((unsigned char)s[end - 1]) || (!whole_line && strchr(",;)}]", s[end - 1]) != NULL &&
                                                               op_mark_at(s + at, end - at, NULL) != end - at)))
        end--;
    return end - at;
}

/* Lines of a YAML block scalar (|, >) that belong to the key whose line begins at `line`. */
static size_t block_end(const struct scan *sc, size_t line, size_t at)
{
    size_t indent = 0;
    while (line + indent < sc->n && (sc->text[line + indent] == ' ' || sc->text[line + indent] == '-'))
        indent++;
    const char *next = memchr(sc->text + at, '\n', sc->n - at);
    size_t end = next != NULL ? (size_t)(next - sc->text) + 1 : sc->n;
    while (end < sc->n) {
        size_t deep = 0, i = end;
        while (i < sc->n && sc->text[i] == ' ')
            deep++, i++;
        if (i < sc->n && sc->text[i] != '\n' && deep <= indent)
            return end;
        next = memchr(sc->text + i, '\n', sc->n - i);
        end = next != NULL ? (size_t)(next - sc->text) + 1 : sc->n;
    }
    return end;
}

/* ---- names and what follows ---- */

struct name {
    size_t at, end, line; /* of the text; where its line begins */
    bool first;           /* nothing but blanks, "- ", "export " in front of it */
    enum class is;
};

static size_t blanks(const struct scan *sc, size_t at)
{
    while (at < sc->n && (sc->text[at] == ' ' || sc->text[at] == '\t'))
        at++;
    return at;
}

static bool has(const struct scan *sc, size_t at, const char *s)
{
    size_t n = strlen(s);
    return sc->n - at >= n && memcmp(sc->text + at, s, n) == 0;
}

/* "Bearer " and its like stand in front of a credential, and are none. */
static size_t scheme_length(const char *s, size_t n)
{
    static const char *const schemes[] = { "Bearer ", "Basic ", "Token ", "Digest " };
    for (size_t i = 0; i < OP_LEN(schemes); i++)
        if (n > strlen(schemes[i]) && strncasecmp(s, schemes[i], strlen(schemes[i])) == 0)
            return strlen(schemes[i]);
    return 0;
}

static void add_value(const struct scan *sc, const struct name *name, size_t at, bool whole_line, bool strict)
{
    size_t from = at;
    bool quoted = false;
    bool block = name->first && at < sc->n && (sc->text[at] == '|' || sc->text[at] == '>') && at + 3 < sc->n &&
                 (sc->text[at + 1] == '\n' || sc->text[at + 2] == '\n');
    if (block) {
        const char *line = memchr(sc->text + at, '\n', sc->n - at);
        size_t begin = (size_t)(line - sc->text) + 1, end = block_end(sc, name->line, at);
        while (begin < end && sc->text[begin] == ' ')
            begin++;
        while (end > begin && sc->text[end - 1] == '\n')
            end--;
        op_spans_add(sc->out, begin, end - begin, false);
        return;
    }
    size_t n = value_at(sc, at, whole_line, &from, &quoted), scheme = scheme_length(sc->text + from, n);
    from += scheme;
    n -= scheme;
    if (says_nothing(sc->text + from, n, name->is, quoted) ||
        (strict && !quoted && !op_looks_secret(sc->text + from, n)))
        return;
    op_spans_add(sc->out, from, n, false);
}

/* Behind "--password" or a bare "password": a blank, "is" or "to", then the value. */
static void by_blank(const struct scan *sc, const struct name *name, size_t at)
{
    static const char *const joins[] = { "is ", "to ", "as ", "was ", "of " };
    bool flag = name->at >= 2 && has(sc, name->at - 2, "--");
    size_t next = blanks(sc, at);
    if (flag && (has(sc, at, "\",") || has(sc, at, "',"))) { /* ["--password", "x"] */
        next = at + 2;
        while (next < sc->n && isspace((unsigned char)sc->text[next]))
            next++;
        if (next < sc->n && (sc->text[next] == '"' || sc->text[next] == '\''))
            add_value(sc, name, next, false, false);
        return;
    }
    if (next == at || next >= sc->n || sc->text[next] == '-' || (!flag && name->is != PASSWORDISH))
        return;
    for (size_t i = 0; !flag && i < OP_LEN(joins); i++)
        if (has(sc, next, joins[i])) {
            next = blanks(sc, next + strlen(joins[i]));
            break;
        }
    add_value(sc, name, next, false, !flag);
}

static void after_name(const struct scan *sc, const struct name *name)
{
    const char *s = sc->text;
    size_t at = name->end;
    bool quote = at < sc->n && (s[at] == '"' || s[at] == '\'');
    size_t sep = blanks(sc, at + quote);
    if (sep < sc->n && s[sep] == '>' && name->at != 0 && s[name->at - 1] == '<') {
        add_value(sc, name, sep + 1, false, false);
        return;
    }
    if (sep >= sc->n || (s[sep] != '=' && s[sep] != ':')) {
        by_blank(sc, name, at);
        return;
    }
    bool colon = s[sep] == ':', arrow = has(sc, sep, "=>");
    if (colon && (has(sc, sep, "://") || (name->at != 0 && s[name->at - 1] == '/')))
        return; /* an URL's scheme, an image's tag */
    size_t value = blanks(sc, sep + 1 + arrow);
    bool tight = value == sep + 1; /* "a:b" */
    bool whole = name->first && !quote && (!colon || !tight);
    add_value(sc, name, value, whole, colon && !quote && !name->first && name->is == TOKENISH);
}

/* name: DB_PASSWORD, then value: … */
static void pair(const struct scan *sc, const struct name *name)
{
    size_t from = 0;
    bool quoted = false, quote = name->end < sc->n && sc->text[name->end] == '"';
    size_t sep = blanks(sc, name->end + quote);
    if (sep >= sc->n || sc->text[sep] != ':')
        return;
    size_t n = value_at(sc, blanks(sc, sep + 1), false, &from, &quoted);
    enum class is = classify(sc->text + from, n);
    size_t at = from + n;
    while (at < sc->n && at < from + n + 200 &&
           (isspace((unsigned char)sc->text[at]) || strchr("\",'", sc->text[at]) != NULL))
        at++;
    if (is == PLAIN || !(has(sc, at, "value") || has(sc, at, "Value")))
        return;
    struct name value = { .at = at, .end = at + 5, .line = at, .first = false, .is = is };
    while (value.line > 0 && sc->text[value.line - 1] != '\n')
        value.line--;
    value.first = blanks(sc, value.line) == at;
    if (value.end < sc->n && !letter(sc->text[value.end]))
        after_name(sc, &value);
}

/* Docker's "auth": base64 of user:password. */
static void auth(const struct scan *sc, size_t at)
{
    size_t from = 0;
    bool quoted = false;
    at = blanks(sc, at + (at < sc->n && sc->text[at] == '"'));
    if (at >= sc->n || sc->text[at] != ':')
        return;
    size_t n = value_at(sc, blanks(sc, at + 1), false, &from, &quoted);
    OP_AUTO_BUF plain = OP_BUF_INIT;
    if (n != 0 && op_base64_text(sc->text + from, n, &plain) && strchr(op_buf_str(&plain), ':') != NULL)
        op_spans_add(sc->out, from, n, false);
    if (plain.len != 0)
        explicit_bzero(plain.data, plain.len);
}

static bool begins_line(const struct scan *sc, size_t line, size_t at)
{
    size_t i = blanks(sc, line);
    while (i < at && (has(sc, i, "- ") || has(sc, i, "+ ") || has(sc, i, "# ")))
        i = blanks(sc, i + 2);
    if (i < at && (sc->text[i] == '+' || sc->text[i] == '-')) /* a diff */
        i = blanks(sc, i + 1);
    if (has(sc, i, "export "))
        i = blanks(sc, i + 7);
    return i == at;
}

void op_find_named(const char *text, size_t n, struct op_spans *out)
{
    const struct scan sc = { .text = text, .n = n, .out = out };
    size_t line = 0;
    for (size_t at = 0; at < n; at++) {
        if (text[at] == '\n')
            line = at + 1;
        if (!isalpha((unsigned char)text[at]) && text[at] != '_' && text[at] != '.')
            continue;
        struct name name = { .at = at, .end = at, .line = line };
        while (name.end < n && letter(text[name.end]))
            name.end++;
        at = name.end - 1;
        size_t len = name.end - name.at;
        bool pairs = len == 4 && (memcmp(text + name.at, "name", 4) == 0 || memcmp(text + name.at, "Name", 4) == 0);
        name.is = pairs ? PLAIN : classify(text + name.at, len);
        name.first = begins_line(&sc, line, name.at);
        if (pairs || (len == 3 && memcmp(text + name.at, "key", 3) == 0))
            pair(&sc, &name);
        if (len == 4 && memcmp(text + name.at, "auth", 4) == 0)
            auth(&sc, name.end);
        if (name.is != PLAIN)
            after_name(&sc, &name);
    }
}
