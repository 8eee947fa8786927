/* Do a rule's conditions hold for a command line? */
#ifndef OPSH_GATE_RULES_H
#define OPSH_GATE_RULES_H

#include "objects.h"

/* strict: every value of the flag and every kind must match, not just one (for rules that lower a class). */
bool op_rule_holds(const struct op_node *rule, const struct op_lexed *lx, const struct op_named *named, bool strict);

/* The flag that made it hold, as text for the person ("--server"); "" when none did. */
void op_rule_flag(const struct op_node *rule, const struct op_lexed *lx, char *out, size_t size);

/* Is this flag given, and not switched off again (--all=false)? */
bool op_rule_given(const struct op_flag_use *use);

#endif
