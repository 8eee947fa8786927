/* The redactor: a value that is known to be secret never comes out, wherever it is embedded, in whatever form, and
 * however the stream is cut; what went in comes back by restoring; doing it twice changes nothing.
 *
 * Input: one byte for how the secret is written, one for where it stands, one for the length of the chunks; the rest
 * is text. */
#include "fuzz.h"

#include "opsh/base/str.h"
#include "opsh/gate/redact.h"

static const char secret[] = "s3cr3t-V4lue+x";
static const char *const forms[] = {
    "s3cr3t-V4lue+x",
    "czNjcjN0LVY0bHVlK3g=",
    "czNjcjN0LVY0bHVlK3g",
    "s3cr3t-V4lue%2Bx",
    "password=s3cr3t-V4lue+x\n",
    "{\"kind\":\"Secret\",\"data\":{\"a\":\"czNjcjN0LVY0bHVlK3g=\"}}",
    "\nkind: Secret\nstringData:\n  a: s3cr3t-V4lue+x\n",
    "http://u:s3cr3t-V4lue+x@h/",
    "dTpzM2NyM3QtVjRsdWUreA==",
};

static void fail_if(bool wrong)
{
    if (wrong)
        abort();
}

static bool holds(const struct op_buf *b, const char *what)
{
    return memmem(op_buf_str(b), b->len, what, strlen(what)) != NULL;
}

static bool equal(const struct op_buf *a, const struct op_buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* What is not text never gets here: outputs are cleaned, bodies are JSON. */
static void take_text(struct op_buf *to, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        op_buf_addc(to, data[i] == 0 ? ' ' : (char)data[i]);
}

static void check(struct op_redact *r, const struct op_buf *text, size_t chunk, bool foreign)
{
    OP_AUTO_BUF whole = OP_BUF_INIT, cut = OP_BUF_INIT, back = OP_BUF_INIT, again = OP_BUF_INIT;
    if (foreign) {
        op_redact_output(r, text->len % 7 == 0, NULL, op_buf_str(text), text->len, &whole);
    } else {
        op_redact_text(r, op_buf_str(text), text->len, &whole);
        struct op_redact_stream s = { .r = r };
        for (size_t at = 0; at < text->len; at += chunk)
            op_redact_feed(&s, text->data + at, text->len - at < chunk ? text->len - at : chunk);
        op_redact_end(&s, &cut);
        fail_if(holds(&cut, secret));
    }
    fail_if(holds(&whole, secret) || holds(&whole, "czNjcjN0LVY0bHVlK3"));
    op_redact_text(r, op_buf_str(&whole), whole.len, &again);
    fail_if(holds(&again, secret));
    op_redact_restore(r, op_buf_str(&whole), whole.len, &back);
    fail_if((foreign || memmem(op_buf_str(text), text->len, "[[opsh-", 7) == NULL) && !equal(&back, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const char *form = forms[data[0] % OP_LEN(forms)];
    size_t chunk = (size_t)data[2] + 1, n = size - 3, at = n != 0 ? (size_t)data[1] * n / 256 : 0;
    OP_AUTO_BUF text = OP_BUF_INIT;
    take_text(&text, data + 3, at);
    op_buf_adds(&text, form);
    take_text(&text, data + 3 + at, n - at);
    for (int foreign = 0; foreign < 2; foreign++) {
        struct op_redact *r = op_redact_new();
        op_redact_learn(r, secret, sizeof(secret) - 1);
        check(r, &text, chunk, foreign != 0);
        op_redact_free(r);
    }
    OP_AUTO_BUF body = OP_BUF_INIT; /* as a document, whatever it is */
    struct op_redact *r = op_redact_new();
    take_text(&body, data + 3, n);
    if (op_redact_json(r, &body, NULL)) {
        OP_AUTO_JSON *still = op_json_parse(op_buf_str(&body), body.len, OP_JSON_LOOSE, NULL);
        fail_if(still == NULL);
    }
    op_redact_free(r);
    return 0;
}
