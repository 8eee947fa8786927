/* Errors by value; the one table from codes to exit statuses. */
#include "opsh/base/err.h"

#include <stdarg.h>

static const struct {
    const char *name;
    int status;
} codes[OP_CODE_COUNT] = {
    [OP_OK] = { "ok", 0 },
    [OP_TOOL] = { "tool-failed", 1 },
    [OP_USAGE] = { "usage", 2 },
    [OP_CONFIG] = { "configuration", 3 },
    [OP_NETWORK] = { "network", 4 },
    [OP_REFUSED] = { "refused", 5 },
    [OP_UNCLEAR] = { "unclear", 6 },
    [OP_IO] = { "io", 7 },
    [OP_LIMIT] = { "limit", 8 },
    [OP_INTERRUPTED] = { "interrupted", 130 },
};

bool op_fail(struct op_err *err, enum op_code code, int sys, const char *fmt, ...)
{
    if (err == NULL)
        return false;
    va_list ap;
    va_start(ap, fmt);
    char text[sizeof(err->msg)];
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    err->code = code;
    err->sys = sys;
    if (sys != 0)
        (void)snprintf(err->msg, sizeof(err->msg), "%.360s: %.100s", text, strerror(sys));
    else
        memcpy(err->msg, text, sizeof(text));
    return false;
}

bool op_fail_ctx(struct op_err *err, const char *fmt, ...)
{
    if (err == NULL)
        return false;
    char ctx[160];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(ctx, sizeof(ctx), fmt, ap);
    va_end(ap);
    char inner[sizeof(err->msg)];
    memcpy(inner, err->msg, sizeof(inner));
    (void)snprintf(err->msg, sizeof(err->msg), "%s: %.310s", ctx, inner);
    return false;
}

int op_exit_status(enum op_code code)
{
    return code < OP_CODE_COUNT ? codes[code].status : codes[OP_TOOL].status;
}

const char *op_code_name(enum op_code code)
{
    return code < OP_CODE_COUNT ? codes[code].name : "unknown";
}
