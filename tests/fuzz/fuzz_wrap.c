/* Breaking lines changes nothing but white space, and what may be broken fits where its words do. */
#include "fuzz.h"

#include "opsh/base/text.h"
#include "shell/wrap.h"

/* The same bytes, blanks and newlines aside? */
static bool same_words(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, " \n");
        b += strspn(b, " \n");
        if (*a == '\0' || *b == '\0')
            return *a == *b;
        if (*a++ != *b++)
            return false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    OP_AUTO_BUF clean = OP_BUF_INIT, out = OP_BUF_INIT, whole = OP_BUF_INIT;
    op_text_clean(&clean, (const char *)data + 1, size - 1);
    op_wrap(&out, op_buf_str(&clean), data[0]);
    op_wrap(&whole, op_buf_str(&clean), 0);
    if (!same_words(op_buf_str(&clean), op_buf_str(&out)) || strcmp(op_buf_str(&clean), op_buf_str(&whole)) != 0)
        abort();
    if (!op_utf8_valid(op_buf_str(&out), out.len))
        abort();
    return 0;
}
