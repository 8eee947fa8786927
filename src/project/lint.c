/* Owns the run of the linter: which rules are asked, what comments silence, the order of findings, and what the rules
 * ask about the file as a whole. The rules are in lint_*.c beside this file. */
#include "lint_i.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

#include <stdarg.h>

enum { MOST_FINDINGS = 1000, MESSAGE_MAX = 400 };

static const struct op_lint_rules *const tables[] = { &op_lint_stages,   &op_lint_form,     &op_lint_variables,
                                                      &op_lint_packages, &op_lint_managers, &op_lint_shell,
                                                      &op_lint_size };

const struct op_lint_rule *op_lint_rule(size_t i)
{
    for (size_t t = 0; t < OP_LEN(tables); t++) {
        if (i < tables[t]->n)
            return &tables[t]->v[i];
        i -= tables[t]->n;
    }
    return NULL;
}

const struct op_lint_rule *op_lint_rule_named(const char *name)
{
    const struct op_lint_rule *rule = NULL;
    for (size_t i = 0; (rule = op_lint_rule(i)) != NULL; i++)
        if (strcmp(rule->name, name) == 0)
            break;
    return rule;
}

/* By its name, its twin's, or "all". */
static bool named(const struct op_strv *names, const struct op_lint_rule *rule)
{
    return op_strv_has(names, rule->name) || (rule->twin != NULL && op_strv_has(names, rule->twin)) ||
           op_strv_has(names, "all");
}

/* One line of clean text: the words of the file are somebody else's. */
static char *clean(const char *text)
{
    OP_AUTO_BUF out = { .max = MESSAGE_MAX };
    op_text_clean(&out, text, strlen(text));
    for (size_t i = 0; i < out.len; i++)
        if (out.data[i] == '\n' || out.data[i] == '\t')
            out.data[i] = ' ';
    while (out.cut && out.len != 0 && ((unsigned char)out.data[out.len - 1] & 0x80) != 0)
        op_buf_trunc(&out, out.len - 1); /* no half of a character */
    return op_buf_steal(&out);
}

void op_lint_say(struct op_lint_run *run, const struct df_line *l, size_t line, const char *advice, const char *fmt,
                 ...)
{
    struct op_lint_report *out = run->out;
    if (out->n == MOST_FINDINGS || (l != NULL && named(&l->silent, run->rule)))
        return;
    OP_AUTO_FREE char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    out->v = op_grow(out->v, out->n, &run->cap, sizeof(*out->v));
    out->v[out->n++] = (struct op_lint_finding){ .rule = run->rule->name,
                                                 .level = run->rule->level,
                                                 .line = line != 0   ? line
                                                         : l != NULL ? l->line
                                                                     : 1,
                                                 .message = clean(text),
                                                 .advice = clean(advice) };
}

static int by_line(const void *a, const void *b)
{
    const struct op_lint_finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    int rules = strcmp(x->rule, y->rule);
    return rules != 0 ? rules : strcmp(x->message, y->message);
}

static void ask(struct op_lint_run *run, const struct op_lint_rule *rule)
{
    const struct df_file *f = run->f;
    run->rule = rule;
    if (named(&f->silent, rule) || (rule->experimental && !named(&f->experimental, rule)))
        return;
    if (rule->on == DF_UNKNOWN)
        rule->check(run, NULL);
    for (size_t i = 0; i < f->n && rule->on != DF_UNKNOWN; i++)
        if (f->v[i].kind == rule->on && f->v[i].trouble == NULL)
            rule->check(run, &f->v[i]);
}

void op_lint(const char *text, size_t n, const struct op_lint_context *context, struct op_lint_report *out)
{
    static const struct op_lint_context nothing = { .ignored = NULL };
    struct df_file f;
    *out = (struct op_lint_report){ 0 };
    op_df_parse(text, n < OP_LINT_MAX ? n : OP_LINT_MAX, &f);
    struct op_lint_run run = {
        .f = &f, .context = context != NULL ? context : &nothing, .around = context != NULL, .out = out
    };
    op_ignores_read(run.context->ignored, &run.ignores);
    const struct op_lint_rule *rule = NULL;
    for (size_t i = 0; (rule = op_lint_rule(i)) != NULL && (i == 0 || f.n_stages != 0); i++)
        ask(&run, rule); /* the first says whether it is a Dockerfile at all */
    if (out->n != 0)
        qsort(out->v, out->n, sizeof(*out->v), by_line);
    op_ignores_free(&run.ignores);
    op_df_free(&f);
}

void op_lint_report_free(struct op_lint_report *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->v[i].message);
        free(r->v[i].advice);
    }
    free(r->v);
    *r = (struct op_lint_report){ 0 };
}

/* ---- what several rules ask ---- */

const struct df_stage *op_lint_last(const struct op_lint_run *run)
{
    return run->f->n_stages != 0 ? &run->f->stages[run->f->n_stages - 1] : NULL;
}

bool op_lint_kept(const struct op_lint_run *run, const struct df_line *l)
{
    size_t s = run->f->n_stages;
    for (s = s != 0 ? s - 1 : DF_NONE; s != DF_NONE; s = run->f->stages[s].parent)
        if (s == l->stage)
            return true;
    return false;
}

void op_lint_globals(const struct op_lint_run *run, struct op_strv *values)
{
    static const char *const own[] = {
        "BUILDPLATFORM=linux/amd64",  "BUILDOS=linux",  "BUILDARCH=amd64",  "BUILDVARIANT=",
        "TARGETPLATFORM=linux/amd64", "TARGETOS=linux", "TARGETARCH=amd64", "TARGETVARIANT=",
        "TARGETSTAGE=default"
    };
    for (size_t i = 0; i < OP_LEN(own); i++)
        op_strv_push(values, own[i]);
    for (size_t i = 0; i < run->f->n && run->f->v[i].stage == DF_NONE; i++) {
        const struct df_line *l = &run->f->v[i];
        for (size_t w = 0; l->kind == DF_ARG && w < l->words.n && values->n < 200; w++) {
            OP_AUTO_FREE char *value = op_df_expand(l->words.v[w], values);
            OP_AUTO_FREE char *key = op_df_key(value);
            if (strchr(value, '=') != NULL)
                op_strv_take(values, op_steal(&value));
            else if (op_df_value(values, key, strlen(key)) == NULL)
                op_strv_pushf(values, "%s=", key);
        }
    }
}

char *op_lint_image(const struct op_lint_run *run, const struct df_stage *s)
{
    OP_AUTO_STRV values = OP_STRV_INIT;
    if (s->parent != DF_NONE)
        return op_strdup("");
    op_lint_globals(run, &values);
    return op_df_expand(s->base, &values);
}

bool op_lint_cached(const struct df_line *l, const char *part)
{
    const char *mount = NULL;
    for (size_t i = 0; (mount = op_df_flag(l, "mount", i)) != NULL; i++)
        if (strstr(mount, "type=cache") != NULL && strstr(mount, part) != NULL)
            return true;
    return false;
}

bool op_lint_among(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

struct op_lint_argv op_lint_argv(const struct df_command *c)
{
    struct op_lint_argv a = { .v = c->words.v, .n = c->words.n };
    if (a.n > 1 && strcmp(a.v[0], "sudo") == 0) {
        size_t skip = 1;
        while (skip < a.n - 1 && (a.v[skip][0] == '-' || strchr(a.v[skip], '=') != NULL))
            skip++;
        a.v += skip;
        a.n -= skip;
    }
    if (a.n > 2 && op_str_starts(a.v[0], "python") && strcmp(a.v[1], "-m") == 0) {
        a.v += 2;
        a.n -= 2;
    }
    return a;
}

const char *op_lint_verb(const struct op_lint_argv *a, size_t *at)
{
    for (size_t i = 1; i < a->n; i++) {
        if (a->v[i][0] == '-')
            continue;
        if (at != NULL)
            *at = i;
        return a->v[i];
    }
    return "";
}

bool op_lint_has(const struct op_lint_argv *a, const char *const *options)
{
    for (size_t i = 1; i < a->n; i++)
        if (op_lint_among(a->v[i], options))
            return true;
    return false;
}
