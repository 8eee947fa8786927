/* Quoting and splitting undo each other; whatever a line holds, splitting it ends with arguments or an error. */
#include "fuzz.h"

#include "opsh/gate/quote.h"

/* Split what was typed; quote and split it again: the same arguments, in plain printable ASCII. */
static void there_and_back(const struct op_strv *argv)
{
    OP_AUTO_BUF line = OP_BUF_INIT;
    OP_AUTO_STRV back = OP_STRV_INIT;
    struct op_err err = OP_ERR_INIT;
    op_quote_argv(&line, argv);
    for (const char *c = op_buf_str(&line); *c != '\0'; c++)
        if (*c < 0x20 || *c > 0x7e)
            abort();
    if (!op_quote_split(op_buf_str(&line), &back, &err) || !op_strv_equal(argv, &back))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OP_AUTO_FREE char *text = op_strndup((const char *)data, size);
    OP_AUTO_STRV typed = OP_STRV_INIT, raw = OP_STRV_INIT;
    struct op_err err = OP_ERR_INIT;
    if (op_quote_split(text, &typed, &err))
        there_and_back(&typed);
    else if (typed.n != 0 || err.msg[0] == '\0')
        abort();
    for (const char *at = text; *at != '\0';) { /* the same bytes as arguments, cut at newlines */
        size_t n = strcspn(at, "\n");
        op_strv_take(&raw, op_strndup(at, n));
        at += n + (at[n] == '\n');
    }
    there_and_back(&raw);
    return 0;
}
