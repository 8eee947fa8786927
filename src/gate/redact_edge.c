/* The redactor's edges: whole JSON documents, streams, putting values back, and the hooks of the model planner. */
#include "redact_i.h"

#include "opsh/base/str.h"

/* ---- JSON ---- */

static struct op_json *map_strings(const struct op_json *j, const char *key,
                                   char *(*change)(void *self, const char *key, const char *text), void *self)
{
    if (op_json_text(j) != NULL) {
        OP_AUTO_FREE char *text = change(self, key, op_json_text(j));
        return op_json_string(text);
    }
    if (!op_json_is_object(j) && !op_json_is_array(j))
        return op_json_dup(j);
    bool object = op_json_is_object(j);
    struct op_json *to = object ? op_json_object() : op_json_array();
    OP_JSON_EACH(item, j) {
        struct op_json *one = map_strings(item, object ? op_json_key(item) : key, change, self);
        if (object)
            op_json_set(to, op_json_key(item), one);
        else
            op_json_push(to, one);
    }
    return to;
}

static char *redacted_string(void *self, const char *key, const char *text)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_redact_text(self, text, strlen(text), &out);
    if (!op_str_eq(key, "arguments") || out.len == 0)
        return op_buf_steal(&out);
    OP_AUTO_JSON *still = op_json_parse(op_buf_str(&out), out.len, OP_JSON_LOOSE, NULL);
    if (still != NULL) /* a number that was a secret leaves no JSON behind */
        return op_buf_steal(&out);
    return op_strdup("{}");
}

bool op_redact_json(struct op_redact *r, struct op_buf *body, struct op_err *err)
{
    OP_AUTO_JSON *j = op_json_parse(op_buf_str(body), body->len, OP_JSON_LOOSE, err);
    op_buf_trunc(body, 0);
    if (j == NULL)
        return op_fail_ctx(err, "redaction");
    OP_AUTO_JSON *clean = map_strings(j, NULL, redacted_string, r);
    OP_AUTO_FREE char *text = op_json_print(clean, false);
    op_buf_adds(body, text);
    return true;
}

/* ---- putting back ---- */

void op_redact_restore(const struct op_redact *r, const char *text, size_t n, struct op_buf *out)
{
    for (size_t at = 0; at < n;) {
        const char *mark = memmem(text + at, n - at, OP_MARK, sizeof(OP_MARK) - 1);
        size_t to = mark != NULL ? (size_t)(mark - text) : n;
        op_buf_add(out, text + at, to - at);
        unsigned number = 0;
        size_t len = op_mark_at(text + to, n - to, &number);
        const struct op_vault_value *value = len != 0 ? op_vault_numbered(&r->vault, number) : NULL;
        if (value != NULL)
            op_buf_add(out, value->bytes, value->len);
        at = to + (value != NULL ? len : to < n);
        if (value == NULL && to < n)
            op_buf_addc(out, text[to]);
    }
}

static char *restored_string(void *self, const char *key, const char *text)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    (void)key;
    op_redact_restore(self, text, strlen(text), &out);
    return op_buf_steal(&out);
}

struct op_json *op_redact_restore_json(const struct op_redact *r, const struct op_json *j)
{
    struct op_redact *self = (struct op_redact *)(uintptr_t)r; /* only read */
    return map_strings(j, NULL, restored_string, self);
}

/* ---- streams ---- */

void op_redact_feed(struct op_redact_stream *s, const char *bytes, size_t n)
{
    op_buf_add(&s->held, bytes, n);
}

void op_redact_end(struct op_redact_stream *s, struct op_buf *out)
{
    op_redact_text(s->r, op_buf_str(&s->held), s->held.len, out);
    if (s->held.len != 0)
        explicit_bzero(s->held.data, s->held.len);
    op_buf_free(&s->held);
}

/* ---- the model planner's boundary ---- */

static bool guard_outbound(void *self, struct op_buf *body, struct op_err *err)
{
    return op_redact_json(self, body, err);
}

static void guard_output(void *self, const struct op_step *step, const char *text, struct op_buf *out)
{
    struct op_redact *r = self;
    struct op_verdict v = { 0 };
    if (step != NULL)
        op_gate_classify(r->cat, &step->argv, step->input, &v);
    op_redact_output(r, step != NULL && op_redact_is_bare(&step->argv, &v),
                     step != NULL && step->restored ? &step->argv : NULL, text, strlen(text), out);
}

static struct op_json *guard_restore(void *self, const struct op_json *args)
{
    return op_redact_restore_json(self, args);
}

struct op_model_guard op_redact_guard(struct op_redact *r, const struct op_catalog *cat)
{
    r->cat = cat;
    return (struct op_model_guard){
        .self = r, .outbound = guard_outbound, .output = guard_output, .restore = guard_restore
    };
}
