/* What a fuzz target includes: the entry point that libFuzzer and replay.c both call. */
#ifndef OPSH_TESTS_FUZZ_H
#define OPSH_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
