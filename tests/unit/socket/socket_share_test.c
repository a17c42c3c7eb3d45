/* SO_REUSEPORT: who may join, how SYNs are spread, and what stays together. */
#include "base/check.h"
#include "cmocka_all.h"
#include "pair.h"
#include "stack/stack.h"
#include "stack/stack_listen.h"

#define PORT 80

static struct pair pair;
static struct lull_stack *server;

static void open_pair(void)
{
    pair_open(&pair, 1, NULL, NULL);
    server = pair.stack[1];
}

static void run_for(lull_duration duration)
{
    pair_run(&pair, pair.now + duration, NULL, NULL);
}

struct wish {
    int reuse_port;
    uint32_t owner;
};

/* A socket with the options of @wish, and SO_REUSEADDR or not. */
static enum lull_error bind_with(struct wish wish, int reuse_address, lull_socket *socket)
{
    struct lull_name name = pair_name(1, PORT);

    assert_int_equal(lull_socket_open(server, socket), LULL_OK);
    assert_int_equal(
        lull_socket_set_option(server, *socket, LULL_OPTION_REUSE_ADDRESS, reuse_address), LULL_OK);
    assert_int_equal(
        lull_socket_set_option(server, *socket, LULL_OPTION_REUSE_PORT, wish.reuse_port), LULL_OK);
    assert_int_equal(lull_socket_set_option(server, *socket, LULL_OPTION_OWNER, wish.owner),
                     LULL_OK);
    return lull_socket_bind(server, *socket, &name);
}

static enum lull_error bind_as(struct wish wish, lull_socket *socket)
{
    return bind_with(wish, 0, socket);
}

static lull_socket listen_as(struct wish wish)
{
    lull_socket socket;

    assert_int_equal(bind_as(wish, &socket), LULL_OK);
    assert_int_equal(lull_socket_listen(server, socket, 64), LULL_OK);
    return socket;
}

static void expect_refusal(const char *rule, const char *remedy)
{
    struct lull_refusal refusal;

    lull_socket_refusal(server, &refusal);
    assert_string_equal(refusal.rule, rule);
    assert_string_equal(lull_remedy_text(refusal.remedy), remedy);
}

/* --- who may join ----------------------------------------------------------------------- */

/* [REQ BL-10] [REQ BL-11] [REQ BL-12] */
static void those_who_all_say_so_and_have_one_owner_share_a_name(void **state)
{
    lull_socket socket;

    (void)state;
    open_pair();
    for (int i = 0; i < 8; i++)
        listen_as((struct wish){1, 7});
    assert_int_equal(bind_as((struct wish){1, 8}, &socket), LULL_EADDRINUSE);
    expect_refusal("BL-12", "bind for the same owner");
    assert_int_equal(bind_as((struct wish){0, 7}, &socket), LULL_EADDRINUSE);
    expect_refusal("BL-05", "close the other socket or choose another port");
    pair_close(&pair);
}

/* [REQ BL-11] */
static void a_listener_that_did_not_say_so_is_alone(void **state)
{
    lull_socket socket;

    (void)state;
    open_pair();
    listen_as((struct wish){0, 7});
    assert_int_equal(bind_as((struct wish){1, 7}, &socket), LULL_EADDRINUSE);
    expect_refusal("BL-11", "set SO_REUSEPORT on the other socket as well");
    pair_close(&pair);
}

/* One connection, closed first by the server. */
static void open_and_close(lull_socket listener)
{
    lull_socket ends[2];

    pair_connect(&pair, listener, PORT, ends);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_MS(100));
    assert_int_equal(lull_socket_close(pair.stack[0], ends[0]), LULL_OK);
    run_for(LULL_MS(100));
}

/* [REQ BL-12] A connection has an owner, also when its user is gone; a record has none. */
static void connections_are_of_their_listeners_owner_and_records_of_nobody(void **state)
{
    lull_socket ends[2], socket;

    (void)state;
    open_pair();
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_bind_tw_require_both, 1), LULL_OK);
    lull_socket listener = listen_as((struct wish){1, 7});
    pair_connect(&pair, listener, PORT, ends);
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
    assert_int_equal(bind_as((struct wish){1, 8}, &socket), LULL_EADDRINUSE);
    expect_refusal("BL-12", "set SO_REUSEADDR before bind");
    assert_int_equal(bind_as((struct wish){1, 7}, &socket), LULL_OK);
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK); /* FIN-WAIT-1, no user */
    assert_int_equal(bind_as((struct wish){1, 8}, &socket), LULL_EADDRINUSE);
    assert_int_equal(bind_as((struct wish){1, 7}, &socket), LULL_OK);
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);

    run_for(LULL_MS(100)); /* FIN-WAIT-2: a record */
    assert_int_equal(bind_as((struct wish){1, 8}, &socket), LULL_OK);
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);
    assert_int_equal(lull_socket_close(pair.stack[0], ends[0]), LULL_OK);
    run_for(LULL_MS(100)); /* TIME-WAIT */
    assert_int_equal(bind_as((struct wish){0, 7}, &socket), LULL_EADDRINUSE);
    assert_int_equal(bind_as((struct wish){1, 8}, &socket), LULL_OK);
    pair_close(&pair);
}

/* [REQ BL-04] [REQ BL-12] An active one has what its socket says, from its SYN on. */
static void a_connection_that_was_opened_here_counts_like_one_accepted(void **state)
{
    static const struct {
        struct wish wish;
        int reuse_address;
        enum lull_error error;
    } newcomers[] = {{{1, 7}, 0, LULL_OK},
                     {{1, 8}, 0, LULL_EADDRINUSE},
                     {{0, 7}, 0, LULL_EADDRINUSE},
                     {{0, 8}, 1, LULL_OK}};
    struct lull_name to = pair_name(0, 9);
    lull_socket socket, newcomer;

    (void)state;
    open_pair();
    pair_listen(&pair, 0, 9);
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_bind_over_connected, 2), LULL_OK);
    assert_int_equal(bind_with((struct wish){1, 7}, 1, &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(server, socket, &to), LULL_EINPROGRESS);
    for (int established = 0; established < 2; established++) {
        for (size_t i = 0; i < COUNT_OF(newcomers); i++) {
            assert_int_equal(bind_with(newcomers[i].wish, newcomers[i].reuse_address, &newcomer),
                             newcomers[i].error);
            assert_int_equal(lull_socket_close(server, newcomer), LULL_OK);
        }
        run_for(LULL_MS(100));
        assert_true(lull_socket_poll(server, socket) & LULL_EVENT_WRITABLE);
    }
    pair_close(&pair);
}

/* --- spreading -------------------------------------------------------------------------- */

static struct tuple tuple_from(uint32_t i)
{
    const uint8_t remote[4] = {172, 16, (uint8_t)(i >> 8), (uint8_t)i};
    return (struct tuple){.local = pair_name(1, PORT).address,
                          .remote = lull_address_ipv4(remote),
                          .local_port = PORT,
                          .remote_port = (uint16_t)(1024 + i % 64000)};
}

static uint32_t listener_of(lull_socket socket)
{
    return stack_endpoint_at(server, socket.index)->listener;
}

/* The sum of squared differences from the mean, divided by the mean: of @n listeners about
 * n - 1, and above the bound less than once in a thousand keys. */
static double chi_square(const uint32_t *hits, uint32_t n, double mean)
{
    double sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += (hits[i] - mean) * (hits[i] - mean) / mean;
    return sum;
}

/* [REQ BL-10] */
static void syns_are_spread_evenly_over_those_who_share(void **state)
{
    enum { SYNS = 16000 };
    static const struct {
        uint32_t listeners;
        double bound; /* of chi square, one in a thousand */
    } groups[] = {{2, 10.8}, {3, 13.8}, {4, 16.3}, {7, 22.5}, {8, 24.3}};
    lull_socket sockets[8];

    (void)state;
    for (size_t g = 0; g < COUNT_OF(groups); g++) {
        uint32_t n = groups[g].listeners, hits[16] = {0};
        open_pair();
        for (uint32_t i = 0; i < n; i++)
            sockets[i] = listen_as((struct wish){1, 0});
        for (uint32_t i = 0; i < SYNS; i++) {
            struct tuple tuple = tuple_from(i);
            uint32_t found = stack_listen_find(server, &tuple);
            assert_true(found < 16);
            hits[found]++;
            assert_int_equal(stack_listen_find(server, &tuple), found);
        }
        uint32_t by_socket[8];
        for (uint32_t i = 0; i < n; i++)
            by_socket[i] = hits[listener_of(sockets[i])];
        assert_true(chi_square(by_socket, n, (double)SYNS / n) < groups[g].bound);
        pair_close(&pair);
    }
}

/* [REQ BL-10] */
static void another_seed_spreads_differently(void **state)
{
    uint32_t first[256], same = 0;

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        pair_open(&pair, 1 + (uint64_t)turn, NULL, NULL);
        server = pair.stack[1];
        listen_as((struct wish){1, 0});
        listen_as((struct wish){1, 0});
        for (uint32_t i = 0; i < 256; i++) {
            struct tuple tuple = tuple_from(i);
            uint32_t found = stack_listen_find(server, &tuple);
            same += turn == 1 && found == first[i];
            first[i] = found;
        }
        pair_close(&pair);
    }
    assert_in_range(same, 64, 192);
}

/* Connections from the client, @count of them, all under way at once. */
static void knock(int count)
{
    struct lull_name to = pair_name(1, PORT);
    lull_socket socket;

    for (int i = 0; i < count; i++) {
        assert_int_equal(lull_socket_open(pair.stack[0], &socket), LULL_OK);
        assert_int_equal(lull_socket_connect(pair.stack[0], socket, &to), LULL_EINPROGRESS);
    }
}

static uint32_t accept_all(lull_socket listener)
{
    lull_socket accepted;
    uint32_t count = 0;

    while (lull_socket_accept(server, listener, &accepted) == LULL_OK)
        count++;
    return count;
}

/* [REQ BL-10] Handshakes under way and connections that wait stay with their listener when
 * another one joins, and are its loss alone when it leaves.  [REQ BL-12] */
static void a_connection_stays_with_the_listener_it_began_at(void **state)
{
    lull_socket one, other;

    (void)state;
    open_pair();
    pair.faults.delay = LULL_MS(100);
    one = listen_as((struct wish){1, 7});
    knock(20);
    run_for(LULL_MS(350)); /* ARP and the SYNs have arrived, no ACK yet */
    other = listen_as((struct wish){1, 7});
    run_for(LULL_SEC(5));
    assert_int_equal(accept_all(other), 0);
    assert_int_equal(accept_all(one), 20);

    knock(40);
    run_for(LULL_SEC(5));
    uint32_t waiting = stack_listener_at(server, listener_of(one))->waiting;
    assert_in_range(waiting, 5, 35);
    assert_int_equal(lull_socket_close(server, one), LULL_OK);
    run_for(LULL_SEC(1));
    assert_int_equal(accept_all(other), 40 - waiting);
    knock(10); /* all of them come to the one that is left */
    run_for(LULL_SEC(5));
    assert_int_equal(accept_all(other), 10);
    pair_close(&pair);
}

/* [REQ BL-03] [REQ BL-10] */
static void a_new_listener_of_the_group_takes_over_beside_the_records(void **state)
{
    lull_socket one;

    (void)state;
    open_pair();
    one = listen_as((struct wish){1, 0});
    open_and_close(one);
    assert_int_equal(lull_socket_close(server, one), LULL_OK);
    one = listen_as((struct wish){1, 0});
    open_and_close(one);
    pair_close(&pair);
}

static void what_is_accepted_has_the_options_of_its_listener(void **state)
{
    lull_socket ends[2];
    int64_t value;

    (void)state;
    open_pair();
    pair_connect(&pair, listen_as((struct wish){1, 9}), PORT, ends);
    assert_int_equal(lull_socket_get_option(server, ends[1], LULL_OPTION_REUSE_PORT, &value),
                     LULL_OK);
    assert_int_equal(value, 1);
    assert_int_equal(lull_socket_get_option(server, ends[1], LULL_OPTION_OWNER, &value), LULL_OK);
    assert_int_equal(value, 9);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_who_all_say_so_and_have_one_owner_share_a_name),
        cmocka_unit_test(a_listener_that_did_not_say_so_is_alone),
        cmocka_unit_test(connections_are_of_their_listeners_owner_and_records_of_nobody),
        cmocka_unit_test(a_connection_that_was_opened_here_counts_like_one_accepted),
        cmocka_unit_test(syns_are_spread_evenly_over_those_who_share),
        cmocka_unit_test(another_seed_spreads_differently),
        cmocka_unit_test(a_connection_stays_with_the_listener_it_began_at),
        cmocka_unit_test(a_new_listener_of_the_group_takes_over_beside_the_records),
        cmocka_unit_test(what_is_accepted_has_the_options_of_its_listener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
