/* Each invariant is broken once, by a stack that is wrong, a table that is spoilt or an event that
 * did not happen, and must be named, with the tuple.  Here: incarnations and records, INV-01 to
 * INV-08. */
#include "court.h"
#include "wire/checksum.h"

/* --- INV-01 to INV-04: incarnations ------------------------------------------------------ */

static void text_of_an_old_incarnation_is_noticed(void **state)
{
    struct court *c = court_about(1);
    uint8_t octets[64];

    (void)state;
    connect_both(c);
    say(c, 0, 1000);
    const uint32_t old = c->world->streams[c->streams[0]].voice;
    part(c, 0);
    wait_ms(c, 5000);
    connect_both(c);
    say(c, 0, 100);
    must_be_silent(c, 1);
    const struct sim_stream *reader = &c->world->streams[c->streams[1]];
    const struct sim_voice *v = &c->world->ledger.voices[reader->voice];
    struct sim_voice *before = &c->world->ledger.voices[old];
    before->iss = seq_add(c->world->ledger.voices[v->peer].iss, (uint32_t)-300);
    sim_octets_fill(octets, sizeof octets, old, 400);
    const struct sim_call call = {.name = "receive",
                                  .stream = c->streams[1],
                                  .local = reader->local,
                                  .remote = reader->remote,
                                  .bytes = sizeof octets,
                                  .data = octets,
                                  .offset = 100};
    tell_call(c, INTERNET_S, &call);
    must_accuse(c, 1, INTERNET_S,
                "octet 100 of incarnation 2 was written as octet 400 of incarnation 1");
    must_name_the_tuple(c);
    rise(c);
}

/* SC-09 of the catalogue: without TIME-WAIT and timestamps, and with numbers that hardly move on, a
 * double that the network held comes into the next incarnation, and is read there. */
static unsigned read_after_a_double(uint8_t flaw, struct sim_violation *first)
{
    static const struct sim_pick trapped[] = {
        {.from = INTERNET_C,
         .flags = TCP_ACK,
         .text = SIM_PICK_WITH_TEXT,
         .nth = 35,
         .link = SIM_PICK_FIRST,
         .fate = {.duplicated = true, .age = {0, LULL_MS(3500)}}}};
    struct court *c = court(1);

    c->config.flaws = flaw;
    c->config.features = 0;
    c->config.knobs.value[LULL_KNOB_isn_tick_ns] = 1000000;
    c->plan.picks = trapped;
    c->plan.pick_count = 1;
    sit(c, 1);
    connect_both(c);
    for (int i = 0; i < 15; i++)
        say(c, 0, 4000);
    part(c, 0);
    if (flaw == 0)
        wait_ms(c, 2 * MSL_MS);
    connect_both(c);
    wait_ms(c, 3000);
    for (int i = 0; i < 15; i++) {
        (void)sim_call_send(c->world, c->streams[0], 4000);
        wait_ms(c, 100);
        read_all(c, 1);
    }
    const unsigned count = (unsigned)sim_invariant_violations(c->judge);
    if (count > 0)
        *first = *sim_invariant_violation(c->judge, 0);
    rise(c);
    return count;
}

static void a_double_that_is_read_in_the_next_incarnation_is_noticed(void **state)
{
    struct sim_violation v;

    (void)state;
    assert_int_equal(read_after_a_double(0, &v), 0);
    assert_true(read_after_a_double(LULL_FLAW_NO_TIME_WAIT, &v) > 0);
    assert_int_equal(v.invariant, 1);
    assert_int_equal(v.node, INTERNET_S);
    assert_non_null(strstr(v.text, "of incarnation 2 was written as octet"));
    assert_non_null(strstr(v.text, "of incarnation 1"));
}

static void text_that_nobody_wrote_is_noticed(void **state)
{
    struct court *c = court_about(1);
    const uint8_t octets[16] = "nobody's words";

    (void)state;
    connect_both(c);
    const struct sim_stream *reader = &c->world->streams[c->streams[1]];
    const struct sim_call call = {.name = "receive",
                                  .stream = c->streams[1],
                                  .local = reader->local,
                                  .remote = reader->remote,
                                  .bytes = sizeof octets,
                                  .data = octets};
    tell_call(c, INTERNET_S, &call);
    must_accuse(c, 1, INTERNET_S, "was written by nobody");
    rise(c);
}

static void a_connection_that_pairs_with_an_old_voice_is_noticed(void **state)
{
    struct court *c = court_about(1);
    uint8_t octets[16];

    (void)state;
    connect_both(c);
    const struct sim_stream *reader = &c->world->streams[c->streams[1]];
    const uint32_t peer = c->world->ledger.voices[reader->voice].peer;
    c->world->ledger.voices[peer].incarnation = 7;
    sim_octets_fill(octets, sizeof octets, peer, 0);
    const struct sim_call call = {.name = "receive",
                                  .stream = c->streams[1],
                                  .local = reader->local,
                                  .remote = reader->remote,
                                  .bytes = sizeof octets,
                                  .data = octets};
    tell_call(c, INTERNET_S, &call);
    must_accuse(c, 1, INTERNET_S, "octet 0 of incarnation 1 was written in incarnation 7");
    rise(c);
}

/* A second incarnation, and in .samples what the first one sent. */
static struct sample second_incarnation(struct court *c, unsigned from, unsigned sort)
{
    connect_both(c);
    say(c, 0, 100);
    say(c, 1, 100);
    part(c, 0);
    const struct sample old = c->samples[from][sort];
    assert_true(old.len > 0);
    wait_ms(c, 5000);
    connect_both(c);
    say(c, 0, 100);
    return old;
}

static void an_old_ack_that_moves_una_is_noticed(void **state)
{
    struct court *c = court_about(2);
    const struct sample old = second_incarnation(c, INTERNET_S, ACK);
    const struct lull_trace_record acked = {.event = LULL_TRACE_tcp_acked, .arg = {1, 2, 0}};

    (void)state;
    must_be_silent(c, 2);
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &old);
    tell_trace(c, INTERNET_C, &acked);
    must_accuse(c, 2, INTERNET_C, "SND.UNA of incarnation 2 moves to");
    must_accuse(c, 2, INTERNET_C, "by an ACK of incarnation 1");
    must_name_the_tuple(c);
    rise(c);
}

static void a_handshake_completed_by_an_old_ack_is_noticed(void **state)
{
    struct court *c = court_about(2);
    const struct sample old = second_incarnation(c, INTERNET_S, ACK);

    (void)state;
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &old);
    tell_state(c, INTERNET_C, TCP_SYN_SENT, TCP_ESTABLISHED);
    must_accuse(c, 2, INTERNET_C, "SND.UNA of incarnation 2");
    rise(c);
}

static void an_old_fin_that_changes_a_state_is_noticed(void **state)
{
    struct court *c = court_about(3);
    const struct sample old = second_incarnation(c, INTERNET_S, FIN);

    (void)state;
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &old);
    tell_state(c, INTERNET_C, TCP_ESTABLISHED, TCP_CLOSE_WAIT);
    must_accuse(c, 3, INTERNET_C, "a FIN of incarnation 1 takes incarnation 2 from state 4 to 7");
    must_name_the_tuple(c);
    rise(c);
}

/* RCV.NXT of what the host has for the tuple. */
static uint32_t expected_by(const struct court *c, unsigned node)
{
    struct lull_row row;
    uint64_t cursor = 0;

    while (lull_stack_list(stack_of(c, node), &cursor, &row))
        if (row.kind != LULL_ROW_LISTENER)
            return row.rcv_nxt;
    fail_msg("nothing is there");
    return 0;
}

static void an_old_reset_that_changes_a_state_is_noticed_where_reuse_waits(void **state)
{
    struct court *c = court_about(3);
    struct sample old = second_incarnation(c, INTERNET_S, ACK);

    (void)state;
    set_flags(&old, TCP_RST);
    set32(&old, SEQ, expected_by(c, INTERNET_C));
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &old);
    tell_state(c, INTERNET_C, TCP_ESTABLISHED, TCP_CLOSED);
    must_accuse(c, 3, INTERNET_C, "a reset of incarnation 1 takes incarnation 2");
    rise(c);
}

/* RFC 5961 section 3.2; CH-16 */
static void a_reset_that_is_not_exact_and_ends_something_is_noticed(void **state)
{
    struct lull_trace_record leaves = {.event = LULL_TRACE_tw_leave,
                                       .arg = {LULL_ROW_FIN_WAIT_2, LULL_END_KILLED, 0}};

    (void)state;
    for (int orphan = 0; orphan < 2; orphan++)
        for (uint32_t off = 0; off < 2; off++) {
            struct court *c = court_about(3);
            connect_both(c);
            say(c, 1, 100);
            if (orphan)
                leave(c, 0);
            struct sample reset = c->samples[INTERNET_S][TEXT];
            set_flags(&reset, TCP_RST);
            set32(&reset, SEQ, expected_by(c, INTERNET_C) + off);
            tell_packet(c, SIM_ARRIVES, INTERNET_C, &reset);
            if (orphan)
                tell_trace(c, INTERNET_C, &leaves);
            else
                tell_state(c, INTERNET_C, TCP_ESTABLISHED, TCP_CLOSED);
            if (off == 0)
                must_be_silent(c, 0);
            else
                must_accuse(c, 3, INTERNET_C, "ends what expects");
            rise(c);
        }
}

/* Whose record had to make room may be met by what begins before that would have ended, and by
 * nothing later. */
static void an_eviction_excuses_as_long_as_the_record_would_have_stood(void **state)
{
    const struct lull_trace_record acked = {.event = LULL_TRACE_tcp_acked, .arg = {1, 2, 0}};

    (void)state;
    for (int late = 0; late < 2; late++) {
        struct court *c = court_about(2);
        connect_both(c);
        say(c, 0, 100);
        part(c, 0);
        const struct sample old = c->samples[INTERNET_S][ACK];
        end_record(c, INTERNET_C, LULL_END_EVICTED);
        tell_settled(c, INTERNET_C);
        wait_ms(c, late ? 2 * MSL_MS : 2 * MSL_MS - 1000);
        connect_both(c);
        tell_packet(c, SIM_ARRIVES, INTERNET_C, &old);
        tell_trace(c, INTERNET_C, &acked);
        if (late)
            must_accuse(c, 2, INTERNET_C, "by an ACK of incarnation 1");
        else
            must_be_silent(c, 2);
        assert_int_equal(sim_invariant_unjudged(c->judge, SIM_SILENCE_EVICTED), late ? 0 : 1);
        rise(c);
    }
}

/* Lost: the ACK of the peer's FIN, so that the FIN comes again. */
static bool is_last_ack(const void *context, struct span packet)
{
    const uint8_t *tcp = packet.data + IPV4_HEADER_BYTES;

    (void)context;
    return packet.len < 80 && tcp[13] == TCP_ACK;
}

static void close_without_last_ack(struct court *c)
{
    connect_both(c);
    leave(c, 0);
    read_all(c, 1);
    struct sim_link_options *up = sim_world_link(c->world, 0, 0);
    up->matches = is_last_ack;
    up->lose_match = 1;
    leave(c, 1);
    wait_ms(c, 2000);
}

static void a_fin_that_is_reset_is_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.flaws = LULL_FLAW_NO_TIME_WAIT;
    sit(c, 4);
    close_without_last_ack(c);
    must_accuse(c, 4, INTERNET_C, "the repeated FIN of incarnation 1 is reset");
    must_name_the_tuple(c);
    rise(c);
}

static void a_fin_that_is_not_answered_is_noticed(void **state)
{
    struct court *c = court_about(4);

    (void)state;
    close_without_last_ack(c);
    must_be_silent(c, 4);
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &c->samples[INTERNET_S][FIN]);
    tell_settled(c, INTERNET_C);
    must_accuse(c, 4, INTERNET_C, "the repeated FIN of incarnation 1 is not answered");
    must_name_the_tuple(c);
    rise(c);
}

/* SA-14 */
static void an_ack_of_a_record_with_other_numbers_is_noticed(void **state)
{
    static const size_t fields[] = {SEQ, ACKED};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct court *c = court_about(4);
        connect_both(c);
        say(c, 0, 100);
        say(c, 1, 100);
        part(c, 0);
        struct sample ack = c->samples[INTERNET_C][ACK];
        tell_packet(c, SIM_SENT, INTERNET_C, &ack);
        must_be_silent(c, 4);
        set32(&ack, fields[i], get32(&ack, fields[i]) - 1);
        tell_packet(c, SIM_SENT, INTERNET_C, &ack);
        must_accuse(c, 4, INTERNET_C, "leaves TIME-WAIT, not SEQ");
        must_name_the_tuple(c);
        rise(c);
    }
}

/* A FIN with another number is no repeated one: RL-06 may keep it waiting. */
static void another_fin_is_owed_nothing(void **state)
{
    struct court *c = court_about(4);

    (void)state;
    connect_both(c);
    part(c, 0);
    struct sample fin = c->samples[INTERNET_S][FIN];
    set32(&fin, SEQ, get32(&fin, SEQ) + 1);
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &fin);
    tell_settled(c, INTERNET_C);
    must_be_silent(c, 0);
    rise(c);
}

/* Two MSL after the last ACK nothing is promised any more. */
static void a_fin_that_comes_too_late_may_be_reset(void **state)
{
    struct court *c = court_about(4);

    (void)state;
    connect_both(c);
    part(c, 0);
    wait_ms(c, 2 * MSL_MS);
    inject(c, INTERNET_S, &c->samples[INTERNET_S][FIN]);
    assert_true(c->samples[INTERNET_C][RESET].len > 0);
    must_be_silent(c, 0);
    rise(c);
}

/* RL-01: whoever gives a promise up says so. */
static void an_evicted_record_promises_nothing(void **state)
{
    struct court *c = court_about(4);

    (void)state;
    connect_both(c);
    part(c, 0);
    end_record(c, INTERNET_C, LULL_END_EVICTED);
    tell_settled(c, INTERNET_C);
    wait_ms(c, 10);
    tell_packet(c, SIM_ARRIVES, INTERNET_C, &c->samples[INTERNET_S][FIN]);
    tell_settled(c, INTERNET_C);
    must_be_silent(c, 0);
    rise(c);
}

/* --- INV-05 to INV-08: records ----------------------------------------------------------- */

static void a_record_that_lasts_one_msl_is_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.flaws = LULL_FLAW_ONE_MSL;
    sit(c, 5);
    connect_both(c);
    part(c, 0);
    wait_ms(c, 2 * MSL_MS);
    must_accuse(c, 5, INTERNET_C, "a TIME-WAIT record is gone at");
    must_name_the_tuple(c);
    rise(c);
}

/* The host's MSL is shorter than the network's. */
static void a_record_that_lasts_less_than_the_networks_msl_is_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.knobs.value[LULL_KNOB_tw_msl_ms] = MSL_MS / 2;
    sit(c, 5);
    connect_both(c);
    part(c, 0);
    wait_ms(c, 2 * MSL_MS);
    must_accuse(c, 5, INTERNET_C, "a TIME-WAIT record is gone at");
    rise(c);
}

static void a_record_that_vanishes_is_noticed_and_one_that_is_evicted_is_not(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.knobs.value[LULL_KNOB_tw_max] = 1;
    sit(c, 5);
    connect_both(c);
    part(c, 0);
    end_record(c, INTERNET_C, LULL_END_EVICTED);
    tell_settled(c, INTERNET_C);
    must_be_silent(c, 5);
    rise(c);

    c = court_about(5); /* counted, but nobody needed its place */
    connect_both(c);
    part(c, 0);
    end_record(c, INTERNET_C, LULL_END_EVICTED);
    tell_settled(c, INTERNET_C);
    must_accuse(c, 5, INTERNET_C, "a TIME-WAIT record is gone at");
    rise(c);

    c = court_about(5);
    connect_both(c);
    part(c, 0);
    end_record(c, INTERNET_C, LULL_END_EVICTED);
    stack_of(c, INTERNET_C)->counters[LULL_COUNTER_TWEvicted]--;
    tell_settled(c, INTERNET_C);
    must_accuse(c, 5, INTERNET_C, "a TIME-WAIT record is gone at");
    rise(c);
}

static void a_record_that_is_killed_or_aborted_is_excused_by_a_knob_alone(void **state)
{
    static const struct {
        enum lull_knob knob;
        int64_t value;
        enum lull_record_end why;
        uint64_t violations;
    } cases[] = {{LULL_KNOB_tw_rst, LULL_TW_RST_IGNORE, LULL_END_KILLED, 1},
                 {LULL_KNOB_tw_rst, LULL_TW_RST_SOLICITED, LULL_END_KILLED, 1},
                 {LULL_KNOB_tw_rst, LULL_TW_RST_RFC9293, LULL_END_KILLED, 0},
                 {LULL_KNOB_tw_abort_deletes, 0, LULL_END_ABORTED, 1},
                 {LULL_KNOB_tw_abort_deletes, 1, LULL_END_ABORTED, 0},
                 {LULL_KNOB_tw_abort_deletes, 1, LULL_END_KILLED, 1},
                 {LULL_KNOB_tw_abort_deletes, 1, LULL_END_RECYCLED, 1},
                 {LULL_KNOB_tw_abort_deletes, 1, LULL_END_EXPIRED, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct court *c = court_about(5);
        connect_both(c);
        part(c, 0);
        assert_int_equal(
            lull_stack_set_knob(stack_of(c, INTERNET_C), cases[i].knob, cases[i].value), LULL_OK);
        end_record(c, INTERNET_C, cases[i].why);
        tell_settled(c, INTERNET_C);
        assert_int_equal(sim_invariant_violations(c->judge), cases[i].violations);
        rise(c);
    }
}

static void two_rows_of_one_tuple_are_noticed(void **state)
{
    struct court *c = court_about(6);
    uint32_t other[2];

    (void)state;
    connect_both(c);
    must_be_silent(c, 6);
    lull_socket s;
    const struct lull_name server = internet_name(c->world, INTERNET_S, INTERNET_SERVER_PORT);
    assert_int_equal(sim_call_open(c->world, INTERNET_C, &s), LULL_OK);
    assert_int_equal(sim_call_connect(c->world, INTERNET_C, s, &server), LULL_EINPROGRESS);
    wait_ms(c, 100);
    assert_int_equal(sim_call_accept(c->world, INTERNET_S, c->listener, &other[1]), LULL_OK);
    struct lull_stack *stack = stack_of(c, INTERNET_C);
    stack_conn_at(stack, 1)->tcp.tuple = stack_conn_at(stack, 0)->tcp.tuple;
    wait_ms(c, 1);
    tell_settled(c, INTERNET_C);
    must_accuse(c, 6, INTERNET_C, "rows of kinds 0 and 0 stand for one tuple");
    must_name_the_tuple(c);
    rise(c);
}

static void a_connection_beside_its_record_is_noticed(void **state)
{
    struct court *c = court_about(6);

    (void)state;
    connect_both(c);
    part(c, 1);
    connect_both(c);
    must_be_silent(c, 6);
    struct lull_stack *stack = stack_of(c, INTERNET_S);
    stack_conn_at(stack, 0)->tcp.state = TCP_ESTABLISHED;
    struct tcp_conn *conn = &stack_conn_at(stack, 0)->tcp;
    uint32_t index = tcp_record_take(&stack->records, &conn->tuple, c->world->now);
    tcp_record_enqueue(&stack->records, index, TCP_RECORD_QUEUE_PLAIN, c->world->now + LULL_SEC(4));
    wait_ms(c, 1);
    tell_settled(c, INTERNET_S);
    must_accuse(c, 6, INTERNET_S, "rows of kinds 0 and 2 stand for one tuple");
    rise(c);
}

/* S has a record, C comes again; its ACK is lost, so that S has an embryo beside it. */
static void park(struct court *c)
{
    connect_both(c);
    part(c, 1);
    assert_non_null(record_of(c, INTERNET_S));
    sim_world_link(c->world, 0, 0)->delay = LULL_MS(5);
    const struct lull_name server = internet_name(c->world, INTERNET_S, INTERNET_SERVER_PORT);
    lull_socket s;
    assert_int_equal(sim_call_open(c->world, INTERNET_C, &s), LULL_OK);
    assert_int_equal(sim_call_bind(c->world, INTERNET_C, s, INTERNET_CLIENT_PORT), LULL_OK);
    assert_int_equal(sim_call_connect(c->world, INTERNET_C, s, &server), LULL_EINPROGRESS);
    wait_ms(c, 7);
    struct lull_usage usage;
    lull_stack_usage(stack_of(c, INTERNET_S), &usage);
    assert_int_equal(usage.connections, 1);
    sim_world_cut(c->world, 0);
    wait_ms(c, 1);
}

/* The embryo ends: C resets it. */
static void fail_attempt(struct court *c)
{
    struct sample reset = c->samples[INTERNET_C][SYN];
    struct sample *syn_ack = &c->samples[INTERNET_S][SYN];

    sim_world_heal(c->world, 0);
    set_flags(&reset, TCP_RST);
    set32(&reset, SEQ, get32(syn_ack, ACKED));
    set32(&reset, 16, 0); /* checksum and urgent pointer */
    struct ipv4_header ip;
    struct span payload;
    assert_int_equal(ipv4_parse((struct span){reset.bytes, reset.len}, &ip, &payload), IPV4_OK);
    struct checksum sum = {0};
    checksum_add_pseudo(&sum, &(struct checksum_pseudo){ip.source, ip.destination, IPV4_TCP,
                                                        (uint32_t)payload.len});
    checksum_add(&sum, payload.data, payload.len);
    store_be16(reset.bytes + IPV4_HEADER_BYTES + 16, checksum_finish(&sum));
    sim_world_inject(c->world, INTERNET_C, (struct span){reset.bytes, reset.len});
    sim_world_run(c->world, c->world->now + LULL_MS(5));
}

static void an_attempt_that_destroys_the_record_is_noticed_twice(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.flaws = LULL_FLAW_DESTROY_ON_REUSE;
    sit(c, 5);
    park(c);
    must_accuse(c, 5, INTERNET_S, "a TIME-WAIT record is gone at");
    rise(c);

    c = court(1);
    c->config.flaws = LULL_FLAW_DESTROY_ON_REUSE;
    sit(c, 7);
    park(c);
    assert_int_equal(sim_invariant_violations(c->judge), 0);
    fail_attempt(c);
    const struct sim_violation *v = sim_invariant_violation(c->judge, 0);
    assert_non_null(v);
    assert_int_equal(v->invariant, 7);
    assert_non_null(strstr(v->text, "an attempt failed and the record is not back"));
    must_name_the_tuple(c);
    rise(c);
}

/* As the segment comes, and not before. */
static void shorten(void *context, const struct sim_event *e)
{
    if (e->kind == SIM_ARRIVES && e->node == INTERNET_S)
        record_of(context, INTERNET_S)->expiry_ms -= 100;
}

static void an_attempt_that_shortens_the_record_is_noticed(void **state)
{
    struct court *c = court_about(7);

    (void)state;
    park(c);
    sim_world_watch(c->world, shorten, c);
    fail_attempt(c);
    must_accuse(c, 7, INTERNET_S, "an attempt failed and the record ends at");
    must_name_the_tuple(c);
    rise(c);

    c = court_about(7);
    park(c);
    fail_attempt(c);
    must_be_silent(c, 7);
    rise(c);
}

static void an_attempt_after_which_the_record_is_gone_is_noticed(void **state)
{
    struct court *c = court_about(7);

    (void)state;
    park(c);
    end_record(c, INTERNET_S, LULL_END_KILLED);
    stack_conn_at(stack_of(c, INTERNET_S), 0)->tcp.state = TCP_CLOSED;
    pool_give(&stack_of(c, INTERNET_S)->conns, 0);
    tell_settled(c, INTERNET_S);
    must_accuse(c, 7, INTERNET_S, "an attempt failed and the record is gone, promised until");
    rise(c);
}

/* A listener that knows of no record takes its ISS from a slow clock. */
static void an_iss_below_the_old_numbers_is_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.flaws = LULL_FLAW_LISTENER_FIRST;
    c->config.knobs.value[LULL_KNOB_isn_tick_ns] = 1000000;
    sit(c, 8);
    connect_both(c);
    for (int i = 0; i < 20; i++)
        say(c, 1, 4000);
    part(c, 1);
    connect_both(c);
    must_accuse(c, 8, INTERNET_S, "of incarnation 2 is not above");
    must_name_the_tuple(c);
    rise(c);

    c = court(1);
    c->config.knobs.value[LULL_KNOB_isn_tick_ns] = 1000000;
    sit(c, 8);
    connect_both(c);
    for (int i = 0; i < 20; i++)
        say(c, 1, 4000);
    part(c, 1);
    connect_both(c);
    must_be_silent(c, 8);
    rise(c);
}

static void a_record_with_numbers_of_nobody_is_noticed(void **state)
{
    struct court *c = court_about(8);

    (void)state;
    connect_both(c);
    part(c, 1);
    struct tcp_record *r = record_of(c, INTERNET_S);
    r->snd_nxt = seq_add(r->snd_nxt, (uint32_t)-5000);
    connect_both(c);
    must_accuse(c, 8, INTERNET_S, "which no incarnation had");
    must_name_the_tuple(c);
    rise(c);
}

/* An ISS that is the last number of the old one lies in the numbers of both. */
static void an_iss_that_was_used_is_noticed(void **state)
{
    struct court *c = court_about(8);

    (void)state;
    connect_both(c);
    part(c, 1);
    struct sample syn = c->samples[INTERNET_S][SYN];
    set32(&syn, SEQ, record_of(c, INTERNET_S)->snd_nxt.raw);
    struct sim_ledger *l = &c->world->ledger;
    l->voices[l->count] = l->voices[syn.ghost.voice];
    l->voices[l->count].iss = seq_at(get32(&syn, SEQ));
    l->voices[l->count].nxt = seq_add(l->voices[l->count].iss, 1);
    syn.ghost.voice = l->count++;
    tell_packet(c, SIM_SENT, INTERNET_S, &syn);
    must_accuse(c, 8, INTERNET_S, "is not above");
    rise(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_an_old_incarnation_is_noticed),
        cmocka_unit_test(a_double_that_is_read_in_the_next_incarnation_is_noticed),
        cmocka_unit_test(text_that_nobody_wrote_is_noticed),
        cmocka_unit_test(a_connection_that_pairs_with_an_old_voice_is_noticed),
        cmocka_unit_test(an_old_ack_that_moves_una_is_noticed),
        cmocka_unit_test(a_handshake_completed_by_an_old_ack_is_noticed),
        cmocka_unit_test(an_old_fin_that_changes_a_state_is_noticed),
        cmocka_unit_test(an_old_reset_that_changes_a_state_is_noticed_where_reuse_waits),
        cmocka_unit_test(a_fin_that_is_reset_is_noticed),
        cmocka_unit_test(a_fin_that_is_not_answered_is_noticed),
        cmocka_unit_test(another_fin_is_owed_nothing),
        cmocka_unit_test(a_fin_that_comes_too_late_may_be_reset),
        cmocka_unit_test(an_evicted_record_promises_nothing),
        cmocka_unit_test(a_record_that_lasts_one_msl_is_noticed),
        cmocka_unit_test(a_record_that_lasts_less_than_the_networks_msl_is_noticed),
        cmocka_unit_test(a_record_that_vanishes_is_noticed_and_one_that_is_evicted_is_not),
        cmocka_unit_test(a_record_that_is_killed_or_aborted_is_excused_by_a_knob_alone),
        cmocka_unit_test(two_rows_of_one_tuple_are_noticed),
        cmocka_unit_test(a_connection_beside_its_record_is_noticed),
        cmocka_unit_test(an_attempt_that_destroys_the_record_is_noticed_twice),
        cmocka_unit_test(an_attempt_that_shortens_the_record_is_noticed),
        cmocka_unit_test(an_attempt_after_which_the_record_is_gone_is_noticed),
        cmocka_unit_test(an_iss_below_the_old_numbers_is_noticed),
        cmocka_unit_test(a_reset_that_is_not_exact_and_ends_something_is_noticed),
        cmocka_unit_test(an_eviction_excuses_as_long_as_the_record_would_have_stood),
        cmocka_unit_test(an_ack_of_a_record_with_other_numbers_is_noticed),
        cmocka_unit_test(a_record_with_numbers_of_nobody_is_noticed),
        cmocka_unit_test(an_iss_that_was_used_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
