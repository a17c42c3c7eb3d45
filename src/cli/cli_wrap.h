/* cli_wrap.h - a driver around a driver: sees every frame, passes on what it likes. */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include <stdbool.h>

#include "lull/driver.h"
#include "lull/stack.h"

#include "wire/tcp_segment.h"

struct cli_wrap {
    struct lull_driver driver;
    struct lull_driver *inner;
    enum lull_link link;
    void *context;
    void (*arrives)(void *context, const struct lull_input *frame);
    /* False: the frame is not sent. */
    bool (*leaves)(void *context, const struct lull_frame *frame);
    void (*flushes)(void *context);
    int frames_at_once; /* at most so many arrive in one batch; 0: as many as are asked for */
};

/* Takes over @inner's place; @wrap and its context are freed at close. */
struct lull_driver *cli_wrap_open(struct cli_wrap *wrap, struct lull_driver *inner,
                                  enum lull_link link);

/* The TCP segment in a frame, or in the headers of one that leaves; false when there is none.
 * Nothing is checked that a receiver would check. */
bool cli_wrap_segment(enum lull_link link, const void *bytes, size_t len,
                      struct tcp_segment *segment);

#endif
