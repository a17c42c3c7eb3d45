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

bool sim_judge_rules_is_given_up(const struct sim_judge *j, uint32_t voice)
{
    if (voice >= j->noted)
        return false;
    const uint32_t peer = sim_judge_voice(j, voice)->peer;
    return j->notes[voice].given_up || (peer < j->noted && j->notes[peer].given_up);
}

static bool is_of_tuple(const struct sim_voice *a, const struct sim_voice *b)
{
    return (sim_packet_same_name(&a->local, &b->local)
            && sim_packet_same_name(&a->remote, &b->remote))
           || (sim_packet_same_name(&a->local, &b->remote)
               && sim_packet_same_name(&a->remote, &b->local));
}

bool sim_judge_rules_is_reached(const struct sim_judge *j, const struct sim_voice *v)
{
    for (uint32_t i = 0; i < j->noted; i++)
        if (j->notes[i].given_up && is_of_tuple(sim_judge_voice(j, i), v))
            return true;
    return false;
}

bool sim_judge_rules_is_foreign(const struct sim_judge *j, const struct sim_heard *h,
                                const struct sim_voice *v)
{
    return h->ghost.incarnation != 0 && h->ghost.incarnation != v->incarnation
           && !sim_judge_rules_is_given_up(j, h->ghost.voice);
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

/* --- records ------------------------------------------------------------------------------ */

/* The handshake that replaced a record of @voice is complete. */
bool sim_judge_rules_was_replaced(const struct sim_judge *j, uint32_t voice)
{
    const uint32_t newest = sim_judge_newest(j, &j->local, &j->remote);
    return newest != SIM_VOICE_NONE && newest != voice && j->notes[newest].established;
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

struct sim_excuses sim_judge_rules_excuses(const struct sim_judge *j)
{
    return (struct sim_excuses){GREW(j, TWEvicted), GREW(j, TWKilled), GREW(j, TWAborted)};
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

/* Group IR, read again: may this SYN open a new incarnation beside this record?  TS.Recent is not
 * shown; it is at least the TSval of the FIN, by which most wrong answers are found.
 * rules.md 4.3, RFC 6191 section 2. */
bool sim_judge_rules_may_replace(struct sim_judge *j, const struct sim_heard *h)
{
    const struct sim_seen *r = &h->record;
    const struct sim_note *peer = r->voice < j->noted ? sim_judge_peer(j, r->voice) : NULL;
    const bool newer = seq_diff(h->segment.seq, seq_at(r->row.rcv_nxt)) >= 0;
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
