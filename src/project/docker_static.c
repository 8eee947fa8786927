/* Owns … (being written). */
#include "docker.h"

void op_image_static(struct op_image *im)
{
    (void)im;
}
