/* Text past a gap, and the SACK blocks that tell of it (RFC 9293 SHLD-31, RFC 2018). */
#include "tcp/tcp_reassembly.h"
#include "tcp_dsl.h"

#define SACKING(...) GIVEN(.state = TCP_ESTABLISHED, .facts = TCP_SACK, __VA_ARGS__)

static void text_arrives(struct tcp_conn *c, uint32_t seq, uint32_t bytes)
{
    ARRIVE(c, TCP_ACK, .seq = {seq}, .ack = {100}, .len = bytes);
}

/* The ACK that is due carries exactly these blocks, in this order. */
static void reports(struct tcp_conn *c, unsigned count, const uint32_t (*blocks)[2])
{
    struct tcp_emission out = SENDS(c, TCP_ACK, .seq = {200});
    const struct tcp_options *options = &out.segment.options;

    assert_int_equal(!!(options->present & TCP_OPTION_SACK), count > 0);
    assert_int_equal(options->sack_count, count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(options->sack[i].start.raw, blocks[i][0]);
        assert_int_equal(options->sack[i].end.raw, blocks[i][1]);
    }
}
#define REPORTS(c, count, ...) reports((c), (count), (const uint32_t[][2]){__VA_ARGS__})

/* RFC 2018 section 4: the block that changed last comes first.  [REQ 2018/4] */
TEST(the_newest_block_comes_first)
{
    struct tcp_conn c = SACKING();
    text_arrives(&c, 600, 10);
    REPORTS(&c, 1, {600, 610});
    text_arrives(&c, 800, 10);
    REPORTS(&c, 2, {800, 810}, {600, 610});
    text_arrives(&c, 700, 10);
    REPORTS(&c, 3, {700, 710}, {600, 610}, {800, 810});
    text_arrives(&c, 610, 5);
    REPORTS(&c, 3, {600, 615}, {700, 710}, {800, 810});
}

TEST(no_more_blocks_are_told_than_fit)
{
    struct tcp_conn c = SACKING();
    for (uint32_t seq = 600; seq < 1200; seq += 100)
        text_arrives(&c, seq, 10);
    REPORTS(&c, 4, {1100, 1110}, {600, 610}, {700, 710}, {800, 810});
    c = SACKING(.facts = TCP_SACK | TCP_TIMESTAMPS);
    for (uint32_t seq = 600; seq < 1200; seq += 100)
        ARRIVE(&c, TCP_ACK, .seq = {seq}, .ack = {100}, .len = 10, TS(1, 1));
    REPORTS(&c, 3, {1100, 1110}, {600, 610}, {700, 710});
}

/* The gap that closed took the newest block with it; only what is still missing a piece is
 * told. */
TEST(a_block_that_was_joined_is_told_no_more)
{
    struct tcp_conn c = SACKING();
    text_arrives(&c, 800, 10);
    text_arrives(&c, 600, 10);
    text_arrives(&c, 500, 100);
    assert_int_equal(c.rcv.nxt.raw, 610);
    REPORTS(&c, 1, {800, 810});
    text_arrives(&c, 610, 190);
    assert_int_equal(c.rcv.nxt.raw, 810);
    assert_false(tcp_reassembly_has_gap(&c));
    REPORTS(&c, 0, {0, 0});
    expect_readable(&c, 500, 310);
}

TEST(nothing_is_told_to_a_peer_that_did_not_agree)
{
    struct tcp_conn c = SACKING(.facts = 0);
    text_arrives(&c, 600, 10);
    REPORTS(&c, 0, {0, 0});
}

TEST(pieces_may_overlap_in_any_way)
{
    struct tcp_conn c = SACKING();
    text_arrives(&c, 520, 20);
    text_arrives(&c, 510, 15);
    text_arrives(&c, 535, 15);
    text_arrives(&c, 505, 60);
    REPORTS(&c, 1, {505, 565});
    text_arrives(&c, 500, 30);
    assert_int_equal(c.rcv.nxt.raw, 565);
    expect_readable(&c, 500, 65);
}

TEST(text_in_order_may_run_over_what_was_kept)
{
    struct tcp_conn c = SACKING();
    text_arrives(&c, 510, 10);
    text_arrives(&c, 530, 10);
    text_arrives(&c, 500, 25);
    assert_int_equal(c.rcv.nxt.raw, 525);
    REPORTS(&c, 1, {530, 540});
    text_arrives(&c, 525, 5);
    assert_int_equal(c.rcv.nxt.raw, 540);
    expect_readable(&c, 500, 40);
}

TEST(reading_does_not_disturb_what_waits_past_the_gap)
{
    struct tcp_conn c = SACKING();
    text_arrives(&c, 500, 30);
    text_arrives(&c, 540, 10);
    tcp_call_consumed(&env, &c, 30);
    text_arrives(&c, 530, 10);
    assert_int_equal(c.rcv.nxt.raw, 550);
    expect_readable(&c, 530, 20);
}

TEST(a_connection_without_gaps_holds_no_block_for_them)
{
    struct tcp_conn c = SACKING(.nxt = 100);
    uint32_t before = block_pool_used(env.blocks);
    text_arrives(&c, 510, 10);
    assert_int_equal(block_pool_used(env.blocks), before + 2);
    text_arrives(&c, 500, 10);
    assert_int_equal(block_pool_used(env.blocks), before + 1);
    tcp_call_consumed(&env, &c, 20);
    assert_int_equal(block_pool_used(env.blocks), before);
}

TEST(too_many_gaps_drop_the_newest_text)
{
    struct tcp_conn c = SACKING(.rcv_wnd = 10000);
    unsigned most = range_set_capacity_in(DSL_BLOCK_BYTES);
    for (uint32_t i = 0; i <= most; i++)
        text_arrives(&c, 502 + 2 * i, 1);
    assert_int_equal(COUNTED(TCPOFOQueue), most);
    assert_int_equal(COUNTED(TCPOFODrop), 1);
    for (uint32_t i = 0; i < most; i++) /* fills the gap before piece i, and takes the piece */
        text_arrives(&c, i == 0 ? 500 : 501 + 2 * i, i == 0 ? 2 : 1);
    assert_int_equal(c.rcv.nxt.raw, 501 + 2 * most);
    expect_readable(&c, 500, 1 + 2 * most);
    assert_false(tcp_reassembly_has_gap(&c));
}

TEST(release_gives_back_every_block)
{
    struct tcp_conn c = SACKING();
    text_arrives(&c, 500, 10);
    text_arrives(&c, 600, 10);
    tcp_conn_release(&env, &c);
    assert_int_equal(block_pool_used(env.blocks), 0);
}

/* What was kept before the reader left does not confuse the count of what comes after. */
TEST(a_reader_who_leaves_while_there_is_a_gap_changes_no_number)
{
    struct tcp_conn c = SACKING();
    text_arrives(&c, 1400, 50);
    c.facts |= TCP_RECEIVE_SHUT;
    text_arrives(&c, 500, 900);
    assert_int_equal(c.rcv.nxt.raw, 1450);
    tcp_conn_release(&env, &c);
    assert_int_equal(block_pool_used(env.blocks), 0);
}

TEST(a_set_without_text_is_given_back)
{
    struct tcp_conn c = SACKING(.nxt = 100);
    while (block_pool_free(env.blocks) > 1)
        (void)block_pool_take(env.blocks);
    text_arrives(&c, 510, 10);
    assert_int_equal(COUNTED(TCPOFODrop), 1);
    assert_false(tcp_reassembly_has_gap(&c));
    assert_int_equal(block_pool_free(env.blocks), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_block_comes_first),
        cmocka_unit_test(no_more_blocks_are_told_than_fit),
        cmocka_unit_test(a_block_that_was_joined_is_told_no_more),
        cmocka_unit_test(nothing_is_told_to_a_peer_that_did_not_agree),
        cmocka_unit_test(pieces_may_overlap_in_any_way),
        cmocka_unit_test(text_in_order_may_run_over_what_was_kept),
        cmocka_unit_test(reading_does_not_disturb_what_waits_past_the_gap),
        cmocka_unit_test(a_connection_without_gaps_holds_no_block_for_them),
        cmocka_unit_test(too_many_gaps_drop_the_newest_text),
        cmocka_unit_test(release_gives_back_every_block),
        cmocka_unit_test(a_reader_who_leaves_while_there_is_a_gap_changes_no_number),
        cmocka_unit_test(a_set_without_text_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
