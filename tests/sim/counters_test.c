/* Every way into, within and out of a record is counted, and counted once. */
#include "stage.h"

static struct lull_stack_config config;

static uint16_t client_port;

static void open_scene(void)
{
    struct lull_name local, remote;

    open_stage(&config, NULL);
    assert_int_equal(lull_socket_names(client, ends[0], &local, &remote), LULL_OK);
    client_port = local.port;
}

/* The first connection of a scene: side @first closes it, then the other.  Whether there is a
 * record then is what the scene is about. */
static void shut(int first)
{
    lull_socket_close(pair.stack[first], ends[first]);
    run_for(LULL_MS(1));
    lull_socket_close(pair.stack[1 - first], ends[1 - first]);
    run_for(LULL_MS(1));
}

/* What the client sent last, as a forger changes it. */
static struct tcp_segment from_client(uint8_t flags)
{
    struct tcp_segment segment = seen[0].segment;

    segment.flags = flags;
    return segment;
}

static void connect_from_the_old_port(void)
{
    struct lull_name from = pair_name(0, client_port), to = pair_name(1, PORT);
    lull_socket socket;

    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    lull_socket_set_option(client, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(client, socket, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
}

static void enter(void)
{
    open_scene();
    shut(1);
}

static void expire(void)
{
    enter();
    run_for(LULL_SEC(61));
}

static void be_replaced_by_a_syn(void)
{
    enter();
    run_for(LULL_SEC(1));
    connect_from_the_old_port();
}

static void be_replaced_by_connect(void)
{
    config.knobs.value[LULL_KNOB_tw_reuse_active] = LULL_TW_REUSE_ANY;
    open_scene();
    shut(0);
    run_for(LULL_SEC(2));
    connect_from_the_old_port();
}

static void be_evicted(void)
{
    lull_socket second[2];

    config.records_max = 1;
    enter();
    pair_connect(&pair, listener, PORT, second);
    memcpy(ends, second, sizeof ends);
    shut(1);
}

static void find_no_room(void)
{
    config.records_max = 0;
    enter();
}

static void ignore_a_reset(void)
{
    enter();
    struct tcp_segment reset = from_client(TCP_RST);
    reset.seq = seen[1].segment.ack;
    forge(1, &reset);
}

static void obey_a_reset(void)
{
    config.knobs.value[LULL_KNOB_tw_rst] = LULL_TW_RST_RFC9293;
    ignore_a_reset();
}

static void reject_a_syn(void)
{
    enter();
    struct tcp_segment syn = from_client(TCP_SYN);
    syn.seq = seq_add(syn.seq, 0x80000001u);
    forge(1, &syn);
}

static void see_an_old_stamp(void)
{
    enter();
    struct tcp_segment old = from_client(TCP_ACK);
    old.options.ts_value -= 10;
    forge(1, &old);
}

/* ACKs that say nothing new, from beyond the old window.  The client answers our answers. */
static void see_stray_acks(int count)
{
    struct tcp_segment stray = from_client(TCP_ACK);

    stray.len = 0;
    stray.seq = seq_add(stray.seq, 100000);
    while (count-- > 0) {
        forge(1, &stray);
        run_for(0);
    }
}

static void answer_a_stray_ack(void)
{
    enter();
    run_for(LULL_SEC(1));
    see_stray_acks(1);
}

static void not_answer_a_second_one(void)
{
    enter();
    run_for(LULL_SEC(1));
    see_stray_acks(2);
}

static void start_again(void)
{
    enter();
    run_for(LULL_SEC(1));
    struct tcp_segment fin = seen[0].segment;
    forge(1, &fin);
    run_for(0);
}

static void shrink(void)
{
    open_scene();
    lull_socket_close(server, ends[1]);
    run_for(LULL_MS(1));
}

static void wait_in_vain(void)
{
    shrink();
    run_for(LULL_SEC(61));
}

static void hear_from_the_peer_at_last(void)
{
    shrink();
    lull_socket_close(client, ends[0]);
    run_for(LULL_MS(1));
}

static void be_reset_in_fin_wait_2(void)
{
    shrink();
    lull_socket_abort(client, ends[0]);
    run_for(LULL_MS(1));
}

/* The only place is an orphan's, and the next connection wants it. */
static void be_evicted_in_fin_wait_2(void)
{
    lull_socket second[2];

    config.records_max = 1;
    shrink();
    pair_connect(&pair, listener, PORT, second);
    memcpy(ends, second, sizeof ends);
    shut(1);
}

static void hold(void)
{
    open_scene();
    lull_socket_abort(server, ends[1]);
    run_for(LULL_MS(1));
}

static void hold_to_the_end(void)
{
    hold();
    run_for(LULL_SEC(61));
}

static void hold_without_room(void)
{
    config.records_max = 0;
    hold();
}

static void hold_until_evicted(void)
{
    lull_socket second[2];

    config.records_max = 1;
    hold();
    pair_connect(&pair, listener, PORT, second);
    memcpy(ends, second, sizeof ends);
    shut(1);
}

static void hold_until_a_syn(void)
{
    hold();
    run_for(LULL_SEC(1));
    connect_from_the_old_port();
}

static void hold_against_an_old_syn(void)
{
    struct tcp_segment syn;

    hold();
    syn = from_client(TCP_SYN);
    syn.seq = seq_add(syn.seq, 0x80000001u);
    syn.options.ts_value -= 10;
    forge(1, &syn);
}

/* What answers the SYN that is to replace the record may be as old as the record. */
static void be_answered_with_an_old_stamp(void)
{
    config.knobs.value[LULL_KNOB_tw_reuse_active] = LULL_TW_REUSE_ANY;
    open_scene();
    shut(0);
    run_for(LULL_SEC(2));
    struct tcp_segment answer = seen[1].segment;
    pair.faults.loss = 1000;
    connect_from_the_old_port();
    answer.flags = TCP_SYN | TCP_ACK;
    answer.ack = seq_add(seen[0].segment.seq, 1);
    answer.options.ts_value -= 10;
    answer.options.ts_echo = seen[0].segment.options.ts_value;
    forge(0, &answer);
}

static const struct {
    void (*scene)(void);
    int side; /* whose counter */
    enum lull_counter counter;
} rows[] = {
    {enter, 1, LULL_COUNTER_TW},
    {expire, 1, LULL_COUNTER_TWExpired},
    {be_replaced_by_a_syn, 1, LULL_COUNTER_TWRecycled},
    {be_replaced_by_connect, 0, LULL_COUNTER_TWRecycledActive},
    {be_evicted, 1, LULL_COUNTER_TWEvicted},
    {find_no_room, 1, LULL_COUNTER_TCPTimeWaitOverflow},
    {ignore_a_reset, 1, LULL_COUNTER_TWRstIgnored},
    {obey_a_reset, 1, LULL_COUNTER_TWKilled},
    {reject_a_syn, 1, LULL_COUNTER_TWSynRejected},
    {see_an_old_stamp, 1, LULL_COUNTER_PAWSTimewait},
    {answer_a_stray_ack, 1, LULL_COUNTER_TCPTimeWaitOowAcks},
    {not_answer_a_second_one, 1, LULL_COUNTER_TCPACKSkippedTimeWait},
    {start_again, 1, LULL_COUNTER_TWRestarted},
    {shrink, 1, LULL_COUNTER_FW2Entered},
    {wait_in_vain, 1, LULL_COUNTER_FW2Expired},
    {hear_from_the_peer_at_last, 1, LULL_COUNTER_FW2TimeWait},
    {be_reset_in_fin_wait_2, 1, LULL_COUNTER_FW2Killed},
    {be_evicted_in_fin_wait_2, 1, LULL_COUNTER_FW2Evicted},
    {hold, 1, LULL_COUNTER_HoldEntered},
    {hold_to_the_end, 1, LULL_COUNTER_HoldExpired},
    {hold_without_room, 1, LULL_COUNTER_HoldOverflow},
    {hold_until_evicted, 1, LULL_COUNTER_HoldEvicted},
    {hold_until_a_syn, 1, LULL_COUNTER_HoldRecycled},
    {hold_against_an_old_syn, 1, LULL_COUNTER_HoldRejected},
    {be_answered_with_an_old_stamp, 0, LULL_COUNTER_PAWSActive},
};

/* [REQ OB-03] */
static void each_event_is_counted_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lull_stack_config_init(&config);
        rows[i].scene();
        uint64_t count = counted(pair.stack[rows[i].side], rows[i].counter);
        if (count != 1)
            fail_msg("%s counts %d", lull_counter_name(rows[i].counter), (int)count);
        pair_close(&pair);
    }
}

/* Nothing of the kind has happened: nothing is counted.  [REQ OB-03] */
static void a_connection_that_lives_counts_none_of_them(void **state)
{
    (void)state;
    lull_stack_config_init(&config);
    open_scene();
    run_for(LULL_SEC(100));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(counted(pair.stack[rows[i].side], rows[i].counter), 0);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_is_counted_once),
        cmocka_unit_test(a_connection_that_lives_counts_none_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
