/* Charts that are drafted: which files, what the facts become in them, what is refused. That Helm and Kubernetes take them is
 * tested on the sandbox (tests/charts/generated_test.py). */
#include "opsh/base/diff.h"
#include "opsh/base/str.h"
#include "opsh/data/json.h"
#include "opsh/data/yaml.h"
#include "opsh/project/project.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct {
    char name[8], value[24], file[8];
    int line;
} seen[] = {
    { "port", "8000", "main.py", 40 },
    { "health", "/health", "main.py", 12 },
    { "env", "DATABASE_URL", "main.py", 3 },
    { "env", "OPENAI_API_KEY", "main.py", 4 },
    { "env", "LOG_LEVEL", "main.py", 5 },
    { "env", "PORT", "main.py", 6 },
    { "env", "NODE_ENV", "main.py", 7 },
    { "env", "PUBLIC_KEY", "main.py", 8 },
};
static struct op_fact facts[OP_LEN(seen)];
static char folder[] = "./backend", name[] = "backend";

/* With n of the facts above. */
static struct op_project project(enum op_project_kind kind, size_t from, size_t n)
{
    for (size_t i = 0; i < OP_LEN(seen); i++)
        facts[i] = (struct op_fact){ .name = seen[i].name, .value = seen[i].value, .file = seen[i].file, .line = seen[i].line };
    return (struct op_project){ .kind = kind, .folder = folder, .name = name, .facts = facts + from, .n = n };
}

static const struct op_draft *find(const struct op_drafts *d, const char *path)
{
    for (size_t i = 0; i < d->n; i++)
        if (op_str_eq(d->v[i].path, path))
            return &d->v[i];
    return NULL;
}

static bool noted(const struct op_drafts *d, const char *what)
{
    for (size_t i = 0; i < d->notes.n; i++)
        if (strstr(d->notes.v[i], what) != NULL)
            return true;
    return false;
}

static const char *value(const struct op_doc *doc, const char *a, const char *b)
{
    const struct op_node *n = op_node_get(doc->root, a);
    return op_node_text(b != NULL ? op_node_get(n, b) : n);
}

static void values_say_what_was_seen(void **state)
{
    (void)state;
    struct op_project p = project(OP_PROJECT_FASTAPI, 0, OP_LEN(seen));
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    struct op_doc doc;
    assert_true(op_project_chart(&p, &(struct op_chart_wish){ .host = "shop.local", .replicas = 3 }, &d, &err));
    const struct op_draft *values = find(&d, "values.yaml");
    assert_true(op_yaml_parse("values.yaml", values->text, strlen(values->text), &doc, &err));
    assert_string_equal(value(&doc, "containerPort", NULL), "8000");
    assert_string_equal(value(&doc, "replicaCount", NULL), "3");
    assert_string_equal(value(&doc, "ingress", "enabled"), "true");
    assert_string_equal(value(&doc, "ingress", "host"), "shop.local");
    assert_string_equal(value(&doc, "secrets", "DATABASE_URL"), "");
    assert_string_equal(value(&doc, "secrets", "OPENAI_API_KEY"), "");
    assert_string_equal(value(&doc, "config", "LOG_LEVEL"), "");
    assert_string_equal(value(&doc, "config", "PUBLIC_KEY"), "");
    assert_null(value(&doc, "config", "PORT")); /* the deployment says it */
    assert_null(value(&doc, "config", "NODE_ENV"));
    assert_null(value(&doc, "config", "DATABASE_URL"));
    assert_string_equal(op_node_text(op_node_get(op_node_get(op_node_get(doc.root, "livenessProbe"), "httpGet"), "path")), "/health");
    assert_string_equal(value(&doc, "podSecurityContext", "runAsUser"), "1001");
    assert_non_null(strstr(values->text, "# Read by main.py:3.\n  DATABASE_URL"));
    assert_non_null(strstr(find(&d, "Chart.yaml")->why, "FastAPI on port 8000 (main.py:40), asked at /health (main.py:12)"));
    assert_true(noted(&d, "by name: DATABASE_URL, OPENAI_API_KEY;"));
    op_doc_free(&doc);
    op_drafts_free(&d);
}

/* Nothing of a template is left in what is drafted, and each value has its line. */
static void every_kind_makes_whole_files(void **state)
{
    (void)state;
    for (int kind = OP_PROJECT_NEXTJS; kind <= OP_PROJECT_CMAKE; kind++) {
        struct op_project p = project((enum op_project_kind)kind, 0, OP_LEN(seen));
        struct op_drafts d;
        struct op_err err = OP_ERR_INIT;
        struct op_doc doc;
        assert_true(op_project_chart(&p, NULL, &d, &err));
        assert_int_equal(d.n, 12);
        for (size_t i = 0; i < d.n; i++) {
            assert_null(strstr(d.v[i].text, "@name@"));
            assert_null(strstr(d.v[i].text, "todo"));
            assert_false(op_str_empty(d.v[i].why));
        }
        const char *values = find(&d, "values.yaml")->text, *schema = find(&d, "values.schema.json")->text;
        assert_true(op_yaml_parse("values.yaml", values, strlen(values), &doc, &err));
        OP_AUTO_JSON *json = op_json_parse(schema, strlen(schema), OP_JSON_UNIQUE, &err);
        assert_non_null(json);
        for (const struct op_node *n = op_node_first(doc.root); n != NULL; n = op_node_next(n))
            if (op_json_get(op_json_get(json, "properties"), op_node_key(n)) == NULL)
                fail_msg("the schema does not know %s", op_node_key(n));
        op_doc_free(&doc);
        op_drafts_free(&d);
    }
}

static void values_are_documented_line_by_line(void **state)
{
    (void)state;
    struct op_project p = project(OP_PROJECT_NEXTJS, 0, OP_LEN(seen));
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_STRV lines = OP_STRV_INIT;
    assert_true(op_project_chart(&p, NULL, &d, &err));
    op_diff_split(find(&d, "values.yaml")->text, &lines);
    for (size_t i = 1; i < lines.n; i++) {
        const char *line = lines.v[i] + strspn(lines.v[i], " ");
        bool opens = op_str_ends(line, ":"); /* a map, whose own keys are documented */
        if (*line != '\0' && *line != '#' && !opens && lines.v[i - 1][strspn(lines.v[i - 1], " ")] != '#')
            fail_msg("values.yaml:%zu: nothing says what it does: %s", i + 1, line);
    }
    op_drafts_free(&d);
}

/* A site that Node builds is served by nginx: nothing of Node is left to set. */
static void a_built_site_is_a_site(void **state)
{
    (void)state;
    struct op_project p = project(OP_PROJECT_NEXTJS, 0, OP_LEN(seen));
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    char output[] = "output", out[] = "out", standalone[] = "standalone";
    facts[OP_LEN(seen) - 1] = (struct op_fact){ .name = output, .value = out };
    assert_true(op_project_chart(&p, NULL, &d, &err));
    const char *values = find(&d, "values.yaml")->text;
    assert_non_null(strstr(values, "\nconfig: {}\n"));
    assert_non_null(strstr(values, "\nsecrets: {}\n"));
    assert_null(strstr(values, "/app/.next/cache"));
    op_drafts_free(&d);
    facts[OP_LEN(seen) - 1].value = standalone;
    assert_true(op_project_chart(&p, NULL, &d, &err));
    values = find(&d, "values.yaml")->text;
    assert_non_null(strstr(values, "/app/.next/cache"));
    assert_non_null(strstr(values, "HOSTNAME: \"0.0.0.0\""));
    op_drafts_free(&d);
}

static void what_listens_nowhere_has_no_service(void **state)
{
    (void)state;
    struct op_project p = project(OP_PROJECT_GO, 2, 2);
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_project_chart(&p, &(struct op_chart_wish){ .host = "a.local" }, &d, &err));
    assert_null(find(&d, "templates/service.yaml"));
    assert_null(find(&d, "templates/ingress.yaml"));
    assert_null(find(&d, "templates/tests/connection.yaml"));
    assert_null(strstr(find(&d, "templates/deployment.yaml")->text, "containerPort"));
    assert_non_null(strstr(find(&d, "values.yaml")->text, "livenessProbe: {}"));
    assert_non_null(strstr(find(&d, "values.yaml")->text, "replicaCount: 1\n"));
    assert_true(noted(&d, "nothing was seen that listens") && noted(&d, "a.local leads nowhere"));
    op_drafts_free(&d);
}

static void a_port_without_a_health_route_is_only_opened(void **state)
{
    (void)state;
    struct op_project p = project(OP_PROJECT_GO, 0, 1);
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_project_chart(&p, NULL, &d, &err));
    assert_non_null(strstr(find(&d, "values.yaml")->text, "tcpSocket:"));
    assert_null(strstr(find(&d, "values.yaml")->text, "httpGet:"));
    assert_true(noted(&d, "no route that tells its health"));
    op_drafts_free(&d);
}

static void names_and_hosts_are_kubernetes_own(void **state)
{
    (void)state;
    static const struct {
        const char *name, *host;
        int replicas;
        enum op_code code;
    } bad[] = { { "My Shop", NULL, 0, OP_USAGE },
                { "shop\n", NULL, 0, OP_USAGE },
                { NULL, "shop.local/x", 0, OP_USAGE },
                { NULL, "{{ x }}", 0, OP_USAGE },
                { NULL, NULL, 1000, OP_USAGE } };
    struct op_project p = project(OP_PROJECT_FASTAPI, 0, 1);
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    for (size_t i = 0; i < OP_LEN(bad); i++) {
        struct op_chart_wish wish = { .name = bad[i].name, .host = bad[i].host, .replicas = bad[i].replicas };
        assert_false(op_project_chart(&p, &wish, &d, &err));
        assert_int_equal(err.code, bad[i].code);
        assert_int_equal(d.n, 0);
    }
    assert_true(op_project_chart(&p, &(struct op_chart_wish){ .name = "2048-game" }, &d, &err));
    assert_non_null(strstr(find(&d, "Chart.yaml")->text, "\nname: app-2048-game\n")); /* a Service's name begins with a letter */
    op_drafts_free(&d);
    p.kind = OP_PROJECT_UNKNOWN;
    assert_false(op_project_chart(&p, NULL, &d, &err));
    assert_int_equal(err.code, OP_UNCLEAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_say_what_was_seen),
        cmocka_unit_test(every_kind_makes_whole_files),
        cmocka_unit_test(values_are_documented_line_by_line),
        cmocka_unit_test(a_built_site_is_a_site),
        cmocka_unit_test(what_listens_nowhere_has_no_service),
        cmocka_unit_test(a_port_without_a_health_route_is_only_opened),
        cmocka_unit_test(names_and_hosts_are_kubernetes_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
