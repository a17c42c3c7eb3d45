/* What a stack says about its records and its refusals: lists, verdicts, traces. */
#include "stage.h"

/* --- a sink that remembers --------------------------------------------------------------- */

#define HEARD_MAX 64

static struct {
    struct lull_trace_record records[HEARD_MAX];
    unsigned count;
} heard;

static void hear(void *context, const struct lull_trace_record *record)
{
    bool wanted = record->event == LULL_TRACE_tw_enter || record->event == LULL_TRACE_tw_rearm
                  || record->event == LULL_TRACE_tw_leave || record->event == LULL_TRACE_refused;
    (void)context;
    if (wanted && heard.count < HEARD_MAX)
        heard.records[heard.count++] = *record;
}

static void listen_to(struct lull_stack *stack)
{
    heard.count = 0;
    lull_stack_set_trace(stack, hear, NULL);
}

/* The @n-th event of that kind, from 0. */
static const struct lull_trace_record *heard_event(enum lull_trace_event event, unsigned n)
{
    for (unsigned i = 0; i < heard.count; i++)
        if (heard.records[i].event == event && n-- == 0)
            return &heard.records[i];
    fail_msg("not heard: %s", lull_trace_schema(event)->name);
    return NULL;
}

static bool same_name(const struct lull_name *a, const struct lull_name *b)
{
    return memcmp(&a->address, &b->address, sizeof a->address) == 0 && a->port == b->port;
}

static void expect_names(const struct lull_trace_record *record, int side)
{
    struct lull_name local, remote;

    assert_int_equal(lull_socket_names(client, ends[0], &local, &remote), LULL_OK);
    assert_true(same_name(&record->local, side == 0 ? &local : &remote));
    assert_true(same_name(&record->remote, side == 0 ? &remote : &local));
}

/* --- scenes ------------------------------------------------------------------------------- */

static uint16_t client_port;

static void open_scene(void)
{
    struct lull_name local, remote;

    open_pair(NULL);
    assert_int_equal(lull_socket_names(client, ends[0], &local, &remote), LULL_OK);
    client_port = local.port;
}

/* Side @first closes, then the other, who has the last word. */
static void shut_first(int first)
{
    assert_int_equal(lull_socket_shutdown(pair.stack[first], ends[first], LULL_SHUT_SEND), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_shutdown(pair.stack[1 - first], ends[1 - first], LULL_SHUT_SEND),
                     LULL_OK);
    run_for(LULL_MS(1));
}

/* Of any kind. */
static struct lull_row only_record(const struct lull_stack *stack)
{
    uint64_t cursor = 0;
    struct lull_row row;

    while (lull_stack_list(stack, &cursor, &row))
        if (row.kind != LULL_ROW_CONNECTION && row.kind != LULL_ROW_LISTENER)
            return row;
    fail_msg("no record");
    return row;
}

/* The client's SYN on the old tuple, with a number far from anything.  Timestamps are as before:
 * a stale duplicate. */
static struct tcp_segment old_syn(void)
{
    struct tcp_segment syn = seen[0].segment;

    syn.flags = TCP_SYN;
    syn.seq = seq_add(syn.seq, 0x80000001u);
    syn.ack = seq_at(0);
    syn.options.ts_echo = 0;
    return syn;
}

/* --- OB-01 -------------------------------------------------------------------------------- */

/* [REQ OB-01] */
static void a_record_in_the_list_tells_its_history(void **state)
{
    (void)state;
    open_scene();
    shut_first(1);
    struct lull_row row = only_record(server);

    assert_int_equal(row.kind, LULL_ROW_TIME_WAIT);
    assert_int_equal(row.cause, LULL_CAUSE_CLOSED_FIRST);
    assert_int_equal(row.reason, LULL_REASON_ENTERED);
    assert_int_equal(row.restarts, 0);
    assert_int_equal(row.snd_nxt, seen[1].segment.seq.raw);
    assert_int_equal(row.rcv_nxt, seen[1].segment.ack.raw);
    assert_in_range(row.entered, pair.now - LULL_MS(125), pair.now + LULL_MS(125));

    run_for(LULL_SEC(10));
    struct tcp_segment fin = seen[0].segment;
    forge(1, &fin);
    run_for(0);
    row = only_record(server);
    assert_int_equal(row.reason, LULL_REASON_FIN_AGAIN);
    assert_int_equal(row.restarts, 1);
    assert_in_range(row.age, LULL_MS(9850), LULL_MS(10150));
    assert_in_range(row.timer_left, LULL_SEC(60) - LULL_MS(1), LULL_SEC(60));
    pair_close(&pair);
}

/* --- OB-02 -------------------------------------------------------------------------------- */

/* [REQ OB-02] */
static void entering_and_leaving_time_wait_are_told_with_their_segments(void **state)
{
    (void)state;
    open_scene();
    listen_to(server);
    shut_first(1);
    const struct lull_trace_record *enter = heard_event(LULL_TRACE_tw_enter, 0);
    struct tcp_segment fin = seen[0].segment;

    expect_names(enter, 1);
    assert_int_equal(enter->arg[0], LULL_ROW_TIME_WAIT);
    assert_int_equal(enter->arg[1], LULL_CAUSE_CLOSED_FIRST);
    assert_int_equal(enter->arg[2], 60000);
    assert_int_equal(enter->segment.flags, TCP_FIN | TCP_ACK);
    assert_int_equal(enter->segment.seq, fin.seq.raw);
    assert_int_equal(enter->segment.ack, fin.ack.raw);
    assert_int_equal(enter->segment.len, 1);

    run_for(LULL_SEC(61));
    const struct lull_trace_record *leave = heard_event(LULL_TRACE_tw_leave, 0);
    expect_names(leave, 1);
    assert_int_equal(leave->arg[0], LULL_ROW_TIME_WAIT);
    assert_int_equal(leave->arg[1], LULL_END_EXPIRED);
    assert_in_range(leave->arg[2], 59850, 60150);
    assert_int_equal(leave->segment.flags, 0); /* time, not a segment */
    assert_int_equal(leave->at, enter->at + LULL_SEC(60));
    pair_close(&pair);
}

/* [REQ OB-02] */
static void an_orphan_that_is_closed_at_last_is_told_to_enter_time_wait(void **state)
{
    (void)state;
    open_scene();
    listen_to(server);
    assert_int_equal(lull_socket_close(server, ends[1]), LULL_OK);
    run_for(LULL_SEC(5));
    assert_int_equal(heard_event(LULL_TRACE_tw_enter, 0)->arg[0], LULL_ROW_FIN_WAIT_2);
    assert_int_equal(lull_socket_shutdown(client, ends[0], LULL_SHUT_SEND), LULL_OK);
    run_for(LULL_MS(1));
    const struct lull_trace_record *enter = heard_event(LULL_TRACE_tw_enter, 1);
    assert_int_equal(enter->arg[0], LULL_ROW_TIME_WAIT);
    assert_true(enter->segment.flags & TCP_FIN);
    expect_names(enter, 1);
    pair_close(&pair);
}

/* [REQ OB-02] */
static void a_wait_that_starts_again_tells_why(void **state)
{
    (void)state;
    open_scene();
    listen_to(server);
    shut_first(1);
    run_for(LULL_SEC(10));
    struct tcp_segment fin = seen[0].segment;
    forge(1, &fin);
    run_for(0);
    const struct lull_trace_record *again = heard_event(LULL_TRACE_tw_rearm, 0);
    expect_names(again, 1);
    assert_int_equal(again->arg[1], LULL_REASON_FIN_AGAIN);
    assert_int_equal(again->arg[2], 60000);
    pair_close(&pair);
}

/* [REQ OB-02] */
static void the_events_of_records_can_be_silenced(void **state)
{
    (void)state;
    open_scene();
    listen_to(server);
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_trace_tw, 0), LULL_OK);
    shut_first(1);
    struct tcp_segment fin = seen[0].segment;
    forge(1, &fin);
    run_for(LULL_SEC(70));
    assert_int_equal(records(server), 0);
    assert_int_equal(heard.count, 0);
    pair_close(&pair);
}

/* --- OB-04 -------------------------------------------------------------------------------- */

static void expect_held(const struct lull_incarnation *held, const struct lull_row *row)
{
    assert_true(same_name(&held->local, &row->local));
    assert_true(same_name(&held->remote, &row->remote));
    assert_int_equal(held->snd_nxt, row->snd_nxt);
    assert_int_equal(held->rcv_nxt, row->rcv_nxt);
    assert_int_equal(held->entered, row->entered);
    assert_int_equal(held->cause, row->cause);
    assert_int_equal(held->restarts, row->restarts);
}

static void expect_words(const struct lull_refusal *refusal, const char *const *words)
{
    char text[512];

    assert_true(lull_refusal_text(refusal, text, sizeof text) < sizeof text - 1);
    for (; *words != NULL; words++)
        if (strstr(text, *words) == NULL)
            fail_msg("\"%s\" is not in \"%s\"", *words, text);
}

/* [REQ OB-04] */
static void a_refused_syn_names_the_record_and_the_rule(void **state)
{
    (void)state;
    open_scene();
    shut_first(1);
    run_for(LULL_SEC(18));
    listen_to(server);
    struct tcp_segment syn = old_syn();
    forge(1, &syn);
    struct lull_refusal refusal = refusal_of(server);
    struct lull_row row = only_record(server);

    assert_int_equal(refusal.call, LULL_REFUSED_SYN);
    assert_int_equal(refusal.blocker, LULL_BLOCKER_TIME_WAIT);
    assert_string_equal(refusal.rule, "IR-03");
    assert_int_equal(refusal.at, pair.now);
    assert_int_equal(refusal.remaining, row.timer_left);
    assert_int_equal(refusal.remedy, LULL_REMEDY_NEWER_SYN);
    expect_held(&refusal.held, &row);
    expect_words(&refusal, (const char *const[]){"SYN 10.0.0.2:80", "[IR-03]", "in TIME-WAIT",
                                                 "closed first here 18 s ago", "SND.NXT ",
                                                 "for 42.0 s", "; ", NULL});

    const struct lull_trace_record *refused = heard_event(LULL_TRACE_refused, 0);
    char rule[8];
    lull_rule_text(refused->arg[1], rule);
    assert_string_equal(rule, "IR-03");
    assert_int_equal(refused->arg[0], LULL_REFUSED_SYN);
    assert_int_equal(refused->arg[2], refusal.remaining / LULL_MS(1));
    assert_int_equal(refused->segment.flags, TCP_SYN);
    assert_int_equal(refused->segment.seq, syn.seq.raw);
    expect_names(refused, 1);
    pair_close(&pair);
}

/* [REQ OB-04] */
static void a_refused_connect_names_the_record(void **state)
{
    struct lull_name from, to = pair_name(1, PORT);
    lull_socket socket;

    (void)state;
    open_scene();
    shut_first(0);
    run_for(LULL_SEC(5));
    from = pair_name(0, client_port);
    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    lull_socket_set_option(client, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(client, socket, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EADDRINUSE);
    struct lull_refusal refusal = refusal_of(client);
    struct lull_row row = only_record(client);
    assert_int_equal(refusal.call, LULL_REFUSED_CONNECT);
    expect_held(&refusal.held, &row);
    expect_words(&refusal, (const char *const[]){"connect 10.0.0.1", "EADDRINUSE", "in TIME-WAIT",
                                                 "closed first here 5 s ago", NULL});
    pair_close(&pair);
}

/* [REQ OB-04] */
static void a_refused_connect_names_the_connection(void **state)
{
    struct lull_name from, to = pair_name(1, PORT);
    lull_socket socket;

    (void)state;
    open_scene();
    from = pair_name(0, client_port);
    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    lull_socket_set_option(client, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(client, socket, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EADDRINUSE);
    struct lull_refusal refusal = refusal_of(client);
    struct lull_tcp_info info;
    assert_int_equal(lull_socket_info(client, ends[0], &info), LULL_OK);
    assert_int_equal(refusal.blocker, LULL_BLOCKER_CONNECTION);
    assert_int_equal(refusal.held.snd_nxt, info.snd_nxt);
    assert_int_equal(refusal.held.rcv_nxt, info.rcv_nxt);
    assert_int_equal(refusal.held.cause, LULL_CAUSE_NONE);
    assert_true(refusal.remaining == LULL_TIME_NEVER);
    expect_words(&refusal, (const char *const[]){"connected with 10.0.0.2:80 (SND.NXT ", NULL});
    pair_close(&pair);
}

/* A client's socket on the port its last connection had. */
static lull_socket connect_from_the_old_port(void)
{
    struct lull_name from = pair_name(0, client_port), to = pair_name(1, PORT);
    lull_socket socket;

    assert_int_equal(lull_socket_open(client, &socket), LULL_OK);
    lull_socket_set_option(client, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(client, socket, &from), LULL_OK);
    assert_int_equal(lull_socket_connect(client, socket, &to), LULL_EINPROGRESS);
    run_for(LULL_MS(1));
    return socket;
}

/* [REQ OB-04] */
static void an_attempt_that_met_an_old_answer_names_the_record(void **state)
{
    (void)state;
    open_scene();
    assert_int_equal(lull_stack_set_knob(client, LULL_KNOB_tw_reuse_active, LULL_TW_REUSE_ANY),
                     LULL_OK);
    shut_first(0);
    lull_socket_close(client, ends[0]);
    run_for(LULL_SEC(2));
    struct tcp_segment answer = seen[1].segment;
    pair.faults.loss = 1000;
    lull_socket socket = connect_from_the_old_port();
    answer.flags = TCP_SYN | TCP_ACK;
    answer.ack = seq_add(seen[0].segment.seq, 1);
    answer.options.ts_value -= 10;
    answer.options.ts_echo = seen[0].segment.options.ts_value;
    forge(0, &answer);
    assert_int_equal(lull_socket_take_error(client, socket), LULL_ECONNRESET);
    struct lull_refusal refusal = refusal_of(client);
    struct lull_row row = only_record(client);
    assert_string_equal(refusal.rule, "IR-16");
    assert_int_equal(refusal.blocker, LULL_BLOCKER_TIME_WAIT);
    expect_held(&refusal.held, &row);
    expect_words(&refusal, (const char *const[]){"connect 10.0.0.1", "ECONNRESET [IR-16]", NULL});
    pair_close(&pair);
}

/* The client forgets its connection, the server does not. */
static void meet_the_older_connection(void)
{
    assert_int_equal(lull_stack_set_knob(client, LULL_KNOB_connect_halfopen, LULL_HALFOPEN_HOLD),
                     LULL_OK);
    assert_int_equal(lull_stack_set_knob(client, LULL_KNOB_abort_hold, 0), LULL_OK);
    pair.faults.loss = 1000; /* the server never hears of the abort */
    lull_socket_abort(client, ends[0]);
    run_for(LULL_MS(1));
    pair.faults.loss = 0;
    assert_int_equal(lull_stack_set_knob(client, LULL_KNOB_abort_hold, 1), LULL_OK);
    lull_socket socket = connect_from_the_old_port();
    assert_int_equal(lull_socket_take_error(client, socket), LULL_ECONNRESET);
}

/* [REQ OB-04] */
static void an_attempt_that_met_an_older_connection_names_the_hold(void **state)
{
    (void)state;
    open_scene();
    meet_the_older_connection();
    struct lull_refusal refusal = refusal_of(client);
    assert_string_equal(refusal.rule, "IR-17");
    assert_int_equal(refusal.blocker, LULL_BLOCKER_HOLD);
    assert_int_equal(refusal.held.cause, LULL_CAUSE_HALF_OPEN);
    expect_words(&refusal, (const char *const[]){"on HOLD", "the peer was half-open", NULL});
    pair_close(&pair);
}

static void an_attempt_that_nothing_is_held_for_claims_nothing(void **state)
{
    struct lull_stack_config config = default_config();
    struct lull_name local, remote;

    (void)state;
    config.records_max = 0;
    open_stage(&config, NULL);
    assert_int_equal(lull_socket_names(client, ends[0], &local, &remote), LULL_OK);
    client_port = local.port;
    meet_the_older_connection();
    assert_int_equal(refusal_of(client).call, LULL_REFUSED_NOTHING);
    pair_close(&pair);
}

/* [REQ OB-04] */
static void a_refused_bind_names_the_record_that_lasts_longest(void **state)
{
    struct lull_name any = {.port = PORT};
    lull_socket socket, second[2];

    (void)state;
    open_scene();
    shut_first(1);
    run_for(LULL_SEC(3));
    pair_connect(&pair, listener, PORT, second);
    assert_int_equal(lull_socket_close(server, second[1]), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_close(client, second[0]), LULL_OK);
    run_for(LULL_MS(1));
    assert_int_equal(lull_socket_close(server, listener), LULL_OK);
    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(lull_socket_bind(server, socket, &any), LULL_EADDRINUSE);
    struct lull_refusal refusal = refusal_of(server);
    assert_string_equal(refusal.rule, "BL-01");
    assert_int_equal(refusal.blockers, 2);
    assert_true(same_name(&refusal.held.remote, &refusal.remote));
    assert_true(refusal.held.remote.port != client_port); /* the younger one */
    assert_int_equal(refusal.held.local.port, PORT);
    assert_true(
        same_name(&refusal.held.local, &(struct lull_name){pair_name(1, 0).address, 0, PORT}));
    expect_words(&refusal,
                 (const char *const[]){"bind *:80", "2 in TIME-WAIT, the last with 10.0.0.1:",
                                       "closed first here 0 s ago", NULL});
    pair_close(&pair);
}

/* --- the last sixteen ---------------------------------------------------------------------- */

static unsigned count_refusals(const struct lull_stack *stack, uint64_t *cursor)
{
    struct lull_refusal refusal;
    unsigned count = 0;
    lull_time last = 0;

    while (lull_socket_next_refusal(stack, cursor, &refusal)) {
        assert_true(refusal.at >= last); /* the oldest first */
        last = refusal.at;
        count++;
    }
    return count;
}

/* [REQ OB-04] */
static void the_last_sixteen_refusals_are_kept(void **state)
{
    uint64_t cursor = 0;

    (void)state;
    open_scene();
    assert_int_equal(refusal_of(server).call, LULL_REFUSED_NOTHING);
    assert_int_equal(count_refusals(server, &cursor), 0);
    shut_first(1);
    struct tcp_segment syn = old_syn();
    for (int i = 0; i < 3; i++) {
        run_for(LULL_MS(10));
        forge(1, &syn);
    }
    assert_int_equal(count_refusals(server, &cursor), 3);
    assert_int_equal(count_refusals(server, &cursor), 0); /* nothing new */
    for (int i = 0; i < 20; i++) {
        run_for(LULL_MS(10));
        forge(1, &syn);
    }
    assert_int_equal(count_refusals(server, &cursor), 16); /* four went unseen */
    cursor = 0;
    assert_int_equal(count_refusals(server, &cursor), 16);
    assert_int_equal(cursor, 23);
    assert_int_equal(refusal_of(server).at, pair.now);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_in_the_list_tells_its_history),
        cmocka_unit_test(entering_and_leaving_time_wait_are_told_with_their_segments),
        cmocka_unit_test(an_orphan_that_is_closed_at_last_is_told_to_enter_time_wait),
        cmocka_unit_test(a_wait_that_starts_again_tells_why),
        cmocka_unit_test(the_events_of_records_can_be_silenced),
        cmocka_unit_test(a_refused_syn_names_the_record_and_the_rule),
        cmocka_unit_test(a_refused_connect_names_the_record),
        cmocka_unit_test(a_refused_connect_names_the_connection),
        cmocka_unit_test(an_attempt_that_met_an_old_answer_names_the_record),
        cmocka_unit_test(an_attempt_that_met_an_older_connection_names_the_hold),
        cmocka_unit_test(an_attempt_that_nothing_is_held_for_claims_nothing),
        cmocka_unit_test(a_refused_bind_names_the_record_that_lasts_longest),
        cmocka_unit_test(the_last_sixteen_refusals_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
