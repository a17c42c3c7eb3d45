/* lab_infer_step.h - one segment that passed, on its way through the inferences; shared by the
 * files lab_infer*.c and nobody else. */
#ifndef LAB_LAB_INFER_STEP_H
#define LAB_LAB_INFER_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "lab/lab_infer.h"
#include "wire/tcp_segment.h"

struct lab_infer_step {
    struct lab_infer *infer;
    struct lab_infer_track *track;
    struct lab_infer_incarnation *incarnation; /* that the segment belongs to */
    struct lab_event *event;                   /* the story's, or the spare one */
    uint32_t number;                           /* of the event; LAB_NONE: the spare one */
    unsigned from;                             /* side of the sender */
    lull_time at;
    struct tcp_segment segment; /* .len and .text are of what was kept; see below */
    uint32_t text_bytes, len;   /* as sent: text, and SEG.LEN */
    uint16_t identification;
    bool begins; /* with this segment its incarnation begins */
    bool stray;  /* it changes nothing: what it belongs to is over */
    struct text why;
};

static inline struct lab_infer_end *lab_infer_sender(const struct lab_infer_step *step)
{
    return &step->incarnation->end[step->from];
}

static inline struct lab_infer_end *lab_infer_receiver(const struct lab_infer_step *step)
{
    return &step->incarnation->end[1 - step->from];
}

/* Signed distance between two numbers of one sequence. */
static inline int32_t lab_infer_diff(uint32_t a, uint32_t b)
{
    return seq_diff(seq_at(a), seq_at(b));
}

static inline bool lab_infer_flag(const struct lab_infer_step *step, unsigned flag)
{
    return (step->segment.flags & flag) != 0;
}

/* The segment acknowledges the FIN of @end. */
static inline bool lab_infer_acks_fin(const struct lab_infer_step *step,
                                      const struct lab_infer_end *end)
{
    return end->fin_sent && lab_infer_flag(step, TCP_ACK)
           && lab_infer_diff(step->segment.ack.raw, end->fin_seq) > 0;
}

#endif
