/* Reads objects out of words: "pods,services", "deployment/web", "pod a b", "secret generic x". */
#include "objects.h"

#include "opsh/base/str.h"

static bool is_setting(const char *word)
{
    return strchr(word, '=') != NULL || op_str_ends(word, "-");
}

static void add_kinds(struct op_strv *kinds, const char *text, size_t len)
{
    for (size_t at = 0; at <= len;) {
        size_t n = 0;
        while (at + n < len && text[at + n] != ',')
            n++;
        if (n != 0)
            op_strv_take(kinds, op_strndup(text + at, n));
        at += n + 1;
    }
}

/* TYPE NAME…, TYPE/NAME…, or names alone where the verb says what they are. */
static void read_kinds(const struct op_lexed *lx, bool pairs, const char *kind, struct op_named *to)
{
    bool typed = kind != NULL;
    for (size_t i = 0; i < lx->n_words; i++) {
        const char *word = lx->words[i], *slash = strchr(word, '/');
        if (pairs && is_setting(word))
            continue;
        if (slash != NULL) {
            add_kinds(&to->kinds, word, (size_t)(slash - word));
            op_strv_push(&to->names, slash + 1);
        } else if (!typed) {
            add_kinds(&to->kinds, word, strlen(word));
            typed = true;
        } else {
            op_strv_push(&to->names, word);
        }
    }
    if (kind != NULL && to->kinds.n == 0)
        op_strv_push(&to->kinds, kind);
}

/* "create TYPE NAME", where secrets and services have a subtype in between. */
static void read_created(const struct op_lexed *lx, struct op_named *to)
{
    if (lx->n_words == 0)
        return;
    const char *kind = lx->words[0];
    bool subtype = op_str_eq(kind, "secret") || op_str_eq(kind, "service") || op_str_eq(kind, "svc");
    size_t at = subtype ? 2 : 1;
    op_strv_push(&to->kinds, kind);
    if (at < lx->n_words && at < lx->passed)
        op_strv_push(&to->names, lx->words[at]);
}

/* The first word is the thing; the others are ports, commands, paths. */
static void read_first(const struct op_lexed *lx, const char *kind, struct op_named *to)
{
    if (lx->n_words == 0 || (lx->passed == 0 && !op_table_true(lx->row, "stops")))
        return;
    const char *unnamed = op_node_text(op_node_get(lx->row, "unnamed"));
    if (unnamed != NULL && op_lexed_value(lx, unnamed) != NULL)
        return;
    const char *word = lx->words[0], *slash = op_str_eq(kind, "pod") ? strchr(word, '/') : NULL;
    if (slash != NULL)
        op_strv_take(&to->kinds, op_strndup(word, (size_t)(slash - word)));
    else
        op_strv_push(&to->kinds, kind);
    op_strv_push(&to->names, slash != NULL ? slash + 1 : word);
}

void op_objects_read(const struct op_lexed *lx, struct op_named *named)
{
    *named = (struct op_named){ .kinds = OP_STRV_INIT, .names = OP_STRV_INIT, .given = OP_STRV_INIT };
    const char *object = op_node_text(op_node_get(lx->row, "object"));
    bool pairs = op_table_true(lx->row, "pairs");
    if (object == NULL)
        return;
    if (op_str_eq(object, "kinds"))
        read_kinds(lx, pairs, NULL, named);
    else if (op_str_eq(object, "node"))
        read_kinds(lx, pairs, "node", named);
    else if (op_str_eq(object, "created"))
        read_created(lx, named);
    else
        read_first(lx, object, named);
}

void op_objects_free(struct op_named *named)
{
    op_strv_free(&named->kinds);
    op_strv_free(&named->names);
    op_strv_free(&named->given);
}

bool op_objects_possible(const char *name)
{
    size_t n = strlen(name);
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@";
    return n != 0 && n <= 253 && *name != '-' && strspn(name, allowed) == n && !op_str_eq(name, ".") &&
           !op_str_eq(name, "..");
}

bool op_objects_are_kubernetes(const struct op_node *row)
{
    static const char *const ours[] = { "kinds", "created", "pod", "node" };
    const char *object = op_node_text(op_node_get(row, "object"));
    return OP_IN(object, ours);
}
