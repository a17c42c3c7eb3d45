/* record.c - phrases for why a record is there (lull/record.h). */
#include "lull/record.h"

#include <stddef.h>

static const char *const causes[LULL_CAUSE_COUNT] = {
    [LULL_CAUSE_NONE] = "for no known reason",
    [LULL_CAUSE_CLOSED_FIRST] = "closed first here",
    [LULL_CAUSE_CLOSED_TOGETHER] = "closed by both ends at once",
    [LULL_CAUSE_ABORTED] = "reset here",
    [LULL_CAUSE_LATE_TEXT] = "reset here because text came after close",
    [LULL_CAUSE_HALF_OPEN] = "the peer was half-open",
    [LULL_CAUSE_NOT_NEW] = "the peer's SYN-ACK may have been old",
    [LULL_CAUSE_STRANGER] = "a segment of an unknown connection was reset",
};

static const char *const reasons[LULL_REASON_COUNT] = {
    [LULL_REASON_ENTERED] = "entered",
    [LULL_REASON_FIN_AGAIN] = "FIN answered again",
    [LULL_REASON_OTHER_FIN] = "another FIN answered",
    [LULL_REASON_TEXT] = "text answered",
    [LULL_REASON_ACK] = "ACK answered",
    [LULL_REASON_SYN_ACK] = "SYN-ACK answered",
    [LULL_REASON_OLD_STAMP] = "older timestamp answered",
    [LULL_REASON_SYN_REJECTED] = "SYN answered",
    [LULL_REASON_RESET] = "reset",
    [LULL_REASON_RESET_SENT] = "segment reset",
    [LULL_REASON_RESTORED] = "restored",
};

static const char *const ends[LULL_END_COUNT] = {
    [LULL_END_EXPIRED] = "waited to the end",
    [LULL_END_RECYCLED] = "replaced by a new incarnation",
    [LULL_END_RECYCLED_ACTIVE] = "replaced by a connection of our own",
    [LULL_END_EVICTED] = "given up: the table was full",
    [LULL_END_KILLED] = "ended by a reset or by late text",
    [LULL_END_ABORTED] = "given up by an abort of its socket",
};

const char *lull_record_cause_text(enum lull_record_cause cause)
{
    return (unsigned)cause < LULL_CAUSE_COUNT ? causes[cause] : "?";
}

const char *lull_record_reason_text(enum lull_record_reason reason)
{
    return (unsigned)reason < LULL_REASON_COUNT ? reasons[reason] : "?";
}

const char *lull_record_end_text(enum lull_record_end end)
{
    return (unsigned)end < LULL_END_COUNT ? ends[end] : "?";
}
