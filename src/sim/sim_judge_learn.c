/* sim_judge_learn.c - what becomes of an event once it was judged: a part of what is known. */
#include <string.h>

#include "base/address.h"
#include "sim/sim_judge.h"
#include "sim/sim_packet.h"
#include "wire/icmpv4.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

/* --- learning from what leaves ----------------------------------------------------------- */

static void learn_stamp(struct sim_judge *j)
{
    struct sim_note *tuple = &j->notes[j->notes[j->voice].first];

    if (!(j->segment->options.present & TCP_OPTION_TIMESTAMPS))
        return;
    tuple->stamped = true;
    tuple->stamp = j->segment->options.ts_value;
}

/* Whoever has acknowledged the peer's FIN, and closed first, has to do it again when asked. */
static void learn_fins(struct sim_judge *j)
{
    struct sim_note *note = &j->notes[j->voice];
    const struct sim_note *peer = sim_judge_peer(j, j->voice);
    note->offers |=
        HAS(j->segment, TCP_SYN) && (j->segment->options.present & TCP_OPTION_TIMESTAMPS) != 0;
    const bool acks = peer != NULL && peer->fin && (j->segment->flags & TCP_ACK)
                      && seq_leq(peer->fin_end, j->segment->ack);

    if ((j->segment->flags & TCP_FIN) && !note->fin) {
        note->fin = true;
        note->fin_end = seq_add(j->segment->seq, j->segment->len);
        note->closed_first |= !acks;
    }
    if (acks && note->fin && note->closed_first)
        note->promised = j->event->at + sim_judge_two_msl(j);
}

/* A reset that answers a SYN belongs to no connection, and one that leaves a connection standing
 * has not ended it (RFC 9293 section 3.5.2; IR-17).  From all others on the tuple is held. */
static void learn_reset(struct sim_judge *j)
{
    const struct sim_heard *heard = &j->host->heard;
    const bool answers = heard->any && sim_packet_same_name(&heard->local, &j->local)
                         && sim_packet_same_name(&heard->remote, &j->remote);

    if (j->voice != SIM_VOICE_NONE)
        j->notes[j->voice].broken = true;
    if ((answers && (heard->segment.flags & TCP_SYN)) || sim_judge_find(j, SIM_JUDGE_CONN) != NULL)
        return;
    const struct sim_due due = {.local = j->local,
                                .remote = j->remote,
                                .at = j->event->at + sim_judge_two_msl(j),
                                .early_ends = sim_judge_early_ends(j->host->tally)};
    sim_judge_remember(&j->host->resets, &due);
}

static void learn_answer(struct sim_judge *j)
{
    struct sim_heard *heard = &j->host->heard;

    if (!heard->any || !sim_packet_same_name(&heard->local, &j->local)
        || !sim_packet_same_name(&heard->remote, &j->remote))
        return;
    heard->answered = true;
    heard->opened |= (j->segment->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
    heard->fin_acked |= (j->segment->flags & (TCP_ACK | TCP_RST)) == TCP_ACK
                        && seq_eq(j->segment->ack, seq_add(heard->segment.seq, heard->segment.len));
}

static void learn_beginning(struct sim_judge *j)
{
    const struct sim_heard *heard = sim_judge_heard(j);
    struct sim_note *note = &j->notes[j->voice];

    note->early = sim_judge_find(j, SIM_JUDGE_RECORD) != NULL;
    note->begun_by_forger = heard != NULL && HAS(&heard->segment, TCP_SYN)
                            && HAS(j->segment, TCP_ACK) && heard->ghost.voice == SIM_VOICE_NONE;
}

static void learn_sent(struct sim_judge *j)
{
    struct sim_watch *w = j->host;

    if (j->segment == NULL)
        return;
    if (w->sending < w->conn_count)
        w->conn_voices[w->sending] = j->voice;
    w->sending = SIM_VOICE_NONE;
    if (j->begins)
        learn_beginning(j);
    learn_answer(j);
    for (uint32_t i = 0; i < w->count; i++)
        w->rows[i].spoke |= sim_judge_same_tuple(&w->rows[i].row, &j->local, &j->remote);
    if (j->segment->flags & TCP_RST)
        learn_reset(j);
    else if (j->voice != SIM_VOICE_NONE)
        learn_fins(j);
    if (j->voice != SIM_VOICE_NONE && !(j->segment->flags & TCP_RST))
        learn_stamp(j);
}

/* --- learning from what arrives ---------------------------------------------------------- */

static void learn_heard_stamp(struct sim_note *note, const struct tcp_segment *seg)
{
    const uint32_t stamp = seg->options.ts_value;

    if (!(seg->options.present & TCP_OPTION_TIMESTAMPS))
        return;
    if (!note->heard_stamped || sim_judge_is_later(stamp, note->heard_stamp))
        note->heard_stamp = stamp;
    note->heard_stamped = true;
    if (!(seg->flags & TCP_FIN))
        return;
    if (!note->fin_stamped || sim_judge_is_later(stamp, note->fin_stamp))
        note->fin_stamp = stamp;
    note->fin_stamped = true;
}

/* The voice of this host that has promised to answer the FIN at hand; SIM_VOICE_NONE: nobody has,
 * or PAWS may come first (RFC 7323 section 5.3). */
static uint32_t who_promised(const struct sim_judge *j)
{
    const struct tcp_segment *seg = j->segment;
    const uint32_t from = j->event->ghost->voice;

    if (from >= j->noted || !(seg->flags & TCP_FIN) || (seg->flags & TCP_RST))
        return SIM_VOICE_NONE;
    const struct sim_note *peer = &j->notes[from];
    const uint32_t voice = sim_judge_voice(j, from)->peer;
    if (!peer->fin || !seq_eq(peer->fin_end, seq_add(seg->seq, seg->len)) || voice >= j->noted)
        return SIM_VOICE_NONE;
    const struct sim_note *note = &j->notes[voice];
    if (note->promised <= j->event->at || note->broken
        || sim_judge_newest(j, &j->local, &j->remote) != voice)
        return SIM_VOICE_NONE;
    return voice;
}

/* A listener has room for a SYN of a tuple of which nothing is known. */
static bool has_room(const struct sim_judge *j)
{
    const struct sim_watch *w = j->host;
    uint32_t embryos = 0, conns = 0, room = 0;

    for (uint32_t i = 0; i < w->count; i++) {
        const struct lull_row *row = &w->rows[i].row;
        if (row->kind != LULL_ROW_LISTENER && sim_judge_same_tuple(row, &j->local, &j->remote)
            && (row->kind == LULL_ROW_CONNECTION || row->timer_at > j->event->at))
            return false;
        conns += row->kind == LULL_ROW_CONNECTION;
        embryos += row->local.port == j->local.port && sim_judge_is_embryo(row);
    }
    for (uint32_t i = 0; i < w->count; i++) {
        const struct lull_row *row = &w->rows[i].row;
        if (row->kind != LULL_ROW_LISTENER || !sim_judge_overlap(&row->local, &j->local))
            continue;
        if (row->receive_queue >= row->send_queue || embryos >= row->send_queue)
            return false;
        room++;
    }
    return room > 0 && conns < w->conn_count && w->seen && !w->crowded;
}

/* Sums of sixteen bits miss some damage.  What a host does then is nobody's fault. */
static bool fools(const struct sim_event *e)
{
    struct sim_parsed parsed;

    if (!e->ghost->damaged || !sim_packet_parse(e->packet, &parsed))
        return false;
    const struct checksum_pseudo pseudo = {.source = parsed.ip.source,
                                           .destination = parsed.ip.destination,
                                           .protocol = IPV4_TCP,
                                           .length = (uint32_t)parsed.payload.len};
    if (parsed.ip.protocol == IPV4_ICMP)
        return checksum_of(parsed.payload.data, parsed.payload.len) == 0;
    return parsed.ip.protocol == IPV4_TCP && tcp_header_checksum_valid(parsed.payload, &pseudo);
}

static void hear_icmp(struct sim_judge *j)
{
    struct sim_heard *heard = &j->host->heard;
    const struct span packet = j->event->packet;

    if (j->event->ghost->damaged || packet.len < IPV4_HEADER_BYTES + ICMPV4_HEADER_BYTES
        || packet.data[9] != IPV4_ICMP)
        return;
    heard->icmp = true;
    heard->icmp_type = packet.data[IPV4_HEADER_BYTES];
    heard->icmp_code = packet.data[IPV4_HEADER_BYTES + 1];
}

static void hear_record(struct sim_judge *j)
{
    struct sim_heard *heard = &j->host->heard;
    const struct sim_watch *w = j->host;

    for (uint32_t i = 0; i < w->count && !heard->record_stands; i++) {
        const struct lull_row *row = &w->rows[i].row;
        if (!sim_judge_is_record(row) || row->timer_at <= j->event->at
            || !sim_judge_same_tuple(row, &j->local, &j->remote))
            continue;
        heard->record = w->rows[i];
        heard->record_stands = true;
    }
}

static void hear_of_nobody(struct sim_judge *j)
{
    uint32_t voice;

    if (j->event->ghost->voice != SIM_VOICE_NONE || j->segment->text.len == 0)
        return;
    voice = sim_judge_newest(j, &j->local, &j->remote);
    if (voice != SIM_VOICE_NONE)
        j->notes[voice].forged = true;
}

static void learn_arrived(struct sim_judge *j)
{
    struct sim_heard *heard = &j->host->heard;
    const struct tcp_segment *seg = j->segment;
    const bool opens = seg != NULL && (seg->flags & 63u & ~(unsigned)TCP_PSH) == TCP_SYN;

    heard->any = seg != NULL;
    heard->icmp = heard->record_stands = heard->must_answer = false;
    heard->answered = heard->fin_acked = heard->opened = false;
    heard->asks = SIM_VOICE_NONE;
    heard->ghost = *j->event->ghost;
    heard->local = j->local;
    heard->remote = j->remote;
    if (seg == NULL) {
        j->fooled |= fools(j->event);
        hear_icmp(j);
        return;
    }
    heard->segment = *seg;
    heard->segment.text.data = NULL;
    hear_record(j);
    hear_of_nobody(j);
    heard->asks = who_promised(j);
    heard->must_answer = opens && j->event->at >= j->host->quiet_until && has_room(j);
    if (heard->ghost.voice < j->noted)
        learn_heard_stamp(&j->notes[heard->ghost.voice], seg);
}

/* --- learning from what is said and done ------------------------------------------------- */

/* What begins before the wait would have been over may meet old segments; what begins later may
 * not, as if there had been a record. */
static void give_up(struct sim_judge *j, uint32_t voice, lull_time until)
{
    struct sim_note *note = &j->notes[voice];

    until = note->promised > until ? note->promised : until;
    note->promised = 0;
    note->void_until = until > note->void_until ? until : note->void_until;
}

static void learn_state(struct sim_judge *j)
{
    const struct lull_trace_record *t = j->event->trace;
    struct sim_watch *w = j->host;
    const bool reset = w->heard.any && (w->heard.segment.flags & TCP_RST);

    if (t->arg[0] == SIM_CLOSED && t->conn_id < w->conn_count)
        w->conn_voices[t->conn_id] = SIM_VOICE_NONE;
    if (j->voice >= j->noted || t->arg[0] == SIM_CLOSED)
        return;
    struct sim_note *note = &j->notes[j->voice];
    note->established |= t->arg[1] == SIM_ESTABLISHED;
    note->closed_first |= t->arg[1] == SIM_FIN_WAIT_1;
    if (t->arg[1] == SIM_TIME_WAIT)
        w->waiting = j->voice;
    if (t->arg[1] == SIM_CLOSED && (t->arg[0] != SIM_LAST_ACK || reset))
        note->broken = true;
    if (t->arg[1] == SIM_CLOSED && w->heard.any && w->heard.ghost.voice == SIM_VOICE_NONE)
        give_up(j, j->voice, j->event->at + sim_judge_two_msl(j));
}

static void learn_traced(struct sim_judge *j)
{
    const struct lull_trace_record *t = j->event->trace;

    if (t->event == LULL_TRACE_tcp_state)
        learn_state(j);
    else if (t->event == LULL_TRACE_tcp_send)
        j->host->sending = t->conn_id;
}

static bool is_call(const struct sim_call *call, const char *name)
{
    return strlen(call->name) == strlen(name) && memcmp(call->name, name, strlen(name)) == 0;
}

static bool same_socket(lull_socket a, lull_socket b)
{
    return a.index == b.index && a.generation == b.generation;
}

static void let_go(struct sim_watch *w, lull_socket socket)
{
    for (uint32_t i = 0; i < w->socket_count; i++)
        if (same_socket(w->sockets[i].socket, socket)) {
            w->sockets[i] = w->sockets[--w->socket_count];
            return;
        }
}

struct sim_held sim_judge_learn_holder(const struct sim_judge *j, const struct sim_call *call)
{
    struct lull_stack *stack = j->world->nodes[j->node].stack;
    struct sim_held held = {.socket = call->socket, .local = call->local};

    (void)lull_socket_get_option(stack, held.socket, LULL_OPTION_REUSE_ADDRESS,
                                 &held.reuse_address);
    (void)lull_socket_get_option(stack, held.socket, LULL_OPTION_REUSE_PORT, &held.reuse_port);
    (void)lull_socket_get_option(stack, held.socket, LULL_OPTION_OWNER, &held.owner);
    return held;
}

static void hold(struct sim_judge *j, const struct sim_call *call)
{
    struct sim_watch *w = j->host;

    let_go(w, call->socket);
    if (w->socket_count == SIM_JUDGE_SOCKETS_MAX) {
        UNJUDGED(j, SOCKETS);
        w->sockets_forgotten = true;
        return;
    }
    w->sockets[w->socket_count] = sim_judge_learn_holder(j, call);
    w->sockets[w->socket_count++].listens = is_call(call, "listen");
}

static void mark_connected(struct sim_watch *w, lull_socket socket)
{
    for (uint32_t i = 0; i < w->socket_count; i++)
        w->sockets[i].connected |= same_socket(w->sockets[i].socket, socket);
}

static void learn_orphan(struct sim_judge *j)
{
    struct sim_watch *w = j->host;

    if (j->voice >= j->noted)
        return;
    for (uint32_t i = 0; w->seen && i < w->count; i++) {
        const struct lull_row *row = &w->rows[i].row;
        if (row->kind != LULL_ROW_CONNECTION || w->rows[i].voice != j->voice
            || sim_judge_is_embryo(row))
            continue;
        j->notes[j->voice].orphan = true;
        j->notes[j->voice].edge = seq_at(row->rcv_nxt);
    }
}

static void learn_called(struct sim_judge *j)
{
    const struct sim_call *call = j->event->call;
    const bool ends = is_call(call, "close") || is_call(call, "abort");

    if ((is_call(call, "send") || is_call(call, "receive")) && call->error != LULL_OK
        && call->error != LULL_EAGAIN && j->voice < j->noted)
        j->notes[j->voice].failed = true;
    if ((is_call(call, "bind") || is_call(call, "listen")) && call->error == LULL_OK)
        hold(j, call);
    if (ends)
        let_go(j->host, call->socket);
    if (is_call(call, "connect") && call->error == LULL_EINPROGRESS)
        mark_connected(j->host, call->socket);
    if (ends && call->error == LULL_OK)
        learn_orphan(j);
}

/* Of a record that is gone: it was given up, and counted. */
static bool made_room(const struct sim_watch *w, const struct sim_seen *was)
{
    switch (was->row.kind) {
    case LULL_ROW_TIME_WAIT: return sim_judge_grew(w, SIM_TALLY_TWEvicted) > 0;
    case LULL_ROW_FIN_WAIT_2: return sim_judge_grew(w, SIM_TALLY_FW2Evicted) > 0;
    case LULL_ROW_HOLD: return sim_judge_grew(w, SIM_TALLY_HoldEvicted) > 0;
    case LULL_ROW_CONNECTION:
    case LULL_ROW_LISTENER: break;
    }
    return false;
}

/* Promises that were given up and counted are void: RL-01, RL-02, D-16; and those that a solicited
 * reset has shortened are short: SA-02. */
static void learn_void(struct sim_judge *j)
{
    struct sim_watch *w = j->host;

    if (w->waiting < j->noted
        && sim_judge_grew(w, SIM_TALLY_TCPTimeWaitOverflow)
                   + sim_judge_grew(w, SIM_TALLY_TWLocalSkipped)
               > 0)
        give_up(j, w->waiting, j->event->at + sim_judge_two_msl(j));
    w->waiting = SIM_VOICE_NONE;
    for (uint32_t i = 0; w->looked_twice && i < w->was_count; i++) {
        const struct sim_seen *was = &w->was[i];
        if (was->voice >= j->noted)
            continue;
        const struct sim_seen *is = sim_judge_among(w->rows, w->count, was, SIM_JUDGE_RECORD);
        if (is == NULL && made_room(w, was))
            give_up(j, was->voice, was->row.timer_at);
        else if (is != NULL && sim_judge_grew(w, SIM_TALLY_TWSolicitedResets) > 0
                 && is->row.timer_at < was->row.timer_at)
            j->notes[was->voice].promised = is->row.timer_at;
    }
}

/* A SYN that a record refused is remembered until one succeeds. */
static void learn_settled(struct sim_judge *j)
{
    struct sim_watch *w = j->host;
    struct sim_heard *heard = &w->heard;

    learn_void(j);
    if (heard->any && heard->record_stands && (heard->segment.flags & TCP_SYN)
        && sim_judge_grew(w, SIM_TALLY_TWSynRejected) + sim_judge_grew(w, SIM_TALLY_HoldRejected)
               > 0) {
        const struct sim_due due = {.local = heard->local, .remote = heard->remote};
        sim_judge_remember(&w->rejected, &due);
    }
    struct sim_due *due = sim_judge_recall(&w->rejected, &heard->local, &heard->remote);
    if (heard->any && heard->opened && due != NULL)
        sim_judge_forget(&w->rejected, due);
    heard->any = heard->icmp = false;
    heard->asks = SIM_VOICE_NONE;
}

void sim_judge_learn(struct sim_judge *j)
{
    switch (j->event->kind) {
    case SIM_SENT: learn_sent(j); break;
    case SIM_ARRIVES: learn_arrived(j); break;
    case SIM_TRACED: learn_traced(j); break;
    case SIM_CALLED: learn_called(j); break;
    case SIM_SETTLED: learn_settled(j); break;
    default: break;
    }
}
