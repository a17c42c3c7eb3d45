/* lab_pcapng.h - a story as a capture file for Wireshark and its like.
 *
 * Each party is an interface.  A packet stands where it was sent and again where it arrived, or
 * once when the story is captured, with a comment that says what it did to the end it left or
 * reached, and why: "FIN-WAIT-2 -> TIME-WAIT, expires in 60.000 s [TT-01]: because".  What happened
 * without a packet is told in the comment of the packet before it. */
#ifndef LAB_LAB_PCAPNG_H
#define LAB_LAB_PCAPNG_H

#include "lab/lab_out.h"
#include "lab/lab_story.h"

/* Instants of the story are taken for nanoseconds since 1970, so that a simulated one begins in
 * January of that year; what lies before it is put there.  Events without bytes have no packet. */
void lab_pcapng(const struct lab_story *story, const struct lab_out *out);

#endif
