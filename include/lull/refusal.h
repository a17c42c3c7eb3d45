/* refusal.h - why a call, a SYN or a segment was refused.
 *
 * Every refusal names its rule, the connection or record that stood in the way, how long it
 * will, and what would change the answer.  The API, the trace, the command line and the lab
 * print the same answer. */
#ifndef LULL_REFUSAL_H
#define LULL_REFUSAL_H

#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"
#include "lull/error.h"
#include "lull/record.h"
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
    LULL_BLOCKER_LIMIT, /* a table is full */
    LULL_BLOCKER_QUIET  /* the whole stack, after a start */
};

/* What would change the answer; lull_remedy_text() says it in words. */
enum lull_remedy {
    LULL_REMEDY_NONE,
    LULL_REMEDY_OTHER_PORT, /* connect from another local port */
    LULL_REMEDY_OTHER_PORT_OR_WAIT,
    LULL_REMEDY_OTHER_PORT_OR_TIMESTAMPS, /* or wait */
    LULL_REMEDY_MORE_TUPLES,              /* no port is left towards that remote end */
    LULL_REMEDY_WIDER_RANGE,              /* of ephemeral ports */
    LULL_REMEDY_NEWER_SYN,                /* of the peer */
    LULL_REMEDY_WAIT,                     /* the old socket had no SO_REUSEADDR */
    LULL_REMEDY_REUSE_ADDRESS,
    LULL_REMEDY_REUSE_ADDRESS_OR_WAIT,
    LULL_REMEDY_REUSE_PORT,   /* on the other socket */
    LULL_REMEDY_SAME_OWNER,   /* LULL_OPTION_OWNER */
    LULL_REMEDY_IPV6_ONLY,    /* on the other socket */
    LULL_REMEDY_OTHER_SOCKET, /* close it, or choose another port */
    LULL_REMEDY_AFTER_QUIET,
    LULL_REMEDY_COUNT
};

/* The connection that stands in the way, or what is remembered of it. */
struct lull_incarnation {
    struct lull_name local, remote; /* all zero: it is none, but a socket or a limit */
    uint32_t snd_nxt, rcv_nxt;      /* SND.NXT and RCV.NXT, past what it sent and received */
    lull_time entered;              /* of a record, as in lull_row; LULL_TIME_NEVER: not known */
    uint32_t restarts;              /* how often its wait was started again */
    enum lull_record_cause cause;   /* who closed first: why it is held */
    enum lull_record_reason reason; /* what last happened to it */
};

struct lull_refusal {
    lull_time at;
    enum lull_refused_call call;
    enum lull_blocker blocker;
    enum lull_error error;
    char rule[8];                   /* requirement, "BL-01"; NUL-terminated */
    struct lull_name local, remote; /* what was asked for; a bind names the blocker's remote */
    uint32_t blockers;              /* how many records stand in the way */
    lull_duration remaining; /* until the last of them is gone; LULL_TIME_NEVER: nobody knows */
    enum lull_remedy remedy;
    struct lull_incarnation held; /* of those in the way, the one that will be longest */
};

/**
 * One sentence: "bind 10.0.0.1:80: EADDRINUSE [BL-01]: 3 in TIME-WAIT, the last with
 * 10.0.0.2:40000 for 41.2 s (closed first here 18 s ago, SND.NXT 4711, RCV.NXT 815); set ...".
 *
 * @param size  bytes at @p text, closing NUL included; the text is cut when it does not fit
 * @return      characters written, without the NUL
 */
LULL_API size_t lull_refusal_text(const struct lull_refusal *refusal, char *text, size_t size);

/* "bind", "SYN"; "TIME-WAIT", "limit": the words of JSON and traces; static. */
LULL_API const char *lull_refusal_call_name(enum lull_refused_call call);
LULL_API const char *lull_refusal_blocker_name(enum lull_blocker blocker);

/* "connect from another local port, or wait"; static.  NULL for NONE and for what is no remedy. */
LULL_API const char *lull_remedy_text(enum lull_remedy remedy);

/* A rule as a number, for traces: "BL-01" is 'B' << 24 | 'L' << 16 | 1; 0 is none.  And back; a
 * number that is no rule becomes "?". */
LULL_API uint32_t lull_rule_number(const char *rule);
LULL_API void lull_rule_text(uint32_t number, char rule[8]);

LULL_END_DECLARATIONS

#endif
