/* describe_tcp.h - the TCP part of describe.h: what tcpdump and packetdrill write differently is
 * chosen by enum describe_tcp_style. */
#ifndef WIRE_DESCRIBE_TCP_H
#define WIRE_DESCRIBE_TCP_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/text.h"

enum describe_tcp_style { DESCRIBE_TCP_TCPDUMP, DESCRIBE_TCP_PACKETDRILL };

/* "S.", "FP.", or "none" and "-" by style. */
void describe_tcp_flags(struct text *t, uint8_t flags, enum describe_tcp_style style);

/* The bytes of the options one by one, padding and nonsense included: "mss 1460,nop,wscale 7". */
void describe_tcp_options(struct text *t, struct span bytes, enum describe_tcp_style style);

/* tcpdump's line behind the addresses: "Flags [.], ack 2, win 5, length 0".  @packet: header and
 * text. */
void describe_tcp_packet(struct text *t, struct span packet);

#endif
