/* stack_output.c - who sends next.
 *
 * Nothing is queued as a packet.  A connection that may send stays in a list and is asked for
 * a segment when its turn comes, so what leaves is always the newest truth.  While a
 * neighbour's address is being asked for, its connections wait in a list of their own. */
#include "stack/stack_output.h"

#include "base/address.h"
#include "stack/stack_conn.h"
#include "stack/stack_frame.h"
#include "stack/stack_interface.h"
#include "stack/stack_record.h"
#include "stack/stack_reply.h"
#include "stack/stack_tuples.h"
#include "wire/tcp_header.h"

enum outcome { SENT, WAIT, NOTHING };

#define IP_PACKET_MAX 65535u

/* Where to, and the neighbour's address if it is known.  LINK_UNREACHABLE also when there
 * is no route: the segment then counts as sent and lost. */
static enum link_resolution resolve(struct lull_stack *s, const struct lull_address *to,
                                    struct stack_path *path, struct ethernet_address *hardware)
{
    if (!stack_interface_route(s, to, path)) {
        STACK_COUNT(s, IpOutNoRoutes);
        return LINK_UNREACHABLE;
    }
    if (s->interfaces[path->interface].link != LULL_LINK_ETHERNET)
        return LINK_RESOLVED;
    struct link_neighbor_key key = {.address = path->next_hop, .interface = path->interface};
    return link_neighbor_resolve(&s->neighbors, &key, s->now, hardware);
}

/* --- ARP requests ----------------------------------------------------------------------- */

static bool send_probe(struct lull_stack *s, struct lull_frame *frame)
{
    struct link_neighbor_probe probe;

    if (!link_neighbor_next_probe(&s->neighbors, &probe))
        return false;
    const struct stack_interface *i = &s->interfaces[probe.key.interface];
    if (i->address_count == 0)
        return false;
    struct stack_path path;
    struct link_arp_self self = {.interface = probe.key.interface,
                                 .address = i->addresses[0].address,
                                 .hardware = i->hardware};
    if (stack_interface_route(s, &probe.key.address, &path))
        self.address = path.source;
    struct arp_packet request = link_arp_request(&self, &probe.key.address);
    stack_frame_arp(s, probe.key.interface, &probe.destination, &request, frame);
    STACK_COUNT(s, ArpOutRequests);
    return true;
}

/* --- answers ---------------------------------------------------------------------------- */

/* What a reset or a record's ACK looks like as a segment; false when it is void by now. */
static bool make_segment(struct lull_stack *s, const struct stack_reply *reply,
                         struct tcp_segment *seg)
{
    if (reply->kind == STACK_REPLY_RECORD_ACK) {
        struct tcp_env env = stack_env(s);
        struct stack_owner owner = stack_tuples_find(s, &reply->tuple);
        /* A record that is parked does not speak, or its TSval might pass the handshake's; and a
         * HOLD acknowledges nothing: its RCV.NXT is what the peer may have sent.  [REQ IR-09] */
        if (owner.conn != POOL_NONE || owner.record == TCP_RECORD_NONE
            || tcp_record_at(&s->records, owner.record)->kind == TCP_RECORD_HOLD)
            return false;
        tcp_timewait_ack(&env, &s->records, owner.record, seg);
        STACK_COUNT(s, TcpOutSegs);
        return true;
    }
    if (reply->kind == STACK_REPLY_LAST_ACK) {
        struct tcp_env env = stack_env(s);
        tcp_timewait_write(&env, &reply->last, &reply->tuple, seg);
        STACK_COUNT(s, TcpOutSegs);
        return true;
    }
    bool with_ack = reply->reset.kind == TCP_REPLY_RESET_AND_ACK;
    *seg = (struct tcp_segment){.seq = reply->reset.seq,
                                .ack = with_ack ? reply->reset.ack : seq_at(0),
                                .source_port = reply->tuple.local_port,
                                .destination_port = reply->tuple.remote_port,
                                .flags = (uint8_t)(TCP_RST | (with_ack ? TCP_ACK : 0))};
    stack_record_reset_leaves(s, reply);
    STACK_COUNT(s, TcpOutRsts);
    return true;
}

static void release_reply(struct lull_stack *s, const struct stack_reply *reply)
{
    if (reply->kind == STACK_REPLY_ICMP && reply->icmp.block != BLOCK_NONE)
        block_pool_give(&s->blocks, reply->icmp.block);
}

/* The body is copied out, so that its block can go back before the frame is sent; it is at
 * most one block, and header and body share the frame's scratch space. */
static void build_icmp(struct lull_stack *s, const struct stack_path *path,
                       const struct stack_reply *reply, struct lull_frame *frame)
{
    struct ipv4_header ip = {
        .source = reply->tuple.local, .destination = reply->tuple.remote, .protocol = IPV4_ICMP};
    struct icmpv4_message message = {
        .type = reply->icmp.type, .code = reply->icmp.code, .rest = reply->icmp.rest};

    if (reply->icmp.block != BLOCK_NONE) {
        message.body =
            (struct span){block_pool_at(&s->blocks, reply->icmp.block), reply->icmp.body_bytes};
        frame->slices[0] = (struct lull_slice){message.body.data, message.body.len};
        frame->slice_count = 1;
    }
    frame->header_bytes += (uint16_t)icmpv4_emit(&message, frame->header + frame->header_bytes);
    stack_frame_finish_ip(s, path, &ip, frame);
}

static enum outcome send_routed(struct lull_stack *s, struct stack_reply *reply,
                                struct lull_frame *frame)
{
    struct stack_path path;
    struct ethernet_address hardware;
    struct tcp_emission emission = {0};
    enum link_resolution way = resolve(s, &reply->tuple.remote, &path, &hardware);

    if (way == LINK_PENDING && reply->patience > 0) {
        reply->patience--;
        return stack_reply_push(s, &s->unresolved, reply) ? WAIT : NOTHING;
    }
    if (way != LINK_RESOLVED) {
        release_reply(s, reply);
        return NOTHING;
    }
    stack_frame_begin(s, &path, &hardware, frame);
    if (reply->kind == STACK_REPLY_ICMP) {
        build_icmp(s, &path, reply, frame);
        /* The frame borrows the block until the next call; nobody takes it before. */
        release_reply(s, reply);
        return SENT;
    }
    if (!make_segment(s, reply, &emission.segment))
        return NOTHING;
    stack_frame_tcp(s, &path, &reply->tuple, &emission, frame);
    return SENT;
}

static bool send_reply(struct lull_stack *s, struct lull_frame *frame)
{
    struct stack_reply *first;

    while ((first = stack_reply_first(&s->replies)) != NULL) {
        struct stack_reply reply = *first;
        stack_reply_pop(&s->replies);
        if (reply.kind == STACK_REPLY_ARP) {
            stack_frame_arp(s, reply.interface, &reply.arp.target_hardware, &reply.arp, frame);
            STACK_COUNT(s, ArpOutReplies);
            return true;
        }
        if (send_routed(s, &reply, frame) == SENT)
            return true;
    }
    return false;
}

/* --- connections ------------------------------------------------------------------------ */

/* How much text one frame may carry on this link. */
static uint32_t burst_for(const struct lull_stack *s, const struct stack_path *path)
{
    uint32_t by_slices = (LULL_FRAME_SLICES - 1) * block_pool_bytes_each(&s->blocks);
    uint32_t by_packet = IP_PACKET_MAX - IPV4_HEADER_BYTES - TCP_HEADER_BYTES_MAX;

    if (!(s->interfaces[path->interface].capabilities & LULL_CAN_SEGMENT))
        return 0;
    return by_slices < by_packet ? by_slices : by_packet;
}

/* The neighbour does not answer.  A connection that never was cannot wait for that to
 * change; others have their retransmission timer. */
static void fail_attempt(struct lull_stack *s, uint32_t index)
{
    struct tcp_conn *c = &stack_conn_at(s, index)->tcp;
    struct tcp_env env = stack_env(s);

    if (c->state != TCP_SYN_SENT)
        return;
    STACK_COUNT(s, TcpAttemptFails);
    tcp_state_close(&env, c, LULL_EHOSTUNREACH);
    stack_conn_settle(s, index, &env);
}

static enum outcome send_conn(struct lull_stack *s, uint32_t index, struct lull_frame *frame)
{
    struct tcp_conn *c = &stack_conn_at(s, index)->tcp;
    struct tcp_env env = stack_env(s);
    struct tcp_emission emission;
    struct stack_path path;
    struct ethernet_address hardware;
    enum link_resolution way = resolve(s, &c->tuple.remote, &path, &hardware);

    if (way == LINK_PENDING) {
        stack_conn_stick(s, index);
        return WAIT;
    }
    if (way == LINK_UNREACHABLE)
        path.interface = 0;
    if (!tcp_output_next(&env, c, burst_for(s, &path), &emission))
        return NOTHING;
    if (way == LINK_RESOLVED) {
        struct byte_queue_view view = {frame->slices, LULL_FRAME_SLICES};
        stack_frame_begin(s, &path, &hardware, frame);
        frame->slice_count = (uint8_t)byte_queue_peek(
            &c->send_queue, &s->blocks, emission.text_offset, emission.text_bytes, view);
        stack_frame_tcp(s, &path, &c->tuple, &emission, frame);
    }
    stack_conn_settle(s, index, &env);
    if (way == LINK_UNREACHABLE)
        fail_attempt(s, index);
    return way == LINK_RESOLVED ? SENT : NOTHING;
}

bool stack_output_next(struct lull_stack *s, struct lull_frame *frame)
{
    uint32_t index;

    if (send_probe(s, frame) || send_reply(s, frame))
        return true;
    while ((index = stack_conn_take_ready(s)) != POOL_NONE) {
        if (send_conn(s, index, frame) == SENT)
            return true;
        if (send_probe(s, frame)) /* resolving has begun */
            return true;
    }
    return false;
}
