/* The way in. Everything is in the rooms. */
#include "opsh/shell/shell.h"

int main(int argc, char **argv)
{
    return op_shell_main(argc, argv, OPSH_VERSION);
}
