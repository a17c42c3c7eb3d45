#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

#include "lull/host.h"

enum lull_error lull_host_entropy_fill(void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size > 0) {
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
