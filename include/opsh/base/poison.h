/* Included before every source file (see cmake/House.cmake): calls that have no
 * safe use in opsh do not compile. The declarations come first, the poison after. */
#ifndef OPSH_BASE_POISON_H
#define OPSH_BASE_POISON_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC poison system popen strcpy strcat sprintf vsprintf strtok atoi atol gets

#endif
