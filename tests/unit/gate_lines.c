/* See gate_lines.h. */
#include "gate_lines.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void read_line(struct lines *to, const char *file, unsigned number, const char *text, size_t len,
                      unsigned columns)
{
    to->v = op_grow(to->v, to->n, &to->cap, sizeof(*to->v));
    struct line *l = &to->v[to->n++];
    *l = (struct line){ .file = file, .number = number, .text = op_strndup(text, len), .argv = OP_STRV_INIT };
    char *at = l->text;
    for (unsigned c = 0; c < columns; c++) {
        l->column[c] = at;
        char *tab = strchr(at, '\t');
        if ((tab != NULL) != (c + 1 < columns))
            fail_msg("%s:%u: not %u columns", file, number, columns);
        if (tab != NULL) {
            *tab = '\0';
            at = tab + 1;
        }
    }
    struct op_err err = OP_ERR_INIT;
    if (!op_quote_split(l->column[columns - 1], &l->argv, &err))
        fail_msg("%s:%u: %s", file, number, err.msg);
}

void lines_read(struct lines *to, const char *file, unsigned columns)
{
    OP_AUTO_FREE char *path = op_asprintf("%s/tests/golden/%s", OPSH_SOURCE_DIR, file);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *text = NULL;
    size_t cap = 0;
    unsigned number = 0;
    for (ssize_t n; (n = getline(&text, &cap, f)) > 0;) {
        size_t len = (size_t)n - (text[n - 1] == '\n');
        number++;
        if (len != 0 && *text != '#')
            read_line(to, file, number, text, len, columns);
    }
    free(text);
    (void)fclose(f);
    assert_true(to->n != 0);
}

void lines_read_with_input(struct lines *to, const char *file, unsigned columns)
{
    size_t from = to->n;
    lines_read(to, file, columns);
    for (size_t i = from; i < to->n; i++) {
        OP_AUTO_STRV words = OP_STRV_INIT;
        struct op_err err = OP_ERR_INIT;
        if (!op_quote_split(to->v[i].column[columns - 2], &words, &err) || words.n != 1)
            fail_msg("%s:%u: the input must be one quoted word", file, to->v[i].number);
        to->v[i].input = op_strdup(words.v[0]);
    }
}

void lines_free(struct lines *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->v[i].text);
        free(l->v[i].input);
        op_strv_free(&l->v[i].argv);
    }
    free(l->v);
    *l = (struct lines){ 0 };
}

void verdict_text(const struct op_verdict *v, char out[80])
{
    bool unknown = !v->known && v->risk != OP_RISK_REFUSED;
    (void)snprintf(out, 80, "%s%s%s%s%s", op_risk_name(v->risk), unknown ? ",unknown" : "",
                   v->secrets ? ",secrets" : "",
                   v->guard == OP_GUARD_ASK      ? ",ask"
                   : v->guard == OP_GUARD_REFUSE ? ",refuse"
                                                 : "",
                   v->interactive ? ",tty" : "");
}

bool same_marks(const char *a, const char *b)
{
    if (strlen(a) != strlen(b))
        return false;
    for (const char *at = a; *at != '\0';) {
        size_t n = strcspn(at, ",");
        bool found = false;
        for (const char *in = b; *in != '\0'; in += strcspn(in, ",") + (in[strcspn(in, ",")] == ','))
            found = found || (strcspn(in, ",") == n && memcmp(at, in, n) == 0);
        if (!found)
            return false;
        at += n + (at[n] == ',');
    }
    return true;
}
