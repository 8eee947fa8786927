/* Configuration: a flag wins over the environment, that over the file, that over the default.
 * One table says what each key of the file is; reading and `opsh --help config` use it.
 *
 * The key of the model's API is held here, in memory, and nowhere else: it is taken out of the
 * environment when it is read, and wiped when the program ends. */
#ifndef OPSH_SHELL_CONFIG_H
#define OPSH_SHELL_CONFIG_H

#include "opsh/base/strv.h"
#include "opsh/shell/options.h"

#include <stdint.h>

struct op_price { /* of a million tokens */
    char *model; /* pattern */
    double in, out;
};

struct op_config {
    char *file; /* that was read; NULL: none */
    char *endpoint, *model, *key_file, *prompt_file, *instructions_file, *ca_file, *tools_folder;
    char *context, *ns;
    struct op_strv key_command;
    struct op_strv redact; /* POSIX extended patterns of what must not leave the machine */
    struct op_strv protect; /* patterns of contexts */
    bool read_only, suggest, confirm_all;
    int64_t timeout_s, proof_timeout_s, silence_timeout_s, history_size, max_steps, context_tokens;
    double price_input, price_output; /* of a million tokens, where one model is asked; 0: not known */
    struct op_price *prices;          /* n_prices of them; the first whose pattern fits counts */
    size_t n_prices;
    enum op_colour_mode colour;
    char *key; /* secret; NULL: none known yet, see op_config_find_key */
};

/* A file named by --config must exist; one named by $OPSH_CONFIG, and the default one, may be missing.
 * Errors: OP_CONFIG with file:line:column; OP_IO. */
bool op_config_load(const struct op_options *o, struct op_config *c, struct op_err *err) OP_CHECKED;
void op_config_free(struct op_config *c); /* wipes the key */

/* Is there a model to ask: a key, a way to get one, or an endpoint on this machine? */
bool op_config_has_model(const struct op_config *c);

/* Fill c->key from key_file or key_command when it is not known yet; no source at all is fine.
 * Errors: OP_CONFIG (file readable by others, command failed, not a key). */
bool op_config_find_key(struct op_config *c, struct op_err *err) OP_CHECKED;

void op_config_help(struct op_buf *out); /* every key with its type, default and meaning */

#endif
