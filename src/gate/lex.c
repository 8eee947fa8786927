/* Takes a command line apart as pflag and cobra do: flags stand anywhere, -abc are three letters, -nx and
 * --namespace=x carry their value, "--" ends flags. Getting this wrong would let a verb hide behind a
 * flag, so whatever the tables do not know is reported, never skipped. */
#include "lex.h"

#include "opsh/base/str.h"

enum { VERB_WORDS = 4 };

struct finder {
    const struct op_catalog *cat;
    const struct op_strv *argv;
    struct op_lexed *lx;
    size_t verb_at[VERB_WORDS];
    const struct op_node *level[VERB_WORDS + 1]; /* row before any verb word (NULL), after the first, … */
    size_t n_verb;
    bool traverse;
};

static bool is_flag(const char *arg)
{
    return arg[0] == '-' && arg[1] != '\0';
}

static struct op_flag_spec look(const struct finder *f, const struct op_node *row, const char *name, size_t len,
                                bool is_letter)
{
    return op_table_flag(f->cat, f->lx->program, row, name, len, is_letter);
}

/* Does the flag at argv[i] take argv[i + 1], while the verb is still being looked for? cobra lets a flag it
 * does not know yet (it may belong to the verb that follows) take the next argument too. */
static bool eats_next(const struct finder *f, const struct op_node *row, const char *arg)
{
    if (strchr(arg, '=') != NULL)
        return false;
    if (arg[1] == '-') {
        struct op_flag_spec spec = look(f, row, arg + 2, strlen(arg + 2), false);
        return spec.kind == OP_FLAG_VALUE || (spec.kind == OP_FLAG_NONE && !f->traverse);
    }
    for (const char *c = arg + 1; *c != '\0'; c++) {
        struct op_flag_spec spec = look(f, row, c, 1, true);
        if (spec.kind == OP_FLAG_NONE)
            return !f->traverse && arg[2] == '\0';
        if (spec.kind == OP_FLAG_VALUE)
            return c[1] == '\0';
        if (spec.kind == OP_FLAG_OPTIONAL)
            return false;
    }
    return false;
}

/* The words that make the verb: as many as the tables know. */
static void find_verb(struct finder *f)
{
    char verb[sizeof(f->lx->verb)] = "";
    const struct op_node *row = op_table_verb(f->cat, f->lx->program, "");
    for (size_t i = 1; i < f->argv->n && f->n_verb < VERB_WORDS; i++) {
        const char *arg = f->argv->v[i];
        if (strcmp(arg, "--") == 0)
            break;
        if (is_flag(arg)) {
            i += eats_next(f, f->level[f->n_verb], arg);
            continue;
        }
        char longer[sizeof(verb)];
        int n = snprintf(longer, sizeof(longer), "%s%s%s", verb, *verb != '\0' ? " " : "", arg);
        const struct op_node *next =
            n > 0 && (size_t)n < sizeof(longer) ? op_table_verb(f->cat, f->lx->program, longer) : NULL;
        if (next == NULL) {
            if (f->n_verb == 0) { /* a plugin, or a verb newer than the tables */
                (void)snprintf(verb, sizeof(verb), "%s", arg);
                row = NULL;
                f->verb_at[f->n_verb++] = i;
            }
            break;
        }
        memcpy(verb, longer, sizeof(verb));
        row = next;
        f->verb_at[f->n_verb++] = i;
        f->level[f->n_verb] = op_table_resolve(f->cat, f->lx->program, row);
    }
    f->lx->row = op_table_resolve(f->cat, f->lx->program, row);
    (void)snprintf(f->lx->verb, sizeof(f->lx->verb), "%s", f->lx->row != NULL ? op_node_key(f->lx->row) : verb);
    f->lx->rest = f->n_verb != 0 ? f->verb_at[f->n_verb - 1] + 1 : 1;
}

static void add_flag(struct op_lexed *lx, struct op_flag_spec spec, const char *value)
{
    lx->flags = op_grow(lx->flags, lx->n_flags, &lx->flags_cap, sizeof(*lx->flags));
    lx->flags[lx->n_flags++] = (struct op_flag_use){ .name = spec.name,
                                                     .len = spec.len,
                                                     .value = value,
                                                     .is_switch = spec.kind == OP_FLAG_SWITCH,
                                                     .global = spec.global,
                                                     .behind_verb = lx->at >= lx->rest };
}

static void add_word(struct op_lexed *lx, const char *word)
{
    lx->words = op_grow(lx->words, lx->n_words, &lx->words_cap, sizeof(*lx->words));
    lx->words[lx->n_words++] = word;
}

static void strange(struct op_lexed *lx, const char *arg)
{
    if (lx->unknown == NULL)
        lx->unknown = arg;
}

/* Takes the value from the next argument; returns how many arguments that is. */
static size_t take_next(const struct finder *f, struct op_flag_spec spec, size_t i)
{
    if (i + 1 >= f->argv->n) {
        f->lx->valueless = f->argv->v[i];
        add_flag(f->lx, spec, NULL);
        return 0;
    }
    add_flag(f->lx, spec, f->argv->v[i + 1]);
    return 1;
}

static size_t long_flag(const struct finder *f, const struct op_node *row, size_t i)
{
    const char *arg = f->argv->v[i], *name = arg + 2, *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    struct op_flag_spec spec =
        len != 0 ? look(f, row, name, len, false) : (struct op_flag_spec){ .kind = OP_FLAG_NONE };
    if (spec.kind == OP_FLAG_NONE) {
        strange(f->lx, arg);
        return 0;
    }
    if (equals != NULL || spec.kind != OP_FLAG_VALUE) {
        add_flag(f->lx, spec, equals != NULL ? equals + 1 : NULL);
        return 0;
    }
    return take_next(f, spec, i);
}

static size_t letters(const struct finder *f, const struct op_node *row, size_t i)
{
    const char *arg = f->argv->v[i];
    for (const char *c = arg + 1; *c != '\0'; c++) {
        struct op_flag_spec spec = look(f, row, c, 1, true);
        if (spec.kind == OP_FLAG_NONE) {
            strange(f->lx, arg);
            return 0;
        }
        if (c[1] == '=') {
            add_flag(f->lx, spec, c + 2);
            return 0;
        }
        if (spec.kind == OP_FLAG_VALUE) {
            if (c[1] == '\0')
                return take_next(f, spec, i);
            add_flag(f->lx, spec, c + 1);
            return 0;
        }
        add_flag(f->lx, spec, NULL);
    }
    return 0;
}

/* Which row's flags count at argv[i]? */
static const struct op_node *row_at(const struct finder *f, size_t i)
{
    if (!f->traverse)
        return f->lx->row;
    size_t level = 0;
    while (level < f->n_verb && f->verb_at[level] < i)
        level++;
    return f->level[level];
}

static bool is_verb_word(const struct finder *f, size_t i)
{
    for (size_t k = 0; k < f->n_verb; k++)
        if (f->verb_at[k] == i)
            return true;
    return false;
}

static void read_all(const struct finder *f)
{
    struct op_lexed *lx = f->lx;
    bool ended = false, stops = op_table_true(lx->row, "stops");
    bool nested = op_node_get(lx->row, "nested") != NULL; /* all that follows the verb is another command line */
    lx->passed = SIZE_MAX;
    for (size_t i = 1; i < f->argv->n; i++) {
        const char *arg = f->argv->v[i];
        lx->at = i;
        if (is_verb_word(f, i))
            continue;
        if (nested && i >= lx->rest) {
            add_word(lx, arg);
        } else if (!ended && strcmp(arg, "--") == 0) {
            ended = true;
            lx->passed = lx->passed < lx->n_words ? lx->passed : lx->n_words;
        } else if (!ended && is_flag(arg)) {
            i += arg[1] == '-' ? long_flag(f, row_at(f, i), i) : letters(f, row_at(f, i), i);
        } else {
            add_word(lx, arg);
            if (stops && !ended) {
                ended = true;
                lx->passed = lx->n_words;
            }
        }
    }
    if (lx->passed > lx->n_words)
        lx->passed = lx->n_words;
}

void op_lex(const struct op_catalog *cat, const struct op_strv *argv, struct op_lexed *lx)
{
    *lx = (struct op_lexed){ .program = argv->v[0] };
    struct finder f = { .cat = cat, .argv = argv, .lx = lx };
    size_t i = 0;
    const struct op_node *traverse = op_table_flags(cat, lx->program, "traverse", &i);
    f.traverse = op_str_eq(op_node_text(traverse), "true");
    find_verb(&f);
    read_all(&f);
}

void op_lexed_free(struct op_lexed *lx)
{
    free(lx->flags);
    free(lx->words);
    *lx = (struct op_lexed){ 0 };
}

const char *op_lexed_value(const struct op_lexed *lx, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < lx->n_flags; i++)
        if (strlen(name) == lx->flags[i].len && memcmp(name, lx->flags[i].name, lx->flags[i].len) == 0)
            value = lx->flags[i].value != NULL ? lx->flags[i].value : "";
    return value;
}
