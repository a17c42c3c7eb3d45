/* fuzz.h - what every fuzz target defines: eat @size bytes and return 0.  It must not keep
 * anything from one call to the next, and a broken promise must end in a failed assertion. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
