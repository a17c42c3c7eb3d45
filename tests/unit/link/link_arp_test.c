/* What an ARP packet means to us. */
#include <stdlib.h>

#include "base/address.h"
#include "cmocka_all.h"
#include "link/link.h"

static const struct siphash_key secret = {{3, 4}};

struct fixture {
    struct link_neighbor_cache cache;
    struct link_arp_self self;
    _Alignas(64) unsigned char memory[8192];
};

/* We are 10.0.0.1, 02:..:01. */
static struct fixture *new_fixture(void)
{
    struct fixture *f = aligned_alloc(64, sizeof *f);
    assert_true(link_neighbor_bytes(4) <= sizeof f->memory);
    link_neighbor_init(&f->cache, f->memory, 4, &secret);
    f->self = (struct link_arp_self){address_from_ipv4_word(0x0a000001), {{2, 0, 0, 0, 0, 1}}, 7};
    return f;
}

static struct arp_packet from_peer(uint16_t operation, uint32_t sender, uint32_t target)
{
    return (struct arp_packet){.operation = operation,
                               .sender_hardware = {{2, 0, 0, 0, 0, 2}},
                               .sender_protocol = address_from_ipv4_word(sender),
                               .target_protocol = address_from_ipv4_word(target)};
}

static enum link_resolution resolve(struct fixture *f, uint32_t word)
{
    const struct link_neighbor_key key = {address_from_ipv4_word(word), 7};
    struct ethernet_address hardware;
    return link_neighbor_resolve(&f->cache, &key, 0, &hardware);
}

/* The state of a neighbour, or -1 when it is not known. */
static int state_of(const struct fixture *f, uint32_t word)
{
    const struct link_neighbor_key key = {address_from_ipv4_word(word), 7};
    enum link_neighbor_state s;
    return link_neighbor_state_of(&f->cache, &key, 0, &s) ? (int)s : -1;
}

static void expect_nothing(struct fixture *f, struct arp_packet packet)
{
    const struct link_arp_outcome outcome = link_arp_arrive(&f->cache, &f->self, &packet, 0);
    assert_false(outcome.answer || outcome.resolved || outcome.conflict);
    assert_int_equal(pool_used(&f->cache.entries), 0);
}

static void a_request_for_us_is_answered_and_remembered(void **state)
{
    struct fixture *f = new_fixture();
    const struct arp_packet packet = from_peer(ARP_REQUEST, 0x0a000002, 0x0a000001);
    const struct link_arp_outcome outcome = link_arp_arrive(&f->cache, &f->self, &packet, 0);
    (void)state;
    assert_true(outcome.answer);
    assert_false(outcome.resolved || outcome.conflict);
    assert_int_equal(outcome.reply.operation, ARP_REPLY);
    assert_memory_equal(&outcome.reply.sender_hardware, &f->self.hardware, 6);
    assert_memory_equal(&outcome.reply.sender_protocol, &f->self.address, 16);
    assert_memory_equal(&outcome.reply.target_hardware, &packet.sender_hardware, 6);
    assert_memory_equal(&outcome.reply.target_protocol, &packet.sender_protocol, 16);
    assert_int_equal(state_of(f, 0x0a000002), LINK_NEIGHBOR_STALE);
    free(f);
}

static void a_request_for_somebody_else_is_not(void **state)
{
    struct fixture *f = new_fixture();
    (void)state;
    expect_nothing(f, from_peer(ARP_REQUEST, 0x0a000002, 0x0a000003));
    free(f);
}

static void the_answer_to_our_question_resolves(void **state)
{
    struct fixture *f = new_fixture();
    const struct arp_packet packet = from_peer(ARP_REPLY, 0x0a000002, 0x0a000001);
    (void)state;
    assert_int_equal(resolve(f, 0x0a000002), LINK_PENDING);
    const struct link_arp_outcome outcome = link_arp_arrive(&f->cache, &f->self, &packet, 0);
    assert_true(outcome.resolved);
    assert_false(outcome.answer);
    assert_int_equal(state_of(f, 0x0a000002), LINK_NEIGHBOR_REACHABLE);
    free(f);
}

static void an_answer_nobody_asked_for_is_not_remembered(void **state)
{
    struct fixture *f = new_fixture();
    (void)state;
    expect_nothing(f, from_peer(ARP_REPLY, 0x0a000002, 0x0a000001));
    assert_int_equal(f->cache.unsolicited, 1);
    free(f);
}

/* RFC 5227 section 3: announcements are requests for the sender's own address. */
static void an_announcement_updates_whom_we_know(void **state)
{
    struct fixture *f = new_fixture();
    const struct arp_packet packet = from_peer(ARP_REQUEST, 0x0a000002, 0x0a000002);
    (void)state;
    expect_nothing(f, packet);
    assert_int_equal(resolve(f, 0x0a000002), LINK_PENDING);
    const struct link_arp_outcome outcome = link_arp_arrive(&f->cache, &f->self, &packet, 0);
    assert_true(outcome.resolved && !outcome.answer);
    assert_int_equal(state_of(f, 0x0a000002), LINK_NEIGHBOR_STALE);
    free(f);
}

/* RFC 5227 section 2.1.1: it asks whether our address is free. */
static void a_probe_for_our_address_is_answered_but_teaches_nothing(void **state)
{
    struct fixture *f = new_fixture();
    const struct arp_packet packet = from_peer(ARP_REQUEST, 0, 0x0a000001);
    (void)state;
    assert_true(link_arp_arrive(&f->cache, &f->self, &packet, 0).answer);
    assert_int_equal(pool_used(&f->cache.entries), 0);
    free(f);
}

static void somebody_with_our_address_is_a_conflict(void **state)
{
    static const uint16_t operations[] = {ARP_REQUEST, ARP_REPLY};
    struct fixture *f = new_fixture();
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct arp_packet packet = from_peer(operations[i], 0x0a000001, 0x0a000001);
        const struct link_arp_outcome outcome = link_arp_arrive(&f->cache, &f->self, &packet, 0);
        assert_true(outcome.conflict);
        assert_false(outcome.answer || outcome.resolved);
    }
    assert_int_equal(pool_used(&f->cache.entries), 0);
    free(f);
}

static void our_own_packets_coming_back_mean_nothing(void **state)
{
    struct fixture *f = new_fixture();
    (void)state;
    expect_nothing(f, link_arp_announcement(&f->self));
    expect_nothing(f, link_arp_request(&f->self, &f->self.address));
    free(f);
}

static void a_sender_that_is_not_one_host_is_ignored(void **state)
{
    struct fixture *f = new_fixture();
    struct arp_packet packet = from_peer(ARP_REQUEST, 0x0a000002, 0x0a000001);
    (void)state;
    expect_nothing(f, from_peer(ARP_REQUEST, 0xffffffff, 0x0a000001));
    expect_nothing(f, from_peer(ARP_REQUEST, 0xe0000001, 0x0a000001));
    packet.sender_hardware = ethernet_broadcast();
    expect_nothing(f, packet);
    packet.sender_hardware = (struct ethernet_address){{1, 0, 0x5e, 0, 0, 1}};
    expect_nothing(f, packet);
    packet.sender_hardware = (struct ethernet_address){{0}};
    expect_nothing(f, packet);
    free(f);
}

static void other_operations_are_ignored(void **state)
{
    struct fixture *f = new_fixture();
    (void)state;
    expect_nothing(f, from_peer(0, 0x0a000002, 0x0a000001));
    expect_nothing(f, from_peer(3, 0x0a000002, 0x0a000001));
    free(f);
}

static void a_request_names_us_and_whom_we_want(void **state)
{
    struct fixture *f = new_fixture();
    const struct lull_address target = address_from_ipv4_word(0x0a000002);
    const struct arp_packet packet = link_arp_request(&f->self, &target);
    static const struct ethernet_address none = {{0}};
    (void)state;
    assert_int_equal(packet.operation, ARP_REQUEST);
    assert_memory_equal(&packet.sender_hardware, &f->self.hardware, 6);
    assert_memory_equal(&packet.sender_protocol, &f->self.address, 16);
    assert_memory_equal(&packet.target_hardware, &none, 6);
    assert_memory_equal(&packet.target_protocol, &target, 16);
    free(f);
}

static void an_announcement_asks_for_ourselves(void **state)
{
    struct fixture *f = new_fixture();
    const struct arp_packet packet = link_arp_announcement(&f->self);
    (void)state;
    assert_int_equal(packet.operation, ARP_REQUEST);
    assert_memory_equal(&packet.sender_hardware, &f->self.hardware, 6);
    assert_memory_equal(&packet.sender_protocol, &f->self.address, 16);
    assert_memory_equal(&packet.target_protocol, &f->self.address, 16);
    free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_for_us_is_answered_and_remembered),
        cmocka_unit_test(a_request_for_somebody_else_is_not),
        cmocka_unit_test(the_answer_to_our_question_resolves),
        cmocka_unit_test(an_answer_nobody_asked_for_is_not_remembered),
        cmocka_unit_test(an_announcement_updates_whom_we_know),
        cmocka_unit_test(a_probe_for_our_address_is_answered_but_teaches_nothing),
        cmocka_unit_test(somebody_with_our_address_is_a_conflict),
        cmocka_unit_test(our_own_packets_coming_back_mean_nothing),
        cmocka_unit_test(a_sender_that_is_not_one_host_is_ignored),
        cmocka_unit_test(other_operations_are_ignored),
        cmocka_unit_test(a_request_names_us_and_whom_we_want),
        cmocka_unit_test(an_announcement_asks_for_ourselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
