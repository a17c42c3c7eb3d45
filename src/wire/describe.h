/* describe.h - a packet in one line, for people: in the words of tcpdump, because its readers know
 * them.  Any bytes are described; what cannot be understood is said to be so.
 *
 * Sequence numbers are absolute.  Checksums of TCP are not looked at: a packet seen on its way out
 * may not have one yet.  No line ends with a newline. */
#ifndef WIRE_DESCRIBE_H
#define WIRE_DESCRIBE_H

#include "base/bytes.h"
#include "base/text.h"
#include "wire/tcp_segment.h"

/* Long enough for every line that is written here. */
#define DESCRIBE_TEXT_BYTES 512

/* An Ethernet frame; its addresses are left out:
 * "IP 10.0.0.1.80 > 10.0.0.2.4000: Flags [S.], seq 1, ack 2, win 65535, options [...], length 0" */
void describe_frame(struct text *t, struct span frame);

/* An IP packet without a link header. */
void describe_packet(struct text *t, struct span packet);

/* A segment in packetdrill's notation: "S. 1:1(0) ack 2 win 5 <mss 1460>". */
void describe_segment(struct text *t, const struct tcp_segment *segment);

#endif
