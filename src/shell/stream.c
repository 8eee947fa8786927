/* Owns what is shown while it arrives: answers, thoughts, and the waiting in between. Refuses to show
 * foreign bytes as they came: clean first, render after. */
#include "stream.h"

#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "paint.h"

#include <inttypes.h>

enum { SPINNER_ROOM = 12 }; /* columns behind an unfinished line that a spinner needs */

static const char *frame(const struct op_ui_text *t, int64_t now)
{
    static const char *const frames[2][4] = { { "-", "\\", "|", "/" },
                                              { "\xe2\xa0\x8b", "\xe2\xa0\xb9", "\xe2\xa0\xbc", "\xe2\xa0\xa7" } };
    return frames[t->utf8][now / 120 % 4];
}

static void draw(struct op_ui_text *t, const char *before, const char *text, const char *after)
{
    int64_t now = op_clock_ms(), seconds = (now - t->progress_since) / 1000;
    fprintf(t->err, "%s%s%s%s", before, op_paint(t->colour_err, PAINT_DIM), frame(t, now), text);
    if (seconds > 0)
        fprintf(t->err, " %" PRId64 " s", seconds);
    fprintf(t->err, "%s%s", op_paint(t->colour_err, PAINT_PLAIN), after);
    (void)fflush(t->err);
    t->progress_on = true;
}

void op_stream_clear(struct op_ui_text *t)
{
    if (!t->progress_on)
        return;
    fputs(t->progress_inline ? "\x1b[K" : "\r\x1b[K", t->err);
    (void)fflush(t->err);
    t->progress_on = t->progress_inline = false;
}

static void awaited(struct op_ui_text *t)
{
    op_stream_clear(t);
    t->progress_text[0] = '\0';
}

void op_stream_progress(void *self, const char *line)
{
    struct op_ui_text *t = self;
    if (!t->live)
        return;
    if (line == NULL) {
        awaited(t);
        return;
    }
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_visible(&clean, line, strlen(line));
    int columns, rows;
    op_tty_size(&columns, &rows);
    char text[sizeof(t->progress_text)];
    (void)snprintf(text, sizeof(text), " %.*s", columns > 14 ? columns - 14 : 1, op_buf_str(&clean));
    if (!t->progress_on && t->mid_line[t->one_screen ? 0 : 1])
        op_stream_fresh(t, t->err);
    if (t->progress_text[0] == '\0')
        t->progress_since = op_clock_ms();
    memcpy(t->progress_text, text, sizeof(text));
    draw(t, "\r\x1b[K", text, "");
}

void op_stream_waiting(void *self, bool on)
{
    struct op_ui_text *t = self;
    if (!t->live)
        return;
    bool behind = t->streaming != OP_STREAM_NONE && t->mid_line[t->one_screen ? 0 : 1];
    if (!on) {
        awaited(t);
    } else if (!behind) {
        op_stream_progress(t, t->thinking ? "the model is thinking" : "waiting for the model");
    } else if (t->md.columns == 0 || t->md.used + SPINNER_ROOM <= t->md.columns) {
        if (!t->progress_on)
            t->progress_since = op_clock_ms();
        t->progress_inline = true;
        draw(t,
             "\x1b"
             "7 ",
             "",
             "\x1b[K\x1b"
             "8");
    }
}

static void begin(struct op_ui_text *t, int kind, FILE *to)
{
    if ((int)t->streaming != kind) {
        op_stream_fresh(t, to);
        t->stream = (struct op_text_state){ 0 };
        t->md.colour = t->colour_out && kind == OP_STREAM_ANSWER;
        t->md.utf8 = t->utf8;
        t->streaming = kind == OP_STREAM_ANSWER ? OP_STREAM_ANSWER : OP_STREAM_THOUGHT;
        t->thinking = false;
    }
    if (t->md.in_line) /* the window may have changed since the last line */
        return;
    size_t columns = op_stream_columns(t, to);
    t->md.erase = columns != 0 && t->live;
    t->md.columns = columns > 1 && t->md.erase ? columns - 1 : columns; /* the last column does not say where it is */
}

static void add(struct op_ui_text *t, int kind, const char *bytes, size_t n)
{
    bool answer = kind == OP_STREAM_ANSWER;
    FILE *to = answer ? t->out : t->err;
    OP_AUTO_BUF clean = OP_BUF_INIT, out = OP_BUF_INIT;
    begin(t, kind, to);
    op_text_clean_chunk(&t->stream, &clean, bytes, n);
    if (!(answer ? t->wrap_out : t->wrap_err)) { /* for a program or a file: as the model wrote it */
        op_stream_put(t, to, op_buf_str(&clean), clean.len);
        return;
    }
    if (!answer)
        op_buf_adds(&out, op_paint(t->colour_err, PAINT_DIM));
    size_t before = out.len;
    op_md_feed(&t->md, &out, op_buf_str(&clean), clean.len);
    bool any = out.len != before, ended = any && out.data[out.len - 1] == '\n';
    if (!answer)
        op_buf_adds(&out, op_paint(t->colour_err, PAINT_PLAIN));
    if (!any)
        return;
    op_stream_put(t, to, out.data, out.len);
    t->mid_line[t->one_screen || answer ? 0 : 1] = !ended;
}

void op_stream_answer(void *self, const char *bytes, size_t n)
{
    add(self, OP_STREAM_ANSWER, bytes, n);
}

void op_stream_thought(void *self, const char *bytes, size_t n)
{
    struct op_ui_text *t = self;
    t->thinking = t->streaming == OP_STREAM_NONE;
    if (t->thoughts)
        add(t, OP_STREAM_THOUGHT, bytes, n);
}

void op_stream_end(struct op_ui_text *t)
{
    if (t->streaming == OP_STREAM_NONE)
        return;
    FILE *to = t->streaming == OP_STREAM_ANSWER ? t->out : t->err;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_md_end(&t->md, &out);
    t->streaming = OP_STREAM_NONE;
    t->thinking = false;
    op_stream_put(t, to, op_buf_str(&out), out.len);
}
