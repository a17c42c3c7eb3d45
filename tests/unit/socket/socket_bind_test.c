/* The bind rules, as a table, and on a stack with records standing. */
#include "cmocka_all.h"
#include "pair.h"
#include "socket/socket_bind.h"

static struct lull_name name_of(uint8_t last, uint16_t port)
{
    const uint8_t octets[4] = {10, 0, 0, last};
    struct lull_name any = {.port = port};
    return last == 0 ? any : (struct lull_name){.address = lull_address_ipv4(octets), .port = port};
}

struct row {
    enum lull_blocker holder;
    uint8_t held, asked;       /* last octet of the address; 0: the wildcard */
    const char *plain, *reuse; /* rule that refuses without and with SO_REUSEADDR */
};

/* [REQ BL-01] [REQ BL-02] [REQ BL-04] [REQ BL-05] [REQ BL-06] [REQ BL-07] [REQ BL-08]
 * [REQ BL-09] */
static const struct row rows[] = {
    {LULL_BLOCKER_TIME_WAIT, 1, 1, "BL-01", NULL},
    {LULL_BLOCKER_TIME_WAIT, 1, 0, "BL-01", NULL},
    {LULL_BLOCKER_TIME_WAIT, 1, 2, NULL, NULL},
    {LULL_BLOCKER_FIN_WAIT_2, 1, 1, "BL-01", NULL},
    {LULL_BLOCKER_FIN_WAIT_2, 1, 2, NULL, NULL},
    {LULL_BLOCKER_CONNECTION, 1, 1, "BL-04", NULL},
    {LULL_BLOCKER_CONNECTION, 1, 0, "BL-04", NULL},
    {LULL_BLOCKER_CONNECTION, 1, 2, NULL, NULL},
    {LULL_BLOCKER_LISTENER, 1, 1, "BL-05", "BL-05"},
    {LULL_BLOCKER_LISTENER, 0, 0, "BL-05", "BL-05"},
    {LULL_BLOCKER_LISTENER, 0, 1, "BL-07", "BL-07"},
    {LULL_BLOCKER_LISTENER, 1, 0, "BL-07", "BL-07"},
    {LULL_BLOCKER_LISTENER, 1, 2, NULL, NULL},
    {LULL_BLOCKER_BOUND, 1, 1, "BL-06", "BL-06"},
    {LULL_BLOCKER_BOUND, 0, 1, "BL-06", "BL-06"},
    {LULL_BLOCKER_BOUND, 1, 2, NULL, NULL},
};

static void expect_rule(const char *wanted, const char *got)
{
    if (wanted == NULL)
        assert_null(got);
    else
        assert_string_equal(got, wanted);
}

static void each_holder_refuses_by_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct socket_bind_holder holder = {.local = name_of(rows[i].held, 80),
                                            .kind = rows[i].holder};
        struct socket_bind_request request = {name_of(rows[i].asked, 80), false};
        expect_rule(rows[i].plain, socket_bind_conflict(&request, &holder));
        request.reuse_address = true;
        expect_rule(rows[i].reuse, socket_bind_conflict(&request, &holder));
        request.local.port = 81;
        assert_null(socket_bind_conflict(&request, &holder));
    }
}

/* [REQ BL-09] */
static void equal_addresses_in_two_zones_are_two(void **state)
{
    struct socket_bind_holder holder = {.local = name_of(1, 80), .kind = LULL_BLOCKER_LISTENER};
    struct socket_bind_request request = {name_of(1, 80), false};

    (void)state;
    holder.local.zone = request.local.zone = 2;
    expect_rule("BL-05", socket_bind_conflict(&request, &holder));
    request.local.zone = 3;
    expect_rule(NULL, socket_bind_conflict(&request, &holder));
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
    assert_non_null(strstr(text, "for 59.5 s; set SO_REUSEADDR"));
    assert_true(lull_refusal_text(&refusal, text, 10) < 10); /* cut, not overrun */
    pair_close(&pair);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_holder_refuses_by_its_rule),
        cmocka_unit_test(equal_addresses_in_two_zones_are_two),
        cmocka_unit_test(records_refuse_bind_with_rule_count_and_time),
        cmocka_unit_test(reuse_address_binds_beside_records),
        cmocka_unit_test(the_wildcard_meets_records_and_another_port_does_not),
        cmocka_unit_test(bind_succeeds_once_the_last_record_has_expired),
        cmocka_unit_test(a_listener_and_a_bound_socket_keep_their_port),
        cmocka_unit_test(names_that_cannot_be_ours_are_refused),
        cmocka_unit_test(a_socket_that_is_connected_is_not_bound_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
