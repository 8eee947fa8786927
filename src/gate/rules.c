/* The conditions of rules. A rule that raises a class holds as soon as one flag, kind or word fits;
 * a rule that lowers it only when all of them do: in doubt the worse class stays. */
#include "rules.h"

#include "opsh/base/str.h"

bool op_rule_given(const struct op_flag_use *use)
{
    static const char *const off[] = { "false", "False", "FALSE", "f", "F", "0" };
    for (size_t i = 0; use->is_switch && use->value != NULL && i < OP_LEN(off); i++)
        if (strcmp(use->value, off[i]) == 0)
            return false;
    return true;
}

static const char *text_of(const struct op_flag_use *use)
{
    return use->value != NULL ? use->value : "";
}

/* A value fits when it matches `value` and does not match `not_value`. */
static bool value_fits(const struct op_node *rule, const struct op_flag_use *use)
{
    const struct op_node *value = op_node_get(rule, "value"), *not_value = op_node_get(rule, "not_value");
    if (value == NULL && not_value == NULL)
        return op_rule_given(use);
    return (value == NULL || op_table_globs(value, text_of(use))) &&
           (not_value == NULL || !op_table_globs(not_value, text_of(use)));
}

static bool flag_holds(const struct op_node *rule, const struct op_lexed *lx, bool strict)
{
    const struct op_node *flag = op_node_get(rule, "flag");
    if (flag == NULL)
        return true;
    bool any = false, global = op_table_true(rule, "global");
    for (size_t i = 0; i < lx->n_flags; i++) {
        if (!op_table_lists(flag, lx->flags[i].name, lx->flags[i].len) || (global && !lx->flags[i].global))
            continue;
        bool fits = value_fits(rule, &lx->flags[i]);
        if (strict && !fits)
            return false;
        any = any || fits;
    }
    return any;
}

static bool any_flag(const struct op_node *flags, const struct op_lexed *lx)
{
    for (size_t i = 0; flags != NULL && i < lx->n_flags; i++)
        if (op_table_lists(flags, lx->flags[i].name, lx->flags[i].len) && op_rule_given(&lx->flags[i]))
            return true;
    return false;
}

/* "pods.v1." and "deployments.apps" are pods and deployments. */
static bool kind_matches(const struct op_node *kind, const char *text)
{
    OP_AUTO_FREE char *plain = op_strndup(text, strcspn(text, "."));
    return op_table_globs(kind, text) || op_table_globs(kind, plain);
}

static bool kind_holds(const struct op_node *kind, const struct op_named *named, bool strict)
{
    if (kind == NULL)
        return true;
    bool any = false;
    for (size_t i = 0; i < named->kinds.n; i++) {
        bool fits = kind_matches(kind, named->kinds.v[i]);
        if (strict && !fits)
            return false;
        any = any || fits;
    }
    return any;
}

/* What cannot be read may be of any kind. */
static bool given_holds(const struct op_node *patterns, const struct op_named *named)
{
    bool any = named->unread;
    for (size_t i = 0; i < named->given.n && !any; i++)
        any = op_table_globs(patterns, named->given.v[i]);
    return any;
}

static bool any_word(const struct op_node *patterns, const struct op_lexed *lx)
{
    for (size_t i = 0; patterns != NULL && i < lx->n_words; i++)
        if (op_table_globs(patterns, lx->words[i]))
            return true;
    return false;
}

bool op_rule_holds(const struct op_node *rule, const struct op_lexed *lx, const struct op_named *named, bool strict)
{
    const struct op_node *arg = op_node_get(rule, "arg"), *with = op_node_get(rule, "with");
    const struct op_node *input = op_node_get(rule, "input"), *given = op_node_get(rule, "input_kind");
    return flag_holds(rule, lx, strict) && kind_holds(op_node_get(rule, "kind"), named, strict) &&
           (arg == NULL || any_word(arg, lx)) && !any_flag(op_node_get(rule, "not_flag"), lx) &&
           !any_word(op_node_get(rule, "not_arg"), lx) && (with == NULL || any_flag(with, lx)) &&
           (input == NULL || (lx->input != NULL && op_table_globs(input, lx->input))) &&
           (given == NULL || given_holds(given, named)) &&
           (!op_table_true(rule, "single") || (named->names.n == 1 && named->kinds.n == 1));
}

void op_rule_flag(const struct op_node *rule, const struct op_lexed *lx, char *out, size_t size)
{
    const struct op_node *flag = op_node_get(rule, "flag");
    out[0] = '\0';
    for (size_t i = 0; i < lx->n_flags; i++) {
        const struct op_flag_use *use = &lx->flags[i];
        if (op_table_lists(flag, use->name, use->len) && value_fits(rule, use)) {
            (void)snprintf(out, size, "%s%.*s", use->len == 1 ? "-" : "--", (int)use->len, use->name);
            return;
        }
    }
}
