/* lab_text.h - a story for a terminal: time, how the left end stands, the wire, how the right end
 * stands, and why.
 *
 *     1.200  TIME-WAIT 60.0  |<--------------- FIN seq=28 ack=13 --|
 *     1.250                  |-- ACK seq=13 ack=29 ----x lost      |  LAST-ACK r0.2
 *
 * A row stands at the time of sending; how the receiver stands is said as of the arrival.  States
 * are written where they change.  The incarnations of a tuple are parted by rules across the page,
 * and a segment that reaches a newer one than its own is drawn double and said to be old. */
#ifndef LAB_LAB_TEXT_H
#define LAB_LAB_TEXT_H

#include <stdbool.h>

#include "lab/lab_numbers.h"
#include "lab/lab_out.h"
#include "lab/lab_story.h"

#define LAB_TEXT_WIDTH_MIN 60
#define LAB_TEXT_WIDTH     80
#define LAB_TEXT_WIDTH_MAX 200

struct lab_text_options {
    unsigned width; /* characters; 0: 80; others are brought into the range */
    bool colour;    /* ECMA-48 sequences; whether it is a terminal is for the caller to know */
    bool utf8;      /* otherwise ASCII only */
    bool details;   /* window, hop limit and options of each segment */
    enum lab_numbers_kind numbers;
    lull_duration fold_after; /* a wait at least as long is folded; 0: 1 s */
};

void lab_text(const struct lab_story *story, const struct lab_text_options *options,
              const struct lab_out *out);

#endif
