/* driver_failure.h - filling in struct lull_failure. */
#ifndef DRIVER_DRIVER_FAILURE_H
#define DRIVER_DRIVER_FAILURE_H

#include "lull/devices.h"

/* Writes "WHAT: the system's words", and "; ADVICE" when @advice is not NULL.  @os_error 0 leaves
 * the system's words out.  @failure may be NULL. */
void driver_failure_set(struct lull_failure *failure, int os_error, const char *what,
                        const char *advice);

#endif
