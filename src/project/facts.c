/* Owns the list of facts and the gate that foreign text passes to become one. Refuses values with blanks, quotes,
 * dollars, line ends or anything else that has a meaning to a shell or a Dockerfile. */
#include "facts.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

enum { MOST_FACTS = 300, LONGEST = 200, LABEL = 50 };

static bool only(const char *text, const char *more)
{
    size_t n = strlen(text);
    if (n == 0 || n > LONGEST)
        return false;
    for (; *text != '\0'; text++)
        if (!((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9')) &&
            strchr(more, *text) == NULL)
            return false;
    return true;
}

bool op_fact_path_ok(const char *path)
{
    return only(path, "._/:@+=~^%,-()[]{}!& ");
}

bool op_fact_value_ok(const char *text)
{
    return only(text, "._/:@+=~^%,*-");
}

bool op_fact_env_ok(const char *name)
{
    return only(name, "_") && !(*name >= '0' && *name <= '9');
}

bool op_fact_add(struct op_project *p, const char *name, const char *value, const char *file, int line)
{
    bool prose = op_str_eq(name, "note"); /* opsh's own words around values that were let in */
    if (value == NULL || p->n >= MOST_FACTS || (!prose && !op_fact_value_ok(value)) ||
        (file != NULL && !op_fact_path_ok(file)))
        return false;
    for (size_t i = 0; i < p->n; i++)
        if (op_str_eq(p->facts[i].name, name) && op_str_eq(p->facts[i].value, value))
            return false;
    p->facts = op_realloc(p->facts, p->n + 1, sizeof(*p->facts));
    p->facts[p->n++] =
        (struct op_fact){ .name = op_strdup(name), .value = op_strdup(value), .file = op_strdup(file), .line = line };
    return true;
}

bool op_fact_once(struct op_project *p, const char *name, const char *value, const char *file, int line)
{
    return op_project_fact(p, name) == NULL && op_fact_add(p, name, value, file, line);
}

const struct op_fact *op_project_fact(const struct op_project *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (op_str_eq(p->facts[i].name, name))
            return &p->facts[i];
    return NULL;
}

const char *op_fact_value(const struct op_project *p, const char *name)
{
    const struct op_fact *f = op_project_fact(p, name);
    return f != NULL ? f->value : NULL;
}

void op_fact_drop(struct op_project *p, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct op_fact f = p->facts[i];
        if (!op_str_eq(f.name, name)) {
            p->facts[kept++] = f;
            continue;
        }
        free(f.name);
        free(f.value);
        free(f.file);
    }
    p->n = kept;
}

bool op_fact_is(const struct op_project *p, const char *name, const char *value)
{
    for (size_t i = 0; i < p->n; i++)
        if (op_str_eq(p->facts[i].name, name) && op_str_eq(p->facts[i].value, value))
            return true;
    return false;
}

void op_project_free(struct op_project *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->facts[i].name);
        free(p->facts[i].value);
        free(p->facts[i].file);
    }
    free(p->facts);
    free(p->folder);
    free(p->name);
    *p = (struct op_project){ .kind = OP_PROJECT_UNKNOWN };
}

char *op_fact_label(const char *text)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    const char *slash = strrchr(text, '/'); /* "@scope/name", "example.com/team/name" */
    for (text = slash != NULL && slash[1] != '\0' ? slash + 1 : text; *text != '\0' && out.len < LABEL; text++) {
        char c = (char)tolower((unsigned char)*text);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            op_buf_addc(&out, c);
        else if (out.len != 0 && out.data[out.len - 1] != '-')
            op_buf_addc(&out, '-');
    }
    while (out.len != 0 && out.data[out.len - 1] == '-')
        op_buf_trunc(&out, out.len - 1);
    return out.len != 0 ? op_buf_steal(&out) : op_strdup("app");
}
