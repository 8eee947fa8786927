/* Owns the reading of Dockerfiles: directives, comments, continued lines, heredocs, stages. Judges nothing but what
 * Docker itself would not take, and refuses to read more than its limits. */
#include "dockerfile.h"

#include "opsh/base/str.h"

#include <strings.h>

static const char *const kinds[DF_KINDS] = {
    [DF_ADD] = "ADD",
    [DF_ARG] = "ARG",
    [DF_CMD] = "CMD",
    [DF_COPY] = "COPY",
    [DF_ENTRYPOINT] = "ENTRYPOINT",
    [DF_ENV] = "ENV",
    [DF_EXPOSE] = "EXPOSE",
    [DF_FROM] = "FROM",
    [DF_HEALTHCHECK] = "HEALTHCHECK",
    [DF_LABEL] = "LABEL",
    [DF_MAINTAINER] = "MAINTAINER",
    [DF_ONBUILD] = "ONBUILD",
    [DF_RUN] = "RUN",
    [DF_SHELL] = "SHELL",
    [DF_STOPSIGNAL] = "STOPSIGNAL",
    [DF_USER] = "USER",
    [DF_VOLUME] = "VOLUME",
    [DF_WORKDIR] = "WORKDIR",
};

struct reader {
    const char *at, *end;
    size_t line;           /* of what was read last */
    bool top;              /* nothing but directives so far */
    struct op_strv silent; /* for the next instruction */
    char *comment;
};

enum df_kind op_df_kind(const char *name)
{
    for (size_t k = DF_UNKNOWN + 1; k < DF_KINDS; k++)
        if (strcasecmp(kinds[k], name) == 0)
            return (enum df_kind)k;
    return DF_UNKNOWN;
}

const char *op_df_kind_name(enum df_kind kind)
{
    return kinds[kind] != NULL ? kinds[kind] : "?";
}

const char *op_df_flag(const struct df_line *l, const char *name, size_t nth)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < l->flags.n; i++) {
        const char *flag = l->flags.v[i] + 2;
        if (strncmp(flag, name, n) == 0 && (flag[n] == '=' || flag[n] == '\0') && nth-- == 0)
            return flag[n] == '=' ? flag + n + 1 : flag + n;
    }
    return NULL;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The next line without its end, NULs as spaces. false: there is none. */
static bool next_line(struct reader *r, struct op_buf *out)
{
    op_buf_trunc(out, 0);
    if (r->at == r->end)
        return false;
    const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const char *behind = stop != NULL ? stop : r->end;
    size_t n = (size_t)(behind - r->at);
    if (n != 0 && r->at[n - 1] == '\r')
        n--;
    op_buf_add(out, r->at, n);
    for (size_t i = 0; i < n; i++)
        if (out->data[i] == '\0')
            out->data[i] = ' ';
    r->at = stop != NULL ? stop + 1 : r->end;
    r->line++;
    return true;
}

static const char *skip_blanks(const char *s)
{
    while (blank(*s))
        s++;
    return s;
}

/* Names from "A,B; C" up to a character that no list has. */
static void add_names(struct op_strv *to, const char *s)
{
    while (*s != '\0') {
        size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
        if (n != 0 && to->n < 100)
            op_strv_take(to, op_strndup(s, n));
        s += n;
        size_t between = strspn(s, ", ");
        if (n == 0 || between == 0)
            return;
        s += between;
    }
}

/* "skip=A,B;error=true" and "experimental=A". */
static void check_options(const char *s, struct op_strv *silent, struct op_strv *experimental)
{
    const char *skip = strstr(s, "skip="), *more = strstr(s, "experimental=");
    if (skip != NULL)
        add_names(silent, skip + strlen("skip="));
    if (more != NULL)
        add_names(experimental, more + strlen("experimental="));
}

/* A comment that is a directive of the whole file; only those before anything else are. */
static bool directive(struct df_file *f, const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const char *value = skip_blanks(s + n);
    if (n == 0 || *value != '=')
        return false;
    value = skip_blanks(value + 1);
    if (n == 6 && strncasecmp(s, "escape", 6) == 0 && (*value == '`' || *value == '\\'))
        f->escape = *value;
    else if (n == 5 && strncasecmp(s, "check", 5) == 0)
        check_options(value, &f->silent, &f->experimental);
    else
        return n == 6 && strncasecmp(s, "syntax", 6) == 0;
    return true;
}

/* s: behind the "#". */
static void comment(struct df_file *f, struct reader *r, const char *s)
{
    s = skip_blanks(s);
    if (r->top && directive(f, s))
        return;
    r->top = false;
    free(r->comment);
    r->comment = op_strdup(s);
    static const struct {
        const char *begins;
        bool file;
    } marks[] = { { "opsh: ignore=", false }, { "hadolint ignore=", false }, { "hadolint global ignore=", true } };
    for (size_t i = 0; i < OP_LEN(marks); i++)
        if (strncmp(s, marks[i].begins, strlen(marks[i].begins)) == 0)
            add_names(marks[i].file ? &f->silent : &r->silent, s + strlen(marks[i].begins));
    if (strncmp(s, "check=", 6) == 0)
        check_options(s + 6, &r->silent, &f->experimental);
}

/* Does the line go on? Takes the escape away. */
static bool continues(struct op_buf *line, char escape)
{
    size_t n = line->len;
    while (n != 0 && blank(line->data[n - 1]))
        n--;
    if (n == 0 || line->data[n - 1] != escape || (n > 1 && line->data[n - 2] == escape))
        return false;
    op_buf_trunc(line, n - 1);
    return true;
}

/* The lines that belong to the one in text. */
static void join(struct reader *r, char escape, struct op_buf *text, size_t *gap)
{
    OP_AUTO_BUF line = OP_BUF_INIT;
    while (continues(text, escape)) {
        bool more;
        const char *s = "";
        while ((more = next_line(r, &line))) {
            s = skip_blanks(op_buf_str(&line));
            if (*s == '\0' && *gap == 0)
                *gap = r->line;
            if (*s != '\0' && *s != '#')
                break;
        }
        if (!more)
            return;
        op_buf_add(text, line.data, line.len);
    }
}

/* One heredoc's body, up to the line that is its name. */
static bool heredoc(struct reader *r, const char *name, bool tabs, struct op_strv *out)
{
    OP_AUTO_BUF line = OP_BUF_INIT;
    OP_AUTO_BUF body = OP_BUF_INIT;
    bool closed = false;
    while (!closed && next_line(r, &line)) {
        const char *s = op_buf_str(&line);
        s += tabs ? strspn(s, "\t") : 0;
        closed = strcmp(s, name) == 0;
        if (!closed)
            op_buf_addf(&body, "%s\n", s);
    }
    op_strv_take(out, op_buf_steal(&body));
    return closed;
}

/* Words like <<EOF, <<-"EOF", 3<<EOF announce a heredoc each. */
static void heredocs(struct reader *r, struct df_line *l, char escape)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    op_df_words(l->text, escape, &words);
    for (size_t i = 0; i < words.n && l->trouble == NULL; i++) {
        const char *s = words.v[i] + strspn(words.v[i], "0123456789");
        if (strncmp(s, "<<", 2) != 0 || s[2] == '<' || s[2] == '\0')
            continue;
        bool tabs = s[2] == '-';
        const char *name = s + 2 + (tabs ? 1 : 0);
        size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
        if (n == 0 || name[n] != '\0')
            continue;
        if (!heredoc(r, name, tabs, &l->heredocs))
            l->trouble = op_asprintf("the heredoc <<%.40s is never closed by a line \"%.40s\"", name, name);
    }
}

/* "--name=value" words in front of the text. */
static void take_flags(struct df_line *l)
{
    const char *s = l->text;
    bool takes =
        l->kind == DF_ADD || l->kind == DF_COPY || l->kind == DF_FROM || l->kind == DF_HEALTHCHECK || l->kind == DF_RUN;
    while (takes && strncmp(s, "--", 2) == 0 && isalpha((unsigned char)s[2]) && l->flags.n < 100) {
        size_t n = 0;
        for (char quote = '\0'; s[n] != '\0' && (quote != '\0' || !blank(s[n])); n++)
            quote = quote == '\0' && (s[n] == '"' || s[n] == '\'') ? s[n] : quote == s[n] ? '\0' : quote;
        op_strv_take(&l->flags, op_strndup(s, n));
        s = skip_blanks(s + n);
    }
    if (s != l->text) {
        char *rest = op_strdup(s);
        free(l->text);
        l->text = rest;
    }
}

static void check_shape(struct df_line *l)
{
    static const struct {
        enum df_kind kind;
        size_t least;
        const char *needs;
    } shapes[] = {
        { DF_FROM, 1, "an image" },
        { DF_COPY, 2, "what to copy and where to" },
        { DF_ADD, 2, "what to add and where to" },
        { DF_ENV, 1, "NAME=value" },
        { DF_ARG, 1, "a name" },
        { DF_EXPOSE, 1, "a port" },
        { DF_LABEL, 1, "name=value" },
        { DF_USER, 1, "a user" },
        { DF_WORKDIR, 1, "a folder" },
        { DF_STOPSIGNAL, 1, "a signal" },
        { DF_VOLUME, 1, "a folder" },
        { DF_SHELL, 1, "a JSON list" },
        { DF_RUN, 1, "a command" },
        { DF_HEALTHCHECK, 1, "CMD or NONE" },
    };
    if (l->trouble != NULL)
        return;
    if (l->kind == DF_UNKNOWN)
        l->trouble = strlen(l->name) <= 16
                         ? op_asprintf("\"%s\" is no instruction", l->name)
                         : op_strdup("this begins with no instruction"); /* not to spell out what may be a key */
    for (size_t i = 0; i < OP_LEN(shapes) && l->trouble == NULL; i++)
        if (shapes[i].kind == l->kind && l->words.n < shapes[i].least)
            l->trouble = op_asprintf("%s needs %s", kinds[l->kind], shapes[i].needs);
    if (l->trouble == NULL && l->kind == DF_FROM && l->words.n != 1 &&
        (l->words.n != 3 || strcasecmp(l->words.v[1], "as") != 0))
        l->trouble = op_strdup("FROM takes an image, or an image AS a name");
    if (l->trouble == NULL && l->kind == DF_SHELL && !l->json)
        l->trouble = op_strdup("SHELL takes a JSON list only");
}

/* A heredoc is the script when nothing else stands in the RUN, or a shell that reads it. */
static void run_commands(struct df_line *l)
{
    if (l->json) {
        OP_AUTO_BUF script = OP_BUF_INIT;
        bool shell = l->words.n == 3 && strstr(l->words.v[0], "sh") != NULL && strcmp(l->words.v[1], "-c") == 0;
        for (size_t i = 0; i < l->words.n && !shell; i++)
            op_buf_addf(&script, "'%s' ", l->words.v[i]);
        op_df_shell(shell ? l->words.v[2] : op_buf_str(&script), l);
        return;
    }
    bool script = l->heredocs.n != 0 && l->words.n != 0 &&
                  (op_str_starts(l->words.v[0], "<<") ||
                   (l->words.n == 2 && op_str_ends(l->words.v[0], "sh") && op_str_starts(l->words.v[1], "<<")));
    if (!script)
        op_df_shell(l->text, l);
    else if (strncmp(l->heredocs.v[0], "#!", 2) != 0 ||
             strncmp(l->heredocs.v[0] + strcspn(l->heredocs.v[0], "\n") - 2, "sh", 2) == 0)
        op_df_shell(l->heredocs.v[0], l);
}

static void open_stage(struct df_file *f, struct df_line *l, size_t at)
{
    struct df_stage s = { .from = at, .end = at + 1, .base = l->words.n != 0 ? l->words.v[0] : "", .parent = DF_NONE };
    s.name = l->trouble == NULL && l->words.n == 3 ? l->words.v[2] : NULL;
    for (size_t i = 0; i < f->n_stages; i++)
        if (f->stages[i].name != NULL && op_str_ieq(f->stages[i].name, s.base))
            s.parent = i;
    f->stages = op_grow(f->stages, f->n_stages, &f->cap_stages, sizeof(*f->stages));
    f->stages[f->n_stages++] = s;
}

static void instruction(struct df_file *f, struct reader *r, struct op_buf *text)
{
    struct df_line l = { .line = r->line, .silent = r->silent, .comment = r->comment };
    r->silent = (struct op_strv)OP_STRV_INIT;
    r->comment = NULL;
    r->top = false;
    join(r, f->escape, text, &l.gap);
    const char *s = skip_blanks(op_buf_str(text));
    size_t n = strcspn(s, " \t");
    l.name = op_strndup(s, n);
    l.kind = op_df_kind(l.name);
    l.text = op_strdup(skip_blanks(s + n));
    for (size_t end = strlen(l.text); end != 0 && blank(l.text[end - 1]); end--)
        l.text[end - 1] = '\0';
    take_flags(&l);
    enum df_kind inner = l.kind;
    if (l.kind == DF_ONBUILD) {
        OP_AUTO_FREE char *word = op_strndup(l.text, strcspn(l.text, " \t"));
        inner = op_df_kind(word);
    }
    if (inner == DF_RUN || inner == DF_COPY || inner == DF_ADD)
        heredocs(r, &l, f->escape);
    l.json = op_df_json(l.text, &l.words);
    if (!l.json)
        op_df_words(l.text, f->escape, &l.words);
    check_shape(&l);
    if (l.kind == DF_RUN)
        run_commands(&l);
    f->v = op_grow(f->v, f->n, &f->cap, sizeof(*f->v));
    f->v[f->n] = l;
    if (l.kind == DF_FROM)
        open_stage(f, &f->v[f->n], f->n);
    f->v[f->n].stage = f->n_stages != 0 ? f->n_stages - 1 : DF_NONE;
    f->n++;
    if (f->n_stages != 0)
        f->stages[f->n_stages - 1].end = f->n;
}

void op_df_parse(const char *text, size_t n, struct df_file *f)
{
    *f = (struct df_file){ .escape = '\\' };
    struct reader r = { .at = text, .end = text + n, .top = true };
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    OP_AUTO_BUF line = OP_BUF_INIT;
    while (next_line(&r, &line)) {
        const char *s = skip_blanks(op_buf_str(&line));
        if (*s == '#') {
            comment(f, &r, s + 1);
        } else if (*s == '\0') {
            r.top = false;
            op_free_ptr(&r.comment);
            r.comment = NULL;
        } else if (f->n == DF_LINES_MAX) {
            f->cut = r.line;
            break;
        } else {
            instruction(f, &r, &line);
        }
    }
    op_strv_free(&r.silent);
    free(r.comment);
}

void op_df_free(struct df_file *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct df_line *l = &f->v[i];
        for (size_t c = 0; c < l->n_commands; c++)
            op_strv_free(&l->commands[c].words);
        free(l->commands);
        free(l->name);
        free(l->text);
        free(l->comment);
        free(l->trouble);
        op_strv_free(&l->flags);
        op_strv_free(&l->words);
        op_strv_free(&l->heredocs);
        op_strv_free(&l->silent);
    }
    free(f->v);
    free(f->stages);
    op_strv_free(&f->silent);
    op_strv_free(&f->experimental);
    *f = (struct df_file){ 0 };
}
