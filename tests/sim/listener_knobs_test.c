/* A knob turned for one listener does there what it would do for the whole stack.
 *
 * Each scene is played twice: as the stack has it, and with the listener's own value. */
#include "stage.h"

/* Side 1 closes the first connection, then side 0. */
static void close_server_first(void)
{
    lull_socket_close(server, ends[1]);
    run_for(LULL_MS(1));
    lull_socket_close(client, ends[0]);
    run_for(LULL_SEC(1));
}

static uint64_t reset_the_record(void)
{
    close_server_first();
    struct tcp_segment reset = seen[0].segment;
    reset.flags = TCP_RST;
    reset.seq = seen[1].segment.ack;
    forge(1, &reset);
    return counted(server, LULL_COUNTER_TWKilled);
}

static struct tcp_segment newest_syn(void)
{
    struct tcp_segment syn = seen[0].segment;

    syn.flags = TCP_SYN;
    syn.ack = seq_at(0);
    syn.options.ts_value += 100000;
    syn.options.ts_echo = 0;
    return syn;
}

static uint64_t begin_again(void)
{
    close_server_first();
    struct tcp_segment syn = newest_syn();
    forge(1, &syn);
    return counted(server, LULL_COUNTER_TWSynRejected);
}

/* With equal timestamps the number decides, and it is just the next one. */
static uint64_t begin_again_with_the_next_number(void)
{
    close_server_first();
    struct tcp_segment syn = newest_syn();
    syn.options.ts_value -= 100000;
    syn.seq = seen[1].segment.ack;
    forge(1, &syn);
    return counted(server, LULL_COUNTER_TWSynRejected);
}

static uint64_t begin_again_with_an_old_number(void)
{
    close_server_first();
    struct tcp_segment syn = newest_syn();
    syn.options.ts_value -= 200000;
    unsigned sent = seen[1].segments;
    forge(1, &syn);
    run_for(0);
    return seen[1].segments - sent;
}

static uint64_t reset_the_client(void)
{
    lull_socket_abort(server, ends[1]);
    run_for(LULL_MS(1));
    return records(server);
}

/* Who was not accepted yet has the listener's knobs all the same. */
static uint64_t reset_who_waits(void)
{
    struct lull_name to = pair_name(1, PORT);
    lull_socket socket;

    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    lull_socket_close(server, listener);
    run_for(LULL_MS(1));
    return records(server);
}

static uint64_t close_without_reading(void)
{
    assert_int_equal(lull_socket_send(client, ends[0], (struct lull_slice){"text", 4}), 4);
    run_for(LULL_MS(1));
    lull_socket_close(server, ends[1]);
    run_for(LULL_MS(1));
    return counted(server, LULL_COUNTER_TcpOutRsts);
}

static uint64_t wait_for_the_peer(void)
{
    lull_socket_close(server, ends[1]);
    run_for(LULL_MS(5100));
    return counted(server, LULL_COUNTER_FW2Expired);
}

static const struct {
    enum lull_knob knob;
    int64_t value;
    uint64_t (*scene)(void);
    uint64_t usual, own; /* what the scene comes to */
} rows[] = {
    {LULL_KNOB_tw_rst, LULL_TW_RST_RFC9293, reset_the_record, 0, 1},
    {LULL_KNOB_tw_syn_policy, LULL_TW_SYN_NEVER, begin_again, 0, 1},
    {LULL_KNOB_tw_seq_cmp, LULL_TW_SEQ_GT, begin_again_with_the_next_number, 0, 1},
    {LULL_KNOB_tw_syn_reject, LULL_TW_SYN_REJECT_ACK, begin_again_with_an_old_number, 0, 1},
    {LULL_KNOB_abort_hold, 0, reset_the_client, 1, 0},
    {LULL_KNOB_abort_hold, 0, reset_who_waits, 1, 0},
    {LULL_KNOB_close_rst_on_unread, 0, close_without_reading, 1, 0},
    {LULL_KNOB_fw2_orphan_ms, 5000, wait_for_the_peer, 0, 1},
};

/* The first connection is accepted by a listener that has @value, or follows the stack. */
static uint64_t play(size_t row, int64_t value)
{
    pair_open(&pair, 1, NULL, NULL);
    client = pair.stack[0];
    server = pair.stack[1];
    memset(seen, 0, sizeof seen);
    pair.watch = watch;
    listener = pair_listen(&pair, 1, PORT);
    assert_int_equal(lull_socket_set_knob(server, listener, rows[row].knob, value), LULL_OK);
    pair_connect(&pair, listener, PORT, ends);
    uint64_t result = rows[row].scene();
    pair_close(&pair);
    return result;
}

/* [REQ CH-17] [REQ IR-01] [REQ SA-02] */
static void what_one_listener_has_holds_for_its_connections(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t usual = play(i, LULL_KNOB_OF_STACK), own = play(i, rows[i].value);
        if (usual != rows[i].usual || own != rows[i].own)
            fail_msg("%s: %d and %d", lull_knob_info(rows[i].knob)->name, (int)usual, (int)own);
    }
}

static bool is_played(enum lull_knob knob)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].knob == knob)
            return true;
    return false;
}

static void no_knob_of_that_scope_is_left_out(void **state)
{
    (void)state;
    for (int i = 0; i < LULL_KNOB_COUNT; i++)
        if (lull_knob_info((enum lull_knob)i)->scope == LULL_KNOB_PER_LISTENER)
            assert_true(is_played((enum lull_knob)i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_listener_has_holds_for_its_connections),
        cmocka_unit_test(no_knob_of_that_scope_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
