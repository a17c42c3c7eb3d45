/* Connections whose user is gone: how many there may be, and how long they wait. */
#include "stage.h"

#define BLOCK 1024

static lull_socket more[8][2]; /* besides ends */

static void connect_more(int count)
{
    for (int i = 0; i < count; i++)
        pair_connect(&pair, listener, PORT, more[i]);
}

static void set_knob(enum lull_knob knob, int64_t value)
{
    assert_int_equal(lull_stack_set_knob(client, knob, value), LULL_OK);
}

/* The wire is cut from now on. */
static void cut(void)
{
    pair.faults.loss = 1000;
}

static void close_client(lull_socket socket)
{
    assert_int_equal(lull_socket_close(client, socket), LULL_OK);
    run_for(0);
}

static unsigned resets(void)
{
    return (unsigned)counted(client, LULL_COUNTER_TcpOutRsts);
}

static unsigned aborts(void)
{
    return (unsigned)counted(client, LULL_COUNTER_TCPAbortOnMemory);
}

/* As many as the limit says, and the next one is reset; the others are left alone.
 * [REQ RL-05] */
static void one_orphan_too_many_is_reset(void **state)
{
    (void)state;
    open_pair(NULL);
    connect_more(3);
    set_knob(LULL_KNOB_orphan_max, 2);
    cut();
    for (int i = 0; i < 2; i++) {
        close_client(more[i][0]);
        assert_int_equal(usage_of(client).orphans, i + 1);
        assert_int_equal(resets(), 0);
    }
    close_client(more[2][0]);
    assert_int_equal(usage_of(client).orphans, 2);
    assert_int_equal(usage_of(client).connections, 3); /* and ends[0] */
    assert_int_equal(resets(), 1);
    assert_int_equal(aborts(), 1);
    assert_true(seen[0].segment.flags & TCP_RST);
    assert_int_equal(counted(client, LULL_COUNTER_HoldEntered), 1);

    pair.faults.loss = 0;
    run_for(LULL_SEC(1)); /* the two are acknowledged, and are records now */
    assert_int_equal(usage_of(client).orphans, 0);
    cut();
    close_client(ends[0]);
    assert_int_equal(usage_of(client).orphans, 1);
    assert_int_equal(aborts(), 1);
    pair_close(&pair);
}

/* The FIN has not left and may wait behind text: the peer is told also from LAST-ACK.
 * [REQ RL-05] */
static void an_orphan_too_many_is_reset_in_last_ack_too(void **state)
{
    (void)state;
    open_pair(NULL);
    set_knob(LULL_KNOB_orphan_max, 0);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_MS(1));
    close_client(ends[0]);
    assert_int_equal(resets(), 1);
    assert_true(seen[0].segment.flags & TCP_RST);
    assert_int_equal(usage_of(client).connections, 0);
    run_for(LULL_MS(1));
    assert_int_equal(usage_of(server).connections, 0); /* it was told */
    pair_close(&pair);
}

/* What waits in FIN-WAIT-2 is a record at once, and no orphan.  [REQ RL-05] [REQ RL-04] */
static void a_record_is_no_orphan(void **state)
{
    (void)state;
    open_pair(NULL);
    set_knob(LULL_KNOB_orphan_max, 0);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    run_for(LULL_MS(1));
    close_client(ends[0]);
    assert_int_equal(resets(), 0);
    assert_int_equal(records(client), 1);
    assert_int_equal(usage_of(client).orphans, 0);
    pair_close(&pair);
}

/* A user who lingers is a user; when he gives up, his connection is a newcomer.
 * [REQ RL-05] [REQ CH-18] */
static void a_lingering_connection_is_an_orphan_when_the_time_is_over(void **state)
{
    (void)state;
    open_pair(NULL);
    set_knob(LULL_KNOB_orphan_max, 0);
    lull_socket_set_option(client, ends[0], LULL_OPTION_LINGER, 1);
    cut();
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_EINPROGRESS);
    run_for(LULL_SEC(1) - 1);
    assert_int_equal(usage_of(client).connections, 1);
    run_for(1);
    assert_int_equal(usage_of(client).connections, 0);
    assert_int_equal(aborts(), 1);
    pair_close(&pair);
}

/* Lowering the limit is for newcomers: nobody who is here is sent away.  [REQ RL-05] */
static void a_lower_limit_leaves_the_orphans_there_are(void **state)
{
    (void)state;
    open_pair(NULL);
    cut();
    close_client(ends[0]);
    set_knob(LULL_KNOB_orphan_max, 0);
    run_for(LULL_SEC(5)); /* events of that connection */
    assert_int_equal(usage_of(client).orphans, 1);
    assert_int_equal(aborts(), 0);
    pair_close(&pair);
}

static void queue_blocks(lull_socket socket, unsigned blocks)
{
    static uint8_t text[64 * BLOCK];
    size_t bytes = (size_t)(blocks - 1) * BLOCK; /* one of them is the directory */
    uint32_t before = usage_of(client).blocks;

    assert_int_equal(lull_socket_send(client, socket, (struct lull_slice){text, bytes}),
                     (ptrdiff_t)bytes);
    assert_int_equal(usage_of(client).blocks - before, blocks);
}

/* A pool of 64 blocks: with fewer than 5 free, orphans may hold 16.  @orphan and @user: blocks
 * that the closed connection and an open one hold. */
static bool is_kept(unsigned orphan, unsigned user)
{
    struct lull_stack_config config;

    lull_stack_config_init(&config);
    config.blocks_max = 64;
    config.block_bytes = BLOCK;
    open_stage(&config, NULL);
    connect_more(1);
    cut();
    queue_blocks(more[0][0], user);
    queue_blocks(ends[0], orphan);
    close_client(ends[0]);
    bool kept = usage_of(client).orphans == 1;
    assert_int_equal(aborts(), kept ? 0 : 1);
    assert_int_equal(resets(), kept ? 0 : 1);
    assert_int_equal(usage_of(client).blocks, user + (kept ? orphan : 0));
    pair_close(&pair);
    return kept;
}

/* Both sides of both comparisons.  [REQ RL-05] */
static void text_of_orphans_is_bounded_when_the_pool_is_short(void **state)
{
    (void)state;
    assert_true(is_kept(16, 44));  /* 4 free, and a quarter */
    assert_false(is_kept(17, 43)); /* 4 free, and one more */
    assert_true(is_kept(17, 42));  /* 5 free: there is room for everybody */
    assert_true(is_kept(3, 61));   /* users filled the pool */
}

/* What was kept with room for everybody counts when there is none; a newcomer without text
 * stays.  [REQ RL-05] */
static void what_the_orphans_hold_together_counts(void **state)
{
    struct lull_stack_config config;

    (void)state;
    lull_stack_config_init(&config);
    config.blocks_max = 64;
    config.block_bytes = BLOCK;
    open_stage(&config, NULL);
    connect_more(4);
    cut();
    queue_blocks(more[0][0], 20);
    close_client(more[0][0]);
    queue_blocks(more[1][0], 37);
    queue_blocks(more[2][0], 3); /* 4 are free */
    close_client(more[3][0]);    /* nothing but a FIN */
    assert_int_equal(usage_of(client).orphans, 2);
    assert_int_equal(aborts(), 0);
    close_client(more[2][0]);
    assert_int_equal(usage_of(client).orphans, 2);
    assert_int_equal(aborts(), 1);

    pair.faults.loss = 0; /* the text is acknowledged, and no longer counts */
    run_for(LULL_SEC(2));
    assert_int_equal(usage_of(client).orphans, 0);
    assert_int_equal(usage_of(client).blocks, 0);
    cut();
    queue_blocks(more[1][0], 44);
    queue_blocks(ends[0], 16);
    close_client(ends[0]);
    assert_int_equal(usage_of(client).orphans, 1);
    assert_int_equal(aborts(), 1);
    pair_close(&pair);
}

static void set_linger2(int64_t seconds)
{
    assert_int_equal(lull_socket_set_option(client, ends[0], LULL_OPTION_LINGER2, seconds),
                     LULL_OK);
}

/* What is accepted has it from the listener.  [REQ RL-04] */
static void an_accepted_socket_inherits_linger2(void **state)
{
    int64_t seconds;

    (void)state;
    open_pair(NULL);
    assert_int_equal(lull_socket_set_option(server, listener, LULL_OPTION_LINGER2, 7), LULL_OK);
    connect_more(1);
    assert_int_equal(lull_socket_get_option(server, more[0][1], LULL_OPTION_LINGER2, &seconds),
                     LULL_OK);
    assert_int_equal(seconds, 7);
    assert_int_equal(lull_socket_set_option(server, listener, LULL_OPTION_LINGER2, -2),
                     LULL_EINVAL);
    pair_close(&pair);
}

/* Both sides of the last moment: the stack's patience, and one of its own, shorter and longer.
 * [REQ RL-04] */
static void an_orphan_waits_in_fin_wait_2_as_long_as_it_was_told(void **state)
{
    const struct {
        int64_t asked;
        lull_duration waits;
    } cases[] = {{0, LULL_SEC(60)}, {1, LULL_SEC(1)}, {600, LULL_SEC(600)}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_pair(NULL);
        set_linger2(cases[i].asked);
        close_client(ends[0]);
        assert_int_equal(records(client), 1);
        run_for(cases[i].waits - LULL_MS(1));
        assert_int_equal(records(client), 1);
        run_for(LULL_MS(1));
        assert_int_equal(records(client), 0);
        assert_int_equal(counted(client, LULL_COUNTER_FW2Expired), 1);
        assert_int_equal(resets(), 0); /* in silence */
        assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
        run_for(LULL_MS(1));
        assert_int_equal(resets(), 1); /* too late */
        pair_close(&pair);
    }
}

/* Different patience, and each ends when its own is over.  [REQ RL-04] */
static void orphans_with_different_patience_do_not_wait_for_each_other(void **state)
{
    const int64_t seconds[] = {50, 0, 10, 70, 10};

    (void)state;
    open_pair(NULL);
    connect_more(5);
    for (int i = 0; i < 5; i++) {
        lull_socket_set_option(client, more[i][0], LULL_OPTION_LINGER2, seconds[i]);
        close_client(more[i][0]);
    }
    assert_int_equal(records(client), 5);
    run_for(LULL_SEC(11));
    assert_int_equal(records(client), 3);
    run_for(LULL_SEC(40));
    assert_int_equal(records(client), 2);
    run_for(LULL_SEC(10));
    assert_int_equal(records(client), 1);
    run_for(LULL_SEC(10));
    assert_int_equal(records(client), 0);
    pair_close(&pair);
}

/* TCP_LINGER2 below 0, from both sides of the ACK of our FIN.  [REQ RL-04] */
static void who_does_not_want_to_wait_in_fin_wait_2_resets(void **state)
{
    (void)state;
    for (int acked = 0; acked <= 1; acked++) {
        open_pair(NULL);
        set_linger2(-1);
        if (acked) {
            assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
            run_for(LULL_MS(1));
            assert_int_equal(resets(), 0); /* its user may wait as long as he likes */
        }
        seq32 end = seq_add(seen[0].segment.seq, 1); /* behind the FIN */
        close_client(ends[0]);
        run_for(LULL_MS(1));
        assert_int_equal(resets(), 1);
        assert_true(seen[0].segment.flags & TCP_RST);
        assert_int_equal(seen[0].segment.seq.raw, end.raw);
        assert_int_equal(counted(client, LULL_COUNTER_FW2Entered), 0);
        assert_int_equal(counted(client, LULL_COUNTER_HoldEntered), 1);
        assert_int_equal(usage_of(client).connections, 0);
        assert_int_equal(counted(client, LULL_COUNTER_TCPAbortOnLinger), 1);
        assert_int_equal(usage_of(server).connections, 0);
        pair_close(&pair);
    }
}

/* The peer closed as well: nothing is waited for but 2 MSL.  [REQ RL-04] */
static void who_does_not_want_to_wait_in_fin_wait_2_waits_in_time_wait(void **state)
{
    (void)state;
    open_pair(NULL);
    set_linger2(-1);
    cut();
    close_client(ends[0]);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_MS(1));
    pair.faults.loss = 0;
    run_for(LULL_SEC(5));
    assert_int_equal(resets(), 0);
    assert_int_equal(counted(client, LULL_COUNTER_TW) + counted(server, LULL_COUNTER_TW), 2);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_orphan_too_many_is_reset),
        cmocka_unit_test(an_orphan_too_many_is_reset_in_last_ack_too),
        cmocka_unit_test(a_record_is_no_orphan),
        cmocka_unit_test(a_lingering_connection_is_an_orphan_when_the_time_is_over),
        cmocka_unit_test(a_lower_limit_leaves_the_orphans_there_are),
        cmocka_unit_test(text_of_orphans_is_bounded_when_the_pool_is_short),
        cmocka_unit_test(what_the_orphans_hold_together_counts),
        cmocka_unit_test(an_accepted_socket_inherits_linger2),
        cmocka_unit_test(an_orphan_waits_in_fin_wait_2_as_long_as_it_was_told),
        cmocka_unit_test(orphans_with_different_patience_do_not_wait_for_each_other),
        cmocka_unit_test(who_does_not_want_to_wait_in_fin_wait_2_resets),
        cmocka_unit_test(who_does_not_want_to_wait_in_fin_wait_2_waits_in_time_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
