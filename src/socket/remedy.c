/* remedy.c - what would change the answer, in words (lull/refusal.h).
 *
 * A refusal is kept in the stack's block, so it has a number where a pointer to its text would
 * bind the block to one process. */
#include "lull/refusal.h"

static const char *const texts[LULL_REMEDY_COUNT] = {
    [LULL_REMEDY_OTHER_PORT] = "connect from another local port",
    [LULL_REMEDY_OTHER_PORT_OR_WAIT] = "connect from another local port, or wait",
    [LULL_REMEDY_OTHER_PORT_OR_TIMESTAMPS] =
        "connect from another local port, use timestamps, or wait",
    [LULL_REMEDY_MORE_TUPLES] =
        "add local addresses, widen the ephemeral range, or let the peer close first",
    [LULL_REMEDY_WIDER_RANGE] = "widen the ephemeral range",
    [LULL_REMEDY_NEWER_SYN] =
        "the peer will succeed later, or with a SYN that is newer by this rule",
    [LULL_REMEDY_WAIT] = "wait: SO_REUSEADDR helps only if the old socket had it too",
    [LULL_REMEDY_REUSE_ADDRESS] = "set SO_REUSEADDR before bind",
    [LULL_REMEDY_REUSE_ADDRESS_OR_WAIT] = "set SO_REUSEADDR before bind, or wait",
    [LULL_REMEDY_REUSE_PORT] = "set SO_REUSEPORT on the other socket as well",
    [LULL_REMEDY_SAME_OWNER] = "bind for the same owner",
    [LULL_REMEDY_IPV6_ONLY] = "set IPV6_V6ONLY on the socket of ::",
    [LULL_REMEDY_OTHER_SOCKET] = "close the other socket or choose another port",
    [LULL_REMEDY_AFTER_QUIET] = "wait: tuples of the time before the start may be in use",
};

const char *lull_remedy_text(enum lull_remedy remedy)
{
    return (unsigned)remedy < LULL_REMEDY_COUNT ? texts[remedy] : NULL;
}
