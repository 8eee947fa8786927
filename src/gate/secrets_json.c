/* The data of Secrets in JSON, wherever it stands in a text (a whole List, an annotation, a line of a log). The kind
 * stands behind the data, so what is found waits for it; where the text ends before that, it counts as a Secret. */
#include "redact_i.h"

#include "opsh/base/str.h"

enum { DEPTH = 128, KEY_MOST = 64 };

struct frame {
    bool object, data; /* data: the map under data or stringData */
    bool kind, secret; /* its kind was seen; it is a Secret (or a list of them) */
    size_t pending;    /* where its waiting spans begin */
    const char *key;   /* the last key, in the text */
    size_t key_len;
};

struct walk {
    const char *text;
    size_t n;
    struct frame frames[DEPTH];
    size_t depth, beyond; /* beyond: levels deeper than that */
    struct op_spans waiting, *out;
    size_t secrets;
};

static bool is(const char *s, size_t n, const char *text)
{
    return strlen(text) == n && memcmp(s, text, n) == 0;
}

bool op_secret_type(const char *s, size_t n)
{
    static const char *const types[] = {
        "Opaque",
        "kubernetes.io/service-account-token",
        "kubernetes.io/dockercfg",
        "kubernetes.io/dockerconfigjson",
        "kubernetes.io/basic-auth",
        "kubernetes.io/ssh-auth",
        "kubernetes.io/tls",
        "bootstrap.kubernetes.io/token",
        "helm.sh/release.v1",
    };
    for (size_t i = 0; i < OP_LEN(types); i++)
        if (is(s, n, types[i]))
            return true;
    return false;
}

bool op_secret_key_is_weak(const char *s, size_t n)
{
    static const char *const keys[] = { "username", "user",   "login",     "host",   "hostname", "port",
                                        "database", "dbname", "db",        "name",   "region",   "endpoint",
                                        "email",    "type",   "namespace", "bucket", "server" };
    for (size_t i = 0; i < OP_LEN(keys); i++)
        if (strlen(keys[i]) == n && strncasecmp(s, keys[i], n) == 0)
            return true;
    return false;
}

static struct frame *top(struct walk *w)
{
    return w->depth != 0 && w->beyond == 0 ? &w->frames[w->depth - 1] : NULL;
}

static void push(struct walk *w, bool object)
{
    if (w->depth == DEPTH) {
        w->beyond++;
        return;
    }
    const struct frame *above = top(w);
    bool data = object && above != NULL && above->object &&
                (is(above->key, above->key_len, "data") || is(above->key, above->key_len, "stringData"));
    w->frames[w->depth++] = (struct frame){ .object = object, .data = data, .pending = w->waiting.n, .key = "" };
}

static void settle(struct walk *w, const struct frame *f, bool whole)
{
    bool last = w->depth == 0 && whole;
    w->secrets += f->secret;
    if (f->secret)
        for (size_t i = f->pending; i < w->waiting.n; i++)
            op_spans_add(w->out, w->waiting.v[i].at, w->waiting.v[i].n, w->waiting.v[i].weak);
    if (f->secret || f->kind || last)
        w->waiting.n = f->pending;
}

static void pop(struct walk *w, bool object)
{
    if (w->beyond != 0) {
        w->beyond--;
        return;
    }
    if (w->depth == 0 || w->frames[w->depth - 1].object != object) /* a stray bracket of some text around */
        return;
    struct frame f = w->frames[--w->depth];
    settle(w, &f, true);
}

/* The end of the string that begins at `at` (behind its quote), or SIZE_MAX: no JSON string spans lines. */
static size_t string_end(const struct walk *w, size_t at)
{
    for (; at < w->n && w->text[at] != '\n'; at++) {
        if (w->text[at] == '\\')
            at++;
        else if (w->text[at] == '"')
            return at;
    }
    return at >= w->n ? w->n : SIZE_MAX; /* cut off: as long as it is */
}

static void value(struct walk *w, struct frame *f, size_t at, size_t n)
{
    const char *s = w->text + at;
    if (f->data) {
        op_spans_add(&w->waiting, at, n, op_secret_key_is_weak(f->key, f->key_len));
    } else if (is(f->key, f->key_len, "kind")) {
        f->kind = true;
        f->secret = f->secret || is(s, n, "Secret") || is(s, n, "SecretList");
    } else if (is(f->key, f->key_len, "type") && op_secret_type(s, n)) {
        f->secret = true;
    }
    f->key_len = 0;
}

static size_t string(struct walk *w, size_t at)
{
    struct frame *f = top(w);
    size_t end = string_end(w, at + 1), next = end;
    if (end == SIZE_MAX)
        return at + 1;
    for (next = end + 1; next < w->n && isspace((unsigned char)w->text[next]);)
        next++;
    if (f == NULL || !f->object)
        return end + 1;
    if (next < w->n && w->text[next] == ':' && f->key_len == 0) {
        f->key = w->text + at + 1;
        f->key_len = end - at - 1;
        return next + 1;
    }
    if (f->key_len != 0 && (end < w->n || f->data)) /* half a kind says nothing */
        value(w, f, at + 1, end - at - 1);
    return end + 1;
}

size_t op_find_json_secrets(const char *text, size_t n, struct op_spans *out)
{
    struct walk *w = op_calloc(1, sizeof(*w));
    *w = (struct walk){ .text = text, .n = n, .out = out };
    for (size_t at = 0; at < n;) {
        char c = text[at];
        struct frame *f = top(w);
        if (c == '"' && (w->depth != 0 || w->beyond != 0)) {
            at = string(w, at);
            continue;
        }
        if (c == '{' || c == '[') {
            push(w, c == '{');
            if (f != NULL)
                f->key_len = 0;
        } else if (c == '}' || c == ']') {
            pop(w, c == '}');
        } else if (c == ',' && f != NULL) {
            f->key_len = 0;
        }
        at++;
    }
    while (w->depth != 0) { /* cut off in the middle: what nobody says otherwise of is a Secret's */
        struct frame f = w->frames[--w->depth];
        settle(w, &f, false);
    }
    for (size_t i = 0; i < w->waiting.n; i++)
        op_spans_add(out, w->waiting.v[i].at, w->waiting.v[i].n, w->waiting.v[i].weak);
    size_t secrets = w->secrets;
    free(w->waiting.v);
    free(w);
    return secrets;
}
