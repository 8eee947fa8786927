/* What the redactor's files share: its memory (vault.c), its finders (patterns.c, named.c, objects_secret.c). */
#ifndef OPSH_GATE_REDACT_I_H
#define OPSH_GATE_REDACT_I_H

#include "opsh/gate/redact.h"

#include <regex.h>

#define OP_MARK "[[opsh-secret-"

struct op_span { /* bytes of a text that are secret */
    size_t at, n;
    bool weak; /* replaced here, not looked for elsewhere: a user name, a host */
};

struct op_spans {
    struct op_span *v;
    size_t n, cap;
};

void op_spans_add(struct op_spans *s, size_t at, size_t n, bool weak);

/* ---- vault.c: the values ---- */

struct op_vault_value {
    char *bytes; /* NUL-terminated, len bytes */
    size_t len;
    unsigned number;                /* of its placeholder; 0: it has not been used yet */
    uint32_t next_same, next_start; /* chains of the two indexes: index + 1, 0 ends */
    bool swept, forms;              /* looked for everywhere; its other forms are known too */
};

struct op_vault {
    struct op_vault_value *v;
    size_t n, cap, everywhere;
    unsigned numbers;
    uint32_t *by_number; /* index + 1 */
    size_t by_number_cap;
    uint32_t *same, *start; /* heads of chains, OP_VAULT_HEADS each: by all bytes, by the first OP_VAULT_LEAST */
};

enum { OP_VAULT_HEADS = 1 << 14, OP_VAULT_LEAST = 6 };

/* The value's entry, made where there is none; weak ones are not looked for elsewhere. */
size_t op_vault_put(struct op_vault *v, const char *bytes, size_t n, bool weak);
/* Its placeholder, appended. */
void op_vault_mark(struct op_vault *v, size_t entry, struct op_buf *out);
/* Where known values stand in text. */
void op_vault_sweep(const struct op_vault *v, const char *text, size_t n, struct op_spans *out);
/* Values that stand in this command line, however short: where its output repeats them. */
void op_vault_sweep_used(const struct op_vault *v, const struct op_strv *argv, const char *text, size_t n,
                         struct op_spans *out);
const struct op_vault_value *op_vault_numbered(const struct op_vault *v, unsigned number);
void op_vault_free(struct op_vault *v);

struct op_redact {
    struct op_vault vault;
    regex_t *patterns;
    size_t n_patterns, patterns_cap;
    const struct op_catalog *cat; /* of the guard */
};

/* ---- finders: each adds what it finds ---- */

void op_find_shapes(const char *text, size_t n, struct op_spans *out);         /* patterns.c */
void op_find_named(const char *text, size_t n, struct op_spans *out);          /* named.c */
size_t op_find_json_secrets(const char *text, size_t n, struct op_spans *out); /* secrets_json.c: how many Secrets */
size_t op_find_yaml_secrets(const char *text, size_t n, struct op_spans *out); /* secrets_yaml.c */

/* ---- small things ---- */

bool op_secret_type(const char *s, size_t n);        /* a type that only Secrets have: Opaque, kubernetes.io/tls */
bool op_secret_key_is_weak(const char *s, size_t n); /* username, host: secret in a Secret, common elsewhere */

bool op_is_base64(char c); /* standard alphabet, or URL's; not '=' */
/* The plain text that a base64 word stands for, appended; false: it is none, or not text. */
bool op_base64_text(const char *word, size_t n, struct op_buf *out);
/* A placeholder at text: its length and number; 0: there is none. */
size_t op_mark_at(const char *text, size_t n, unsigned *number);
/* Does the value tell something by itself: digits, mixed case, signs? A plain word does not. */
bool op_looks_secret(const char *s, size_t n);

#endif
