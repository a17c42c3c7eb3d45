/* The search for an ephemeral port: what it passes over, what it finds, what it costs. */
#include "base/check.h"
#include "cmocka_all.h"
#include "pair.h"
#include "stack/stack.h"

#define FIRST 50000
#define PORTS 64

static struct pair pair;
static struct lull_stack *client, *server;
static lull_socket listener;

static void open_seeded(uint64_t seed)
{
    struct lull_stack_config config;

    lull_stack_config_init(&config);
    config.knobs.value[LULL_KNOB_ports_ephemeral_first] = FIRST;
    config.knobs.value[LULL_KNOB_ports_ephemeral_last] = FIRST + PORTS - 1;
    pair_open(&pair, seed, &config, NULL);
    client = pair.stack[0];
    server = pair.stack[1];
    listener = pair_listen(&pair, 1, 80);
}

static void open_pair(void)
{
    open_seeded(1);
}

static void run_for(lull_duration duration)
{
    pair_run(&pair, pair.now + duration, NULL, NULL);
    lull_stack_advance(client, pair.now);
}

static enum lull_error connect_to(uint16_t port, lull_socket *socket)
{
    struct lull_name to = pair_name(1, port);

    assert_int_equal(lull_socket_open(client, socket), LULL_OK);
    return lull_socket_connect(client, *socket, &to);
}

static uint16_t port_of(lull_socket socket)
{
    struct lull_name local, remote;

    assert_int_equal(lull_socket_names(client, socket, &local, &remote), LULL_OK);
    return local.port;
}

/* Connects from a port of the caller's choice, inside the range. */
static lull_socket connect_from(uint16_t port)
{
    struct lull_name from = pair_name(0, port), to = pair_name(1, 80);
    lull_socket socket;

    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    assert_int_equal(lull_socket_bind(client, socket, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    return socket;
}

static uint64_t tries(void)
{
    return lull_stack_counter(client, LULL_COUNTER_EphemeralTries);
}

static void expect_exhausted(void)
{
    struct lull_refusal refusal;
    lull_socket socket;
    uint64_t before = tries();

    assert_int_equal(connect_to(80, &socket), LULL_EADDRNOTAVAIL);
    assert_int_equal(tries() - before, PORTS);
    lull_socket_refusal(client, &refusal);
    assert_int_equal(refusal.call, LULL_REFUSED_CONNECT);
    assert_int_equal(refusal.blocker, LULL_BLOCKER_LIMIT);
    assert_string_equal(refusal.rule, "IR-18");
    assert_int_equal(refusal.remedy, LULL_REMEDY_MORE_TUPLES);
    assert_int_equal(lull_socket_close(client, socket), LULL_OK);
}

/* The one port that is left is found wherever it is and wherever the search begins, and with
 * at most PORTS looks; so all looks of a search go to different ports.  [REQ IR-18] */
static void each_port_is_looked_at_once_at_most(void **state)
{
    lull_socket sockets[PORTS], socket;

    (void)state;
    open_pair();
    assert_int_equal(lull_stack_set_knob(client, LULL_KNOB_abort_hold, 0), LULL_OK);
    for (int i = 0; i < PORTS; i++)
        assert_int_equal(connect_to(80, &sockets[i]), LULL_EINPROGRESS);
    for (int i = 0; i < PORTS; i++) {
        expect_exhausted();
        uint16_t port = port_of(sockets[i]);
        assert_int_equal(lull_socket_abort(client, sockets[i]), LULL_OK);
        pair_flush(&pair); /* the reset leaves */
        uint64_t before = tries();
        assert_int_equal(connect_to(80, &socket), LULL_EINPROGRESS);
        assert_in_range(tries() - before, 1, PORTS);
        assert_int_equal(port_of(socket), port);
    }
    pair_close(&pair);
}

/* Where a search begins depends on a key that nobody outside has, and on the peer.
 * [REQ 6056/3.4] [REQ 6056/3.3] */
static void another_key_or_peer_begins_elsewhere(void **state)
{
    struct lull_name local = pair_name(0, 0), to = pair_name(1, 80);
    unsigned by_key[PORTS] = {0}, by_peer[PORTS] = {0}, ports_of_keys = 0, ports_of_peers = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= PORTS; seed++) {
        open_seeded(seed);
        by_key[stack_ports_choose(client, &local.address, &to) - FIRST]++;
        pair_close(&pair);
    }
    for (uint16_t port = 1; port <= PORTS; port++) {
        open_pair();
        to.port = port;
        by_peer[stack_ports_choose(client, &local.address, &to) - FIRST]++;
        pair_close(&pair);
    }
    for (int i = 0; i < PORTS; i++) {
        ports_of_keys += by_key[i] > 0;
        ports_of_peers += by_peer[i] > 0;
    }
    /* Of 64 throws 40 different ones are to be expected. */
    assert_in_range(ports_of_keys, 30, 50);
    assert_in_range(ports_of_peers, 30, 50);
}

/* While there is room a search is short.  [REQ IR-18] [REQ 6056/3.3] */
static void in_a_range_half_empty_a_search_is_short(void **state)
{
    lull_socket socket;

    (void)state;
    open_pair();
    for (int i = 0; i < PORTS / 2; i++)
        assert_int_equal(connect_to(80, &socket), LULL_EINPROGRESS);
    assert_true(tries() <= 4 * PORTS);
    pair_close(&pair);
}

/* [REQ IR-18] [REQ 6056/3.2] */
static void live_waiting_and_listening_ports_are_passed_over(void **state)
{
    lull_socket ends[5], own[5], socket;
    bool used[PORTS] = {false};

    (void)state;
    open_pair();
    for (uint16_t i = 0; i < 5; i++) {
        ends[i] = connect_from((uint16_t)(FIRST + 10 * i));
        run_for(LULL_MS(100));
        assert_int_equal(lull_socket_accept(server, listener, &own[i]), LULL_OK);
    }
    /* 0 stays live; 1 becomes a record of TIME-WAIT, 2 one of FIN-WAIT-2, and 4 of HOLD. */
    assert_int_equal(lull_socket_abort(client, ends[4]), LULL_OK);
    assert_int_equal(lull_socket_close(client, ends[1]), LULL_OK);
    assert_int_equal(lull_socket_close(client, ends[2]), LULL_OK);
    run_for(LULL_MS(100));
    assert_int_equal(lull_socket_close(server, own[1]), LULL_OK);
    run_for(LULL_MS(100));
    /* 3 ends without a trace, and what listens on its port then holds it for every remote. */
    assert_int_equal(lull_socket_close(server, own[3]), LULL_OK);
    run_for(LULL_MS(100));
    assert_int_equal(lull_socket_close(client, ends[3]), LULL_OK);
    run_for(LULL_MS(100));
    struct lull_name name = pair_name(0, FIRST + 30);
    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    assert_int_equal(lull_socket_bind(client, socket, &name), LULL_OK);
    assert_int_equal(lull_socket_listen(client, socket, 1), LULL_OK);

    for (int i = 0; i < PORTS - 5; i++) {
        assert_int_equal(connect_to(80, &socket), LULL_EINPROGRESS);
        assert_int_equal(used[port_of(socket) - FIRST], false);
        used[port_of(socket) - FIRST] = true;
    }
    for (int i = 0; i < 5; i++)
        assert_false(used[10 * i]);
    expect_exhausted();

    /* Towards another remote end records do not matter. */
    int others = 0;
    while (connect_to(81, &socket) == LULL_EINPROGRESS)
        others++;
    assert_int_equal(others, PORTS - 2); /* all but the bound and the listening one */
    pair_close(&pair);
}

/* The server's machine starts again: another secret, and no timestamps any more. */
static void restart_server(uint64_t seed)
{
    struct lull_stack_config config;
    static struct pair other;
    void *old = pair.memory[1];

    lull_stack_config_init(&config);
    config.features = 0;
    pair_open(&other, seed, &config, NULL);
    pair.stack[1] = server = other.stack[1];
    pair.memory[1] = other.memory[1];
    other.memory[1] = old;
    pair_close(&other);
    listener = pair_listen(&pair, 1, 80);

    lull_socket socket; /* its hardware address is another one, and is told so */
    struct lull_name to = pair_name(0, 9);
    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(server, socket, &to), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);
}

/* A connection over a record in TIME-WAIT whose peer answers with an ISN that may be older: the
 * port it has in the end. */
static uint16_t connect_over_a_record(uint64_t seed)
{
    struct lull_name from = pair_name(0, 0), to = pair_name(1, 80);
    lull_socket ends[2], socket;

    open_pair();
    lull_stack_set_knob(client, LULL_KNOB_ports_ephemeral_last, FIRST);
    lull_stack_set_knob(client, LULL_KNOB_tw_reuse_active, LULL_TW_REUSE_ANY);
    pair_connect(&pair, listener, 80, ends);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    run_for(LULL_MS(100));
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_SEC(5));
    restart_server(seed);

    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    assert_int_equal(lull_socket_set_option(client, socket, LULL_OPTION_BIND_NO_PORT, 1), LULL_OK);
    assert_int_equal(lull_socket_bind(client, socket, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    assert_int_equal(port_of(socket), FIRST);
    lull_stack_set_knob(client, LULL_KNOB_ports_ephemeral_last, FIRST + 1);
    run_for(LULL_SEC(10));
    assert_int_equal(lull_socket_take_error(client, socket), LULL_OK);
    assert_true(lull_socket_poll(client, socket) & LULL_EVENT_WRITABLE);
    uint16_t port = port_of(socket);
    pair_close(&pair);
    return port;
}

/* [REQ BL-16] [REQ IR-16] */
static void an_attempt_goes_on_from_another_port_where_the_port_was_ours_to_choose(void **state)
{
    bool same = false, another = false;

    (void)state;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        uint16_t port = connect_over_a_record(seed);
        same |= port == FIRST;
        another |= port == FIRST + 1;
    }
    assert_true(same);
    assert_true(another);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_port_is_looked_at_once_at_most),
        cmocka_unit_test(another_key_or_peer_begins_elsewhere),
        cmocka_unit_test(in_a_range_half_empty_a_search_is_short),
        cmocka_unit_test(an_attempt_goes_on_from_another_port_where_the_port_was_ours_to_choose),
        cmocka_unit_test(live_waiting_and_listening_ports_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
