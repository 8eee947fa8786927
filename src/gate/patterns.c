/* Secrets that show by their shape: tokens with known beginnings, JWTs, PEM blocks, passwords in URLs, headers.
 * Refuses to take names of objects, digests, UUIDs and hashes for secrets. */
#include "redact_i.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

static bool word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

bool op_is_base64(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("+/-_", c) != NULL);
}

static int six_bits(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(letters, c == '-' ? '+' : c == '_' ? '/' : c);
    return at != NULL ? (int)(at - letters) : -1;
}

bool op_base64_text(const char *w, size_t n, struct op_buf *out)
{
    while (n != 0 && w[n - 1] == '=')
        n--;
    if (n % 4 == 1 || n < 2)
        return false;
    size_t from = out->len;
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < n; i++) {
        int six = six_bits(w[i]);
        if (six < 0)
            break;
        bits = (bits << 6 | (unsigned)six) & 0xffff;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        op_buf_addc(out, (char)(bits >> have & 0xff));
    }
    bool ok = op_utf8_valid(op_buf_str(out) + from, out->len - from) && out->len - from == n * 3 / 4;
    for (size_t i = from; ok && i < out->len; i++)
        ok = (unsigned char)out->data[i] >= 0x20 || strchr("\n\r\t", out->data[i]) != NULL;
    ok = ok && memchr(op_buf_str(out) + from, '\0', out->len - from) == NULL;
    if (!ok && out->len > from) {
        explicit_bzero(out->data + from, out->len - from);
        op_buf_trunc(out, from);
    }
    return ok;
}

bool op_looks_secret(const char *s, size_t n)
{
    bool digit = false, upper = false, lower = false, sign = false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        digit = digit || isdigit(c);
        upper = upper || (i != 0 && isupper(c)); /* a capital at the beginning is a sentence's */
        lower = lower || islower(c);
        sign = sign || (c > 0x20 && !isalnum(c) && i + 1 < n && strchr("-_.,:;'", c) == NULL);
    }
    return n >= 4 && (digit || sign || (upper && lower));
}

enum { PEM_MOST = 16 << 10 }; /* bytes of one block; a chain is many */

/* ---- tokens ---- */

enum alphabet { WORD, ALNUM, UPPER, DOTTED };

static const struct {
    const char *begins;
    unsigned char least, most; /* letters behind it; most 0: any number */
    enum alphabet of;
    bool mixed; /* an object's name could look like it: wants capitals and digits, or 20 letters in a row */
} tokens[] = {
    { "sk-", 16, 0, WORD, true },
    { "sk_live_", 10, 0, WORD, false },
    { "sk_test_", 10, 0, WORD, false },
    { "rk_live_", 10, 0, WORD, false },
    { "whsec_", 16, 0, WORD, false },
    { "ghp_", 20, 0, ALNUM, false },
    { "gho_", 20, 0, ALNUM, false },
    { "ghu_", 20, 0, ALNUM, false },
    { "ghs_", 20, 0, ALNUM, false },
    { "ghr_", 20, 0, ALNUM, false },
    { "github_pat_", 20, 0, WORD, false },
    { "AKIA", 16, 16, UPPER, false },
    { "ASIA", 16, 16, UPPER, false },
    { "xoxb-", 10, 0, WORD, false },
    { "xoxp-", 10, 0, WORD, false },
    { "xoxa-", 10, 0, WORD, false },
    { "xoxr-", 10, 0, WORD, false },
    { "xoxs-", 10, 0, WORD, false },
    { "xoxe-", 10, 0, WORD, false },
    { "xapp-", 10, 0, WORD, true },
    { "AIza", 30, 0, WORD, false },
    { "ya29.", 20, 0, DOTTED, false },
    { "glpat-", 16, 0, WORD, true },
    { "gldt-", 16, 0, WORD, true },
    { "glrt-", 16, 0, WORD, true },
    { "hf_", 20, 0, ALNUM, false },
    { "npm_", 30, 0, ALNUM, false },
    { "pypi-", 40, 0, WORD, true },
    { "dop_v1_", 40, 0, ALNUM, false },
    { "hvs.", 20, 0, WORD, true },
    { "hvb.", 20, 0, WORD, true },
    { "SG.", 30, 0, DOTTED, true },
    { "AGE-SECRET-KEY-1", 20, 0, UPPER, false },
    { "LS0tLS1CRUdJTi", 20, 0, DOTTED, false }, /* base64 of a PEM block */
};

static bool of_alphabet(char c, enum alphabet of)
{
    switch (of) {
    case ALNUM:
        return isalnum((unsigned char)c);
    case UPPER:
        return isupper((unsigned char)c) || isdigit((unsigned char)c);
    case DOTTED:
        return op_is_base64(c) || c == '.' || c == '=';
    case WORD:
    default:
        return word(c);
    }
}

static bool mixed(const char *s, size_t n)
{
    bool upper = false, digit = false;
    size_t run = 0;
    for (size_t i = 0; i < n; i++) {
        upper = upper || isupper((unsigned char)s[i]);
        digit = digit || isdigit((unsigned char)s[i]);
        run = isalnum((unsigned char)s[i]) ? run + 1 : 0;
        if (run >= 20 && (digit || upper))
            return true;
    }
    return upper && digit;
}

static size_t token_at(const char *s, size_t n)
{
    for (size_t i = 0; i < OP_LEN(tokens); i++) {
        size_t begins = strlen(tokens[i].begins), len = begins;
        if (n < begins || memcmp(s, tokens[i].begins, begins) != 0)
            continue;
        while (len < n && of_alphabet(s[len], tokens[i].of))
            len++;
        size_t behind = len - begins;
        if (behind < tokens[i].least || (tokens[i].most != 0 && behind > tokens[i].most) ||
            (tokens[i].mixed && !mixed(s + begins, behind)))
            continue;
        return len;
    }
    return 0;
}

/* eyJ….….… */
static size_t jwt_at(const char *s, size_t n)
{
    static const size_t least[] = { 10, 8, 0 };
    size_t at = 0;
    if (n < 20 || memcmp(s, "eyJ", 3) != 0)
        return 0;
    for (size_t part = 0; part < OP_LEN(least); part++) {
        size_t from = at;
        while (at < n && word(s[at]))
            at++;
        if (at - from < least[part] || (part < 2 && (at == n || s[at++] != '.')))
            return 0;
    }
    return at;
}

/* From BEGIN to the end of the END line; without one (cut off), as far as it looks like a block. */
static size_t pem_at(const char *s, size_t n)
{
    static const char begin[] = "-----BEGIN ", end[] = "-----END ";
    n = n < PEM_MOST ? n : PEM_MOST;
    if (n < sizeof(begin) - 1 || memcmp(s, begin, sizeof(begin) - 1) != 0)
        return 0;
    const char *close = memmem(s, n, end, sizeof(end) - 1);
    if (close != NULL) {
        size_t at = (size_t)(close - s) + sizeof(end) - 1;
        const char *dashes = memmem(s + at, n - at, "-----", 5);
        if (dashes != NULL && dashes - (s + at) < 60)
            return (size_t)(dashes - s) + 5;
    }
    size_t at = sizeof(begin) - 1;
    while (at < n && (op_is_base64(s[at]) || strchr("= \t\r\n\\:,", s[at]) != NULL))
        at++;
    return at;
}

/* ---- URLs ---- */

static bool ends_url(char c)
{
    return isspace((unsigned char)c) || c == '\0' || strchr("/\"'<>`", c) != NULL;
}

/* s stands behind "://": user:password@host. The last @ counts: a password may hold one. */
static void url_password(const char *text, size_t at, size_t n, struct op_spans *out)
{
    size_t colon = SIZE_MAX, last = SIZE_MAX;
    for (size_t i = at; i < n && !ends_url(text[i]); i++) {
        if (text[i] == ':' && colon == SIZE_MAX)
            colon = i;
        if (text[i] == '@')
            last = i;
    }
    if (colon != SIZE_MAX && last != SIZE_MAX && colon + 1 < last)
        op_spans_add(out, colon + 1, last - colon - 1, false);
    else if (last != SIZE_MAX && colon == SIZE_MAX && last - at >= 20 && op_looks_secret(text + at, last - at))
        op_spans_add(out, at, last - at, false); /* https://TOKEN@host */
}

/* ---- headers ---- */

static size_t credential_length(const char *s, size_t n)
{
    size_t len = 0;
    while (len < n && (op_is_base64(s[len]) || strchr("=.~", s[len]) != NULL) && s[len] != '\0')
        len++;
    return len;
}

/* "Bearer X" and "Basic X" wherever they stand; a plain word behind them is a sentence. */
static void scheme_value(const char *text, size_t at, size_t n, struct op_spans *out)
{
    static const char *const schemes[] = { "bearer ", "basic " };
    for (size_t i = 0; i < OP_LEN(schemes); i++) {
        size_t len = strlen(schemes[i]), from = at + len;
        if (n - at <= len || strncasecmp(text + at, schemes[i], len) != 0)
            continue;
        while (from < n && text[from] == ' ')
            from++;
        size_t value = credential_length(text + from, n - from);
        OP_AUTO_BUF plain = OP_BUF_INIT;
        bool basic = i == 1 && op_base64_text(text + from, value, &plain) && strchr(plain.data, ':') != NULL;
        if (basic || (i == 0 && value >= 8 && op_looks_secret(text + from, value)))
            op_spans_add(out, from, value, false);
        if (plain.len != 0)
            explicit_bzero(plain.data, plain.len);
    }
}

void op_find_shapes(const char *text, size_t n, struct op_spans *out)
{
    for (size_t at = 0; at < n; at++) {
        char c = text[at];
        bool start = at == 0 || !word(text[at - 1]);
        size_t len = 0;
        if (c == '-')
            len = pem_at(text + at, n - at);
        else if (c == ':' && n - at > 3 && text[at + 1] == '/' && text[at + 2] == '/')
            url_password(text, at + 3, n, out);
        else if (start && isalpha((unsigned char)c))
            len = token_at(text + at, n - at);
        if (start && len == 0 && c == 'e')
            len = jwt_at(text + at, n - at);
        if (start && (c == 'b' || c == 'B'))
            scheme_value(text, at, n, out);
        if (len != 0) {
            op_spans_add(out, at, len, false);
            at += len - 1;
        }
    }
}
