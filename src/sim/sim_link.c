/* sim_link.c - frames on their way, in a heap by arrival.
 *
 * Every frame draws the same number of chances, whatever the options, so that changing one
 * probability leaves the other faults of a seeded run where they were.
 *
 * The heap is an array of slot numbers.  Behind its end stand the free slots, and the slot last
 * received stands first among them until it is reused, so lending needs no copy. */
#include "sim/sim_link.h"

#include <stdalign.h>
#include <string.h>

#include "base/check.h"
#include "wire/checksum.h"

#define REORDER_BY_LEAST LULL_MS(1)
#define ALIGNMENT        alignof(max_align_t)

/* The block: struct sim_link, slots, heap, bytes. */

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static struct sim_link_slot *slots_of(const struct sim_link *link)
{
    return (struct sim_link_slot *)((char *)link + aligned(sizeof *link));
}

static uint32_t *heap_of(const struct sim_link *link)
{
    return (uint32_t *)(slots_of(link) + link->options.queue_frames);
}

static uint8_t *bytes_of(const struct sim_link *link, uint32_t slot)
{
    uint8_t *first = (uint8_t *)(heap_of(link) + link->options.queue_frames);
    return first + (size_t)slot * link->options.frame_bytes;
}

size_t sim_link_bytes(const struct sim_link_options *options)
{
    const size_t frame =
        sizeof(struct sim_link_slot) + sizeof(uint32_t) + (size_t)options->frame_bytes;
    if (options->queue_frames == 0 || options->frame_bytes == 0)
        return 0;
    if (options->delay < 0 || options->jitter < 0 || options->reorder_by < 0
        || options->double_by < 0)
        return 0;
    if (options->lose_match != 0 && options->matches == NULL)
        return 0;
    return aligned(sizeof(struct sim_link)) + options->queue_frames * frame;
}

struct sim_link *sim_link_init(void *memory, const struct sim_link_options *options)
{
    struct sim_link *link = memory;
    LULL_CHECK(sim_link_bytes(options) != 0);
    *link = (struct sim_link){.options = *options};
    prng_seed(&link->prng, options->seed);
    for (uint32_t i = 0; i < options->queue_frames; i++)
        heap_of(link)[i] = i;
    return link;
}

/* The heap. */

static bool earlier(const struct sim_link *link, uint32_t a, uint32_t b)
{
    const struct sim_link_slot *x = &slots_of(link)[heap_of(link)[a]];
    const struct sim_link_slot *y = &slots_of(link)[heap_of(link)[b]];
    return x->arrival != y->arrival ? x->arrival < y->arrival : x->order < y->order;
}

static void swap(struct sim_link *link, uint32_t a, uint32_t b)
{
    uint32_t *heap = heap_of(link);
    const uint32_t kept = heap[a];
    heap[a] = heap[b];
    heap[b] = kept;
}

static void sift_up(struct sim_link *link, uint32_t at)
{
    while (at > 0 && earlier(link, at, (at - 1) / 2)) {
        swap(link, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static uint32_t earliest_of_three(const struct sim_link *link, uint32_t at)
{
    uint32_t best = at;
    for (uint32_t child = 2 * at + 1; child <= 2 * at + 2; child++)
        if (child < link->in_flight && earlier(link, child, best))
            best = child;
    return best;
}

static void sift_down(struct sim_link *link, uint32_t at)
{
    for (uint32_t best = earliest_of_three(link, at); best != at;
         best = earliest_of_three(link, at)) {
        swap(link, at, best);
        at = best;
    }
}

/* Faults. */

static lull_duration lateness(const struct sim_link *link)
{
    if (link->options.reorder_by != 0)
        return link->options.reorder_by;
    return link->options.delay > REORDER_BY_LEAST ? link->options.delay : REORDER_BY_LEAST;
}

static lull_duration draw_jitter(struct sim_link *link)
{
    return (lull_duration)(prng_next(&link->prng) % ((uint64_t)link->options.jitter + 1));
}

static bool draw(struct sim_link *link, uint32_t ppm)
{
    return prng_chance(&link->prng, ppm, SIM_LINK_PPM);
}

/* Gilbert's model: a state that lasts, and in which nothing gets through. */
static bool draw_burst(struct sim_link *link)
{
    const bool enter = draw(link, link->options.burst_enter_ppm);
    const bool leave = draw(link, link->options.burst_leave_ppm);
    link->in_burst = link->in_burst ? !leave : enter;
    return link->in_burst;
}

/* Frames are counted from the first one sent, lost ones included. */
static bool in_pattern(const struct sim_link *link)
{
    const uint64_t index = link->counters.sent % 64;
    return link->options.use_loss_pattern && (link->options.loss_pattern >> index & 1);
}

/* Counts matches even after the one that is lost, so that a run can be asked how many there were.
 */
static bool is_the_match(struct sim_link *link, struct span frame)
{
    const struct sim_link_options *options = &link->options;
    if (options->matches == NULL || !options->matches(options->matches_context, frame))
        return false;
    return ++link->matched == options->lose_match;
}

struct sim_fate sim_link_draw(struct sim_link *link, struct span frame)
{
    const struct sim_link_options *options = &link->options;
    struct sim_fate fate = {0};
    const bool burst = draw_burst(link);
    const bool chance = draw(link, options->loss_ppm);
    const bool match = is_the_match(link, frame);
    fate.lost = burst || chance || match || in_pattern(link);
    fate.duplicated = draw(link, options->duplicate_ppm);
    fate.late = draw(link, options->reorder_ppm);
    fate.late_by = lateness(link);
    fate.double_late_by = options->double_by;
    fate.corrupted = draw(link, options->corrupt_ppm);
    fate.truncated = draw(link, options->truncate_ppm);
    sim_pattern_apply(&options->pattern, link->counters.sent, &fate);
    fate.damage_draw = (uint32_t)prng_next(&link->prng);
    fate.jitter[0] = draw_jitter(link);
    fate.jitter[1] = draw_jitter(link);
    return fate;
}

/* A device that was to finish the checksum has done so before the damage, and nobody vouches for
 * a frame that came over a wire; otherwise the damage would go unnoticed. */
static void finish_checksum(struct sim_link_slot *slot, uint8_t *bytes)
{
    const uint16_t start = slot->offload.checksum_start, field = slot->offload.checksum_field;
    slot->offload.checksum_trusted = 0;
    if (start == 0 || (size_t)field + 2 > slot->bytes || field < start)
        return;
    store_be16(bytes + field, checksum_of(bytes + start, slot->bytes - start));
    slot->offload.checksum_start = slot->offload.checksum_field = 0;
}

static void corrupt(struct sim_link *link, uint32_t slot, uint32_t chance)
{
    struct sim_link_slot *kept = &slots_of(link)[slot];
    uint8_t *bytes = bytes_of(link, slot);
    const uint32_t from = link->options.corrupt_from;
    if (kept->bytes <= from)
        return;
    finish_checksum(kept, bytes);
    bytes[from + chance / 8 % (kept->bytes - from)] ^= (uint8_t)(1u << chance % 8);
    kept->ghost.damaged = true;
    link->counters.corrupted++;
}

/* What the device was to finish was finished before the cut. */
static void truncate(struct sim_link *link, uint32_t slot, uint32_t chance)
{
    struct sim_link_slot *kept = &slots_of(link)[slot];
    if (kept->bytes < 2)
        return;
    finish_checksum(kept, bytes_of(link, slot));
    kept->bytes = 1 + chance % (kept->bytes - 1);
    kept->ghost.damaged = true;
    link->counters.truncated++;
}

/* Sending. */

/* Until the last bit has left. */
static void transmit(struct sim_link *link, size_t bytes)
{
    const uint64_t rate = link->options.rate_bits;
    if (link->free_at < link->now)
        link->free_at = link->now;
    if (rate != 0)
        link->free_at += (lull_duration)((bytes * 8 * 1000000000u + rate - 1) / rate);
}

/* Frames that keep their order arrive no earlier than the one before. */
static lull_time keep_order(struct sim_link *link, lull_time arrival)
{
    if (arrival > link->last_arrival)
        link->last_arrival = arrival;
    return link->last_arrival;
}

static bool has_room(const struct sim_link *link)
{
    return link->in_flight < link->options.queue_frames;
}

static uint32_t put_in_flight(struct sim_link *link, const struct lull_input *frame,
                              lull_time arrival)
{
    const uint32_t at = link->in_flight++;
    const uint32_t slot = heap_of(link)[at];
    slots_of(link)[slot] = (struct sim_link_slot){
        .arrival = arrival,
        .order = link->orders++,
        .offload = frame->offload,
        .bytes = (uint32_t)frame->bytes.len,
    };
    memcpy(bytes_of(link, slot), frame->bytes.data, frame->bytes.len);
    sift_up(link, at);
    return slot;
}

/* The adversary has a clock: a packet that is held arrives at its age to the nanosecond. */
static lull_time hold(lull_time arrival, const struct sim_ghost *ghost, lull_duration age)
{
    return age > 0 && ghost->emitted_at + age > arrival ? ghost->emitted_at + age : arrival;
}

static void carry(struct sim_link *link, const struct lull_input *frame,
                  const struct sim_ghost *ghost, const struct sim_fate *fate)
{
    lull_time arrival = link->free_at + link->options.delay + fate->jitter[0];
    if (fate->late || fate->age[0] > 0) {
        arrival = hold(arrival + (fate->late ? fate->late_by : 0), ghost, fate->age[0]);
        link->counters.reordered++;
    } else {
        arrival = keep_order(link, arrival);
    }
    const uint32_t slot = put_in_flight(link, frame, arrival);
    slots_of(link)[slot].ghost = *ghost;
    if (fate->corrupted)
        corrupt(link, slot, fate->damage_draw);
    if (fate->truncated)
        truncate(link, slot, fate->damage_draw);
}

/* A double is made behind the bottleneck: it costs room and none of the rate. */
static void carry_double(struct sim_link *link, const struct lull_input *frame,
                         const struct sim_ghost *ghost, const struct sim_fate *fate)
{
    link->counters.duplicated++;
    if (!has_room(link)) {
        link->counters.overflowed++;
        return;
    }
    lull_time arrival = link->free_at + link->options.delay + fate->jitter[1];
    if (fate->double_late_by > 0 || fate->age[1] > 0)
        arrival = hold(arrival + fate->double_late_by, ghost, fate->age[1]);
    else
        arrival = keep_order(link, arrival);
    const uint32_t slot = put_in_flight(link, frame, arrival);
    slots_of(link)[slot].ghost = *ghost;
    slots_of(link)[slot].ghost.copy = 1;
}

void sim_link_tick(struct sim_link *link, lull_time now)
{
    link->now = now;
}

enum sim_carried sim_link_carry(struct sim_link *link, const struct lull_input *frame,
                                const struct sim_ghost *ghost, const struct sim_fate *fate)
{
    link->counters.sent++;
    if (fate->lost || link->options.cut) {
        link->counters.lost++;
        return fate->lost ? SIM_LOST : SIM_CUT;
    }
    if (frame->bytes.len > link->options.frame_bytes) {
        link->counters.oversized++;
        return SIM_OVERSIZED;
    }
    if (!has_room(link)) {
        link->counters.overflowed++;
        return SIM_OVERFLOWED;
    }
    transmit(link, frame->bytes.len);
    carry(link, frame, ghost, fate);
    if (fate->duplicated)
        carry_double(link, frame, ghost, fate);
    return SIM_CARRIED;
}

void sim_link_send(struct sim_link *link, const struct lull_input *frame, lull_time now)
{
    const struct span bytes = {frame->bytes.data, frame->bytes.len};
    const struct sim_ghost nobody = {.voice = SIM_VOICE_NONE};
    const struct sim_fate fate = sim_link_draw(link, bytes);
    sim_link_tick(link, now);
    (void)sim_link_carry(link, frame, &nobody, &fate);
}

/* Receiving. */

lull_time sim_link_next_deadline(const struct sim_link *link)
{
    return link->in_flight == 0 ? LULL_TIME_NEVER : slots_of(link)[heap_of(link)[0]].arrival;
}

bool sim_link_receive(struct sim_link *link, lull_time now, struct lull_input *frame)
{
    if (sim_link_next_deadline(link) > now || link->in_flight == 0)
        return false;
    const uint32_t slot = heap_of(link)[0];
    swap(link, 0, --link->in_flight);
    sift_down(link, 0);
    const struct sim_link_slot *kept = &slots_of(link)[slot];
    *frame = (struct lull_input){
        .bytes = {bytes_of(link, slot), kept->bytes},
        .offload = kept->offload,
    };
    link->counters.delivered++;
    return true;
}

const struct sim_ghost *sim_link_ghost(const struct sim_link *link)
{
    return &slots_of(link)[heap_of(link)[link->in_flight]].ghost;
}
