/* `--output json`: the whole turn as one object, printed when it is over:
 *   {"kind": "command" | "plan" | "analysis" | "clarify" | "unsupported" | "answer" | "error",
 *    "steps": [{"command", "argv", "stdin", "risk", "undo", "foreign", "context", "namespace", "outcome", "exit_code",
 *               "output", "proof", "reason", "milliseconds"}],
 *    "answer": text or null, "question": text or null, "choices": […], "notes": [text, …], "error": text or null}
 * Nobody is asked anything: the policy of such a run has no terminal. */
#ifndef OPSH_SHELL_UI_JSON_H
#define OPSH_SHELL_UI_JSON_H

#include "opsh/data/json.h"
#include "opsh/run/ui.h"

struct op_ui_json {
    struct op_json *root;       /* owned */
    const struct op_step *last; /* the step that was shown last; compared, never read */
    struct op_json *last_entry; /* its entry, borrowed from root */
    bool own_reads_only;
    bool changed;               /* a step was no read, or a model's */
};

void op_ui_json_init(struct op_ui_json *j);
void op_ui_json_free(struct op_ui_json *j);
struct op_ui op_ui_json_vtable(struct op_ui_json *j);

/* The turn is over: print it on standard output. message NULL: what the notes said is the error, if code is one. */
void op_ui_json_finish(struct op_ui_json *j, enum op_code code, const char *message);
void op_ui_json_print(const struct op_json *object);

#endif
