/* lab_explain.c - reasons as sentences. */
#include "lab/lab_explain.h"

#include "lull/record.h"
#include "lull/stack.h"

#include "base/check.h"
#include "base/time.h"
#include "wire/tcp_segment.h"

static const char *kind_name(uint32_t kind)
{
    switch (kind) {
    case LULL_ROW_FIN_WAIT_2: return "FIN-WAIT-2";
    case LULL_ROW_HOLD: return "HOLD";
    default: return "TIME-WAIT";
    }
}

void lab_explain_what(struct text *t, const struct lull_trace_record *record)
{
    text_string(t, kind_name(record->arg[0]));
    if (record->event == LULL_TRACE_tw_enter) {
        text_string(t, record->arg[0] == LULL_ROW_FIN_WAIT_2 ? " goes on as a record" : " begins");
    } else if (record->event == LULL_TRACE_tw_rearm) {
        text_string(t, " starts again");
    } else {
        text_string(t, " ends");
    }
}

/* --- rules ------------------------------------------------------------------------------- */

/* Whoever has sent a reset holds the tuple: that is D-18, and these are the resets that rules of
 * their own ask for. */
static const char *rule_of_hold(enum lull_record_cause cause)
{
    switch (cause) {
    case LULL_CAUSE_LATE_TEXT: return "CH-16 D-18";
    case LULL_CAUSE_HALF_OPEN: return "IR-17 D-18";
    case LULL_CAUSE_NOT_NEW: return "IR-16 D-18";
    default: return "D-18";
    }
}

static const char *rule_of_entry(const struct lull_trace_record *record)
{
    if (record->arg[0] == LULL_ROW_HOLD)
        return rule_of_hold((enum lull_record_cause)record->arg[1]);
    return record->arg[0] == LULL_ROW_FIN_WAIT_2 ? "RL-04" : "TT-01";
}

static const char *rule_of_restart(enum lull_record_reason reason)
{
    switch (reason) {
    case LULL_REASON_FIN_AGAIN: return "TT-03 SA-08";
    case LULL_REASON_OTHER_FIN: return "TT-04 SA-09";
    case LULL_REASON_TEXT: return "TT-04 SA-11";
    case LULL_REASON_ACK: return "TT-04 SA-13";
    case LULL_REASON_SYN_ACK: return "TT-04 SA-10";
    case LULL_REASON_OLD_STAMP: return "TT-04 SA-06";
    case LULL_REASON_SYN_REJECTED: return "TT-04 D-06";
    default: return "TT-04";
    }
}

static const char *rule_of_killing(const struct lull_trace_record *record)
{
    if (record->arg[0] == LULL_ROW_TIME_WAIT)
        return "SA-02";
    return record->segment.len > 0 ? "CH-16" : "RFC 5961 3.2";
}

static const char *rule_of_waiting(const struct lull_trace_record *record)
{
    switch (record->arg[0]) {
    case LULL_ROW_FIN_WAIT_2: return "RL-04";
    case LULL_ROW_HOLD: return "D-18";
    default: return "TT-07";
    }
}

/* The handshake's last segment ends a record that is replaced.  Where a SYN does, D-05 is what has
 * been decided otherwise. */
static const char *rule_of_replacing(const struct lull_trace_record *record)
{
    return record->segment.flags & TCP_SYN ? "D-05" : "IR-12";
}

static const char *rule_of_end(const struct lull_trace_record *record)
{
    switch ((enum lull_record_end)record->arg[1]) {
    case LULL_END_RECYCLED: return rule_of_replacing(record);
    case LULL_END_RECYCLED_ACTIVE: return "IR-14";
    case LULL_END_EVICTED: return "RL-01";
    case LULL_END_KILLED: return rule_of_killing(record);
    case LULL_END_ABORTED: return "D-19";
    default: return rule_of_waiting(record);
    }
}

const char *lab_explain_rule(const struct lull_trace_record *record)
{
    switch (record->event) {
    case LULL_TRACE_tw_enter: return rule_of_entry(record);
    case LULL_TRACE_tw_rearm: return rule_of_restart((enum lull_record_reason)record->arg[1]);
    default: return rule_of_end(record);
    }
}

/* --- sentences --------------------------------------------------------------------------- */

void lab_explain_wait(struct text *t, lull_duration wait)
{
    const uint64_t ms = (uint64_t)(wait / LULL_MS(1));

    text_decimal(t, ms / 1000);
    text_character(t, '.');
    for (uint64_t digit = 100; digit > 0; digit /= 10)
        text_character(t, (char)('0' + ms / digit % 10));
    text_string(t, " s");
}

static void put_number(struct text *t, const char *name, uint32_t value)
{
    text_string(t, name);
    text_character(t, ' ');
    text_decimal(t, value);
}

/* Which segment it was: a record that restarts does so as its ACK leaves, and names none. */
static void put_segment(struct text *t, const struct lab_explained *what)
{
    const struct lull_trace_segment *s = &what->record->segment;

    if (s->flags == 0)
        return;
    put_number(t, " (SEG.SEQ", s->seq - what->peer_isn);
    put_number(t, ", SEG.LEN", s->len);
    text_string(t, ")");
}

static void why_entered(struct text *t, const struct lab_explained *what)
{
    const struct lull_trace_record *r = what->record;

    text_string(t, lull_record_cause_text((enum lull_record_cause)r->arg[1]));
    put_segment(t, what);
    text_string(t, r->arg[0] == LULL_ROW_FIN_WAIT_2 ? "; the peer may take " : "; it lasts ");
    lab_explain_wait(t, LULL_MS(r->arg[2]));
}

static void why_again(struct text *t, const struct lab_explained *what)
{
    text_string(t, lull_record_reason_text((enum lull_record_reason)what->record->arg[1]));
    put_segment(t, what);
    text_string(t, "; the ACK that leaves starts the wait again: ");
    lab_explain_wait(t, LULL_MS(what->record->arg[2]));
}

static const char *end_text(const struct lull_trace_record *record)
{
    if (record->arg[1] != LULL_END_KILLED)
        return lull_record_end_text((enum lull_record_end)record->arg[1]);
    return record->segment.len > 0 ? "ended by text that comes too late" : "ended by a reset";
}

static void why_ended(struct text *t, const struct lab_explained *what)
{
    text_string(t, end_text(what->record));
    put_segment(t, what);
    if (what->since < 0)
        return;
    text_string(t, ", ");
    lab_explain_wait(t, what->since);
    text_string(t, " after it last began");
}

void lab_explain_why(struct text *t, const struct lab_explained *what)
{
    switch (what->record->event) {
    case LULL_TRACE_tw_enter: why_entered(t, what); return;
    case LULL_TRACE_tw_rearm: why_again(t, what); return;
    default: why_ended(t, what);
    }
}
