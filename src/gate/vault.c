/* The values that were found: numbered, findable again in any text, wiped at the end. Each value that is looked for
 * everywhere is also known base64-encoded (at each of the three alignments, so inside a longer encoded text too),
 * decoded, quoted as in JSON and as in URLs, and line by line. */
#include "redact_i.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

/* A log can be full of what looks like passwords; past this many values more are replaced only where they stand. */
enum { MOST_EVERYWHERE = 2048 };
enum { LINE_LEAST = 12, PIECE_LEAST = 6 };

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint32_t hash(const char *bytes, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)bytes[i]) * 16777619u;
    return (h ^ (h >> 14)) & (OP_VAULT_HEADS - 1);
}

/* Words that are in every cluster: as a Secret's value they are replaced there, but not looked for. */
static bool commonplace(const char *s, size_t n)
{
    static const char *const words[] = {
        "password",    "secret",           "default",     "postgres",  "postgresql",    "mariadb",    "mongodb",
        "rabbitmq",    "elastic",          "localhost",   "127.0.0.1", "0.0.0.0",       "production", "staging",
        "development", "testing",          "backend",     "frontend",  "cluster.local", "kubernetes", "opaque",
        "Opaque",      "enabled",          "disabled",    "username",  "master",        "docker.io",  "https://",
        "http://",     "application/json", "verify-full", "require",   "disable",       "prefer",     "us-east-1",
        "eu-west-1",   "default.svc",      "kube-system", "changeme!", "bearer",        "Bearer",     "string",
        "number",      "boolean",
    };
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
            return true;
    return false;
}

static void add_number(struct op_vault *v, size_t entry)
{
    if (v->numbers == v->by_number_cap) {
        v->by_number_cap = v->by_number_cap != 0 ? v->by_number_cap * 2 : 64;
        v->by_number = op_realloc(v->by_number, v->by_number_cap, sizeof(*v->by_number));
    }
    v->by_number[v->numbers++] = (uint32_t)entry + 1;
    v->v[entry].number = v->numbers;
}

static size_t find(const struct op_vault *v, const char *bytes, size_t n)
{
    for (uint32_t i = v->same != NULL ? v->same[hash(bytes, n)] : 0; i != 0; i = v->v[i - 1].next_same)
        if (v->v[i - 1].len == n && memcmp(v->v[i - 1].bytes, bytes, n) == 0)
            return i - 1;
    return SIZE_MAX;
}

static void make_room(struct op_vault *v)
{
    if (v->same == NULL) {
        v->same = op_calloc(OP_VAULT_HEADS, sizeof(*v->same));
        v->start = op_calloc(OP_VAULT_HEADS, sizeof(*v->start));
    }
    v->v = op_grow(v->v, v->n, &v->cap, sizeof(*v->v)); /* holds pointers, not the values */
}

static size_t insert(struct op_vault *v, const char *bytes, size_t n)
{
    size_t entry = find(v, bytes, n);
    if (entry != SIZE_MAX)
        return entry;
    make_room(v);
    uint32_t *head = &v->same[hash(bytes, n)];
    char *copy = op_calloc(n + 1, 1);
    memcpy(copy, bytes, n);
    v->v[v->n] = (struct op_vault_value){ .bytes = copy, .len = n, .next_same = *head };
    *head = (uint32_t)++v->n;
    return v->n - 1;
}

static void sweep_for(struct op_vault *v, size_t entry)
{
    struct op_vault_value *value = &v->v[entry];
    if (value->swept || value->len < OP_VAULT_LEAST)
        return;
    uint32_t *head = &v->start[hash(value->bytes, OP_VAULT_LEAST)];
    value->swept = true;
    value->next_start = *head;
    *head = (uint32_t)entry + 1;
}

static void add_form(struct op_vault *v, const char *bytes, size_t n)
{
    if (n >= PIECE_LEAST && !commonplace(bytes, n))
        sweep_for(v, insert(v, bytes, n));
}

/* The base64 letters that these bytes alone decide, when `before` bytes stand in front of them. */
static void add_core(struct op_vault *v, const char *bytes, size_t n, size_t before, bool url)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    size_t first = (before * 8 + 5) / 6, last = (before + n) * 8 / 6;
    bool differs = false;
    for (size_t i = first; i < last; i++) {
        unsigned six = 0;
        for (size_t b = i * 6; b < i * 6 + 6; b++)
            six = six << 1 | ((unsigned)((unsigned char)bytes[b / 8 - before] >> (7 - b % 8)) & 1u);
        differs = differs || six > 61;
        op_buf_addc(&out, url && six > 61 ? "-_"[six - 62] : base64[six]);
    }
    if (!url || differs)
        add_form(v, op_buf_str(&out), out.len);
    if (out.len != 0)
        explicit_bzero(out.data, out.len);
}

static void add_quoted(struct op_vault *v, const char *bytes, size_t n, bool html)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    static const char from[] = "\n\t\r\"\\", to[] = "ntr\"\\";
    for (size_t i = 0; i < n; i++) {
        const char *at = bytes[i] != '\0' ? strchr(from, bytes[i]) : NULL;
        if (at != NULL)
            op_buf_addf(&out, "\\%c", to[at - from]);
        else if (html && bytes[i] != '\0' && strchr("<>&", bytes[i]) != NULL)
            op_buf_addf(&out, "\\u%04x", (unsigned)bytes[i]);
        else
            op_buf_addc(&out, bytes[i]);
    }
    if (out.len != n)
        add_form(v, op_buf_str(&out), out.len);
    if (out.len != 0)
        explicit_bzero(out.data, out.len);
}

static void add_percent(struct op_vault *v, const char *bytes, size_t n)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (isalnum(c) || (c != '\0' && strchr("-_.~", c) != NULL))
            op_buf_addc(&out, (char)c);
        else
            op_buf_addf(&out, "%%%02X", c);
    }
    if (out.len != n)
        add_form(v, op_buf_str(&out), out.len);
    if (out.len != 0)
        explicit_bzero(out.data, out.len);
}

static void add_lines(struct op_vault *v, const char *bytes, size_t n)
{
    if (memchr(bytes, '\n', n) == NULL)
        return;
    for (size_t at = 0; at < n;) {
        const char *end = memchr(bytes + at, '\n', n - at);
        size_t len = end != NULL ? (size_t)(end - bytes) - at : n - at, from = at;
        at += len + 1;
        for (; len != 0 && isspace((unsigned char)bytes[from]); len--)
            from++;
        while (len != 0 && isspace((unsigned char)bytes[from + len - 1]))
            len--;
        if (len >= LINE_LEAST && strncmp(bytes + from, "-----", 5) != 0)
            add_form(v, bytes + from, len);
    }
}

static void add_forms(struct op_vault *v, const char *bytes, size_t n)
{
    for (size_t before = 0; before < 3; before++) {
        add_core(v, bytes, n, before, false);
        add_core(v, bytes, n, before, true);
    }
    add_quoted(v, bytes, n, false);
    add_quoted(v, bytes, n, true);
    add_percent(v, bytes, n);
    add_lines(v, bytes, n);
}

/* A value often ends with the newline of the file it was made from; elsewhere it stands without. */
static size_t trimmed(const char *bytes, size_t n)
{
    while (n != 0 && isspace((unsigned char)bytes[n - 1]))
        n--;
    return n;
}

static void know_everywhere(struct op_vault *v, size_t entry)
{
    if (v->v[entry].forms || v->v[entry].len < OP_VAULT_LEAST || commonplace(v->v[entry].bytes, v->v[entry].len) ||
        v->everywhere >= MOST_EVERYWHERE)
        return;
    v->v[entry].forms = true;
    v->everywhere++;
    sweep_for(v, entry);
    const char *bytes = v->v[entry].bytes; /* stays where it is while the table grows */
    size_t n = v->v[entry].len, less = trimmed(bytes, n);
    add_forms(v, bytes, n);
    if (less != n && less >= OP_VAULT_LEAST)
        know_everywhere(v, insert(v, bytes, less));
    OP_AUTO_BUF plain = OP_BUF_INIT;
    if (op_base64_text(bytes, n, &plain) && plain.len >= OP_VAULT_LEAST)
        know_everywhere(v, insert(v, plain.data, plain.len));
    if (plain.len != 0)
        explicit_bzero(plain.data, plain.len);
}

size_t op_vault_put(struct op_vault *v, const char *bytes, size_t n, bool weak)
{
    size_t entry = insert(v, bytes, n);
    if (!weak)
        know_everywhere(v, entry);
    return entry;
}

void op_vault_mark(struct op_vault *v, size_t entry, struct op_buf *out)
{
    if (v->v[entry].number == 0)
        add_number(v, entry);
    op_buf_addf(out, OP_MARK "%u]]", v->v[entry].number);
}

void op_vault_sweep(const struct op_vault *v, const char *text, size_t n, struct op_spans *out)
{
    if (v->n == 0)
        return;
    for (size_t at = 0; at + OP_VAULT_LEAST <= n; at++) {
        size_t longest = 0;
        for (uint32_t i = v->start[hash(text + at, OP_VAULT_LEAST)]; i != 0; i = v->v[i - 1].next_start) {
            const struct op_vault_value *value = &v->v[i - 1];
            if (value->len > longest && value->len <= n - at && memcmp(text + at, value->bytes, value->len) == 0)
                longest = value->len;
        }
        if (longest != 0)
            op_spans_add(out, at, longest, true);
    }
}

void op_vault_sweep_used(const struct op_vault *v, const struct op_strv *argv, const char *text, size_t n,
                         struct op_spans *out)
{
    for (unsigned number = 1; number <= v->numbers; number++) {
        const struct op_vault_value *value = op_vault_numbered(v, number);
        bool used = false;
        for (size_t i = 1; i < argv->n && !used; i++)
            used = strstr(argv->v[i], value->bytes) != NULL;
        for (const char *at = text;
             used && (at = memmem(at, n - (size_t)(at - text), value->bytes, value->len)) != NULL; at += value->len)
            op_spans_add(out, (size_t)(at - text), value->len, true);
    }
}

const struct op_vault_value *op_vault_numbered(const struct op_vault *v, unsigned number)
{
    return number != 0 && number <= v->numbers ? &v->v[v->by_number[number - 1] - 1] : NULL;
}

void op_vault_free(struct op_vault *v)
{
    for (size_t i = 0; i < v->n; i++) {
        explicit_bzero(v->v[i].bytes, v->v[i].len);
        free(v->v[i].bytes);
    }
    free(v->v);
    free(v->by_number);
    free(v->same);
    free(v->start);
    *v = (struct op_vault){ 0 };
}
