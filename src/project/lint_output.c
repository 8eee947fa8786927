/* Owns how findings are shown: lines for people and editors, JSON, SARIF 2.1.0. Findings are clean text already; the
 * file's name is cleaned here. */
#include "lint_i.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

static const char *const levels[] = {
    [OP_LINT_INFO] = "info", [OP_LINT_WARNING] = "warning", [OP_LINT_ERROR] = "error"
};

/* The findings of the line that the one at `at` is about are from…to. */
static void same_line(const struct op_lint_report *r, size_t at, size_t *from, size_t *to)
{
    for (*from = at; *from != 0 && r->v[*from - 1].line == r->v[at].line;)
        --*from;
    for (*to = at + 1; *to < r->n && r->v[*to].line == r->v[at].line;)
        ++*to;
}

static bool twins(const struct op_lint_rule *a, const struct op_lint_rule *b)
{
    return a != NULL && b != NULL && a != b && (op_str_eq(a->twin, b->name) || op_str_eq(b->twin, a->name));
}

/* Is this finding the twin of another one at its line, which says it already? */
static bool said_before(const struct op_lint_report *r, size_t at)
{
    const struct op_lint_rule *rule = op_lint_rule_named(r->v[at].rule);
    size_t from, to;
    same_line(r, at, &from, &to);
    for (size_t i = from; i < to; i++) {
        const struct op_lint_rule *other = i != at ? op_lint_rule_named(r->v[i].rule) : NULL;
        if (twins(rule, other) && (other->level > rule->level || (other->level == rule->level && i < at)))
            return true;
    }
    return false;
}

/* The names under which another linter says the same at the same line. */
static void add_twins(const struct op_lint_report *r, size_t at, struct op_buf *out)
{
    const char *before = "";
    const struct op_lint_rule *rule = op_lint_rule_named(r->v[at].rule);
    size_t from, to;
    same_line(r, at, &from, &to);
    for (size_t i = from; i < to; i++) {
        const struct op_lint_rule *other = i != at ? op_lint_rule_named(r->v[i].rule) : NULL;
        if (!twins(rule, other) || strcmp(before, other->name) == 0)
            continue;
        before = other->name;
        op_buf_addf(out, ", %s", before);
    }
}

static void count(struct op_buf *out, size_t n, const char *what, bool *any)
{
    if (n != 0)
        op_buf_addf(out, "%s%zu %s%s", *any ? ", " : "", n, what, n == 1 ? "" : "s");
    *any = *any || n != 0;
}

void op_lint_text(const struct op_lint_report *r, const char *file, struct op_buf *out)
{
    OP_AUTO_BUF name = OP_BUF_INIT;
    size_t found[OP_LEN(levels)] = { 0 };
    op_text_clean(&name, file, strlen(file));
    for (size_t i = 0; i < r->n; i++) {
        const struct op_lint_finding *f = &r->v[i];
        if (said_before(r, i))
            continue;
        found[f->level]++;
        op_buf_addf(out, "%s:%zu: %s %s", op_buf_str(&name), f->line, levels[f->level], f->rule);
        add_twins(r, i, out);
        op_buf_addf(out, " %s\n", f->message);
        if (!op_str_empty(f->advice))
            op_buf_addf(out, "    %s\n", f->advice);
    }
    bool any = false;
    op_buf_addf(out, "%s%s: ", r->n != 0 ? "\n" : "", op_buf_str(&name));
    count(out, found[OP_LINT_ERROR], "error", &any);
    count(out, found[OP_LINT_WARNING], "warning", &any);
    count(out, found[OP_LINT_INFO], "hint", &any);
    op_buf_adds(out, any ? "\n" : "nothing to complain about\n");
}

void op_lint_brief(const struct op_lint_report *r, size_t max, bool advice, struct op_strv *lines)
{
    size_t more = 0, said = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct op_lint_finding *f = &r->v[i];
        if (f->level == OP_LINT_INFO || said_before(r, i))
            continue;
        if (said++ < max)
            op_strv_pushf(lines, "line %zu: %s %s%s%s", f->line, f->rule, f->message, advice ? ". " : "",
                          advice ? f->advice : "");
        else
            more++;
    }
    if (more != 0)
        op_strv_pushf(lines, "and %zu more: opsh lint", more);
}

bool op_lint_is_dockerfile(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    static const char *const names[] = { "Dockerfile", "Containerfile" };
    for (size_t i = 0; i < OP_LEN(names); i++) {
        size_t n = strlen(names[i]);
        OP_AUTO_FREE char *end = op_asprintf(".%s", names[i]);
        if (strcmp(name, names[i]) == 0 ||
            (strncmp(name, names[i], n) == 0 && name[n] == '.' && !op_str_ends(name, ".dockerignore")) ||
            op_str_ends(name, end))
            return true;
    }
    return op_str_ends(name, ".dockerfile");
}

void op_lint_list(struct op_buf *out)
{
    const struct op_lint_rule *rule = NULL;
    for (size_t i = 0; (rule = op_lint_rule(i)) != NULL; i++)
        if (op_lint_rule_named(rule->name) == rule)
            op_buf_addf(out, "%-32s %-8s %s%s\n", rule->name, levels[rule->level], rule->about,
                        rule->experimental ? " (only with # check=experimental=…)" : "");
}

struct op_json *op_lint_json(const struct op_lint_report *r, const char *file)
{
    OP_AUTO_BUF name = OP_BUF_INIT;
    op_text_clean(&name, file, strlen(file));
    struct op_json *doc = op_json_object(), *list = op_json_array();
    op_json_set_str(doc, "file", op_buf_str(&name));
    for (size_t i = 0; i < r->n; i++) {
        struct op_json *f = op_json_object();
        op_json_set_str(f, "rule", r->v[i].rule);
        op_json_set_str(f, "level", levels[r->v[i].level]);
        op_json_set_int(f, "line", (int64_t)r->v[i].line);
        op_json_set_str(f, "message", r->v[i].message);
        op_json_set_str(f, "advice", r->v[i].advice);
        op_json_push(list, f);
    }
    op_json_set(doc, "findings", list);
    return doc;
}

/* ---- SARIF ---- */

static const char *sarif_level(enum op_lint_level level)
{
    return level == OP_LINT_INFO ? "note" : levels[level];
}

/* Where the rule is explained by those whose name it bears; NULL: opsh's own. owned */
static char *explained(const char *name)
{
    if (op_str_starts(name, "DL"))
        return op_asprintf("https://github.com/hadolint/hadolint/wiki/%s", name);
    if (op_str_starts(name, "OPSH"))
        return NULL;
    OP_AUTO_BUF url = OP_BUF_INIT;
    op_buf_adds(&url, "https://docs.docker.com/go/dockerfile/rule/");
    for (const char *s = name; *s != '\0'; s++) {
        bool word =
            isupper((unsigned char)*s) && s != name && (islower((unsigned char)s[-1]) || islower((unsigned char)s[1]));
        op_buf_addf(&url, "%s%c", word ? "-" : "", tolower((unsigned char)*s));
    }
    op_buf_addc(&url, '/');
    return op_buf_steal(&url);
}

static struct op_json *text_object(const char *text)
{
    struct op_json *o = op_json_object();
    op_json_set_str(o, "text", text);
    return o;
}

/* One descriptor a name; a rule with two rows is one rule. */
static struct op_json *descriptors(void)
{
    struct op_json *list = op_json_array();
    const struct op_lint_rule *rule = NULL;
    for (size_t i = 0; (rule = op_lint_rule(i)) != NULL; i++) {
        if (op_lint_rule_named(rule->name) != rule)
            continue;
        struct op_json *d = op_json_object(), *level = op_json_object();
        OP_AUTO_FREE char *url = explained(rule->name);
        op_json_set_str(d, "id", rule->name);
        op_json_set(d, "shortDescription", text_object(rule->about));
        op_json_set_str(level, "level", sarif_level(rule->level));
        op_json_set(d, "defaultConfiguration", level);
        if (url != NULL)
            op_json_set_str(d, "helpUri", url);
        op_json_push(list, d);
    }
    return list;
}

/* A path as a URI reference. */
static void add_uri(struct op_buf *out, const char *path)
{
    for (const char *s = path; *s != '\0'; s++) {
        if (isalnum((unsigned char)*s) || strchr("-._~/", *s) != NULL)
            op_buf_addc(out, *s);
        else
            op_buf_addf(out, "%%%02X", (unsigned char)*s);
    }
}

static struct op_json *result(const struct op_lint_finding *f, const char *uri)
{
    struct op_json *r = op_json_object(), *where = op_json_object(), *physical = op_json_object();
    struct op_json *artifact = op_json_object(), *region = op_json_object(), *places = op_json_array();
    OP_AUTO_FREE char *text =
        op_str_empty(f->advice) ? op_strdup(f->message) : op_asprintf("%s. %s", f->message, f->advice);
    op_json_set_str(r, "ruleId", f->rule);
    op_json_set_str(r, "level", sarif_level(f->level));
    op_json_set(r, "message", text_object(text));
    op_json_set_str(artifact, "uri", uri);
    op_json_set_int(region, "startLine", (int64_t)f->line);
    op_json_set(physical, "artifactLocation", artifact);
    op_json_set(physical, "region", region);
    op_json_set(where, "physicalLocation", physical);
    op_json_push(places, where);
    op_json_set(r, "locations", places);
    return r;
}

struct op_json *op_lint_sarif(const struct op_lint_report *r, const char *file, const char *version)
{
    OP_AUTO_BUF uri = OP_BUF_INIT;
    add_uri(&uri, file);
    struct op_json *doc = op_json_object(), *runs = op_json_array(), *run = op_json_object();
    struct op_json *tool = op_json_object(), *driver = op_json_object(), *results = op_json_array();
    op_json_set_str(driver, "name", "opsh");
    op_json_set_str(driver, "version", version);
    op_json_set(driver, "rules", descriptors());
    op_json_set(tool, "driver", driver);
    op_json_set(run, "tool", tool);
    for (size_t i = 0; i < r->n; i++)
        op_json_push(results, result(&r->v[i], op_buf_str(&uri)));
    op_json_set(run, "results", results);
    op_json_push(runs, run);
    op_json_set_str(doc, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    op_json_set_str(doc, "version", "2.1.0");
    op_json_set(doc, "runs", runs);
    return doc;
}
