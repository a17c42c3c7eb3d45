/* refusal.h - why a call, a SYN or a segment was refused.
 *
 * Every refusal names its rule, the record that stood in the way and how long it will.  The
 * API, the trace, the command line and the lab print the same answer. */
#ifndef LULL_REFUSAL_H
#define LULL_REFUSAL_H

#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"
#include "lull/error.h"
#include "lull/time.h"

LULL_BEGIN_DECLARATIONS

enum lull_refused_call {
    LULL_REFUSED_NOTHING,
    LULL_REFUSED_BIND,
    LULL_REFUSED_LISTEN,
    LULL_REFUSED_CONNECT,
    LULL_REFUSED_SYN
};

/* What stood in the way. */
enum lull_blocker {
    LULL_BLOCKER_NONE,
    LULL_BLOCKER_LISTENER,
    LULL_BLOCKER_BOUND, /* a bound socket, neither listening nor connected */
    LULL_BLOCKER_CONNECTION,
    LULL_BLOCKER_TIME_WAIT,
    LULL_BLOCKER_FIN_WAIT_2,
    LULL_BLOCKER_HOLD,
    LULL_BLOCKER_LIMIT /* a table is full */
};

struct lull_refusal {
    enum lull_refused_call call;
    enum lull_blocker blocker;
    enum lull_error error;
    char rule[8];                   /* requirement, "BL-01"; NUL-terminated */
    struct lull_name local, remote; /* of the blocker */
    uint32_t blockers;              /* how many records stand in the way */
    lull_duration remaining; /* until the last of them is gone; LULL_TIME_NEVER: nobody knows */
    const char *remedy;      /* what would change the answer; static text, may be NULL */
};

/**
 * One sentence: "bind 10.0.0.1:80: EADDRINUSE [BL-01]: 3 connections in TIME-WAIT, the last
 * (10.0.0.2:40000) for 41.2 s; ...".
 *
 * @param size  bytes at @p text, closing NUL included; the text is cut when it does not fit
 * @return      characters written, without the NUL
 */
LULL_API size_t lull_refusal_text(const struct lull_refusal *refusal, char *text, size_t size);

LULL_END_DECLARATIONS

#endif
