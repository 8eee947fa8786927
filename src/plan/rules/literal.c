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
        for (const struct op_node *v = s->first; v != NULL; v = v->next) {
            const char *name = v->key != NULL ? v->key : op_node_text(op_node_get(v, "verb"));
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

bool plan_literal(struct rules *r, const char *text, struct op_move *move)
{
    static const char *const programs[] = { "kubectl", "helm", "minikube", "docker" };
    OP_AUTO_STRV argv = OP_STRV_INIT;
    if (strlen(text) > 4096 || !text_words(text, &argv) || argv.n < 2)
        return false;
    bool known = OP_IN(argv.v[0], programs);
    if (!known || !program_verb(r->cat, argv.v[0], argv.v[1]) || sentence(&r->lex, &argv))
        return false;
    struct op_step *step = op_move_add_step(move);
    step->argv = argv;
    argv = (struct op_strv)OP_STRV_INIT;
    step->tool = op_strdup(step->argv.v[0]);
    step->origin = OP_FROM_RULES;
    move->kind = OP_MOVE_STEPS;
    return true;
}
