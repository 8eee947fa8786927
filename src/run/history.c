/* Changes from the journal's records. Refuses nothing: what is incomplete (a killed opsh) is told as such. */
#include "opsh/run/history.h"

#include "opsh/base/str.h"
#include "opsh/gate/quote.h"
#include "opsh/run/journal.h"

enum { MOST_CHANGES = 4000 };

static bool ran_well(const struct op_change *ch)
{
    return op_str_eq(op_json_str(ch->result, "outcome"), "ran") && op_json_int_or(ch->result, "exit_code", -1) == 0;
}

static void add_run(struct op_changes *c, const struct op_json *run)
{
    c->items = op_grow(c->items, c->n, &c->cap, sizeof(*c->items));
    c->items[c->n++] = (struct op_change){ .id = op_json_str(run, "change"),
                                           .time = op_json_str(run, "time"),
                                           .context = op_json_str(run, "context"),
                                           .ns = op_json_str(run, "namespace"),
                                           .run = run,
                                           .undoes = op_json_str(run, "undoes"),
                                           .can_undo = op_json_size(op_json_at(run, "inverse.steps")) != 0 };
}

static void add_result(struct op_changes *c, const struct op_json *result)
{
    for (size_t i = c->n; i-- != 0;)
        if (op_str_eq(c->items[i].id, op_json_str(result, "change"))) {
            c->items[i].result = result;
            return;
        }
}

/* Which change takes back part `part` of items[at], if one that went well stands? Later items are settled already. */
static const char *taken_back(const struct op_changes *c, size_t at, int64_t part, int64_t *parts)
{
    for (size_t j = c->n; j-- > at + 1;) {
        const struct op_change *u = &c->items[j];
        if (u->undoes == NULL || !op_str_eq(u->undoes, c->items[at].id) || op_json_int_or(u->run, "part", 1) != part)
            continue;
        *parts = op_json_int_or(u->run, "parts", 1);
        return ran_well(u) && u->undone_by == NULL ? u->id : NULL;
    }
    return NULL;
}

static void settle(struct op_changes *c)
{
    bool any = false;
    for (size_t i = 0; i < c->n; i++)
        any = any || c->items[i].undoes != NULL;
    for (size_t i = c->n; any && i-- != 0;) {
        int64_t parts = 1;
        const char *by = taken_back(c, i, 1, &parts);
        for (int64_t part = 2; by != NULL && part <= parts; part++)
            by = taken_back(c, i, part, &parts);
        c->items[i].undone_by = by;
    }
}

bool op_changes_read(const char *journal, struct op_changes *c, struct op_err *err)
{
    *c = (struct op_changes){ 0 };
    c->records = op_journal_read(journal, err);
    if (c->records == NULL)
        return false;
    size_t runs = 0;
    OP_JSON_EACH(r, c->records)
    runs += op_str_eq(op_json_str(r, "event"), "run") && op_json_str(r, "change") != NULL;
    size_t skip = runs > MOST_CHANGES ? runs - MOST_CHANGES : 0;
    OP_JSON_EACH(r, c->records)
    {
        const char *event = op_json_str(r, "event");
        if (op_json_str(r, "change") == NULL)
            continue;
        if (op_str_eq(event, "run") && skip != 0)
            skip--;
        else if (op_str_eq(event, "run"))
            add_run(c, r);
        else if (op_str_eq(event, "result"))
            add_result(c, r);
    }
    settle(c);
    return true;
}

void op_changes_free(struct op_changes *c)
{
    free(c->items);
    op_json_free(c->records);
    *c = (struct op_changes){ 0 };
}

const struct op_change *op_changes_find(const struct op_changes *c, const char *id)
{
    const struct op_change *found = NULL;
    for (size_t i = 0; i < c->n; i++) {
        if (op_str_eq(c->items[i].id, id))
            return &c->items[i];
        if (strlen(id) < 3 || !op_str_starts(c->items[i].id, id))
            continue;
        if (found != NULL)
            return NULL;
        found = &c->items[i];
    }
    return found;
}

const struct op_change *op_changes_last(const struct op_changes *c)
{
    for (size_t i = c->n; i-- != 0;) {
        const struct op_change *ch = &c->items[i];
        bool nothing = op_json_is_true(ch->result, "unchanged") || op_json_is_true(ch->run, "inverse.nothing") ||
                       op_str_eq(op_json_str(ch->result, "outcome"), "not started");
        if (ch->undoes == NULL && ch->undone_by == NULL && !nothing)
            return ch;
    }
    return NULL;
}

char *op_change_outcome(const struct op_change *ch)
{
    const char *outcome = op_json_str(ch->result, "outcome");
    int64_t code = op_json_int_or(ch->result, "exit_code", -1);
    bool ok = false;
    if (ch->undone_by != NULL)
        return op_strdup("undone");
    if (outcome == NULL)
        return op_strdup("unknown");
    if (!op_str_eq(outcome, "ran"))
        return op_strdup(outcome);
    if (code != 0)
        return op_asprintf("failed (exit status %lld)", (long long)code);
    if (op_json_is_true(ch->result, "unchanged"))
        return op_strdup("changed nothing");
    return op_strdup(op_json_bool(op_json_get(ch->result, "ok"), &ok) && !ok ? "not true yet" : "done");
}

static char *quoted(const struct op_json *argv)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    OP_JSON_EACH(word, argv)
    op_strv_push(&words, op_json_text(word) != NULL ? op_json_text(word) : "");
    op_quote_argv(&text, &words);
    return op_strdup(op_buf_str(&text));
}

char *op_change_command(const struct op_change *ch)
{
    return quoted(op_json_get(ch->run, "argv"));
}

const char *op_change_why_not(const struct op_change *ch)
{
    const char *why = op_json_str(ch->run, "inverse.why_not");
    return ch->can_undo ? NULL : why != NULL ? why : "nothing was kept for it";
}

static struct op_json *change_json(const struct op_change *ch)
{
    struct op_json *j = op_json_object(), *undo = op_json_array();
    OP_AUTO_FREE char *outcome = op_change_outcome(ch);
    OP_AUTO_FREE char *command = op_change_command(ch);
    op_json_set_str(j, "id", ch->id);
    op_json_set_str(j, "time", ch->time);
    op_json_set_str(j, "context", ch->context);
    op_json_set_str(j, "namespace", ch->ns);
    op_json_set_str(j, "command", command);
    op_json_set(j, "argv", op_json_dup(op_json_get(ch->run, "argv")));
    op_json_set_str(j, "risk", op_json_str(ch->run, "risk"));
    op_json_set_str(j, "from", op_json_str(ch->run, "from"));
    op_json_set_str(j, "outcome", outcome);
    const struct op_json *code = op_json_get(ch->result, "exit_code");
    op_json_set(j, "exit_code", code != NULL ? op_json_dup(code) : op_json_null());
    op_json_set_str(j, "proof", op_json_str(ch->result, "proof"));
    OP_JSON_EACH(step, op_json_at(ch->run, "inverse.steps"))
    {
        OP_AUTO_FREE char *text = quoted(op_json_get(step, "argv"));
        op_json_push(undo, op_json_string(text));
    }
    op_json_set(j, "undo", undo);
    op_json_set_str(j, "cannot_undo", op_change_why_not(ch));
    op_json_set_str(j, "undoes", ch->undoes);
    op_json_set_str(j, "undone_by", ch->undone_by);
    return j;
}

struct op_json *op_changes_json(const struct op_changes *c, size_t newest)
{
    struct op_json *j = op_json_object(), *all = op_json_array();
    for (size_t i = newest != 0 && newest < c->n ? c->n - newest : 0; i < c->n; i++)
        op_json_push(all, change_json(&c->items[i]));
    op_json_set(j, "changes", all);
    return j;
}
