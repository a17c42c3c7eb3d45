/* flaws.h - ways to make a stack wrong on purpose, to see what goes wrong then.
 *
 * Each is a mistake that stacks in use have made.  The lab switches them on to show a danger, and
 * the simulator to prove that it would notice; nobody else should.  Mistakes that are a matter of
 * taste are knobs (lull/knobs.h): tw.rst=rfc9293 obeys resets, abort.hold=0 holds nothing. */
#ifndef LULL_FLAWS_H
#define LULL_FLAWS_H

#include <stdint.h>

#include "lull/api.h"

LULL_BEGIN_DECLARATIONS

enum lull_flaw {
    LULL_FLAW_NO_TIME_WAIT = 1,     /* TIME-WAIT lasts a millisecond, for the ACK that is owed */
    LULL_FLAW_ONE_MSL = 2,          /* TIME-WAIT lasts one MSL */
    LULL_FLAW_STALE_STAMP = 4,      /* it is counted from the activity before it, and never again */
    LULL_FLAW_LISTENER_FIRST = 8,   /* a SYN reaches a listener whatever is remembered */
    LULL_FLAW_DESTROY_ON_REUSE = 16 /* an accepted SYN ends the record before its handshake does */
};
#define LULL_FLAW_COUNT 5u
#define LULL_FLAWS_ALL  ((1u << LULL_FLAW_COUNT) - 1)

/* "no-time-wait" and "TIME-WAIT lasts a millisecond", of the @p index-th
 * flaw; static.  NULL behind the last. */
LULL_API const char *lull_flaw_name(unsigned index);
LULL_API const char *lull_flaw_text(unsigned index);

/* The bit of a name, or 0. */
LULL_API uint32_t lull_flaw_named(const char *name);

LULL_END_DECLARATIONS

#endif
