/* tcp_reuse.h - may a SYN begin a new incarnation of a tuple that is still remembered?
 *
 * A pure function of the record and the SYN: the table of RFC 6191 section 2. */
#ifndef TCP_TCP_REUSE_H
#define TCP_TCP_REUSE_H

#include <stdbool.h>

#include "wire/tcp_segment.h"

/* What is remembered of the old incarnation. */
struct tcp_reuse_old {
    seq32 rcv_nxt;      /* past its FIN */
    uint32_t ts_recent; /* last TSval seen */
    bool timestamps;    /* it used them */
};

struct tcp_reuse_verdict {
    bool accepted;
    const char *rule; /* the requirement that decided, "IR-03" */
};

/* @offer_timestamps: our SYN-ACK would carry them if the SYN does. */
struct tcp_reuse_verdict tcp_reuse_judge(const struct tcp_reuse_old *old,
                                         const struct tcp_segment *syn, bool offer_timestamps);

#endif
