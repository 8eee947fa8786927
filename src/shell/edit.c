/* Owns the editing of a command that stands at a question: the line editor with the command in it. Refuses
 * where there is no terminal to edit at. Ctrl-C, Ctrl-D and an empty line leave the command as it was. */
#include "lines.h"
#include "paint.h"

#include "opsh/base/str.h"
#include "opsh/os/signals.h"

#include <poll.h>
#include <readline/readline.h>

/* The line editor's callback takes no context: what it hands over lies here. */
static struct {
    char *line;
    bool done;
} typed;

static void line_done(char *line)
{
    rl_callback_handler_remove();
    typed.line = line;
    typed.done = true;
}

static void edit(const char *line)
{
    typed.line = NULL;
    typed.done = false;
    rl_callback_handler_install("edit: ", line_done);
    (void)rl_insert_text(line);
    rl_redisplay();
    while (!typed.done) {
        struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
                                 { .fd = op_signals_fd(), .events = POLLIN } };
        if (poll(fds, 2, -1) < 0)
            continue;
        unsigned bits = fds[1].revents != 0 ? op_signals_take() : 0;
        if ((bits & OP_SIG_WINCH) != 0)
            rl_resize_terminal();
        if ((bits & (OP_SIG_INT | OP_SIG_TERM)) != 0)
            break;
        if ((fds[0].revents & POLLIN) != 0)
            rl_callback_read_char();
        else if (fds[0].revents != 0)
            break;
    }
    if (!typed.done)
        rl_callback_handler_remove();
}

char *op_edit_line(void *self, const char *line)
{
    struct op_ui_text *t = self;
    if (!t->live || isatty(STDIN_FILENO) != 1)
        return NULL;
    op_ui_text_fresh(t);
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    FILE *before = rl_outstream;
    rl_outstream = t->err;
    op_tty_flush_input();
    edit(line);
    if (typed.line == NULL) {
        fputs("\n", t->err);
        if (!op_signals_terminating())
            op_signals_clear(); /* Ctrl-C ended the editing; the question stands as before */
    }
    (void)fflush(t->err);
    rl_outstream = before;
    if (typed.line != NULL && typed.line[strspn(typed.line, " \t")] == '\0')
        op_free_ptr(&typed.line);
    return typed.line;
}
