/* The neighbour cache: states, time, limits. */
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/prng.h"
#include "cmocka_all.h"
#include "link/link.h"

/* One block, as in a stack, so that it can be moved. */
struct fixture {
    struct link_neighbor_cache cache;
    _Alignas(64) unsigned char memory[];
};

static const struct siphash_key secret = {{1, 2}};

static size_t fixture_bytes(uint32_t capacity)
{
    const size_t bytes = sizeof(struct fixture) + link_neighbor_bytes(capacity);
    return (bytes + 63) / 64 * 64;
}

static struct fixture *new_fixture(uint32_t capacity)
{
    struct fixture *f = aligned_alloc(64, fixture_bytes(capacity));
    memset(f, 0xaa, fixture_bytes(capacity));
    link_neighbor_init(&f->cache, f->memory, capacity, &secret);
    return f;
}

static struct link_neighbor_key host(uint32_t number)
{
    return (struct link_neighbor_key){address_from_ipv4_word(0x0a000000 + number), 1};
}

static struct ethernet_address card(uint8_t number)
{
    return (struct ethernet_address){{2, 0, 0, 0, 0, number}};
}

static enum link_resolution resolve(struct fixture *f, uint32_t number, lull_time now)
{
    const struct link_neighbor_key key = host(number);
    struct ethernet_address hardware;
    return link_neighbor_resolve(&f->cache, &key, now, &hardware);
}

/* The last byte of the resolved hardware address, or -1. */
static int card_of(struct fixture *f, uint32_t number, lull_time now)
{
    const struct link_neighbor_key key = host(number);
    struct ethernet_address hardware = {{0}};
    if (link_neighbor_resolve(&f->cache, &key, now, &hardware) != LINK_RESOLVED)
        return -1;
    return hardware.bytes[5];
}

static bool learn(struct fixture *f, uint32_t number, uint8_t card_number,
                  enum link_neighbor_evidence evidence)
{
    const struct link_neighbor_claim claim = {host(number), card(card_number), evidence};
    return link_neighbor_learn(&f->cache, &claim, 0);
}

static bool learn_at(struct fixture *f, uint32_t number, uint8_t card_number, lull_time now)
{
    const struct link_neighbor_claim claim = {host(number), card(card_number),
                                              LINK_NEIGHBOR_SOLICITED};
    return link_neighbor_learn(&f->cache, &claim, now);
}

static void confirm(struct fixture *f, uint32_t number, lull_time now)
{
    const struct link_neighbor_key key = host(number);
    link_neighbor_confirm(&f->cache, &key, now);
}

/* -1: no entry. */
static int state_at(struct fixture *f, uint32_t number, lull_time now)
{
    const struct link_neighbor_key key = host(number);
    enum link_neighbor_state s;
    return link_neighbor_state_of(&f->cache, &key, now, &s) ? (int)s : -1;
}

/* Takes the next question; it must be about @number and go to @card_number, 255 for broadcast. */
static void expect_probe(struct fixture *f, uint32_t number, uint8_t card_number)
{
    const struct link_neighbor_key key = host(number);
    struct link_neighbor_probe probe;
    assert_true(link_neighbor_next_probe(&f->cache, &probe));
    assert_memory_equal(&probe.key, &key, sizeof key);
    assert_int_equal(probe.destination.bytes[5], card_number);
    assert_int_equal(ethernet_is_broadcast(&probe.destination), card_number == 255);
}

static void expect_no_probe(struct fixture *f)
{
    struct link_neighbor_probe probe;
    assert_false(link_neighbor_next_probe(&f->cache, &probe));
}

static unsigned drain_probes(struct fixture *f)
{
    struct link_neighbor_probe probe;
    unsigned count = 0;
    while (link_neighbor_next_probe(&f->cache, &probe))
        count++;
    return count;
}

/* A neighbour that answered at @now. */
static void make_reachable(struct fixture *f, uint32_t number, lull_time now)
{
    (void)resolve(f, number, now);
    assert_true(learn_at(f, number, (uint8_t)number, now));
    drain_probes(f);
}

static void a_stranger_is_asked_for_once_and_is_pending(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    assert_int_equal(resolve(f, 1, 0), LINK_PENDING);
    assert_int_equal(resolve(f, 1, 0), LINK_PENDING);
    expect_probe(f, 1, 255);
    expect_no_probe(f);
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_SEC(1));
    free(f);
}

static void an_answer_resolves_and_says_that_output_may_go(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    (void)resolve(f, 1, 0);
    const uint64_t before = f->cache.changes;
    assert_true(learn(f, 1, 9, LINK_NEIGHBOR_SOLICITED));
    assert_int_equal(f->cache.changes, before + 1);
    assert_int_equal(card_of(f, 1, 0), 9);
    assert_int_equal(state_at(f, 1, 0), LINK_NEIGHBOR_REACHABLE);
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_TIME_NEVER);
    expect_no_probe(f); /* the question was not sent yet, and need not be */
    assert_false(learn(f, 1, 9, LINK_NEIGHBOR_SOLICITED));
    free(f);
}

static void interfaces_and_addresses_are_kept_apart(void **state)
{
    struct fixture *f = new_fixture(4);
    struct link_neighbor_key other = host(1);
    struct ethernet_address hardware;
    (void)state;
    make_reachable(f, 1, 0);
    other.interface = 2;
    assert_int_equal(link_neighbor_resolve(&f->cache, &other, 0, &hardware), LINK_PENDING);
    assert_int_equal(resolve(f, 2, 0), LINK_PENDING);
    free(f);
}

static void three_questions_a_second_apart_then_it_has_failed(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    (void)resolve(f, 1, 0);
    expect_probe(f, 1, 255);
    assert_false(link_neighbor_advance(&f->cache, LULL_SEC(1) - 1));
    expect_no_probe(f);
    assert_false(link_neighbor_advance(&f->cache, LULL_SEC(1)));
    expect_probe(f, 1, 255);
    assert_false(link_neighbor_advance(&f->cache, LULL_SEC(2)));
    expect_probe(f, 1, 255);
    assert_int_equal(resolve(f, 1, LULL_SEC(3) - 1), LINK_PENDING);
    const uint64_t before = f->cache.changes;
    assert_true(link_neighbor_advance(&f->cache, LULL_SEC(3)));
    expect_no_probe(f);
    assert_int_equal(f->cache.changes, before + 1);
    assert_int_equal(f->cache.failed, 1);
    assert_int_equal(resolve(f, 1, LULL_SEC(3)), LINK_UNREACHABLE);
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_TIME_NEVER);
    free(f);
}

static void a_failed_neighbour_is_asked_again_after_a_rest(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    (void)resolve(f, 1, 0);
    for (int second = 1; second <= 3; second++)
        link_neighbor_advance(&f->cache, LULL_SEC(second));
    drain_probes(f);
    assert_int_equal(resolve(f, 1, LULL_SEC(4) - 1), LINK_UNREACHABLE);
    assert_int_equal(resolve(f, 1, LULL_SEC(4)), LINK_PENDING);
    assert_int_equal(resolve(f, 1, LULL_SEC(4)), LINK_PENDING);
    assert_int_equal(state_at(f, 1, LULL_SEC(4)), LINK_NEIGHBOR_INCOMPLETE);
    expect_probe(f, 1, 255);
    for (int second = 5; second <= 6; second++)
        assert_false(link_neighbor_advance(&f->cache, LULL_SEC(second)));
    assert_true(link_neighbor_advance(&f->cache, LULL_SEC(7)));
    free(f);
}

static void a_failed_neighbour_that_speaks_is_known_at_once(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    (void)resolve(f, 1, 0);
    for (int second = 1; second <= 3; second++)
        link_neighbor_advance(&f->cache, LULL_SEC(second));
    assert_true(learn_at(f, 1, 5, LULL_SEC(3)));
    assert_int_equal(state_at(f, 1, LULL_SEC(3)), LINK_NEIGHBOR_STALE); /* late: nobody asked */
    assert_int_equal(card_of(f, 1, LULL_SEC(3)), 5);
    free(f);
}

/* What stands in the queue when it fails is not sent. */
static void a_question_that_was_never_sent_dies_with_its_entry(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    (void)resolve(f, 1, 0);
    (void)resolve(f, 2, 0);
    for (int second = 1; second <= 3; second++)
        link_neighbor_advance(&f->cache, LULL_SEC(second));
    expect_no_probe(f);
    free(f);
}

static void a_reachable_neighbour_is_stale_after_thirty_seconds(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    make_reachable(f, 1, LULL_SEC(10));
    assert_int_equal(state_at(f, 1, LULL_SEC(40) - 1), LINK_NEIGHBOR_REACHABLE);
    assert_int_equal(state_at(f, 1, LULL_SEC(40)), LINK_NEIGHBOR_STALE);
    assert_int_equal(card_of(f, 1, LULL_SEC(40) - 1), 1);
    assert_int_equal(state_at(f, 1, LULL_SEC(40) - 1), LINK_NEIGHBOR_REACHABLE);
    assert_int_equal(card_of(f, 1, LULL_SEC(40)), 1); /* used on trust */
    assert_int_equal(state_at(f, 1, LULL_SEC(40)), LINK_NEIGHBOR_DELAY);
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_SEC(45));
    expect_no_probe(f);
    free(f);
}

static void a_stale_neighbour_in_use_is_probed_by_unicast_after_a_delay(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    make_reachable(f, 1, 0);
    (void)resolve(f, 1, LULL_SEC(30));
    (void)resolve(f, 1, LULL_SEC(34)); /* more use does not put it off */
    assert_false(link_neighbor_advance(&f->cache, LULL_SEC(35) - 1));
    expect_no_probe(f);
    assert_false(link_neighbor_advance(&f->cache, LULL_SEC(35)));
    expect_probe(f, 1, 1);
    assert_int_equal(state_at(f, 1, LULL_SEC(35)), LINK_NEIGHBOR_PROBE);
    assert_int_equal(card_of(f, 1, LULL_SEC(35)), 1);
    assert_int_equal(state_at(f, 1, LULL_SEC(35)), LINK_NEIGHBOR_PROBE);
    assert_false(learn_at(f, 1, 1, LULL_SEC(36))); /* nobody was waiting */
    assert_int_equal(state_at(f, 1, LULL_SEC(36)), LINK_NEIGHBOR_REACHABLE);
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_TIME_NEVER);
    free(f);
}

/* RFC 4861 section 7.3.3: discarded; its next use asks everybody. */
static void a_known_neighbour_that_stops_answering_is_forgotten_not_failed(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    make_reachable(f, 1, 0);
    (void)resolve(f, 1, LULL_SEC(30));
    for (int second = 35; second <= 37; second++) {
        assert_false(link_neighbor_advance(&f->cache, LULL_SEC(second)));
        expect_probe(f, 1, 1);
    }
    assert_false(link_neighbor_advance(&f->cache, LULL_SEC(38)));
    assert_int_equal(state_at(f, 1, LULL_SEC(38)), -1);
    assert_int_equal(f->cache.failed, 0);
    assert_int_equal(resolve(f, 1, LULL_SEC(38)), LINK_PENDING);
    expect_probe(f, 1, 255);
    free(f);
}

static void a_sign_of_life_from_above_spares_the_probe(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    make_reachable(f, 1, 0);
    confirm(f, 1, LULL_SEC(20));
    assert_int_equal(state_at(f, 1, LULL_SEC(49)), LINK_NEIGHBOR_REACHABLE);
    (void)resolve(f, 1, LULL_SEC(50));
    assert_int_equal(state_at(f, 1, LULL_SEC(50)), LINK_NEIGHBOR_DELAY);
    confirm(f, 1, LULL_SEC(51));
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_TIME_NEVER);
    (void)resolve(f, 1, LULL_SEC(81));
    link_neighbor_advance(&f->cache, LULL_SEC(86));
    confirm(f, 1, LULL_SEC(86));
    expect_no_probe(f);
    assert_int_equal(state_at(f, 1, LULL_SEC(86)), LINK_NEIGHBOR_REACHABLE);
    free(f);
}

/* R1 of TCP.  [REQ 9293/MUST-20] */
static void a_doubt_from_above_is_cleared_up_at_the_next_use(void **state)
{
    struct fixture *f = new_fixture(4);
    const struct link_neighbor_key key = host(1), stranger = host(2);
    (void)state;
    link_neighbor_doubt(&f->cache, &stranger);
    assert_int_equal(state_at(f, 2, 0), -1);
    make_reachable(f, 1, LULL_SEC(10));
    link_neighbor_doubt(&f->cache, &key);
    assert_int_equal(state_at(f, 1, LULL_SEC(10)), LINK_NEIGHBOR_STALE);
    expect_no_probe(f);
    assert_int_equal(card_of(f, 1, LULL_SEC(11)), 1); /* in use meanwhile */
    assert_int_equal(state_at(f, 1, LULL_SEC(11)), LINK_NEIGHBOR_DELAY);
    link_neighbor_doubt(&f->cache, &key); /* it is being cleared up already */
    assert_int_equal(state_at(f, 1, LULL_SEC(11)), LINK_NEIGHBOR_DELAY);
    link_neighbor_advance(&f->cache, LULL_SEC(16));
    expect_probe(f, 1, 1);
    free(f);
}

static void nothing_above_confirms_what_has_no_hardware_address(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    confirm(f, 1, 0);
    assert_int_equal(state_at(f, 1, 0), -1);
    (void)resolve(f, 1, 0);
    confirm(f, 1, 0);
    assert_int_equal(state_at(f, 1, 0), LINK_NEIGHBOR_INCOMPLETE);
    free(f);
}

static void only_who_asks_us_makes_an_entry(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    assert_false(learn(f, 1, 1, LINK_NEIGHBOR_OVERHEARD));
    assert_int_equal(f->cache.unsolicited, 0);
    assert_false(learn(f, 1, 1, LINK_NEIGHBOR_SOLICITED));
    assert_int_equal(f->cache.unsolicited, 1);
    assert_int_equal(state_at(f, 1, 0), -1);
    assert_false(learn(f, 1, 1, LINK_NEIGHBOR_ADDRESSED));
    assert_int_equal(state_at(f, 1, 0), LINK_NEIGHBOR_STALE);
    assert_int_equal(card_of(f, 1, 0), 1);
    free(f);
}

static void whatever_is_heard_ends_waiting_but_only_an_answer_proves_life(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    (void)resolve(f, 1, 0);
    (void)resolve(f, 2, 0);
    assert_true(learn(f, 1, 1, LINK_NEIGHBOR_OVERHEARD));
    assert_true(learn(f, 2, 2, LINK_NEIGHBOR_ADDRESSED));
    assert_int_equal(state_at(f, 1, 0), LINK_NEIGHBOR_STALE);
    assert_int_equal(state_at(f, 2, 0), LINK_NEIGHBOR_STALE);
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_TIME_NEVER);
    free(f);
}

static void a_new_hardware_address_is_taken_and_doubted(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    make_reachable(f, 1, 0);
    assert_false(learn(f, 1, 1, LINK_NEIGHBOR_OVERHEARD)); /* the same: nothing new */
    assert_int_equal(state_at(f, 1, 0), LINK_NEIGHBOR_REACHABLE);
    assert_false(learn(f, 1, 7, LINK_NEIGHBOR_OVERHEARD));
    assert_int_equal(state_at(f, 1, 0), LINK_NEIGHBOR_STALE);
    assert_int_equal(card_of(f, 1, 0), 7);
    free(f);
}

static void an_answer_nobody_asked_for_is_no_sign_of_life(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    make_reachable(f, 1, 0);
    assert_false(learn_at(f, 1, 1, LULL_SEC(29)));
    assert_int_equal(state_at(f, 1, LULL_SEC(30)), LINK_NEIGHBOR_STALE);
    (void)resolve(f, 1, LULL_SEC(30));
    assert_false(learn_at(f, 1, 1, LULL_SEC(31)));
    assert_int_equal(state_at(f, 1, LULL_SEC(31)), LINK_NEIGHBOR_DELAY);
    free(f);
}

static void a_permanent_entry_never_changes(void **state)
{
    struct fixture *f = new_fixture(4);
    const struct link_neighbor_key key = host(1);
    const struct ethernet_address hardware = card(3);
    (void)state;
    (void)resolve(f, 1, 0);
    const uint64_t before = f->cache.changes;
    assert_int_equal(link_neighbor_set_permanent(&f->cache, &key, &hardware), LULL_OK);
    assert_int_equal(f->cache.changes, before + 1); /* something may have waited */
    expect_no_probe(f);
    assert_false(learn(f, 1, 9, LINK_NEIGHBOR_SOLICITED));
    confirm(f, 1, 0);
    assert_int_equal(card_of(f, 1, LULL_SEC(1000)), 3);
    assert_int_equal(state_at(f, 1, LULL_SEC(1000)), LINK_NEIGHBOR_PERMANENT);
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_TIME_NEVER);
    const struct ethernet_address other = card(4);
    assert_int_equal(link_neighbor_set_permanent(&f->cache, &key, &other), LULL_OK);
    assert_int_equal(card_of(f, 1, 0), 4);
    assert_true(link_neighbor_forget(&f->cache, &key));
    assert_false(link_neighbor_forget(&f->cache, &key));
    assert_int_equal(state_at(f, 1, 0), -1);
    free(f);
}

static void a_cache_full_of_permanent_entries_says_so(void **state)
{
    struct fixture *f = new_fixture(2);
    const struct ethernet_address hardware = card(3);
    (void)state;
    for (uint32_t i = 1; i <= 2; i++) {
        const struct link_neighbor_key key = host(i);
        assert_int_equal(link_neighbor_set_permanent(&f->cache, &key, &hardware), LULL_OK);
    }
    const struct link_neighbor_key third = host(3);
    assert_int_equal(link_neighbor_set_permanent(&f->cache, &third, &hardware), LULL_ENOBUFS);
    assert_int_equal(resolve(f, 3, 0), LINK_UNREACHABLE);
    assert_false(learn(f, 3, 3, LINK_NEIGHBOR_ADDRESSED));
    assert_int_equal(f->cache.full, 3);
    assert_int_equal(f->cache.evicted, 0);
    assert_int_equal(card_of(f, 2, 0), 3);
    free(f);
}

static void the_least_recently_used_neighbour_makes_room(void **state)
{
    struct fixture *f = new_fixture(4);
    (void)state;
    for (uint32_t i = 1; i <= 4; i++)
        make_reachable(f, i, 0);
    (void)resolve(f, 1, 0);
    assert_int_equal(resolve(f, 5, 0), LINK_PENDING);
    assert_int_equal(f->cache.evicted, 1);
    assert_int_equal(state_at(f, 2, 0), -1);
    assert_int_equal(state_at(f, 1, 0), LINK_NEIGHBOR_REACHABLE);
    free(f);
}

static void unanswered_questions_never_push_out_more_than_a_quarter(void **state)
{
    struct fixture *f = new_fixture(8);
    (void)state;
    for (uint32_t i = 1; i <= 8; i++)
        make_reachable(f, i, 0);
    const uint64_t before = f->cache.changes;
    for (uint32_t i = 100; i < 1100; i++)
        assert_int_equal(resolve(f, i, 0), LINK_PENDING);
    unsigned known = 0;
    for (uint32_t i = 1; i <= 8; i++)
        known += state_at(f, i, 0) == LINK_NEIGHBOR_REACHABLE;
    assert_int_equal(known, 6);
    assert_int_equal(state_at(f, 1098, 0), LINK_NEIGHBOR_INCOMPLETE);
    assert_int_equal(state_at(f, 1099, 0), LINK_NEIGHBOR_INCOMPLETE);
    assert_int_equal(f->cache.evicted, 1000);
    assert_int_equal(f->cache.changes - before, 998); /* those that waited must ask again */
    assert_int_equal(drain_probes(f), 2);
    free(f);
}

static void who_is_asked_for_again_stays(void **state)
{
    struct fixture *f = new_fixture(8);
    (void)state;
    for (uint32_t i = 1; i <= 6; i++)
        make_reachable(f, i, 0);
    (void)resolve(f, 100, 0);
    (void)resolve(f, 101, 0);
    (void)resolve(f, 100, 0);
    (void)resolve(f, 102, 0);
    assert_int_equal(state_at(f, 100, 0), LINK_NEIGHBOR_INCOMPLETE);
    assert_int_equal(state_at(f, 101, 0), -1);
    free(f);
}

static void questions_come_out_in_the_order_asked(void **state)
{
    struct fixture *f = new_fixture(8);
    const struct link_neighbor_key second = host(2);
    (void)state;
    for (uint32_t i = 1; i <= 4; i++)
        (void)resolve(f, i, 0);
    assert_true(link_neighbor_forget(&f->cache, &second));
    expect_probe(f, 1, 255);
    (void)resolve(f, 5, 0);
    expect_probe(f, 3, 255);
    expect_probe(f, 4, 255);
    expect_probe(f, 5, 255);
    expect_no_probe(f);
    free(f);
}

static void memory_is_counted_in_whole_cache_lines(void **state)
{
    (void)state;
    for (uint32_t capacity = 1; capacity < 40; capacity++) {
        const size_t bytes = link_neighbor_bytes(capacity);
        assert_int_equal(bytes % 64, 0);
        assert_true(bytes >= tuple_table_bytes(capacity) + timer_wheel_bytes(capacity));
    }
}

static void a_cache_of_one_works(void **state)
{
    struct fixture *f = new_fixture(1);
    (void)state;
    for (uint32_t i = 1; i < 10; i++) {
        make_reachable(f, i, 0);
        assert_int_equal(card_of(f, i, 0), (int)i);
    }
    assert_int_equal(f->cache.evicted, 8);
    free(f);
}

static void a_moved_block_goes_on_as_if_nothing_had_happened(void **state)
{
    struct fixture *f = new_fixture(4);
    struct fixture *moved = aligned_alloc(64, fixture_bytes(4));
    (void)state;
    make_reachable(f, 1, 0);
    (void)resolve(f, 2, 0);
    memcpy(moved, f, fixture_bytes(4));
    memset(f, 0x55, fixture_bytes(4));
    free(f);
    expect_probe(moved, 2, 255);
    assert_int_equal(card_of(moved, 1, 0), 1);
    assert_true(learn(moved, 2, 2, LINK_NEIGHBOR_SOLICITED));
    assert_int_equal(card_of(moved, 2, 0), 2);
    free(moved);
}

/* What is known of a host outside of the cache: the last hardware address it told us. */
static void check_invariants(struct fixture *f, uint32_t permanent)
{
    assert_int_equal(pool_used(&f->cache.entries),
                     f->cache.resolved.count + f->cache.unresolved.count + permanent);
    assert_true(f->cache.probes.count <= pool_used(&f->cache.entries));
}

static void random_use_never_gives_an_address_nobody_claimed(void **state)
{
    enum { HOSTS = 40, CAPACITY = 16 };
    struct fixture *f = new_fixture(CAPACITY);
    int claimed[HOSTS];
    lull_time now = 0;
    struct prng p;
    (void)state;
    prng_seed(&p, 1);
    for (size_t i = 0; i < HOSTS; i++)
        claimed[i] = -1;
    for (int round = 0; round < 100000; round++) {
        const uint32_t number = prng_below(&p, HOSTS);
        const struct link_neighbor_claim claim = {host(number), card((uint8_t)prng_below(&p, 3)),
                                                  (enum link_neighbor_evidence)prng_below(&p, 3)};
        struct ethernet_address hardware;
        struct link_neighbor_probe probe;
        now += prng_below(&p, (uint32_t)LULL_MS(100));
        switch (prng_below(&p, 6)) {
        case 0:
        case 1:
            if (link_neighbor_resolve(&f->cache, &claim.key, now, &hardware) == LINK_RESOLVED)
                assert_int_equal(hardware.bytes[5], claimed[number]);
            break;
        case 2:
            (void)link_neighbor_learn(&f->cache, &claim, now);
            claimed[number] = claim.hardware.bytes[5];
            break;
        case 3: link_neighbor_confirm(&f->cache, &claim.key, now); break;
        case 4:
            link_neighbor_advance(&f->cache, now);
            assert_true(link_neighbor_deadline(&f->cache) > now);
            break;
        default:
            if (link_neighbor_next_probe(&f->cache, &probe)
                && !ethernet_is_broadcast(&probe.destination))
                assert_int_equal(probe.destination.bytes[5],
                                 claimed[address_ipv4_word(&probe.key.address) & 0xff]);
            break;
        }
        check_invariants(f, 0);
    }
    /* In silence everything comes to rest. */
    for (int i = 0; i < 20; i++)
        link_neighbor_advance(&f->cache, now += LULL_SEC(1));
    assert_int_equal(link_neighbor_deadline(&f->cache), LULL_TIME_NEVER);
    free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_is_asked_for_once_and_is_pending),
        cmocka_unit_test(an_answer_resolves_and_says_that_output_may_go),
        cmocka_unit_test(interfaces_and_addresses_are_kept_apart),
        cmocka_unit_test(three_questions_a_second_apart_then_it_has_failed),
        cmocka_unit_test(a_failed_neighbour_is_asked_again_after_a_rest),
        cmocka_unit_test(a_failed_neighbour_that_speaks_is_known_at_once),
        cmocka_unit_test(a_question_that_was_never_sent_dies_with_its_entry),
        cmocka_unit_test(a_reachable_neighbour_is_stale_after_thirty_seconds),
        cmocka_unit_test(a_stale_neighbour_in_use_is_probed_by_unicast_after_a_delay),
        cmocka_unit_test(a_known_neighbour_that_stops_answering_is_forgotten_not_failed),
        cmocka_unit_test(a_sign_of_life_from_above_spares_the_probe),
        cmocka_unit_test(a_doubt_from_above_is_cleared_up_at_the_next_use),
        cmocka_unit_test(nothing_above_confirms_what_has_no_hardware_address),
        cmocka_unit_test(only_who_asks_us_makes_an_entry),
        cmocka_unit_test(whatever_is_heard_ends_waiting_but_only_an_answer_proves_life),
        cmocka_unit_test(a_new_hardware_address_is_taken_and_doubted),
        cmocka_unit_test(an_answer_nobody_asked_for_is_no_sign_of_life),
        cmocka_unit_test(a_permanent_entry_never_changes),
        cmocka_unit_test(a_cache_full_of_permanent_entries_says_so),
        cmocka_unit_test(the_least_recently_used_neighbour_makes_room),
        cmocka_unit_test(unanswered_questions_never_push_out_more_than_a_quarter),
        cmocka_unit_test(who_is_asked_for_again_stays),
        cmocka_unit_test(questions_come_out_in_the_order_asked),
        cmocka_unit_test(memory_is_counted_in_whole_cache_lines),
        cmocka_unit_test(a_cache_of_one_works),
        cmocka_unit_test(a_moved_block_goes_on_as_if_nothing_had_happened),
        cmocka_unit_test(random_use_never_gives_an_address_nobody_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
