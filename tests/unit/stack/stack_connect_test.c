/* The active open: which local end, and what is refused. */
#include "stage.h"

/* [REQ IR-13] */
static void a_pair_of_ports_is_connected_once(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(connect_to(client_on(5000), PORT), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    assert_int_equal(connect_to(client_on(5000), PORT), LULL_EADDRINUSE);
    assert_int_equal(refusal_of(client).blocker, LULL_BLOCKER_CONNECTION);
    assert_string_equal(refusal_of(client).rule, "IR-13");
    assert_int_equal(refusal_of(client).remaining, LULL_TIME_NEVER);
    assert_int_equal(refusal_of(client).blockers, 1);
    pair_close(&pair);
}

/* [REQ IR-13] */
static void a_record_in_fin_wait_2_is_called_that(void **state)
{
    (void)state;
    open_pair(NULL);
    uint16_t port = seen[0].segment.source_port;
    lull_socket_close(client, ends[0]);
    run_for(LULL_SEC(10));
    assert_int_equal(connect_to(client_on(port), PORT), LULL_EADDRINUSE);
    assert_int_equal(refusal_of(client).blocker, LULL_BLOCKER_FIN_WAIT_2);
    assert_in_range(refusal_of(client).remaining, LULL_SEC(49), LULL_SEC(50));
    assert_int_equal(refusal_of(client).remedy, LULL_REMEDY_OTHER_PORT_OR_WAIT);
    pair_close(&pair);
}

/* [REQ 9293/MUST-46] */
static void what_cannot_be_a_peer_is_refused(void **state)
{
    const uint8_t octets[][4] = {
        {0, 0, 0, 0}, {224, 0, 0, 1}, {239, 255, 255, 255}, {255, 255, 255, 255}, {10, 0, 0, 255}};
    struct lull_name name = {.port = PORT};

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_connect(client, open_socket(client), &name), LULL_EINVAL);
    for (size_t i = 0; i < sizeof octets / sizeof octets[0]; i++) {
        name.address = lull_address_ipv4(octets[i]);
        assert_int_equal(lull_socket_connect(client, open_socket(client), &name), LULL_EINVAL);
    }
    assert_int_equal(connect_to(open_socket(client), 0), LULL_EINVAL);
    assert_int_equal(counted(client, LULL_COUNTER_TcpActiveOpens), 1); /* the pair's */
    assert_int_equal(connect_to(open_socket(client), 1), LULL_EINPROGRESS);
    assert_int_equal(counted(client, LULL_COUNTER_TcpActiveOpens), 2);
    pair_close(&pair);
}

/* [REQ 9293/MUST-44] [REQ 9293/MUST-45] */
static void a_bound_address_is_kept(void **state)
{
    const uint8_t octets[4] = {10, 0, 0, 9};
    struct lull_name second = {.address = lull_address_ipv4(octets), .port = 0}, local, remote;

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_stack_add_address(client, 0, &second.address, 24), LULL_OK);
    lull_socket socket = open_socket(client);
    assert_int_equal(lull_socket_bind(client, socket, &second), LULL_OK);
    assert_int_equal(connect_to(socket, PORT), LULL_EINPROGRESS);
    lull_socket_names(client, socket, &local, &remote);
    assert_memory_equal(&local.address, &second.address, sizeof second.address);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_of_ports_is_connected_once),
        cmocka_unit_test(a_record_in_fin_wait_2_is_called_that),
        cmocka_unit_test(what_cannot_be_a_peer_is_refused),
        cmocka_unit_test(a_bound_address_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
