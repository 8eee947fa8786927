/* /undo: the commands that a change left behind go down the road like any others, shown, asked about, proved, and
 * journalled, so that an undo can be undone. They come from the person (OP_FROM_USER): who says /undo asks for exactly
 * these. What was changed by others since is never overwritten without a question of its own. */
#include "inverse.h"

#include "opsh/base/str.h"
#include "opsh/os/signals.h"
#include "opsh/run/history.h"

#include <stdarg.h>

static void note(struct op_road *road, const char *fmt, ...) OP_PRINTF(2, 3);

static void note(struct op_road *road, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    road->o.ui.note(road->o.ui.self, line);
}

static void strings_of(const struct op_json *array, struct op_strv *to)
{
    OP_JSON_EACH(text, array)
    op_strv_push(to, op_json_text(text) != NULL ? op_json_text(text) : "");
}

/* The commands, with what was kept beside the journal; NULL with the reason told. */
static struct op_json *steps_of(struct op_road *road, const struct op_change *ch)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_json_is_true(ch->run, "inverse.kept"))
        return op_json_dup(op_json_at(ch->run, "inverse.steps"));
    OP_AUTO_FREE char *text = op_journal_kept(road->journal_path, ch->id, &err);
    struct op_json *steps = text != NULL ? op_json_parse(text, strlen(text), OP_JSON_LOOSE, &err) : NULL;
    if (steps == NULL)
        note(road, "%s cannot be undone: what was kept for it cannot be read: %s", ch->id, err.msg);
    return steps;
}

static bool differs(const struct op_json *item, const char *a, const char *b)
{
    const struct op_json *x = op_json_get(item, a), *y = op_json_get(item, b);
    OP_AUTO_FREE char *p = x != NULL ? op_json_print(x, false) : op_strdup("null");
    OP_AUTO_FREE char *q = y != NULL ? op_json_print(y, false) : op_strdup("null");
    return !op_str_eq(p, q);
}

static void tell_drift(struct op_road *road, const struct op_json *item)
{
    const char *object = op_json_str(item, "object"), *release = op_json_str(item, "release");
    object = object != NULL ? object : op_json_str(item, "file");
    const char *ns = op_json_str(item, "namespace");
    bool gone = op_json_is_null(op_json_get(item, "now"));
    note(road, "%s%s%s%s was %s since; undoing this change would overwrite that", release != NULL ? "release " : "",
         release != NULL ? release : object, ns != NULL ? " in " : "", ns != NULL ? ns : "", gone ? "deleted" : "changed");
}

enum state { AS_LEFT, DRIFTED, BACK_ALREADY };

/* Are the objects as the change left them? */
static enum state compare(struct op_road *road, const struct op_change *ch)
{
    OP_AUTO_STRV identity = OP_STRV_INIT;
    strings_of(op_json_at(ch->run, "inverse.identity"), &identity);
    const struct op_json *left = op_json_get(ch->result, "left");
    const struct op_json *touched = left != NULL ? left : op_json_at(ch->run, "inverse.touched");
    OP_AUTO_JSON *now = op_inverse_look(road, &identity, touched, "now");
    if (now == NULL) {
        note(road, "it could not be read whether something changed since");
        return DRIFTED;
    }
    bool back = op_json_size(now) != 0, drifted = false;
    OP_JSON_EACH(item, now)
    {
        bool moved = left != NULL && differs(item, "after", "now");
        back = back && !differs(item, "before", "now");
        drifted = drifted || moved;
    }
    if (back)
        return BACK_ALREADY;
    OP_JSON_EACH(item, now)
    if (left != NULL && differs(item, "after", "now"))
        tell_drift(road, item);
    if (left == NULL)
        note(road, "opsh ended before that change did and did not see how it left things");
    return drifted || left == NULL ? DRIFTED : AS_LEFT;
}

static enum op_code run_steps(struct op_road *road, const struct op_change *ch, const struct op_json *steps, bool ask)
{
    size_t n = op_json_size(steps), i = 0;
    enum op_code code = OP_OK;
    OP_JSON_EACH(one, steps)
    {
        if (code != OP_OK)
            break;
        struct op_step step = { .origin = OP_FROM_USER, .input = op_strdup(op_json_str(one, "stdin")) };
        strings_of(op_json_get(one, "argv"), &step.argv);
        struct op_passage p = { .step = &step, .undoes = ch->id, .part = ++i, .parts = n, .ask = ask };
        op_road_pass(road, &p, i, n);
        code = op_passage_code(&p);
        op_passage_free(&p);
        op_step_free(&step);
    }
    return code;
}

static enum op_code undo(struct op_road *road, const struct op_change *ch)
{
    OP_AUTO_FREE char *command = op_change_command(ch);
    if (ch->undone_by != NULL) {
        note(road, "%s was undone already; /undo %s does it again", ch->id, ch->undone_by);
        return OP_OK;
    }
    if (!ch->can_undo) {
        note(road, "%s (%s) cannot be undone: %s", ch->id, command, op_change_why_not(ch));
        return OP_TOOL;
    }
    OP_AUTO_JSON *steps = steps_of(road, ch);
    if (steps == NULL)
        return OP_IO;
    note(road, "undoing %s: %s", ch->id, command);
    enum state state = compare(road, ch);
    if (op_signals_interrupted())
        return OP_INTERRUPTED;
    if (state == BACK_ALREADY) {
        note(road, "everything is as it was before that change; nothing to undo");
        return OP_OK;
    }
    if (state == DRIFTED && !road->o.policy.terminal) {
        note(road, "not undone: that needs a person's yes, at a terminal");
        return OP_REFUSED;
    }
    if (op_json_str(ch->run, "inverse.lacks") != NULL)
        note(road, "%s", op_json_str(ch->run, "inverse.lacks"));
    return run_steps(road, ch, steps, state == DRIFTED);
}

enum op_code op_road_undo(struct op_road *road, const char *id)
{
    struct op_err err = OP_ERR_INIT;
    struct op_changes changes;
    op_signals_clear();
    if (road->journal_path == NULL || !op_changes_read(road->journal_path, &changes, &err)) {
        note(road, "%s", err.code != OP_OK ? err.msg : "no journal is kept, so nothing can be undone");
        return OP_IO;
    }
    const struct op_change *ch = id != NULL ? op_changes_find(&changes, id) : op_changes_last(&changes);
    enum op_code code = OP_USAGE;
    if (ch != NULL)
        code = undo(road, ch);
    else if (id != NULL)
        note(road, "no change is called \"%.40s\"; /history lists them", id);
    else
        note(road, "there is nothing to undo");
    code = ch == NULL && id == NULL ? OP_OK : code;
    op_changes_free(&changes);
    return code;
}

const char *op_road_journal(const struct op_road *road)
{
    return road->journal_path;
}
