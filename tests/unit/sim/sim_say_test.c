/* A case in words. */
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_say.h"

static struct sim_case c;
static char buffer[SIM_SAY_TEXT_BYTES];

static int open_case(void **state)
{
    (void)state;
    sim_case_largest(&c); /* A to D, R1 to R3 */
    return 0;
}

static const char *step_of(struct sim_step step)
{
    struct text t;

    c.steps[0] = step;
    text_init(&t, buffer, sizeof buffer);
    sim_say_step(&c, 0, &t);
    return buffer;
}

static const char *mishap_of(struct sim_mishap mishap)
{
    struct text t;

    c.mishaps[0] = mishap;
    text_init(&t, buffer, sizeof buffer);
    sim_say_mishap(&c, 0, &t);
    return buffer;
}

static const char *fault_of(struct sim_fault fault)
{
    struct text t;

    text_init(&t, buffer, sizeof buffer);
    sim_say_fault(&c, &fault, &t);
    return buffer;
}

static void a_conversation(void **state)
{
    (void)state;
    assert_string_equal(
        step_of((struct sim_step){.client = 0,
                                  .server = 1,
                                  .from = 5000,
                                  .to = 80,
                                  .at = LULL_MS(410),
                                  .parts = {{.says = 20, .ending = SIM_HALF_CLOSES},
                                            {.says = 600,
                                             .tails = 5,
                                             .thinks = LULL_SEC(2),
                                             .pause = LULL_US(1500),
                                             .cue = SIM_WHEN_ENDED}}}),
        "at 0.410 s A:5000 connects to B:80; A says 20 and half-closes when all is said and heard; "
        "B thinks for 2.000 s, says 600 (and 5 at the end) and closes when the other has finished, "
        "0.001500 s later");
    assert_string_equal(
        step_of((struct sim_step){.client = 1,
                                  .server = 0,
                                  .to = 81,
                                  .patience = LULL_MS(3),
                                  .parts = {{.ending = SIM_LEAKS}, {.cue = SIM_AT_ONCE}}}),
        "at 0.000 s B:* connects to A:81 (and gives up once after 0.003 s); B says 0 and stays "
        "open; A says 0 and closes as soon as its text is said");
}

static void what_befalls(void **state)
{
    (void)state;
    assert_string_equal(mishap_of((struct sim_mishap){
                            .kind = SIM_MISHAP_CUT, .at = LULL_SEC(1), .lasts = LULL_SEC(2)}),
                        "at 1.000 s the link A-R1 is cut for 2.000 s");
    assert_string_equal(
        mishap_of((struct sim_mishap){
            .kind = SIM_MISHAP_ROUTE, .node = 4, .other = 1, .link = 5, .lasts = LULL_SEC(1)}),
        "at 0.000 s R1 sends what is for B over R1-R3 for 1.000 s");
    assert_string_equal(mishap_of((struct sim_mishap){.kind = SIM_MISHAP_CRASH, .node = 1}),
                        "at 0.000 s B crashes and forgets all; it is down for 0.000 s");
    assert_string_equal(mishap_of((struct sim_mishap){.kind = SIM_MISHAP_TURN,
                                                      .other = LULL_KNOB_tw_syn_reject,
                                                      .argument = LULL_TW_SYN_REJECT_ACK}),
                        "at 0.000 s A has tw.syn_reject=ack for 0.000 s");
}

static void faults(void **state)
{
    static const char *const ordinals[] = {"1st", "2nd", "3rd", "4th"};
    char wanted[64];

    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        struct text t;
        text_init(&t, wanted, sizeof wanted);
        text_string(&t, "the ");
        text_string(&t, ordinals[i]);
        text_string(&t, " packet from A to R1 is lost");
        assert_string_equal(fault_of((struct sim_fault){.ordinal = i, .fate = {.lost = true}}),
                            wanted);
    }
    assert_string_equal(
        fault_of((struct sim_fault){.ordinal = 10, .direction = 1, .fate = {.corrupted = true}}),
        "the 11th packet from R1 to A has a bit turned");
    assert_string_equal(
        fault_of((struct sim_fault){.ordinal = 20,
                                    .fate = {.duplicated = true, .double_late_by = LULL_SEC(2)}}),
        "the 21st packet from A to R1 is doubled, the double held for 2.000 s");
    assert_string_equal(
        fault_of((struct sim_fault){.ordinal = 111,
                                    .fate = {.duplicated = true, .age = {0, LULL_SEC(30)}}}),
        "the 112th packet from A to R1 is doubled, the double held until it is 30.000 s old");
    assert_string_equal(fault_of((struct sim_fault){.fate = {.late = true, .late_by = LULL_MS(7)}}),
                        "the 1st packet from A to R1 is held for 0.007 s");
    assert_string_equal(fault_of((struct sim_fault){.fate = {.truncated = true}}),
                        "the 1st packet from A to R1 is cut short");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation),
        cmocka_unit_test(what_befalls),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, open_case, NULL);
}
