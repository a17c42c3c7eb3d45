/* lab_reason.c - from two looks at a host to a sentence. */
#include "lab/lab_reason.h"

#include <string.h>

#include "lull/counters.h"

#include "base/check.h"
#include "base/seq32.h"
#include "base/text.h"
#include "base/time.h"
#include "lab/lab_explain.h"
#include "sim/sim_packet.h"

static const enum lull_counter watched[LAB_WATCHED_COUNT] = {
    [LAB_WATCH_SKIPPED] = LULL_COUNTER_TCPACKSkippedTimeWait,
    [LAB_WATCH_PAWS] = LULL_COUNTER_PAWSEstab,
    [LAB_WATCH_MISSING] = LULL_COUNTER_TCPMissingTimestamp,
    [LAB_WATCH_CHECKSUM] = LULL_COUNTER_TcpInCsumErrors,
    [LAB_WATCH_ICMP] = LULL_COUNTER_OutOfWindowIcmps,
    [LAB_WATCH_QUEUE] = LULL_COUNTER_ListenOverflows,
};

/* Index of steps[] in tcp_arrive.c. */
enum { STEP_REPEATED_SYN, STEP_TIMESTAMP, STEP_SEQUENCE, STEP_RST, STEP_SYN, STEP_ACK };

void lab_reason_look(struct lab_standing *standing, const struct lull_stack *stack,
                     const struct lull_name *local, const struct lull_name *remote)
{
    struct lull_row row;
    uint64_t cursor = 0;

    memset(standing, 0, sizeof *standing);
    if (stack == NULL)
        return;
    for (unsigned i = 0; i < LAB_WATCHED_COUNT; i++)
        standing->counted[i] = lull_stack_counter(stack, watched[i]);
    while (lull_stack_list(stack, &cursor, &row)) {
        standing->has_listener |= row.kind == LULL_ROW_LISTENER && row.local.port == local->port;
        if (row.kind == LULL_ROW_LISTENER || !sim_packet_same_name(&row.local, local)
            || !sim_packet_same_name(&row.remote, remote))
            continue;
        if (row.kind == LULL_ROW_CONNECTION) {
            standing->has_connection = true;
            standing->connection = row;
        } else {
            standing->has_record = true;
            standing->record = row;
        }
    }
}

/* --- words ------------------------------------------------------------------------------- */

static bool is_state(const char *state, const char *name)
{
    return state != NULL && strlen(state) == strlen(name) && memcmp(state, name, strlen(name)) == 0;
}

static void put_rule(struct lab_reason *reason, const char *rule)
{
    struct text t;

    text_init(&t, reason->rule, sizeof reason->rule);
    text_string(&t, rule);
}

/* The rule, and the beginning of its sentence. */
static struct text begin(struct lab_reason *reason, const char *rule, const char *why)
{
    struct text t;

    put_rule(reason, rule);
    text_init(&t, reason->why, sizeof reason->why);
    text_string(&t, why);
    return t;
}

static void say(struct lab_reason *reason, const char *rule, const char *why)
{
    (void)begin(reason, rule, why);
}

/* " SEG.SEQ 901"; what lies before the ISN is negative. */
static void put_number(struct text *t, const char *name, uint32_t value, uint32_t base)
{
    text_string(t, name);
    text_character(t, ' ');
    text_signed(t, (int32_t)(value - base));
}

static void put_seq(struct text *t, const struct lab_decision *d)
{
    put_number(t, " SEG.SEQ", d->segment->seq, d->base);
}

static uint32_t length_of(const struct lab_segment *s)
{
    return s->text_bytes + ((s->flags & TCP_SYN) != 0) + ((s->flags & TCP_FIN) != 0);
}

static bool counted(const struct lab_decision *d, enum lab_watched which)
{
    return d->after.counted[which] != d->before.counted[which];
}

static bool has_stamp(const struct lab_segment *s)
{
    return (s->options & TCP_OPTION_TIMESTAMPS) != 0;
}

/* --- a SYN and what is remembered -------------------------------------------------------- */

/* RFC 6191 asks for the timestamp first. */
static void say_accepted(const struct lab_decision *d, struct lab_reason *reason)
{
    const struct lab_segment *s = d->segment;
    struct text t;

    if (has_stamp(s) && d->stamped && seq_lt(seq_at(d->stamp), seq_at(s->ts_value))) {
        t = begin(reason, "IR-01", "accepted: TSval ");
        text_decimal(&t, s->ts_value);
        text_string(&t, " is newer than ");
        text_decimal(&t, d->stamp);
        text_string(&t, ", the last one seen");
    } else if (has_stamp(s) && !d->stamped) {
        t = begin(reason, "IR-05", "accepted: the old incarnation had no timestamps, this one has");
    } else {
        t = begin(reason, has_stamp(s) ? "IR-02" : "IR-06", "accepted:");
        put_seq(&t, d);
        put_number(&t, " is not below RCV.NXT", d->before.record.rcv_nxt, d->base);
    }
    if (d->after.has_record)
        text_string(&t, "; the record stays until the handshake is complete");
}

static bool explain_syn(const struct lab_decision *d, struct lab_reason *reason)
{
    if (!d->before.has_record || (d->segment->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
        return false;
    if (!d->before.has_connection && is_state(d->to, "SYN-RECEIVED"))
        say_accepted(d, reason);
    return reason->rule[0] != '\0';
}

void lab_reason_of_refusal(const struct lab_decision *d, struct text *why)
{
    const struct lab_segment *s = d->segment;
    const bool compares_stamps = has_stamp(s) && d->stamped;

    if (!d->before.has_record || d->before.record.kind != LULL_ROW_TIME_WAIT
        || (compares_stamps && seq_lt(seq_at(d->stamp), seq_at(s->ts_value))))
        return;
    if (compares_stamps) {
        text_string(why, "TSval ");
        text_decimal(why, s->ts_value);
        text_string(why, s->ts_value == d->stamp ? " is no newer than " : " is older than ");
        text_decimal(why, d->stamp);
        text_string(why, ", the last one seen");
    }
    if (compares_stamps && s->ts_value != d->stamp)
        return;
    if (!seq_lt(seq_at(s->seq), seq_at(d->before.record.rcv_nxt)))
        return;
    put_number(why, compares_stamps ? ", and SEG.SEQ" : "SEG.SEQ", s->seq, d->base);
    put_number(why, " is below RCV.NXT", d->before.record.rcv_nxt, d->base);
}

/* The new incarnation has replaced the record, or has not. */
static bool explain_parked(const struct lab_decision *d, struct lab_reason *reason)
{
    if (!d->before.has_record || !d->before.has_connection)
        return false;
    if (is_state(d->to, "ESTABLISHED"))
        say(reason, "IR-12", "the handshake is complete, and the old incarnation's record goes");
    else if (!d->after.has_connection && d->after.has_record)
        say(reason, "IR-10",
            d->after.record.timer_at < d->before.record.timer_at
                ? "the handshake has failed: the record is back"
                : "the handshake has failed: the record is back, its time not shortened");
    return reason->rule[0] != '\0';
}

/* --- what moves a connection on ---------------------------------------------------------- */

static const struct {
    const char *from, *to, *rule, *why;
    uint8_t flags; /* of the segment; without them it fills a gap before what moves the state */
} moves[] = {
    {"FIN-WAIT-1", "FIN-WAIT-2", "CH-03", "our FIN is acknowledged; the peer may go on sending",
     TCP_ACK},
    {"FIN-WAIT-1", "CLOSING", "CH-05", "a FIN that does not acknowledge ours: they crossed",
     TCP_FIN},
    {"FIN-WAIT-1", "TIME-WAIT", "CH-06", "FIN and the ACK of ours in one", TCP_FIN | TCP_ACK},
    {"FIN-WAIT-2", "TIME-WAIT", "CH-04", "the peer's FIN, in order", TCP_FIN},
    {"CLOSING", "TIME-WAIT", "CH-07", "our FIN is acknowledged", TCP_ACK},
    {"ESTABLISHED", "CLOSE-WAIT", "CH-09", "the peer's FIN, in order: the user will read the end",
     TCP_FIN},
    {"LAST-ACK", "CLOSED", "CH-10", "our FIN is acknowledged: nothing is left to remember",
     TCP_ACK},
};

/* Another cause than the numbers is not known here. */
static bool explain_reset(const struct lab_decision *d, struct lab_reason *reason)
{
    const bool obeyed = !d->after.has_connection;
    struct text t;

    if (!(d->segment->flags & TCP_RST) || !d->before.has_connection)
        return false;
    if (is_state(d->from, "SYN-SENT")) {
        if (obeyed)
            say(reason, "RFC 9293 3.10", "a reset that acknowledges our SYN: it is refused");
        return true;
    }
    if (obeyed != (d->segment->seq == d->before.connection.rcv_nxt))
        return true;
    t = begin(reason, obeyed && is_state(d->from, "LAST-ACK") ? "CH-13" : "RFC 5961 3.2", "");
    text_string(&t, obeyed ? "a reset is obeyed:" : "a reset is not obeyed:");
    put_seq(&t, d);
    put_number(&t, obeyed ? " is RCV.NXT" : " is not RCV.NXT", d->before.connection.rcv_nxt,
               d->base);
    return true;
}

/* TIME-WAIT has its sentence already, from the stack: the rule of the move goes before it. */
static bool explain_move(const struct lab_decision *d, struct lab_reason *reason)
{
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        if (!is_state(d->from, moves[i].from) || !is_state(d->to, moves[i].to)
            || (d->segment->flags & moves[i].flags) != moves[i].flags)
            continue;
        say(reason, moves[i].rule, moves[i].why);
        return true;
    }
    return false;
}

/* --- what is dropped --------------------------------------------------------------------- */

static void say_older(const struct lab_decision *d, const char *rule, struct lab_reason *reason)
{
    struct text t = begin(reason, rule, "dropped: TSval ");

    text_decimal(&t, d->segment->ts_value);
    text_string(&t, " is older than ");
    text_decimal(&t, d->stamp);
    text_string(&t, ", seen before");
}

static void say_outside(const struct lab_decision *d, struct lab_reason *reason)
{
    struct text t = begin(reason, "RFC 9293 3.10", "not acceptable:");

    put_seq(&t, d);
    text_string(&t, ", SEG.LEN ");
    text_decimal(&t, length_of(d->segment));
    text_string(&t, " with RCV.NXT ");
    text_signed(&t, (int32_t)(d->rcv_nxt - d->base));
}

/* Numbers of this end's own are not told: they count from another ISN. */
static void say_unacceptable(const struct lab_decision *d, struct lab_reason *reason)
{
    const seq32 ack = seq_at(d->segment->ack);

    if (!(d->segment->flags & TCP_ACK) || !d->before.has_connection)
        return;
    if (seq_lt(seq_at(d->before.connection.snd_nxt), ack))
        say(reason, "RFC 5961 5.2", "it acknowledges what the receiver never sent");
}

static bool explain_drop(const struct lab_decision *d, struct lab_reason *reason)
{
    const bool waits = is_state(d->from, "TIME-WAIT");

    if (d->damaged || counted(d, LAB_WATCH_CHECKSUM)) {
        say(reason, waits ? "SA-01" : "RFC 9293 3.1", "dropped: the checksum is wrong");
    } else if (counted(d, LAB_WATCH_PAWS)) {
        say_older(d, "RFC 7323 5.3", reason);
    } else if (counted(d, LAB_WATCH_MISSING)) {
        say(reason, waits ? "SA-05" : "RFC 7323 3.2",
            "dropped: a timestamp was agreed on and is missing");
    } else if (counted(d, LAB_WATCH_QUEUE)) {
        say(reason, "listen()", "dropped: the queue of the listener is full");
    } else if (d->dropped && d->step == STEP_SEQUENCE) {
        say_outside(d, reason);
    } else if (d->dropped && d->step == STEP_SYN && d->after.has_connection) {
        say(reason, "RFC 5961 4.2", "a SYN for a connection that exists is not believed");
    } else if (d->dropped && d->step == STEP_ACK && !is_state(d->to, "CLOSED")) {
        say_unacceptable(d, reason);
    }
    return reason->rule[0] != '\0';
}

static bool tells_what_is_known(const struct lab_decision *d)
{
    return length_of(d->segment) == 0 && d->segment->seq == d->before.record.rcv_nxt
           && d->segment->ack == d->before.record.snd_nxt;
}

/* Silence in TIME-WAIT has reasons, too. */
static bool explain_silence(const struct lab_decision *d, struct lab_reason *reason)
{
    const uint8_t flags = d->segment->flags;

    if (d->answered || !is_state(d->to, "TIME-WAIT") || !is_state(d->from, "TIME-WAIT"))
        return false;
    if (flags & TCP_RST)
        say(reason, "SA-02", "a reset in TIME-WAIT is ignored: it may be an old duplicate");
    else if ((flags & (TCP_SYN | TCP_FIN)) == (TCP_SYN | TCP_FIN))
        say(reason, "SA-03", "SYN and FIN in one segment belong to no conversation");
    else if (counted(d, LAB_WATCH_SKIPPED))
        say(reason, "RL-06", "answered a moment ago; the next answer may not come so soon");
    else if (!(flags & (TCP_SYN | TCP_ACK)))
        say(reason, "SA-07", "without an ACK it says nothing");
    else if (!(flags & TCP_SYN) && d->stamped && !has_stamp(d->segment))
        say(reason, "SA-05", "dropped: a timestamp was agreed on and is missing");
    else if (!(flags & TCP_SYN) && tells_what_is_known(d))
        say(reason, "SA-12", "an ACK of what is known already changes nothing");
    return reason->rule[0] != '\0';
}

void lab_reason_of_arrival(const struct lab_decision *d, struct lab_reason *reason)
{
    reason->rule[0] = reason->why[0] = '\0';
    (void)(explain_drop(d, reason) || explain_parked(d, reason) || explain_syn(d, reason)
           || explain_reset(d, reason) || explain_move(d, reason) || explain_silence(d, reason));
}

void lab_reason_of_icmp(const struct lab_decision *d, struct lab_reason *reason)
{
    reason->rule[0] = reason->why[0] = '\0';
    if (counted(d, LAB_WATCH_ICMP))
        say(reason, "RL-11", "ignored: it quotes a segment that is not in flight");
    else if (d->before.has_record && !d->before.has_connection)
        say(reason, "SA-15", "ignored: an ICMP error does not touch what is remembered");
    else if (d->after.has_connection)
        say(reason, "RL-12", "noted for the user as advice: the connection goes on");
    else if (d->before.has_connection)
        say(reason, "RFC 9293 3.9", "the attempt fails: the network says that it cannot succeed");
}

/* --- answers ----------------------------------------------------------------------------- */

/* A listener takes SYNs and nothing else; where none is, it is a segment for nobody. */
static void say_unknown(const struct lab_decision *d, struct lab_reason *reason)
{
    struct text t = begin(reason, d->before.has_listener ? "RFC 9293 3.5.2" : "SA-16",
                          "no connection and no record here knows");

    put_seq(&t, d);
}

static bool is_text_for_nobody(const struct lab_decision *d)
{
    return d->segment->text_bytes > 0
           && (is_state(d->from, "FIN-WAIT-1") || is_state(d->from, "FIN-WAIT-2"));
}

static void explain_reset_sent(const struct lab_decision *d, struct lab_reason *reason)
{
    struct text t;

    if (d->before.has_connection && is_state(d->from, "SYN-SENT")) {
        t = begin(reason, "IR-17", "it acknowledges nothing of ours: ");
        text_string(&t, "it is of another connection, which this resets");
    } else if (d->before.has_record && d->before.record.kind == LULL_ROW_HOLD) {
        say(reason, "D-18", "the tuple is held after a reset, and is reset again");
    } else if (is_text_for_nobody(d)) {
        say(reason, "CH-16", "text for a connection that nobody reads any more");
    } else if (!d->before.has_connection && !d->before.has_record) {
        say_unknown(d, reason);
    }
}

/* IR-08's floor, when something is remembered of the incarnation before. */
static void explain_syn_ack(const struct lab_decision *d, const struct lab_segment *answer,
                            struct lab_reason *reason)
{
    const int32_t above = (int32_t)(answer->seq - d->before.record.snd_nxt);
    struct text t;

    if (!d->before.has_record || above <= 0)
        return;
    t = begin(reason, "IR-08", "this ISS lies ");
    text_signed(&t, above);
    text_string(&t, " above SND.NXT of the incarnation before");
}

/* In CLOSING there is no such rule, and its ACK does not say whether it is an answer. */
static bool repeats_fin(const struct lab_decision *d)
{
    return d->before.has_connection && (d->segment->flags & TCP_FIN)
           && (is_state(d->from, "CLOSE-WAIT") || is_state(d->from, "LAST-ACK"))
           && d->segment->seq + length_of(d->segment) == d->before.connection.rcv_nxt;
}

void lab_reason_of_answer(const struct lab_decision *d, const struct lab_segment *answer,
                          struct lab_reason *reason)
{
    reason->rule[0] = reason->why[0] = '\0';
    if (answer->flags & TCP_RST) {
        explain_reset_sent(d, reason);
    } else if ((answer->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK)) {
        explain_syn_ack(d, answer, reason);
    } else if (repeats_fin(d) && !(answer->flags & TCP_FIN)) {
        say(reason, "CH-12", "the FIN was taken before, and its ACK is sent again");
    } else if (d->before.has_connection && (d->segment->flags & TCP_SYN)
               && !is_state(d->from, "SYN-SENT") && !is_state(d->from, "SYN-RECEIVED")) {
        say(reason, "RFC 5961 4.2", "a SYN here: the ACK tells who sent it what this end knows");
    }
}

void lab_reason_of_repetition(const struct lab_segment *segment, lull_duration waited,
                              struct lab_reason *reason)
{
    struct text t =
        begin(reason, segment->flags & TCP_FIN ? "CH-11" : "RFC 6298 5", "not acknowledged for ");

    lab_explain_wait(&t, waited);
}
