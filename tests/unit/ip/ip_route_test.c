/* The routing table, and its search against one that knows no order. */
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/prng.h"
#include "cmocka_all.h"
#include "ip/ip.h"

static struct lull_address v4(uint32_t word)
{
    return address_from_ipv4_word(word);
}

static struct lull_address v6(uint8_t first, uint8_t last)
{
    return (struct lull_address){{first, [15] = last}};
}

/* Written as people do: 10.0.0.0/8. */
static struct ip_route route4(uint32_t word, unsigned length, uint8_t interface)
{
    return (struct ip_route){
        .destination = v4(word), .prefix_bits = (uint8_t)(length + 96), .interface = interface};
}

static struct ip_route_table *new_table(unsigned capacity)
{
    struct ip_route_table *table = malloc(ip_route_bytes(capacity));
    ip_route_init(table, capacity);
    return table;
}

static enum lull_error add(struct ip_route_table *table, struct ip_route route)
{
    return ip_route_add(table, &route);
}

static int interface_for(const struct ip_route_table *table, struct lull_address destination)
{
    const struct ip_route *route = ip_route_find(table, &destination);
    return route == NULL ? -1 : route->interface;
}

static void the_longest_prefix_wins_whatever_the_order_of_adding(void **state)
{
    struct ip_route_table *table = new_table(4);
    (void)state;
    assert_int_equal(add(table, route4(0x0a000000, 8, 1)), LULL_OK);
    assert_int_equal(add(table, route4(0, 0, 0)), LULL_OK);
    assert_int_equal(add(table, route4(0x0a010200, 24, 3)), LULL_OK);
    assert_int_equal(add(table, route4(0x0a010000, 16, 2)), LULL_OK);
    assert_int_equal(interface_for(table, v4(0x0a010203)), 3);
    assert_int_equal(interface_for(table, v4(0x0a010303)), 2);
    assert_int_equal(interface_for(table, v4(0x0a020303)), 1);
    assert_int_equal(interface_for(table, v4(0x0b000000)), 0);
    free(table);
}

static void an_empty_table_finds_nothing(void **state)
{
    struct ip_route_table *table = new_table(0);
    (void)state;
    assert_int_equal(interface_for(table, v4(1)), -1);
    assert_int_equal(add(table, route4(0, 0, 0)), LULL_ENOBUFS);
    free(table);
}

static void a_host_route_matches_one_address(void **state)
{
    struct ip_route_table *table = new_table(1);
    (void)state;
    assert_int_equal(add(table, route4(0x0a000001, 32, 7)), LULL_OK);
    assert_int_equal(interface_for(table, v4(0x0a000001)), 7);
    assert_int_equal(interface_for(table, v4(0x0a000000)), -1);
    free(table);
}

static void host_bits_must_be_zero(void **state)
{
    struct ip_route_table *table = new_table(200);
    (void)state;
    for (unsigned length = 0; length < 32; length++) {
        assert_int_equal(add(table, route4(UINT32_C(1) << (31 - length), length, 0)), LULL_EINVAL);
        assert_int_equal(add(table, route4(1, length, 0)), LULL_EINVAL);
        if (length > 0)
            assert_int_equal(add(table, route4(UINT32_C(1) << (32 - length), length, 0)), LULL_OK);
    }
    assert_int_equal(add(table, route4(1, 32, 0)), LULL_OK);
    free(table);
}

static void a_prefix_is_no_longer_than_an_address_and_no_shorter_than_its_family(void **state)
{
    struct ip_route_table *table = new_table(4);
    struct ip_route route = {.destination = v4(0), .prefix_bits = 129};
    (void)state;
    assert_int_equal(ip_route_add(table, &route), LULL_EINVAL);
    route.prefix_bits = 95; /* the last bit that says IPv4 would be a host bit */
    assert_int_equal(ip_route_add(table, &route), LULL_EINVAL);
    route.prefix_bits = 96;
    assert_int_equal(ip_route_add(table, &route), LULL_OK);
    free(table);
}

static void a_gateway_is_one_host_of_the_same_family(void **state)
{
    struct ip_route_table *table = new_table(4);
    struct ip_route route = route4(0x0a000000, 8, 0);
    (void)state;
    route.gateway = v4(0xe0000001);
    assert_int_equal(ip_route_add(table, &route), LULL_EINVAL);
    route.gateway = v4(0xffffffff);
    assert_int_equal(ip_route_add(table, &route), LULL_EINVAL);
    route.gateway = v6(0x20, 1);
    assert_int_equal(ip_route_add(table, &route), LULL_EINVAL);
    route.gateway = v4(0x0b000001);
    assert_int_equal(ip_route_add(table, &route), LULL_OK);
    free(table);
}

static void the_same_prefix_is_not_added_twice(void **state)
{
    struct ip_route_table *table = new_table(4);
    struct ip_route route = route4(0x0a000000, 8, 1);
    (void)state;
    assert_int_equal(ip_route_add(table, &route), LULL_OK);
    route.gateway = v4(0x0b000001);
    assert_int_equal(ip_route_add(table, &route), LULL_EADDRINUSE);
    assert_int_equal(add(table, route4(0x0a000000, 9, 2)), LULL_OK);
    assert_int_equal(add(table, route4(0x0b000000, 8, 3)), LULL_OK);
    assert_int_equal(table->count, 3);
    free(table);
}

static void a_full_table_refuses_the_next_route_and_keeps_the_others(void **state)
{
    struct ip_route_table *table = new_table(2);
    (void)state;
    assert_int_equal(add(table, route4(0x0a000000, 8, 1)), LULL_OK);
    assert_int_equal(add(table, route4(0x0b000000, 8, 2)), LULL_OK);
    assert_int_equal(add(table, route4(0x0c000000, 8, 3)), LULL_ENOBUFS);
    assert_int_equal(add(table, route4(0x0b000000, 8, 3)), LULL_EADDRINUSE);
    assert_int_equal(interface_for(table, v4(0x0a000001)), 1);
    assert_int_equal(interface_for(table, v4(0x0c000001)), -1);
    free(table);
}

static void a_removed_route_is_gone_and_only_that_one(void **state)
{
    struct ip_route_table *table = new_table(3);
    const struct lull_address destination = v4(0x0a000000);
    (void)state;
    assert_int_equal(add(table, route4(0x0a000000, 8, 1)), LULL_OK);
    assert_int_equal(add(table, route4(0x0a000000, 16, 2)), LULL_OK);
    assert_int_equal(add(table, route4(0x0a000000, 24, 3)), LULL_OK);
    assert_int_equal(ip_route_remove(table, &destination, 96 + 20), LULL_EADDRNOTAVAIL);
    assert_int_equal(ip_route_remove(table, &destination, 96 + 16), LULL_OK);
    assert_int_equal(ip_route_remove(table, &destination, 96 + 16), LULL_EADDRNOTAVAIL);
    assert_int_equal(table->count, 2);
    assert_int_equal(interface_for(table, v4(0x0a000101)), 1);
    assert_int_equal(interface_for(table, v4(0x0a000001)), 3);
    assert_int_equal(add(table, route4(0x0a000000, 16, 4)), LULL_OK);
    assert_int_equal(interface_for(table, v4(0x0a000101)), 4);
    free(table);
}

static void the_families_do_not_meet(void **state)
{
    struct ip_route_table *table = new_table(3);
    const struct ip_route default6 = {.interface = 6};
    const struct ip_route prefix6 = {.destination = v6(0x20, 0), .prefix_bits = 8, .interface = 7};
    const struct ip_route through_gateway6 = {
        .destination = v6(0x40, 0), .gateway = v6(0x20, 1), .prefix_bits = 8};
    (void)state;
    assert_int_equal(ip_route_add(table, &default6), LULL_OK);
    assert_int_equal(ip_route_add(table, &prefix6), LULL_OK);
    assert_int_equal(interface_for(table, v4(0x0a000001)), -1);
    assert_int_equal(ip_route_add(table, &through_gateway6), LULL_OK);
    assert_int_equal(interface_for(table, v6(0x20, 1)), 7);
    assert_int_equal(interface_for(table, v6(0x30, 1)), 6);
    free(table);
}

static void the_next_hop_is_the_gateway_or_the_destination(void **state)
{
    struct ip_route route = route4(0, 0, 0);
    const struct lull_address destination = v4(0x08080808);
    (void)state;
    assert_ptr_equal(ip_route_next_hop(&route, &destination), &destination);
    route.gateway = v4(0); /* the mapped spelling of any */
    assert_ptr_equal(ip_route_next_hop(&route, &destination), &destination);
    route.gateway = v4(0x0a000001);
    assert_ptr_equal(ip_route_next_hop(&route, &destination), &route.gateway);
}

/* Walks all routes, and takes the longest of those that match. */
static int naive_interface(const struct ip_route *routes, unsigned count, uint32_t word)
{
    int found = -1, longest = -1;
    for (unsigned i = 0; i < count; i++) {
        const int length = routes[i].prefix_bits - 96;
        const uint64_t differ = word ^ address_ipv4_word(&routes[i].destination);
        if (differ >> (32 - length) == 0 && length > longest) {
            longest = length;
            found = routes[i].interface;
        }
    }
    return found;
}

/* Few different bits, so that prefixes nest. */
static uint32_t crowded_word(struct prng *p)
{
    return (uint32_t)(prng_next(p) & prng_next(p) & 0xc0c0c0c3);
}

static void search_agrees_with_a_naive_one_while_routes_come_and_go(void **state)
{
    enum { CAPACITY = 40 };
    struct ip_route model[CAPACITY];
    unsigned count = 0;
    struct ip_route_table *table = new_table(CAPACITY);
    struct prng p;
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 20000; round++) {
        const unsigned length = prng_below(&p, 33);
        const uint32_t mask = (uint32_t)(UINT64_MAX << (32 - length));
        const struct ip_route route =
            route4(crowded_word(&p) & mask, length, (uint8_t)prng_next(&p));
        unsigned at = 0;
        while (at < count
               && !(model[at].prefix_bits == route.prefix_bits
                    && address_equal(&model[at].destination, &route.destination)))
            at++;
        if (prng_chance(&p, 1, 2)) {
            const enum lull_error want = at < count          ? LULL_EADDRINUSE
                                         : count == CAPACITY ? LULL_ENOBUFS
                                                             : LULL_OK;
            assert_int_equal(ip_route_add(table, &route), want);
            if (want == LULL_OK)
                model[count++] = route;
        } else {
            assert_int_equal(ip_route_remove(table, &route.destination, route.prefix_bits),
                             at < count ? LULL_OK : LULL_EADDRNOTAVAIL);
            if (at < count)
                model[at] = model[--count];
        }
        assert_int_equal(table->count, count);
        const uint32_t word = crowded_word(&p);
        assert_int_equal(interface_for(table, v4(word)), naive_interface(model, count, word));
    }
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_prefix_wins_whatever_the_order_of_adding),
        cmocka_unit_test(an_empty_table_finds_nothing),
        cmocka_unit_test(a_host_route_matches_one_address),
        cmocka_unit_test(host_bits_must_be_zero),
        cmocka_unit_test(a_prefix_is_no_longer_than_an_address_and_no_shorter_than_its_family),
        cmocka_unit_test(a_gateway_is_one_host_of_the_same_family),
        cmocka_unit_test(the_same_prefix_is_not_added_twice),
        cmocka_unit_test(a_full_table_refuses_the_next_route_and_keeps_the_others),
        cmocka_unit_test(a_removed_route_is_gone_and_only_that_one),
        cmocka_unit_test(the_families_do_not_meet),
        cmocka_unit_test(the_next_hop_is_the_gateway_or_the_destination),
        cmocka_unit_test(search_agrees_with_a_naive_one_while_routes_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
