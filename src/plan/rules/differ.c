/* What differs between two things that were read to be compared: said in a few lines behind what was shown. Of objects
 * every field that somebody sets; of lists what only one of them has. Never of Secrets. */
#include "planner.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"
#include "opsh/data/yaml.h"

enum { MOST_LINES = 40, DEEP = 12 };

/* Only the server writes these, or they differ wherever two things are. */
static bool servers_own(const char *path)
{
    static const char *const own[] = { "status",
                                       "metadata.uid",
                                       "metadata.resourceVersion",
                                       "metadata.creationTimestamp",
                                       "metadata.generation",
                                       "metadata.managedFields",
                                       "metadata.namespace",
                                       "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
                                       "metadata.annotations.deployment.kubernetes.io/revision",
                                       "spec.clusterIP",
                                       "spec.clusterIPs" };
    return OP_IN(path, own);
}

/* Every leaf as "path\nvalue"; items of lists by their names where they have one. */
static void flatten(struct op_strv *out, const struct op_json *j, const char *path, int depth)
{
    bool list = op_json_is_array(j);
    size_t at = 0;
    if (depth > DEEP || servers_own(path))
        return;
    if ((!list && !op_json_is_object(j)) || op_json_size(j) == 0) {
        OP_AUTO_FREE char *text = op_json_text(j) != NULL ? op_strdup(op_json_text(j)) : op_json_print(j, false);
        op_strv_pushf(out, "%s\n%s", path, text);
        return;
    }
    OP_JSON_EACH(c, j) {
        const char *name = list ? op_json_str(c, "name") : op_json_key(c);
        OP_AUTO_FREE char *below = name != NULL ? op_asprintf("%s%s%s", path, *path != '\0' ? "." : "", name)
                                                : op_asprintf("%s[%zu]", path, at);
        flatten(out, c, below, depth + 1);
        at++;
    }
}

static const char *value_of(const struct op_strv *leaves, const char *leaf)
{
    size_t n = strcspn(leaf, "\n");
    for (size_t i = 0; i < leaves->n; i++)
        if (strncmp(leaves->v[i], leaf, n + 1) == 0)
            return leaves->v[i] + n + 1;
    return NULL;
}

static bool fields(const char *text, struct op_strv *out)
{
    struct op_doc doc = { 0 };
    struct op_err err = OP_ERR_INIT;
    if (!op_yaml_parse("an object", text, strlen(text), &doc, &err))
        return false;
    OP_AUTO_JSON *j = op_json_from_node(doc.root);
    bool object = op_json_str(j, "kind") != NULL && op_json_get(j, "metadata") != NULL;
    if (object)
        flatten(out, j, "", 0);
    op_doc_free(&doc);
    return object;
}

/* First column of each line of a table. */
static void rows(const char *text, struct op_strv *out)
{
    for (const char *line = text; *line != '\0';) {
        size_t n = strcspn(line, "\n"), name = strcspn(line, " \n");
        if (name > 0 && strncmp(line, "NAME ", 5) != 0 && strncmp(line, "No resources", 12) != 0)
            op_strv_pushf(out, "%.*s\n", (int)name, line);
        line += n + (line[n] == '\n');
    }
}

static void add(struct op_buf *out, size_t *lines, const char *leaf, const char *left, const char *right)
{
    if (++*lines > MOST_LINES)
        return;
    op_buf_addf(out, "\n  %.*s", (int)strcspn(leaf, "\n"), leaf);
    if ((left == NULL || *left != '\0') && (right == NULL || *right != '\0'))
        op_buf_addf(out, ": %.60s → %.60s", left != NULL ? left : "(none)", right != NULL ? right : "(none)");
    else
        op_buf_adds(out, left != NULL ? ": only in the first" : ": only in the second");
}

char *differences(const struct frame *f, const struct op_observation *obs, size_t n)
{
    OP_AUTO_STRV left = OP_STRV_INIT, right = OP_STRV_INIT;
    OP_AUTO_BUF out = OP_BUF_INIT;
    if (!op_str_eq(f->verb, "compare") || op_str_eq(f->kind, "secret") || n != 2)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (obs[i].outcome != OP_RAN || obs[i].exit_code != 0)
            return NULL;
    bool objects = fields(obs[0].output, &left) && fields(obs[1].output, &right);
    if (!objects) {
        rows(obs[0].output, &left);
        rows(obs[1].output, &right);
    }
    size_t lines = 0;
    for (size_t i = 0; i < left.n; i++) {
        const char *now = strchr(left.v[i], '\n') + 1, *other = value_of(&right, left.v[i]);
        if (!op_str_eq(now, other))
            add(&out, &lines, left.v[i], now, other);
    }
    for (size_t i = 0; i < right.n; i++)
        if (value_of(&left, right.v[i]) == NULL)
            add(&out, &lines, right.v[i], NULL, strchr(right.v[i], '\n') + 1);
    if (lines == 0)
        return op_strdup(objects ? "They do not differ in anything that is set." : "Both have the same names.");
    if (lines > MOST_LINES)
        op_buf_addf(&out, "\n  … and %zu more", lines - MOST_LINES);
    return op_asprintf("What differs, first → second:%s", op_buf_str(&out));
}
