/* The same for what may be sent and heard: INV-09 to INV-16. */
#include "court.h"

/* --- INV-09 to INV-16: segments ---------------------------------------------------------- */

/* The timestamps of a bare ACK here: NOP, NOP, kind 8, length 10, TSval. */
enum { TSVAL = 24 };

static void a_tsval_that_goes_back_is_noticed(void **state)
{
    struct court *c = court_about(9);

    (void)state;
    connect_both(c);
    say(c, 1, 100);
    say(c, 1, 100);
    struct sample ack = c->samples[INTERNET_C][ACK];
    must_be_silent(c, 9);
    set32(&ack, TSVAL, get32(&ack, TSVAL) - 1);
    tell_packet(c, SIM_SENT, INTERNET_C, &ack);
    must_accuse(c, 9, INTERNET_C, "TSval ");
    must_name_the_tuple(c);
    rise(c);
}

/* A new voice beside a record, with the last TSval of the old one. */
static void a_first_tsval_that_is_the_old_one_is_noticed(void **state)
{
    struct court *c = court_about(9);

    (void)state;
    connect_both(c);
    part(c, 1);
    struct sample syn = c->samples[INTERNET_S][SYN];
    const struct sim_note *tuple = &c->judge->notes[c->world->streams[c->streams[1]].voice];
    struct tcp_segment seg;
    assert_true(tcp_header_parse(
        (struct span){syn.bytes + IPV4_HEADER_BYTES, syn.len - IPV4_HEADER_BYTES}, &seg));
    size_t at = 20;
    while (load_be32(syn.bytes + IPV4_HEADER_BYTES + at) != seg.options.ts_value)
        at++;
    set32(&syn, at, c->judge->notes[tuple->first].stamp);
    set32(&syn, SEQ, get32(&syn, SEQ) + 1000000);
    const struct sim_utterance u = {.local = c->world->streams[c->streams[1]].local,
                                    .remote = c->world->streams[c->streams[1]].remote,
                                    .segment = &seg,
                                    .at = c->world->now,
                                    .host = INTERNET_S,
                                    .life = 1};
    seg.seq = seq_add(seg.seq, 1000000);
    syn.ghost.voice = sim_ledger_hear(&c->world->ledger, &u);
    tell_packet(c, SIM_SENT, INTERNET_S, &syn);
    must_accuse(c, 9, INTERNET_S, "of an incarnation is the last one of the old");
    rise(c);
}

static void a_second_fin_is_noticed_and_text_behind_the_first(void **state)
{
    (void)state;
    for (int text = 0; text < 2; text++) {
        struct court *c = court_about(10);
        connect_both(c);
        say(c, 0, 100);
        leave(c, 0);
        struct sample fin = c->samples[INTERNET_C][text ? TEXT : FIN];
        tell_packet(c, SIM_SENT, INTERNET_C, &fin);
        must_be_silent(c, 10);
        set32(&fin, SEQ, get32(&fin, SEQ) + (text ? 2 : 1));
        tell_packet(c, SIM_SENT, INTERNET_C, &fin);
        must_accuse(c, 10, INTERNET_C, text ? "a segment ends at" : "a second FIN ends at");
        must_name_the_tuple(c);
        rise(c);
    }
}

static void a_fin_that_is_acknowledged_twice_is_noticed(void **state)
{
    struct court *c = court_about(10);

    (void)state;
    connect_both(c);
    leave(c, 0);
    struct sample ack = c->samples[INTERNET_S][ACK];
    tell_packet(c, SIM_SENT, INTERNET_S, &ack);
    must_be_silent(c, 0);
    set32(&ack, ACKED, get32(&ack, ACKED) + 1);
    tell_packet(c, SIM_SENT, INTERNET_S, &ack);
    must_accuse(c, 10, INTERNET_S, "counts a FIN");
    must_name_the_tuple(c);
    rise(c);
}

/* RFC 7323 section 3.2 */
static void a_segment_without_a_tsval_is_noticed(void **state)
{
    struct court *c = court_about(9);

    (void)state;
    connect_both(c);
    say(c, 0, 100);
    struct sample text = c->samples[INTERNET_C][TEXT];
    memset(text.bytes + IPV4_HEADER_BYTES + TCP_HEADER_BYTES, 1, 12); /* nothing but padding */
    tell_packet(c, SIM_SENT, INTERNET_C, &text);
    must_accuse(c, 9, INTERNET_C, "has no TSval");
    must_name_the_tuple(c);
    rise(c);

    c = court(1); /* and without them nobody misses one */
    c->config.features = 0;
    sit(c, 9);
    connect_both(c);
    say(c, 0, 100);
    must_be_silent(c, 0);
    rise(c);
}

static void an_early_end_is_noticed(void **state)
{
    struct court *c = court_about(11);

    (void)state;
    connect_both(c);
    say(c, 0, 100);
    const struct sim_stream *s = &c->world->streams[c->streams[1]];
    struct sim_call call = {.name = "receive",
                            .stream = c->streams[1],
                            .local = s->local,
                            .remote = s->remote,
                            .end = true};
    tell_call(c, INTERNET_S, &call);
    must_accuse(c, 11, INTERNET_S, "the end is told after 100 octets, and no FIN was sent");
    must_name_the_tuple(c);
    rise(c);

    c = court_about(11);
    connect_both(c);
    assert_int_equal(sim_call_send(c->world, c->streams[0], 500), 500);
    leave(c, 0);
    tell_call(c, INTERNET_S, &call);
    must_accuse(c, 11, INTERNET_S, "the end is told after 0 octets, the FIN came after 500");
    rise(c);
}

static void text_after_the_end_is_noticed(void **state)
{
    struct court *c = court_about(11);
    uint8_t octets[4] = {0};

    (void)state;
    connect_both(c);
    say(c, 0, 100);
    leave(c, 0);
    read_all(c, 1);
    must_be_silent(c, 11);
    const struct sim_stream *s = &c->world->streams[c->streams[1]];
    const struct sim_call call = {.name = "receive",
                                  .stream = c->streams[1],
                                  .local = s->local,
                                  .remote = s->remote,
                                  .bytes = 4,
                                  .data = octets,
                                  .offset = 100};
    tell_call(c, INTERNET_S, &call);
    must_accuse(c, 11, INTERNET_S, "4 octets are read after the end, at 100");
    rise(c);
}

static void an_old_syn_past_the_record_is_noticed(void **state)
{
    (void)state;
    for (unsigned flaw = 0; flaw <= LULL_FLAW_LISTENER_FIRST; flaw += LULL_FLAW_LISTENER_FIRST) {
        struct court *c = court(1);
        c->config.flaws = (uint8_t)flaw;
        sit(c, 12);
        connect_both(c);
        part(c, 1);
        const struct sample old = c->samples[INTERNET_C][SYN];
        inject(c, INTERNET_C, &old);
        if (flaw == 0) {
            wait_ms(c, 10);
            connect_both(c);
            must_be_silent(c, 12);
        } else {
            must_accuse(c, 12, INTERNET_S, "opens an incarnation, the record expects");
            must_name_the_tuple(c);
        }
        rise(c);
    }
}

/* Without timestamps the number alone tells. */
static void an_old_syn_without_timestamps_is_noticed_as_well(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.flaws = LULL_FLAW_LISTENER_FIRST;
    c->config.features = 0;
    sit(c, 12);
    connect_both(c);
    part(c, 1);
    inject(c, INTERNET_C, &c->samples[INTERNET_C][SYN]);
    must_accuse(c, 12, INTERNET_S, "opens an incarnation, the record expects");
    rise(c);
}

static void an_answer_to_a_reset_is_noticed(void **state)
{
    struct court *c = court_about(13);
    struct sample reset;

    (void)state;
    connect_both(c);
    say(c, 0, 100);
    reset = c->samples[INTERNET_C][TEXT];
    set_flags(&reset, TCP_RST);
    tell_packet(c, SIM_ARRIVES, INTERNET_S, &reset);
    tell_packet(c, SIM_SENT, INTERNET_S, &c->samples[INTERNET_S][ACK]);
    must_accuse(c, 13, INTERNET_S, "is sent in answer to a reset");
    must_name_the_tuple(c);
    rise(c);
}

/* RFC 5961 section 3.2: in the window, and not exact. */
static void a_challenge_is_no_answer(void **state)
{
    struct court *c = court_about(13);

    (void)state;
    connect_both(c);
    say(c, 0, 100);
    struct sample reset = c->samples[INTERNET_C][TEXT];
    set_flags(&reset, TCP_RST);
    set32(&reset, SEQ, get32(&reset, SEQ) + 1000);
    tell_packet(c, SIM_ARRIVES, INTERNET_S, &reset);
    stack_of(c, INTERNET_S)->counters[LULL_COUNTER_TCPChallengeACK]++;
    tell_packet(c, SIM_SENT, INTERNET_S, &c->samples[INTERNET_S][ACK]);
    tell_settled(c, INTERNET_S);
    must_be_silent(c, 13);
    rise(c);
}

static void acks_too_close_together_are_noticed(void **state)
{
    struct court *c = court_about(14);

    (void)state;
    connect_both(c);
    part(c, 0);
    must_be_silent(c, 14);
    wait_ms(c, 600);
    tell_packet(c, SIM_SENT, INTERNET_C, &c->samples[INTERNET_C][ACK]);
    wait_ms(c, 500);
    tell_packet(c, SIM_SENT, INTERNET_C, &c->samples[INTERNET_C][ACK]);
    must_be_silent(c, 14);
    wait_ms(c, 490);
    tell_packet(c, SIM_SENT, INTERNET_C, &c->samples[INTERNET_C][ACK]);
    must_accuse(c, 14, INTERNET_C, "less than 500 ms apart");
    must_name_the_tuple(c);
    rise(c);
}

static void acks_for_ever_are_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.knobs.value[LULL_KNOB_tw_oow_ack_ms] = 0;
    sit(c, 14);
    connect_both(c);
    part(c, 0);
    for (int i = 0; i < 64; i++) {
        tell_packet(c, SIM_ARRIVES, INTERNET_C, &c->samples[INTERNET_S][ACK]);
        tell_packet(c, SIM_SENT, INTERNET_C, &c->samples[INTERNET_C][ACK]);
        tell_settled(c, INTERNET_C);
    }
    must_be_silent(c, 14);
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &c->samples[INTERNET_S][ACK]);
    tell_packet(c, SIM_SENT, INTERNET_C, &c->samples[INTERNET_C][ACK]);
    must_accuse(c, 14, INTERNET_C, "65 ACKs in a row");
    rise(c);
}

static void a_stale_stamp_is_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.flaws = LULL_FLAW_STALE_STAMP;
    sit(c, 15);
    connect_both(c);
    leave(c, 0);
    read_all(c, 1);
    wait_ms(c, 500);
    leave(c, 1);
    must_accuse(c, 15, INTERNET_C, "an ACK leaves TIME-WAIT at");
    must_name_the_tuple(c);
    rise(c);
}

static void a_record_whose_end_moves_in_silence_is_noticed(void **state)
{
    (void)state;
    for (int later = 0; later < 2; later++) {
        struct court *c = court_about(15);
        connect_both(c);
        part(c, 0);
        wait_ms(c, 50);
        tell_settled(c, INTERNET_C);
        wait_ms(c, 1);
        tell_settled(c, INTERNET_C);
        must_be_silent(c, 15);
        record_of(c, INTERNET_C)->expiry_ms += later ? 100 : (uint32_t)-100;
        wait_ms(c, 1);
        tell_settled(c, INTERNET_C);
        must_accuse(c, 15, INTERNET_C, "nothing is sent and the end of a record moves from");
        must_name_the_tuple(c);
        rise(c);
    }
}

/* Nor may a segment make it end sooner. */
static void a_record_that_ends_sooner_for_a_segment_is_noticed(void **state)
{
    struct court *c = court_about(15);

    (void)state;
    connect_both(c);
    part(c, 0);
    wait_ms(c, 50);
    tell_settled(c, INTERNET_C);
    tell_packet(c, SIM_SENT, INTERNET_C, &c->samples[INTERNET_C][FIN]);
    const unsigned before = (unsigned)sim_invariant_violations(c->judge);
    record_of(c, INTERNET_C)->expiry_ms -= 100;
    wait_ms(c, 1);
    tell_settled(c, INTERNET_C);
    const struct sim_violation *v = sim_invariant_violation(c->judge, before);
    assert_non_null(v);
    assert_non_null(strstr(v->text, "the end of a record moves from"));
    assert_non_null(strstr(v->text, " s back to "));
    rise(c);
}

static void another_msl_may_move_it(void **state)
{
    struct court *c = court_about(15);

    (void)state;
    connect_both(c);
    part(c, 0);
    wait_ms(c, 50);
    assert_int_equal(lull_stack_set_knob(stack_of(c, INTERNET_C), LULL_KNOB_tw_msl_ms, 2 * MSL_MS),
                     LULL_OK);
    tell_settled(c, INTERNET_C);
    wait_ms(c, 10);
    tell_settled(c, INTERNET_C);
    must_be_silent(c, 15);
    rise(c);
}

static void states_that_cannot_follow_are_noticed(void **state)
{
    struct court *c = court_about(16);

    (void)state;
    connect_both(c);
    tell_state(c, INTERNET_C, TCP_TIME_WAIT, TCP_CLOSED);
    must_be_silent(c, 16);
    tell_state(c, INTERNET_C, TCP_TIME_WAIT, TCP_SYN_RECEIVED);
    must_accuse(c, 16, INTERNET_C, "TIME-WAIT leads to state 3");
    rise(c);

    c = court_about(16);
    connect_both(c);
    tell_state(c, INTERNET_C, TCP_CLOSING, TCP_ESTABLISHED);
    must_accuse(c, 16, INTERNET_C, "state 8 leads to ESTABLISHED");
    rise(c);
}

static void a_handshake_without_our_syn_is_noticed(void **state)
{
    struct court *c = court_about(16);

    (void)state;
    connect_both(c);
    say(c, 1, 100);
    struct sample ack = c->samples[INTERNET_S][SYN];
    set32(&ack, ACKED, get32(&ack, ACKED) - 1);
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &ack);
    tell_state(c, INTERNET_C, TCP_SYN_SENT, TCP_ESTABLISHED);
    must_accuse(c, 16, INTERNET_C, "which does not cover our SYN");
    must_name_the_tuple(c);
    rise(c);
}

/* The judge counts states as the trace does. */
static void states_have_the_numbers_of_the_trace(void **state)
{
    (void)state;
    assert_int_equal(SIM_CLOSED, TCP_CLOSED);
    assert_int_equal(SIM_SYN_SENT, TCP_SYN_SENT);
    assert_int_equal(SIM_SYN_RECEIVED, TCP_SYN_RECEIVED);
    assert_int_equal(SIM_ESTABLISHED, TCP_ESTABLISHED);
    assert_int_equal(SIM_FIN_WAIT_1, TCP_FIN_WAIT_1);
    assert_int_equal(SIM_FIN_WAIT_2, TCP_FIN_WAIT_2);
    assert_int_equal(SIM_CLOSE_WAIT, TCP_CLOSE_WAIT);
    assert_int_equal(SIM_CLOSING, TCP_CLOSING);
    assert_int_equal(SIM_LAST_ACK, TCP_LAST_ACK);
    assert_int_equal(SIM_TIME_WAIT, TCP_TIME_WAIT);
}

/* --- what is not judged is counted ------------------------------------------------------- */

static void a_judge_who_is_blind_says_so(void **state)
{
    struct court *c = court_about(10);

    (void)state;
    connect_both(c);
    for (int i = 0; i < SIM_SILENCE_COUNT; i++)
        assert_int_equal(sim_invariant_unjudged(c->judge, (enum sim_silence)i), 0);
    c->world->ledger.dropped = 1;
    tell_settled(c, INTERNET_C);
    tell_settled(c, INTERNET_S);
    say(c, 0, 10);
    assert_true(sim_invariant_unjudged(c->judge, SIM_SILENCE_VOICES) >= 1);
    assert_int_equal(sim_invariant_unjudged(c->judge, SIM_SILENCE_FOOLED), 0);
    assert_true(sim_silence_warns(SIM_SILENCE_VOICES));
    assert_false(sim_silence_warns(SIM_SILENCE_EVICTED));
    rise(c);
}

/* A damaged packet with a good sum is believed by whoever hears it; one whose sum is bad, or that
 * nobody looks at, fools nobody. */
static void damage_that_a_sum_notices_fools_nobody(void **state)
{
    static const struct {
        uint8_t protocol;
        bool good, fools;
    } cases[] = {{IPV4_ICMP, false, false}, {IPV4_ICMP, true, true}, {17, true, false}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct court *c = court_about(10);
        const struct ipv4_header ip = {.source = c->world->nodes[INTERNET_S].address,
                                       .destination = c->world->nodes[INTERNET_C].address,
                                       .protocol = cases[i].protocol,
                                       .ttl = 9,
                                       .total_bytes = IPV4_HEADER_BYTES + 8};
        struct sample s = {.len = IPV4_HEADER_BYTES + 8, .ghost = {.damaged = true}};
        ipv4_emit(&ip, s.bytes);
        s.ghost.voice = SIM_VOICE_NONE;
        store_be16(s.bytes + IPV4_HEADER_BYTES + 2, cases[i].good ? 0xffff : 1);
        tell_packet(c, SIM_ARRIVES, INTERNET_C, &s);
        connect_both(c);
        assert_int_equal(sim_invariant_unjudged(c->judge, SIM_SILENCE_FOOLED) > 0, cases[i].fools);
        rise(c);
    }
}

static void tuples_that_make_room_are_counted(void **state)
{
    struct court *c = court_about(25);
    struct sim_due due = {.at = 1};

    (void)state;
    for (uint16_t i = 0; i < SIM_JUDGE_TUPLES_MAX + 3; i++) {
        due.local.port = i;
        sim_judge_remember(&c->judge->watches[INTERNET_C].resets, &due);
    }
    assert_int_equal(sim_invariant_unjudged(c->judge, SIM_SILENCE_TUPLES), 3);
    rise(c);
}

/* Octets on a stream without a voice. */
static void a_read_of_nobody_is_counted(void **state)
{
    struct court *c = court_about(1);
    const uint8_t octet = 1;

    (void)state;
    connect_both(c);
    c->world->streams[c->streams[1]].voice = SIM_VOICE_NONE;
    tell_call(
        c, INTERNET_S,
        &(struct sim_call){.name = "receive", .stream = c->streams[1], .data = &octet, .bytes = 1});
    assert_int_equal(sim_invariant_unjudged(c->judge, SIM_SILENCE_READS), 1);
    rise(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tsval_that_goes_back_is_noticed),
        cmocka_unit_test(a_first_tsval_that_is_the_old_one_is_noticed),
        cmocka_unit_test(a_second_fin_is_noticed_and_text_behind_the_first),
        cmocka_unit_test(a_fin_that_is_acknowledged_twice_is_noticed),
        cmocka_unit_test(a_segment_without_a_tsval_is_noticed),
        cmocka_unit_test(an_early_end_is_noticed),
        cmocka_unit_test(text_after_the_end_is_noticed),
        cmocka_unit_test(an_old_syn_past_the_record_is_noticed),
        cmocka_unit_test(an_old_syn_without_timestamps_is_noticed_as_well),
        cmocka_unit_test(an_answer_to_a_reset_is_noticed),
        cmocka_unit_test(a_challenge_is_no_answer),
        cmocka_unit_test(acks_too_close_together_are_noticed),
        cmocka_unit_test(acks_for_ever_are_noticed),
        cmocka_unit_test(a_stale_stamp_is_noticed),
        cmocka_unit_test(a_record_whose_end_moves_in_silence_is_noticed),
        cmocka_unit_test(a_record_that_ends_sooner_for_a_segment_is_noticed),
        cmocka_unit_test(another_msl_may_move_it),
        cmocka_unit_test(states_that_cannot_follow_are_noticed),
        cmocka_unit_test(a_handshake_without_our_syn_is_noticed),
        cmocka_unit_test(states_have_the_numbers_of_the_trace),
        cmocka_unit_test(a_judge_who_is_blind_says_so),
        cmocka_unit_test(damage_that_a_sum_notices_fools_nobody),
        cmocka_unit_test(tuples_that_make_room_are_counted),
        cmocka_unit_test(a_read_of_nobody_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
