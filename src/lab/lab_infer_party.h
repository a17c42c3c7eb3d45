/* lab_infer_party.h - hosts and conversations of a capture. */
#ifndef LAB_LAB_INFER_PARTY_H
#define LAB_LAB_INFER_PARTY_H

#include "lab/lab_infer.h"
#include "wire/ipv4.h"
#include "wire/tcp_segment.h"

/* The conversation of a segment, made with its parties if it is new, and the side that sent it;
 * LAB_CONVERSATIONS_MAX: the story has no room for it. */
unsigned lab_infer_party_conversation(struct lab_infer *infer, const struct ipv4_header *ip,
                                      const struct tcp_segment *segment, unsigned *from);

/* The conversation of these two names, which must be there, and the side @source is on;
 * LAB_CONVERSATIONS_MAX: it is not. */
unsigned lab_infer_party_known(const struct lab_infer *infer, const struct lull_name *source,
                               const struct lull_name *destination, unsigned *from);

/* Who has this address; a new one becomes a router.  LAB_PARTIES_MAX: no room. */
unsigned lab_infer_party_router(struct lab_infer *infer, const struct lull_address *address);

#endif
