/* lab_infer_icmp.h - ICMP errors about the segments of a capture. */
#ifndef LAB_LAB_INFER_ICMP_H
#define LAB_LAB_INFER_ICMP_H

#include "lab/lab_infer.h"
#include "wire/ipv4.h"

/* False when it is no error about a segment of a conversation that is known. */
bool lab_infer_icmp(struct lab_infer *infer, const struct ipv4_header *ip, struct span payload);

#endif
