/* Fifty days of virtual time: 2^32 milliseconds and, many times, 2^32 sequence numbers pass while
 * records stand.  Every minute a client comes back to a server that closed first, on the same
 * tuple; the server has a record of the last time and must judge the SYN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pair.h"

#define PORT       80
#define LOCAL_PORT 4000

static struct pair pair;
static struct lull_stack *client, *server;
static lull_socket listener;

/* The first three record the server will have all the time; the tuple of the fourth comes back. */
static lull_socket connect_from(uint16_t local_port)
{
    struct lull_name from = pair_name(0, local_port), to = pair_name(1, PORT);
    lull_socket s;

    assert_int_equal(lull_socket_open(client, &s), LULL_OK);
    assert_int_equal(lull_socket_set_option(client, s, LULL_OPTION_REUSE_ADDRESS, 1), LULL_OK);
    assert_int_equal(lull_socket_bind(client, s, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, s, &to), LULL_EINPROGRESS);
    return s;
}

static uint64_t counted(enum lull_counter counter)
{
    return lull_stack_counter(server, counter);
}

static void run_for(lull_duration duration)
{
    pair_run(&pair, pair.now + duration, NULL, NULL);
}

/* Opened, one octet each way, closed by the server first. */
static void live_once(uint16_t local_port)
{
    char octet;
    lull_socket near = connect_from(local_port), far;

    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_accept(server, listener, &far), LULL_OK);
    assert_int_equal(lull_socket_send(client, near, (struct lull_slice){"a", 1}), 1);
    assert_int_equal(lull_socket_send(server, far, (struct lull_slice){"b", 1}), 1);
    pair_flush(&pair);
    assert_int_equal(lull_socket_receive(client, near, &octet, 1), 1);
    assert_int_equal(lull_socket_receive(server, far, &octet, 1), 1);
    lull_socket_close(server, far);
    run_for(LULL_MS(1));
    lull_socket_close(client, near);
    run_for(LULL_MS(50));
}

static struct lull_usage usage_of(const struct lull_stack *s)
{
    struct lull_usage usage;
    lull_stack_usage(s, &usage);
    return usage;
}

/* [REQ TT-08] */
static void time_and_numbers_wrap_with_records_standing(void **state)
{
    const lull_duration days = LULL_SEC(50 * 86400);
    uint64_t lives = 0;

    (void)state;
    pair_open(&pair, 1, NULL, NULL);
    client = pair.stack[0];
    server = pair.stack[1];
    listener = pair_listen(&pair, 1, PORT);
    lull_time start = pair.now;
    live_once(LOCAL_PORT);
    while (pair.now - start < days) {
        run_for(LULL_SEC(29));
        live_once((uint16_t)(LOCAL_PORT + 1 + lives % 7)); /* somebody else, who comes back late */
        run_for(LULL_SEC(29));
        assert_in_range(usage_of(server).records, 2, 4);
        live_once(LOCAL_PORT);
        lives++;
        assert_int_equal(counted(LULL_COUNTER_TWRecycled), lives);
    }
    assert_true(lives > 70000);
    assert_int_equal(counted(LULL_COUNTER_TWSynRejected), 0);
    assert_int_equal(counted(LULL_COUNTER_TcpPassiveOpens), counted(LULL_COUNTER_TW));
    assert_true(usage_of(server).oldest_overdue <= LULL_MS(1));
    run_for(LULL_SEC(61));
    assert_int_equal(usage_of(server).records, 0);
    assert_int_equal(counted(LULL_COUNTER_TW),
                     counted(LULL_COUNTER_TWExpired) + counted(LULL_COUNTER_TWRecycled));
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_and_numbers_wrap_with_records_standing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
