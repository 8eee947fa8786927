/* Owns how the journal's changes are shown, and the few requests that are words of opsh's own. */
#include "opsh/shell/log.h"

#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "opsh/run/history.h"

#include <time.h>

enum { CHANGES_SHOWN = 20 };

static bool read_changes(struct op_session *s, struct op_changes *c, struct op_err *err)
{
    const char *path = op_road_journal(s->road);
    if (path == NULL)
        return op_fail(err, OP_IO, 0, "no journal is kept");
    return op_changes_read(path, c, err);
}

/* "11-21 05:49" here and now, from the journal's "2026-11-21T05:49:12.123Z". */
static void when(const char *iso, char text[32])
{
    char plain[32];
    struct tm tm;
    (void)snprintf(plain, sizeof(plain), "%.19sZ", iso != NULL ? iso : "");
    time_t at = (time_t)op_clock_parse(plain);
    if (at < 0 || localtime_r(&at, &tm) == NULL || strftime(text, 32, "%m-%d %H:%M", &tm) == 0)
        (void)snprintf(text, 32, "%.16s", plain);
}

static void show(const struct op_change *ch, struct op_buf *out)
{
    char time[32];
    OP_AUTO_FREE char *outcome = op_change_outcome(ch);
    OP_AUTO_FREE char *command = op_change_command(ch);
    when(ch->time, time);
    op_buf_addf(out, "%s  %s  %s/%s  %s", ch->id, time, ch->context != NULL ? ch->context : "-",
                ch->ns != NULL ? ch->ns : "-", outcome);
    if (ch->undoes != NULL)
        op_buf_addf(out, ", undoes %s", ch->undoes);
    else if (!ch->can_undo)
        op_buf_adds(out, ", cannot be undone");
    op_buf_addf(out, "\n    %s\n", command);
}

static enum op_code list(struct op_session *s, size_t newest)
{
    struct op_err err = OP_ERR_INIT;
    struct op_changes c;
    if (!read_changes(s, &c, &err)) {
        op_ui_text_error(&s->text, err.msg);
        if (s->options.json)
            op_ui_json_finish(&s->json, err.code, err.msg);
        return err.code;
    }
    if (s->options.json) {
        OP_AUTO_JSON *j = op_changes_json(&c, newest);
        op_ui_json_print(j);
    } else {
        OP_AUTO_BUF out = OP_BUF_INIT;
        for (size_t i = newest != 0 && newest < c.n ? c.n - newest : 0; i < c.n; i++)
            show(&c.items[i], &out);
        op_ui_text_answer(&s->text, out.len != 0 ? op_buf_str(&out) : "Nothing was changed yet.");
    }
    op_changes_free(&c);
    return OP_OK;
}

enum op_code op_log_history(struct op_session *s, const char *args)
{
    int64_t n = CHANGES_SHOWN;
    if (*args == '\0' || op_str_int(args, 1, 1000000, &n))
        return list(s, (size_t)n);
    op_ui_text_error(&s->text, "/history takes a number of changes");
    return OP_USAGE;
}

enum op_code op_log_undo(struct op_session *s, const char *args)
{
    return op_road_undo(s->road, *args != '\0' ? args : NULL);
}

/* The one word behind "undo", when it is the id of a change: "undo rollout of web" is a request like any other. */
static bool is_id(struct op_session *s, const char *word)
{
    struct op_err err = OP_ERR_INIT;
    struct op_changes c;
    if (strpbrk(word, " \t\n") != NULL || !read_changes(s, &c, &err))
        return false;
    bool known = op_changes_find(&c, word) != NULL;
    op_changes_free(&c);
    return known;
}

static char *plain(const char *request)
{
    char *words = op_strdup(request + strspn(request, " \t\n"));
    for (size_t n = strlen(words); n != 0 && strchr(" \t\n.!", words[n - 1]) != NULL; n--)
        words[n - 1] = '\0';
    return words;
}

bool op_log_asked(struct op_session *s, const char *request, enum op_code *code)
{
    OP_AUTO_FREE char *words = plain(request);
    if (!op_str_eq(words, "log"))
        return false;
    *code = list(s, 0);
    return true;
}

bool op_log_undo_said(struct op_session *s, const char *request, enum op_code *code)
{
    static const char *const whole[] = { "undo", "undo it", "undo that", "undo this", "undo the last change", "undo my last change",
                                         "take that back", "take it back", "revert that", "revert the last change" };
    OP_AUTO_FREE char *words = plain(request);
    const char *id = op_str_starts(words, "undo ") ? words + 5 + strspn(words + 5, " \t") : NULL;
    for (size_t i = 0; i < OP_LEN(whole); i++)
        if (op_str_ieq(words, whole[i])) {
            *code = op_log_undo(s, "");
            return true;
        }
    if (id == NULL || !is_id(s, id))
        return false;
    *code = op_log_undo(s, id);
    return true;
}
