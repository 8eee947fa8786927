/* Owns the line editor and the one loop that waits: keys, signals. Ctrl-C ends the line or the running
 * thing, never the shell. While a request runs the terminal is the kernel's again, so that questions
 * and children find it as they expect. */
#include "opsh/shell/repl.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "opsh/os/signals.h"
#include "opsh/shell/commands.h"
#include "opsh/shell/complete.h"
#include "opsh/shell/history.h"
#include "opsh/shell/oneshot.h"
#include "opsh/shell/prompt.h"
#include "paint.h"

#include <poll.h>
#include <signal.h>
#include <readline/readline.h>

/* The line editor's callback takes no context: what it hands over lies here. */
static struct {
    char *line;
    bool done;
} typed;

static void line_done(char *line)
{
    rl_callback_handler_remove(); /* the terminal is as before while the request runs */
    typed.line = line;
    typed.done = true;
}

static char *prompt_text(const struct op_session *s)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    struct op_prompt p = { .context = op_road_context(s->road),
                           .ns = op_road_namespace(s->road),
                           .read_only = op_road_policy(s->road)->read_only,
                           .suggest = op_road_policy(s->road)->suggest,
                           .confirm_all = op_road_policy(s->road)->confirm_all,
                           .protect = op_road_is_protected(s->road),
                           .utf8 = s->text.utf8,
                           .colour = s->tty.out ? s->text.colour_out : s->text.colour_err };
    int rows;
    op_tty_size(&p.columns, &rows);
    op_prompt_build(&p, &out);
    return op_buf_steal(&out);
}

static void cancel_line(void)
{
    rl_callback_sigcleanup();
    fputs("^C\n", rl_outstream);
    rl_replace_line("", 1);
    rl_point = rl_end = rl_mark = 0;
    rl_on_new_line();
    rl_redisplay();
}

static void resized(const struct op_session *s)
{
    OP_AUTO_FREE char *prompt = prompt_text(s);
    (void)rl_set_prompt(prompt);
    rl_resize_terminal();
}

/* One line (owned), or NULL when the person leaves or the terminal goes away. */
static char *read_line(struct op_session *s)
{
    OP_AUTO_FREE char *prompt = prompt_text(s);
    typed.line = NULL;
    typed.done = false;
    rl_callback_handler_install(prompt, line_done);
    while (!typed.done) {
        struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
                                 { .fd = op_signals_fd(), .events = POLLIN } };
        if (poll(fds, 2, -1) < 0)
            continue;
        unsigned bits = fds[1].revents != 0 ? op_signals_take() : 0;
        if ((bits & OP_SIG_TERM) != 0 || op_signals_terminating())
            break;
        if ((bits & OP_SIG_WINCH) != 0)
            resized(s);
        if ((bits & OP_SIG_INT) != 0)
            cancel_line();
        if ((fds[0].revents & POLLIN) != 0)
            rl_callback_read_char();
        else if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
            break;
    }
    if (!typed.done)
        rl_callback_handler_remove();
    /* at the end of input the editor ends the line itself when it takes bracketed paste off */
    if (typed.line == NULL && !(typed.done && op_str_eq(rl_variable_value("enable-bracketed-paste"), "on")))
        fputs("\n", rl_outstream);
    (void)fflush(rl_outstream);
    return typed.line;
}

static void welcome(struct op_session *s)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    OP_AUTO_FREE char *planner = op_session_planner_name(s);
    const char *dot = op_glyph(s->text.utf8, GLYPH_DOT);
    if (op_session_uses_model(s))
        op_buf_addf(&out, "opsh %s %s %s at %s", s->version, dot, planner, s->config.endpoint);
    else
        op_buf_addf(&out, "opsh %s %s %s", s->version, dot,
                    s->options.offline ? "offline: understanding by rules" : "no model key: understanding by rules");
    op_buf_adds(&out, "\nSay what you want, as \"show pods\"; /help says more, Ctrl-D leaves.\n");
    op_ui_text_answer(&s->text, op_buf_str(&out));
    if (op_road_context(s->road) == NULL)
        op_ui_text_note(&s->text,
                        "There is no Kubernetes context: set KUBECONFIG or --kubeconfig, or say \"start minikube\".");
}

static void editor_setup(struct op_session *s)
{
    rl_readline_name = "opsh";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0; /* children would inherit a stale size */
    rl_outstream = s->tty.out ? stdout : stderr;
    op_complete_setup(s);
    /* Ctrl-Z and Ctrl-\ at the prompt would leave the terminal in the editor's modes; children get them back. */
    (void)signal(SIGTSTP, SIG_IGN);
    (void)signal(SIGQUIT, SIG_IGN);
}

static void open_history(struct op_session *s, struct op_history *h)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *path = op_path_state("history");
    if (!op_history_open(h, path, s->config.history_size, &err)) {
        OP_AUTO_FREE char *text = op_asprintf("history is not kept: %s", err.msg);
        op_ui_text_note(&s->text, text);
    }
}

static size_t count_lines(const char *text)
{
    size_t n = 1;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* What a newcomer types before having read anything. */
static const char *usual_word(const char *line)
{
    static const char *const words[][2] = {
        { "exit", "/quit" }, { "quit", "/quit" }, { "help", "/help" }, { "?", "/help" }
    };
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (op_str_eq(line, words[i][0]))
            return words[i][1];
    return line;
}

static void handle(struct op_session *s, const char *line)
{
    if (op_ui_text_dismissed(&s->text, line)) {
        op_ui_text_note(&s->text, "Nothing was done.");
        return;
    }
    line = usual_word(line);
    if (*line == '/') {
        (void)op_command_run(s, line);
        return;
    }
    if (count_lines(line) > 1) {
        OP_AUTO_FREE char *note = op_asprintf("(%zu lines, taken as one request)", count_lines(line));
        op_ui_text_note(&s->text, note);
    }
    OP_AUTO_FREE char *request = op_ui_text_choice(&s->text, line);
    op_signals_clear();
    (void)op_session_turn(s, request);
    op_ui_text_fresh(&s->text);
}

static void one_line(struct op_session *s, struct op_history *h, char *raw)
{
    struct op_err err = OP_ERR_INIT;
    size_t n = strlen(raw);
    while (n != 0 && isspace((unsigned char)raw[n - 1]))
        raw[--n] = '\0';
    if (n == 0)
        return;
    if (!op_oneshot_check(raw, n, &err)) {
        op_ui_text_error(&s->text, err.msg);
        return;
    }
    if (!op_history_add(h, raw, &err)) {
        OP_AUTO_FREE char *text = op_asprintf("history is not kept: %s", err.msg);
        op_ui_text_note(&s->text, text);
    }
    handle(s, raw + strspn(raw, " \t\n"));
}

enum op_code op_repl_run(struct op_session *s)
{
    struct op_history history;
    s->interactive = true;
    op_tty_save();
    editor_setup(s);
    welcome(s);
    open_history(s, &history);
    while (!s->leave && !op_signals_terminating()) {
        OP_AUTO_FREE char *line = read_line(s);
        if (line == NULL)
            break;
        one_line(s, &history, line);
        op_signals_clear();
    }
    op_history_close(&history);
    op_tty_restore();
    return op_signals_terminating() ? OP_INTERRUPTED : OP_OK;
}
