/* The road's reader: what names, proofs and analyses read goes through the gate like any other
 * step, and runs only when the gate calls it a read. */
#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/signals.h"
#include "road_i.h"

enum { READ_TIMEOUT_MS = 15000, MOST_READS = 32 };

static const struct {
    const char *words;
    enum op_reply_kind kind;
} signs[] = { /* what kubectl says on standard error; first match wins */
    { "Forbidden", OP_REPLY_FORBIDDEN },
    { "forbidden", OP_REPLY_FORBIDDEN },
    { "NotFound", OP_REPLY_MISSING },
    { "not found", OP_REPLY_MISSING },
    { "could not find the requested resource", OP_REPLY_MISSING },
    { "doesn't have a resource type", OP_REPLY_MISSING },
    { "Unable to connect", OP_REPLY_UNREACHABLE },
    { "was refused", OP_REPLY_UNREACHABLE },
    { "connection refused", OP_REPLY_UNREACHABLE },
    { "no such host", OP_REPLY_UNREACHABLE },
    { "timeout", OP_REPLY_UNREACHABLE },
    { "timed out", OP_REPLY_UNREACHABLE },
    { "deadline exceeded", OP_REPLY_UNREACHABLE },
    { "certificate", OP_REPLY_UNREACHABLE },
    { "Unauthorized", OP_REPLY_UNREACHABLE },
};

static enum op_reply_kind kind_of(const char *text)
{
    for (size_t i = 0; i < OP_LEN(signs); i++)
        if (strstr(text, signs[i].words) != NULL)
            return signs[i].kind;
    return OP_REPLY_FAILED;
}

static void explain(struct op_reply *reply, const struct op_child_result *res)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    op_text_clean(&text, op_buf_str(&res->err.head), res->err.head.len);
    reply->kind = res->timed_out ? OP_REPLY_UNREACHABLE : kind_of(op_buf_str(&text));
    while (text.len != 0 && isspace((unsigned char)text.data[text.len - 1]))
        op_buf_trunc(&text, text.len - 1);
    /* the last line: kubectl's sum of what its log lines before it say */
    const char *line = strrchr(op_buf_str(&text), '\n');
    line = line != NULL ? line + 1 : op_buf_str(&text);
    size_t n = strlen(line);
    if (res->timed_out)
        (void)snprintf(reply->why, sizeof(reply->why), "no answer within %lld s", (long long)((res->ms + 500) / 1000));
    else
        (void)snprintf(reply->why, sizeof(reply->why), "%.*s", (int)(n < 230 ? n : 230), line);
}

/* May opsh read this by itself? Reads; and where the caller says so (it saves what a person has just agreed to
 * change), what is no plain read only because it prints the values of Secrets. */
static bool may_read(const struct op_verdict *v, bool secrets)
{
    return v->risk == OP_RISK_READ || (secrets && v->known && v->secrets && v->risk == OP_RISK_CHANGE &&
                                       op_str_eq(v->verb, "get") && v->guard != OP_GUARD_REFUSE);
}

/* Is it no plain read only because it prints in full: would it be one if it printed names? */
static bool reads_but_for_output(struct op_road *road, const struct op_strv *argv, const char *input)
{
    OP_AUTO_STRV names = OP_STRV_INIT;
    struct op_verdict v;
    for (size_t i = 0; i < argv->n; i++)
        op_strv_push(&names, op_str_eq(argv->v[i], "--output=json") ? "--output=name" : argv->v[i]);
    op_gate_classify(road->o.catalog, &names, input, &v);
    return v.risk == OP_RISK_READ && v.guard != OP_GUARD_REFUSE;
}

/* The argv as it will run, or false with the reply filled: nothing but reads passes. */
static bool admit(struct op_road *road, const struct op_look *look, struct op_strv *argv, struct op_reply *reply)
{
    op_strv_copy(argv, &look->argv);
    struct op_verdict v;
    op_gate_classify(road->o.catalog, argv, look->input, &v);
    reply->kind = OP_REPLY_FAILED;
    bool saving = look->secrets && v.known && v.secrets && v.risk == OP_RISK_CHANGE;
    if (!may_read(&v, look->secrets) && !(saving && reads_but_for_output(road, argv, look->input))) {
        (void)snprintf(reply->why, sizeof(reply->why), "not a read: %.200s", v.why);
        return false;
    }
    if (op_road_program(road, argv->v[0]) == NULL) {
        (void)snprintf(reply->why, sizeof(reply->why), "%.60s is not on PATH", argv->v[0]);
        return false;
    }
    op_road_complete(road, argv);
    return true;
}

bool op_road_look(struct op_road *road, const struct op_look *looks, size_t n, struct op_reply *replies)
{
    struct op_strv argv[MOST_READS];
    struct op_child_spec specs[MOST_READS] = { 0 };
    struct op_child_result res[MOST_READS];
    struct op_err errs[MOST_READS];
    bool ok[MOST_READS];
    size_t at[MOST_READS], m = 0;
    for (size_t i = 0; i < n; i++)
        replies[i] = (struct op_reply){ .kind = OP_REPLY_FAILED };
    for (size_t i = 0; i < n && m < MOST_READS; i++) {
        argv[m] = (struct op_strv)OP_STRV_INIT;
        if (!admit(road, &looks[i], &argv[m], &replies[i])) {
            op_strv_free(&argv[m]);
            continue;
        }
        specs[m] = (struct op_child_spec){ .path = op_road_program(road, argv[m].v[0]),
                                           .argv = argv[m].v,
                                           .envp = op_road_env(road, argv[m].v[0], false)->v,
                                           .input = looks[i].input,
                                           .input_len = looks[i].input != NULL ? strlen(looks[i].input) : 0,
                                           .until_input = looks[i].until_input,
                                           .timeout_ms = looks[i].timeout_ms > 0 ? looks[i].timeout_ms : READ_TIMEOUT_MS,
                                           .keep_head = OP_BUF_MAX - 1,
                                           .keep_tail = 1 };
        at[m++] = i;
    }
    op_child_run_all(specs, m, res, ok, errs);
    bool interrupted = false;
    for (size_t k = 0; k < m; k++) {
        struct op_reply *reply = &replies[at[k]];
        interrupted = interrupted || (ok[k] && (res[k].interrupted || res[k].cancelled));
        if (!ok[k]) {
            (void)snprintf(reply->why, sizeof(reply->why), "%.230s", errs[k].msg);
        } else if (res[k].exit_code == 0 && res[k].out.dropped == 0) {
            reply->kind = OP_REPLY_OK;
            reply->body = res[k].out.head;
            res[k].out.head = (struct op_buf)OP_BUF_INIT;
        } else {
            explain(reply, &res[k]);
        }
        if (ok[k])
            op_child_result_free(&res[k]);
        op_strv_free(&argv[k]);
    }
    return !interrupted && !op_signals_interrupted();
}

static bool read_all(void *self, const struct op_strv *argvs, size_t n, struct op_reply *replies)
{
    OP_AUTO_FREE struct op_look *looks = op_calloc(n, sizeof(*looks));
    for (size_t i = 0; i < n; i++)
        looks[i].argv = argvs[i]; /* borrowed, as everything in a look */
    return op_road_look(self, looks, n, replies);
}

void op_road_reader_init(struct op_road *road)
{
    road->reader = (struct op_reader){ .self = road, .read = read_all };
}

bool op_road_read(struct op_road *road, struct op_reply *reply, const char *const *args)
{
    OP_AUTO_STRV argv = OP_STRV_INIT;
    for (; *args != NULL; args++)
        op_strv_push(&argv, *args);
    return road->reader.read(road, &argv, 1, reply);
}

struct op_json *op_road_read_json(struct op_road *road, struct op_reply *reply, const char *const *args)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_road_read(road, reply, args) || reply->kind != OP_REPLY_OK)
        return NULL;
    struct op_json *j = op_json_parse(op_buf_str(&reply->body), reply->body.len, OP_JSON_LOOSE, &err);
    if (j == NULL) {
        reply->kind = OP_REPLY_FAILED;
        (void)snprintf(reply->why, sizeof(reply->why), "the answer is not what was expected: %.180s", err.msg);
    }
    return j;
}
