#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internet.h"
#include "sim/sim_world.h"

static const char *state_of(const struct sim_world *w, unsigned host)
{
    struct lull_row row;
    uint64_t cursor = 0;

    while (lull_stack_list(w->nodes[host].stack, &cursor, &row))
        if (row.kind != LULL_ROW_LISTENER)
            return row.state;
    return "CLOSED";
}

static void close_stream(struct sim_world *w, uint32_t stream)
{
    const struct sim_stream *s = &w->streams[stream];

    assert_int_equal(sim_call_close(w, s->host, s->socket), LULL_OK);
}

static void a_connection_opens_talks_and_closes(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    uint32_t streams[2];

    (void)state;
    internet_connect(w, internet_listen(w), streams);
    assert_int_equal(sim_call_send(w, streams[0], 1000), 1000);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 1000);
    assert_int_equal(sim_call_receive(w, streams[1], 4096), LULL_EAGAIN);

    close_stream(w, streams[0]);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 0);
    close_stream(w, streams[1]);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_string_equal(state_of(w, INTERNET_C), "TIME-WAIT");
    assert_string_equal(state_of(w, INTERNET_S), "CLOSED");
    sim_world_run(w, w->now + LULL_SEC(61));
    assert_string_equal(state_of(w, INTERNET_C), "CLOSED");
    assert_true(sim_world_is_quiet(w));
    free(w);
}

struct duplicates {
    unsigned forwarded, expired, arrived, icmp;
    lull_time arrived_at;
    uint64_t number;
};

static void count(void *context, const struct sim_event *e)
{
    struct duplicates *d = context;
    const bool text = e->segment != NULL && e->segment->text.len > 0;

    if (e->kind == SIM_SENT && text && d->number == 0)
        d->number = e->ghost->number;
    if (e->kind == SIM_SENT && e->segment == NULL)
        d->icmp++;
    if (e->ghost == NULL || e->ghost->number != d->number)
        return;
    d->forwarded += e->kind == SIM_FORWARDED;
    d->expired += e->kind == SIM_EXPIRED;
    if (e->kind == SIM_ARRIVES) {
        d->arrived++;
        d->arrived_at = e->at;
    }
}

/* R1 and R2 send what is for S to each other. */
static void begin_loop(struct sim_world *w)
{
    sim_router_route(w, INTERNET_R2, INTERNET_S,
                     sim_router_link_between(w, INTERNET_R1, INTERNET_R2));
}

static void a_routing_loop_holds_a_packet_until_it_heals(void **state)
{
    struct sim_plan plan = internet_triangle(2);
    struct duplicates d = {0};
    uint32_t streams[2];

    (void)state;
    plan.links[1].options.delay = LULL_MS(400);
    struct sim_world *w = internet_open(&plan);
    sim_world_watch(w, count, &d);
    internet_connect(w, internet_listen(w), streams);
    begin_loop(w);
    const lull_time sent = w->now;
    (void)sim_call_send(w, streams[0], 500);
    sim_world_run(w, sent + LULL_MS(300));
    sim_router_route(w, INTERNET_R1, INTERNET_S,
                     sim_router_link_between(w, INTERNET_R1, INTERNET_R2));
    sim_world_run(w, sent + LULL_SEC(10));
    assert_int_equal(d.arrived, 0);
    sim_router_converge(w);
    sim_world_run(w, sent + LULL_SEC(12));
    assert_int_equal(d.arrived, 1);
    assert_true(d.arrived_at > sent + LULL_SEC(10));
    assert_int_equal(d.expired, 0);
    free(w);
}

static void a_hop_limit_runs_out_and_the_sender_is_told(void **state)
{
    const struct sim_plan plan = internet_triangle(3);
    struct sim_world *w = internet_open(&plan);
    struct duplicates d = {0};
    uint32_t streams[2];

    (void)state;
    sim_world_watch(w, count, &d);
    internet_connect(w, internet_listen(w), streams);
    begin_loop(w);
    (void)sim_call_send(w, streams[0], 500);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(d.expired, 1);
    assert_int_equal(d.arrived, 0);
    assert_int_equal(d.forwarded, 63);
    assert_true(d.icmp >= 1);
    free(w);
}

static void who_stops_watching_hears_no_more(void **state)
{
    const struct sim_plan plan = internet_triangle(2);
    struct sim_world *w = internet_open(&plan);
    struct duplicates left = {0}, stayed = {0};
    uint32_t streams[2];

    (void)state;
    sim_world_watch(w, count, &left);
    sim_world_watch(w, count, &stayed);
    internet_connect(w, internet_listen(w), streams);
    assert_int_equal(left.forwarded, stayed.forwarded);
    sim_world_unwatch(w, &left);
    const uint64_t before = left.forwarded;
    (void)sim_call_send(w, streams[0], 500);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(left.forwarded, before);
    assert_true(stayed.forwarded > before);
    free(w);
}

static struct sim_plan noisy(uint64_t seed)
{
    struct sim_plan plan = internet_wire(seed);
    struct sim_link_options *o = &plan.links[0].options;

    o->loss_ppm = o->duplicate_ppm = o->reorder_ppm = o->corrupt_ppm = o->truncate_ppm = 60000;
    o->jitter = LULL_MS(3);
    return plan;
}

/* Its trace hash; the faults that happened are left in @log. */
static uint64_t run_noisy(const struct sim_plan *plan, struct sim_fault *log, uint32_t *count)
{
    struct sim_world *w = internet_open(plan);
    uint32_t streams[2];

    internet_connect(w, internet_listen(w), streams);
    for (int i = 0; i < 20; i++) {
        (void)sim_call_send(w, streams[0], 700);
        sim_world_run(w, w->now + LULL_SEC(1));
        (void)sim_call_receive(w, streams[1], 4096);
    }
    close_stream(w, streams[0]);
    close_stream(w, streams[1]);
    sim_world_run(w, w->now + LULL_SEC(200));
    const uint64_t hash = w->trace_hash;
    assert_int_equal(w->log_dropped, 0);
    if (log != NULL)
        memcpy(log, w->log, w->log_count * sizeof *log);
    if (count != NULL)
        *count = w->log_count;
    free(w);
    return hash;
}

static void the_same_seed_gives_the_same_run_and_another_one_another(void **state)
{
    struct sim_plan plan = noisy(4);

    (void)state;
    const uint64_t first = run_noisy(&plan, NULL, NULL);
    assert_true(first == run_noisy(&plan, NULL, NULL));
    plan.seed = 5;
    assert_true(first != run_noisy(&plan, NULL, NULL));
}

static void faults_that_are_named_give_the_same_run_without_chance(void **state)
{
    struct sim_plan plan = noisy(6);
    struct sim_fault log[64];
    uint32_t count;

    (void)state;
    const uint64_t first = run_noisy(&plan, log, &count);
    assert_true(count > 3);
    plan.chosen = true;
    plan.faults = log;
    plan.fault_count = count;
    assert_true(first == run_noisy(&plan, NULL, NULL));
    plan.fault_count = 0;
    assert_true(first != run_noisy(&plan, NULL, &count));
    assert_int_equal(count, 0);
}

static struct tally {
    lull_time to_s, to_c;
    unsigned dropped;
    const char *why;
} tally;

static void note_arrivals(void *context, const struct sim_event *e)
{
    (void)context;
    if (e->kind == SIM_ARRIVES)
        *(e->node == INTERNET_S ? &tally.to_s : &tally.to_c) = e->at - e->ghost->emitted_at;
    if (e->kind == SIM_DROPPED) {
        tally.dropped++;
        tally.why = e->what;
    }
}

static void each_direction_of_a_link_may_have_its_own_options(void **state)
{
    struct sim_plan plan = internet_wire(1);
    uint32_t streams[2];

    (void)state;
    plan.links[0].asymmetric = true;
    plan.links[0].back = plan.links[0].options;
    plan.links[0].back.delay = LULL_MS(300);
    plan.links[0].back.rate_bits = 8000; /* an octet takes a millisecond */
    struct sim_world *w = internet_open(&plan);
    sim_world_watch(w, note_arrivals, NULL);
    internet_connect(w, internet_listen(w), streams);
    (void)sim_call_send(w, streams[1], 48);
    sim_world_run(w, w->now + LULL_SEC(10));
    assert_int_equal(tally.to_s, LULL_MS(5));
    assert_int_equal(tally.to_c, LULL_MS(300 + 20 + 32 + 48));
    free(w);

    plan.links[0].back.queue_frames = 0;
    assert_int_equal(sim_world_bytes(&plan), 0);
    plan.links[0].asymmetric = false;
    assert_int_not_equal(sim_world_bytes(&plan), 0);
}

static void text_arrives_at_the_age(lull_duration age, lull_duration lifetime_max, unsigned dropped)
{
    const struct sim_pick pick = {.from = INTERNET_C,
                                  .link = 2, /* the last of three */
                                  .text = SIM_PICK_WITH_TEXT,
                                  .nth = 1,
                                  .fate = {.age = {age}}};
    struct sim_plan plan = internet_triangle(1);
    uint32_t streams[2];

    memset(&tally, 0, sizeof tally);
    plan.picks = &pick;
    plan.pick_count = 1;
    plan.lifetime_max = lifetime_max;
    struct sim_world *w = internet_open(&plan);
    internet_connect(w, internet_listen(w), streams);
    sim_world_watch(w, note_arrivals, NULL);
    (void)sim_call_send(w, streams[0], 1);
    sim_world_run(w, w->now + LULL_SEC(100));
    assert_int_equal(tally.dropped, dropped);
    assert_int_equal(w->outlived, dropped);
    assert_int_equal(w->events[SIM_DROPPED], dropped);
    assert_int_equal(tally.to_s, dropped == 0 ? age : LULL_MS(15));
    free(w);
}

static void nothing_lives_longer_than_the_network_lets_it(void **state)
{
    (void)state;
    text_arrives_at_the_age(LULL_SEC(30), LULL_SEC(30), 0);
    text_arrives_at_the_age(LULL_SEC(30) + 1, LULL_SEC(30), 1);
    assert_string_equal(tally.why, "older than the network's maximum lifetime");
    text_arrives_at_the_age(LULL_SEC(99), 0, 0);
    struct sim_plan plan = internet_wire(1);
    plan.lifetime_max = -1;
    assert_int_equal(sim_world_bytes(&plan), 0);
}

/* Alarms of one instant ring in the order in which they were set, after what was planned. */
static char rung[8];
static unsigned rings;

static void ring(void *context, struct sim_world *w, uint64_t argument)
{
    (void)context;
    (void)w;
    rung[rings++] = (char)argument;
}

static void note_cut(void *context, const struct sim_event *e)
{
    (void)context;
    if (e->kind == SIM_CHANGED)
        rung[rings++] = '!';
}

static void alarms_ring_in_order(void **state)
{
    static const struct sim_incident cut = {.at = LULL_SEC(1000) + 5, .kind = SIM_INCIDENT_CUT};
    struct sim_plan plan = internet_wire(1);

    (void)state;
    plan.incidents = &cut;
    plan.incident_count = 1;
    struct sim_world *w = internet_open(&plan);
    sim_world_watch(w, note_cut, NULL);
    const lull_time start = w->now;
    sim_world_alarm(w, start + 9, ring, NULL, 'd');
    sim_world_alarm(w, start + 5, ring, NULL, 'b');
    sim_world_alarm(w, start - 1, ring, NULL, 'a'); /* it is past */
    sim_world_alarm(w, start + 5, ring, NULL, 'c');
    assert_false(sim_world_is_quiet(w));
    sim_world_settle(w);
    assert_int_equal(rings, 1);
    sim_world_run(w, start + 8);
    assert_int_equal(w->now, start + 8);
    sim_world_run(w, start + 100);
    assert_string_equal(rung, "a!bcd");
    assert_true(sim_world_is_quiet(w));
    free(w);
}

static void stop(void *context, struct sim_world *w, uint64_t argument)
{
    (void)context;
    (void)argument;
    sim_world_stop(w);
}

static void a_world_that_is_stopped_stays_at_its_instant(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    const lull_time start = w->now;

    (void)state;
    sim_world_alarm(w, start + 7, stop, NULL, 0);
    sim_world_run(w, start + 100);
    assert_int_equal(w->now, start + 7);
    sim_world_run(w, start + 100);
    assert_int_equal(w->now, start + 100);
    free(w);
}

static void a_forged_packet_is_nobodys(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    const struct tcp_segment reset = {.source_port = 1, .destination_port = 2, .flags = TCP_RST};
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_S, .ttl = 64, .segment = &reset};
    struct sim_world *w = internet_open(&plan);

    (void)state;
    internet_inject(w, &forgery);
    assert_int_equal(sim_world_under_way(w), 1);
    assert_false(sim_world_is_quiet(w));
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(sim_world_under_way(w), 0);
    assert_int_equal(w->events[SIM_FORGED], 1);
    assert_int_equal(w->events[SIM_SENT], 0);
    assert_int_equal(w->events[SIM_ARRIVES], 1);
    assert_int_equal(w->nodes[INTERNET_S].heard.voice, SIM_VOICE_NONE);
    assert_int_equal(w->nodes[INTERNET_S].heard.host, INTERNET_C);
    free(w);
}

static unsigned segments_seen, packets_seen;

static void count_segments(void *context, const struct sim_event *e)
{
    (void)context;
    packets_seen += e->kind == SIM_ARRIVES;
    segments_seen += e->kind == SIM_ARRIVES && e->segment != NULL;
}

/* Its numbers may be wrong, and nobody should believe them. */
static void a_damaged_packet_is_told_without_its_segment(void **state)
{
    const struct sim_plan plan = internet_wire(1);
    const struct tcp_segment reset = {.source_port = 1, .destination_port = 2, .flags = TCP_RST};
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_S, .ttl = 64, .segment = &reset};
    struct sim_world *w = internet_open(&plan);

    (void)state;
    sim_world_watch(w, count_segments, NULL);
    internet_inject(w, &forgery);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(segments_seen, 1);
    sim_world_link(w, 0, 0)->corrupt_ppm = SIM_LINK_PPM;
    sim_world_link(w, 0, 0)->corrupt_from = 24; /* its sequence number, or behind */
    internet_inject(w, &forgery);
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(packets_seen, 2);
    assert_int_equal(segments_seen, 1);
    free(w);
}

/* A double for which the queue had no room was never there. */
static void a_double_without_room_is_not_told(void **state)
{
    struct sim_plan plan = internet_wire(1);
    const struct tcp_segment reset = {.source_port = 1, .destination_port = 2, .flags = TCP_RST};
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_S, .ttl = 64, .segment = &reset};

    (void)state;
    plan.links[0].options.duplicate_ppm = SIM_LINK_PPM;
    for (uint32_t room = 1; room <= 2; room++) {
        plan.links[0].options.queue_frames = room;
        struct sim_world *w = internet_open(&plan);
        internet_inject(w, &forgery);
        assert_int_equal(w->events[SIM_DOUBLED], room - 1);
        assert_int_equal(sim_world_under_way(w), room);
        free(w);
    }
}

/* Its first copy is lost; it is as old as that all the same. */
static void an_octet_has_its_instant(void **state)
{
    const struct sim_pick pick = {.from = INTERNET_C,
                                  .link = SIM_PICK_FIRST,
                                  .text = SIM_PICK_WITH_TEXT,
                                  .nth = 1,
                                  .fate = {.lost = true}};
    struct sim_plan plan = internet_wire(1);
    uint32_t streams[2];

    (void)state;
    plan.picks = &pick;
    plan.pick_count = 1;
    plan.stretches_max = 16;
    struct sim_world *w = internet_open(&plan);
    internet_connect(w, internet_listen(w), streams);
    const lull_time written = w->now;
    (void)sim_call_send(w, streams[0], 100);
    sim_world_run(w, w->now + LULL_SEC(5));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 100);
    const uint32_t voice = w->streams[streams[0]].voice;
    const seq32 octet = seq_add(w->ledger.voices[voice].iss, 1 + 99);
    assert_int_equal(sim_ledger_said(&w->ledger, voice, octet), written);
    assert_int_equal(sim_ledger_said(&w->ledger, voice, seq_add(octet, 1)), LULL_TIME_NEVER);
    free(w);
}

static void nodes_are_found_by_name_and_address(void **state)
{
    const struct sim_plan plan = internet_triangle(1);
    struct sim_world *w = internet_open(&plan);
    const struct lull_address nobody = {{0}};

    (void)state;
    assert_int_equal(sim_world_named(w, "R2"), INTERNET_R2);
    assert_int_equal(sim_world_named(w, "R"), SIM_NODES_MAX);
    assert_int_equal(sim_world_node(w, &w->nodes[INTERNET_S].address), INTERNET_S);
    assert_int_equal(sim_world_node(w, &nobody), SIM_NODES_MAX);
    free(w);
}

/* Its size does not depend on what lay in its memory before, nor does its run. */
static void a_world_may_be_made_where_another_one_was(void **state)
{
    struct sim_plan plan = noisy(11);

    (void)state;
    const uint64_t expected = run_noisy(&plan, NULL, NULL);
    const size_t bytes = sim_world_bytes(&plan);
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    uint64_t hashes[2];
    for (int i = 0; i < 2; i++) {
        uint32_t streams[2];
        memset(memory, 0xa5 * i, bytes);
        struct sim_world *w = sim_world_init(memory, bytes, &plan);
        internet_connect(w, internet_listen(w), streams);
        sim_world_run(w, w->now + LULL_SEC(5));
        hashes[i] = w->trace_hash;
    }
    assert_true(hashes[0] == hashes[1]);
    assert_true(hashes[0] != expected); /* it was shorter */
    free(memory);
}

static void plans_that_make_no_sense_are_refused(void **state)
{
    struct sim_plan plan = internet_wire(1);

    (void)state;
    plan.links[0].ends[1] = 7;
    assert_int_equal(sim_world_bytes(&plan), 0);
    plan = internet_wire(1);
    plan.nodes[INTERNET_C].config = NULL;
    assert_int_equal(sim_world_bytes(&plan), 0);
    plan = internet_wire(1);
    plan.links[1] = plan.links[0];
    plan.link_count = 2;
    assert_int_equal(sim_world_bytes(&plan), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_opens_talks_and_closes),
        cmocka_unit_test(a_routing_loop_holds_a_packet_until_it_heals),
        cmocka_unit_test(a_hop_limit_runs_out_and_the_sender_is_told),
        cmocka_unit_test(who_stops_watching_hears_no_more),
        cmocka_unit_test(the_same_seed_gives_the_same_run_and_another_one_another),
        cmocka_unit_test(faults_that_are_named_give_the_same_run_without_chance),
        cmocka_unit_test(each_direction_of_a_link_may_have_its_own_options),
        cmocka_unit_test(nothing_lives_longer_than_the_network_lets_it),
        cmocka_unit_test(alarms_ring_in_order),
        cmocka_unit_test(a_world_that_is_stopped_stays_at_its_instant),
        cmocka_unit_test(a_forged_packet_is_nobodys),
        cmocka_unit_test(a_damaged_packet_is_told_without_its_segment),
        cmocka_unit_test(a_double_without_room_is_not_told),
        cmocka_unit_test(an_octet_has_its_instant),
        cmocka_unit_test(nodes_are_found_by_name_and_address),
        cmocka_unit_test(a_world_may_be_made_where_another_one_was),
        cmocka_unit_test(plans_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
