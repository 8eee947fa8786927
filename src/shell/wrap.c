/* Owns line breaking. Refuses to touch what is there to be copied. */
#include "wrap.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

#include <wchar.h>

enum { LEAST_ROOM = 12 }; /* columns beside an indent below which indenting helps nobody */

static size_t width(const char *s, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = op_utf8_decode(s + i, n - i, &cp);
        int wide = len > 1 ? wcwidth((wchar_t)cp) : 1;
        columns += wide > 0 ? (size_t)wide : len > 1 && wide == 0 ? 0 : 1;
        i += len != 0 ? len : 1;
    }
    return columns;
}

/* Where lines that continue this one begin: below the text of a list item or of a table's second column. */
static size_t hanging(const char *line, size_t n, size_t columns)
{
    size_t lead = strspn(line, " ");
    if (lead > n)
        lead = n;
    size_t text = lead;
    size_t marker = strspn(line + lead, "-*0123456789.");
    if (marker != 0 && lead + marker < n && line[lead + marker] == ' ')
        text = lead + marker + 1;
    for (size_t i = lead + 1; i + 2 < n; i++) {
        if (line[i] == ' ' && line[i + 1] == ' ') {
            text = width(line, i + strspn(line + i, " "));
            break;
        }
    }
    if (text + LEAST_ROOM > columns)
        text = lead + 4;
    return text + LEAST_ROOM <= columns ? text : 0;
}

static void one_line(struct op_buf *out, const char *line, size_t n, size_t columns)
{
    size_t indent = hanging(line, n, columns), used = 0, at = 0;
    while (at < n) {
        size_t gap = strspn(line + at, " ");
        if (at + gap > n)
            gap = n - at;
        size_t word = at + gap;
        while (word < n && line[word] != ' ')
            word++;
        size_t wide = width(line + at + gap, word - at - gap);
        if (used > indent && used + gap + wide > columns) {
            op_buf_addf(out, "\n%*s", (int)indent, "");
            used = indent;
        } else {
            op_buf_add(out, line + at, gap);
            used += gap;
        }
        op_buf_add(out, line + at + gap, word - at - gap);
        used += wide;
        at = word;
    }
}

void op_wrap(struct op_buf *out, const char *text, size_t columns)
{
    bool fenced = false;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        const char *first = text + strspn(text, " ");
        fenced = fenced != op_str_starts(first, "```");
        bool whole =
            fenced || op_str_starts(text, "    ") || op_str_starts(first, "$ ") || memchr(text, '\t', n) != NULL;
        if (columns == 0 || whole || width(text, n) <= columns)
            op_buf_add(out, text, n);
        else
            one_line(out, text, n, columns);
        if (text[n] == '\n')
            op_buf_addc(out, '\n');
        text += n + (text[n] == '\n');
    }
}
