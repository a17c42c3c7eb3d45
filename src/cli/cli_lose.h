/* cli_lose.h - lose the last ACK on purpose. */
#ifndef CLI_LOSE_H
#define CLI_LOSE_H

#include <stdint.h>

#include "lull/driver.h"
#include "lull/stack.h"

/* @inner, minus the first @count ACKs that cover a peer's FIN after ours; owns it from now on.
 * NULL: no memory, and @inner is still the caller's. */
struct lull_driver *cli_lose_open(struct lull_driver *inner, enum lull_link link, uint64_t count);

#endif
