/* Owns how an answer looks: lines, their styles and where they break, one character at a time, so that
 * it cannot matter how the stream was cut. Knows nothing of escape sequences in the text: there are none. */
#include "markdown.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "paint.h"

#include <wchar.h>

enum { SPAN_MAX = 300, INFO_MAX = 80, LEAST_ROOM = 12, DEEPEST = 3 };

static size_t width_of(const char *c, size_t n)
{
    uint32_t cp = 0;
    int wide = op_utf8_decode(c, n, &cp) > 1 ? wcwidth((wchar_t)cp) : 1;
    return wide >= 0 ? (size_t)wide : 1;
}

static void end_row(struct op_md *md, struct op_buf *out)
{
    op_buf_addf(out, "\n%*s", (int)md->indent, "");
    md->used = md->indent;
}

static void add_style(const struct op_md *md, struct op_buf *out, unsigned style)
{
    static const struct {
        unsigned bit;
        enum paint paint;
    } paints[] = {
        { MD_BOLD, PAINT_BOLD }, { MD_ITALIC, PAINT_ITALIC }, { MD_CODE, PAINT_CYAN }, { MD_DIM, PAINT_DIM }
    };
    for (size_t i = 0; i < OP_LEN(paints); i++)
        if ((style & paints[i].bit) != 0)
            op_buf_adds(out, op_paint(md->colour, paints[i].paint));
}

/* Part of a word: kept to be moved to the next row with it, and shown at once where that can be taken back. */
static void add_part(struct op_md *md, struct op_buf *out, const char *bytes, size_t n)
{
    op_buf_add(&md->word, bytes, n);
    if (md->placed)
        op_buf_add(out, bytes, n);
}

static void set_style(struct op_md *md, struct op_buf *out, unsigned style)
{
    if (style == md->style)
        return;
    OP_AUTO_BUF change = OP_BUF_INIT;
    if (md->word.len == 0)
        md->word_style = md->style;
    if (md->style != 0)
        op_buf_adds(&change, op_paint(md->colour, PAINT_PLAIN));
    add_style(md, &change, style);
    md->style = style;
    add_part(md, out, op_buf_str(&change), change.len);
}

/* The word begins here: after its gap, or on the next row. */
static void place(struct op_md *md, struct op_buf *out, size_t wide)
{
    if (md->columns != 0 && !md->whole && md->used > md->indent && md->used + md->gap + wide > md->columns) {
        end_row(md, out);
    } else {
        op_buf_addf(out, "%*s", (int)md->gap, "");
        md->used += md->gap;
    }
    md->gap = 0;
    op_buf_add(out, op_buf_str(&md->word), md->word.len);
    md->placed = true;
}

static void take_to_next_row(struct op_md *md, struct op_buf *out)
{
    if (md->wide != 0)
        op_buf_addf(out, "\x1b[%zuD\x1b[K", md->wide);
    end_row(md, out);
    if (md->colour)
        op_buf_adds(out, op_paint(true, PAINT_PLAIN));
    add_style(md, out, md->word_style);
    op_buf_add(out, op_buf_str(&md->word), md->word.len);
    md->used += md->wide;
}

static void add_char(struct op_md *md, struct op_buf *out, const char *c, size_t n)
{
    size_t wide = width_of(c, n);
    bool first = md->wide == 0;
    if (md->word.len == 0)
        md->word_style = md->style;
    if (md->erase && !md->placed)
        place(md, out, wide);
    else if (md->placed && !first && md->columns != 0 && !md->whole && md->used + wide > md->columns &&
             md->used - md->wide > md->indent)
        take_to_next_row(md, out);
    add_part(md, out, c, n);
    md->wide += wide;
    if (md->placed)
        md->used += wide;
}

static void end_word(struct op_md *md, struct op_buf *out)
{
    if (!md->placed && md->word.len != 0) {
        if (md->wide != 0) {
            place(md, out, md->wide);
            md->used += md->wide;
        } else {
            op_buf_add(out, md->word.data, md->word.len);
        }
    }
    op_buf_trunc(&md->word, 0);
    md->wide = 0;
    md->placed = false;
}

static void show(struct op_md *md, struct op_buf *out, const char *s, size_t n, bool breaks)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = op_utf8_decode(s + i, n - i, &cp);
        len = len != 0 ? len : 1;
        if (breaks && (s[i] == ' ' || s[i] == '\t')) {
            end_word(md, out);
            md->gap += s[i] == ' ' ? 1 : 4;
        } else {
            add_char(md, out, s + i, len);
        }
        md->prev = s[i + len - 1];
        i += len;
    }
}

static void settle(struct op_md *md, struct op_buf *out, bool ended);

static void inner(struct op_md *md, struct op_buf *out, const char *s, size_t n)
{
    if (md->depth >= DEEPEST) {
        show(md, out, s, n, true);
        return;
    }
    md->depth++;
    op_buf_add(&md->span, s, n);
    settle(md, out, true);
    md->depth--;
}

/* s: the whole span, a copy; md->span is empty. */
static void show_span(struct op_md *md, struct op_buf *out, enum md_kind kind, const char *s, const struct md_span *at)
{
    unsigned style = md->style;
    size_t n = at->to - at->from;
    if (kind == MD_ESCAPED) {
        show(md, out, s + at->from, n, true);
    } else if (kind == MD_LINK) {
        inner(md, out, s + at->from, n);
        bool same = n == at->url_end - at->url && memcmp(s + at->from, s + at->url, n) == 0;
        OP_AUTO_FREE char *url = op_asprintf(" (%.*s)", (int)(at->url_end - at->url), s + at->url);
        if (!same)
            show(md, out, url, strlen(url), true);
    } else if ((at->style & MD_CODE) != 0 && !md->colour) {
        show(md, out, s, at->end, false);
    } else if ((at->style & MD_CODE) != 0) {
        set_style(md, out, style | MD_CODE);
        show(md, out, s + at->from, n, false);
    } else {
        set_style(md, out, style | at->style);
        inner(md, out, s + at->from, n);
    }
    set_style(md, out, style);
    md->prev = s[at->end - 1];
}

/* As much of what was held back as is decided. */
static void settle(struct op_md *md, struct op_buf *out, bool ended)
{
    while (md->span.len != 0) {
        size_t plain = 0;
        while (plain < md->span.len && !md_may_open(md->span.data[plain]))
            plain++;
        if (plain != 0) {
            OP_AUTO_FREE char *text = op_strndup(md->span.data, plain);
            op_buf_drop(&md->span, plain);
            show(md, out, text, plain, true);
            continue;
        }
        struct md_span at;
        enum md_kind kind = md_span_at(md->span.data, md->span.len, md->prev, ended, &at);
        if (kind == MD_WAIT && md->span.len < SPAN_MAX)
            return;
        size_t end = kind == MD_WAIT || kind == MD_LITERAL ? at.mark : at.end;
        OP_AUTO_FREE char *text = op_strndup(md->span.data, end);
        OP_AUTO_BUF rest = OP_BUF_INIT;
        op_buf_add(&rest, md->span.data + end, md->span.len - end);
        op_buf_trunc(&md->span, 0);
        if (kind == MD_WAIT || kind == MD_LITERAL)
            show(md, out, text, end, true);
        else
            show_span(md, out, kind, text, &at);
        op_buf_add(&md->span, op_buf_str(&rest), rest.len);
    }
}

/* ---- lines ---- */

enum kind { UNDECIDED, TEXT, BLANK, HEADING, ITEM, NUMBERED, QUOTE, RULE, TABLE, VERBATIM, FENCE, FENCE_END, FENCED };

static enum kind when(bool ended, enum kind kind)
{
    return ended ? kind : UNDECIDED;
}

static enum kind in_fence(const struct op_md *md, const char *s, size_t n, bool ended)
{
    size_t lead = strspn(s, " "), run = 0;
    while (s[lead + run] == md->fence_mark)
        run++;
    size_t rest = lead + run + strspn(s + lead + run, " ");
    if (rest < n || (ended && run < md->fence))
        return FENCED;
    return when(ended, FENCE_END);
}

static enum kind marked(const char *s, bool ended, size_t *skip)
{
    size_t run = strspn(s, (char[2]){ s[0], '\0' });
    const char *rest = s + run;
    if (s[0] == '`' || s[0] == '~') {
        bool fence = run >= 3 && strchr(rest, s[0]) == NULL && strlen(rest) <= INFO_MAX;
        return *rest == '\0' || fence ? when(ended, run >= 3 ? FENCE : TEXT) : TEXT;
    }
    if (*rest == '\0')
        return when(ended, run >= 3 && s[0] != '#' && s[0] != '+' ? RULE : TEXT);
    *skip = run + 1;
    if (s[0] == '#')
        return run <= 6 && *rest == ' ' ? HEADING : TEXT;
    return s[0] != '_' && run == 1 && *rest == ' ' ? ITEM : TEXT;
}

static enum kind numbered(const char *s, bool ended, size_t *skip)
{
    size_t digits = strspn(s, "0123456789");
    if (digits > 3)
        return TEXT;
    if (s[digits] == '\0' || ((s[digits] == '.' || s[digits] == ')') && s[digits + 1] == '\0'))
        return when(ended, TEXT);
    *skip = digits + 2;
    return (s[digits] == '.' || s[digits] == ')') && s[digits + 1] == ' ' ? NUMBERED : TEXT;
}

/* What the line is that begins so; lead: its spaces; skip: the bytes of its mark behind them. */
static enum kind decide(const struct op_md *md, bool ended, size_t *lead, size_t *skip)
{
    const char *s = op_buf_str(&md->head);
    *lead = *skip = 0;
    if (md->fence != 0)
        return in_fence(md, s, md->head.len, ended);
    size_t spaces = strspn(s, " ");
    s += spaces;
    if (*s == '\0')
        return when(ended, BLANK);
    if (*s == '\t' || (spaces >= 4 && !md->listed))
        return VERBATIM;
    *lead = spaces;
    if (strchr("`~#-+*_", *s) != NULL)
        return marked(s, ended, skip);
    if (isdigit((unsigned char)*s))
        return numbered(s, ended, skip);
    if (*s == '$')
        return s[1] == '\0' ? when(ended, TEXT) : s[1] == ' ' ? VERBATIM : TEXT;
    if (*s == '>') {
        *skip = s[1] == ' ' ? 2 : 1;
        return s[1] == '\0' ? when(ended, QUOTE) : QUOTE;
    }
    return *s == '|' ? TABLE : TEXT;
}

static void open_fence(struct op_md *md)
{
    const char *s = op_buf_str(&md->head);
    s += strspn(s, " ");
    md->fence_mark = *s;
    md->fence = strspn(s, (char[2]){ *s, '\0' });
}

static void add_prefix(struct op_md *md, struct op_buf *out, const char *prefix)
{
    op_buf_adds(out, prefix);
    for (const char *p = prefix; *p != '\0'; p++)
        md->used += ((unsigned char)*p & 0xc0) != 0x80;
    md->indent = md->used;
    if (md->columns != 0 && md->indent + LEAST_ROOM > md->columns)
        md->indent = 0;
}

static void in_line(struct op_md *md, struct op_buf *out, const char *c, size_t n)
{
    if (md->verbatim) {
        op_buf_add(out, c, n);
        md->used += *c == '\t' ? 8 : width_of(c, n);
        return;
    }
    if (md->span.len == 0 && !md_may_open(*c)) {
        show(md, out, c, n, true);
        return;
    }
    op_buf_add(&md->span, c, n);
    settle(md, out, false);
}

/* It is known what the line is: what was held back of it is shown. */
static void begin_line(struct op_md *md, struct op_buf *out, enum kind kind, size_t lead, size_t skip)
{
    OP_AUTO_BUF head = OP_BUF_INIT, prefix = OP_BUF_INIT;
    op_buf_add(&head, op_buf_str(&md->head), md->head.len);
    op_buf_trunc(&md->head, 0);
    md->in_line = true;
    md->verbatim = kind == FENCED || kind == VERBATIM || kind == RULE;
    md->whole = kind == TABLE;
    md->listed = kind == ITEM || kind == NUMBERED || (md->listed && (lead != 0 || kind == BLANK || md->fence != 0));
    md->prev = ' ';
    op_buf_addf(&prefix, "%*s", (int)lead, "");
    if (kind == ITEM)
        op_buf_adds(&prefix, md->utf8 ? "\xe2\x80\xa2 " : "- ");
    else if (kind == NUMBERED)
        op_buf_add(&prefix, head.data + lead, skip);
    else if (kind == QUOTE)
        op_buf_addf(&prefix, "%s ", op_glyph(md->utf8, GLYPH_BAR));
    else if (kind == FENCED)
        op_buf_adds(&prefix, "    ");
    bool dim = kind == FENCED || kind == QUOTE || kind == RULE;
    if (dim) {
        op_buf_adds(out, op_paint(md->colour, PAINT_DIM));
        md->style = MD_DIM;
    }
    add_prefix(md, out, op_buf_str(&prefix));
    if (kind == HEADING)
        set_style(md, out, MD_BOLD);
    size_t at = lead + (kind == HEADING || kind == ITEM || kind == NUMBERED || kind == QUOTE ? skip : 0);
    while (at < head.len) {
        uint32_t cp = 0;
        size_t len = op_utf8_decode(head.data + at, head.len - at, &cp);
        len = len != 0 ? len : 1;
        in_line(md, out, head.data + at, len);
        at += len;
    }
}

static void try_line(struct op_md *md, struct op_buf *out, bool ended)
{
    size_t lead, skip;
    enum kind kind = decide(md, ended, &lead, &skip);
    if (kind == UNDECIDED)
        return;
    if (kind == FENCE)
        open_fence(md);
    else if (kind == FENCE_END)
        md->fence = 0;
    if (kind == FENCE || kind == FENCE_END)
        op_buf_trunc(&md->head, 0);
    else
        begin_line(md, out, kind, lead, skip);
}

static void end_line(struct op_md *md, struct op_buf *out)
{
    settle(md, out, true);
    if (md->style != 0)
        set_style(md, out, 0);
    end_word(md, out);
    md->used = md->indent = md->gap = 0;
    md->in_line = md->verbatim = md->whole = false;
}

static void one_char(struct op_md *md, struct op_buf *out, const char *c, size_t n)
{
    if (*c != '\n') {
        if (md->in_line) {
            in_line(md, out, c, n);
        } else {
            op_buf_add(&md->head, c, n);
            try_line(md, out, false);
        }
        return;
    }
    if (!md->in_line)
        try_line(md, out, true);
    bool shown = md->in_line; /* the lines of a fence's marks are not */
    end_line(md, out);
    if (shown)
        op_buf_addc(out, '\n');
}

void op_md_feed(struct op_md *md, struct op_buf *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == 0)
            continue;
        if (md->have == 0 || (c & 0xc0) != 0x80) {
            md->have = 0;
            md->need = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        }
        md->part[md->have++] = text[i];
        if (md->have < md->need)
            continue;
        size_t len = md->have;
        md->have = 0;
        one_char(md, out, md->part, len);
    }
}

void op_md_end(struct op_md *md, struct op_buf *out)
{
    if (!md->in_line && md->head.len != 0)
        try_line(md, out, true);
    end_line(md, out);
    op_buf_free(&md->head);
    op_buf_free(&md->span);
    op_buf_free(&md->word);
    *md = (struct op_md){ .columns = md->columns, .colour = md->colour, .utf8 = md->utf8, .erase = md->erase };
}
