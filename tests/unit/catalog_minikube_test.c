/* Every minikube command line that opsh can make, and every flag that its tables know, against minikube's own reference
 * (tests/fixtures/minikube/commands.txt). */
#include "opsh/base/diff.h"
#include "opsh/base/str.h"
#include "opsh/base/strv.h"
#include "opsh/catalog/embedded.h"
#include "opsh/os/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

struct command {
    char *name;            /* "addons enable" */
    const char *same;      /* an alias: of this one */
    struct op_strv flags;  /* "o/output=" */
};

static struct command commands[120];
static size_t n_commands;
static struct op_strv every; /* flags of all commands */

static void words_of(const char *s, const char *between, struct op_strv *out)
{
    for (s += strspn(s, between); *s != '\0'; s += strspn(s, between)) {
        size_t n = strcspn(s, between);
        op_strv_take(out, op_strndup(s, n));
        s += n;
    }
}

static int read_reference(void **state)
{
    (void)state;
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    struct op_err err = OP_ERR_INIT;
    if (!op_file_read(OPSH_SOURCE_DIR "/tests/fixtures/minikube/commands.txt", (size_t)1 << 20, &text, &err))
        return -1;
    op_diff_split(op_buf_str(&text), &lines);
    for (size_t i = 0; i < lines.n && n_commands < OP_LEN(commands); i++) {
        OP_AUTO_STRV cells = OP_STRV_INIT;
        words_of(lines.v[i], "\t", &cells);
        if (cells.n >= 2 && op_str_eq(cells.v[0], "every")) {
            words_of(cells.v[1], " ", &every);
        } else if (cells.n >= 2 && op_str_eq(cells.v[0], "command")) {
            struct command *c = &commands[n_commands++];
            c->name = op_strdup(cells.v[1]);
            words_of(cells.n == 3 ? cells.v[2] : "", " ", &c->flags);
        } else if (cells.n == 3 && op_str_eq(cells.v[0], "alias")) {
            struct command *c = &commands[n_commands++];
            c->name = op_strdup(cells.v[1]);
            for (size_t k = 0; k < n_commands - 1; k++)
                if (op_str_eq(commands[k].name, cells.v[2]))
                    c->same = commands[k].name;
        }
    }
    return n_commands > 60 && every.n > 15 ? 0 : -1;
}

static int forget_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_commands; i++) {
        free(commands[i].name);
        op_strv_free(&commands[i].flags);
    }
    op_strv_free(&every);
    return 0;
}

static const struct command *command(const char *name)
{
    for (size_t i = 0; i < n_commands; i++)
        if (op_str_eq(commands[i].name, name))
            return commands[i].same != NULL ? command(commands[i].same) : &commands[i];
    return NULL;
}

/* minikube writes --log_dir; opsh's tables say log-dir, and its gate reads both. */
static bool same_name(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((a[i] == '_' ? '-' : a[i]) != (b[i] == '_' ? '-' : b[i]))
            return false;
    return true;
}

/* "o/output=" has the name "output" and the letter 'o'. 0: no such flag; else '=', '?' or ' ' by what it takes. */
static char takes(const struct op_strv *flags, const char *flag, size_t n, bool letter)
{
    for (size_t i = 0; i < flags->n; i++) {
        const char *f = flags->v[i];
        char own = f[1] == '/' ? f[0] : '\0';
        const char *name = own != '\0' ? f + 2 : f;
        size_t length = strcspn(name, "=?");
        if (letter ? (n == 1 && own == *flag) : (length == n && same_name(name, flag, n)))
            return name[length] != '\0' ? name[length] : ' ';
    }
    return '\0';
}

/* Why minikube would not take this command line; NULL: it would. owned */
static char *refused(const struct op_strv *argv)
{
    OP_AUTO_BUF path = OP_BUF_INIT;
    const struct command *c = NULL;
    size_t i = 1;
    for (; i < argv->n && argv->v[i][0] != '-'; i++) {
        OP_AUTO_FREE char *longer = op_asprintf("%s%s%s", op_buf_str(&path), path.len != 0 ? " " : "", argv->v[i]);
        if (command(longer) == NULL)
            break;
        c = command(longer);
        op_buf_trunc(&path, 0);
        op_buf_adds(&path, longer);
    }
    if (c == NULL)
        return op_asprintf("no command \"%s\"", argv->n > 1 ? argv->v[1] : "");
    for (; i < argv->n; i++) {
        const char *w = argv->v[i];
        if (strcmp(w, "--") == 0)
            break;
        if (w[0] != '-' || w[1] == '\0')
            continue;
        bool letter = w[1] != '-';
        const char *flag = w + (letter ? 1 : 2);
        size_t n = letter ? 1 : strcspn(flag, "=");
        char how = takes(&c->flags, flag, n, letter);
        how = how != '\0' ? how : takes(&every, flag, n, letter);
        bool given = !letter && flag[n] == '=';
        if (how == '\0')
            return op_asprintf("minikube %s has no flag %s", c->name, w);
        if (how == '=' && !given && ++i == argv->n)
            return op_asprintf("%s needs a value", w);
        if (how == ' ' && given && !op_str_eq(flag + n, "=true") && !op_str_eq(flag + n, "=false"))
            return op_asprintf("%s takes no value", w);
    }
    return NULL;
}

static void the_documented_lines_parse(void **state)
{
    (void)state;
    static const char *const good[] = { "minikube start --driver=docker --memory=4096 --cpus=2", "minikube addons enable ingress",
                                        "minikube image load todo-backend:1.0.0", "minikube image list", "minikube ip", "minikube status -o json",
                                        "minikube addons list -o json", "minikube stop -p other", "minikube delete --all --purge" };
    static const char *const bad[] = { "minikube start --cpu=2", "minikube begin", "minikube addons enable ingress --driver=docker", "minikube ip --node",
                                       "minikube start --force=maybe", "minikube image load x --overwrit", "minikube status -x" };
    for (size_t i = 0; i < OP_LEN(good); i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        words_of(good[i], " ", &argv);
        OP_AUTO_FREE char *why = refused(&argv);
        if (why != NULL)
            fail_msg("%s: %s", good[i], why);
    }
    for (size_t i = 0; i < OP_LEN(bad); i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        words_of(bad[i], " ", &argv);
        OP_AUTO_FREE char *why = refused(&argv);
        if (why == NULL)
            fail_msg("%s is taken", bad[i]);
    }
}

static const struct op_doc *table(void)
{
    for (size_t i = 0; i < op_embedded_docs_n; i++)
        if (op_str_eq(op_node_text(op_node_get(op_embedded_docs[i].root, "program")), "minikube") &&
            op_node_get(op_embedded_docs[i].root, "verbs") != NULL)
            return &op_embedded_docs[i];
    return NULL;
}

static void check_flags(const struct op_node *list, const char *of, const struct op_strv *own, struct op_buf *bad)
{
    for (const struct op_node *f = op_node_first(list); f != NULL; f = op_node_next(f)) {
        const char *name = op_node_text(f)[1] == '/' ? op_node_text(f) + 2 : op_node_text(f);
        size_t n = strcspn(name, "=?");
        char ours = name[n] != '\0' ? name[n] : ' ', how = own != NULL ? takes(own, name, n, false) : '\0';
        how = how != '\0' ? how : takes(&every, name, n, false);
        if (how == '\0')
            op_buf_addf(bad, "tools/minikube.yaml:%u: minikube %s has no flag --%.*s\n", f->line, of, (int)n, name);
        else if (how != ours)
            op_buf_addf(bad, "tools/minikube.yaml:%u: minikube %s: --%.*s takes '%c', not '%c'\n", f->line, of, (int)n, name, how, ours);
    }
}

/* Verbs of the table that the reference has no page for: minikube alone, and what its library adds. */
static bool elsewhere(const char *verb)
{
    static const char *const verbs[] = { "", "help", "completion", "options" };
    for (size_t i = 0; i < OP_LEN(verbs); i++)
        if (op_str_eq(verbs[i], verb))
            return true;
    return false;
}

static void every_verb_and_flag_of_the_table_is_minikube_s(void **state)
{
    (void)state;
    OP_AUTO_BUF bad = OP_BUF_INIT;
    const struct op_doc *doc = table();
    assert_non_null(doc);
    check_flags(op_node_get(op_node_get(doc->root, "flags"), "known"), "", NULL, &bad);
    size_t seen = 0;
    for (const struct op_node *v = op_node_first(op_node_get(doc->root, "verbs")); v != NULL; v = op_node_next(v), seen++) {
        const struct command *c = command(op_node_key(v));
        if (c == NULL && !elsewhere(op_node_key(v)))
            op_buf_addf(&bad, "tools/minikube.yaml:%u: no command minikube %s\n", v->key_line, op_node_key(v));
        if (c != NULL)
            check_flags(op_node_get(v, "flags"), op_node_key(v), &c->flags, &bad);
    }
    assert_true(seen > 50);
    if (bad.len != 0)
        fail_msg("%s", op_buf_str(&bad));
}

/* The words of an argv template; what stands under a condition is there too, each hole is a word like another. */
static void flatten(const struct op_node *n, struct op_strv *out)
{
    if (n->kind == OP_NODE_SCALAR) {
        op_strv_push(out, op_node_text(n));
        return;
    }
    for (const struct op_node *c = n->kind == OP_NODE_MAP ? op_node_get(n, "then") : op_node_first(n); c != NULL; c = op_node_next(c)) {
        flatten(c, out);
        if (n->kind == OP_NODE_MAP)
            return;
    }
}

static size_t check_lines(const struct op_node *n, const char *file, struct op_buf *bad)
{
    size_t seen = 0;
    bool words = !op_str_eq(op_node_key(n), "enum") && !op_str_eq(op_node_key(n), "say"); /* of values, not of a command line */
    if (n->kind == OP_NODE_LIST && words && op_node_first(n) != NULL && op_str_eq(op_node_text(op_node_first(n)), "minikube") && n->n > 1) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        flatten(n, &argv);
        OP_AUTO_FREE char *why = refused(&argv);
        if (why != NULL && !(op_str_eq(op_node_key(n), "argv") && n->n == 2 && op_node_next(op_node_first(n))->kind == OP_NODE_MAP)) /* minikube {args} */
            op_buf_addf(bad, "%s:%u: %s\n", file, n->line, why);
        return 1;
    }
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        seen += check_lines(c, file, bad);
    return seen;
}

static void every_line_that_opsh_makes_is_taken(void **state)
{
    (void)state;
    OP_AUTO_BUF bad = OP_BUF_INIT;
    size_t seen = 0;
    for (size_t i = 0; i < op_embedded_docs_n; i++)
        seen += check_lines(op_embedded_docs[i].root, op_embedded_docs[i].file, &bad);
    assert_true(seen > 20);
    if (bad.len != 0)
        fail_msg("%s", op_buf_str(&bad));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_lines_parse),
        cmocka_unit_test(every_verb_and_flag_of_the_table_is_minikube_s),
        cmocka_unit_test(every_line_that_opsh_makes_is_taken),
    };
    return cmocka_run_group_tests(tests, read_reference, forget_reference);
}
