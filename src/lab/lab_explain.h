/* lab_explain.h - what a record did, in the words of its rules and with the numbers compared. */
#ifndef LAB_LAB_EXPLAIN_H
#define LAB_LAB_EXPLAIN_H

#include "lull/trace.h"

#include "base/text.h"

/* What a trace event of a record, tw_*, tells; numbers are counted from these. */
struct lab_explained {
    const struct lull_trace_record *record;
    uint32_t peer_isn;   /* of whoever sends to the record, so that its text begins at 1 */
    lull_duration since; /* it began or began again; below 0: nobody knows */
};

/* "TIME-WAIT begins", "TIME-WAIT starts again", "HOLD ends". */
void lab_explain_what(struct text *t, const struct lull_trace_record *record);

/* The requirement behind it: "TT-03"; static, never NULL. */
const char *lab_explain_rule(const struct lull_trace_record *record);

/* "60.000 s". */
void lab_explain_wait(struct text *t, lull_duration wait);

void lab_explain_why(struct text *t, const struct lab_explained *what);

#endif
