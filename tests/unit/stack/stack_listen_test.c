/* Who a segment's port belongs to: listeners by port, closeness of name, family and zone. */
#include "base/check.h"
#include "cmocka_all.h"
#include "pair.h"
#include "stack/stack.h"
#include "stack/stack_conn.h"
#include "stack/stack_listen.h"
#include "stack/stack_tuples.h"

#define PORT 80

static struct pair pair;
static struct lull_stack *stack;

static void open_stack(uint32_t listeners)
{
    struct lull_stack_config config;

    lull_stack_config_init(&config);
    config.listeners_max = listeners;
    config.sockets_max = listeners + 8;
    pair_open(&pair, 1, &config, NULL);
    stack = pair.stack[1];
}

static struct lull_address ipv6(uint8_t last)
{
    return (struct lull_address){{[0] = 0xfe, [1] = 0x80, [15] = last}};
}

/* A listener of any name, also of addresses that no interface can have yet. */
static uint32_t listen_on(struct lull_name name, bool ipv6_only)
{
    uint32_t endpoint = stack_endpoint_take(stack);
    struct stack_endpoint *e = stack_endpoint_at(stack, endpoint);

    e->tuple = (struct tuple){.local = name.address, .zone = name.zone, .local_port = name.port};
    e->ipv6_only = ipv6_only;
    stack_endpoint_hold_port(stack, e);
    assert_int_equal(stack_listen_open(stack, endpoint, 1), LULL_OK);
    return endpoint;
}

static void close_listener(uint32_t endpoint)
{
    stack_listen_close(stack, endpoint);
    stack_endpoint_give(stack, endpoint);
}

static uint32_t listener_of(uint32_t endpoint)
{
    return stack_endpoint_at(stack, endpoint)->listener;
}

static uint32_t found(struct lull_address local, uint32_t zone, uint16_t port)
{
    struct tuple tuple = {.local = local,
                          .remote = pair_name(0, 0).address,
                          .zone = zone,
                          .local_port = port,
                          .remote_port = 40000};
    return stack_listen_find(stack, &tuple);
}

static void expect_listener(uint32_t endpoint, struct lull_address local, uint32_t zone)
{
    assert_int_equal(found(local, zone, PORT), listener_of(endpoint));
}

/* [REQ BL-15] */
static void the_closest_name_is_found_whoever_came_first(void **state)
{
    const struct lull_name names[] = {{.port = PORT},
                                      {.address = address_from_ipv4_word(0), .port = PORT},
                                      {.zone = 2, .port = PORT},
                                      pair_name(1, PORT),
                                      {ipv6(1), 2, PORT}};
    struct lull_address own = pair_name(1, 0).address, other = pair_name(5, 0).address;
    uint32_t e[COUNT_OF(names)];

    (void)state;
    for (size_t first = 0; first < COUNT_OF(names); first++) {
        open_stack(8);
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            size_t which = (first + i) % COUNT_OF(names);
            e[which] = listen_on(names[which], false);
        }
        expect_listener(e[3], own, 0);
        expect_listener(e[1], other, 0);
        expect_listener(e[4], ipv6(1), 2);
        expect_listener(e[2], ipv6(2), 2);
        expect_listener(e[0], ipv6(1), 3); /* the same address in another zone */
        expect_listener(e[0], ipv6(1), 0);
        pair_close(&pair);
    }
}

/* [REQ BL-15] */
static void equal_addresses_in_different_zones_never_match(void **state)
{
    (void)state;
    open_stack(8);
    uint32_t in_2 = listen_on((struct lull_name){ipv6(1), 2, PORT}, false);
    assert_int_equal(found(ipv6(1), 3, PORT), POOL_NONE);
    assert_int_equal(found(ipv6(1), 0, PORT), POOL_NONE);
    uint32_t in_3 = listen_on((struct lull_name){ipv6(1), 3, PORT}, false);
    expect_listener(in_2, ipv6(1), 2);
    expect_listener(in_3, ipv6(1), 3);
    pair_close(&pair);
}

/* [REQ BL-15] */
static void a_connection_is_found_in_its_own_zone_alone(void **state)
{
    struct tcp_conn_plan plan = {.tuple = {ipv6(1), ipv6(2), 2, PORT, 40000}};
    struct tcp_conn_plan twin = {.tuple = {ipv6(1), ipv6(2), 3, PORT, 40000}};

    (void)state;
    open_stack(8);
    uint32_t conn = stack_conn_make(stack, &plan);
    assert_int_equal(stack_tuples_find(stack, &plan.tuple).conn, conn);
    assert_int_equal(stack_tuples_find(stack, &twin.tuple).conn, POOL_NONE);
    uint32_t other = stack_conn_make(stack, &twin);
    assert_int_not_equal(other, POOL_NONE);
    assert_int_equal(stack_tuples_find(stack, &plan.tuple).conn, conn);
    assert_int_equal(stack_tuples_find(stack, &twin.tuple).conn, other);
    pair_close(&pair);
}

/* [REQ BL-13] */
static void one_for_ipv6_alone_is_passed_over_by_ipv4(void **state)
{
    (void)state;
    open_stack(8);
    uint32_t only = listen_on((struct lull_name){.port = PORT}, true);
    assert_int_equal(found(pair_name(1, 0).address, 0, PORT), POOL_NONE);
    expect_listener(only, ipv6(1), 4);
    pair_close(&pair);
}

/* [REQ RL-10] A search sees those of its port and no others, whatever came and went. */
static void listeners_are_found_by_their_port(void **state)
{
    enum { PORTS = 500, EACH = 3 };
    static uint32_t e[PORTS][EACH];
    const struct lull_name kinds[EACH] = {
        pair_name(1, 0), {.address = address_from_ipv4_word(0)}, {.zone = 2}};

    (void)state;
    open_stack(PORTS * EACH);
    for (int round = 0; round < 2; round++) {
        for (uint16_t port = 0; port < PORTS; port++) {
            for (int k = 0; k < EACH; k++) {
                struct lull_name name = kinds[k];
                name.port = (uint16_t)(port * 131 + 1);
                e[port][k] = listen_on(name, false);
            }
        }
        for (uint16_t port = 0; port < PORTS; port++) {
            uint16_t number = (uint16_t)(port * 131 + 1);
            struct lull_address own = pair_name(1, 0).address, other = pair_name(7, 0).address;
            assert_int_equal(found(own, 0, number), listener_of(e[port][0]));
            assert_int_equal(found(other, 0, number), listener_of(e[port][1]));
            assert_int_equal(found(ipv6(1), 2, number), listener_of(e[port][2]));
            assert_int_equal(found(own, 0, (uint16_t)(number + 1)), POOL_NONE);
            /* One of the three leaves: the first, the middle or the last of its chain. */
            close_listener(e[port][port % EACH]);
            assert_int_equal(found(own, 0, number), listener_of(e[port][port % EACH == 0]));
            close_listener(e[port][(port + 1) % EACH]);
            close_listener(e[port][(port + 2) % EACH]);
            assert_int_equal(found(own, 0, number), POOL_NONE);
        }
    }
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_closest_name_is_found_whoever_came_first),
        cmocka_unit_test(equal_addresses_in_different_zones_never_match),
        cmocka_unit_test(a_connection_is_found_in_its_own_zone_alone),
        cmocka_unit_test(one_for_ipv6_alone_is_passed_over_by_ipv4),
        cmocka_unit_test(listeners_are_found_by_their_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
