/* The command line. One table says what each option is; parsing, --help and the nearest-option
 * hint read it. Nothing here touches the disk, a terminal or a library. */
#ifndef OPSH_SHELL_OPTIONS_H
#define OPSH_SHELL_OPTIONS_H

#include "opsh/base/buf.h"
#include "opsh/os/tty.h"

#define OP_REQUEST_MAX ((size_t)64 << 10) /* bytes of one request */

struct op_options {
    bool help, version, plan, json, yes, yes_destroy, read_only, suggest, offline;
    bool confirm_all, confirm_set;
    bool colour_set;
    enum op_colour_mode colour;
    /* borrowed from argv; NULL: not given */
    const char *help_topic, *context, *ns, *kubeconfig, *model, *endpoint, *config;
    char *request; /* owned; NULL: none, so the shell or standard input */
};

/* Words that are not options are the request, joined by spaces; after "--" everything is. A request
 * that begins with "!" is a command line: its further words are quoted, so that they stay words.
 * Errors: OP_USAGE (the message names the nearest option). */
bool op_options_parse(int argc, char *const *argv, struct op_options *o, struct op_err *err) OP_CHECKED;
void op_options_free(struct op_options *o);

/* What --help prints. topic NULL: everything about the command line. */
void op_options_help(struct op_buf *out);

#endif
