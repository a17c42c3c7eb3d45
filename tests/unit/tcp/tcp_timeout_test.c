/* Timer events (RFC 9293 section 3.10.8, RFC 6298 section 5). */
#include "tcp/tcp_timeout.h"
#include "tcp_dsl.h"

#define IDLE(...) GIVEN(.state = TCP_ESTABLISHED, .una = 200, __VA_ARGS__)

/* Go to the next deadline, which must be @from_now ahead, and let it happen. */
static void fires_after(struct tcp_conn *c, lull_duration from_now)
{
    assert_int_equal(tcp_timeout_next(c) - env.now, from_now);
    dsl_later(from_now);
    tcp_timeout_fire(&env, c);
    tcp_timeout_review(&env, c);
}

/* Fifty octets sent now; the timeout is 1 s. */
static struct tcp_conn waiting_for_an_ack(enum tcp_state state)
{
    struct tcp_conn c = GIVEN(.state = state, .una = 200, .unsent = 50, .fin_unsent = true);
    SENDS(&c, (uint8_t)(TCP_ACK | TCP_PSH | (state == TCP_ESTABLISHED ? 0 : TCP_FIN)), .seq = {200},
          .len = 50);
    return c;
}

/* Section 5.1: "start the timer when a segment is sent and it is not running".
 * [REQ 6298/5.1] */
TEST(sending_starts_the_timer_once)
{
    struct tcp_conn c = IDLE(.unsent = 2000);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], env.now + LULL_SEC(1));
    dsl_later(LULL_MS(300));
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {1200}, .len = 1000);
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], env.now + LULL_MS(700));
}

/* Sections 5.2 and 5.3.  [REQ 6298/5.2] [REQ 6298/5.3] */
TEST(an_ack_of_everything_stops_the_timer)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    dsl_later(LULL_MS(100));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {250});
    tcp_timeout_review(&env, &c);
    assert_int_equal(tcp_timeout_next(&c), LULL_TIME_NEVER);
}

/* [REQ 6298/5.3] [REQ 9293/MUST-20] */
TEST(an_ack_of_something_starts_the_timer_again)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    dsl_later(LULL_MS(800));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {201});
    lull_duration rto = tcp_timeout_rto(&env, &c);
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], env.now + rto);
    assert_int_equal(c.stalled_since, env.now);
}

TEST(a_duplicate_ack_does_not_touch_the_timer)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    dsl_later(LULL_MS(800));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], env.now + LULL_MS(200));
}

TEST(nothing_happens_before_its_time)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    dsl_later(LULL_SEC(1) - 1);
    tcp_timeout_fire(&env, &c);
    SENDS_NOTHING(&c);
    dsl_later(1);
    tcp_timeout_fire(&env, &c);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
}

/* Sections 5.4 to 5.6.  [REQ 6298/5.5] [REQ CH-11] [REQ 9293/MUST-18]
 * [REQ 9293/3.10.8-retransmission] */
TEST(each_timeout_doubles_the_next)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_LAST_ACK);
    for (int i = 0; i < 7; i++) {
        fires_after(&c, LULL_SEC(1 << i));
        SENDS(&c, TCP_ACK | TCP_PSH | TCP_FIN, .seq = {200}, .len = 50);
        SENDS_NOTHING(&c);
    }
    fires_after(&c, LULL_SEC(120)); /* the largest, section 2.5 */
    assert_int_equal(COUNTED(TCPTimeouts), 8);
}

/* [REQ 6298/5.3] */
TEST(an_ack_ends_the_back_off)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    fires_after(&c, LULL_SEC(1));
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {201});
    assert_int_equal(c.backoff, 0);
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], env.now + LULL_SEC(1));
}

/* After a timeout everything goes again, at the pace of the congestion window.
 * [REQ 9293/MUST-19] [REQ 9293/SHLD-16] */
TEST(after_a_timeout_all_of_the_flight_goes_again)
{
    struct tcp_conn c = IDLE(.unsent = 3000);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    SENDS(&c, TCP_ACK, .seq = {1200}, .len = 1000);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {2200}, .len = 1000);
    fires_after(&c, LULL_SEC(1));
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    SENDS_NOTHING(&c);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {1200});
    SENDS(&c, TCP_ACK, .seq = {1200}, .len = 1000);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {2200}, .len = 1000);
    SENDS_NOTHING(&c);
}

TEST(what_was_acknowledged_meanwhile_does_not_go_again)
{
    struct tcp_conn c = IDLE(.unsent = 3000);
    for (uint32_t seq = 200; seq < 3200; seq += 1000)
        SENDS(&c, (uint8_t)(TCP_ACK | (seq == 2200 ? TCP_PSH : 0)), .seq = {seq}, .len = 1000);
    fires_after(&c, LULL_SEC(1));
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {2200});
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {2200}, .len = 1000);
    SENDS_NOTHING(&c);
    assert_false(conn_is(&c, TCP_RESENDING));
}

/* R2, section 3.8.3.  [REQ 9293/SHLD-11] [REQ CH-19] [REQ 9293/MUST-20] [REQ 9293/3.10.8-user] */
TEST(a_connection_is_given_up_after_the_user_timeout)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    lull_time start = env.now;
    dsl_settings.user_timeout = LULL_SEC(100);
    while (c.state == TCP_ESTABLISHED) {
        fires_after(&c, tcp_timeout_next(&c) - env.now);
        while (c.state == TCP_ESTABLISHED && c.pending | (c.facts & TCP_RESENDING))
            SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
    }
    assert_int_equal(env.now - start, LULL_SEC(100));
    assert_int_equal(c.error, LULL_ETIMEDOUT);
    assert_int_equal(COUNTED(TCPAbortOnTimeout), 1);
    assert_int_equal(COUNTED(TcpAttemptFails), 0);
}

/* The application may set it.  [REQ 9293/MUST-21] */
TEST(a_connection_may_have_a_user_timeout_of_its_own)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    c.user_timeout = LULL_MS(500);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
    fires_after(&c, LULL_MS(500));
    EXPECT(&c, TCP_CLOSED);
    assert_int_equal(c.error, LULL_ETIMEDOUT);
}

TEST(an_ack_starts_the_user_timeout_again)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    c.user_timeout = LULL_MS(500);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
    dsl_later(LULL_MS(499));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {210});
    fires_after(&c, LULL_MS(500));
    EXPECT(&c, TCP_CLOSED);
}

/* MUST-23: a SYN is tried for three minutes.  [REQ 9293/MUST-23] */
TEST(a_syn_is_repeated_for_three_minutes)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    lull_time start = env.now;
    tcp_call_open(&env, &c);
    SENDS(&c, TCP_SYN, .seq = {100});
    for (int i = 0; i < 7; i++) {
        fires_after(&c, LULL_SEC(1 << i));
        EXPECT(&c, TCP_SYN_SENT, .pending = TCP_PENDING_SYN);
        SENDS(&c, TCP_SYN, .seq = {100});
    }
    assert_int_equal(COUNTED(TcpRetransSegs), 7);
    assert_int_equal(c.retransmits, 7);
    assert_int_equal(COUNTED(TCPTimeouts), 7);
    assert_int_equal(COUNTED(TcpOutSegs), 1);
    fires_after(&c, LULL_SEC(180 - 127));
    EXPECT(&c, TCP_CLOSED);
    assert_int_equal(env.now - start, LULL_SEC(180));
    assert_int_equal(c.error, LULL_ETIMEDOUT);
    assert_int_equal(COUNTED(TcpAttemptFails), 1);
}

TEST(a_syn_ack_is_repeated)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    struct tcp_segment syn = {.flags = TCP_SYN, .seq = {700}, .len = 1, .wnd = 5000};
    tcp_arrive_listen_open(&env, &c, &syn);
    SENDS(&c, TCP_SYN | TCP_ACK, .seq = {100}, .ack = {701});
    fires_after(&c, LULL_SEC(1));
    SENDS(&c, TCP_SYN | TCP_ACK, .seq = {100}, .ack = {701});
}

/* The timer doubles up to two minutes. */
static lull_duration nth_timeout(int n)
{
    return LULL_SEC(n < 7 ? 1 << n : 120);
}

/* It sends its segment again exactly @tries times, and at the next timeout it is gone. */
static void is_given_up_after(struct tcp_conn *c, int tries)
{
    for (int i = 0; i < tries; i++) {
        fires_after(c, nth_timeout(i));
        SENDS(c, TCP_ACK | TCP_PSH | TCP_FIN, .seq = {200}, .len = 50);
    }
    fires_after(c, nth_timeout(tries));
    EXPECT(c, TCP_CLOSED);
    assert_int_equal(COUNTED(TCPAbortOnTimeout), 1);
    assert_int_equal(COUNTED(TcpRetransSegs), tries);
}

/* Nobody waits for an orphan's result: so many tries, however long they take; eight take 367 s
 * here, with an R2 of 100 s.  [REQ CH-19] */
TEST(an_orphan_is_given_up_after_so_many_tries)
{
    const int tries[] = {0, 1, 7, 8, 9};
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        struct tcp_conn c = waiting_for_an_ack(TCP_LAST_ACK);
        c.facts |= TCP_ORPHAN;
        dsl_settings.user_timeout = LULL_SEC(100);
        dsl_settings.knobs.value[LULL_KNOB_orphan_retries] = tries[i];
        is_given_up_after(&c, tries[i]);
    }
    struct tcp_conn c = waiting_for_an_ack(TCP_FIN_WAIT_1);
    c.facts |= TCP_ORPHAN;
    is_given_up_after(&c, 8); /* unless told otherwise */
}

/* Both sides of the timeout its user asked for before he went.  [REQ CH-19] */
TEST(a_user_timeout_that_was_asked_for_holds_for_the_orphan_too)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    c.user_timeout = LULL_SEC(10);
    tcp_call_close(&env, &c);
    SENDS(&c, TCP_ACK | TCP_PSH | TCP_FIN, .seq = {200}, .len = 50);
    for (int i = 0; i < 3; i++) {
        fires_after(&c, LULL_SEC(1 << i));
        SENDS(&c, TCP_ACK | TCP_PSH | TCP_FIN, .seq = {200}, .len = 50);
    }
    dsl_later(LULL_SEC(3) - 1); /* 10 s, less a nanosecond */
    tcp_timeout_fire(&env, &c);
    EXPECT(&c, TCP_FIN_WAIT_1);
    dsl_later(1);
    tcp_timeout_fire(&env, &c);
    EXPECT(&c, TCP_CLOSED);
    assert_int_equal(c.error, LULL_ETIMEDOUT);
}

/* uto.ms: what the stack asks for in the name of those who ask for nothing.  [REQ CH-19] */
TEST(the_knob_for_the_user_timeout_stands_where_none_was_set)
{
    for (int own = 0; own <= 1; own++) {
        struct tcp_conn c = IDLE(.unsent = 50);
        dsl_settings.knobs.value[LULL_KNOB_uto_ms] = 700;
        c.user_timeout = own ? LULL_MS(500) : 0;
        SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
        fires_after(&c, own ? LULL_MS(500) : LULL_MS(700));
        EXPECT(&c, TCP_CLOSED);
    }
}

/* A user who waits in close is still a user: R2, not a number of tries.  [REQ CH-18] */
TEST(a_lingering_user_waits_as_long_as_any_other)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_FIN_WAIT_1);
    lull_time start = env.now;
    c.facts |= TCP_ORPHAN | TCP_LINGERING;
    dsl_settings.knobs.value[LULL_KNOB_orphan_retries] = 2;
    dsl_settings.user_timeout = LULL_SEC(100);
    while (c.state == TCP_FIN_WAIT_1) {
        fires_after(&c, tcp_timeout_next(&c) - env.now);
        if (c.state == TCP_FIN_WAIT_1)
            SENDS(&c, TCP_ACK | TCP_PSH | TCP_FIN, .seq = {200}, .len = 50);
    }
    assert_int_equal(env.now - start, LULL_SEC(100));
}

/* R1: the third time the same octets go again, and once.  [REQ 9293/SHLD-9]
 * [REQ 9293/SHLD-10] [REQ 9293/MUST-20] */
TEST(trouble_is_told_at_the_third_retransmission)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    for (int i = 1; i <= 5; i++) {
        fires_after(&c, nth_timeout(i - 1));
        assert_int_equal(conn_is(&c, TCP_NEWS_TROUBLE), i == 3);
        c.facts &= ~(uint32_t)TCP_NEWS_TROUBLE;
        SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
    }
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {201});
    for (int i = 1; i <= 3; i++) { /* the peer answered: counting begins anew */
        fires_after(&c, tcp_timeout_next(&c) - env.now);
        assert_int_equal(conn_is(&c, TCP_NEWS_TROUBLE), i == 3);
        SENDS(&c, TCP_ACK | TCP_PSH, .seq = {201}, .len = 49);
    }
}

/* "SYN retransmissions in the general way."  [REQ 9293/MUST-22] */
TEST(trouble_with_a_syn_is_told_as_well)
{
    struct tcp_conn c = GIVEN(.state = TCP_CLOSED);
    tcp_call_open(&env, &c);
    SENDS(&c, TCP_SYN, .seq = {100});
    for (int i = 1; i <= 4; i++) {
        fires_after(&c, nth_timeout(i - 1));
        assert_int_equal(conn_is(&c, TCP_NEWS_TROUBLE), i == 3);
        c.facts &= ~(uint32_t)TCP_NEWS_TROUBLE;
        SENDS(&c, TCP_SYN, .seq = {100});
    }
}

TEST(a_peer_that_keeps_its_window_shut_is_no_trouble)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
    tcp_timeout_review(&env, &c);
    for (int i = 0; i < 5; i++) {
        fires_after(&c, nth_timeout(i));
        SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
        assert_false(conn_is(&c, TCP_NEWS_TROUBLE));
    }
}

TEST(a_connection_that_was_given_up_fires_no_further_timer)
{
    struct tcp_conn c = waiting_for_an_ack(TCP_ESTABLISHED);
    c.deadline[TCP_TIMER_DELAYED_ACK] = env.now + LULL_MS(500);
    c.user_timeout = LULL_MS(500);
    dsl_later(LULL_SEC(1));
    tcp_timeout_fire(&env, &c);
    EXPECT(&c, TCP_CLOSED);
    assert_int_equal(COUNTED(DelayedACKs), 0);
}

/* Section 3.8.6.3, MUST-40: within half a second.  [REQ 9293/MUST-40] */
TEST(an_ack_is_delayed_only_so_long)
{
    struct tcp_conn c = IDLE();
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .len = 10);
    SENDS_NOTHING(&c);
    fires_after(&c, LULL_MS(40));
    SENDS(&c, TCP_ACK, .seq = {200}, .ack = {510});
    assert_int_equal(COUNTED(DelayedACKs), 1);
    assert_int_equal(tcp_timeout_next(&c), LULL_TIME_NEVER);
}

/* Section 3.8.6.1: probes at growing intervals, for as long as they are answered.
 * [REQ 9293/MUST-36] [REQ 9293/MUST-37] [REQ 9293/SHLD-30] [REQ CH-19] */
TEST(a_zero_window_is_probed_at_growing_intervals)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
    tcp_timeout_review(&env, &c);
    for (int i = 0; i < 7; i++) {
        fires_after(&c, LULL_SEC(1 << i));
        SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
        SENDS_NOTHING(&c);
    }
    for (int i = 0; i < 20; i++) { /* far beyond the user timeout of 900 s */
        fires_after(&c, LULL_SEC(120));
        SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
    }
    EXPECT(&c, TCP_ESTABLISHED);
    assert_int_equal(COUNTED(TCPFastRetrans), 0);
    assert_int_equal(COUNTED(TCPTimeouts), 0);
}

TEST(a_zero_window_that_nobody_answers_for_is_given_up)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    dsl_settings.user_timeout = LULL_SEC(10);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
    tcp_timeout_review(&env, &c);
    for (int i = 0; i < 3; i++) {
        fires_after(&c, LULL_SEC(1 << i));
        SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
    }
    fires_after(&c, LULL_SEC(10 - 2 - 4)); /* ten seconds after the first probe */
    EXPECT(&c, TCP_CLOSED);
}

TEST(an_opened_window_lets_the_text_go)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
    tcp_timeout_review(&env, &c);
    fires_after(&c, LULL_SEC(1));
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 1000);
    assert_int_equal(c.backoff, 0);
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1); /* the peer threw it away */
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], env.now + LULL_SEC(1));
}

/* Section 3.8.4.  [REQ 9293/MUST-24] [REQ 9293/MUST-25] */
TEST(keep_alive_is_off_unless_asked_for)
{
    struct tcp_conn c = IDLE();
    tcp_timeout_review(&env, &c);
    assert_int_equal(tcp_timeout_next(&c), LULL_TIME_NEVER);
}

TEST(a_handshake_is_not_kept_alive)
{
    struct tcp_conn c = GIVEN(.state = TCP_SYN_SENT, .facts = TCP_KEEP_ALIVE);
    tcp_timeout_review(&env, &c);
    assert_int_equal(c.deadline[TCP_TIMER_KEEP_ALIVE], LULL_TIME_NEVER);
}

/* [REQ 9293/MUST-28] [REQ 9293/MUST-29] */
TEST(keep_alive_begins_after_two_hours_and_gives_up_after_nine_probes)
{
    struct tcp_conn c = IDLE(.facts = TCP_KEEP_ALIVE);
    tcp_timeout_review(&env, &c);
    fires_after(&c, LULL_SEC(7200));
    for (int i = 0; i < 9; i++) {
        EXPECT(&c, TCP_ESTABLISHED, .pending = TCP_PENDING_KEEP_ALIVE);
        SENDS(&c, TCP_ACK, .seq = {199}, .ack = {500});
        fires_after(&c, LULL_SEC(75));
    }
    EXPECT(&c, TCP_CLOSED);
    assert_int_equal(c.error, LULL_ETIMEDOUT);
    assert_int_equal(COUNTED(TCPKeepAlive), 9);
}

/* MUST-26, MUST-29: an answer, any answer, proves the peer alive.  [REQ 9293/MUST-26] */
TEST(an_answer_starts_the_keep_alive_again)
{
    struct tcp_conn c = IDLE(.facts = TCP_KEEP_ALIVE);
    tcp_timeout_review(&env, &c);
    fires_after(&c, LULL_SEC(7200));
    SENDS(&c, TCP_ACK, .seq = {199});
    dsl_later(LULL_SEC(74));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200});
    fires_after(&c, LULL_SEC(1));
    SENDS_NOTHING(&c);
    fires_after(&c, LULL_SEC(7199));
    SENDS(&c, TCP_ACK, .seq = {199});
}

/* [REQ 9293/MUST-26] [REQ 9293/MUST-27] */
TEST(keep_alive_leaves_text_in_flight_to_its_own_timer)
{
    struct tcp_conn c = IDLE(.facts = TCP_KEEP_ALIVE, .unsent = 10);
    c.keep_idle_ms = 500;
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 10);
    tcp_timeout_review(&env, &c);
    fires_after(&c, LULL_MS(500));
    SENDS_NOTHING(&c);
}

TEST(the_count_of_timeouts_stops_at_what_it_can_hold)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    c.snd.wnd = 0;
    c.backoff = 254;
    for (int i = 0; i < 2; i++) {
        c.deadline[TCP_TIMER_RETRANSMIT] = env.now;
        tcp_timeout_fire(&env, &c);
        assert_int_equal(c.backoff, 255);
    }
}

TEST(a_window_that_opens_before_any_probe_lets_the_text_go)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
    tcp_timeout_review(&env, &c);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 1000);
    assert_int_equal(c.deadline[TCP_TIMER_RETRANSMIT], LULL_TIME_NEVER);
    assert_int_equal(c.stalled_since, LULL_TIME_NEVER);
    SENDS(&c, TCP_ACK | TCP_PSH, .seq = {200}, .len = 50);
}

TEST(keep_alive_switched_on_late_waits_one_interval)
{
    struct tcp_conn c = IDLE();
    dsl_later(LULL_SEC(8000));
    c.facts |= TCP_KEEP_ALIVE;
    tcp_timeout_review(&env, &c);
    fires_after(&c, LULL_SEC(75));
    SENDS(&c, TCP_ACK, .seq = {199});
}

TEST(the_user_timeout_of_a_probe_that_is_answered_begins_anew)
{
    struct tcp_conn c = IDLE(.unsent = 50);
    c.snd.wnd = 0;
    c.pending = TCP_PENDING_PROBE;
    SENDS(&c, TCP_ACK, .seq = {200}, .len = 1);
    dsl_later(LULL_MS(700));
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 1000);
    assert_int_equal(c.stalled_since, LULL_TIME_NEVER);
}

/* [REQ 9293/SHLD-17] */
TEST(a_peer_that_shut_its_window_on_a_whole_flight_keeps_its_connection)
{
    struct tcp_conn c = IDLE(.unsent = 3000);
    dsl_settings.user_timeout = LULL_SEC(10);
    for (uint32_t seq = 200; seq < 3200; seq += 1000)
        SENDS(&c, (uint8_t)(TCP_ACK | (seq == 2200 ? TCP_PSH : 0)), .seq = {seq}, .len = 1000);
    ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
    for (int i = 0; i < 20; i++) {
        dsl_later(tcp_timeout_next(&c) - env.now);
        tcp_timeout_fire(&env, &c);
        SENDS(&c, TCP_ACK, .seq = {200}, .len = 1000);
        ARRIVE(&c, TCP_ACK, .seq = {500}, .ack = {200}, .wnd = 0);
        EXPECT(&c, TCP_ESTABLISHED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sending_starts_the_timer_once),
        cmocka_unit_test(an_ack_of_everything_stops_the_timer),
        cmocka_unit_test(an_ack_of_something_starts_the_timer_again),
        cmocka_unit_test(a_duplicate_ack_does_not_touch_the_timer),
        cmocka_unit_test(nothing_happens_before_its_time),
        cmocka_unit_test(each_timeout_doubles_the_next),
        cmocka_unit_test(an_ack_ends_the_back_off),
        cmocka_unit_test(after_a_timeout_all_of_the_flight_goes_again),
        cmocka_unit_test(what_was_acknowledged_meanwhile_does_not_go_again),
        cmocka_unit_test(a_connection_is_given_up_after_the_user_timeout),
        cmocka_unit_test(a_connection_may_have_a_user_timeout_of_its_own),
        cmocka_unit_test(an_ack_starts_the_user_timeout_again),
        cmocka_unit_test(a_syn_is_repeated_for_three_minutes),
        cmocka_unit_test(a_syn_ack_is_repeated),
        cmocka_unit_test(an_orphan_is_given_up_after_so_many_tries),
        cmocka_unit_test(a_user_timeout_that_was_asked_for_holds_for_the_orphan_too),
        cmocka_unit_test(the_knob_for_the_user_timeout_stands_where_none_was_set),
        cmocka_unit_test(a_lingering_user_waits_as_long_as_any_other),
        cmocka_unit_test(trouble_is_told_at_the_third_retransmission),
        cmocka_unit_test(trouble_with_a_syn_is_told_as_well),
        cmocka_unit_test(a_peer_that_keeps_its_window_shut_is_no_trouble),
        cmocka_unit_test(a_connection_that_was_given_up_fires_no_further_timer),
        cmocka_unit_test(an_ack_is_delayed_only_so_long),
        cmocka_unit_test(a_zero_window_is_probed_at_growing_intervals),
        cmocka_unit_test(a_zero_window_that_nobody_answers_for_is_given_up),
        cmocka_unit_test(an_opened_window_lets_the_text_go),
        cmocka_unit_test(keep_alive_is_off_unless_asked_for),
        cmocka_unit_test(a_handshake_is_not_kept_alive),
        cmocka_unit_test(keep_alive_begins_after_two_hours_and_gives_up_after_nine_probes),
        cmocka_unit_test(an_answer_starts_the_keep_alive_again),
        cmocka_unit_test(keep_alive_leaves_text_in_flight_to_its_own_timer),
        cmocka_unit_test(the_count_of_timeouts_stops_at_what_it_can_hold),
        cmocka_unit_test(a_window_that_opens_before_any_probe_lets_the_text_go),
        cmocka_unit_test(keep_alive_switched_on_late_waits_one_interval),
        cmocka_unit_test(the_user_timeout_of_a_probe_that_is_answered_begins_anew),
        cmocka_unit_test(a_peer_that_shut_its_window_on_a_whole_flight_keeps_its_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
