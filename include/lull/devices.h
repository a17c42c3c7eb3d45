/* devices.h - the frame devices that come with the library.
 *
 * Each opens as a struct lull_driver, and whoever holds one ends it with
 * driver->operations->close(driver).  None of them blocks after it is open. */
#ifndef LULL_DEVICES_H
#define LULL_DEVICES_H

#include <stdint.h>

#include "lull/api.h"
#include "lull/driver.h"
#include "lull/error.h"
#include "lull/stack.h"

LULL_BEGIN_DECLARATIONS

#define LULL_FAILURE_TEXT_BYTES 240

/* Why the operating system refused, for a person to read. */
struct lull_failure {
    int os_error;                       /* errno; 0 when it was not the system that refused */
    char text[LULL_FAILURE_TEXT_BYTES]; /* what failed and what would help; one line, no newline */
};

enum lull_tap_flag {
    LULL_TAP_TUN = 1,        /* bare IP packets, LULL_LINK_IP; otherwise Ethernet frames */
    LULL_TAP_NO_OFFLOAD = 2, /* whole checksums and single segments only, both ways */
    LULL_TAP_QUEUE = 4,      /* one queue of a multi-queue interface, so that others may join */
    LULL_TAP_ADOPT = 8       /* use .descriptor, attached to an interface with IFF_NO_PI */
};

/* All zero is good: a new TAP interface with offloads, named by the kernel. */
struct lull_tap_config {
    const char *name; /* at most 15 characters; NULL or "": the kernel chooses; not for ADOPT */
    unsigned flags;   /* enum lull_tap_flag */
    int descriptor;   /* for LULL_TAP_ADOPT; the driver owns it once it is open */
    uint16_t mtu;     /* bytes of an IP packet; 0: what the interface has */
};

/**
 * Attach to a TAP or TUN interface of the current network namespace, creating it if it does
 * not exist.  An interface that was created goes away with the driver.
 *
 * driver->hardware is a locally administered address derived from the interface's name: the
 * same at each start, so that neighbours need not learn it again, and not the kernel side's.
 *
 * @param config   borrowed
 * @param driver   written on success; the caller's
 * @param failure  written on failure; may be NULL
 * @return         LULL_OK; LULL_EINVAL: a bad name or an interface of another kind;
 *                 LULL_EADDRINUSE: another process holds the interface; LULL_ENOMEM;
 *                 LULL_EIO: anything else, a missing permission included
 */
LULL_API LULL_MUST_USE enum lull_error lull_driver_tap_open(const struct lull_tap_config *config,
                                                            struct lull_driver **driver,
                                                            struct lull_failure *failure);

/* The interface's name, valid as long as @p driver, which must be one that
 * lull_driver_tap_open() made. */
LULL_API const char *lull_driver_tap_name(const struct lull_driver *driver);

/**
 * A device whose frames come back, for LULL_LINK_LOOPBACK.  It holds 256 frames; one more is
 * lost, as on a wire.
 *
 * @return  LULL_OK or LULL_ENOMEM
 */
LULL_API LULL_MUST_USE enum lull_error lull_driver_loopback_open(struct lull_driver **driver);

struct lull_pair_config {
    uint32_t frames;      /* each direction holds so many; one more is lost */
    uint16_t mtu;         /* bytes of an IP packet */
    uint8_t capabilities; /* enum lull_capability; taking over means passing on undone */
};

/**
 * Two devices joined back to back in memory: what one sends, the other receives.
 *
 * Both belong to one thread.  When one is closed, sending on the other fails with LULL_EIO.
 *
 * @param config  borrowed
 * @param ends    written on success; the caller's
 * @return        LULL_OK, LULL_EINVAL when no frame would fit, or LULL_ENOMEM
 */
LULL_API LULL_MUST_USE enum lull_error lull_driver_pair_open(const struct lull_pair_config *config,
                                                             struct lull_driver *ends[2]);

struct lull_capture_config {
    const char *path;    /* an existing file is replaced */
    enum lull_link link; /* what the inner device's frames begin with */
};

/**
 * A device that records in a pcapng file all that passes through another, both directions,
 * with nanosecond timestamps.
 *
 * What is recorded has whole checksums, also where the device is trusted to finish them.
 * Each batch is handed to the file system as it passes, so a crash loses at most one.  When
 * writing fails, the capture ends with one line on standard error; the traffic goes on.
 *
 * @param inner    owned by the new device on success, still the caller's on failure
 * @param failure  written on failure; may be NULL
 * @return         LULL_OK, LULL_EIO when the file cannot be made, or LULL_ENOMEM
 */
LULL_API LULL_MUST_USE enum lull_error lull_driver_capture_open(
    struct lull_driver *inner, const struct lull_capture_config *config,
    struct lull_driver **driver, struct lull_failure *failure);

LULL_END_DECLARATIONS

#endif
