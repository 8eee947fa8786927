/* What the process gives away when it dies: nothing. */
#ifndef OPSH_OS_HARDEN_H
#define OPSH_OS_HARDEN_H

void op_harden(void);           /* no core dumps, for us and for children */
void op_harden_holds_key(void); /* additionally: no debugger or core may read our memory (Linux) */

#endif
