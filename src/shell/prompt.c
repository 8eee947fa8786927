/* Owns the prompt's text and how it shrinks. Names come from a kubeconfig that others may have written:
 * they are cleaned. */
#include "opsh/shell/prompt.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "paint.h"

enum { LEAST = 8 }; /* columns of a name below which it says nothing */

static char *clean_name(const char *name)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_text_clean(&out, name, strlen(name));
    for (size_t i = 0; i < out.len; i++)
        if (out.data[i] == '\n' || out.data[i] == '\t')
            out.data[i] = ' ';
    return op_buf_steal(&out);
}

static size_t code_points(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

/* The last `columns` characters, where they are fewer than all: the end of a cluster's name tells most. */
static char *tail(char *name, size_t columns, bool utf8)
{
    size_t n = code_points(name);
    const char *more = op_glyph(utf8, GLYPH_MORE);
    size_t mark = utf8 ? 1 : strlen(more);
    if (n <= columns)
        return name;
    size_t drop = n - (columns > mark ? columns - mark : 1);
    const char *p = name;
    while (drop != 0) {
        p++;
        if (((unsigned char)*p & 0xc0) != 0x80)
            drop--;
    }
    char *out = op_asprintf("%s%s", more, p);
    free(name);
    return out;
}

static void painted(struct op_buf *out, const struct op_prompt *p, enum paint paint, const char *text)
{
    if (p->colour)
        op_buf_addf(out, "\001%s\002%s\001%s\002", op_paint(true, paint), text, op_paint(true, PAINT_PLAIN));
    else
        op_buf_adds(out, text);
}

/* " [read-only, protected]", in short forms where there is little room. */
static char *modes(const struct op_prompt *p, bool wide)
{
    const struct {
        bool on;
        const char *name, *brief;
    } rows[] = {
        { p->read_only, "read-only", "ro" },
        { p->suggest && !p->read_only, "suggest", "sg" },
        { p->confirm_all, "confirm all", "ca" },
        { p->protect, "protected", "!" },
    };
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (rows[i].on)
            op_buf_addf(&out, "%s%s", out.len == 0 ? " [" : wide ? ", " : ",", wide ? rows[i].name : rows[i].brief);
    if (out.len != 0)
        op_buf_addc(&out, ']');
    return op_strdup(op_buf_str(&out));
}

void op_prompt_build(const struct op_prompt *p, struct op_buf *out)
{
    size_t room = p->columns > 0 ? (size_t)p->columns / 2 : 40;
    OP_AUTO_FREE char *mode = modes(p, room >= 30);
    size_t fixed = strlen(mode) + 4;
    room = room > fixed ? room - fixed : 0;
    OP_AUTO_FREE char *context = clean_name(p->context != NULL ? p->context : "no cluster");
    OP_AUTO_FREE char *ns = p->context != NULL && p->ns != NULL ? clean_name(p->ns) : NULL;
    size_t ns_wide = ns != NULL ? code_points(ns) + 1 : 0;
    if (ns != NULL && ns_wide + LEAST > room) {
        ns = tail(ns, room, p->utf8);
        ns_wide = code_points(ns) + 1;
    }
    bool show_context = ns == NULL || ns_wide + LEAST <= room;
    if (show_context) {
        context = tail(context, room - (ns_wide < room ? ns_wide : 0), p->utf8);
        painted(out, p, p->protect ? PAINT_RED : p->context != NULL ? PAINT_CYAN : PAINT_YELLOW, context);
        if (ns != NULL)
            op_buf_addc(out, '/');
    }
    if (ns != NULL && room >= 3)
        painted(out, p, PAINT_BOLD, ns);
    if (*mode != '\0')
        painted(out, p, PAINT_YELLOW, mode);
    op_buf_addf(out, "%s%s ", out->len != 0 ? " " : "", op_glyph(p->utf8, GLYPH_PROMPT));
}
