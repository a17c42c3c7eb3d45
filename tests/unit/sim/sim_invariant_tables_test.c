/* The same for tables, names and time, INV-17 to INV-30, and for the judge himself. */
#include "court.h"
#include "wire/icmpv4.h"

/* --- INV-17 to INV-20 -------------------------------------------------------------------- */

static void records_that_do_not_add_up_are_noticed(void **state)
{
    static const struct {
        enum lull_counter counter;
        const char *says;
    } cases[] = {{LULL_COUNTER_TW, "2 TIME-WAIT records were entered, 1 left or stand"},
                 {LULL_COUNTER_FW2Entered, "2 FIN-WAIT-2 records were entered, 1 left or stand"},
                 {LULL_COUNTER_HoldEntered, "1 HOLD records were entered, 0 left or stand"},
                 {LULL_COUNTER_TWEvicted, "1 TIME-WAIT records were entered, 2 left or stand"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct court *c = court_about(17);
        connect_both(c);
        part(c, 0);
        must_be_silent(c, 17);
        stack_of(c, INTERNET_C)->counters[cases[i].counter]++;
        wait_ms(c, 1);
        tell_settled(c, INTERNET_C);
        must_accuse(c, 17, INTERNET_C, cases[i].says);
        rise(c);
    }
}

static lull_socket bound(struct court *c, uint16_t port, enum lull_option option)
{
    lull_socket s;

    assert_int_equal(sim_call_open(c->world, INTERNET_S, &s), LULL_OK);
    assert_int_equal(sim_call_option(c->world, INTERNET_S, s, option, 1), LULL_OK);
    assert_int_equal(sim_call_bind(c->world, INTERNET_S, s, port), LULL_OK);
    return s;
}

static void two_that_may_listen_together_are_not_noticed(void **state)
{
    struct court *c = court_about(18);

    (void)state;
    for (int i = 0; i < 2; i++) {
        lull_socket s = bound(c, 80, LULL_OPTION_REUSE_PORT);
        assert_int_equal(sim_call_listen(c->world, INTERNET_S, s, 8), LULL_OK);
    }
    wait_ms(c, 1);
    lull_socket other;
    assert_int_equal(sim_call_open(c->world, INTERNET_S, &other), LULL_OK);
    assert_int_equal(sim_call_bind(c->world, INTERNET_S, other, 80), LULL_EADDRINUSE);
    must_be_silent(c, 18);
    rise(c);
}

/* The stack believes of the first that it shares its port; its user never said so. */
static void two_that_exclude_each_other_are_noticed(void **state)
{
    (void)state;
    for (int listening = 0; listening < 2; listening++) {
        struct court *c = court(1);
        c->world = internet_open(&c->plan);
        if (!listening)
            sit(c, 18);
        lull_socket first = bound(c, 80, LULL_OPTION_REUSE_ADDRESS);
        if (listening)
            sit(c, 18);
        assert_int_equal(sim_call_listen(c->world, INTERNET_S, first, 8), LULL_OK);
        stack_endpoint_at(stack_of(c, INTERNET_S), first.index)->reuse_port = true;
        lull_socket second;
        assert_int_equal(sim_call_open(c->world, INTERNET_S, &second), LULL_OK);
        (void)sim_call_option(c->world, INTERNET_S, second, LULL_OPTION_REUSE_PORT, 1);
        assert_int_equal(sim_call_bind(c->world, INTERNET_S, second, 80), LULL_OK);
        must_accuse(c, 18, INTERNET_S, "bind to port 80 succeeds beside a socket that excludes");
        assert_int_equal(sim_call_listen(c->world, INTERNET_S, second, 8), LULL_OK);
        wait_ms(c, 1);
        tell_settled(c, INTERNET_S);
        const struct sim_violation *v = sim_invariant_violation(c->judge, 1);
        assert_non_null(v);
        assert_string_equal(v->text, "two sockets listen on port 80 and exclude each other");
        rise(c);
    }
}

static void owners_that_differ_exclude_each_other(void **state)
{
    struct court *c = court_about(18);

    (void)state;
    lull_socket first = bound(c, 80, LULL_OPTION_REUSE_PORT);
    stack_endpoint_at(stack_of(c, INTERNET_S), first.index)->owner = 7;
    lull_socket second;
    assert_int_equal(sim_call_open(c->world, INTERNET_S, &second), LULL_OK);
    (void)sim_call_option(c->world, INTERNET_S, second, LULL_OPTION_REUSE_PORT, 1);
    (void)sim_call_option(c->world, INTERNET_S, second, LULL_OPTION_OWNER, 7);
    assert_int_equal(sim_call_bind(c->world, INTERNET_S, second, 80), LULL_OK);
    must_accuse(c, 18, INTERNET_S, "bind to port 80 succeeds beside a socket that excludes it");
    rise(c);
}

static void a_bind_that_is_refused_for_nothing_is_noticed(void **state)
{
    struct court *c = court_about(18);
    lull_socket s;

    (void)state;
    assert_int_equal(sim_call_open(c->world, INTERNET_S, &s), LULL_OK);
    tell_settled(c, INTERNET_S);
    const struct sim_call call = {.name = "bind",
                                  .stream = SIM_STREAM_NONE,
                                  .socket = s,
                                  .error = LULL_EADDRINUSE,
                                  .local = internet_name(c->world, INTERNET_S, 80)};
    tell_call(c, INTERNET_S, &call);
    must_accuse(c, 18, INTERNET_S, "bind to port 80 is refused, and nobody is in the way");
    rise(c);
}

/* Berkeley's strictness: a record keeps who does not say SO_REUSEADDR away, and nobody else. */
static void a_record_is_in_the_way_of_some(void **state)
{
    (void)state;
    for (int reuse = 0; reuse < 2; reuse++) {
        struct court *c = court_about(18);
        connect_both(c);
        part(c, 0);
        lull_socket s;
        assert_int_equal(sim_call_open(c->world, INTERNET_C, &s), LULL_OK);
        (void)sim_call_option(c->world, INTERNET_C, s, LULL_OPTION_REUSE_ADDRESS, reuse);
        const struct sim_call call = {
            .name = "bind",
            .stream = SIM_STREAM_NONE,
            .socket = s,
            .error = LULL_EADDRINUSE,
            .local = internet_name(c->world, INTERNET_C, INTERNET_CLIENT_PORT)};
        tell_call(c, INTERNET_C, &call);
        assert_int_equal(sim_invariant_violations(c->judge), reuse);
        rise(c);
    }
}

static void a_reset_with_a_wrong_number_is_noticed(void **state)
{
    struct court *c = court_about(19);

    (void)state;
    connect_both(c);
    say(c, 0, 100);
    struct sample reset = c->samples[INTERNET_S][ACK];
    set_flags(&reset, TCP_RST | TCP_ACK);
    tell_packet(c, SIM_SENT, INTERNET_S, &reset);
    must_be_silent(c, 19); /* SND.NXT: an abort */
    set32(&reset, SEQ, get32(&reset, SEQ) + 1);
    tell_packet(c, SIM_SENT, INTERNET_S, &reset);
    must_accuse(c, 19, INTERNET_S, "and answers nothing");
    must_name_the_tuple(c);
    rise(c);
}

static void a_reset_that_does_not_fit_what_was_heard_is_noticed(void **state)
{
    struct court *c = court_about(19);

    (void)state;
    connect_both(c);
    say(c, 0, 100);
    struct sample text = c->samples[INTERNET_C][TEXT], reset = c->samples[INTERNET_S][ACK];
    set_flags(&reset, TCP_RST);
    tell_packet(c, SIM_ARRIVES, INTERNET_S, &text);
    set32(&reset, SEQ, get32(&text, ACKED));
    tell_packet(c, SIM_SENT, INTERNET_S, &reset);
    set_flags(&text, TCP_SYN);
    set_flags(&reset, TCP_RST | TCP_ACK);
    tell_packet(c, SIM_ARRIVES, INTERNET_S, &text);
    set32(&reset, SEQ, 0);
    set32(&reset, ACKED, get32(&text, SEQ) + 101);
    tell_packet(c, SIM_SENT, INTERNET_S, &reset);
    must_be_silent(c, 19);
    set32(&reset, ACKED, get32(&text, SEQ));
    tell_packet(c, SIM_SENT, INTERNET_S, &reset);
    must_accuse(c, 19, INTERNET_S, "a reset has SEQ 0 ACK ");
    rise(c);

    c = court_about(19); /* in answer to an ACK */
    connect_both(c);
    say(c, 0, 100);
    text = c->samples[INTERNET_C][TEXT];
    reset = c->samples[INTERNET_S][ACK];
    set_flags(&reset, TCP_RST);
    set32(&reset, SEQ, get32(&text, ACKED) + 1);
    tell_packet(c, SIM_ARRIVES, INTERNET_S, &text);
    tell_packet(c, SIM_SENT, INTERNET_S, &reset);
    must_accuse(c, 19, INTERNET_S, "it answers SEQ ");
    rise(c);
}

static void an_orphan_that_takes_text_is_noticed(void **state)
{
    struct court *c = court_about(20);

    (void)state;
    connect_both(c);
    say(c, 1, 100);
    leave(c, 0);
    struct sample ack = c->samples[INTERNET_C][FIN];
    tell_packet(c, SIM_SENT, INTERNET_C, &ack);
    must_be_silent(c, 20);
    set32(&ack, ACKED, get32(&ack, ACKED) + 1);
    tell_packet(c, SIM_SENT, INTERNET_C, &ack);
    must_accuse(c, 20, INTERNET_C, "an orphan acknowledges");
    must_name_the_tuple(c);
    rise(c);
}

/* --- INV-21, INV-22 ---------------------------------------------------------------------- */

/* An ICMP error of @type that quotes what @node sent last. */
static struct sample icmp_for(const struct court *c, unsigned node, uint8_t type, uint8_t code)
{
    struct sample s = {.ghost = {.voice = SIM_VOICE_NONE}};
    const struct sample *about = &c->samples[node][ACK];
    struct ipv4_header ip = {.source = c->world->nodes[1 - node].address,
                             .destination = c->world->nodes[node].address,
                             .protocol = IPV4_ICMP,
                             .ttl = 64,
                             .total_bytes = IPV4_HEADER_BYTES + ICMPV4_HEADER_BYTES + 28};
    struct icmpv4_message m = {
        .type = type, .code = code, .body = {about->bytes, IPV4_HEADER_BYTES + 8}};

    s.len = ipv4_emit(&ip, s.bytes);
    s.len += icmpv4_emit(&m, s.bytes + s.len);
    memcpy(s.bytes + s.len, about->bytes, IPV4_HEADER_BYTES + 8);
    s.len += IPV4_HEADER_BYTES + 8;
    return s;
}

static void icmp_that_ends_a_record_is_noticed(void **state)
{
    (void)state;
    for (int traced = 0; traced < 2; traced++) {
        struct court *c = court_about(21);
        connect_both(c);
        part(c, 0);
        const struct sample icmp = icmp_for(c, INTERNET_C, 3, 1);
        sim_world_inject(c->world, INTERNET_S, (struct span){icmp.bytes, icmp.len});
        wait_ms(c, 10);
        must_be_silent(c, 21);
        if (!traced)
            (void)lull_stack_set_knob(stack_of(c, INTERNET_C), LULL_KNOB_trace_tw, 0);
        tell_packet(c, SIM_ARRIVES, INTERNET_C, &icmp);
        end_record(c, INTERNET_C, LULL_END_KILLED);
        tell_settled(c, INTERNET_C);
        must_accuse(c, 21, INTERNET_C,
                    traced ? "ICMP type 3 code 1 ends a record"
                           : "a record is gone after ICMP type 3 code 1");
        must_name_the_tuple(c);
        rise(c);
    }
}

static void icmp_that_ends_a_connection_is_noticed(void **state)
{
    static const struct {
        uint8_t code;
        int64_t knob;
        uint32_t from;
        uint64_t violations;
    } cases[] = {{1, 0, TCP_ESTABLISHED, 1}, {1, 1, TCP_ESTABLISHED, 1}, {3, 0, TCP_CLOSE_WAIT, 1},
                 {3, 1, TCP_ESTABLISHED, 0}, {2, 1, TCP_LAST_ACK, 0},    {4, 1, TCP_ESTABLISHED, 0},
                 {5, 1, TCP_ESTABLISHED, 1}, {3, 0, TCP_SYN_SENT, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct court *c = court_about(21);
        connect_both(c);
        say(c, 1, 10);
        const struct sample icmp = icmp_for(c, INTERNET_C, 3, cases[i].code);
        (void)lull_stack_set_knob(stack_of(c, INTERNET_C), LULL_KNOB_icmp_hard_abort_sync,
                                  cases[i].knob);
        tell_packet(c, SIM_ARRIVES, INTERNET_C, &icmp);
        tell_state(c, INTERNET_C, cases[i].from, TCP_CLOSED);
        assert_int_equal(sim_invariant_violations(c->judge), cases[i].violations);
        tell_settled(c, INTERNET_C);
        assert_true(sim_invariant_looked(c->judge, 21) > 0);
        rise(c);
    }
}

/* A host that should be quiet and does not know it: the world's copy of its plan says so. */
static void a_quiet_host_that_speaks_is_noticed(void **state)
{
    (void)state;
    for (unsigned deaf = 0; deaf < 2; deaf++) {
        struct court *c = court(1);
        c->world = internet_open(&c->plan);
        int64_t *knobs = c->world->nodes[INTERNET_S].config.knobs.value;
        knobs[LULL_KNOB_restart_mode] = 1;
        knobs[LULL_KNOB_quiet_ms] = deaf ? 4 : 5000;
        sit(c, 22);
        c->world->now += 0;
        (void)internet_listen(c->world);
        const struct lull_name server = internet_name(c->world, INTERNET_S, INTERNET_SERVER_PORT);
        lull_socket s;
        assert_int_equal(sim_call_open(c->world, INTERNET_C, &s), LULL_OK);
        assert_int_equal(sim_call_connect(c->world, INTERNET_C, s, &server), LULL_EINPROGRESS);
        wait_ms(c, 20);
        if (deaf)
            must_be_silent(c, 22);
        else
            must_accuse(c, 22, INTERNET_S, "what arrives at 0.005 s is processed");
        if (!deaf) {
            const struct sim_violation *v = sim_invariant_violation(c->judge, 1);
            assert_non_null(v);
            assert_non_null(strstr(v->text, "something is sent at 0.005 s, the host is quiet "
                                            "until 5.000 s"));
        }
        rise(c);
    }
}

/* And a host that is quiet indeed. */
static void a_quiet_host_is_not_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.knobs.value[LULL_KNOB_restart_mode] = LULL_RESTART_QUIET;
    c->config.knobs.value[LULL_KNOB_quiet_ms] = 2 * MSL_MS;
    sit(c, 0);
    wait_ms(c, 2 * MSL_MS);
    connect_both(c);
    say(c, 0, 100);
    sim_host_crash(c->world, INTERNET_S);
    sim_host_boot(c->world, INTERNET_S);
    assert_int_equal(sim_call_send(c->world, c->streams[0], 100), 100);
    wait_ms(c, 2 * MSL_MS - 1);
    assert_int_equal(lull_stack_counter(stack_of(c, INTERNET_S), LULL_COUNTER_TcpOutRsts), 0);
    wait_ms(c, 5000);
    assert_true(lull_stack_counter(stack_of(c, INTERNET_S), LULL_COUNTER_TcpOutRsts) > 0);
    must_be_silent(c, 22);
    rise(c);
}

/* --- INV-25 to INV-30 -------------------------------------------------------------------- */

static void abort_and_come_again(struct court *c, int64_t after_ms)
{
    connect_both(c);
    const lull_socket s = c->world->streams[c->streams[0]].socket;
    assert_int_equal(sim_call_abort(c->world, INTERNET_C, s), LULL_OK);
    wait_ms(c, after_ms);
    connect_both(c);
}

static void a_tuple_used_soon_after_its_reset_is_noticed(void **state)
{
    struct court *c = court(1);

    (void)state;
    c->config.knobs.value[LULL_KNOB_abort_hold] = 0;
    sit(c, 25);
    abort_and_come_again(c, 2 * MSL_MS - 20);
    must_accuse(c, 25, INTERNET_C, "the tuple is used at");
    must_name_the_tuple(c);
    rise(c);

    c = court_about(25);
    abort_and_come_again(c, 2 * MSL_MS);
    must_be_silent(c, 25);
    rise(c);
}

static void more_records_than_there_may_be_are_noticed(void **state)
{
    struct court *c = court_about(26);

    (void)state;
    connect_both(c);
    part(c, 0);
    must_be_silent(c, 26);
    c->world->nodes[INTERNET_C].config.records_max = 0;
    wait_ms(c, 1);
    tell_settled(c, INTERNET_C);
    must_accuse(c, 26, INTERNET_C, "1 records stand, there may be");
    rise(c);

    c = court_about(26);
    connect_both(c);
    part(c, 0);
    stack_of(c, INTERNET_C)->tcp.knobs.value[LULL_KNOB_tw_max] = 0;
    wait_ms(c, 1);
    tell_settled(c, INTERNET_C);
    must_be_silent(c, 26); /* lowered: nobody has come since */
    c->judge->watches[INTERNET_C].usage.records = 0;
    wait_ms(c, 1);
    tell_settled(c, INTERNET_C);
    must_accuse(c, 26, INTERNET_C, "1 records stand, there may be 0 of 16");
    rise(c);
}

static void a_block_that_only_records_can_hold_is_noticed(void **state)
{
    struct court *c = court_about(26);

    (void)state;
    connect_both(c);
    part(c, 0);
    (void)block_pool_take(&stack_of(c, INTERNET_C)->blocks);
    wait_ms(c, 1);
    tell_settled(c, INTERNET_C);
    must_accuse(c, 26, INTERNET_C, "1 blocks of text are held and there are only 1 records");
    rise(c);
}

static void what_is_left_is_noticed_at_the_end(void **state)
{
    struct court *c = court_about(27);

    (void)state;
    connect_both(c);
    part(c, 0);
    sim_invariant_finish(c->judge);
    must_accuse(c, 27, INTERNET_C, "a record of kind 2 is left, its time is over at");
    must_name_the_tuple(c);
    rise(c);

    c = court_about(27);
    connect_both(c);
    sim_world_cut(c->world, 0);
    leave(c, 0);
    leave(c, 1);
    sim_invariant_finish(c->judge);
    must_accuse(c, 27, INTERNET_C, "a connection is left after both users closed");
    must_name_the_tuple(c);
    rise(c);
}

/* Whose peer's user has not closed may stay, and so may whoever waits to be accepted. */
static void what_users_keep_is_not(void **state)
{
    struct court *c = court_about(27);

    (void)state;
    connect_both(c);
    sim_invariant_finish(c->judge);
    must_be_silent(c, 27);
    assert_int_equal(sim_call_shutdown(c->world, c->streams[0]), LULL_OK);
    wait_ms(c, 100);
    sim_invariant_finish(c->judge);
    must_be_silent(c, 27);
    leave(c, 1);
    wait_ms(c, 5000);
    sim_invariant_finish(c->judge);
    must_be_silent(c, 27);
    connect_both(c);
    part(c, 0);
    end_record(c, INTERNET_C, LULL_END_EXPIRED); /* nobody has settled since */
    sim_invariant_finish(c->judge);
    must_be_silent(c, 27);
    rise(c);
}

/* A SYN comes, and the stack would have counted it, and does nothing. */
static void ignore_syn(struct court *c, const struct sample *syn)
{
    wait_ms(c, 1);
    tell_settled(c, INTERNET_S);
    tell_packet(c, SIM_ARRIVES, INTERNET_S, syn);
    stack_of(c, INTERNET_S)->counters[LULL_COUNTER_TcpInSegs]++;
    tell_settled(c, INTERNET_S);
}

static void a_syn_that_is_not_answered_is_noticed(void **state)
{
    struct court *c = court_about(28);

    (void)state;
    connect_both(c);
    part(c, 0);
    wait_ms(c, 5000);
    must_be_silent(c, 28);
    ignore_syn(c, &c->samples[INTERNET_C][SYN]);
    must_accuse(c, 28, INTERNET_S, "of a tuple that nothing is known of is not answered");
    must_name_the_tuple(c);
    rise(c);
}

static void a_syn_that_was_dropped_and_counted_is_not(void **state)
{
    struct court *c = court_about(28);

    (void)state;
    connect_both(c);
    part(c, 0);
    wait_ms(c, 5000);
    stack_of(c, INTERNET_S)->counters[LULL_COUNTER_ListenDrops]++;
    tell_settled(c, INTERNET_S);
    wait_ms(c, 1);
    tell_settled(c, INTERNET_S);
    tell_packet(c, SIM_ARRIVES, INTERNET_S, &c->samples[INTERNET_C][SYN]);
    stack_of(c, INTERNET_S)->counters[LULL_COUNTER_TcpInSegs]++;
    stack_of(c, INTERNET_S)->counters[LULL_COUNTER_ListenDrops]++;
    tell_settled(c, INTERNET_S);
    must_be_silent(c, 28);
    rise(c);
}

static void a_syn_that_is_refused_for_ever_is_noticed(void **state)
{
    struct court *c = court_about(29);

    (void)state;
    connect_both(c);
    part(c, 1);
    const struct sample old = c->samples[INTERNET_C][SYN];
    inject(c, INTERNET_C, &old);
    assert_int_equal(stack_of(c, INTERNET_S)->counters[LULL_COUNTER_TWSynRejected], 1);
    wait_ms(c, 2 * MSL_MS + 100);
    assert_null(record_of(c, INTERNET_S));
    ignore_syn(c, &old);
    must_accuse(c, 29, INTERNET_S, "was refused because of a record, which is gone");
    must_name_the_tuple(c);
    rise(c);

    c = court_about(29);
    connect_both(c);
    part(c, 1);
    inject(c, INTERNET_C, &c->samples[INTERNET_C][SYN]);
    wait_ms(c, 2 * MSL_MS + 100);
    connect_both(c);
    must_be_silent(c, 29);
    rise(c);
}

static void a_record_that_outstays_its_time_is_noticed(void **state)
{
    struct court *c = court_about(30);

    (void)state;
    connect_both(c);
    part(c, 0);
    must_be_silent(c, 30);
    record_of(c, INTERNET_C)->expiry_ms -= 10000;
    tell_settled(c, INTERNET_C);
    must_accuse(c, 30, INTERNET_C, "a record that ends at");
    must_name_the_tuple(c);
    rise(c);
}

static void a_host_that_slept_is_judged_as_any_other(void **state)
{
    struct court *c = court_about(0);

    (void)state;
    connect_both(c);
    part(c, 0);
    sim_host_suspend(c->world, INTERNET_C);
    wait_ms(c, 60000);
    sim_host_resume(c->world, INTERNET_C);
    wait_ms(c, 10);
    must_be_silent(c, 30);
    assert_null(record_of(c, INTERNET_C));
    rise(c);
}

/* --- the judge --------------------------------------------------------------------------- */

static void every_invariant_has_a_sentence(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= SIM_INVARIANT_COUNT; n++)
        assert_true(strlen(sim_invariant_text(n)) > 20);
    assert_null(sim_invariant_text(0));
    assert_null(sim_invariant_text(SIM_INVARIANT_COUNT + 1));
}

static void more_are_counted_than_kept(void **state)
{
    struct court *c = court_about(16);

    (void)state;
    connect_both(c);
    for (int i = 0; i < 10; i++)
        tell_state(c, INTERNET_C, TCP_TIME_WAIT, TCP_ESTABLISHED - 1);
    assert_int_equal(sim_invariant_violations(c->judge), 10);
    assert_non_null(sim_invariant_violation(c->judge, SIM_VIOLATIONS_MAX - 1));
    assert_null(sim_invariant_violation(c->judge, SIM_VIOLATIONS_MAX));
    assert_int_equal(sim_invariant_looked(c->judge, SIM_INVARIANT_COUNT + 1), 0);
    rise(c);
}

/* Two bits that stand for each other in the sum: such a segment excuses everything. */
static void damage_that_no_sum_shows_ends_the_judging(void **state)
{
    (void)state;
    for (int hidden = 0; hidden < 2; hidden++) {
        struct court *c = court_about(16);
        connect_both(c);
        say(c, 0, 100);
        struct sample text = c->samples[INTERNET_C][TEXT];
        uint8_t *at = text.bytes + text.len - 20;
        text.ghost.damaged = true;
        const uint8_t bit = (at[0] ^ at[2]) & 1;
        at[0] ^= 1;
        at[2] ^= hidden ? 1 : 0;
        if (!bit && hidden) /* equal bits change the sum: exchange two that differ */
            memcpy(text.bytes, c->samples[INTERNET_C][TEXT].bytes, text.len);
        tell_packet(c, SIM_ARRIVES, INTERNET_S, &text);
        tell_state(c, INTERNET_C, TCP_TIME_WAIT, TCP_ESTABLISHED);
        assert_int_equal(sim_invariant_violations(c->judge) == 0, hidden);
        rise(c);
    }
}

/* A host that starts anew is another host. */
static void a_crash_ends_what_was_known_of_a_host(void **state)
{
    struct court *c = court_about(0);

    (void)state;
    connect_both(c);
    part(c, 0);
    sim_host_crash(c->world, INTERNET_C);
    wait_ms(c, 10000);
    sim_host_boot(c->world, INTERNET_C);
    wait_ms(c, 1000);
    connect_both(c);
    say(c, 0, 100);
    part(c, 1);
    wait_ms(c, 10000);
    sim_invariant_finish(c->judge);
    must_be_silent(c, 27);
    rise(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_that_do_not_add_up_are_noticed),
        cmocka_unit_test(two_that_may_listen_together_are_not_noticed),
        cmocka_unit_test(two_that_exclude_each_other_are_noticed),
        cmocka_unit_test(owners_that_differ_exclude_each_other),
        cmocka_unit_test(a_bind_that_is_refused_for_nothing_is_noticed),
        cmocka_unit_test(a_record_is_in_the_way_of_some),
        cmocka_unit_test(a_reset_with_a_wrong_number_is_noticed),
        cmocka_unit_test(a_reset_that_does_not_fit_what_was_heard_is_noticed),
        cmocka_unit_test(an_orphan_that_takes_text_is_noticed),
        cmocka_unit_test(icmp_that_ends_a_record_is_noticed),
        cmocka_unit_test(icmp_that_ends_a_connection_is_noticed),
        cmocka_unit_test(a_quiet_host_that_speaks_is_noticed),
        cmocka_unit_test(a_quiet_host_is_not_noticed),
        cmocka_unit_test(a_tuple_used_soon_after_its_reset_is_noticed),
        cmocka_unit_test(more_records_than_there_may_be_are_noticed),
        cmocka_unit_test(a_block_that_only_records_can_hold_is_noticed),
        cmocka_unit_test(what_is_left_is_noticed_at_the_end),
        cmocka_unit_test(what_users_keep_is_not),
        cmocka_unit_test(a_syn_that_is_not_answered_is_noticed),
        cmocka_unit_test(a_syn_that_was_dropped_and_counted_is_not),
        cmocka_unit_test(a_syn_that_is_refused_for_ever_is_noticed),
        cmocka_unit_test(a_record_that_outstays_its_time_is_noticed),
        cmocka_unit_test(a_host_that_slept_is_judged_as_any_other),
        cmocka_unit_test(every_invariant_has_a_sentence),
        cmocka_unit_test(more_are_counted_than_kept),
        cmocka_unit_test(damage_that_no_sum_shows_ends_the_judging),
        cmocka_unit_test(a_crash_ends_what_was_known_of_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
