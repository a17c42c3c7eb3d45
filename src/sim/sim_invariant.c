/* sim_invariant.c - what must hold in every world, and how it is looked at.
 *
 * One row of the table below and one function for each invariant of closing.  A function is asked
 * at the kinds of events its row names, before the judge learns from the event (sim_judge_learn.c),
 * and says how often it really looked.  Whoever judges asks the ledger, the ghosts and the tables
 * that anybody can read; never a stack what it thinks of itself.
 *
 * Two sentences need the restart journal, which does not exist: INV-23 and INV-24 are listed and
 * not judged.  What excuses are taken is said at each function: those of the sentence, where a
 * counter or a knob of the host shows that they apply, and no others.  A knob that is known to
 * break an invariant does break it here; options.ignored is for whoever wants that. */
#include "sim/sim_invariant.h"

#include "base/check.h"
#include "sim/sim_judge.h"
#include "sim/sim_judge_rules.h"
#include "sim/sim_octets.h"
#include "sim/sim_packet.h"

#define ECHOES_MAX  64 /* ACKs for nothing but ACKs: this one never ends */
#define RECORD_MOST 1  /* ms to which records keep time */

/* Octets that nobody here wrote are a forger's, if one was heard. */
static void judge_foreign(struct sim_judge *j, const struct sim_voice *reader, size_t fits)
{
    const int64_t at = (int64_t)(j->event->call->offset + fits);
    uint64_t place = 0;
    const uint32_t writer = sim_judge_rules_writer(j, j->event->call, fits, &place);

    if (writer != SIM_VOICE_NONE && sim_judge_rules_is_given_up(j, writer, reader))
        return;
    if (writer != SIM_VOICE_NONE)
        ACCUSE(j, 1, "octet % of incarnation % was written as octet % of incarnation %", at,
               reader->incarnation, (int64_t)place, sim_judge_voice(j, writer)->incarnation);
    else if (j->notes[j->voice].forged)
        UNJUDGED(j, FORGED);
    else
        ACCUSE(j, 1, "octet % of incarnation % was written by nobody", at, reader->incarnation);
}

static void judge_text(struct sim_judge *j)
{
    const struct sim_call *call = j->event->call;
    const struct sim_voice *reader = sim_judge_speaker(j);

    if (call->data == NULL)
        return;
    if (reader == NULL || reader->peer >= j->noted) {
        UNJUDGED(j, READS);
        return;
    }
    LOOKED(j, 1);
    const struct sim_voice *writer = sim_judge_voice(j, reader->peer);
    const size_t fits = sim_octets_match(call->data, call->bytes, reader->peer, call->offset);
    if (fits < call->bytes)
        judge_foreign(j, reader, fits);
    else if (writer->incarnation != reader->incarnation)
        ACCUSE(j, 1, "octet % of incarnation % was written in incarnation %", (int64_t)call->offset,
               reader->incarnation, writer->incarnation);
}

static void judge_acks(struct sim_judge *j)
{
    const struct lull_trace_record *t = j->event->trace;
    const struct sim_heard *h = &j->host->heard;
    const struct sim_voice *v = sim_judge_speaker(j);

    const bool opens = t->event == LULL_TRACE_tcp_state && t->arg[1] == SIM_ESTABLISHED;
    if (v == NULL || !h->any || (t->event != LULL_TRACE_tcp_acked && !opens))
        return;
    LOOKED(j, 2);
    if (sim_judge_rules_is_foreign(j, h, v))
        ACCUSE(j, 2, "SND.UNA of incarnation % moves to % by an ACK of incarnation %",
               v->incarnation, h->segment.ack.raw, h->ghost.incarnation);
}

static void judge_ends(struct sim_judge *j)
{
    const struct lull_trace_record *t = j->event->trace;
    const struct sim_heard *h = &j->host->heard;
    const struct sim_voice *v = sim_judge_speaker(j);
    const struct sim_seen *row;

    if (sim_judge_rules_is_guess(j, &row))
        ACCUSE(j, 3, "a reset with SEQ % ends what expects %", h->segment.seq.raw,
               row->row.rcv_nxt);
    if (v == NULL || !h->any || t->event != LULL_TRACE_tcp_state || t->arg[0] == SIM_CLOSED)
        return;
    const bool fin = HAS(&h->segment, TCP_FIN), rst = HAS(&h->segment, TCP_RST);
    if (!fin && !(rst && sim_judge_rules_resets_count(j)))
        return;
    LOOKED(j, 3);
    if (sim_judge_rules_is_foreign(j, h, v) && h->ghost.incarnation < v->incarnation
        && !sim_judge_rules_ends_lawfully(j, h))
        ACCUSE(j, 3,
               rst ? "a reset of incarnation % takes incarnation % from state % to %"
                   : "a FIN of incarnation % takes incarnation % from state % to %",
               h->ghost.incarnation, v->incarnation, t->arg[0], t->arg[1]);
}

/* ESTABLISHED follows a handshake state and an ACK of our SYN, and nothing follows TIME-WAIT. */
static void judge_states(struct sim_judge *j)
{
    const struct lull_trace_record *t = j->event->trace;
    const struct sim_heard *h = &j->host->heard;
    const struct sim_voice *v = sim_judge_speaker(j);

    if (t->event != LULL_TRACE_tcp_state)
        return;
    if (t->arg[0] == SIM_TIME_WAIT) {
        LOOKED(j, 16);
        if (t->arg[1] != SIM_CLOSED)
            ACCUSE(j, 16, "TIME-WAIT leads to state %", t->arg[1]);
    }
    if (t->arg[1] != SIM_ESTABLISHED)
        return;
    LOOKED(j, 16);
    if (t->arg[0] != SIM_SYN_SENT && t->arg[0] != SIM_SYN_RECEIVED)
        ACCUSE(j, 16, "state % leads to ESTABLISHED", t->arg[0]);
    else if (v != NULL && h->any
             && (!HAS(&h->segment, TCP_ACK) || seq_diff(h->segment.ack, v->iss) <= 0))
        ACCUSE(j, 16, "ESTABLISHED by ACK %, which does not cover our SYN %", h->segment.ack.raw,
               v->iss.raw);
}

/* What it is answered with is the same ACK each time: SA-14. */
static void judge_last_ack(struct sim_judge *j)
{
    const struct sim_note *peer = sim_judge_peer(j, j->voice);
    const seq32 nxt = sim_judge_voice(j, j->voice)->nxt;

    if (HAS(j->segment, TCP_RST) || peer == NULL || !peer->fin)
        return;
    LOOKED(j, 4);
    if (!seq_eq(j->segment->seq, nxt) || !seq_eq(j->segment->ack, peer->fin_end))
        ACCUSE(j, 4, "SEQ % ACK % leaves TIME-WAIT, not SEQ % ACK %", j->segment->seq.raw,
               j->segment->ack.raw, nxt.raw, peer->fin_end.raw);
}

static void judge_fin_sent(struct sim_judge *j)
{
    const struct sim_heard *h = &j->host->heard;

    if (sim_judge_time_wait(j) != NULL)
        judge_last_ack(j);

    if (sim_judge_heard(j) == NULL || h->asks >= j->noted || !HAS(j->segment, TCP_RST))
        return;
    ACCUSE(j, 4, "the repeated FIN of incarnation % is reset, promised an ACK until @ s",
           sim_judge_voice(j, h->asks)->incarnation, j->notes[h->asks].promised);
}

static void judge_fin_answer(struct sim_judge *j)
{
    const struct sim_heard *h = &j->host->heard;

    if (!h->any || h->asks >= j->noted)
        return;
    LOOKED(j, 4);
    j->local = h->local;
    j->remote = h->remote;
    if (!h->answered && !sim_judge_rules_may_be_silent(j) && GREW(j, TCPTimeWaitOverflow) == 0)
        ACCUSE(j, 4, "the repeated FIN of incarnation % is not answered, promised until @ s",
               sim_judge_voice(j, h->asks)->incarnation, j->notes[h->asks].promised);
}

static void judge_record_ends(struct sim_judge *j)
{
    struct sim_excuses excuses = sim_judge_rules_excuses(j);
    const struct sim_seen *was = NULL;

    while ((was = sim_judge_next_waited(j->host, was)) != NULL) {
        if (sim_judge_waits_on(j->host, was) != NULL)
            continue;
        LOOKED(j, 5);
        sim_judge_be_about(j, &was->row);
        if (!sim_judge_rules_is_due(j, was) && !sim_judge_rules_excuse(j, was, &excuses))
            ACCUSE(j, 5, "a TIME-WAIT record is gone at @ s, promised until @ s", j->event->at,
                   sim_judge_rules_promise(j, was));
    }
}

static void judge_lost(struct sim_judge *j)
{
    struct sim_watch *w = j->host;

    for (uint32_t i = w->lost.count; i-- > 0;) {
        struct sim_due *due = &w->lost.list[i];
        struct sim_seen like = {.row = {.local = due->local, .remote = due->remote}};
        const struct sim_seen *conn = sim_judge_among(w->rows, w->count, &like, SIM_JUDGE_CONN);
        if (conn != NULL && sim_judge_is_embryo(&conn->row))
            continue;
        sim_judge_be_about(j, &like.row);
        if (conn == NULL && sim_judge_rules_is_missing(j, due))
            ACCUSE(j, 7, "an attempt failed and the record is not back, promised until @ s",
                   due->at);
        sim_judge_forget(&w->lost, due);
    }
}

/* A record that stood beside an attempt, whether both, one or none are there now. */
static void judge_parked(struct sim_judge *j, const struct sim_seen *was)
{
    const struct sim_watch *w = j->host;
    const struct sim_seen *is = sim_judge_among(w->rows, w->count, was, SIM_JUDGE_RECORD);
    const struct sim_seen *conn = sim_judge_among(w->rows, w->count, was, SIM_JUDGE_CONN);

    const struct sim_due due = {was->row.local, was->row.remote, sim_judge_rules_promise(j, was),
                                0};

    sim_judge_be_about(j, &was->row);
    if (is == NULL && conn != NULL && sim_judge_is_embryo(&conn->row)
        && !sim_judge_rules_is_due(j, was) && GREW(j, TWEvicted) == 0)
        sim_judge_remember(&j->host->lost, &due); /* judge_lost() asks later */
    if (conn != NULL || sim_judge_among(w->was, w->was_count, was, SIM_JUDGE_CONN) == NULL)
        return;
    LOOKED(j, 7);
    if (is == NULL && !sim_judge_rules_is_due(j, was)
        && !sim_judge_rules_was_replaced(j, was->voice) && GREW(j, TWEvicted) == 0)
        ACCUSE(j, 7, "an attempt failed and the record is gone, promised until @ s", due.at);
    else if (is != NULL && is->row.timer_at < was->row.timer_at)
        ACCUSE(j, 7, "an attempt failed and the record ends at @ s instead of @ s",
               is->row.timer_at, was->row.timer_at);
}

static void judge_attempts(struct sim_judge *j)
{
    const struct sim_seen *was = NULL;

    judge_lost(j);
    while ((was = sim_judge_next_waited(j->host, was)) != NULL)
        judge_parked(j, was);
}

static void judge_pairs(struct sim_judge *j)
{
    const struct sim_watch *w = j->host;

    for (uint32_t i = 0; i < w->count; i++) {
        const struct lull_row *row = &w->rows[i].row;
        if (row->kind == LULL_ROW_LISTENER)
            continue;
        LOOKED(j, 6);
        for (uint32_t k = i + 1; k < w->count; k++) {
            const struct lull_row *other = &w->rows[k].row;
            if (other->kind == LULL_ROW_LISTENER
                || !sim_judge_same_tuple(other, &row->local, &row->remote)
                || sim_judge_rules_may_stand_beside(row, other))
                continue;
            sim_judge_be_about(j, row);
            ACCUSE(j, 6, "rows of kinds % and % stand for one tuple", row->kind, other->kind);
        }
    }
}

static void judge_balance(struct sim_judge *j)
{
    static const char *const texts[] = {"% TIME-WAIT records were entered, % left or stand",
                                        "% FIN-WAIT-2 records were entered, % left or stand",
                                        "% HOLD records were entered, % left or stand"};

    for (unsigned kind = 0; kind < COUNT_OF(texts) && !j->host->crowded; kind++) {
        const struct sim_balance b = sim_judge_rules_balance(j->host, LULL_ROW_TIME_WAIT + kind);
        LOOKED(j, 17);
        if (b.entered != b.left + b.standing)
            ACCUSE(j, 17, texts[kind], (int64_t)b.entered, (int64_t)(b.left + b.standing));
    }
}

/* 128 bytes a record are a matter of the build; that there are no more than may be, and that none
 * keeps text, can be seen: without a connection or a user nobody holds a block.  When tw.max is
 * lowered those who stand go as newcomers come. */
static void judge_memory(struct sim_judge *j)
{
    const struct sim_watch *w = j->host;
    const int64_t room = j->world->nodes[j->node].config.records_max, most = KNOB(j, tw_max);
    const bool came = w->usage.records > w->records_were;

    LOOKED(j, 26);
    if (w->usage.records > (came && most < room ? most : room))
        ACCUSE(j, 26, "% records stand, there may be % of %", w->usage.records, most, room);
    if (w->usage.blocks > 0 && w->usage.connections == 0 && w->usage.sockets == w->usage.listeners)
        ACCUSE(j, 26, "% blocks of text are held and there are only % records", w->usage.blocks,
               w->usage.records);
    for (uint32_t i = 0; i < w->count; i++) {
        const struct lull_row *row = &w->rows[i].row;
        if (!sim_judge_is_record(row) || row->receive_queue + row->send_queue == 0)
            continue;
        sim_judge_be_about(j, row);
        ACCUSE(j, 26, "a record keeps % octets to be read and % to be sent", row->receive_queue,
               row->send_queue);
    }
}

/* However long the host slept, what is over is gone when it has settled. */
static void judge_clock(struct sim_judge *j)
{
    const struct sim_watch *w = j->host;

    for (uint32_t i = 0; i < w->count; i++) {
        const struct lull_row *row = &w->rows[i].row;
        if (!sim_judge_is_record(row))
            continue;
        LOOKED(j, 30);
        if (row->timer_at + LULL_MS(RECORD_MOST) >= j->event->at)
            continue;
        sim_judge_be_about(j, row);
        ACCUSE(j, 30, "a record that ends at @ s stands at @ s", row->timer_at, j->event->at);
    }
}

/* A HOLD that rests on what anybody may have sent chooses no ISS (docs/decisions/0012), and a
 * record in FIN-WAIT-2 is never replaced. */
static void judge_iss(struct sim_judge *j)
{
    const struct sim_voice *v = sim_judge_speaker(j);

    if (!j->begins || v == NULL)
        return;
    const struct sim_seen *r = sim_judge_find(j, SIM_JUDGE_RECORD);
    if (r == NULL || r->row.cause == LULL_CAUSE_STRANGER)
        return;
    LOOKED(j, 8);
    if (r->voice == SIM_VOICE_NONE && r->row.cause != LULL_CAUSE_HALF_OPEN)
        ACCUSE(j, 8, "a record remembers SND.NXT %, which no incarnation had", r->row.snd_nxt);
    if (seq_diff(v->iss, sim_judge_rules_greatest(j, r)) <= 0)
        ACCUSE(j, 8, "the ISS % of incarnation % is not above %, which the old one has used",
               v->iss.raw, v->incarnation, sim_judge_rules_greatest(j, r).raw);
}

/* The first of a new incarnation exceeds all of the old one where a record of it stands; where none
 * does nobody remembers, and it may be the same millisecond. */
static void judge_stamps(struct sim_judge *j)
{
    if (j->voice >= j->noted || HAS(j->segment, TCP_RST))
        return;
    if (!(j->segment->options.present & TCP_OPTION_TIMESTAMPS)) {
        if (sim_judge_rules_is_stamped(j))
            ACCUSE(j, 9, "SEQ % has no TSval, and both SYNs had one", j->segment->seq.raw);
        return;
    }
    const struct sim_note *tuple = &j->notes[j->notes[j->voice].first];
    const uint32_t stamp = j->segment->options.ts_value;
    if (!tuple->stamped)
        return;
    LOOKED(j, 9);
    if (sim_judge_is_later(tuple->stamp, stamp))
        ACCUSE(j, 9, "TSval % follows %", stamp, tuple->stamp);
    else if (stamp == tuple->stamp && j->begins && sim_judge_find(j, SIM_JUDGE_RECORD) != NULL
             && j->row[SIM_JUDGE_RECORD].row.cause != LULL_CAUSE_STRANGER)
        ACCUSE(j, 9, "the first TSval % of an incarnation is the last one of the old", stamp);
}

static void judge_fins(struct sim_judge *j)
{
    if (j->voice >= j->noted || HAS(j->segment, TCP_RST))
        return;
    const struct sim_note *note = &j->notes[j->voice];
    const struct sim_note *peer = sim_judge_peer(j, j->voice);
    const seq32 end = seq_add(j->segment->seq, j->segment->len);
    if (!note->fin && (peer == NULL || !peer->fin))
        return;
    LOOKED(j, 10);
    if (peer != NULL && sim_judge_rules_is_past(j, peer))
        ACCUSE(j, 10, "ACK % counts a FIN that ends at % twice", j->segment->ack.raw,
               peer->fin_end.raw);
    if (!note->fin)
        return;
    if (HAS(j->segment, TCP_FIN) && !seq_eq(end, note->fin_end))
        ACCUSE(j, 10, "a second FIN ends at %, the first one at %", end.raw, note->fin_end.raw);
    else if (seq_diff(end, note->fin_end) > 0)
        ACCUSE(j, 10, "a segment ends at %, behind the FIN at %", end.raw, note->fin_end.raw);
}

/* Whoever was told of an error, or whose connection was reset, is told of an end too, wherever the
 * peer stopped; and an old FIN may end what no record protects. */
static void judge_end(struct sim_judge *j)
{
    const struct sim_call *call = j->event->call;
    const struct sim_voice *v = sim_judge_speaker(j);

    if (v == NULL || call->stream == SIM_STREAM_NONE || (call->data == NULL && !call->end))
        return;
    const struct sim_stream *s = &j->world->streams[call->stream];
    const struct sim_note *note = &j->notes[j->voice], *peer = sim_judge_peer(j, j->voice);
    if (call->data != NULL && s->ends > 0) {
        LOOKED(j, 11);
        ACCUSE(j, 11, "% octets are read after the end, at %", (int64_t)call->bytes,
               (int64_t)call->offset);
    }
    if (!call->end || note->failed || note->broken || peer == NULL
        || sim_judge_rules_is_reached(j, v))
        return;
    LOOKED(j, 11);
    if (!peer->fin)
        ACCUSE(j, 11, "the end is told after % octets, and no FIN was sent", (int64_t)s->received);
    else if (s->received + 2 != seq_span(sim_judge_voice(j, v->peer)->iss, peer->fin_end))
        ACCUSE(j, 11, "the end is told after % octets, the FIN came after %", (int64_t)s->received,
               (int64_t)seq_span(sim_judge_voice(j, v->peer)->iss, peer->fin_end) - 2);
}

static void judge_syns(struct sim_judge *j)
{
    const struct sim_heard *h = sim_judge_heard(j);

    if (h == NULL || !sim_judge_rules_replaces(j, h))
        return;
    LOOKED(j, 12);
    if (!sim_judge_rules_may_replace(j, h))
        ACCUSE(j, 12, "SYN % TSval % opens an incarnation, the record expects % (kind %)",
               h->segment.seq.raw, h->segment.options.ts_value, h->record.row.rcv_nxt,
               h->record.row.kind);
}

/* A connection challenges a reset that is in its window and not exact (RFC 5961 section 3.2), and
 * so does a record that obeys resets. */
static void judge_reset_answers(struct sim_judge *j)
{
    const struct sim_heard *h = sim_judge_heard(j);

    if (h == NULL || !HAS(&h->segment, TCP_RST))
        return;
    const bool bare = (j->segment->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK
                      && j->segment->len == 0;
    if (bare && (GROWS(j, TCPChallengeACK) > 0 || GROWS(j, TCPTimeWaitOowAcks) > 0))
        return;
    ACCUSE(j, 13,
           HAS(j->segment, TCP_RST) ? "a reset with SEQ % is sent in answer to a reset with SEQ %"
                                    : "SEQ % is sent in answer to a reset with SEQ %",
           j->segment->seq.raw, h->segment.seq.raw);
}

static void judge_resets_heard(struct sim_judge *j)
{
    if (j->host->heard.any && HAS(&j->host->heard.segment, TCP_RST))
        LOOKED(j, 13);
}

/* ACKs that no FIN asked for are tw.oow_ack_ms apart, to the millisecond of records: that is as
 * many as the sentence allows in any interval.  Without that knob only their end can be asked for.
 */
static void judge_rate(struct sim_judge *j)
{
    const struct sim_seen *r = sim_judge_time_wait(j);

    if (r == NULL || HAS(j->segment, TCP_RST) || !HAS(j->segment, TCP_ACK))
        return;
    const struct sim_heard *h = sim_judge_heard(j);
    struct sim_note *note = &j->notes[j->voice];
    LOOKED(j, 14);
    note->echoes = h != NULL && h->segment.len == 0 ? note->echoes + 1 : 0;
    if (note->echoes > ECHOES_MAX)
        ACCUSE(j, 14, "% ACKs in a row answered nothing but ACKs", note->echoes);
    if (h != NULL && !h->answered && sim_judge_is_the_fin(h, &r->row))
        return;
    const lull_duration least = LULL_MS(KNOB(j, tw_oow_ack_ms) - RECORD_MOST);
    if (note->answered_at != 0 && j->event->at - note->answered_at < least)
        ACCUSE(j, 14, "a record answers at @ s and at @ s, less than % ms apart", note->answered_at,
               j->event->at, KNOB(j, tw_oow_ack_ms));
    note->answered_at = j->event->at;
}

static void judge_promises(struct sim_judge *j)
{
    const struct sim_seen *r = sim_judge_time_wait(j);

    if (r == NULL || HAS(j->segment, TCP_RST) || !HAS(j->segment, TCP_ACK))
        return;
    LOOKED(j, 15);
    const lull_time least = j->event->at + sim_judge_two_msl(j);
    if (r->row.timer_at < least)
        ACCUSE(j, 15, "an ACK leaves TIME-WAIT at @ s and the record ends at @ s, not at @ s",
               j->event->at, r->row.timer_at, least);
}

static void judge_silence(struct sim_judge *j)
{
    const struct sim_seen *was = NULL;

    while ((was = sim_judge_next_waited(j->host, was)) != NULL) {
        const struct sim_seen *is = sim_judge_waits_on(j->host, was);
        if (is == NULL)
            continue;
        LOOKED(j, 15);
        if (is->row.timer_at == was->row.timer_at
            || sim_judge_rules_may_change(j, was, is->row.timer_at))
            continue;
        sim_judge_be_about(j, &was->row);
        ACCUSE(j, 15,
               was->spoke ? "the end of a record moves from @ s back to @ s"
                          : "nothing is sent and the end of a record moves from @ s to @ s",
               was->row.timer_at, is->row.timer_at);
    }
}

static void judge_reset_numbers(struct sim_judge *j)
{
    const struct sim_heard *h = sim_judge_heard(j);

    if (!HAS(j->segment, TCP_RST))
        return;
    LOOKED(j, 19);
    if (sim_judge_rules_reset_fits(j))
        return;
    if (h == NULL)
        ACCUSE(j, 19, "a reset has SEQ % and answers nothing", j->segment->seq.raw);
    else
        ACCUSE(j, 19, "a reset has SEQ % ACK %, it answers SEQ % ACK %", j->segment->seq.raw,
               j->segment->ack.raw, h->segment.seq.raw, h->segment.ack.raw);
}

/* The peer's FIN is no data, if nothing is missing before it. */
static void judge_orphans(struct sim_judge *j)
{
    if (j->voice >= j->noted || !j->notes[j->voice].orphan
        || (j->segment->flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
        return;
    const seq32 edge = j->notes[j->voice].edge;
    const struct sim_note *peer = sim_judge_peer(j, j->voice);
    LOOKED(j, 20);
    if (seq_diff(j->segment->ack, edge) <= 0)
        return;
    if (peer != NULL && peer->fin && seq_eq(j->segment->ack, peer->fin_end)
        && seq_diff(peer->fin_end, edge) == 1)
        return;
    ACCUSE(j, 20, "an orphan acknowledges %, its user left at %", j->segment->ack.raw, edge.raw);
}

static void judge_listeners(struct sim_judge *j)
{
    const struct sim_watch *w = j->host;

    for (uint32_t i = 0; i < w->count; i++)
        for (uint32_t k = 0; w->rows[i].row.kind == LULL_ROW_LISTENER && k < i; k++) {
            if (w->rows[k].row.kind != LULL_ROW_LISTENER)
                continue;
            LOOKED(j, 18);
            sim_judge_be_about(j, &w->rows[i].row);
            if (sim_judge_rules_exclude(j, &w->rows[i].row, &w->rows[k].row))
                ACCUSE(j, 18, "two sockets listen on port % and exclude each other",
                       w->rows[i].row.local.port);
        }
}

/* The verdict is the same whoever came first: it is asked of those who are there. */
static void judge_names(struct sim_judge *j)
{
    const struct sim_call *call = j->event->call;
    const struct sim_watch *w = j->host;

    if (call->name[0] != 'b' || (call->error != LULL_OK && call->error != LULL_EADDRINUSE))
        return;
    const struct sim_held asks = sim_judge_learn_holder(j, call);
    LOOKED(j, 18);
    if (call->error == LULL_EADDRINUSE) {
        if (!sim_judge_rules_is_in_the_way(j, &asks))
            ACCUSE(j, 18, "bind to port % is refused, and nobody is in the way", call->local.port);
        return;
    }
    for (uint32_t i = 0; i < w->socket_count; i++)
        if (!sim_judge_rules_same_socket(w->sockets[i].socket, asks.socket)
            && !sim_judge_rules_may_double(j, &asks, &w->sockets[i]))
            ACCUSE(j, 18, "bind to port % succeeds beside a socket that excludes it",
                   call->local.port);
}

static void judge_icmp(struct sim_judge *j)
{
    const struct lull_trace_record *t = j->event->trace;
    const struct sim_heard *h = &j->host->heard;

    if (!h->icmp)
        return;
    if (t->event == LULL_TRACE_tw_leave && t->arg[1] != LULL_END_EXPIRED) {
        j->local = t->local;
        j->remote = t->remote;
        ACCUSE(j, 21, "ICMP type % code % ends a record", h->icmp_type, h->icmp_code);
    }
    if (t->event == LULL_TRACE_tcp_state && t->arg[0] >= SIM_ESTABLISHED && t->arg[1] == SIM_CLOSED
        && !(sim_judge_rules_is_hard(h) && KNOB(j, icmp_hard_abort_sync) != 0))
        ACCUSE(j, 21, "ICMP type % code % ends a connection in state %", h->icmp_type, h->icmp_code,
               t->arg[0]);
}

static void judge_after_icmp(struct sim_judge *j)
{
    const struct sim_watch *w = j->host;
    const struct sim_seen *was = NULL;

    if (!w->heard.icmp)
        return;
    LOOKED(j, 21);
    while ((was = sim_judge_next_waited(w, was)) != NULL) {
        if (was->row.timer_at <= j->event->at || sim_judge_waits_on(w, was) != NULL)
            continue;
        sim_judge_be_about(j, &was->row);
        ACCUSE(j, 21, "a record is gone after ICMP type % code %", w->heard.icmp_type,
               w->heard.icmp_code);
    }
}

static void judge_quiet(struct sim_judge *j)
{
    const struct sim_watch *w = j->host;

    if (w->quiet_until == 0)
        return;
    LOOKED(j, 22);
    if (j->event->at >= w->quiet_until)
        return;
    if (j->event->kind == SIM_SENT)
        ACCUSE(j, 22, "something is sent at @ s, the host is quiet until @ s", j->event->at,
               w->quiet_until);
    else if (w->heard.any || w->heard.icmp)
        ACCUSE(j, 22, "what arrives at @ s is processed, the host is quiet until @ s", j->event->at,
               w->quiet_until);
}

static void judge_held(struct sim_judge *j)
{
    const struct sim_due *due = sim_judge_rules_held(j);

    if (due == NULL)
        return;
    LOOKED(j, 25);
    if (!sim_judge_rules_is_let_go(j, due))
        ACCUSE(j, 25, "the tuple is used at @ s, it was reset and is held until @ s", j->event->at,
               due->at);
}

/* Without a journal: a host that is not quiet, and remembers nothing of a tuple, answers its SYN at
 * once, however lately it started. */
static void judge_answers(struct sim_judge *j)
{
    const struct sim_heard *h = sim_judge_rules_welcome(j);

    if (h == NULL)
        return;
    LOOKED(j, 28);
    if (!h->answered)
        ACCUSE(j, 28, "SYN % of a tuple that nothing is known of is not answered",
               h->segment.seq.raw);
}

static void judge_retries(struct sim_judge *j)
{
    const struct sim_heard *h = sim_judge_rules_welcome(j);

    if (h == NULL || sim_judge_recall(&j->host->rejected, &h->local, &h->remote) == NULL)
        return;
    LOOKED(j, 29);
    if (!h->opened)
        ACCUSE(j, 29, "SYN % was refused because of a record, which is gone, and is refused again",
               h->segment.seq.raw);
}

static void judge_rest(struct sim_judge *j)
{
    const struct sim_watch *w = j->host;

    for (uint32_t i = 0; i < w->count; i++) {
        const struct sim_seen *seen = &w->rows[i];
        if (!sim_judge_rules_is_left(j, seen))
            continue;
        sim_judge_be_about(j, &seen->row);
        if (sim_judge_is_record(&seen->row))
            ACCUSE(j, 27, "a record of kind % is left, its time is over at @ s", seen->row.kind,
                   seen->row.timer_at);
        else
            ACCUSE(j, 27, "a connection is left after both users closed, SND.NXT %",
                   seen->row.snd_nxt);
    }
}

void sim_invariant_finish(struct sim_judge *j)
{
    for (unsigned i = 0; i < j->world->node_count; i++) {
        const struct sim_event event = {
            .kind = SIM_SETTLED, .node = (uint8_t)i, .at = j->world->now};
        j->watches[i].stirred = true;
        if (j->world->nodes[i].suspended || (j->options.ignored >> 27 & 1)
            || !sim_judge_begin(j, &event))
            continue;
        sim_judge_look(j);
        LOOKED(j, 27);
        judge_rest(j);
    }
}

/* --- the list ---------------------------------------------------------------------------- */

typedef void judge_fn(struct sim_judge *j);

#define AT(kind) (1u << SIM_##kind)

/* clang-format off */
static const struct rule {
    const char *text;
    unsigned first, second; /* bits of kinds of events, and who judges then */
    judge_fn *judge, *other;
} rules[SIM_INVARIANT_COUNT + 1] = {
    [1] =  {"No octet written in one incarnation is read in another", AT(CALLED), 0, judge_text, NULL},
    [2] =  {"SND.UNA is advanced only by ACKs of the same incarnation", AT(TRACED), 0, judge_acks, NULL},
    [3] =  {"No FIN and no exact reset of an old incarnation changes the state of a newer one", AT(TRACED), 0, judge_ends, NULL},
    [4] =  {"The peer's FIN, repeated within 2 MSL of the last ACK of it, is answered by that ACK", AT(SENT), AT(SETTLED), judge_fin_sent, judge_fin_answer},
    [5] =  {"A TIME-WAIT record lasts 2 MSL from the last segment sent, or a counted reason ends it", AT(SETTLED), 0, judge_record_ends, NULL},
    [6] =  {"A tuple has one connection, and beside a record only a handshake that may replace it", AT(SETTLED), 0, judge_pairs, NULL},
    [7] =  {"A handshake that fails leaves the record, with no less time", AT(SETTLED), 0, judge_attempts, NULL},
    [8] =  {"The ISS is above every number of an incarnation that is remembered", AT(SENT), 0, judge_iss, NULL},
    [9] =  {"TSvals of a tuple never decrease, and a new incarnation exceeds a remembered one", AT(SENT), 0, judge_stamps, NULL},
    [10] = {"Each direction of an incarnation has one FIN, and nothing behind it", AT(SENT), 0, judge_fins, NULL},
    [11] = {"The end is told after every octet before the FIN, and nothing is read after it", AT(CALLED), 0, judge_end, NULL},
    [12] = {"A SYN for a remembered tuple is judged by the record before any listener sees it", AT(SENT), 0, judge_syns, NULL},
    [13] = {"Nothing is sent in answer to a reset but a challenge, and no reset", AT(SENT), AT(SETTLED), judge_reset_answers, judge_resets_heard},
    [14] = {"TIME-WAIT sends an ACK for each repeated FIN, and others only now and then", AT(SENT), 0, judge_rate, NULL},
    [15] = {"An ACK that leaves TIME-WAIT starts 2 MSL again, and silence changes nothing", AT(SENT), AT(SETTLED), judge_promises, judge_silence},
    [16] = {"TIME-WAIT leads to CLOSED, and only a three-way handshake to ESTABLISHED", AT(TRACED), 0, judge_states, NULL},
    [17] = {"Records that were entered have left in a counted way or stand", AT(SETTLED), 0, judge_balance, NULL},
    [18] = {"Two sockets that exclude each other never both listen, whoever came first", AT(CALLED), AT(SETTLED), judge_names, judge_listeners},
    [19] = {"A reset has the number that makes it acceptable", AT(SENT), 0, judge_reset_numbers, NULL},
    [20] = {"A connection whose user has left acknowledges no new data", AT(SENT), 0, judge_orphans, NULL},
    [21] = {"ICMP ends no record, and no synchronized connection by a soft error", AT(TRACED), AT(SETTLED), judge_icmp, judge_after_icmp},
    [22] = {"A quiet host sends nothing and processes nothing", AT(SENT) | AT(TRACED), 0, judge_quiet, NULL},
    [23] = {"What must be durable is so before the segment leaves (needs the restart journal)", 0, 0, NULL, NULL},
    [24] = {"A crash anywhere breaks nothing after the restart (needs the restart journal)", 0, 0, NULL, NULL},
    [25] = {"Whoever resets a tuple does not use it for 2 MSL", AT(SENT), 0, judge_held, NULL},
    [26] = {"Records are bounded and hold no text", AT(SETTLED), 0, judge_memory, NULL},
    [27] = {"After both users have closed, and time was given, nothing is left", 0, 0, NULL, NULL},
    [28] = {"A SYN for a tuple of which nothing is known is answered at once", AT(SETTLED), 0, judge_answers, NULL},
    [29] = {"A SYN that a record refused succeeds when the record is gone", AT(SETTLED), 0, judge_retries, NULL},
    [30] = {"No record outstays its time, however long the host slept", AT(SETTLED), 0, judge_clock, NULL},
};
/* clang-format on */

const char *sim_invariant_text(unsigned invariant)
{
    return invariant >= 1 && invariant <= SIM_INVARIANT_COUNT ? rules[invariant].text : NULL;
}

static void ask(struct sim_judge *j, enum sim_event_kind kind)
{
    for (const uint8_t *n = j->asked[kind]; *n != 0; n++) {
        const struct rule *r = &rules[*n];
        if (kind == SIM_SENT && j->segment == NULL && r->judge != judge_quiet)
            continue; /* all others are about segments */
        (r->first >> kind & 1 ? r->judge : r->other)(j);
    }
}

static void observe(void *context, const struct sim_event *event)
{
    struct sim_judge *j = context;

    if (!sim_judge_begin(j, event))
        return;
    if (event->kind == SIM_SETTLED)
        sim_judge_look(j);
    ask(j, event->kind);
    sim_judge_learn(j);
}

size_t sim_invariant_bytes(const struct sim_plan *plan)
{
    return sim_judge_bytes(plan);
}

struct sim_judge *sim_invariant_init(void *memory, struct sim_world *w,
                                     const struct sim_invariant_options *options)
{
    struct sim_judge *j = sim_judge_lay_out(memory, w);
    unsigned count[SIM_CHANGED + 1] = {0};

    j->options = *options;
    for (unsigned n = 1; n <= SIM_INVARIANT_COUNT; n++)
        for (unsigned kind = 0; kind <= SIM_CHANGED; kind++)
            if (((rules[n].first | rules[n].second) >> kind & 1) && !(options->ignored >> n & 1))
                j->asked[kind][count[kind]++] = (uint8_t)n;
    sim_world_watch(w, observe, j);
    return j;
}

uint64_t sim_invariant_violations(const struct sim_judge *judge)
{
    return judge->violations;
}

const struct sim_violation *sim_invariant_violation(const struct sim_judge *judge, unsigned i)
{
    return i < SIM_VIOLATIONS_MAX && i < judge->violations ? &judge->kept[i] : NULL;
}

uint64_t sim_invariant_looked(const struct sim_judge *judge, unsigned invariant)
{
    return invariant <= SIM_INVARIANT_COUNT ? judge->looked[invariant] : 0;
}

uint64_t sim_invariant_unjudged(const struct sim_judge *judge, enum sim_silence why)
{
    return judge->unjudged[why];
}
