/* The redactor: what the finders find, and what is known already, is replaced; and put back. Refuses to let through
 * what it could not read. */
#include "redact_i.h"

#include "opsh/base/str.h"

enum { NESTED = 4 }; /* strings within strings within strings */

void op_spans_add(struct op_spans *s, size_t at, size_t n, bool weak)
{
    if (n == 0)
        return;
    s->v = op_grow(s->v, s->n, &s->cap, sizeof(*s->v));
    s->v[s->n++] = (struct op_span){ .at = at, .n = n, .weak = weak };
}

size_t op_mark_at(const char *text, size_t n, unsigned *number)
{
    size_t at = sizeof(OP_MARK) - 1, digits = 0;
    unsigned long value = 0;
    if (n < at + 3 || memcmp(text, OP_MARK, at) != 0)
        return 0;
    for (; at < n && isdigit((unsigned char)text[at]) && digits < 9; at++, digits++)
        value = value * 10 + (unsigned long)(text[at] - '0');
    if (digits == 0 || n - at < 2 || text[at] != ']' || text[at + 1] != ']')
        return 0;
    if (number != NULL)
        *number = (unsigned)value;
    return at + 2;
}

struct op_redact *op_redact_new(void)
{
    return op_calloc(1, sizeof(struct op_redact));
}

void op_redact_free(struct op_redact *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n_patterns; i++)
        regfree(&r->patterns[i]);
    free(r->patterns);
    op_vault_free(&r->vault);
    free(r);
}

bool op_redact_add_pattern(struct op_redact *r, const char *ere, struct op_err *err)
{
    regex_t re;
    char why[120];
    for (const char *s = ere; *s != '\0'; s++)
        if (*s == '\\' && isdigit((unsigned char)*++s))
            return op_fail(err, OP_CONFIG, 0, "the pattern %.80s has a back reference, which can take for ever", ere);
    int code = regcomp(&re, ere, REG_EXTENDED);
    if (code != 0) {
        (void)regerror(code, &re, why, sizeof(why));
        return op_fail(err, OP_CONFIG, 0, "%.80s is not a POSIX extended pattern: %s", ere, why);
    }
    if (regexec(&re, "", 0, NULL, 0) == 0) {
        regfree(&re);
        return op_fail(err, OP_CONFIG, 0, "the pattern %.80s matches nothing at all, so it would match everywhere",
                       ere);
    }
    r->patterns = op_grow(r->patterns, r->n_patterns, &r->patterns_cap, sizeof(*r->patterns));
    r->patterns[r->n_patterns++] = re;
    return true;
}

void op_redact_learn(struct op_redact *r, const char *value, size_t n)
{
    if (n != 0)
        (void)op_vault_put(&r->vault, value, n, false);
}

/* ---- finding ---- */

static size_t find_all(const struct op_redact *r, const char *text, size_t n, int depth, struct op_spans *out);

static void match_line(const regex_t *re, const char *text, size_t from, size_t to, struct op_spans *out)
{
    while (from < to) {
        regmatch_t m[2] = { { .rm_so = 0, .rm_eo = (regoff_t)(to - from) } };
        if (regexec(re, text + from, 2, m, REG_STARTEND) != 0)
            return;
        const regmatch_t *hit = re->re_nsub != 0 && m[1].rm_so >= 0 ? &m[1] : &m[0];
        op_spans_add(out, from + (size_t)hit->rm_so, (size_t)(hit->rm_eo - hit->rm_so), false);
        from += m[0].rm_eo > m[0].rm_so ? (size_t)m[0].rm_eo : (size_t)m[0].rm_so + 1;
    }
}

static void find_patterns(const struct op_redact *r, const char *text, size_t n, struct op_spans *out)
{
    for (size_t at = 0; r->n_patterns != 0 && at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t to = end != NULL ? (size_t)(end - text) : n;
        for (size_t i = 0; i < r->n_patterns; i++)
            match_line(&r->patterns[i], text, at, to, out);
        at = to + 1;
    }
}

static size_t unescaped(const char *s, size_t n, char *to)
{
    static const char from[] = "ntrbf", is[] = "\n\t\r\b\f";
    const char *known = n > 1 && s[1] != '\0' ? strchr(from, s[1]) : NULL;
    *to = n > 1 ? (known != NULL ? is[known - from] : s[1]) : s[0];
    if (n >= 6 && s[1] == 'u') {
        char digits[5] = { s[2], s[3], s[4], s[5], '\0' }, *end;
        unsigned long cp = strtoul(digits, &end, 16);
        *to = *end == '\0' && cp > 0 && cp < 0x80 ? (char)cp : '?';
        return *end == '\0' ? 6 : 2;
    }
    return n > 1 ? 2 : 1;
}

/* A quoted string that holds escapes is text of its own: a manifest or a Secret quoted in JSON. What is found there is
 * mapped back to the bytes as they stand here. */
static void find_within(const struct op_redact *r, const char *text, size_t at, size_t end, int depth,
                        struct op_spans *out)
{
    OP_AUTO_FREE char *plain = op_calloc(end - at + 1, 1);
    OP_AUTO_FREE size_t *map = op_calloc(end - at + 1, sizeof(*map));
    size_t n = 0;
    for (size_t i = at; i < end; n++) {
        map[n] = i;
        if (text[i] == '\\')
            i += unescaped(text + i, end - i, &plain[n]);
        else
            plain[n] = text[i++];
    }
    map[n] = end;
    struct op_spans inner = { 0 };
    (void)find_all(r, plain, n, depth + 1, &inner);
    for (size_t i = 0; i < inner.n; i++) {
        size_t from = map[inner.v[i].at], to = map[inner.v[i].at + inner.v[i].n];
        op_spans_add(out, from, to - from, inner.v[i].weak);
    }
    free(inner.v);
    explicit_bzero(plain, n);
}

static void find_quoted(const struct op_redact *r, const char *text, size_t n, int depth, struct op_spans *out)
{
    for (size_t at = 0; depth < NESTED && at < n; at++) {
        bool escapes = false;
        if (text[at] != '"')
            continue;
        size_t end = at + 1;
        for (; end < n && text[end] != '"' && text[end] != '\n'; end++)
            if (text[end] == '\\') {
                escapes = true;
                end++;
            }
        end = end < n ? end : n;
        if (escapes)
            find_within(r, text, at + 1, end, depth, out);
        at = end;
    }
}

static size_t find_all(const struct op_redact *r, const char *text, size_t n, int depth, struct op_spans *out)
{
    op_find_shapes(text, n, out);
    op_find_named(text, n, out);
    find_patterns(r, text, n, out);
    find_quoted(r, text, n, depth, out);
    size_t secrets = op_find_json_secrets(text, n, out);
    return secrets + op_find_yaml_secrets(text, n, out);
}

/* ---- replacing ---- */

/* What the value itself holds: a Secret's entry may be a whole configuration file, encoded. */
static void learn_inside(struct op_redact *r, const char *bytes, size_t n)
{
    OP_AUTO_BUF plain = OP_BUF_INIT;
    if (n < 12 || !op_base64_text(bytes, n, &plain))
        return;
    struct op_spans inner = { 0 };
    (void)find_all(r, op_buf_str(&plain), plain.len, 0, &inner);
    for (size_t i = 0; i < inner.n; i++)
        if (op_mark_at(plain.data + inner.v[i].at, inner.v[i].n, NULL) == 0)
            (void)op_vault_put(&r->vault, plain.data + inner.v[i].at, inner.v[i].n, inner.v[i].weak);
    free(inner.v);
    explicit_bzero(plain.data, plain.len);
}

static int by_place(const void *a, const void *b)
{
    const struct op_span *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->n > y->n ? -1 : x->n < y->n;
}

/* Sorted, overlapping ones made one. */
static void merge(struct op_spans *s)
{
    if (s->n == 0)
        return;
    qsort(s->v, s->n, sizeof(*s->v), by_place);
    size_t k = 0;
    for (size_t i = 1; i < s->n; i++) {
        struct op_span *last = &s->v[k];
        size_t end = s->v[i].at + s->v[i].n;
        if (s->v[i].at >= last->at + last->n)
            s->v[++k] = s->v[i];
        else if (end > last->at + last->n)
            last->n = end - last->at;
    }
    s->n = k + 1;
}

/* Placeholders that stand in text already: kept as they are (cut out of the spans), or, in foreign text, spans
 * themselves. */
static void heed_marks(const char *text, size_t n, bool foreign, struct op_spans *s)
{
    struct op_spans marks = { 0 }, kept = { 0 };
    for (const char *at = text; (at = memmem(at, n - (size_t)(at - text), OP_MARK, sizeof(OP_MARK) - 1)) != NULL;
         at++) {
        size_t len = op_mark_at(at, n - (size_t)(at - text), NULL);
        if (len != 0)
            op_spans_add(foreign ? s : &marks, (size_t)(at - text), len, true);
    }
    merge(s);
    size_t m = 0;
    for (size_t i = 0; i < s->n && marks.n != 0; i++) {
        size_t at = s->v[i].at, end = at + s->v[i].n;
        while (m < marks.n && marks.v[m].at + marks.v[m].n <= at)
            m++;
        for (size_t k = m; k < marks.n && marks.v[k].at < end; k++) {
            if (marks.v[k].at > at)
                op_spans_add(&kept, at, marks.v[k].at - at, s->v[i].weak);
            at = marks.v[k].at + marks.v[k].n;
        }
        if (at < end)
            op_spans_add(&kept, at, end - at, s->v[i].weak);
    }
    if (marks.n != 0) {
        free(s->v);
        *s = kept;
    }
    free(marks.v);
}

static void write_out(struct op_redact *r, const char *text, size_t n, const struct op_spans *s, struct op_buf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < s->n; i++) {
        op_buf_add(out, text + at, s->v[i].at - at);
        op_vault_mark(&r->vault, op_vault_put(&r->vault, text + s->v[i].at, s->v[i].n, true), out);
        at = s->v[i].at + s->v[i].n;
    }
    op_buf_add(out, text + at, n - at);
}

static void replace(struct op_redact *r, const char *text, size_t n, bool foreign, struct op_spans *spans,
                    struct op_buf *out)
{
    for (size_t i = 0; i < spans->n; i++) {
        const char *bytes = text + spans->v[i].at;
        size_t len = spans->v[i].n;
        if (spans->v[i].weak || (!foreign && memmem(bytes, len, OP_MARK, sizeof(OP_MARK) - 1) != NULL))
            continue; /* what is a placeholder already is nothing to learn */
        (void)op_vault_put(&r->vault, bytes, len, false);
        learn_inside(r, bytes, len);
    }
    op_vault_sweep(&r->vault, text, n, spans);
    heed_marks(text, n, foreign, spans);
    write_out(r, text, n, spans, out);
    free(spans->v);
}

void op_redact_text(struct op_redact *r, const char *text, size_t n, struct op_buf *out)
{
    struct op_spans spans = { 0 };
    (void)find_all(r, text, n, 0, &spans);
    replace(r, text, n, false, &spans, out);
}

/* ---- outputs ---- */

static bool is_error_line(const char *s, size_t n)
{
    static const char *const begins[] = { "Error from server", "error: ", "Warning: ", "No resources found" };
    for (size_t i = 0; i < OP_LEN(begins); i++)
        if (n >= strlen(begins[i]) && memcmp(s, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static void every_word(const char *text, size_t n, struct op_spans *out)
{
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t to = end != NULL ? (size_t)(end - text) : n;
        while (!is_error_line(text + at, to - at) && at < to) {
            while (at < to && isspace((unsigned char)text[at]))
                at++;
            size_t from = at;
            while (at < to && !isspace((unsigned char)text[at]))
                at++;
            op_spans_add(out, from, at - from, false);
        }
        at = to + 1;
    }
}

void op_redact_output(struct op_redact *r, bool bare, const struct op_strv *restored, const char *text, size_t n,
                      struct op_buf *out)
{
    struct op_spans spans = { 0 };
    (void)find_all(r, text, n, 0, &spans);
    if (bare)
        every_word(text, n, &spans);
    if (restored != NULL)
        op_vault_sweep_used(&r->vault, restored, text, n, &spans);
    replace(r, text, n, true, &spans, out);
}

bool op_redact_is_bare(const struct op_strv *argv, const struct op_verdict *v)
{
    if (!v->secrets || !op_str_eq(v->verb, "get"))
        return false;
    for (size_t i = 1; i < argv->n; i++) {
        const char *a = argv->v[i], *value = NULL;
        if (op_str_starts(a, "--output="))
            value = a + strlen("--output=");
        else if (op_str_eq(a, "-o") || op_str_eq(a, "--output"))
            value = i + 1 < argv->n ? argv->v[i + 1] : "";
        else if (a[0] == '-' && a[1] == 'o')
            value = a + 2 + (a[2] == '=');
        if (value != NULL && (op_str_eq(value, "json") || op_str_eq(value, "yaml")))
            return false;
    }
    return true;
}
