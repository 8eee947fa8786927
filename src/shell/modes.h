/* The commands that say how much is asked: /read-only, /suggest, /confirm, /allow. */
#ifndef SHELL_MODES_H
#define SHELL_MODES_H

#include "opsh/shell/session.h"

enum op_code op_mode_read_only(struct op_session *s, const char *args);
enum op_code op_mode_suggest(struct op_session *s, const char *args);
enum op_code op_mode_confirm(struct op_session *s, const char *args);
enum op_code op_mode_allow(struct op_session *s, const char *args);

#endif
