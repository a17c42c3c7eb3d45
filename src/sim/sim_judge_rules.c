/* sim_judge_rules.c - what rules.md says, read a second time.
 *
 * The stack has its own reading; these are written from the sentences of the groups alone, and know
 * nothing of how it came to its answers. */
#include "sim/sim_judge_rules.h"

#include "base/address.h"
#include "sim/sim_octets.h"
#include "sim/sim_packet.h"

/* --- writers and incarnations ------------------------------------------------------------- */

/* Of whom are these octets?  Those who spoke towards the reader are asked, each at the place where
 * his sequence numbers put it, which is how an old segment is taken for a new one. */
uint32_t sim_judge_rules_writer(const struct sim_judge *j, const struct sim_call *call, size_t fits,
                                uint64_t *place)
{
    const struct sim_voice *reader = sim_judge_voice(j, j->voice);
    const uint8_t *data = call->data + fits;
    const size_t count = call->bytes - fits, enough = count < 8 ? count : 8;
    const seq32 at =
        seq_add(sim_judge_voice(j, reader->peer)->iss, (uint32_t)(call->offset + fits) + 1);

    for (uint32_t i = j->noted; i-- > 0;) {
        const struct sim_voice *v = sim_judge_voice(j, i);
        if (!sim_packet_same_name(&v->local, &call->remote)
            || !sim_packet_same_name(&v->remote, &call->local))
            continue;
        *place = (uint64_t)seq_span(v->iss, at) - 1;
        if (sim_octets_match(data, count, i, *place) >= enough)
            return i;
    }
    return SIM_VOICE_NONE;
}

/* The record of one of both ends would still stand. */
static bool was_void(const struct sim_judge *j, uint32_t voice, lull_time began)
{
    return voice < j->noted && began < j->notes[voice].void_until;
}

bool sim_judge_rules_is_given_up(struct sim_judge *j, uint32_t voice, const struct sim_voice *later)
{
    if (voice >= j->noted)
        return false;
    const bool is = was_void(j, voice, later->began)
                    || was_void(j, sim_judge_voice(j, voice)->peer, later->began);
    if (is)
        UNJUDGED(j, EVICTED);
    return is;
}

static bool is_of_tuple(const struct sim_voice *a, const struct sim_voice *b)
{
    return (sim_packet_same_name(&a->local, &b->local)
            && sim_packet_same_name(&a->remote, &b->remote))
           || (sim_packet_same_name(&a->local, &b->remote)
               && sim_packet_same_name(&a->remote, &b->local));
}

bool sim_judge_rules_is_reached(struct sim_judge *j, const struct sim_voice *v)
{
    for (uint32_t i = 0; i < j->noted; i++)
        if (was_void(j, i, v->began) && is_of_tuple(sim_judge_voice(j, i), v)) {
            UNJUDGED(j, EVICTED);
            return true;
        }
    return false;
}

/* A SYN that a forger made up, with numbers of the peer that is there, begins an incarnation that
 * is none: what its embryo acknowledges is what that peer has sent. */
static bool is_nobodys(struct sim_judge *j, const struct sim_heard *h)
{
    const bool forged = j->notes[j->voice].begun_by_forger
                        || (h->ghost.voice < j->noted && j->notes[h->ghost.voice].begun_by_forger);
    if (forged)
        UNJUDGED(j, FORGED);
    return forged;
}

bool sim_judge_rules_is_foreign(struct sim_judge *j, const struct sim_heard *h,
                                const struct sim_voice *v)
{
    return h->ghost.incarnation != 0 && h->ghost.incarnation != v->incarnation
           && !sim_judge_rules_is_given_up(j, h->ghost.voice, v) && !is_nobodys(j, h);
}

/* A reset is exempt from PAWS, so it is looked at only where no incarnation began beside a record:
 * the scope notes of rules.md section 8. */
bool sim_judge_rules_resets_count(const struct sim_judge *j)
{
    const struct sim_note *peer = sim_judge_peer(j, j->voice);
    return !j->notes[j->voice].early && (peer == NULL || !peer->early);
}

/* What ends an attempt lawfully, whichever incarnation says it: an ACK that shows the peer
 * half-open (IR-17); and a reset from whom an embryo took for its peer, having answered his old
 * SYN. */
bool sim_judge_rules_ends_lawfully(const struct sim_judge *j, const struct sim_heard *h)
{
    const struct lull_trace_record *t = j->event->trace;
    const struct sim_voice *v = sim_judge_speaker(j);

    if (t->arg[1] != SIM_CLOSED)
        return false;
    if (t->arg[0] == SIM_SYN_SENT)
        return HAS(&h->segment, TCP_ACK) && !HAS(&h->segment, TCP_RST)
               && seq_diff(h->segment.ack, seq_add(v->iss, 1)) != 0;
    if (t->arg[0] == SIM_SYN_RECEIVED && v->peer >= j->noted)
        return true; /* it answers a SYN that nobody sent but a forger */
    return t->arg[0] == SIM_SYN_RECEIVED
           && sim_judge_voice(j, v->peer)->incarnation == h->ghost.incarnation;
}

/* PAWS comes before the FIN (SA-06 before SA-08): one that the network has held while a later one
 * passed it may wait for the limit of RL-06.  And a knob may limit all of them. */
bool sim_judge_rules_may_be_silent(struct sim_judge *j)
{
    const struct sim_heard *h = &j->host->heard;
    const struct sim_note *from = &j->notes[h->ghost.voice];

    return (from->heard_stamped
            && sim_judge_is_later(from->heard_stamp, h->segment.options.ts_value))
           || KNOB(j, tw_dupfin_min_ms) > 0 || GREW(j, ReplyDrops) > 0;
}

/* Both SYNs had timestamps, so every segment has one but a reset: RFC 7323 section 3.2. */
bool sim_judge_rules_is_stamped(const struct sim_judge *j)
{
    const struct sim_note *note = &j->notes[j->voice], *peer = sim_judge_peer(j, j->voice);
    return note->offers && peer != NULL && peer->offers && !note->begun_by_forger
           && !HAS(j->segment, TCP_SYN);
}

/* A reset ends nothing unless it has the very number that is expected: RFC 5961 section 3.2, and
 * CH-16 for what is left of an orphan.  The tables are as they were before it came. */
bool sim_judge_rules_is_guess(const struct sim_judge *j, const struct sim_seen **row)
{
    const struct lull_trace_record *t = j->event->trace;
    const struct sim_heard *h = &j->host->heard;
    const struct sim_seen like = {.row = {.local = h->local, .remote = h->remote}};
    const bool record = t->event == LULL_TRACE_tw_leave;

    if (!h->any || !HAS(&h->segment, TCP_RST) || !j->host->seen
        || (!record && t->event != LULL_TRACE_tcp_state)
        || (record ? t->arg[1] != LULL_END_KILLED
                   : t->arg[0] < SIM_SYN_RECEIVED || t->arg[1] != SIM_CLOSED))
        return false;
    *row = sim_judge_among(j->host->rows, j->host->count, &like,
                           record ? SIM_JUDGE_RECORD : SIM_JUDGE_CONN);
    return *row != NULL && h->segment.seq.raw != (*row)->row.rcv_nxt;
}

/* --- records ------------------------------------------------------------------------------ */

/* The handshake that replaced a record of @voice is complete. */
bool sim_judge_rules_was_replaced(const struct sim_judge *j, uint32_t voice)
{
    const uint32_t newest = sim_judge_newest(j, &j->local, &j->remote);
    return newest != SIM_VOICE_NONE && newest != voice && j->notes[newest].established;
}

bool sim_judge_rules_is_missing(const struct sim_judge *j, const struct sim_due *due)
{
    const struct sim_watch *w = j->host;
    const struct sim_seen like = {.row = {.local = due->local, .remote = due->remote}};

    return !sim_judge_rules_was_replaced(j, SIM_VOICE_NONE) && due->at > j->event->at
           && sim_judge_among(w->rows, w->count, &like, SIM_JUDGE_RECORD) == NULL;
}

lull_time sim_judge_rules_promise(const struct sim_judge *j, const struct sim_seen *was)
{
    const lull_time promised = was->voice < j->noted ? j->notes[was->voice].promised : 0;
    return promised > was->row.timer_at ? promised : was->row.timer_at;
}

bool sim_judge_rules_is_due(const struct sim_judge *j, const struct sim_seen *was)
{
    return sim_judge_rules_promise(j, was) <= j->event->at;
}

/* Nobody has to make room in a table that has some.  RL-01 */
static bool is_full(const struct sim_judge *j)
{
    const struct sim_watch *w = j->host;
    const int64_t room = j->world->nodes[j->node].config.records_max, most = KNOB(j, tw_max);
    const int64_t limit = most < room ? most : room;

    return w->usage.records >= limit || w->records_were >= limit;
}

struct sim_excuses sim_judge_rules_excuses(const struct sim_judge *j)
{
    return (struct sim_excuses){is_full(j) ? GREW(j, TWEvicted) : 0, GREW(j, TWKilled),
                                GREW(j, TWAborted)};
}

static bool spend(uint64_t *excuses)
{
    if (*excuses == 0)
        return false;
    (*excuses)--;
    return true;
}

bool sim_judge_rules_excuse(struct sim_judge *j, const struct sim_seen *was, struct sim_excuses *e)
{
    if (sim_judge_rules_was_replaced(j, was->voice) || spend(&e->evicted))
        return true;
    if (sim_judge_listener_knob(j, &was->row.local, LULL_KNOB_tw_rst) == LULL_TW_RST_RFC9293
        && spend(&e->killed))
        return true;
    return KNOB(j, tw_abort_deletes) != 0 && spend(&e->aborted);
}

bool sim_judge_rules_may_stand_beside(const struct lull_row *a, const struct lull_row *b)
{
    const struct lull_row *conn = a->kind == LULL_ROW_CONNECTION ? a : b;
    const struct lull_row *record = conn == a ? b : a;

    return sim_judge_is_embryo(conn)
           && (record->kind == LULL_ROW_TIME_WAIT || record->kind == LULL_ROW_HOLD);
}

/* The greatest number of the incarnation that a record remembers. */
seq32 sim_judge_rules_greatest(const struct sim_judge *j, const struct sim_seen *record)
{
    return record->voice < j->noted ? sim_judge_voice(j, record->voice)->nxt
                                    : seq_at(record->row.snd_nxt);
}

/* Silence changes nothing, but for what the user turned, or a solicited reset has shortened. */
bool sim_judge_rules_may_change(const struct sim_judge *j, const struct sim_seen *was, lull_time to)
{
    const struct sim_watch *w = j->host;

    if (to < was->row.timer_at)
        return GREW(j, TWSolicitedResets) > 0
               && sim_judge_listener_knob(j, &was->row.local, LULL_KNOB_tw_rst)
                      == LULL_TW_RST_SOLICITED;
    return was->spoke || w->turned || KNOB(j, tw_restart_on) == LULL_TW_RESTART_FIN;
}

struct sim_balance sim_judge_rules_balance(const struct sim_watch *w, unsigned kind)
{
    const uint64_t *t = w->tally;
    struct sim_balance b = {0};

    if (kind == LULL_ROW_TIME_WAIT) {
        b.entered = t[SIM_TALLY_TW];
        b.left = t[SIM_TALLY_TWExpired] + t[SIM_TALLY_TWRecycled] + t[SIM_TALLY_TWRecycledActive]
                 + t[SIM_TALLY_TWEvicted] + t[SIM_TALLY_TWKilled] + t[SIM_TALLY_TWAborted];
    } else if (kind == LULL_ROW_FIN_WAIT_2) {
        b.entered = t[SIM_TALLY_FW2Entered];
        b.left = t[SIM_TALLY_FW2Expired] + t[SIM_TALLY_FW2TimeWait] + t[SIM_TALLY_FW2Killed]
                 + t[SIM_TALLY_FW2Evicted];
    } else {
        b.entered = t[SIM_TALLY_HoldEntered];
        b.left = t[SIM_TALLY_HoldExpired] + t[SIM_TALLY_HoldRecycled] + t[SIM_TALLY_HoldEvicted];
    }
    for (uint32_t i = 0; i < w->count; i++)
        b.standing += w->rows[i].row.kind == kind;
    return b;
}

/* --- group IR ----------------------------------------------------------------------------- */

/* What begins with the segment at hand answers a SYN beside the record that stood.  A record of
 * what strangers sent keeps only connect() away (docs/decisions/0012). */
bool sim_judge_rules_replaces(const struct sim_judge *j, const struct sim_heard *h)
{
    return j->begins && h->record_stands && HAS(j->segment, TCP_SYN | TCP_ACK)
           && (h->segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN
           && h->record.row.cause != LULL_CAUSE_STRANGER;
}

/* What the record expects, or what the peer has said when that is more. */
static seq32 expected(const struct sim_judge *j, const struct sim_seen *r)
{
    const uint32_t peer = r->voice < j->noted ? sim_judge_voice(j, r->voice)->peer : SIM_VOICE_NONE;
    const seq32 own = seq_at(r->row.rcv_nxt);

    if (peer >= j->noted || seq_diff(sim_judge_voice(j, peer)->nxt, own) <= 0)
        return own;
    return sim_judge_voice(j, peer)->nxt;
}

/* Group IR, read again: may this SYN open a new incarnation beside this record?  TS.Recent is not
 * shown; it is at least the TSval of the FIN, by which most wrong answers are found.
 * rules.md 4.3, RFC 6191 section 2. */
bool sim_judge_rules_may_replace(struct sim_judge *j, const struct sim_heard *h)
{
    const struct sim_seen *r = &h->record;
    const struct sim_note *peer = r->voice < j->noted ? sim_judge_peer(j, r->voice) : NULL;
    const bool newer = seq_diff(h->segment.seq, expected(j, r)) >= 0;
    const int64_t policy = sim_judge_listener_knob(j, &j->local, LULL_KNOB_tw_syn_policy);
    const bool stamped = (h->segment.options.present & TCP_OPTION_TIMESTAMPS) != 0
                         && (j->segment->options.present & TCP_OPTION_TIMESTAMPS) != 0;
    const bool old_stamped = r->voice < j->noted && sim_judge_voice(j, r->voice)->stamped
                             && peer != NULL && peer->heard_stamped;

    if (r->row.kind == LULL_ROW_FIN_WAIT_2 || policy == LULL_TW_SYN_NEVER)
        return false;
    if (policy == LULL_TW_SYN_SEQ_ONLY)
        return newer;
    if (old_stamped && stamped) {
        const bool known = peer->fin_stamped && r->row.kind == LULL_ROW_TIME_WAIT;
        const uint32_t stamp = h->segment.options.ts_value;
        return !known || sim_judge_is_later(stamp, peer->fin_stamp)
               || (stamp == peer->fin_stamp && newer);
    }
    if (stamped && !old_stamped && policy == LULL_TW_SYN_RFC6191)
        return newer || KNOB(j, ts_tolerate_missing) == 0;
    return newer;
}

/* --- group BL ----------------------------------------------------------------------------- */

bool sim_judge_rules_same_socket(lull_socket a, lull_socket b)
{
    return a.index == b.index && a.generation == b.generation;
}

/* BL-04 and D-12: a connected socket stands in the way of whoever does not say SO_REUSEADDR. */
static bool may_pass_connected(const struct sim_judge *j, const struct sim_held *newer,
                               const struct sim_held *older)
{
    const int64_t over = KNOB(j, bind_over_connected);
    return newer->reuse_address && (over == 1 || (over == 2 && older->reuse_address));
}

/* Group BL, read again: may @newer, that asks, be there beside @older?  BL-04 to BL-12. */
bool sim_judge_rules_may_double(const struct sim_judge *j, const struct sim_held *newer,
                                const struct sim_held *older)
{
    const bool one_is_wild = !address_equal(&newer->local.address, &older->local.address);

    if (!sim_judge_overlap(&newer->local, &older->local))
        return true;
    if (newer->reuse_port && older->reuse_port && newer->owner == older->owner)
        return true; /* BL-10; BL-12 asks for the owner */
    if (older->connected)
        return may_pass_connected(j, newer, older);
    if (one_is_wild && newer->reuse_address && newer->owner == older->owner
        && KNOB(j, bind_specific_over_wildcard) != 0)
        return true; /* D-14 */
    return newer->reuse_address && older->reuse_address && !older->listens
           && KNOB(j, bind_relaxed_double) != 0; /* D-13 */
}

static const struct sim_held *listener(const struct sim_judge *j, const struct lull_name *local,
                                       unsigned nth)
{
    for (uint32_t i = 0; i < j->host->socket_count; i++) {
        const struct sim_held *s = &j->host->sockets[i];
        if (s->listens && sim_packet_same_name(&s->local, local) && nth-- == 0)
            return s;
    }
    return NULL;
}

/* Of several of one name the first two tell: all have the same rights. */
bool sim_judge_rules_exclude(const struct sim_judge *j, const struct lull_row *a,
                             const struct lull_row *b)
{
    const bool same = sim_packet_same_name(&a->local, &b->local);
    const struct sim_held *one = listener(j, &a->local, 0);
    const struct sim_held *other = listener(j, &b->local, same ? 1 : 0);

    return one != NULL && other != NULL && !sim_judge_rules_may_double(j, one, other)
           && !sim_judge_rules_may_double(j, other, one);
}

/* A connection or a record can stand in the way of whoever does not say SO_REUSEADDR, and under
 * three knobs of others. */
static bool pairs_matter(struct sim_judge *j, int64_t reuse_address)
{
    return !reuse_address || KNOB(j, bind_over_connected) != 1 || KNOB(j, bind_tw_require_both);
}

bool sim_judge_rules_is_in_the_way(struct sim_judge *j, const struct sim_held *asks)
{
    const struct sim_watch *w = j->host;

    for (uint32_t i = 0; i < w->socket_count; i++)
        if (!sim_judge_rules_same_socket(w->sockets[i].socket, asks->socket)
            && !sim_judge_rules_may_double(j, asks, &w->sockets[i]))
            return true;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct lull_row *row = &w->rows[i].row;
        const bool pair = row->kind != LULL_ROW_LISTENER && row->kind != LULL_ROW_HOLD;
        if (pair && sim_judge_overlap(&row->local, &asks->local)
            && pairs_matter(j, asks->reuse_address))
            return true;
    }
    return w->sockets_forgotten || !w->seen;
}

/* --- the rest ----------------------------------------------------------------------------- */

/* RFC 1122 section 4.2.3.9: protocol, port and fragmentation are the hard ones. */
bool sim_judge_rules_is_hard(const struct sim_heard *h)
{
    return h->icmp_type == 3 && h->icmp_code >= 2 && h->icmp_code <= 4;
}

bool sim_judge_rules_was_dropped(const struct sim_judge *j)
{
    return GREW(j, ListenDrops) + GREW(j, ListenOverflows) + GREW(j, TCPAbortOnMemory)
                   + GREW(j, ReplyDrops) + GREW(j, TcpInErrs) + GREW(j, TcpInCsumErrors)
               > 0
           || GREW(j, TcpInSegs) == 0;
}

/* A SYN that nothing stood against, and that was not dropped in a counted way; what is said is
 * about its tuple. */
const struct sim_heard *sim_judge_rules_welcome(struct sim_judge *j)
{
    const struct sim_heard *h = &j->host->heard;

    if (!h->any || !h->must_answer || sim_judge_rules_was_dropped(j))
        return NULL;
    j->local = h->local;
    j->remote = h->remote;
    return h;
}

/* RFC 9293 section 3.10.7.1: of what was heard; or what the connection sends next. */
bool sim_judge_rules_reset_fits(const struct sim_judge *j)
{
    const struct sim_heard *h = sim_judge_heard(j);
    const struct sim_voice *v = sim_judge_speaker(j);

    if (v != NULL && seq_eq(j->segment->seq, v->nxt))
        return true;
    if (h == NULL)
        return false;
    if (HAS(&h->segment, TCP_ACK))
        return seq_eq(j->segment->seq, h->segment.ack);
    return HAS(j->segment, TCP_ACK) && j->segment->seq.raw == 0
           && seq_eq(j->segment->ack, seq_add(h->segment.seq, h->segment.len));
}

/* A forger's incarnation may count what its peer, who is of another, has not said yet. */
bool sim_judge_rules_is_past(struct sim_judge *j, const struct sim_note *peer)
{
    return peer->fin && HAS(j->segment, TCP_ACK) && seq_diff(j->segment->ack, peer->fin_end) > 0
           && !j->notes[j->voice].begun_by_forger
           && !sim_judge_rules_is_reached(j, sim_judge_voice(j, j->voice));
}

/* The users of a connection have closed it, at every end that has one and a host that runs. */
bool sim_judge_rules_both_closed(const struct sim_judge *j, uint32_t voice)
{
    const struct sim_world *w = j->world;
    bool own = false, other = true;

    for (uint32_t i = 0; voice < j->noted && i < w->stream_count; i++) {
        const struct sim_stream *s = &w->streams[i];
        const bool lives = w->nodes[s->host].life == s->life && w->nodes[s->host].stack != NULL;
        if (s->voice == voice)
            own = s->finished;
        else if (s->voice == sim_judge_voice(j, voice)->peer && s->voice != SIM_VOICE_NONE && lives)
            other = s->finished;
    }
    return own && other;
}

/* A record, or a connection that nobody uses. */
bool sim_judge_rules_is_left(const struct sim_judge *j, const struct sim_seen *seen)
{
    return sim_judge_is_record(&seen->row)
           || (seen->row.kind == LULL_ROW_CONNECTION
               && sim_judge_rules_both_closed(j, seen->voice));
}

const struct sim_due *sim_judge_rules_held(struct sim_judge *j)
{
    if (!j->begins || (j->segment->flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
        return NULL;
    return sim_judge_recall(&j->host->resets, &j->local, &j->remote);
}

/* What ended records early since then may have ended this HOLD, and is counted; and an attempt that
 * tw.reuse_active allows is judged by other invariants. */
bool sim_judge_rules_is_let_go(const struct sim_judge *j, const struct sim_due *due)
{
    uint64_t tally[SIM_TALLY_COUNT];

    sim_judge_count(j, tally);
    return j->event->at >= due->at || sim_judge_early_ends(tally) != due->early_ends
           || KNOB(j, tw_reuse_active) == LULL_TW_REUSE_ANY;
}
