/* The bind rules on a stack: with records standing, with knobs turned, with names of both
 * families.  The matrix itself is socket_bind_matrix_test.c. */
#include "cmocka_all.h"
#include "pair.h"
#include "stack/stack.h"

static struct lull_name name_of(uint8_t last, uint16_t port)
{
    const uint8_t octets[4] = {10, 0, 0, last};
    struct lull_name any = {.port = port};
    return last == 0 ? any : (struct lull_name){.address = lull_address_ipv4(octets), .port = port};
}

static struct pair pair;
static struct lull_stack *server;

static void run_for(lull_duration duration)
{
    pair_run(&pair, pair.now + duration, NULL, NULL);
    lull_stack_advance(server, pair.now);
}

static enum lull_error bind_to(struct lull_name name, int reuse, lull_socket *socket)
{
    assert_int_equal(lull_socket_open(server, socket), LULL_OK);
    assert_int_equal(lull_socket_set_option(server, *socket, LULL_OPTION_REUSE_ADDRESS, reuse),
                     LULL_OK);
    return lull_socket_bind(server, *socket, &name);
}

/* The server closes first, @count times, a second apart, and its listener too. */
static void leave_records(int count)
{
    lull_socket ends[2], listener;

    pair_open(&pair, 1, NULL, NULL);
    server = pair.stack[1];
    listener = pair_listen(&pair, 1, 80);
    for (int i = 0; i < count; i++) {
        pair_connect(&pair, listener, 80, ends);
        assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
        run_for(LULL_MS(500));
        assert_int_equal(lull_socket_close(pair.stack[0], ends[0]), LULL_OK);
        run_for(LULL_MS(500));
    }
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
}

/* The last refusal that was traced. */
static void keep_refusal(void *context, const struct lull_trace_record *r)
{
    if (r->event == LULL_TRACE_refused)
        *(struct lull_trace_record *)context = *r;
}

static void a_refusal_is_traced_with_the_time_left(void **state)
{
    struct lull_trace_record traced = {0};
    lull_socket socket;

    (void)state;
    leave_records(1);
    lull_stack_set_trace(server, keep_refusal, &traced);
    assert_int_equal(bind_to(name_of(2, 80), 0, &socket), LULL_EADDRINUSE);
    assert_int_equal(traced.conn_id, 0);
    assert_int_equal(traced.arg[0], LULL_REFUSED_BIND);
    assert_int_equal(traced.arg[1], lull_rule_number("BL-01"));
    assert_in_range(traced.arg[2], 59490, 59510);
    assert_int_equal(bind_to(name_of(2, 81), 0, &socket), LULL_OK);
    assert_int_equal(bind_to(name_of(2, 81), 0, &socket), LULL_EADDRINUSE);
    assert_int_equal(traced.arg[1], lull_rule_number("BL-06"));
    assert_int_equal(traced.arg[2], UINT32_MAX); /* nobody knows */
    pair_close(&pair);
}

/* [REQ BL-01] */
static void records_refuse_bind_with_rule_count_and_time(void **state)
{
    struct lull_refusal refusal;
    lull_socket socket;
    char text[300];

    (void)state;
    leave_records(3);
    assert_int_equal(bind_to(name_of(2, 80), 0, &socket), LULL_EADDRINUSE);
    lull_socket_refusal(server, &refusal);
    assert_int_equal(refusal.call, LULL_REFUSED_BIND);
    assert_int_equal(refusal.blocker, LULL_BLOCKER_TIME_WAIT);
    assert_string_equal(refusal.rule, "BL-01");
    assert_int_equal(refusal.blockers, 3);
    /* The last one entered half a second ago and waits 60 s: that is the one named. */
    assert_in_range(refusal.remaining, LULL_MS(59490), LULL_MS(59510));
    assert_true(lull_refusal_text(&refusal, text, sizeof text) > 0);
    assert_non_null(strstr(text, "bind 10.0.0.2:80: EADDRINUSE [BL-01]: 3 in TIME-WAIT"));
    assert_non_null(strstr(text, "for 59.5 s (closed first here 1 s ago, SND.NXT "));
    assert_true(lull_refusal_text(&refusal, text, 10) < 10); /* cut, not overrun */
    pair_close(&pair);
}

/* [REQ BL-02] */
static void reuse_address_binds_beside_records(void **state)
{
    lull_socket socket;

    (void)state;
    leave_records(2);
    assert_int_equal(bind_to(name_of(2, 80), 1, &socket), LULL_OK);
    assert_int_equal(lull_socket_listen(server, socket, 1), LULL_OK);
    pair_close(&pair);
}

static void the_wildcard_meets_records_and_another_port_does_not(void **state)
{
    lull_socket socket;

    (void)state;
    leave_records(1);
    assert_int_equal(bind_to(name_of(0, 80), 0, &socket), LULL_EADDRINUSE);
    assert_int_equal(bind_to(name_of(2, 81), 0, &socket), LULL_OK);
    pair_close(&pair);
}

static void bind_succeeds_once_the_last_record_has_expired(void **state)
{
    lull_socket socket;

    (void)state;
    leave_records(2);
    run_for(LULL_MS(59400));
    assert_int_equal(bind_to(name_of(2, 80), 0, &socket), LULL_EADDRINUSE);
    run_for(LULL_MS(200));
    assert_int_equal(bind_to(name_of(2, 80), 0, &socket), LULL_OK);
    pair_close(&pair);
}

static void a_listener_and_a_bound_socket_keep_their_port(void **state)
{
    struct lull_refusal refusal;
    lull_socket first, second;

    (void)state;
    leave_records(0);
    assert_int_equal(bind_to(name_of(2, 80), 1, &first), LULL_OK);
    assert_int_equal(bind_to(name_of(2, 80), 1, &second), LULL_EADDRINUSE);
    lull_socket_refusal(server, &refusal);
    assert_string_equal(refusal.rule, "BL-06");
    assert_int_equal(lull_socket_listen(server, first, 1), LULL_OK);
    assert_int_equal(bind_to(name_of(0, 80), 1, &second), LULL_EADDRINUSE);
    lull_socket_refusal(server, &refusal);
    assert_string_equal(refusal.rule, "BL-07");
    assert_int_equal(refusal.blocker, LULL_BLOCKER_LISTENER);
    assert_int_equal(lull_socket_close(server, first), LULL_OK);
    assert_int_equal(bind_to(name_of(2, 80), 0, &second), LULL_OK);
    pair_close(&pair);
}

static void names_that_cannot_be_ours_are_refused(void **state)
{
    struct lull_name local, remote;
    lull_socket socket;

    (void)state;
    leave_records(0);
    assert_int_equal(bind_to(name_of(9, 80), 0, &socket), LULL_EADDRNOTAVAIL);
    assert_int_equal(bind_to(name_of(2, 0), 0, &socket), LULL_OK);
    assert_int_equal(lull_socket_names(server, socket, &local, &remote), LULL_OK);
    assert_in_range(local.port, 32768, 60999);
    struct lull_name again = name_of(2, 80);
    assert_int_equal(lull_socket_bind(server, socket, &again), LULL_EINVAL);
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);
    assert_int_equal(lull_socket_bind(server, socket, &again), LULL_EBADF);
    pair_close(&pair);
}

static void a_socket_that_is_connected_is_not_bound_any_more(void **state)
{
    struct lull_name name = pair_name(0, 90);
    lull_socket ends[2];

    (void)state;
    pair_open(&pair, 1, NULL, NULL);
    pair_connect(&pair, pair_listen(&pair, 1, 80), 80, ends);
    assert_int_equal(lull_socket_bind(pair.stack[0], ends[0], &name), LULL_EINVAL);
    pair_close(&pair);
}

/* --- knobs ------------------------------------------------------------------------------ */

static void turn(enum lull_knob knob, int64_t value)
{
    assert_int_equal(lull_stack_set_knob(server, knob, value), LULL_OK);
}

static void expect_refusal(enum lull_refused_call call, const char *rule, const char *remedy)
{
    struct lull_refusal refusal;
    char text[300];

    lull_socket_refusal(server, &refusal);
    assert_int_equal(refusal.call, call);
    assert_string_equal(refusal.rule, rule);
    assert_true(lull_refusal_text(&refusal, text, sizeof text) > 0);
    assert_non_null(strstr(text, remedy));
}

/* [REQ BL-01] */
static void without_strictness_a_record_refuses_nobody(void **state)
{
    lull_socket socket;

    (void)state;
    leave_records(1);
    turn(LULL_KNOB_bind_strict, 0);
    assert_int_equal(bind_to(name_of(2, 80), 0, &socket), LULL_OK);
    pair_close(&pair);
}

/* [REQ BL-02] */
static void by_linuxs_rule_the_old_socket_needed_the_option_too(void **state)
{
    lull_socket ends[2], listener, socket;
    struct lull_name name = name_of(2, 81);

    (void)state;
    leave_records(1); /* of a listener without the option */
    turn(LULL_KNOB_bind_tw_require_both, 1);
    assert_int_equal(bind_to(name_of(2, 80), 1, &socket), LULL_EADDRINUSE);
    expect_refusal(LULL_REFUSED_BIND, "BL-01", "wait: SO_REUSEADDR helps only if the old");

    assert_int_equal(bind_to(name, 1, &listener), LULL_OK); /* and of one that has it */
    assert_int_equal(lull_socket_listen(server, listener, 1), LULL_OK);
    pair_connect(&pair, listener, 81, ends);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
    run_for(LULL_MS(500));
    assert_int_equal(bind_to(name, 1, &socket), LULL_OK); /* beside FIN-WAIT-2 */
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);
    assert_int_equal(lull_socket_close(pair.stack[0], ends[0]), LULL_OK);
    run_for(LULL_MS(500));
    assert_int_equal(bind_to(name, 0, &socket), LULL_EADDRINUSE);
    assert_int_equal(bind_to(name, 1, &socket), LULL_OK);
    pair_close(&pair);
}

/* A tuple on HOLD keeps its pair, and the port is nobody's. */
static void hold_refuses_no_bind(void **state)
{
    lull_socket listener, ends[2], socket;
    uint64_t cursor = 0;
    struct lull_row row;

    (void)state;
    leave_records(0);
    listener = pair_listen(&pair, 1, 80);
    pair_connect(&pair, listener, 80, ends);
    assert_int_equal(lull_socket_abort(server, ends[1]), LULL_OK);
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
    run_for(LULL_MS(100));
    assert_int_equal(lull_stack_list(server, &cursor, &row), 1);
    assert_int_equal(row.kind, LULL_ROW_HOLD);
    assert_int_equal(bind_to(name_of(2, 80), 0, &socket), LULL_OK);
    assert_int_equal(lull_socket_listen(server, socket, 1), LULL_OK);
    pair_close(&pair);
}

/* A connection accepted on port 80, whose listener had SO_REUSEADDR or not and is closed. */
static void leave_a_connection(int reuse, lull_socket ends[2])
{
    lull_socket listener;

    leave_records(0);
    assert_int_equal(bind_to(name_of(2, 80), reuse, &listener), LULL_OK);
    assert_int_equal(lull_socket_listen(server, listener, 1), LULL_OK);
    pair_connect(&pair, listener, 80, ends);
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
}

/* [REQ BL-04] [REQ 9293/MUST-42] [REQ 9293/MUST-41] */
static void beside_a_connection_the_option_counts_as_the_knob_says(void **state)
{
    lull_socket ends[2], socket;
    char text[8];

    (void)state;
    leave_a_connection(0, ends);
    assert_int_equal(bind_to(name_of(0, 80), 0, &socket), LULL_EADDRINUSE);
    expect_refusal(LULL_REFUSED_BIND, "BL-04", "set SO_REUSEADDR before bind");
    turn(LULL_KNOB_bind_over_connected, 0);
    assert_int_equal(bind_to(name_of(2, 80), 1, &socket), LULL_EADDRINUSE);
    turn(LULL_KNOB_bind_over_connected, 2); /* the old one did not have it */
    assert_int_equal(bind_to(name_of(2, 80), 1, &socket), LULL_EADDRINUSE);
    turn(LULL_KNOB_bind_over_connected, 1);
    assert_int_equal(bind_to(name_of(2, 80), 1, &socket), LULL_OK);
    assert_int_equal(lull_socket_listen(server, socket, 1), LULL_OK);
    assert_int_equal(lull_socket_send(pair.stack[0], ends[0], (struct lull_slice){"on", 2}), 2);
    run_for(LULL_MS(500));
    assert_int_equal(lull_socket_receive(server, ends[1], text, sizeof text), 2);
    pair_close(&pair);

    leave_a_connection(1, ends);
    turn(LULL_KNOB_bind_over_connected, 2);
    assert_int_equal(bind_to(name_of(2, 80), 1, &socket), LULL_OK);
    pair_close(&pair);
}

/* [REQ BL-05] [REQ BL-06] */
static void of_two_relaxed_sockets_the_second_is_refused_when_it_listens(void **state)
{
    lull_socket first, second, third;

    (void)state;
    leave_records(0);
    turn(LULL_KNOB_bind_relaxed_double, 1);
    assert_int_equal(bind_to(name_of(2, 80), 1, &first), LULL_OK);
    assert_int_equal(bind_to(name_of(2, 80), 0, &third), LULL_EADDRINUSE);
    assert_int_equal(bind_to(name_of(2, 80), 1, &second), LULL_OK);
    assert_int_equal(lull_socket_listen(server, second, 1), LULL_OK);
    assert_int_equal(lull_socket_listen(server, first, 1), LULL_EADDRINUSE);
    expect_refusal(LULL_REFUSED_LISTEN, "BL-05", "close the other socket");
    assert_int_equal(bind_to(name_of(2, 80), 1, &third), LULL_EADDRINUSE);
    assert_int_equal(lull_socket_listen(server, second, 5), LULL_OK); /* only the backlog */
    assert_int_equal(lull_socket_close(server, second), LULL_OK);
    assert_int_equal(lull_socket_listen(server, first, 1), LULL_OK);
    pair_close(&pair);
}

static lull_socket knock(uint16_t port)
{
    struct lull_name to = name_of(2, port);
    lull_socket socket;

    assert_int_equal(lull_socket_open(pair.stack[0], &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(pair.stack[0], socket, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(100));
    return socket;
}

/* [REQ BL-07] */
static void a_specific_name_beside_the_wildcard_gets_its_own_connections(void **state)
{
    lull_socket ends[2], wild, own, other;

    (void)state;
    leave_records(0);
    assert_int_equal(bind_to(name_of(0, 80), 0, &wild), LULL_OK);
    assert_int_equal(lull_socket_listen(server, wild, 1), LULL_OK);
    assert_int_equal(bind_to(name_of(2, 80), 1, &other), LULL_EADDRINUSE);
    turn(LULL_KNOB_bind_specific_over_wildcard, 1);
    assert_int_equal(bind_to(name_of(2, 80), 0, &other), LULL_EADDRINUSE);
    assert_int_equal(bind_to(name_of(2, 80), 1, &own), LULL_OK);
    assert_int_equal(lull_socket_listen(server, own, 1), LULL_OK);
    pair_connect(&pair, own, 80, ends);
    assert_int_equal(lull_socket_close(server, own), LULL_OK);
    pair_connect(&pair, wild, 80, ends);
    pair_close(&pair);

    /* A connection that waits to be accepted counts with the options of its listener. */
    for (int reuse = 0; reuse < 2; reuse++) {
        leave_records(0);
        turn(LULL_KNOB_bind_specific_over_wildcard, 1);
        turn(LULL_KNOB_bind_over_connected, 2);
        assert_int_equal(bind_to(name_of(0, 80), reuse, &wild), LULL_OK);
        assert_int_equal(lull_socket_listen(server, wild, 1), LULL_OK);
        knock(80);
        assert_int_equal(bind_to(name_of(2, 80), 1, &own), reuse ? LULL_OK : LULL_EADDRINUSE);
        pair_close(&pair);
    }
}

/* --- both families ---------------------------------------------------------------------- */

static struct lull_name any_ipv4(uint16_t port)
{
    const uint8_t octets[4] = {0, 0, 0, 0};
    return (struct lull_name){.address = lull_address_ipv4(octets), .port = port};
}

static enum lull_error bind_only_ipv6(uint16_t port, lull_socket *socket)
{
    struct lull_name any = {.port = port};

    assert_int_equal(lull_socket_open(server, socket), LULL_OK);
    assert_int_equal(lull_socket_set_option(server, *socket, LULL_OPTION_IPV6_ONLY, 1), LULL_OK);
    return lull_socket_bind(server, *socket, &any);
}

/* [REQ BL-13] */
static void the_two_wildcards_collide_unless_one_is_for_ipv6_alone(void **state)
{
    lull_socket first, second;

    (void)state;
    leave_records(0);
    for (int listens = 0; listens < 2; listens++) {
        for (int reverse = 0; reverse < 2; reverse++) {
            struct lull_name one = reverse ? any_ipv4(80) : name_of(0, 80);
            struct lull_name other = reverse ? name_of(0, 80) : any_ipv4(80);
            assert_int_equal(bind_to(one, 1, &first), LULL_OK);
            if (listens)
                assert_int_equal(lull_socket_listen(server, first, 1), LULL_OK);
            assert_int_equal(bind_to(other, 1, &second), LULL_EADDRINUSE);
            expect_refusal(LULL_REFUSED_BIND, "BL-13", "set IPV6_V6ONLY on the socket of ::");
            assert_int_equal(lull_socket_close(server, first), LULL_OK);
        }
    }
    assert_int_equal(bind_only_ipv6(81, &first), LULL_OK);
    assert_int_equal(bind_to(any_ipv4(81), 0, &second), LULL_OK);
    assert_int_equal(bind_to(any_ipv4(82), 0, &second), LULL_OK);
    assert_int_equal(bind_only_ipv6(82, &first), LULL_OK);
    assert_int_equal(bind_only_ipv6(82, &first), LULL_EADDRINUSE);
    pair_close(&pair);
}

static uint64_t resets(void)
{
    return lull_stack_counter(server, LULL_COUNTER_TcpOutRsts);
}

/* [REQ BL-13] */
static void a_listener_for_ipv6_alone_hears_no_ipv4(void **state)
{
    lull_socket listener, ends[2], socket;

    (void)state;
    leave_records(0);
    assert_int_equal(bind_only_ipv6(80, &listener), LULL_OK);
    assert_int_equal(lull_socket_listen(server, listener, 4), LULL_OK);
    assert_int_equal(lull_socket_take_error(pair.stack[0], knock(80)), LULL_ECONNREFUSED);
    assert_int_equal(resets(), 1);
    assert_int_equal(bind_to(name_of(0, 81), 0, &socket), LULL_OK);
    assert_int_equal(lull_socket_listen(server, socket, 4), LULL_OK);
    pair_connect(&pair, socket, 81, ends);
    assert_int_equal(resets(), 1);
    pair_close(&pair);
}

/* [REQ BL-13] */
static void the_default_of_ipv6_only_is_a_knob(void **state)
{
    struct lull_name remote = name_of(1, 80);
    lull_socket first, second, third;
    int64_t value;

    (void)state;
    leave_records(0);
    turn(LULL_KNOB_ipv6_v6only_default, 1);
    assert_int_equal(bind_to(name_of(0, 80), 0, &first), LULL_OK);
    assert_int_equal(bind_to(any_ipv4(80), 0, &second), LULL_OK);
    assert_int_equal(lull_socket_get_option(server, first, LULL_OPTION_IPV6_ONLY, &value), LULL_OK);
    assert_int_equal(value, 1);
    /* The one of IPv6 cannot reach an IPv4 peer; the other, and one without a name, can. */
    assert_int_equal(lull_socket_connect(server, first, &remote), LULL_ENETUNREACH);
    assert_int_equal(lull_socket_connect(server, second, &remote), LULL_EINPROGRESS);
    assert_int_equal(lull_socket_open(server, &third), LULL_OK);
    assert_int_equal(lull_socket_connect(server, third, &remote), LULL_EINPROGRESS);
    pair_close(&pair);
}

/* [REQ BL-14] */
static void an_ipv4_peer_of_both_families_leaves_an_ipv4_record(void **state)
{
    lull_socket listener, ends[2], socket;
    uint64_t cursor = 0;
    struct lull_row row = {0};

    (void)state;
    leave_records(0);
    assert_int_equal(bind_to(name_of(0, 80), 0, &listener), LULL_OK);
    assert_int_equal(lull_socket_listen(server, listener, 4), LULL_OK);
    pair_connect(&pair, listener, 80, ends);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_MS(500));
    assert_int_equal(lull_socket_close(pair.stack[0], ends[0]), LULL_OK);
    run_for(LULL_MS(500));
    while (row.kind != LULL_ROW_TIME_WAIT)
        assert_true(lull_stack_list(server, &cursor, &row));
    struct lull_name ipv4 = name_of(2, 80);
    assert_memory_equal(&row.local.address, &ipv4.address, sizeof ipv4.address);

    /* A SYN of the same tuple is judged by it: its listener has gone, and it is not reset. */
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
    assert_int_equal(lull_socket_open(pair.stack[0], &socket), LULL_OK);
    struct lull_name from = row.remote, to = row.local;
    assert_int_equal(lull_socket_bind(pair.stack[0], socket, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(pair.stack[0], socket, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(100));
    assert_int_equal(lull_stack_counter(server, LULL_COUNTER_TWSynRejected), 1);
    expect_refusal(LULL_REFUSED_SYN, "IR-11", "TIME-WAIT");

    assert_int_equal(bind_to(any_ipv4(80), 0, &socket), LULL_EADDRINUSE);
    expect_refusal(LULL_REFUSED_BIND, "BL-01", "1 in TIME-WAIT");
    assert_int_equal(bind_to(name_of(0, 80), 0, &socket), LULL_EADDRINUSE);
    assert_int_equal(bind_only_ipv6(80, &socket), LULL_OK);
    pair_close(&pair);
}

/* [REQ BL-15] */
static void a_zone_belongs_to_ipv6_and_keeps_names_apart(void **state)
{
    struct lull_name zone2 = {.zone = 2, .port = 80}, zone3 = {.zone = 3, .port = 80};
    struct lull_name ipv4 = name_of(2, 80), remote = name_of(1, 80);
    struct lull_name local, peer;
    lull_socket first, second;

    (void)state;
    leave_records(0);
    assert_int_equal(bind_to(zone2, 0, &first), LULL_OK);
    assert_int_equal(lull_socket_names(server, first, &local, &peer), LULL_OK);
    assert_int_equal(local.zone, 2);
    assert_int_equal(peer.zone, 0); /* there is no peer */
    assert_int_equal(bind_to(zone2, 0, &second), LULL_EADDRINUSE);
    assert_int_equal(bind_to(zone3, 0, &second), LULL_OK);
    assert_int_equal(bind_to(name_of(2, 80), 0, &second), LULL_OK);
    assert_int_equal(lull_socket_connect(server, first, &remote), LULL_ENETUNREACH);

    ipv4.zone = remote.zone = 2;
    assert_int_equal(bind_to(ipv4, 0, &first), LULL_EINVAL);
    ipv4 = any_ipv4(81);
    ipv4.zone = 1;
    assert_int_equal(bind_to(ipv4, 0, &first), LULL_EINVAL);
    assert_int_equal(lull_socket_open(server, &first), LULL_OK);
    assert_int_equal(lull_socket_connect(server, first, &remote), LULL_EINVAL);
    remote.zone = 0;
    assert_int_equal(lull_socket_connect(server, first, &remote), LULL_EINPROGRESS);
    pair_close(&pair);
}

/* --- when the port is chosen ------------------------------------------------------------ */

/* A stack of two ephemeral ports. */
static void open_with_two_ports(void)
{
    leave_records(0);
    turn(LULL_KNOB_ports_ephemeral_first, 50000);
    turn(LULL_KNOB_ports_ephemeral_last, 50001);
}

static lull_socket bound_without_port(int option)
{
    struct lull_name name = name_of(2, 0);
    lull_socket socket;

    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(lull_socket_set_option(server, socket, LULL_OPTION_BIND_NO_PORT, option),
                     LULL_OK);
    assert_int_equal(lull_socket_bind(server, socket, &name), LULL_OK);
    return socket;
}

static uint16_t port_of(lull_socket socket)
{
    struct lull_name local, remote;

    assert_int_equal(lull_socket_names(server, socket, &local, &remote), LULL_OK);
    return local.port;
}

/* [REQ BL-16] */
static void a_port_chosen_at_bind_is_exclusive(void **state)
{
    struct lull_name remote = name_of(1, 80), name = name_of(2, 0);
    lull_socket first, second, third;

    (void)state;
    open_with_two_ports();
    first = bound_without_port(0);
    second = bound_without_port(0);
    assert_in_range(port_of(first), 50000, 50001);
    assert_in_range(port_of(second), 50000, 50001);
    assert_int_not_equal(port_of(first), port_of(second));
    assert_int_equal(lull_socket_open(server, &third), LULL_OK);
    assert_int_equal(lull_socket_bind(server, third, &name), LULL_EADDRNOTAVAIL);
    expect_refusal(LULL_REFUSED_BIND, "IR-18", "widen the ephemeral range");
    assert_int_equal(lull_socket_connect(server, third, &remote), LULL_EADDRNOTAVAIL);
    pair_close(&pair);
}

/* [REQ BL-16] */
static void a_port_chosen_at_bind_has_no_connection_on_it(void **state)
{
    struct lull_name remote = name_of(1, 80), name = name_of(2, 0);
    lull_socket connected, socket;

    (void)state;
    open_with_two_ports();
    connected = bound_without_port(1);
    assert_int_equal(lull_socket_connect(server, connected, &remote), LULL_EINPROGRESS);
    assert_int_equal(port_of(connected) + port_of(bound_without_port(0)), 50000 + 50001);
    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(lull_socket_bind(server, socket, &name), LULL_EADDRNOTAVAIL);
    pair_close(&pair);
}

/* [REQ BL-16] [REQ IR-18] */
static void a_port_chosen_at_connect_is_shared_across_remotes(void **state)
{
    struct lull_name again = name_of(2, 90);
    lull_socket sockets[6], one_more;

    (void)state;
    open_with_two_ports();
    for (uint16_t i = 0; i < 6; i++) {
        struct lull_name remote = name_of(1, (uint16_t)(80 + i / 2));
        sockets[i] = bound_without_port(1);
        assert_int_equal(port_of(sockets[i]), 0);
        assert_int_equal(lull_socket_bind(server, sockets[i], &again), LULL_EINVAL);
        assert_int_equal(lull_socket_connect(server, sockets[i], &remote), LULL_EINPROGRESS);
        assert_in_range(port_of(sockets[i]), 50000, 50001);
        if (i % 2 == 1)
            assert_int_not_equal(port_of(sockets[i]), port_of(sockets[i - 1]));
    }
    struct lull_name remote = name_of(1, 80);
    one_more = bound_without_port(1);
    assert_int_equal(lull_socket_connect(server, one_more, &remote), LULL_EADDRNOTAVAIL);
    expect_refusal(LULL_REFUSED_CONNECT, "IR-18", "EADDRNOTAVAIL");
    assert_int_equal(lull_socket_abort(server, sockets[0]), LULL_OK);
    pair_close(&pair);
}

/* [REQ BL-16] [REQ CH-18] What held no port gives none back. */
static void lingering_over_a_shared_port_leaves_it_shared(void **state)
{
    struct lull_name remote = name_of(1, 80);
    const uint8_t text[1] = {'x'};
    lull_socket socket;

    (void)state;
    open_with_two_ports();
    pair_listen(&pair, 0, 80);
    socket = bound_without_port(1);
    assert_int_equal(lull_socket_connect(server, socket, &remote), LULL_EINPROGRESS);
    run_for(LULL_MS(100));
    assert_int_equal(lull_socket_set_option(server, socket, LULL_OPTION_LINGER, 5), LULL_OK);
    assert_int_equal(lull_socket_send(server, socket, (struct lull_slice){text, 1}), 1);
    assert_int_equal(lull_socket_close(server, socket), LULL_EINPROGRESS);
    remote.port = 81;
    for (int i = 0; i < 2; i++)
        assert_int_equal(lull_socket_connect(server, bound_without_port(1), &remote),
                         LULL_EINPROGRESS);
    pair_close(&pair);
}

/* [REQ BL-16] */
static void listening_without_a_port_takes_one(void **state)
{
    lull_socket first, second, third;
    lull_socket ends[2];

    (void)state;
    open_with_two_ports();
    first = bound_without_port(1);
    assert_int_equal(lull_socket_listen(server, first, 1), LULL_OK);
    assert_in_range(port_of(first), 50000, 50001);
    struct lull_name own = name_of(2, port_of(first)), local, remote;
    assert_int_equal(lull_socket_names(server, first, &local, &remote), LULL_OK);
    assert_memory_equal(&local.address, &own.address, sizeof own.address);
    pair_connect(&pair, first, own.port, ends);
    second = bound_without_port(1);
    assert_int_equal(lull_socket_listen(server, second, 1), LULL_OK);
    assert_int_not_equal(port_of(first), port_of(second));
    third = bound_without_port(1);
    assert_int_equal(lull_socket_listen(server, third, 1), LULL_EADDRNOTAVAIL);
    expect_refusal(LULL_REFUSED_LISTEN, "IR-18", "widen");
    pair_close(&pair);
}

/* [REQ BL-16] */
static void the_default_of_when_to_choose_is_a_knob(void **state)
{
    struct lull_name name = name_of(2, 0);
    lull_socket socket;

    (void)state;
    open_with_two_ports();
    turn(LULL_KNOB_bind_no_port, 1);
    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(lull_socket_bind(server, socket, &name), LULL_OK);
    assert_int_equal(port_of(socket), 0);
    pair_close(&pair);
}

/* --- the rest --------------------------------------------------------------------------- */

static void options_that_decide_who_shares_come_before_bind(void **state)
{
    static const enum lull_option early[] = {LULL_OPTION_REUSE_PORT, LULL_OPTION_OWNER,
                                             LULL_OPTION_IPV6_ONLY};
    lull_socket socket;
    int64_t value;

    (void)state;
    leave_records(0);
    assert_int_equal(bind_to(name_of(2, 80), 0, &socket), LULL_OK);
    for (size_t i = 0; i < sizeof early / sizeof early[0]; i++) {
        assert_int_equal(lull_socket_set_option(server, socket, early[i], 1), LULL_EINVAL);
        assert_int_equal(lull_socket_get_option(server, socket, early[i], &value), LULL_OK);
        assert_int_equal(value, 0);
    }
    assert_int_equal(lull_socket_set_option(server, socket, LULL_OPTION_REUSE_ADDRESS, 1), LULL_OK);
    struct lull_name remote = name_of(1, 80); /* one that connects has a name too */
    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(server, socket, &remote), LULL_EINPROGRESS);
    assert_int_equal(lull_socket_set_option(server, socket, LULL_OPTION_OWNER, 1), LULL_EINVAL);
    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(lull_socket_set_option(server, socket, LULL_OPTION_OWNER, UINT32_MAX),
                     LULL_OK);
    assert_int_equal(
        lull_socket_set_option(server, socket, LULL_OPTION_OWNER, (int64_t)UINT32_MAX + 1),
        LULL_EINVAL);
    pair_close(&pair);
}

/* A handle whose connection is over keeps its name, but only as a connection would. */
static void an_ended_socket_holds_its_port_like_a_connection(void **state)
{
    struct lull_name to = pair_name(0, 80);
    lull_socket socket, other;

    (void)state;
    leave_records(0);
    assert_int_equal(bind_to(name_of(2, 5000), 0, &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(server, socket, &to), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
    assert_int_equal(lull_socket_take_error(server, socket), LULL_ECONNREFUSED);
    assert_int_equal(bind_to(name_of(2, 5000), 0, &other), LULL_EADDRINUSE);
    expect_refusal(LULL_REFUSED_BIND, "BL-04", "connected with 10.0.0.1:80");
    assert_int_equal(bind_to(name_of(2, 5000), 1, &other), LULL_OK);
    assert_int_equal(lull_socket_close(server, other), LULL_OK);
    assert_int_equal(lull_socket_close(server, socket), LULL_OK);
    assert_int_equal(bind_to(name_of(2, 5000), 0, &other), LULL_OK);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_traced_with_the_time_left),
        cmocka_unit_test(records_refuse_bind_with_rule_count_and_time),
        cmocka_unit_test(reuse_address_binds_beside_records),
        cmocka_unit_test(the_wildcard_meets_records_and_another_port_does_not),
        cmocka_unit_test(bind_succeeds_once_the_last_record_has_expired),
        cmocka_unit_test(a_listener_and_a_bound_socket_keep_their_port),
        cmocka_unit_test(names_that_cannot_be_ours_are_refused),
        cmocka_unit_test(a_socket_that_is_connected_is_not_bound_any_more),
        cmocka_unit_test(without_strictness_a_record_refuses_nobody),
        cmocka_unit_test(by_linuxs_rule_the_old_socket_needed_the_option_too),
        cmocka_unit_test(hold_refuses_no_bind),
        cmocka_unit_test(beside_a_connection_the_option_counts_as_the_knob_says),
        cmocka_unit_test(of_two_relaxed_sockets_the_second_is_refused_when_it_listens),
        cmocka_unit_test(a_specific_name_beside_the_wildcard_gets_its_own_connections),
        cmocka_unit_test(the_two_wildcards_collide_unless_one_is_for_ipv6_alone),
        cmocka_unit_test(a_listener_for_ipv6_alone_hears_no_ipv4),
        cmocka_unit_test(the_default_of_ipv6_only_is_a_knob),
        cmocka_unit_test(an_ipv4_peer_of_both_families_leaves_an_ipv4_record),
        cmocka_unit_test(a_zone_belongs_to_ipv6_and_keeps_names_apart),
        cmocka_unit_test(a_port_chosen_at_bind_is_exclusive),
        cmocka_unit_test(a_port_chosen_at_bind_has_no_connection_on_it),
        cmocka_unit_test(a_port_chosen_at_connect_is_shared_across_remotes),
        cmocka_unit_test(lingering_over_a_shared_port_leaves_it_shared),
        cmocka_unit_test(listening_without_a_port_takes_one),
        cmocka_unit_test(the_default_of_when_to_choose_is_a_knob),
        cmocka_unit_test(options_that_decide_who_shares_come_before_bind),
        cmocka_unit_test(an_ended_socket_holds_its_port_like_a_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
