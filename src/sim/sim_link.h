/* sim_link.h - one direction of a link that delays, limits, loses, repeats, cuts and damages
 * frames.
 *
 * Virtual time and a seed go in, so a run can be repeated to the bit.  Everything lies in one
 * block of the caller's memory that holds no address but the one in .matches.
 *
 * In the order of what happens to a frame: it may be lost; it waits until the link has sent what
 * came before (rate_bits); it travels (delay, jitter).  Frames keep their order, whatever the
 * jitter, except those chosen to be late (reorder_ppm). */
#ifndef SIM_SIM_LINK_H
#define SIM_SIM_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/frame.h"

#include "base/bytes.h"
#include "base/prng.h"
#include "base/time.h"
#include "sim/sim_ghost.h"
#include "sim/sim_pattern.h"

/* Probabilities are parts per million of frames. */
#define SIM_LINK_PPM 1000000u

struct sim_link_options {
    uint64_t seed;
    lull_duration delay;   /* of every frame */
    lull_duration jitter;  /* at most so much more, uniformly */
    uint64_t rate_bits;    /* per second; 0: no limit */
    uint32_t queue_frames; /* the link holds so many, waiting or travelling; one more is lost */
    uint32_t frame_bytes;  /* longest frame; a longer one is lost */

    uint32_t loss_ppm;
    uint32_t duplicate_ppm;
    lull_duration double_by;  /* the double is held back so long, out of order */
    uint32_t reorder_ppm;     /* held back by reorder_by while others pass */
    lull_duration reorder_by; /* 0: as long as delay, and 1 ms at least */
    uint32_t corrupt_ppm;     /* one bit is turned */
    uint32_t corrupt_from;    /* first byte that may be hit, such as behind a link header */
    uint32_t truncate_ppm;    /* cut to a shorter frame */
    uint32_t burst_enter_ppm; /* Gilbert's model: while a burst lasts, every frame is lost */
    uint32_t burst_leave_ppm; /* 250,000: a burst lasts 4 frames on average */
    bool use_loss_pattern;
    uint64_t loss_pattern;      /* bit i set: frame i modulo 64 is lost */
    struct sim_pattern pattern; /* the same to be read, and of other faults: "..x.d" */
    bool cut;                   /* a partition: nothing enters; what travels arrives */

    /* Lose exactly the @lose_match-th frame, from 1, for which matches() is true; 0: none. */
    uint32_t lose_match;
    bool (*matches)(const void *context, struct span frame);
    const void *matches_context;
};

/* What became of the frames.  At any time
 * sent + duplicated = delivered + lost + overflowed + oversized + in flight. */
struct sim_link_counters {
    uint64_t sent, duplicated, delivered;
    uint64_t lost;       /* by chance, burst, pattern or match */
    uint64_t overflowed; /* the queue was full */
    uint64_t oversized;
    uint64_t corrupted, truncated, reordered; /* delivered or in flight all the same */
};

/* What chance, or somebody else, has decided about one frame.  What chance decides depends on the
 * seed and on how many frames came before, and on nothing else, so a fault can be named by the
 * frame's ordinal. */
struct sim_fate {
    bool lost, duplicated, late, corrupted, truncated;
    lull_duration jitter[2];      /* of the frame and of its double */
    lull_duration late_by;        /* held back so long, if late */
    lull_duration double_late_by; /* the same of the double; 0: it keeps its order */
    lull_duration age[2];         /* frame and double arrive when so long has gone by since they
                                     were emitted, if that is later; 0: nobody holds them */
    uint32_t damage_draw;         /* which bit, or where the cut is */
};

/* What became of a frame that was to enter the link. */
enum sim_carried { SIM_CARRIED, SIM_LOST, SIM_CUT, SIM_OVERFLOWED, SIM_OVERSIZED };

struct sim_link_slot {
    lull_time arrival;
    uint64_t order; /* of sending: decides between equal arrivals */
    struct sim_ghost ghost;
    struct lull_offload offload;
    uint32_t bytes;
};

struct sim_link {
    struct sim_link_options options; /* may be changed between calls, sizes excepted */
    struct sim_link_counters counters;
    struct prng prng;
    lull_time now;          /* of the last tick */
    lull_time free_at;      /* when the link has sent all it was given */
    lull_time last_arrival; /* of the frames that keep their order */
    uint64_t orders;        /* given out */
    uint32_t matched;       /* frames for which matches() was true */
    uint32_t in_flight;
    bool in_burst;
};

/* Bytes of memory for these options; 0 when they make no sense. */
size_t sim_link_bytes(const struct sim_link_options *options);

/* @memory: sim_link_bytes(), aligned as for any object; the link is at its start. */
struct sim_link *sim_link_init(void *memory, const struct sim_link_options *options);

/* The fate of the next frame.  Call it once for each frame, before sim_link_carry(). */
struct sim_fate sim_link_draw(struct sim_link *link, struct span frame);

/* A frame with a ghost enters the link and meets @fate, as it was drawn or changed since. */
enum sim_carried sim_link_carry(struct sim_link *link, const struct lull_input *frame,
                                const struct sim_ghost *ghost, const struct sim_fate *fate);

/* Time passes for the link: what is carried next enters at @now. */
void sim_link_tick(struct sim_link *link, lull_time now);

/* All of it at once, without a ghost: a frame enters the link and is copied.  @frame's interface is
 * ignored.  @now is not before any earlier instant. */
void sim_link_send(struct sim_link *link, const struct lull_input *frame, lull_time now);

/* When the next frame arrives; LULL_TIME_NEVER when none is on its way. */
lull_time sim_link_next_deadline(const struct sim_link *link);

/* True with a frame that has arrived by @now; false when there is none.  Its bytes stay until the
 * next send or receive. */
bool sim_link_receive(struct sim_link *link, lull_time now, struct lull_input *frame);

/* The ghost of the frame that was received last; valid as long as its bytes. */
const struct sim_ghost *sim_link_ghost(const struct sim_link *link);

#endif
