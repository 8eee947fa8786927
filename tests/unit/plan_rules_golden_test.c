/* Runs tests/golden/plan/<name>.txt: requests and the plans they must become. The format is told at the
 * top of tests/golden/plan/everyday.txt. Every failure of a file is printed before the test fails. */
#include "opsh/base/str.h"
#include "opsh/data/json.h"
#include "opsh/gate/classify.h"
#include "opsh/gate/quote.h"
#include "opsh/os/path.h"
#include "opsh/plan/rules.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define FOLDER OPSH_SOURCE_DIR "/tests/golden/plan/"

struct golden {
    struct op_json *objects; /* what names are made of, to be read one by one */
    struct op_reader reader;
    struct op_catalog cat;
    struct op_planner planner;
    struct op_names *names;
    struct op_scene scene;
    char ns[64], context[64];
    struct op_move move;
    bool moved, checked;
    size_t step; /* next step to be compared */
    unsigned blocks, failures;
    const char *file;
    char request[1024];
    unsigned line;
};

static const struct op_names *names_of(void *self)
{
    return ((struct golden *)self)->names;
}

/* helm: what "helm" in the file of names holds under "get values NAME", "list FILTER", "show values CHART". */
static void read_helm(const struct golden *g, const struct op_strv *a, struct op_reply *reply)
{
    bool list = op_str_eq(a->v[1], "list");
    OP_AUTO_FREE char *key = op_asprintf("%s %s%s%s", a->v[1], list ? "" : a->v[2], list ? "" : " ", a->v[3]);
    const struct op_json *answer = op_json_get(op_json_get(g->objects, "helm"), key);
    OP_AUTO_FREE char *text = answer == NULL                  ? NULL
                              : op_json_text(answer) != NULL ? op_strdup(op_json_text(answer))
                                                             : op_json_print(answer, false);
    reply->kind = text != NULL ? OP_REPLY_OK : OP_REPLY_MISSING;
    if (text != NULL)
        op_buf_adds(&reply->body, text);
}

/* `kubectl get KIND -n NS -o json [NAME]`: one object, or the list of a kind, from the file of names. */
static bool read_objects(void *self, const struct op_strv *argvs, size_t n, struct op_reply *replies)
{
    const struct golden *g = self;
    for (size_t i = 0; i < n; i++) {
        const struct op_strv *a = &argvs[i];
        if (op_str_eq(a->v[0], "helm")) {
            read_helm(g, a, &replies[i]);
            continue;
        }
        const char *kind = a->v[2], *ns = a->v[4], *name = a->n > 7 ? a->v[7] : NULL;
        struct op_json *list = op_json_object(), *items = op_json_array();
        const struct op_json *one = NULL;
        OP_JSON_EACH(o, op_json_get(g->objects, "items")) {
            char low[64];
            (void)snprintf(low, sizeof(low), "%s", op_json_str(o, "kind"));
            for (char *c = low; *c != '\0'; c++)
                *c = (char)tolower((unsigned char)*c);
            bool fits = strstr(kind, low) != NULL && op_str_eq(op_json_str(o, "metadata.namespace"), ns);
            if (fits && name == NULL)
                op_json_push(items, op_json_dup(o));
            else if (fits && op_str_eq(op_json_str(o, "metadata.name"), name))
                one = o;
        }
        op_json_set(list, "items", items);
        OP_AUTO_FREE char *text = name == NULL ? op_json_print(list, false) : one != NULL ? op_json_print(one, false) : NULL;
        replies[i].kind = text != NULL ? OP_REPLY_OK : OP_REPLY_MISSING;
        if (text != NULL)
            op_buf_adds(&replies[i].body, text);
        op_json_free(list);
    }
    return true;
}

static void complain(struct golden *g, const char *what, const char *want, const char *got)
{
    g->failures++;
    (void)fprintf(stderr, "%s:%u: > %s\n    %s: want: %s\n    %*s  got: %s\n", g->file, g->line, g->request, what, want,
                  (int)strlen(what), "", got);
}

static const char *kind_of(const struct op_move *m)
{
    static const char *const kinds[] = { [OP_MOVE_ANALYSIS] = "analysis",
                                         [OP_MOVE_ANSWER] = "answer",
                                         [OP_MOVE_QUESTION] = "question",
                                         [OP_MOVE_UNSUPPORTED] = "unsupported" };
    return m->kind == OP_MOVE_STEPS ? (m->n > 1 ? "plan" : "command") : kinds[m->kind];
}

/* Every step that a block does not name is a failure too. */
static void finish(struct golden *g)
{
    if (g->moved && g->checked && g->step < g->move.n) {
        OP_AUTO_BUF got = OP_BUF_INIT;
        op_quote_argv(&got, &g->move.steps[g->step].argv);
        complain(g, "steps", "(no more)", op_buf_str(&got));
    }
    op_move_free(&g->move);
    g->moved = false;
}

static void use_names(struct golden *g, const char *file)
{
    op_names_free(g->names);
    g->names = NULL;
    g->scene.names = NULL;
    g->scene.reader = NULL;
    op_json_free(g->objects);
    g->objects = NULL;
    if (strcmp(file, "none") == 0)
        return;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_AUTO_FREE char *path = op_asprintf(FOLDER "%s", file);
    assert_true(op_file_read(path, 1 << 20, &text, &err));
    const char *lists[] = { op_buf_str(&text) };
    g->names = op_names_from_json(lists, 1, &err);
    assert_non_null(g->names);
    g->scene.names = names_of;
    g->objects = op_json_parse(lists[0], strlen(lists[0]), OP_JSON_LOOSE, &err);
    g->reader = (struct op_reader){ .self = g, .read = read_objects };
    g->scene.reader = &g->reader;
}

static void directive(struct golden *g, const char *text)
{
    char word[32], value[64] = "";
    assert_true(sscanf(text, "%31s %63s", word, value) >= 1);
    if (strcmp(word, "names") == 0) {
        use_names(g, value);
    } else if (strcmp(word, "ns") == 0) {
        (void)snprintf(g->ns, sizeof(g->ns), "%s", value);
        g->scene.ns_flag = false;
    } else if (strcmp(word, "nsflag") == 0) {
        (void)snprintf(g->ns, sizeof(g->ns), "%s", value);
        g->scene.ns_flag = true;
    } else if (strcmp(word, "context") == 0) {
        (void)snprintf(g->context, sizeof(g->context), "%s", value);
        g->scene.context_flag = *value != '\0';
    } else if (strcmp(word, "forget") == 0) {
        g->planner.ops->forget(g->planner.self);
    } else {
        fail_msg("%s:%u: unknown directive %s", g->file, g->line, word);
    }
    g->scene.context = *g->context != '\0' ? g->context : NULL;
}

static void request(struct golden *g, const char *text)
{
    struct op_err err = OP_ERR_INIT;
    finish(g);
    size_t n = 0;
    for (const char *c = text; *c != '\0' && n + 1 < sizeof(g->request); c++) {
        bool newline = *c == '\\' && c[1] == 'n';
        g->request[n++] = newline ? '\n' : *c;
        c += newline;
    }
    g->request[n] = '\0';
    g->scene.plan_only = true;
    assert_true(g->planner.ops->begin(g->planner.self, g->request, &g->scene, &err));
    assert_true(g->planner.ops->next(g->planner.self, NULL, 0, &g->move, &err));
    g->moved = true;
    g->checked = false;
    g->step = 0;
    g->blocks++;
    /* the house rule: what is not a plan changes nothing */
    for (size_t i = 0; i < g->move.n && g->move.kind != OP_MOVE_STEPS; i++) {
        struct op_verdict v;
        op_gate_classify(&g->cat, &g->move.steps[i].argv, NULL, &v);
        if (v.risk != OP_RISK_READ)
            complain(g, "risk", "read", g->move.steps[i].argv.v[1]);
    }
}

static void expect_step(struct golden *g, const char *want)
{
    OP_AUTO_BUF got = OP_BUF_INIT;
    if (g->step < g->move.n) {
        const struct op_step *step = &g->move.steps[g->step];
        op_quote_argv(&got, &step->argv);
        op_buf_adds(&got, step->show != NULL ? "  # " : "");
        if (step->show != NULL)
            op_show_describe(step->show, &got);
    }
    g->step++;
    if (strcmp(op_buf_str(&got), want) != 0)
        complain(g, "step", want, op_buf_str(&got));
}

static void expect_text(struct golden *g, const char *want, bool choice)
{
    bool found = !choice && g->move.text != NULL && strstr(g->move.text, want) != NULL;
    for (size_t i = 0; choice && i < g->move.choices.n; i++)
        found = found || strcmp(g->move.choices.v[i], want) == 0;
    if (!found)
        complain(g, choice ? "choice" : "text", want, g->move.text != NULL ? g->move.text : "(none)");
}

static void expect_input(struct golden *g, const char *want)
{
    const char *input = g->step > 0 && g->step <= g->move.n ? g->move.steps[g->step - 1].input : NULL;
    if (input == NULL || strstr(input, want) == NULL)
        complain(g, "stdin", want, input != NULL ? input : "(none)");
}

static void expect_topic(struct golden *g, const char *want)
{
    const struct op_topic *t = &g->move.topic;
    char got[300];
    (void)snprintf(got, sizeof(got), "%s %s/%s %s", t->subject != NULL ? t->subject : "-",
                   t->kind != NULL ? t->kind : "-", t->name != NULL ? t->name : "-", t->ns != NULL ? t->ns : "-");
    if (strcmp(got, want) != 0)
        complain(g, "topic", want, got);
}

static void one_line(struct golden *g, char *s)
{
    g->checked = g->checked || *s == '=';
    const char *rest = strlen(s) > 2 ? s + 2 : "";
    switch (*s) {
    case '\0':
    case '#':
        break;
    case '@':
        directive(g, rest);
        break;
    case '>':
        request(g, rest);
        break;
    case '=':
        if (strcmp(kind_of(&g->move), rest) != 0)
            complain(g, "kind", rest, kind_of(&g->move));
        break;
    case '$':
        expect_step(g, rest);
        break;
    case '?':
        expect_text(g, rest, false);
        break;
    case '1':
        expect_text(g, rest, true);
        break;
    case '<':
        expect_input(g, rest);
        break;
    case '*':
        expect_topic(g, rest);
        break;
    default:
        fail_msg("%s:%u: a line begins with one of # @ > = $ ? 1 < *", g->file, g->line);
    }
}

static void run_file(struct golden *g, const char *file)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_AUTO_FREE char *path = op_asprintf(FOLDER "%s", file);
    assert_true(op_file_read(path, 4 << 20, &text, &err));
    g->file = file;
    g->line = 0;
    (void)snprintf(g->ns, sizeof(g->ns), "default");
    g->scene = (struct op_scene){ .ns = g->ns, .self = g };
    *g->context = '\0';
    use_names(g, "none");
    g->planner.ops->forget(g->planner.self);
    for (char *s = text.data, *end; s != NULL && *s != '\0'; s = end) {
        end = strchr(s, '\n');
        if (end != NULL)
            *end++ = '\0';
        g->line++;
        if (*s == '\0')
            g->planner.ops->forget(g->planner.self); /* a blank line ends a conversation */
        one_line(g, s);
    }
    finish(g);
}

static void golden_files(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    struct golden g = { 0 };
    assert_true(op_catalog_load(NULL, &g.cat, &err));
    if (!op_rules_new(&g.cat, &g.planner, &err))
        fail_msg("%s", err.msg);
    DIR *dir = opendir(FOLDER);
    assert_non_null(dir);
    for (struct dirent *d; (d = readdir(dir)) != NULL;)
        if (op_str_ends(d->d_name, ".txt"))
            run_file(&g, d->d_name);
    (void)closedir(dir);
    unsigned blocks = g.blocks, failures = g.failures;
    op_names_free(g.names);
    op_json_free(g.objects);
    g.planner.ops->free(g.planner.self);
    op_catalog_free(&g.cat);
    (void)printf("%u golden requests, %u failures\n", blocks, failures);
    assert_int_equal(failures, 0);
    assert_true(blocks >= 300);
}

int main(void)
{
    if (chdir("/") != 0) /* where no charts are at hand */
        return 1;
    const struct CMUnitTest tests[] = { cmocka_unit_test(golden_files) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
