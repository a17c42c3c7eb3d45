#include "driver/driver_failure.h"

#include <stdio.h>
#include <string.h>

void driver_failure_set(struct lull_failure *failure, int os_error, const char *what,
                        const char *advice)
{
    if (failure == NULL)
        return;
    /* strerror() shares a buffer between threads; this one returns constant text. */
    const char *words = os_error == 0 ? NULL : strerrordesc_np(os_error);
    failure->os_error = os_error;
    snprintf(failure->text, sizeof failure->text, "%s%s%s%s%s", what, words == NULL ? "" : ": ",
             words == NULL ? "" : words, advice == NULL ? "" : "; ", advice == NULL ? "" : advice);
}
