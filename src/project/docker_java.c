/* Owns … (being written). */
#include "docker.h"

void op_image_java(struct op_image *im)
{
    (void)im;
}
