/* Which ephemeral port is taken, where the range is one port wide, and whom bind is told of. */
#include "stage.h"

enum { ONLY = 50000 };

static lull_socket first;

/* The client's one ephemeral port carries a connection to PORT. */
static void open_narrow(void)
{
    struct lull_stack_config config = default_config();

    config.knobs.value[LULL_KNOB_ports_ephemeral_first] = ONLY;
    config.knobs.value[LULL_KNOB_ports_ephemeral_last] = ONLY;
    open_stage(&config, NULL);
    first = ends[0];
}

static void expect_exhausted(enum lull_error error)
{
    assert_int_equal(error, LULL_EADDRNOTAVAIL);
    assert_string_equal(refusal_of(client).rule, "IR-18");
    assert_int_equal(refusal_of(client).blocker, LULL_BLOCKER_LIMIT);
}

static enum lull_error bind_to(lull_socket socket, uint16_t port)
{
    struct lull_name name = pair_name(0, port);
    return lull_socket_bind(client, socket, &name);
}

/* [REQ IR-18] [REQ 6056/3.1] */
static void one_port_carries_one_connection_to_each_remote_end(void **state)
{
    struct lull_name local, remote;

    (void)state;
    open_narrow();
    lull_socket_names(client, first, &local, &remote);
    assert_int_equal(local.port, ONLY);
    expect_exhausted(connect_to(open_socket(client), PORT));
    lull_socket other = open_socket(client);
    assert_int_equal(connect_to(other, PORT + 1), LULL_EINPROGRESS);
    lull_socket_names(client, other, &local, &remote);
    assert_int_equal(local.port, ONLY);
    pair_close(&pair);
}

/* [REQ IR-18] [REQ 6056/2.3] [REQ 6056/3.1] */
static void a_record_holds_its_tuple_until_it_expires(void **state)
{
    (void)state;
    open_narrow();
    close_first(0);
    expect_exhausted(connect_to(open_socket(client), PORT));
    run_for(LULL_SEC(61));
    assert_int_equal(connect_to(open_socket(client), PORT), LULL_EINPROGRESS);
    pair_close(&pair);
}

/* [REQ IR-18] RFC 6056 section 3.2.  [REQ 6056/3.2] */
static void a_bound_port_is_never_taken(void **state)
{
    (void)state;
    open_narrow();
    close_first(0);
    run_for(LULL_SEC(61)); /* the record is gone */
    lull_socket bound = open_socket(client);
    assert_int_equal(bind_to(bound, 0), LULL_OK);
    expect_exhausted(connect_to(open_socket(client), PORT + 1));
    lull_socket_close(client, bound);
    assert_int_equal(connect_to(open_socket(client), PORT + 1), LULL_EINPROGRESS);
    pair_close(&pair);
}

/* [REQ IR-18] */
static void bind_wants_a_port_for_itself(void **state)
{
    (void)state;
    open_narrow();
    expect_exhausted(bind_to(open_socket(client), 0));
    close_first(0);
    expect_exhausted(bind_to(open_socket(client), 0));
    run_for(LULL_SEC(61));
    assert_int_equal(bind_to(open_socket(client), 0), LULL_OK);
    pair_close(&pair);
}

/* [REQ BL-04] */
static void a_connection_keeps_its_port_from_bind_and_is_named_once(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket socket = client_on(5000);
    assert_int_equal(connect_to(socket, PORT), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    assert_int_equal(bind_to(open_socket(client), 5000), LULL_EADDRINUSE);
    assert_string_equal(refusal_of(client).rule, "BL-04");
    assert_int_equal(refusal_of(client).blockers, 1);
    assert_int_equal(refusal_of(client).remaining, LULL_TIME_NEVER);
    pair_close(&pair);
}

/* [REQ BL-01] */
static void an_orphan_in_fin_wait_2_is_called_that(void **state)
{
    (void)state;
    open_pair(NULL);
    lull_socket socket = client_on(5000);
    assert_int_equal(connect_to(socket, PORT), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    lull_socket_close(client, socket);
    run_for(LULL_SEC(1));
    assert_int_equal(bind_to(open_socket(client), 5000), LULL_EADDRINUSE);
    assert_int_equal(refusal_of(client).blocker, LULL_BLOCKER_FIN_WAIT_2);
    assert_in_range(refusal_of(client).remaining, LULL_SEC(58), LULL_SEC(59));
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_port_carries_one_connection_to_each_remote_end),
        cmocka_unit_test(a_record_holds_its_tuple_until_it_expires),
        cmocka_unit_test(a_bound_port_is_never_taken),
        cmocka_unit_test(bind_wants_a_port_for_itself),
        cmocka_unit_test(a_connection_keeps_its_port_from_bind_and_is_named_once),
        cmocka_unit_test(an_orphan_in_fin_wait_2_is_called_that),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
