/* From a command that changes objects to the command that reads them. Whatever the tables do not know makes it no
 * answer: a wrong guess here would save the wrong object. */
#include "opsh/gate/reading.h"

#include "objects.h"

#include "opsh/base/str.h"

/* Flags that `get` understands in the same way and that say which objects, where, and as whom. */
static const char *const selecting[] = { "namespace", "selector", "field-selector", "all-namespaces",
                                         "filename",  "kustomize", "recursive" };
static const char *const identity[] = { "context", "kube-context", "kubeconfig", "cluster", "user", "as", "as-group", "as-uid" };
static const char *const credentials[] = {
    "server",       "token",        "username",       "password",        "certificate-authority",    "client-certificate",
    "client-key",   "as-user-extra", "kube-apiserver", "kube-token",      "insecure-skip-tls-verify", "tls-server-name",
    "kube-ca-file", "kube-as-user", "kube-as-group",  "kube-tls-server-name", "kube-insecure-skip-tls-verify", "kuberc"
};

static bool is_one_of(const struct op_flag_use *use, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(names[i]) == use->len && memcmp(names[i], use->name, use->len) == 0)
            return true;
    return false;
}

static void push_flag(struct op_strv *to, const struct op_flag_use *use)
{
    if (use->value != NULL)
        op_strv_pushf(to, "--%.*s=%s", (int)use->len, use->name, use->value);
    else
        op_strv_pushf(to, "--%.*s", (int)use->len, use->name);
}

static bool is_setting(const char *word)
{
    return strchr(word, '=') != NULL || op_str_ends(word, "-");
}

/* The words that name objects; `set serviceaccount` ends with the name of another one. */
static size_t push_words(const struct op_lexed *lx, struct op_strv *to)
{
    bool pairs = op_table_true(lx->row, "pairs");
    size_t n = lx->passed < lx->n_words ? lx->passed : lx->n_words, pushed = 0;
    if (op_str_eq(lx->verb, "set serviceaccount") && n != 0)
        n--;
    for (size_t i = 0; i < n; i++) {
        if (pairs && i != 0 && is_setting(lx->words[i]))
            continue;
        op_strv_push(to, lx->words[i]);
        pushed++;
    }
    return pushed;
}

static bool reading(const struct op_lexed *lx, struct op_strv *get)
{
    const char *object = op_node_text(op_node_get(lx->row, "object"));
    if (lx->row == NULL || lx->unknown != NULL || lx->valueless != NULL || !op_str_eq(lx->program, "kubectl"))
        return false;
    op_strv_push(get, "kubectl");
    op_strv_push(get, "get");
    bool node = op_str_eq(object, "node"), selected = false;
    if (node)
        op_strv_push(get, "nodes");
    for (size_t i = 0; i < lx->n_flags; i++) {
        bool selects = is_one_of(&lx->flags[i], selecting, OP_LEN(selecting));
        if (!selects && !is_one_of(&lx->flags[i], identity, OP_LEN(identity)) &&
            !is_one_of(&lx->flags[i], credentials, OP_LEN(credentials)))
            continue;
        push_flag(get, &lx->flags[i]);
        selected = selected || (selects && !is_one_of(&lx->flags[i], selecting, 1));
    }
    size_t words = object == NULL || node || op_str_eq(object, "kinds") ? push_words(lx, get) : 0;
    return words != 0 || selected;
}

bool op_gate_reading(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *get)
{
    struct op_lexed lx = { 0 };
    op_lex(cat, argv, &lx);
    bool ok = reading(&lx, get);
    op_lexed_free(&lx);
    return ok;
}

bool op_gate_identity(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *flags)
{
    struct op_lexed lx = { 0 };
    op_lex(cat, argv, &lx);
    bool ok = lx.row != NULL && lx.unknown == NULL && lx.valueless == NULL;
    for (size_t i = 0; i < lx.n_flags; i++) {
        ok = ok && !is_one_of(&lx.flags[i], credentials, OP_LEN(credentials));
        if (is_one_of(&lx.flags[i], identity, OP_LEN(identity)))
            push_flag(flags, &lx.flags[i]);
    }
    op_lexed_free(&lx);
    return ok;
}

void op_gate_settings(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *settings)
{
    struct op_lexed lx = { 0 };
    op_lex(cat, argv, &lx);
    for (size_t i = 1; i < lx.n_words && op_table_true(lx.row, "pairs"); i++)
        if (is_setting(lx.words[i]))
            op_strv_push(settings, lx.words[i]);
    op_lexed_free(&lx);
}

bool op_gate_has_flag(const struct op_catalog *cat, const struct op_strv *argv, const char *name)
{
    struct op_lexed lx = { 0 };
    op_lex(cat, argv, &lx);
    const char *value = op_lexed_value(&lx, name);
    bool has = value != NULL && !op_str_eq(value, "false");
    op_lexed_free(&lx);
    return has;
}

size_t op_gate_words(const struct op_catalog *cat, const struct op_strv *argv)
{
    struct op_lexed lx = { 0 };
    op_lex(cat, argv, &lx);
    size_t n = lx.n_words;
    op_lexed_free(&lx);
    return n;
}
