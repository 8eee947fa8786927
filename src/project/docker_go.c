/* Owns … (being written). */
#include "docker.h"

void op_image_go(struct op_image *im)
{
    (void)im;
}
