/* record.h - why a tuple is remembered, and what last happened to the memory. */
#ifndef LULL_RECORD_H
#define LULL_RECORD_H

#include "lull/api.h"

LULL_BEGIN_DECLARATIONS

/* Why there is a record: who closed first, or who sent a reset. */
enum lull_record_cause {
    LULL_CAUSE_NONE,
    LULL_CAUSE_CLOSED_FIRST,    /* this end closed before the other */
    LULL_CAUSE_CLOSED_TOGETHER, /* the FINs crossed */
    LULL_CAUSE_ABORTED,         /* this end reset it: abort, SO_LINGER 0, unread text */
    LULL_CAUSE_LATE_TEXT,       /* text came for an orphan, and was reset */
    LULL_CAUSE_HALF_OPEN,       /* connect() found the peer in an older connection */
    LULL_CAUSE_NOT_NEW,         /* a SYN-ACK did not show that it was newer */
    LULL_CAUSE_STRANGER,        /* a segment of no connection known here was reset, or a SYN that
                                   nobody had proved to be the peer's */
    LULL_CAUSE_COUNT
};

/* What last happened to a record. */
enum lull_record_reason {
    LULL_REASON_ENTERED,
    LULL_REASON_FIN_AGAIN,    /* the peer's FIN was answered once more */
    LULL_REASON_OTHER_FIN,    /* a FIN with another number was answered */
    LULL_REASON_TEXT,         /* old or late text was answered */
    LULL_REASON_ACK,          /* an ACK out of place was answered */
    LULL_REASON_SYN_ACK,      /* a SYN-ACK was answered */
    LULL_REASON_OLD_STAMP,    /* a segment with an older timestamp was answered */
    LULL_REASON_SYN_REJECTED, /* a SYN that may not replace the record was answered */
    LULL_REASON_RESET,        /* a reset was answered, or shortened the wait */
    LULL_REASON_RESET_SENT,   /* HOLD: another segment was reset */
    LULL_REASON_RESTORED,     /* a handshake that might have replaced it failed */
    LULL_REASON_COUNT
};

/* How a record ended. */
enum lull_record_end {
    LULL_END_EXPIRED,
    LULL_END_RECYCLED,        /* a SYN's new incarnation is established */
    LULL_END_RECYCLED_ACTIVE, /* that of our own connect is */
    LULL_END_EVICTED,         /* the table was full */
    LULL_END_KILLED,          /* a reset ended it, or late text */
    LULL_END_ABORTED,         /* its socket was aborted, and tw.abort_deletes says so */
    LULL_END_COUNT
};

/* A phrase for each, "closed first here"; static. */
LULL_API const char *lull_record_cause_text(enum lull_record_cause cause);
LULL_API const char *lull_record_reason_text(enum lull_record_reason reason);
LULL_API const char *lull_record_end_text(enum lull_record_end end);

LULL_END_DECLARATIONS

#endif
