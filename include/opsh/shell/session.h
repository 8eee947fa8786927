/* One sitting: everything that is open between the first line and the last. The shell, the one-shot
 * mode and the commands work on this. */
#ifndef OPSH_SHELL_SESSION_H
#define OPSH_SHELL_SESSION_H

#include "opsh/run/road.h"
#include "opsh/shell/config.h"
#include "opsh/shell/ui_json.h"
#include "opsh/shell/ui_text.h"

struct op_session {
    const char *version; /* borrowed */
    struct op_options options;
    struct op_config config;
    struct op_tty tty;
    bool utf8, interactive; /* interactive: the shell, not one request */
    bool leave;             /* /quit was said */
    char *last;             /* the last request or "!command"; owned, NULL: none yet */
    bool last_planned;      /* the planner's conversation holds it */
    bool other_model;       /* /model went to another one than was configured */
    struct op_ui_text text;
    struct op_ui_json json;
    struct op_catalog catalog;
    struct op_road *road;
    struct op_redact *redact; /* what must not leave the machine */
    struct op_planner planner; /* ops NULL: not opened yet */
    struct op_planner rules;   /* in a model's place; ops NULL: not needed yet */
    struct op_planner workflow; /* likewise; for workflows asked for in the short way, whoever plans otherwise */
};

/* Opens all but the planner. options is taken, whatever becomes of it. Errors: OP_CONFIG, OP_USAGE (no such
 * context), OP_IO, OP_LIMIT. A session that failed to open is to be closed too. */
bool op_session_open(struct op_session *s, struct op_options *options, const char *version,
                     struct op_err *err) OP_CHECKED;
void op_session_close(struct op_session *s);

/* "rules" or "model NAME": who understands requests (owned). */
char *op_session_planner_name(const struct op_session *s);
bool op_session_uses_model(const struct op_session *s);

/* Opens the planner where it is not open yet: a key_command runs here, at the first request, not at the start. */
bool op_session_planner(struct op_session *s, struct op_err *err) OP_CHECKED;
/* Is this the short way to ask for a workflow? Then its planner, which needs no key, and *text (owned) is what to ask it;
 * else NULL. */
struct op_planner *op_session_workflow(struct op_session *s, const char *request, char **text);
void op_session_drop_planner(
    struct op_session *s); /* the next request opens a new one: the conversation is forgotten */

/* One request (or "!command") to its end; errors have been told. */
enum op_code op_session_turn(struct op_session *s, const char *request);

#endif
