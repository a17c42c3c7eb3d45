/* Where a record meets what had been decided before it: a reply that waits, a handshake that one
 * segment completes and ends, a clock that leaps, an attempt that begins again and again. */
#include "stage.h"

#define TEXT_BYTES 4

static void set_knob(enum lull_knob knob, int64_t value)
{
    assert_int_equal(lull_stack_set_knob(client, knob, value), LULL_OK);
}

/* The same as forge(), with text. */
static void forge_text(int to, const struct tcp_segment *segment)
{
    uint8_t tcp[TCP_HEADER_BYTES_MAX + TEXT_BYTES];
    struct ipv4_header ip = header_to(to, IPV4_TCP);
    size_t header = tcp_header_emit(segment, tcp);

    memset(tcp + header, 'x', TEXT_BYTES);
    forge_packet(to, &ip, (struct span){tcp, header + TEXT_BYTES}, 1);
}

/* The first record there is. */
static struct lull_row first_record(void)
{
    uint64_t cursor = 0;
    struct lull_row row;

    while (lull_stack_list(client, &cursor, &row))
        if (row.kind != LULL_ROW_CONNECTION && row.kind != LULL_ROW_LISTENER)
            return row;
    fail_msg("no record");
    return row;
}

/* The number a HOLD keeps of the peer is the edge of the window: an ACK of it would say that text
 * was taken which never came.  [REQ CH-16] [REQ CH-17] */
static void an_ack_that_waits_is_void_once_the_tuple_is_on_hold(void **state)
{
    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_OK);
    run_for(LULL_SEC(2));
    assert_int_equal(first_record().kind, LULL_ROW_FIN_WAIT_2);
    struct tcp_segment late = seen[1].segment;
    unsigned before = seen[0].segments;

    late.flags = TCP_ACK;
    late.seq = seq_add(late.seq, 0u - 1u); /* old: to be acknowledged */
    forge(0, &late);
    late.seq = seq_add(late.seq, 1); /* new: the user is gone */
    forge_text(0, &late);
    pair_flush(&pair);
    assert_int_equal(first_record().kind, LULL_ROW_HOLD);
    assert_int_equal(seen[0].segments, before + 1);
    assert_true(seen[0].segment.flags & TCP_RST);
    pair_close(&pair);
}

/* The low halves of instants are compared: a suspension of a month must not make the past the
 * future.  [REQ TT-07] [REQ TT-08] */
static void after_a_month_of_suspension_no_record_is_left(void **state)
{
    (void)state;
    for (int days = 20; days <= 100; days += 10) {
        open_pair(NULL);
        close_first(0);
        lull_stack_advance(client, pair.now + LULL_SEC(86400) * days);
        assert_int_equal(records(client), 0);
        assert_int_equal(counted(client, LULL_COUNTER_TWExpired), 1);
        pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ack_that_waits_is_void_once_the_tuple_is_on_hold),
        cmocka_unit_test(after_a_month_of_suspension_no_record_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
