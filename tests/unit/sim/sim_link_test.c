/* One direction of a link with faults, on virtual time. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_link.h"
#include "wire/checksum.h"

static struct sim_link *open_link(struct sim_link_options options)
{
    if (options.queue_frames == 0)
        options.queue_frames = 64;
    if (options.frame_bytes == 0)
        options.frame_bytes = 1514;
    void *memory = malloc(sim_link_bytes(&options));
    assert_non_null(memory);
    return sim_link_init(memory, &options);
}

static void send_number(struct sim_link *link, uint32_t number, lull_time now)
{
    const struct lull_input frame = {.bytes = {&number, sizeof number}};
    sim_link_send(link, &frame, now);
}

static void send_bytes(struct sim_link *link, size_t len, lull_time now)
{
    static const uint8_t zeros[65536];
    const struct lull_input frame = {.bytes = {zeros, len}};
    sim_link_send(link, &frame, now);
}

/* The next frame's number, or UINT32_MAX. */
static uint32_t receive_number(struct sim_link *link, lull_time now)
{
    struct lull_input frame;
    uint32_t number;
    if (!sim_link_receive(link, now, &frame))
        return UINT32_MAX;
    memcpy(&number, frame.bytes.data, sizeof number);
    return number;
}

static void a_frame_arrives_whole_after_the_delay_and_not_before(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = 100});
    static const uint8_t bytes[5] = {1, 2, 3, 4, 5};
    const struct lull_input sent = {.bytes = {bytes, 5}, .offload = {1, 2, 3, 1}};
    struct lull_input got;
    (void)state;
    sim_link_send(link, &sent, 1000);
    assert_int_equal(sim_link_next_deadline(link), 1100);
    assert_false(sim_link_receive(link, 1099, &got));
    assert_true(sim_link_receive(link, 1100, &got));
    assert_int_equal(got.bytes.len, 5);
    assert_memory_equal(got.bytes.data, bytes, 5);
    assert_memory_equal(&got.offload, &sent.offload, sizeof got.offload);
    assert_int_equal(sim_link_next_deadline(link), LULL_TIME_NEVER);
    assert_false(sim_link_receive(link, LULL_TIME_NEVER, &got));
    free(link);
}

static void frames_follow_each_other_at_the_rate(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.rate_bits = 8000000});
    struct lull_input got;
    (void)state;
    for (int i = 0; i < 3; i++)
        send_bytes(link, 1000, 0); /* one millisecond each */
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(sim_link_next_deadline(link), LULL_MS(i));
        assert_true(sim_link_receive(link, LULL_MS(i), &got));
    }
    send_bytes(link, 1000, LULL_MS(10)); /* the link was idle: no credit */
    assert_int_equal(sim_link_next_deadline(link), LULL_MS(11));
    free(link);
}

static void a_full_queue_loses_the_next_frame(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = 10, .queue_frames = 2});
    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        send_number(link, i, 0);
    assert_int_equal(link->counters.overflowed, 1);
    assert_int_equal(receive_number(link, 10), 0);
    assert_int_equal(receive_number(link, 10), 1);
    assert_int_equal(receive_number(link, 10), UINT32_MAX);
    free(link);
}

static void a_frame_longer_than_a_slot_is_lost(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.frame_bytes = 100});
    (void)state;
    send_bytes(link, 100, 0);
    send_bytes(link, 101, 0);
    assert_int_equal(link->in_flight, 1);
    assert_int_equal(link->counters.oversized, 1);
    free(link);
}

static uint64_t count_lost(struct sim_link_options options, uint32_t frames)
{
    struct sim_link *link = open_link(options);
    for (uint32_t i = 0; i < frames; i++) {
        send_number(link, i, i);
        receive_number(link, LULL_TIME_NEVER);
    }
    const uint64_t lost = link->counters.lost;
    free(link);
    return lost;
}

static void loss_comes_as_often_as_asked(void **state)
{
    (void)state;
    assert_int_equal(count_lost((struct sim_link_options){0}, 1000), 0);
    assert_int_equal(count_lost((struct sim_link_options){.loss_ppm = SIM_LINK_PPM}, 1000), 1000);
    assert_in_range(count_lost((struct sim_link_options){.loss_ppm = 50000}, 100000), 4700, 5300);
}

static void a_pattern_loses_its_frames_again_and_again(void **state)
{
    struct sim_link *link = open_link(
        (struct sim_link_options){.use_loss_pattern = true, .loss_pattern = 1u | 1ull << 63});
    (void)state;
    for (uint32_t i = 0; i < 192; i++) {
        send_number(link, i, i);
        const bool lost = i % 64 == 0 || i % 64 == 63;
        assert_int_equal(receive_number(link, i), lost ? UINT32_MAX : i);
    }
    free(link);
}

static void a_pattern_that_is_not_asked_for_loses_nothing(void **state)
{
    (void)state;
    assert_int_equal(count_lost((struct sim_link_options){.loss_pattern = UINT64_MAX}, 64), 0);
}

/* Numbers divisible by *context. */
static bool divisible(const void *context, struct span frame)
{
    uint32_t number;
    memcpy(&number, frame.data, sizeof number);
    return number % *(const uint32_t *)context == 0;
}

static void exactly_the_nth_match_is_lost(void **state)
{
    static const uint32_t five = 5;
    struct sim_link *link = open_link(
        (struct sim_link_options){.lose_match = 3, .matches = divisible, .matches_context = &five});
    (void)state;
    for (uint32_t i = 1; i <= 100; i++) {
        send_number(link, i, i);
        assert_int_equal(receive_number(link, i), i == 15 ? UINT32_MAX : i);
    }
    assert_int_equal(link->counters.lost, 1);
    free(link);
}

static void bursts_last_as_long_as_asked(void **state)
{
    struct sim_link *link =
        open_link((struct sim_link_options){.burst_enter_ppm = 10000, .burst_leave_ppm = 250000});
    uint32_t bursts = 0, lost = 0;
    bool before = false;
    (void)state;
    for (uint32_t i = 0; i < 200000; i++) {
        send_number(link, i, i);
        const bool gone = receive_number(link, i) == UINT32_MAX;
        lost += gone;
        bursts += gone && !before;
        before = gone;
    }
    assert_in_range(lost * 100 / bursts, 380, 420); /* 4 frames on average */
    assert_in_range(bursts, 1800, 2050);            /* one in 100 + 4 */
    free(link);
}

static void a_duplicate_is_the_same_frame_again(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.duplicate_ppm = SIM_LINK_PPM});
    (void)state;
    for (uint32_t i = 0; i < 10; i++) {
        send_number(link, i, i);
        assert_int_equal(receive_number(link, i), i);
        assert_int_equal(receive_number(link, i), i);
        assert_int_equal(receive_number(link, i), UINT32_MAX);
    }
    assert_int_equal(link->counters.duplicated, 10);
    free(link);
}

static void a_double_can_be_held_while_others_pass(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){
        .delay = 10, .duplicate_ppm = SIM_LINK_PPM, .double_by = LULL_SEC(1)});
    (void)state;
    send_number(link, 1, 0);
    link->options.duplicate_ppm = 0;
    send_number(link, 2, 20);
    assert_int_equal(receive_number(link, 10), 1);
    assert_int_equal(receive_number(link, 30), 2);
    assert_int_equal(receive_number(link, LULL_SEC(1) + 9), UINT32_MAX);
    assert_int_equal(receive_number(link, LULL_SEC(1) + 10), 1);
    assert_int_equal(sim_link_ghost(link)->copy, 1);
    free(link);
}

/* A ghost knows when its packet was emitted, which was long before it came to this link. */
static void a_held_frame_arrives_at_its_age(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = 10});
    const struct sim_ghost ghost = {.emitted_at = 1000};
    const uint32_t number = 1;
    const struct lull_input frame = {.bytes = {&number, sizeof number}};
    struct sim_fate fate = {.duplicated = true, .age = {500, 900}};
    (void)state;
    sim_link_tick(link, 1200);
    assert_int_equal(sim_link_carry(link, &frame, &ghost, &fate), SIM_CARRIED);
    send_number(link, 2, 1200);
    assert_int_equal(receive_number(link, 1210), 2);
    assert_int_equal(sim_link_next_deadline(link), 1500);
    assert_int_equal(receive_number(link, 1500), 1);
    assert_int_equal(sim_link_ghost(link)->copy, 0);
    assert_int_equal(sim_link_next_deadline(link), 1900);
    assert_int_equal(receive_number(link, 1900), 1);
    assert_int_equal(sim_link_ghost(link)->copy, 1);
    assert_int_equal(link->counters.reordered, 1);

    fate = (struct sim_fate){.age = {1}}; /* it is older than that already */
    sim_link_tick(link, 3000);
    assert_int_equal(sim_link_carry(link, &frame, &ghost, &fate), SIM_CARRIED);
    assert_int_equal(sim_link_next_deadline(link), 3010);
    free(link);
}

/* To hold the double alone costs the original nothing, nor its place in the order. */
static void a_held_double_follows_an_original_in_order(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = 10});
    const struct sim_ghost ghost = {.emitted_at = 0};
    const uint32_t number = 1;
    const struct lull_input frame = {.bytes = {&number, sizeof number}};
    const struct sim_fate fate = {.duplicated = true, .age = {0, LULL_SEC(22)}};
    (void)state;
    sim_link_tick(link, 0);
    (void)sim_link_carry(link, &frame, &ghost, &fate);
    assert_int_equal(link->counters.reordered, 0);
    assert_int_equal(receive_number(link, 10), 1);
    assert_int_equal(sim_link_next_deadline(link), LULL_SEC(22));
    free(link);
}

static void a_ghost_survives_the_way_and_a_double_is_marked(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = 10});
    const struct sim_ghost ghost = {
        .number = 7, .emitted_at = 3, .voice = 5, .incarnation = 2, .host = 1, .life = 4};
    const uint32_t number = 1;
    const struct lull_input frame = {.bytes = {&number, sizeof number}};
    const struct sim_fate fate = {.duplicated = true};
    (void)state;
    (void)sim_link_carry(link, &frame, &ghost, &fate);
    for (unsigned copy = 0; copy < 2; copy++) {
        assert_int_equal(receive_number(link, 10), 1);
        const struct sim_ghost *got = sim_link_ghost(link);
        assert_int_equal(got->number, 7);
        assert_int_equal(got->emitted_at, 3);
        assert_int_equal(got->voice, 5);
        assert_int_equal(got->incarnation, 2);
        assert_int_equal(got->host, 1);
        assert_int_equal(got->life, 4);
        assert_int_equal(got->copy, copy);
        assert_false(got->damaged);
    }
    free(link);
}

/* Once by chance for each length: it is shorter, whole octets, and never gone. */
static void what_is_cut_is_shorter_and_marked(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.truncate_ppm = SIM_LINK_PPM});
    bool seen[10] = {false};
    struct lull_input got;
    (void)state;
    for (int i = 0; i < 300; i++) {
        send_bytes(link, 10, i);
        assert_true(sim_link_receive(link, i, &got));
        assert_in_range(got.bytes.len, 1, 9);
        assert_true(sim_link_ghost(link)->damaged);
        seen[got.bytes.len] = true;
    }
    for (size_t len = 1; len < 10; len++)
        assert_true(seen[len]);
    assert_int_equal(link->counters.truncated, 300);
    send_bytes(link, 1, 300); /* there is nothing to cut */
    assert_true(sim_link_receive(link, 300, &got));
    assert_int_equal(got.bytes.len, 1);
    assert_false(sim_link_ghost(link)->damaged);
    free(link);
}

static void a_cut_link_takes_nothing_and_loses_nothing_under_way(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = 100});
    const uint32_t number = 9;
    const struct lull_input frame = {.bytes = {&number, sizeof number}};
    const struct sim_ghost ghost = {.voice = SIM_VOICE_NONE};
    const struct sim_fate fate = {.jitter = {0}};
    (void)state;
    send_number(link, 1, 0);
    link->options.cut = true;
    send_number(link, 2, 10);
    assert_int_equal(sim_link_carry(link, &frame, &ghost, &fate), SIM_CUT);
    assert_int_equal(link->counters.lost, 2);
    assert_int_equal(receive_number(link, 100), 1);
    link->options.cut = false;
    send_number(link, 3, 200);
    assert_int_equal(receive_number(link, 300), 3);
    free(link);
}

static void every_end_of_a_frame_has_its_name(void **state)
{
    struct sim_link *link =
        open_link((struct sim_link_options){.queue_frames = 1, .delay = 1, .frame_bytes = 8});
    static const uint8_t zeros[9];
    const struct lull_input small = {.bytes = {zeros, 8}}, large = {.bytes = {zeros, 9}};
    const struct sim_ghost ghost = {.voice = SIM_VOICE_NONE};
    const struct sim_fate none = {.lost = false}, lost = {.lost = true};
    (void)state;
    assert_int_equal(sim_link_carry(link, &large, &ghost, &none), SIM_OVERSIZED);
    assert_int_equal(sim_link_carry(link, &small, &ghost, &lost), SIM_LOST);
    assert_int_equal(sim_link_carry(link, &small, &ghost, &none), SIM_CARRIED);
    assert_int_equal(sim_link_carry(link, &small, &ghost, &none), SIM_OVERFLOWED);
    free(link);
}

static void a_readable_pattern_is_obeyed(void **state)
{
    struct sim_link_options options = {.delay = 1};
    size_t wrong;
    (void)state;
    assert_true(sim_pattern_parse(&options.pattern, "..x.xd", &wrong));
    struct sim_link *link = open_link(options);
    for (uint32_t i = 0; i < 8; i++)
        send_number(link, i, 0);
    static const uint32_t expected[] = {0, 1, 3, 5, 5, 6, 7, UINT32_MAX};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(receive_number(link, 1), expected[i]);
    free(link);
}

static void a_reordered_frame_lets_others_pass(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = LULL_MS(5)});
    (void)state;
    link->options.reorder_ppm = SIM_LINK_PPM;
    send_number(link, 1, 0);
    link->options.reorder_ppm = 0;
    send_number(link, 2, LULL_MS(1));
    assert_int_equal(receive_number(link, LULL_MS(6)), 2);
    assert_int_equal(receive_number(link, LULL_MS(10) - 1), UINT32_MAX);
    assert_int_equal(receive_number(link, LULL_MS(10)), 1);
    assert_int_equal(link->counters.reordered, 1);
    free(link);
}

static void how_late_a_reordered_frame_is_can_be_chosen(void **state)
{
    struct sim_link_options options = {.reorder_ppm = SIM_LINK_PPM};
    (void)state;
    struct sim_link *least = open_link(options);
    options.reorder_by = LULL_US(3);
    struct sim_link *chosen = open_link(options);
    send_number(least, 0, 0);
    send_number(chosen, 0, 0);
    assert_int_equal(sim_link_next_deadline(least), LULL_MS(1));
    assert_int_equal(sim_link_next_deadline(chosen), LULL_US(3));
    free(least);
    free(chosen);
}

static unsigned bits_turned(const uint8_t *got, const uint8_t *sent, size_t len)
{
    unsigned bits = 0;
    for (size_t i = 0; i < len; i++)
        bits += (unsigned)__builtin_popcount(got[i] ^ sent[i]);
    return bits;
}

static void damage_turns_one_bit_behind_the_chosen_byte(void **state)
{
    struct sim_link *link =
        open_link((struct sim_link_options){.corrupt_ppm = SIM_LINK_PPM, .corrupt_from = 14});
    static const uint8_t sent[20];
    bool hit[20] = {false};
    (void)state;
    for (int i = 0; i < 500; i++) {
        const struct lull_input frame = {.bytes = {sent, sizeof sent}};
        struct lull_input got;
        sim_link_send(link, &frame, i);
        assert_true(sim_link_receive(link, i, &got));
        assert_int_equal(bits_turned(got.bytes.data, sent, sizeof sent), 1);
        for (int at = 0; at < 20; at++)
            hit[at] = hit[at] || ((const uint8_t *)got.bytes.data)[at] != 0;
    }
    for (int at = 0; at < 20; at++)
        assert_int_equal(hit[at], at >= 14);
    assert_int_equal(link->counters.corrupted, 500);
    free(link);
}

static void a_frame_too_short_for_damage_is_spared(void **state)
{
    struct sim_link *link =
        open_link((struct sim_link_options){.corrupt_ppm = SIM_LINK_PPM, .corrupt_from = 4});
    (void)state;
    send_number(link, 9, 0);
    assert_int_equal(receive_number(link, 0), 9);
    assert_int_equal(link->counters.corrupted, 0);
    free(link);
}

/* Otherwise the receiver would believe a damaged frame. */
static void damage_cannot_hide_behind_a_trusted_checksum(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.corrupt_ppm = SIM_LINK_PPM});
    const uint8_t bytes[12] = {1, 2, 3, 4};
    const struct lull_input frame = {.bytes = {bytes, sizeof bytes}, .offload = {2, 8, 0, 1}};
    struct lull_input got;
    (void)state;
    sim_link_send(link, &frame, 0);
    assert_true(sim_link_receive(link, 0, &got));
    assert_int_equal(got.offload.checksum_start, 0);
    assert_int_equal(got.offload.checksum_trusted, 0);

    uint8_t expected[12];
    memcpy(expected, bytes, sizeof bytes);
    store_be16(expected + 8, checksum_of(bytes + 2, 10));
    assert_int_equal(bits_turned(got.bytes.data, expected, sizeof expected), 1);
    free(link);
}

/* Options drawn from a seed, faults of every kind among them. */
static struct sim_link_options draw_options(uint64_t seed)
{
    struct prng prng;
    prng_seed(&prng, seed);
    return (struct sim_link_options){
        .seed = seed,
        .delay = prng_below(&prng, 1000),
        .jitter = prng_below(&prng, 500),
        .rate_bits = prng_below(&prng, 2) ? 1000000000ull + prng_below(&prng, 1000000000) : 0,
        .queue_frames = 1 + prng_below(&prng, 40),
        .frame_bytes = 4 + prng_below(&prng, 200),
        .loss_ppm = prng_below(&prng, 300000),
        .duplicate_ppm = prng_below(&prng, 300000),
        .reorder_ppm = prng_below(&prng, 2) * prng_below(&prng, 300000),
        .reorder_by = prng_below(&prng, 3000),
        .corrupt_ppm = prng_below(&prng, 300000),
        .corrupt_from = 4,
        .burst_enter_ppm = prng_below(&prng, 50000),
        .burst_leave_ppm = 300000,
        .use_loss_pattern = prng_below(&prng, 2),
        .loss_pattern = prng_next(&prng) & prng_next(&prng),
    };
}

static void check_conservation(const struct sim_link *link)
{
    const struct sim_link_counters *c = &link->counters;
    assert_int_equal(c->sent + c->duplicated,
                     c->delivered + c->lost + c->overflowed + c->oversized + link->in_flight);
    assert_true(link->in_flight <= link->options.queue_frames);
}

/* Sends numbers at random instants until 300 have gone.  A digest of all that arrived and when. */
static uint64_t run_link(struct sim_link *link, uint64_t seed)
{
    uint8_t bytes[256] = {0};
    uint32_t number = 0, newest = 0;
    lull_time now = 0, then = 0;
    uint64_t digest = 0;
    struct prng prng;
    prng_seed(&prng, seed);
    while (number < 300 || link->in_flight > 0) {
        struct lull_input got;
        if (number < 300 && prng_below(&prng, 2)) {
            memcpy(bytes, &number, sizeof number);
            const struct lull_input frame = {.bytes = {bytes, 4 + prng_below(&prng, 250)}};
            sim_link_send(link, &frame, now);
            number++;
        }
        now += prng_below(&prng, 200);
        const lull_time due = sim_link_next_deadline(link);
        assert_int_equal(sim_link_receive(link, now, &got), due <= now);
        check_conservation(link);
        if (due > now)
            continue;
        uint32_t arrived;
        memcpy(&arrived, got.bytes.data, sizeof arrived);
        assert_true(due >= then && due >= link->options.delay);
        assert_true(link->options.reorder_ppm > 0 || arrived >= newest);
        newest = arrived;
        then = due;
        digest = digest * 1000003 + (uint64_t)due * 31 + arrived * 7 + got.bytes.len
                 + checksum_of(got.bytes.data, got.bytes.len);
    }
    return digest;
}

static void no_frame_is_ever_unaccounted_for_and_order_is_kept(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct sim_link *link = open_link(draw_options(seed));
        run_link(link, seed);
        free(link);
    }
}

static void the_same_seed_gives_the_same_run(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct sim_link *a = open_link(draw_options(seed));
        struct sim_link *b = open_link(draw_options(seed));
        struct sim_link_options other = draw_options(seed);
        other.seed = ~seed;
        struct sim_link *c = open_link(other);
        const uint64_t digest = run_link(a, seed);
        assert_true(run_link(b, seed) == digest);
        assert_true(run_link(c, seed) != digest);
        free(a);
        free(b);
        free(c);
    }
}

/* Which frames are lost does not depend on what else may happen to them. */
static void one_probability_does_not_shift_another(void **state)
{
    struct sim_link_options options = {.seed = 9, .loss_ppm = 100000};
    (void)state;
    struct sim_link *calm = open_link(options);
    options.jitter = 50;
    options.duplicate_ppm = 500000;
    options.corrupt_ppm = 500000;
    options.corrupt_from = 4;
    options.burst_leave_ppm = 500000;
    struct sim_link *wild = open_link(options);
    for (uint32_t i = 0; i < 1000; i++) {
        send_number(calm, i, (lull_time)i * 100);
        send_number(wild, i, (lull_time)i * 100);
        assert_int_equal(calm->counters.lost, wild->counters.lost);
        while (receive_number(calm, LULL_TIME_NEVER) != UINT32_MAX)
            continue;
        while (receive_number(wild, LULL_TIME_NEVER) != UINT32_MAX)
            continue;
    }
    assert_true(calm->counters.lost > 50);
    free(calm);
    free(wild);
}

static void a_link_may_be_moved_with_its_frames(void **state)
{
    struct sim_link *link = open_link((struct sim_link_options){.delay = 10, .jitter = 5});
    const size_t bytes = sim_link_bytes(&link->options);
    (void)state;
    for (uint32_t i = 0; i < 20; i++)
        send_number(link, i, i);
    struct sim_link *moved = malloc(bytes);
    memcpy(moved, link, bytes);
    memset(link, 0xa5, bytes);
    free(link);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(receive_number(moved, 100), i);
    free(moved);
}

static void options_that_make_no_sense_are_refused(void **state)
{
    const struct sim_link_options good = {.queue_frames = 1, .frame_bytes = 1};
    struct sim_link_options bad;
    (void)state;
    assert_true(sim_link_bytes(&good) > 0);
    bad = good, bad.queue_frames = 0;
    assert_int_equal(sim_link_bytes(&bad), 0);
    bad = good, bad.frame_bytes = 0;
    assert_int_equal(sim_link_bytes(&bad), 0);
    bad = good, bad.delay = -1;
    assert_int_equal(sim_link_bytes(&bad), 0);
    bad = good, bad.jitter = -1;
    assert_int_equal(sim_link_bytes(&bad), 0);
    bad = good, bad.reorder_by = -1;
    assert_int_equal(sim_link_bytes(&bad), 0);
    bad = good, bad.double_by = -1;
    assert_int_equal(sim_link_bytes(&bad), 0);
    bad = good, bad.lose_match = 1;
    assert_int_equal(sim_link_bytes(&bad), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_arrives_whole_after_the_delay_and_not_before),
        cmocka_unit_test(frames_follow_each_other_at_the_rate),
        cmocka_unit_test(a_full_queue_loses_the_next_frame),
        cmocka_unit_test(a_frame_longer_than_a_slot_is_lost),
        cmocka_unit_test(loss_comes_as_often_as_asked),
        cmocka_unit_test(a_pattern_loses_its_frames_again_and_again),
        cmocka_unit_test(a_pattern_that_is_not_asked_for_loses_nothing),
        cmocka_unit_test(exactly_the_nth_match_is_lost),
        cmocka_unit_test(bursts_last_as_long_as_asked),
        cmocka_unit_test(a_duplicate_is_the_same_frame_again),
        cmocka_unit_test(a_double_can_be_held_while_others_pass),
        cmocka_unit_test(a_held_frame_arrives_at_its_age),
        cmocka_unit_test(a_held_double_follows_an_original_in_order),
        cmocka_unit_test(a_ghost_survives_the_way_and_a_double_is_marked),
        cmocka_unit_test(what_is_cut_is_shorter_and_marked),
        cmocka_unit_test(a_cut_link_takes_nothing_and_loses_nothing_under_way),
        cmocka_unit_test(every_end_of_a_frame_has_its_name),
        cmocka_unit_test(a_readable_pattern_is_obeyed),
        cmocka_unit_test(a_reordered_frame_lets_others_pass),
        cmocka_unit_test(how_late_a_reordered_frame_is_can_be_chosen),
        cmocka_unit_test(damage_turns_one_bit_behind_the_chosen_byte),
        cmocka_unit_test(a_frame_too_short_for_damage_is_spared),
        cmocka_unit_test(damage_cannot_hide_behind_a_trusted_checksum),
        cmocka_unit_test(no_frame_is_ever_unaccounted_for_and_order_is_kept),
        cmocka_unit_test(the_same_seed_gives_the_same_run),
        cmocka_unit_test(one_probability_does_not_shift_another),
        cmocka_unit_test(a_link_may_be_moved_with_its_frames),
        cmocka_unit_test(options_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
