/* What docs/limits.md says of tables that are full, in conversations of two stacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pair.h"

#define PORT 80

static struct pair pair;
static struct lull_stack *client, *server;

static struct lull_stack_config defaults(void)
{
    struct lull_stack_config config;
    lull_stack_config_init(&config);
    return config;
}

static void open_pair(const struct lull_stack_config *config)
{
    pair_open(&pair, 1, config, NULL);
    client = pair.stack[0];
    server = pair.stack[1];
}

static void run_for(lull_duration duration)
{
    pair_run(&pair, pair.now + duration, NULL, NULL);
    lull_stack_advance(client, pair.now); /* both know how late it is */
    lull_stack_advance(server, pair.now);
}

static uint64_t counted(const struct lull_stack *stack, enum lull_counter counter)
{
    return lull_stack_counter(stack, counter);
}

static struct lull_usage usage(const struct lull_stack *stack)
{
    struct lull_usage usage;
    lull_stack_usage(stack, &usage);
    return usage;
}

static lull_socket open_socket(struct lull_stack *stack)
{
    lull_socket socket;
    assert_int_equal(lull_socket_open(stack, &socket), LULL_OK);
    return socket;
}

/* The client connects; how the attempt began. */
static enum lull_error connect_to(uint16_t port, lull_socket *socket)
{
    struct lull_name name = pair_name(1, port);
    *socket = open_socket(client);
    return lull_socket_connect(client, *socket, &name);
}

static bool is_connected(lull_socket socket)
{
    return (lull_socket_poll(client, socket) & LULL_EVENT_WRITABLE) != 0;
}

/* One connection, closed first by the client. */
static void open_and_close(lull_socket listener)
{
    lull_socket ends[2];

    pair_connect(&pair, listener, PORT, ends);
    lull_socket_close(client, ends[0]);
    run_for(LULL_MS(1));
    lull_socket_close(server, ends[1]);
    run_for(LULL_MS(1));
}

static void without_sockets_a_connection_keeps_waiting(void **state)
{
    struct lull_stack_config config = defaults();
    lull_socket socket, accepted, extra;

    (void)state;
    config.sockets_max = 2;
    open_pair(&config);
    lull_socket listener = pair_listen(&pair, 1, PORT);
    extra = open_socket(server);
    assert_int_equal(lull_socket_open(server, &accepted), LULL_EMFILE);
    assert_int_equal(connect_to(PORT, &socket), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
    assert_int_equal(lull_socket_accept(server, listener, &accepted), LULL_EMFILE);
    lull_socket_close(server, extra);
    assert_int_equal(lull_socket_accept(server, listener, &accepted), LULL_OK);
    pair_close(&pair);
}

static void without_connections_connect_is_refused_and_a_syn_dropped(void **state)
{
    struct lull_stack_config config = defaults();
    lull_socket sockets[3];
    struct lull_name nobody = pair_name(8, PORT);

    (void)state;
    config.connections_max = 2;
    open_pair(&config);
    pair_listen(&pair, 1, PORT);
    /* One of the server's two waits three seconds for an address that nobody has. */
    assert_int_equal(lull_socket_connect(server, open_socket(server), &nobody), LULL_EINPROGRESS);
    assert_int_equal(connect_to(PORT, &sockets[0]), LULL_EINPROGRESS);
    assert_int_equal(connect_to(PORT, &sockets[1]), LULL_EINPROGRESS);
    assert_int_equal(connect_to(PORT, &sockets[2]), LULL_ENOBUFS);
    run_for(LULL_MS(500));
    assert_true(is_connected(sockets[0]));
    assert_false(is_connected(sockets[1]));
    assert_int_equal(counted(server, LULL_COUNTER_ListenDrops), 1);
    assert_int_equal(counted(server, LULL_COUNTER_TCPAbortOnMemory), 1);
    run_for(LULL_SEC(8));
    assert_true(is_connected(sockets[1]));
    pair_close(&pair);
}

static void a_listener_too_many_is_refused(void **state)
{
    struct lull_stack_config config = defaults();

    (void)state;
    config.listeners_max = 1;
    open_pair(&config);
    pair_listen(&pair, 1, PORT);
    lull_socket second = open_socket(server);
    assert_int_equal(lull_socket_listen(server, second, 1), LULL_ENOBUFS);
    pair_close(&pair);
}

/* [REQ RL-01] */
static void a_full_table_gives_up_the_record_with_the_least_time_left(void **state)
{
    struct lull_stack_config config = defaults();
    uint64_t cursor = 0;
    struct lull_row row;

    (void)state;
    config.records_max = 2;
    open_pair(&config);
    lull_socket listener = pair_listen(&pair, 1, PORT);
    for (int i = 0; i < 3; i++) {
        open_and_close(listener);
        run_for(LULL_SEC(10));
    }
    assert_int_equal(usage(client).records, 2);
    assert_int_equal(counted(client, LULL_COUNTER_TWEvicted), 1);
    while (lull_stack_list(client, &cursor, &row))
        assert_true(row.timer_left > LULL_SEC(39)); /* the oldest would have 30 s */
    pair_close(&pair);
}

/* [REQ RL-02] */
static void without_records_nothing_is_remembered_and_that_is_counted(void **state)
{
    struct lull_stack_config config = defaults();

    (void)state;
    config.records_max = 0;
    open_pair(&config);
    open_and_close(pair_listen(&pair, 1, PORT));
    assert_int_equal(usage(client).connections, 0);
    assert_int_equal(counted(client, LULL_COUNTER_TCPTimeWaitOverflow), 1);
    pair_close(&pair);
}

static void a_full_accept_queue_drops_syns_until_one_is_accepted(void **state)
{
    lull_socket sockets[3], accepted;

    (void)state;
    open_pair(NULL);
    lull_socket listener = pair_listen(&pair, 1, PORT);
    assert_int_equal(lull_socket_listen(server, listener, 2), LULL_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(connect_to(PORT, &sockets[i]), LULL_EINPROGRESS);
        run_for(LULL_MS(100));
    }
    assert_false(is_connected(sockets[2]));
    assert_int_equal(counted(server, LULL_COUNTER_ListenOverflows), 1);
    assert_int_equal(counted(server, LULL_COUNTER_ListenDrops), 1);
    assert_int_equal(lull_socket_accept(server, listener, &accepted), LULL_OK);
    run_for(LULL_SEC(2)); /* the peer repeats its SYN after a second */
    assert_true(is_connected(sockets[2]));
    pair_close(&pair);
}

/* The handshakes are all under way at once: none is complete before its ACK has crossed the
 * wire.  pair_listen() listens with a backlog of 16. */
static void as_many_handshakes_as_the_backlog_and_no_more_are_under_way(void **state)
{
    struct lull_stack_config config = defaults();
    lull_socket socket;

    (void)state;
    open_pair(&config);
    pair.faults.delay = LULL_MS(100);
    pair_listen(&pair, 1, PORT);
    for (int i = 0; i < 17; i++)
        assert_int_equal(connect_to(PORT, &socket), LULL_EINPROGRESS);
    run_for(LULL_MS(350)); /* ARP there and back, and the SYNs */
    assert_int_equal(usage(server).connections, 16);
    assert_int_equal(counted(server, LULL_COUNTER_ListenDrops), 1);
    assert_int_equal(counted(server, LULL_COUNTER_ListenOverflows), 0);
    pair_close(&pair);
}

/* [REQ IR-18] */
static void each_remote_end_has_the_whole_ephemeral_range(void **state)
{
    struct lull_stack_config config = defaults();
    struct lull_refusal refusal;
    lull_socket socket;

    (void)state;
    config.knobs.value[LULL_KNOB_ports_ephemeral_first] = 50000;
    config.knobs.value[LULL_KNOB_ports_ephemeral_last] = 50002;
    open_pair(&config);
    for (int i = 0; i < 3; i++)
        assert_int_equal(connect_to(PORT, &socket), LULL_EINPROGRESS);
    assert_int_equal(connect_to(PORT, &socket), LULL_EADDRNOTAVAIL);
    lull_socket_refusal(client, &refusal);
    assert_string_equal(refusal.rule, "IR-18");
    assert_int_equal(connect_to(PORT + 1, &socket), LULL_EINPROGRESS);
    pair_close(&pair);
}

static uint8_t octet(uint32_t i)
{
    return (uint8_t)(i * 31 + i / 253);
}

/* Sends as much as is taken; reads as much as has come, and compares it. */
static void transfer(const lull_socket ends[2], uint32_t total)
{
    uint32_t sent = 0, read = 0;
    uint8_t bytes[3000];

    while (read < total) {
        uint32_t count = total - sent < sizeof bytes ? total - sent : (uint32_t)sizeof bytes;
        for (uint32_t i = 0; i < count; i++)
            bytes[i] = octet(sent + i);
        ptrdiff_t taken = lull_socket_send(client, ends[0], (struct lull_slice){bytes, count});
        sent += taken > 0 ? (uint32_t)taken : 0;
        run_for(LULL_MS(50));
        ptrdiff_t got = lull_socket_receive(server, ends[1], bytes, sizeof bytes);
        for (ptrdiff_t i = 0; i < got; i++)
            assert_int_equal(bytes[i], octet(read++));
        assert_true(pair.now < LULL_SEC(5000));
    }
}

static void a_dry_pool_slows_a_transfer_and_loses_nothing(void **state)
{
    struct lull_stack_config config = defaults();
    lull_socket ends[2];

    (void)state;
    config.blocks_max = 8;
    config.block_bytes = 1024;
    open_pair(&config);
    pair.faults.loss = 20;
    pair.faults.reorder = 50;
    pair_connect(&pair, pair_listen(&pair, 1, PORT), PORT, ends);
    transfer(ends, 200000);
    assert_true(counted(client, LULL_COUNTER_TCPMemoryPressures) > 0);
    run_for(LULL_SEC(10));
    assert_int_equal(usage(client).blocks, 0);
    assert_int_equal(usage(server).blocks, 0);
    pair_close(&pair);
}

/* The connection that holds the pool is another one: only the pool can wake this one. */
static void who_found_the_pool_dry_is_told_when_it_is_not(void **state)
{
    struct lull_stack_config config = defaults();
    lull_socket listener, rich[2], poor[2], socket;
    static const uint8_t bytes[16384];
    unsigned events;

    (void)state;
    config.blocks_max = 8;
    config.block_bytes = 1024;
    open_pair(&config);
    listener = pair_listen(&pair, 1, PORT);
    pair_connect(&pair, listener, PORT, rich);
    pair_connect(&pair, listener, PORT, poor);
    assert_true(lull_socket_send(client, rich[0], (struct lull_slice){bytes, sizeof bytes}) > 0);
    assert_int_equal(lull_socket_send(client, poor[0], (struct lull_slice){bytes, 1}), LULL_EAGAIN);
    while (lull_socket_next_event(client, &socket, &events))
        continue;
    run_for(LULL_SEC(1)); /* the peer acknowledges what the rich one sent */
    assert_true(lull_socket_next_event(client, &socket, &events));
    while (socket.index != poor[0].index)
        assert_true(lull_socket_next_event(client, &socket, &events));
    assert_true(events & LULL_EVENT_WRITABLE);
    assert_int_equal(lull_socket_send(client, poor[0], (struct lull_slice){bytes, 1}), 1);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_sockets_a_connection_keeps_waiting),
        cmocka_unit_test(without_connections_connect_is_refused_and_a_syn_dropped),
        cmocka_unit_test(a_listener_too_many_is_refused),
        cmocka_unit_test(a_full_table_gives_up_the_record_with_the_least_time_left),
        cmocka_unit_test(without_records_nothing_is_remembered_and_that_is_counted),
        cmocka_unit_test(a_full_accept_queue_drops_syns_until_one_is_accepted),
        cmocka_unit_test(as_many_handshakes_as_the_backlog_and_no_more_are_under_way),
        cmocka_unit_test(each_remote_end_has_the_whole_ephemeral_range),
        cmocka_unit_test(a_dry_pool_slows_a_transfer_and_loses_nothing),
        cmocka_unit_test(who_found_the_pool_dry_is_told_when_it_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
