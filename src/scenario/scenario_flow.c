#include "scenario/scenario_flow.h"

#include "scenario/scenario_report.h"
#include "scenario/scenario_tcp_option.h"

struct scenario_flow *scenario_flow_current(struct scenario_world *w)
{
    return w->flow_count == 0 ? NULL : &w->flows[w->current];
}

const struct scenario_flow *scenario_flow_previous(const struct scenario_world *w)
{
    const struct scenario_flow *f = &w->flows[w->current];

    for (uint32_t i = w->flow_count == 0 ? 0 : w->current; i > 0; i--)
        if (w->flows[i - 1].local_port == f->local_port
            && w->flows[i - 1].remote_port == f->remote_port)
            return &w->flows[i - 1];
    return NULL;
}

static struct scenario_flow *open_flow(struct scenario_world *w, uint16_t local, uint16_t remote)
{
    if (w->flow_count == SCENARIO_FLOWS_MAX) {
        text_string(scenario_report_fail(w), "the script has too many incarnations");
        return NULL;
    }
    w->current = w->flow_count++;
    struct scenario_flow *f = &w->flows[w->current];
    *f = (struct scenario_flow){.local_port = local, .remote_port = remote};
    return f;
}

/* The newest incarnation of a tuple, which becomes the current one unless that has the tuple
 * already: an older incarnation stays current once the script has asked for it. */
static struct scenario_flow *find_flow(struct scenario_world *w, uint16_t local, uint16_t remote)
{
    struct scenario_flow *f = scenario_flow_current(w);

    if (f != NULL && f->local_port == local && f->remote_port == remote)
        return f;
    for (uint32_t i = w->flow_count; i > 0; i--) {
        if (w->flows[i - 1].local_port == local && w->flows[i - 1].remote_port == remote) {
            w->current = i - 1;
            return &w->flows[i - 1];
        }
    }
    return NULL;
}

static struct scenario_flow *find_or_open(struct scenario_world *w, uint16_t local, uint16_t remote)
{
    struct scenario_flow *f = find_flow(w, local, remote);
    return f != NULL ? f : open_flow(w, local, remote);
}

struct scenario_flow *scenario_flow_inbound(struct scenario_world *w,
                                            const struct scenario_packet *packet)
{
    struct scenario_flow *f = scenario_flow_current(w);

    if (packet->source_port != 0 || packet->destination_port != 0)
        f = find_or_open(w, packet->destination_port, packet->source_port);
    else if (f == NULL)
        f = open_flow(w, SCENARIO_PORT, SCENARIO_REMOTE_PORT);
    if (f == NULL || packet->protocol != SCENARIO_TCP || !(packet->flags & TCP_SYN))
        return f;
    w->offered_seq = packet->seq;
    const bool answers = packet->flags & TCP_ACK;
    if (!f->knows_remote || (!f->remote_settled && (answers || !f->knows_local))) {
        f->knows_remote = true;
        f->remote_isn = packet->seq;
    }
    return f;
}

/* The incarnation of @of's tuple that began with @isn: it is a SYN that is sent again. */
static struct scenario_flow *find_isn(struct scenario_world *w, const struct scenario_flow *of,
                                      uint32_t isn)
{
    for (uint32_t i = w->flow_count; i > 0; i--) {
        struct scenario_flow *f = &w->flows[i - 1];
        if (f->local_port == of->local_port && f->remote_port == of->remote_port && f->knows_local
            && f->local_isn == isn)
            return f;
    }
    return NULL;
}

/* A SYN or SYN-ACK of ours says where our numbers begin. */
static struct scenario_flow *learn_isn(struct scenario_world *w, struct scenario_flow *f,
                                       const struct scenario_packet *expected,
                                       const struct scenario_packet *sent)
{
    struct scenario_flow *known = find_isn(w, f, sent->seq);

    if (known != NULL)
        f = known;
    else if (f->knows_local) {
        f = open_flow(w, f->local_port, f->remote_port);
        if (f == NULL)
            return NULL;
        f->knows_remote = sent->flags & TCP_ACK;
        f->remote_isn = w->offered_seq;
    }
    f->knows_local = true;
    f->local_isn = sent->seq;
    f->script_isn = expected->seq;
    return f;
}

static void note_stamp(struct scenario_flow *f, struct scenario_packet sent)
{
    const uint8_t *option = scenario_tcp_option_find(&sent, SCENARIO_OPTION_TIMESTAMPS);

    if (option == NULL)
        return;
    f->last_stamp = load_be32(option + 2);
    if (!f->stamped)
        f->first_stamp = f->last_stamp;
    f->stamped = true;
}

struct scenario_flow *scenario_flow_outbound(struct scenario_world *w,
                                             const struct scenario_packet *expected,
                                             const struct scenario_packet *sent)
{
    struct scenario_flow *f = scenario_flow_current(w);
    const bool syn = expected->flags & sent->flags & TCP_SYN;

    if (expected->source_port != 0 || expected->destination_port != 0)
        f = find_or_open(w, expected->source_port, expected->destination_port);
    else if (f == NULL || (syn && !(sent->flags & TCP_ACK)))
        f = find_or_open(w, sent->source_port, sent->destination_port);
    if (f != NULL && syn)
        f = learn_isn(w, f, expected, sent);
    if (f != NULL && sent->flags & TCP_ACK)
        f->remote_settled = true;
    if (f != NULL)
        note_stamp(f, *sent);
    return f;
}

/* @base is added to every edge of the blocks. */
static void move_sack(struct scenario_packet *packet, uint32_t base)
{
    uint8_t *option = scenario_tcp_option_find(packet, SCENARIO_OPTION_SACK);

    if (option == NULL)
        return;
    for (unsigned at = 2; at + 4 <= option[1]; at += 4)
        store_be32(option + at, load_be32(option + at) + base);
}

/* Timestamps move as one: with one pair known, all are. */
static const char *move_echo(const struct scenario_flow *flow, struct scenario_packet *packet)
{
    uint8_t *option = scenario_tcp_option_find(packet, SCENARIO_OPTION_TIMESTAMPS);

    if (option == NULL || !(packet->flags & TCP_ACK))
        return NULL;
    const uint32_t echo = load_be32(option + 6);
    uint32_t known =
        flow->timestamps < SCENARIO_TIMESTAMPS_MAX ? flow->timestamps : SCENARIO_TIMESTAMPS_MAX;
    for (uint32_t i = 0; i < known; i++) {
        if (flow->timestamp[i].script == echo) {
            store_be32(option + 6, flow->timestamp[i].wire);
            return NULL;
        }
    }
    if (flow->timestamps == 0)
        return "the script has not yet named a timestamp of ours that could be echoed";
    store_be32(option + 6, echo - flow->first_script + flow->first_wire);
    return NULL;
}

const char *scenario_flow_to_wire(const struct scenario_flow *flow, struct scenario_packet *packet)
{
    const bool syn = packet->flags & TCP_SYN;
    const uint32_t local = syn ? flow->local_isn - flow->script_isn : flow->local_isn;

    if (packet->protocol == SCENARIO_ICMP) {
        packet->seq += flow->local_isn; /* it is one of ours that is quoted */
        return NULL;
    }
    packet->seq += syn ? 0 : flow->remote_isn;
    if (packet->flags & TCP_ACK)
        packet->ack += local;
    move_sack(packet, local);
    return move_echo(flow, packet);
}

void scenario_flow_to_script(const struct scenario_flow *flow, struct scenario_packet *packet)
{
    const bool syn = packet->flags & TCP_SYN;
    const uint32_t remote = syn ? 0 : flow->remote_isn;

    packet->seq -= syn ? flow->local_isn - flow->script_isn : flow->local_isn;
    if (packet->flags & TCP_ACK)
        packet->ack -= remote;
    move_sack(packet, 0 - remote);
    uint8_t *option = scenario_tcp_option_find(packet, SCENARIO_OPTION_TIMESTAMPS);
    if (option != NULL && flow->timestamps > 0)
        store_be32(option + 2, load_be32(option + 2) - flow->first_wire + flow->first_script);
}

void scenario_flow_learn(struct scenario_flow *flow, uint32_t script, uint32_t wire)
{
    const uint32_t at = flow->timestamps % SCENARIO_TIMESTAMPS_MAX;

    if (flow->timestamps++ == 0) {
        flow->first_script = script;
        flow->first_wire = wire;
    }
    flow->timestamp[at].script = script;
    flow->timestamp[at].wire = wire;
}
