/* Text that may hold written calls, shown as it arrives: what was shown is the text from its start, nothing of a call;
 * without a call all of it is shown in the end, however it was cut. The first byte says how long the pieces are. */
#include "fuzz.h"

#include "opsh/base/text.h"
#include "plan/model/written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct op_catalog cat;
    if (cat.n_tools == 0 && !op_catalog_load(NULL, &cat, NULL))
        abort();
    if (size < 2 || !op_utf8_valid((const char *)data + 1, size - 1) || memchr(data + 1, '\0', size - 1) != NULL)
        return 0;
    OP_AUTO(op_chat_reply_free) struct op_chat_reply reply = { 0 };
    const char *text = (const char *)data + 1;
    size_t n = size - 1, piece = (size_t)data[0] + 1, shown = 0, first = 0;
    for (size_t i = 0; i < n; i += piece) {
        op_buf_add(&reply.text, text + i, n - i < piece ? n - i : piece);
        size_t at = 0;
        (void)op_written_find(&cat, op_buf_str(&reply.text), reply.text.len, shown, false, &at);
        if (at > reply.text.len)
            abort();
        shown = at > shown ? at : shown;
    }
    bool call = op_written_find(&cat, op_buf_str(&reply.text), n, 0, true, &first) == OP_WRITTEN_CALL;
    first += strspn(op_buf_str(&reply.text) + first, " \t"); /* an indent may be shown */
    if (op_written_take(&cat, &reply) != call || (call && n <= OP_WRITTEN_HOLD && shown > first))
        abort();
    if (reply.text.len > n || memcmp(op_buf_str(&reply.text), text, reply.text.len) != 0 || (!call && reply.text.len != n))
        abort();
    return 0;
}
