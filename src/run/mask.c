/* Recognises secrets by where they stand. Masks too much rather than too little: nothing is ever run from what it
 * leaves. */
#include "opsh/run/mask.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

#include <strings.h>

static const char *const secret_words[] = { "password", "passwd",     "passphrase", "secret",     "token",      "apikey",
                                            "api_key",  "api-key",    "credential", "privatekey", "private_key", "private-key",
                                            "accesskey", "access_key", "access-key" };

/* The whole value behind these flags is secret. */
static const char *const secret_flags[] = { "--docker-password", "--token",      "--password", "--kube-token",
                                            "--passphrase",      "--client-key", "--secret" };

static bool contains(const char *text, size_t n, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= n; i++)
        if (strncasecmp(text + i, word, len) == 0)
            return true;
    return false;
}

bool op_mask_key(const char *key, size_t n)
{
    for (size_t i = 0; i < OP_LEN(secret_words); i++)
        if (contains(key, n, secret_words[i]))
            return true;
    return false;
}

/* In "a=b,password=x": what stands behind a key that speaks of a secret, up to the next comma. */
static void mask_pairs(const char *arg, struct op_buf *out)
{
    size_t key = 0;
    for (size_t i = 0; arg[i] != '\0'; i++) {
        op_buf_addc(out, arg[i]);
        if (arg[i] == ',' || arg[i] == '&' || arg[i] == '?')
            key = i + 1;
        if (arg[i] != '=')
            continue;
        bool secret = op_mask_key(arg + key, i - key);
        key = i + 1;
        if (!secret || arg[i + 1] == '\0')
            continue;
        op_buf_adds(out, OP_MASK);
        i += strcspn(arg + i + 1, ",");
    }
}

/* "https://user:password@host" */
static void mask_url(const char *arg, struct op_buf *out)
{
    const char *scheme = strstr(arg, "://");
    const char *at = scheme != NULL ? strchr(scheme, '@') : NULL;
    const char *colon = at != NULL ? memchr(scheme + 3, ':', (size_t)(at - scheme - 3)) : NULL;
    if (colon == NULL || memchr(scheme + 3, '/', (size_t)(at - scheme - 3)) != NULL) {
        mask_pairs(arg, out);
        return;
    }
    op_buf_add(out, arg, (size_t)(colon + 1 - arg));
    op_buf_adds(out, OP_MASK);
    mask_pairs(at, out);
}

struct masking {
    bool login;  /* docker login, helm registry login: -p is the password */
    bool secret; /* kubectl patch secret: -p is the secret */
};

static bool is_flag(const char *arg, const char *flag, size_t *value)
{
    size_t n = strlen(flag);
    if (strncmp(arg, flag, n) != 0 || (arg[n] != '\0' && arg[n] != '='))
        return false;
    *value = arg[n] == '=' ? n + 1 : 0;
    return true;
}

/* Is all of this flag's value secret? *value: where it begins in arg; 0: the next argument is it. */
static bool secret_flag(const struct masking *m, const char *arg, size_t *value)
{
    for (size_t i = 0; i < OP_LEN(secret_flags); i++)
        if (is_flag(arg, secret_flags[i], value))
            return true;
    if (m->secret && (is_flag(arg, "--patch", value) || is_flag(arg, "-p", value)))
        return true;
    if ((m->login || m->secret) && strncmp(arg, "-p", 2) == 0 && arg[2] != '-') {
        *value = arg[2] == '\0' ? 0 : 2;
        return true;
    }
    return false;
}

static void mask_literal(const char *pair, struct op_buf *out)
{
    size_t key = strcspn(pair, "=");
    op_buf_add(out, pair, key);
    op_buf_adds(out, pair[key] == '=' ? "=" OP_MASK : "");
}

static struct masking look(const struct op_strv *argv)
{
    struct masking m = { .login = op_strv_has(argv, "login") };
    bool patch = op_strv_has(argv, "patch");
    for (size_t i = 1; patch && i < argv->n; i++)
        m.secret = m.secret || (argv->v[i][0] != '-' && argv->v[i][0] != '{' && contains(argv->v[i], strcspn(argv->v[i], "/."), "secret"));
    return m;
}

void op_mask_argv(const struct op_strv *argv, struct op_strv *out)
{
    struct masking m = look(argv);
    for (size_t i = 0; i < argv->n; i++) {
        const char *arg = argv->v[i];
        size_t value = 0;
        OP_AUTO_BUF text = OP_BUF_INIT;
        if (is_flag(arg, "--from-literal", &value)) {
            op_buf_add(&text, arg, value);
            if (value != 0)
                mask_literal(arg + value, &text);
            else
                op_buf_adds(&text, arg);
            op_strv_push(out, op_buf_str(&text));
            if (value == 0 && i + 1 < argv->n) {
                op_buf_trunc(&text, 0);
                mask_literal(argv->v[++i], &text);
                op_strv_push(out, op_buf_str(&text));
            }
            continue;
        }
        if (secret_flag(&m, arg, &value)) {
            op_buf_add(&text, arg, value != 0 ? value : strlen(arg));
            op_buf_adds(&text, value != 0 ? OP_MASK : "");
            op_strv_push(out, op_buf_str(&text));
            if (value == 0 && i + 1 < argv->n) {
                op_strv_push(out, OP_MASK);
                i++;
            }
            continue;
        }
        mask_url(arg, &text);
        op_strv_push(out, op_buf_str(&text));
    }
}

/* "kind: Secret" in YAML or JSON, however it is spaced and quoted. */
static bool speaks_of_secret_kind(const char *text)
{
    for (const char *at = text; (at = strstr(at, "kind")) != NULL; at += 4) {
        const char *value = at + 4 + strspn(at + 4, "\\\"' :\t\r\n");
        if (value != at + 4 && strncasecmp(value, "secret", 6) == 0)
            return true;
    }
    return false;
}

bool op_mask_is_secret(const char *text)
{
    size_t n = strlen(text);
    static const char *const words[] = { "stringData", "-----BEGIN ", "password", "passwd",     "passphrase", "token",
                                         "apikey",     "api_key",     "api-key",  "credential", "private_key", "access_key" };
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (contains(text, n, words[i]))
            return true;
    return speaks_of_secret_kind(text);
}
