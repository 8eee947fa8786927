/* What the process gives away when it dies: nothing. */
#ifndef OPSH_OS_HARDEN_H
#define OPSH_OS_HARDEN_H

/* No core dumps, for us and for children; and descriptors 0 to 2 are open, if only on /dev/null: what opsh opens
 * next must not become the standard output that somebody closed. */
void op_harden(void);
void op_harden_holds_key(void); /* additionally: no debugger or core may read our memory (Linux) */

#endif
