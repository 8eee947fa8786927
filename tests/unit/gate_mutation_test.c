/* Would the golden lines notice if the tables were wrong? Every row and every rule of the gate's tables is broken,
 * one at a time, in a copy; the golden lines must go red for each. What no line covers is named. */
#include "gate_lines.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate_lines.c"

/* A copy of a document whose nodes can be changed. */
struct copy {
    struct op_node *nodes;
    size_t n;
};

struct setting {
    struct op_catalog cat;
    struct copy *copies;
    struct lines lines;
    unsigned mutants, survivors;
};

static size_t count(const struct op_node *n)
{
    size_t all = 1;
    for (const struct op_node *c = op_node_first(n); c != NULL; c = op_node_next(c))
        all += count(c);
    return all;
}

static struct op_node *copy_node(struct copy *to, const struct op_node *from)
{
    struct op_node *n = &to->nodes[to->n++];
    *n = *from;
    struct op_node *first = NULL, *last = NULL;
    for (const struct op_node *c = op_node_first(from); c != NULL; c = op_node_next(c)) {
        struct op_node *made = copy_node(to, c);
        if (last != NULL)
            op_node_link(last, op_node_key(last), op_node_text(last), op_node_first(last), made);
        else
            first = made;
        last = made;
    }
    op_node_link(n, op_node_key(from), op_node_text(from), first, NULL);
    return n;
}

static bool all_lines_hold(const struct setting *s, const char *program)
{
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct line *l = &s->lines.v[i];
        /* minikube hands over to kubectl */
        if (!op_str_eq(l->argv.v[0], program) && !op_str_eq(l->argv.v[0], "minikube"))
            continue;
        struct op_verdict v;
        char is[80];
        op_gate_classify(&s->cat, &l->argv, l->input, &v);
        verdict_text(&v, is);
        if (!same_marks(is, l->column[0]))
            return false;
    }
    return true;
}

static void mutate(struct setting *s, const struct op_doc *doc, struct op_node *n, const char *text)
{
    const char *was = op_node_text(n);
    op_node_link(n, op_node_key(n), text, op_node_first(n), op_node_next(n));
    s->mutants++;
    if (all_lines_hold(s, op_node_text(op_node_get(doc->root, "program")))) {
        s->survivors++;
        print_error("%s:%u:%u: %s: %s could become %s and no golden line would notice\n", doc->file, (unsigned)n->line,
                    (unsigned)n->column, op_node_key(n) != NULL ? op_node_key(n) : "item", was, *text != '\0' ? text : "nothing");
    }
    op_node_link(n, op_node_key(n), was, op_node_first(n), op_node_next(n));
}

/* What is broken, and into what. Unseen commands ask whatever their risk is. */
static const char *broken(const struct op_node *map, const struct op_node *n)
{
    static const char *const switches[] = { "unseen", "interactive", "secrets", "always", "global",  "stops",
                                            "passes", "pairs",       "single",  "group",  "traverse" };
    if (op_node_key(n) == NULL || op_node_text(n) == NULL)
        return NULL;
    if (op_str_eq(op_node_key(n), "risk") && !op_str_eq(op_node_text(n), "read") && op_node_get(map, "nested") == NULL &&
        (op_node_get(map, "unseen") == NULL || op_str_eq(op_node_text(n), "destroy")))
        return "read";
    if (op_str_eq(op_node_key(n), "guard"))
        return op_str_eq(op_node_text(n), "ask") ? "refuse" : "ask";
    for (size_t i = 0; i < OP_LEN(switches); i++)
        if (op_str_eq(op_node_key(n), switches[i]))
            return "no";
    return NULL;
}

static bool is_condition(const char *key)
{
    static const char *const conditions[] = { "flag",  "value",      "not_value", "kind",    "arg", "with",
                                              "input", "input_kind", "not_flag",  "not_arg", "dry" };
    for (size_t k = 0; k < OP_LEN(conditions); k++)
        if (op_str_eq(key, conditions[k]))
            return true;
    return false;
}

/* A rule that only says why has no class to lose. */
static bool decides(const struct op_node *map)
{
    static const char *const effects[] = { "risk", "unseen", "guard", "interactive", "secrets", "to", "dry" };
    for (size_t k = 0; k < OP_LEN(effects); k++)
        if (op_node_get(map, effects[k]) != NULL)
            return true;
    return false;
}

static void break_condition(struct setting *s, const struct op_doc *doc, struct op_node *nodes, struct op_node *n)
{
    if (n->kind == OP_NODE_SCALAR)
        mutate(s, doc, n, "\x01");
    for (const struct op_node *item = op_node_first(n); item != NULL; item = op_node_next(item))
        mutate(s, doc, &nodes[item - nodes], "\x01");
}

/* Everything below one map: its effects, or its conditions. */
static void break_map(struct setting *s, const struct op_doc *doc, struct op_node *nodes, const struct op_node *map,
                      bool conditions)
{
    for (const struct op_node *c = op_node_first(map); c != NULL; c = op_node_next(c)) {
        struct op_node *n = &nodes[c - nodes];
        const char *into = map->kind == OP_NODE_MAP ? broken(map, n) : NULL;
        if (!conditions && into != NULL)
            mutate(s, doc, n, into);
        else if (conditions && op_node_key(n) != NULL && is_condition(op_node_key(n)) && decides(map))
            break_condition(s, doc, nodes, n);
        else if (n->kind != OP_NODE_SCALAR)
            break_map(s, doc, nodes, n, conditions);
    }
}

static void break_section(struct setting *s, size_t d, const char *section, bool conditions)
{
    const struct op_doc *doc = &s->cat.docs[d];
    const struct op_node *top = op_node_get(doc->root, section);
    if (top != NULL)
        break_map(s, doc, s->copies[d].nodes, top, conditions);
}

static int set_up(void **state)
{
    static struct setting s;
    struct op_err err = OP_ERR_INIT;
    if (!op_catalog_load(NULL, &s.cat, &err))
        return -1;
    s.copies = op_calloc(s.cat.n_docs, sizeof(*s.copies));
    for (size_t d = 0; d < s.cat.n_docs; d++) {
        s.copies[d].nodes = op_calloc(count(s.cat.docs[d].root), sizeof(*s.copies[d].nodes));
        s.cat.docs[d].root = copy_node(&s.copies[d], s.cat.docs[d].root);
    }
    lines_read(&s.lines, "gate/kubectl.txt", 2);
    lines_read(&s.lines, "gate/others.txt", 2);
    lines_read(&s.lines, "gate/hostile.txt", 2);
    lines_read(&s.lines, "gate/flags.txt", 2);
    lines_read_with_input(&s.lines, "gate/stdin.txt", 3);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct setting *s = *state;
    for (size_t d = 0; d < s->cat.n_docs; d++)
        free(s->copies[d].nodes);
    free(s->copies);
    lines_free(&s->lines);
    op_catalog_free(&s->cat);
    return 0;
}

/* Without this every mutant would seem to be noticed. */
static void assert_unbroken(const struct setting *s)
{
    static const char *const programs[] = { "kubectl", "helm", "docker", "minikube" };
    for (size_t i = 0; i < OP_LEN(programs); i++)
        assert_true(all_lines_hold(s, programs[i]));
}

static void test_every_row_is_covered(void **state)
{
    struct setting *s = *state;
    assert_unbroken(s);
    s->mutants = s->survivors = 0;
    for (size_t d = 0; d < s->cat.n_docs; d++) {
        break_section(s, d, "flags", false);
        break_section(s, d, "verbs", false);
    }
    print_message("%u mutants of rows and rules, %u unnoticed\n", s->mutants, s->survivors);
    assert_true(s->mutants > 250);
    assert_int_equal(s->survivors, 0);
}

static void test_conditions_are_covered(void **state)
{
    struct setting *s = *state;
    assert_unbroken(s);
    s->mutants = s->survivors = 0;
    for (size_t d = 0; d < s->cat.n_docs; d++) {
        break_section(s, d, "flags", true);
        break_section(s, d, "verbs", true);
    }
    print_message("%u mutants of conditions, %u unnoticed\n", s->mutants, s->survivors);
    assert_int_equal(s->survivors, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_covered),
        cmocka_unit_test(test_conditions_are_covered),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
