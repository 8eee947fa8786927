/* The program, from its arguments to its exit status. */
#ifndef OPSH_SHELL_SHELL_H
#define OPSH_SHELL_SHELL_H

int op_shell_main(int argc, char **argv, const char *version);

#endif
