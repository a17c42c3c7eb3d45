#include "tcp/tcp_build.h"

#include "tcp/tcp_negotiate.h"
#include "tcp/tcp_reassembly.h"
#include "tcp/tcp_timestamp.h"
#include "tcp/tcp_window.h"

#define TIMESTAMP_BYTES 12 /* with two NOPs, RFC 7323 appendix A */
#define SACK_FIXED      4  /* with two NOPs */
#define SACK_BLOCK      8
#define OPTION_SPACE    40

uint32_t tcp_build_option_bytes(const struct tcp_conn *c)
{
    uint32_t bytes = conn_is(c, TCP_TIMESTAMPS) ? TIMESTAMP_BYTES : 0;

    /* While there is a gap every segment tells of it; count the most that may take. */
    if (tcp_reassembly_has_gap(c) && conn_is(c, TCP_SACK))
        bytes += SACK_FIXED + SACK_BLOCK * ((OPTION_SPACE - bytes - SACK_FIXED) / SACK_BLOCK);
    return bytes;
}

void tcp_build_syn(const struct tcp_env *env, struct tcp_conn *c, struct tcp_emission *out)
{
    bool answering = c->state == TCP_SYN_RECEIVED;
    uint32_t wnd = c->rcv.wnd < UINT16_MAX ? c->rcv.wnd : UINT16_MAX;

    *out = (struct tcp_emission){0};
    out->segment = (struct tcp_segment){
        .seq = c->snd.iss,
        .ack = answering ? c->rcv.nxt : seq_at(0),
        .len = 1,
        .wnd = wnd,
        .source_port = c->tuple.local_port,
        .destination_port = c->tuple.remote_port,
        .flags = (uint8_t)(TCP_SYN | (answering ? TCP_ACK : 0)),
    };
    tcp_negotiate_offer(env, c, &out->segment.options);
}

static void add_options(const struct tcp_env *env, const struct tcp_conn *c,
                        struct tcp_options *options)
{
    unsigned room = OPTION_SPACE;

    if (conn_is(c, TCP_TIMESTAMPS)) {
        options->present |= TCP_OPTION_TIMESTAMPS;
        options->ts_value = tcp_timestamp_value(c->ts.offset, env->now);
        options->ts_echo = c->ts.recent;
        room -= TIMESTAMP_BYTES;
    }
    tcp_reassembly_report(env, c, options, (room - SACK_FIXED) / SACK_BLOCK);
}

/* [REQ 9293/MUST-61] */
void tcp_build_segment(const struct tcp_env *env, struct tcp_conn *c,
                       const struct tcp_build_plan *plan, struct tcp_emission *out)
{
    bool empties = plan->text > 0 && plan->offset + plan->text == c->send_queue.length;
    uint32_t full = c->mss - tcp_build_option_bytes(c);

    *out = (struct tcp_emission){.text_offset = plan->offset, .text_bytes = plan->text};
    out->segment_bytes = (uint16_t)(plan->text > full ? full : 0);
    out->segment = (struct tcp_segment){
        .seq = plan->seq,
        .ack = c->rcv.nxt,
        .len = plan->text + (plan->fin ? 1 : 0),
        .wnd = tcp_window_advertise(c, tcp_window_to_offer(c)),
        .source_port = c->tuple.local_port,
        .destination_port = c->tuple.remote_port,
        .flags = (uint8_t)(TCP_ACK | (plan->fin ? TCP_FIN : 0) | (empties ? TCP_PSH : 0)),
    };
    add_options(env, c, &out->segment.options);
}
