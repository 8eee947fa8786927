/* Owns the way in: which of help, version, plan, one request or the shell this run is. --help and
 * --version end before any library, file or terminal is touched. */
#include "opsh/shell/shell.h"

#include "opsh/base/str.h"
#include "opsh/os/harden.h"
#include "opsh/os/path.h"
#include "opsh/os/signals.h"
#include "opsh/shell/oneshot.h"
#include "opsh/shell/repl.h"
#include "subcommand.h"
#include "wrap.h"

enum { NARROWEST = 72 }; /* below it the examples would be broken too */

static int print(const struct op_buf *text)
{
    int columns = 0, rows = 0;
    if (isatty(STDOUT_FILENO) == 1)
        op_tty_size(&columns, &rows);
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_wrap(&out, op_buf_str(text), columns >= NARROWEST ? (size_t)columns : 0);
    bool ok = op_fd_write_all(STDOUT_FILENO, op_buf_str(&out), out.len);
    return op_exit_status(ok ? OP_OK : OP_IO);
}

static int complain(const struct op_err *err, const char *advice)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    op_buf_adds(&text, "opsh: ");
    op_text_clean(&text, err->msg, strlen(err->msg));
    op_buf_addf(&text, "\n%s", advice);
    (void)op_fd_write_all(STDERR_FILENO, text.data, text.len);
    return op_exit_status(err->code);
}

/* Help or version, which need nothing; -1: neither. */
static int informed(const struct op_options *o, const char *version)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!o->help && !o->version)
        return -1;
    if (o->help && op_str_eq(o->help_topic, "config"))
        op_config_help(&text);
    else if (o->help)
        op_options_help(&text);
    else
        op_buf_addf(&text, "opsh %s\n", version);
    return print(&text);
}

static enum op_code run(struct op_session *s, struct op_options *o, const char *version, struct op_err *err)
{
    if (!op_session_open(s, o, version, err))
        return err->code;
    if (s->options.request == NULL && s->tty.in) {
        if (!s->options.plan && !s->options.json)
            return op_repl_run(s);
        (void)op_fail(err, OP_USAGE, 0, "--plan and --output json need a request");
        return err->code;
    }
    if (s->options.request == NULL && !op_oneshot_read(s, err))
        return err->code;
    if (!op_oneshot_check(s->options.request, strlen(s->options.request), err))
        return err->code;
    return s->options.plan ? op_oneshot_plan(s) : op_oneshot_run(s);
}

/* A subcommand's exit status; -1: it is none. Inside a step of opsh nothing else is to be had: a planner that could start
 * opsh with a request of its own would have a way around the gate. */
static int subcommand(int argc, char **argv, const char *version)
{
    struct op_err err = OP_ERR_INIT;
    const struct op_subcommand *sub = op_subcommand_find(argc, argv);
    if (sub == NULL && getenv("OPSH_STEP") == NULL)
        return -1;
    op_harden();
    if (sub == NULL) {
        (void)op_fail(&err, OP_REFUSED, 0, "opsh does not run inside a step of its own");
        return complain(&err, "");
    }
    enum op_code code = sub->run(argc - 1, argv + 1, version, &err);
    (void)fflush(stdout);
    if (err.code == OP_OK)
        return op_exit_status(code);
    OP_AUTO_FREE char *usage = op_asprintf("Usage: opsh %s %s\n", sub->name, sub->usage);
    return complain(&err, err.code == OP_USAGE ? usage : "");
}

int op_shell_main(int argc, char **argv, const char *version)
{
    op_path_self_is(argc > 0 ? argv[0] : NULL);
    int done = subcommand(argc, argv, version);
    if (done >= 0)
        return done;
    struct op_err err = OP_ERR_INIT;
    struct op_options options;
    if (!op_options_parse(argc, argv, &options, &err))
        return complain(&err, err.code == OP_USAGE ? "Try: opsh --help\n" : "");
    int status = informed(&options, version);
    if (status >= 0) {
        op_options_free(&options);
        return status;
    }
    op_harden();
    if (!op_signals_init(&err)) {
        op_options_free(&options);
        return complain(&err, "");
    }
    struct op_session session;
    enum op_code code = run(&session, &options, version, &err);
    if (err.code != OP_OK) {
        if (session.options.json)
            op_ui_json_finish(&session.json, err.code, err.msg);
        (void)complain(&err, "");
    }
    op_session_close(&session);
    return op_exit_status(code);
}
