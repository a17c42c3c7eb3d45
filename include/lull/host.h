/* host.h - the real world for a stack: clock, entropy, memory, and a loop that carries frames.
 *
 * Nothing here is needed by a program that has its own loop; lull/stack.h suffices.  All of
 * it is for Linux. */
#ifndef LULL_HOST_H
#define LULL_HOST_H

#include <stddef.h>

#include "lull/api.h"
#include "lull/devices.h"
#include "lull/driver.h"
#include "lull/error.h"
#include "lull/stack.h"
#include "lull/time.h"

LULL_BEGIN_DECLARATIONS

/* CLOCK_BOOTTIME: never goes back, and counts the time the machine was suspended. */
LULL_API lull_time lull_host_clock_now(void);

/* Unpredictable bytes from the kernel.  LULL_OK, or LULL_EIO when it has none to give; then
 * @p bytes must not be used. */
LULL_API LULL_MUST_USE enum lull_error lull_host_entropy_fill(void *bytes, size_t size);

/**
 * A stack in fresh memory of its own.
 *
 * @param config  borrowed; an all-zero seed is replaced by entropy, in a copy
 * @param why     written on failure: LULL_EINVAL, LULL_ENOMEM, LULL_EIO; may be NULL
 * @return        the stack, which lull_host_memory_destroy_stack() ends, or NULL
 */
LULL_API LULL_MUST_USE struct lull_stack *lull_host_memory_create_stack(
    const struct lull_stack_config *config, enum lull_error *why);

/* Gives back the memory of a stack made by lull_host_memory_create_stack(), and only of such
 * a one.  NULL is allowed. */
LULL_API void lull_host_memory_destroy_stack(struct lull_stack *stack);

/**
 * Switch on the kernel's side of an interface.
 *
 * @param address  "10.0.0.1/24", which replaces the interface's first address; NULL: leave
 *                 the addresses as they are
 * @param failure  written on failure; may be NULL
 * @return         LULL_OK, LULL_EINVAL for a bad name or address, LULL_EIO
 */
LULL_API LULL_MUST_USE enum lull_error lull_host_interface_up(const char *name, const char *address,
                                                              struct lull_failure *failure);

/* A loop that owns drivers and serves one stack; it belongs to the stack's thread. */
struct lull_host_loop;

#define LULL_HOST_DRIVERS_MAX 16
#define LULL_HOST_WATCHES_MAX 256

/**
 * @param stack    borrowed, for as long as the loop exists
 * @param failure  written on failure; may be NULL
 * @return         LULL_OK with @p loop, LULL_ENOMEM or LULL_EIO
 */
LULL_API LULL_MUST_USE enum lull_error lull_host_loop_create(struct lull_stack *stack,
                                                             struct lull_host_loop **loop,
                                                             struct lull_failure *failure);

/* Ends the loop and closes its drivers; not the stack, not the watched descriptors. */
LULL_API void lull_host_loop_close(struct lull_host_loop *loop);

/**
 * Make an interface of the stack out of a driver, with the driver's MTU, capabilities and
 * hardware address.
 *
 * @param driver  the loop's on success, still the caller's on failure
 * @return        the interface's number, LULL_EINVAL, LULL_ENOBUFS or LULL_EIO
 */
LULL_API LULL_MUST_USE int lull_host_loop_add_driver(struct lull_host_loop *loop,
                                                     struct lull_driver *driver,
                                                     enum lull_link link);

enum lull_host_condition {
    LULL_HOST_READABLE = 1,
    LULL_HOST_WRITABLE = 2,
    LULL_HOST_HANGUP = 4 /* or an error; reported whether asked for or not */
};

/* A descriptor of the application's. */
struct lull_host_watch {
    int descriptor;
    unsigned conditions; /* enum lull_host_condition; 0: none for now */
    /* Called when some condition holds, again and again while it does.  It may add and remove
     * watches, its own included. */
    void (*ready)(void *context, int descriptor, unsigned conditions);
    void *context;
};

/* Watch a descriptor, or change what is watched for.  Regular files count as always ready.
 * LULL_OK, LULL_EBADF, LULL_ENOBUFS at LULL_HOST_WATCHES_MAX, LULL_EIO. */
LULL_API LULL_MUST_USE enum lull_error lull_host_loop_watch(struct lull_host_loop *loop,
                                                            const struct lull_host_watch *watch);

/* Forget a descriptor; to be called before it is closed. */
LULL_API void lull_host_loop_unwatch(struct lull_host_loop *loop, int descriptor);

/* @p turn is called once per turn, after input and timers and before output: the place to
 * drain lull_socket_next_event().  NULL: nobody. */
LULL_API void lull_host_loop_set_application(struct lull_host_loop *loop,
                                             void (*turn)(void *context, lull_time now),
                                             void *context);

/**
 * One turn: frames in, timers, the application, frames out, then sleep until a frame, a
 * watched descriptor, a timer or @p until, whichever comes first.
 *
 * @param until  0: do not sleep; LULL_TIME_NEVER: as long as it takes
 * @return       LULL_OK, or LULL_EIO when a device is gone or the system refuses to wait
 */
LULL_API LULL_MUST_USE enum lull_error lull_host_loop_turn(struct lull_host_loop *loop,
                                                           lull_time until);

/* Turns until lull_host_loop_stop().  LULL_OK when stopped; otherwise as above.  What the
 * application wrote in the last turn has been sent. */
LULL_API LULL_MUST_USE enum lull_error lull_host_loop_run(struct lull_host_loop *loop);

/* End lull_host_loop_run(), now or when it is called next.  May be called from a signal handler
 * and from another thread. */
LULL_API void lull_host_loop_stop(struct lull_host_loop *loop);

/* SIGINT and SIGTERM stop the loop instead of the process, until the loop is closed: they
 * are blocked in the calling thread, which must be the only one that takes them.
 * LULL_OK or LULL_EIO. */
LULL_API LULL_MUST_USE enum lull_error lull_host_loop_stop_on_signals(struct lull_host_loop *loop);

LULL_END_DECLARATIONS

#endif
