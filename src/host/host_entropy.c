/* host_entropy.c - the only randomness that comes from outside.
 *
 * getrandom() waits until the kernel's pool was seeded once, early in boot.  /dev/urandom does
 * not wait, and needs a descriptor and a file system. */
#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

#include "lull/host.h"

enum lull_error lull_host_entropy_fill(void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size > 0) { /* more than 256 bytes may come in pieces */
        const ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno != EINTR)
            return LULL_EIO;
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
    return LULL_OK;
}
