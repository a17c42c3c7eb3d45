/* time.h - instants and durations.
 *
 * Both are signed 64-bit nanoseconds.  The origin of an instant is whatever the caller of
 * the four verbs uses; it must never go back, and it should count the time a machine is
 * suspended (CLOCK_BOOTTIME on Linux), because TIME-WAIT is a promise about the network's
 * clock, not about ours.  292 years fit, so nothing here ever wraps. */
#ifndef LULL_TIME_H
#define LULL_TIME_H

#include <stdint.h>

typedef int64_t lull_time;     /* ns since an arbitrary origin */
typedef int64_t lull_duration; /* ns */

#define LULL_US(n)      ((lull_duration)(n)*1000)
#define LULL_MS(n)      ((lull_duration)(n)*1000000)
#define LULL_SEC(n)     ((lull_duration)(n)*1000000000)
#define LULL_TIME_NEVER INT64_MAX

#endif
