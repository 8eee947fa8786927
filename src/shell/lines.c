/* Owns how marked lines look. Diffs come from a cluster: they are spelled out like commands, so that
 * what is judged is what is there; opsh's own remarks are cleaned. */
#include "lines.h"

#include "opsh/base/str.h"
#include "opsh/gate/quote.h"
#include "paint.h"

static enum paint paint_of(char mark)
{
    static const struct {
        char mark;
        enum paint paint;
    } rows[] = {
        { '+', PAINT_GREEN }, { '-', PAINT_RED }, { '@', PAINT_CYAN }, { '#', PAINT_BOLD }, { '!', PAINT_YELLOW }
    };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (rows[i].mark == mark)
            return rows[i].paint;
    return PAINT_PLAIN;
}

/* "2 → 3" where the terminal has no arrow. */
static void plain_arrows(const struct op_ui_text *t, struct op_buf *text)
{
    static const char arrow[] = "\xe2\x86\x92";
    char *at;
    while (!t->utf8 && text->len != 0 && (at = strstr(text->data, arrow)) != NULL) {
        memmove(at + 2, at + 3, strlen(at + 3) + 1);
        memcpy(at, "->", 2);
        text->len--;
    }
}

static void line_text(const struct op_ui_text *t, const char *line, struct op_buf *out)
{
    char mark = line[0];
    const char *text = line + (mark != '\0');
    if (strchr("+- |", mark) != NULL && mark != '\0') {
        if (mark == '|')
            op_buf_addf(out, "  %s ", op_glyph(t->utf8, GLYPH_BAR));
        else
            op_buf_addf(out, "  %c ", mark);
        op_text_visible(out, text, strlen(text));
        return;
    }
    op_buf_adds(out, mark == '!' ? "  ! " : mark == '@' ? "  @ " : "  ");
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++)
        if (clean.data[i] == '\n' || clean.data[i] == '\t')
            clean.data[i] = ' ';
    plain_arrows(t, &clean);
    op_buf_adds(out, op_buf_str(&clean));
}

static void show_line(struct op_ui_text *t, const char *line)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    line_text(t, line, &text);
    fprintf(t->err, "%s%s%s\n", op_paint(t->colour_err, paint_of(line[0])), op_buf_str(&text),
            op_paint(t->colour_err, PAINT_PLAIN));
}

/* What tells or warns is never among the lines that are left out. */
static bool is_remark(const char *line)
{
    return line[0] == '=' || line[0] == '!';
}

void op_lines_show(struct op_ui_text *t, const struct op_strv *lines, size_t most)
{
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < lines->n; i++) {
        if (most != 0 && shown >= most && !is_remark(lines->v[i])) {
            left++;
            continue;
        }
        if (left != 0 && is_remark(lines->v[i])) {
            fprintf(t->err, "  %s %zu more lines: d shows all\n", op_glyph(t->utf8, GLYPH_MORE), left);
            left = 0;
        }
        show_line(t, lines->v[i]);
        shown++;
    }
    if (left != 0)
        fprintf(t->err, "  %s %zu more lines: d shows all\n", op_glyph(t->utf8, GLYPH_MORE), left);
    (void)fflush(t->err);
}

/* false: enough was seen. */
static bool next_page(struct op_ui_text *t, size_t seen, size_t all)
{
    char line[64];
    struct op_err err = OP_ERR_INIT;
    op_tty_flush_input();
    fprintf(t->err, "%s-- %zu of %zu lines; Enter: more, q: enough --%s ", op_paint(t->colour_err, PAINT_DIM), seen,
            all, op_paint(t->colour_err, PAINT_PLAIN));
    (void)fflush(t->err);
    bool more = t->read_line(line, sizeof(line), &err) && line[strspn(line, " ")] != 'q';
    if (err.code != OP_OK)
        (void)fputc('\n', t->err);
    else
        fputs("\x1b[A\r\x1b[K", t->err); /* the line above the cursor: Enter moved it */
    return more;
}

void op_lines_page(void *self, const struct op_strv *lines)
{
    struct op_ui_text *t = self;
    int columns, rows;
    op_ui_text_fresh(t);
    op_tty_size(&columns, &rows);
    size_t page = rows > 6 ? (size_t)rows - 3 : 4;
    for (size_t i = 0; i < lines->n; i++) {
        if (t->paged && t->live && i != 0 && i % page == 0 && !next_page(t, i, lines->n)) {
            fprintf(t->err, "  (%zu of %zu lines were not shown)\n", lines->n - i, lines->n);
            break;
        }
        show_line(t, lines->v[i]);
    }
    (void)fflush(t->err);
}

static void input_lines(const char *input, struct op_strv *lines)
{
    while (*input != '\0') {
        size_t n = strcspn(input, "\n");
        OP_AUTO_FREE char *line = op_strndup(input, n);
        op_strv_pushf(lines, "|%s", line);
        input += n + (input[n] == '\n');
    }
}

void op_lines_input(struct op_ui_text *t, const char *input)
{
    OP_AUTO_STRV lines = OP_STRV_INIT;
    input_lines(input, &lines);
    op_lines_page(t, &lines);
}

void op_lines_input_brief(struct op_ui_text *t, const char *input, size_t most)
{
    OP_AUTO_STRV lines = OP_STRV_INIT;
    input_lines(input, &lines);
    op_lines_show(t, &lines, most);
}

/* A word that no line of the text is. */
static char *end_word(const char *text)
{
    char *word = op_strdup("EOF");
    while (strstr(text, word) != NULL) {
        char *longer = op_asprintf("%s_", word);
        free(word);
        word = longer;
    }
    return word;
}

void op_lines_script(struct op_ui_text *t, const struct op_step *step)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_quote_argv(&out, &step->argv);
    if (step->input != NULL) {
        size_t n = strlen(step->input);
        OP_AUTO_FREE char *end = end_word(step->input);
        op_buf_addf(&out, " <<'%s'\n", end);
        op_text_clean(&out, step->input, n);
        op_buf_addf(&out, "%s%s", n != 0 && step->input[n - 1] != '\n' ? "\n" : "", end);
    }
    fprintf(t->out, "%s\n", op_buf_str(&out));
    (void)fflush(t->out);
}
