/* host_clock.c - the clock that a stack's promises are kept by.
 *
 * CLOCK_MONOTONIC was rejected: it stands still while the machine sleeps, and a TIME-WAIT record
 * would then outlive the segments it waits for.  A sleep of the loop is still measured without
 * the time suspended, so after a suspension timers may fire late, never early.  [REQ TT-08] */
#include <time.h>

#include "lull/host.h"

#include "base/check.h"

lull_time lull_host_clock_now(void)
{
    struct timespec t;
    LULL_CHECK(clock_gettime(CLOCK_BOOTTIME, &t) == 0);
    return LULL_SEC(t.tv_sec) + t.tv_nsec;
}
