/* Owns … (being written). */
#include "docker.h"

void op_image_rust(struct op_image *im)
{
    (void)im;
}
