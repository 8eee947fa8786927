/* Owns … (being written). */
#include "docker.h"

void op_image_cmake(struct op_image *im)
{
    (void)im;
}
