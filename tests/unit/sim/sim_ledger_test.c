/* Telling incarnations apart by what is said. */
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_ledger.h"

static struct sim_voice voices[16];
static struct sim_ledger ledger;

static int open_ledger(void **state)
{
    (void)state;
    sim_ledger_init(&ledger, voices, 16);
    return 0;
}

/* Host 0 is C and 1 is S; both have lived once so far. */
static uint8_t life[2];

static struct lull_name name_of(unsigned host)
{
    const uint8_t octets[4] = {10, 0, 0, (uint8_t)(host + 1)};
    return (struct lull_name){.address = lull_address_ipv4(octets), .port = host == 0 ? 1500 : 21};
}

struct said {
    uint8_t flags;
    uint32_t seq, ack, text;
};

static uint32_t hear(unsigned host, struct said said)
{
    static lull_time now;
    const uint32_t controls = (said.flags & TCP_SYN ? 1u : 0u) + (said.flags & TCP_FIN ? 1u : 0u);
    const struct tcp_segment segment = {.flags = said.flags,
                                        .seq = seq_at(said.seq),
                                        .ack = seq_at(said.ack),
                                        .len = said.text + controls};
    const struct sim_utterance u = {.local = name_of(host),
                                    .remote = name_of(1 - host),
                                    .segment = &segment,
                                    .at = ++now,
                                    .host = (uint8_t)host,
                                    .life = life[host]};

    return sim_ledger_hear(&ledger, &u);
}

#define SYN_ACK (TCP_SYN | TCP_ACK)
#define FIN_ACK (TCP_FIN | TCP_ACK)

/* C connects to S; their voices. */
static void shake_hands(uint32_t iss_c, uint32_t iss_s, uint32_t heard[2])
{
    heard[0] = hear(0, (struct said){TCP_SYN, iss_c, 0, 0});
    heard[1] = hear(1, (struct said){SYN_ACK, iss_s, iss_c + 1, 0});
    assert_int_equal(hear(0, (struct said){TCP_ACK, iss_c + 1, iss_s + 1, 0}), heard[0]);
}

static void the_two_voices_of_a_connection_share_a_number(void **state)
{
    uint32_t v[2];

    (void)state;
    shake_hands(1000, 5000, v);
    assert_int_not_equal(v[0], v[1]);
    assert_int_equal(voices[v[0]].incarnation, 1);
    assert_int_equal(voices[v[1]].incarnation, 1);
    assert_true(voices[v[0]].active);
    assert_false(voices[v[1]].active);
    assert_int_equal(voices[v[0]].peer, v[1]);
    assert_int_equal(voices[v[1]].peer, v[0]);
    assert_int_equal(voices[v[0]].host, 0);
    assert_int_equal(voices[v[1]].host, 1);
}

static void the_same_number_in_answer_to_another_syn_begins_a_new_incarnation(void **state)
{
    uint32_t given_up[2], next[2];

    (void)state;
    given_up[0] = hear(0, (struct said){TCP_SYN, 1000, 0, 0});
    given_up[1] = hear(1, (struct said){SYN_ACK, 5000, 1001, 0});
    assert_int_equal(hear(1, (struct said){SYN_ACK, 5000, 1001, 0}), given_up[1]); /* again */
    shake_hands(2000, 5000, next);
    assert_int_not_equal(next[1], given_up[1]);
    assert_int_equal(voices[next[1]].peer, next[0]);
    assert_int_equal(voices[next[1]].incarnation, 2);
    assert_int_equal(hear(1, (struct said){TCP_ACK, 5001, 2001, 9}), next[1]);
}

static void two_that_cross_agree_on_a_number(void **state)
{
    (void)state;
    const uint32_t c = hear(0, (struct said){TCP_SYN, 1000, 0, 0});
    (void)hear(1, (struct said){TCP_SYN, 5000, 0, 0}); /* given up at once */
    const uint32_t s = hear(1, (struct said){TCP_SYN, 6000, 0, 0});
    assert_int_not_equal(voices[s].incarnation, voices[c].incarnation);
    assert_int_equal(hear(1, (struct said){SYN_ACK, 6000, 1001, 0}), s);
    assert_int_equal(hear(0, (struct said){SYN_ACK, 1000, 6001, 0}), c);
    assert_int_equal(voices[c].incarnation, 2);
    assert_int_equal(voices[s].incarnation, 2);
}

static void a_new_number_begins_a_new_incarnation(void **state)
{
    const struct lull_name c = name_of(0), s = name_of(1);
    uint32_t first[2], second[2];

    (void)state;
    shake_hands(1000, 5000, first);
    shake_hands(100000, 500000, second);
    assert_int_equal(voices[second[0]].incarnation, 2);
    assert_int_equal(voices[second[1]].incarnation, 2);
    assert_int_equal(sim_ledger_incarnations(&ledger, &c, &s), 2);
    assert_int_equal(sim_ledger_incarnations(&ledger, &s, &c), 2);
    assert_int_equal(sim_ledger_newest(&ledger, &c, &s), second[0]);
    assert_int_equal(sim_ledger_newest(&ledger, &s, &c), second[1]);
    assert_int_equal(sim_ledger_find(&ledger, &c, &s, seq_at(1000)), first[0]);
    assert_int_equal(sim_ledger_find(&ledger, &c, &s, seq_at(1001)), SIM_VOICE_NONE);
    assert_int_equal(ledger.count, 4);
}

static void what_is_said_belongs_to_its_numbers(void **state)
{
    uint32_t first[2], second[2];

    (void)state;
    shake_hands(1000, 5000, first);
    assert_int_equal(hear(0, (struct said){TCP_ACK, 1001, 5001, 500}), first[0]);
    assert_int_equal(hear(0, (struct said){FIN_ACK, 1501, 5001, 0}), first[0]);
    shake_hands(100000, 500000, second);
    assert_int_equal(hear(0, (struct said){TCP_ACK, 1501, 5001, 0}), first[0]); /* its record's */
    assert_int_equal(hear(0, (struct said){TCP_ACK, 100001, 500001, 9}), second[0]);
    assert_true(voices[first[0]].fin);
    assert_int_equal(voices[first[0]].fin_end.raw, 1502);
    assert_int_equal(voices[first[0]].nxt.raw, 1502);
    assert_false(voices[second[0]].fin);
    assert_int_equal(voices[second[0]].nxt.raw, 100010);
}

static void a_syn_that_is_repeated_is_the_same_voice(void **state)
{
    (void)state;
    const uint32_t voice = hear(0, (struct said){TCP_SYN, 1000, 0, 0});
    assert_int_equal(hear(0, (struct said){TCP_SYN, 1000, 0, 0}), voice);
    const uint32_t answer = hear(1, (struct said){SYN_ACK, 5000, 1001, 0});
    assert_int_equal(hear(1, (struct said){SYN_ACK, 5000, 1001, 0}), answer);
    assert_int_equal(ledger.count, 2);
}

/* Chance may give a number again that is long gone: the old voice speaks then, for nobody could
 * tell. */
static void a_syn_with_an_old_number_is_the_old_voice(void **state)
{
    uint32_t first[2], second[2];

    (void)state;
    shake_hands(1000, 5000, first);
    shake_hands(100000, 500000, second);
    assert_int_equal(hear(0, (struct said){TCP_SYN, 1000, 0, 0}), first[0]);
    assert_int_equal(ledger.count, 4);
}

static void two_syns_that_cross_are_one_incarnation(void **state)
{
    (void)state;
    const uint32_t c = hear(0, (struct said){TCP_SYN, 1000, 0, 0});
    const uint32_t s = hear(1, (struct said){TCP_SYN, 5000, 0, 0});
    assert_int_equal(voices[c].incarnation, 1);
    assert_int_equal(voices[s].incarnation, 1);
    assert_int_equal(hear(0, (struct said){SYN_ACK, 1000, 5001, 0}), c);
    assert_int_equal(hear(1, (struct said){SYN_ACK, 5000, 1001, 0}), s);
    assert_int_equal(voices[c].peer, s);
    assert_int_equal(voices[s].peer, c);
    assert_int_equal(ledger.count, 2);
}

/* Both have opened before: what crosses now is the second incarnation. */
static void syns_that_cross_again_are_the_next_one(void **state)
{
    uint32_t first[2];

    (void)state;
    shake_hands(1000, 5000, first);
    const uint32_t c = hear(0, (struct said){TCP_SYN, 100000, 0, 0});
    const uint32_t s = hear(1, (struct said){TCP_SYN, 500000, 0, 0});
    assert_int_equal(voices[c].incarnation, 2);
    assert_int_equal(voices[s].incarnation, 2);
}

/* What crossed has its connection; the next SYN is of the next one. */
static void a_syn_after_a_crossing_is_not_another_one(void **state)
{
    (void)state;
    const uint32_t s = hear(1, (struct said){TCP_SYN, 5000, 0, 0});
    const uint32_t c = hear(0, (struct said){TCP_SYN, 1000, 0, 0});
    assert_int_equal(hear(0, (struct said){SYN_ACK, 1000, 5001, 0}), c);
    assert_int_equal(voices[c].peer, s);
    const uint32_t next = hear(1, (struct said){TCP_SYN, 700000, 0, 0});
    assert_int_equal(voices[next].incarnation, 2);
}

/* S lives again, and all it has of C is an answer that came before. */
static void a_syn_crosses_no_answer(void **state)
{
    (void)state;
    const uint32_t c = hear(0, (struct said){SYN_ACK, 1000, 5001, 0});
    assert_int_equal(voices[c].peer, SIM_VOICE_NONE);
    const uint32_t s = hear(1, (struct said){TCP_SYN, 5000, 0, 0});
    assert_int_equal(voices[s].incarnation, 2);
}

static void a_syn_counts_at_both_ends(void **state)
{
    const struct lull_name c = name_of(0), s = name_of(1);

    (void)state;
    (void)hear(0, (struct said){TCP_SYN, 1000, 0, 0});
    assert_int_equal(sim_ledger_incarnations(&ledger, &c, &s), 1);
    assert_int_equal(sim_ledger_incarnations(&ledger, &s, &c), 1);
}

static void a_syn_after_an_answered_one_is_not_a_crossing(void **state)
{
    uint32_t first[2];

    (void)state;
    shake_hands(1000, 5000, first);
    const uint32_t s = hear(1, (struct said){TCP_SYN, 500000, 0, 0});
    assert_int_equal(voices[s].incarnation, 2);
}

/* RFC 9293 figure 9: the old SYN has its own connection already. */
static void an_answer_to_an_old_duplicate_syn_is_a_new_incarnation(void **state)
{
    uint32_t first[2];

    (void)state;
    shake_hands(1000, 5000, first);
    const uint32_t answer = hear(1, (struct said){SYN_ACK, 700000, 1001, 0});
    assert_int_equal(voices[answer].incarnation, 2);
    assert_int_equal(voices[answer].peer, first[0]);
    assert_int_equal(voices[first[0]].peer, first[1]); /* nobody else's */
    const uint32_t reset = hear(0, (struct said){TCP_RST, 1001, 0, 0});
    assert_int_equal(reset, first[0]);
}

static void a_reset_to_a_stranger_is_nobodys(void **state)
{
    uint32_t v[2];

    (void)state;
    assert_int_equal(hear(1, (struct said){TCP_RST, 77, 0, 0}), SIM_VOICE_NONE);
    assert_int_equal(hear(1, (struct said){TCP_RST | TCP_ACK, 0, 1001, 0}), SIM_VOICE_NONE);
    assert_int_equal(ledger.count, 0);
    shake_hands(1000, 5000, v);
    assert_int_equal(hear(1, (struct said){TCP_RST, 9999999, 0, 0}), SIM_VOICE_NONE);
    assert_int_equal(hear(1, (struct said){TCP_RST, 5001, 0, 0}), v[1]);
}

/* What a reset acknowledges pairs nobody: it may answer anything. */
static void a_reset_pairs_nobody(void **state)
{
    (void)state;
    const uint32_t c = hear(0, (struct said){TCP_SYN, 1000, 0, 0});
    const uint32_t s = hear(1, (struct said){TCP_SYN, 5000, 0, 0});
    assert_int_equal(hear(1, (struct said){TCP_RST | TCP_ACK, 5001, 1001, 0}), s);
    assert_int_equal(voices[s].peer, SIM_VOICE_NONE);
    assert_int_equal(voices[c].peer, SIM_VOICE_NONE);
}

/* Garbage one below SND.NXT belongs to who sends it, right behind the SYN as well. */
static void a_keep_alive_has_an_octet_that_was_said(void **state)
{
    uint32_t v[4];

    (void)state;
    shake_hands(1000, 5000, v);
    assert_int_equal(hear(0, (struct said){TCP_ACK, 1000, 5001, 1}), v[0]);
    assert_int_equal(voices[v[0]].nxt.raw, 1001);
    shake_hands(100000, 500000, v + 2);
    assert_int_equal(hear(1, (struct said){TCP_ACK, 4999, 1001, 0}), v[1]); /* one below the ISS */
}

static void another_life_is_another_voice(void **state)
{
    uint32_t v[2];

    (void)state;
    shake_hands(1000, 5000, v);
    life[1]++;
    /* What it had said, it does not know. */
    assert_int_equal(hear(1, (struct said){TCP_RST, 5001, 0, 0}), SIM_VOICE_NONE);
    assert_int_equal(hear(1, (struct said){TCP_ACK, 5001, 1001, 0}), SIM_VOICE_NONE);
    const uint32_t again = hear(1, (struct said){SYN_ACK, 5000, 1001, 0}); /* by chance */
    assert_int_not_equal(again, v[1]);
    assert_int_equal(voices[again].incarnation, 2);
    assert_int_equal(voices[again].life, life[1]);
    life[1]--;
}

static void numbers_wrap(void **state)
{
    const struct lull_name c = name_of(0), s = name_of(1);
    uint32_t v[2];

    (void)state;
    shake_hands(UINT32_MAX, UINT32_MAX - 5, v);
    assert_int_equal(voices[v[0]].nxt.raw, 0);
    assert_int_equal(hear(0, (struct said){TCP_ACK, 0, UINT32_MAX - 4, 100}), v[0]);
    assert_int_equal(voices[v[0]].nxt.raw, 100);
    assert_int_equal(hear(1, (struct said){TCP_ACK, UINT32_MAX - 4, 100, 50}), v[1]);
    assert_int_equal(voices[v[1]].nxt.raw, 45);
    assert_int_equal(hear(0, (struct said){FIN_ACK, 100, 45, 0}), v[0]);
    assert_int_equal(voices[v[0]].fin_end.raw, 101);
    assert_int_equal(hear(0, (struct said){TCP_ACK, UINT32_MAX, 45, 0}), v[0]);
    assert_int_equal(sim_ledger_find(&ledger, &c, &s, seq_at(UINT32_MAX)), v[0]);
}

static void without_room_voices_are_counted(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 16; i++)
        assert_int_equal(hear(0, (struct said){TCP_SYN, 1000 * i, 0, 0}), i);
    assert_int_equal(ledger.dropped, 0);
    assert_int_equal(hear(0, (struct said){TCP_SYN, 999999, 0, 0}), SIM_VOICE_NONE);
    assert_int_equal(ledger.dropped, 1);
    assert_int_equal(ledger.count, 16);
    assert_int_equal(hear(0, (struct said){TCP_SYN, 3000, 0, 0}), 3); /* the old ones are known */
}

static void other_tuples_count_for_themselves(void **state)
{
    const struct lull_name c = name_of(0), s = {.address = name_of(1).address, .port = 22};
    const struct tcp_segment syn = {.flags = TCP_SYN, .seq = seq_at(1000), .len = 1};
    const struct sim_utterance u = {
        .local = c, .remote = s, .segment = &syn, .at = 1, .life = life[0]};
    uint32_t v[2];

    (void)state;
    shake_hands(1000, 5000, v);
    const uint32_t other = sim_ledger_hear(&ledger, &u);
    assert_int_not_equal(other, v[0]);
    assert_int_equal(voices[other].incarnation, 1);
    assert_int_equal(sim_ledger_incarnations(&ledger, &c, &s), 1);
}

static void when_it_spoke_and_its_stamps_are_kept(void **state)
{
    const struct lull_name c = name_of(0), s = name_of(1);
    struct tcp_segment segment = {.flags = TCP_SYN, .seq = seq_at(1), .len = 1};
    struct sim_utterance u = {.local = c, .remote = s, .segment = &segment, .at = 500};

    (void)state;
    u.life = life[0];
    const uint32_t voice = sim_ledger_hear(&ledger, &u);
    assert_false(voices[voice].stamped);
    segment = (struct tcp_segment){.flags = TCP_ACK, .seq = seq_at(2), .ack = seq_at(9)};
    segment.options.present = TCP_OPTION_TIMESTAMPS;
    segment.options.ts_value = 4711;
    u.at = 700;
    assert_int_equal(sim_ledger_hear(&ledger, &u), voice);
    assert_int_equal(voices[voice].began, 500);
    assert_int_equal(voices[voice].spoke, 700);
    assert_true(voices[voice].stamped);
    assert_int_equal(voices[voice].stamp, 4711);
}

static void the_voice_at_a_number_is_the_newest_there(void **state)
{
    const struct lull_name c = name_of(0), s = name_of(1);
    uint32_t first[2], second[2];

    (void)state;
    shake_hands(1000, 5000, first);
    assert_int_equal(hear(0, (struct said){TCP_ACK, 1001, 5001, 500}), first[0]);
    shake_hands(100000, 500000, second);
    assert_int_equal(sim_ledger_at(&ledger, &c, &s, seq_at(1501)), first[0]); /* its SND.NXT */
    assert_int_equal(sim_ledger_at(&ledger, &c, &s, seq_at(1502)), SIM_VOICE_NONE);
    assert_int_equal(sim_ledger_at(&ledger, &c, &s, seq_at(100001)), second[0]);
    assert_int_equal(sim_ledger_at(&ledger, &s, &c, seq_at(5001)), first[1]);
    hear(0, (struct said){TCP_SYN, 1400, 0, 0}); /* where the first one has been */
    assert_int_equal(sim_ledger_at(&ledger, &c, &s, seq_at(1400)), ledger.count - 1);
    assert_int_equal(sim_ledger_at(&ledger, &c, &s, seq_at(1402)), first[0]);
}

static void when_an_octet_was_said_first_is_known(void **state)
{
    struct sim_stretch stretches[4];
    uint32_t v[2];

    (void)state;
    sim_ledger_keep(&ledger, stretches, 4);
    shake_hands(UINT32_MAX - 2, 5000, v);
    assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(UINT32_MAX - 2)), voices[v[0]].began);
    assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(UINT32_MAX - 1)), LULL_TIME_NEVER);
    hear(0, (struct said){TCP_ACK, UINT32_MAX - 1, 5001, 10});
    const lull_time first = voices[v[0]].spoke;
    hear(0, (struct said){TCP_ACK, 4, 5001, 10}); /* half of it again */
    const lull_time second = voices[v[0]].spoke;
    hear(0, (struct said){TCP_ACK, UINT32_MAX - 1, 5001, 10});
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(UINT32_MAX - 1 + i)), first);
    for (uint32_t seq = 8; seq < 14; seq++)
        assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(seq)), second);
    assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(14)), LULL_TIME_NEVER);
    assert_int_equal(sim_ledger_said(&ledger, v[1], seq_at(10)), LULL_TIME_NEVER);
    assert_int_equal(ledger.stretch_count, 4);
    hear(0, (struct said){TCP_ACK, 14, 5001, 1}); /* takes the place of the SYN */
    assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(UINT32_MAX - 2)), LULL_TIME_NEVER);
    assert_int_equal(sim_ledger_said(&ledger, v[1], seq_at(5000)), voices[v[1]].began);
    assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(14)), voices[v[0]].spoke);
}

static void without_room_nothing_is_known_of_octets(void **state)
{
    uint32_t v[2];

    (void)state;
    shake_hands(1000, 5000, v);
    assert_int_equal(sim_ledger_said(&ledger, v[0], seq_at(1000)), LULL_TIME_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_two_voices_of_a_connection_share_a_number, open_ledger),
        cmocka_unit_test_setup(the_same_number_in_answer_to_another_syn_begins_a_new_incarnation,
                               open_ledger),
        cmocka_unit_test_setup(two_that_cross_agree_on_a_number, open_ledger),
        cmocka_unit_test_setup(a_new_number_begins_a_new_incarnation, open_ledger),
        cmocka_unit_test_setup(what_is_said_belongs_to_its_numbers, open_ledger),
        cmocka_unit_test_setup(a_syn_that_is_repeated_is_the_same_voice, open_ledger),
        cmocka_unit_test_setup(a_syn_with_an_old_number_is_the_old_voice, open_ledger),
        cmocka_unit_test_setup(two_syns_that_cross_are_one_incarnation, open_ledger),
        cmocka_unit_test_setup(syns_that_cross_again_are_the_next_one, open_ledger),
        cmocka_unit_test_setup(a_syn_after_a_crossing_is_not_another_one, open_ledger),
        cmocka_unit_test_setup(a_syn_crosses_no_answer, open_ledger),
        cmocka_unit_test_setup(a_syn_counts_at_both_ends, open_ledger),
        cmocka_unit_test_setup(a_syn_after_an_answered_one_is_not_a_crossing, open_ledger),
        cmocka_unit_test_setup(an_answer_to_an_old_duplicate_syn_is_a_new_incarnation, open_ledger),
        cmocka_unit_test_setup(a_reset_to_a_stranger_is_nobodys, open_ledger),
        cmocka_unit_test_setup(a_reset_pairs_nobody, open_ledger),
        cmocka_unit_test_setup(a_keep_alive_has_an_octet_that_was_said, open_ledger),
        cmocka_unit_test_setup(another_life_is_another_voice, open_ledger),
        cmocka_unit_test_setup(numbers_wrap, open_ledger),
        cmocka_unit_test_setup(without_room_voices_are_counted, open_ledger),
        cmocka_unit_test_setup(other_tuples_count_for_themselves, open_ledger),
        cmocka_unit_test_setup(when_it_spoke_and_its_stamps_are_kept, open_ledger),
        cmocka_unit_test_setup(the_voice_at_a_number_is_the_newest_there, open_ledger),
        cmocka_unit_test_setup(when_an_octet_was_said_first_is_known, open_ledger),
        cmocka_unit_test_setup(without_room_nothing_is_known_of_octets, open_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
