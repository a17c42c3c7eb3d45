/* driver.h - what a frame device must provide.
 *
 * A driver owns its device and its receive buffers.  It never blocks and never calls into
 * a stack; whoever runs the loop carries frames between the two. */
#ifndef LULL_DRIVER_H
#define LULL_DRIVER_H

#include "lull/api.h"
#include "lull/error.h"
#include "lull/frame.h"

LULL_BEGIN_DECLARATIONS

struct lull_driver;

struct lull_driver_operations {
    /* Up to @p count arrived frames into @p frames; their bytes stay valid until the next
     * receive.  Returns how many, 0 when nothing waits, LULL_EIO when the device is gone. */
    int (*receive)(struct lull_driver *driver, struct lull_input *frames, int count);
    /* Hand over one frame; its bytes are copied or sent before the call returns.  LULL_OK,
     * LULL_EAGAIN (device queue full: the frame is lost, as on a wire), LULL_EIO. */
    enum lull_error (*send)(struct lull_driver *driver, const struct lull_frame *frame);
    /* Push out what send() may have gathered. */
    void (*flush)(struct lull_driver *driver);
    /* Frees the driver and all it owns. */
    void (*close)(struct lull_driver *driver);
};

/* The first member of every driver. */
struct lull_driver {
    const struct lull_driver_operations *operations;
    int descriptor;       /* becomes readable when frames wait; -1: poll by receive() */
    uint16_t mtu;         /* bytes of an IP packet */
    uint8_t capabilities; /* enum lull_capability */
    uint8_t interface;    /* filled into every received frame */
    uint8_t hardware[6];  /* the address the stack should use on this link; 0: choose one */
    uint64_t frames_in, frames_out, bytes_in, bytes_out, dropped_out;
};

LULL_END_DECLARATIONS

#endif
