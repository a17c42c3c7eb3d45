#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internet.h"
#include "lab/lab_forge.h"
#include "wire/tcp_header.h"

struct seen {
    unsigned count;
    uint8_t packet[SIM_PACKET_BYTES_MAX];
    size_t bytes;
    uint8_t node;
};

static void note(void *context, const struct sim_event *e)
{
    struct seen *seen = context;

    if (e->kind != SIM_FORGED)
        return;
    seen->count++;
    seen->node = e->node;
    seen->bytes = e->packet.len;
    memcpy(seen->packet, e->packet.data, e->packet.len);
}

static struct sim_parsed forge(struct seen *seen, bool damaged, bool *valid)
{
    const struct sim_plan plan = internet_wire(1);
    struct sim_world *w = internet_open(&plan);
    struct lab_scene s = {.world = w};
    const struct lab_forgery f = {
        .node = INTERNET_C,
        .from = internet_name(w, INTERNET_C, 1500),
        .to = internet_name(w, INTERNET_S, 21),
        .segment = {.seq = seq_at(4711),
                    .ack = seq_at(815),
                    .flags = TCP_ACK | TCP_FIN,
                    .wnd = 77,
                    .options = {.present = TCP_OPTION_TIMESTAMPS, .ts_value = 5, .ts_echo = 6}},
        .text_bytes = 11,
        .hops = 9,
        .damaged = damaged};
    struct sim_parsed parsed;

    *seen = (struct seen){0};
    sim_world_watch(w, note, seen);
    lab_forge(&s, &f);
    assert_int_equal(seen->count, 1);
    assert_true(sim_packet_parse((struct span){seen->packet, seen->bytes}, &parsed));
    const struct checksum_pseudo pseudo = {.source = f.from.address,
                                           .destination = f.to.address,
                                           .protocol = IPV4_TCP,
                                           .length = (uint32_t)parsed.payload.len};
    *valid = tcp_header_checksum_valid(parsed.payload, &pseudo);
    free(w);
    return parsed;
}

static void a_forged_segment_is_what_was_asked_for(void **state)
{
    struct seen seen;
    bool valid;
    const struct sim_parsed parsed = forge(&seen, false, &valid);

    (void)state;
    assert_true(valid);
    assert_true(parsed.is_tcp);
    assert_int_equal(seen.node, INTERNET_C);
    assert_int_equal(parsed.ip.ttl, 9);
    assert_int_equal(parsed.source.port, 1500);
    assert_int_equal(parsed.destination.port, 21);
    assert_int_equal(parsed.segment.seq.raw, 4711);
    assert_int_equal(parsed.segment.ack.raw, 815);
    assert_int_equal(parsed.segment.wnd, 77);
    assert_int_equal(parsed.segment.flags, TCP_ACK | TCP_FIN);
    assert_int_equal(parsed.segment.len, 12);
    assert_int_equal(parsed.segment.options.present, TCP_OPTION_TIMESTAMPS);
    assert_int_equal(parsed.segment.options.ts_value, 5);
}

static void a_damaged_one_has_a_wrong_checksum(void **state)
{
    struct seen seen;
    bool valid;

    (void)state;
    (void)forge(&seen, true, &valid);
    assert_false(valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forged_segment_is_what_was_asked_for),
        cmocka_unit_test(a_damaged_one_has_a_wrong_checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
