/* Any of the first eight frames of a close may be lost, in every combination: 2^8 losses of each
 * way to close.  Both users keep their sockets, so that an error or a second end would be seen. */
#include "stage.h"

#define FRAMES 8

/* Who shuts his sending side, and when. */
enum way {
    CLIENT_FIRST,    /* the server follows a millisecond after it has read the end */
    SERVER_FIRST,    /* and the other way round */
    CLIENT_ANSWERED, /* the server follows at once: its ACK and its FIN are one segment */
    TOGETHER,        /* the FINs cross */
    WAYS
};

static void shut(int side)
{
    assert_int_equal(lull_socket_shutdown(pair.stack[side], ends[side], LULL_SHUT_SEND), LULL_OK);
}

static bool has_read_the_end(void *context)
{
    return receive_result(*(int *)context) == 0;
}

/* @first shuts; the other follows when the end has reached him. */
static void shut_in_turn(int first, lull_duration pause)
{
    int other = 1 - first;

    shut(first);
    pair_run(&pair, pair.now + LULL_SEC(60), has_read_the_end, &other);
    assert_int_equal(receive_result(other), 0);
    if (pause > 0)
        run_for(pause);
    shut(other);
}

static void close_in_a_way(enum way how)
{
    switch (how) {
    case CLIENT_FIRST: shut_in_turn(0, LULL_MS(1)); break;
    case SERVER_FIRST: shut_in_turn(1, LULL_MS(1)); break;
    case CLIENT_ANSWERED: shut_in_turn(0, 0); break;
    case TOGETHER:
        shut(0);
        shut(1);
        break;
    case WAYS: break;
    }
}

/* The end was read, once or again, nothing else, and nobody was reset. */
static void ended_in_order(int side)
{
    assert_int_equal(receive_result(side), 0);
    assert_int_equal(lull_socket_take_error(pair.stack[side], ends[side]), LULL_OK);
    assert_int_equal(counted(pair.stack[side], LULL_COUNTER_TcpOutRsts), 0);
    assert_int_equal(usage_of(pair.stack[side]).connections, 0);
    assert_int_equal(usage_of(pair.stack[side]).records, 0);
}

static void one_close(enum way how, unsigned lost)
{
    struct pair_faults faults = {.delay = LULL_MS(5)};
    uint64_t waits[2];

    open_pair(&faults);
    pair.faults.lose_nth = (uint64_t)lost << pair.frames;
    close_in_a_way(how);
    run_for(LULL_SEC(400));
    for (int side = 0; side < 2; side++) {
        ended_in_order(side);
        waits[side] = counted(pair.stack[side], LULL_COUNTER_TW);
        assert_int_equal(counted(pair.stack[side], LULL_COUNTER_TWExpired), waits[side]);
    }
    assert_true(waits[0] + waits[1] >= 1);
    if (how == CLIENT_FIRST || how == CLIENT_ANSWERED)
        assert_true(waits[0] == 1 && waits[1] == 0);
    if (how == SERVER_FIRST)
        assert_true(waits[0] == 0 && waits[1] == 1);
    pair_close(&pair);
}

/* [REQ CH-08] [REQ CH-11] [REQ CH-12] [REQ TT-03] [REQ SA-08] */
static void whatever_is_lost_both_ends_close_in_order(void **state)
{
    (void)state;
    for (int how = 0; how < WAYS; how++)
        for (unsigned lost = 0; lost < 1u << FRAMES; lost++)
            one_close((enum way)how, lost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_lost_both_ends_close_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
