/* lab_numbers.h - sequence numbers as people count them: from the ISN of the incarnation in which
 * they were sent.
 *
 * Where nobody saw a SYN, as in a capture that began too late, the first number that was seen
 * counts as 1. */
#ifndef LAB_LAB_NUMBERS_H
#define LAB_LAB_NUMBERS_H

#include "lab/lab_story.h"

enum lab_numbers_kind { LAB_NUMBERS_RELATIVE, LAB_NUMBERS_ABSOLUTE };

struct lab_numbers {
    const struct lab_story *story; /* borrowed */
    enum lab_numbers_kind kind;
    /* What was last looked up for each end; 0 is no incarnation. */
    struct {
        uint16_t incarnation;
        uint32_t isn;
    } end[LAB_CONVERSATIONS_MAX][2];
};

void lab_numbers_init(struct lab_numbers *numbers, const struct lab_story *story,
                      enum lab_numbers_kind kind);

/* The numbers of @event, a segment or an arrival.  What lies a little before the ISN is negative.
 * Of no conversation, or of incarnation 0: as on the wire. */
int64_t lab_numbers_seq(struct lab_numbers *numbers, const struct lab_event *event);
int64_t lab_numbers_ack(struct lab_numbers *numbers, const struct lab_event *event);

#endif
