/* Compaction, oldest first. Each way of shortening is applied to one message after another until there is room. Refuses
 * to touch what the person says in this turn. */
#include "budget.h"

#include "opsh/base/str.h"

/* What stands around a message, a call and the digest in JSON, and in the words of an endpoint without tools; more than
 * enough for each form. */
enum { AROUND_MESSAGE = 64, AROUND_CALL = 90, AROUND_DIGEST = 64 };
enum {
    ANSWER_KEPT = 300,
    VALUE_KEPT = 200,
    ARGS_KEPT = 2000,
    NEWEST_LEAST = 1024,
    OUTPUT_LEAST = 256,
    LINE_LONG = 400,
    LINE_SHORT = 120
};

size_t op_budget_text(const char *text)
{
    size_t n = 0;
    for (const char *s = text != NULL ? text : ""; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        n += c == '"' || c == '\\' || (c < 0x20 && strchr("\b\f\n\r\t", c) != NULL) ? 2 : c < 0x20 ? 6 : 1;
    }
    return n;
}

static size_t cost(const struct op_message *m, bool thoughts)
{
    size_t n = AROUND_MESSAGE + op_budget_text(m->text) + op_budget_text(m->call_id);
    if (thoughts)
        n += op_budget_text(m->thought);
    for (size_t i = 0; i < m->n_calls; i++) {
        const struct op_call *call = &m->calls[i];
        n += AROUND_CALL + strlen(call->id) + 2 * strlen(call->name) + op_budget_text(call->args);
        n += call->extra != NULL ? strlen(call->extra) : 0;
    }
    return n;
}

static size_t last_of(const struct op_convo *c, enum op_role role)
{
    for (size_t i = c->n; i > 0; i--)
        if (c->items[i - 1].role == role)
            return i - 1;
    return c->n;
}

size_t op_budget_measure(const struct op_convo *c, enum op_convo_form form)
{
    size_t turn = last_of(c, OP_ROLE_USER);
    size_t n = c->digest.len != 0 ? AROUND_DIGEST + op_budget_text(c->digest.data) : 0;
    for (size_t i = 0; i < c->n; i++)
        n += cost(&c->items[i], form == OP_CONVO_THOUGHTS && i >= turn);
    return n;
}

/* ---- one message ---- */

/* The tag (*len bytes) of a fence that the first n bytes of a text open but do not close, or NULL. */
static const char *open_fence(const char *text, size_t n, size_t *len)
{
    static const char mark[] = "<<<data ", shut[] = " data>>>";
    const size_t m = sizeof(mark) - 1, e = sizeof(shut) - 1;
    const char *tag = NULL;
    *len = 0;
    for (size_t i = 0; i < n; i++) {
        if (tag == NULL && i + m < n && strncmp(text + i, mark, m) == 0) {
            tag = text + i + m;
            *len = strcspn(tag, " \n");
        } else if (tag != NULL && i + *len + e <= n && strncmp(text + i, tag, *len) == 0 && text + i > tag &&
                   strncmp(text + i + *len, shut, e) == 0) {
            tag = NULL;
        }
    }
    return tag;
}

static size_t char_start(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static bool shorten(char **text, size_t keep, const char *note)
{
    size_t n = *text != NULL ? strlen(*text) : 0;
    if (n <= keep + strlen(note) + 60)
        return false;
    size_t at = char_start(*text, keep), len;
    const char *tag = open_fence(*text, at, &len);
    char *cut = op_asprintf("%.*s%s%s%.*s%s", (int)at, *text, note, tag != NULL ? "\n" : "", (int)len,
                            tag != NULL ? tag : "", tag != NULL ? " data>>>" : "");
    free(*text);
    *text = cut;
    return true;
}

static bool drop_output(struct op_message *m)
{
    static const char note[] = "\n[Its output was left out to save room; call the tool again to see it.]";
    if (m->brief == NULL || strlen(m->text) <= strlen(m->brief) + sizeof(note))
        return false;
    free(m->text);
    m->text = op_asprintf("%s%s", m->brief, note);
    return true;
}

static bool trim_output(struct op_message *m)
{
    size_t n = m->role == OP_ROLE_TOOL ? strlen(m->text) : 0;
    return n > NEWEST_LEAST &&
           shorten(&m->text, n - n / 4, "\n[The rest was left out: there is no room for it. Ask for less.]");
}

static bool cut_output(struct op_message *m)
{
    bool any = drop_output(m);
    return (m->role == OP_ROLE_TOOL && shorten(&m->text, OUTPUT_LEAST, " […]")) || any;
}

static bool shorten_answer(struct op_message *m)
{
    bool said = m->role == OP_ROLE_ASSISTANT && shorten(&m->text, ANSWER_KEPT, " […]");
    return (m->role == OP_ROLE_ASSISTANT && shorten(&m->thought, ANSWER_KEPT, " […]")) || said;
}

/* What an endpoint wants back beside a call of this turn, it does not want later. */
static bool drop_extra(struct op_message *m)
{
    for (size_t i = 0; i < m->n_calls; i++) {
        free(m->calls[i].extra);
        m->calls[i].extra = NULL;
    }
    return m->n_calls != 0;
}

/* The value with its long strings cut. owned */
static struct op_json *abridged(const struct op_json *j)
{
    const char *text = op_json_text(j);
    if (text != NULL) {
        size_t n = strlen(text), keep = char_start(text, n < VALUE_KEPT ? n : VALUE_KEPT);
        OP_AUTO_FREE char *cut =
            n > VALUE_KEPT + 60 ? op_asprintf("%.*s[… %zu bytes in all]", (int)keep, text, n) : op_strdup(text);
        return op_json_string(cut);
    }
    if (!op_json_is_object(j) && !op_json_is_array(j))
        return op_json_dup(j);
    struct op_json *out = op_json_is_object(j) ? op_json_object() : op_json_array();
    OP_JSON_EACH(child, j) {
        if (op_json_is_object(j))
            op_json_set(out, op_json_key(child), abridged(child));
        else
            op_json_push(out, abridged(child));
    }
    return out;
}

static char *left_out(size_t n)
{
    return op_asprintf("{\"left_out\":\"%zu bytes of arguments\"}", n);
}

static bool drop_args(struct op_message *m)
{
    bool any = false;
    for (size_t i = 0; i < m->n_calls; i++) {
        struct op_call *call = &m->calls[i];
        char *less = left_out(strlen(call->args));
        if (strlen(less) < strlen(call->args)) {
            free(call->args);
            call->args = op_steal(&less);
            any = true;
        }
        free(less);
    }
    return any;
}

static bool shorten_args(struct op_message *m)
{
    bool any = false;
    for (size_t i = 0; i < m->n_calls; i++) {
        struct op_call *call = &m->calls[i];
        size_t n = strlen(call->args);
        OP_AUTO_JSON *j = n > VALUE_KEPT ? op_json_parse(call->args, n, OP_JSON_LOOSE, NULL) : NULL;
        OP_AUTO_JSON *less = j != NULL ? abridged(j) : NULL;
        OP_AUTO_FREE char *text = less != NULL ? op_json_print(less, false) : op_strdup(call->args);
        if (strlen(text) > ARGS_KEPT) { /* many short ones */
            free(text);
            text = left_out(n);
        }
        if (strlen(text) >= n)
            continue;
        free(call->args);
        call->args = op_steal(&text);
        any = true;
    }
    return any;
}

/* ---- the digest ---- */

static const char *result_of(const struct op_convo *c, size_t caller, const char *id)
{
    for (size_t i = caller + 1; i < c->n && c->items[i].role == OP_ROLE_TOOL; i++)
        if (op_str_eq(c->items[i].call_id, id))
            return c->items[i].brief != NULL ? c->items[i].brief : c->items[i].text;
    return "";
}

/* As one line. */
static void add_flat(struct op_buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        op_buf_addc(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

/* The first turn (a person's words up to the next ones) becomes lines of the digest. */
static bool digest_turn(struct op_convo *c)
{
    size_t end = 1;
    while (end < c->n && c->items[end].role != OP_ROLE_USER)
        end++;
    if (end >= c->n) /* the current turn */
        return false;
    for (size_t i = 0; i < end; i++) {
        const struct op_message *m = &c->items[i];
        if (m->role == OP_ROLE_USER) {
            op_buf_adds(&c->digest, "- The person: ");
            add_flat(&c->digest, m->text);
            op_buf_addc(&c->digest, '\n');
        }
        for (size_t k = 0; k < m->n_calls; k++) {
            op_buf_addf(&c->digest, "  %s ", m->calls[k].name);
            op_buf_adds(&c->digest, m->calls[k].args);
            op_buf_adds(&c->digest, ": ");
            add_flat(&c->digest, result_of(c, i, m->calls[k].id));
            op_buf_addc(&c->digest, '\n');
        }
    }
    op_convo_drop_first(c, end);
    return true;
}

/* Every line of the digest to at most `keep` bytes, and a little for what says that it was cut. */
static bool shorten_lines(struct op_convo *c, size_t keep)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    bool any = false;
    for (const char *line = op_buf_str(&c->digest); *line != '\0';) {
        size_t n = strcspn(line, "\n"), tag_len;
        if (n <= keep + LINE_SHORT / 2) {
            op_buf_add(&out, line, n);
        } else {
            size_t cut = char_start(line, keep);
            const char *tag = open_fence(line, cut, &tag_len);
            op_buf_add(&out, line, cut);
            op_buf_adds(&out, " […]");
            if (tag != NULL) {
                op_buf_addc(&out, ' ');
                op_buf_add(&out, tag, tag_len);
                op_buf_adds(&out, " data>>>");
            }
            any = true;
        }
        op_buf_addc(&out, '\n');
        line += n + (line[n] == '\n');
    }
    op_buf_free(&c->digest);
    c->digest = out;
    out = (struct op_buf)OP_BUF_INIT;
    return any;
}

/* The oldest lines go, `bytes` of them at least. */
static void drop_lines(struct op_convo *c, size_t bytes)
{
    static const char note[] = "(What came before this no longer fits here.)\n";
    const char *s = op_buf_str(&c->digest);
    size_t at = op_str_starts(s, note) ? sizeof(note) - 1 : 0, from = at;
    while (at < c->digest.len && at - from < bytes + sizeof(note))
        at += strcspn(s + at, "\n") + 1;
    at = at < c->digest.len ? at : c->digest.len;
    OP_AUTO_FREE char *rest = op_strdup(s + at);
    op_buf_trunc(&c->digest, 0);
    op_buf_adds(&c->digest, note);
    op_buf_adds(&c->digest, rest);
}

/* ---- all of it ---- */

struct fitting {
    struct op_convo *c;
    enum op_convo_form form;
    size_t turn;
};

static size_t size_of(const struct fitting *f)
{
    return op_budget_measure(f->c, f->form);
}

/* One message after another until there is room for all. */
static void each(const struct fitting *f, bool (*way)(struct op_message *), size_t from, size_t to, size_t bytes)
{
    size_t size = size_of(f);
    for (size_t i = from; i < to && i < f->c->n && size > bytes; i++) {
        bool thoughts = f->form == OP_CONVO_THOUGHTS && i >= f->turn;
        size_t before = cost(&f->c->items[i], thoughts);
        (void)way(&f->c->items[i]);
        size -= before - cost(&f->c->items[i], thoughts);
    }
}

/* What loses no words of the person and nothing that was done. Goes on to `goal`, so that it is seldom done. */
static void fit_earlier(struct fitting *f, size_t newest, size_t goal)
{
    each(f, drop_extra, 0, f->turn, goal);
    each(f, drop_output, 0, f->turn, goal);
    each(f, shorten_answer, 0, f->turn, goal);
    each(f, shorten_args, 0, f->turn, goal);
    each(f, drop_output, f->turn, newest, goal);
    while (size_of(f) > goal && digest_turn(f->c))
        continue;
    f->turn = last_of(f->c, OP_ROLE_USER);
}

static void trim_outputs(const struct fitting *f, size_t bytes)
{
    for (bool more = true; more && size_of(f) > bytes;) {
        more = false;
        for (size_t i = 0; i < f->c->n; i++)
            more = trim_output(&f->c->items[i]) || more;
    }
}

bool op_budget_fit(struct op_convo *c, size_t bytes, enum op_convo_form form)
{
    struct fitting f = { .c = c, .form = form, .turn = last_of(c, OP_ROLE_USER) };
    size_t newest = last_of(c, OP_ROLE_ASSISTANT);
    if (size_of(&f) <= bytes)
        return true;
    if (newest < f.turn || newest == c->n) /* nothing of this turn yet */
        newest = f.turn;
    fit_earlier(&f, newest, bytes - bytes / 4);
    trim_outputs(&f, bytes);
    if (size_of(&f) > bytes)
        (void)shorten_lines(c, LINE_LONG);
    each(&f, shorten_args, f.turn, c->n, bytes);
    each(&f, shorten_answer, f.turn, c->n, bytes);
    if (size_of(&f) > bytes)
        (void)shorten_lines(c, LINE_SHORT);
    if (size_of(&f) > bytes && c->digest.len != 0)
        drop_lines(c, size_of(&f) - bytes + bytes / 8);
    each(&f, cut_output, f.turn, c->n, bytes);
    each(&f, drop_args, f.turn, c->n, bytes);
    return size_of(&f) <= bytes;
}
