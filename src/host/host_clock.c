#include <time.h>

#include "lull/host.h"

#include "base/check.h"

lull_time lull_host_clock_now(void)
{
    struct timespec t;
    LULL_CHECK(clock_gettime(CLOCK_BOOTTIME, &t) == 0);
    return LULL_SEC(t.tv_sec) + t.tv_nsec;
}
