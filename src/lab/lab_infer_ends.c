/* lab_infer_ends.c - states. */
#include "lab/lab_infer_ends.h"

#include "lab/lab_infer_place.h"
#include "lab/lab_infer_say.h"

static const char *const names[LAB_INFER_STATES] = {
    [LAB_INFER_CLOSED] = "CLOSED",
    [LAB_INFER_SYN_SENT] = "SYN-SENT",
    [LAB_INFER_SYN_RECEIVED] = "SYN-RECEIVED",
    [LAB_INFER_ESTABLISHED] = "ESTABLISHED",
    [LAB_INFER_FIN_WAIT_1] = "FIN-WAIT-1",
    [LAB_INFER_FIN_WAIT_2] = "FIN-WAIT-2",
    [LAB_INFER_CLOSE_WAIT] = "CLOSE-WAIT",
    [LAB_INFER_CLOSING] = "CLOSING",
    [LAB_INFER_LAST_ACK] = "LAST-ACK",
    [LAB_INFER_TIME_WAIT] = "TIME-WAIT",
};

static void prove(struct lab_infer_end *end, enum lab_infer_state state)
{
    end->state = state;
    end->possible = false;
}

static void allow(struct lab_infer_end *end, enum lab_infer_state state)
{
    end->state = state;
    end->possible = true;
}

/* RFC 9293 MUST-13: 2 MSL, from the last acknowledgment of the other's FIN. */
static void wait_from_now(struct lab_infer_step *step, struct lab_infer_end *end)
{
    end->until = step->at + 2 * step->infer->story->msl;
    if (end->until < step->infer->earliest)
        step->infer->earliest = end->until;
    step->event->inferred |= LAB_INFERRED_TIMER;
}

/* --- what the sender proves ------------------------------------------------------------------ */

static void send_syn(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const bool opens = end->state == LAB_INFER_UNKNOWN || end->state == LAB_INFER_CLOSED
                       || end->state == LAB_INFER_SYN_SENT;

    step->track->standing[step->from] = step->incarnation->number;
    if (lab_infer_flag(step, TCP_ACK) && (opens || end->state == LAB_INFER_SYN_RECEIVED))
        prove(end, LAB_INFER_SYN_RECEIVED);
    else if (opens)
        prove(end, LAB_INFER_SYN_SENT);
}

/* The handshake took so long, as seen here: its opener's two legs. */
static void measure(struct lab_infer_step *step)
{
    struct lab_infer_incarnation *in = step->incarnation;

    if (in->rtt_known || in->from_middle)
        return;
    in->rtt_known = true;
    in->rtt = step->at - in->began;
}

static void send_synchronized(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const bool says_more = step->text_bytes > 0 || lab_infer_flag(step, TCP_FIN);

    if (end->state == LAB_INFER_UNKNOWN) {
        allow(end, LAB_INFER_ESTABLISHED);
    } else if (end->state == LAB_INFER_SYN_SENT && lab_infer_flag(step, TCP_ACK)) {
        prove(end, LAB_INFER_ESTABLISHED);
        measure(step);
    } else if (end->state == LAB_INFER_ESTABLISHED && end->isn_known && end->possible) {
        end->possible = !end->syn_sent;
        measure(step);
    } else if (end->state == LAB_INFER_SYN_RECEIVED && says_more) {
        prove(end, LAB_INFER_ESTABLISHED);
    }
}

static void send_last_ack_again(struct lab_infer_step *step, struct lab_infer_end *end)
{
    struct lab_infer_end *other = lab_infer_receiver(step);
    struct text *why;

    if (!other->fin_again)
        return;
    other->fin_again = false;
    end->restarts++;
    wait_from_now(step, end);
    why = lab_infer_say(step);
    text_string(why, "the repeated FIN is acknowledged again; the wait begins anew, ");
    lab_infer_say_seconds(why, 2 * step->infer->story->msl);
    text_string(why, " assumed");
    lab_infer_say_rule(step, "TT-03");
}

static void enter_time_wait(struct lab_infer_step *step, struct lab_infer_end *end)
{
    struct text *why;

    prove(end, LAB_INFER_TIME_WAIT);
    wait_from_now(step, end);
    why = lab_infer_say(step);
    text_string(why, lab_infer_say_party(step, step->from));
    text_string(why, " acknowledged the FIN after its own: waits 2 MSL, ");
    lab_infer_say_seconds(why, 2 * step->infer->story->msl);
    text_string(why, " assumed");
    lab_infer_say_rule(step, "TT-01");
}

/* It acknowledges the other's FIN, so it has got it. */
static void send_ack_of_fin(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const struct lab_infer_end *other = lab_infer_receiver(step);

    if (end->knows_fin && end->state == LAB_INFER_TIME_WAIT) {
        send_last_ack_again(step, end);
        return;
    }
    if (end->knows_fin)
        return;
    end->knows_fin = true;
    switch (end->state) {
    case LAB_INFER_UNKNOWN:
    case LAB_INFER_SYN_SENT:
    case LAB_INFER_SYN_RECEIVED:
    case LAB_INFER_ESTABLISHED:
    case LAB_INFER_CLOSE_WAIT: prove(end, LAB_INFER_CLOSE_WAIT); break;
    case LAB_INFER_FIN_WAIT_1:
    case LAB_INFER_CLOSING: prove(end, LAB_INFER_CLOSING); break;
    case LAB_INFER_FIN_WAIT_2:
    case LAB_INFER_TIME_WAIT:
        enter_time_wait(step, end);
        end->possible = !other->fin_acks_fin;
        break;
    default: break;
    }
}

/* The same FIN once more: what would have ended it has not come. */
static void send_fin_again(struct lab_infer_end *end)
{
    end->fin_again = true;
    if (end->state == LAB_INFER_CLOSED)
        prove(end, LAB_INFER_LAST_ACK);
    else if (end->state == LAB_INFER_FIN_WAIT_2)
        prove(end, LAB_INFER_FIN_WAIT_1);
    else if (end->state == LAB_INFER_TIME_WAIT && end->possible)
        prove(end, end->knows_fin ? LAB_INFER_CLOSING : LAB_INFER_FIN_WAIT_1);
}

static void send_fin(struct lab_infer_step *step, struct lab_infer_end *end)
{
    if (end->fin_sent) {
        send_fin_again(end);
        return;
    }
    end->fin_sent = true;
    end->fin_seq = step->segment.seq.raw + step->text_bytes;
    end->fin_acks_fin = lab_infer_acks_fin(step, lab_infer_receiver(step));
    if (end->knows_fin) {
        prove(end, LAB_INFER_LAST_ACK);
        return;
    }
    prove(end, LAB_INFER_FIN_WAIT_1);
    if (!lab_infer_receiver(step)->fin_sent) {
        text_string(lab_infer_say(step), lab_infer_say_party(step, step->from));
        text_string(&step->why, " closes first");
        return;
    }
    lab_infer_say_plainly(step, "does not acknowledge the other's FIN: they cross");
    lab_infer_say_rule(step, "RFC 9293 3.6");
}

/* --- what the receiver may make of it -------------------------------------------------------- */

static void get_syn(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const bool answers = end->isn_known && step->segment.ack.raw == end->isn + 1;

    if (end->state != LAB_INFER_SYN_SENT)
        return;
    if (!lab_infer_flag(step, TCP_ACK))
        allow(end, LAB_INFER_SYN_RECEIVED);
    else if (answers)
        allow(end, LAB_INFER_ESTABLISHED);
}

static void get_ack_of_fin(struct lab_infer_step *step, struct lab_infer_end *end)
{
    if (end->state == LAB_INFER_LAST_ACK) {
        allow(end, LAB_INFER_CLOSED);
    } else if (end->state == LAB_INFER_CLOSING) {
        allow(end, LAB_INFER_TIME_WAIT);
        wait_from_now(step, end);
    } else if (end->state == LAB_INFER_FIN_WAIT_1) {
        allow(end, LAB_INFER_FIN_WAIT_2);
    }
}

static void get_fin(struct lab_infer_step *step, struct lab_infer_end *end)
{
    switch (end->state) {
    case LAB_INFER_UNKNOWN:
    case LAB_INFER_SYN_RECEIVED:
    case LAB_INFER_ESTABLISHED: allow(end, LAB_INFER_CLOSE_WAIT); break;
    case LAB_INFER_FIN_WAIT_1: allow(end, LAB_INFER_CLOSING); break;
    case LAB_INFER_FIN_WAIT_2:
        allow(end, LAB_INFER_TIME_WAIT);
        wait_from_now(step, end);
        break;
    default: break;
    }
}

static void get(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const struct lab_infer_end *sender = lab_infer_sender(step);
    const bool acks_syn = lab_infer_flag(step, TCP_ACK) && end->isn_known
                          && lab_infer_diff(step->segment.ack.raw, end->isn) > 0;
    /* Behind a gap nothing is taken. */
    const bool in_order = !sender->gap;

    if (lab_infer_flag(step, TCP_SYN))
        get_syn(step, end);
    if (end->state == LAB_INFER_UNKNOWN && step->incarnation->from_middle)
        allow(end, LAB_INFER_ESTABLISHED);
    if (end->state == LAB_INFER_SYN_RECEIVED && acks_syn)
        allow(end, LAB_INFER_ESTABLISHED);
    if (lab_infer_acks_fin(step, end))
        get_ack_of_fin(step, end);
    if (lab_infer_flag(step, TCP_FIN) && in_order)
        get_fin(step, end);
}

/* --- reset ----------------------------------------------------------------------------------- */

static void get_reset_in_syn_sent(struct lab_infer_step *step, struct lab_infer_end *end)
{
    if (!lab_infer_flag(step, TCP_ACK) || step->segment.ack.raw != end->isn + 1) {
        lab_infer_say_plainly(step, "acknowledges no SYN: a reset that changes nothing");
        return;
    }
    allow(end, LAB_INFER_CLOSED);
    lab_infer_say_plainly(step, "the SYN is refused: nobody listens, or nobody may");
    lab_infer_say_rule(step, "RFC 9293 3.10.7.3");
}

/* RCV.NXT of the receiver is what it last acknowledged, or more, up to all that was sent. */
static void get_reset(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const struct lab_infer_end *sender = lab_infer_sender(step);
    const uint32_t seq = step->segment.seq.raw;
    const bool exact = (end->acks && seq == end->acked) || (sender->numbered && seq == sender->nxt);

    if (end->state == LAB_INFER_SYN_SENT) {
        get_reset_in_syn_sent(step, end);
    } else if (end->state == LAB_INFER_TIME_WAIT) {
        end->possible = true;
        lab_infer_say_plainly(step, "a reset in TIME-WAIT: RFC 9293 ends the wait, RFC 1337"
                                    " ignores the reset");
        lab_infer_say_rule(step, "SA-02");
    } else if (end->state == LAB_INFER_CLOSED || end->state == LAB_INFER_UNKNOWN) {
        return;
    } else if (exact) {
        allow(end, LAB_INFER_CLOSED);
        lab_infer_say_plainly(step, "a reset at RCV.NXT as it was seen: ends the other side too");
        lab_infer_say_rule(step, "RFC 9293 3.10.7.4");
    } else {
        lab_infer_say_plainly(step, "a reset, not at RCV.NXT as it was seen: it may be challenged"
                                    " or ignored");
        lab_infer_say_rule(step, "RFC 5961 3.2");
    }
}

/* Who resets has no connection there, or no longer. */
static void send_reset(struct lab_infer_step *step, struct lab_infer_end *end)
{
    const bool refuses = lab_infer_receiver(step)->state == LAB_INFER_SYN_SENT;

    if (end->state == LAB_INFER_UNKNOWN && !step->incarnation->from_middle && !refuses)
        return;
    if (refuses)
        step->track->standing[step->from] = step->incarnation->number;
    prove(end, LAB_INFER_CLOSED);
}

/* --- both ------------------------------------------------------------------------------------ */

void lab_infer_ends_move(struct lab_infer_step *step)
{
    struct lab_infer_end *sender = lab_infer_sender(step), *receiver = lab_infer_receiver(step);

    if (lab_infer_flag(step, TCP_RST)) {
        send_reset(step, sender);
        get_reset(step, receiver);
        return;
    }
    if (lab_infer_flag(step, TCP_SYN))
        send_syn(step, sender);
    else
        send_synchronized(step, sender);
    if (lab_infer_acks_fin(step, receiver))
        send_ack_of_fin(step, sender);
    if (lab_infer_flag(step, TCP_FIN))
        send_fin(step, sender);
    get(step, receiver);
}

static void count_timestamp(const struct lab_infer_step *step, struct lab_infer_end *end)
{
    const uint32_t value = step->segment.options.ts_value;

    if (!(step->segment.options.present & TCP_OPTION_TIMESTAMPS))
        return;
    if (!end->timestamps)
        end->ts_first = end->ts_value = value;
    else if (lab_infer_diff(value, end->ts_value) > 0)
        end->ts_value = value;
    end->timestamps = true;
}

static void count_syn(const struct lab_infer_step *step, struct lab_infer_end *end)
{
    end->syn_sent = end->isn_known = true;
    end->isn = step->segment.seq.raw;
    end->scales = (step->segment.options.present & TCP_OPTION_WINDOW_SCALE) != 0;
    end->shift = step->segment.options.window_scale;
}

void lab_infer_ends_count(struct lab_infer_step *step)
{
    struct lab_infer_end *end = lab_infer_sender(step);
    const uint32_t seq = step->segment.seq.raw, behind = seq + step->len;

    step->incarnation->last = step->at;
    count_timestamp(step, end);
    if (lab_infer_flag(step, TCP_RST))
        return; /* its number may be the other's idea of it */
    if (lab_infer_flag(step, TCP_SYN))
        count_syn(step, end);
    if (!end->numbered) {
        end->first = seq;
        end->nxt = behind;
    }
    end->numbered = true;
    if (lab_infer_diff(behind, end->nxt) > 0)
        end->nxt = behind;
    end->wnd = step->segment.wnd;
}

static void show_end(struct lab_infer_track *track, unsigned side, struct lab_side *shown)
{
    const struct lab_infer_end *end = lab_infer_place_standing(track, side);

    *shown = (struct lab_side){.until = LULL_TIME_NEVER};
    if (end == NULL)
        return;
    shown->state = names[end->state];
    shown->possible = end->possible;
    if (end->state != LAB_INFER_CLOSED && end->state != LAB_INFER_UNKNOWN)
        shown->incarnation = track->standing[side];
    if (end->state != LAB_INFER_TIME_WAIT)
        return;
    shown->timer = LULL_TIMER_TIMEWAIT;
    shown->until = end->until;
    shown->restarts = end->restarts;
}

void lab_infer_ends_show(struct lab_infer *infer, struct lab_event *event)
{
    struct lab_infer_track *track = &infer->tracks[event->conversation];

    for (unsigned side = 0; side < 2; side++) {
        show_end(track, side, &event->side[side]);
        if (event->side[side].state != NULL)
            event->inferred |= LAB_INFERRED_STATE;
        if (event->side[side].until != LULL_TIME_NEVER)
            event->inferred |= LAB_INFERRED_TIMER;
    }
}

/* --- the end of TIME-WAIT -------------------------------------------------------------------- */

static bool waits(const struct lab_infer_end *end)
{
    return end != NULL && end->state == LAB_INFER_TIME_WAIT;
}

/* The end whose wait is over first; the conversation in *@which, LAB_CONVERSATIONS_MAX: none. */
static unsigned first_to_end(struct lab_infer *infer, unsigned *which)
{
    lull_time first = LULL_TIME_NEVER;
    unsigned side = 0;

    *which = LAB_CONVERSATIONS_MAX;
    for (unsigned i = 0; i < 2 * infer->story->conversation_count; i++) {
        const struct lab_infer_end *end = lab_infer_place_standing(&infer->tracks[i / 2], i % 2);
        if (!waits(end) || end->until >= first)
            continue;
        first = end->until;
        *which = i / 2;
        side = i % 2;
    }
    infer->earliest = first;
    return side;
}

static void end_wait(struct lab_infer *infer, unsigned conversation, unsigned side)
{
    struct lab_infer_track *track = &infer->tracks[conversation];
    struct lab_infer_end *end = lab_infer_place_standing(track, side);
    struct lab_event *event = lab_story_add(infer->story, LAB_RECORD, end->until);

    allow(end, LAB_INFER_CLOSED);
    if (event == NULL)
        return;
    event->conversation = (uint8_t)conversation;
    event->party = infer->story->conversations[conversation].party[side];
    event->incarnation = track->standing[side];
    event->inferred = LAB_INFERRED_TIMER;
    lab_infer_ends_show(infer, event);
    lab_infer_say_field(event->what, sizeof event->what, "TIME-WAIT would be over");
    lab_infer_say_field(event->why, sizeof event->why,
                        "2 MSL after the last ACK of the FIN, with the MSL that is assumed; nothing"
                        " that passed shows it");
    lab_infer_say_field(event->rule, sizeof event->rule, "TT-07");
}

void lab_infer_ends_expire(struct lab_infer *infer, lull_time at)
{
    while (infer->earliest <= at) {
        unsigned conversation;
        const unsigned side = first_to_end(infer, &conversation);
        if (conversation == LAB_CONVERSATIONS_MAX || infer->earliest > at)
            return;
        end_wait(infer, conversation, side);
    }
}
