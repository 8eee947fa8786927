/* Text that came from outside, made safe for a terminal. Nothing that opsh did not
 * write itself reaches a terminal without passing one of these two functions.
 *
 *   op_text_clean    for reading: control characters and escape sequences are removed,
 *                    bytes that are not UTF-8 become U+FFFD; \n and \t stay
 *   op_text_visible  for judging (commands to approve): nothing is removed; whatever is
 *                    not plain printable ASCII is written as \n, \t, \x1b or \u{202e} */
#ifndef OPSH_BASE_TEXT_H
#define OPSH_BASE_TEXT_H

#include "opsh/base/buf.h"

#include <stdint.h>

/* State of the cleaner between chunks of one stream; zero-initialise. */
struct op_text_state {
    unsigned mode; /* inside which kind of escape sequence */
    unsigned char part[4];
    unsigned have, need; /* an unfinished UTF-8 sequence */
};

void op_text_clean(struct op_buf *out, const char *bytes, size_t n);
void op_text_clean_chunk(struct op_text_state *st, struct op_buf *out, const char *bytes, size_t n);
void op_text_visible(struct op_buf *out, const char *bytes, size_t n);

bool op_utf8_valid(const char *bytes, size_t n);

/* Decode one code point at s (n > 0 bytes left): its length in bytes, or 0 when invalid. */
size_t op_utf8_decode(const char *s, size_t n, uint32_t *cp);

#endif
