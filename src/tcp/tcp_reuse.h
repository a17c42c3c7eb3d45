/* tcp_reuse.h - may a new incarnation of a tuple that is still remembered begin?
 *
 * Pure functions of the record, the segment and the rules: the table of RFC 6191 section 2 and
 * those of other stacks for a SYN that arrives, and what no RFC says for one that we send. */
#ifndef TCP_TCP_REUSE_H
#define TCP_TCP_REUSE_H

#include <stdbool.h>

#include "lull/knobs.h"

#include "base/time.h"
#include "wire/tcp_segment.h"

/* What is remembered of the old incarnation. */
struct tcp_reuse_old {
    seq32 rcv_nxt;      /* past its FIN */
    uint32_t ts_recent; /* last TSval seen */
    bool timestamps;    /* it used them */
};

/* The knobs that decide about a SYN. */
struct tcp_reuse_rules {
    enum lull_tw_syn_policy policy;
    enum lull_tw_seq_cmp seq_cmp;
    bool offer_timestamps; /* our SYN-ACK would carry them if the SYN does */
    bool tolerate_missing; /* segments without agreed timestamps are taken */
};

struct tcp_reuse_verdict {
    bool accepted;
    const char *rule; /* the requirement that decided, "IR-03" */
};

/* A SYN arrives. */
struct tcp_reuse_verdict tcp_reuse_judge(const struct tcp_reuse_old *old,
                                         const struct tcp_segment *syn,
                                         const struct tcp_reuse_rules *rules);

/* A connect() that names the tuple. */
struct tcp_reuse_attempt {
    bool time_wait;    /* the record is one of TIME-WAIT: not FIN-WAIT-2, not HOLD */
    bool timestamps;   /* the old incarnation used them, and so would the new one */
    bool loopback;     /* both ends are on this host */
    lull_duration age; /* since the record's last segment was sent */
};

struct tcp_reuse_verdict tcp_reuse_judge_active(const struct tcp_reuse_attempt *attempt,
                                                const struct lull_knobs *knobs);

/* The SYN that answers ours is not older than what is remembered: its timestamp or its number
 * says so. */
bool tcp_reuse_is_new(const struct tcp_reuse_old *old, const struct tcp_segment *syn);

#endif
