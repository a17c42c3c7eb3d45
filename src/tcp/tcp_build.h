/* tcp_build.h - filling in one outgoing segment.  Called by tcp_output.c alone. */
#ifndef TCP_TCP_BUILD_H
#define TCP_TCP_BUILD_H

#include "tcp/tcp_output.h"

/* Which octets a segment carries. */
struct tcp_build_plan {
    seq32 seq;
    uint32_t offset; /* of the text in the send queue */
    uint32_t text;   /* bytes */
    bool fin, again; /* again: sent before */
};

/* Option bytes every segment of this connection carries once it is synchronized. */
uint32_t tcp_build_option_bytes(const struct tcp_conn *c);

void tcp_build_syn(const struct tcp_env *env, struct tcp_conn *c, struct tcp_emission *out);

/* A segment from ESTABLISHED on.  Advertises the window: RCV.WND may grow. */
void tcp_build_segment(const struct tcp_env *env, struct tcp_conn *c,
                       const struct tcp_build_plan *plan, struct tcp_emission *out);

#endif
