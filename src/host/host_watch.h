/* host_watch.h - a bounded set of descriptors to wait for, each with somebody to call. */
#ifndef HOST_HOST_WATCH_H
#define HOST_HOST_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "lull/error.h"
#include "lull/host.h"
#include "lull/time.h"

/* The application's, the drivers', and two of the loop's own. */
#define HOST_WATCH_MAX (LULL_HOST_WATCHES_MAX + LULL_HOST_DRIVERS_MAX + 2)

struct host_watch_entry {
    struct lull_host_watch watch;
    uint32_t generation; /* so that an event of an earlier tenant is not taken for this one's */
    bool used;
    bool always; /* a regular file, which epoll refuses because it is always ready */
};

struct host_watch {
    int epoll;
    struct host_watch_entry entries[HOST_WATCH_MAX];
};

/* False, with errno, when the system has no epoll descriptor left. */
bool host_watch_open(struct host_watch *set);
void host_watch_close(struct host_watch *set);

/* Add, or change what is known about the same descriptor. */
enum lull_error host_watch_put(struct host_watch *set, const struct lull_host_watch *watch);

/* Nothing happens when @descriptor is not in the set. */
void host_watch_remove(struct host_watch *set, int descriptor);

/* Sleep for at most @patience, -1: without limit, and call whoever is ready.  False, with errno,
 * when the system refuses to wait. */
bool host_watch_wait(struct host_watch *set, lull_duration patience);

#endif
