/* Commands that are typed as they are ("kubectl get pods -A"): taken word for word, when nothing in
 * them is a sentence. */
#include "planner.h"

#include "opsh/base/str.h"

bool text_words(const char *s, struct op_strv *out)
{
    while (*s != '\0') {
        while (isspace((unsigned char)*s))
            s++;
        if (*s == '\0')
            return true;
        OP_AUTO_BUF word = OP_BUF_INIT;
        op_buf_adds(&word, "");
        for (; *s != '\0' && !isspace((unsigned char)*s); s++) {
            if (*s == '"' || *s == '\'') {
                const char *end = strchr(s + 1, *s);
                if (end == NULL)
                    return false;
                op_buf_add(&word, s + 1, (size_t)(end - s - 1));
                s = end;
            } else if (strchr("|&;<>`$\n", *s) != NULL) {
                return false;
            } else {
                op_buf_addc(&word, *s);
            }
        }
        op_strv_push(out, op_buf_str(&word));
    }
    return true;
}

static bool program_verb(const struct op_catalog *cat, const char *program, const char *verb)
{
    size_t i = 0;
    const struct op_doc *doc = NULL;
    for (const struct op_node *s; (s = op_catalog_section(cat, "verbs", &i, &doc)) != NULL;) {
        if (!op_str_eq(op_node_text(op_node_get(doc->root, "program")), program))
            continue;
        for (const struct op_node *v = op_node_first(s); v != NULL; v = op_node_next(v)) {
            const char *name = op_node_key(v) != NULL ? op_node_key(v) : op_node_text(op_node_get(v, "verb"));
            size_t n = strlen(verb);
            if (name != NULL && strncmp(name, verb, n) == 0 && (name[n] == '\0' || name[n] == ' '))
                return true;
        }
    }
    return false;
}

/* Does any word speak English to us? Flags' values are left alone. */
static bool sentence(const struct lexicon *lex, const struct op_strv *argv)
{
    for (size_t i = 2; i < argv->n; i++) {
        if (*argv->v[i] == '-' || (*argv->v[i - 1] == '-' && strchr(argv->v[i - 1], '=') == NULL))
            continue;
        if (op_str_eq(argv->v[i], "--"))
            return false;
        char folded[256];
        if (strlen(argv->v[i]) >= sizeof(folded) / 2)
            continue;
        text_fold(folded, argv->v[i]);
        for (const struct word *w = lexicon_first(lex, folded); w != NULL; w = w->next)
            if (strcmp(w->form, folded) == 0 && i + 1 < argv->n && w->cls == WORD_TOPIC && op_str_eq(w->value, "all"))
                return true;
            else if (strcmp(w->form, folded) == 0 &&
                     (w->cls == WORD_FILLER || w->cls == WORD_ROLE || w->cls == WORD_MOOD) &&
                     !op_str_eq(w->value, "version") && strlen(folded) > 1)
                return true;
    }
    return false;
}

/* The one bar of "… | grep timeout", outside quotes; NULL: there is none. */
static const char *bar(const char *text)
{
    char quote = '\0';
    for (; *text != '\0'; text++) {
        if (quote != '\0')
            quote = *text == quote ? '\0' : quote;
        else if (*text == '"' || *text == '\'')
            quote = *text;
        else if (*text == '|')
            return text;
    }
    return NULL;
}

/* "grep -i -C 3 timeout" as what is shown; NULL: it is something else, or a pattern that is no plain text. */
static struct op_show *grep(const char *command)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    if (!text_words(command, &words) || words.n < 2 ||
        (strcmp(words.v[0], "grep") != 0 && strcmp(words.v[0], "egrep") != 0))
        return NULL;
    const char *pattern = NULL;
    bool without = false, wrong = false;
    int64_t around = 0;
    for (size_t i = 1; i < words.n; i++) {
        const char *w = words.v[i];
        bool context = (strncmp(w, "-A", 2) == 0 || strncmp(w, "-B", 2) == 0 || strncmp(w, "-C", 2) == 0);
        const char *n = context ? w[2] != '\0' ? w + 2 : i + 1 < words.n ? words.v[++i] : "" : NULL;
        wrong = wrong || (context && !op_str_int(n, 0, 50, &around));
        if (!context && *w == '-') {
            wrong = wrong || w[1] == '\0' || strspn(w + 1, "cinEeFvw") != strlen(w + 1);
            without = without || strchr(w, 'v') != NULL;
        } else if (!context) {
            wrong = wrong || pattern != NULL;
            pattern = w;
        }
    }
    if (wrong || pattern == NULL || *pattern == '\0' || strpbrk(pattern, "[]()*+?^$\\{}") != NULL)
        return NULL;
    struct op_show *show = op_calloc(1, sizeof(*show));
    struct op_show_rule *r = op_show_add(show);
    r->how = without ? OP_SHOW_WITHOUT : OP_SHOW_HAS;
    show->around = (size_t)around;
    for (const char *s = pattern; *s != '\0'; s += strcspn(s, "|"), s += *s == '|') {
        OP_AUTO_FREE char *one = op_strndup(s, strcspn(s, "|"));
        op_strv_push(&r->texts, one);
    }
    return show;
}

/* The command in front of "| grep …"; whole when there is no bar, NULL when something else stands behind it. */
static char *before_bar(const char *text, struct op_show **show)
{
    const char *at = bar(text);
    if (at == NULL)
        return op_strdup(text);
    *show = grep(at + 1);
    return *show != NULL ? op_strndup(text, (size_t)(at - text)) : NULL;
}

/* "docker compose status": of a verb that stands in two words, the second is none that the program has. */
static bool unknown_half(const struct op_catalog *cat, const struct op_strv *argv)
{
    if (argv->n < 3 || *argv->v[2] == '-' || !op_str_eq(argv->v[1], "compose"))
        return false;
    OP_AUTO_FREE char *both = op_asprintf("%s %s", argv->v[1], argv->v[2]);
    return !program_verb(cat, argv->v[0], both);
}

static bool literal(struct rules *r, const char *text, struct op_strv *argv)
{
    static const char *const programs[] = { "kubectl", "helm", "minikube", "docker" };
    static const char *const polite[] = { "please", "pls", "plz", "thanks" };
    const bool words = text_words(text, argv);
    while (words && argv->n > 2 && OP_IN(argv->v[argv->n - 1], polite))
        free(argv->v[--argv->n]);
    return words && argv->n >= 2 && !unknown_half(r->cat, argv) && OP_IN(argv->v[0], programs) &&
           program_verb(r->cat, argv->v[0], argv->v[1]) && !sentence(&r->lex, argv);
}

/* A part is shown of what only looks. */
static bool looks(const struct op_strv *argv)
{
    static const char *const verbs[] = { "get",           "describe",     "logs",    "top",    "events", "explain",
                                         "api-resources", "api-versions", "version", "list",   "ls",     "ps",
                                         "images",        "status",       "history", "search", "show",   "stats",
                                         "inspect",       "env",          "info",    "service" };
    return OP_IN(argv->v[1], verbs);
}

bool plan_literal(struct rules *r, const char *text, struct op_move *move)
{
    OP_AUTO_STRV argv = OP_STRV_INIT;
    struct op_show *show = NULL;
    OP_AUTO_FREE char *command = strlen(text) <= 4096 ? before_bar(text, &show) : NULL;
    if (command == NULL || !literal(r, command, &argv) || (show != NULL && !looks(&argv))) {
        op_show_free(show);
        return false;
    }
    struct op_step *step = op_move_add_step(move);
    step->argv = argv;
    argv = (struct op_strv)OP_STRV_INIT;
    step->tool = op_strdup(step->argv.v[0]);
    step->origin = OP_FROM_RULES;
    step->show = show;
    move->kind = OP_MOVE_STEPS;
    return true;
}
