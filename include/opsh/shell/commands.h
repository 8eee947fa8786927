/* What begins with "/": one table, which runs, explains and completes. */
#ifndef OPSH_SHELL_COMMANDS_H
#define OPSH_SHELL_COMMANDS_H

#include "opsh/shell/session.h"

enum op_complete_kind { OP_COMPLETE_NOTHING, OP_COMPLETE_CONTEXT, OP_COMPLETE_NAMESPACE, OP_COMPLETE_ON_OFF };

struct op_command {
    const char *name;      /* with its slash */
    const char *arguments; /* as shown in the help, or "" */
    const char *help;
    enum op_complete_kind complete;
    enum op_code (*run)(struct op_session *s, const char *args); /* args: trimmed, "" for none */
};

extern const struct op_command op_commands[];
extern const size_t op_commands_n;

/* line begins with "/". Errors have been told; OP_USAGE for an unknown command. */
enum op_code op_command_run(struct op_session *s, const char *line);

#endif
