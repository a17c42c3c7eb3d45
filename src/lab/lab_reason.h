/* lab_reason.h - why a host did what it did with a segment, as a rule and a sentence.
 *
 * The stack says only part of it.  The rest is found by comparing how the host stood before the
 * segment came with how it stands afterwards, and with what it counted meanwhile; a sentence gives
 * the numbers that decided.  Sequence numbers count from the ISN of who sent them, in the
 * incarnation that the host knows. */
#ifndef LAB_LAB_REASON_H
#define LAB_LAB_REASON_H

#include "base/text.h"
#include "lab/lab_story.h"

/* Counters that tell decisions apart. */
enum lab_watched {
    LAB_WATCH_SKIPPED,  /* an ACK was withheld in TIME-WAIT */
    LAB_WATCH_PAWS,     /* an older timestamp, in any state but TIME-WAIT */
    LAB_WATCH_MISSING,  /* a timestamp was agreed on and is missing */
    LAB_WATCH_CHECKSUM, /* wrong */
    LAB_WATCH_ICMP,     /* an ICMP message about nothing in flight */
    LAB_WATCH_QUEUE,    /* no room at a listener */
    LAB_WATCHED_COUNT
};

/* How a host's end of a tuple stands. */
struct lab_standing {
    bool has_connection, has_record;
    bool has_listener;                  /* on this port */
    struct lull_row connection, record; /* valid if so */
    uint64_t counted[LAB_WATCHED_COUNT];
};

/* @stack NULL: the host is down, and nothing stands. */
void lab_reason_look(struct lab_standing *standing, const struct lull_stack *stack,
                     const struct lull_name *local, const struct lull_name *remote);

/* What bears on a decision. */
struct lab_decision {
    const struct lab_segment *segment; /* that came */
    const char *from, *to;             /* states before and after, as in lab_side */
    struct lab_standing before, after;
    uint32_t base;  /* ISN from which the segment's numbers count */
    uint32_t stamp; /* newest TSval that had come before */
    bool stamped;   /* there was one */
    bool damaged;
    bool dropped;  /* the stack said that its walk over the segment ended early */
    uint32_t step; /* there: which of RFC 9293 section 3.10.7.4's, as in tcp_arrive.c */
    uint32_t rcv_nxt;
    bool answered; /* a segment left because of it */
};

struct lab_reason {
    char rule[16]; /* empty: there is nothing to say */
    char why[320];
};

/* Why the segment had the effect it had, or none. */
void lab_reason_of_arrival(const struct lab_decision *decision, struct lab_reason *reason);

/* What RFC 6191 compares of a SYN that a record refuses: "SEG.SEQ 1 is below RCV.NXT 8502"; empty
 * when it is not the numbers that refuse it.  .to and .after are not looked at. */
void lab_reason_of_refusal(const struct lab_decision *decision, struct text *why);

/* What becomes of an ICMP error about the tuple. */
void lab_reason_of_icmp(const struct lab_decision *decision, struct lab_reason *reason);

/* Why @answer leaves; .to and .after are not looked at. */
void lab_reason_of_answer(const struct lab_decision *decision, const struct lab_segment *answer,
                          struct lab_reason *reason);

/* Why a segment is sent that was sent before, last @waited ago. */
void lab_reason_of_repetition(const struct lab_segment *segment, lull_duration waited,
                              struct lab_reason *reason);

#endif
