/* The two halves of the renderer: marks within a line (spans.c) and lines (markdown.c). */
#ifndef SHELL_MARKDOWN_H
#define SHELL_MARKDOWN_H

#include "opsh/shell/markdown.h"

enum md_style { MD_BOLD = 1, MD_ITALIC = 2, MD_CODE = 4, MD_DIM = 8 };

/* What begins at s, where prev stands before it. */
enum md_kind { MD_WAIT, MD_LITERAL, MD_ESCAPED, MD_SPAN, MD_LINK };

struct md_span {
    size_t mark;            /* bytes of the opening mark; of MD_LITERAL: what is no mark */
    size_t from, to;        /* what stands inside */
    size_t url, url_end;    /* of a link */
    size_t end;             /* bytes in all */
    unsigned style;
};

bool md_may_open(char c); /* can a mark begin with it? */
/* ended: nothing comes after the n bytes, so that MD_WAIT is no answer. Pure. */
enum md_kind md_span_at(const char *s, size_t n, char prev, bool ended, struct md_span *out);

#endif
