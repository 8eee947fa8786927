/* Owns the switches of the gate that a person turns while the shell is open. Each says afterwards what
 * holds now. */
#include "modes.h"

#include "opsh/base/str.h"

/* "on", "off", or nothing to be told only. Errors have been told. */
static bool on_off(struct op_session *s, const char *name, const char *args, bool *value)
{
    bool on = op_str_ieq(args, "on"), off = op_str_ieq(args, "off");
    if (*args != '\0' && !on && !off) {
        OP_AUTO_FREE char *text = op_asprintf("%s is on or off", name);
        op_ui_text_error(&s->text, text);
        return false;
    }
    if (on || off)
        *value = on;
    return true;
}

enum op_code op_mode_read_only(struct op_session *s, const char *args)
{
    struct op_policy *policy = op_road_policy(s->road);
    if (!on_off(s, "/read-only", args, &policy->read_only))
        return OP_USAGE;
    op_ui_text_answer(&s->text, policy->read_only ? "Read-only: every change is refused." : "Changes are asked about.");
    return OP_OK;
}

enum op_code op_mode_suggest(struct op_session *s, const char *args)
{
    struct op_policy *policy = op_road_policy(s->road);
    if (!on_off(s, "/suggest", args, &policy->suggest))
        return OP_USAGE;
    op_ui_text_answer(&s->text, policy->suggest ? "Changes are printed for you to run; reads still run."
                                                : "Changes are asked about, and run when you say yes.");
    return OP_OK;
}

enum op_code op_mode_confirm(struct op_session *s, const char *args)
{
    struct op_policy *policy = op_road_policy(s->road);
    bool all = op_str_ieq(args, "all"), changes = op_str_ieq(args, "changes");
    if (*args != '\0' && !all && !changes) {
        op_ui_text_error(&s->text, "/confirm is all or changes");
        return OP_USAGE;
    }
    if (all || changes)
        policy->confirm_all = all;
    op_ui_text_answer(&s->text, policy->confirm_all ? "Every command is asked about, reads too."
                                                    : "Changes are asked about; reads run.");
    return OP_OK;
}

static enum op_code list(struct op_session *s)
{
    OP_AUTO_STRV lines = OP_STRV_INIT;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_road_allowances(s->road, &lines);
    for (size_t i = 0; i < lines.n; i++)
        op_buf_addf(&out, "%zu. %s\n", i + 1, lines.v[i]);
    if (lines.n != 0)
        op_buf_adds(&out, "/allow revoke N takes one back; leaving opsh takes back all.\n");
    op_ui_text_answer(
        &s->text, lines.n != 0 ? op_buf_str(&out)
                               : "Nothing runs without a question. Answer a (always) to one, and it is listed here.");
    return OP_OK;
}

enum op_code op_mode_allow(struct op_session *s, const char *args)
{
    int64_t n = 0;
    if (*args == '\0')
        return list(s);
    const char *number = op_str_starts(args, "revoke") ? args + strlen("revoke") : "";
    number += strspn(number, " \t");
    if (!op_str_int(number, 1, 1000000, &n)) {
        op_ui_text_error(&s->text, "/allow lists; /allow revoke N takes the Nth back");
        return OP_USAGE;
    }
    if (!op_road_revoke(s->road, (size_t)n)) {
        op_ui_text_error(&s->text, "there is no such number; /allow lists them");
        return OP_USAGE;
    }
    op_ui_text_answer(&s->text, "Taken back: that is asked about again.");
    return OP_OK;
}
